//! Where a dialect has a field, as a text: by it is told that another dialect has it elsewhere.

use std::fmt::Write;

use dialect::{
    AddressWords, Addresses, DateForm, Dialect, Field, GenderWords, HouseNumber, Parts, Pick, Place, Pointer,
};
use dialect::{Positions, Written};

use super::adres::place_of;
use super::reach::Owner;
use super::veld::{Veld, words};
use crate::relation::{AddressPart, AddressType};

/// Where such a record has the field; empty where it has it nowhere.
pub fn place_of_field(dialect: &Dialect, owner: Owner, veld: Veld) -> String {
    let mut text = String::new();
    match (owner, dialect.person()) {
        (Owner::ContactPerson, Some(of)) => {
            of_field(veld.of_person(of), &mut text);
            match veld {
                Veld::Geslacht => of_genders(of.genders.as_ref(), &mut text),
                Veld::Geboortedatum => of_dates(of.dates.as_ref(), &mut text),
                _ => {}
            }
        }
        (Owner::ContactPerson, None) => {}
        (Owner::Organisation | Owner::PrivatePerson, _) => {
            of_field(veld.of_relation(&dialect.relations.record, owner == Owner::Organisation), &mut text);
        }
    }
    text
}

/// Where such a record has that part of an address of that type; empty where it has it nowhere.
pub fn place_of_part(dialect: &Dialect, owner: Owner, of: AddressType, part: AddressPart) -> String {
    let mut text = String::new();
    let addresses = match owner {
        Owner::ContactPerson => dialect.person().map(|person| &person.addresses),
        Owner::Organisation | Owner::PrivatePerson => Some(&dialect.relations.record.addresses),
    };
    match addresses {
        None | Some(Addresses::None) => {}
        Some(Addresses::Rows(rows)) => {
            add(&mut text, &rows.at);
            of_word(&rows.word, &rows.words, of, &mut text);
            of_part(&rows.parts, part, &mut text);
        }
        Some(Addresses::Places(places)) => {
            if let Some(place) = place_of(places, of) {
                of_pointer(place.at.as_ref(), &mut text);
                of_part(&place.parts, part, &mut text);
            }
        }
    }
    text
}

/// Where a contact person's function stands, and where the direct number does; empty where they stand nowhere.
pub fn places_at_relation(dialect: &Dialect) -> [String; 2] {
    let Some(person) = dialect.person() else { return Default::default() };
    let (rows, functie, doorkiesnummer) = match &person.positions {
        Positions::At(at) => (at.rows.as_ref(), &at.functie, &at.doorkiesnummer),
        Positions::Inside(inside) => (None, &inside.functie, &inside.doorkiesnummer),
    };
    [functie, doorkiesnummer].map(|at| {
        let mut text = String::new();
        of_pointer(rows.filter(|_| at.is_some()), &mut text);
        of_pointer(at.as_ref(), &mut text);
        text
    })
}

/// Each thing in front of which a blank stands; no pointer is told from two by it otherwise.
fn add(text: &mut String, what: impl std::fmt::Display) {
    // A text takes whatever is written to it.
    let _ = write!(text, " {what}");
}

fn of_pointer(pointer: Option<&Pointer>, text: &mut String) {
    pointer.into_iter().for_each(|pointer| add(text, pointer));
}

fn of_words(words: &[String], text: &mut String) {
    words.iter().for_each(|word| add(text, format_args!("\"{word}\"")));
}

fn of_field(field: Option<&Field>, text: &mut String) {
    let Some(Field { place, written }) = field else { return };
    match place {
        Place::At(pointer) => add(text, pointer),
        Place::Pick(Pick { list, words, at }) => {
            add(text, list);
            for (pointer, words) in words {
                add(text, pointer);
                of_words(words, text);
            }
            add(text, at);
        }
    }
    match written {
        Written::Text => {}
        Written::Number => add(text, "number"),
        Written::Either => add(text, "either"),
    }
}

fn of_genders(genders: Option<&GenderWords>, text: &mut String) {
    let Some(GenderWords { male, female, other, unknown }) = genders else { return };
    for words in [male, female, other, unknown] {
        add(text, "gender");
        of_words(words, text);
    }
}

fn of_dates(dates: Option<&DateForm>, text: &mut String) {
    match dates {
        None | Some(DateForm::Iso) => {}
        Some(DateForm::DayFirst) => add(text, "day-first"),
        Some(DateForm::Midnight) => add(text, "midnight"),
    }
}

fn of_word(word: &Pointer, of_types: &AddressWords, of: AddressType, text: &mut String) {
    add(text, word);
    of_words(words(of_types, of), text);
}

fn of_part(parts: &Parts, part: AddressPart, text: &mut String) {
    match part {
        AddressPart::Straat => of_pointer(parts.straat.as_ref(), text),
        AddressPart::Postcode => of_pointer(parts.postcode.as_ref(), text),
        AddressPart::Plaats => of_pointer(parts.plaats.as_ref(), text),
        AddressPart::Land => of_pointer(parts.land.as_ref(), text),
        AddressPart::Huisnummer => match &parts.huisnummer {
            HouseNumber::InStreet => of_pointer(parts.straat.as_ref(), text),
            number => number.members().into_iter().for_each(|at| add(text, at)),
        },
    }
    // The same member read as a street alone, or as one with its house number.
    if part == AddressPart::Straat && matches!(parts.huisnummer, HouseNumber::InStreet) {
        add(text, "with the house number");
    }
}
