//! The history of an office: its runs, by counts and codes only.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::timestamp::Timestamp;

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
    /// The database of the data folder did not answer.
    NoStore,
    /// The office's state would have grown beyond its quota.
    OfficeFull,
    /// The connector or this program failed.
    Failed,
    /// Somebody stopped it.
    Cancelled,
}

impl RunResult {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Done,
        Self::InitialSyncFirst,
        Self::Later,
        Self::Settings,
        Self::Credentials,
        Self::StateNewer,
        Self::Unsupported,
        Self::NoStore,
        Self::OfficeFull,
        Self::Failed,
        Self::Cancelled,
    ];

    /// Its word, as in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::InitialSyncFirst => "initial-sync-first",
            Self::Later => "later",
            Self::Settings => "settings",
            Self::Credentials => "credentials",
            Self::StateNewer => "state-newer",
            Self::Unsupported => "unsupported",
            Self::NoStore => "no-store",
            Self::OfficeFull => "office-full",
            Self::Failed => "failed",
            Self::Cancelled => "cancelled",
        }
    }
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
    /// Why it ended before its end, where that tells anything.
    #[serde(default)]
    pub reason: Option<Reason>,
}

/// The work of a run that only compares both sides.
pub const DIFFERENCES: &str = "differences";

/// What a [`Reason`] lies with, where it is AdvocaatCentraal.
pub const ADVOCAATCENTRAAL: &str = "AdvocaatCentraal";
/// What a [`Reason`] lies with, where it is Tribe.
pub const TRIBE: &str = "Tribe";

/// The HTTP status of a system that counted too many calls.
pub const TOO_MANY_REQUESTS: u16 = 429;

/// Why a run ended before its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Reason {
    /// What it lies with: [`ADVOCAATCENTRAAL`], [`TRIBE`], the `settings`, the `connector` or the `store`.
    pub system: String,
    /// What is wrong: a code. Of a system the connector has a sentence for it.
    pub code: String,
    /// The HTTP status, where the system answered with one that says so.
    #[serde(default)]
    pub status: Option<u16>,
    /// The setting that must be mended, where it lies with one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setting: Option<String>,
}
