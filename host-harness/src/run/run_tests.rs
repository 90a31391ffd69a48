#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::VecDeque;
use std::sync::Mutex;

use super::*;
use crate::component::{
    self, CallError, Counts, Note, Outage, Pause, Progress, RecordId, RecordKind, System, Write, WriteResult,
};
use crate::store::{Reason, RunResult, Standing, Summary};

/// Gives prepared slices, and remembers what it was asked for.
struct Script {
    slices: Mutex<VecDeque<Result<Slice, Stop>>>,
    asked: Mutex<Vec<Work>>,
}

impl Script {
    fn new(slices: impl IntoIterator<Item = Result<Slice, Stop>>) -> Self {
        Self { slices: Mutex::new(slices.into_iter().collect()), asked: Mutex::default() }
    }

    async fn run(&self, work: Work) -> Report {
        run(self, &"1".parse().unwrap(), work, &mut |_| {}).await
    }
}

impl Slices for Script {
    async fn slice(&self, _: &OfficeNumber, work: &Work) -> Result<Slice, Stop> {
        self.asked.lock().unwrap().push(work.clone());
        self.slices.lock().unwrap().pop_front().expect("no more slices were expected")
    }
}

fn outcome(created: u32, next: Next) -> Outcome {
    let counts = Counts { read: created + 1, unchanged: 1, created, updated: 0, dead_lettered: 0, skipped: 0 };
    let note = Note { code: "truncated".to_owned(), subject: None, field: None };
    let progress = Progress { done: created, expected: Some(10) };
    let subject = RecordId { kind: RecordKind::Relatie, id: "1001".to_owned() };
    let write = Write { subject, to: System::Tribe, field: None, result: WriteResult::Made };
    let standing = Some(component::Standing { dead_letters: created, gone: 0, brakes: 1 });
    Outcome { counts, progress, notes: vec![note], notes_left_out: 2, writes: vec![write], standing, next }
}

fn slice(created: u32, next: Next) -> Result<Slice, Stop> {
    Ok(Slice { outcome: outcome(created, next), left: Vec::new(), worked: true })
}

fn idle(next: Next) -> Outcome {
    let counts = Counts { read: 0, unchanged: 0, created: 0, updated: 0, dead_lettered: 0, skipped: 0 };
    let progress = Progress { done: 0, expected: None };
    Outcome { counts, progress, notes: vec![], notes_left_out: 0, writes: vec![], standing: None, next }
}

#[tokio::test]
async fn slices_go_on_until_done_and_are_added_up() {
    let script = Script::new([slice(3, Next::Again), slice(4, Next::Again), slice(1, Next::Done)]);
    let mut seen = Vec::new();
    let watch = &mut |tally: &Tally| seen.push(tally.created);
    let report = run(&script, &"1".parse().unwrap(), Work::InitialSync, watch).await;
    assert_eq!(report.end, End::Done);
    assert_eq!((report.tally.read, report.tally.created, report.tally.unchanged), (11, 8, 3));
    assert_eq!((report.tally.notes["truncated"], report.tally.notes_left_out), (3, 6));
    assert_eq!(seen, [3, 7, 8]);
    assert_eq!((report.tally.writes.len(), report.tally.writes_left_out), (3, 0));
    assert_eq!(report.to_history().standing, Some(Standing { dead_letters: 1, gone: 0, brakes: 1 }));
}

#[tokio::test]
async fn a_poll_before_an_initial_sync_is_no_finished_cycle() {
    let report = Script::new([slice(0, Next::Again), slice(0, Next::InitialSync)]).run(Work::Poll).await;
    assert_eq!(report.end, End::InitialSyncFirst);
    let history = report.to_history();
    assert_eq!(history.result, RunResult::InitialSyncFirst);
    assert_eq!(Summary::default().after(&history).last_cycle, None);
}

#[tokio::test]
async fn the_writes_of_a_run_are_kept_up_to_a_bound_and_counted_beyond_it() {
    let mut tally = Tally::default();
    let one = outcome(1, Next::Again);
    let many = Outcome { writes: vec![one.writes[0].clone(); 19_999], ..one.clone() };
    for told in [&many, &one, &one] {
        tally.add(told);
    }
    assert_eq!((tally.writes.len(), tally.writes_left_out), (20_000, 1));
}

#[test]
fn what_a_run_tells_stays_small_however_much_a_connector_says() {
    let mut tally = Tally::default();
    let long = "x".repeat(1 << 20);
    for slice in 0..3 {
        let of = |code: String| Note { code, subject: None, field: Some(long.clone()) };
        let notes = (0..2_000).map(|number| of(format!("code-{slice}-{number}"))).chain([of(long.clone())]);
        let subject = RecordId { kind: RecordKind::Relatie, id: long.clone() };
        let write = Write { subject, to: System::Tribe, field: None, result: WriteResult::Made };
        tally.add(&Outcome { notes: notes.collect(), notes_left_out: 0, writes: vec![write], ..idle(Next::Again) });
    }
    assert_eq!((tally.notes.len(), tally.notes_left_out), (500, 3 * 2_001 - 500));
    assert!(tally.examples.is_empty(), "{:?}", tally.examples.keys());
    assert_eq!((tally.writes.len(), tally.writes_left_out), (0, 3));
    for code in [long, "two\nlines".to_owned(), String::new()] {
        assert_eq!(End::from(component::Error::Defect(code)), End::Halted(Halt::Defect("not-a-code".to_owned())));
    }
}

#[tokio::test]
async fn a_wait_ends_the_run_and_is_passed_on() {
    let script = Script::new([slice(3, Next::Again), slice(4, Next::NotBefore(5000))]);
    let report = script.run(Work::Poll).await;
    assert_eq!(report.end, End::Later(Wait { until: Timestamp::from_millis(5000), reason: None }));
    assert_eq!(report.tally.created, 7);
}

#[tokio::test]
async fn what_was_done_before_an_error_counts() {
    let (system, until, code) = (System::Tribe, 9000, "server-error".to_owned());
    for (error, code, status) in [
        (Error::Quota(Pause { system, until }), "asks-to-wait", 429),
        (Error::Unavailable(Outage { system, until, code, status: Some(502) }), "server-error", 502),
    ] {
        let stop = Stop::Connector { error, partial: Box::new(outcome(2, Next::Done)) };
        let report = Script::new([slice(3, Next::Again), Err(stop)]).run(Work::Poll).await;
        let reason = Reason { system: "Tribe".to_owned(), code: code.to_owned(), status: Some(status), setting: None };
        assert_eq!(report.to_history().reason.as_ref(), Some(&reason));
        let wait = Wait { until: Timestamp::from_millis(9000), reason: Some(reason) };
        assert_eq!((report.tally.created, report.end), (5, End::Later(wait)));
    }
}

#[tokio::test]
async fn errors_that_a_person_must_mend_halt_the_run() {
    for (error, halt) in [
        (Error::Credentials(System::Tribe), Halt::Credentials(System::Tribe)),
        (Error::Settings(vec![]), Halt::Settings(vec![])),
        (Error::StateNewer(4), Halt::StateNewer(4)),
        (Error::Unsupported, Halt::Unsupported),
        (Error::Defect("x".to_owned()), Halt::Defect("x".to_owned())),
    ] {
        let stop = Stop::Connector { error, partial: Box::new(idle(Next::Done)) };
        assert_eq!(Script::new([Err(stop)]).run(Work::Poll).await.end, End::Halted(halt));
    }
    let trap = TurnError::Call(CallError::Broken);
    let report = Script::new([Err(Stop::Turn(trap))]).run(Work::Poll).await;
    assert_eq!(report.end, End::Halted(Halt::Call(CallError::Broken)));
}

#[tokio::test]
async fn a_push_hands_in_again_what_is_left() {
    let change = |id: &str| Change { id: id.to_owned(), deleted: false };
    let left = vec![change("b")];
    let first = Ok(Slice { outcome: outcome(1, Next::Again), left: left.clone(), worked: true });
    let script = Script::new([first, slice(1, Next::Done)]);
    let report = script.run(Work::Push(vec![change("a"), change("b")])).await;
    assert!(report.left.is_empty());
    let asked = script.asked.lock().unwrap();
    let Work::Push(second) = &asked[1] else { panic!() };
    assert_eq!(second.iter().map(|change| &change.id).collect::<Vec<_>>(), ["b"]);
}

#[tokio::test]
async fn a_push_that_fails_leaves_all_of_its_changes() {
    let changes = vec![Change { id: "a".to_owned(), deleted: false }];
    let stop = Stop::Connector { error: Error::Unsupported, partial: Box::new(idle(Next::Done)) };
    assert_eq!(Script::new([Err(stop)]).run(Work::Push(changes)).await.left.len(), 1);
}

#[tokio::test]
async fn a_component_that_goes_in_circles_is_stopped() {
    let circles = (0..100).map(|_| Ok(Slice { outcome: idle(Next::Again), left: Vec::new(), worked: true }));
    let script = Script::new(circles);
    assert_eq!(script.run(Work::Poll).await.end, End::Halted(Halt::Defect("no-progress".to_owned())));
    assert_eq!(script.asked.lock().unwrap().len() as u32, IDLE_SLICES);
}

#[tokio::test]
async fn progress_that_is_made_up_is_none() {
    let circles = (0..100).map(|_| Ok(Slice { outcome: outcome(3, Next::Again), left: Vec::new(), worked: false }));
    let script = Script::new(circles);
    assert_eq!(script.run(Work::InitialSync).await.end, End::Halted(Halt::Defect("no-progress".to_owned())));
    assert_eq!(script.asked.lock().unwrap().len() as u32, IDLE_SLICES);
}

/// Says that there is more to do, each time after an hour.
struct Endless;

impl Slices for Endless {
    async fn slice(&self, _: &OfficeNumber, _: &Work) -> Result<Slice, Stop> {
        tokio::time::sleep(Duration::from_secs(3_600)).await;
        slice(3, Next::Again)
    }
}

#[tokio::test(start_paused = true)]
async fn a_run_ends_some_day_and_not_before_a_real_first_sync_would() {
    let report = run(&Endless, &"1".parse().unwrap(), Work::InitialSync, &mut |_| {}).await;
    assert_eq!((report.tally.slices, &report.end), (3 * 24, &End::Halted(Halt::Endless)));
    assert_eq!(report.reason().unwrap().code, "never-ends");
    // However fast it says so.
    assert!(is_endless(MOST_SLICES, Duration::ZERO) && !is_endless(MOST_SLICES - 1, LONGEST / 2));
}

#[test]
fn what_was_put_aside_is_told_with_the_records_that_are() {
    let standing = |dead_letters| Some(Standing { dead_letters, gone: 0, brakes: 0 });
    let told = |standing| Tally { read: 8, dead_lettered: 6, standing, ..Tally::default() }.to_string();
    let counts = "8 records read: 0 created, 0 updated, 0 unchanged";
    assert_eq!(told(standing(3)), format!("{counts}, put aside 6 times (3 put aside now)"));
    assert_eq!(told(standing(6)), format!("{counts}, 6 put aside"));
    assert_eq!(told(None), format!("{counts}, 6 put aside"));
}
