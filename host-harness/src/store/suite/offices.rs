//! Offices: their settings, whether they are worked for, and what holds for all of them.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::time::Duration;

use super::fixture::{Fixture, add, after, at, office, put, read, run, take};
use crate::store::activity::{Activity, Direction, Wanted};
use crate::store::history::RunResult;

pub(super) fn offices_keep_their_settings(store: &impl Fixture) {
    let process = store.process();
    for (number, sealed) in [("20", &b"old"[..]), ("10", b"ten"), ("20", b"new")] {
        process.put_office(&office(number), sealed, at(0)).unwrap();
    }
    drop(process);
    let process = store.process();
    assert_eq!(process.offices().unwrap(), [office("10"), office("20")]);
    assert_eq!(process.office(&office("20")).unwrap().unwrap(), b"new");
    assert_eq!(process.office(&office("10")).unwrap().unwrap(), b"ten");
    assert_eq!(process.office(&office("30")).unwrap(), None);
}

pub(super) fn settings_that_are_given_anew_move_nothing_else(store: &impl Fixture) {
    let (process, one) = (store.process(), office("1"));
    add(&*process, "1");
    let token = take(&*process, "1", &after(0));
    put(&*process, "1", token, "k", b"v");
    process.record_run(&one, &run("poll", 10, RunResult::Done)).unwrap();
    process.put_activity(&one, Wanted::Paused, at(5)).unwrap();
    process.put_office(&one, b"anew", at(100)).unwrap();
    let known = process.summaries(Some(&one)).unwrap().pop().unwrap();
    assert_eq!((known.added, known.summary.last_cycle), (at(0), Some(at(10))));
    assert_eq!((known.activity, process.activity(&one).unwrap()), (Activity::Paused(at(5)), Activity::Paused(at(5))));
    assert_eq!((read(&*process, "1", "k").unwrap(), process.holds(&one, token)), (b"v".to_vec(), Ok(())));
}

pub(super) fn whether_an_office_is_worked_for_is_kept_beside_its_settings(store: &impl Fixture) {
    let (process, one) = (store.process(), office("1"));
    add(&*process, "1");
    add(&*process, "2");
    assert_eq!(process.activity(&one).unwrap(), Activity::Active(None));
    process.put_activity(&one, Wanted::Paused, at(5)).unwrap();
    process.put_activity(&office("3"), Wanted::Paused, at(5)).unwrap();
    let other = store.process();
    assert_eq!(other.activity(&one).unwrap(), Activity::Paused(at(5)));
    assert_eq!(other.inactive().unwrap(), [office("1")], "there is no office 3");
    add(&*process, "3");
    assert_eq!(other.activity(&office("3")).unwrap(), Activity::Active(None), "nor was there one");
    let all: Vec<_> = other.summaries(None).unwrap().iter().map(|of| of.activity).collect();
    assert_eq!(all, [Activity::Paused(at(5)), Activity::Active(None), Activity::Active(None)]);
    process.put_activity(&one, Wanted::Deactivated, at(7)).unwrap();
    assert_eq!(other.activity(&one).unwrap(), Activity::Deactivated(at(7)));
    process.put_activity(&one, Wanted::Active, at(9)).unwrap();
    assert_eq!(other.activity(&one).unwrap(), Activity::Active(Some(at(9))));
    assert_eq!(other.inactive().unwrap(), []);
    for direction in [Direction::ToAdvocaatcentraal, Direction::ToTribe] {
        process.put_activity(&one, Wanted::DirectionPaused(direction), at(10)).unwrap();
        assert_eq!(other.activity(&one).unwrap(), Activity::OneWay(direction, at(10)));
        assert_eq!(other.inactive().unwrap(), [], "the other direction goes on");
    }
}

pub(super) fn the_schedules_interval_is_remembered(store: &impl Fixture) {
    let process = store.process();
    assert_eq!(process.interval().unwrap(), None);
    for interval in [Duration::from_secs(3_600), Duration::from_millis(90_500)] {
        process.put_interval(interval).unwrap();
        assert_eq!(store.process().interval().unwrap(), Some(interval));
    }
}

pub(super) fn the_proof_of_the_key_is_kept_once(store: &impl Fixture) {
    assert_eq!(store.process().keep_proof(b"first").unwrap(), b"first");
    assert_eq!(store.process().keep_proof(b"second").unwrap(), b"first");
}

pub(super) fn trying_to_write_leaves_everything_as_it_was(store: &impl Fixture) {
    let process = store.process();
    process.try_write().unwrap();
    assert_eq!((process.offices().unwrap(), process.summaries(None).unwrap()), (vec![], vec![]));
    add(&*process, "1");
    let token = take(&*process, "1", &after(0));
    put(&*process, "1", token, "k", b"v");
    process.record_run(&office("1"), &run("poll", 10, RunResult::Done)).unwrap();
    let before = process.summaries(None).unwrap();
    process.try_write().unwrap();
    assert_eq!(process.summaries(None).unwrap(), before);
    assert_eq!((process.holds(&office("1"), token), read(&*process, "1", "k").unwrap()), (Ok(()), b"v".to_vec()));
}
