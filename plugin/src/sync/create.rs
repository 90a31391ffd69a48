//! Creating what is missing in Tribe: organisations and persons first, then roles and contact relationships.

use crate::answer::Failure;
use crate::link::{DeepInsert, Part, Side};
use crate::mapping::cells;
use crate::sync::body::{addresses, new_record};
use crate::sync::item::{Batch, Item, Missing, Place};
use crate::sync::outcome::Stop;
use crate::sync::session::Session;
use crate::sync::{deep_insert, intent};
use crate::tribe::{Create, Entity};
use crate::wording::Code;

/// So often a record is tried again without what it was refused with.
const MOST_TRIES: u32 = 3;

/// Creates what is missing. A record that is refused is tried again without the value that may be why (D16).
pub(super) fn create(session: &mut Session<'_>, batch: &mut Batch) -> Result<(), Stop> {
    if session.closed().why(Side::Tribe).is_some() {
        let missing = batch.active_mut().filter(|(_, item)| !item.missing().is_empty());
        missing.for_each(|(_, item)| item.is_halted = true);
        return Ok(());
    }
    let left_out = |batch: &Batch| -> usize { batch.active().map(|(_, item)| item.left_out.len()).sum() };
    let mut known = 0;
    for _ in 0..=MOST_TRIES {
        create_once(session, batch)?;
        let now = left_out(batch);
        if now == known {
            break;
        }
        known = now;
    }
    Ok(())
}

fn create_once(session: &mut Session<'_>, batch: &mut Batch) -> Result<(), Stop> {
    deep_insert::try_one(session, batch)?;
    create_addresses(session, batch)?;
    deep_insert::create(session, batch)?;
    create_where(session, batch, |_, missing| missing.part == Part::Relation)?;
    deep_insert::join(session, batch)?;
    create_where(session, batch, |item, missing| {
        missing.part != Part::Relation && item.link.linked(&Part::Relation).is_some()
    })
}

fn create_where(
    session: &mut Session<'_>,
    batch: &mut Batch,
    is_wanted: impl Fn(&Item, &Missing) -> bool,
) -> Result<(), Stop> {
    let mut creates = Vec::new();
    for (place, item) in batch.active_mut() {
        let missing = item.missing().into_iter().filter(|missing| is_wanted(item, missing)).collect::<Vec<_>>();
        if missing.iter().any(|missing| matches!(missing.part, Part::Role(_))) && item.has_former_role() {
            session.books.note(Code::FormerRoleStays, Some(&item.subject), None);
        }
        for missing in missing {
            let Some(edit) = new_record(session, item, &missing, None) else { break };
            intent::intend(session, item, &missing.part);
            creates.push(((place, missing.part), Create { set: missing.set, edit }));
        }
        item.save(session)?;
    }
    send(session, batch, creates)
}

/// Unless Tribe is known to make addresses along, those of new relations are made first, so that the relation can be
/// made with links to them.
fn create_addresses(session: &mut Session<'_>, batch: &mut Batch) -> Result<(), Stop> {
    if session.deep_insert() == Some(DeepInsert::Honoured) {
        return Ok(());
    }
    let mut creates = Vec::new();
    for (place, item) in batch.active().filter(|(_, item)| item.lacks(&Part::Relation)) {
        for (slot, edit) in addresses(session, item, &cells(&item.subject, &[])) {
            let part = Part::Address(slot);
            if item.link.linked(&part).is_none() {
                creates.push(((place, part), Create { set: Entity::Address.set().to_owned(), edit }));
            }
        }
    }
    send(session, batch, creates)
}

/// Sends creates, and links each part as it is made.
fn send(session: &mut Session<'_>, batch: &mut Batch, creates: Vec<((Place, Part), Create)>) -> Result<(), Stop> {
    let not_made = |session: &mut Session<'_>, item: &mut Item, (_, part): &(Place, Part), failure: &Failure| {
        intent::failed(session, item, part, failure)
    };
    intent::send(session, batch, creates, |(place, part)| (*place, part), not_made)?;
    Ok(())
}
