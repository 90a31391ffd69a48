//! Bringing both sides of linked records together: plan, keep what gives way, write, store the base.

use std::collections::{BTreeMap, BTreeSet};

use crate::advocaatcentraal::Each;
use crate::link::{Conflict, Emptied, Fingerprint, Part, Subject};
use crate::mapping::{AcRecord, CellView, SlotView, TribeField, TribeSide, cells};
use crate::plan::{Cell, Slot, Step, decide, without_clearing};
use crate::relation::{ContactpersoonId, RelatieId};
use crate::stored::Later;
use crate::sync::brake::Clearings;
use crate::sync::create::is_as_made;
use crate::sync::engine::{Engine, Retry};
use crate::sync::item::{Alone, Item, Reading};
use crate::sync::outcome::{Stop, Verdict};
use crate::wording::Code;

/// One cell with what the planner decided for each of its slots.
pub(super) struct Planned {
    pub(super) view: CellView,
    pub(super) steps: Vec<Step>,
    /// Where the field was emptied, if its clearing was left out of the steps.
    pub(super) held_back: Option<Emptied>,
}

impl Planned {
    pub(super) fn slots(&self) -> impl Iterator<Item = (&SlotView, Step)> {
        self.view.slots.iter().zip(self.steps.iter().copied())
    }

    /// Whether either side gets a value.
    fn writes(&self) -> bool {
        self.steps.iter().any(|step| !matches!(step, Step::Keep | Step::Agree(_)))
    }

    /// Whether Tribe gets a value.
    fn writes_to_tribe(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::WriteToTribe | Step::OverwriteInTribe))
    }

    pub(super) fn source(&self) -> Option<&SlotView> {
        self.slots().find(|(_, step)| *step == Step::WriteToAdvocaatCentraal).map(|(slot, _)| slot)
    }
}

impl Engine<'_> {
    /// Brings both sides of every item together. The sides must have been read.
    pub(super) fn reconcile(&mut self, items: &mut [Item]) -> Result<(), Stop> {
        let mut plans: Vec<Vec<Planned>> = items.iter().map(|item| self.plan(item)).collect();
        self.read_alone_what_is_written(items, &mut plans)?;
        for (item, plan) in items.iter_mut().zip(&mut plans).filter(|(item, _)| !item.halted) {
            self.agree(item, plan);
            self.keep_what_gives_way(item, plan);
            self.save(item)?;
        }
        self.flush()?;
        for (item, plan) in items.iter_mut().zip(&mut plans).filter(|(item, _)| !item.halted) {
            self.write_to_advocaatcentraal(item, plan)?;
        }
        self.look_again_before_writing(items, &mut plans)?;
        self.write_to_tribe(items, &plans)?;
        self.hold_back(items, &plans)
    }

    /// Tribe has no ETag: whoever edits there after it was read is seen only by reading again, right before the write
    /// (F99). What is left of that moment cannot be closed.
    fn look_again_before_writing(&mut self, items: &mut [Item], plans: &mut [Vec<Planned>]) -> Result<(), Stop> {
        let writes = |item: &Item, plan: &[Planned]| {
            !item.halted && item.verdict != Verdict::Created && plan.iter().any(Planned::writes_to_tribe)
        };
        let written = || items.iter().zip(plans.iter()).filter(|(item, plan)| writes(item, plan));
        if written().next().is_none() {
            return Ok(());
        }
        let sides = self.read_sides(written().map(|(item, _)| (&item.subject, &item.link)))?;
        self.judge_unread(&sides)?;
        for (item, plan) in items.iter_mut().zip(plans) {
            if writes(item, plan) {
                if sides.lack(&item.link) {
                    self.halt(item, Code::NoAnswer, None, Retry::Soon);
                    plan.clear();
                    continue;
                }
                let TribeSide { relation, contacts } = sides.of(&item.link);
                relation.into_iter().for_each(|record| item.side.take(&Part::Relation, record));
                contacts.into_iter().for_each(|(at, record)| item.side.take(&Part::Contact(at), record));
                *plan = self.plan(item);
                self.agree(item, plan);
                self.keep_what_gives_way(item, plan);
                self.save(item)?;
            }
        }
        self.flush()
    }

    /// What is to be done for one item.
    pub(super) fn plan(&self, item: &Item) -> Vec<Planned> {
        self.plan_reading_as(item.reading, item)
    }

    /// The same, with an AC record that counts as read in that way.
    fn plan_reading_as(&self, reading: Reading, item: &Item) -> Vec<Planned> {
        if item.halted {
            return Vec::new();
        }
        let mapper = self.mapper();
        let planned = cells(&item.subject, &item.organisations()).into_iter().filter_map(|view| {
            let direction = self.settings.direction(view.row.name)?;
            let slots = view.slots.iter().map(|slot| {
                let says = mapper.tribe_value(view.row, slot, &item.side, &item.link);
                let tribe = self.key.fingerprint(view.row.name, &says);
                let was_sent = item.link.sent.get(&slot.key).is_some_and(|sent| sent.tribe != Fingerprint::EMPTY);
                let perhaps_emptied = tribe == Some(Fingerprint::EMPTY) && was_sent && !is_as_made(&item.side, slot);
                Slot { tribe, base: item.link.base_beside(&slot.key, tribe), perhaps_emptied }
            });
            let slots: Vec<Slot> = slots.collect();
            let ac = self.key.fingerprint(view.row.name, &mapper.ac_value(&view, &item.ac));
            let ac = ac.or_else(|| empty_by_omission(reading, item, &view, &slots));
            let cell = Cell { ac, slots, direction };
            let steps = decide(&cell);
            let (steps, held_back) = match self.clearings {
                Clearings::HeldBackBy(_) if !is_demanded(&view) => without_clearing(&cell, steps),
                Clearings::HeldBackBy(_) | Clearings::GoThrough => (steps, None),
            };
            Some(Planned { view, steps, held_back })
        });
        let matters =
            |planned: &Planned| planned.held_back.is_some() || planned.steps.iter().any(|step| *step != Step::Keep);
        planned.filter(matters).collect()
    }

    /// A record that AC gets back must have been read by itself: with every field, its ETag, and a moment ago. So must
    /// one that Tribe gets values of: a list may show a record as it was before AC got a value of Tribe's, and that
    /// old value is nobody's edit. What a row leaves out may be empty, and would take what Tribe got meanwhile.
    fn read_alone_what_is_written(&mut self, items: &mut [Item], plans: &mut [Vec<Planned>]) -> Result<(), Stop> {
        let is_wanted = |item: &&Item| {
            item.reading == Reading::InList && self.plan_reading_as(Reading::Alone, item).iter().any(Planned::writes)
        };
        let wanted: BTreeSet<Subject> = items.iter().filter(is_wanted).map(|item| item.subject.clone()).collect();
        let among = || items.iter().filter(|item| wanted.contains(&item.subject)).map(|item| &item.ac);
        let relations: Vec<RelatieId> = among().filter_map(|ac| Some(ac.relatie()?.id().clone())).collect();
        let persons: Vec<ContactpersoonId> = among().filter_map(|ac| Some(ac.contactpersoon()?.id().clone())).collect();
        let mut read: BTreeMap<Subject, AcRecord> = BTreeMap::new();
        let answers = self.read_relations(&relations)?;
        let unread_relations = self.sort_alone(answers, AcRecord::Relatie, &mut read)?;
        let answers = self.read_contact_persons(&persons)?;
        let unread_persons = self.sort_alone(answers, AcRecord::Contactpersoon, &mut read)?;
        let is_unread = |ac: &AcRecord| match ac {
            AcRecord::Relatie(relatie) => unread_relations.contains(relatie.id()),
            AcRecord::Contactpersoon(person) => unread_persons.contains(person.id()),
        };
        for (item, plan) in items.iter_mut().zip(plans) {
            if wanted.contains(&item.subject) {
                match read.remove(&item.subject) {
                    Some(record) => {
                        item.ac = record;
                        item.reading = Reading::Alone;
                    }
                    None if is_unread(&item.ac) => self.halt(item, Code::NoAnswer, None, Retry::Soon),
                    None => item.is_gone_in_ac(),
                }
                *plan = self.plan(item);
            }
        }
        Ok(())
    }

    /// Sorts what came of reading several records by themselves; gives those that could not be read.
    fn sort_alone<Id: Ord, T>(
        &mut self,
        answers: Each<Id, T>,
        record: fn(T) -> AcRecord,
        read: &mut BTreeMap<Subject, AcRecord>,
    ) -> Result<BTreeSet<Id>, Stop> {
        let mut unread = BTreeSet::new();
        for (id, answer) in answers {
            match self.alone(answer.map(record))? {
                Alone::Read(record) => read.extend(record.subject().map(|subject| (subject, record))),
                Alone::Gone => {}
                Alone::NoAnswer => drop(unread.insert(id)),
            }
        }
        Ok(unread)
    }

    /// Reads an item's AC record by itself.
    pub(super) fn read_alone(&mut self, item: &mut Item) -> Result<(), Stop> {
        let read = match &item.ac {
            AcRecord::Relatie(relatie) => self.ac.relatie(relatie.id()).map(AcRecord::Relatie),
            AcRecord::Contactpersoon(person) => self.ac.contactpersoon(person.id()).map(AcRecord::Contactpersoon),
        };
        match self.alone(read)? {
            Alone::Read(record) => {
                item.ac = record;
                item.reading = Reading::Alone;
            }
            Alone::Gone => item.is_gone_in_ac(),
            Alone::NoAnswer => self.halt(item, Code::NoAnswer, None, Retry::Soon),
        }
        Ok(())
    }

    pub(super) fn agree(&self, item: &mut Item, plan: &[Planned]) {
        for (slot, step) in plan.iter().flat_map(Planned::slots) {
            if let Step::Agree(base) = step {
                item.link.bases.insert(slot.key.clone(), base);
            }
        }
    }

    pub(super) fn keep_what_gives_way(&mut self, item: &Item, plan: &[Planned]) {
        for planned in plan {
            for (slot, step) in planned.slots() {
                if !matches!(step, Step::OverwriteInTribe | Step::LoseToSibling) {
                    continue;
                }
                let lost = self.mapper().spelled_in_tribe(planned.view.row, slot, &item.side);
                // An emptied field that gives way leaves no value to keep; the note still tells of it.
                let lost = lost.unwrap_or_default();
                let at = self.clock.now();
                let (subject, slot) = (item.subject.clone(), slot.key.clone());
                let conflict = Conflict { subject, slot, lost, at, later: Later::default() };
                self.keep_conflict(conflict, planned.view.row.name);
            }
        }
    }
}

/// Whether Tribe demands the field: it is never emptied there.
fn is_demanded(view: &CellView) -> bool {
    view.slots.iter().any(|slot| matches!(slot.field, TribeField::Relation(property) if property.is_required()))
}

/// A whole record that leaves a field out where both sides last agreed on empty, or never on anything, has it empty:
/// nothing can be cleared by taking it so, and an edit in Tribe has a place to go to. Anything else that is left out
/// says nothing. An address or a koppeling that is not there has no place.
fn empty_by_omission(reading: Reading, item: &Item, view: &CellView, slots: &[Slot]) -> Option<Fingerprint> {
    let whole = reading == Reading::Alone && item.ac.has_place(view);
    // Of slots that were settled for a write that did not come through, one still tells what AC said before.
    let agreed_empty = slots.iter().any(|slot| slot.base.is_some_and(|base| base.ac == Fingerprint::EMPTY));
    let never_filled = agreed_empty || slots.iter().all(|slot| slot.base.is_none());
    (whole && never_filled).then_some(Fingerprint::EMPTY)
}
