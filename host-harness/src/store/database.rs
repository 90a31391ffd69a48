//! What a database must do. It sees sealed values only.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::settings::OfficeNumber;
use crate::timestamp::Timestamp;

/// Runs that are kept for each office: three and a half days of cycles of five minutes.
pub(super) const RUNS_KEPT: u32 = 1_000;

/// Why an operation failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum DatabaseError {
    #[error("the lease is not the newest")]
    Fenced,
    #[error("the database failed")]
    Failed,
}

/// Why the store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A newer version wrote it.
    #[error(
        "the data folder was written by a newer koppeling (state {found}, this one knows {known}); install that version"
    )]
    Newer {
        /// The version of the stored state.
        found: u32,
        /// The newest that this program knows.
        known: u32,
    },
    /// The key does not fit the state.
    #[error("the key does not fit the state in this data folder; give the key that it was made with")]
    WrongKey,
    /// The file cannot be opened.
    #[error("the database in the data folder cannot be opened; check that the folder exists and is yours to write")]
    Unusable,
}

/// When an office was last known to be in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LastFinished {
    /// A cycle came to its end then.
    Cycle(Timestamp),
    /// None did yet; the office was added then.
    Added(Timestamp),
}

impl LastFinished {
    /// The instant, whichever it is.
    pub fn at(self) -> Timestamp {
        match self {
            Self::Cycle(at) | Self::Added(at) => at,
        }
    }
}

/// The answer to a request for a lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Acquired {
    /// Greater than every token of that office before.
    Token(u64),
    Busy(Timestamp),
}

/// A key with the sealed value to put there; none to remove it.
pub(super) type Write = (String, Option<Vec<u8>>);

/// A page of keys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyPage {
    /// In an order that stays the same while keys come and go.
    pub keys: Vec<String>,
    /// Where the next page begins; none at the end.
    pub next: Option<u64>,
}

/// A record of Tribe's that a delivery speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivered {
    /// Tribe's id of it.
    pub id: String,
    /// Whether the delivery says that it was deleted.
    pub deleted: bool,
}

/// A change that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Queued {
    /// Tribe's id of the record.
    pub id: String,
    /// Whether any of its deliveries said that it was deleted.
    pub deleted: bool,
    /// Moves on with every delivery, so that one that arrives while the record is worked on is not lost.
    pub(super) sequence: u64,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RunResult {
    /// Nothing was left to do.
    Done,
    /// Nothing was left to do before an initial sync is completed.
    InitialSyncFirst,
    /// A system asked to wait.
    Later,
    /// A setting is missing or wrong.
    Settings,
    /// A system refuses the credentials.
    Credentials,
    /// A newer connector wrote the state.
    StateNewer,
    /// The connector does not have that function.
    Unsupported,
    /// The connector or this program failed.
    Failed,
    /// Somebody stopped it.
    Cancelled,
}

/// How an office stood after a run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Standing {
    /// Records with a dead letter.
    pub dead_letters: u32,
    /// Linked records that are gone in Tribe.
    pub gone: u32,
    /// Brakes that wait for a person.
    pub brakes: u32,
}

/// One run, for the history. Counts and codes only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Run {
    /// `poll`, `initial-sync`, `push`, …
    pub work: String,
    /// When it began.
    pub started: Timestamp,
    /// When it ended.
    pub finished: Timestamp,
    /// How it ended.
    pub result: RunResult,
    /// What happened to the records, by name.
    pub counts: BTreeMap<String, u64>,
    /// How often each note was given, by its code.
    pub notes: BTreeMap<String, u64>,
    /// How the office stood after it; none if the run ended before it knew.
    #[serde(default)]
    pub standing: Option<Standing>,
    /// Why a system gave no usable answer, where that ended it.
    #[serde(default)]
    pub reason: Option<Reason>,
}

/// Why a system gave no usable answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Reason {
    /// Which one: `AdvocaatCentraal` or `Tribe`.
    pub system: String,
    /// What is wrong: a code that the connector has a sentence for.
    pub code: String,
    /// The HTTP status, where the system answered with one that says so.
    #[serde(default)]
    pub status: Option<u16>,
}

impl Run {
    /// Whether this was a cycle of the periodic sync that came to its end.
    pub fn finished_cycle(&self) -> bool {
        self.work == "poll" && self.result == RunResult::Done
    }
}

/// A database. Each operation is atomic, and what it wrote is durable when it returns.
///
/// Operations on keys name the token of a lease and fail with [`DatabaseError::Fenced`] unless it is the newest one
/// of that office; the check and the operation are one step.
pub(super) trait Database: Send + Sync {
    /// Keeps the proof if there is none yet; gives the one that is kept.
    fn keep_proof(&self, proof: &[u8]) -> Result<Vec<u8>, DatabaseError>;

    fn put_office(&self, office: &OfficeNumber, sealed: &[u8], now: Timestamp) -> Result<(), DatabaseError>;
    fn office(&self, office: &OfficeNumber) -> Result<Option<Vec<u8>>, DatabaseError>;
    /// Sorted.
    fn offices(&self) -> Result<Vec<OfficeNumber>, DatabaseError>;
    /// With which interval the schedule is kept.
    fn put_interval(&self, interval: Duration) -> Result<(), DatabaseError>;
    fn interval(&self) -> Result<Option<Duration>, DatabaseError>;

    /// A lease that ended is given to the next who asks; one that has not, to nobody.
    fn acquire(&self, office: &OfficeNumber, now: Timestamp, until: Timestamp) -> Result<Acquired, DatabaseError>;
    fn extend(&self, office: &OfficeNumber, token: u64, until: Timestamp) -> Result<(), DatabaseError>;
    /// Makes the token an old one. Nothing happens if it was one already.
    fn release(&self, office: &OfficeNumber, token: u64) -> Result<(), DatabaseError>;

    /// Whether the token is the newest one.
    fn holds(&self, office: &OfficeNumber, token: u64) -> Result<(), DatabaseError>;
    fn get(&self, office: &OfficeNumber, token: u64, key: &str) -> Result<Option<Vec<u8>>, DatabaseError>;
    /// Puts the values under their keys, and removes the keys that have none: all of it or nothing.
    fn write(&self, office: &OfficeNumber, token: u64, writes: &[Write]) -> Result<(), DatabaseError>;
    fn keys(&self, office: &OfficeNumber, token: u64, after: Option<u64>, limit: u32)
    -> Result<KeyPage, DatabaseError>;

    /// One row per record, however often it is delivered; see [`Queued::sequence`].
    fn enqueue(&self, office: &OfficeNumber, changes: &[Delivered], now: Timestamp) -> Result<(), DatabaseError>;
    /// Rows last delivered at or before `quiet_since`, or first delivered at or before `waiting_since`.
    fn due(
        &self,
        office: &OfficeNumber,
        quiet_since: Timestamp,
        waiting_since: Timestamp,
        limit: u32,
    ) -> Result<Vec<Queued>, DatabaseError>;
    fn waiting(&self) -> Result<Vec<(OfficeNumber, u64)>, DatabaseError>;
    /// Removes the rows whose sequence is still the one given.
    fn done(&self, office: &OfficeNumber, changes: &[Queued]) -> Result<(), DatabaseError>;
    fn failed(&self, office: &OfficeNumber, changes: &[Queued]) -> Result<(), DatabaseError>;

    /// Keeps the last [`RUNS_KEPT`] and the last that was done.
    fn record_run(&self, office: &OfficeNumber, run: &Run) -> Result<(), DatabaseError>;
    /// Newest first.
    fn runs(&self, office: &OfficeNumber, limit: u32) -> Result<Vec<Run>, DatabaseError>;
    fn last_finished(&self, office: &OfficeNumber) -> Result<LastFinished, DatabaseError>;
}
