//! Two records merged in Tribe, and a contact person moved to another organisation there.

use advocaatcentraal_tribe::relation::RelatieId;
use advocaatcentraal_tribe::sync::Budget;
use advocaatcentraal_tribe::sync::records::{self, RecordId, RecordState};
use sandbox::tribe::Guid;
use serde_json::json;
use std::time::Duration;
use tests::World;
use tests::support::edit_relatie;

use super::{add_company, add_contact_person, office};

const AMPLE: Budget = Budget { time: Duration::from_secs(600), requests: 100_000 };

fn marked(world: &World, marker: &str) -> Guid {
    world.tribe.borrow().find_by_import_id(marker)[0]
}

fn company(world: &World, id: &str) -> Guid {
    marked(world, &format!("ac:12345:relatie:{id}"))
}

fn state(world: &World, id: &str) -> RecordState {
    let id = RecordId::Relatie(RelatieId::new(id));
    records::explain(world.ports(), &world.read_settings(), AMPLE, &id).unwrap().state
}

/// As a user merges: the relationships go to the survivor, and the other is deleted.
fn merge(world: &World, other: Guid, survivor: Guid) {
    let of = |link: &str| -> Vec<Guid> {
        world.tribe.borrow().referring(other, link).map(|relationship| relationship.id()).collect()
    };
    let (roles, contacts) = (of("Organization"), of("Relation"));
    let is_relationship = |id: &Guid| {
        let tribe = world.tribe.borrow();
        tribe.entity(*id).is_some_and(|entity| entity.set().starts_with("Relationship"))
    };
    for role in roles.into_iter().filter(is_relationship) {
        world.save_in_tribe(role, &json!({"Organization": {"ID": survivor.to_string()}}));
    }
    for contact in contacts.into_iter().filter(is_relationship) {
        world.save_in_tribe(contact, &json!({"Relation": {"ID": survivor.to_string()}}));
    }
    world.tribe.borrow_mut().delete_as_user(world.now(), other).unwrap();
}

#[test]
fn a_merge_is_followed_to_a_survivor_that_nobody_has() {
    let world = office();
    let id = add_company(&world, "Nieuw Voorbeeld B.V.");
    world.poll().unwrap();
    let person = add_contact_person(&world, &[id.as_str()]);
    world.settle().unwrap();
    let survivor = world.tribe.borrow_mut().add_organisation(world.now(), "Nieuw Voorbeeld", &json!({})).unwrap();
    merge(&world, company(&world, &id), survivor);
    world.wait(Duration::from_secs(60));
    world.sweep().unwrap();
    world.settle().unwrap();
    let swept = world.sweep().unwrap();
    assert!(swept.codes().contains(&"merged-in-tribe"), "{:?}", swept.codes());
    world.settle().unwrap();
    assert_eq!(state(&world, &id), RecordState::Linked);
    edit_relatie(&world, &id, json!({"telefoonnummer": "020 555 08 08"}));
    world.settle().unwrap();
    let tribe = world.tribe.borrow();
    let survivor = tribe.entity(survivor).unwrap();
    assert_eq!(survivor.text("PhoneNumber"), "020 555 08 08");
    assert_eq!(survivor.text("EmailAddress"), "info@voorbeeld.example", "what it lacks is filled from AC");
    let contacts = tribe.find_by_import_id(&format!("ac:12345:contactpersoon:{person}@{id}"));
    assert_eq!(contacts.len(), 1, "the contact person went along, and is not made again");
    assert_eq!(world.violations(), 0);
}

#[test]
fn a_survivor_that_belongs_to_another_relation_is_not_linked_twice_and_both_are_told() {
    let world = office();
    let (one, other) = (add_company(&world, "Voorbeeld Een B.V."), add_company(&world, "Voorbeeld Twee B.V."));
    world.settle().unwrap();
    merge(&world, company(&world, &one), company(&world, &other));
    world.wait(Duration::from_secs(60));
    world.sweep().unwrap();
    world.settle().unwrap();
    let before = world.writes();
    let swept = world.sweep().unwrap();
    let told: Vec<String> = swept
        .notes
        .iter()
        .filter(|note| note.code.as_str() == "merged-into-linked")
        .map(|note| note.subject.as_ref().unwrap().id().to_owned())
        .collect();
    assert!(told.contains(&one) && told.contains(&other), "{told:?}");
    assert_eq!((state(&world, &one), state(&world, &other)), (RecordState::GoneInTribe, RecordState::Linked));
    edit_relatie(&world, &one, json!({"telefoonnummer": "020 555 08 08"}));
    world.settle().unwrap();
    assert_eq!(world.writes(), before, "nothing of the one goes to the record of the other");
}

#[test]
fn a_contact_relationship_that_a_user_moved_is_seen_as_moved() {
    let world = office();
    let (from, to) = (add_company(&world, "Voorbeeld Een B.V."), add_company(&world, "Voorbeeld Twee B.V."));
    world.poll().unwrap();
    let person = add_contact_person(&world, &[from.as_str()]);
    world.settle().unwrap();
    let contact = marked(&world, &format!("ac:12345:contactpersoon:{person}@{from}"));
    let there = json!({"Relation": {"ID": company(&world, &to).to_string()}});
    world.save_in_tribe(contact, &there);
    world.save_in_tribe(contact, &json!({"Function": "Adviseur"}));
    let told = world.poll().unwrap();
    assert!(told.codes().contains(&"contact-moved"), "{:?}", told.codes());
    world.settle().unwrap();
    let functie = |world: &World| {
        let ac = world.ac.borrow();
        ac.contactpersoon(&person).unwrap().current().fields()["koppelingen"][0]["functie"].clone()
    };
    assert_eq!(functie(&world), "Directeur", "the function there is not the function here");
    // AC follows: the same relationship is linked, and no second one made.
    world.edit_in_ac(sandbox::advocaatcentraal::List::Contactpersonen, &person, |record| {
        record["koppelingen"] = json!([{"relatie_id": to, "functie": "Adviseur", "doorkiesnummer": null}]);
    });
    world.settle().unwrap();
    world.sweep().unwrap();
    world.settle().unwrap();
    let tribe = world.tribe.borrow();
    let person_in_tribe = tribe.find_by_import_id(&format!("ac:12345:contactpersoon:{person}"))[0];
    assert_eq!(tribe.referring(person_in_tribe, "Person").count(), 1);
}
