//! What the steps of a walk do: AC's lists, what changed in Tribe, dead letters that are due, and losses that were held
//! for the end of their cycle.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::advocaatcentraal::{Page, Record, Relatie};
use crate::answer::Failure;
use crate::link::{Cursor, Cycle, Position, Stream};
use crate::relation::{Instant, Presence, Stamp};
use crate::sync::batch::Compare;
use crate::sync::feed::{Feed, mark, sync_contact_persons, sync_page, sync_relations};
use crate::sync::letters::{self, WhichLetters};
use crate::sync::outcome::{System, Verdict};
use crate::sync::overlap::{self, at_least, believed, lateness, tells_how_far};
use crate::sync::read_advocaatcentraal::page_of_any_size;
use crate::sync::release::let_through;
use crate::sync::session::Session;
use crate::sync::tribe_changes::{look_again, sync_changed};
use crate::sync::walk::{PageEnd, PageStop, Step};
use crate::tribe::{ChangedRow, Entity};
use crate::wording::Code;

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
        match list {
            AcList::Relaties => {
                let page = relations(session, &cursor, position)?;
                one_page(session, page, (&cursor, position, known), compare, |_| true, sync_relations)
            }
            AcList::Contactpersonen => {
                let (from, after) = (overlap::from(&cursor), position.after.as_deref());
                let page = page_of_any_size(|size| session.ac.contactpersonen(from, after, size));
                let page = page.map_err(|failure| list_failed(session, failure, after))?;
                one_page(session, page, (&cursor, position, known), compare, |_| true, sync_contact_persons)
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

/// A page of AC's relations.
fn relations(session: &Session<'_>, cursor: &Cursor, position: &Position) -> Result<Page<Relatie>, PageStop> {
    let (from, after) = (overlap::from(cursor), position.after.as_deref());
    let page = page_of_any_size(|size| session.ac.relaties(from, after, size));
    page.map_err(|failure| list_failed(session, failure, after))
}

/// Brings the rows of a page together that are wanted and were not handled as they are, as far as the budget goes.
fn one_page<R: Record>(
    session: &mut Session<'_>,
    page: Page<R>,
    (cursor, position, known): (&Cursor, &Position, &mut BTreeSet<String>),
    compare: Compare,
    is_wanted: impl Fn(&R) -> bool,
    feed: Feed<R>,
) -> Result<PageEnd, PageStop> {
    let (mut rows, end) = sift(session, page, cursor, known);
    rows.retain(is_wanted);
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
        let cursor = Cursor::default();
        let page = relations(session, &cursor, position)?;
        let is_coming = |relatie: &Relatie| {
            let types = relatie.relatietypen();
            types.is_none_or(|types| types.iter().any(|of| mapped.coming.contains_key(of)))
        };
        session.brings_in = true;
        let compare = Compare::AdvocaatCentraal;
        let end = one_page(session, page, (&cursor, position, known), compare, is_coming, sync_relations);
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

/// A server that no longer takes the place it gave earlier is asked from the start of the list next time.
fn list_failed(session: &Session<'_>, failure: Failure, after: Option<&str>) -> PageStop {
    let place_refused = after.is_some() && matches!(failure, Failure::Refused { .. } | Failure::Gone);
    let stop = session.stop(failure, System::AdvocaatCentraal);
    if place_refused { PageStop::PlaceRefused(stop) } else { PageStop::AtThisPage(stop) }
}

/// The rows of a page that were not handled as they are, and what the page comes to once they are.
fn sift<R: Record>(
    session: &mut Session<'_>,
    page: Page<R>,
    cursor: &Cursor,
    known: &mut BTreeSet<String>,
) -> (Vec<R>, PageEnd) {
    let server_time = believed(page.server_time, session.now());
    let mut end = PageEnd { next: page.next, server_time, ..PageEnd::last() };
    end.held_new = page.records.is_empty();
    let mut rows = Vec::new();
    for row in page.records {
        let Ok(row) = row else {
            session.books.count(Verdict::Skipped);
            session.books.note(Code::RowNotUnderstood, None, None);
            continue;
        };
        end.held_new |= known.insert(row.id_text().to_owned());
        let stamp = row.gewijzigd().map(Stamp::instant);
        end.newest = end.newest.max(stamp.filter(|stamp| tells_how_far(*stamp, server_time)));
        if let (Some(stamp), Some(fingerprint)) = (stamp, mark(session, &row)) {
            end.handled.add(row.id_text().to_owned(), stamp, fingerprint);
            if cursor.handled.contains(row.id_text(), fingerprint) {
                session.books.count(Verdict::Unchanged);
                continue;
            }
            end.late = end.late.max(lateness(cursor, stamp));
        }
        rows.push(row);
    }
    (rows, end)
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
