//! What a trial sends: what edits of single fields would send, each with what stands there.
//!
//! Where the whole record is written, that is the record. Otherwise it is one member of each object in which fields stand,
//! and one row of each list, each in a write of its own: what is lost beside one would be hidden by another.

use std::sync::Arc;

use dialect::{
    AddressPlace, Addresses, Dialect, Field, ListRule, Method, Parts, Person, Persons, PersonsInside, Pick, Place,
    Pointer, Positions,
};

use crate::advocaatcentraal::adres::place_of;
use crate::advocaatcentraal::changing::{Changing, ids, within_parent};
use crate::advocaatcentraal::contactpersoon::inside_relation;
use crate::advocaatcentraal::json::{Object, Value};
use crate::advocaatcentraal::oddity::{field, picked};
use crate::advocaatcentraal::veld::{BEDRIJF, CONTACTPERSOON, PARTICULIER, Veld};
use crate::advocaatcentraal::{Contactpersoon, Relatie, Soort};
use crate::answer::Failure;
use crate::relation::AddressType;

/// Why a trial tells nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Untold {
    /// Too little stands in the record at the places of the dialect: nothing was sent.
    TooLittle,
    /// Rows are written by their id, and a relation with two in each such list tells what becomes of the others: nothing
    /// was sent.
    NeedsRows,
    /// The same of contact persons.
    NeedsRowsOfPerson,
    /// AC answered the write, but not with the record, which is as it was.
    AnsweredOtherwise,
    /// AC answered the write with another address, and the record is as it was.
    Redirected,
    /// What became of the record is not known: it was not to be read afterwards, or somebody else was there.
    CutOff,
}

/// What one write holds.
pub(super) enum Step {
    /// The record.
    Whole,
    /// What an edit of that place of the record would send.
    Of(Touch),
    /// The same of a contact person in that row of it.
    OfPerson(usize, Touch),
}

/// A place that an edit would change.
pub(super) enum Touch {
    Member(Pointer),
    Row { list: Pointer, row: usize, member: Pointer },
}

impl Step {
    /// The body, from the record as it is now.
    pub(super) fn body(&self, record: &Object, dialect: &Dialect) -> Result<Object, Failure> {
        match (self, &dialect.persons) {
            (Self::Whole, _) => Ok(record.clone()),
            (Self::Of(touch), _) => touch.body(record, dialect),
            (Self::OfPerson(row, touch), Persons::Inside(inside)) => {
                let rows = record.list(&inside.rows).ok().flatten().unwrap_or_default();
                let person = rows.get(*row).and_then(|row| Object::of(row)).ok_or(Failure::Changed)?;
                let part = touch.body(&person, dialect)?;
                within_parent(record, *row, (part, &person), inside, dialect)
            }
            (Self::OfPerson(..), _) => Err(Failure::Changed),
        }
    }
}

impl Touch {
    fn body(&self, record: &Object, dialect: &Dialect) -> Result<Object, Failure> {
        let mut changing = Changing::new(record, &dialect.writing);
        match self {
            Self::Member(at) => changing.touch(record, at),
            Self::Row { list, row, member } => changing.touch_row(record, list, *row, &[member]),
        }
        let mut rows = ids(&dialect.relations.record.addresses);
        if let Some(person) = dialect.person() {
            rows.extend(ids(&person.addresses));
            if let Positions::At(at) = &person.positions {
                rows.extend(at.rows.as_ref().map(|list| (list, &at.relation)));
            }
        }
        Ok(changing.body(record, &rows)?.unwrap_or_default())
    }
}

/// The writes with which a relation is tried.
pub(super) fn of_relation(read: &Relatie, dialect: &Arc<Dialect>) -> Result<Vec<Step>, Untold> {
    let of = &dialect.relations.record;
    let (velden, is_organisation) = match read.soort() {
        Soort::Bedrijf => (BEDRIJF, true),
        Soort::Particulier => (PARTICULIER, false),
        Soort::Onbekend => return Err(Untold::TooLittle),
    };
    let fields = velden.iter().filter_map(|veld| veld.of_relation(of, is_organisation));
    let found = Found::of(&read.raw, fields, (&of.addresses, None), dialect);
    if dialect.writing.method == Method::Put {
        return found.whole();
    }
    let inside = match &dialect.persons {
        Persons::Inside(inside) => Some(inside),
        Persons::Apart(_) | Persons::Of(_) | Persons::None => None,
    };
    let has_lists = !lists(velden, &of.addresses, None, &|veld| veld.of_relation(of, is_organisation)).is_empty();
    if writes_rows(dialect) && !has_lists && inside.is_none() && has_lists_of_person(dialect) {
        return Err(Untold::NeedsRowsOfPerson);
    }
    let mut steps: Vec<Step> = found.touches(Untold::NeedsRows)?.into_iter().map(Step::Of).collect();
    if let Some(inside) = inside {
        steps.extend(of_persons_inside(read, inside, dialect)?);
    }
    Ok(steps)
}

/// Those of one of the contact persons that stand in a relation. By ids only one of them is sent, and two must be there.
fn of_persons_inside(read: &Relatie, inside: &PersonsInside, dialect: &Arc<Dialect>) -> Result<Vec<Step>, Untold> {
    let persons = inside_relation(dialect, read, inside, None);
    if writes_rows(dialect) && persons.len() < 2 {
        return Err(Untold::NeedsRows);
    }
    let steps = persons.iter().enumerate().find_map(|(row, person)| {
        let touches = Found::of_person(person.as_ref().ok()?, &inside.record, dialect).touches(Untold::NeedsRows);
        Some(touches.ok()?.into_iter().map(|touch| Step::OfPerson(row, touch)).collect())
    });
    match steps {
        Some(steps) => Ok(steps),
        None if writes_rows(dialect) => Err(Untold::NeedsRows),
        None => Ok(Vec::new()),
    }
}

/// The writes with which a contact person is tried.
pub(super) fn of_person(read: &Contactpersoon, dialect: &Dialect) -> Result<Vec<Step>, Untold> {
    let of = dialect.person().ok_or(Untold::TooLittle)?;
    let found = Found::of_person(read, of, dialect);
    if dialect.writing.method == Method::Put {
        return found.whole();
    }
    let relation = &dialect.relations.record;
    let of_relations = |velden, is_organisation| {
        !lists(velden, &relation.addresses, None, &|veld| veld.of_relation(relation, is_organisation)).is_empty()
    };
    let is_inside = matches!(dialect.persons, Persons::Inside(_));
    let is_in_relation = is_inside || of_relations(BEDRIJF, true) || of_relations(PARTICULIER, false);
    if writes_rows(dialect) && (is_inside || is_in_relation && !has_lists_of_person(dialect)) {
        return Err(Untold::NeedsRows);
    }
    let touches = found.touches(Untold::NeedsRowsOfPerson)?.into_iter();
    Ok(match read.within.as_ref().filter(|_| is_inside) {
        Some(within) => touches.map(|touch| Step::OfPerson(within.row, touch)).collect(),
        None => touches.map(Step::Of).collect(),
    })
}

/// Whether an edit sends one row of a list and not the others.
fn writes_rows(dialect: &Dialect) -> bool {
    dialect.writing.lists == Some(ListRule::ById) && dialect.writing.method != Method::Put
}

fn has_lists_of_person(dialect: &Dialect) -> bool {
    dialect.person().is_some_and(|of| {
        !lists(CONTACTPERSOON, &of.addresses, Some(&of.positions), &|veld| veld.of_person(of)).is_empty()
    })
}

/// The lists in which a dialect has fields of such a record.
fn lists<'d>(
    velden: &[Veld],
    addresses: &'d Addresses,
    positions: Option<&'d Positions>,
    place: &dyn Fn(Veld) -> Option<&'d Field>,
) -> Vec<&'d Pointer> {
    let picks = velden.iter().filter_map(|veld| match &place(*veld)?.place {
        Place::Pick(pick) => Some(&pick.list),
        Place::At(_) => None,
    });
    let mut lists: Vec<&Pointer> = picks.collect();
    if let Addresses::Rows(rows) = addresses {
        lists.push(&rows.at);
    }
    if let Some(Positions::At(at)) = positions {
        lists.extend(&at.rows);
    }
    lists
}

/// What stands in a record at the places of its dialect.
struct Found<'d> {
    record: Object,
    dialect: &'d Dialect,
    members: Vec<Pointer>,
    rows: Vec<(&'d Pointer, usize, Pointer)>,
    /// The lists in which fields may stand.
    lists: Vec<&'d Pointer>,
}

impl<'d> Found<'d> {
    fn of(
        record: &Object,
        fields: impl Iterator<Item = &'d Field>,
        (addresses, person): (&'d Addresses, Option<&'d Person>),
        dialect: &'d Dialect,
    ) -> Self {
        let mut found =
            Self { record: record.clone(), dialect, members: Vec::new(), rows: Vec::new(), lists: Vec::new() };
        fields.for_each(|of| found.look_at_field(of));
        found.look_at_addresses(addresses);
        if let Some(person) = person {
            found.look_at_positions(person);
        }
        found.members.retain(|member| !is_read_only(member, dialect));
        found.rows.retain(|(list, _, _)| !is_read_only(list, dialect));
        found
    }

    fn of_person(read: &Contactpersoon, of: &'d Person, dialect: &'d Dialect) -> Self {
        let fields = CONTACTPERSOON.iter().filter_map(|veld| veld.of_person(of));
        Self::of(&read.raw, fields, (&of.addresses, Some(of)), dialect)
    }

    fn look_at_field(&mut self, of: &'d Field) {
        let is_filled = field(&self.record, of).text().is_some();
        match &of.place {
            Place::At(at) if is_filled => self.members.push(at.clone()),
            Place::At(_) => {}
            Place::Pick(Pick { list, words, at }) => {
                self.lists.push(list);
                let rows = self.record.list(list).ok().flatten().unwrap_or_default();
                if let Some((row, _)) = picked(&rows, words).filter(|_| is_filled) {
                    self.rows.push((list, row, at.clone()));
                }
            }
        }
    }

    fn look_at_addresses(&mut self, addresses: &'d Addresses) {
        match addresses {
            Addresses::None => {}
            Addresses::Rows(rows) => self.look_at_rows(&rows.at, &members(&rows.parts)),
            Addresses::Places(places) => {
                for AddressPlace { at, parts } in AddressType::ALL.into_iter().filter_map(|of| place_of(places, of)) {
                    let of_parts = members(parts).into_iter();
                    let all = of_parts.map(|member| at.as_ref().map_or_else(|| member.clone(), |at| at.then(member)));
                    all.for_each(|member| self.look_at(member));
                }
            }
        }
    }

    fn look_at_positions(&mut self, of: &'d Person) {
        let (rows, functie, doorkiesnummer) = match &of.positions {
            Positions::At(at) => (at.rows.as_ref(), &at.functie, &at.doorkiesnummer),
            Positions::Inside(inside) => (None, &inside.functie, &inside.doorkiesnummer),
        };
        let members: Vec<&Pointer> = functie.iter().chain(doorkiesnummer).collect();
        match rows {
            None => members.into_iter().for_each(|member| self.look_at(member.clone())),
            Some(list) => self.look_at_rows(list, &members),
        }
    }

    fn look_at(&mut self, member: Pointer) {
        if is_filled(self.record.at(&member).ok().flatten().as_deref().map(Value::of)) {
            self.members.push(member);
        }
    }

    fn look_at_rows(&mut self, list: &'d Pointer, members: &[&Pointer]) {
        self.lists.push(list);
        let rows = self.record.list(list).ok().flatten().unwrap_or_default();
        for (place, row) in rows.iter().enumerate() {
            let Some(row) = Object::of(row) else { continue };
            let has = |member: &&&Pointer| is_filled(row.at(member).ok().flatten().as_deref().map(Value::of));
            self.rows.extend(members.iter().filter(has).map(|member| (list, place, (*member).clone())));
        }
    }

    /// The record, if anything stands in it.
    fn whole(&self) -> Result<Vec<Step>, Untold> {
        let is_nothing = self.members.is_empty() && self.rows.is_empty();
        if is_nothing { Err(Untold::TooLittle) } else { Ok(vec![Step::Whole]) }
    }

    /// One member of each object and one row of each list. Beside it another must stand that could be lost.
    fn touches(self, too_few_rows: Untold) -> Result<Vec<Touch>, Untold> {
        if self.members.len() + self.rows.len() < 2 {
            return Err(Untold::TooLittle);
        }
        let by_id = writes_rows(self.dialect);
        for list in self.lists.iter().filter(|_| by_id) {
            let rows = self.record.list(list).ok().flatten().unwrap_or_default();
            if rows.len() < 2 || !self.rows.iter().any(|(of, _, _)| of == list) {
                return Err(too_few_rows);
            }
        }
        let mut objects: Vec<Vec<String>> = Vec::new();
        let mut touches = Vec::new();
        for member in self.members {
            let object: Vec<String> =
                member.parts().split_last().map(|(_, object)| object.to_vec()).unwrap_or_default();
            if !objects.contains(&object) {
                objects.push(object);
                touches.push(Touch::Member(member));
            }
        }
        let mut seen: Vec<&Pointer> = Vec::new();
        for (list, row, member) in self.rows {
            if !seen.contains(&list) && self.dialect.writing.lists != Some(ListRule::Not) {
                seen.push(list);
                touches.push(Touch::Row { list: list.clone(), row, member });
            }
        }
        Ok(touches)
    }
}

/// Whether something stands at that place.
fn is_filled(value: Option<Value<'_>>) -> bool {
    match value {
        Some(Value::Text(text)) => !text.trim().is_empty(),
        Some(Value::Scalar(_)) => true,
        None | Some(Value::Null | Value::List(_) | Value::Object(_) | Value::Broken) => false,
    }
}

/// Whether it is left out of what is written.
fn is_read_only(member: &Pointer, dialect: &Dialect) -> bool {
    dialect.writing.read_only.iter().any(|pointer| member.parts().starts_with(pointer.parts()))
}

/// The members in which the parts of an address stand.
fn members(parts: &Parts) -> Vec<&Pointer> {
    parts.named().into_iter().map(|(_, member)| member).collect()
}
