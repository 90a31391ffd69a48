//! Which API the stand-in speaks, and how ids look on it.

use super::record::List;

/// What a wire can write besides short numbers: so many digits follow the first one.
const DIGITS: usize = 17;

/// The API that the stand-in speaks. What it stores, shows to users and counts is the same on all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wire {
    /// The contract that the connector assumes, A1–A13.
    #[default]
    Assumed,
    /// Like a practice system's: English names, page numbers, lists of telephones with a word each, `PUT` of the whole.
    Practice,
    /// Like an accounting system's: bare arrays, next links, contact persons inside their contact, `PATCH`.
    Bookkeeping,
    /// Like a register's of names and addresses: ids that count within their list, a session that is opened first, next
    /// links in the body, everything a text, `PUT` of the whole, and refusals inside a success.
    Register,
    /// Like a ledger's of debtors: offsets with a total, nothing that tells what changed, contact persons by an address
    /// below their relation, `PUT` with what changed.
    Ledger,
}

impl Wire {
    /// Every wire.
    pub const ALL: [Self; 5] = [Self::Assumed, Self::Practice, Self::Bookkeeping, Self::Register, Self::Ledger];

    /// Whether contact persons are a part of their relation: then whatever changes them changes it.
    pub(super) fn nests_contact_persons(self) -> bool {
        self == Self::Bookkeeping
    }

    /// Whether an address has one line for street and house number.
    pub fn has_one_line(self) -> bool {
        matches!(self, Self::Practice | Self::Bookkeeping)
    }

    /// An id as text on this wire. The bookkeeping wire writes 18 digits, contacts with a 4 in front and contact persons
    /// with a 5; an id that is no short whole number stands as it is on every wire. What tells lists apart is not of it:
    /// see [`super::AdvocaatCentraal::known_as`].
    pub fn written_id(self, list: List, id: &str) -> String {
        if self != Self::Bookkeeping || !is_whole(id) {
            return id.to_owned();
        }
        format!("{}{id:0>DIGITS$}", first_digit(list))
    }

    /// The stored id that is written so: the way back of [`Wire::written_id`].
    pub fn stored_id(self, list: List, written: &str) -> String {
        let digits = written.strip_prefix(first_digit(list)).filter(|rest| rest.len() == DIGITS);
        let id = digits.map(|digits| digits.trim_start_matches('0')).filter(|id| is_whole(id));
        match (self, id) {
            (Self::Bookkeeping, Some(id)) => id.to_owned(),
            _ => written.to_owned(),
        }
    }
}

fn first_digit(list: List) -> &'static str {
    match list {
        List::Relaties => "4",
        List::Contactpersonen => "5",
    }
}

/// A whole number without zeros in front, short enough to be written with zeros there.
fn is_whole(id: &str) -> bool {
    !id.is_empty() && !id.starts_with('0') && id.len() <= DIGITS && id.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_has_a_way_there_and_back() {
        for wire in Wire::ALL {
            for list in [List::Relaties, List::Contactpersonen] {
                for id in ["1", "1001", "007", "r-7", "", "123456789012345678"] {
                    assert_eq!(wire.stored_id(list, &wire.written_id(list, id)), id, "{wire:?} {id}");
                }
            }
        }
        assert_eq!(Wire::Bookkeeping.written_id(List::Relaties, "1001"), "400000000000001001");
        assert_eq!(Wire::Bookkeeping.written_id(List::Contactpersonen, "1001"), "500000000000001001");
    }
}
