//! Every field of the tables in a world at rest: a company, a private person and a contact person of whom each is filled,
//! and how a user of either system changes one.

use advocaatcentraal_tribe::link::Subject;
use advocaatcentraal_tribe::mapping::{AcField, Row, TribeField};
use advocaatcentraal_tribe::relation::{AddressPart, AddressType, ContactpersoonId, Form, RelatieId};
use advocaatcentraal_tribe::sync::records::RecordId;
use advocaatcentraal_tribe::tribe::{AddressSlot, Property};
use sandbox::advocaatcentraal::List;
use sandbox::tribe::Guid;
use serde_json::{Map, Value, json};
use tests::World;
use tests::support::edit_relatie;

/// With a visiting and a postal address.
pub(super) const COMPANY: &str = "1002";
const PERSON: &str = "1013";

/// A world at rest, with a private person and a contact person of whom every field is filled.
pub(super) fn settled() -> World {
    let world = World::new(7, 18);
    let address = |kind: &str| {
        json!({"id": kind, "type": kind, "straat": "Voorbeeldstraat", "huisnummer": "12", "toevoeging": "hs",
            "postcode": "1015 CS", "plaats": "Amsterdam", "land": "NL"})
    };
    edit_relatie(
        &world,
        COMPANY,
        json!({"telefoonnummer": "020 555 00 04", "email": "info@v.example", "website": "www.v.example",
            "kvk": "12345678", "adressen": [address("hoofdkantoor"), address("postadres")]}),
    );
    edit_relatie(
        &world,
        PERSON,
        json!({"adressen": [address("prive")], "telefoon": "020 555 00 01", "email": "p@v.example"}),
    );
    let contact = json!({"voornamen": "Eva", "achternaam": "Voorbeeld", "tussenvoegsels": "van", "voorletters": "E.",
        "geboortedatum": "1980-02-29", "geslacht": "V", "mobiel": "06 5550 0001", "prive_telefoon": "020 555 00 02",
        "emailadres": "eva@voorbeeld.example", "adressen": [address("prive")], "status": "actief",
        "koppelingen": [{"relatie_id": COMPANY, "functie": "Directeur", "doorkiesnummer": "020 555 00 03"}]});
    world.ac.borrow_mut().add_contactpersoon(world.now(), contact.as_object().unwrap().clone());
    world.initial_sync().unwrap();
    world.settle().unwrap();
    world.assert_same();
    world
}

pub(super) fn subjects(world: &World) -> [Subject; 3] {
    let ac = world.ac.borrow();
    let found = ac.contactpersonen().find(|(_, person)| person.current().text("emailadres") == "eva@voorbeeld.example");
    [
        Subject::Organisation(RelatieId::new(COMPANY)),
        Subject::PrivatePerson(RelatieId::new(PERSON)),
        Subject::ContactPerson(ContactpersoonId::new(found.unwrap().0)),
    ]
}

pub(super) fn list(subject: &Subject) -> List {
    if matches!(subject, Subject::ContactPerson(_)) { List::Contactpersonen } else { List::Relaties }
}

pub(super) fn marker(subject: &Subject) -> String {
    let list = if matches!(subject, Subject::ContactPerson(_)) { "contactpersoon" } else { "relatie" };
    format!("ac:12345:{list}:{}", subject.id())
}

pub(super) fn record(subject: &Subject) -> RecordId {
    match subject {
        Subject::Organisation(id) | Subject::PrivatePerson(id) => RecordId::Relatie(id.clone()),
        Subject::ContactPerson(id) => RecordId::Contactpersoon(id.clone()),
    }
}

/// A value of a field that nobody had, with blanks around it; `which` tells two of them apart.
pub(super) fn value(row: &Row, which: char) -> (String, &'static str) {
    let (digit, year) = if which == 'a' { ('4', "1979") } else { ('7', "1981") };
    let text = match row.form {
        Form::Text => format!("Nieuwe waarde {which}"),
        Form::Phone => format!("0{digit}0 555 09 0{digit}"),
        Form::Email => format!("{which}.nieuw@voorbeeld.example"),
        Form::Website => format!("{which}{which}.nieuw.example"),
        Form::Kvk => return (format!("{digit}7654321"), ""),
        Form::Date => return (format!("{year}-03-01"), ""),
        Form::Gender => return ((if which == 'a' { "M" } else { "X" }).to_owned(), ""),
        Form::HouseNumber => return (format!("3{digit}"), "bis"),
        Form::Postcode => format!("10{digit}9 ZZ"),
        Form::Country => return ((if which == 'a' { "BE" } else { "FR" }).to_owned(), ""),
    };
    (format!(" {text} "), "")
}

/// Puts a value where AC has the field.
pub(super) fn put_in_ac(record: &mut Map<String, Value>, row: &Row, (text, addition): &(String, &str)) {
    match row.ac {
        AcField::Own(veld) => drop(record.insert(veld.name().to_owned(), text.as_str().into())),
        AcField::Functie => record["koppelingen"][0]["functie"] = text.as_str().into(),
        AcField::Doorkiesnummer => record["koppelingen"][0]["doorkiesnummer"] = text.as_str().into(),
        AcField::Address(address_type, part) => {
            let address = address_in_ac(record, address_type);
            address[advocaatcentraal_tribe::advocaatcentraal::part_name(part)] = text.as_str().into();
            if part == AddressPart::Huisnummer {
                address["toevoeging"] = (*addition).into();
            }
        }
    }
}

pub(super) fn address_in_ac(record: &mut Map<String, Value>, address_type: AddressType) -> &mut Value {
    let of_type = match address_type {
        AddressType::Hoofdkantoor => "hoofdkantoor",
        AddressType::Postadres => "postadres",
        AddressType::Prive => "prive",
    };
    let addresses = record["adressen"].as_array_mut().unwrap();
    addresses.iter_mut().find(|address| address["type"] == of_type).unwrap()
}

/// The record in Tribe that has the field.
pub(super) fn holder(world: &World, subject: &Subject, field: TribeField) -> (Guid, Property) {
    let marked = |marker: &str| *world.tribe.borrow().find_by_import_id(marker).first().unwrap();
    match field {
        TribeField::Relation(property) => (marked(&marker(subject)), property),
        TribeField::Contact(property) => (marked(&format!("{}@{COMPANY}", marker(subject))), property),
        TribeField::Address(slot, property) => {
            let link = match slot {
                AddressSlot::Visiting => "VisitingAddress",
                AddressSlot::Postal => "PostalAddress",
                AddressSlot::Private => "Address",
            };
            (world.address_in_tribe(&marker(subject), link).parse().unwrap(), property)
        }
    }
}

/// A user of Tribe changes a field, at the first of its places.
pub(super) fn put_in_tribe(world: &World, subject: &Subject, row: &Row, (text, addition): &(String, &str)) {
    let (id, property) = holder(world, subject, row.tribe[0]);
    let row_of = |set: &str, code: &str| json!({"ID": world.tribe.borrow().lookup(set, code).unwrap().to_string()});
    let patch = match property {
        Property::HouseNumber => json!({"HouseNumber": text.parse::<u32>().unwrap(), "HouseNumberSuffix": addition}),
        Property::Gender => json!({"Gender": row_of("Datastore_Gender", if text == "M" { "Male" } else { "Other" })}),
        Property::Country => json!({"Country": row_of("Datastore_Country", text)}),
        // Properties are named as Tribe names them.
        _ => Value::Object(Map::from_iter([(format!("{property:?}"), text.as_str().into())])),
    };
    world.tribe.borrow_mut().edit(world.now(), id, &patch).unwrap();
}

pub(super) fn in_ac(world: &World, subject: &Subject) -> Value {
    let ac = world.ac.borrow();
    let record = match list(subject) {
        List::Relaties => ac.relatie(subject.id()),
        List::Contactpersonen => ac.contactpersoon(subject.id()),
    };
    Value::Object(record.unwrap().current().fields().clone())
}
