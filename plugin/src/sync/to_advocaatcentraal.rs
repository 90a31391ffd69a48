//! Writing to AC what Tribe's users changed.

use crate::advocaatcentraal;
use crate::answer::Failure;
use crate::link::{Base, Fingerprint};
use crate::mapping::AcRecord;
use crate::plan::Step;
use crate::sync::engine::{Engine, Retry};
use crate::sync::item::Item;
use crate::sync::outcome::{Stop, System, Verdict};
use crate::sync::reconcile::Planned;
use crate::wording::Code;

/// How often a record is read and planned again because someone changed it meanwhile.
const ROUNDS: u32 = 3;

impl Engine<'_> {
    /// Writes the fields that Tribe's users changed, once more as often as AC's users change the record meanwhile.
    pub(super) fn write_to_advocaatcentraal(&mut self, item: &mut Item, plan: &mut Vec<Planned>) -> Result<(), Stop> {
        let mut refused = None;
        for _ in 0..ROUNDS {
            if !plan.iter().any(|planned| planned.source().is_some()) {
                self.keep_refused(item, refused);
                return Ok(());
            }
            self.settle_siblings(item, plan)?;
            match self.send_to_advocaatcentraal(item, plan) {
                Ok(stored) => {
                    item.ac = stored;
                    item.reached(Verdict::Updated);
                    self.base_on_what_ac_stored(item, plan);
                    self.keep_refused(item, refused);
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
                        let fingerprint = self.fingerprint_of_record(item);
                        self.halt(item, Code::RefusedByAdvocaatCentraal, None, Retry::WhenChanged(fingerprint));
                        return Ok(());
                    };
                    // The other fields go on without the one that is refused.
                    plan.retain(|planned| planned.view.row.name != named);
                    refused = Some(named);
                }
                Err(Failure::Refused { .. }) => {
                    let fingerprint = self.fingerprint_of_record(item);
                    self.halt(item, Code::RefusedByAdvocaatCentraal, None, Retry::WhenChanged(fingerprint));
                    return Ok(());
                }
                Err(Failure::Gone) => {
                    item.halted = true;
                    item.reached(Verdict::Skipped);
                    return Ok(());
                }
                // A success without the record in it is a proxy's page, and says nothing of the record (F49).
                Err(Failure::Unknown | Failure::Unavailable | Failure::NotUnderstood) => {
                    self.halt(item, Code::NoAnswer, None, Retry::Soon);
                    return Ok(());
                }
                Err(failure) => return Err(self.stop(failure, System::AdvocaatCentraal)),
            }
        }
        self.halt(item, Code::ChangedInBetween, None, Retry::Soon);
        Ok(())
    }

    /// A field that AC refused is put aside with the record as it stands once the others went through.
    fn keep_refused(&mut self, item: &mut Item, refused: Option<&'static str>) {
        if refused.is_some() {
            let fingerprint = self.fingerprint_of_record(item);
            item.reached(Verdict::DeadLettered);
            self.put_aside(&item.subject, Code::RefusedByAdvocaatCentraal, refused, Retry::WhenChanged(fingerprint));
        }
    }

    /// Before AC is written, the siblings that stay take AC's coming value in their base: were this run to end right
    /// after the write, the next would otherwise take that value for AC's own change and spread it (D3).
    fn settle_siblings(&mut self, item: &mut Item, plan: &[Planned]) -> Result<(), Stop> {
        for planned in plan {
            let Some(source) = planned.source() else { continue };
            let name = planned.view.row.name;
            let mapper = self.mapper();
            let says =
                |slot| self.key.fingerprint(name, &mapper.tribe_value(planned.view.row, slot, &item.side, &item.link));
            let Some(coming) = says(source) else { continue };
            let settled: Vec<(String, Base)> = planned
                .slots()
                .filter(|(_, step)| matches!(step, Step::SettleBesideAdvocaatCentraal | Step::LoseToSibling))
                .filter_map(|(slot, _)| Some((slot.key.clone(), Base { ac: coming, tribe: says(slot)? })))
                .collect();
            item.link.bases.extend(settled);
            // Only an empty AC field takes a value that never agreed; that it was empty must still show afterwards.
            if item.link.base(&source.key).is_none() {
                let empty = Base { ac: Fingerprint::EMPTY, tribe: Fingerprint::EMPTY };
                item.link.bases.insert(source.key.clone(), empty);
            }
        }
        self.save(item)
    }

    fn send_to_advocaatcentraal(&self, item: &Item, plan: &[Planned]) -> Result<AcRecord, Failure> {
        let mapper = self.mapper();
        let mut edit = advocaatcentraal::Edit::new();
        for planned in plan {
            if let Some(source) = planned.source() {
                mapper.to_ac(&planned.view, source, &item.side, &item.ac, &mut edit);
            }
        }
        match &item.ac {
            AcRecord::Relatie(relatie) => self.ac.write_relatie(relatie, &edit).map(AcRecord::Relatie),
            AcRecord::Contactpersoon(person) => {
                self.ac.write_contactpersoon(person, &edit).map(AcRecord::Contactpersoon)
            }
        }
    }

    fn base_on_what_ac_stored(&mut self, item: &mut Item, plan: &[Planned]) {
        for planned in plan.iter().filter(|planned| planned.source().is_some()) {
            let mapper = self.mapper();
            let name = planned.view.row.name;
            let mut sent = None;
            let ac =
                self.key.fingerprint(name, &mapper.ac_value(&planned.view, &item.ac)).unwrap_or(Fingerprint::EMPTY);
            for (slot, step) in planned.slots() {
                let takes_part = matches!(
                    step,
                    Step::WriteToAdvocaatCentraal | Step::SettleBesideAdvocaatCentraal | Step::LoseToSibling
                );
                let tribe =
                    self.key.fingerprint(name, &mapper.tribe_value(planned.view.row, slot, &item.side, &item.link));
                if let (true, Some(tribe)) = (takes_part, tribe) {
                    item.link.bases.insert(slot.key.clone(), Base { ac, tribe });
                }
                if step == Step::WriteToAdvocaatCentraal {
                    sent = tribe;
                }
            }
            if let Some(sent) = sent {
                self.tell_not_cleared(item, name, sent, ac);
            }
        }
    }

    /// The row whose AC field a refusal names.
    fn named_by_ac(&self, plan: &[Planned], field: &str) -> Option<&'static str> {
        let sent = plan.iter().filter(|planned| planned.source().is_some());
        sent.map(|planned| planned.view.row).find(|row| row.ac.is_named(field)).map(|row| row.name)
    }
}
