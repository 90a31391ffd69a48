//! In which order a list comes, and what "changed since" gives and leaves out.

use super::super::{Page, Relatie};
use super::line::What::{self, Differs, Holds, Unknown};
use super::seen::{Asked, Pivot, Seen, readable, stamp};
use crate::relation::{Instant, is_near_clock_back};
use crate::set::Set;
use crate::wording::Probed;

/// So many different stamps that go up are no accident: one order in 120 of five would.
const NO_ACCIDENT: usize = 5;

/// In which order the rows of both pages come.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    Up,
    Other,
    Untold,
}

pub(super) fn order(seen: &Seen) -> Order {
    let stamps: Vec<Instant> = seen.rows().filter_map(stamp).collect();
    let goes_down = |pair: &[Instant]| match pair {
        // Stamps without an offset go back with the clock.
        [earlier, later] => later < earlier && !(is_near_clock_back(*earlier) && is_near_clock_back(*later)),
        _ => false,
    };
    let different = stamps.iter().collect::<Set<_>>().iter().count();
    match stamps.windows(2).any(goes_down) {
        // The second page may be the first once more: then it is the paging that is wrong, not the order.
        true if is_repeated(seen) => Order::Untold,
        true => Order::Other,
        false if different >= NO_ACCIDENT => Order::Up,
        false => Order::Untold,
    }
}

fn is_repeated(seen: &Seen) -> bool {
    let first_id = |page: &Asked<Page<Relatie>>| {
        page.iter().flatten().flat_map(readable).next().map(|row| row.id().as_str().to_owned())
    };
    let first = first_id(&seen.first);
    first.is_some() && first == first_id(&seen.second)
}

/// What came of asking for changes since the stamp of a row.
pub(super) struct Filtered<'s> {
    pub(super) seen: &'s Seen,
    pub(super) pivot: &'s Pivot,
    pub(super) since: &'s Page<Relatie>,
}

impl Filtered<'_> {
    /// The stamps of rows that came and should not.
    fn older(&self) -> Vec<Instant> {
        readable(self.since).filter_map(stamp).filter(|at| self.pivot.is_after(*at)).collect()
    }

    /// Whether an older row that is known would stand in this answer if it were not left out.
    fn would_show(&self, is_meant: impl Fn(Instant) -> bool) -> bool {
        let is_known = self.seen.rows().filter_map(stamp).any(|at| self.pivot.is_after(at) && is_meant(at));
        is_known && (self.since.next.is_none() || order(self.seen) == Order::Up)
    }

    /// Whether what is a day older than was asked for came, too; none where that was not asked.
    fn gives_yesterday(&self) -> Option<bool> {
        let Some(Ok(later)) = &self.seen.later else { return None };
        Some(readable(later).filter_map(stamp).any(|at| at <= self.pivot.at || self.pivot.is_of_day(at)))
    }

    fn is_by_day(&self) -> bool {
        let older = self.older();
        self.gives_yesterday() == Some(false) && older.iter().all(|at| self.pivot.is_of_day(*at)) && !older.is_empty()
    }

    pub(super) fn effect(&self) -> What {
        match (self.older().is_empty(), self.gives_yesterday()) {
            (true, _) if self.would_show(|_| true) => Holds(Probed::FilterWorks),
            (true, _) => Unknown(Probed::TooFew),
            (false, Some(true)) => Differs(Probed::FilterWithoutEffect),
            (false, _) if self.is_by_day() => Holds(Probed::FilterWorks),
            (false, _) => Differs(Probed::FilterTooWide),
        }
    }

    pub(super) fn precision(&self) -> What {
        match () {
            () if self.is_by_day() => Differs(Probed::FilterByDay),
            () if self.older().is_empty() && self.would_show(|at| self.pivot.is_of_day(at)) => {
                Holds(Probed::FilterExact)
            }
            () => Unknown(Probed::TooFew),
        }
    }

    pub(super) fn bound(&self) -> What {
        let is_it = |row: &Relatie| row.id() == &self.pivot.id;
        if !self.older().is_empty() {
            // What gives older rows gives this one, too.
            return Unknown(Probed::TooFew);
        }
        if readable(self.since).any(is_it) {
            // A bound in whole seconds includes it whatever it does with its own moment.
            let is_whole = self.pivot.at.as_millis().is_multiple_of(1000);
            return if is_whole { Holds(Probed::BoundIncluded) } else { Unknown(Probed::TooFew) };
        }
        let is_later = |row: &Relatie| stamp(row).is_some_and(|at| at > self.pivot.at);
        let has_passed =
            |page: &Page<Relatie>| page.next.is_none() || order(self.seen) == Order::Up && readable(page).any(is_later);
        // It may have been changed meanwhile.
        let stands = matches!(&self.seen.single, Some(Ok(single)) if stamp(single) == Some(self.pivot.at));
        match &self.seen.before {
            Some(Ok(before)) if stands && has_passed(self.since) => match readable(before).any(is_it) {
                true => Differs(Probed::BoundExcluded),
                false if has_passed(before) => Differs(Probed::LeavesOut),
                false => Unknown(Probed::TooFew),
            },
            _ => Unknown(Probed::TooFew),
        }
    }
}
