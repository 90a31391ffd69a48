//! Which records are to be synced, and what of them must stand in Tribe.

use std::collections::BTreeMap;

use crate::advocaatcentraal::{Contactpersoon, Record, Relatie, Soort, Status};
use crate::link::{Part, Pause, Subject};
use crate::relation::{RelatieId, RelatietypeId, TribeId};
use crate::sync::engine::{Engine, of_state};
use crate::sync::outcome::Stop;
use crate::tribe::{RelationKind, RelationType};
use crate::wording::Code;

/// A role that a relation must have in Tribe.
#[derive(Clone, Debug)]
pub(super) struct Role {
    /// The AC type that it stands for: the first by id, where several are mapped to the same Tribe type.
    pub(super) of_type: RelatietypeId,
    /// Tribe's type.
    pub(super) relation_type: RelationType,
    /// The entity set of that type for this kind of relation.
    pub(super) set: String,
}

/// What must stand in Tribe.
#[derive(Clone, Debug)]
pub(super) enum Scope {
    /// Nothing: not to be synced, or no longer. What stands there stays as it is.
    Outside(Why),
    /// A relation with these roles.
    Relation(Vec<Role>),
    /// A contact person at these organisations, with their Tribe ids.
    Contacts(BTreeMap<RelatieId, TribeId>),
}

/// Why a record is outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// Archived or deleted in AC: nothing changes in Tribe.
    Inactive,
    /// None of its types is mapped; or a contact person at no organisation that is synced.
    Unmapped,
    /// AC does not say what is needed to tell.
    Unsaid,
}

impl Why {
    /// What it means for a record that is linked; none where AC did not say enough to tell.
    pub(super) fn pause(self) -> Option<Pause> {
        match self {
            Self::Inactive => Some(Pause::Inactive),
            Self::Unmapped => Some(Pause::Unmapped),
            Self::Unsaid => None,
        }
    }
}

/// The kind of relation that a subject is in Tribe.
pub(super) fn kind(subject: &Subject) -> RelationKind {
    match subject {
        Subject::Organisation(_) => RelationKind::Organization,
        Subject::PrivatePerson(_) | Subject::ContactPerson(_) => RelationKind::Person,
    }
}

impl Engine<'_> {
    /// The scope of a relation.
    pub(super) fn scope_of_relation(&mut self, subject: &Subject, relatie: &Relatie) -> Scope {
        if let Some(outside) = outside_by(relatie.status()) {
            return outside;
        }
        let Some(types) = relatie.relatietypen() else {
            return Scope::Outside(Why::Unsaid);
        };
        let mut mapped: BTreeMap<&RelationType, RelatietypeId> = BTreeMap::new();
        let mut types: Vec<&RelatietypeId> = types.iter().collect();
        types.sort();
        for of_type in types {
            if let Some(relation_type) = self.settings.types.get(of_type) {
                mapped.entry(relation_type).or_insert_with(|| of_type.clone());
            }
        }
        let mut roles = Vec::new();
        for (relation_type, of_type) in mapped {
            match relation_type.set(kind(subject)) {
                Some(set) => roles.push(Role { of_type, relation_type: relation_type.clone(), set }),
                None => self.outcome.note(Code::TypeNotForKind, Some(subject), None),
            }
        }
        if roles.is_empty() { Scope::Outside(Why::Unmapped) } else { Scope::Relation(roles) }
    }

    /// Whether a row of AC's tells enough of a relation to know that none of its types is mapped.
    pub(super) fn is_known_as_unmapped(&self, relatie: &Relatie) -> bool {
        let is_told = relatie.status() == Status::Actief && relatie.soort() != Soort::Onbekend;
        is_told && relatie.relatietypen().is_some_and(|types| !self.is_mapped(&types))
    }

    /// Whether a relation of these types is synced.
    pub(super) fn is_mapped(&self, types: &[RelatietypeId]) -> bool {
        types.iter().any(|of_type| self.settings.types.contains_key(of_type))
    }

    /// Whether a contact person has a koppeling with an organisation that is synced.
    pub(super) fn stands_at_synced_organisation(&self, person: &Contactpersoon) -> Result<bool, Stop> {
        for koppeling in person.koppelingen().unwrap_or_default() {
            if self.synced_organisation(&koppeling.relatie_id)?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The Tribe id of an organisation that is synced.
    fn synced_organisation(&self, id: &RelatieId) -> Result<Option<TribeId>, Stop> {
        let link = self.state.link(&Subject::Organisation(id.clone())).map_err(of_state)?;
        let is_synced = link.paused != Some(Pause::Unmapped);
        Ok(link.linked(&Part::Relation).filter(|_| is_synced).cloned())
    }

    /// The scope of a contact person. Where an organisation is not synced (yet), the contact person waits for it.
    pub(super) fn scope_of_contact_person(&mut self, person: &Contactpersoon) -> Result<Scope, Stop> {
        if let Some(outside) = outside_by(person.status()) {
            return Ok(outside);
        }
        let Some(koppelingen) = person.koppelingen() else {
            return Ok(Scope::Outside(Why::Unsaid));
        };
        let mut organisations = BTreeMap::new();
        for koppeling in koppelingen {
            match self.synced_organisation(&koppeling.relatie_id)? {
                Some(id) => {
                    organisations.insert(koppeling.relatie_id.clone(), id);
                }
                None => {
                    let mut waiting = self.state.waiting(&koppeling.relatie_id).map_err(of_state)?;
                    if !waiting.contains(person.id()) {
                        waiting.push(person.id().clone());
                        self.state.save_waiting(&koppeling.relatie_id, &waiting).map_err(of_state)?;
                    }
                }
            }
        }
        Ok(if organisations.is_empty() { Scope::Outside(Why::Unmapped) } else { Scope::Contacts(organisations) })
    }
}

fn outside_by(status: Status) -> Option<Scope> {
    match status {
        Status::Actief => None,
        Status::Gearchiveerd | Status::Verwijderd => Some(Scope::Outside(Why::Inactive)),
        // An unknown status may mean anything; an absent one says nothing.
        Status::Onbekend => Some(Scope::Outside(Why::Unsaid)),
    }
}
