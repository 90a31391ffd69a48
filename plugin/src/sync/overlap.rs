//! From where a list is read again, and how far it is known once it was read to its end.
//!
//! A row can show some time after its stamp. So a list is read again from some overlap before its cursor. A cursor
//! follows the server's clock, not only the stamps that it shows: else what was made last in a load would be listed again
//! and again until somebody edits something. It follows so far behind that a list which shows its rows late misses none.

use std::time::Duration;

use crate::link::{Cursor, Position, Stream};
use crate::relation::{Instant, is_near_clock_back};

/// How far before its cursor a list is read again.
const OVERLAP: Duration = Duration::from_secs(10 * 60);
/// The most that a row of AC's may come after its stamp, and so the widest overlap. AC: assumed (A4).
const LATEST: Duration = Duration::from_secs(25 * 60);
/// So much wider in the night in which the clock goes back: stamps without an offset go back an hour with it (F29).
const CLOCK_BACK: Duration = Duration::from_secs(60 * 60);
/// A server's clock that is further ahead of this machine's is not believed: one wrong `Date` would hide all that
/// changes until then.
const MOST_AHEAD: Duration = Duration::from_secs(10 * 60);
/// A list without any stamp or clock is known from so long ago.
const UNTOLD: Duration = Duration::from_secs(24 * 60 * 60);
/// A sweep runs in every night: what it finds was missed since the one before.
const BETWEEN_SWEEPS: Duration = Duration::from_secs(26 * 60 * 60);

/// From where a list is read again; none if it was never read.
pub(super) fn from(cursor: &Cursor) -> Option<Instant> {
    cursor.stamp.map(|stamp| before(stamp, overlap(cursor.late)))
}

/// The server's clock, where it can be believed.
pub(super) fn believed(server_time: Option<Instant>, now: Instant) -> Option<Instant> {
    server_time.filter(|time| *time <= now.plus(MOST_AHEAD))
}

/// What the server's clock shows at the least, told or not.
pub(super) fn at_least(server_time: Option<Instant>, now: Instant) -> Instant {
    believed(server_time, now).unwrap_or_else(|| now.minus(MOST_AHEAD))
}

/// From when on a list is watched that is not read now: by its server's clock, or well before this machine's.
pub(super) fn from_now(server_time: Option<Instant>, now: Instant) -> Instant {
    believed(server_time, now).unwrap_or_else(|| now.minus(UNTOLD))
}

/// Whether a stamp tells how far its list was shown: one in the future is of a wrong clock, and hides nothing.
pub(super) fn tells_how_far(stamp: Instant, server_time: Option<Instant>) -> bool {
    server_time.is_none_or(|now| stamp <= now)
}

/// How far a list is known that was read to its end: to the newest stamp seen, but neither past the moment at which the
/// reading began nor further behind it than rows may come late. Where the server does not tell its clock, this machine's is the bound, less what that may be ahead.
pub(super) fn reached(stream: Stream, known: &Cursor, position: &Position, now: Instant) -> Cursor {
    let late = known.late.max(position.late);
    let reached = match (position.began, position.newest) {
        (Some(began), newest) => {
            let settled = began.minus(behind(stream).saturating_sub(overlap(late)));
            newest.map_or(settled, |newest| newest.clamp(settled, began))
        }
        (None, Some(newest)) => newest.min(at_least(None, now)),
        (None, None) => now.minus(UNTOLD),
    };
    let mut cursor = Cursor {
        stamp: known.stamp.max(Some(reached)),
        handled: position.handled.clone(),
        late,
        later: known.later.clone(),
    };
    if let Some(from) = from(&cursor) {
        cursor.handled.keep_from(from);
    }
    cursor
}

/// Forgets the rows of a walk that no cursor would remember. A stamp in the future must not push the others out.
pub(super) fn forget_old(position: &mut Position) {
    match (position.newest, position.began) {
        (Some(newest), Some(began)) => position.handled.keep_from(before(newest.min(began), LATEST)),
        _ => position.handled.keep_the_newest(),
    }
}

/// How far before the cursor a row came that an earlier reading should have shown.
pub(super) fn lateness(cursor: &Cursor, stamp: Instant) -> Duration {
    let is_of_overlap = from(cursor).is_some_and(|from| from <= stamp);
    let known = cursor.stamp.filter(|known| is_of_overlap && !is_near_clock_back(*known));
    known.and_then(|known| known.since(stamp)).unwrap_or_default()
}

/// What is known of a list in which the sweep found a change with that stamp: where no reading of the list will show
/// it any more, rows come later than was thought.
pub(super) fn after_sweep_found(cursor: &Cursor, stamp: Instant) -> Option<Cursor> {
    let was_missed = from(cursor).is_some_and(|from| stamp < from && from < stamp.plus(BETWEEN_SWEEPS));
    (was_missed && overlap(cursor.late) < LATEST).then(|| Cursor { late: LATEST - OVERLAP, ..cursor.clone() })
}

fn overlap(late: Duration) -> Duration {
    (OVERLAP + late).min(LATEST)
}

/// How far behind its server's clock a list may be. Tribe's shows what was stored within a minute. Tribe: inferred.
fn behind(stream: Stream) -> Duration {
    match stream {
        Stream::Relaties | Stream::Contactpersonen => LATEST,
        Stream::Organisations | Stream::Persons | Stream::Contacts | Stream::Addresses => OVERLAP,
    }
}

fn before(stamp: Instant, overlap: Duration) -> Instant {
    stamp.minus(if is_near_clock_back(stamp) { overlap + CLOCK_BACK } else { overlap })
}

#[cfg(test)]
#[path = "overlap_tests.rs"]
mod tests;
