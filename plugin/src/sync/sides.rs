//! Reading what stands in Tribe for a batch of records, a hundred at a time.

use std::collections::{BTreeMap, BTreeSet};

use crate::answer::Failure;
use crate::link::{Link, Part, PartState};
use crate::mapping::TribeSide;
use crate::relation::{Instant, TribeId};
use crate::sync::engine::{Engine, READ_LAG, Retry};
use crate::sync::item::Item;
use crate::sync::outcome::{Stop, System, Verdict};
use crate::sync::scope::kind;
use crate::tribe::{AddressSlot, Entity, Record};
use crate::wording::Code;

/// The Tribe records of several links.
pub(super) struct Sides {
    found: BTreeMap<TribeId, Record>,
    /// Of these there was no usable answer, though each was asked for by itself.
    unread: BTreeMap<TribeId, Failure>,
}

impl Sides {
    /// What stands in Tribe for that link.
    pub(super) fn of(&self, link: &Link) -> TribeSide {
        let mut side = TribeSide::default();
        for (part, id) in link.all_linked() {
            if let Some(record) = self.found.get(id) {
                side.take(part, record.clone());
            }
        }
        side
    }

    /// Whether some of that link's records could not be read.
    pub(super) fn lack(&self, link: &Link) -> bool {
        !self.unread.is_empty() && link.all_linked().any(|(_, id)| self.unread.contains_key(id))
    }
}

impl Engine<'_> {
    /// Reads the organisations, persons and contact relationships of these links.
    pub(super) fn read_sides<'l>(
        &self,
        links: impl IntoIterator<Item = (&'l crate::link::Subject, &'l Link)>,
    ) -> Result<Sides, Stop> {
        let mut wanted: BTreeMap<Entity, BTreeSet<TribeId>> = BTreeMap::new();
        for (subject, link) in links {
            for (part, id) in link.all_linked() {
                let entity = match part {
                    Part::Relation => kind(subject).entity(),
                    Part::Contact(_) => Entity::Contact,
                    Part::Role(_) | Part::Address(_) => continue,
                };
                wanted.entry(entity).or_default().insert(id.clone());
            }
        }
        let mut sides = Sides { found: BTreeMap::new(), unread: BTreeMap::new() };
        for (entity, ids) in wanted {
            let ids: Vec<TribeId> = ids.into_iter().collect();
            let read = self.tribe.read(entity, &ids).map_err(|failure| self.stop(failure, System::Tribe))?;
            sides.found.extend(read.found);
            sides.unread.extend(read.unread);
        }
        Ok(sides)
    }

    /// Records that could not be read are no reason to stop, unless there are several of them and none that could.
    pub(super) fn judge_unread(&mut self, sides: &Sides) -> Result<(), Stop> {
        if !sides.found.is_empty() {
            self.was_read();
        }
        sides.unread.values().try_for_each(|failure| self.was_not_read(failure.clone(), System::Tribe))
    }

    /// Fills in what stands in Tribe for every item that is not halted. What Tribe answered when it made a record a
    /// moment ago stands in for what it does not show yet.
    pub(super) fn look_at_tribe(&mut self, items: &mut [Item]) -> Result<(), Stop> {
        let unseen = items.iter().filter(|item| !item.halted && !item.seen);
        let sides = self.read_sides(unseen.map(|item| (&item.subject, &item.link)))?;
        self.judge_unread(&sides)?;
        for item in items.iter_mut().filter(|item| !item.halted && !item.seen) {
            if sides.lack(&item.link) {
                self.halt(item, Code::NoAnswer, None, Retry::Soon);
                continue;
            }
            let TribeSide { relation, contacts } = sides.of(&item.link);
            // The answer to a create does not show what became of the addresses.
            let addresses_unseen = relation.is_none() && item.side.relation.is_some() && self.has_address(item);
            if let Some(record) = relation {
                item.side.take(&Part::Relation, record);
            }
            for (organisation, record) in contacts {
                item.side.take(&Part::Contact(organisation), record);
            }
            match lags_until(item, self.clock.now()) {
                Some(until) => self.halt(item, Code::NotVisibleYet, None, Retry::At(until)),
                None if addresses_unseen => {
                    let visible_by = self.clock.now().plus(READ_LAG);
                    self.halt(item, Code::NotVisibleYet, None, Retry::At(visible_by));
                }
                None => self.explain_absence(item)?,
            }
        }
        Ok(())
    }

    /// A linked record that does not show was removed by a user, or does not show yet.
    fn explain_absence(&mut self, item: &mut Item) -> Result<(), Stop> {
        let unseen: Vec<(Part, TribeId)> = item
            .link
            .all_linked()
            .filter(|(part, _)| match part {
                Part::Relation => item.side.relation.is_none(),
                Part::Contact(organisation) => !item.side.contacts.contains_key(organisation),
                Part::Role(_) | Part::Address(_) => false,
            })
            .map(|(part, id)| (part.clone(), id.clone()))
            .collect();
        for (part, id) in unseen {
            let set = match part {
                Part::Contact(_) => Entity::Contact.set(),
                Part::Relation | Part::Role(_) | Part::Address(_) => kind(&item.subject).entity().set(),
            };
            let now = self.clock.now();
            let young = match item.link.parts.get(&part) {
                Some(PartState::Linked { since, .. }) => now < since.plus(READ_LAG),
                _ => false,
            };
            let there = if young { Ok(true) } else { self.tribe.exists(set, &id) };
            match there {
                Ok(false) => self.was_read(),
                Ok(true) => {
                    self.was_read();
                    self.halt(item, Code::NotVisibleYet, None, Retry::Soon);
                    return Ok(());
                }
                Err(failure) => {
                    self.was_not_read(failure, System::Tribe)?;
                    self.halt(item, Code::NoAnswer, None, Retry::Soon);
                    return Ok(());
                }
            }
            item.link.parts.insert(part.clone(), PartState::Gone { id, since: now });
            self.outcome.note(Code::GoneInTribe, Some(&item.subject), None);
            self.save(item)?;
            if part == Part::Relation {
                item.halted = true;
                item.reached(Verdict::Skipped);
                return Ok(());
            }
        }
        Ok(())
    }
}

/// Until when what was read of an item may be older than what we wrote ourselves: its old values are nobody's edit.
fn lags_until(item: &Item, now: Instant) -> Option<Instant> {
    let TribeSide { relation, contacts } = &item.side;
    let slots = AddressSlot::of(kind(&item.subject)).iter();
    let addresses = slots.filter_map(|slot| relation.as_ref()?.address(*slot).flatten());
    let mut records = relation.iter().chain(addresses).chain(contacts.values());
    records.find_map(|record| {
        let written = item.link.written.get(record.id())?;
        let until = written.at.plus(READ_LAG);
        let older = record.changed_at().is_some_and(|changed_at| changed_at < written.stamp);
        (older && now < until).then_some(until)
    })
}
