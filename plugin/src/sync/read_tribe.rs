//! Reading what stands in Tribe for several records, a hundred at a time.

use litemap::LiteMap;

use crate::answer::Failure;
use crate::link::{Fingerprint, Link, Part, Subject};
use crate::mapping::{TribeField, TribeSide};
use crate::relation::{Instant, Presence, TribeId};
use crate::set::Set;
use crate::sync::agree::agree;
use crate::sync::books::Retry;
use crate::sync::item::{Batch, Item, Place, READ_LAG, may_lag};
use crate::sync::not_shown;
use crate::sync::observation::Observed;
use crate::sync::otherwise::settle;
use crate::sync::outcome::{Stop, System, Verdict};
use crate::sync::planned::Planned;
use crate::sync::scope::{entity, kind};
use crate::sync::session::Session;
use crate::tribe::{AddressSlot, Entity, Record};
use crate::wording::Code;

/// The Tribe records of several links.
#[derive(Default)]
pub(super) struct TribeRecords {
    found: LiteMap<TribeId, Record>,
    /// Of these there was no usable answer, though each was asked for by itself.
    unread: LiteMap<TribeId, Failure>,
}

impl TribeRecords {
    /// What stands in Tribe for that link.
    pub(super) fn of(&self, link: &Link) -> TribeSide {
        let mut side = TribeSide::default();
        for (part, id) in link.all_linked() {
            if let Some(record) = self.found.get(id) {
                side.take(part, record.clone());
            }
        }
        side.find_shared(link);
        side
    }

    /// Whether that link's relation and contact relationships are all there.
    pub(super) fn shows_all(&self, link: &Link) -> bool {
        let is_read = |part: &Part| matches!(part, Part::Relation | Part::Contact(_));
        link.all_linked().filter(|(part, _)| is_read(part)).all(|(_, id)| self.found.contains_key(id))
    }

    /// Whether some of that link's records could not be read.
    pub(super) fn lack(&self, link: &Link) -> bool {
        self.failure_of(link).is_some()
    }

    /// Why one of that link's records could not be read.
    pub(super) fn failure_of(&self, link: &Link) -> Option<&Failure> {
        if self.unread.is_empty() {
            return None;
        }
        link.all_linked().find_map(|(_, id)| self.unread.get(id))
    }
}

/// Reads the organisations, persons and contact relationships of these links.
pub(super) fn read<'l>(
    session: &Session<'_>,
    links: impl IntoIterator<Item = (&'l Subject, &'l Link)>,
) -> Result<TribeRecords, Stop> {
    let mut wanted: LiteMap<Entity, Set<TribeId>> = LiteMap::new();
    for (subject, link) in links {
        for (part, id) in link.all_linked() {
            let Some(entity) = entity(subject, part) else { continue };
            wanted.entry(entity).or_default().insert(id.clone());
        }
    }
    let wanted: Vec<_> = wanted.into_iter().map(|(entity, ids)| (entity, ids.into_iter().collect())).collect();
    let read = session.tribe.read(&wanted).map_err(|failure| session.stop(failure, System::Tribe))?;
    Ok(TribeRecords { found: read.found, unread: read.unread })
}

/// As [`read`]. Records that could not be read are no reason to stop, unless there are several of them and none that
/// could.
pub(super) fn read_and_judge<'l>(
    session: &mut Session<'_>,
    links: impl IntoIterator<Item = (&'l Subject, &'l Link)>,
) -> Result<TribeRecords, Stop> {
    let records = read(session, links)?;
    if !records.found.is_empty() {
        session.health.was_read();
    }
    for failure in records.unread.values() {
        session.was_not_read(failure.clone(), System::Tribe)?;
    }
    Ok(records)
}

/// Fills in what stands in Tribe for every item. What Tribe answered when it made a record a moment ago stands in for
/// what it does not show yet.
pub(super) fn read_batch(session: &mut Session<'_>, batch: &mut Batch) -> Result<(), Stop> {
    let unseen = batch.active().filter(|(_, item)| !item.is_seen);
    let records = read_and_judge(session, unseen.map(|(_, item)| (&item.subject, &item.link)))?;
    for (_, item) in batch.active_mut().filter(|(_, item)| !item.is_seen) {
        if records.lack(&item.link) {
            item.halt(session, Code::NoAnswer, None, Retry::Soon);
            continue;
        }
        let side = records.of(&item.link);
        let as_answered = side.relation.is_none() && item.tribe.relation.is_some();
        item.tribe.take_all(side);
        let is_unseen_in_part = as_answered && leaves_out_a_value(session, item);
        match lags(item, session.now()) {
            Some(until) => item.halt(session, Code::NotVisibleYet, None, Retry::At(until)),
            None if is_unseen_in_part => {
                let visible_by = session.now().plus(READ_LAG);
                item.halt(session, Code::NotVisibleYet, None, Retry::At(visible_by));
            }
            None => {
                not_shown::explain(session, item)?;
                if let Some(until) = lags(item, session.now()).filter(|_| !item.is_halted) {
                    item.halt(session, Code::NotVisibleYet, None, Retry::At(until));
                }
            }
        }
    }
    Ok(())
}

/// Whether the answer to a create, which is all that is known of the relation, tells nothing of a field of which AC has
/// a value: a gender, a country and an address stand behind links, and no such answer holds them.
fn leaves_out_a_value(session: &Session<'_>, item: &Item) -> bool {
    let mapper = session.mapper();
    let is_untold = |field: &Observed| {
        let mut slots = field.cell.slots.iter().filter(|slot| !matches!(slot.field, TribeField::Contact(_)));
        slots.any(|slot| mapper.tribe_value(field.cell.row, slot, &item.tribe, &item.link) == Presence::Absent)
    };
    let mut with_value =
        item.observation.fields.iter().filter(|field| field.ac.is_some_and(|ac| ac != Fingerprint::EMPTY));
    mapper.has_address(&item.subject, &item.ac) || with_value.any(is_untold)
}

/// Reads what is about to be written once more, plans anew, and keeps what gives way.
///
/// Tribe has no `ETag`: whoever edits there after it was read is seen only by reading again, right before the write
/// (F99). What is left of that moment cannot be closed.
pub(super) fn read_before_writing(session: &mut Session<'_>, batch: &mut Batch) -> Result<(), Stop> {
    let is_written = |item: &Item| item.verdict != Verdict::Created && item.plan.iter().any(Planned::writes_to_tribe);
    let written: Vec<Place> = batch.active().filter(|(_, item)| is_written(item)).map(|(place, _)| place).collect();
    if written.is_empty() {
        return Ok(());
    }
    let links = written.iter().map(|place| (&batch[*place].subject, &batch[*place].link));
    let records = read_and_judge(session, links)?;
    for place in written {
        let item = &mut batch[place];
        if records.lack(&item.link) {
            item.halt(session, Code::NoAnswer, None, Retry::Soon);
            continue;
        }
        let readable = item.observation.readable_in_tribe();
        item.tribe.take_all(records.of(&item.link));
        item.observe_tribe(session);
        // What it said a moment ago would be lost, and what it says now be kept in its place (D47).
        if item.observation.unreadable_in_tribe().any(|slot| readable.contains(slot)) {
            item.halt(session, Code::NoAnswer, None, Retry::Soon);
            continue;
        }
        settle(session, item);
        agree(session, item)?;
    }
    session.flush()
}

fn lags(item: &Item, now: Instant) -> Option<Instant> {
    lags_until(&item.subject, &item.link, &item.tribe, now)
}

/// Until when what was read in Tribe may be older than what we wrote ourselves: its old values are nobody's edit.
pub(super) fn lags_until(subject: &Subject, link: &Link, tribe: &TribeSide, now: Instant) -> Option<Instant> {
    let TribeSide { relation, contacts, .. } = tribe;
    let slots = AddressSlot::of(kind(subject)).iter();
    let addresses = slots.filter_map(|slot| relation.as_ref()?.address(*slot).flatten());
    let mut records = relation.iter().chain(addresses).chain(contacts.values());
    records.find_map(|record| {
        let written = link.written.get(record.id())?;
        let until = written.at.plus(READ_LAG);
        let older = record.changed_at().is_some_and(|changed_at| changed_at < written.stamp);
        (older && may_lag(written.at, now)).then_some(until)
    })
}

#[cfg(test)]
#[path = "read_tribe_tests.rs"]
mod tests;
