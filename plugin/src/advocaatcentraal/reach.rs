//! What a dialect has a place for: a field that stands nowhere is not synced.

use dialect::{Addresses, Dialect, HouseNumber, Parts, Positions};

use super::adres::place_of;
use super::veld::{Veld, words};
use crate::relation::{AddressPart, AddressType};

/// Whose field it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// A company.
    Organisation,
    /// A private person.
    PrivatePerson,
    /// A contact person.
    ContactPerson,
}

/// Whether such a record has a place for the field.
pub fn has_field(dialect: &Dialect, owner: Owner, veld: Veld) -> bool {
    match owner {
        Owner::ContactPerson => dialect.person().is_some_and(|person| veld.of_person(person).is_some()),
        Owner::Organisation | Owner::PrivatePerson => {
            veld.of_relation(&dialect.relations.record, owner == Owner::Organisation).is_some()
        }
    }
}

/// Whether such a record has a place for that part of an address of that type.
pub fn has_address(dialect: &Dialect, owner: Owner, of: AddressType, part: AddressPart) -> bool {
    let addresses = match owner {
        Owner::ContactPerson => dialect.person().map(|person| &person.addresses),
        Owner::Organisation | Owner::PrivatePerson => Some(&dialect.relations.record.addresses),
    };
    match addresses {
        None | Some(Addresses::None) => false,
        Some(Addresses::Rows(rows)) => !words(&rows.words, of).is_empty() && has_part(&rows.parts, part),
        Some(Addresses::Places(places)) => place_of(places, of).is_some_and(|place| has_part(&place.parts, part)),
    }
}

fn has_part(parts: &Parts, part: AddressPart) -> bool {
    match part {
        AddressPart::Straat => parts.straat.is_some(),
        AddressPart::Huisnummer => !matches!(parts.huisnummer, HouseNumber::None),
        AddressPart::Postcode => parts.postcode.is_some(),
        AddressPart::Plaats => parts.plaats.is_some(),
        AddressPart::Land => parts.land.is_some(),
    }
}

/// Whether a contact person's place at a relation has a function there.
pub fn has_functie(dialect: &Dialect) -> bool {
    dialect.person().is_some_and(|person| match &person.positions {
        Positions::At(at) => at.functie.is_some(),
        Positions::Inside(inside) => inside.functie.is_some(),
    })
}

/// Whether a contact person's place at a relation has a direct number there.
pub fn has_doorkiesnummer(dialect: &Dialect) -> bool {
    dialect.person().is_some_and(|person| match &person.positions {
        Positions::At(at) => at.doorkiesnummer.is_some(),
        Positions::Inside(inside) => inside.doorkiesnummer.is_some(),
    })
}
