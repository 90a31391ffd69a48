//! What a dialect finds in answers that someone saved: names and counts, never a value.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::document::{Dialect, List, Persons};
use crate::pointer::{Field, Place, Pointer};
use crate::records::{Addresses, HouseNumber, Kind, Parts, Person, Positions, Relation, Status, TypePlaces};

/// How often a field was found in which form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// As a text that is not blank.
    pub text: usize,
    /// As a number.
    pub number: usize,
    /// As a list.
    pub list: usize,
    /// Null or blank; or a list that is there without the row that is meant.
    pub empty: usize,
    /// As an object or a truth value.
    pub other: usize,
    /// Not at all.
    pub absent: usize,
}

/// What a dialect finds in samples.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many records of each kind were found: organisations, private persons, of neither kind, contact persons.
    pub records: BTreeMap<&'static str, usize>,
    /// What each field was found as, in the order of the tables: of what, the field's name, where.
    pub fields: Vec<(&'static str, String, String, Found)>,
    /// Members of records that nothing of the dialect reads: names only.
    pub unread: BTreeSet<String>,
    /// Words for kinds and statuses that the dialect does not know: how many records have one.
    pub unknown_words: BTreeMap<&'static str, usize>,
    /// Answers in which nothing was found.
    pub not_understood: usize,
}

/// Reads saved answers by a dialect.
pub fn report(dialect: &Dialect, answers: &[Value]) -> Report {
    let mut report = Report::default();
    let (mut relations, mut persons) = (Vec::new(), Vec::new());
    for answer in answers {
        let (found_relations, found_persons) = records(dialect, answer);
        if found_relations.is_empty() && found_persons.is_empty() {
            report.not_understood += 1;
        }
        relations.extend(found_relations);
        persons.extend(found_persons);
    }
    let of = &dialect.relations.record;
    let kinds = relations.iter().map(|(list, record)| kind(of, list, record)).collect::<Vec<_>>();
    for wanted in ["organisation", "private-person", "unknown-kind"] {
        let count = kinds.iter().filter(|kind| **kind == wanted).count();
        if count > 0 {
            report.records.insert(wanted, count);
        }
    }
    if !persons.is_empty() {
        report.records.insert("contact-person", persons.len());
    }
    let all: Vec<&Value> = relations.iter().map(|(_, record)| *record).collect();
    let with = |wanted: &str| -> Vec<&Value> {
        relations.iter().zip(&kinds).filter(|(_, kind)| **kind == wanted).map(|((_, record), _)| *record).collect()
    };
    report.look("relation", general(of), &all);
    report.look("organisation", organisation(of), &with("organisation"));
    report.look("private-person", private_person(of), &with("private-person"));
    let inner = person(dialect);
    if let Some(inner) = inner {
        report.look("contact-person", of_person(inner), &persons);
    }
    let unknown = kinds.iter().filter(|kind| **kind == "unknown-kind").count();
    if unknown > 0 {
        report.unknown_words.insert("kind", unknown);
    }
    let statuses = all.iter().filter(|record| !knows_status(&of.status, record)).count();
    if statuses > 0 {
        report.unknown_words.insert("status", statuses);
    }
    let mut read = BTreeSet::new();
    for (_, place) in general(of).into_iter().chain(organisation(of)).chain(private_person(of)) {
        read.insert(member(&place));
    }
    report.unread_of("", &all, &read, matches!(dialect.persons, Persons::Inside(_)).then(|| nested(dialect)).flatten());
    if let Some(inner) = inner {
        let read: BTreeSet<String> = of_person(inner).into_iter().map(|(_, place)| member(&place)).collect();
        report.unread_of("contact-person", &persons, &read, None);
    }
    report
}

impl Report {
    fn look(&mut self, of: &'static str, places: Vec<(String, Place)>, records: &[&Value]) {
        for (name, place) in places {
            let mut found = Found::default();
            for record in records {
                match said(record, &place) {
                    None => found.absent += 1,
                    Some(Value::Null) => found.empty += 1,
                    Some(Value::Array(_)) => found.list += 1,
                    Some(Value::String(text)) if text.trim().is_empty() => found.empty += 1,
                    Some(Value::String(_)) => found.text += 1,
                    Some(Value::Number(_)) => found.number += 1,
                    Some(_) => found.other += 1,
                }
            }
            self.fields.push((of, name, written(&place), found));
        }
    }

    fn unread_of(&mut self, below: &str, records: &[&Value], read: &BTreeSet<String>, also: Option<String>) {
        let is_read = |name: &str| {
            let member = format!("/{}", name.replace('~', "~0").replace('/', "~1"));
            read.iter().chain(&also).any(|at| *at == member || at.starts_with(&format!("{member}/")))
        };
        // A name that is data, such as a map keyed by people, is none of a member.
        let is_name =
            |name: &str| name.len() <= 40 && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-.@".contains(&b));
        for name in records.iter().filter_map(|record| record.as_object()).flat_map(Map::keys) {
            if !is_read(name) && is_name(name) && !name.contains('@') {
                let slash = if below.is_empty() { "" } else { "/" };
                self.unread.insert(format!("{below}{slash}{name}"));
            }
        }
    }
}

fn at<'v>(value: &'v Value, pointer: &Pointer) -> Option<&'v Value> {
    value.pointer(&pointer.to_string())
}

/// What stands at a place; null where its list has no such row.
fn said<'v>(record: &'v Value, place: &Place) -> Option<&'v Value> {
    let pick = match place {
        Place::At(pointer) => return at(record, pointer),
        Place::Pick(pick) => pick,
    };
    let Some(Value::Array(rows)) = at(record, &pick.list) else { return at(record, &pick.list) };
    let is_meant = |row: &&Value| {
        pick.words.iter().all(|(pointer, words)| {
            at(row, pointer).and_then(Value::as_str).is_some_and(|said| words.iter().any(|word| word == said))
        })
    };
    match rows.iter().find(is_meant) {
        Some(row) => at(row, &pick.at),
        None => Some(&Value::Null),
    }
}

/// The member of a record in which a place stands.
fn member(place: &Place) -> String {
    match place {
        Place::At(pointer) => pointer.to_string(),
        Place::Pick(pick) => pick.list.to_string(),
    }
}

fn written(place: &Place) -> String {
    match place {
        Place::At(pointer) => pointer.to_string(),
        Place::Pick(pick) => {
            let words: Vec<&str> =
                pick.words.iter().filter_map(|(_, words)| words.first()).map(String::as_str).collect();
            format!("{} of {} {}", pick.at, pick.list, words.join(" "))
        }
    }
}

fn person(dialect: &Dialect) -> Option<&Person> {
    match &dialect.persons {
        Persons::Apart(apart) => Some(&apart.record),
        Persons::Inside(inside) => Some(&inside.record),
        Persons::Of(of) => Some(&of.record),
        Persons::None => None,
    }
}

fn nested(dialect: &Dialect) -> Option<String> {
    match &dialect.persons {
        Persons::Inside(inside) => Some(inside.rows.to_string()),
        _ => None,
    }
}

type Relations<'v, 'd> = Vec<(&'d List, &'v Value)>;

/// The relations and contact persons in an answer: a list of either, or one record. Where both fit, as what more of their
/// fields are found.
fn records<'v, 'd>(dialect: &'d Dialect, answer: &'v Value) -> (Relations<'v, 'd>, Vec<&'v Value>) {
    let of_relation: Vec<(String, Place)> = {
        let of = &dialect.relations.record;
        general(of).into_iter().chain(organisation(of)).chain(private_person(of)).collect()
    };
    let mut best: (usize, Relations<'v, 'd>, Vec<&'v Value>) = (0, Vec::new(), Vec::new());
    let mut consider = |places: &[(String, Place)], found: Vec<&'v Value>, list: Option<&'d List>| {
        let count =
            found.iter().map(|record| places.iter().filter(|(_, place)| said(record, place).is_some()).count()).sum();
        if count > best.0 {
            best = match list {
                Some(list) => (count, found.into_iter().map(|record| (list, record)).collect(), Vec::new()),
                None => (count, Vec::new(), found),
            };
        }
    };
    for list in &dialect.relations.lists {
        consider(&of_relation, in_list(list, answer), Some(list));
    }
    if let (Persons::Apart(apart), Some(inner)) = (&dialect.persons, person(dialect)) {
        for list in &apart.lists {
            consider(&of_person(inner), in_list(list, answer), None);
        }
    }
    let (_, relations, mut persons) = best;
    if let Persons::Inside(inside) = &dialect.persons {
        let rows = relations.iter().filter_map(|(_, record)| at(record, &inside.rows)?.as_array());
        persons.extend(rows.flatten());
    }
    (relations, persons)
}

fn in_list<'v>(list: &List, answer: &'v Value) -> Vec<&'v Value> {
    let whole = Pointer::default();
    match at(answer, &list.rows).and_then(Value::as_array) {
        Some(rows) => rows.iter().filter_map(|row| at(row, list.record.as_ref().unwrap_or(&whole))).collect(),
        None => {
            let one = at(answer, list.one.as_ref().unwrap_or(&whole));
            one.filter(|record| record.is_object()).into_iter().collect()
        }
    }
}

fn kind(of: &Relation, list: &List, record: &Value) -> &'static str {
    let is_there = |pointer: &Pointer| match at(record, pointer) {
        None | Some(Value::Null) => false,
        Some(Value::String(text)) => !text.trim().is_empty(),
        Some(_) => true,
    };
    match &of.kind {
        Kind::ByList => match list.of {
            Some(crate::document::OfKind::PrivatePerson) => "private-person",
            _ => "organisation",
        },
        Kind::Word(words) => match at(record, &words.at).and_then(Value::as_str) {
            Some(word) if words.organisation.iter().any(|known| known == word) => "organisation",
            Some(word) if words.private_person.iter().any(|known| known == word) => "private-person",
            _ => "unknown-kind",
        },
        Kind::Present(places) if is_there(&places.organisation) => "organisation",
        Kind::Present(places) if is_there(&places.private_person) => "private-person",
        Kind::Present(_) => "unknown-kind",
    }
}

fn knows_status(status: &Status, record: &Value) -> bool {
    match status {
        Status::Listed => true,
        Status::Flag(flag) => at(record, &flag.at).is_none_or(Value::is_boolean),
        Status::Word(words) => match at(record, &words.at).and_then(Value::as_str) {
            None => true,
            Some(word) => {
                [&words.active, &words.archived, &words.deleted].into_iter().flatten().any(|known| known == word)
            }
        },
    }
}

fn general(of: &Relation) -> Vec<(String, Place)> {
    let mut places = vec![("id".to_owned(), Place::At(of.id.clone()))];
    let mut add = |name: &str, pointer: &Pointer| places.push((name.to_owned(), Place::At(pointer.clone())));
    match &of.kind {
        Kind::Word(words) => add("kind", &words.at),
        Kind::Present(_) | Kind::ByList => {}
    }
    status(&of.status, &mut add);
    if let Some(stamp) = &of.changed {
        add("changed", &stamp.at);
    }
    match &of.types {
        TypePlaces::Words(at) | TypePlaces::One(at) => add("relation types", at),
        TypePlaces::Rows(rows) => add("relation types", &rows.at),
        TypePlaces::Always(_) => {}
    }
    addresses(&of.addresses, &mut add);
    places
}

fn status(status: &Status, add: &mut dyn FnMut(&str, &Pointer)) {
    match status {
        Status::Word(words) => add("status", &words.at),
        Status::Flag(flag) => add("status", &flag.at),
        Status::Listed => {}
    }
}

fn addresses(addresses: &Addresses, add: &mut dyn FnMut(&str, &Pointer)) {
    let parts = |name: &str, base: &Pointer, parts: &Parts, add: &mut dyn FnMut(&str, &Pointer)| {
        let one = [
            ("straat", &parts.straat),
            ("postcode", &parts.postcode),
            ("plaats", &parts.plaats),
            ("land", &parts.land),
        ];
        for (part, pointer) in one {
            if let Some(pointer) = pointer {
                add(&format!("{name}.{part}"), &base.then(pointer));
            }
        }
        let numbers: Vec<&Pointer> = match &parts.huisnummer {
            HouseNumber::One(number) => vec![number],
            HouseNumber::Two(two) => vec![&two.number, &two.suffix],
            HouseNumber::Three(three) => vec![&three.number, &three.letter, &three.suffix],
            HouseNumber::InStreet | HouseNumber::None => Vec::new(),
        };
        numbers.into_iter().for_each(|number| add(&format!("{name}.huisnummer"), &base.then(number)));
    };
    match addresses {
        Addresses::None => {}
        Addresses::Rows(rows) => add("addresses", &rows.at),
        Addresses::Places(places) => {
            let named = [
                ("hoofdkantoor", &places.hoofdkantoor),
                ("postadres", &places.postadres),
                ("priveadres", &places.prive),
            ];
            for (name, place) in named {
                if let Some(place) = place {
                    parts(name, &place.at.clone().unwrap_or_default(), &place.parts, add);
                }
            }
        }
    }
}

fn field(name: &str, field: &Option<Field>) -> Option<(String, Place)> {
    Some((name.to_owned(), field.as_ref()?.place.clone()))
}

fn organisation(of: &Relation) -> Vec<(String, Place)> {
    let of = &of.organisation;
    let all = [
        ("bedrijfsnaam", &of.name),
        ("telefoonnummer", &of.phone),
        ("email", &of.email),
        ("website", &of.website),
        ("kvk", &of.kvk),
    ];
    all.into_iter().filter_map(|(name, at)| field(name, at)).collect()
}

fn private_person(of: &Relation) -> Vec<(String, Place)> {
    let of = &of.private_person;
    let all = [("naam", &of.name), ("email", &of.email), ("telefoon", &of.phone)];
    all.into_iter().filter_map(|(name, at)| field(name, at)).collect()
}

fn of_person(of: &Person) -> Vec<(String, Place)> {
    let mut places = vec![("id".to_owned(), Place::At(of.id.clone()))];
    let fields = &of.fields;
    let all = [
        ("voornamen", &fields.voornamen),
        ("achternaam", &fields.achternaam),
        ("tussenvoegsels", &fields.tussenvoegsels),
        ("voorletters", &fields.voorletters),
        ("geboortedatum", &fields.geboortedatum),
        ("geslacht", &fields.geslacht),
        ("mobiel", &fields.mobiel),
        ("prive_telefoon", &fields.prive_telefoon),
        ("emailadres", &fields.emailadres),
    ];
    places.extend(all.into_iter().filter_map(|(name, at)| field(name, at)));
    let mut add = |name: &str, pointer: &Pointer| places.push((name.to_owned(), Place::At(pointer.clone())));
    status(&of.status, &mut add);
    if let Some(stamp) = &of.changed {
        add("changed", &stamp.at);
    }
    addresses(&of.addresses, &mut add);
    match &of.positions {
        Positions::At(position) => match &position.rows {
            Some(rows) => add("positions", rows),
            None => {
                add("positions.relation", &position.relation);
                position.functie.iter().for_each(|at| add("functie", at));
                position.doorkiesnummer.iter().for_each(|at| add("doorkiesnummer", at));
            }
        },
        Positions::Inside(inside) => {
            inside.functie.iter().for_each(|at| add("functie", at));
            inside.doorkiesnummer.iter().for_each(|at| add("doorkiesnummer", at));
        }
    }
    places
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use serde_json::json;

    use super::*;

    fn of_built_in(answer: Value) -> Report {
        report(&Dialect::parse(crate::BUILT_IN).unwrap(), &[answer])
    }

    fn found(report: &Report, of: &str, name: &str) -> Found {
        report.fields.iter().find(|(kind, field, ..)| *kind == of && field == name).unwrap().3
    }

    #[test]
    fn a_field_is_told_by_how_often_it_is_found_and_in_which_form() {
        let told = of_built_in(json!({"relaties": [
            {"id": 7, "soort": "bedrijf", "bedrijfsnaam": "Voorbeeld", "kvk": 1234567, "email": null, "extra": 1},
            {"id": "8", "soort": "particulier", "naam": "Kanarie"},
            {"id": "9", "soort": "stichting"},
        ]}));
        assert_eq!(told.records, BTreeMap::from([("organisation", 1), ("private-person", 1), ("unknown-kind", 1)]));
        assert_eq!(found(&told, "relation", "id"), Found { text: 2, number: 1, ..Found::default() });
        assert_eq!(found(&told, "organisation", "kvk"), Found { number: 1, ..Found::default() });
        assert_eq!(found(&told, "organisation", "email"), Found { empty: 1, ..Found::default() });
        assert_eq!(found(&told, "organisation", "website"), Found { absent: 1, ..Found::default() });
        assert_eq!((told.unread, told.unknown_words), (["extra".to_owned()].into(), BTreeMap::from([("kind", 1)])));
    }

    #[test]
    fn one_record_is_told_from_a_list_and_a_person_from_a_relation() {
        let person = json!({"id": "1", "achternaam": "Kanarie", "koppelingen": [], "mobiel": null});
        assert_eq!(of_built_in(person).records, BTreeMap::from([("contact-person", 1)]));
        assert_eq!(of_built_in(json!({"fout": {}})).not_understood, 1);
    }

    #[test]
    fn nothing_that_stands_in_a_member_is_told() {
        let told =
            of_built_in(json!({"relaties": [{"id": "1", "soort": "bedrijf", "jan@voorbeeld.example": "geheim"}]}));
        assert!(!format!("{told:?}").contains("voorbeeld.example") && !format!("{told:?}").contains("geheim"));
    }
}
