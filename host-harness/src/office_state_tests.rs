use std::collections::BTreeMap;

use super::*;
use crate::store::{Activity, DIFFERENCES, LastDeliveries, Reason, RefusedDelivery, Run, Used, WRONG_SIGNATURE};

const INTERVAL: Duration = Duration::from_secs(300);
/// A quarter of an hour and a bit: late.
const LONG: u64 = 16 * 60 * 1000;

fn at(millis: u64) -> Timestamp {
    Timestamp::from_millis(millis)
}

fn run(work: &str, result: RunResult) -> Run {
    let (work, counts, notes) = (work.to_owned(), BTreeMap::new(), BTreeMap::new());
    Run { work, started: at(1), finished: at(2), result, counts, notes, standing: None, reason: None }
}

fn stopped(work: &str, result: RunResult, code: &str) -> Run {
    let reason = Reason { system: "Tribe".to_owned(), code: code.to_owned(), status: None, setting: None };
    Run { reason: Some(reason), ..run(work, result) }
}

/// An office that was added at the beginning of time, after these runs.
fn after(runs: &[Run]) -> OfficeSummary {
    let office = "12345".parse().unwrap_or_else(|_| unreachable!());
    let activity = Activity::default();
    let (summary, used) = (runs.iter().fold(Summary::default(), Summary::after), Used::default());
    OfficeSummary { office, added: at(0), activity, summary, used }
}

fn synced() -> Vec<Run> {
    vec![run("initial-sync", RunResult::Done), run("poll", RunResult::Done)]
}

fn stands(office: &OfficeSummary, now: u64) -> (State, Vec<Need>) {
    let OfficeState { state, needs, .. } = OfficeState::of(office, at(now), INTERVAL);
    (state, needs)
}

#[test]
fn an_office_is_in_order_only_after_its_initial_sync() {
    assert_eq!(stands(&after(&[]), 3), (State::NeverSynced, vec![Need::InitialSync]));
    let polled = after(&[run("poll", RunResult::InitialSyncFirst)]);
    assert_eq!(stands(&polled, 3), (State::NeverSynced, vec![Need::InitialSync]));
    let mut begun = after(&[]);
    begun.summary = begun.summary.reached(Reached { records: 12, expected: Some(100), at: at(2) });
    assert_eq!(stands(&begun, 3), (State::FirstSync, vec![Need::InitialSync]));
    assert_eq!(stands(&after(&synced()), 3), (State::InOrder, vec![]));
    let mut lost = synced();
    lost.push(run("poll", RunResult::InitialSyncFirst));
    assert_eq!(stands(&after(&lost), 3), (State::NeverSynced, vec![Need::InitialSync]));
}

#[test]
fn an_office_whose_last_run_was_stopped_is_not_in_order_before_a_run_goes_through() {
    for (result, need) in [
        (RunResult::Settings, Need::Settings),
        (RunResult::Credentials, Need::Credentials),
        (RunResult::NoStore, Need::Store),
        (RunResult::OfficeFull, Need::OfficeFull),
        (RunResult::StateNewer, Need::Stopped),
        (RunResult::Unsupported, Need::Stopped),
        (RunResult::Failed, Need::Stopped),
    ] {
        for work in ["poll", "push", "sweep", "initial-sync"] {
            let mut runs = synced();
            runs.push(stopped(work, result, "some-code"));
            assert_eq!(stands(&after(&runs), 3), (State::Stopped, vec![need]), "{work}");
            runs.push(run("push", RunResult::Cancelled));
            assert_eq!(stands(&after(&runs), 3).0, State::Stopped, "who stops a run by hand mends nothing");
            runs.push(run("poll", RunResult::Done));
            assert_eq!(stands(&after(&runs), 3), (State::InOrder, vec![]), "{work}");
        }
    }
}

#[test]
fn deliveries_that_are_not_signed_with_the_secret_need_a_person_until_one_is_taken() {
    let mut runs = synced();
    let mut took = run("poll", RunResult::Done);
    took.counts.insert("updated".to_owned(), 1);
    let refused = |why: &str| {
        let refused = Some(RefusedDelivery { at: at(5), why: why.to_owned() });
        LastDeliveries { accepted: Some(at(0)), refused }
    };
    runs.push(took);
    // Long after it, and before it is late.
    let later = LONG - 60_000;
    let mut office = after(&runs);
    for why in ["not-understood", "not-verified"] {
        office.summary = office.summary.heard(refused(why));
        assert_eq!(stands(&office, later), (State::InOrder, vec![]), "{why}");
    }
    office.summary = office.summary.heard(refused(WRONG_SIGNATURE));
    assert_eq!(stands(&office, 6), (State::InOrder, vec![]), "one that fits may be on its way");
    office.summary.last_cycle = Some(at(later));
    assert_eq!(stands(&office, LONG), (State::WebhookRefused, vec![Need::WebhookSecret]));
    office.summary = office.summary.heard(LastDeliveries { accepted: Some(at(later)), refused: None });
    assert_eq!(stands(&office, LONG), (State::InOrder, vec![]));
}

#[test]
fn what_an_office_needs_has_one_word_everywhere() {
    for need in Need::ALL {
        assert_eq!(serde_json::to_value(need).unwrap_or_default(), need.name());
    }
}

#[test]
fn a_system_that_is_away_is_waited_for_and_one_that_counts_calls_is_there() {
    let later = |code, status| {
        let mut runs = synced();
        let mut last = stopped("poll", RunResult::Later, code);
        last.reason.iter_mut().for_each(|reason| reason.status = status);
        runs.push(last);
        stands(&after(&runs), 3)
    };
    assert_eq!(later("certificate-expired", None), (State::SystemAway, vec![]));
    assert_eq!(later("asks-to-wait", Some(503)), (State::SystemAway, vec![]));
    assert_eq!(later("asks-to-wait", Some(TOO_MANY_REQUESTS)), (State::InOrder, vec![]));
    let mut never = after(&[stopped("poll", RunResult::Later, "timed-out")]);
    assert_eq!(stands(&never, 3), (State::NeverSynced, vec![Need::InitialSync]));
    let mut wrote = run("initial-sync", RunResult::Done);
    wrote.counts.insert("created".to_owned(), 1);
    never.summary = never.summary.after(&wrote);
    assert_eq!(stands(&never, 3), (State::InOrder, vec![]));
}

#[test]
fn letters_gone_records_and_brakes_are_part_of_how_an_office_stands() {
    let with = |dead_letters, gone, brakes| {
        let mut runs = synced();
        let standing = Some(Standing { dead_letters, gone, brakes });
        runs.push(Run { standing, ..run("poll", RunResult::Done) });
        stands(&after(&runs), 3)
    };
    assert_eq!(with(1, 0, 0), (State::RecordsWait, vec![Need::DeadLetters]));
    assert_eq!(with(0, 2, 0), (State::RecordsWait, vec![Need::Gone]));
    assert_eq!(with(0, 0, 1), (State::Braked, vec![Need::Brake]));
    assert_eq!(with(1, 0, 1), (State::Braked, vec![Need::DeadLetters, Need::Brake]));
}

#[test]
fn an_office_is_late_by_its_last_sign_and_a_first_sync_that_moves_is_one() {
    assert_eq!(stands(&after(&synced()), LONG), (State::Late, vec![Need::Late]));
    let never = after(&[]);
    assert!(!is_late(&never, at(3), INTERVAL) && is_late(&never, at(LONG), INTERVAL));
    let mut begun = never;
    begun.summary = begun.summary.reached(Reached { records: 1, expected: None, at: at(LONG) });
    assert!(!is_late(&begun, at(LONG + 1), INTERVAL));
    assert_eq!(stands(&begun, 2 * LONG), (State::FirstSync, vec![Need::InitialSync]));
    assert!(OfficeState::of(&begun, at(2 * LONG), INTERVAL).late, "nobody goes on with it");
}

#[test]
fn a_difference_that_is_not_explained_is_a_defect_until_both_sides_were_compared_again() {
    let compared = run(DIFFERENCES, RunResult::Done);
    let with = |why: &str| {
        let mut run = compared.clone();
        run.counts.insert(why.to_owned(), 3);
        run
    };
    let mut runs = synced();
    runs.push(with("differs-no-row"));
    assert_eq!(stands(&after(&runs), 3), (State::InOrder, vec![]), "what is explained needs nobody");
    runs.extend([with(UNEXPLAINED), run("poll", RunResult::Done)]);
    assert_eq!(stands(&after(&runs), 3), (State::Unexplained, vec![Need::Unexplained]));
    runs.push(compared);
    assert_eq!(stands(&after(&runs), 3), (State::InOrder, vec![]));
}

#[test]
fn an_initial_sync_under_way_is_never_told_as_whole() {
    let of = |records, expected| percent(Reached { records, expected, at: at(0) });
    assert_eq!((of(12, Some(100)), of(1, Some(3)), of(250, Some(200))), (Some(12), Some(33), Some(99)));
    assert_eq!((of(12, None), of(12, Some(0))), (None, None));
}

#[test]
fn an_office_that_a_person_stopped_is_in_no_trouble_and_has_its_time_anew_when_it_goes_on() {
    let standing = Some(Standing { dead_letters: 1, gone: 0, brakes: 1 });
    let mut office = after(&[Run { standing, ..stopped("poll", RunResult::Failed, "some-code") }]);
    for (activity, state) in
        [(Activity::Paused(at(3)), State::Paused), (Activity::Deactivated(at(3)), State::Deactivated)]
    {
        office.activity = activity;
        assert_eq!(stands(&office, 2 * LONG), (state, vec![]));
        assert!(!is_late(&office, at(2 * LONG), INTERVAL));
    }
    office.activity = Activity::Active(Some(at(2 * LONG)));
    assert!(!is_late(&office, at(2 * LONG + 1), INTERVAL) && is_late(&office, at(4 * LONG), INTERVAL));
}

#[test]
fn the_word_for_a_state_is_the_one_of_json() {
    for (place, state) in State::ALL.into_iter().enumerate() {
        assert_eq!(serde_json::to_value(state).ok(), Some(state.name().into()));
        assert_eq!(State::ALL.iter().filter(|other| **other < state).count(), place, "each is there once");
    }
}
