//! Dead letters: records that could not be handled, to be tried again.

use litemap::LiteMap;
use serde::{Deserialize, Serialize};

use crate::link::{Fingerprint, Subject};
use crate::relation::Instant;
use crate::set::Set;
use crate::stored::Later;

/// A record that could not be handled, with what is needed to try again. The record itself is read again then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeadLetter {
    /// Why, as a stable code.
    pub code: String,
    /// The fields that were refused, where those are known.
    #[serde(default, skip_serializing_if = "Set::is_empty")]
    pub fields: Set<String>,
    /// How often it was tried.
    pub attempts: u32,
    /// Since when.
    pub since: Instant,
    /// When it was last tried, by this machine's clock.
    pub tried: Instant,
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
pub struct DeadLetters(pub LiteMap<Subject, DeadLetter>);

impl DeadLetters {
    /// The subjects that are due by then, the longest overdue first, at most so many. A letter of a time that is still to
    /// come was written while this machine's clock was ahead, and is due at once.
    pub fn due(&self, now: Instant, most: usize) -> Vec<Subject> {
        let is_due = |letter: &DeadLetter, next: &Instant| *next <= now || letter.tried > now;
        let mut due: Vec<(Instant, &Subject)> = self
            .0
            .iter()
            .filter_map(|(subject, letter)| Some((letter.next_try.filter(|next| is_due(letter, next))?, subject)))
            .collect();
        due.sort();
        due.into_iter().take(most).map(|(_, subject)| subject.clone()).collect()
    }

    /// When the first of them is due.
    pub fn next_due(&self) -> Option<Instant> {
        self.0.values().filter_map(|letter| letter.next_try).min()
    }
}
