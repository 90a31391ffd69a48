//! Linked records that Tribe does not show. What follows from it stands in `sync/absence.rs`.

use litemap::LiteMap;
use serde::{Deserialize, Serialize};

use crate::link::Subject;
use crate::relation::Instant;
use crate::stored::Later;

/// How sure it is that a record is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sureness {
    /// Tribe did not show it, once or for a few minutes: nothing follows from that yet.
    Unseen,
    /// Two readings, minutes apart, did not show it. A part of it that bears the mark is left alone.
    Gone,
}

/// A record that Tribe does not show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Absence {
    /// When it was first not shown, by this machine's clock.
    pub since: Instant,
    /// How sure that is.
    pub sureness: Sureness,
}

/// Whether so many records do not show that none of them is believed to be gone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum AbsenceBrake {
    /// They are few.
    #[default]
    Off,
    /// They are many: a person is asked.
    On {
        /// Since then, by this machine's clock.
        since: Instant,
    },
    /// A person said that they are gone; that is being carried out.
    Released,
}

/// The records that Tribe does not show, and whether they are so many that none of them is believed to be gone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Absences {
    /// Whether so many are missing that a person is asked.
    pub state: AbsenceBrake,
    /// By record.
    #[serde(default, skip_serializing_if = "LiteMap::is_empty")]
    pub records: LiteMap<Subject, Absence>,
    /// What a later version of the connector keeps there.
    #[serde(flatten)]
    pub later: Later,
}
