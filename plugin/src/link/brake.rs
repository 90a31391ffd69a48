//! The brake: the records that would lose a value, as long as it is not known whether they are too many, and whether
//! a person was asked. What it is for, and why a crash does no harm, stands in `sync/brake.rs`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::link::Subject;
use crate::relation::Instant;
use crate::stored::Later;

/// On which side a field was emptied that both sides had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Emptied {
    /// In AC: Tribe would lose its value.
    InAdvocaatCentraal,
    /// In Tribe: AC would lose its value.
    InTribe,
}

/// What found that a record would lose a value, and decides on it at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cycle {
    /// A walk of the initial sync.
    Initial,
    /// A poll.
    Poll,
    /// Edits that Tribe told of. The poll decides where they are more than a handful.
    Push,
    /// A sweep.
    Sweep,
}

/// A record whose clearing waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PendingClear {
    /// What found it last.
    pub by: Cycle,
    /// The first of its fields that would be cleared.
    pub field: String,
    /// Where that field was emptied.
    pub emptied: Emptied,
}

/// Whether the brake holds back clearings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum BrakeState {
    /// It is off.
    #[default]
    Off,
    /// Too many records would lose a value: no field is cleared before a person agrees.
    On {
        /// Since then, by this machine's clock.
        since: Instant,
    },
    /// A person agreed; the clearings are under way.
    Released,
}

/// The state of the brake, with the records that are not decided on.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Brake {
    /// Its state.
    pub state: BrakeState,
    /// The records whose clearing waits for the end of a cycle. Never more than it takes to put the brake on; empty
    /// once it is: to release it everything is compared anyway.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub held: BTreeMap<Subject, PendingClear>,
    /// The records that lost a value by a push since the last poll. They count with those that wait.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub pushed: BTreeSet<Subject>,
    /// What a later version of the connector keeps there.
    #[serde(flatten)]
    pub later: Later,
}

impl Brake {
    /// How many records lost a value, or would, in the cycles that are under way.
    pub fn losing(&self) -> usize {
        self.held.len() + self.pushed.iter().filter(|subject| !self.held.contains_key(subject)).count()
    }

    /// The records that one of these cycles decides on, at most so many.
    pub fn of(&self, cycles: &[Cycle], most: usize) -> Vec<Subject> {
        let of_cycles = self.held.iter().filter(|(_, held)| cycles.contains(&held.by));
        of_cycles.take(most).map(|(subject, _)| subject.clone()).collect()
    }
}
