//! What a dialect finds in answers that someone saved: names, counts and forms, never a value.
//!
//! | room | what it does |
//! |---|---|
//! | `answer` | an answer, and how it was asked for |
//! | `paths` | which address of a dialect a path fits |
//! | `places` | the fields of the manual, and where a dialect has them |
//! | `finding` | what stands at a place in a record |
//! | `keyed` | whether the names of members are data |
//! | `recording` | the recording of a browser |
//! | `sorting` | which records stand in an answer |
//! | `unread` | what nothing reads |

mod answer;
pub(crate) mod finding;
pub(crate) mod keyed;
mod paths;
mod places;
mod recording;
mod sorting;
mod unread;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::document::{Dialect, Persons};
use crate::records::{Addresses, Kind, Version};
use finding::{Expected, Said, is_empty, said};
use places::Entry;
use sorting::{Sorted, UNKNOWN_KIND};
use unread::Read;

pub use answer::{Answer, Asked, KeyAt};
pub use finding::Found;
pub use recording::{NoRecording, Recording, json};

/// A field of the manual, and how it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldReport {
    /// Of what it is: `relation`, `organisation`, `private-person`, `contact-person`.
    pub of: &'static str,
    /// Its name in the manual.
    pub name: String,
    /// Where the dialect has it; none where it is not in this dialect.
    pub at: Option<String>,
    /// How often it was found in which form; none where it has no place of its own.
    pub found: Option<Found>,
}

/// What a dialect finds in samples.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// How many records of each kind were found: organisations, private persons, of neither kind, contact persons.
    pub records: BTreeMap<&'static str, usize>,
    /// How many relation types are listed.
    pub types: usize,
    /// Every field of the manual, in the order of the manual.
    pub fields: Vec<FieldReport>,
    /// Members of records that nothing of the dialect reads: names only.
    pub unread: BTreeSet<String>,
    /// Rows of lists with a word by which nothing is read: how many, by the list.
    pub other_rows: BTreeMap<String, usize>,
    /// Words for kinds, statuses and genders that the dialect does not know: how many records have one.
    pub unknown_words: BTreeMap<&'static str, usize>,
    /// Answers in which nothing stands where the dialect says.
    pub not_understood: usize,
    /// Answers that are refusals.
    pub refusals: usize,
    /// Answers at no address of the dialect: how many, by the form of what was asked.
    pub elsewhere: BTreeMap<String, usize>,
}

/// Reads saved answers by a dialect.
pub fn report(dialect: &Dialect, answers: &[Answer]) -> Report {
    let mut sorted = sorting::sort(dialect, answers);
    let mut report = Report {
        types: sorted.types,
        not_understood: sorted.not_understood,
        refusals: sorted.refusals,
        elsewhere: std::mem::take(&mut sorted.elsewhere),
        ..Report::default()
    };
    let of = &dialect.relations.record;
    for (name, count) in [
        ("organisation", sorted.of_kind(of, "organisation").len()),
        ("private-person", sorted.of_kind(of, "private-person").len()),
        (UNKNOWN_KIND, sorted.of_kind(of, UNKNOWN_KIND).len()),
        ("contact-person", sorted.persons.len()),
    ] {
        if count > 0 {
            report.records.insert(name, count);
        }
    }
    for (of, entries, records) in looked_at(dialect, &sorted) {
        for entry in entries {
            let found = entry.spot().map(|spot| {
                let mut found = Found::default();
                records.iter().for_each(|record| found.count(&said(record, spot), &entry.expected));
                found
            });
            if let (Some(found), Expected::Word(_)) = (found, &entry.expected)
                && found.not_understood > 0
            {
                let word = UNKNOWN.iter().find(|(name, _)| *name == entry.name).map_or("word", |(_, word)| *word);
                *report.unknown_words.entry(word).or_default() += found.not_understood;
            }
            report.fields.push(FieldReport { of, at: entry.written(), name: entry.name, found });
        }
    }
    let all: Vec<&Value> = sorted.relations.iter().map(|(_, record)| *record).collect();
    let mut read = reads(&places::of_relation(of), &of.addresses);
    if let Kind::Present(places) = &of.kind {
        read.place(&places.organisation);
        read.place(&places.private_person);
    }
    if let Version::Member(member) = &dialect.writing.version {
        read.place(member);
    }
    if let Persons::Inside(inside) = &dialect.persons {
        read.place(&inside.rows);
    }
    report.see_unread("", &all, &read);
    if let Some(person) = dialect.person() {
        report.see_unread("contact-person", &sorted.persons, &reads(&places::of_person(person), &person.addresses));
    }
    report
}

/// A value that stands at each field of a report, in its order: the first that says something. These are data of
/// clients, for the eyes of who saved them.
pub fn values(dialect: &Dialect, answers: &[Answer]) -> Vec<Option<String>> {
    let sorted = sorting::sort(dialect, answers);
    let mut values = Vec::new();
    for (_, entries, records) in looked_at(dialect, &sorted) {
        for entry in entries {
            let first = entry.spot().and_then(|spot| {
                records.iter().find_map(|record| match said(record, spot) {
                    Said::Value(value) if !is_empty(value) => Some(value),
                    _ => None,
                })
            });
            values.push(first.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
        }
    }
    values
}

/// How a word that is not known is told, by the field.
const UNKNOWN: [(&str, &str); 3] = [("kind", "kind"), ("status", "status"), ("geslacht", "genders")];

type LookedAt<'v> = Vec<(&'static str, Vec<Entry>, Vec<&'v Value>)>;

/// The fields of the manual, and the records in which each is looked for.
fn looked_at<'v>(dialect: &Dialect, sorted: &Sorted<'v, '_>) -> LookedAt<'v> {
    let of = &dialect.relations.record;
    let all = sorted.relations.iter().map(|(_, record)| *record).collect();
    let mut looked_at = vec![
        ("relation", places::general(of), all),
        ("organisation", places::organisation(of), sorted.of_kind(of, "organisation")),
        ("private-person", places::private_person(of), sorted.of_kind(of, "private-person")),
    ];
    if let Some(person) = dialect.person() {
        looked_at.push(("contact-person", places::of_person(person), sorted.persons.clone()));
    }
    looked_at
}

fn reads(entries: &[Entry], addresses: &Addresses) -> Read {
    let mut read = Read::default();
    entries.iter().filter_map(Entry::spot).for_each(|spot| read.spot(spot));
    // What is read besides the fields themselves: by it a row is known.
    if let Addresses::Rows(rows) = addresses {
        rows.id.iter().chain([&rows.word]).for_each(|member| read.place(&rows.at.then(member)));
    }
    read
}

impl Report {
    /// How many relations stand in the answers without one that can be read: none of them says of which kind it is.
    pub fn relations_of_no_kind(&self) -> Option<usize> {
        let count = |of: &str| self.records.get(of).copied().unwrap_or_default();
        let readable = count("organisation") + count("private-person");
        Some(count(UNKNOWN_KIND)).filter(|unknown| *unknown > 0 && readable == 0)
    }

    fn see_unread(&mut self, of: &str, records: &[&Value], read: &Read) {
        let below = if of.is_empty() { String::new() } else { format!("{of}/") };
        self.unread.extend(read.unread(records).into_iter().map(|name| format!("{below}{name}")));
        records.iter().for_each(|record| read.other_rows(record, &mut self.other_rows));
    }
}

#[cfg(test)]
#[path = "samples_tests.rs"]
mod tests;
