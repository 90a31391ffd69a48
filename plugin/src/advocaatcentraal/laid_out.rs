//! An address as a dialect lays it out over its members: a house number in one, two or three of them, or in the street's.

use dialect::{HouseNumber as At, Parts};

use super::adres::Adres;
use super::edit::AdresEdit;
use super::spelled::{Set, no_place};
use super::veld::part_name;
use crate::answer::Failure;
use crate::relation::{AddressPart, HouseNumber, join_street};

/// The members that hold what is edited of an address, each with its text.
pub(super) fn members<'d>(
    parts: &'d Parts,
    edit: &AdresEdit,
    current: Option<&Adres>,
) -> Result<Vec<Set<'d>>, Failure> {
    let mut members: Vec<Set<'_>> = Vec::new();
    let is_in_street = matches!(parts.huisnummer, At::InStreet);
    for (part, text) in &edit.parts {
        let pointer = match part {
            AddressPart::Straat if is_in_street => continue,
            AddressPart::Straat => &parts.straat,
            AddressPart::Postcode => &parts.postcode,
            AddressPart::Plaats => &parts.plaats,
            AddressPart::Land => &parts.land,
            AddressPart::Huisnummer => continue,
        };
        let name = part_name(*part);
        members.push(Set::text(pointer.as_ref().ok_or_else(|| no_place(name))?, text.clone(), name));
    }
    if is_in_street && (edit.huisnummer.is_some() || edit.parts.contains_key(&AddressPart::Straat)) {
        let name = part_name(AddressPart::Straat);
        let pointer = parts.straat.as_ref().ok_or_else(|| no_place(name))?;
        members.push(Set::text(pointer, street_line(edit, current)?, name));
        return Ok(members);
    }
    let Some(HouseNumber { huisnummer, toevoeging }) = &edit.huisnummer else { return Ok(members) };
    let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let name = part_name(AddressPart::Huisnummer);
    match &parts.huisnummer {
        At::None => return Err(no_place(name)),
        At::InStreet => {}
        At::One(number) => members.push(Set::text(number, text(&in_one(huisnummer, toevoeging)), name)),
        At::Two(two) => {
            let set = [(&two.number, huisnummer.as_str()), (&two.suffix, toevoeging)];
            members.extend(set.map(|(at, said)| Set::text(at, text(said), name)));
        }
        At::Three(three) => {
            let [number, letter, suffix] = in_three(huisnummer, toevoeging);
            let set = [(&three.number, number), (&three.letter, letter), (&three.suffix, suffix)];
            members.extend(set.map(|(at, said)| Set::text(at, text(&said), name)));
        }
    }
    Ok(members)
}

/// Digits, one letter right after them, and the rest. What does not begin with digits is no number, and has no letter.
fn in_three(huisnummer: &str, toevoeging: &str) -> [String; 3] {
    let whole = in_one(huisnummer, toevoeging);
    let digits = whole.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = whole.split_at(digits);
    let rest = rest.trim();
    let mut after = rest.chars();
    let letter = after.next().filter(|first| first.is_alphabetic() && !number.is_empty());
    // What goes on with a letter is a word: `bis`.
    let letter = letter.filter(|_| !after.clone().next().is_some_and(char::is_alphabetic));
    let suffix = if letter.is_some() { after.as_str() } else { rest };
    [number.to_owned(), letter.map(String::from).unwrap_or_default(), suffix.trim().to_owned()]
}

fn in_one(huisnummer: &str, toevoeging: &str) -> String {
    let (huisnummer, toevoeging) = (huisnummer.trim(), toevoeging.trim());
    let is_apart = toevoeging.starts_with(char::is_alphanumeric) && !huisnummer.is_empty();
    format!("{huisnummer}{}{toevoeging}", if is_apart { " " } else { "" })
}

/// Street and house number in one line, as they are after the edit.
fn street_line(edit: &AdresEdit, current: Option<&Adres>) -> Result<Option<String>, Failure> {
    let said = |part| current.and_then(|adres| adres.part(part).text().map(str::to_owned)).unwrap_or_default();
    let street = match edit.parts.get(&AddressPart::Straat) {
        Some(text) => text.clone().unwrap_or_default(),
        None => said(AddressPart::Straat),
    };
    let number = match &edit.huisnummer {
        Some(HouseNumber { huisnummer, toevoeging }) => in_one(huisnummer, toevoeging),
        None => said(AddressPart::Huisnummer),
    };
    if street.trim().is_empty() && number.trim().is_empty() {
        return Ok(None);
    }
    join_street(&street, &number).map(Some).ok_or_else(|| no_place(part_name(AddressPart::Straat)))
}

#[cfg(test)]
#[path = "laid_out_tests.rs"]
mod tests;
