//! Asking a live AC, reading only, so that it can be said what holds of what was assumed.
//!
//! It asks a dozen times at most, however large the office is. What follows from the answers is said by [`judge`], which
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
use super::lists::Rows;
use super::oddity::scoped;
use super::wire::unscoped;
use super::{Client, Contactpersoon, Record, Status};
use crate::relation::RelatieId;
use judge::judge;
pub use line::{Line, What};
use seen::{Asked, ROWS, Seen, readable, stamp};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

impl<'a> Client<'a> {
    /// Asks what can be told of each assumption by reading, and says it. One call that fails has its own line.
    pub fn probe(&self) -> Vec<Line> {
        judge(&self.settings.dialect, &self.look())
    }

    fn look(&self) -> Seen {
        let mut seen = Seen::default();
        if self.dialect().office.is_some() {
            seen.office = Some(self.office().map(drop));
        }
        if matches!(self.dialect().types, Types::List(_)) && !seen.is_over() {
            seen.types = Some(self.relatietypen().map(|types| types.into_iter().map(|known| known.id).collect()));
        }
        self.look_at_pages(&mut seen);
        let Some(list) = self.dialect().relations.lists.get(seen.list) else { return seen };
        self.look_at_changes(&mut seen, list);
        self.look_at_singles(&mut seen, list);
        if !seen.is_over() {
            seen.persons = self.some_persons(&seen);
        }
        seen
    }

    fn look_at_pages(&self, seen: &mut Seen) {
        for (number, list) in self.dialect().relations.lists.iter().enumerate().take(2) {
            if seen.is_over() {
                return;
            }
            seen.list = number;
            seen.first = Some(self.relations_of(from_ref(list), None, None, ROWS));
            if seen.first.iter().flatten().any(|page| !page.records.is_empty()) {
                break;
            }
        }
        let (Some(list), Some(Ok(first))) = (self.dialect().relations.lists.get(seen.list), &seen.first) else {
            return;
        };
        match &first.next {
            Some(next) => seen.second = Some(self.relations_of(from_ref(list), None, Some(next), ROWS)),
            None if list.size.is_some() && first.records.len() == ROWS as usize => {
                seen.longer =
                    Some(self.relations_of(from_ref(list), None, None, 2 * ROWS).map(|page| page.records.len()));
            }
            None => {}
        }
    }

    fn look_at_changes(&self, seen: &mut Seen, list: &'a List) {
        let ChangedSince::Parameter(changed) = &list.changed else { return };
        seen.pivot = seen.choose_pivot(changed.form == StampForm::Date);
        let Some(pivot) = seen.pivot.clone().filter(|_| !seen.is_over()) else { return };
        let ask = |from| self.relations_of(from_ref(list), Some(from), None, ROWS);
        let since = ask(pivot.at);
        if let Ok(page) = &since {
            // What came that should not, or did not that should, is told apart by one more question.
            if readable(page).filter_map(stamp).any(|at| pivot.is_after(at)) {
                seen.later = Some(ask(pivot.at.plus(DAY)));
            } else if !readable(page).any(|row| *row.id() == pivot.id) {
                seen.before = Some(ask(pivot.at.minus(Duration::from_secs(1))));
            }
        }
        seen.since = Some(since);
    }

    fn look_at_singles(&self, seen: &mut Seen, list: &'a List) {
        let Some(chosen) = seen.chosen().map(|row| row.id().clone()) else { return };
        let deleted = seen.rows().find(|row| row.status() == Status::Verwijderd).map(|row| row.id().clone());
        if seen.is_over() {
            return;
        }
        seen.single = Some(self.relatie(&chosen));
        if seen.is_over() {
            return;
        }
        let nobody =
            RelatieId::new(scoped(list.scope.as_deref(), nobody(unscoped(chosen.as_str(), Some(list))).to_owned()));
        seen.missing = Some(self.relatie(&nobody).map(drop));
        if let Some(deleted) = deleted.filter(|_| !seen.is_over()) {
            seen.deleted = Some(self.relatie(&deleted).map(|record| record.status()));
        }
    }

    fn some_persons(&self, seen: &Seen) -> Asked<Rows<Contactpersoon>> {
        match &self.dialect().persons {
            Persons::None => None,
            Persons::Apart(apart) => {
                let lists = apart.lists.get(..1)?;
                Some(self.persons_of(lists, None, None, ROWS).map(|page| page.records))
            }
            Persons::Inside(inside) => {
                let of_row = |row| inside_relation(&self.settings.dialect, row, inside, None);
                Some(Ok(seen.rows().flat_map(of_row).collect()))
            }
            Persons::Of(of) => Some(self.of_relation(seen.chosen()?, of)),
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
