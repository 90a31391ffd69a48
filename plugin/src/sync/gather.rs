//! Reads pages of AC's lists until there are as many rows as are brought together at once, and leaves out those that were
//! handled as they are.

use std::collections::BTreeSet;

use crate::advocaatcentraal::{Contactpersoon, Page, Record, Relatie};
use crate::answer::Failure;
use crate::link::{Cursor, Position};
use crate::relation::Stamp;
use crate::sync::feed::mark;
use crate::sync::outcome::{System, Verdict};
use crate::sync::overlap::{self, believed, lateness, tells_how_far};
use crate::sync::read_advocaatcentraal::page_of_any_size;
use crate::sync::session::Session;
use crate::sync::walk::{PageEnd, PageStop};
use crate::wording::Code;

/// Reads the page of a list at that place of the server's.
type ReadPage<R> = fn(&Session<'_>, &Cursor, Option<&str>) -> Result<Page<R>, Failure>;

/// A page of AC's relations.
pub(super) fn relations(session: &Session<'_>, cursor: &Cursor, after: Option<&str>) -> Result<Page<Relatie>, Failure> {
    page_of_any_size(|size| session.ac.relaties(overlap::from(cursor), after, size))
}

/// A page of AC's contact persons.
pub(super) fn contact_persons(
    session: &Session<'_>,
    cursor: &Cursor,
    after: Option<&str>,
) -> Result<Page<Contactpersoon>, Failure> {
    page_of_any_size(|size| session.ac.contactpersonen(overlap::from(cursor), after, size))
}

/// The rows of the page at that position, and of those after it as long as they are few enough, that were not handled as
/// they are; and what these pages come to once they are.
///
/// A page after the first that cannot be read stops the slice once what was read before it is done.
pub(super) fn gather<R: Record>(
    session: &mut Session<'_>,
    (cursor, position): (&Cursor, &Position),
    known: &mut BTreeSet<String>,
    read: ReadPage<R>,
) -> Result<(Vec<R>, PageEnd), PageStop> {
    let after = position.after.as_deref();
    let page = read(session, cursor, after).map_err(|failure| list_failed(session, failure, after))?;
    let most = session.records_at_once();
    let mut on_page = page.records.len();
    let (mut rows, mut end) = sift(session, page, cursor, known);
    while let Some(place) = end.next.clone()
        && leads_on(&place, &end, position)
        && rows.len() + on_page <= most
        && session.may_go_on()
    {
        let page = match read(session, cursor, Some(&place)) {
            Ok(page) => page,
            Err(failure) => {
                end.stop = Some(list_failed(session, failure, Some(&place)));
                break;
            }
        };
        on_page = page.records.len();
        let (more, page) = sift(session, page, cursor, known);
        rows.extend(more);
        end.passed.push(place);
        end.handled.extend(page.handled);
        end = PageEnd {
            passed: end.passed,
            newest: end.newest.max(page.newest),
            server_time: end.server_time.or(page.server_time),
            late: end.late.max(page.late),
            handled: end.handled,
            next: page.next,
            held_new: page.held_new,
            unfinished: None,
            stop: None,
        };
    }
    Ok((rows, end))
}

/// Whether a place leads on, and not back to where the walk was: whether the list goes in circles the walk decides.
fn leads_on(place: &String, end: &PageEnd, position: &Position) -> bool {
    let was_there =
        position.after.as_ref() == Some(place) || position.visited.contains(place) || end.passed.contains(place);
    end.held_new && !was_there
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
