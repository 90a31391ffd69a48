//! Bringing both sides of linked records together: plan, keep what gives way, write, store the base.

use std::collections::BTreeMap;

use crate::advocaatcentraal;
use crate::answer::Failure;
use crate::link::{Base, Conflict, Fingerprint, Part};
use crate::mapping::{AcField, AcRecord, CellView, SlotView, TribeField, cells};
use crate::plan::{Cell, Slot, Step, decide};
use crate::relation::TribeId;
use crate::sync::engine::{Engine, Retry};
use crate::sync::item::{Item, Reading};
use crate::sync::outcome::{Stop, System, Verdict};
use crate::sync::scope::kind;
use crate::tribe::{AddressSlot, Edit, Entity, Record, Update};
use crate::wording::Code;

/// How often a record is read and planned again because someone changed it meanwhile.
const ROUNDS: u32 = 3;

/// One cell with what the planner decided for each of its slots.
struct Planned {
    view: CellView,
    steps: Vec<Step>,
}

impl Planned {
    fn slots(&self) -> impl Iterator<Item = (&SlotView, Step)> {
        self.view.slots.iter().zip(self.steps.iter().copied())
    }

    fn source(&self) -> Option<&SlotView> {
        self.slots().find(|(_, step)| *step == Step::WriteToAdvocaatCentraal).map(|(slot, _)| slot)
    }
}

/// Where a write to Tribe goes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Target {
    Part(Part),
    /// An address that exists.
    Address(AddressSlot),
}

/// A write to one Tribe record, with the slots that it fills.
struct Write {
    item: usize,
    target: Target,
    slots: Vec<(CellView, SlotView)>,
}

impl Engine<'_> {
    /// Brings both sides of every item together. The sides must have been read.
    pub(super) fn reconcile(&mut self, items: &mut [Item]) -> Result<(), Stop> {
        let mut plans: Vec<Vec<Planned>> = items.iter().map(|item| self.plan(item)).collect();
        self.read_alone_what_ac_gets(items, &mut plans)?;
        for (item, plan) in items.iter_mut().zip(&mut plans).filter(|(item, _)| !item.halted) {
            self.agree(item, plan);
            self.keep_what_gives_way(item, plan);
            self.save(item)?;
        }
        self.flush()?;
        for (item, plan) in items.iter_mut().zip(&mut plans).filter(|(item, _)| !item.halted) {
            self.write_to_advocaatcentraal(item, plan)?;
        }
        self.write_to_tribe(items, &plans)
    }

    /// What is to be done for one item.
    fn plan(&self, item: &Item) -> Vec<Planned> {
        if item.halted {
            return Vec::new();
        }
        let carrier = self.carrier();
        let planned = cells(&item.subject, &item.organisations()).into_iter().filter_map(|view| {
            let direction = self.settings.direction(view.row.name)?;
            let slots = view.slots.iter().map(|slot| Slot {
                tribe: self.key.print(view.row.name, &carrier.tribe_says(view.row, slot, &item.side, &item.link)),
                base: item.link.bases.get(&slot.key).copied(),
            });
            let slots: Vec<Slot> = slots.collect();
            let ac = self.key.print(view.row.name, &carrier.ac_says(&view, &item.ac));
            let ac = ac.or_else(|| empty_by_omission(item, &view, &slots));
            let steps = decide(&Cell { ac, slots, direction });
            Some(Planned { view, steps })
        });
        planned.filter(|planned| planned.steps.iter().any(|step| *step != Step::Keep)).collect()
    }

    /// A record that AC gets back must have been read by itself: with every field, its ETag, and a moment ago.
    fn read_alone_what_ac_gets(&mut self, items: &mut [Item], plans: &mut [Vec<Planned>]) -> Result<(), Stop> {
        let writes = |item: &Item, plan: &[Planned]| {
            !item.halted && item.reading == Reading::InList && plan.iter().any(|planned| planned.source().is_some())
        };
        for (item, plan) in items.iter_mut().zip(plans) {
            if writes(item, plan) {
                self.read_alone(item)?;
                *plan = self.plan(item);
            }
        }
        Ok(())
    }

    /// Reads an item's AC record by itself.
    fn read_alone(&mut self, item: &mut Item) -> Result<(), Stop> {
        let read = match &item.ac {
            AcRecord::Relatie(relatie) => self.ac.relatie(relatie.id()).map(AcRecord::Relatie),
            AcRecord::Contactpersoon(person) => self.ac.contactpersoon(person.id()).map(AcRecord::Contactpersoon),
        };
        match read {
            Ok(record) => {
                item.ac = record;
                item.reading = Reading::Alone;
                Ok(())
            }
            Err(Failure::Gone) => {
                item.halted = true;
                item.reached(Verdict::Skipped);
                Ok(())
            }
            Err(failure) => Err(self.stop(failure, System::AdvocaatCentraal)),
        }
    }

    fn agree(&self, item: &mut Item, plan: &[Planned]) {
        for (slot, step) in plan.iter().flat_map(Planned::slots) {
            if let Step::Agree(base) = step {
                item.link.bases.insert(slot.key.clone(), base);
            }
        }
    }

    fn keep_what_gives_way(&mut self, item: &Item, plan: &[Planned]) {
        for planned in plan {
            for (slot, step) in planned.slots() {
                if !matches!(step, Step::OverwriteInTribe | Step::LoseToSibling) {
                    continue;
                }
                let lost = self.carrier().spelled_in_tribe(planned.view.row, slot, &item.side);
                // An emptied field that gives way leaves no value to keep; the note still tells of it.
                let lost = lost.unwrap_or_default();
                let at = self.clock.now();
                let conflict = Conflict { subject: item.subject.clone(), slot: slot.key.clone(), lost, at };
                self.keep_conflict(conflict, planned.view.row.name);
            }
        }
    }

    /// Writes the fields that Tribe's users changed, once more as often as AC's users change the record meanwhile.
    fn write_to_advocaatcentraal(&mut self, item: &mut Item, plan: &mut Vec<Planned>) -> Result<(), Stop> {
        for _ in 0..ROUNDS {
            if !plan.iter().any(|planned| planned.source().is_some()) {
                return Ok(());
            }
            self.settle_siblings(item, plan)?;
            match self.send_to_advocaatcentraal(item, plan) {
                Ok(stored) => {
                    item.ac = stored;
                    item.reached(Verdict::Updated);
                    self.base_on_what_ac_stored(item, plan);
                    return self.save(item);
                }
                Err(Failure::Changed) => {
                    self.read_alone(item)?;
                    if item.halted {
                        return Ok(());
                    }
                    *plan = self.plan(item);
                    self.agree(item, plan);
                    self.keep_what_gives_way(item, plan);
                    self.flush()?;
                }
                Err(Failure::Refused { field: Some(field), .. }) => {
                    let Some(named) = self.named_by_ac(plan, &field) else {
                        self.halt(item, Code::RefusedByAdvocaatCentraal, None, Retry::WhenChanged(None));
                        return Ok(());
                    };
                    // The other fields go on without the one that is refused.
                    plan.retain(|planned| planned.view.row.name != named);
                    item.reached(Verdict::DeadLettered);
                    self.put_aside(
                        &item.subject,
                        Code::RefusedByAdvocaatCentraal,
                        Some(named),
                        Retry::WhenChanged(None),
                    );
                }
                Err(Failure::Refused { .. } | Failure::NotUnderstood) => {
                    self.halt(item, Code::RefusedByAdvocaatCentraal, None, Retry::WhenChanged(None));
                    return Ok(());
                }
                Err(Failure::Gone) => {
                    item.halted = true;
                    item.reached(Verdict::Skipped);
                    return Ok(());
                }
                Err(Failure::Unknown | Failure::Unavailable) => {
                    self.halt(item, Code::NoAnswer, None, Retry::Soon);
                    return Ok(());
                }
                Err(failure) => return Err(self.stop(failure, System::AdvocaatCentraal)),
            }
        }
        self.halt(item, Code::ChangedInBetween, None, Retry::Soon);
        Ok(())
    }

    /// Before AC is written, the siblings that stay take AC's coming value in their base: were this run to end right
    /// after the write, the next would otherwise take that value for AC's own change and spread it (D3).
    fn settle_siblings(&mut self, item: &mut Item, plan: &[Planned]) -> Result<(), Stop> {
        for planned in plan {
            let Some(source) = planned.source() else { continue };
            let name = planned.view.row.name;
            let carrier = self.carrier();
            let says = |slot| self.key.print(name, &carrier.tribe_says(planned.view.row, slot, &item.side, &item.link));
            let Some(coming) = says(source) else { continue };
            let settled: Vec<(String, Base)> = planned
                .slots()
                .filter(|(_, step)| matches!(step, Step::SettleBesideAdvocaatCentraal | Step::LoseToSibling))
                .filter_map(|(slot, _)| Some((slot.key.clone(), Base { ac: coming, tribe: says(slot)? })))
                .collect();
            item.link.bases.extend(settled);
        }
        self.save(item)
    }

    fn send_to_advocaatcentraal(&self, item: &Item, plan: &[Planned]) -> Result<AcRecord, Failure> {
        let carrier = self.carrier();
        let mut edit = advocaatcentraal::Edit::new();
        for planned in plan {
            if let Some(source) = planned.source() {
                carrier.to_ac(&planned.view, source, &item.side, &item.ac, &mut edit);
            }
        }
        match &item.ac {
            AcRecord::Relatie(relatie) => self.ac.write_relatie(relatie, &edit).map(AcRecord::Relatie),
            AcRecord::Contactpersoon(person) => {
                self.ac.write_contactpersoon(person, &edit).map(AcRecord::Contactpersoon)
            }
        }
    }

    fn base_on_what_ac_stored(&self, item: &mut Item, plan: &[Planned]) {
        let carrier = self.carrier();
        for planned in plan.iter().filter(|planned| planned.source().is_some()) {
            let name = planned.view.row.name;
            let ac = self.key.print(name, &carrier.ac_says(&planned.view, &item.ac)).unwrap_or(Fingerprint::EMPTY);
            for (slot, step) in planned.slots() {
                let takes_part = matches!(
                    step,
                    Step::WriteToAdvocaatCentraal | Step::SettleBesideAdvocaatCentraal | Step::LoseToSibling
                );
                let tribe = self.key.print(name, &carrier.tribe_says(planned.view.row, slot, &item.side, &item.link));
                if let (true, Some(tribe)) = (takes_part, tribe) {
                    item.link.bases.insert(slot.key.clone(), Base { ac, tribe });
                }
            }
        }
    }

    /// The row whose AC field a refusal names.
    fn named_by_ac(&self, plan: &[Planned], field: &str) -> Option<&'static str> {
        let sent = plan.iter().filter(|planned| planned.source().is_some());
        sent.map(|planned| planned.view.row).find(|row| row.ac.is_named(field)).map(|row| row.name)
    }

    /// Writes what AC's users changed, every record of the batch that needs it, and stores the bases as Tribe
    /// returned the values.
    fn write_to_tribe(&mut self, items: &mut [Item], plans: &[Vec<Planned>]) -> Result<(), Stop> {
        let mut updates = Vec::new();
        let mut writes = Vec::new();
        for (position, (item, plan)) in items.iter().zip(plans).enumerate().filter(|(_, (item, _))| !item.halted) {
            for (target, (edit, slots)) in self.edits(item, plan) {
                if let Some((entity, id)) = address_of(item, &target).filter(|_| !edit.is_empty()) {
                    updates.push(Update { entity, id, edit });
                    writes.push(Write { item: position, target, slots });
                }
            }
        }
        if updates.is_empty() {
            return Ok(());
        }
        let mut answers: BTreeMap<usize, Result<Option<Record>, Failure>> = BTreeMap::new();
        let result = self.tribe.update_each(updates, &mut |at, answer| drop(answers.insert(at, answer)));
        let mut unsaid = Vec::new();
        for (at, answer) in answers {
            let (Some(write), Some(item)) =
                (writes.get(at), writes.get(at).and_then(|write| items.get_mut(write.item)))
            else {
                continue;
            };
            match answer {
                Ok(stored) => {
                    item.reached(Verdict::Updated);
                    let said = self.take_stored(item, write, stored);
                    self.save(item)?;
                    if !said {
                        unsaid.push(at);
                    }
                }
                Err(failure) => self.update_failed(item, write, &failure),
            }
        }
        self.read_back(items, &writes, &unsaid)?;
        result.map_err(|failure| self.stop(failure, System::Tribe))
    }

    /// The edits of one item, by the record that each goes to. A new address goes with its owner.
    fn edits(&mut self, item: &Item, plan: &[Planned]) -> BTreeMap<Target, (Edit, Vec<(CellView, SlotView)>)> {
        let mut edits: BTreeMap<Target, (Edit, Vec<(CellView, SlotView)>)> = BTreeMap::new();
        let mut new_addresses: BTreeMap<AddressSlot, Edit> = BTreeMap::new();
        for planned in plan {
            for (slot, step) in planned.slots() {
                if !matches!(step, Step::WriteToTribe | Step::OverwriteInTribe) {
                    continue;
                }
                let name = planned.view.row.name;
                let emptied = self.carrier().ac_says(&planned.view, &item.ac).text().is_none();
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
                match self.carrier().to_tribe(&planned.view, &item.ac, slot.field, into) {
                    Ok(()) => slots.push((planned.view.clone(), slot.clone())),
                    Err(_) => self.outcome.note(Code::ValueDoesNotFit, Some(&item.subject), Some(name)),
                }
            }
        }
        for (address, edit) in new_addresses.into_iter().filter(|(_, edit)| !edit.is_empty()) {
            if let Some((owner, _)) = edits.get_mut(&Target::Part(Part::Relation)) {
                owner.address(address, edit);
            }
        }
        edits
    }

    /// Stores the bases of a write from Tribe's answer; tells whether the answer held every field of it.
    fn take_stored(&self, item: &mut Item, write: &Write, stored: Option<Record>) -> bool {
        let Some(stored) = stored else { return false };
        let mut after = crate::mapping::TribeSide::default();
        match &write.target {
            Target::Part(part) => {
                after.take(part, stored.clone());
                item.side.take(part, stored);
            }
            // An address's answer does not name the owner; what was written is read back with the owner.
            Target::Address(_) => return false,
        }
        let carrier = self.carrier();
        let mut all = true;
        for (view, slot) in &write.slots {
            let says = carrier.tribe_says(view.row, slot, &after, &item.link);
            let ac = self.key.print(view.row.name, &carrier.ac_says(view, &item.ac));
            match (ac, self.key.print(view.row.name, &says)) {
                (Some(ac), Some(tribe)) => drop(item.link.bases.insert(slot.key.clone(), Base { ac, tribe })),
                _ => all = false,
            }
        }
        all
    }

    /// Reads back what an answer did not tell. A read that still shows the old value lags behind the write, and then
    /// what was sent is the base.
    fn read_back(&mut self, items: &mut [Item], writes: &[Write], unsaid: &[usize]) -> Result<(), Stop> {
        let unsaid: Vec<&Write> = unsaid.iter().filter_map(|at| writes.get(*at)).collect();
        if unsaid.is_empty() {
            return Ok(());
        }
        let links: Vec<_> = unsaid.iter().filter_map(|write| items.get(write.item)).collect();
        let sides = self.read_sides(links.iter().map(|item| (&item.subject, &item.link)))?;
        let mut unseen = Vec::new();
        let carrier = self.carrier();
        for write in unsaid {
            let Some(item) = items.get_mut(write.item) else { continue };
            let side = sides.of(&item.link);
            for (view, slot) in &write.slots {
                let name = view.row.name;
                if let TribeField::Address(address, _) = slot.field
                    && side.relation.as_ref().and_then(|relation| relation.address(address)).flatten().is_none()
                {
                    unseen.push(write.item);
                    continue;
                }
                let before = self.key.print(name, &carrier.tribe_says(view.row, slot, &item.side, &item.link));
                let after = self.key.print(name, &carrier.tribe_says(view.row, slot, &side, &item.link));
                let sent = self.key.print(name, &carrier.ac_says(view, &item.ac));
                if let (Some(sent), Some(after)) = (sent, after) {
                    let tribe = if Some(after) == before { sent } else { after };
                    item.link.bases.insert(slot.key.clone(), Base { ac: sent, tribe });
                }
            }
            self.save(item)?;
        }
        // A new address without a base is looked for again, and written again if it still is not there.
        for position in unseen {
            if let Some(item) = items.get_mut(position).filter(|item| !item.halted) {
                self.halt(item, Code::NotVisibleYet, None, Retry::Soon);
            }
        }
        Ok(())
    }

    fn update_failed(&mut self, item: &mut Item, write: &Write, failure: &Failure) {
        let field = match write.slots.as_slice() {
            [(view, _)] => Some(view.row.name),
            _ => None,
        };
        match failure {
            // The base is still the old one: the next look finds either that it was written, or writes it.
            Failure::Unknown | Failure::Unavailable | Failure::Gone => {
                self.halt(item, Code::NoAnswer, field, Retry::Soon);
            }
            _ => {
                let refused = self.print_of_record(item);
                self.halt(item, Code::RefusedByTribe, field, Retry::WhenChanged(refused));
            }
        }
    }
}

/// A whole record that leaves a field out where both sides last agreed on empty, or never on anything, has it empty:
/// nothing can be cleared by taking it so, and an edit in Tribe has a place to go to. Anything else that is left out
/// says nothing. An address or a koppeling that is not there has no place.
fn empty_by_omission(item: &Item, view: &CellView, slots: &[Slot]) -> Option<Fingerprint> {
    let whole = item.reading == Reading::Alone && matches!(view.row.ac, AcField::Own(_));
    let never_filled = slots.iter().all(|slot| slot.base.is_none_or(|base| base.ac == Fingerprint::EMPTY));
    (whole && never_filled).then_some(Fingerprint::EMPTY)
}

fn has_address(item: &Item, slot: AddressSlot) -> bool {
    item.side.relation.as_ref().and_then(|relation| relation.address(slot)).flatten().is_some()
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
