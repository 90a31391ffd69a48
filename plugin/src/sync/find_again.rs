//! Looking for what is gone in Tribe (D10): it may show again, a user may have merged it into another record, and a
//! contact relationship may stand at another organisation that AC knows too.

use litemap::LiteMap;

use crate::link::{Link, Part, Subject};
use crate::mapping::{TribeField, cells};
use crate::relation::{RelatieId, TribeId};
use crate::sync::item::{Batch, Item, Place};
use crate::sync::not_shown;
use crate::sync::outcome::{Stop, System, Verdict};
use crate::sync::scope::{Scope, entity, kind};
use crate::sync::session::Session;
use crate::tribe::{Entity, Record, RelationType};
use crate::wording::Code;

/// Looks for every part of the batch that is gone, and links what is there. A record that stays gone is left alone.
pub(super) fn find_again(session: &mut Session<'_>, batch: &mut Batch) -> Result<(), Stop> {
    if !batch.active().any(|(_, item)| item.link.is_any_gone()) {
        return Ok(());
    }
    by_id(session, batch)?;
    let survivors = survivors(session, batch)?;
    for (place, id) in survivors {
        follow(session, &mut batch[place], id)?;
    }
    for (_, item) in batch.active_mut().filter(|(_, item)| item.link.is_gone(&Part::Relation)) {
        item.is_halted = true;
        item.reached(Verdict::Skipped);
    }
    Ok(())
}

/// What Tribe shows again under its own id.
fn by_id(session: &mut Session<'_>, batch: &mut Batch) -> Result<(), Stop> {
    let mut wanted: LiteMap<Entity, Vec<(Place, Part, TribeId)>> = LiteMap::new();
    for (place, item) in batch.active() {
        for (part, id) in item.link.all_gone() {
            let Some(entity) = entity(&item.subject, part) else { continue };
            wanted.entry(entity).or_default().push((place, part.clone(), id.clone()));
        }
    }
    let ids = wanted.iter().map(|(entity, asked)| (*entity, asked.iter().map(|(_, _, id)| id.clone()).collect()));
    let read = session.tribe.read(&ids.collect::<Vec<_>>()).map_err(|failure| session.stop(failure, System::Tribe))?;
    for (place, part, id) in wanted.into_iter().flat_map(|(_, asked)| asked) {
        let Some(record) = read.found.get(&id) else { continue };
        let item = &mut batch[place];
        if let Some(place_in_ac) = place_of(item, &part, record) {
            item.link.parts.remove(&part);
            if place_in_ac != part {
                forget_bases(&mut item.link, &item.subject, &place_in_ac);
            }
            item.link_part(session, place_in_ac, &id)?;
            session.books.note(Code::FoundAgain, Some(&item.subject), None);
            not_shown::shows(session, &item.subject, &item.link)?;
        }
    }
    Ok(())
}

/// Which part a record that shows again is: the same, or for a contact relationship the one at the organisation where
/// it stands now. None where AC has no such place.
fn place_of(item: &Item, part: &Part, record: &Record) -> Option<Part> {
    let (Part::Contact(_), Scope::Contacts(organisations)) = (part, &item.scope) else {
        return Some(part.clone());
    };
    let stands_at = record.linked("Relation")?;
    let (organisation, _) = organisations.iter().find(|(_, id)| **id == stands_at)?;
    let place = Part::Contact(organisation.clone());
    (place == *part || item.link.linked(&place).is_none()).then_some(place)
}

/// The records into which users merged what is gone: behind a relationship of it that still stands, or with its marker.
fn survivors(session: &mut Session<'_>, batch: &Batch) -> Result<Vec<(Place, TribeId)>, Stop> {
    let gone = || batch.active().filter(|(_, item)| item.link.is_gone(&Part::Relation));
    let mut relationships: LiteMap<(String, &str), Vec<(Place, TribeId)>> = LiteMap::new();
    let mut markers: LiteMap<Entity, Vec<(Place, String)>> = LiteMap::new();
    for (place, item) in gone() {
        let kind = kind(&item.subject);
        for (part, id) in item.link.all_linked() {
            let set = match part {
                Part::Contact(_) => Some(Entity::Contact.set().to_owned()),
                Part::Role(key) => RelationType::parse(key).and_then(|of| of.set(kind)),
                Part::Relation | Part::Address(_) => None,
            };
            if let Some(set) = set {
                relationships.entry((set, kind.navigation())).or_default().push((place, id.clone()));
            }
        }
        markers.entry(kind.entity()).or_default().push((place, session.markers().relation(&item.subject)));
    }
    let mut survivors: LiteMap<Place, TribeId> = LiteMap::new();
    for ((set, navigation), asked) in relationships {
        let ids: Vec<TribeId> = asked.iter().map(|(_, id)| id.clone()).collect();
        let behind = session.tribe.records_behind(&set, &ids, navigation);
        let behind = behind.map_err(|failure| session.stop(failure, System::Tribe))?;
        for (place, id) in asked {
            if let Some(survivor) = behind.get(&id) {
                survivors.entry(place).or_insert_with(|| survivor.clone());
            }
        }
    }
    let texts = markers.iter().map(|(entity, asked)| {
        let texts: Vec<String> = asked.iter().map(|(_, marker)| marker.clone()).collect();
        (entity.set().to_owned(), texts)
    });
    let bear = session.tribe.by_markers(&texts.collect::<Vec<_>>());
    let bear = bear.map_err(|failure| session.stop(failure, System::Tribe))?;
    for (entity, asked) in markers {
        for (place, marker) in asked {
            let found = bear.get(&(entity.set().to_owned(), marker));
            if let Some(oldest) = found.and_then(|records| records.first()) {
                survivors.entry(place).or_insert_with(|| oldest.id().clone());
            }
        }
    }
    Ok(survivors.into_iter().collect())
}

/// Links a record to what it was merged into, unless that belongs to another one.
fn follow(session: &mut Session<'_>, item: &mut Item, survivor: TribeId) -> Result<(), Stop> {
    let is_gone_one = item.link.all_gone().any(|(_, gone)| *gone == survivor);
    if is_gone_one {
        return Ok(());
    }
    if let Some(owner) = session.owner(&survivor)?.filter(|owner| *owner != item.subject) {
        session.books.note(Code::MergedIntoLinked, Some(&item.subject), None);
        session.books.note(Code::MergedIntoLinked, Some(&owner), None);
        return Ok(());
    }
    // The survivor's own values were never agreed on: what it lacks is filled from AC, and what differs is kept.
    forget_bases(&mut item.link, &item.subject, &Part::Relation);
    item.link_part(session, Part::Relation, &survivor)?;
    session.books.note(Code::MergedInTribe, Some(&item.subject), None);
    not_shown::shows(session, &item.subject, &item.link)
}

/// Forgets what was agreed on about the fields of a part: it is another record now.
fn forget_bases(link: &mut Link, subject: &Subject, part: &Part) {
    let organisations: Vec<RelatieId> = match part {
        Part::Contact(organisation) => vec![organisation.clone()],
        Part::Relation | Part::Role(_) | Part::Address(_) => Vec::new(),
    };
    let is_of_contact = matches!(part, Part::Contact(_));
    for slot in cells(subject, &organisations).into_iter().flat_map(|cell| cell.slots) {
        if matches!(slot.field, TribeField::Contact(_)) == is_of_contact {
            link.bases.remove(&slot.key);
            link.sent.remove(&slot.key);
        }
    }
}
