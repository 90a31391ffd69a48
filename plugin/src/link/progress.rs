//! How far each list was read.

use std::time::Duration;

use litemap::LiteMap;
use serde::{Deserialize, Serialize};

use crate::link::Fingerprint;
use crate::relation::Instant;
use crate::stored::Later;

/// A list that is read again and again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stream {
    /// AC's relations.
    Relaties,
    /// AC's contact persons.
    Contactpersonen,
    /// Tribe's organisations.
    Organisations,
    /// Tribe's persons.
    Persons,
    /// Tribe's contact relationships.
    Contacts,
    /// Tribe's addresses.
    Addresses,
}

impl Stream {
    /// The name in keys.
    pub fn name(self) -> &'static str {
        match self {
            Self::Relaties => "relaties",
            Self::Contactpersonen => "contactpersonen",
            Self::Organisations => "organisations",
            Self::Persons => "persons",
            Self::Contacts => "contacts",
            Self::Addresses => "addresses",
        }
    }
}

/// How far a list is known, by the stamps that its server put on the rows, never by our own clock.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cursor {
    /// Every row with an earlier stamp was handled, or is a dead letter. Reading goes on inclusively, and some
    /// overlap before it, since rows can become visible late.
    pub stamp: Option<Instant>,
    /// The rows of the overlap as they were handled: what comes again as it was is not looked at again.
    pub handled: Handled,
    /// How far before the stamp rows have come that were not shown before: by so much the overlap is wider.
    #[serde(default, skip_serializing_if = "Duration::is_zero")]
    pub late: Duration,
    /// What a later version of the connector keeps there.
    #[serde(flatten)]
    pub later: Later,
}

/// Rows of a list as they were when they were handled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Handled(LiteMap<String, (Instant, Fingerprint)>);

/// So many rows are remembered; beyond that, rows of the overlap are looked at again.
const MOST_HANDLED: usize = 2_000;

impl Handled {
    /// Whether the row of that id was handled just as it is.
    pub fn contains(&self, id: &str, row: Fingerprint) -> bool {
        self.0.get(id).is_some_and(|(_, handled)| *handled == row)
    }

    /// Whether none is remembered.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Remembers a row with its stamp.
    pub fn add(&mut self, id: String, stamp: Instant, row: Fingerprint) {
        self.0.insert(id, (stamp, row));
    }

    /// Remembers more rows; the newer word on a row counts.
    pub fn extend(&mut self, more: Self) {
        for (id, seen) in more.0 {
            self.0.insert(id, seen);
        }
    }

    /// Forgets the rows with an earlier stamp than that, and the oldest beyond what is remembered.
    pub fn keep_from(&mut self, oldest: Instant) {
        self.0.retain(|_, (stamp, _)| *stamp >= oldest);
        self.keep_the_newest();
    }

    /// Forgets the oldest rows beyond what is remembered; of equally old ones always the same.
    pub fn keep_the_newest(&mut self) {
        let Some(surplus) = self.0.len().checked_sub(MOST_HANDLED).filter(|surplus| *surplus > 0) else { return };
        let mut rows: Vec<(Instant, String)> = self.0.iter().map(|(id, (stamp, _))| (*stamp, id.clone())).collect();
        rows.sort_unstable();
        for (_, id) in rows.into_iter().take(surplus) {
            self.0.remove(&id);
        }
    }
}

/// Where a walk through one list stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// The server's own place to go on; none at the start.
    pub after: Option<String>,
    /// The places already gone on from, so that a list that leads back to itself is seen.
    pub visited: Vec<String>,
    /// The newest stamp seen.
    pub newest: Option<Instant>,
    /// The server's clock when the walk through this list began: what changes later may be missed by this walk.
    pub began: Option<Instant>,
    /// How many pages running held nothing new.
    pub idle_pages: u32,
    /// The newest rows handled so far.
    pub handled: Handled,
    /// How far before the cursor's stamp rows have come that were not shown before.
    #[serde(default, skip_serializing_if = "Duration::is_zero")]
    pub late: Duration,
    /// The rows of the page under way as they were handled, where the budget ended within it.
    #[serde(default, skip_serializing_if = "Handled::is_empty")]
    pub on_page: Handled,
}

/// A walk over several lists, one after the other, in slices.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Walk {
    /// Which step of the walk is under way, from 0.
    pub step: usize,
    /// Where that step stands.
    pub position: Position,
    /// Records handled so far.
    pub done: u32,
    /// What the last complete walk counted.
    pub expected: Option<u32>,
    /// Whether a walk is under way; if not, the next call begins one.
    pub under_way: bool,
    /// What a later version of the connector keeps there.
    #[serde(flatten)]
    pub later: Later,
}
