//! Values that gave way, kept for a while.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::link::Subject;
use crate::relation::Instant;
use crate::stored::Later;

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
