//! What goes there and back whatever AC speaks.

use std::time::Duration;

use advocaatcentraal_tribe::sync::{Stop, Stopped};
use sandbox::advocaatcentraal::List;
use serde_json::{Value, json};
use tests::World;
use tests::support::relation_in_ac;

use super::{AtRelation, SYSTEMS, begin, marker, office, person_at_one, refused_fields};

#[test]
fn an_edit_of_a_contact_person_reaches_it_and_nothing_else_of_it() {
    for system in SYSTEMS {
        let world = office(1, system);
        begin(&world);
        let AtRelation { id: person, marker, .. } = person_at_one(&world);
        world.edit_in_tribe(&marker, &json!({"PhoneNumber": "020 555 09 09", "LastName": "Kanarie"}));
        let before = world.ac.borrow().contactpersoon(&person).unwrap().current().fields().clone();
        world.settle().unwrap();
        let mut expected = before;
        expected.insert("prive_telefoon".to_owned(), "020 555 09 09".into());
        expected.insert("achternaam".to_owned(), "Kanarie".into());
        let after = world.ac.borrow().contactpersoon(&person).unwrap().current().fields().clone();
        assert_eq!(after, expected, "{:?}", system.0);
    }
}

#[test]
fn a_house_number_travels_both_ways_however_it_is_divided() {
    for system in SYSTEMS {
        let world = office(1, system);
        begin(&world);
        let address = world.address_in_tribe(&marker(&world), "VisitingAddress");
        world.edit_by_id(&address, &json!({"HouseNumber": 97, "HouseNumberSuffix": "bis"}));
        world.settle().unwrap();
        let in_ac = relation_in_ac(&world, "1001");
        let at = &in_ac["adressen"][0];
        let line = format!("{}{}{}", at["straat"], at["huisnummer"], at["toevoeging"]).replace(['"', ' '], "");
        assert_eq!(line.replace("null", ""), "Keizersgracht97bis", "{:?}", system.0);
    }
}

#[test]
fn a_value_that_is_refused_is_named_by_the_connectors_own_name() {
    for system in SYSTEMS {
        let world = office(1, system);
        begin(&world);
        world.edit_in_tribe(&marker(&world), &json!({"EmailAddress": "geen adres"}));
        world.settle().unwrap();
        assert_eq!(refused_fields(&world), ["organisatie.email"], "{:?}", system.0);
    }
}

/// What stands in AC, and what a field becomes.
fn with(world: &World, field: &str, value: Value) -> Value {
    let mut expected = relation_in_ac(world, "1001");
    expected[field] = value;
    expected
}

#[test]
fn an_edit_of_one_field_changes_nothing_else_in_ac() {
    for system in SYSTEMS {
        let world = office(1, system);
        begin(&world);
        for (property, field, value) in [
            ("PhoneNumber", "telefoonnummer", json!("020 555 09 09")),
            ("Name", "bedrijfsnaam", json!("Kanarie B.V.")),
            ("EmailAddress", "email", json!("kanarie@voorbeeld.example")),
            ("ChamberOfCommerceNumber", "kvk", json!("00765432")),
        ] {
            let expected = with(&world, field, value.clone());
            world.edit_in_tribe(&marker(&world), &json!({ property: value }));
            world.settle().unwrap();
            assert_eq!(relation_in_ac(&world, "1001"), expected, "{:?} {field}", system.0);
        }
        assert_eq!(refused_fields(&world), [] as [&str; 0]);
    }
}

#[test]
fn what_is_emptied_on_one_side_is_emptied_on_the_other() {
    for system in SYSTEMS {
        let world = office(1, system);
        let set = |value: Value| {
            world.edit_in_ac(List::Relaties, "1001", |fields| drop(fields.insert("email".to_owned(), value)));
        };
        set(json!("kanarie@voorbeeld.example"));
        begin(&world);
        world.edit_in_tribe(&marker(&world), &json!({"PhoneNumber": null}));
        set(Value::Null);
        world.settle().unwrap();
        let phone = relation_in_ac(&world, "1001")["telefoonnummer"].clone();
        assert!(phone.is_null() || phone == "", "{:?} {phone}", system.0);
        assert_eq!(world.text_in_tribe(&marker(&world), "EmailAddress"), "", "{:?}", system.0);
    }
}

#[test]
fn a_contact_person_s_function_goes_both_ways() {
    for system in SYSTEMS {
        let world = office(1, system);
        begin(&world);
        let person = person_at_one(&world);
        world.edit_in_tribe(&person.at_relation, &json!({"Function": "Kanarie"}));
        world.settle().unwrap();
        let functie = || world.ac.borrow().contactpersoon(&person.id).unwrap().current().rows("koppelingen").to_vec();
        let place = functie().iter().position(|row| row["functie"] == "Kanarie");
        let place = place.unwrap_or_else(|| panic!("{:?} {:?}", system.0, functie()));
        world.edit_in_ac(List::Contactpersonen, &person.id, |fields| {
            fields["koppelingen"][place]["functie"] = "Mus".into()
        });
        world.settle().unwrap();
        assert_eq!(world.text_in_tribe(&person.at_relation, "Function"), "Mus", "{:?}", system.0);
    }
}

#[test]
fn what_a_user_of_ac_puts_back_after_a_write_of_ours_is_an_edit_though_the_row_says_what_it_said() {
    for system in SYSTEMS {
        let world = office(1, system);
        begin(&world);
        let person = person_at_one(&world);
        let functie = || world.ac.borrow().contactpersoon(&person.id).unwrap().current().rows("koppelingen").to_vec();
        let before = functie();
        world.wait(Duration::from_secs(1_800));
        // Listed as it is, and handled.
        world.edit_in_ac(List::Contactpersonen, &person.id, |fields| {
            drop(fields.insert("mobiel".to_owned(), "06 5550 1701".into()))
        });
        world.settle().unwrap();
        let id = world.edit_in_tribe(&person.at_relation, &json!({"Function": "Kanarie"}));
        world.push(&[&id]).unwrap();
        assert_ne!(functie(), before, "{:?}", system.0);
        world.wait(Duration::from_secs(1));
        world.edit_in_ac(List::Contactpersonen, &person.id, |fields| {
            drop(fields.insert("koppelingen".to_owned(), before.clone().into()));
        });
        world.settle().unwrap();
        assert_eq!(functie(), before, "{:?}", system.0);
        assert_ne!(world.text_in_tribe(&person.at_relation, "Function"), "Kanarie", "{:?}", system.0);
    }
}

#[test]
fn a_contact_person_s_refused_value_is_named_as_that_of_a_contact_person() {
    for system in SYSTEMS {
        let world = office(1, system);
        begin(&world);
        let person = person_at_one(&world);
        world.edit_in_tribe(&person.marker, &json!({"EmailAddress": "geen adres"}));
        world.settle().unwrap();
        assert_eq!(refused_fields(&world), ["contactpersoon.emailadres"], "{:?}", system.0);
    }
}

#[test]
fn a_contact_person_s_birth_date_goes_both_ways() {
    for system in SYSTEMS {
        let world = office(1, system);
        begin(&world);
        let person = person_at_one(&world);
        world.edit_in_tribe(&person.marker, &json!({"BirthDate": "1981-03-31"}));
        world.settle().unwrap();
        let born = || world.ac.borrow().contactpersoon(&person.id).unwrap().current().text("geboortedatum").to_owned();
        assert_eq!(born(), "1981-03-31", "{:?}", system.0);
        world.edit_in_ac(List::Contactpersonen, &person.id, |fields| {
            fields.insert("geboortedatum".to_owned(), "1980-02-29".into());
        });
        world.settle().unwrap();
        let in_tribe = world.text_in_tribe(&person.marker, "BirthDate");
        assert_eq!(in_tribe, "1980-02-29", "{:?}", system.0);
    }
}

#[test]
fn too_many_calls_are_a_wait_until_the_moment_that_ac_tells() {
    for system in SYSTEMS {
        let world = office(1, system);
        begin(&world);
        let until = world.now().plus(Duration::from_secs(7 * 60));
        world.ac.borrow_mut().is_busy_until(until);
        let Err(Stopped { error: Stop::Quota(_, told), .. }) = world.poll() else {
            panic!("{:?} is not busy", system.0)
        };
        let late = told.as_millis().abs_diff(until.as_millis());
        assert!(late <= 2000, "{:?}: {late} ms beside it", system.0);
        world.wait_until(told);
        world.poll().unwrap();
    }
}

#[test]
fn what_is_deleted_in_ac_stays_in_tribe_and_gets_nothing_more() {
    for system in SYSTEMS {
        let world = office(1, system);
        begin(&world);
        let marker = marker(&world);
        world.ac.borrow_mut().delete(world.now(), List::Relaties, "1001").unwrap();
        world.settle().unwrap();
        world.sweep().unwrap();
        world.edit_in_tribe(&marker, &json!({"PhoneNumber": "020 555 09 09"}));
        let before = world.ac.borrow().counters().writes();
        world.settle().unwrap();
        world.sweep().unwrap();
        assert_eq!(world.ac.borrow().writes_since(before), 0, "{:?}", system.0);
        assert_eq!(world.text_in_tribe(&marker, "PhoneNumber"), "020 555 09 09");
        assert_eq!(world.violations(), 0);
    }
}

#[test]
fn what_is_deleted_in_tribe_does_not_come_back_with_a_sweep() {
    for system in SYSTEMS {
        let world = office(1, system);
        begin(&world);
        let marker = marker(&world);
        world.delete_in_tribe(&marker);
        world.settle().unwrap();
        world.edit_in_ac(List::Relaties, "1001", |fields| drop(fields.insert("email".to_owned(), Value::Null)));
        world.sweep().unwrap();
        assert_eq!(world.tribe.borrow().find_by_import_id(&marker), [], "{:?}", system.0);
    }
}

#[test]
fn an_edit_of_a_user_of_ac_right_before_a_write_is_not_lost() {
    for system in SYSTEMS {
        let world = office(1, system);
        begin(&world);
        world.edit_in_tribe(&marker(&world), &json!({"Website": "www.kanarie.example"}));
        let is_done = std::cell::Cell::new(false);
        *world.before_request.borrow_mut() = Some(Box::new(move |world, request| {
            let is_write = matches!(request.method.as_str(), "PUT" | "PATCH") && !request.target.contains("odata");
            if is_write && !is_done.replace(true) {
                world.edit_in_ac(List::Relaties, "1001", |fields| {
                    drop(fields.insert("bedrijfsnaam".to_owned(), "Mus B.V.".into()));
                });
            }
        }));
        world.settle().unwrap();
        *world.before_request.borrow_mut() = None;
        world.settle().unwrap();
        let in_ac = relation_in_ac(&world, "1001");
        assert_eq!((&in_ac["bedrijfsnaam"], &in_ac["website"]), (&json!("Mus B.V."), &json!("www.kanarie.example")));
        assert_eq!(world.text_in_tribe(&marker(&world), "Name"), "Mus B.V.", "{:?}", system.0);
    }
}

#[test]
fn what_a_user_of_tribe_edits_while_a_person_stands_at_another_organisation_travels_when_it_is_back() {
    for system in SYSTEMS {
        let world = office(1, system);
        begin(&world);
        let AtRelation { id: person, at_relation, .. } = person_at_one(&world);
        let places = |world: &World| {
            let ac = world.ac.borrow();
            ac.contactpersoon(&person).unwrap().current().fields()["koppelingen"].clone()
        };
        let (before, mut elsewhere) = (places(&world), places(&world));
        elsewhere[0]["relatie_id"] = "1012".into();
        assert_ne!(before, elsewhere, "{:?}", system.0);
        let moves_to = |rows: &Value| {
            let rows = rows.clone();
            world.edit_in_ac(List::Contactpersonen, &person, |fields| {
                drop(fields.insert("koppelingen".to_owned(), rows))
            });
        };
        moves_to(&elsewhere);
        world.edit_in_tribe(&at_relation, &json!({"PhoneNumber": "020 555 09 09"}));
        world.settle().unwrap();
        moves_to(&before);
        world.settle().unwrap();
        assert_eq!(places(&world)[0]["doorkiesnummer"], "020 555 09 09", "{:?}", system.0);
    }
}
