//! What Tribe's deliveries told of, until it was looked at.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::time::Duration;

use super::fixture::{Fixture, add, at, changes, office};
use crate::store::activity::Wanted;
use crate::store::database::{Database, Delivered, Queued};

/// For how long a record must be quiet, and how long it waits at most.
const QUIET: Duration = Duration::from_millis(1500);
const LONGEST: Duration = Duration::from_secs(10);

fn taken(database: &dyn Database, number: &str, now: u64, limit: u32) -> Vec<Queued> {
    let now = at(now);
    database.due(&office(number), now.minus(QUIET), now.minus(LONGEST), now, limit).unwrap()
}

fn due(database: &dyn Database, number: &str, now: u64) -> Vec<String> {
    taken(database, number, now, 100).into_iter().map(|change| change.id).collect()
}

fn deliver(database: &dyn Database, number: &str, ids: &[&str], seconds: u64) {
    database.enqueue(&office(number), &changes(ids), at(seconds)).unwrap();
}

pub(super) fn a_change_waits_until_its_record_is_quiet(store: &impl Fixture) {
    let process = store.process();
    add(&*process, "1");
    add(&*process, "2");
    deliver(&*process, "1", &["a", "b"], 0);
    deliver(&*process, "1", &["a"], 1);
    assert_eq!(due(&*process, "1", 1), [""; 0]);
    assert_eq!(due(&*process, "1", 2), ["b"]);
    let mut both = due(&*process, "1", 3);
    both.sort_unstable();
    assert_eq!(both, ["a", "b"]);
    assert_eq!(due(&*process, "2", 3), [""; 0]);
}

pub(super) fn a_record_that_never_rests_is_taken_after_its_longest_wait(store: &impl Fixture) {
    let process = store.process();
    add(&*process, "1");
    for second in 0..10 {
        assert_eq!(due(&*process, "1", second), [""; 0]);
        deliver(&*process, "1", &["a"], second);
    }
    assert_eq!(due(&*process, "1", 10), ["a"]);
}

pub(super) fn a_record_waits_once_however_often_it_is_delivered(store: &impl Fixture) {
    let process = store.process();
    add(&*process, "1");
    deliver(&*process, "1", &["a", "a", "b"], 0);
    deliver(&*store.process(), "1", &["a"], 0);
    assert_eq!(process.waiting().unwrap(), [(office("1"), 2)]);
    let all = taken(&*process, "1", 5, 100);
    process.done(&office("1"), &all).unwrap();
    assert_eq!((due(&*process, "1", 50), process.waiting().unwrap()), (vec![], vec![]));
}

pub(super) fn a_delivery_during_the_work_is_not_lost(store: &impl Fixture) {
    let process = store.process();
    add(&*process, "1");
    deliver(&*process, "1", &["a", "b"], 0);
    let work = taken(&*process, "1", 5, 100);
    deliver(&*process, "1", &["a"], 6);
    process.done(&office("1"), &work).unwrap();
    assert_eq!(due(&*process, "1", 9), ["a"]);
    assert_eq!(process.waiting().unwrap(), [(office("1"), 1)]);
    // Taken anew it can be done.
    let work = taken(&*process, "1", 9, 100);
    process.done(&office("1"), &work).unwrap();
    assert_eq!(process.waiting().unwrap(), []);
}

pub(super) fn an_office_is_due_as_soon_as_one_of_its_changes_is(store: &impl Fixture) {
    let process = store.process();
    add(&*process, "1");
    deliver(&*process, "1", &["a"], 10);
    let is_due = |now: u64| {
        let now = at(now);
        process.due_offices(now.minus(QUIET), now.minus(LONGEST), now).unwrap()
    };
    for second in [1, 10, 11, 12, 13, 60] {
        let expected = !due(&*process, "1", second).is_empty();
        assert_eq!(is_due(second), [(office("1"), expected)], "in second {second}");
    }
    deliver(&*process, "1", &["b"], 60);
    assert_eq!(is_due(60), [(office("1"), true)], "the other one is");
}

pub(super) fn a_deletion_is_remembered_whatever_comes_after_it(store: &impl Fixture) {
    let process = store.process();
    add(&*process, "1");
    process.enqueue(&office("1"), &[Delivered { id: "a".to_owned(), deleted: true }], at(0)).unwrap();
    deliver(&*process, "1", &["a", "b"], 0);
    let all = taken(&*process, "1", 5, 100);
    let deleted: Vec<_> = all.iter().filter(|change| change.deleted).map(|change| change.id.as_str()).collect();
    assert_eq!(deleted, ["a"]);
    process.enqueue(&office("1"), &[Delivered { id: "b".to_owned(), deleted: true }], at(1)).unwrap();
    assert!(taken(&*process, "1", 9, 100).iter().all(|change| change.deleted), "also one that comes later");
}

pub(super) fn what_came_while_the_clock_was_ahead_waits_for_nothing(store: &impl Fixture) {
    let process = store.process();
    add(&*process, "1");
    deliver(&*process, "1", &["ahead"], 500);
    assert_eq!(due(&*process, "1", 5), ["ahead"]);
    deliver(&*process, "1", &["now"], 5);
    assert_eq!(due(&*process, "1", 5), ["ahead"], "what came just now may come again");
}

pub(super) fn what_fails_again_and_again_does_not_stand_in_front(store: &impl Fixture) {
    let process = store.process();
    add(&*process, "1");
    deliver(&*process, "1", &["poison"], 0);
    deliver(&*process, "1", &["sound"], 1);
    let first = taken(&*process, "1", 5, 1);
    assert_eq!(first[0].id, "poison", "the one that has waited longest");
    process.failed(&office("1"), &first).unwrap();
    assert_eq!(due(&*process, "1", 5), ["sound", "poison"]);
    let second = taken(&*process, "1", 5, 1);
    for _ in 0..2 {
        process.failed(&office("1"), &second).unwrap();
    }
    assert_eq!(due(&*process, "1", 5), ["poison", "sound"], "those that failed least come first");
}

pub(super) fn no_more_are_given_than_were_asked_for(store: &impl Fixture) {
    let process = store.process();
    add(&*process, "1");
    deliver(&*process, "1", &["a", "b", "c"], 0);
    assert_eq!(taken(&*process, "1", 5, 2).len(), 2);
}

pub(super) fn nothing_waits_for_an_office_that_is_not_there(store: &impl Fixture) {
    let process = store.process();
    deliver(&*process, "1", &["a"], 0);
    assert_eq!((process.waiting().unwrap(), process.oldest_waiting().unwrap()), (vec![], None));
    add(&*process, "1");
    assert_eq!(due(&*process, "1", 50), [""; 0]);
}

pub(super) fn the_oldest_delivery_is_told_of_the_offices_that_are_worked_for(store: &impl Fixture) {
    let process = store.process();
    for (number, second) in [("1", 3), ("2", 5)] {
        add(&*process, number);
        deliver(&*process, number, &["a"], second);
        deliver(&*process, number, &["a"], second + 10);
    }
    assert_eq!(process.oldest_waiting().unwrap(), Some(at(3)), "when it was delivered first");
    process.put_activity(&office("1"), Wanted::Paused, at(20)).unwrap();
    assert_eq!(process.oldest_waiting().unwrap(), Some(at(5)));
    process.put_activity(&office("1"), Wanted::Active, at(30)).unwrap();
    assert_eq!(process.oldest_waiting().unwrap(), Some(at(3)));
}
