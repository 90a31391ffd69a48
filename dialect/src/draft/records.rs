//! Records of one kind, and what stands in them.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::names::{Fit, fit, plain};
use super::words::{VALUE, WORD, Words};
use crate::names::is_member_name;
use crate::pointer::Pointer;
use crate::samples::finding::{at, is_empty};
use crate::samples::keyed::Names;

/// How far down members are looked for.
const DEEPEST: usize = 4;
/// The most words of a small set.
const MOST_WORDS: usize = 12;
/// The longest word of a small set.
const LONGEST_WORD: usize = 24;

/// Records of one kind. They hold data of clients, so they cannot be printed.
#[derive(Clone, Default)]
pub(super) struct Records<'v> {
    records: Vec<&'v Value>,
    /// Their members, once somebody asked for them.
    members: OnceCell<Vec<Member>>,
}

/// A member of records, through objects only.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Member(Vec<String>);

impl Member {
    pub(super) fn way(&self) -> &[String] {
        &self.0
    }

    /// The pointer to it; none where a part of its name is no name of a document.
    pub(super) fn pointer(&self) -> Option<Pointer> {
        let text = self.0.iter().map(|part| format!("/{}", part.replace('~', "~0").replace('/', "~1")));
        Pointer::parse(&text.collect::<String>())
    }
}

/// A list in records whose rows have a word each.
pub(super) struct Worded<'v> {
    pub(super) list: Pointer,
    pub(super) way: Vec<String>,
    pub(super) word: Pointer,
    pub(super) value: Pointer,
    /// The words, each with how many rows have it.
    pub(super) words: BTreeMap<&'v str, usize>,
}

impl<'v> Records<'v> {
    pub(super) fn new(records: Vec<&'v Value>) -> Self {
        Self { records, members: OnceCell::new() }
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &'v Value> {
        self.records.iter().copied()
    }

    pub(super) fn only(&self, mut is_wanted: impl FnMut(&'v Value) -> bool) -> Self {
        Self::new(self.iter().filter(|record| is_wanted(record)).collect())
    }

    /// Every member, objects and lists too; of an object in a record that is keyed by data none, and of the record itself only
    /// those whose names are no data.
    pub(super) fn members(&self) -> &[Member] {
        self.members.get_or_init(|| {
            let mut objects = Objects::new();
            self.iter().for_each(|record| collect(record, &mut Vec::new(), &mut objects));
            let keyed: Vec<&Vec<&str>> =
                objects.iter().filter(|(way, names)| !way.is_empty() && names.are_data()).map(|(way, _)| way).collect();
            let is_told = |way: &&Vec<&str>| !keyed.iter().any(|keyed| way.starts_with(keyed));
            let members = objects.iter().filter(|(way, _)| is_told(way)).flat_map(|(way, names)| {
                let name = names.iter().filter(|name| is_member_name(name));
                name.map(|name| Member(way.iter().copied().chain([name]).map(str::to_owned).collect()))
            });
            members.collect::<BTreeSet<_>>().into_iter().collect()
        })
    }

    /// What stands there, where something is said.
    pub(super) fn said(&self, pointer: &Pointer) -> impl Iterator<Item = &'v Value> {
        let said = self.iter().filter_map(|record| at(record, pointer).filter(|value| !is_empty(value)));
        said.collect::<Vec<_>>().into_iter()
    }

    /// In how many records something is said there.
    pub(super) fn filled(&self, pointer: &Pointer) -> usize {
        self.said(pointer).count()
    }

    /// Whether a text, a number or nothing stands there, never anything else.
    pub(super) fn is_plain(&self, pointer: &Pointer) -> bool {
        self.said(pointer).all(|value| value.is_string() || value.is_number())
    }

    /// The members that fit words, the best first: those that are surely meant before those that may be, and those that
    /// say something before those that are empty everywhere.
    pub(super) fn fitting(&self, words: Words) -> Vec<(Fit, Pointer)> {
        let mut found: Vec<((bool, bool, Fit), Pointer)> = Vec::new();
        for member in self.members() {
            if let (Some(fit), Some(pointer)) = (fit(member.way(), words), member.pointer()) {
                found.push(((fit.is_guess, self.filled(&pointer) == 0, fit), pointer));
            }
        }
        found.sort_by_key(|(order, _)| *order);
        found.into_iter().map(|((.., fit), pointer)| (fit, pointer)).collect()
    }

    /// The rows of a list in all records.
    pub(super) fn rows(&self, list: &Pointer) -> Self {
        let rows = self.iter().filter_map(|record| at(record, list)?.as_array()).flatten();
        Self::new(rows.filter(|row| row.is_object()).collect())
    }

    /// The lists of objects in the records.
    pub(super) fn lists(&self) -> Vec<(&Member, Pointer)> {
        let members = self.members().iter().filter_map(|member| Some((member, member.pointer()?)));
        members.filter(|(_, pointer)| !self.rows(pointer).is_empty()).collect()
    }

    /// The words that stand at a member, each with how often, where they are a small set of short words: no names, no
    /// numbers, no free text.
    pub(super) fn words(&self, pointer: &Pointer) -> Option<BTreeMap<&'v str, usize>> {
        small_set(self.said(pointer))
    }

    /// The lists whose rows have a word and a value.
    pub(super) fn worded(&self) -> Vec<Worded<'v>> {
        let mut found = Vec::new();
        for (member, list) in self.lists() {
            let rows = self.rows(&list);
            let by = |names: &'static [&'static str]| {
                let fitting = rows.fitting(Words { sure: names, perhaps: &[] }).into_iter();
                fitting.map(|(_, pointer)| pointer).filter(|pointer| rows.is_plain(pointer) && rows.filled(pointer) > 0)
            };
            let Some((word, words)) = by(WORD).find_map(|word| Some((word.clone(), rows.words(&word)?))) else {
                continue;
            };
            let Some(value) = by(VALUE).find(|value| *value != word) else { continue };
            found.push(Worded { list, way: member.way().to_vec(), word, value, words });
        }
        found
    }
}

/// Words, each with how often, where they are a small set of short ones.
pub(super) fn small_set<'v>(values: impl Iterator<Item = &'v Value>) -> Option<BTreeMap<&'v str, usize>> {
    let mut words: BTreeMap<&str, usize> = BTreeMap::new();
    for value in values {
        let word = value.as_str().filter(|word| is_word(word))?;
        *words.entry(word).or_default() += 1;
    }
    (1..=MOST_WORDS).contains(&words.len()).then_some(words)
}

/// A short word of letters, which may be joined by hyphens.
fn is_word(text: &str) -> bool {
    let is_plain = |letter: char| letter.is_alphabetic() || matches!(letter, '-' | '_' | ' ');
    (1..=LONGEST_WORD).contains(&text.len()) && text.chars().all(is_plain) && !plain(text).is_empty()
}

/// The objects of records, by the way to them.
type Objects<'v> = BTreeMap<Vec<&'v str>, Names<'v>>;

fn collect<'v>(value: &'v Value, way: &mut Vec<&'v str>, objects: &mut Objects<'v>) {
    let Some(object) = value.as_object().filter(|_| way.len() < DEEPEST) else { return };
    objects.entry(way.clone()).or_default().see(object.keys().map(String::as_str));
    // Below a name that is data all is somebody's.
    for (name, value) in object.iter().filter(|(name, _)| is_member_name(name)) {
        way.push(name);
        collect(value, way, objects);
        way.pop();
    }
}

/// An id as text.
pub(super) fn id_text(id: &Value) -> Option<String> {
    match id {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
