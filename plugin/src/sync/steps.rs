//! What the steps of a walk do: AC's lists, what changed in Tribe, dead letters that are due, and losses that were held
//! for the end of their cycle.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::advocaatcentraal::{Record, Relatie};
use crate::link::{Cursor, Cycle, Position, Stream};
use crate::relation::{Instant, Presence};
use crate::sync::batch::Compare;
use crate::sync::feed::{Feed, sync_contact_persons, sync_page, sync_relations};
use crate::sync::gather::{contact_persons, gather, relations};
use crate::sync::letters::{self, WhichLetters};
use crate::sync::outcome::System;
use crate::sync::overlap::{self, at_least, believed, lateness, tells_how_far};
use crate::sync::release::let_through;
use crate::sync::session::Session;
use crate::sync::tribe_changes::{look_again, sync_changed};
use crate::sync::walk::{PageEnd, PageStop, Step};
use crate::tribe::{ChangedRow, Entity};

/// What a stamp of Tribe's is counted in. Tribe: seen.
const STAMP_STEP: Duration = Duration::from_secs(2);
/// No clock of Tribe's is so far ahead of another of its own.
const FAR_AHEAD: Duration = Duration::from_secs(24 * 60 * 60);
/// Dead letters that a person asks for and that are tried together.
const LETTERS_AT_ONCE: usize = 50;
/// Records that one cycle looks for.
const MOST_LOOKED_FOR: usize = 100;

/// A list of AC's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AcList {
    /// Companies and private persons.
    Relaties,
    /// Contact persons.
    Contactpersonen,
}

impl AcList {
    /// Both, in the order in which they are walked: a contact person needs its organisation.
    pub(super) const BOTH: [Self; 2] = [Self::Relaties, Self::Contactpersonen];

    fn stream(self) -> Stream {
        match self {
            Self::Relaties => Stream::Relaties,
            Self::Contactpersonen => Stream::Contactpersonen,
        }
    }
}

/// How much of a list of AC's is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// All of it, whatever its cursor.
    Whole,
    /// What changed since its cursor.
    Changes,
    /// All of it, comparing both sides of every record whatever the stamps say.
    Sweep,
}

/// A walk through a list of AC's.
pub(super) struct OfAc(pub(super) AcList, pub(super) Extent);

impl Step for OfAc {
    fn page(
        &self,
        session: &mut Session<'_>,
        position: &Position,
        known: &mut BTreeSet<String>,
    ) -> Result<PageEnd, PageStop> {
        let Self(list, extent) = *self;
        let (cursor, compare) = match extent {
            Extent::Whole => (Cursor::default(), Compare::AdvocaatCentraal),
            Extent::Changes => (session.state.cursor(list.stream())?, Compare::AdvocaatCentraal),
            Extent::Sweep => (Cursor::default(), Compare::BothSides),
        };
        let place = (&cursor, position);
        match list {
            AcList::Relaties => {
                let rows = gather(session, place, known, relations)?;
                sync_gathered(session, rows, position, compare, sync_relations)
            }
            AcList::Contactpersonen => {
                let rows = gather(session, place, known, contact_persons)?;
                sync_gathered(session, rows, position, compare, sync_contact_persons)
            }
        }
    }

    fn cursor(&self) -> Option<Stream> {
        match self.1 {
            Extent::Whole | Extent::Changes => Some(self.0.stream()),
            Extent::Sweep => None,
        }
    }

    fn system(&self) -> System {
        System::AdvocaatCentraal
    }
}

/// Brings these rows together where they were not handled as they are, as far as the budget goes.
fn sync_gathered<R: Record>(
    session: &mut Session<'_>,
    (rows, end): (Vec<R>, PageEnd),
    position: &Position,
    compare: Compare,
    feed: Feed<R>,
) -> Result<PageEnd, PageStop> {
    let unfinished = sync_page(session, rows, &position.on_page, compare, feed)?;
    Ok(PageEnd { unfinished, ..end })
}

/// The relations of the types that were mapped since AC's list was last walked for them, and again or otherwise: all of
/// that list is walked, and what is of other types is passed over.
pub(super) struct NewlyMapped;

impl Step for NewlyMapped {
    fn page(
        &self,
        session: &mut Session<'_>,
        position: &Position,
        known: &mut BTreeSet<String>,
    ) -> Result<PageEnd, PageStop> {
        let mut mapped = session.state.mapped()?;
        if position.after.is_none() {
            mapped.begin(&session.settings.mapping());
            session.state.save_mapped(&mapped)?;
        }
        if mapped.coming.is_empty() {
            return Ok(PageEnd::last());
        }
        let (mut rows, end) = gather(session, (&Cursor::default(), position), known, relations)?;
        rows.retain(|relatie: &Relatie| {
            let types = relatie.relatietypen();
            types.is_none_or(|types| types.iter().any(|of| mapped.coming.contains_key(of)))
        });
        session.brings_in = true;
        let end = sync_gathered(session, (rows, end), position, Compare::AdvocaatCentraal, sync_relations);
        session.brings_in = false;
        let end = end?;
        if end.next.is_none() && end.unfinished.is_none() {
            mapped.finish();
            session.state.save_mapped(&mapped)?;
        }
        Ok(end)
    }

    fn system(&self) -> System {
        System::AdvocaatCentraal
    }

    fn is_progress(&self) -> bool {
        false
    }
}

/// What changed in one of Tribe's sets since its cursor.
pub(super) struct ChangedInTribe(pub(super) Entity);

impl ChangedInTribe {
    /// Every set that is watched.
    pub(super) const ALL: [Self; 4] =
        [Self(Entity::Organization), Self(Entity::Person), Self(Entity::Contact), Self(Entity::Address)];

    /// The list that it is to the cursors.
    pub(super) fn stream(&self) -> Stream {
        match self.0 {
            Entity::Organization => Stream::Organisations,
            Entity::Person => Stream::Persons,
            Entity::Contact => Stream::Contacts,
            Entity::Address => Stream::Addresses,
        }
    }
}

impl Step for ChangedInTribe {
    fn page(
        &self,
        session: &mut Session<'_>,
        position: &Position,
        known: &mut BTreeSet<String>,
    ) -> Result<PageEnd, PageStop> {
        let cursor = session.state.cursor(self.stream())?;
        let Some(from) = overlap::from(&cursor) else {
            return Ok(PageEnd::last());
        };
        let page = session.tribe.changed(self.0, from, position.after.as_deref());
        let page = page.map_err(|failure| session.stop(failure, System::Tribe))?;
        let server_time = believed(page.server_time, session.now());
        let mut end = PageEnd { next: page.next, server_time, ..PageEnd::last() };
        end.held_new = position.after.is_none();
        let clock = at_least(page.server_time, session.now());
        let (mut ids, mut addresses) = (Vec::new(), Vec::new());
        for ChangedRow { id, look_at, stamp } in page.rows {
            end.newest = end.newest.max(stamp.filter(|stamp| tells_how_far(*stamp, server_time)));
            if !known.insert(id.to_string()) {
                continue;
            }
            end.held_new = true;
            // A stamp has whole seconds: only one that is past when the row is read tells that nothing came after, or
            // one so far ahead that no edit is being stamped with it now.
            let is_past = |stamp: &Instant| clock >= stamp.plus(STAMP_STEP) || *stamp >= clock.plus(FAR_AHEAD);
            let fingerprint =
                stamp.and_then(|stamp| session.key.fingerprint("row", &Presence::of(stamp.as_millis().to_string())));
            if let (Some(stamp), Some(fingerprint)) = (stamp.filter(is_past), fingerprint) {
                end.handled.add(id.to_string(), stamp, fingerprint);
                if cursor.handled.contains(id.as_str(), fingerprint) {
                    continue;
                }
                end.late = end.late.max(lateness(&cursor, stamp));
            }
            if self.0 == Entity::Address {
                addresses.extend(look_at.iter().map(|owner| (id.clone(), owner.clone())));
            }
            ids.extend(look_at);
        }
        sync_changed(session, &ids, &addresses)?;
        Ok(end)
    }

    fn cursor(&self) -> Option<Stream> {
        Some(self.stream())
    }

    fn system(&self) -> System {
        System::Tribe
    }
}

/// Records that Tribe does not show, while so many are missing that none is believed to be gone: as soon as they show,
/// the others go on too.
pub(super) struct LookAgain;

impl Step for LookAgain {
    fn page(&self, session: &mut Session<'_>, _: &Position, _: &mut BTreeSet<String>) -> Result<PageEnd, PageStop> {
        if session.books.absences().is_held() {
            let missing = session.books.absences().to_look_for(MOST_LOOKED_FOR);
            look_again(session, &missing)?;
        }
        Ok(PageEnd::last())
    }

    fn system(&self) -> System {
        System::Tribe
    }

    fn is_progress(&self) -> bool {
        false
    }
}

/// Dead letters that are due, and one of each kind of refusal now and then.
pub(super) struct DueLetters;

impl Step for DueLetters {
    fn page(&self, session: &mut Session<'_>, _: &Position, _: &mut BTreeSet<String>) -> Result<PageEnd, PageStop> {
        letters::try_due(session)?;
        letters::probe(session)?;
        Ok(PageEnd::last())
    }

    fn system(&self) -> System {
        System::Tribe
    }
}

/// Dead letters that a person asks for.
pub(super) struct Letters(pub(super) WhichLetters);

impl Step for Letters {
    fn page(&self, session: &mut Session<'_>, at: &Position, _: &mut BTreeSet<String>) -> Result<PageEnd, PageStop> {
        let next = letters::try_after(session, &self.0, at.after.as_deref(), LETTERS_AT_ONCE)?;
        Ok(PageEnd { next, ..PageEnd::last() })
    }

    fn system(&self) -> System {
        System::Tribe
    }
}

/// The end of these cycles: what was held for it goes through where it is not too much.
pub(super) struct EndOf(pub(super) &'static [Cycle]);

impl Step for EndOf {
    fn page(&self, session: &mut Session<'_>, _: &Position, _: &mut BTreeSet<String>) -> Result<PageEnd, PageStop> {
        let left = let_through(session, self.0)?;
        Ok(PageEnd { next: (left > 0).then(|| left.to_string()), ..PageEnd::last() })
    }

    fn system(&self) -> System {
        System::Tribe
    }

    fn is_progress(&self) -> bool {
        false
    }
}
