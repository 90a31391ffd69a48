//! Reading lists: relations, and contact persons wherever a dialect has them.

use dialect::{List, Operation, Persons, PersonsOf, Types};
use serde_json::value::RawValue;

use super::client::Client;
use super::contactpersoon::{Source, Within, inside_relation};
use super::json::Object;
use super::paging::{self, Page};
use super::wire::{rows, unscoped};
use super::{Contactpersoon, Record, Relatie, RowProblem};
use crate::answer::{self, Failure};
use crate::relation::Instant;
use crate::wording::Outage;

/// Between the number of a list and its own cursor.
const OF_LIST: char = '|';

/// So many relations that have no list of contact persons say something of its path. One may have gone away.
const MANY: u32 = 3;

/// Records as rows have them; one that cannot be read does not keep the others back.
pub(super) type Rows<R> = Vec<Result<R, RowProblem>>;
/// What reads a row of a list.
type ReadRow<'r, 'a, R> = dyn FnMut(&RawValue, &'a List) -> Result<Rows<R>, Failure> + 'r;

impl<'a> Client<'a> {
    /// Proves that AC answers and takes the key, by the least that the dialect has an address for.
    pub fn reach(&self) -> Result<(), Failure> {
        match (&self.dialect().office, &self.dialect().types) {
            (Some(_), _) => self.office().map(drop),
            (None, Types::List(_)) => self.relatietypen().map(drop),
            (None, Types::Words(_)) => self.relaties(None, None, 1).map(drop),
        }
    }

    /// A page of at most `size` relations, all or those changed at that instant or later, after that cursor (A4).
    /// Rows may be lean and have no `ETag`. [`Failure::Gone`] only for a cursor that AC no longer takes.
    pub fn relaties(&self, from: Option<Instant>, after: Option<&str>, size: u32) -> Result<Page<Relatie>, Failure> {
        self.relations_of(&self.dialect().relations.lists, from, after, size)
    }

    /// The same of these lists alone.
    pub(super) fn relations_of(
        &self,
        lists: &'a [List],
        from: Option<Instant>,
        after: Option<&str>,
        size: u32,
    ) -> Result<Page<Relatie>, Failure> {
        self.rows_of(lists, from, after, size, &mut |row, list| {
            let raw = Object::of(row).ok_or(RowProblem);
            Ok(vec![raw.and_then(|raw| Relatie::read(raw, None, list, &self.settings.dialect))])
        })
    }

    /// A page of contact persons of these lists.
    pub(super) fn persons_of(
        &self,
        lists: &'a [List],
        from: Option<Instant>,
        after: Option<&str>,
        size: u32,
    ) -> Result<Page<Contactpersoon>, Failure> {
        self.rows_of(lists, from, after, size, &mut |row, list| {
            let source = Source::of(&self.settings.dialect, Some(list)).ok_or(RowProblem);
            let raw = Object::of(row).ok_or(RowProblem);
            Ok(vec![raw.and_then(|raw| Contactpersoon::read(raw, None, &source?, None))])
        })
    }

    /// A page of contact persons, as [`Client::relaties`]; where they stand in their relations or below them, those of a
    /// page of relations.
    pub fn contactpersonen(
        &self,
        from: Option<Instant>,
        after: Option<&str>,
        size: u32,
    ) -> Result<Page<Contactpersoon>, Failure> {
        match &self.dialect().persons {
            Persons::None => Ok(Page { records: Vec::new(), next: None, server_time: None }),
            Persons::Apart(apart) => self.persons_of(&apart.lists, from, after, size),
            Persons::Inside(inside) => self.relation_rows(from, after, size, &mut |row, list| {
                let relation = Object::of(row).ok_or(RowProblem);
                match relation.and_then(|raw| Relatie::read(raw, None, list, &self.settings.dialect)) {
                    Ok(relation) => inside_relation(&self.settings.dialect, &relation, inside, None),
                    Err(problem) => vec![Err(problem)],
                }
            }),
            Persons::Of(of) => {
                let lists = &self.dialect().relations.lists;
                self.rows_of(lists, from, after, size, &mut |row, list| {
                    let relation = Object::of(row).ok_or(RowProblem);
                    match relation.and_then(|raw| Relatie::read(raw, None, list, &self.settings.dialect)) {
                        Ok(relation) => self.of_relation(&relation, of),
                        Err(problem) => Ok(vec![Err(problem)]),
                    }
                })
            }
        }
    }

    fn relation_rows<R>(
        &self,
        from: Option<Instant>,
        after: Option<&str>,
        size: u32,
        read: &mut dyn FnMut(&RawValue, &'a List) -> Rows<R>,
    ) -> Result<Page<R>, Failure> {
        self.rows_of(&self.dialect().relations.lists, from, after, size, &mut |row, list| Ok(read(row, list)))
    }

    /// The contact persons of a relation by their own address.
    pub(super) fn of_relation(&self, relation: &Relatie, of: &PersonsOf) -> Result<Rows<Contactpersoon>, Failure> {
        let target =
            self.path(&of.path, &[("{parent}", unscoped(relation.id().as_str(), self.relation_list(relation.id())))]);
        let (asked, missing) = self.person_lists.get();
        let answer = self.get(&target, &Operation::List);
        self.person_lists.set((asked + 1, missing + u32::from(matches!(answer, Err(Failure::Gone)))));
        let answer = match answer {
            // The relation went away since its page was read, and they went with it: that is no cursor's fault.
            Err(Failure::Gone) => return Ok(Vec::new()),
            answer => answer?,
        };
        let (rows, _) = rows(&answer, &of.rows)?;
        let read = |row: &RawValue| {
            let source = Source::of(&self.settings.dialect, None).ok_or(RowProblem)?;
            let raw = Object::of(row).ok_or(RowProblem)?;
            Contactpersoon::read(raw, None, &source, Some(Within::below(relation.id(), relation.gewijzigd())))
        };
        Ok(rows.iter().map(|row| read(row)).collect())
    }

    /// Whether contact persons stand in a list below each relation.
    pub fn has_person_lists(&self) -> bool {
        matches!(self.dialect().persons, Persons::Of(_))
    }

    /// Whether several relations were asked for their contact persons, and none has a list of them.
    pub fn found_no_person_list(&self) -> bool {
        let (asked, missing) = self.person_lists.get();
        asked >= MANY && asked == missing
    }

    fn rows_of<R>(
        &self,
        lists: &'a [List],
        from: Option<Instant>,
        after: Option<&str>,
        size: u32,
        read: &mut ReadRow<'_, 'a, R>,
    ) -> Result<Page<R>, Failure> {
        let (number, inner) = match after.and_then(|after| after.split_once(OF_LIST)) {
            Some((number, inner)) if lists.len() > 1 => {
                (number.parse().map_err(|_| Failure::Gone)?, Some(inner).filter(|inner| !inner.is_empty()))
            }
            _ => (0, after),
        };
        let list: &List = lists.get(number).ok_or(Failure::Gone)?;
        let path = self.path(&list.path, &[]);
        let target = paging::target(list, &path, from, inner, size);
        let answer = self.get(&target, &Operation::List).map_err(|failure| match failure {
            // A cursor may be gone, a list cannot: then it is the address that is wrong.
            Failure::Gone if inner.is_none() => Failure::Unusable(Outage::NotThere),
            other => other,
        })?;
        let (rows, body) = rows(&answer, &list.rows)?;
        let place = paging::Place { base: &self.settings.url, path: &path };
        let next = paging::next(list, &answer, body.as_ref(), inner, rows.len(), &place)?;
        let mut records = Vec::with_capacity(rows.len());
        for row in &rows {
            let inner;
            let row: &RawValue = match &list.record {
                None => row,
                Some(pointer) => {
                    let found = Object::of(row).and_then(|object| Some(object.at(pointer).ok()??.into_owned()));
                    inner = found.unwrap_or_else(|| row.clone());
                    &inner
                }
            };
            records.extend(read(row, list)?);
        }
        let next = match next {
            Some(next) if lists.len() > 1 => Some(format!("{number}{OF_LIST}{next}")),
            None if number + 1 < lists.len() => Some(format!("{}{OF_LIST}", number + 1)),
            next => next,
        };
        Ok(Page { records, next, server_time: answer::server_time(&answer) })
    }
}

#[cfg(test)]
#[path = "lists_tests.rs"]
mod tests;
