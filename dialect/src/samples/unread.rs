//! What of a record nothing reads: names of members, and counts of rows; never a value.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::finding::{Spot, at, is_meant};
use super::keyed::Names;
use crate::names::keyed_by_data;
use crate::pointer::{Pick, Place, Pointer};

/// What nothing reads in objects, by the way to them.
type Objects<'v> = BTreeMap<Vec<&'v str>, Names<'v>>;

/// The places that something reads; rows of a list stand below the list.
#[derive(Default)]
pub(super) struct Read {
    places: Vec<Pointer>,
    picks: Vec<Pick>,
}

impl Read {
    pub(super) fn spot(&mut self, spot: &Spot) {
        match spot {
            Spot::At(Place::At(pointer)) => self.places.push(pointer.clone()),
            Spot::At(Place::Pick(pick)) => {
                self.places.push(pick.list.then(&pick.at));
                self.places.extend(pick.words.iter().map(|(word, _)| pick.list.then(word)));
                self.picks.push(pick.clone());
            }
            Spot::Rows(list, inside) => self.places.push(list.then(inside)),
        }
    }

    pub(super) fn place(&mut self, pointer: &Pointer) {
        self.places.push(pointer.clone());
    }

    /// The names of members of records that nothing reads. Those of an object that is keyed by data are only counted.
    pub(super) fn unread(&self, records: &[&Value]) -> BTreeSet<String> {
        let mut objects = Objects::new();
        records.iter().for_each(|record| self.see(record, &mut Vec::new(), &mut objects));
        let mut unread = BTreeSet::new();
        for (above, names) in objects {
            let told = |name: &str| above.iter().copied().chain([name]).collect::<Vec<_>>().join("/");
            if names.are_data() {
                unread.insert(told(&keyed_by_data(names.count())));
            } else {
                unread.extend(names.iter().map(told));
            }
        }
        unread
    }

    /// Counts what nothing reads in each object in which something is read. Such an object is reached by names of the
    /// dialect alone.
    fn see<'v>(&self, value: &'v Value, above: &mut Vec<&'v str>, objects: &mut Objects<'v>) {
        match value {
            Value::Object(members) => {
                let mut unread = Vec::new();
                for (name, value) in members {
                    above.push(name);
                    let is_read = self.places.iter().any(|place| is_below(above, place.parts()));
                    let is_read_below = self.places.iter().any(|place| leads_to(above, place.parts()));
                    if !is_read && is_read_below && (value.is_object() || value.is_array()) {
                        self.see(value, above, objects);
                    } else if !is_read && !is_read_below {
                        unread.push(name.as_str());
                    }
                    above.pop();
                }
                objects.entry(above.clone()).or_default().see(unread);
            }
            Value::Array(rows) => rows.iter().for_each(|row| self.see(row, above, objects)),
            _ => {}
        }
    }

    /// How many rows of lists have a word by which nothing is read.
    pub(super) fn other_rows(&self, record: &Value, counts: &mut BTreeMap<String, usize>) {
        let lists: BTreeSet<&Pointer> = self.picks.iter().map(|pick| &pick.list).collect();
        for list in lists {
            let rows = at(record, list).and_then(Value::as_array).into_iter().flatten();
            let picks: Vec<&Pick> = self.picks.iter().filter(|pick| pick.list == *list).collect();
            let others = rows.filter(|row| !picks.iter().any(|pick| is_meant(row, pick))).count();
            if others > 0 {
                *counts.entry(list.to_string()).or_default() += others;
            }
        }
    }
}

/// Whether the way is that of a place, or leads on from it.
fn is_below(way: &[&str], place: &[String]) -> bool {
    way.len() >= place.len() && place.iter().zip(way).all(|(one, other)| one == other)
}

/// Whether the way leads to a place.
fn leads_to(way: &[&str], place: &[String]) -> bool {
    place.len() >= way.len() && way.iter().zip(place).all(|(one, other)| one == other)
}
