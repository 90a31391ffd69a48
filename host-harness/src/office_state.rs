//! How an office stands, worked out in one place for all who tell it: `koppeling status`, the health page, the schedule.

use std::time::Duration;

use serde::Serialize;

use crate::store::{Failing, OfficeSummary, Reached, RunResult, Standing, Summary, TOO_MANY_REQUESTS, Wanted};
use crate::timestamp::Timestamp;

/// An office is late when its last sign is older than so many intervals.
pub const LATE_AFTER: u32 = 3;

/// And deliveries of what Tribe had to tell are waited for as long, but no longer than this.
const LONGEST_FOR_DELIVERIES: Duration = Duration::from_secs(15 * 60);

/// What a comparison counts where the connector cannot explain a difference: a defect.
pub const UNEXPLAINED: &str = "differs-unexplained";

/// How an office stands; the later in this list, the graver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// A person stopped work for it, for good.
    Deactivated,
    /// A person stopped work for it, for a while.
    Paused,
    /// All goes by itself.
    InOrder,
    /// All goes by itself in one direction; a person paused the other.
    DirectionPaused,
    /// A system gives no usable answer, and is asked again.
    SystemAway,
    /// It syncs, and refuses what Tribe's webhooks tell it.
    WebhookRefused,
    /// It syncs, and records or fields wait for a person.
    RecordsWait,
    /// Its initial sync was begun, and has not come to its end.
    FirstSync,
    /// Its initial sync was never begun.
    NeverSynced,
    /// It syncs, and what too many records would lose is held back.
    Braked,
    /// No cycle came to its end for long.
    Late,
    /// The last run was stopped by what does not pass by itself.
    Stopped,
    /// Both sides differ, and the connector cannot explain why: a defect.
    Unexplained,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Deactivated,
        Self::Paused,
        Self::InOrder,
        Self::DirectionPaused,
        Self::SystemAway,
        Self::WebhookRefused,
        Self::RecordsWait,
        Self::FirstSync,
        Self::NeverSynced,
        Self::Braked,
        Self::Late,
        Self::Stopped,
        Self::Unexplained,
    ];

    /// Its word, as in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Deactivated => "deactivated",
            Self::Paused => "paused",
            Self::InOrder => "in-order",
            Self::DirectionPaused => "direction-paused",
            Self::SystemAway => "system-away",
            Self::WebhookRefused => "webhook-refused",
            Self::RecordsWait => "records-wait",
            Self::FirstSync => "first-sync",
            Self::NeverSynced => "never-synced",
            Self::Braked => "braked",
            Self::Late => "late",
            Self::Stopped => "stopped",
            Self::Unexplained => "unexplained",
        }
    }
}

/// What a person must see to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// No initial sync was completed.
    InitialSync,
    /// The last run was stopped by a setting that is missing or wrong.
    Settings,
    /// The last run was stopped by a system that refuses the credentials.
    Credentials,
    /// The last run was stopped by the database of the data folder, which did not answer.
    Store,
    /// The last run was stopped by the bound of what the office's state may hold.
    OfficeFull,
    /// The last run was stopped by something else that does not pass by itself.
    Stopped,
    /// The last sign is too old.
    Late,
    /// Records could not be synced, or a field of them.
    DeadLetters,
    /// Linked records are gone in Tribe.
    Gone,
    /// Tribe had something to tell, and its deliveries are not signed with the secret that is set.
    WebhookSecret,
    /// Too many records would lose a value, or do not show.
    Brake,
    /// Both sides differ, and the connector cannot explain why.
    Unexplained,
}

impl Need {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::InitialSync,
        Self::Settings,
        Self::Credentials,
        Self::Store,
        Self::OfficeFull,
        Self::Stopped,
        Self::Late,
        Self::DeadLetters,
        Self::Gone,
        Self::WebhookSecret,
        Self::Brake,
        Self::Unexplained,
    ];

    /// Its word, as in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::InitialSync => "initial-sync",
            Self::Settings => "settings",
            Self::Credentials => "credentials",
            Self::Store => "store",
            Self::OfficeFull => "office-full",
            Self::Stopped => "stopped",
            Self::Late => "late",
            Self::DeadLetters => "dead-letters",
            Self::Gone => "gone",
            Self::WebhookSecret => "webhook-secret",
            Self::Brake => "brake",
            Self::Unexplained => "unexplained",
        }
    }
}

/// How one office stands, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeState {
    /// In one word.
    pub state: State,
    /// What a person must see to; nothing where all goes by itself.
    pub needs: Vec<Need>,
    /// What ended the last runs before their end.
    pub failing: Option<Failing>,
    /// Whether its last sign is too old, whatever else holds.
    pub late: bool,
    /// How far its initial sync is, where one is under way.
    pub reached: Option<Reached>,
}

impl OfficeState {
    /// At that instant, where cycles are due by that interval.
    pub fn of(office: &OfficeSummary, now: Timestamp, interval: Duration) -> Self {
        let summary = &office.summary;
        let late = is_late(office, now, interval);
        // What waits is seen to when work for it goes on.
        let needs = if office.activity.is_active() { needs(summary, late, (now, interval)) } else { Vec::new() };
        let state = match office.activity.wanted() {
            Wanted::Active => state(summary, &needs),
            Wanted::DirectionPaused(_) => state(summary, &needs).max(State::DirectionPaused),
            Wanted::Paused => State::Paused,
            Wanted::Deactivated => State::Deactivated,
        };
        Self { state, needs, failing: summary.failing.clone(), late, reached: summary.initial_sync.begun() }
    }
}

/// Whether the last sign of an office is too old; of one that gave none, the time at which it was added counts. Nobody
/// waits for one that is not worked for, and one that goes on has its time anew.
pub fn is_late(office: &OfficeSummary, now: Timestamp, interval: Duration) -> bool {
    let since = office.activity.since().map_or(office.last_sign(), |resumed| resumed.max(office.last_sign()));
    office.activity.is_active() && now.since(since) > interval.saturating_mul(LATE_AFTER)
}

/// The part of its records that an initial sync has handled, in whole percent below a hundred; none where nobody counted
/// all of them yet.
pub fn percent(reached: Reached) -> Option<u64> {
    let all = reached.expected.filter(|all| *all > 0)?;
    Some((reached.records.saturating_mul(100) / all).min(99))
}

/// Whether it is a system that is away, and asked again: not one that only counted too many calls.
pub fn is_outage(failing: &Failing) -> bool {
    failing.result == RunResult::Later && failing.reason.status != Some(TOO_MANY_REQUESTS)
}

fn needs(summary: &Summary, late: bool, (now, interval): (Timestamp, Duration)) -> Vec<Need> {
    let Standing { dead_letters, gone, brakes } = summary.standing.unwrap_or_default();
    let stopped = summary.failing.as_ref().and_then(|failing| stopped_by(failing.result));
    let is_synced = summary.initial_sync.done().is_some();
    let differences = summary.last_differences.as_ref();
    let patience = interval.saturating_mul(LATE_AFTER).min(LONGEST_FOR_DELIVERIES);
    let is_secret_wrong = summary.seems_secret_wrong(now, patience);
    let needs = [
        (!is_synced, Need::InitialSync),
        // Whoever does the initial sync does all that an office needs to be in time.
        (late && is_synced, Need::Late),
        (dead_letters > 0, Need::DeadLetters),
        (gone > 0, Need::Gone),
        (is_secret_wrong, Need::WebhookSecret),
        (brakes > 0, Need::Brake),
        (differences.is_some_and(|run| run.counts.contains_key(UNEXPLAINED)), Need::Unexplained),
    ];
    let others = needs.into_iter().filter_map(|(is_needed, need)| is_needed.then_some(need));
    stopped.into_iter().chain(others).collect()
}

/// What a run that ended so says to a person; nothing where it is tried again by itself.
fn stopped_by(result: RunResult) -> Option<Need> {
    match result {
        RunResult::Settings => Some(Need::Settings),
        RunResult::Credentials => Some(Need::Credentials),
        RunResult::StateNewer | RunResult::Unsupported | RunResult::Failed => Some(Need::Stopped),
        RunResult::NoStore => Some(Need::Store),
        RunResult::OfficeFull => Some(Need::OfficeFull),
        RunResult::Done | RunResult::InitialSyncFirst | RunResult::Later | RunResult::Cancelled => None,
    }
}

/// The one word for it: what stops all comes before what holds up some.
fn state(summary: &Summary, needs: &[Need]) -> State {
    let has = |need: Need| needs.contains(&need);
    if has(Need::Unexplained) {
        State::Unexplained
    } else if [Need::Settings, Need::Credentials, Need::Store, Need::OfficeFull, Need::Stopped].into_iter().any(has) {
        State::Stopped
    } else if has(Need::InitialSync) {
        if summary.initial_sync.begun().is_some() { State::FirstSync } else { State::NeverSynced }
    } else if has(Need::Late) {
        State::Late
    } else if has(Need::Brake) {
        State::Braked
    } else if summary.failing.as_ref().is_some_and(is_outage) {
        State::SystemAway
    } else if has(Need::DeadLetters) || has(Need::Gone) {
        State::RecordsWait
    } else if has(Need::WebhookSecret) {
        State::WebhookRefused
    } else {
        State::InOrder
    }
}

#[cfg(test)]
#[path = "office_state_tests.rs"]
mod tests;
