//! What an answer holds: relations or contact persons, in a list or by itself.

use std::collections::BTreeMap;

use serde_json::Value;

use super::kinds;
use super::lives::id_at;
use super::names::is_one_of;
use super::records::Records;
use super::words::{
    ADDRESS, DOORKIESNUMMER, ELSEWHERE, EMAILS, FUNCTIE, FieldWords, IN_ORGANISATION, IN_PRIVATE_PERSON, NAME,
    ORGANISATION, PERSON, PHONES, POSITIONS, Words,
};
use crate::names::is_member_name;
use crate::pointer::Pointer;
use crate::samples::Answer;
use crate::samples::finding::at;
use crate::samples::keyed::Names;

/// How far down a list is looked for in an answer.
const DEEPEST: usize = 3;

/// What records are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Relations,
    Persons,
}

/// What an answer holds.
pub(super) struct Held<'v> {
    pub(super) answer: &'v Answer,
    pub(super) class: Class,
    pub(super) is_list: bool,
    /// Where the rows or the record stand.
    pub(super) at: Pointer,
    /// Where the record stands in a row.
    pub(super) inner: Pointer,
    pub(super) records: Vec<&'v Value>,
    /// How much in it is known.
    score: usize,
}

impl Held<'_> {
    /// Whether the id stands among the record's own members. An envelope holds one too, but further down.
    fn has_its_own_id(&self) -> bool {
        id_at(&Records::new(self.records.clone())).is_some_and(|(_, pointer)| pointer.parts().len() == 1)
    }
}

/// What an answer holds; none where nothing in it is known.
pub(super) fn held(answer: &Answer) -> Option<Held<'_>> {
    let is_elsewhere = answer
        .asked
        .as_ref()
        .is_some_and(|asked| asked.path.split('/').any(|part| ELSEWHERE.contains(&part.to_ascii_lowercase().as_str())));
    if is_elsewhere { None } else { find(answer, &answer.body, &mut Vec::new()) }
}

fn find<'v>(answer: &'v Answer, value: &'v Value, way: &mut Vec<String>) -> Option<Held<'v>> {
    let stands = pointer(way)?;
    let found = |records: Vec<&'v Value>, is_list, inner: Pointer| {
        let (class, score) = class(&Records::new(records.clone()))?;
        Some(Held { answer, class, is_list, at: stands.clone(), inner, records, score })
    };
    match value {
        Value::Array(rows) => {
            let objects: Vec<&Value> = rows.iter().filter(|row| row.is_object()).collect();
            let whole = || found(objects.clone(), true, Pointer::default());
            let inner = || {
                let inner = envelope(&objects)?;
                found(objects.iter().filter_map(|row| at(row, &inner)).collect(), true, inner)
            };
            whole().filter(Held::has_its_own_id).or_else(inner).or_else(whole)
        }
        Value::Object(members) => {
            let whole = || found(vec![value], false, Pointer::default());
            let mut below = || {
                if way.len() >= DEEPEST || is_keyed_by_data(value) {
                    return None;
                }
                // The way to a record is in the draft.
                let named = members.iter().filter(|(name, _)| is_member_name(name));
                let below = named.filter_map(|(name, value)| {
                    way.push(name.clone());
                    let below = find(answer, value, way);
                    way.pop();
                    below
                });
                below.max_by_key(|held| (held.score, held.records.len()))
            };
            whole().filter(Held::has_its_own_id).or_else(&mut below).or_else(whole)
        }
        _ => None,
    }
}

/// Whether an object has a record at each of some names: by these a record is told from the next, so they are data.
fn is_keyed_by_data(value: &Value) -> bool {
    let objects: Vec<(&String, &Value)> =
        value.as_object().into_iter().flatten().filter(|(_, value)| value.is_object()).collect();
    let names = |value: &Value| value.as_object().map(|object| object.keys().cloned().collect::<Vec<_>>());
    let are_alike =
        |first: &Value, other: &Value| names(first) == names(other) && class(&Records::new(vec![first])).is_some();
    let has_twins = objects
        .iter()
        .enumerate()
        .any(|(number, (_, first))| objects.iter().skip(number + 1).any(|(_, other)| are_alike(first, other)));
    has_twins || objects.iter().any(|(name, _)| !is_member_name(name))
}

/// Leaves out records that stand at another name in each answer: those names are data.
pub(super) fn without_keyed(mut all: Vec<Held<'_>>) -> Vec<Held<'_>> {
    let mut names: BTreeMap<Vec<String>, Names<'_>> = BTreeMap::new();
    let ways: Vec<Vec<String>> = all.iter().map(|held| held.at.parts().to_vec()).collect();
    for way in all.iter().zip(&ways).filter(|(held, _)| !held.is_list).map(|(_, way)| way) {
        if let Some((own, above)) = way.split_last() {
            names.entry(above.to_vec()).or_default().see([own.as_str()]);
        }
    }
    let is_keyed = |held: &Held<'_>| {
        let above = held.at.parts().split_last().map(|(_, above)| above);
        !held.is_list && above.is_some_and(|above| names.get(above).is_some_and(Names::are_data))
    };
    all.retain(|held| !is_keyed(held));
    all
}

/// The pointer that leads there by these names.
pub(super) fn pointer(way: &[String]) -> Option<Pointer> {
    let text = way.iter().map(|part| format!("/{}", part.replace('~', "~0").replace('/', "~1")));
    Pointer::parse(&text.collect::<String>())
}

/// The one member of rows that holds the record.
fn envelope(rows: &[&Value]) -> Option<Pointer> {
    let only = |row: &&Value| match row.as_object().map(|members| members.iter().collect::<Vec<_>>()).as_deref() {
        Some([(name, value)]) if value.is_object() => Some((*name).clone()),
        _ => None,
    };
    let name = only(rows.first()?)?;
    let is_named = is_member_name(&name) && rows.iter().all(|row| only(row).as_ref() == Some(&name));
    is_named.then(|| pointer(&[name])).flatten()
}

/// What records are, and how much in them is known.
fn class(records: &Records<'_>) -> Option<(Class, usize)> {
    if records.is_empty() {
        return None;
    }
    id_at(records)?;
    let has = |words: Words| {
        let words = Words { sure: words.sure, perhaps: &[] };
        records.fitting(words).iter().any(|(fit, pointer)| !fit.is_guess && records.is_plain(pointer))
    };
    let field = |table: &[FieldWords], name: &str| table.iter().any(|field| field.name == name && has(field.words));
    let object = |names: &'static [&'static str]| {
        let fitting = records.fitting(Words { sure: names, perhaps: &[] });
        fitting.iter().any(|(_, pointer)| records.said(pointer).any(Value::is_object))
    };
    let list =
        |names: &'static [&'static str]| records.lists().iter().any(|(member, _)| is_one_of(member.way(), names));
    let count =
        |evidence: &[(bool, usize)]| evidence.iter().filter(|(has, _)| *has).map(|(_, worth)| worth).sum::<usize>();
    let relation = count(&[
        (kinds::is_told_by_word(records), 5),
        (object(IN_ORGANISATION) && object(IN_PRIVATE_PERSON), 5),
        (field(ORGANISATION, "bedrijfsnaam"), 2),
        (field(ORGANISATION, "kvk"), 2),
    ]);
    let names = ["voornamen", "achternaam", "tussenvoegsels", "voorletters", "geboortedatum", "geslacht"];
    let of_person = names.map(|name| (field(PERSON, name), 1));
    let person = count(&of_person) + count(&[(has(FUNCTIE), 1), (has(DOORKIESNUMMER), 1), (list(POSITIONS.sure), 1)]);
    let common = count(&[
        (field(ORGANISATION, "email") || list(EMAILS), 1),
        (field(ORGANISATION, "telefoonnummer") || list(PHONES), 1),
        (field(ORGANISATION, "website"), 1),
        (list(ADDRESS) || has(Words { sure: super::words::POSTCODE, perhaps: &[] }), 1),
    ]);
    let class = match (relation, person, common) {
        (relation, person, _) if person >= 2 && person > relation => Class::Persons,
        (1.., ..) => Class::Relations,
        (_, 1.., 1..) => Class::Persons,
        (_, _, 2..) if has(NAME) => Class::Relations,
        _ => return None,
    };
    Some((class, relation + person + common))
}

/// Where contact persons stand inside relations.
pub(super) fn inside<'v>(relations: &Records<'v>) -> Option<(Pointer, Records<'v>)> {
    let mut found: Vec<(usize, Pointer, Records<'v>)> = Vec::new();
    for (_, list) in relations.lists() {
        let rows = relations.rows(&list);
        // One person may stand in several relations: its id is no other in each row.
        if let Some((Class::Persons, score)) = class_of_rows(relations, &list) {
            found.push((score, list, rows));
        }
    }
    found.into_iter().max_by_key(|(score, ..)| *score).map(|(_, list, rows)| (list, rows))
}

fn class_of_rows(relations: &Records<'_>, list: &Pointer) -> Option<(Class, usize)> {
    let rows: Vec<&Value> = relations.iter().filter_map(|record| at(record, list)?.as_array()).flatten().collect();
    class(&Records::new(rows))
}
