//! Writing to Tribe what AC's users changed.

use std::collections::BTreeMap;

use crate::answer::Failure;
use crate::link::{Base, DeepInsert, Fingerprint, Part, Written};
use crate::mapping::{CellView, SlotView, TribeField, TribeSide};
use crate::plan::Step;
use crate::relation::{Instant, TribeId};
use crate::sync::engine::{Engine, READ_LAG, Retry};
use crate::sync::item::Item;
use crate::sync::outcome::{Stop, System, Verdict};
use crate::sync::reconcile::Planned;
use crate::sync::scope::kind;
use crate::tribe::{AddressSlot, Create, Edit, Entity, Record, Stored, Update};
use crate::wording::Code;

/// Where a write to Tribe goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Part(Part),
    /// An address that exists.
    Address(AddressSlot),
}

/// What is to be written for one item.
struct Edits {
    /// By the record that it goes to, with the slots that it fills.
    by_target: BTreeMap<Target, (Edit, Vec<(CellView, SlotView)>)>,
    /// Addresses that do not exist yet; their slots stand with the owner.
    new_addresses: BTreeMap<AddressSlot, Edit>,
}

/// A write to one Tribe record, with the slots that it fills.
struct Write {
    item: usize,
    target: Target,
    id: TribeId,
    slots: Vec<(CellView, SlotView)>,
}

impl Write {
    fn holds_new_address(&self) -> bool {
        let to_owner = self.target == Target::Part(Part::Relation);
        to_owner && self.slots.iter().any(|(_, slot)| matches!(slot.field, TribeField::Address(..)))
    }
}

impl Engine<'_> {
    /// Writes what AC's users changed, every record of the batch that needs it, and stores the bases as Tribe
    /// returned the values.
    pub(super) fn write_to_tribe(&mut self, items: &mut [Item], plans: &[Vec<Planned>]) -> Result<(), Stop> {
        let mut edits: Vec<(usize, Edits)> = Vec::new();
        for (position, (item, plan)) in items.iter().zip(plans).enumerate().filter(|(_, (item, _))| !item.halted) {
            edits.push((position, self.edits(item, plan)));
        }
        self.make_addresses(items, &mut edits)?;
        let mut updates = Vec::new();
        for (position, edits) in edits {
            let Some(item) = items.get(position).filter(|item| !item.halted) else { continue };
            for (target, (edit, slots)) in edits.by_target {
                if let Some((entity, id)) = address_of(item, &target).filter(|_| !edit.is_empty()) {
                    let update = Update { set: entity.set().to_owned(), id: id.clone(), edit };
                    let place = updates.len();
                    updates.push(((place, Write { item: position, target, id, slots }), update));
                }
            }
        }
        if updates.is_empty() {
            return Ok(());
        }
        // In the order of the requests, whichever was answered first.
        let mut answers: BTreeMap<usize, (Write, Result<Stored, Failure>)> = BTreeMap::new();
        let result =
            self.tribe.update_each(updates, &mut |(place, write), answer| drop(answers.insert(place, (write, answer))));
        let mut unsaid = Vec::new();
        for (write, answer) in answers.into_values() {
            let Some(item) = items.get_mut(write.item) else { continue };
            match answer {
                Ok(stored) => {
                    item.reached(Verdict::Updated);
                    let written_at = stored.server_time;
                    self.remember_write(item, &write, &stored);
                    let said = self.take_stored(item, &write, stored.record);
                    self.save(item)?;
                    if !said {
                        unsaid.push((write, written_at));
                    }
                }
                Err(failure) => self.update_failed(item, &write, &failure)?,
            }
        }
        // After a stop nothing more is asked; that both sides say the same shows at the next look.
        result.map_err(|failure| self.stop(failure, System::Tribe))?;
        self.read_back(items, unsaid)
    }

    /// Puts new addresses in place: nested in their owner's update, or made by themselves and then linked, where Tribe
    /// does not take nested ones.
    fn make_addresses(&mut self, items: &mut [Item], edits: &mut [(usize, Edits)]) -> Result<(), Stop> {
        let mut creates = Vec::new();
        for (at, (position, edits)) in edits.iter_mut().enumerate() {
            let Some(item) = items.get(*position) else { continue };
            for (slot, mut address) in std::mem::take(&mut edits.new_addresses) {
                if address.is_empty() {
                    continue;
                }
                if self.may_nest_addresses() {
                    if let Some((owner, _)) = edits.by_target.get_mut(&Target::Part(Part::Relation)) {
                        owner.address(slot, address);
                    }
                } else if let Some(owner) = item.link.linked(&Part::Relation) {
                    address.link(kind(&item.subject).navigation(), owner);
                    creates.push(((at, slot), Create { set: Entity::Address.set().to_owned(), edit: address }));
                }
            }
        }
        if creates.is_empty() {
            return Ok(());
        }
        let mut failed = Vec::new();
        let result = self.tribe.create_each(creates, &mut |(at, slot): (usize, AddressSlot), answer| {
            let Some((position, edits)) = edits.get_mut(at) else { return };
            match (answer, edits.by_target.get_mut(&Target::Part(Part::Relation))) {
                (Ok(address), Some((owner, _))) => owner.link(slot.navigation(), address.id()),
                (Ok(_), None) => {}
                (Err(failure), _) => failed.push((*position, failure)),
            }
        });
        for (position, failure) in failed {
            if let Some(item) = items.get_mut(position) {
                match failure {
                    Failure::Refused { .. } => {
                        let refused = self.fingerprint_of_record(item);
                        self.halt(item, Code::RefusedByTribe, None, Retry::WhenChanged(refused));
                    }
                    // Whether it was made shows when the owner is read again.
                    _ => self.halt(item, Code::NoAnswer, None, Retry::Soon),
                }
            }
        }
        result.map_err(|failure| self.stop(failure, System::Tribe))
    }

    /// The edits of one item, by the record that each goes to.
    fn edits(&mut self, item: &Item, plan: &[Planned]) -> Edits {
        let mut edits: BTreeMap<Target, (Edit, Vec<(CellView, SlotView)>)> = BTreeMap::new();
        let mut new_addresses: BTreeMap<AddressSlot, Edit> = BTreeMap::new();
        for planned in plan {
            for (slot, step) in planned.slots() {
                if !matches!(step, Step::WriteToTribe | Step::OverwriteInTribe) {
                    continue;
                }
                let name = planned.view.row.name;
                let emptied = self.mapper().ac_value(&planned.view, &item.ac).text().is_none();
                if emptied && matches!(slot.field, TribeField::Relation(property) if property.is_required()) {
                    self.outcome.note(Code::RequiredFieldEmpty, Some(&item.subject), Some(name));
                    continue;
                }
                let (target, new_address) = match (slot.field, &slot.organisation) {
                    (TribeField::Contact(_), Some(organisation)) => {
                        (Target::Part(Part::Contact(organisation.clone())), None)
                    }
                    (TribeField::Address(address, _), _) if has_address(item, address) => {
                        (Target::Address(address), None)
                    }
                    (TribeField::Address(address, _), _) => (Target::Part(Part::Relation), Some(address)),
                    (TribeField::Relation(_) | TribeField::Contact(_), _) => (Target::Part(Part::Relation), None),
                };
                let (edit, slots) = edits.entry(target).or_default();
                let into = match new_address {
                    Some(address) => new_addresses.entry(address).or_default(),
                    None => edit,
                };
                match self.mapper().to_tribe(&planned.view, &item.ac, slot.field, into) {
                    Ok(()) => slots.push((planned.view.clone(), slot.clone())),
                    Err(_) => self.outcome.note(Code::ValueDoesNotFit, Some(&item.subject), Some(name)),
                }
            }
        }
        Edits { by_target: edits, new_addresses }
    }

    /// Remembers a write as long as reads may lag behind it.
    fn remember_write(&self, item: &mut Item, write: &Write, stored: &Stored) {
        let now = self.clock.now();
        item.link.written.retain(|_, written| now < written.at.plus(READ_LAG));
        let stamp = stored.record.as_ref().and_then(Record::changed_at).or(stored.server_time);
        if let Some(stamp) = stamp {
            item.link.written.insert(write.id.clone(), Written { stamp, at: now });
        }
    }

    /// Stores the bases of a write from Tribe's answer; tells whether the answer held every field of it.
    fn take_stored(&mut self, item: &mut Item, write: &Write, stored: Option<Record>) -> bool {
        let Some(stored) = stored else { return false };
        let mut after = TribeSide::default();
        match &write.target {
            Target::Part(part) => {
                after.take(part, stored.clone());
                item.side.take(part, stored);
            }
            // An address's answer does not name the owner; what was written is read back with the owner.
            Target::Address(_) => return false,
        }
        let mut all = true;
        for (view, slot) in &write.slots {
            let mapper = self.mapper();
            let says = mapper.tribe_value(view.row, slot, &after, &item.link);
            let ac = self.key.fingerprint(view.row.name, &mapper.ac_value(view, &item.ac));
            match (ac, self.key.fingerprint(view.row.name, &says)) {
                (Some(ac), Some(tribe)) => {
                    item.link.bases.insert(slot.key.clone(), Base { ac, tribe });
                    self.tell_not_cleared(item, view.row.name, ac, tribe);
                }
                _ => all = false,
            }
        }
        all
    }

    /// Tells of a field that was sent empty and came back with a value. That value is its base: nobody wrote it, so it
    /// is neither taken back nor cleared once more.
    pub(super) fn tell_not_cleared(&mut self, item: &Item, field: &str, sent: Fingerprint, stored: Fingerprint) {
        if sent == Fingerprint::EMPTY && stored != Fingerprint::EMPTY {
            self.outcome.note(Code::NotCleared, Some(&item.subject), Some(field));
        }
    }

    /// Reads back what an answer did not tell. A read that still shows the old value, of a record whose stamp did not
    /// move, lags behind the write, and one of a record that was changed again since shows a user's edit: then what was
    /// sent is the base.
    fn read_back(&mut self, items: &mut [Item], unsaid: Vec<(Write, Option<Instant>)>) -> Result<(), Stop> {
        if unsaid.is_empty() {
            return Ok(());
        }
        let links: Vec<_> = unsaid.iter().filter_map(|(write, _)| items.get(write.item)).collect();
        let sides = self.read_sides(links.iter().map(|item| (&item.subject, &item.link)))?;
        self.judge_unread(&sides)?;
        let mut unseen = Vec::new();
        let mut unread = Vec::new();
        for (write, written_at) in unsaid {
            let mapper = self.mapper();
            let Some(item) = items.get_mut(write.item) else { continue };
            if sides.lack(&item.link) {
                unread.push(write.item);
                continue;
            }
            let side = sides.of(&item.link);
            let changed_at = record_of(&side, &write.target).and_then(Record::changed_at);
            let changed_since = written_at.is_some_and(|written_at| changed_at > Some(written_at));
            let shows_write = changed_at > record_of(&item.side, &write.target).and_then(Record::changed_at);
            let mut stored = Vec::new();
            for (view, slot) in &write.slots {
                let name = view.row.name;
                if let TribeField::Address(address, _) = slot.field
                    && side.relation.as_ref().and_then(|relation| relation.address(address)).flatten().is_none()
                {
                    unseen.push(write.item);
                    continue;
                }
                let before = self.key.fingerprint(name, &mapper.tribe_value(view.row, slot, &item.side, &item.link));
                let after = self.key.fingerprint(name, &mapper.tribe_value(view.row, slot, &side, &item.link));
                let sent = self.key.fingerprint(name, &mapper.ac_value(view, &item.ac));
                if let (Some(sent), Some(after)) = (sent, after) {
                    let lags = Some(after) == before && !shows_write;
                    let tribe = if lags || changed_since { sent } else { after };
                    item.link.bases.insert(slot.key.clone(), Base { ac: sent, tribe });
                    stored.push((name, sent, tribe));
                }
            }
            for (name, sent, tribe) in stored {
                self.tell_not_cleared(item, name, sent, tribe);
            }
            self.save(item)?;
        }
        // A new address without a base is looked for again, and written again if it still is not there; by itself, if
        // that it was nested is why.
        if !unseen.is_empty() && self.deep_insert().is_none() {
            self.learn(DeepInsert::NotHonoured)?;
        }
        let unseen = unseen.into_iter().map(|position| (position, Code::NotVisibleYet));
        for (position, code) in unseen.chain(unread.into_iter().map(|position| (position, Code::NoAnswer))) {
            if let Some(item) = items.get_mut(position).filter(|item| !item.halted) {
                self.halt(item, code, None, Retry::Soon);
            }
        }
        Ok(())
    }

    fn update_failed(&mut self, item: &mut Item, write: &Write, failure: &Failure) -> Result<(), Stop> {
        let field = match write.slots.as_slice() {
            [(view, _)] => Some(view.row.name),
            _ => None,
        };
        match failure {
            // The base is still the old one: the next look finds either that it was written, or writes it.
            Failure::Unknown | Failure::Unavailable | Failure::Gone => {
                self.halt(item, Code::NoAnswer, field, Retry::Soon);
            }
            // Perhaps not the record is refused but the address inside it: the next try makes that by itself.
            Failure::Refused { .. } if self.deep_insert().is_none() && write.holds_new_address() => {
                self.learn(DeepInsert::NotHonoured)?;
                self.halt(item, Code::NoAnswer, field, Retry::Soon);
            }
            _ => {
                let refused = self.fingerprint_of_record(item);
                self.halt(item, Code::RefusedByTribe, field, Retry::WhenChanged(refused));
            }
        }
        Ok(())
    }
}

fn has_address(item: &Item, slot: AddressSlot) -> bool {
    item.side.relation.as_ref().and_then(|relation| relation.address(slot)).flatten().is_some()
}

/// What stands in Tribe for a target.
fn record_of<'s>(side: &'s TribeSide, target: &Target) -> Option<&'s Record> {
    match target {
        Target::Part(Part::Contact(organisation)) => side.contacts.get(organisation),
        Target::Part(_) => side.relation.as_ref(),
        Target::Address(slot) => side.relation.as_ref()?.address(*slot)?,
    }
}

/// Which Tribe record a target is.
fn address_of(item: &Item, target: &Target) -> Option<(Entity, TribeId)> {
    match target {
        Target::Part(part @ Part::Contact(_)) => Some((Entity::Contact, item.link.linked(part)?.clone())),
        Target::Part(part) => Some((kind(&item.subject).entity(), item.link.linked(part)?.clone())),
        Target::Address(slot) => {
            let address = item.side.relation.as_ref()?.address(*slot)??;
            Some((Entity::Address, address.id().clone()))
        }
    }
}
