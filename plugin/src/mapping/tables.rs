//! *Welke gegevens worden gesynchroniseerd?* — the manual's answer.

use dialect::Dialect;
use litemap::LiteMap;

use crate::advocaatcentraal::{self, Owner, Veld, part_name};
use crate::link::Subject;
use crate::relation::{AddressPart, AddressType, Form};
use crate::tribe::{AddressSlot, Property};

/// Where a field stands in AC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AcField {
    /// On the record itself.
    Own(Veld),
    /// On a contact person's koppeling with an organisation: Functie.
    Functie,
    /// On a contact person's koppeling with an organisation: Doorkiesnummer.
    Doorkiesnummer,
    /// Part of an address of that type.
    Address(AddressType, AddressPart),
}

impl AcField {
    /// Whether it is the member that AC names in a refusal.
    pub fn is_named(self, member: &str) -> bool {
        member
            == match self {
                Self::Own(veld) => veld.name(),
                Self::Functie => advocaatcentraal::FUNCTIE,
                Self::Doorkiesnummer => advocaatcentraal::DOORKIESNUMMER,
                Self::Address(_, part) => part_name(part),
            }
    }
}

/// Where a field stands in Tribe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TribeField {
    /// On the organisation or the person (there: "privé").
    Relation(Property),
    /// On the contact relationship (there: "zakelijk").
    Contact(Property),
    /// On the address in that slot.
    Address(AddressSlot, Property),
}

impl TribeField {
    /// Whether it is the property that Tribe names in a refusal.
    pub fn is_named(self, name: &str, function_property: &str) -> bool {
        self.property().is_named(name, function_property)
    }

    /// The property.
    pub fn property(self) -> Property {
        let (Self::Relation(property) | Self::Contact(property) | Self::Address(_, property)) = self;
        property
    }
}

/// One row of the manual's tables.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    /// The field's name in settings, notes and bases.
    pub name: &'static str,
    /// The AC field.
    pub ac: AcField,
    /// The Tribe field, or the several that it feeds; the first goes first in a conflict between them (D3).
    pub tribe: &'static [TribeField],
    /// How its values are compared.
    pub form: Form,
    /// What else Tribe has of that which AC has in one field. While one of these is filled, what stands in the Tribe
    /// field is a part of it, and neither side's value goes over the other's (D13).
    pub beside: &'static [Property],
}

impl Row {
    /// Whether Tribe demands the field: it is never emptied there.
    pub fn is_demanded(&self) -> bool {
        self.tribe.iter().any(|field| matches!(field, TribeField::Relation(property) if property.is_required()))
    }

    /// Whether a slot of that key is one of this field.
    pub fn has_slot(&self, key: &str) -> bool {
        let place = key.split_once('@').map_or(key, |(place, _)| place);
        place.strip_prefix(self.name).is_some_and(|place| ["", ".zakelijk", ".prive"].contains(&place))
    }
}

const fn row(name: &'static str, ac: AcField, tribe: &'static [TribeField], form: Form) -> Row {
    Row { name, ac, tribe, form, beside: &[] }
}

impl Row {
    const fn beside(self, beside: &'static [Property]) -> Self {
        Self { beside, ..self }
    }
}

/// The one field that depends on Tribe's KvK link.
pub const KVK_FIELD: &str = "organisatie.kvk";

/// The one field that a tenant may have no row for.
pub const GENDER_FIELD: &str = "contactpersoon.geslacht";

/// The one field whose place in Tribe differs by tenant.
pub const FUNCTION_FIELD: &str = "contactpersoon.functie";

use AcField::{Doorkiesnummer, Functie, Own};
use TribeField::{Contact, Relation};

/// Organisatie/bedrijf.
#[rustfmt::skip]
static ORGANISATIE: &[Row] = &[
    //  name                             AdvocaatCentraal               Tribe CRM                                          compared as
    row("organisatie.bedrijfsnaam",      Own(Veld::Bedrijfsnaam),       &[Relation(Property::Name)],                       Form::Text),
    row("organisatie.telefoonnummer",    Own(Veld::Telefoonnummer),     &[Relation(Property::PhoneNumber)],                Form::Phone),
    row("organisatie.email",             Own(Veld::Email),              &[Relation(Property::EmailAddress)],               Form::Email),
    row("organisatie.website",           Own(Veld::Website),            &[Relation(Property::Website)],                    Form::Website),
    row(KVK_FIELD,                       Own(Veld::Kvk),                &[Relation(Property::ChamberOfCommerceNumber)],    Form::Kvk),
];

/// Contactpersoon bij een organisatie.
#[rustfmt::skip]
static CONTACTPERSOON: &[Row] = &[
    row("contactpersoon.voornamen",      Own(Veld::Voornamen),          &[Relation(Property::FirstName)],                  Form::Text),
    row("contactpersoon.achternaam",     Own(Veld::Achternaam),         &[Relation(Property::LastName)],                   Form::Text),
    row("contactpersoon.tussenvoegsels", Own(Veld::Tussenvoegsels),     &[Relation(Property::MiddleName)],                 Form::Text),
    row("contactpersoon.voorletters",    Own(Veld::Voorletters),        &[Relation(Property::Initials)],                   Form::Text),
    row("contactpersoon.geboortedatum",  Own(Veld::Geboortedatum),      &[Relation(Property::BirthDate)],                  Form::Date),
    row(GENDER_FIELD,                    Own(Veld::Geslacht),           &[Relation(Property::Gender)],                     Form::Gender),
    row(FUNCTION_FIELD,                  Functie,                       &[Contact(Property::Function)],                    Form::Text),
    row("contactpersoon.doorkiesnummer", Doorkiesnummer,                &[Contact(Property::PhoneNumber)],                 Form::Phone),
    row("contactpersoon.mobiel",         Own(Veld::Mobiel),             &[Contact(Property::MobilePhoneNumber),
                                                                          Relation(Property::MobilePhoneNumber)],          Form::Phone),
    row("contactpersoon.prive-telefoon", Own(Veld::PriveTelefoon),      &[Relation(Property::PhoneNumber)],                Form::Phone),
    row("contactpersoon.emailadres",     Own(Veld::Emailadres),         &[Contact(Property::EmailAddress),
                                                                          Relation(Property::EmailAddress)],               Form::Email),
];

/// Particulier.
#[rustfmt::skip]
static PARTICULIER: &[Row] = &[
    row("particulier.naam",              Own(Veld::Naam),               &[Relation(Property::LastName)],                   Form::Text)
        .beside(&[Property::FirstName, Property::MiddleName, Property::Initials]),
    row("particulier.email",             Own(Veld::Email),              &[Relation(Property::EmailAddress)],               Form::Email),
    row("particulier.telefoon",          Own(Veld::Telefoon),           &[Relation(Property::PhoneNumber)],                Form::Phone),
];

/// The five parts of an address of one type, and the slot that it goes to.
macro_rules! address {
    ($name:literal, $address_type:ident => $slot:ident) => {
        &[
            address!(@part $name, ".straat", $address_type, Straat => $slot, Street, Text),
            address!(@part $name, ".huisnummer", $address_type, Huisnummer => $slot, HouseNumber, HouseNumber),
            address!(@part $name, ".postcode", $address_type, Postcode => $slot, Postalcode, Postcode),
            address!(@part $name, ".plaats", $address_type, Plaats => $slot, City, Text),
            address!(@part $name, ".land", $address_type, Land => $slot, Country, Country),
        ]
    };
    (@part $name:literal, $part:literal, $address_type:ident, $ac:ident => $slot:ident, $tribe:ident, $form:ident) => {
        row(
            concat!($name, $part),
            AcField::Address(AddressType::$address_type, AddressPart::$ac),
            &[TribeField::Address(AddressSlot::$slot, Property::$tribe)],
            Form::$form,
        )
    };
}

/// Adressen: Hoofdkantoor → Bezoekadres.
static HOOFDKANTOOR: &[Row] = address!("hoofdkantoor", Hoofdkantoor => Visiting);
/// Adressen: Postadres → Postadres.
static POSTADRES: &[Row] = address!("postadres", Postadres => Postal);
/// Adressen: Privéadres → Privé adres.
static PRIVEADRES: &[Row] = address!("priveadres", Prive => Private);

/// Tribe has the first two slots on organisations and the third on persons.
static OF_ORGANISATIE: &[&[Row]] = &[ORGANISATIE, HOOFDKANTOOR, POSTADRES];
static OF_CONTACTPERSOON: &[&[Row]] = &[CONTACTPERSOON, PRIVEADRES];
static OF_PARTICULIER: &[&[Row]] = &[PARTICULIER, PRIVEADRES];

/// Every row that holds for that kind of record.
pub fn rows(subject: &Subject) -> impl Iterator<Item = &'static Row> {
    let tables = match subject {
        Subject::Organisation(_) => OF_ORGANISATIE,
        Subject::ContactPerson(_) => OF_CONTACTPERSOON,
        Subject::PrivatePerson(_) => OF_PARTICULIER,
    };
    tables.iter().flat_map(|table| table.iter())
}

/// The slot that an address of that type goes to on that kind of record; none where Tribe has none.
pub fn address_slot(subject: &Subject, address_type: AddressType) -> Option<AddressSlot> {
    rows(subject).find_map(|row| match (row.ac, row.tribe) {
        (AcField::Address(of, _), [TribeField::Address(slot, _)]) if of == address_type => Some(*slot),
        _ => None,
    })
}

/// The rows of the address in that slot.
pub(super) fn address_rows(slot: AddressSlot) -> &'static [Row] {
    match slot {
        AddressSlot::Visiting => HOOFDKANTOOR,
        AddressSlot::Postal => POSTADRES,
        AddressSlot::Private => PRIVEADRES,
    }
}

/// The name of the address in that slot in notes, with which the names of its fields begin.
pub fn address_name(slot: AddressSlot) -> &'static str {
    address_rows(slot).first().and_then(|row| row.name.split_once('.')).map_or("", |(address, _)| address)
}

fn owner(subject: &Subject) -> Owner {
    match subject {
        Subject::Organisation(_) => Owner::Organisation,
        Subject::PrivatePerson(_) => Owner::PrivatePerson,
        Subject::ContactPerson(_) => Owner::ContactPerson,
    }
}

/// Where AC has each field, as an office's AC speaks; a field that two kinds of record have, at both.
pub fn places_in_ac(dialect: &Dialect) -> LiteMap<&'static str, String> {
    let [functie, doorkiesnummer] = advocaatcentraal::places_at_relation(dialect);
    let mut places: LiteMap<&'static str, String> = LiteMap::new();
    let tables = [
        (Owner::Organisation, OF_ORGANISATIE),
        (Owner::ContactPerson, OF_CONTACTPERSOON),
        (Owner::PrivatePerson, OF_PARTICULIER),
    ];
    for (owner, tables) in tables {
        for row in tables.iter().flat_map(|table| table.iter()) {
            let place = match row.ac {
                Own(veld) => advocaatcentraal::place_of_field(dialect, owner, veld),
                Functie => functie.clone(),
                Doorkiesnummer => doorkiesnummer.clone(),
                AcField::Address(of, part) => advocaatcentraal::place_of_part(dialect, owner, of, part),
            };
            places.entry(row.name).or_default().push_str(&place);
        }
    }
    places
}

/// Whether AC's records of that kind have a place for a field, as an office's AC speaks.
pub fn stands_in_ac(dialect: &Dialect, subject: &Subject, row: &Row) -> bool {
    let owner = owner(subject);
    match row.ac {
        Own(veld) => advocaatcentraal::has_field(dialect, owner, veld),
        Functie => advocaatcentraal::has_functie(dialect),
        Doorkiesnummer => advocaatcentraal::has_doorkiesnummer(dialect),
        AcField::Address(of, part) => advocaatcentraal::has_address(dialect, owner, of, part),
    }
}

/// Whether a table has a field of that name.
pub fn is_field(name: &str) -> bool {
    [ORGANISATIE, CONTACTPERSOON, PARTICULIER, HOOFDKANTOOR, POSTADRES, PRIVEADRES]
        .iter()
        .any(|table| table.iter().any(|row| row.name == name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::relation::{ContactpersoonId, RelatieId};

    fn subjects() -> [Subject; 3] {
        [
            Subject::Organisation(RelatieId::new("1")),
            Subject::ContactPerson(ContactpersoonId::new("1")),
            Subject::PrivatePerson(RelatieId::new("1")),
        ]
    }

    #[test]
    fn the_tables_have_the_manuals_number_of_rows() {
        let own = |subject: &Subject| rows(subject).filter(|row| !matches!(row.ac, AcField::Address(..))).count();
        let [organisation, contact_person, private_person] = subjects();
        assert_eq!((own(&organisation), own(&contact_person), own(&private_person)), (5, 11, 3));
    }

    #[test]
    fn no_field_stands_in_a_table_twice_on_either_side() {
        for subject in subjects() {
            let names: BTreeSet<&str> = rows(&subject).map(|row| row.name).collect();
            assert_eq!(names.len(), rows(&subject).count());
            let mut tribe: Vec<TribeField> = Vec::new();
            for field in rows(&subject).flat_map(|row| row.tribe) {
                assert!(!tribe.contains(field), "{field:?} is fed twice");
                tribe.push(*field);
            }
            assert!(names.iter().all(|name| is_field(name)));
        }
    }

    #[test]
    fn only_mobile_and_email_of_a_contact_person_feed_two_fields() {
        let [_, contact_person, _] = subjects();
        let double: Vec<&str> = rows(&contact_person).filter(|row| row.tribe.len() == 2).map(|row| row.name).collect();
        assert_eq!(double, ["contactpersoon.mobiel", "contactpersoon.emailadres"]);
    }

    #[test]
    fn an_address_goes_only_where_the_manual_and_tribe_have_a_place() {
        let [organisation, contact_person, private_person] = subjects();
        assert_eq!(address_slot(&organisation, AddressType::Hoofdkantoor), Some(AddressSlot::Visiting));
        assert_eq!(address_slot(&organisation, AddressType::Postadres), Some(AddressSlot::Postal));
        assert_eq!(address_slot(&organisation, AddressType::Prive), None);
        for person in [contact_person, private_person] {
            assert_eq!(address_slot(&person, AddressType::Prive), Some(AddressSlot::Private));
            assert_eq!(address_slot(&person, AddressType::Postadres), None);
        }
    }
}
