//! What two processes do at the same moment.

#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, reason = "tests")]

use std::sync::Barrier;
use std::thread::scope;

use super::fixture::{Fixture, ROOM, add, after, at, changes, office, read, take};
use super::logins::{enter, put};
use crate::store::access::Whom;
use crate::store::database::{Acquired, Database};
use crate::store::summary::{InitialSync, Reached, Summary};

/// How often each of them does it.
const TIMES: u64 = 20;

/// Does the same in two processes, each in a thread of its own, as nearly at once as it can be had.
fn twice<T: Send>(store: &impl Fixture, what: impl Fn(&dyn Database, usize) -> T + Sync) -> [T; 2] {
    let (processes, barrier) = ([store.process(), store.process()], Barrier::new(2));
    let (what, barrier) = (&what, &barrier);
    let [one, other] = &processes;
    scope(|threads| {
        let threads = [(0, one), (1, other)].map(|(which, process)| {
            threads.spawn(move || {
                barrier.wait();
                what(&**process, which)
            })
        });
        threads.map(|thread| thread.join().unwrap())
    })
}

pub(super) fn of_two_that_ask_for_an_office_one_gets_it(store: &impl Fixture) {
    let process = store.process();
    for number in 0..TIMES {
        let number = format!("{number}");
        add(&*process, &number);
        let answers = twice(store, |process, _| process.acquire(&office(&number), &after(0)).unwrap());
        let granted = answers.iter().filter(|answer| matches!(answer, Acquired::Token(..))).count();
        assert_eq!(granted, 1, "office {number}");
    }
}

pub(super) fn of_two_that_enter_with_one_link_one_gets_in(store: &impl Fixture) {
    let process = store.process();
    for number in 0..TIMES {
        let link = format!("link {number}");
        put(&*process, &link, Whom::Operator);
        let both = twice(store, |process, which| enter(process, &link, &format!("{link} {which}"), 1));
        assert_eq!(both.iter().flatten().count(), 1, "{link}");
    }
}

pub(super) fn no_change_to_what_the_runs_add_up_to_is_lost(store: &impl Fixture) {
    let process = store.process();
    add(&*process, "1");
    twice(store, |process, _| {
        for _ in 0..TIMES {
            let one_more = |summary: Summary| {
                let records = summary.initial_sync.begun().map_or(0, |reached| reached.records) + 1;
                summary.reached(Reached { records, expected: None, at: at(records) })
            };
            process.sum_up(&office("1"), &one_more).unwrap();
        }
    });
    let known = process.summaries(None).unwrap().pop().unwrap().summary;
    let all = Reached { records: 2 * TIMES, expected: None, at: at(2 * TIMES) };
    assert_eq!(known.initial_sync, InitialSync::Begun(all));
}

pub(super) fn no_delivery_of_two_is_lost(store: &impl Fixture) {
    let process = store.process();
    add(&*process, "1");
    twice(store, |process, which| {
        for number in 0..TIMES {
            let own = format!("{which}-{number}");
            process.enqueue(&office("1"), &changes(&[&own, "both"]), at(0)).unwrap();
        }
    });
    assert_eq!(process.waiting().unwrap(), [(office("1"), 2 * TIMES + 1)]);
    let all = process.due(&office("1"), at(5), at(5), at(5), u32::MAX).unwrap();
    process.done(&office("1"), &all).unwrap();
    assert_eq!(process.waiting().unwrap(), []);
}

pub(super) fn what_two_write_stands_whole(store: &impl Fixture) {
    let process = store.process();
    add(&*process, "1");
    let token = take(&*process, "1", &after(0));
    twice(store, |process, which| {
        for number in 0..TIMES {
            let value = format!("{which} {number}").into_bytes();
            let batch = ["a", "b"].map(|key| (key.to_owned(), Some(value.clone())));
            process.write(&office("1"), token, &batch, ROOM).unwrap();
        }
    });
    let value = read(&*process, "1", "a").unwrap();
    assert_eq!(read(&*process, "1", "b").unwrap(), value, "one batch, not parts of two");
    let used = process.summaries(None).unwrap().pop().unwrap().used;
    assert_eq!((used.keys, used.bytes), (2, 2 + 2 * value.len() as u64), "and counted as one");
}
