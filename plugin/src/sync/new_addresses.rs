//! Addresses that AC gets from Tribe, inside a record of its own that has none (D12).
//!
//! AC gives such an address its id, so nothing tells a second one from the first: before it is sent the link says so, and
//! after a lost answer AC's record is read before it is sent again.

use crate::answer::Failure;
use crate::link::RefusedBy;
use crate::mapping::{AcField, address_name};
use crate::relation::Instant;
use crate::set::Set;
use crate::sync::item::{Item, READ_LAG, may_lag};
use crate::sync::outcome::Stop;
use crate::sync::planned::Planned;
use crate::sync::read_advocaatcentraal::read_again;
use crate::sync::session::Session;
use crate::tribe::AddressSlot;
use crate::wording::Code;

/// The slots of which these sources make a new address in AC.
pub(super) fn among(plan: &[Planned], sources: &[String]) -> Set<AddressSlot> {
    let is_sent = |planned: &&Planned| planned.source().is_some_and(|(slot, _)| sources.contains(&slot.key));
    plan.iter().filter(is_sent).filter_map(Planned::adds).collect()
}

/// Whether a source is a part of the new address of one of these slots.
pub(super) fn are_among(plan: &[Planned], source: &str, slots: &Set<AddressSlot>) -> bool {
    let mut of_source = plan.iter().filter(|planned| planned.source().is_some_and(|(slot, _)| slot.key == source));
    of_source.any(|planned| planned.adds().is_some_and(|slot| slots.contains(&slot)))
}

/// Until when a new address of this plan may still be on its way, sent by a write whose answer did not come.
pub(super) fn may_be_under_way(item: &Item, now: Instant) -> Option<Instant> {
    let sent = item.plan.iter().filter_map(|planned| item.link.offered.get(&planned.adds()?).copied());
    sent.filter(|sent| may_lag(*sent, now)).max().map(|sent| sent.plus(READ_LAG))
}

/// A write of these sources was taken: what became of the new addresses in it? An answer that tells nothing of addresses
/// is followed by a reading.
pub(super) fn were_sent(session: &mut Session<'_>, item: &mut Item, sources: &[String]) -> Result<(), Stop> {
    let sent = among(&item.plan, sources);
    if sent.is_empty() {
        return Ok(());
    }
    if item.ac.common().adressen().is_none() {
        read_again(session, item)?;
        if item.is_halted {
            return Ok(());
        }
    }
    for slot in &sent {
        let code = match standing(item, *slot) {
            Some(0) => Code::AddressNotKept,
            None | Some(1) => continue,
            Some(_) => Code::AddressKeptTwice,
        };
        session.books.note(code, Some(&item.subject), Some(address_name(*slot)));
    }
    item.link.offered.retain(|slot, _| !sent.contains(slot));
    Ok(())
}

/// A write got no answer: unless it never reached AC, it may be carried out as late as now.
pub(super) fn were_not_answered(item: &mut Item, failure: &Failure, now: Instant) {
    if failure.is_unavailable() {
        item.link.offered.clear();
    }
    item.link.offered.iter_mut().for_each(|(_, sent)| *sent = now);
}

/// How many addresses AC has that belong in that slot; none where it does not tell.
fn standing(item: &Item, slot: AddressSlot) -> Option<usize> {
    let types = item.observation.fields.iter().filter(|field| field.address() == Some(slot));
    let of_slot = types.map(|field| field.cell.row.ac).find_map(|ac| match ac {
        AcField::Address(of, _) => Some(of),
        AcField::Own(_) | AcField::Functie | AcField::Doorkiesnummer => None,
    })?;
    let all = item.ac.common().adressen()?;
    let standing = all.iter().filter(|adres| adres.address_type() == Some(of_slot)).count();
    (standing > 0 || item.ac.common().has_room(of_slot)).then_some(standing)
}

/// AC's record was looked at: what was sent and stands there, or can be on its way no longer, is not waited for.
pub(super) fn look(item: &mut Item, now: Instant) {
    let Item { link, observation, .. } = item;
    link.offered.retain(|slot, sent| may_lag(*sent, now) && !observation.stands_in_ac(*slot));
}

/// AC refused these new addresses, each as a whole: they are not sent again as they are. Gives the fields of them.
pub(super) fn refuse(item: &mut Item, slots: &Set<AddressSlot>) -> Set<&'static str> {
    for slot in slots {
        let said = item.observation.addresses.get(slot).copied();
        item.refuse(address_name(*slot), RefusedBy::AdvocaatCentraal, said);
    }
    fields(&item.plan, slots)
}

/// The fields of the new addresses of these slots.
pub(super) fn fields(plan: &[Planned], slots: &Set<AddressSlot>) -> Set<&'static str> {
    let of_them = plan.iter().filter(|planned| planned.adds().is_some_and(|slot| slots.contains(&slot)));
    of_them.map(Planned::name).collect()
}
