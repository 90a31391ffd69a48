//! What a slice did and how the office stands, in counts, ids and codes.

use crate::answer::{Cause, Failure};
use crate::link::Subject;
use crate::relation::Instant;
use crate::wording::Code;

/// The most notes that one outcome carries.
const MOST_NOTES: usize = 1_000;
/// With so many writes a slice begins no new work.
const MANY_WRITES: usize = 10_000;

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

/// What came of a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WriteResult {
    /// The record was made.
    Made,
    /// It was taken.
    Taken,
    /// It was refused.
    Refused,
    /// There was no usable answer: the next look at the record tells.
    Unanswered,
}

impl WriteResult {
    /// What came of a write that failed.
    pub fn of(failure: &Failure) -> Self {
        let is_unanswered = failure.is_unavailable() || failure.leaves_open();
        if is_unanswered { Self::Unanswered } else { Self::Refused }
    }
}

/// A write to one of the systems.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// The record of AC's that it is about.
    pub subject: Subject,
    /// Where it went.
    pub to: System,
    /// The field; none where a record was made, or its links or its marker were written.
    pub field: Option<String>,
    /// What came of it.
    pub result: WriteResult,
}

/// How an office stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Standing {
    /// Records with a dead letter.
    pub dead_letters: u32,
    /// Linked records that are gone in Tribe, or of which a part is.
    pub gone: u32,
    /// Brakes that wait for a person, that of records that Tribe does not show among them.
    pub brakes: u32,
}

/// When to call again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Next {
    /// Nothing is left to do.
    #[default]
    Done,
    /// At once.
    Again,
    /// After an initial sync: none was completed yet, so this was no whole cycle.
    InitialSync,
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
    /// Every write, in the order of the answers.
    pub writes: Vec<Write>,
    /// How the office stands after it; none if the slice ended before it knew.
    pub standing: Option<Standing>,
    /// When to call again.
    pub next: Next,
}

impl Outcome {
    /// Whether it holds so many writes that no new work is begun.
    pub fn is_full(&self) -> bool {
        self.writes.len() >= MANY_WRITES
    }

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
    /// Wait; why it gives no usable answer.
    #[error("a system is unavailable")]
    Unavailable(System, Instant, Cause),
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
    pub partial: Box<Outcome>,
}

impl<E: Into<Stop>> From<E> for Stopped {
    fn from(error: E) -> Self {
        Self { error: error.into(), partial: Box::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relation::RelatieId;

    #[test]
    fn an_outcome_is_full_before_it_holds_more_writes_than_a_caller_takes() {
        let subject = Subject::Organisation(RelatieId::new("1001"));
        let write = Write { subject, to: System::Tribe, field: None, result: WriteResult::Made };
        let holds = |writes: usize| Outcome { writes: vec![write.clone(); writes], ..Outcome::default() };
        assert!(!holds(MANY_WRITES - 1).is_full());
        assert!(holds(MANY_WRITES).is_full());
    }
}
