//! One record on its way through a batch.

use crate::link::{Link, Part, PartState, Subject};
use crate::mapping::{AcRecord, TribeSide, cells};
use crate::relation::{RelatieId, RelatietypeId};
use crate::sync::engine::{Engine, Retry, of_state};
use crate::sync::outcome::{Stop, Verdict};
use crate::sync::scope::Scope;
use crate::tribe::Entity;
use crate::wording::Code;

/// How a record of AC's was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reading {
    /// As a row of a list: good for telling what changed.
    InList,
    /// By itself: with every field and its ETag, good for writing.
    Alone,
}

/// What came of reading a record of AC's by itself.
pub(super) enum Alone<T> {
    /// The record.
    Read(T),
    /// It is gone: what is linked stays as it is in Tribe.
    Gone,
    /// There was no usable answer for this one.
    NoAnswer,
}

/// One record on its way.
pub(super) struct Item {
    pub(super) subject: Subject,
    pub(super) ac: AcRecord,
    pub(super) reading: Reading,
    pub(super) scope: Scope,
    pub(super) link: Link,
    /// As it stands in the store.
    stored: Link,
    pub(super) side: TribeSide,
    /// A relationship that Tribe made without the relation that was sent inside it.
    pub(super) unjoined: Option<Missing>,
    /// The side was read whole in this batch.
    pub(super) seen: bool,
    pub(super) verdict: Verdict,
    /// It would lose a value: it is handled and counted at the end of the cycle.
    pub(super) waits_for_decision: bool,
    /// Put aside: nothing more is done with it in this batch.
    pub(super) halted: bool,
}

/// A Tribe record that must stand and does not, as far as the link knows.
#[derive(Clone, Debug)]
pub(super) struct Missing {
    pub(super) part: Part,
    pub(super) set: String,
    pub(super) of_type: Option<RelatietypeId>,
}

impl Item {
    pub(super) fn new(subject: Subject, ac: AcRecord, reading: Reading, scope: Scope, link: Link) -> Self {
        Self {
            subject,
            ac,
            reading,
            scope,
            stored: link.clone(),
            link,
            side: TribeSide::default(),
            unjoined: None,
            seen: false,
            verdict: Verdict::Unchanged,
            waits_for_decision: false,
            halted: false,
        }
    }

    /// It went while it was on its way: what is linked stays as it is in Tribe.
    pub(super) fn is_gone_in_ac(&mut self) {
        self.halted = true;
        self.reached(Verdict::Skipped);
    }

    /// Raises the verdict; creating weighs more than updating, and that more than nothing.
    pub(super) fn reached(&mut self, verdict: Verdict) {
        self.verdict = self.verdict.max(verdict);
    }

    /// The organisations at which a contact person is synced now and has a contact relationship.
    pub(super) fn organisations(&self) -> Vec<RelatieId> {
        match &self.scope {
            Scope::Contacts(organisations) => {
                let has_contact = |id: &&RelatieId| self.link.linked(&Part::Contact((*id).clone())).is_some();
                organisations.keys().filter(has_contact).cloned().collect()
            }
            Scope::Relation(_) | Scope::Outside(_) => Vec::new(),
        }
    }

    /// What must stand in Tribe and does not. A part that a user removed is not missing (D1).
    pub(super) fn missing(&self) -> Vec<Missing> {
        let mut wanted = Vec::new();
        let relation = |set: Entity| Missing { part: Part::Relation, set: set.set().to_owned(), of_type: None };
        match &self.scope {
            Scope::Outside(_) => {}
            Scope::Relation(roles) => {
                wanted.push(relation(super::scope::kind(&self.subject).entity()));
                wanted.extend(roles.iter().map(|role| Missing {
                    part: Part::Role(role.relation_type.key()),
                    set: role.set.clone(),
                    of_type: Some(role.of_type.clone()),
                }));
            }
            Scope::Contacts(organisations) => {
                wanted.push(relation(Entity::Person));
                wanted.extend(organisations.keys().map(|organisation| Missing {
                    part: Part::Contact(organisation.clone()),
                    set: Entity::Contact.set().to_owned(),
                    of_type: None,
                }));
            }
        }
        let there = |part: &Part| self.link.linked(part).is_some() || self.link.is_gone(part);
        wanted.retain(|missing| !there(&missing.part));
        wanted
    }
}

impl Engine<'_> {
    /// Makes an item's link durable, if it changed.
    pub(super) fn save(&self, item: &mut Item) -> Result<(), Stop> {
        if item.link != item.stored {
            self.state.save_link(&item.subject, &item.link).map_err(of_state)?;
            item.stored = item.link.clone();
        }
        Ok(())
    }

    /// Links a part to the Tribe record that it is: its owner first, then the link.
    pub(super) fn link_part(&self, item: &mut Item, part: Part, id: &crate::relation::TribeId) -> Result<(), Stop> {
        self.state.save_owner(id, &item.subject).map_err(of_state)?;
        item.link.parts.insert(part, PartState::Linked { id: id.clone(), since: self.clock.now() });
        self.save(item)
    }

    /// Puts an item aside; nothing more is done with it in this batch.
    pub(super) fn halt(&mut self, item: &mut Item, code: Code, field: Option<&str>, retry: Retry) {
        item.halted = true;
        item.reached(Verdict::DeadLettered);
        self.put_aside(&item.subject, code, field, retry);
    }

    /// Whether AC says the same as when both sides last agreed, and every field has agreed once.
    pub(super) fn is_unchanged_in_ac(&self, item: &Item) -> bool {
        let mapper = self.mapper();
        cells(&item.subject, &item.organisations()).iter().all(|cell| {
            if self.settings.direction(cell.row.name).is_none() {
                return true;
            }
            let Some(ac) = self.key.fingerprint(cell.row.name, &mapper.ac_value(cell, &item.ac)) else {
                return true;
            };
            cell.slots.iter().all(|slot| item.link.bases.get(&slot.key).is_some_and(|base| base.ac == ac))
        })
    }

    /// Whether Tribe says the same as when both sides last agreed, and every field has agreed once.
    pub(super) fn is_unchanged_in_tribe(&self, subject: &Subject, link: &Link, side: &TribeSide) -> bool {
        let mapper = self.mapper();
        let organisations = link.organisations();
        cells(subject, &organisations).iter().all(|cell| {
            self.settings.direction(cell.row.name).is_none()
                || cell.slots.iter().all(|slot| {
                    let says = mapper.tribe_value(cell.row, slot, side, link);
                    let base = link.bases.get(&slot.key);
                    self.key.fingerprint(cell.row.name, &says).is_none_or(|now| match base {
                        Some(base) => base.tribe == now,
                        // Empty and never agreed on: there is nothing in Tribe to take anywhere.
                        None => now == crate::link::Fingerprint::EMPTY,
                    })
                })
        })
    }

    /// One fingerprint of all that AC says of an item.
    pub(super) fn fingerprint_of_record(&self, item: &Item) -> Option<crate::link::Fingerprint> {
        let mapper = self.mapper();
        let organisations: Vec<RelatieId> = match &item.scope {
            Scope::Contacts(organisations) => organisations.keys().cloned().collect(),
            Scope::Relation(_) | Scope::Outside(_) => Vec::new(),
        };
        let mut all = String::new();
        for cell in cells(&item.subject, &organisations) {
            let fingerprint = self.key.fingerprint(cell.row.name, &mapper.ac_value(&cell, &item.ac));
            all.push_str(&fingerprint.as_ref().map(ToString::to_string).unwrap_or_default());
            all.push('/');
        }
        self.key.fingerprint("record", &crate::relation::Presence::of(all))
    }
}
