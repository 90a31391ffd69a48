//! The fields of the manual's tables, by AC's names, and how they stand on the wire.

use super::json::Object;
use super::oddity;
use crate::relation::{AddressPart, AddressType, Presence};

/// A field of a relation or a contact person. Only these are ever read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Veld {
    /// Of a company.
    Bedrijfsnaam,
    /// Of a company.
    Telefoonnummer,
    /// Of a company or a private person.
    Email,
    /// Of a company.
    Website,
    /// KvK number of a company; text with its leading zeros.
    Kvk,
    /// Of a private person.
    Naam,
    /// Of a private person.
    Telefoon,
    /// Of a contact person.
    Voornamen,
    /// Of a contact person.
    Achternaam,
    /// Of a contact person.
    Tussenvoegsels,
    /// Of a contact person.
    Voorletters,
    /// Of a contact person.
    Geboortedatum,
    /// Of a contact person: `M`, `V`, `X`, or `O` for unknown.
    Geslacht,
    /// Of a contact person.
    Mobiel,
    /// Of a contact person.
    PriveTelefoon,
    /// Of a contact person.
    Emailadres,
}

/// The fields of a company.
pub(super) static BEDRIJF: &[Veld] = &[Veld::Bedrijfsnaam, Veld::Telefoonnummer, Veld::Email, Veld::Website, Veld::Kvk];
/// The fields of a private person.
pub(super) static PARTICULIER: &[Veld] = &[Veld::Naam, Veld::Email, Veld::Telefoon];
/// The fields of a contact person, without those of its koppelingen.
pub(super) static CONTACTPERSOON: &[Veld] = &[
    Veld::Voornamen,
    Veld::Achternaam,
    Veld::Tussenvoegsels,
    Veld::Voorletters,
    Veld::Geboortedatum,
    Veld::Geslacht,
    Veld::Mobiel,
    Veld::PriveTelefoon,
    Veld::Emailadres,
];

/// Other members.
pub(super) const ID: &str = "id";
pub(super) const SOORT: &str = "soort";
pub(super) const STATUS: &str = "status";
pub(super) const GEWIJZIGD: &str = "gewijzigd";
pub(super) const RELATIETYPEN: &str = "relatietypen";
pub(super) const ADRESSEN: &str = "adressen";
pub(super) const TYPE: &str = "type";
pub(super) const HUISNUMMER: &str = "huisnummer";
pub(super) const TOEVOEGING: &str = "toevoeging";
pub(super) const KOPPELINGEN: &str = "koppelingen";
pub(super) const RELATIE_ID: &str = "relatie_id";
/// AC's name of a contact person's function at an organisation.
pub const FUNCTIE: &str = "functie";
/// AC's name of a contact person's direct number at an organisation.
pub const DOORKIESNUMMER: &str = "doorkiesnummer";

impl Veld {
    /// AC's name of it. AC: assumed.
    pub fn json(self) -> &'static str {
        match self {
            Self::Bedrijfsnaam => "bedrijfsnaam",
            Self::Telefoonnummer => "telefoonnummer",
            Self::Email => "email",
            Self::Website => "website",
            Self::Kvk => "kvk",
            Self::Naam => "naam",
            Self::Telefoon => "telefoon",
            Self::Voornamen => "voornamen",
            Self::Achternaam => "achternaam",
            Self::Tussenvoegsels => "tussenvoegsels",
            Self::Voorletters => "voorletters",
            Self::Geboortedatum => "geboortedatum",
            Self::Geslacht => "geslacht",
            Self::Mobiel => "mobiel",
            Self::PriveTelefoon => "prive_telefoon",
            Self::Emailadres => "emailadres",
        }
    }

    pub(super) fn read(self, record: &Object) -> Presence {
        oddity::text(record.get(self.json()))
    }
}

/// AC's name of a part of an address, as refusals give it. The house number has a second member, which goes by the
/// name of the first.
pub fn part_json(part: AddressPart) -> &'static str {
    match part {
        AddressPart::Straat => "straat",
        AddressPart::Huisnummer => HUISNUMMER,
        AddressPart::Postcode => "postcode",
        AddressPart::Plaats => "plaats",
        AddressPart::Land => "land",
    }
}

/// AC's word for a type of address.
pub(super) fn type_word(address_type: AddressType) -> &'static str {
    match address_type {
        AddressType::Hoofdkantoor => "hoofdkantoor",
        AddressType::Postadres => "postadres",
        AddressType::Prive => "prive",
    }
}

/// Our own name for a member that AC names in an error, if it is one that we send. Whatever else AC writes there is
/// foreign text and goes no further.
pub(super) fn known_member(name: &str) -> Option<&'static str> {
    if name == TOEVOEGING {
        return Some(HUISNUMMER);
    }
    let velden = [BEDRIJF, PARTICULIER, CONTACTPERSOON].into_iter().flatten().map(|veld| veld.json());
    let parts = AddressPart::ALL.into_iter().map(part_json);
    let others = [RELATIETYPEN, ADRESSEN, KOPPELINGEN, FUNCTIE, DOORKIESNUMMER];
    velden.chain(parts).chain(others).find(|known| *known == name)
}
