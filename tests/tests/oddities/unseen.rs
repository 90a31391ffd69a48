//! What was written could not be read back at once, and a user was there meanwhile.

use std::time::Duration;

use advocaatcentraal_tribe::relation::RelatieId;
use advocaatcentraal_tribe::sync::records::{self, RecordId};
use sandbox::Alteration;
use sandbox::advocaatcentraal::{List, Variants};
use sandbox::tribe::{Character, NestedCreate, PutAnswer};
use serde_json::{Value, json};
use tests::World;
use tests::faults::Kind;
use tests::support::{conflicts, edit_relatie, relation_in_ac, relation_of};

use super::{AMPLE, add_company, office, with_all_fields};

/// A new company of which Tribe shows an odd value in that property when it is read back.
fn odd_when_read_back(world: &World, property: &'static str) -> String {
    let id = with_all_fields(world);
    let marker = marker(&id);
    let mut is_done = false;
    *world.before_request.borrow_mut() = Some(Box::new(move |world, request| {
        let is_reading_back = request.method == "GET" && request.target.contains("VisitingAddress");
        let made = world.tribe.borrow().find_by_import_id(&marker).first().copied();
        if let Some(made) = made.filter(|_| is_reading_back && !is_done) {
            is_done = true;
            world.tribe.borrow_mut().put_odd(world.now(), made, property, json!(true));
        }
    }));
    world.poll().unwrap();
    *world.before_request.borrow_mut() = None;
    id
}

fn marker(id: &str) -> String {
    format!("ac:12345:relatie:{id}")
}

const FIELDS: [(&str, &str); 3] =
    [("PhoneNumber", "telefoonnummer"), ("EmailAddress", "email"), ("Website", "website")];

#[test]
fn what_a_user_empties_before_a_new_record_can_be_read_is_a_conflict() {
    for (property, field) in FIELDS {
        let world = office();
        let id = odd_when_read_back(&world, property);
        world.wait(Duration::from_secs(5));
        world.edit_in_tribe(&marker(&id), &json!({property: null}));
        world.settle().unwrap();
        assert_ne!(relation_in_ac(&world, &id)[field], Value::Null, "{property}: it may never have stood in Tribe");
        assert_eq!(conflicts(&world).len(), 1, "{property}");
        world.assert_same();
    }
}

#[test]
fn what_tribe_never_took_and_could_not_be_read_empties_nothing_in_ac() {
    for (property, field) in FIELDS {
        let world = office();
        world.tribe.borrow_mut().character_mut().altered = Vec::leak(vec![(property, Alteration::PassedOver)]);
        let id = odd_when_read_back(&world, property);
        world.wait(Duration::from_secs(5));
        // The odd value goes, and so it is as Tribe stored it.
        let made = world.tribe.borrow().find_by_import_id(&marker(&id))[0];
        world.tribe.borrow_mut().put_odd(world.now(), made, property, Value::Null);
        world.edit_in_tribe(&marker(&id), &json!({"Name": "Kanarie B.V."}));
        world.settle().unwrap();
        world.sweep().unwrap();
        let writes = world.writes();
        world.settle().unwrap();
        world.sweep().unwrap();
        assert_ne!(relation_in_ac(&world, &id)[field], Value::Null, "{property}");
        assert_eq!(relation_in_ac(&world, &id)["bedrijfsnaam"], "Kanarie B.V.", "{property}");
        assert_eq!(world.writes(), writes, "{property}: it is not sent again and again");
    }
}

/// A reading may show what stood there before a write, and that may be newer than what was read before the write.
#[test]
fn what_a_user_wrote_before_a_write_of_ours_does_not_count_as_what_tribe_stored() {
    for altered in [vec![], vec![("Street", Alteration::CutTo(8))]] {
        let world = office();
        let id = with_all_fields(&world);
        world.settle().unwrap();
        world.tribe.borrow_mut().character_mut().altered = Vec::leak(altered.clone());
        world.tribe.borrow_mut().character_mut().read_lag = Duration::from_millis(2_500);
        world.edit_in_ac(List::Relaties, &id, |fields| {
            fields["adressen"][0]["straat"] = json!("Nieuwe Voorbeeldgracht");
        });
        let (is_done, of) = (std::cell::Cell::new(false), id.clone());
        *world.before_request.borrow_mut() = Some(Box::new(move |world, request| {
            if request.method == "PUT" && request.target.contains("Address(") && !is_done.replace(true) {
                let address = world.address_in_tribe(&marker(&of), "VisitingAddress");
                world.edit_by_id(&address, &json!({"Street": "Kanarielaan"}));
                world.wait(Duration::from_secs(3));
            }
        }));
        world.settle().unwrap();
        *world.before_request.borrow_mut() = None;
        world.settle().unwrap();
        world.sweep().unwrap();
        let straat = relation_in_ac(&world, &id)["adressen"][0]["straat"].clone();
        assert_eq!(straat, "Nieuwe Voorbeeldgracht", "{altered:?}");
        if altered.is_empty() {
            world.assert_same();
        }
    }
}

#[test]
fn what_is_found_stored_otherwise_has_a_letter_though_the_call_stops_there() {
    let world = office();
    let (id, other) = (with_all_fields(&world), add_company(&world, "Ander Voorbeeld B.V."));
    world.settle().unwrap();
    {
        let mut tribe = world.tribe.borrow_mut();
        let character = tribe.character_mut();
        character.altered = Vec::leak(vec![("PhoneNumber", Alteration::PassedOver)]);
        (character.put_answer, character.read_lag) = (PutAnswer::NoContent, Duration::from_secs(30));
    }
    edit_relatie(&world, &id, json!({"telefoonnummer": "020 555 09 09"}));
    world.poll().unwrap();
    world.wait(Duration::from_secs(120));
    world.tribe.borrow_mut().character_mut().read_lag = Duration::ZERO;
    let edited = world.edit_in_tribe(&marker(&other), &json!({"Website": "www.ander.example"}));
    let written = world.tribe.borrow().find_by_import_id(&marker(&id))[0].to_string();
    world.faults.plan(Kind::Status429Bare, "PUT", "relaties", 1);
    assert!(world.push(&[&written, &edited]).is_err());
    world.wait(Duration::from_secs(120));
    world.poll().unwrap();
    let letters = records::dead_letters(world.ports(), &world.read_settings()).unwrap();
    let fields: Vec<_> = letters.into_iter().map(|(of, letter)| (of.id().to_owned(), letter.fields)).collect();
    assert_eq!(fields, [(id, ["organisatie.telefoonnummer".to_owned()].into_iter().collect())]);
}

#[test]
fn what_a_user_writes_into_a_new_address_before_it_is_read_back_is_an_edit() {
    for nested_create in [NestedCreate::Honoured, NestedCreate::RelationsOnly, NestedCreate::Ignored] {
        let world = World::with(7, 18, Variants::default(), Character { nested_create, ..Character::default() });
        let id = add_company(&world, "Nieuw Voorbeeld B.V.");
        let mut without = relation_in_ac(&world, &id);
        let address = std::mem::replace(&mut without["adressen"], json!([]));
        edit_relatie(&world, &id, without);
        world.initial_sync().unwrap();
        world.settle().unwrap();
        edit_relatie(&world, &id, json!({"adressen": address}));
        let (mut is_written, of) = (false, marker(&id));
        *world.before_request.borrow_mut() = Some(Box::new(move |world, request| {
            let is_of_company = request.target.contains("Relation_Organization");
            if is_written && is_of_company && request.method == "GET" {
                is_written = false;
                let address = world.address_in_tribe(&of, "VisitingAddress");
                world.edit_by_id(&address, &json!({"HouseNumberSuffix": "7 bis"}));
            }
            is_written |= is_of_company && request.method == "PUT";
        }));
        world.poll().unwrap();
        *world.before_request.borrow_mut() = None;
        world.settle().unwrap();
        let toevoeging = relation_in_ac(&world, &id)["adressen"][0]["toevoeging"].clone();
        assert_eq!(toevoeging, "7 bis", "{nested_create:?}");
        world.assert_same();
    }
}

#[test]
fn what_is_stored_otherwise_is_not_sent_again_by_a_letter_about_something_else() {
    let world = office();
    let id = with_all_fields(&world);
    world.settle().unwrap();
    world.tribe.borrow_mut().character_mut().altered = Vec::leak(vec![("PhoneNumber", Alteration::PassedOver)]);
    edit_relatie(&world, &id, json!({"telefoonnummer": "020 555 09 09"}));
    world.settle().unwrap();
    let sent = std::rc::Rc::new(std::cell::Cell::new(0));
    let counted = std::rc::Rc::clone(&sent);
    *world.before_request.borrow_mut() = Some(Box::new(move |_, request| {
        let is_phone = String::from_utf8_lossy(&request.body).contains("PhoneNumber");
        counted.set(counted.get() + u32::from(request.method == "PUT" && is_phone));
    }));
    world.faults.plan(Kind::ResetBefore, "PUT", "Relation_Organization", 1);
    edit_relatie(&world, &id, json!({"website": "www.anders.example"}));
    world.poll().unwrap();
    world.wait(Duration::from_secs(3_600));
    world.settle().unwrap();
    assert_eq!(relation_of(&world, &id, "Website"), "www.anders.example");
    assert_eq!(sent.get(), 0, "it is sent again when it changes, or a person asks");
}

#[test]
fn a_new_record_is_looked_for_as_soon_as_it_must_show_however_often_it_was_missed() {
    let world = office();
    world.faults.plan(Kind::ResetBefore, "POST", "Relation", 1);
    let id = add_company(&world, "Nieuw Voorbeeld B.V.");
    world.poll().unwrap();
    // AC lists it no more.
    world.wait(Duration::from_secs(2 * 3_600));
    let record = RecordId::Relatie(RelatieId::new(&id));
    let bring_in = || records::resync(world.ports(), &world.read_settings(), AMPLE, &record).unwrap();
    bring_in();
    world.tribe.borrow_mut().character_mut().read_lag = Duration::from_secs(50);
    for _ in 0..6 {
        bring_in();
    }
    let letters = || records::dead_letters(world.ports(), &world.read_settings()).unwrap();
    assert_eq!(letters().len(), 1, "it does not show yet");
    world.wait(Duration::from_secs(60));
    world.poll().unwrap();
    assert!(letters().is_empty());
    world.assert_same();
}
