//! What a slice did, in counts, ids and codes.

use crate::link::Subject;
use crate::relation::Instant;
use crate::wording::Code;

/// The most notes that one outcome carries.
const MOST_NOTES: usize = 1_000;

/// `read = unchanged + created + updated + dead_lettered + skipped`: [`Counts::add`] is the only way to count.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records looked at.
    pub read: u32,
    /// Nothing differed.
    pub unchanged: u32,
    /// At least one Tribe record was made.
    pub created: u32,
    /// At least one field was written on either side.
    pub updated: u32,
    /// Put aside.
    pub dead_lettered: u32,
    /// Not to be synced.
    pub skipped: u32,
}

/// How one record ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Nothing differed.
    Unchanged,
    /// Not to be synced.
    Skipped,
    /// At least one field was written on either side.
    Updated,
    /// At least one Tribe record was made.
    Created,
    /// Put aside.
    DeadLettered,
}

impl Counts {
    /// Counts one record.
    pub fn add(&mut self, verdict: Verdict) {
        self.read += 1;
        match verdict {
            Verdict::Unchanged => self.unchanged += 1,
            Verdict::Skipped => self.skipped += 1,
            Verdict::Updated => self.updated += 1,
            Verdict::Created => self.created += 1,
            Verdict::DeadLettered => self.dead_lettered += 1,
        }
    }
}

/// Something that a person may want to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    /// What.
    pub code: Code,
    /// About which record.
    pub subject: Option<Subject>,
    /// About which field.
    pub field: Option<String>,
}

/// When to call again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Next {
    /// Nothing is left to do.
    #[default]
    Done,
    /// At once.
    Again,
}

/// What one slice did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// What happened to the records.
    pub counts: Counts,
    /// Records done by the walk so far.
    pub done: u32,
    /// Records that the last complete walk counted.
    pub expected: Option<u32>,
    /// What a person may want to know.
    pub notes: Vec<Note>,
    /// Notes beyond those.
    pub notes_left_out: u32,
    /// When to call again.
    pub next: Next,
}

impl Outcome {
    /// Notes something, once.
    pub fn note(&mut self, code: Code, subject: Option<&Subject>, field: Option<&str>) {
        let note = Note { code, subject: subject.cloned(), field: field.map(str::to_owned) };
        if self.notes.len() >= MOST_NOTES {
            self.notes_left_out += 1;
        } else if !self.notes.contains(&note) {
            self.notes.push(note);
        }
    }
}

/// One of the two systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum System {
    /// AdvocaatCentraal.
    AdvocaatCentraal,
    /// Tribe CRM.
    Tribe,
}

/// Why a slice stops early, by what the caller must do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Stop {
    /// Mend the settings.
    #[error("settings are missing or wrong")]
    Settings(Vec<crate::settings::Problem>),
    /// Get new credentials.
    #[error("credentials are refused")]
    Credentials(System),
    /// Wait.
    #[error("a system is unavailable")]
    Unavailable(System, Instant),
    /// Wait: the system counted too many calls.
    #[error("a system counted too many calls")]
    Quota(System, Instant),
    /// Load the newer version.
    #[error("the state has version {0}, newer than this connector knows")]
    StateNewer(u32),
    /// Report it.
    #[error("defect: {0}")]
    Defect(&'static str),
}

/// A slice that stopped early, with what it did until then. All of that is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Why.
    pub error: Stop,
    /// What was done.
    pub partial: Outcome,
}

impl<E: Into<Stop>> From<E> for Stopped {
    fn from(error: E) -> Self {
        Self { error: error.into(), partial: Outcome::default() }
    }
}
