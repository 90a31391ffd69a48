//! Addresses of a relation or a contact person.

use std::fmt;

use dialect::{AddressPlace, AddressPlaces, AddressRows, Addresses, HouseNumber as At, Parts};

use super::json::{Object, Odd};
use super::oddity::{id_at, text_at, text_at_some};
use super::veld::words;
use crate::relation::{AddressPart, AddressType, HouseNumber, Presence, Unreadable, split_street};

/// One address. `Debug` tells its type only.
#[derive(Clone)]
pub struct Adres {
    id: Option<String>,
    address_type: Option<AddressType>,
    straat: Presence,
    huisnummer: Result<Option<HouseNumber>, Unreadable>,
    postcode: Presence,
    plaats: Presence,
    land: Presence,
    /// Whether it leaves out a member that the dialect has.
    lacks_one: bool,
    /// Its row in the list.
    pub(super) row: Option<usize>,
}

impl Adres {
    /// AC's id of it, if it has one.
    pub fn id(&self) -> Option<String> {
        self.id.clone()
    }

    /// Its type; none for a type that is not synced.
    pub fn address_type(&self) -> Option<AddressType> {
        self.address_type
    }

    /// A part as text. Of the house number this is all of it in one text; see also [`Adres::house_number`].
    pub fn part(&self, part: AddressPart) -> Presence {
        match part {
            AddressPart::Straat => self.straat.clone(),
            AddressPart::Postcode => self.postcode.clone(),
            AddressPart::Plaats => self.plaats.clone(),
            AddressPart::Land => self.land.clone(),
            AddressPart::Huisnummer => match &self.huisnummer {
                Err(Unreadable) => Presence::Unreadable,
                Ok(None) => Presence::Absent,
                Ok(Some(HouseNumber { huisnummer, toevoeging })) => {
                    Presence::of(format!("{huisnummer} {toevoeging}").trim())
                }
            },
        }
    }

    /// The house number; none if the address says nothing about it. An address that has one of the members says by
    /// leaving out the other that this one is empty.
    ///
    /// # Errors
    /// One of its members cannot be read: what the other says is half a house number.
    pub fn house_number(&self) -> Result<Option<HouseNumber>, Unreadable> {
        self.huisnummer.clone()
    }

    fn read(object: &Object, parts: &Parts, address_type: Option<AddressType>) -> Self {
        let at = |pointer: &Option<dialect::Pointer>| text_at_some(object, pointer.as_ref());
        let straat = at(&parts.straat);
        let (straat, huisnummer) = match &parts.huisnummer {
            At::InStreet => in_street(straat),
            other => (straat, house_number(object, other)),
        };
        let (postcode, plaats, land) = (at(&parts.postcode), at(&parts.plaats), at(&parts.land));
        let told =
            [(&parts.straat, &straat), (&parts.postcode, &postcode), (&parts.plaats, &plaats), (&parts.land, &land)];
        let lacks_one = told.into_iter().any(|(at, said)| at.is_some() && said.is_absent());
        Self { id: None, address_type, straat, huisnummer, postcode, plaats, land, lacks_one, row: None }
    }

    /// Whether it says nothing, or that all is empty.
    fn is_empty(&self) -> bool {
        let texts = [&self.straat, &self.postcode, &self.plaats, &self.land];
        let number = self.part(AddressPart::Huisnummer);
        texts.into_iter().chain([&number]).all(|said| matches!(said, Presence::Absent | Presence::Empty))
    }

    /// Whether it says nothing at all.
    fn is_absent(&self) -> bool {
        let texts = [&self.straat, &self.postcode, &self.plaats, &self.land];
        texts.into_iter().all(Presence::is_absent) && self.huisnummer == Ok(None)
    }

    /// The order in which one of several is chosen: by id, numbers in it by their value; without an id last.
    fn rank(&self) -> (bool, String, Option<&str>) {
        let id = self.id.as_deref();
        (id.is_none(), by_value(id.unwrap_or_default()), id)
    }
}

impl fmt::Debug for Adres {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Adres").field("address_type", &self.address_type()).finish_non_exhaustive()
    }
}

/// Street and house number that stand in one line.
fn in_street(line: Presence) -> (Presence, Result<Option<HouseNumber>, Unreadable>) {
    match line {
        Presence::Present(line) => {
            let (straat, huisnummer) = split_street(&line);
            let number = HouseNumber { huisnummer: huisnummer.to_owned(), toevoeging: String::new() };
            (Presence::of(straat), Ok(Some(number)))
        }
        Presence::Empty => (Presence::Empty, Ok(Some(HouseNumber::default()))),
        Presence::Absent => (Presence::Absent, Ok(None)),
        Presence::Unreadable => (Presence::Unreadable, Err(Unreadable)),
    }
}

fn house_number(object: &Object, at: &At) -> Result<Option<HouseNumber>, Unreadable> {
    let said = match at {
        At::InStreet | At::None => return Ok(None),
        At::One(number) => [text_at(object, number), Presence::Absent, Presence::Absent],
        At::Two(two) => [text_at(object, &two.number), Presence::Absent, text_at(object, &two.suffix)],
        At::Three(three) => {
            [text_at(object, &three.number), text_at(object, &three.letter), text_at(object, &three.suffix)]
        }
    };
    if said.contains(&Presence::Unreadable) {
        return Err(Unreadable);
    }
    if said.iter().all(Presence::is_absent) {
        return Ok(None);
    }
    let [huisnummer, letter, suffix] = said.map(|said| said.text().unwrap_or_default().to_owned());
    // Letters that stand apart are no word.
    let is_apart = letter.ends_with(char::is_alphabetic) && suffix.starts_with(char::is_alphabetic);
    let space = if is_apart { " " } else { "" };
    Ok(Some(HouseNumber { huisnummer, toevoeging: format!("{letter}{space}{suffix}") }))
}

/// The addresses of a record.
#[derive(Clone, Default)]
pub enum Adressen {
    /// The record says nothing of them.
    #[default]
    Unsaid,
    /// What stands there is no list.
    Odd,
    /// These, and whether one more can be put beside them.
    Said {
        adressen: Vec<Adres>,
        /// Some of their rows cannot be read.
        is_partly_read: bool,
        /// The types of which the record has room for one.
        room: Vec<AddressType>,
    },
}

impl Adressen {
    /// Whether one of them leaves out a member that the dialect has.
    pub(super) fn lack_one(&self) -> bool {
        matches!(self, Self::Said { adressen, .. } if adressen.iter().any(|adres| adres.lacks_one))
    }

    /// Reads them; a record of a kind that has none of a type has no room for it.
    pub(super) fn read(record: &Object, addresses: &Addresses, types: &[AddressType], adds: bool) -> Self {
        match addresses {
            Addresses::None => Self::Said { adressen: Vec::new(), is_partly_read: false, room: Vec::new() },
            Addresses::Rows(rows) => Self::in_rows(record, rows, types, adds),
            Addresses::Places(places) => Self::in_places(record, places, types),
        }
    }

    fn in_rows(record: &Object, at: &AddressRows, types: &[AddressType], adds: bool) -> Self {
        let rows = match record.list(&at.at) {
            Err(Odd) => return Self::Odd,
            Ok(None) => return Self::Unsaid,
            Ok(Some(rows)) => rows,
        };
        let mut adressen = Vec::with_capacity(rows.len());
        let mut are_types_known = true;
        for (place, row) in rows.iter().enumerate() {
            let Some(row) = Object::of(row) else {
                are_types_known = false;
                continue;
            };
            let said = text_at(&row, &at.word);
            let of_type =
                |of: &AddressType| said.text().is_some_and(|said| words(&at.words, *of).iter().any(|w| w == said));
            are_types_known &= said.text().is_some();
            let mut adres = Adres::read(&row, &at.parts, AddressType::ALL.into_iter().find(of_type));
            adres.id = at.id.as_ref().and_then(|pointer| id_at(&row, pointer));
            adres.row = Some(place);
            adressen.push(adres);
        }
        let is_free = |of: &AddressType| {
            adds && are_types_known
                && !words(&at.words, *of).is_empty()
                && !adressen.iter().any(|adres| adres.address_type == Some(*of))
        };
        let room = types.iter().copied().filter(is_free).collect();
        let is_partly_read = adressen.len() < rows.len();
        Self::Said { adressen, is_partly_read, room }
    }

    fn in_places(record: &Object, places: &AddressPlaces, types: &[AddressType]) -> Self {
        let (mut adressen, mut room, mut is_said) = (Vec::new(), Vec::new(), false);
        for of in types {
            let Some(AddressPlace { at, parts }) = place_of(places, *of) else { continue };
            let held;
            let object = match at {
                None => record,
                Some(at) => {
                    is_said |= record.at(at).is_ok_and(|found| found.is_some());
                    held = record.object(at).unwrap_or_default();
                    &held
                }
            };
            let adres = Adres::read(object, parts, Some(*of));
            is_said |= !adres.is_absent();
            if adres.is_empty() { room.push(*of) } else { adressen.push(adres) }
        }
        match is_said {
            true => Self::Said { adressen, is_partly_read: false, room },
            false => Self::Unsaid,
        }
    }

    /// Those that can be read; none if the record says nothing about them.
    pub(super) fn all(&self) -> Option<&[Adres]> {
        match self {
            Self::Said { adressen, .. } => Some(adressen),
            Self::Unsaid | Self::Odd => None,
        }
    }

    /// The one of that type that is synced: of several the one with the lowest id (F84).
    pub(super) fn choose(&self, address_type: AddressType) -> Option<&Adres> {
        let of_type = self.all()?.iter().filter(|adres| adres.address_type == Some(address_type));
        of_type.min_by(|one, other| (one.rank(), one.row).cmp(&(other.rank(), other.row)))
    }

    /// Whether one of that type can be put beside those that are there.
    pub(super) fn have_room(&self, address_type: AddressType) -> bool {
        matches!(self, Self::Said { room, .. } if room.contains(&address_type))
    }

    pub(super) fn has_several_of_one_type(&self) -> bool {
        let all = self.all().unwrap_or_default();
        let count = |of| all.iter().filter(|adres| adres.address_type == Some(of)).count();
        AddressType::ALL.into_iter().any(|of| count(of) > 1)
    }
}

/// The place of a type of address, where the dialect has one.
pub(super) fn place_of(places: &AddressPlaces, address_type: AddressType) -> Option<&AddressPlace> {
    match address_type {
        AddressType::Hoofdkantoor => places.hoofdkantoor.as_ref(),
        AddressType::Postadres => places.postadres.as_ref(),
        AddressType::Prive => places.prive.as_ref(),
    }
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
