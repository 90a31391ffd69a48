//! Asking a live AC, reading only, so that it can be said what holds of what was assumed.
//!
//! It asks a dozen times at most, and half as often for each further list, however large the office is. What follows from the answers is said by [`judge`], which
//! asks nothing.

mod filtered;
mod forms;
mod judge;
mod line;
mod seen;

use std::slice::from_ref;
use std::time::Duration;

use dialect::{ChangedSince, List, Persons, StampForm, Types};

use super::contactpersoon::inside_relation;
use super::errors::Answered;
use super::lists::Rows;
use super::oddity::scoped;
use super::wire::unscoped;
use super::{Client, Contactpersoon, Record, Status};
use crate::answer::Failure;
use crate::relation::RelatieId;
use judge::{judge, judge_another};
pub use line::{Line, What};
use seen::{Asked, Question, ROWS, Seen, readable, stamp};

/// The most lists that are looked at.
const MOST_LISTS: usize = 4;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl<'a> Client<'a> {
    /// Asks what can be told of each assumption by reading, and says it. One call that fails has its own line.
    pub fn probe(&self) -> Vec<Line> {
        let dialect = &self.settings.dialect;
        let seen = self.look();
        let mut lines = judge(dialect, &seen);
        // The other lists may be asked for, go on or hold fields otherwise.
        for number in (0..dialect.relations.lists.len().min(MOST_LISTS)).filter(|number| *number != seen.list) {
            if seen.is_over() {
                break;
            }
            let other = self.look_at_list(number, Seen::default());
            let wrong = judge_another(dialect, &other);
            lines.extend(wrong.into_iter().filter(|line| !lines.contains(line)).collect::<Vec<_>>());
            if other.is_over() {
                break;
            }
        }
        lines
    }

    fn look(&self) -> Seen {
        let mut seen = Seen::default();
        if self.dialect().office.is_some() {
            seen.office = self.ask(Question::Office, &mut seen.answered, || self.office().map(drop));
        }
        if matches!(self.dialect().types, Types::List(_)) && !seen.is_over() {
            let ids = || self.relatietypen().map(|types| types.into_iter().map(|known| known.id).collect());
            seen.types = self.ask(Question::Types, &mut seen.answered, ids);
        }
        let filled = (0..self.dialect().relations.lists.len().min(MOST_LISTS)).find(|number| {
            seen.is_over() || {
                self.look_at_first_page(*number, &mut seen);
                seen.first.iter().flatten().any(|page| !page.records.is_empty())
            }
        });
        let mut seen = self.look_at_list(filled.unwrap_or(seen.list), seen);
        if let (Some(list), false) = (self.dialect().relations.lists.get(seen.list), seen.is_over()) {
            self.look_at_what_is_gone(&mut seen, list);
        }
        if !seen.is_over() {
            let mut answered = std::mem::take(&mut seen.answered);
            seen.persons = self.some_persons(&seen, &mut answered);
            seen.answered = answered;
        }
        seen
    }

    /// Asks, and keeps what the server answered where that was no plain success.
    fn ask<T>(
        &self,
        question: Question,
        answered: &mut Vec<(Question, Answered)>,
        ask: impl FnOnce() -> Result<T, Failure>,
    ) -> Asked<T> {
        self.forget_answer();
        let answer = ask();
        answered.extend(self.last_answer().map(|told| (question, told)));
        Some(answer)
    }

    fn look_at_first_page(&self, number: usize, seen: &mut Seen) {
        let Some(list) = self.dialect().relations.lists.get(number) else { return };
        seen.list = number;
        // Of two empty lists the later one is looked at.
        seen.answered.retain(|(question, _)| *question != Question::First);
        let page = || self.relations_of(from_ref(list), None, None, ROWS);
        seen.first = self.ask(Question::First, &mut seen.answered, page);
    }

    /// Looks at one list: its pages, what changed, one of its records.
    fn look_at_list(&self, number: usize, mut seen: Seen) -> Seen {
        if seen.first.is_none() && !seen.is_over() {
            self.look_at_first_page(number, &mut seen);
        }
        let Some(list) = self.dialect().relations.lists.get(seen.list) else { return seen };
        self.look_at_pages(&mut seen, list);
        self.look_at_changes(&mut seen, list);
        if let Some(chosen) = seen.chosen().map(|row| row.id().clone()).filter(|_| !seen.is_over()) {
            seen.single = self.ask(Question::Single, &mut seen.answered, || self.relatie(&chosen));
        }
        seen
    }

    fn look_at_pages(&self, seen: &mut Seen, list: &'a List) {
        let Some(Ok(first)) = &seen.first else { return };
        match &first.next {
            Some(next) => {
                let page = || self.relations_of(from_ref(list), None, Some(next), ROWS);
                seen.second = self.ask(Question::Second, &mut seen.answered, page);
            }
            None if list.size.is_some() && first.records.len() == ROWS as usize => {
                let rows = || self.relations_of(from_ref(list), None, None, 2 * ROWS).map(|page| page.records.len());
                seen.longer = self.ask(Question::Longer, &mut seen.answered, rows);
            }
            None => {}
        }
    }

    fn look_at_changes(&self, seen: &mut Seen, list: &'a List) {
        let ChangedSince::Parameter(changed) = &list.changed else { return };
        seen.pivot = seen.choose_pivot(changed.form == StampForm::Date);
        let Some(pivot) = seen.pivot.clone().filter(|_| !seen.is_over()) else { return };
        let changed = |from| self.relations_of(from_ref(list), Some(from), None, ROWS);
        let since = self.ask(Question::Since, &mut seen.answered, || changed(pivot.at));
        if let Some(Ok(page)) = &since {
            // What came that should not, or did not that should, is told apart by one more question.
            if readable(page).filter_map(stamp).any(|at| pivot.is_after(at)) {
                seen.later = self.ask(Question::Again, &mut seen.answered, || changed(pivot.at.plus(DAY)));
            } else if !readable(page).any(|row| *row.id() == pivot.id) {
                let before = pivot.at.minus(Duration::from_secs(1));
                seen.before = self.ask(Question::Again, &mut seen.answered, || changed(before));
            }
        }
        seen.since = since;
    }

    /// How what is not there is refused.
    fn look_at_what_is_gone(&self, seen: &mut Seen, list: &'a List) {
        let Some(chosen) = seen.chosen().map(|row| row.id().clone()) else { return };
        let deleted = seen.rows().find(|row| row.status() == Status::Verwijderd).map(|row| row.id().clone());
        let nobody =
            RelatieId::new(scoped(list.scope.as_deref(), nobody(unscoped(chosen.as_str(), Some(list))).to_owned()));
        seen.missing = self.ask(Question::Missing, &mut seen.answered, || self.relatie(&nobody).map(drop));
        if let Some(deleted) = deleted.filter(|_| !seen.is_over()) {
            let status = || self.relatie(&deleted).map(|record| record.status());
            seen.deleted = self.ask(Question::Deleted, &mut seen.answered, status);
        }
    }

    fn some_persons(&self, seen: &Seen, answered: &mut Vec<(Question, Answered)>) -> Asked<Rows<Contactpersoon>> {
        match &self.dialect().persons {
            Persons::None => None,
            Persons::Apart(apart) => {
                let lists = apart.lists.iter().take(MOST_LISTS);
                self.ask(Question::Persons, answered, || {
                    lists.map(|list| Ok(self.persons_of(from_ref(list), None, None, ROWS)?.records)).try_fold(
                        Vec::new(),
                        |mut all, rows: Result<Rows<Contactpersoon>, Failure>| {
                            all.extend(rows?);
                            Ok(all)
                        },
                    )
                })
            }
            Persons::Inside(inside) => {
                let of_row = |row| inside_relation(&self.settings.dialect, row, inside, None);
                Some(Ok(seen.rows().flat_map(of_row).collect()))
            }
            Persons::Of(of) => {
                let chosen = seen.chosen()?;
                self.ask(Question::Persons, answered, || self.of_relation(chosen, of))
            }
        }
    }
}

/// An id of the same look that no system gives: one that is no number would be refused for its look where ids are numbers.
fn nobody(id: &str) -> &'static str {
    let digits = id.bytes().all(|byte| byte.is_ascii_digit());
    let is_guid = id.len() == 36 && id.bytes().filter(|byte| *byte == b'-').count() == 4;
    match (digits, is_guid) {
        (true, _) => "999999999",
        (_, true) => "00000000-0000-4000-8000-000000000000",
        _ => "bestaat-niet-0",
    }
}

#[cfg(test)]
#[path = "probe_tests.rs"]
mod tests;
