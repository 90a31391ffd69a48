//! Deep insert: making a relation inside its relationship, in one call, where Tribe takes that.
//!
//! Whether it does cannot be read anywhere. The first relation with an address is made so and read back: if all of it
//! is there, the others follow. If the address is not, addresses are made first from then on, and linked; if the
//! relation is not, every record is made by itself.

use litemap::LiteMap;

use crate::answer::Failure;
use crate::link::{DeepInsert, Part};
use crate::sync::body::new_record;
use crate::sync::books::Retry;
use crate::sync::intent;
use crate::sync::item::{Batch, Item, Missing, Place, READ_LAG};
use crate::sync::outcome::{Stop, System, WriteResult};
use crate::sync::scope::{Scope, kind};
use crate::sync::session::Session;
use crate::tribe::{AddressSlot, Create, Edit, Entity, Record, Update};
use crate::wording::Code;

/// A relation that was sent inside one of its relationships.
#[derive(Clone)]
struct Sent {
    place: Place,
    /// The relationship.
    outer: Missing,
    /// Whether an address was inside the relation.
    with_address: bool,
}

/// Finds out by one relation with an address whether Tribe takes deep inserts, if that is not known.
pub(super) fn try_one(session: &mut Session<'_>, batch: &mut Batch) -> Result<(), Stop> {
    if session.deep_insert().is_some() {
        return Ok(());
    }
    let telling = batch.active().find(|(_, item)| would_tell(session, item)).map(|(place, _)| place);
    match telling {
        Some(telling) => send(session, batch, &[telling]),
        None => Ok(()),
    }
}

/// Creates the relations that are missing inside their first relationship, where Tribe takes that.
pub(super) fn create(session: &mut Session<'_>, batch: &mut Batch) -> Result<(), Stop> {
    match session.deep_insert() {
        None | Some(DeepInsert::NotHonoured) => Ok(()),
        Some(DeepInsert::Honoured | DeepInsert::RelationsOnly) => {
            let fitting: Vec<Place> = batch.active().filter(|(_, item)| fits(item)).map(|(place, _)| place).collect();
            send(session, batch, &fitting)
        }
    }
}

/// Whether both the relation and a relationship to hold it are missing.
fn fits(item: &Item) -> bool {
    let missing = item.missing();
    let (relation, outer): (Vec<_>, Vec<_>) = missing.iter().partition(|missing| missing.part == Part::Relation);
    !relation.is_empty() && !outer.is_empty() && !matches!(item.scope, Scope::Outside(_))
}

/// Whether making that one shows what Tribe takes. An address that was made before, and is linked, tells nothing.
fn would_tell(session: &Session<'_>, item: &Item) -> bool {
    let made_before = |slot: &AddressSlot| item.link.linked(&Part::Address(*slot)).is_some();
    fits(item)
        && session.mapper().has_address(&item.subject, &item.ac)
        && !AddressSlot::of(kind(&item.subject)).iter().any(made_before)
}

fn send(session: &mut Session<'_>, batch: &mut Batch, places: &[Place]) -> Result<(), Stop> {
    let mut creates = Vec::new();
    for place in places {
        let item = &mut batch[*place];
        let Some((sent, create)) = outer_record(session, item, *place) else { continue };
        intent::intend(session, item, &Part::Relation);
        intent::intend(session, item, &sent.outer.part);
        item.save(session)?;
        creates.push((sent, create));
    }
    // The relationship's id is durable at once; by it, or by its marker, the relation inside is found.
    let made = intent::send(session, batch, creates, |sent| (sent.place, &sent.outer.part), not_made)?;
    read_inner(session, batch, made)
}

/// A refusal while it is not known whether Tribe takes deep inserts is an answer to that, unless it names a field:
/// records are made by themselves then, and whatever else is wrong with this one shows there.
fn not_made(session: &mut Session<'_>, item: &mut Item, sent: &Sent, failure: &Failure) -> Result<(), Stop> {
    let is_told = session.deep_insert().is_some() || failure.named_field().is_some();
    if is_told {
        let parts = [Part::Relation, sent.outer.part.clone()];
        if parts.each_ref().map(|part| intent::leaves_out(session, item, part, failure)).contains(&true) {
            parts.iter().for_each(|part| drop(item.link.parts.remove(part)));
            return item.save(session);
        }
        // The relationship may be why, as where what it leads to is gone: the relation is made without it.
        if matches!(failure, Failure::Refused { .. }) {
            item.link.parts.remove(&Part::Relation);
            return intent::failed(session, item, &sent.outer.part, failure);
        }
    }
    if session.deep_insert().is_none() && matches!(failure, Failure::Refused { .. }) {
        session.learn(DeepInsert::NotHonoured)?;
        item.link.parts.remove(&Part::Relation);
        item.link.parts.remove(&sent.outer.part);
        return item.save(session);
    }
    if !matches!(failure, Failure::Unknown(_)) {
        item.link.parts.remove(&sent.outer.part);
    }
    intent::failed(session, item, &Part::Relation, failure)
}

/// Reads back the relations inside what was made, by their markers: their ids, and what Tribe stored.
fn read_inner(session: &mut Session<'_>, batch: &mut Batch, made: Vec<Sent>) -> Result<(), Stop> {
    let mut by_entity: LiteMap<Entity, Vec<(Sent, String)>> = LiteMap::new();
    for sent in made {
        let subject = &batch[sent.place].subject;
        let marker = session.markers().relation(subject);
        by_entity.entry(kind(subject).entity()).or_default().push((sent, marker));
    }
    let markers = by_entity.iter().map(|(entity, asked)| {
        let markers: Vec<String> = asked.iter().map(|(_, marker)| marker.clone()).collect();
        (*entity, markers)
    });
    let read = session.tribe.read_by_markers(&markers.collect::<Vec<_>>());
    let mut read = read.map_err(|failure| session.stop(failure, System::Tribe))?;
    for (entity, asked) in by_entity {
        for (sent, marker) in asked {
            let item = &mut batch[sent.place];
            match read.remove(&(entity, marker)) {
                Some(relation) => take_inner(session, item, &sent, relation)?,
                None => not_shown(session, item, &sent)?,
            }
        }
    }
    Ok(())
}

fn take_inner(session: &mut Session<'_>, item: &mut Item, sent: &Sent, relation: Record) -> Result<(), Stop> {
    if session.deep_insert().is_none() && sent.with_address {
        session.learn(shown_by(&relation, AddressSlot::of(kind(&item.subject))))?;
    }
    session.books.wrote(&item.subject, System::Tribe, None, WriteResult::Made);
    item.link_part(session, Part::Relation, relation.id())?;
    item.tribe.take(&Part::Relation, relation);
    item.is_seen = true;
    intent::base_on_what_was_made(session, item, &Part::Relation)
}

/// What a relation that was made inside its relationship, with an address inside it, shows of Tribe.
fn shown_by(relation: &Record, slots: &[AddressSlot]) -> DeepInsert {
    let has_address = slots.iter().any(|slot| relation.address(*slot).flatten().is_some());
    if has_address { DeepInsert::Honoured } else { DeepInsert::RelationsOnly }
}

/// Left out without a word, or not to be seen yet: while it is not known whether Tribe takes deep inserts, the
/// relationship itself tells which.
fn not_shown(session: &mut Session<'_>, item: &mut Item, sent: &Sent) -> Result<(), Stop> {
    let outer = item.link.linked(&sent.outer.part).cloned();
    if let (None, Some(outer)) = (session.deep_insert(), outer) {
        let holds = session.tribe.holds(&sent.outer.set, &outer, kind(&item.subject).navigation());
        if holds.map_err(|failure| session.stop(failure, System::Tribe))? == Some(false) {
            // The relation is made by itself, and the relationship linked to it.
            session.learn(DeepInsert::NotHonoured)?;
            item.link.parts.remove(&Part::Relation);
            item.unjoined = Some(sent.outer.clone());
            return item.save(session);
        }
    }
    let visible_by = session.now().plus(READ_LAG);
    item.halt(session, Code::NotVisibleYet, None, Retry::At(visible_by));
    Ok(())
}

/// Links relationships that were made without their relation to it, now that it is there.
pub(super) fn join(session: &mut Session<'_>, batch: &mut Batch) -> Result<(), Stop> {
    let mut updates = Vec::new();
    for (place, item) in batch.active() {
        if let Some(outer) = &item.unjoined
            && let Some(id) = item.link.linked(&outer.part)
            && let Some(relation) = item.link.linked(&Part::Relation)
        {
            let mut edit = Edit::new();
            edit.link(kind(&item.subject).navigation(), relation);
            updates.push((place, Update { set: outer.set.clone(), id: id.clone(), edit }));
        }
    }
    if updates.is_empty() {
        return Ok(());
    }
    let mut answers: Vec<(Place, Option<Failure>)> = Vec::new();
    let result = session.tribe.update_each(updates, &mut |place, answer| answers.push((place, answer.err())));
    for (place, failure) in answers {
        let item = &mut batch[place];
        let written = failure.as_ref().map_or(WriteResult::Taken, WriteResult::of);
        session.books.wrote(&item.subject, System::Tribe, None, written);
        if failure.is_some() {
            item.halt(session, Code::NoAnswer, None, Retry::Soon);
        }
    }
    result.map_err(|failure| session.stop(failure, System::Tribe))
}

/// The body of a relationship with the new relation inside; none if AC lacks what Tribe demands.
fn outer_record(session: &mut Session<'_>, item: &mut Item, place: Place) -> Option<(Sent, Create)> {
    let missing = item.missing();
    let inner = missing.iter().find(|missing| missing.part == Part::Relation)?;
    let outer = missing.iter().find(|missing| missing.part != Part::Relation)?;
    let relation = new_record(session, item, inner, None)?;
    let with_address = session.mapper().has_address(&item.subject, &item.ac) && item.left_out.is_empty();
    let edit = new_record(session, item, outer, Some(relation))?;
    let create = Create { set: outer.set.clone(), edit };
    Some((Sent { place, outer: outer.clone(), with_address }, create))
}

#[cfg(test)]
#[path = "deep_insert_tests.rs"]
mod tests;
