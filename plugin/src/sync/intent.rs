//! Intent → create → owner → link: what is stored around the making of a Tribe record, and in which order.
//!
//! The intent is durable before the request. The id is stored soon after the answer, that of some records together, and
//! takes the place of the intent: a crash after that finds the record by its link, and one before it by the intent and the
//! marker.

use crate::answer::Failure;
use crate::link::{Base, DeepInsert, Link, OfficeState, Part, PartState, Side};
use crate::mapping::{SlotView, TribeField, cells};
use crate::relation::{Instant, RelatieId, TribeId, Unreadable};
use crate::sync::books::Retry;
use crate::sync::item::{Batch, Item, Place, READ_LAG};
use crate::sync::observation::since_made;
use crate::sync::otherwise::took;
use crate::sync::outcome::{Stop, System, Verdict, WriteResult};
use crate::sync::session::Session;
use crate::tribe::{Create, Edit, Record, SinceMade};
use crate::wording::Code;

/// So many records that were made are linked together: a store that syncs its disk before each request of ours does so
/// once for all of them.
const LINKED_TOGETHER: usize = 8;

/// Notes that a part is about to be made, and with which values: were its answer lost, or the run to end here, an
/// edit that comes after could not be told from a value that was never agreed on.
pub(super) fn intend(session: &Session<'_>, item: &mut Item, part: &Part) {
    let mapper = session.mapper();
    let mut sent = Vec::new();
    for cell in cells(&item.subject, &organisation_of(part)) {
        let is_synced = session.settings.direction(cell.row.name).is_some();
        let ac = session.observer().ac(&cell, &item.ac).filter(|_| is_synced);
        for slot in cell.slots.iter().filter(|slot| belongs_to(part, slot.field)) {
            let fits = mapper.to_tribe(&cell, &item.ac, slot.field, &mut Edit::new()).is_ok();
            let goes_along = fits && goes_along(session, &item.link, slot.field) && !item.goes_without(&slot.key, ac);
            sent.push((slot.key.clone(), ac.filter(|_| goes_along).map(|ac| Base { ac, tribe: ac })));
        }
    }
    // What an earlier try sent says nothing of this one.
    for (slot, base) in sent {
        item.link.bases.remove(&slot);
        item.link.under_way.remove(&slot);
        match base {
            Some(base) => drop(item.link.sent.insert(slot, base)),
            None => drop(item.link.sent.remove(&slot)),
        }
    }
    if item.link.is_new() {
        item.link.read_as = session.rules.changes;
    }
    item.take_types();
    item.link.parts.insert(part.clone(), PartState::Intended { since: session.now() });
}

/// Sends creates whose intents are durable. What was made is linked as the answers come, and agreed on after the last;
/// `not_made` deals with the others. Gives back the tags of what was made.
pub(super) fn send<T>(
    session: &mut Session<'_>,
    batch: &mut Batch,
    creates: Vec<(T, Create)>,
    part_of: fn(&T) -> (Place, &Part),
    not_made: impl Fn(&mut Session<'_>, &mut Item, &T, &Failure) -> Result<(), Stop>,
) -> Result<Vec<T>, Stop> {
    if creates.is_empty() {
        return Ok(Vec::new());
    }
    let (mut sent, mut failed, mut stored) = (Vec::new(), Vec::new(), Ok(()));
    let mut unlinked: Vec<(Place, TribeId)> = Vec::new();
    let (state, clock) = (&session.state, session.clock());
    let result = session.tribe.create_each(creates, &mut |tag: T, answer| match answer {
        Ok(record) => {
            let (place, part) = part_of(&tag);
            unlinked.push((place, record.id().clone()));
            made(clock.now(), &mut batch[place], part, record);
            sent.push(tag);
            if unlinked.len() >= LINKED_TOGETHER && stored.is_ok() {
                stored = link(state, batch, std::mem::take(&mut unlinked));
            }
        }
        Err(failure) => failed.push((tag, failure)),
    });
    let stored = stored.and_then(|()| link(&session.state, batch, unlinked));
    for (place, _) in sent.iter().map(part_of) {
        session.books.wrote(&batch[place].subject, System::Tribe, None, WriteResult::Made);
    }
    for (tag, failure) in &failed {
        session.books.wrote(&batch[part_of(tag).0].subject, System::Tribe, None, WriteResult::of(failure));
    }
    stored?;
    for (place, part) in sent.iter().map(part_of) {
        base_on_what_was_made(session, &mut batch[place], part)?;
    }
    for (tag, failure) in failed {
        not_made(session, &mut batch[part_of(&tag).0], &tag, &failure)?;
    }
    session.flush()?;
    // After a stop nothing more is asked; what was made is found by its link, or by its intent and its marker.
    result.map_err(|failure| session.stop(failure, System::Tribe))?;
    Ok(sent)
}

/// A part was made.
fn made(now: Instant, item: &mut Item, part: &Part, record: Record) {
    let id = record.id().clone();
    item.reached(Verdict::Created);
    item.tribe.take(part, record);
    item.link.parts.insert(part.clone(), PartState::Linked { id, since: now });
}

/// Stores what was made: the owner of each, and then the links. A link holds all that was made of its record: none is
/// stored before the last owner.
fn link(state: &OfficeState<'_>, batch: &Batch, made: Vec<(Place, TribeId)>) -> Result<(), Stop> {
    for (place, id) in &made {
        state.save_owner(id, &batch[*place].subject)?;
    }
    for (position, (place, _)) in made.iter().enumerate() {
        if made.iter().take(position).all(|(earlier, _)| earlier != place) {
            let item = &batch[*place];
            state.save_link(&item.subject, &item.link)?;
        }
    }
    Ok(())
}

/// What was sent with a part that was made is agreed on, as Tribe tells what it stored. What was changed since tells
/// of a user's edit instead.
pub(super) fn base_on_what_was_made(session: &mut Session<'_>, item: &mut Item, part: &Part) -> Result<(), Stop> {
    for cell in cells(&item.subject, &organisation_of(part)) {
        for slot in cell.slots.iter().filter(|slot| belongs_to(part, slot.field)) {
            if since_made(&item.tribe, slot) != SinceMade::Unchanged {
                continue;
            }
            let Some(Base { ac, .. }) = item.link.sent.get(&slot.key).copied() else { continue };
            match session.observer().stored_in_tribe(cell.row, slot, &item.tribe, &item.link) {
                Ok(Some(tribe)) => {
                    item.link.sent.remove(&slot.key);
                    took(session, item, (cell.row.name, &slot.key), Side::Tribe, Base { ac, tribe });
                }
                Ok(None) => {}
                Err(Unreadable) => item.link.made_unseen(&slot.key, ac, session.now()),
            }
        }
    }
    item.save(session)
}

/// A part was not made, or nobody knows.
pub(super) fn failed(session: &mut Session<'_>, item: &mut Item, part: &Part, failure: &Failure) -> Result<(), Stop> {
    match failure {
        // The intent stays: the marker is looked up before the create is sent again. It may have been carried out as
        // late as now.
        Failure::Unknown(_) => {
            let now = session.now();
            item.link.parts.insert(part.clone(), PartState::Intended { since: now });
            item.halt(session, Code::OutcomeUnknown, None, Retry::At(now.plus(READ_LAG)));
        }
        Failure::Unavailable(_) => {
            item.link.parts.remove(part);
            item.halt(session, Code::NoAnswer, None, Retry::Soon);
        }
        failure if leaves_out(session, item, part, failure) => drop(item.link.parts.remove(part)),
        _ => {
            item.link.parts.remove(part);
            match part {
                Part::Role(_) | Part::Contact(_) => {
                    forget_sent(item, part);
                    item.give_up(session, part, Code::RefusedByTribe);
                }
                Part::Relation | Part::Address(_) => item.halt_refused(session, Code::RefusedByTribe, None),
            }
        }
    }
    item.save(session)
}

/// A part was refused: what was sent along is agreed on by nobody.
fn forget_sent(item: &mut Item, part: &Part) {
    let slots = cells(&item.subject, &organisation_of(part)).into_iter().flat_map(|cell| cell.slots);
    for SlotView { key, .. } in slots.filter(|slot| belongs_to(part, slot.field)) {
        item.link.sent.remove(&key);
    }
}

/// A part was refused, and one of its values may be why: it goes without that, if Tribe named it, or else with nothing
/// but what is demanded. Tells whether that leaves out anything more than before.
pub(super) fn leaves_out(session: &Session<'_>, item: &mut Item, part: &Part, failure: &Failure) -> bool {
    if !failure.may_be_of_a_value() {
        return false;
    }
    let function_property = &session.settings.tribe.function_property;
    let is_named = |field: TribeField| failure.named_field().is_none_or(|name| field.is_named(name, function_property));
    let before = item.left_out.len();
    for cell in cells(&item.subject, &organisation_of(part)).iter().filter(|cell| !cell.row.is_demanded()) {
        let has_value = session.mapper().ac_value(cell, &item.ac).text().is_some();
        let slots = cell.slots.iter().filter(|slot| has_value && belongs_to(part, slot.field) && is_named(slot.field));
        item.left_out.extend(slots.map(|slot| slot.key.clone()));
    }
    item.left_out.len() > before
}

/// Whether a field is made along with its part. One of an address is, once it is known that Tribe makes addresses
/// along; an address that was made before holds what AC said then.
fn goes_along(session: &Session<'_>, link: &Link, field: TribeField) -> bool {
    match field {
        TribeField::Relation(_) | TribeField::Contact(_) => true,
        TribeField::Address(of, _) => {
            session.deep_insert() == Some(DeepInsert::Honoured) && link.linked(&Part::Address(of)).is_none()
        }
    }
}

/// Whether a field stands on a part, or on what is made with it.
fn belongs_to(part: &Part, field: TribeField) -> bool {
    match field {
        TribeField::Relation(_) | TribeField::Address(..) => *part == Part::Relation,
        TribeField::Contact(_) => matches!(part, Part::Contact(_)),
    }
}

/// The organisation of a contact relationship.
fn organisation_of(part: &Part) -> Vec<RelatieId> {
    match part {
        Part::Contact(at) => vec![at.clone()],
        Part::Relation | Part::Role(_) | Part::Address(_) => Vec::new(),
    }
}
