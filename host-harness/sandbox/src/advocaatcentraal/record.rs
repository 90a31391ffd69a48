//! The records of AdvocaatCentraal and every version that they had.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

use crate::Instant;

/// Which of the two lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum List {
    /// Companies and private persons.
    Relaties,
    /// Contact persons.
    Contactpersonen,
}

impl List {
    /// The name in paths and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Relaties => "relaties",
            Self::Contactpersonen => "contactpersonen",
        }
    }
}

/// One version of a record.
#[derive(Clone, Debug)]
pub struct Version {
    pub(crate) fields: Map<String, Value>,
    pub(crate) changed: Instant,
    pub(crate) made: Instant,
}

impl Version {
    /// The fields without `gewijzigd` and `aangemaakt`.
    pub fn fields(&self) -> &Map<String, Value> {
        &self.fields
    }

    /// The stamp `gewijzigd`.
    pub fn changed(&self) -> Instant {
        self.changed
    }

    /// When this version was made; the start of time for what was loaded. Differs from the stamp where an edit does
    /// not move it.
    pub fn made(&self) -> Instant {
        self.made
    }

    /// A text field; empty where it is absent or no text.
    pub fn text(&self, field: &str) -> &str {
        self.fields.get(field).and_then(Value::as_str).unwrap_or("")
    }

    /// The rows of a list field such as `adressen`; none where it is absent or null.
    pub fn rows(&self, field: &str) -> &[Value] {
        self.fields.get(field).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }
}

/// A relation or a contact person.
#[derive(Clone, Debug)]
pub struct Record {
    pub(crate) created: Option<Instant>,
    pub(crate) revision: u64,
    pub(crate) earlier: Vec<Version>,
    pub(crate) current: Version,
}

impl Record {
    /// As it stands.
    pub fn current(&self) -> &Version {
        &self.current
    }

    /// Every version, oldest first, the current one last.
    pub fn versions(&self) -> impl DoubleEndedIterator<Item = &Version> {
        self.earlier.iter().chain([&self.current])
    }

    /// As it stood at that instant; none where it was not there yet.
    pub(crate) fn at(&self, instant: Instant) -> Option<&Version> {
        self.versions().rev().find(|version| version.made <= instant)
    }

    pub(crate) fn put(&mut self, version: Version) {
        self.revision += 1;
        self.earlier.push(std::mem::replace(&mut self.current, version));
    }
}

/// The records of one list, by id.
#[derive(Clone, Debug, Default)]
pub(crate) struct Table {
    pub(crate) records: BTreeMap<String, Record>,
    pub(crate) purged: BTreeSet<String>,
    last_number: u64,
}

impl Table {
    /// An id that is not taken. The contract's examples count from a thousand.
    pub(crate) fn free_id(&mut self, base: u64) -> String {
        self.last_number = self.last_number.max(base);
        loop {
            self.last_number += 1;
            let id = self.last_number.to_string();
            if !self.records.contains_key(&id) {
                return id;
            }
        }
    }
}

/// An id as text, whether it was written as text or as a number.
pub(crate) fn id_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The ids of the relations that a contact person belongs to.
pub(crate) fn linked_relaties(version: &Version) -> Vec<String> {
    version.rows("koppelingen").iter().filter_map(|row| id_text(row.get("relatie_id")?)).collect()
}
