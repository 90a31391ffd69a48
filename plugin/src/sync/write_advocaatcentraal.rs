//! Writing to AC what Tribe's users changed.

use crate::advocaatcentraal;
use crate::answer::Failure;
use crate::link::{Base, Fingerprint};
use crate::mapping::AcRecord;
use crate::plan::Step;
use crate::sync::agree::{agree_in_memory, note_not_cleared};
use crate::sync::books::Retry;
use crate::sync::item::Item;
use crate::sync::outcome::{Stop, System, Verdict};
use crate::sync::planned::Planned;
use crate::sync::read_advocaatcentraal::read_again;
use crate::sync::session::Session;
use crate::wording::Code;

/// How often a record is read and planned again because someone changed it meanwhile.
const ROUNDS: u32 = 3;

/// Writes the fields that Tribe's users changed, once more as often as AC's users change the record meanwhile.
pub(super) fn write(session: &mut Session<'_>, item: &mut Item) -> Result<(), Stop> {
    let mut refused = None;
    for _ in 0..ROUNDS {
        if !item.plan.iter().any(|planned| planned.source().is_some()) {
            dead_letter_refused(session, item, refused);
            return Ok(());
        }
        settle_siblings(session, item)?;
        match send(session, item) {
            Ok(stored) => {
                item.take_ac(session.observer(), stored, item.observation.reading);
                item.reached(Verdict::Updated);
                base_on_what_ac_stored(session, item);
                dead_letter_refused(session, item, refused);
                return item.save(session);
            }
            Err(Failure::Changed) => {
                read_again(session, item)?;
                if item.is_halted {
                    return Ok(());
                }
                item.make_plan(session);
                agree_in_memory(session, item);
                session.flush()?;
            }
            Err(Failure::Refused { field, .. }) => match field.and_then(|field| named_by_ac(&item.plan, &field)) {
                // The other fields go on without the one that is refused.
                Some(named) => {
                    item.plan.retain(|planned| planned.name() != named);
                    refused = Some(named);
                }
                None => {
                    item.halt_refused(session, Code::RefusedByAdvocaatCentraal, None);
                    return Ok(());
                }
            },
            Err(Failure::Gone) => {
                item.is_gone_in_ac();
                return Ok(());
            }
            // A success without the record in it is a proxy's page, and says nothing of the record (F49).
            Err(Failure::Unknown | Failure::Unavailable | Failure::NotUnderstood) => {
                item.halt(session, Code::NoAnswer, None, Retry::Soon);
                return Ok(());
            }
            Err(failure) => return Err(session.stop(failure, System::AdvocaatCentraal)),
        }
    }
    item.halt(session, Code::ChangedInBetween, None, Retry::Soon);
    Ok(())
}

/// A field that AC refused becomes a dead letter of the record as it stands once the others went through.
fn dead_letter_refused(session: &mut Session<'_>, item: &mut Item, refused: Option<&'static str>) {
    if refused.is_some() {
        let as_it_stands = item.fingerprint(session.observer());
        item.reached(Verdict::DeadLettered);
        let retry = Retry::WhenChanged(as_it_stands);
        session.dead_letter(&item.subject, Code::RefusedByAdvocaatCentraal, refused, retry);
    }
}

/// Before AC is written, the siblings that stay take AC's coming value in their base: were this run to end right
/// after the write, the next would otherwise take that value for AC's own change and spread it (D3).
fn settle_siblings(session: &Session<'_>, item: &mut Item) -> Result<(), Stop> {
    for planned in &item.plan {
        let Some((source, Some(coming))) = planned.source() else { continue };
        for (slot, tribe, step) in planned.slots() {
            let tribe = tribe.says.or_else(|| item.link.base(&slot.key).map(|base| base.tribe));
            if let (Step::SettleBesideAdvocaatCentraal | Step::LoseToSibling, Some(tribe)) = (step, tribe) {
                item.link.bases.insert(slot.key.clone(), Base { ac: coming, tribe });
            }
        }
        // Only an empty AC field takes a value that never agreed; that it was empty must still show afterwards.
        if item.link.base(&source.key).is_none() {
            let empty = Base { ac: Fingerprint::EMPTY, tribe: Fingerprint::EMPTY };
            item.link.bases.insert(source.key.clone(), empty);
        }
    }
    item.save(session)
}

fn send(session: &Session<'_>, item: &Item) -> Result<AcRecord, Failure> {
    let mut edit = advocaatcentraal::Edit::new();
    for planned in &item.plan {
        if let Some((source, _)) = planned.source() {
            session.mapper().to_ac(&planned.field.cell, source, &item.tribe, &item.ac, &mut edit);
        }
    }
    match &item.ac {
        AcRecord::Relatie(relatie) => session.ac.write_relatie(relatie, &edit).map(AcRecord::Relatie),
        AcRecord::Contactpersoon(person) => {
            session.ac.write_contactpersoon(person, &edit).map(AcRecord::Contactpersoon)
        }
    }
}

/// The bases of what was written are what AC says that it stored.
fn base_on_what_ac_stored(session: &mut Session<'_>, item: &mut Item) {
    for planned in &item.plan {
        let Some((_, sent)) = planned.source() else { continue };
        let observer = session.observer();
        let ac = observer.stored_in_ac(&planned.field.cell, &item.ac, sent.unwrap_or(Fingerprint::EMPTY));
        for (slot, tribe, step) in planned.slots() {
            let takes_part = matches!(
                step,
                Step::WriteToAdvocaatCentraal | Step::SettleBesideAdvocaatCentraal | Step::LoseToSibling
            );
            // A sibling that cannot be read stays as it last agreed.
            let tribe = tribe.says.or_else(|| item.link.base(&slot.key).map(|base| base.tribe));
            if let (true, Some(tribe)) = (takes_part, tribe) {
                item.link.bases.insert(slot.key.clone(), Base { ac, tribe });
            }
        }
        if let Some(sent) = sent {
            note_not_cleared(session, &item.subject, planned.name(), sent, ac);
        }
    }
}

/// The field that a refusal of AC's names, if it is one that was sent.
fn named_by_ac(plan: &[Planned], member: &str) -> Option<&'static str> {
    let sent = plan.iter().filter(|planned| planned.source().is_some());
    sent.map(|planned| planned.field.cell.row).find(|row| row.ac.is_named(member)).map(|row| row.name)
}
