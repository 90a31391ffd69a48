//! What a run did, added up, and how it ended.

use std::collections::BTreeMap;
use std::fmt;

use crate::component::{
    self, CallError, Change, Error, Note, Outage, Outcome, Pause, Progress, RecordId, SettingProblem, System, Write,
};
use crate::processing_log::NotWritable;
use crate::store::{ADVOCAATCENTRAAL, Reason, Run, RunResult, Standing, StoreError, TOO_MANY_REQUESTS, TRIBE};
use crate::timestamp::Timestamp;

use super::connectors::{Lasting, NoConnector};
use super::turn::TurnError;

/// So many notes of one code are kept whole.
const EXAMPLES: usize = 5;

/// The most writes that are kept of one run. The first sync of a large office has more; they are in its outcomes.
const MOST_WRITES: usize = 20_000;

/// The most notes that are taken of one outcome, as the contract has it, and the most codes that are told apart in a run.
const MOST_NOTES: usize = 1_000;
const MOST_CODES: usize = 500;

/// The longest code, id and name of a field. What is longer is none, and a connector that hands it over makes neither the
/// history nor the log grow.
const LONGEST: usize = 200;

/// What stands in place of a code that is none.
const NO_CODE: &str = "not-a-code";

/// The name of that count in the history.
pub(crate) const FOUND_ONLY_BY_SWEEP: &str = "found-only-by-sweep";

/// Counts and notes of all slices of a run. `read = unchanged + created + updated + dead_lettered + skipped`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Records that were read.
    pub read: u64,
    /// Records that were the same.
    pub unchanged: u64,
    /// Records that were created.
    pub created: u64,
    /// Records that were updated.
    pub updated: u64,
    /// Records that became dead letters.
    pub dead_lettered: u64,
    /// Records that are not to be synced.
    pub skipped: u64,
    /// How often each note was given, by its code.
    pub notes: BTreeMap<String, u64>,
    /// The first notes of each code: about which records and fields.
    pub examples: BTreeMap<String, Vec<Note>>,
    /// Notes that were left out of the outcomes.
    pub notes_left_out: u64,
    /// Every write, up to a bound.
    pub writes: Vec<Write>,
    /// Writes beyond that.
    pub writes_left_out: u64,
    /// How the office stands after the last slice.
    pub standing: Option<Standing>,
    /// How far the walk is, after the last slice.
    pub position: u64,
    /// How long the walk is, where that is known.
    pub expected: Option<u64>,
    /// Slices.
    pub slices: u64,
}

impl Tally {
    /// Adds one slice.
    pub fn add(&mut self, outcome: &Outcome) {
        let counts = outcome.counts;
        self.read += u64::from(counts.read);
        self.unchanged += u64::from(counts.unchanged);
        self.created += u64::from(counts.created);
        self.updated += u64::from(counts.updated);
        self.dead_lettered += u64::from(counts.dead_lettered);
        self.skipped += u64::from(counts.skipped);
        self.notes_left_out += u64::from(outcome.notes_left_out);
        for (place, note) in outcome.notes.iter().enumerate() {
            let is_known = self.notes.contains_key(&note.code) || self.notes.len() < MOST_CODES;
            if place >= MOST_NOTES || !is_known || !is_code(&note.code) {
                self.notes_left_out += 1;
                continue;
            }
            *self.notes.entry(note.code.clone()).or_default() += 1;
            if is_short(note.subject.as_ref(), note.field.as_ref()) {
                self.keep_example(note.clone());
            }
        }
        self.add_writes(outcome.writes.clone());
        self.standing = outcome.standing.map(Into::into).or(self.standing);
        let Progress { done, expected } = outcome.progress;
        self.position = u64::from(done);
        self.expected = expected.map(u64::from);
        self.slices += 1;
    }

    /// Puts a later run's tally behind this one.
    pub fn append(&mut self, later: Self) {
        self.read += later.read;
        self.unchanged += later.unchanged;
        self.created += later.created;
        self.updated += later.updated;
        self.dead_lettered += later.dead_lettered;
        self.skipped += later.skipped;
        for (code, count) in later.notes {
            *self.notes.entry(code).or_default() += count;
        }
        for note in later.examples.into_values().flatten() {
            self.keep_example(note);
        }
        self.notes_left_out += later.notes_left_out;
        self.add_writes(later.writes);
        self.writes_left_out += later.writes_left_out;
        self.standing = later.standing.or(self.standing);
        if later.slices > 0 {
            (self.position, self.expected) = (later.position, later.expected);
        }
        self.slices += later.slices;
    }

    fn keep_example(&mut self, note: Note) {
        let examples = self.examples.entry(note.code.clone()).or_default();
        if examples.len() < EXAMPLES && !examples.contains(&note) {
            examples.push(note);
        }
    }

    fn add_writes(&mut self, writes: Vec<Write>) {
        let (all, before) = (writes.len(), self.writes.len());
        let short = writes.into_iter().filter(|write| is_short(Some(&write.subject), write.field.as_ref()));
        self.writes.extend(short.take(MOST_WRITES.saturating_sub(before)));
        self.writes_left_out += (all + before - self.writes.len()) as u64;
    }

    /// What moves when anything was done.
    pub(super) fn done(&self) -> (u64, u64) {
        (self.read, self.position)
    }

    /// The counts by name.
    pub fn counts(&self) -> BTreeMap<String, u64> {
        let counts = [
            ("read", self.read),
            ("unchanged", self.unchanged),
            ("created", self.created),
            ("updated", self.updated),
            ("dead-lettered", self.dead_lettered),
            ("skipped", self.skipped),
        ];
        counts.into_iter().map(|(name, count)| (name.to_owned(), count)).collect()
    }
}

/// Whether a text of a connector can be one of its codes, or the name of a setting.
fn is_code(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len()) && !text.chars().any(char::is_control)
}

/// A code as it is told.
fn code_of(text: String) -> String {
    if is_code(&text) { text } else { NO_CODE.to_owned() }
}

/// Whether an id and the name of a field are ones that there can be.
fn is_short(subject: Option<&RecordId>, field: Option<&String>) -> bool {
    subject.is_none_or(|subject| subject.id.len() <= LONGEST) && field.is_none_or(|field| field.len() <= LONGEST)
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} read: {} created, {} updated, {} unchanged",
            self.read,
            if self.read == 1 { "record" } else { "records" },
            self.created,
            self.updated,
            self.unchanged
        )?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        match (self.dead_lettered, self.standing.map(|standing| u64::from(standing.dead_letters))) {
            (0, _) => Ok(()),
            // One record may be read several times in a run, and others may have been put aside before.
            (times, Some(records)) if times != records => {
                let s = if times == 1 { "" } else { "s" };
                write!(f, ", put aside {times} time{s} ({records} put aside now)")
            }
            (times, _) => write!(f, ", {times} put aside"),
        }
    }
}

/// A system that cannot be used for a while.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Until when.
    pub until: Timestamp,
    /// Which one and why, where the component said so.
    pub reason: Option<Reason>,
}

impl Wait {
    /// The name of the system, for messages.
    pub fn system(&self) -> &str {
        self.reason.as_ref().map_or("a system", |reason| &reason.system)
    }
}

/// What the connector says of a system that counted too many calls.
const ASKS_TO_WAIT: &str = "asks-to-wait";
/// The connector's code for state that cannot be read.
const STATE_DAMAGED: &str = "state-damaged";

impl From<component::Standing> for Standing {
    fn from(told: component::Standing) -> Self {
        Self { dead_letters: told.dead_letters, gone: told.gone, brakes: told.brakes }
    }
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum End {
    /// Nothing is left to do.
    Done,
    /// Nothing is left to do before an initial sync is completed: this was no whole cycle.
    InitialSyncFirst,
    /// Go on later; everything until here is stored.
    Later(Wait),
    /// Going on is of no use before something was mended.
    Halted(Halt),
}

/// Why a run cannot go on, by what must be done. Each is one line that says it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Halt {
    /// A person must mend these settings.
    #[error("these settings must be mended: {}", settings(.0))]
    Settings(Vec<SettingProblem>),
    /// A person must give a new key.
    #[error("{} refuses the credentials; `koppeling check` says what to type", system_name(*.0))]
    Credentials(System),
    /// A newer connector wrote the state.
    #[error("a newer connector wrote this office's state (version {0}); use that connector")]
    StateNewer(u32),
    /// The connector cannot do this.
    #[error("this connector does not have that function; use a newer connector")]
    Unsupported,
    /// A defect of the connector.
    #[error("the connector found a defect of its own ({0}); report this code")]
    Defect(String),
    /// The connector says without end that there is more to do.
    #[error("the connector says without end that there is more to do; what was done is stored, report it (never-ends)")]
    Endless,
    /// There is no such office.
    #[error("there is no such office; `koppeling office list` shows the ones there are")]
    NoSuchOffice,
    /// A person paused or deactivated the office in the meantime.
    #[error("the office was paused or deactivated; what was done is stored, `koppeling office resume` lets it go on")]
    NotActive,
    /// Another process works for the office.
    #[error("another koppeling is working for this office; try again when it has finished, or stop it")]
    Busy,
    /// The office's own connector is not there, or cannot be used.
    #[error(transparent)]
    NoConnector(#[from] NoConnector),
    /// The connector gave no answer.
    #[error("{0}; what was done is stored, try again, and report it if it comes back")]
    Call(#[from] CallError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// What is processed must be logged, and cannot be.
    #[error(transparent)]
    NoProcessingLog(#[from] NotWritable),
    /// Somebody stopped the run.
    #[error("stopped; what was done is stored, and the next run goes on from there")]
    Cancelled,
}

/// What a halt lies with, where that is no system.
const SETTINGS: &str = "settings";
const CONNECTOR: &str = "connector";
const STORE: &str = "store";

impl Halt {
    /// Why, for the history; none where it tells nothing of the office.
    pub(super) fn reason(&self) -> Option<Reason> {
        let (system, code) = match self {
            Self::Settings(problems) => (SETTINGS, problems.first().map_or("missing", |first| &first.code)),
            Self::Credentials(system) => (system_name(*system), "credentials-refused"),
            Self::StateNewer(_) => (CONNECTOR, "state-newer"),
            Self::Unsupported => (CONNECTOR, "unsupported"),
            Self::Defect(code) => (CONNECTOR, code.as_str()),
            Self::Endless => (CONNECTOR, "never-ends"),
            Self::NoConnector(NoConnector { lasting: Lasting::UntilMended, .. }) => (CONNECTOR, "not-to-be-had"),
            Self::Store(StoreError::Damaged) | Self::Call(CallError::Damaged) => (STORE, "damaged"),
            Self::Store(StoreError::OfficeFull(_)) | Self::Call(CallError::OfficeFull(_)) => (STORE, "office-full"),
            Self::Store(StoreError::Failed(trouble)) | Self::Call(CallError::Store(trouble)) => (STORE, trouble.name()),
            Self::Call(CallError::Deadline(_)) => (CONNECTOR, "took-too-long"),
            Self::Call(CallError::Memory { .. }) => (CONNECTOR, "too-much-memory"),
            Self::Call(CallError::TooMuch(excess)) => (CONNECTOR, excess.code()),
            Self::Call(CallError::Trap { .. }) => (CONNECTOR, "trapped"),
            Self::Call(CallError::Broken) => (CONNECTOR, "does-not-fit"),
            Self::NoProcessingLog(_) => (SETTINGS, "processing-log-not-writable"),
            Self::Store(StoreError::LeaseLost | StoreError::NoLease)
            | Self::Call(CallError::LeaseLost | CallError::NoLease)
            | Self::NoConnector(NoConnector { lasting: Lasting::ForNow, .. })
            | Self::NoSuchOffice
            | Self::NotActive
            | Self::Busy
            | Self::Cancelled => return None,
        };
        let setting = match self {
            Self::Settings(problems) => problems.first().map(|first| first.setting.clone()),
            _ => None,
        };
        Some(Reason { system: system.to_owned(), code: code.to_owned(), status: None, setting })
    }
}

/// The name of a system for messages.
pub(crate) fn system_name(system: System) -> &'static str {
    match system {
        System::Advocaatcentraal => ADVOCAATCENTRAAL,
        System::Tribe => TRIBE,
    }
}

fn settings(problems: &[SettingProblem]) -> String {
    let problems = problems.iter().map(|problem| format!("{} ({})", problem.setting, problem.code));
    problems.collect::<Vec<_>>().join(", ")
}

impl From<Error> for End {
    fn from(error: Error) -> Self {
        match error {
            Error::Unavailable(Outage { system, until, code, status }) => {
                let (system, code) = (system_name(system).to_owned(), code_of(code));
                let reason = Reason { system, code, status, setting: None };
                Self::Later(Wait { until: Timestamp::from_millis(until), reason: Some(reason) })
            }
            Error::Quota(Pause { system, until }) => {
                let (system, code) = (system_name(system).to_owned(), ASKS_TO_WAIT.to_owned());
                let reason = Reason { system, code, status: Some(TOO_MANY_REQUESTS), setting: None };
                Self::Later(Wait { until: Timestamp::from_millis(until), reason: Some(reason) })
            }
            Error::Settings(problems) => {
                let problems = problems.into_iter().take(MOST_CODES).map(|SettingProblem { setting, code }| {
                    SettingProblem { setting: code_of(setting), code: code_of(code) }
                });
                Self::Halted(Halt::Settings(problems.collect()))
            }
            Error::Credentials(system) => Self::Halted(Halt::Credentials(system)),
            Error::StateNewer(version) => Self::Halted(Halt::StateNewer(version)),
            Error::Unsupported => Self::Halted(Halt::Unsupported),
            // What all of an office stands on is damaged.
            Error::Defect(code) if code == STATE_DAMAGED => Self::Halted(Halt::Store(StoreError::Damaged)),
            Error::Defect(code) => Self::Halted(Halt::Defect(code_of(code))),
        }
    }
}

impl From<TurnError> for Halt {
    fn from(error: TurnError) -> Self {
        match error {
            TurnError::NoSuchOffice => Self::NoSuchOffice,
            TurnError::NotActive => Self::NotActive,
            TurnError::Busy => Self::Busy,
            TurnError::Store(error) => Self::Store(error),
            // The disk's, and no defect of the connector.
            TurnError::Call(CallError::Store(trouble)) => Self::Store(StoreError::Failed(trouble)),
            TurnError::Call(CallError::Damaged) => Self::Store(StoreError::Damaged),
            TurnError::Call(CallError::OfficeFull(quota)) => Self::Store(StoreError::OfficeFull(quota)),
            TurnError::Call(error) => Self::Call(error),
            TurnError::NoConnector(missing) => Self::NoConnector(missing),
            TurnError::NoProcessingLog(why) => Self::NoProcessingLog(why),
            TurnError::Cancelled => Self::Cancelled,
        }
    }
}

/// A run, ended.
#[derive(Clone, Debug)]
pub struct Report {
    /// What it did, by [`super::work::Work::name`].
    pub work: &'static str,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub finished: Timestamp,
    /// What happened to the records.
    pub tally: Tally,
    /// How it ended.
    pub end: End,
    /// Changes of a push that were not looked at.
    pub left: Vec<Change>,
}

impl Report {
    /// Records of a sweep that neither a poll nor a webhook had shown; none of another work. Nothing in normal weeks.
    pub fn found_only_by_sweep(&self) -> Option<u64> {
        let found = self.tally.notes.get("found-by-sweep").copied().unwrap_or_default();
        (self.work == super::work::Work::Sweep.name()).then_some(found)
    }

    /// Why the run ended before its end; none where that tells nothing of the office.
    pub fn reason(&self) -> Option<Reason> {
        match &self.end {
            End::Later(wait) => wait.reason.clone(),
            End::Halted(halt) => halt.reason(),
            End::Done | End::InitialSyncFirst => None,
        }
    }

    /// The entry in the history.
    pub fn to_history(&self) -> Run {
        let result = match &self.end {
            End::Done => RunResult::Done,
            End::InitialSyncFirst => RunResult::InitialSyncFirst,
            End::Later(_) => RunResult::Later,
            End::Halted(halt) => match halt {
                Halt::Settings(_) | Halt::NoProcessingLog(_) => RunResult::Settings,
                Halt::Credentials(_) => RunResult::Credentials,
                Halt::StateNewer(_) => RunResult::StateNewer,
                Halt::Unsupported => RunResult::Unsupported,
                Halt::Cancelled | Halt::NotActive => RunResult::Cancelled,
                // Another process goes on with the office.
                Halt::Busy
                | Halt::Store(StoreError::LeaseLost | StoreError::NoLease)
                | Halt::Call(CallError::LeaseLost | CallError::NoLease)
                | Halt::NoConnector(NoConnector { lasting: Lasting::ForNow, .. }) => RunResult::Later,
                Halt::NoConnector(_) => RunResult::Settings,
                Halt::Store(StoreError::Failed(_) | StoreError::Damaged)
                | Halt::Call(CallError::Store(_) | CallError::Damaged) => RunResult::NoStore,
                Halt::Store(StoreError::OfficeFull(_)) | Halt::Call(CallError::OfficeFull(_)) => RunResult::OfficeFull,
                Halt::Defect(_) | Halt::Endless | Halt::NoSuchOffice | Halt::Call(_) => RunResult::Failed,
            },
        };
        let mut counts = self.tally.counts();
        counts.extend(self.found_only_by_sweep().map(|found| (FOUND_ONLY_BY_SWEEP.to_owned(), found)));
        Run {
            work: self.work.to_owned(),
            started: self.started,
            finished: self.finished,
            result,
            counts,
            notes: self.tally.notes.clone(),
            standing: self.tally.standing,
            reason: self.reason(),
        }
    }
}
