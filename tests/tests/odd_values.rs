//! A value of a form that its field cannot have says nothing (D9): every field of the tables, every odd shape, either
//! system.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use advocaatcentraal_tribe::link::Reason;
use advocaatcentraal_tribe::link::Subject;
use advocaatcentraal_tribe::mapping::{AcField, Row, TribeField, rows};
use advocaatcentraal_tribe::relation::{AddressType, ContactpersoonId, Form, RelatieId};
use advocaatcentraal_tribe::setup::{Verdict, check};
use advocaatcentraal_tribe::sync::records;
use advocaatcentraal_tribe::tribe::{AddressSlot, Property};
use advocaatcentraal_tribe::wording::Code;
use sandbox::Alteration;
use sandbox::advocaatcentraal::List;
use sandbox::tribe::{Guid, PropertyType};
use serde_json::{Map, Value, json};
use tests::support::{edit_relatie, relation_in_ac, relation_of};
use tests::{Cycle, World};

/// With a visiting and a postal address.
const COMPANY: &str = "1002";
const PERSON: &str = "1013";

/// Every JSON type, and numbers and texts of every kind.
fn shapes() -> [Value; 11] {
    [
        json!(12.5),
        json!(-3),
        json!(12),
        json!(1e30),
        json!(18_446_744_073_709_551_615_u64),
        json!(true),
        json!(["Voorbeeld"]),
        json!({"ID": 7, "Name": "Voorbeeld"}),
        json!({}),
        json!("NaN"),
        json!("12"),
    ]
}

/// A world at rest, with a private person and a contact person that have an address.
fn settled() -> World {
    let world = World::new(7, 18);
    let address = json!([{"id": "p1", "type": "prive", "straat": "Voorbeeldstraat", "huisnummer": "12",
        "toevoeging": "hs", "postcode": "1015 CS", "plaats": "Amsterdam", "land": "NL"}]);
    edit_relatie(&world, PERSON, json!({"adressen": address, "telefoon": "020 555 00 01", "email": "p@v.example"}));
    let contact = json!({"voornamen": "Eva", "achternaam": "Voorbeeld", "tussenvoegsels": "van", "voorletters": "E.",
        "geboortedatum": "1980-02-29", "geslacht": "V", "mobiel": "06 5550 0001", "prive_telefoon": "020 555 00 02",
        "emailadres": "eva@voorbeeld.example", "adressen": address, "status": "actief",
        "koppelingen": [{"relatie_id": COMPANY, "functie": "Directeur", "doorkiesnummer": "020 555 00 03"}]});
    world.ac.borrow_mut().add_contactpersoon(world.now(), contact.as_object().unwrap().clone());
    world.initial_sync().unwrap();
    world.settle().unwrap();
    world
}

fn contact_person(world: &World) -> String {
    let ac = world.ac.borrow();
    let found = ac.contactpersonen().find(|(_, person)| person.current().text("emailadres") == "eva@voorbeeld.example");
    found.unwrap().0.to_owned()
}

fn subjects(world: &World) -> [Subject; 3] {
    [
        Subject::Organisation(RelatieId::new(COMPANY)),
        Subject::PrivatePerson(RelatieId::new(PERSON)),
        Subject::ContactPerson(ContactpersoonId::new(contact_person(world))),
    ]
}

fn list(subject: &Subject) -> List {
    if matches!(subject, Subject::ContactPerson(_)) { List::Contactpersonen } else { List::Relaties }
}

fn marker(subject: &Subject) -> String {
    let list = if matches!(subject, Subject::ContactPerson(_)) { "contactpersoon" } else { "relatie" };
    format!("ac:12345:{list}:{}", subject.id())
}

/// Whether AC's contract has another form for the field.
fn is_odd_in_ac(row: &Row, shape: &Value) -> bool {
    !shape.is_string() || matches!(row.form, Form::Date | Form::Gender)
}

/// Whether Tribe's property has another form.
fn is_odd_in_tribe(row: &Row, shape: &Value) -> bool {
    match row.form {
        Form::HouseNumber => *shape != json!(12),
        Form::Gender | Form::Country => true,
        Form::Date => true,
        _ => !shape.is_string(),
    }
}

/// Puts a shape where AC has the field.
fn put_in_ac(record: &mut Map<String, Value>, row: &Row, shape: &Value) {
    match row.ac {
        AcField::Own(veld) => drop(record.insert(veld.name().to_owned(), shape.clone())),
        AcField::Functie => record["koppelingen"][0]["functie"] = shape.clone(),
        AcField::Doorkiesnummer => record["koppelingen"][0]["doorkiesnummer"] = shape.clone(),
        AcField::Address(address_type, part) => {
            let of_type = match address_type {
                AddressType::Hoofdkantoor => "hoofdkantoor",
                AddressType::Postadres => "postadres",
                AddressType::Prive => "prive",
            };
            let addresses = record["adressen"].as_array_mut().unwrap();
            let address = addresses.iter_mut().find(|address| address["type"] == of_type).unwrap();
            address[advocaatcentraal_tribe::advocaatcentraal::part_name(part)] = shape.clone();
        }
    }
}

/// The record in Tribe that has the field.
fn holder(world: &World, subject: &Subject, field: TribeField) -> (Guid, Property) {
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

/// Puts a shape where Tribe has the field.
fn put_in_tribe(world: &World, subject: &Subject, field: TribeField, shape: &Value) {
    let (id, property) = holder(world, subject, field);
    // Properties are named as Tribe names them.
    world.tribe.borrow_mut().put_odd(world.now(), id, &format!("{property:?}"), shape.clone());
}

fn is_told(cycle: &Cycle, code: Code, subject: &Subject, row: &Row) -> bool {
    let mut notes = cycle.notes.iter();
    notes.any(|note| {
        note.code == code && note.subject.as_ref() == Some(subject) && note.field.as_deref() == Some(row.name)
    })
}

#[test]
fn an_odd_value_of_acs_is_told_and_written_nowhere_in_any_field_and_any_shape() {
    for shape in shapes() {
        let world = settled();
        for subject in subjects(&world) {
            let before = world.writes();
            let odd: Vec<&Row> = rows(&subject).filter(|row| is_odd_in_ac(row, &shape)).collect();
            world.edit_in_ac(list(&subject), subject.id(), |record| {
                odd.iter().for_each(|row| put_in_ac(record, row, &shape));
            });
            let cycle = world.poll().unwrap();
            for row in odd {
                assert!(is_told(&cycle, Code::FieldNotUnderstood, &subject, row), "{} {shape}", row.name);
            }
            world.settle().unwrap();
            world.sweep().unwrap();
            assert_eq!(world.writes(), before, "{subject} {shape}");
        }
    }
}

#[test]
fn an_odd_value_of_tribes_is_told_and_written_nowhere_in_any_field_and_any_shape() {
    for shape in shapes() {
        let world = settled();
        for subject in subjects(&world) {
            let before = world.writes();
            let odd: Vec<&Row> = rows(&subject).filter(|row| is_odd_in_tribe(row, &shape)).collect();
            for row in &odd {
                row.tribe.iter().for_each(|field| put_in_tribe(&world, &subject, *field, &shape));
            }
            let cycle = world.poll().unwrap();
            for row in odd {
                assert!(is_told(&cycle, Code::FieldNotUnderstoodInTribe, &subject, row), "{} {shape}", row.name);
            }
            world.settle().unwrap();
            world.sweep().unwrap();
            assert_eq!(world.writes(), before, "{subject} {shape}");
        }
    }
}

#[test]
fn an_edit_in_ac_goes_over_an_odd_value_of_tribes_and_what_has_a_spelling_is_kept() {
    let kept = |world: &World| {
        let mut conflicts = records::kept(world.ports(), &world.read_settings()).unwrap();
        conflicts.retain(|(_, kept)| kept.reason == Reason::Conflict);
        conflicts.into_iter().map(|(_, conflict)| conflict.lost).collect::<Vec<_>>()
    };
    let phone = TribeField::Relation(Property::PhoneNumber);
    for (shape, lost) in [(json!(205550199), vec!["205550199"]), (json!({"a": 1}), vec![]), (json!(true), vec!["true"])]
    {
        let world = settled();
        put_in_tribe(&world, &subjects(&world)[0], phone, &shape);
        edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 09 01"}));
        let cycle = world.poll().unwrap();
        assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "020 555 09 01", "{shape}");
        assert_eq!(kept(&world), lost);
        assert_eq!(cycle.codes().contains(&"unreadable-gave-way"), lost.is_empty(), "{shape}");
        let before = world.writes();
        world.settle().unwrap();
        assert_eq!(world.writes(), before);
        world.assert_same();
    }
}

#[test]
fn the_number_before_a_suffix_stays_whatever_tribe_shows_of_it() {
    for odd in [json!(12.5), json!(-12), json!("12"), json!({"a": 1}), json!(1e12)] {
        let world = settled();
        let before = relation_in_ac(&world, COMPANY);
        let number = TribeField::Address(AddressSlot::Visiting, Property::HouseNumber);
        put_in_tribe(&world, &subjects(&world)[0], number, &odd);
        let address = world.address_in_tribe(&format!("ac:12345:relatie:{COMPANY}"), "VisitingAddress");
        world.edit_by_id(&address, &json!({"City": "Utrecht"}));
        world.settle().unwrap();
        let mut expected = before;
        expected["adressen"][0]["plaats"] = "Utrecht".into();
        assert_eq!(relation_in_ac(&world, COMPANY), expected, "{odd}");
    }
}

#[test]
fn an_edit_in_tribe_never_goes_over_an_odd_value_of_acs() {
    let world = settled();
    // Empty on both sides when they agreed: nothing else would hold the edit back.
    edit_relatie(&world, COMPANY, json!({"website": null}));
    world.settle().unwrap();
    for odd in [json!({"a": 1}), json!(7), json!(false)] {
        edit_relatie(&world, COMPANY, json!({"website": odd}));
        world.edit_in_tribe(&format!("ac:12345:relatie:{COMPANY}"), &json!({"Website": "www.voorbeeld.example"}));
        world.settle().unwrap();
        world.sweep().unwrap();
        assert_eq!(relation_in_ac(&world, COMPANY)["website"], odd);
    }
    edit_relatie(&world, COMPANY, json!({"website": null}));
    world.settle().unwrap();
    // AC says what both sides agreed on: nothing but a comparison of both shows that Tribe's edit waits.
    world.sweep().unwrap();
    assert_eq!(relation_in_ac(&world, COMPANY)["website"], "www.voorbeeld.example");
}

#[test]
fn a_property_that_became_one_of_another_type_empties_nothing_and_is_told_once() {
    let world = settled();
    let before: Vec<Value> = (1001..1010).map(|id| relation_in_ac(&world, &id.to_string())).collect();
    world.tribe.borrow_mut().retype("Relation.Organization", "PhoneNumber", PropertyType::Whole);
    // What was text is gone: a null in each.
    assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "");
    world.wait(std::time::Duration::from_secs(25 * 60 * 60));
    let writes = world.writes();
    let cycle = world.sweep().unwrap();
    let told: Vec<_> = cycle.notes.iter().filter(|note| note.code == Code::FieldNeverUnderstoodInTribe).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((told[0].subject.as_ref(), told[0].field.as_deref()), (None, Some("organisatie.telefoonnummer")));
    assert_eq!(world.writes(), writes);
    let after: Vec<Value> = (1001..1010).map(|id| relation_in_ac(&world, &id.to_string())).collect();
    assert_eq!(after, before);
    let findings = check(world.ports(), &world.read_settings(), None).unwrap();
    let finding = findings.iter().find(|finding| finding.code == Code::FieldTypeDiffers.into()).unwrap();
    assert_eq!(finding.verdict, Verdict::Fails);
    assert_eq!(finding.names, ["Relation_Organization.PhoneNumber"]);
    world.set("fields", r#"{"organisatie.telefoonnummer":"off"}"#);
    let findings = check(world.ports(), &world.read_settings(), None).unwrap();
    assert!(findings.iter().any(|finding| finding.code == Code::FieldTypesKnown.into()), "it is not synced any more");
}

#[test]
fn a_field_that_no_record_of_acs_has_in_a_readable_form_is_told_once() {
    let world = settled();
    let ids: Vec<String> = world.ac.borrow().relaties().map(|(id, _)| id.to_owned()).collect();
    for id in ids {
        world.edit_in_ac(List::Relaties, &id, |record| {
            if record["soort"] == "bedrijf" {
                record.insert("telefoonnummer".to_owned(), json!({"nummer": "020 555 01 01"}));
            }
        });
    }
    let before = world.writes();
    let cycle = world.poll().unwrap();
    let told: Vec<_> =
        cycle.notes.iter().filter(|note| note.field.as_deref() == Some("organisatie.telefoonnummer")).collect();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!((told[0].code, told[0].subject.as_ref()), (Code::FieldNeverUnderstood, None));
    assert_eq!(world.writes(), before);
}

/// Tribe passes over a website, and its first readings lack that property.
#[test]
fn what_tribe_did_not_show_since_it_was_made_does_not_empty_ac() {
    let world = World::new(7, 18);
    world.initial_sync().unwrap();
    world.tribe.borrow_mut().character_mut().altered = &[("Website", Alteration::PassedOver)];
    let company = json!({"soort": "bedrijf", "relatietypen": ["client"], "bedrijfsnaam": "Nieuw Voorbeeld B.V.",
        "website": "www.nieuw.example", "status": "actief"});
    let id = world.ac.borrow_mut().add_relatie(world.now(), company.as_object().unwrap().clone());
    world.on_answer.borrow_mut().replace(Box::new(|request, answer| {
        if request.target.contains("/Relation_Organization?") {
            let mut body = answer.json();
            let rows = body["value"].as_array_mut().into_iter().flatten().filter_map(Value::as_object_mut);
            rows.for_each(|row| drop(row.remove("Website")));
            answer.body = body.to_string().into_bytes();
        }
    }));
    world.poll().unwrap();
    world.on_answer.borrow_mut().take();
    world.edit_in_tribe(&format!("ac:12345:relatie:{id}"), &json!({"PhoneNumber": "020 555 07 07"}));
    world.settle().unwrap();
    assert_eq!(relation_in_ac(&world, &id)["telefoonnummer"], "020 555 07 07");
    assert_eq!(relation_in_ac(&world, &id)["website"], "www.nieuw.example");
}

#[test]
fn what_is_odd_only_right_before_a_write_is_not_written_over() {
    for odd in [json!(-3), json!({"a": 1})] {
        let world = settled();
        world.edit_in_tribe(&format!("ac:12345:relatie:{COMPANY}"), &json!({"PhoneNumber": "020 555 07 07"}));
        edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 09 01"}));
        let (mut readings, shape) = (0, odd.clone());
        world.on_answer.borrow_mut().replace(Box::new(move |request, answer| {
            if request.method == "GET" && request.target.contains("/Relation_Organization?") {
                readings += 1;
                let mut body = answer.json();
                let rows = body["value"].as_array_mut().into_iter().flatten().filter(|_| readings == 2);
                rows.for_each(|row| row["PhoneNumber"] = shape.clone());
                answer.body = body.to_string().into_bytes();
            }
        }));
        world.poll().unwrap();
        world.on_answer.borrow_mut().take();
        world.settle().unwrap();
        assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "020 555 09 01", "{odd}");
        let kept = records::kept(world.ports(), &world.read_settings()).unwrap();
        let kept: Vec<_> = kept.into_iter().filter(|(_, kept)| kept.reason == Reason::Conflict).collect();
        assert_eq!(kept.iter().map(|(_, kept)| kept.lost.as_str()).collect::<Vec<_>>(), ["020 555 07 07"], "{odd}");
        world.assert_same();
    }
}
