#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use super::*;
use crate::pages::words::Language;

fn at(minutes: u64) -> Timestamp {
    Timestamp::from_millis(1_796_000_000_000 + minutes * 60_000)
}

fn run(work: &str, finished: u64, counts: &[(&str, u64)]) -> Run {
    let counts = counts.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
    let (work, notes, result) = (work.to_owned(), BTreeMap::new(), RunResult::Done);
    let (started, finished) = (at(finished), at(finished));
    Run { work, started, finished, result, counts, notes, standing: None, reason: None }
}

#[test]
fn what_was_done_today_is_added_up_by_where_it_came_from() {
    let runs = [
        run("push", 9, &[("updated", 1), ("read", 5)]),
        run(DIFFERENCES, 8, &[("updated", 70)]),
        run("poll", 7, &[("updated", 2), ("created", 3)]),
        run("sweep", 6, &[("updated", 4)]),
        run("poll", 1, &[("updated", 100), ("created", 100)]),
    ];
    let today = Today::of(&runs, at(5));
    assert_eq!(today, Today { created: 3, updated: 6, pushed: 1, is_whole: true });
    let many = vec![run("poll", 7, &[("created", 1)]); MOST_RUNS as usize];
    assert!(!Today::of(&many, at(5)).is_whole, "there may be more");
    assert!(Today::of(&many, at(8)).is_whole);
    assert_eq!(Today::of(&[], at(5)), Today { is_whole: true, ..Today::default() });
}

#[test]
fn all_that_a_table_may_tell_has_words() {
    for words in Language::ALL.map(Words::of) {
        for result_of_it in RunResult::ALL {
            result(words, result_of_it);
        }
        for work_of_it in ["initial-sync", "poll", "push", "sweep", DIFFERENCES, "undo"] {
            work(words, work_of_it);
        }
    }
}
