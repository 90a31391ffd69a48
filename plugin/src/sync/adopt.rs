//! Looking up by marker what may stand in Tribe already: after a lost answer, a crash or a reinstall, and wherever the
//! store may be an older copy, which no store can tell of itself.

use litemap::LiteMap;

use crate::link::{Part, PartState};
use crate::sync::books::Retry;
use crate::sync::item::{Batch, Item, Missing, Place, READ_LAG};
use crate::sync::outcome::{Stop, System};
use crate::sync::session::Session;
use crate::tribe::Record;
use crate::wording::Code;

/// Links every missing part that a marker shows. A part that may have been created a moment ago and does not show yet
/// makes its record wait: it must not be created twice.
pub(super) fn adopt(session: &mut Session<'_>, batch: &mut Batch) -> Result<(), Stop> {
    if !batch.active().any(|(_, item)| !item.missing().is_empty()) {
        return Ok(());
    }
    let all = session.may_be_orphans()?;
    let is_asked = |item: &Item, missing: &Missing| all || item.link.parts.contains_key(&missing.part);
    adopt_where(session, batch, |item, missing| missing.part == Part::Relation && is_asked(item, missing))?;
    // A role or a contact can stand there only if the relation does.
    adopt_where(session, batch, |item, missing| {
        let is_possible = missing.part != Part::Relation && item.link.linked(&Part::Relation).is_some();
        is_possible && is_asked(item, missing)
    })
}

fn adopt_where(
    session: &mut Session<'_>,
    batch: &mut Batch,
    is_wanted: impl Fn(&Item, &Missing) -> bool,
) -> Result<(), Stop> {
    let mut by_set: LiteMap<String, Vec<(Place, Part, String)>> = LiteMap::new();
    for (place, item) in batch.active() {
        for missing in item.missing().into_iter().filter(|missing| is_wanted(item, missing)) {
            let marker = session.markers().part(&item.subject, &missing.part, missing.of_type.as_ref());
            by_set.entry(missing.set).or_default().push((place, missing.part, marker));
        }
    }
    let markers = by_set.iter().map(|(set, asked)| {
        let markers: Vec<String> = asked.iter().map(|(_, _, marker)| marker.clone()).collect();
        (set.clone(), markers)
    });
    let found = session.tribe.by_markers(&markers.collect::<Vec<_>>());
    let mut found = found.map_err(|failure| session.stop(failure, System::Tribe))?;
    for (set, asked) in by_set {
        for (place, part, marker) in asked {
            let item = &mut batch[place];
            match found.remove(&(set.clone(), marker)) {
                Some(records) => adopt_found(session, item, part, &records)?,
                None => wait_for_intent(session, item, &part)?,
            }
        }
    }
    Ok(())
}

fn adopt_found(session: &mut Session<'_>, item: &mut Item, part: Part, records: &[Record]) -> Result<(), Stop> {
    if records.len() > 1 {
        session.books.note(Code::MarkerTwice, Some(&item.subject), None);
    }
    if !item.link.parts.contains_key(&part) {
        session.books.note(Code::OlderCopy, None, None);
        item.link.is_found = true;
    }
    match records.first() {
        Some(oldest) => item.link_part(session, part, oldest.id()),
        None => Ok(()),
    }
}

/// Nothing shows. If a create may still be on its way to where it can be seen, or nothing at all can be seen, the
/// record waits for that.
fn wait_for_intent(session: &mut Session<'_>, item: &mut Item, part: &Part) -> Result<(), Stop> {
    if let Some(PartState::Intended { since }) = item.link.parts.get_mut(part) {
        // An instant ahead of this machine's clock was taken while that was wrong: it may have been just now.
        let now = session.now();
        *since = (*since).min(now);
        let visible_by = since.plus(READ_LAG);
        if now < visible_by {
            item.halt(session, Code::OutcomeUnknown, None, Retry::At(visible_by));
        } else if session.is_blind()? {
            item.halt(session, Code::OutcomeUnknown, None, Retry::Soon);
        }
    }
    Ok(())
}
