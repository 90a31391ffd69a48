//! All of a database at once: copies that are put back, and another seal.

#![allow(clippy::unwrap_used, reason = "tests")]

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::time::Duration;

use super::fixture::{Fixture, ROOM, add, after, at, changes, office, put, read, run, take, take_over};
use crate::store::activity::{Activity, Wanted};
use crate::store::database::DatabaseError::Fenced;
use crate::store::database::Restored;
use crate::store::history::RunResult;
use crate::store::seal::Place;

pub(super) fn a_copy_holds_all_and_the_original_goes_on(store: &impl Fixture) {
    let (process, one) = (store.process(), office("1"));
    process.keep_proof(b"proof").unwrap();
    add(&*process, "1");
    process.put_interval(Duration::from_secs(60)).unwrap();
    process.put_activity(&one, Wanted::Paused, at(1)).unwrap();
    process.enqueue(&one, &changes(&["a"]), at(2)).unwrap();
    process.record_run(&one, &run("poll", 3, RunResult::Done)).unwrap();
    let token = take(&*process, "1", &after(0));
    put(&*process, "1", token, "k", b"then");
    let known = process.summaries(None).unwrap();
    let (elsewhere, _) = store.restored();

    put(&*process, "1", token, "k", b"since");
    process.record_run(&one, &run("poll", 9, RunResult::Done)).unwrap();
    let copy = elsewhere.process();
    assert_eq!(
        (read(&*copy, "1", "k").unwrap(), read(&*process, "1", "k").unwrap()),
        (b"then".to_vec(), b"since".to_vec())
    );
    assert_eq!(copy.summaries(None).unwrap(), known);
    assert_eq!(copy.runs(&one, 9).unwrap(), [run("poll", 3, RunResult::Done)]);
    assert_eq!(
        (copy.office(&one).unwrap().unwrap(), copy.keep_proof(b"x").unwrap()),
        (b"settings".to_vec(), b"proof".to_vec())
    );
    assert_eq!(
        (copy.waiting().unwrap(), copy.interval().unwrap()),
        (vec![(one.clone(), 1)], Some(Duration::from_secs(60)))
    );
    assert_eq!((copy.activity(&one).unwrap(), process.holds(&one, token)), (Activity::Paused(at(1)), Ok(())));
}

pub(super) fn a_copy_that_is_put_back_tells_what_it_holds(store: &impl Fixture) {
    assert_eq!(store.restored().1, Restored { offices: 0, waiting: 0, newest_run: None });
    let process = store.process();
    for (number, finished) in [("1", 30), ("2", 20)] {
        add(&*process, number);
        process.record_run(&office(number), &run("poll", finished, RunResult::Done)).unwrap();
        process.enqueue(&office(number), &changes(&["a", "b"]), at(0)).unwrap();
    }
    assert_eq!(store.restored().1, Restored { offices: 2, waiting: 4, newest_run: Some(at(30)) });
}

pub(super) fn a_copy_that_is_put_back_makes_every_token_an_old_one(store: &impl Fixture) {
    let (process, one) = (store.process(), office("1"));
    add(&*process, "1");
    let held = take(&*process, "1", &after(0));
    process.sign(&one, held, &after(1), Some("of then")).unwrap();
    let (elsewhere, _) = store.restored();
    let since: Vec<_> = (1..=5).map(|turn| take(&*process, "1", &after(turn * 30))).collect();
    let copy = elsewhere.process();
    for token in since.iter().chain([&held]) {
        assert_eq!(copy.holds(&one, *token), Err(Fenced));
    }
    // Nobody waits for the lease of then.
    let (anew, left) = take_over(&*copy, "1", &after(0));
    assert_eq!(left.note, "");
    assert!(since.iter().all(|token| anew > *token));
    for token in since {
        assert_eq!(copy.write(&one, token, &[("late".to_owned(), Some(vec![]))], ROOM), Err(Fenced));
    }
}

fn named(place: Place<'_>) -> String {
    match place {
        Place::Proof => "proof".to_owned(),
        Place::Office(office) => format!("office {office}"),
        Place::Value { office, key } => format!("value {office} {key}"),
    }
}

/// Values of two offices, settings and a proof; gives the tokens.
fn sealed(store: &impl Fixture) -> [u64; 2] {
    let process = store.process();
    process.keep_proof(b"proof").unwrap();
    ["1", "2"].map(|number| {
        add(&*process, number);
        let token = take(&*process, number, &after(0));
        for key in ["a", "b/c"] {
            put(&*process, number, token, key, format!("{number} {key}").as_bytes());
        }
        token
    })
}

pub(super) fn every_sealed_value_is_sealed_anew(store: &impl Fixture) {
    let process = store.process();
    sealed(store);
    let met = RefCell::new(BTreeSet::new());
    let left = process.reseal(&|place, sealed| {
        met.borrow_mut().insert(named(place));
        Some([b"new ", sealed].concat())
    });
    assert_eq!(left, Ok(0));
    let places = ["office 1", "office 2", "proof", "value 1 a", "value 1 b/c", "value 2 a", "value 2 b/c"];
    assert_eq!(met.into_inner(), places.map(str::to_owned).into());
    let other = store.process();
    assert_eq!(other.keep_proof(b"x").unwrap(), b"new proof");
    assert_eq!(other.office(&office("2")).unwrap().unwrap(), b"new settings");
    assert_eq!(read(&*other, "2", "b/c").unwrap(), b"new 2 b/c", "once");
    assert_eq!(read(&*other, "1", "a").unwrap(), b"new 1 a");
}

pub(super) fn what_does_not_open_stays_as_it_is(store: &impl Fixture) {
    let process = store.process();
    sealed(store);
    let left = process.reseal(&|place, sealed| match place {
        Place::Value { key: "a", .. } => None,
        _ => Some([b"new ", sealed].concat()),
    });
    assert_eq!(left, Ok(2));
    assert_eq!(
        (read(&*process, "1", "a").unwrap(), read(&*process, "1", "b/c").unwrap()),
        (b"1 a".to_vec(), b"new 1 b/c".to_vec())
    );
}
