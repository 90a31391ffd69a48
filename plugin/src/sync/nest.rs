//! Creating a relation along with its relationship in one call, where Tribe honours that.
//!
//! Whether it does cannot be read anywhere. The first relation with an address is made so and read back: if all of it
//! is there, the others follow. If the address is not, addresses are made first from then on, and linked; if the
//! relation is not, every record is made by itself.

use std::collections::BTreeMap;

use crate::answer::Failure;
use crate::link::{DeepInsert, Part, PartState};
use crate::mapping::{AcField, Markers, cells};
use crate::sync::engine::{Engine, READ_LAG, Retry, of_state};
use crate::sync::item::{Item, Missing};
use crate::sync::outcome::{Stop, System, Verdict};
use crate::sync::scope::{Scope, kind};
use crate::tribe::{AddressSlot, Create, Edit, Entity, Record, Update};
use crate::wording::Code;

/// A relation that was sent inside one of its relationships.
struct Nested {
    item: usize,
    outer: Missing,
    /// Whether an address was inside the relation.
    with_address: bool,
}

impl Engine<'_> {
    /// Finds out by one relation with an address whether Tribe honours nesting, if that is not known.
    pub(super) fn try_nesting(&mut self, items: &mut [Item]) -> Result<(), Stop> {
        if self.deep_insert().is_some() {
            return Ok(());
        }
        // An address that was made before, and is linked, tells nothing.
        let has_made_one = |item: &Item| {
            AddressSlot::of(kind(&item.subject)).iter().any(|slot| item.link.linked(&Part::Address(*slot)).is_some())
        };
        match items.iter().position(|item| fits(item) && self.has_address(item) && !has_made_one(item)) {
            Some(telling) => self.send_nested(items, &[telling]),
            None => Ok(()),
        }
    }

    /// Creates the relations that are missing inside their first relationship, where Tribe honours that.
    pub(super) fn create_nested(&mut self, items: &mut [Item]) -> Result<(), Stop> {
        match self.deep_insert() {
            None | Some(DeepInsert::NotHonoured) => Ok(()),
            Some(DeepInsert::Honoured | DeepInsert::RelationsOnly) => {
                let fitting = items.iter().enumerate().filter(|(_, item)| fits(item)).map(|(position, _)| position);
                let fitting: Vec<usize> = fitting.collect();
                self.send_nested(items, &fitting)
            }
        }
    }

    fn send_nested(&mut self, items: &mut [Item], positions: &[usize]) -> Result<(), Stop> {
        let mut creates = Vec::new();
        for position in positions {
            let Some(item) = items.get_mut(*position) else { continue };
            let Some((create, nested)) = self.nested_record(*position, item) else { continue };
            self.intend(item, &Part::Relation);
            self.intend(item, &nested.outer.part);
            self.save(item)?;
            creates.push((nested, create));
        }
        if creates.is_empty() {
            return Ok(());
        }
        let mut failed = Vec::new();
        let mut made = Vec::new();
        let mut broken = Ok(());
        let (state, clock) = (&self.state, self.clock);
        let result = self.tribe.create_each(creates, &mut |nested: Nested, result| {
            let Some(item) = items.get_mut(nested.item) else { return };
            match result {
                // The relationship's id is durable at once; by it, or by its marker, the relation inside is found.
                Ok(record) => {
                    let stored = state.save_owner(record.id(), &item.subject).and_then(|()| {
                        let linked = PartState::Linked { id: record.id().clone(), since: clock.now() };
                        item.link.parts.insert(nested.outer.part.clone(), linked);
                        state.save_link(&item.subject, &item.link)
                    });
                    if let Err(error) = stored {
                        broken = Err(of_state(error));
                    }
                    item.reached(Verdict::Created);
                    item.side.take(&nested.outer.part, record);
                    made.push(nested);
                }
                Err(failure) => failed.push((nested, failure)),
            }
        });
        broken?;
        for nested in &made {
            if let Some(item) = items.get_mut(nested.item) {
                self.base_on_what_was_made(item, &nested.outer.part)?;
            }
        }
        for (nested, failure) in failed {
            if let Some(item) = items.get_mut(nested.item) {
                self.nested_failed(item, &nested, &failure)?;
            }
        }
        self.flush()?;
        // After a stop nothing more is asked; what was made is found by its marker.
        result.map_err(|failure| self.stop(failure, System::Tribe))?;
        self.read_nested(items, &made)
    }

    /// A refusal while it is not known whether Tribe takes nested records is an answer to that: they are made by
    /// themselves then, and whatever else is wrong with the record shows there.
    fn nested_failed(&mut self, item: &mut Item, nested: &Nested, failure: &Failure) -> Result<(), Stop> {
        if self.deep_insert().is_none() && matches!(failure, Failure::Refused { .. }) {
            self.learn(DeepInsert::NotHonoured)?;
            item.link.parts.remove(&Part::Relation);
            item.link.parts.remove(&nested.outer.part);
            return self.save(item);
        }
        if !matches!(failure, Failure::Unknown) {
            item.link.parts.remove(&nested.outer.part);
        }
        self.create_failed(item, &Part::Relation, failure)
    }

    /// Reads back the relations inside what was made, by their markers: their ids, and what Tribe stored.
    fn read_nested(&mut self, items: &mut [Item], made: &[Nested]) -> Result<(), Stop> {
        let markers = Markers::of(&self.settings.advocaatcentraal.office);
        let mut by_entity: BTreeMap<Entity, Vec<(&Nested, String)>> = BTreeMap::new();
        for nested in made {
            if let Some(item) = items.get(nested.item) {
                let entity = kind(&item.subject).entity();
                by_entity.entry(entity).or_default().push((nested, markers.relation(&item.subject)));
            }
        }
        for (entity, asked) in by_entity {
            let texts: Vec<String> = asked.iter().map(|(_, marker)| marker.clone()).collect();
            let read = self.tribe.read_by_markers(entity, &texts);
            let mut read = read.map_err(|failure| self.stop(failure, System::Tribe))?;
            for (nested, marker) in asked {
                if let Some(item) = items.get_mut(nested.item) {
                    self.take_nested(item, nested, read.remove(&marker))?;
                }
            }
        }
        Ok(())
    }

    fn take_nested(&mut self, item: &mut Item, nested: &Nested, relation: Option<Record>) -> Result<(), Stop> {
        let Some(relation) = relation else {
            return self.nested_not_shown(item, nested);
        };
        if self.deep_insert().is_none() && nested.with_address {
            let slots = AddressSlot::of(kind(&item.subject));
            let whole = slots.iter().any(|slot| relation.address(*slot).flatten().is_some());
            self.learn(if whole { DeepInsert::Honoured } else { DeepInsert::RelationsOnly })?;
        }
        self.link_part(item, Part::Relation, relation.id())?;
        item.side.take(&Part::Relation, relation);
        item.seen = true;
        self.base_on_what_was_made(item, &Part::Relation)
    }

    /// Left out without a word, or not to be seen yet: while it is not known whether Tribe takes nested records, the
    /// relationship itself tells which.
    fn nested_not_shown(&mut self, item: &mut Item, nested: &Nested) -> Result<(), Stop> {
        let outer = item.link.linked(&nested.outer.part).cloned();
        if let (None, Some(outer)) = (self.deep_insert(), outer) {
            let navigation = kind(&item.subject).navigation();
            let holds = self.tribe.holds(&nested.outer.set, &outer, navigation);
            if holds.map_err(|failure| self.stop(failure, System::Tribe))? == Some(false) {
                // The relation is made by itself, and the relationship linked to it.
                self.learn(DeepInsert::NotHonoured)?;
                item.link.parts.remove(&Part::Relation);
                item.unjoined = Some(nested.outer.clone());
                return self.save(item);
            }
        }
        let visible_by = self.clock.now().plus(READ_LAG);
        self.halt(item, Code::NotVisibleYet, None, Retry::At(visible_by));
        Ok(())
    }

    /// Links relationships that were made without their relation to it, now that it is there.
    pub(super) fn join(&mut self, items: &mut [Item]) -> Result<(), Stop> {
        let mut updates = Vec::new();
        for (position, item) in items.iter().enumerate().filter(|(_, item)| !item.halted) {
            if let Some(outer) = &item.unjoined
                && let Some(id) = item.link.linked(&outer.part)
                && let Some(relation) = item.link.linked(&Part::Relation)
            {
                let mut edit = Edit::new();
                edit.link(kind(&item.subject).navigation(), relation);
                updates.push((position, Update { set: outer.set.clone(), id: id.clone(), edit }));
            }
        }
        if updates.is_empty() {
            return Ok(());
        }
        let mut failed = Vec::new();
        let result = self.tribe.update_each(updates, &mut |position, answer| {
            if answer.is_err() {
                failed.push(position);
            }
        });
        for position in failed {
            if let Some(item) = items.get_mut(position) {
                self.halt(item, Code::NoAnswer, None, Retry::Soon);
            }
        }
        result.map_err(|failure| self.stop(failure, System::Tribe))
    }

    /// Whether an address would go along.
    pub(super) fn has_address(&self, item: &Item) -> bool {
        cells(&item.subject, &[]).iter().any(|cell| {
            let address = matches!(cell.row.ac, AcField::Address(..));
            address && self.mapper().ac_value(cell, &item.ac).text().is_some()
        })
    }

    /// The body of a relationship with the new relation inside; none if AC lacks what Tribe demands.
    fn nested_record(&mut self, position: usize, item: &mut Item) -> Option<(Create, Nested)> {
        let missing = item.missing();
        let inner = missing.iter().find(|missing| missing.part == Part::Relation)?;
        let outer = missing.iter().find(|missing| missing.part != Part::Relation)?;
        let relation = self.new_record(item, inner, None)?;
        let with_address = self.has_address(item);
        let edit = self.new_record(item, outer, Some(relation))?;
        let create = Create { set: outer.set.clone(), edit };
        Some((create, Nested { item: position, outer: outer.clone(), with_address }))
    }
}

/// Whether both the relation and a relationship to hold it are missing.
fn fits(item: &Item) -> bool {
    let missing = item.missing();
    let relation = missing.iter().any(|missing| missing.part == Part::Relation);
    let outer = missing.iter().any(|missing| missing.part != Part::Relation);
    !item.halted && relation && outer && !matches!(item.scope, Scope::Outside(_))
}
