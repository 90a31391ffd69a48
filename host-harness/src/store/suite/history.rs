//! The runs of an office, and what they add up to.

#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, reason = "tests")]

use super::fixture::{Fixture, add, at, office, run};
use crate::store::database::{Database, KEPT_FOR, RUNS_KEPT};
use crate::store::history::RunResult;
use crate::store::summary::{InitialSync, LastDeliveries, Reached, Summary};

fn summary(database: &dyn Database, number: &str) -> Summary {
    database.summaries(Some(&office(number))).unwrap().pop().unwrap().summary
}

fn record(database: &dyn Database, number: &str, work: &str, finished: u64) {
    database.record_run(&office(number), &run(work, finished, RunResult::Done)).unwrap();
}

pub(super) fn runs_are_told_newest_first(store: &impl Fixture) {
    let (process, one) = (store.process(), office("1"));
    add(&*process, "1");
    add(&*process, "2");
    for finished in [10, 20, 15] {
        record(&*process, "1", "poll", finished);
    }
    record(&*process, "2", "sweep", 30);
    let told = store.process().runs(&one, 2).unwrap();
    assert_eq!(told, [run("poll", 15, RunResult::Done), run("poll", 20, RunResult::Done)], "as they were written");
    assert_eq!(process.runs(&one, u32::MAX).unwrap().len(), 3);
    assert_eq!(process.runs(&office("3"), 9).unwrap(), []);
}

pub(super) fn the_history_is_bounded_in_runs(store: &impl Fixture) {
    let process = store.process();
    add(&*process, "1");
    add(&*process, "2");
    record(&*process, "2", "poll", 1);
    for number in 0..RUNS_KEPT + 5 {
        record(&*process, "1", "push", 20 + u64::from(number));
    }
    let kept = process.runs(&office("1"), u32::MAX).unwrap();
    assert_eq!(kept.len() as u32, RUNS_KEPT);
    assert_eq!(kept.last().unwrap().finished, at(25), "the oldest went");
    assert_eq!(process.runs(&office("2"), 9).unwrap().len(), 1, "each office has its own");
}

pub(super) fn the_history_is_bounded_in_days(store: &impl Fixture) {
    let process = store.process();
    add(&*process, "1");
    for finished in [10, 20] {
        record(&*process, "1", "poll", finished);
    }
    record(&*process, "1", "poll", 20 + KEPT_FOR.as_secs());
    let kept: Vec<_> = process.runs(&office("1"), 9).unwrap().iter().map(|run| run.finished).collect();
    assert_eq!(kept, [at(20 + KEPT_FOR.as_secs()), at(20)]);
    record(&*process, "1", "poll", 30 + 2 * KEPT_FOR.as_secs());
    assert_eq!(process.runs(&office("1"), 9).unwrap().len(), 1, "after a long rest all of before go at once");
}

pub(super) fn what_the_runs_add_up_to_is_kept_beside_them(store: &impl Fixture) {
    let (process, one) = (store.process(), office("1"));
    assert_eq!(process.summaries(Some(&one)).unwrap(), [], "there is no such office");
    add(&*process, "2");
    add(&*process, "1");
    assert_eq!(summary(&*process, "1"), Summary::default());
    let reached = Reached { records: 3, expected: None, at: at(5) };
    process.sum_up(&one, &|summary| summary.reached(reached)).unwrap();
    assert_eq!(summary(&*process, "1").initial_sync, InitialSync::Begun(reached));
    record(&*process, "1", "poll", 10);
    record(&*process, "1", "push", 40);
    let heard = LastDeliveries { accepted: Some(at(50)), refused: None };
    process.sum_up(&one, &|summary| summary.heard(heard.clone())).unwrap();
    let known = summary(&*store.process(), "1");
    assert_eq!((known.last_cycle, known.worked), (Some(at(10)), Some(at(40))));
    assert_eq!(known.last_run, Some(run("push", 40, RunResult::Done)));
    assert_eq!(known.last_deliveries, heard);
    let all = process.summaries(None).unwrap();
    let told: Vec<_> = all.iter().map(|of| (of.office.as_str(), of.added, of.summary.clone())).collect();
    assert_eq!(told, [("1", at(0), known), ("2", at(0), Summary::default())]);
}

pub(super) fn what_it_adds_up_to_outlives_the_history(store: &impl Fixture) {
    let process = store.process();
    add(&*process, "1");
    record(&*process, "1", "poll", 10);
    record(&*process, "1", "push", 20 + KEPT_FOR.as_secs());
    assert_eq!(process.runs(&office("1"), 9).unwrap().len(), 1);
    assert_eq!(summary(&*process, "1").last_cycle, Some(at(10)));
}

pub(super) fn nothing_is_written_down_for_an_office_that_is_not_there(store: &impl Fixture) {
    let (process, one) = (store.process(), office("1"));
    record(&*process, "1", "poll", 10);
    process.sum_up(&one, &|summary| summary.reached(Reached { records: 3, expected: None, at: at(5) })).unwrap();
    add(&*process, "1");
    assert_eq!((summary(&*process, "1"), process.runs(&one, 9).unwrap()), (Summary::default(), vec![]));
}
