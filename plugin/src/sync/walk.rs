//! Walking through lists in slices: order of steps, pages, loops, cursors.
//!
//! A walk's place is stored after each page, when all of the page is durable, so a slice can end anywhere and the
//! next goes on at that page. A cursor moves only when its list was read to the end.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::advocaatcentraal::{Page, Record};
use crate::answer::Failure;
use crate::link::{Cursor, Cycle, Handled, Position, Stream, Subject, Walk};
use crate::relation::{Instant, Presence, Stamp, TribeId, is_near_clock_back};
use crate::sync::batch::Looking;
use crate::sync::engine::{Engine, of_state};
use crate::sync::outcome::{Next, Stop, System, Verdict};
use crate::tribe::{ChangedRow, Entity};
use crate::wording::Code;

/// Rows that one page asks AC for, and what is asked for where that is refused. AC: assumed (a server may give fewer).
const PAGE_SIZES: [u32; 2] = [100, 25];
/// How far before its cursor a list is read again: rows can become visible so long after their stamp.
const OVERLAP: Duration = Duration::from_secs(10 * 60);
/// The same in the night in which the clock goes back: stamps without an offset go back an hour with it (F29).
const OVERLAP_AT_CLOCK_BACK: Duration = Duration::from_secs(70 * 60);
/// What a stamp of Tribe's is counted in. Tribe: seen.
const STAMP_STEP: Duration = Duration::from_secs(2);
/// So many pages running without a new record, and the list leads nowhere.
const MOST_IDLE_PAGES: u32 = 3;
/// The most pages of a list that are read in one go: a list that is longer than ten million rows is broken.
pub(super) const MOST_PAGES: u32 = 100_000;
/// How many places of a walk are remembered to see that it comes back to one.
const MOST_VISITED: usize = 256;
/// Dead letters that one cycle tries again.
const MOST_LETTERS: usize = 100;

/// One step of a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A whole list of AC's, whatever its cursor.
    All(Stream),
    /// What changed in a list since its cursor.
    Changes(Stream),
    /// A whole list of AC's, comparing both sides of every record whatever the stamps say.
    Sweep(Stream),
    /// Dead letters that are due.
    DeadLetters,
    /// The records that would lose a value, as these cycles found them, where they are not too many.
    PendingClear(&'static [Cycle]),
}

/// From where a list that is known up to that stamp is read again.
fn before(stamp: Instant) -> Instant {
    stamp.minus(if is_near_clock_back(stamp) { OVERLAP_AT_CLOCK_BACK } else { OVERLAP })
}

/// Asks for a large page, and for a smaller one where that is refused.
pub(super) fn any_size<T>(ask: impl Fn(u32) -> Result<T, Failure>) -> Result<T, Failure> {
    let mut answer = Err(Failure::Unavailable);
    for size in PAGE_SIZES {
        answer = ask(size);
        if !matches!(answer, Err(Failure::Refused { .. })) {
            break;
        }
    }
    answer
}

/// What a page came to.
struct PageEnd {
    next: Option<String>,
    newest: Option<Instant>,
    server_time: Option<Instant>,
    held_new: bool,
    handled: Handled,
}

impl PageEnd {
    /// The end of what is not a list.
    fn last() -> Self {
        Self { next: None, newest: None, server_time: None, held_new: true, handled: Handled::default() }
    }
}

impl Engine<'_> {
    /// Walks on from where the walk of that name stands, as far as the budget goes.
    pub(super) fn walk(&mut self, name: &str, steps: &[Step]) -> Result<(), Stop> {
        let mut walk = self.state.walk(name).map_err(of_state)?;
        if !walk.under_way {
            walk = Walk { under_way: true, expected: walk.expected, later: walk.later, ..Walk::default() };
        }
        let mut known = BTreeSet::new();
        while let Some(step) = steps.get(walk.step) {
            if !self.allowance.is_left() {
                self.show_progress(&walk);
                self.outcome.next = Next::Again;
                return Ok(());
            }
            let before = self.outcome.counts.read + self.uncounted;
            let result = self.page(*step, &walk.position, &mut known);
            // Records that were held back are counted at the end, and were passed already.
            if !matches!(step, Step::PendingClear(_)) {
                walk.done += self.outcome.counts.read + self.uncounted - before;
            }
            self.show_progress(&walk);
            // Letters before the place: whoever was put aside on this page must not be forgotten when it is passed.
            self.flush()?;
            let ended = match result {
                Ok(ended) => ended,
                Err(stop) => {
                    if std::mem::take(&mut self.place_refused) {
                        walk.position = Position::default();
                        self.state.save_walk(name, &walk).map_err(of_state)?;
                    }
                    return Err(stop);
                }
            };
            let ended_list = self.turn_page(*step, &mut walk.position, ended)?;
            if ended_list {
                self.end_step(*step, &walk.position)?;
                walk.step += 1;
                walk.position = Position::default();
                known.clear();
            }
            self.state.save_walk(name, &walk).map_err(of_state)?;
        }
        let done = Walk { expected: Some(walk.done), later: walk.later.clone(), ..Walk::default() };
        self.show_progress(&walk);
        self.state.save_walk(name, &done).map_err(of_state)
    }

    fn show_progress(&mut self, walk: &Walk) {
        self.outcome.done = walk.done;
        self.outcome.expected = walk.expected;
    }

    /// Reads and handles one page.
    fn page(&mut self, step: Step, position: &Position, known: &mut BTreeSet<String>) -> Result<PageEnd, Stop> {
        match step {
            Step::All(stream @ (Stream::Relaties | Stream::Contactpersonen)) => {
                self.page_of_ac(stream, &Cursor::default(), position, known, Looking::AtAdvocaatCentraal)
            }
            Step::Sweep(stream) => self.page_of_ac(stream, &Cursor::default(), position, known, Looking::AtBoth),
            Step::Changes(stream @ (Stream::Relaties | Stream::Contactpersonen)) => {
                let cursor = self.state.cursor(stream).map_err(of_state)?;
                self.page_of_ac(stream, &cursor, position, known, Looking::AtAdvocaatCentraal)
            }
            Step::All(stream) | Step::Changes(stream) => {
                let cursor = self.state.cursor(stream).map_err(of_state)?;
                self.page_of_tribe(stream, &cursor, position, known)
            }
            Step::DeadLetters => {
                let due = self.letters().due(self.clock.now(), MOST_LETTERS);
                self.handle_subjects(&due)?;
                Ok(PageEnd::last())
            }
            Step::PendingClear(cycles) => {
                let left = self.let_through(cycles)?;
                Ok(PageEnd { next: (left > 0).then(|| left.to_string()), ..PageEnd::last() })
            }
        }
    }

    fn page_of_ac(
        &mut self,
        stream: Stream,
        cursor: &Cursor,
        position: &Position,
        known: &mut BTreeSet<String>,
        looking: Looking,
    ) -> Result<PageEnd, Stop> {
        let from = cursor.stamp.map(before);
        let after = position.after.as_deref();
        if stream == Stream::Relaties {
            let page = any_size(|size| self.ac.relaties(from, after, size));
            let page = page.map_err(|failure| self.list_failed(failure, after))?;
            let (rows, end) = self.sift(page, cursor, known);
            self.handle_relations(rows, looking)?;
            Ok(end)
        } else {
            let page = any_size(|size| self.ac.contactpersonen(from, after, size));
            let page = page.map_err(|failure| self.list_failed(failure, after))?;
            let (rows, end) = self.sift(page, cursor, known);
            self.handle_contact_persons(rows, looking)?;
            Ok(end)
        }
    }

    /// The rows of a page that were not handled as they are, and what the page comes to once they are.
    fn sift<R: Record>(&mut self, page: Page<R>, cursor: &Cursor, known: &mut BTreeSet<String>) -> (Vec<R>, PageEnd) {
        let mut end = PageEnd { next: page.next, server_time: page.server_time, ..PageEnd::last() };
        end.held_new = page.records.is_empty();
        let mut rows = Vec::new();
        for row in page.records {
            let Ok(row) = row else {
                self.outcome.counts.add(Verdict::Skipped);
                self.outcome.note(Code::RowNotUnderstood, None, None);
                continue;
            };
            end.held_new |= known.insert(row.id_text().to_owned());
            let stamp = row.gewijzigd().map(Stamp::instant);
            end.newest = end.newest.max(stamp);
            let fingerprint = self.key.fingerprint("row", &Presence::of(row.everything()));
            if let (Some(stamp), Some(fingerprint)) = (stamp, fingerprint) {
                end.handled.add(row.id_text().to_owned(), stamp, fingerprint);
                if cursor.handled.contains(row.id_text(), fingerprint) {
                    self.outcome.counts.add(Verdict::Unchanged);
                    continue;
                }
            }
            rows.push(row);
        }
        (rows, end)
    }

    /// A server that no longer takes the place it gave earlier is asked from the start of the list next time.
    fn list_failed(&mut self, failure: Failure, after: Option<&str>) -> Stop {
        self.place_refused = after.is_some() && matches!(failure, Failure::Refused { .. } | Failure::Gone);
        self.stop(failure, System::AdvocaatCentraal)
    }

    fn page_of_tribe(
        &mut self,
        stream: Stream,
        cursor: &Cursor,
        position: &Position,
        known: &mut BTreeSet<String>,
    ) -> Result<PageEnd, Stop> {
        let Some(from) = cursor.stamp.map(before) else {
            return Ok(PageEnd::last());
        };
        let entity = match stream {
            Stream::Organisations => Entity::Organization,
            Stream::Persons => Entity::Person,
            Stream::Contacts => Entity::Contact,
            Stream::Addresses | Stream::Relaties | Stream::Contactpersonen => Entity::Address,
        };
        let page = self
            .tribe
            .changed(entity, from, position.after.as_deref())
            .map_err(|failure| self.stop(failure, System::Tribe))?;
        let mut end = PageEnd { next: page.next, server_time: page.server_time, ..PageEnd::last() };
        end.held_new = position.after.is_none();
        let mut ids = Vec::new();
        for ChangedRow { id, look_at, stamp } in page.rows {
            end.newest = end.newest.max(stamp);
            if !known.insert(id.to_string()) {
                continue;
            }
            end.held_new = true;
            let fingerprint =
                stamp.and_then(|stamp| self.key.fingerprint("row", &Presence::of(stamp.as_millis().to_string())));
            // A stamp has whole seconds: only one that is past when the row is read tells that nothing came after.
            let past = |stamp: Instant| page.server_time.is_some_and(|now| now >= stamp.plus(STAMP_STEP));
            if let (Some(stamp), Some(fingerprint)) = (stamp.filter(|stamp| past(*stamp)), fingerprint) {
                end.handled.add(id.to_string(), stamp, fingerprint);
                if cursor.handled.contains(id.as_str(), fingerprint) {
                    continue;
                }
            }
            ids.extend(look_at);
        }
        self.look_again(&ids)?;
        Ok(end)
    }

    /// Looks at linked records of which Tribe says that they changed. What both sides agreed on last is how an echo
    /// is told from an edit.
    pub(super) fn look_again(&mut self, ids: &[TribeId]) -> Result<(), Stop> {
        let mut subjects: BTreeSet<Subject> = BTreeSet::new();
        for id in ids {
            subjects.extend(self.state.owner(id).map_err(of_state)?);
        }
        let mut links = Vec::new();
        for subject in subjects {
            let link = self.state.link(&subject).map_err(of_state)?;
            if !link.is_new() {
                links.push((subject, link));
            }
        }
        let sides = self.read_sides(links.iter().map(|(subject, link)| (subject, link)))?;
        self.judge_unread(&sides)?;
        let mut edited = Vec::new();
        for (subject, link) in links {
            if sides.lack(&link) {
                self.put_aside_unread(&[subject]);
                continue;
            }
            let side = sides.of(&link);
            let seen = side.relation.is_some() || link.linked(&crate::link::Part::Relation).is_none();
            if seen && self.is_unchanged_in_tribe(&subject, &link, &side) {
                self.outcome.counts.add(Verdict::Unchanged);
            } else {
                edited.push(subject);
            }
        }
        self.handle_subjects(&edited)
    }

    /// Moves the position past a page; tells whether the list has ended. A list that leads back to where it was, or
    /// on and on to nothing new, is broken, and the walk stays where it is.
    fn turn_page(&self, step: Step, position: &mut Position, ended: PageEnd) -> Result<bool, Stop> {
        position.began = position.began.or(ended.server_time);
        position.newest = position.newest.max(ended.newest);
        position.handled.extend(ended.handled);
        // A stamp in the future must not push the others out.
        if let Some(newest) = position.newest.map(|newest| position.began.map_or(newest, |began| newest.min(began))) {
            position.handled.keep_from(before(newest));
        }
        let Some(next) = ended.next else {
            return Ok(true);
        };
        position.idle_pages = if ended.held_new { 0 } else { position.idle_pages + 1 };
        let comes_back = position.visited.contains(&next) || position.after.as_ref() == Some(&next);
        if comes_back || position.idle_pages >= MOST_IDLE_PAGES {
            let system = match step {
                Step::All(Stream::Relaties | Stream::Contactpersonen)
                | Step::Changes(Stream::Relaties | Stream::Contactpersonen)
                | Step::Sweep(_) => System::AdvocaatCentraal,
                Step::All(_) | Step::Changes(_) | Step::DeadLetters | Step::PendingClear(_) => System::Tribe,
            };
            return Err(self.stop(Failure::NotUnderstood, system));
        }
        position.visited.push(next.clone());
        if position.visited.len() > MOST_VISITED {
            position.visited.remove(0);
        }
        position.after = Some(next);
        Ok(false)
    }

    /// The list was read to its end: its cursor moves to the newest stamp seen, but not past the moment at which the
    /// reading began, by the server's clock. So a stamp in the future holds nothing back and hides nothing.
    fn end_step(&self, step: Step, position: &Position) -> Result<(), Stop> {
        let (Step::All(stream) | Step::Changes(stream)) = step else {
            return Ok(());
        };
        let known = self.state.cursor(stream).map_err(of_state)?;
        let reached = match (position.newest, position.began) {
            (Some(newest), Some(began)) => Some(newest.min(began)),
            (None, began) => began.filter(|_| known.stamp.is_none()),
            (newest, None) => newest,
        };
        let mut handled = position.handled.clone();
        let stamp = reached.max(known.stamp);
        if let Some(stamp) = stamp {
            handled.keep_from(before(stamp));
        }
        let cursor = Cursor { stamp, handled, later: known.later.clone() };
        if cursor != known {
            self.state.save_cursor(stream, &cursor).map_err(of_state)?;
        }
        Ok(())
    }
}
