//! What Tribe gets of one item's plan: an edit for each record that is written, and the addresses that are new.

use std::rc::Rc;

use litemap::LiteMap;

use crate::link::Part;
use crate::mapping::{AcRecord, CellView, FieldMapper, SlotView, TribeField, TribeSide};
use crate::plan::Step;
use crate::relation::TribeId;
use crate::set::Set;
use crate::sync::item::Item;
use crate::sync::scope::kind;
use crate::sync::session::Session;
use crate::tribe::{AddressSlot, Edit, Entity, Record};
use crate::wording::Code;

/// Where a write to Tribe goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Target {
    Part(Part),
    /// An address that exists.
    Address(AddressSlot),
}

impl Target {
    /// What stands in Tribe there.
    pub(super) fn record<'t>(&self, tribe: &'t TribeSide) -> Option<&'t Record> {
        match self {
            Self::Part(Part::Contact(organisation)) => tribe.contacts.get(organisation),
            Self::Part(_) => tribe.relation.as_ref(),
            Self::Address(slot) => tribe.address(*slot)?,
        }
    }

    /// Which Tribe record that is.
    pub(super) fn id(&self, item: &Item) -> Option<(Entity, TribeId)> {
        match self {
            Self::Part(part @ Part::Contact(_)) => Some((Entity::Contact, item.link.linked(part)?.clone())),
            Self::Part(part) => Some((kind(&item.subject).entity(), item.link.linked(part)?.clone())),
            Self::Address(slot) => Some((Entity::Address, item.tribe.address(*slot)??.id().clone())),
        }
    }
}

/// A slot that an edit fills.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Filled {
    pub(super) cell: Rc<CellView>,
    pub(super) slot: SlotView,
}

/// What is to be written for one item.
#[derive(Default)]
pub(super) struct Edits {
    /// By the record that it goes to, with the slots that it fills.
    pub(super) by_target: LiteMap<Target, (Edit, Vec<Filled>)>,
    /// Addresses that do not exist yet; their slots stand with the owner.
    pub(super) new_addresses: LiteMap<AddressSlot, Edit>,
    /// Fields that AC has empty and Tribe demands: they are not emptied.
    pub(super) demanded: Set<&'static str>,
}

impl Edits {
    /// The edits of an item's plan. What Tribe demands is not emptied, and what does not fit is left out and noted.
    pub(super) fn of(session: &mut Session<'_>, item: &Item) -> Self {
        let mut edits = Self::default();
        for planned in &item.plan {
            for (slot, _, step) in planned.slots() {
                if matches!(step, Step::WriteToTribe | Step::OverwriteInTribe) {
                    let filled = Filled { cell: planned.field.cell.clone(), slot: slot.clone() };
                    match edits.add(session, item, filled) {
                        Ok(()) => {}
                        Err(Code::RequiredFieldEmpty) => drop(edits.demanded.insert(planned.name())),
                        Err(code) => session.books.note(code, Some(&item.subject), Some(planned.name())),
                    }
                }
            }
        }
        if session.is_sweep {
            edits.repair_markers(session, item);
        }
        edits
    }

    /// The edit of some slots of one record, once more. New addresses stand inside it, but for those that were made.
    pub(super) fn again(session: &Session<'_>, item: &Item, slots: &[Filled], made: &[(AddressSlot, TribeId)]) -> Edit {
        let mut edits = Self::default();
        for filled in slots {
            // What did not fit was left out of the first edit.
            let _ = edits.add(session, item, filled.clone());
        }
        let mut edit = Edit::new();
        edits.by_target.into_iter().for_each(|(_, (of_target, _))| edit.take(of_target));
        for (slot, address) in edits.new_addresses {
            if !made.iter().any(|(made, _)| *made == slot) {
                edit.address(slot, address);
            }
        }
        made.iter().for_each(|(slot, id)| edit.link(slot.navigation(), id));
        edit
    }

    /// Writes markers anew that an import or a user overwrote: without its marker a record is not found again when the
    /// store is lost, and would be made twice. One that another of our records bears is left alone: it may tell of a
    /// merge.
    fn repair_markers(&mut self, session: &mut Session<'_>, item: &Item) {
        let (markers, property) = (session.markers(), &session.settings.tribe.marker_property);
        for (part, _) in item.link.all_linked() {
            let target = Target::Part(part.clone());
            let Some(record) = target.record(&item.tribe).filter(|_| !matches!(part, Part::Role(_) | Part::Address(_)))
            else {
                continue;
            };
            let (right, said) = (markers.part(&item.subject, part, None), record.marker_said(property));
            let is_ours = said.text().is_some_and(|text| text.starts_with(&markers.prefix()));
            if !said.is_absent() && !is_ours {
                self.by_target.entry(target).or_default().0.marker(property, &right);
                session.books.note(Code::MarkerRepaired, Some(&item.subject), None);
            }
        }
    }

    fn add(&mut self, session: &Session<'_>, item: &Item, filled: Filled) -> Result<(), Code> {
        let Filled { cell, slot } = &filled;
        fits(session, item, cell, slot)?;
        let (target, new_address) = target(item, slot);
        let (edit, slots) = self.by_target.entry(target).or_default();
        let into = match new_address {
            Some(address) => self.new_addresses.entry(address).or_default(),
            None => edit,
        };
        session.mapper().to_tribe(cell, &item.ac, slot.field, into).map_err(|_| Code::ValueDoesNotFit)?;
        slots.push(filled);
        Ok(())
    }
}

/// Whether a slot can take AC's value: what Tribe demands is not emptied, and what Tribe has no form for is not
/// written.
pub(super) fn fits(session: &Session<'_>, item: &Item, cell: &CellView, slot: &SlotView) -> Result<(), Code> {
    fits_in(session.mapper(), &item.ac, cell, slot)
}

/// The same of that record of AC's.
pub(super) fn fits_in(mapper: FieldMapper<'_>, ac: &AcRecord, cell: &CellView, slot: &SlotView) -> Result<(), Code> {
    let emptied = mapper.ac_value(cell, ac).text().is_none();
    if emptied && matches!(slot.field, TribeField::Relation(property) if property.is_required()) {
        return Err(Code::RequiredFieldEmpty);
    }
    let written = mapper.to_tribe(cell, ac, slot.field, &mut Edit::new());
    written.map_err(|_| Code::ValueDoesNotFit)
}

/// The record that a slot's value goes to; with the address that it is for, where that does not exist yet.
fn target(item: &Item, slot: &SlotView) -> (Target, Option<AddressSlot>) {
    let owner = Target::Part(Part::Relation);
    match (slot.field, &slot.organisation) {
        (TribeField::Contact(_), Some(organisation)) => (Target::Part(Part::Contact(organisation.clone())), None),
        (TribeField::Address(address, _), _) if item.tribe.address(address).flatten().is_some() => {
            (Target::Address(address), None)
        }
        (TribeField::Address(address, _), _) => (owner, Some(address)),
        (TribeField::Relation(_) | TribeField::Contact(_), _) => (owner, None),
    }
}
