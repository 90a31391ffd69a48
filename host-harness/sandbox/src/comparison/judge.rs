//! What the judge looks at, and the one record that a relation or a person must have in Tribe.

use std::collections::BTreeMap;

use super::presence::{Mapping, Presence};
use super::report::{Comparison, Fault, Table};
use crate::advocaatcentraal::Empties;
use crate::tribe::Entity;
use crate::{AdvocaatCentraal, Tribe};

/// Whether the office uses Tribe's KvK link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kvk {
    /// It does: the number is synced.
    On,
    /// It does not: the number is not looked at.
    Off,
}

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Records and what they say.
    Everything(Kvk),
    /// Which records and addresses stand where.
    Records,
}

/// Both systems side by side, and what was found so far.
pub(super) struct Judge<'a> {
    pub(super) ac: &'a AdvocaatCentraal,
    pub(super) tribe: &'a Tribe,
    pub(super) mapping: Mapping<'a>,
    pub(super) look: Look,
    pub(super) found: Comparison,
    pub(super) companies: BTreeMap<&'a str, Presence>,
}

impl<'a> Judge<'a> {
    /// Whether AdvocaatCentraal's answers tell such a text: an empty one may be left out, and then nobody can know.
    pub(super) fn tells(&self, text: &str) -> bool {
        !text.trim().is_empty() || self.ac.variants().empties == Empties::Given
    }

    pub(super) fn with_marker(&self, marker: &str, set: &str) -> Vec<Entity<'a>> {
        let tribe = self.tribe;
        let all = tribe.find_by_import_id(marker).into_iter().filter_map(|id| tribe.entity(id));
        all.filter(|entity| entity.set() == set).collect()
    }

    /// The one record that must be there; `None` where it is not to be looked at any further.
    pub(super) fn the_one(&mut self, table: Table, marker: &str, set: &str, presence: Presence) -> Option<Entity<'a>> {
        let found = self.with_marker(marker, set);
        if found.len() > 1 {
            self.found.fault(table, marker, "", Fault::Duplicate);
        }
        let deleted = self.tribe.was_deleted_by_user(marker);
        match (presence, found.first()) {
            (Presence::Must, Some(entity)) => {
                self.found.record(table);
                return Some(*entity);
            }
            (Presence::Must, None) if !deleted => {
                self.found.record(table);
                self.found.fault(table, marker, "", Fault::MissingInTribe);
            }
            (presence, Some(entity)) if !presence.allows(entity.created()) => {
                self.found.fault(table, marker, "", Fault::NotToBeInTribe);
            }
            _ => {}
        }
        None
    }
}
