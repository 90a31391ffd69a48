//! The end of an office.

#![allow(clippy::unwrap_used, reason = "tests")]

use super::fixture::{Fixture, ROOM, add, after, all_keys, at, changes, office, put, read, run, take, take_over};
use crate::store::activity::{Activity, Wanted};
use crate::store::database::Database;
use crate::store::database::DatabaseError::Fenced;
use crate::store::history::RunResult;
use crate::store::summary::{Reached, Summary};

/// Something of an office wherever there can be something; gives the token of its lease.
fn fill(database: &dyn Database, number: &str) -> u64 {
    let one = office(number);
    add(database, number);
    database.put_activity(&one, Wanted::Paused, at(1)).unwrap();
    database.enqueue(&one, &changes(&["a"]), at(2)).unwrap();
    database.record_run(&one, &run("poll", 3, RunResult::Done)).unwrap();
    let token = take(database, number, &after(0));
    put(database, number, token, "k", b"value");
    database.sign(&one, token, &after(0), Some("a note")).unwrap();
    token
}

fn is_like_new(database: &dyn Database, number: &str) {
    let one = office(number);
    let known = database.summaries(Some(&one)).unwrap().pop().unwrap();
    assert_eq!((known.summary, known.activity), (Summary::default(), Activity::Active(None)));
    assert_eq!(database.activity(&one).unwrap(), Activity::Active(None));
    assert_eq!((database.runs(&one, 9).unwrap(), all_keys(database, number)), (vec![], vec![]));
    assert_eq!((read(database, number, "k"), database.inactive().unwrap()), (None, vec![]));
    assert_eq!((database.waiting().unwrap(), database.oldest_waiting().unwrap()), (vec![], None));
    assert_eq!(take_over(database, number, &after(0)).1.note, "");
}

pub(super) fn nothing_is_left_of_an_office_that_is_removed(store: &impl Fixture) {
    let (process, one) = (store.process(), office("1"));
    fill(&*process, "1");
    process.remove_office(&one).unwrap();
    assert_eq!((process.office(&one).unwrap(), process.offices().unwrap()), (None, vec![]));
    assert_eq!(process.summaries(None).unwrap(), []);
    process.put_office(&one, b"anew", at(500)).unwrap();
    is_like_new(&*process, "1");
    assert_eq!(process.summaries(None).unwrap().pop().unwrap().added, at(500));
    process.remove_office(&office("none")).unwrap();
}

pub(super) fn another_office_is_untouched(store: &impl Fixture) {
    let (process, two) = (store.process(), office("2"));
    fill(&*process, "1");
    let token = fill(&*process, "2");
    let before = process.summaries(Some(&two)).unwrap();
    process.remove_office(&office("1")).unwrap();
    assert_eq!(process.summaries(None).unwrap(), before);
    assert_eq!(process.get(&two, Some(token), "k").unwrap().unwrap(), b"value");
    assert_eq!((process.waiting().unwrap(), process.runs(&two, 9).unwrap().len()), (vec![(two.clone(), 1)], 1));
    assert_eq!(process.inactive().unwrap(), [two]);
}

pub(super) fn what_still_works_for_it_writes_nothing_more(store: &impl Fixture) {
    let (process, working, one) = (store.process(), store.process(), office("1"));
    let token = fill(&*working, "1");
    process.remove_office(&one).unwrap();
    working.enqueue(&one, &changes(&["late"]), at(5)).unwrap();
    working.record_run(&one, &run("poll", 6, RunResult::Done)).unwrap();
    let reached = Reached { records: 1, expected: None, at: at(7) };
    working.sum_up(&one, &|summary| summary.reached(reached)).unwrap();
    working.put_activity(&one, Wanted::Paused, at(8)).unwrap();
    assert_eq!(working.write(&one, token, &[("late".to_owned(), Some(vec![]))], ROOM), Err(Fenced));
    assert_eq!((working.holds(&one, token), working.sign(&one, token, &after(1), None)), (Err(Fenced), Err(Fenced)));
    working.release(&one, token, None).unwrap();
    add(&*process, "1");
    is_like_new(&*process, "1");
}

pub(super) fn its_tokens_stay_old_when_it_is_added_anew(store: &impl Fixture) {
    let (process, one) = (store.process(), office("1"));
    let mut last = fill(&*process, "1");
    for _ in 0..2 {
        process.remove_office(&one).unwrap();
        add(&*process, "1");
        assert_eq!(process.holds(&one, last), Err(Fenced));
        // Nobody waits for the lease of before.
        let anew = take(&*store.process(), "1", &after(0));
        assert!(anew > last, "{anew} after {last}");
        assert_eq!(process.write(&one, last, &[("k".to_owned(), Some(vec![]))], ROOM), Err(Fenced));
        last = anew;
    }
}
