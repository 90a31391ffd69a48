//! Records of which Tribe says that they changed: which of them a user edited, and which only echo our own writes.

use crate::link::{Part, RefusedBy, Subject};
use crate::mapping::{TribeSide, address_name};
use crate::relation::TribeId;
use crate::set::Set;
use crate::sync::feed::sync_subjects;
use crate::sync::not_shown;
use crate::sync::otherwise::forget_what_shows;
use crate::sync::outcome::{Stop, System, Verdict};
use crate::sync::read_advocaatcentraal::dead_letter_unread;
use crate::sync::read_tribe::read_and_judge;
use crate::sync::session::Session;
use crate::tribe::AddressSlot;
use crate::wording::Code;

/// Looks at linked records of which Tribe says that they changed. What both sides agreed on last is how an echo is
/// told from an edit. `addresses` are those that changed, each with whose it is.
pub(super) fn sync_changed(
    session: &mut Session<'_>,
    ids: &[TribeId],
    addresses: &[(TribeId, TribeId)],
) -> Result<(), Stop> {
    let mut subjects: Set<Subject> = Set::new();
    for id in ids {
        subjects.extend(session.owner(id)?);
    }
    let mut links = Vec::new();
    for subject in subjects {
        let link = session.state.link(&subject)?;
        if link.is_damaged {
            session.tell_damaged(&subject);
        } else if !link.is_new() {
            links.push((subject, link));
        }
    }
    let records = read_and_judge(session, links.iter().map(|(subject, link)| (subject, link)))?;
    let mut edited = Vec::new();
    for (subject, link) in links {
        if records.lack(&link) {
            dead_letter_unread(session, &[subject]);
            continue;
        }
        let tribe = records.of(&link);
        tell_other_address(session, &subject, &tribe, addresses);
        let shows_again = link.all_gone().any(|(_, id)| ids.contains(id));
        let is_seen = tribe.relation.is_some() || link.linked(&Part::Relation).is_none();
        let observer = session.observer();
        let mut observation = observer.blank(&subject, &link.organisations());
        observer.see_tribe(&mut observation, &tribe, &link);
        let is_held = session.books.brake().holds(&subject);
        let is_split_as_before = observation.split().is_some() == link.is_split;
        let are_addresses_as_before = observation.told_addresses() == link.told_addresses;
        let is_told_as_before = is_split_as_before && are_addresses_as_before;
        // A user put back what both sides agreed on before AC refused another value: its letter ends.
        let is_refused = link.refused.values().any(|refused| refused.by == RefusedBy::AdvocaatCentraal);
        let is_as_before = is_seen && !shows_again && is_told_as_before && !is_held && !is_refused;
        if is_as_before && observation.is_unchanged_in_tribe(&link) {
            observation.tell(&subject, &mut session.books);
            session.books.count(Verdict::Unchanged);
            forget_what_shows(session, &subject, link, &observation)?;
        } else {
            edited.push(subject);
        }
    }
    sync_subjects(session, &edited)
}

/// The same of records that a push names; an id that is nobody's may be an address of somebody's.
pub(super) fn sync_pushed(session: &mut Session<'_>, changes: &[TribeId]) -> Result<(), Stop> {
    let mut ids = Vec::new();
    let mut unknown = Vec::new();
    for id in changes {
        let known = session.owner(id)?.is_some();
        if known { &mut ids } else { &mut unknown }.push(id.clone());
    }
    let owners = session.tribe.owners_of_addresses(&unknown);
    ids.extend(owners.map_err(|failure| session.stop(failure, System::Tribe))?);
    sync_changed(session, &ids, &[])
}

/// Notes a person who has another address in Tribe than the one in the slot, which is synced. An organisation may have
/// one in a slot that is not.
fn tell_other_address(
    session: &mut Session<'_>,
    subject: &Subject,
    tribe: &TribeSide,
    addresses: &[(TribeId, TribeId)],
) {
    let slot = AddressSlot::Private;
    let (Some(person), Some(Some(synced))) = (&tribe.relation, tribe.address(slot)) else { return };
    let is_other = |(address, of): &(TribeId, TribeId)| of == person.id() && address != synced.id();
    if addresses.iter().any(is_other) {
        session.books.note(Code::SeveralInTribe, Some(subject), Some(address_name(slot)));
    }
}

/// Asks whether Tribe shows these records again, and does no more with them.
pub(super) fn look_again(session: &mut Session<'_>, missing: &[Subject]) -> Result<(), Stop> {
    let mut links = Vec::new();
    for subject in missing {
        links.push((subject, session.state.link(subject)?));
    }
    let records = read_and_judge(session, links.iter().map(|(subject, link)| (*subject, link)))?;
    for (subject, link) in links {
        if records.shows_all(&link) {
            not_shown::shows(session, subject, &link)?;
        }
    }
    Ok(())
}
