//! The fields of the manual's tables, by the names that this connector has for them, and where a dialect has them.

use dialect::{Field, Organisation, Person, PersonFields, PrivatePerson, Relation};

use crate::relation::{AddressPart, AddressType};

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
/// The fields of a relation of which the kind is not known.
pub(super) static EITHER: &[Veld] =
    &[Veld::Bedrijfsnaam, Veld::Telefoonnummer, Veld::Email, Veld::Website, Veld::Kvk, Veld::Naam, Veld::Telefoon];
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

/// Our names of other things that a record says.
pub(super) const SOORT: &str = "soort";
pub(super) const STATUS: &str = "status";
pub(super) const GEWIJZIGD: &str = "gewijzigd";
pub(super) const RELATIETYPEN: &str = "relatietypen";
pub(super) const KOPPELINGEN: &str = "koppelingen";
/// Our name of the addresses of a record.
pub const ADRESSEN: &str = "adressen";
/// Our name of a contact person's function at an organisation.
pub const FUNCTIE: &str = "functie";
/// Our name of a contact person's direct number at an organisation.
pub const DOORKIESNUMMER: &str = "doorkiesnummer";

impl Veld {
    /// Our name of it, as refusals and oddities give it.
    pub fn name(self) -> &'static str {
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

    /// Where a relation of that kind has it; none where it has it nowhere.
    pub(super) fn of_relation(self, relation: &Relation, is_organisation: bool) -> Option<&Field> {
        let Organisation { name, phone, email, website, kvk } = &relation.organisation;
        let PrivatePerson { name: own_name, email: own_email, phone: own_phone } = &relation.private_person;
        let field = match self {
            Self::Bedrijfsnaam => name,
            Self::Telefoonnummer => phone,
            Self::Email if is_organisation => email,
            Self::Email => own_email,
            Self::Website => website,
            Self::Kvk => kvk,
            Self::Naam => own_name,
            Self::Telefoon => own_phone,
            _ => &None,
        };
        field.as_ref()
    }

    /// Where a contact person has it; none where it has it nowhere.
    pub(super) fn of_person(self, person: &Person) -> Option<&Field> {
        let fields: &PersonFields = &person.fields;
        let field = match self {
            Self::Voornamen => &fields.voornamen,
            Self::Achternaam => &fields.achternaam,
            Self::Tussenvoegsels => &fields.tussenvoegsels,
            Self::Voorletters => &fields.voorletters,
            Self::Geboortedatum => &fields.geboortedatum,
            Self::Geslacht => &fields.geslacht,
            Self::Mobiel => &fields.mobiel,
            Self::PriveTelefoon => &fields.prive_telefoon,
            Self::Emailadres => &fields.emailadres,
            _ => &None,
        };
        field.as_ref()
    }
}

/// Our name of a part of an address. The suffix of a house number goes by the number's.
pub fn part_name(part: AddressPart) -> &'static str {
    match part {
        AddressPart::Straat => "straat",
        AddressPart::Huisnummer => "huisnummer",
        AddressPart::Postcode => "postcode",
        AddressPart::Plaats => "plaats",
        AddressPart::Land => "land",
    }
}

/// The words of a dialect for a type of address.
pub(super) fn words(words: &dialect::AddressWords, address_type: AddressType) -> &[String] {
    match address_type {
        AddressType::Hoofdkantoor => &words.hoofdkantoor,
        AddressType::Postadres => &words.postadres,
        AddressType::Prive => &words.prive,
    }
}
