//! What was put aside: records to be tried again, and values that gave way.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::link::{Fingerprint, Subject};
use crate::relation::Instant;
use crate::stored::Later;

/// A record that could not be handled, with what is needed to try again. The record itself is read again then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// Why, as a stable code.
    pub code: String,
    /// The field that was refused, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// Since when.
    pub since: Instant,
    /// When it is tried again by itself; none: when the record changes, or on request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_try: Option<Instant>,
    /// The record as it was when it was refused: the same again would be refused again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Fingerprint>,
    /// What a later version of the connector keeps there.
    #[serde(flatten)]
    pub later: Later,
}

/// All dead letters of an office.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeadLetters(pub BTreeMap<Subject, DeadLetter>);

impl DeadLetters {
    /// The subjects that are due by then, the longest overdue first, at most so many.
    pub fn due(&self, now: Instant, most: usize) -> Vec<Subject> {
        let mut due: Vec<(Instant, &Subject)> = self
            .0
            .iter()
            .filter_map(|(subject, letter)| letter.next_try.filter(|next| *next <= now).map(|next| (next, subject)))
            .collect();
        due.sort();
        due.into_iter().take(most).map(|(_, subject)| subject.clone()).collect()
    }

    /// When the first of them is due.
    pub fn next_due(&self) -> Option<Instant> {
        self.0.values().filter_map(|letter| letter.next_try).min()
    }
}

/// How long the value of a conflict is kept.
pub(crate) const CONFLICTS_END_AFTER: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The same field changed on both sides; the value here gave way.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Conflict {
    /// Whose field.
    pub subject: Subject,
    /// The slot whose value gave way.
    pub slot: String,
    /// The value, in the user's own spelling: the one place in our state with a client's data.
    pub lost: String,
    /// When.
    pub at: Instant,
    /// What a later version of the connector keeps there.
    #[serde(flatten)]
    pub later: Later,
}

impl fmt::Debug for Conflict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Conflict").field("subject", &self.subject).field("slot", &self.slot).finish_non_exhaustive()
    }
}

/// All conflicts of an office that have not ended, by number.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Conflicts {
    /// The number of the next one.
    pub next: u64,
    /// By number.
    pub entries: BTreeMap<u64, Conflict>,
    /// What a later version of the connector keeps there.
    #[serde(flatten)]
    pub later: Later,
}

impl Conflicts {
    /// Keeps a value that gives way. The same value of the same slot is kept once: a step that is repeated after a
    /// crash finds it there.
    pub fn keep(&mut self, conflict: Conflict) {
        let known = self.entries.values().any(|entry| {
            entry.subject == conflict.subject && entry.slot == conflict.slot && entry.lost == conflict.lost
        });
        if !known {
            self.entries.insert(self.next, conflict);
            self.next += 1;
        }
    }

    /// Drops what is older than 30 days; tells whether anything was.
    pub fn end_old(&mut self, now: Instant) -> bool {
        let before = self.entries.len();
        self.entries.retain(|_, entry| now.since(entry.at).is_none_or(|age| age < CONFLICTS_END_AFTER));
        self.entries.len() < before
    }
}
