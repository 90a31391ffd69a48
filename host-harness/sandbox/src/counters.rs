//! What a stand-in saw: calls, writes, and calls that the connector must never make.

use std::collections::{BTreeMap, VecDeque};

use crate::Instant;

/// So many writes are remembered one by one; older ones are only counted.
const REMEMBERED: usize = 10_000;

/// One write that was carried out for a caller of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// When.
    pub at: Instant,
    /// `POST`, `PUT`, `PATCH` or `DELETE`.
    pub method: String,
    /// The list or entity set.
    pub set: String,
    /// The id of the record.
    pub id: String,
    /// The names of the members that the body held, sorted. Never their values.
    pub members: Vec<String>,
}

/// Counts since the start or the last reset.
#[derive(Clone, Debug, Default)]
pub struct Counters {
    calls: BTreeMap<(String, String), u64>,
    writes: u64,
    violations: u64,
    written: VecDeque<Written>,
}

impl Counters {
    /// Calls by method and list or entity set, whatever was answered.
    pub fn calls(&self) -> &BTreeMap<(String, String), u64> {
        &self.calls
    }

    /// All calls together.
    pub fn total(&self) -> u64 {
        self.calls.values().sum()
    }

    /// Writes that were carried out for a caller of the API. What a user does is not among them.
    pub fn writes(&self) -> u64 {
        self.writes
    }

    /// Calls that the connector must never make, whatever was answered.
    pub fn violations(&self) -> u64 {
        self.violations
    }

    /// The last ten thousand writes, oldest first.
    pub fn written(&self) -> impl DoubleEndedIterator<Item = &Written> {
        self.written.iter()
    }

    pub(crate) fn call(&mut self, method: &str, set: &str) {
        *self.calls.entry((method.to_owned(), set.to_owned())).or_default() += 1;
    }

    pub(crate) fn violation(&mut self) {
        self.violations += 1;
    }

    pub(crate) fn write(&mut self, written: Written) {
        self.writes += 1;
        if self.written.len() == REMEMBERED {
            self.written.pop_front();
        }
        self.written.push_back(written);
    }
}
