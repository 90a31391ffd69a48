//! What both sides agree on goes into the link, and what gives way into the books.

use crate::link::{Conflict, Fingerprint, Subject};
use crate::plan::Step;
use crate::stored::Later;
use crate::sync::item::Item;
use crate::sync::outcome::Stop;
use crate::sync::planned::Planned;
use crate::sync::session::Session;
use crate::wording::Code;

/// Takes the bases of the fields in which both sides say the same, and keeps the values that are about to give way.
/// The link is durable then, the books with the next flush.
pub(super) fn agree(session: &mut Session<'_>, item: &mut Item) -> Result<(), Stop> {
    agree_in_memory(session, item);
    item.save(session)
}

/// As [`agree`], where the link is stored a step later.
pub(super) fn agree_in_memory(session: &mut Session<'_>, item: &mut Item) {
    for (slot, _, step) in item.plan.iter().flat_map(Planned::slots) {
        if let Step::Agree(base) = step {
            item.link.bases.insert(slot.key.clone(), base);
        }
    }
    for planned in &item.plan {
        for (slot, tribe, step) in planned.slots() {
            if !matches!(step, Step::OverwriteInTribe | Step::LoseToSibling) {
                continue;
            }
            let mut lost = session.mapper().spelled_in_tribe(planned.field.cell.row, slot, &item.tribe);
            if tribe.is_unreadable {
                lost = session.mapper().unreadable_in_tribe(slot, &item.tribe);
                if lost.is_none() {
                    session.books.note(Code::UnreadableGaveWay, Some(&item.subject), Some(planned.name()));
                    continue;
                }
            }
            // An emptied field that gives way leaves no value to keep; the note still tells of it.
            let lost = lost.unwrap_or_default();
            let conflict = Conflict {
                subject: item.subject.clone(),
                slot: slot.key.clone(),
                lost,
                at: session.now(),
                later: Later::default(),
            };
            session.books.keep_conflict(conflict, planned.name());
        }
    }
}

/// Notes a field that was sent empty and came back with a value. That value is its base: nobody wrote it, so it is
/// neither taken back nor cleared once more.
pub(super) fn note_not_cleared(
    session: &mut Session<'_>,
    subject: &Subject,
    field: &str,
    sent: Fingerprint,
    stored: Fingerprint,
) {
    if sent == Fingerprint::EMPTY && stored != Fingerprint::EMPTY {
        session.books.note(Code::NotCleared, Some(subject), Some(field));
    }
}
