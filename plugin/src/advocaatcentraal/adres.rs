//! Addresses of a relation or a contact person.

use std::fmt;

use serde_json::value::RawValue;

use super::json::Object;
use super::oddity;
use super::veld::{ADRESSEN, HUISNUMMER, ID, TOEVOEGING, TYPE, part_json, type_word};
use crate::answer::Failure;
use crate::relation::{AddressPart, AddressType, HouseNumber, Presence, Unreadable};

/// One address. `Debug` tells its type only.
#[derive(Clone)]
pub struct Adres {
    pub(super) raw: Object,
}

impl Adres {
    /// AC's id of it, if it has one.
    pub fn id(&self) -> Option<String> {
        oddity::id(self.raw.get(ID))
    }

    /// Its type; none for a type that is not synced.
    pub fn address_type(&self) -> Option<AddressType> {
        let said = oddity::text(self.raw.get(TYPE));
        AddressType::ALL.into_iter().find(|address_type| said.text() == Some(type_word(*address_type)))
    }

    /// A part as text. Of the house number this is both members in one text; see also [`Adres::house_number`].
    pub fn part(&self, part: AddressPart) -> Presence {
        match part {
            AddressPart::Huisnummer => match self.house_number() {
                Err(Unreadable) => Presence::Unreadable,
                Ok(None) => Presence::Absent,
                Ok(Some(HouseNumber { huisnummer, toevoeging })) => {
                    Presence::of(format!("{huisnummer} {toevoeging}").trim())
                }
            },
            other => oddity::text(self.raw.get(part_json(other))),
        }
    }

    /// The house number; none if the address says nothing about it. An address that has one of the two members says
    /// by leaving out the other that this one is empty.
    ///
    /// # Errors
    /// One of its members cannot be read: what the other says is half a house number.
    pub fn house_number(&self) -> Result<Option<HouseNumber>, Unreadable> {
        let text = |said: Presence| said.text().unwrap_or_default().to_owned();
        match [HUISNUMMER, TOEVOEGING].map(|member| oddity::text(self.raw.get(member))) {
            [Presence::Unreadable, _] | [_, Presence::Unreadable] => Err(Unreadable),
            [Presence::Absent, Presence::Absent] => Ok(None),
            [huisnummer, toevoeging] => {
                Ok(Some(HouseNumber { huisnummer: text(huisnummer), toevoeging: text(toevoeging) }))
            }
        }
    }

    /// The order in which one of several is chosen: by id, numbers in it by their value; without an id last.
    fn rank(&self) -> (bool, String, Option<String>) {
        let id = self.id();
        (id.is_none(), by_value(id.as_deref().unwrap_or_default()), id)
    }
}

impl fmt::Debug for Adres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Adres").field("address_type", &self.address_type()).finish_non_exhaustive()
    }
}

/// The addresses that can be read, and how many cannot.
pub(super) fn read(rows: Vec<Box<RawValue>>) -> (Vec<Adres>, usize) {
    let count = rows.len();
    let adressen: Vec<Adres> = rows.iter().filter_map(|row| Some(Adres { raw: Object::of(row)? })).collect();
    let unreadable = count - adressen.len();
    (adressen, unreadable)
}

/// The record's addresses: none if it says nothing about them.
pub(super) fn adressen(record: &Object) -> Option<Vec<Adres>> {
    Some(read(record.list(ADRESSEN).ok()??).0)
}

/// The address of that type that is synced: of several the one with the lowest id (F84).
pub(super) fn choose(adressen: &[Adres], address_type: AddressType) -> Option<&Adres> {
    adressen.iter().filter(|adres| adres.address_type() == Some(address_type)).min_by_key(|adres| adres.rank())
}

/// The place of the row that [`choose`] chooses, rows that cannot be read included.
pub(super) fn place(rows: &[Box<RawValue>], address_type: AddressType) -> Option<usize> {
    let of_type = rows.iter().enumerate().filter_map(|(place, row)| {
        let adres = Adres { raw: Object::of(row)? };
        (adres.address_type() == Some(address_type)).then(|| (adres.rank(), place))
    });
    of_type.min().map(|(_, place)| place)
}

/// Whether all of these rows can be read and none is of that type.
pub(super) fn have_room(rows: &[Box<RawValue>], address_type: AddressType) -> bool {
    rows.iter().all(|row| {
        let said = Object::of(row).map_or(Presence::Unreadable, |raw| oddity::text(raw.get(TYPE)));
        said.text().is_some_and(|said| said != type_word(address_type))
    })
}

/// A new row of that type, without an id: AC gives it one (A14).
pub(super) fn new_row(address_type: AddressType) -> Result<Object, Failure> {
    let mut row = Object::default();
    row.set_text(TYPE, Some(type_word(address_type)))?;
    Ok(row)
}

pub(super) fn has_several_of_one_type(adressen: &[Adres]) -> bool {
    AddressType::ALL
        .into_iter()
        .any(|address_type| adressen.iter().filter(|adres| adres.address_type() == Some(address_type)).count() > 1)
}

/// A text that sorts as the id does when each run of digits counts by its value: a9 before a10.
fn by_value(id: &str) -> String {
    let mut sortable = String::new();
    let mut rest = id;
    while let Some(start) = rest.find(|character: char| character.is_ascii_digit()) {
        let (before, from_digits) = rest.split_at(start);
        let end = from_digits.find(|character: char| !character.is_ascii_digit()).unwrap_or(from_digits.len());
        let (digits, after) = from_digits.split_at(end);
        let digits = digits.trim_start_matches('0');
        sortable.push_str(&format!("{before}{:04}{digits}", digits.len()));
        rest = after;
    }
    sortable.push_str(rest);
    sortable
}

#[cfg(test)]
mod tests {
    use super::by_value;

    #[test]
    fn ids_are_ordered_by_the_value_of_the_numbers_in_them() {
        let mut ids = ["a10", "b1", "a9", "10", "9", "a"];
        ids.sort_by_key(|id| by_value(id));
        assert_eq!(ids, ["9", "10", "a", "a9", "a10", "b1"]);
    }
}
