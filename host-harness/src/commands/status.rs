//! `koppeling status`: how the offices stand.

use std::time::Duration;

use serde::Serialize;

use super::differences::{self, UNEXPLAINED};
use super::screen::{Screen, Tone};
use super::{CommandError, Exit, Global};
use crate::intake::{LATE_AFTER, is_late};
use crate::run::FOUND_ONLY_BY_SWEEP;
use crate::schedule::INTERVAL;
use crate::settings::OfficeNumber;
use crate::store::{LastFinished, Reason, Run, RunResult, Standing};
use crate::timestamp::Timestamp;

/// One office.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Line {
    office: OfficeNumber,
    last_finished_cycle: Option<Timestamp>,
    late: bool,
    edits_waiting: u64,
    last_run: Option<Run>,
    last_sweep: Option<Run>,
    /// The last run for edits that a webhook of Tribe's told of, as far as the history goes.
    last_push: Option<Run>,
    /// As the last run that knew of it tells.
    standing: Option<Standing>,
    /// The last time that both sides were compared, with how many differences there were of each why.
    last_differences: Option<Run>,
    /// The system that gives no usable answer, as far as the last runs tell.
    failing: Option<Failing>,
    /// What a person must see to; nothing if the office is in order.
    needs: Vec<Need>,
}

/// A system that gave no usable answer in the last runs, and why the last time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
struct Failing {
    #[serde(flatten)]
    reason: Reason,
    since: Timestamp,
    /// Runs in a row.
    times: usize,
}

impl Failing {
    /// By the history, newest first.
    fn of(runs: &[Run]) -> Option<Self> {
        let is_of_office = |run: &&Run| run.work != differences::WORK;
        let mut failed = runs.iter().filter(is_of_office).take_while(|run| run.reason.is_some()).peekable();
        let reason = failed.peek()?.reason.clone()?;
        let (times, since) = failed.fold((0, Timestamp::from_millis(0)), |(times, _), run| (times + 1, run.started));
        Some(Self { reason, since, times })
    }

    /// In words, without those of the connector, which is not asked here.
    fn words(&self, now: Timestamp, office: &OfficeNumber) -> String {
        let Reason { system, code, status } = &self.reason;
        let status = status.map(|status| format!(" (HTTP {status})")).unwrap_or_default();
        let times = if self.times == 1 { String::new() } else { format!(", {} runs in a row", self.times) };
        let (code, since) = (code.replace('-', " "), ago(self.since, now));
        format!(
            "{system}: {code}{status}, since {since} ago{times}; it is tried again, `koppeling check {office}` says more"
        )
    }
}

/// What a person must see to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Need {
    /// No initial sync was completed.
    InitialSync,
    /// The last run was stopped by a setting that is missing or wrong.
    Settings,
    /// The last run was stopped by a system that refuses the credentials.
    Credentials,
    /// The last run was stopped by something else that does not pass by itself.
    Stopped,
    /// The last finished cycle is too old.
    Late,
    /// Records could not be synced, or a field of them.
    DeadLetters,
    /// Linked records are gone in Tribe.
    Gone,
    /// Too many records would lose a value, or do not show.
    Brake,
    /// Both sides differ, and the connector cannot explain why: a defect.
    Unexplained,
}

impl Need {
    /// What it is, and what to type.
    fn words(self, standing: Standing, office: &OfficeNumber) -> String {
        let Standing { dead_letters, gone, brakes } = standing;
        match self {
            Self::InitialSync => format!("no initial sync was completed; do it with `koppeling sync {office}`"),
            Self::Settings => {
                format!("STOPPED: a setting is missing or wrong; `koppeling check {office}` says which")
            }
            Self::Credentials => {
                format!("STOPPED: a system refuses the credentials; `koppeling check {office}` says which")
            }
            Self::Stopped => format!("STOPPED: the last run failed; `koppeling poll {office}` says why"),
            Self::Late => format!("no cycle came to its end for long; see `koppeling check {office}`"),
            Self::DeadLetters => format!("{dead_letters} put aside; see `koppeling letters list {office}`"),
            Self::Gone => format!("{gone} gone in Tribe; see `koppeling records list --gone {office}`"),
            Self::Unexplained => {
                format!(
                    "a difference that the connector cannot explain; report it, see `koppeling differences {office}`"
                )
            }
            Self::Brake => format!(
                "{brakes} BRAKE: too many records would have a field emptied or given one same value, or do not show, and \
                 it is held back; see `koppeling brake list {office}`"
            ),
        }
    }
}

/// What a person must see to, by the history, newest first.
fn needs(last: LastFinished, late: bool, runs: &[Run], standing: Standing) -> Vec<Need> {
    let of_all = ["poll", "sweep", "initial-sync"];
    let newest = runs.iter().find(|run| of_all.contains(&run.work.as_str()));
    let was_synced = matches!(last, LastFinished::Cycle(_))
        || runs.iter().any(|run| run.work == "initial-sync" && run.result == RunResult::Done);
    let is_first = newest.is_some_and(|run| run.result == RunResult::InitialSyncFirst);
    let last_run = runs.iter().find(|run| run.work == "push" || of_all.contains(&run.work.as_str()));
    let ended_by = |results: &[RunResult]| last_run.is_some_and(|run| results.contains(&run.result));
    let lasting = [RunResult::StateNewer, RunResult::Unsupported, RunResult::Failed];
    let needs = [
        (ended_by(&[RunResult::Settings]), Need::Settings),
        (ended_by(&[RunResult::Credentials]), Need::Credentials),
        (ended_by(&lasting), Need::Stopped),
        (!was_synced || is_first, Need::InitialSync),
        (late, Need::Late),
        (standing.dead_letters > 0, Need::DeadLetters),
        (standing.gone > 0, Need::Gone),
        (standing.brakes > 0, Need::Brake),
        (last_differences(runs).is_some_and(|run| run.counts.contains_key(UNEXPLAINED)), Need::Unexplained),
    ];
    needs.into_iter().filter_map(|(is_needed, need)| is_needed.then_some(need)).collect()
}

/// The last time that both sides were compared, as far as the history goes.
fn last_differences(runs: &[Run]) -> Option<&Run> {
    runs.iter().find(|run| run.work == differences::WORK)
}

/// The exit code for what the offices need.
fn exit_of(lines: &[Line]) -> Exit {
    let needs = || lines.iter().flat_map(|line| &line.needs);
    match needs().next() {
        None => Exit::Ok,
        Some(_) if needs().any(|need| *need == Need::Unexplained) => Exit::Defect,
        Some(_) => Exit::Attention,
    }
}

pub(super) async fn run(global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
    let store = global.store(screen)?;
    let (now, waiting) = (Timestamp::now(), store.waiting().await?);
    let interval = store.interval().await?.unwrap_or(INTERVAL);
    let mut lines = Vec::new();
    for office in store.offices().await? {
        let last = store.last_finished(&office).await?;
        let runs = store.runs(&office, u32::MAX).await?;
        let queued = waiting.iter().find(|(waits, _)| *waits == office).map_or(0, |(_, count)| *count);
        let late = is_late(last.at(), now, interval);
        let standing = runs.iter().find_map(|run| run.standing);
        lines.push(Line {
            last_finished_cycle: match last {
                LastFinished::Cycle(at) => Some(at),
                LastFinished::Added(_) => None,
            },
            late,
            edits_waiting: queued,
            needs: needs(last, late, &runs, standing.unwrap_or_default()),
            standing,
            failing: Failing::of(&runs),
            last_push: runs.iter().find(|run| run.work == "push").cloned(),
            last_sweep: store.last_sweep(&office).await?,
            last_differences: last_differences(&runs).cloned(),
            last_run: runs.into_iter().find(|run| run.work != differences::WORK),
            office,
        });
    }
    if global.json {
        screen.json(&lines);
    } else if lines.is_empty() {
        return Err(CommandError::NoOffice);
    } else {
        lines.iter().for_each(|line| show(line, now, interval, screen));
    }
    Ok(exit_of(&lines))
}

fn show(line: &Line, now: Timestamp, interval: Duration, screen: &Screen) {
    let cycle = match line.last_finished_cycle {
        Some(at) => format!("last cycle finished {} ago ({at})", ago(at, now)),
        None => "no cycle finished yet".to_owned(),
    };
    let late = if line.late {
        format!(", that is more than {LATE_AFTER} intervals of {}", humantime::format_duration(interval))
    } else {
        String::new()
    };
    let is_stopped = |need: &Need| matches!(need, Need::Settings | Need::Credentials | Need::Stopped);
    let state = match (line.needs.iter().any(is_stopped), line.late, line.needs.is_empty()) {
        (true, ..) => screen.toned(Tone::Bad, "STOP"),
        (false, true, _) => screen.toned(Tone::Bad, "LATE"),
        (false, false, false) => screen.toned(Tone::Bad, "SEE "),
        (false, false, true) if line.failing.is_some() => screen.toned(Tone::Quiet, "WAIT"),
        (false, false, true) => screen.toned(Tone::Good, "ok  "),
    };
    screen.line(format!(
        "{state} office {}: {cycle}{late}; {} waiting",
        line.office,
        counted(line.edits_waiting, "edit")
    ));
    if let Some(run) = &line.last_run {
        let counts = counts(run);
        let (result, since) = (serde_json::to_value(run.result).unwrap_or_default(), ago(run.finished, now));
        let result = result.as_str().unwrap_or_default().to_owned();
        screen.line(format!("     last run: {}, {result}, {since} ago: {counts}", run.work));
    }
    if let Some(sweep) = &line.last_sweep {
        let found = sweep.counts.get(FOUND_ONLY_BY_SWEEP).copied().unwrap_or_default();
        screen.line(format!("     last sweep: {} ago; only the sweep found: {found}", ago(sweep.finished, now)));
    }
    screen.line(match &line.last_push {
        Some(run) => format!("     last edits told by Tribe's webhooks: {} ago", ago(run.finished, now)),
        None => "     last edits told by Tribe's webhooks: none yet".to_owned(),
    });
    if let Some(run) = &line.last_differences {
        let (found, since) = (run.counts.iter().filter(|(why, _)| *why != "compared"), ago(run.finished, now));
        let found = found.map(|(_, count)| count).sum::<u64>();
        screen.line(format!(
            "     compared: {since} ago, {}; see `koppeling differences {}`",
            counted(found, "difference"),
            line.office
        ));
    }
    if let Some(failing) = &line.failing {
        screen.line(format!("     {}", failing.words(now, &line.office)));
    }
    for need in &line.needs {
        screen.line(format!("     {}", need.words(line.standing.unwrap_or_default(), &line.office)));
    }
}

/// What a run did, in words.
fn counts(run: &Run) -> String {
    // What only the sweep found stands in a line of its own.
    let counts = run.counts.iter().filter(|(name, count)| **count > 0 && *name != FOUND_ONLY_BY_SWEEP);
    let counts: Vec<_> = counts.map(|(name, count)| format!("{count} {}", in_words(name))).collect();
    match (counts.as_slice(), run.result) {
        ([], RunResult::Done) => "nothing to do".to_owned(),
        ([], _) => "nothing was done".to_owned(),
        (counts, _) => counts.join(", "),
    }
}

/// A count of the history, as the commands that sync call it.
fn in_words(name: &str) -> &str {
    if name == "dead-lettered" { "put aside" } else { name }
}

/// So many of them, in words.
fn counted(count: u64, one: &str) -> String {
    format!("{count} {one}{}", if count == 1 { "" } else { "s" })
}

/// The age in whole seconds, in words.
fn ago(at: Timestamp, now: Timestamp) -> humantime::FormattedDuration {
    humantime::format_duration(Duration::from_secs(now.since(at).as_secs()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use std::collections::BTreeMap;

    use super::*;

    const FINISHED: LastFinished = LastFinished::Cycle(Timestamp::from_millis(1));
    const ADDED: LastFinished = LastFinished::Added(Timestamp::from_millis(1));

    fn run(work: &str, result: RunResult) -> Run {
        let at = Timestamp::from_millis(1);
        let (counts, notes) = (BTreeMap::new(), BTreeMap::new());
        Run { work: work.to_owned(), started: at, finished: at, result, counts, notes, standing: None, reason: None }
    }

    #[test]
    fn an_office_without_a_completed_initial_sync_is_not_in_order() {
        let in_order = Standing::default();
        assert_eq!(needs(ADDED, false, &[], in_order), [Need::InitialSync]);
        let poll = run("poll", RunResult::InitialSyncFirst);
        assert_eq!(needs(ADDED, false, std::slice::from_ref(&poll), in_order), [Need::InitialSync]);
        let begun = [run("initial-sync", RunResult::Later)];
        assert_eq!(needs(ADDED, true, &begun, in_order), [Need::InitialSync, Need::Late]);
        assert_eq!(needs(ADDED, false, &[run("initial-sync", RunResult::Done), poll.clone()], in_order), []);
        assert_eq!(needs(FINISHED, false, &[run("poll", RunResult::Done)], in_order), []);
        let store_was_lost = [poll, run("poll", RunResult::Done)];
        assert_eq!(needs(FINISHED, false, &store_was_lost, in_order), [Need::InitialSync]);
    }

    #[test]
    fn an_office_whose_last_run_was_stopped_is_not_in_order_before_a_run_goes_through() {
        for (result, expected) in [
            (RunResult::Settings, Need::Settings),
            (RunResult::Credentials, Need::Credentials),
            (RunResult::StateNewer, Need::Stopped),
            (RunResult::Unsupported, Need::Stopped),
            (RunResult::Failed, Need::Stopped),
        ] {
            for work in ["poll", "push", "sweep", "initial-sync"] {
                let runs = [run(work, result), run("poll", RunResult::Done)];
                assert_eq!(needs(FINISHED, false, &runs, Standing::default()), [expected], "{work}");
                let [stopped, good] = runs;
                assert_eq!(needs(FINISHED, false, &[good, stopped], Standing::default()), []);
            }
        }
        for result in [RunResult::Later, RunResult::Cancelled, RunResult::Done] {
            let runs = [run("poll", result), run("poll", RunResult::Done)];
            assert_eq!(needs(FINISHED, false, &runs, Standing::default()), [], "it goes on by itself");
        }
    }

    #[test]
    fn letters_gone_records_and_brakes_are_part_of_how_an_office_stands() {
        let of = |dead_letters, gone, brakes| {
            needs(FINISHED, false, &[run("poll", RunResult::Done)], Standing { dead_letters, gone, brakes })
        };
        assert_eq!(of(1, 0, 0), [Need::DeadLetters]);
        assert_eq!(of(0, 2, 0), [Need::Gone]);
        assert_eq!(of(0, 0, 1), [Need::Brake]);
    }

    #[test]
    fn a_system_that_fails_is_named_with_why_since_when_and_how_often() {
        let failed = |code: &str, started| {
            let reason = Reason { system: "Tribe".to_owned(), code: code.to_owned(), status: Some(502) };
            let started = Timestamp::from_millis(started);
            Run { started, reason: Some(reason), ..run("poll", RunResult::Later) }
        };
        let compared = run(differences::WORK, RunResult::Done);
        let (good, first, last) =
            (run("poll", RunResult::Done), failed("timed-out", 60_000), failed("server-error", 120_000));
        assert_eq!(Failing::of(&[]), None);
        assert_eq!(Failing::of(&[good.clone(), last.clone()]), None, "it answers again");
        let failing = Failing::of(&[last, compared, first, good]).unwrap();
        let office = "12345".parse::<OfficeNumber>().unwrap();
        assert_eq!(
            failing.words(Timestamp::from_millis(180_000), &office),
            "Tribe: server error (HTTP 502), since 2m ago, 2 runs in a row; it is tried again, `koppeling check 12345` \
             says more"
        );
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

    #[test]
    fn a_difference_that_is_not_explained_is_a_defect_until_both_sides_were_compared_again() {
        let mut compared = run(differences::WORK, RunResult::Done);
        let again = compared.clone();
        compared.counts.insert("differs-no-row".to_owned(), 3);
        let poll = run("poll", RunResult::Done);
        let of = |runs: &[Run]| needs(FINISHED, false, runs, Standing::default());
        assert_eq!(of(&[poll.clone(), compared.clone()]), [], "what is explained needs nobody");
        compared.counts.insert(UNEXPLAINED.to_owned(), 1);
        assert_eq!(of(&[poll.clone(), compared.clone()]), [Need::Unexplained]);
        assert_eq!(of(&[again, poll, compared]), []);
    }
}
