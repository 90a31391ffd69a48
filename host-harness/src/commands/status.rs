//! `koppeling status`: how the offices stand.

use std::collections::HashMap;
use std::time::Duration;

use serde::Serialize;

use clap::Args;

use super::screen::{Screen, Tone};
use super::{CommandError, Exit, Global};
use crate::office_state::{LATE_AFTER, Need, OfficeState, State, percent};
use crate::run::FOUND_ONLY_BY_SWEEP;
use crate::schedule::INTERVAL;
use crate::settings::OfficeNumber;
use crate::store::{
    Direction, Failing, LastDeliveries, OfficeSummary, Reached, Reason, RefusedDelivery, Run, RunResult, Standing,
    Store, StoreError, Trouble, Used,
};
use crate::timestamp::Timestamp;

/// Which office.
#[derive(Args)]
pub(super) struct Status {
    /// The office's number; all offices where none is given
    office: Option<OfficeNumber>,
}

/// One office.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Line {
    office: OfficeNumber,
    state: State,
    /// Since when it is paused or deactivated; of one that goes on again, since when it does.
    activity_since: Option<Timestamp>,
    /// The direction in which nothing goes, where the other one does.
    direction_paused: Option<Direction>,
    /// The part of an initial sync under way that is done, where the number of all records is known.
    percent: Option<u64>,
    /// How far an initial sync under way has come.
    reached: Option<Reached>,
    /// When the initial sync came to its end.
    initial_sync_done: Option<Timestamp>,
    last_finished_cycle: Option<Timestamp>,
    late: bool,
    edits_waiting: u64,
    last_run: Option<Run>,
    last_sweep: Option<Run>,
    /// The last run for edits that a webhook of Tribe's told of.
    last_push: Option<Run>,
    /// When a delivery of Tribe's webhooks was last taken, to the minute.
    last_delivery_accepted: Option<Timestamp>,
    /// When one was last refused, and why.
    last_delivery_refused: Option<RefusedDelivery>,
    /// As the last run that knew of it tells.
    standing: Option<Standing>,
    /// The last time that both sides were compared, with how many differences there were of each why.
    last_differences: Option<Run>,
    /// What its state holds.
    used: Used,
    /// What ended the last runs before their end.
    failing: Option<Failing>,
    /// What a person must see to; nothing if the office is in order.
    needs: Vec<Need>,
    /// Why nothing can be written down now: what failed since is not known either.
    #[serde(skip)]
    trouble: Option<Trouble>,
}

impl Line {
    fn of(known: OfficeSummary, edits_waiting: u64, now: Timestamp, interval: Duration) -> Self {
        let OfficeState { state, needs, failing, late, reached } = OfficeState::of(&known, now, interval);
        let OfficeSummary { office, summary, activity, used, .. } = known;
        Self {
            office,
            state,
            activity_since: activity.since(),
            direction_paused: activity.paused_direction(),
            percent: reached.and_then(percent),
            reached,
            initial_sync_done: summary.initial_sync.done(),
            last_finished_cycle: summary.last_cycle,
            late,
            edits_waiting,
            last_run: summary.last_run,
            last_sweep: summary.last_sweep,
            last_push: summary.last_push,
            last_delivery_accepted: summary.last_deliveries.accepted,
            last_delivery_refused: summary.last_deliveries.refused().cloned(),
            standing: summary.standing,
            last_differences: summary.last_differences,
            used,
            failing,
            needs,
            trouble: None,
        }
    }
}

/// The reason where stored values are damaged.
const DAMAGED: &str = "damaged";

/// What failed, in words, without those of the connector, which is not asked here.
fn failing_words(failing: &Failing, now: Timestamp, state: State, office: &OfficeNumber) -> String {
    let Reason { system, code, status, setting } = &failing.reason;
    let status = status.map(|status| format!(" (HTTP {status})")).unwrap_or_default();
    let setting = setting.as_ref().map(|setting| format!(" ({setting})")).unwrap_or_default();
    let times = if failing.times == 1 { String::new() } else { format!(", {} runs in a row", failing.times) };
    let (code, since) = (code.replace('-', " "), ago(failing.since, now));
    let next = match failing.result {
        // Nobody begins an initial sync by himself.
        RunResult::Later if state != State::NeverSynced => {
            format!("it is tried again, `koppeling check {office}` says more")
        }
        RunResult::OfficeFull => "what would grow its state is refused".to_owned(),
        RunResult::NoStore if failing.reason.code == DAMAGED => {
            "put a backup in its place with `koppeling restore`".to_owned()
        }
        _ => format!("`koppeling check {office}` says what to do"),
    };
    format!("{system}: {code}{setting}{status}, since {since} ago{times}; {next}")
}

/// Why a delivery was refused, in words, and what to do.
fn refused_words(refused: &RefusedDelivery, now: Timestamp, office: &OfficeNumber) -> String {
    let RefusedDelivery { at, why } = refused;
    let why = match why.as_str() {
        "signature" => format!(
            "its signature is missing or does not fit, and none was taken since; if Tribe sent it, give the secret of its \
             webhooks with `koppeling office edit {office} --ask tribe-webhook-secret`, or the header with `--set \
             tribe-webhook-header=NAME`"
        ),
        "not-understood" => {
            "it is signed, but not understood, and none was taken since; report it, `koppeling poll` takes what it told of"
                .to_owned()
        }
        "no-secret" => format!(
            "no secret of webhooks is set; if Tribe sent it, give it with `koppeling office edit {office} --ask \
             tribe-webhook-secret`"
        ),
        "unsigned" => "it bears no signature, so somebody else than Tribe posts there".to_owned(),
        _ => "it could not be kept, and none was taken since; Tribe sends it again, see the log of `koppeling run`".to_owned(),
    };
    format!("a delivery was REFUSED {} ago: {why}", ago(*at, now))
}

/// What a person must see to, and what to type.
fn need_words(need: Need, line: &Line) -> String {
    let (office, standing) = (&line.office, line.standing.unwrap_or_default());
    let Standing { dead_letters, gone, brakes } = standing;
    match need {
        Need::InitialSync => match line.reached {
            Some(Reached { records, .. }) => format!(
                "the initial sync is not done: {} so far; `koppeling run` goes on with it, and so does `koppeling sync \
                 {office}`",
                counted(records, "record")
            ),
            None => format!("no initial sync was completed; do it with `koppeling sync {office}`"),
        },
        Need::Settings => "STOPPED by a setting that is missing or wrong".to_owned(),
        Need::Credentials => "STOPPED by credentials that are refused".to_owned(),
        Need::Store if line.failing.as_ref().is_some_and(|failing| failing.reason.code == DAMAGED) => {
            "STOPPED: what is stored of it is damaged; give its settings anew where `koppeling office list` says so of them, \
             or else put a backup in place with `koppeling restore`"
                .to_owned()
        }
        Need::Store => {
            format!("STOPPED: the database in the data folder failed; `koppeling check {office}` says what to mend")
        }
        Need::OfficeFull => format!(
            "STOPPED: its state holds {}, and may hold no more; raise --office-keys or --office-bytes where its records \
             are that many, or else report it",
            line.used
        ),
        Need::Stopped => format!("STOPPED: the last run failed; `koppeling poll {office}` says why"),
        Need::Late => match (line.failing.as_ref(), line.trouble) {
            (_, Some(trouble)) => format!("no cycle came to its end for long, and nothing can be written down: {trouble}"),
            (Some(_), None) => "no cycle came to its end for long".to_owned(),
            (None, None) => {
                "no cycle came to its end for long, and none failed: see that `koppeling run` is running".to_owned()
            }
        },
        Need::DeadLetters => format!("{dead_letters} put aside; see `koppeling letters list {office}`"),
        Need::WebhookSecret => {
            "Tribe's deliveries are refused: edits made there arrive with the cycles only, and no longer at \
             once, until the secret of its webhooks is mended"
                .to_owned()
        }
        Need::Gone => format!("{gone} gone in Tribe; see `koppeling records list --gone {office}`"),
        Need::Unexplained => {
            format!("a difference that the connector cannot explain; report it, see `koppeling differences {office}`")
        }
        Need::Brake => format!(
            "{brakes} BRAKE: too many records would have a field emptied or given one same value, or do not show, and \
             it is held back; see `koppeling brake list {office}`"
        ),
    }
}

/// The exit code for how an office stands.
fn exit_of(line: &Line) -> Exit {
    match line.state {
        State::InOrder | State::DirectionPaused | State::Paused | State::Deactivated => Exit::Ok,
        State::SystemAway => Exit::Unavailable,
        State::RecordsWait | State::WebhookRefused => Exit::Attention,
        State::FirstSync | State::NeverSynced => Exit::NotSynced,
        State::Braked => Exit::Braked,
        State::Late => Exit::Late,
        State::Unexplained => Exit::Defect,
        State::Stopped => match line.failing.as_ref().map(|failing| failing.result) {
            Some(RunResult::Settings) => Exit::Settings,
            Some(RunResult::Credentials) => Exit::Credentials,
            Some(RunResult::StateNewer) => Exit::StateNewer,
            Some(RunResult::Unsupported) => Exit::Plugin,
            Some(RunResult::NoStore) => Exit::Unavailable,
            Some(RunResult::OfficeFull) => Exit::OfficeFull,
            _ => Exit::Defect,
        },
    }
}

impl Status {
    pub(super) async fn run(&self, global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
        let store = global.store(screen)?;
        let (now, waiting) = (Timestamp::now(), store.waiting().await?);
        let waiting: HashMap<_, _> = waiting.into_iter().collect();
        let interval = store.interval().await?.unwrap_or(INTERVAL);
        let known = match &self.office {
            Some(office) => match store.summary(office).await? {
                Some(known) => vec![known],
                None => return Err(CommandError::NoSuchOffice(office.clone())),
            },
            None => store.summaries().await?,
        };
        let trouble = match store.try_out().await {
            Err(StoreError::Failed(trouble)) => Some(trouble),
            _ => None,
        };
        let lines: Vec<Line> = known
            .into_iter()
            .map(|known| {
                let queued = waiting.get(&known.office).copied().unwrap_or_default();
                Line { trouble, ..Line::of(known, queued, now, interval) }
            })
            .collect();
        let Some(gravest) = lines.iter().max_by_key(|line| line.state) else {
            return if global.json {
                screen.json(&lines);
                Ok(Exit::Ok)
            } else {
                Err(CommandError::NoOffice)
            };
        };
        if global.json {
            screen.json(&lines);
        } else {
            lines.iter().for_each(|line| show(line, now, interval, screen));
        }
        Ok(exit_of(gravest))
    }
}

/// The state in a word of its own at the beginning of a line.
fn mark(line: &Line) -> (Tone, String) {
    match line.state {
        State::InOrder => (Tone::Good, "ok  ".to_owned()),
        State::Deactivated => (Tone::Quiet, "DEACTIVATED".to_owned()),
        State::Paused => (Tone::Quiet, "PAUSED".to_owned()),
        State::DirectionPaused => (Tone::Quiet, "ONE WAY".to_owned()),
        State::SystemAway => (Tone::Quiet, "WAIT".to_owned()),
        State::FirstSync => match line.percent {
            Some(percent) => (Tone::Bad, format!("FIRST SYNC {percent} %")),
            None => (Tone::Bad, "FIRST SYNC".to_owned()),
        },
        State::NeverSynced => (Tone::Bad, "NEVER SYNCED".to_owned()),
        State::RecordsWait => (Tone::Bad, "SEE ".to_owned()),
        State::WebhookRefused => (Tone::Bad, "WEBHOOK".to_owned()),
        State::Braked => (Tone::Bad, "BRAKE".to_owned()),
        State::Unexplained => (Tone::Bad, "DEFECT".to_owned()),
        State::Late => (Tone::Bad, "LATE".to_owned()),
        State::Stopped => (Tone::Bad, "STOP".to_owned()),
    }
}

fn show(line: &Line, now: Timestamp, interval: Duration, screen: &Screen) {
    let cycle = match (line.last_finished_cycle, line.initial_sync_done) {
        (Some(at), _) => format!("last cycle finished {} ago ({at})", ago(at, now)),
        (None, Some(at)) => format!("initial sync done {} ago ({at}), no cycle since", ago(at, now)),
        (None, None) => "no cycle finished yet".to_owned(),
    };
    let late = if line.late {
        format!(", that is more than {LATE_AFTER} intervals of {}", humantime::format_duration(interval))
    } else {
        String::new()
    };
    let (tone, word) = mark(line);
    screen.line(format!(
        "{} office {}: {cycle}{late}; {} waiting",
        screen.toned(tone, &word),
        line.office,
        counted(line.edits_waiting, "edit")
    ));
    if let (Some(direction), Some(at)) = (line.direction_paused, line.activity_since) {
        let (since, office, system) = (ago(at, now), &line.office, direction.system());
        screen.line(format!(
            "     nothing goes to {system} since {since} ago ({at}); let it go on with `koppeling office resume {office}`"
        ));
    }
    if let (State::Paused | State::Deactivated, Some(at)) = (line.state, line.activity_since) {
        let (since, office) = (ago(at, now), &line.office);
        screen.line(format!("     since {since} ago ({at}); let it go on with `koppeling office resume {office}`"));
    }
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
    let deliveries =
        LastDeliveries { accepted: line.last_delivery_accepted, refused: line.last_delivery_refused.clone() };
    if let Some(accepted) = deliveries.accepted {
        screen.line(format!("     last delivery of Tribe's webhooks taken: {} ago", ago(accepted, now)));
    }
    if let Some(refused) = deliveries.failing() {
        screen.line(format!("     {}", refused_words(refused, now, &line.office)));
    }
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
        screen.line(format!("     {}", failing_words(failing, now, line.state, &line.office)));
    }
    screen.line(format!("     its state holds {}", line.used));
    for need in &line.needs {
        screen.line(format!("     {}", need_words(*need, line)));
    }
}

/// Tells what an office needs after a run that came to its end, and gives the exit code for how it stands then. Whether
/// it is late is no business of a run that somebody started by hand.
pub(super) async fn after_run(
    store: &Store,
    office: &OfficeNumber,
    global: &Global,
    screen: &Screen,
) -> Result<Exit, CommandError> {
    let Some(known) = store.summary(office).await? else { return Ok(Exit::Ok) };
    let now = Timestamp::now();
    let line = Line::of(known, 0, now, Duration::MAX);
    if !global.json {
        if let Some(failing) = &line.failing {
            screen.line(format!("  {}", failing_words(failing, now, line.state, office)));
        }
        for need in &line.needs {
            screen.line(format!("  {}", need_words(*need, &line)));
        }
    }
    Ok(exit_of(&line))
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
#[path = "status_tests.rs"]
mod tests;
