//! Walking through lists in slices: order of steps, pages, loops, cursors. What a step does with a page it does not
//! know.
//!
//! A walk's place is stored after each page, when all of the page is durable, so a slice can end anywhere and the
//! next goes on at that page. A cursor moves only when its list was read to the end.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::answer::Failure;
use crate::link::{Handled, Position, Stream, Walk};
use crate::relation::Instant;
use crate::sync::outcome::{Next, Stop, System};
use crate::sync::overlap::{forget_old, reached};
use crate::sync::session::Session;
use crate::wording::Outage;

/// So many pages running without a new record, and the list leads nowhere.
const MOST_IDLE_PAGES: u32 = 3;
/// How many places of a walk are remembered to see that it comes back to one.
const MOST_VISITED: usize = 256;

/// One step of a walk: a list, or what is done page by page as a list is.
pub(super) trait Step {
    /// Reads a page from that position on, or several, and does with them what is to be done. `known` are the ids that
    /// this step met in this slice.
    fn page(
        &self,
        session: &mut Session<'_>,
        position: &Position,
        known: &mut BTreeSet<String>,
    ) -> Result<PageEnd, PageStop>;

    /// The list whose cursor moves when this step has read it to the end.
    fn cursor(&self) -> Option<Stream> {
        None
    }

    /// Whose list it is.
    fn system(&self) -> System;

    /// Whether its records are the walk's own progress: those that an earlier step passed already are not.
    fn is_progress(&self) -> bool {
        true
    }
}

/// What a page came to, or several that were brought together.
#[derive(Debug)]
pub(super) struct PageEnd {
    /// The server's places from which the pages after the first were read.
    pub(super) passed: Vec<String>,
    /// The server's place to go on; none at the end.
    pub(super) next: Option<String>,
    /// The newest stamp on the page.
    pub(super) newest: Option<Instant>,
    /// The server's clock, where it can be believed.
    pub(super) server_time: Option<Instant>,
    /// Whether the page held a record that this step had not met, or no record at all.
    pub(super) held_new: bool,
    /// The rows that were handled, with their stamps.
    pub(super) handled: Handled,
    /// How late a row came.
    pub(super) late: Duration,
    /// The budget ended within the page: its rows that were handled, some or none. The next slice goes on with the others.
    pub(super) unfinished: Option<Handled>,
    /// Why the page at the place to go on could not be read, where that was tried.
    pub(super) stop: Option<PageStop>,
}

impl PageEnd {
    /// The end of what is not a list.
    pub(super) fn last() -> Self {
        Self {
            passed: Vec::new(),
            next: None,
            newest: None,
            server_time: None,
            held_new: true,
            handled: Handled::default(),
            late: Duration::ZERO,
            unfinished: None,
            stop: None,
        }
    }
}

/// Why a page came to grief.
#[derive(Debug)]
pub(super) enum PageStop {
    /// The slice stops, and the next begins at that page.
    AtThisPage(Stop),
    /// The server no longer takes the place that it gave earlier: the next slice begins at the start of the list.
    PlaceRefused(Stop),
}

impl<E: Into<Stop>> From<E> for PageStop {
    fn from(stop: E) -> Self {
        Self::AtThisPage(stop.into())
    }
}

/// Walks on from where the walk of that name stands, as far as the budget goes.
pub(super) fn walk(session: &mut Session<'_>, name: &str, steps: &[&dyn Step]) -> Result<(), Stop> {
    let mut walk = session.state.walk(name)?;
    if !walk.under_way {
        walk = Walk { under_way: true, expected: walk.expected, ..Walk::default() };
    }
    let mut known = BTreeSet::new();
    while let Some(step) = steps.get(walk.step) {
        if !session.may_go_on() {
            show_progress(session, &walk);
            session.books.outcome.next = Next::Again;
            return Ok(());
        }
        let before = session.books.looked_at();
        let page = step.page(session, &walk.position, &mut known);
        if step.is_progress() {
            walk.done += session.books.looked_at() - before;
        }
        show_progress(session, &walk);
        // Dead letters before the place: whoever became one on this page must not be forgotten when it is passed.
        session.flush()?;
        let mut ended = match page {
            Ok(ended) => ended,
            Err(PageStop::AtThisPage(stop)) => return Err(stop),
            Err(stop) => return stop_at(session, name, walk, stop),
        };
        let stop = ended.stop.take();
        match turn_page(&mut walk.position, ended) {
            Turned::ToNextPage => {
                if let Some(stop) = stop {
                    return stop_at(session, name, walk, stop);
                }
            }
            Turned::NotYet => {
                session.books.outcome.next = Next::Again;
                return Ok(session.state.save_walk(name, &walk)?);
            }
            Turned::InCircles => return Err(session.stop(Failure::Unusable(Outage::ListRepeats), step.system())),
            Turned::AtTheEnd => {
                if let Some(stream) = step.cursor() {
                    move_cursor(session, stream, &walk.position)?;
                }
                walk.step += 1;
                walk.position = Position::default();
                known.clear();
            }
        }
        session.state.save_walk(name, &walk)?;
    }
    let done = Walk { expected: Some(walk.done), ..Walk::default() };
    show_progress(session, &walk);
    Ok(session.state.save_walk(name, &done)?)
}

/// Ends a walk that moved, or has to begin anew: the next slice begins there.
fn stop_at(session: &Session<'_>, name: &str, mut walk: Walk, stop: PageStop) -> Result<(), Stop> {
    let stop = match stop {
        PageStop::AtThisPage(stop) => stop,
        PageStop::PlaceRefused(stop) => {
            walk.position = Position::default();
            stop
        }
    };
    session.state.save_walk(name, &walk)?;
    Err(stop)
}

fn show_progress(session: &mut Session<'_>, walk: &Walk) {
    session.books.outcome.done = walk.done;
    session.books.outcome.expected = walk.expected;
}

/// Where a walk stands after a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turned {
    ToNextPage,
    /// The page is not done: the walk stays there.
    NotYet,
    AtTheEnd,
    /// The list leads back to where it was, or on and on to nothing new: it is broken, and the walk stays where it is.
    InCircles,
}

/// Moves the position past a page, or past all that were brought together.
fn turn_page(position: &mut Position, ended: PageEnd) -> Turned {
    position.began = position.began.or(ended.server_time);
    if let Some(handled) = ended.unfinished {
        position.on_page = handled;
        return Turned::NotYet;
    }
    position.on_page = Handled::default();
    position.newest = position.newest.max(ended.newest);
    position.handled.extend(ended.handled);
    position.late = position.late.max(ended.late);
    forget_old(position);
    let Some(next) = ended.next else {
        return Turned::AtTheEnd;
    };
    position.idle_pages = if ended.held_new { 0 } else { position.idle_pages + 1 };
    if position.idle_pages >= MOST_IDLE_PAGES {
        return Turned::InCircles;
    }
    for place in ended.passed.into_iter().chain([next]) {
        if position.visited.contains(&place) || position.after.as_ref() == Some(&place) {
            return Turned::InCircles;
        }
        position.visited.push(place.clone());
        if position.visited.len() > MOST_VISITED {
            position.visited.remove(0);
        }
        position.after = Some(place);
    }
    Turned::ToNextPage
}

/// A list was read to its end: its cursor moves.
fn move_cursor(session: &Session<'_>, stream: Stream, position: &Position) -> Result<(), Stop> {
    let known = session.state.cursor(stream)?;
    let reached = reached(stream, &known, position, session.now());
    if reached != known {
        session.state.save_cursor(stream, &reached)?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "walk_tests.rs"]
mod tests;
