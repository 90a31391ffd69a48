//! Which records of a dialect stand in an answer.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::answer::{Answer, Asked};
use super::finding::{at, is_empty};
use super::paths;
use super::places;
use crate::document::{Dialect, List, OfKind, Persons, TypeList, Types};
use crate::pointer::Pointer;
use crate::records::{Kind, Relation};

/// Records of which nothing tells whether they are organisations or private persons.
pub(super) const UNKNOWN_KIND: &str = "unknown-kind";

/// The most members of a row in a list of relation types.
const MOST_OF_A_TYPE: usize = 4;

/// The most members of an answer that are found for an id and a name.
const MOST_OF_A_NAME: usize = 2;

/// What an answer is, by the dialect's addresses.
#[derive(Clone, Copy)]
enum Role<'d> {
    Relations(&'d List),
    Relation(&'d List),
    Persons(&'d Pointer, Option<&'d Pointer>),
    Person(Option<&'d Pointer>),
    Types(&'d Pointer),
    Office,
}

/// The records in saved answers.
#[derive(Default)]
pub(super) struct Sorted<'v, 'd> {
    /// The relations, each with its list.
    pub(super) relations: Vec<(&'d List, &'v Value)>,
    /// The contact persons.
    pub(super) persons: Vec<&'v Value>,
    /// How many relation types are listed.
    pub(super) types: usize,
    /// Answers at an address of the dialect in which nothing stands where it says, or, without an address, in which
    /// nothing of it stands.
    pub(super) not_understood: usize,
    /// Answers that are refusals.
    pub(super) refusals: usize,
    /// Answers at no address of the dialect, by the form of what was asked.
    pub(super) elsewhere: BTreeMap<String, usize>,
}

/// Sorts saved answers.
pub(super) fn sort<'v, 'd>(dialect: &'d Dialect, answers: &'v [Answer]) -> Sorted<'v, 'd> {
    let mut sorted = Sorted::default();
    let addresses = addresses(dialect);
    for answer in answers {
        match &answer.asked {
            Some(asked) if !asked.is_done() => sorted.refusals += 1,
            Some(asked) => match role(&addresses, asked) {
                Some(role) => sorted.take(role, &answer.body),
                None => {
                    let known: Vec<&str> = addresses.iter().map(|(address, ..)| *address).collect();
                    // A method is a word of the protocol; a recording may hold anything.
                    let known_methods = ["GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "DELETE"];
                    let method = known_methods.iter().find(|known| **known == asked.method).unwrap_or(&"?");
                    let form = format!("{method} {}", paths::form(&asked.path, &known));
                    *sorted.elsewhere.entry(form).or_default() += 1;
                }
            },
            None => sorted.guess(dialect, &answer.body),
        }
    }
    if let Persons::Inside(inside) = &dialect.persons {
        let rows = sorted.relations.iter().filter_map(|(_, record)| at(record, &inside.rows)?.as_array());
        let inner: Vec<&Value> = rows.flatten().collect();
        sorted.persons.extend(inner);
    }
    sorted
}

type Addresses<'d> = Vec<(&'d str, Role<'d>, Option<&'d List>)>;

/// The dialect's addresses, and what each gives.
fn addresses(dialect: &Dialect) -> Addresses<'_> {
    let mut all: Addresses<'_> = Vec::new();
    for list in &dialect.relations.lists {
        all.push((&list.path, Role::Relations(list), Some(list)));
        all.push((&list.single, Role::Relation(list), Some(list)));
    }
    match &dialect.persons {
        Persons::Apart(apart) => {
            for list in &apart.lists {
                all.push((&list.path, Role::Persons(&list.rows, list.record.as_ref()), Some(list)));
                all.push((&list.single, Role::Person(list.one.as_ref()), Some(list)));
            }
        }
        Persons::Of(of) => {
            all.push((&of.path, Role::Persons(&of.rows, None), None));
            all.push((&of.single, Role::Person(of.one.as_ref()), None));
        }
        Persons::Inside(_) | Persons::None => {}
    }
    if let Types::List(types) = &dialect.types {
        all.push((&types.path, Role::Types(&types.rows), None));
    }
    if let Some(office) = &dialect.office {
        all.push((&office.path, Role::Office, None));
    }
    all
}

/// What was asked for: at the address that fits best; of lists at one address the one whose parameters went along.
fn role<'d>(addresses: &Addresses<'d>, asked: &Asked) -> Option<Role<'d>> {
    let of_method = |role: &Role<'_>| match asked.method.as_str() {
        "GET" => true,
        "PUT" | "PATCH" => matches!(role, Role::Relation(_) | Role::Person(_)),
        _ => false,
    };
    let went_along = |list: &List| {
        list.parameters
            .iter()
            .filter(|(name, value)| asked.query.iter().any(|(n, v)| n == *name && v == *value))
            .count()
    };
    let fits = addresses.iter().filter(|(_, role, _)| of_method(role));
    let fits = fits.filter_map(|(address, role, list)| {
        Some(((paths::fit(address, &asked.path)?, list.map_or(0, went_along)), role))
    });
    // Of several that fit alike the first: it is the dialect's own order.
    fits.rev().max_by_key(|(fit, _)| *fit).map(|(_, role)| *role)
}

impl<'v, 'd> Sorted<'v, 'd> {
    fn take(&mut self, role: Role<'d>, body: &'v Value) {
        let whole = Pointer::default();
        let rows = |rows: &Pointer, record: Option<&Pointer>| -> Option<Vec<&'v Value>> {
            let rows = at(body, rows)?.as_array()?;
            Some(rows.iter().filter_map(|row| at(row, record.unwrap_or(&whole))).collect())
        };
        let one = |one: Option<&Pointer>| at(body, one.unwrap_or(&whole)).filter(|record| record.is_object());
        let is_found = match role {
            Role::Relations(list) => rows(&list.rows, list.record.as_ref())
                .map(|found| self.relations.extend(found.into_iter().map(|record| (list, record)))),
            Role::Relation(list) => one(list.one.as_ref()).map(|record| self.relations.push((list, record))),
            Role::Persons(at, record) => rows(at, record).map(|found| self.persons.extend(found)),
            Role::Person(at) => one(at).map(|record| self.persons.push(record)),
            Role::Types(at) => rows(at, None).map(|found| self.types += found.len()),
            Role::Office => Some(()),
        };
        if is_found.is_none() {
            self.not_understood += 1;
        }
    }

    /// Of an answer that was saved alone nobody tells what it is: it is that of whose members most are found, and of two
    /// that have as many that which lacks less.
    fn guess(&mut self, dialect: &'d Dialect, body: &'v Value) {
        let of_relation = places::members(&places::of_relation(&dialect.relations.record));
        let of_person = dialect.person().map(|person| places::members(&places::of_person(person)));
        let of_person = of_person.unwrap_or_default();
        let mut best: (usize, Reverse<usize>, Option<Role<'d>>) = (0, Reverse(0), None);
        let mut consider = |members: &BTreeSet<Pointer>, role: Role<'d>| {
            let mut found = Sorted::default();
            found.take(role, body);
            let records: Vec<&Value> = found.relations.iter().map(|(_, record)| *record).chain(found.persons).collect();
            let is_there = |record: &&Value| members.iter().filter(|member| at(record, member).is_some()).count();
            let count = records.iter().map(is_there).sum::<usize>();
            let lacks = Reverse(records.len() * members.len() - count);
            if count > 0 && (count, lacks) > (best.0, best.1) {
                best = (count, lacks, Some(role));
            }
        };
        for (_, role, _) in addresses(dialect) {
            match role {
                Role::Relations(_) | Role::Relation(_) => consider(&of_relation, role),
                Role::Persons(..) | Role::Person(_) => consider(&of_person, role),
                Role::Types(_) | Role::Office => {}
            }
        }
        if is_of_the_office(dialect, body) {
            return;
        }
        // What says no more than an id and a name, and is of no kind, is the office's answer or another thing's.
        let says_little = match best.2 {
            Some(Role::Relation(list)) if best.0 <= MOST_OF_A_NAME => {
                let record = at(body, list.one.as_ref().unwrap_or(&Pointer::default()));
                record.is_some_and(|record| {
                    is_small(record) && kind(&dialect.relations.record, list, record) == UNKNOWN_KIND
                })
            }
            _ => false,
        };
        if says_little {
            best.2 = None;
        }
        match (best.2, &dialect.types) {
            (_, Types::List(types)) if are_types(types, body) => self.take(Role::Types(&types.rows), body),
            (Some(role), _) => self.take(role, body),
            (None, _) => self.not_understood += 1,
        }
    }
}

/// Whether an answer has the office's name and number where the dialect has them, and is no more than that.
fn is_of_the_office(dialect: &Dialect, body: &Value) -> bool {
    let Some(office) = &dialect.office else { return false };
    let above = office.name.parts().split_last().map(|(_, above)| above).unwrap_or_default();
    let holder = above.iter().try_fold(body, |value, part| value.as_object()?.get(part));
    let is_there = |pointer: &Pointer| at(body, pointer).is_some_and(|value| value.is_string() || value.is_number());
    is_there(&office.name) && office.number.as_ref().is_none_or(is_there) && holder.is_some_and(is_small)
}

/// Whether an object has few members, none of which holds more.
fn is_small(value: &Value) -> bool {
    value.as_object().is_some_and(|members| {
        members.len() <= MOST_OF_A_TYPE && !members.values().any(|value| value.is_object() || value.is_array())
    })
}

/// Whether rows are no more than an id and a name: a relation or a person is more.
fn are_types(types: &TypeList, body: &Value) -> bool {
    let rows = at(body, &types.rows).and_then(Value::as_array);
    let is_one = |row: &Value| {
        let is_small = row.as_object().is_some_and(|members| members.len() <= MOST_OF_A_TYPE);
        is_small && at(row, &types.id).is_some() && at(row, &types.name).is_some()
    };
    rows.is_some_and(|rows| !rows.is_empty() && rows.iter().all(is_one))
}

impl<'v> Sorted<'v, '_> {
    /// The relations of a kind.
    pub(super) fn of_kind(&self, of: &Relation, wanted: &str) -> Vec<&'v Value> {
        let is_wanted = |(list, record): &&(&List, &'v Value)| kind(of, list, record) == wanted;
        self.relations.iter().filter(is_wanted).map(|(_, record)| *record).collect()
    }
}

fn kind(of: &Relation, list: &List, record: &Value) -> &'static str {
    let is_there = |pointer: &Pointer| at(record, pointer).is_some_and(|value| !is_empty(value));
    match &of.kind {
        Kind::ByList => match list.of {
            Some(OfKind::PrivatePerson) => "private-person",
            _ => "organisation",
        },
        Kind::Word(words) => match at(record, &words.at).and_then(Value::as_str) {
            Some(word) if words.organisation.iter().any(|known| known == word) => "organisation",
            Some(word) if words.private_person.iter().any(|known| known == word) => "private-person",
            _ => UNKNOWN_KIND,
        },
        Kind::Present(places) if is_there(&places.organisation) => "organisation",
        Kind::Present(places) if is_there(&places.private_person) => "private-person",
        Kind::Present(_) => UNKNOWN_KIND,
    }
}
