use std::collections::BTreeMap;

use super::*;
use crate::store::{Activity, Summary};

fn run(work: &str, result: RunResult) -> Run {
    let at = Timestamp::from_millis(1);
    let (counts, notes) = (BTreeMap::new(), BTreeMap::new());
    Run { work: work.to_owned(), started: at, finished: at, result, counts, notes, standing: None, reason: None }
}

fn office() -> OfficeNumber {
    "12345".parse().unwrap_or_else(|_| unreachable!())
}

fn line(summary: Summary) -> Line {
    let (added, activity) = (Timestamp::from_millis(0), Activity::default());
    let known = OfficeSummary { office: office(), added, activity, summary, used: Used::default() };
    Line::of(known, 0, Timestamp::from_millis(3), INTERVAL)
}

fn stopped(result: RunResult) -> Summary {
    let reason = Reason { system: "Tribe".to_owned(), code: "some-code".to_owned(), status: None, setting: None };
    let synced = Summary::default().after(&run("initial-sync", RunResult::Done));
    synced.after(&Run { reason: Some(reason), ..run("poll", result) })
}

#[test]
fn each_state_has_the_exit_code_of_the_table() {
    assert_eq!(exit_of(&line(Summary::default())), Exit::NotSynced);
    let reached = Reached { records: 7, expected: Some(70), at: Timestamp::from_millis(2) };
    let begun = line(Summary::default().reached(reached));
    assert_eq!((exit_of(&begun), mark(&begun).1), (Exit::NotSynced, "FIRST SYNC 10 %".to_owned()));
    assert!(need_words(Need::InitialSync, &begun).contains("7 records so far"));
    for (result, exit) in [
        (RunResult::Settings, Exit::Settings),
        (RunResult::Credentials, Exit::Credentials),
        (RunResult::StateNewer, Exit::StateNewer),
        (RunResult::Unsupported, Exit::Plugin),
        (RunResult::NoStore, Exit::Unavailable),
        (RunResult::OfficeFull, Exit::OfficeFull),
        (RunResult::Failed, Exit::Defect),
        (RunResult::Later, Exit::Unavailable),
    ] {
        assert_eq!(exit_of(&line(stopped(result))), exit, "{result:?}");
    }
    let standing = |dead_letters, brakes| {
        let standing = Some(Standing { dead_letters, gone: 0, brakes });
        let synced = Summary::default().after(&run("initial-sync", RunResult::Done));
        exit_of(&line(synced.after(&Run { standing, ..run("poll", RunResult::Done) })))
    };
    assert_eq!((standing(0, 0), standing(1, 0), standing(1, 1)), (Exit::Ok, Exit::Attention, Exit::Braked));
}

#[test]
fn what_fails_is_named_with_why_since_when_and_how_often() {
    let reason = |code: &str, status, setting: Option<&str>| Reason {
        system: if setting.is_some() { "settings" } else { "Tribe" }.to_owned(),
        code: code.to_owned(),
        status,
        setting: setting.map(str::to_owned),
    };
    let failing = |reason, result, times| Failing {
        reason,
        result,
        work: "poll".to_owned(),
        since: Timestamp::from_millis(60_000),
        times,
    };
    let now = Timestamp::from_millis(180_000);
    let away = failing(reason("server-error", Some(502), None), RunResult::Later, 2);
    assert_eq!(
        failing_words(&away, now, State::SystemAway, &office()),
        "Tribe: server error (HTTP 502), since 2m ago, 2 runs in a row; it is tried again, `koppeling check 12345` \
         says more"
    );
    let stopped = failing(reason("setting-missing", None, Some("tribe-url")), RunResult::Settings, 1);
    assert_eq!(
        failing_words(&stopped, now, State::Stopped, &office()),
        "settings: setting missing (tribe-url), since 2m ago; `koppeling check 12345` says what to do"
    );
}

#[test]
fn a_disk_that_takes_nothing_is_named_where_no_cycle_could_be_written_down() {
    let late = Line { trouble: Some(Trouble::Full), ..line(Summary::default()) };
    let told = need_words(Need::Late, &late);
    assert!(told.contains("is full") && !told.contains("`koppeling run`"), "{told}");
    assert!(need_words(Need::Late, &line(Summary::default())).contains("`koppeling run` is running"));
}

#[test]
fn only_a_run_that_came_to_its_end_had_nothing_to_do() {
    assert_eq!(counts(&run("poll", RunResult::Done)), "nothing to do");
    for result in [RunResult::Later, RunResult::Failed, RunResult::Cancelled] {
        assert_eq!(counts(&run("poll", result)), "nothing was done");
    }
}

#[test]
fn what_a_run_did_is_told_in_the_words_of_the_other_commands() {
    let counts_of = [("read", 9), ("dead-lettered", 2), (FOUND_ONLY_BY_SWEEP, 3), ("skipped", 0)];
    let counts_of = counts_of.map(|(name, count)| (name.to_owned(), count)).into();
    let swept = Run { counts: counts_of, ..run("sweep", RunResult::Done) };
    assert_eq!(counts(&swept), "2 put aside, 9 read");
    assert_eq!((counted(1, "difference"), counted(2, "edit")), ("1 difference".to_owned(), "2 edits".to_owned()));
}
