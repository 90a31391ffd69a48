//! What of a record nothing reads: names of members, and counts of rows; never a value.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::finding::{Spot, at, is_meant};
use crate::pointer::{Pick, Place, Pointer};

/// How long a member's name may be to be told; longer is data.
const LONGEST_NAME: usize = 40;
/// How many digits in a row a member's name may have to be told: more is an id, a number or a date.
const MOST_DIGITS: usize = 3;

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

    /// The names of members of a record that nothing reads.
    pub(super) fn unread(&self, record: &Value, above: &mut Vec<String>, unread: &mut BTreeSet<String>) {
        match record {
            Value::Object(members) => {
                for (name, value) in members {
                    above.push(name.clone());
                    let is_read = self.places.iter().any(|place| above.starts_with(place.parts()));
                    let is_read_below = self.places.iter().any(|place| place.parts().starts_with(above));
                    if !is_read && is_read_below && (value.is_object() || value.is_array()) {
                        self.unread(value, above, unread);
                    } else if !is_read && !is_read_below && above.iter().all(|name| is_name(name)) {
                        unread.insert(above.join("/"));
                    }
                    above.pop();
                }
            }
            Value::Array(rows) => rows.iter().for_each(|row| self.unread(row, above, unread)),
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

/// Whether a name is that of a member: one that is data, such as in a map keyed by people, is none.
pub(crate) fn is_name(name: &str) -> bool {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.:$".contains(&byte));
    let digits = name.split(|letter: char| !letter.is_ascii_digit()).any(|digits| digits.len() > MOST_DIGITS);
    (1..=LONGEST_NAME).contains(&name.len()) && plain && !digits
}
