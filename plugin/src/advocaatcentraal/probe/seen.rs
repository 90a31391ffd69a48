//! What a probe has seen of a live AC, and what is asked next because of it: pure.

use super::super::errors::Answered;
use super::super::lists::Rows;
use super::super::{Contactpersoon, Page, Record, Relatie, Status};
use crate::answer::Failure;
use crate::relation::{Instant, RelatieId, RelatietypeId, Stamp, is_near_clock_back};

/// Rows of a page: few, so that an office of some dozens of relations has a second page.
pub(super) const ROWS: u32 = 10;
/// Stamps are compared with this much to spare: a bound is written in whole seconds.
const SPARE: std::time::Duration = std::time::Duration::from_secs(2);

/// What came of a question; none where it was not asked.
pub(super) type Asked<T> = Option<Result<T, Failure>>;

/// What was seen. Nothing of it leaves this room but through the judge.
#[derive(Default)]
pub(super) struct Seen {
    /// The office itself, where the dialect has an address for it.
    pub(super) office: Asked<()>,
    /// The ids of the relation types, where they are listed.
    pub(super) types: Asked<Vec<RelatietypeId>>,
    /// Which list of relations was read.
    pub(super) list: usize,
    /// Its first page.
    pub(super) first: Asked<Page<Relatie>>,
    /// Its second page, where the first said that there is one.
    pub(super) second: Asked<Page<Relatie>>,
    /// How many rows come where twice as many are asked for: only where a full page said that it is the last.
    pub(super) longer: Asked<usize>,
    /// The row by whose stamp changes were asked for.
    pub(super) pivot: Option<Pivot>,
    /// What changed since then.
    pub(super) since: Asked<Page<Relatie>>,
    /// What changed since a second before, where the row was not among what came.
    pub(super) before: Asked<Page<Relatie>>,
    /// What changed since a day later, where older rows came.
    pub(super) later: Asked<Page<Relatie>>,
    /// The row by itself.
    pub(super) single: Asked<Relatie>,
    /// A record that cannot exist.
    pub(super) missing: Asked<()>,
    /// A row that is listed as deleted, by itself.
    pub(super) deleted: Asked<Status>,
    /// Contact persons.
    pub(super) persons: Asked<Rows<Contactpersoon>>,
    /// What the server answered to each question that was no plain success.
    pub(super) answered: Vec<(Question, Answered)>,
}

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    Office,
    Types,
    First,
    Second,
    Longer,
    Since,
    /// Changes since another moment.
    Again,
    Single,
    Missing,
    Deleted,
    Persons,
}

/// A row with a stamp that is later than another's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pivot {
    pub(super) id: RelatieId,
    pub(super) at: Instant,
    /// The dialect asks by whole days.
    pub(super) is_by_day: bool,
}

impl Pivot {
    /// Whether something is surely older, so that it should not come.
    pub(super) fn is_after(&self, stamp: Instant) -> bool {
        stamp.plus(SPARE) <= self.at && !(self.is_by_day && self.is_of_day(stamp))
    }

    /// Whether both are of one Dutch day.
    pub(super) fn is_of_day(&self, stamp: Instant) -> bool {
        day(self.at) == day(stamp)
    }
}

fn day(at: Instant) -> String {
    Stamp::amsterdam_text(at).chars().take(10).collect()
}

impl Seen {
    /// The rows of both pages that can be read.
    pub(super) fn rows(&self) -> impl Iterator<Item = &Relatie> {
        [&self.first, &self.second].into_iter().flatten().flatten().flat_map(readable)
    }

    /// The row that is asked for by itself: the one by whose stamp changes are asked for, unless another one shows what
    /// becomes of empty fields and nothing depends on the first.
    pub(super) fn chosen(&self) -> Option<&Relatie> {
        let in_use = || self.rows().filter(|row| row.status() != Status::Verwijderd);
        let pivot = in_use().find(|row| self.pivot.as_ref().is_some_and(|pivot| pivot.id == *row.id()));
        let shows_empties = |row: &&Relatie| row.holds_an_empty_field() || row.leaves_out_a_field();
        let candidates = || pivot.into_iter().chain(in_use());
        match self.before {
            Some(_) => pivot,
            None => candidates().find(shows_empties).or_else(|| candidates().next()),
        }
    }

    /// The newest row with an older one of the same day, so that a filter by days shows; failing that, of any day. Where the
    /// clock goes back, stamps without an offset say nothing of the order.
    pub(super) fn choose_pivot(&self, is_by_day: bool) -> Option<Pivot> {
        let stamps: Vec<Instant> = self.rows().filter_map(stamp).collect();
        let candidates = self.rows().filter(|row| row.status() != Status::Verwijderd).filter_map(|row| {
            let pivot = Pivot { id: row.id().clone(), at: stamp(row)?, is_by_day };
            let older = || stamps.iter().filter(|stamp| pivot.is_after(**stamp));
            let is_of_use = older().next().is_some() && !is_near_clock_back(pivot.at);
            let has_one_that_day = older().any(|stamp| pivot.is_of_day(*stamp));
            is_of_use.then_some((has_one_that_day, pivot))
        });
        candidates.max_by_key(|(has_one_that_day, pivot)| (*has_one_that_day, pivot.at)).map(|(_, pivot)| pivot)
    }

    /// What the server answered to a question, where it was no plain success.
    pub(super) fn answer_to(&self, question: Question) -> Option<Answered> {
        let mut answers = self.answered.iter();
        answers.find(|(asked, _)| *asked == question).map(|(_, answered)| answered.clone())
    }

    /// Whether nothing more can be asked: AC takes no more calls, the host forbids them, or none was answered.
    pub(super) fn is_over(&self) -> bool {
        let failures = [
            failure(self.office.as_ref()),
            failure(self.types.as_ref()),
            failure(self.first.as_ref()),
            failure(self.second.as_ref()),
            failure(self.longer.as_ref()),
            failure(self.since.as_ref()),
            failure(self.before.as_ref()),
            failure(self.later.as_ref()),
            failure(self.single.as_ref()),
            failure(self.missing.as_ref()),
            failure(self.deleted.as_ref()),
            failure(self.persons.as_ref()),
        ];
        let is_answered = matches!(self.office, Some(Ok(()))) || matches!(self.types, Some(Ok(_)));
        let is_answered = is_answered || matches!(self.first, Some(Ok(_)));
        failures.into_iter().flatten().any(|failure| match failure {
            Failure::Quota(_) | Failure::Forbidden => true,
            Failure::Credentials | Failure::Unavailable(_) => !is_answered,
            _ => false,
        })
    }
}

fn failure<T>(asked: Option<&Result<T, Failure>>) -> Option<&Failure> {
    asked.and_then(|answer| answer.as_ref().err())
}

/// The rows of a page that can be read.
pub(super) fn readable(page: &Page<Relatie>) -> impl Iterator<Item = &Relatie> {
    page.records.iter().flatten()
}

/// When a row was last changed.
pub(super) fn stamp(row: &Relatie) -> Option<Instant> {
    row.gewijzigd().map(Stamp::instant)
}
