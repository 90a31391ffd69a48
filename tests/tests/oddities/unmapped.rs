//! Types that are mapped no more, later, or again; a relation that becomes one of the other kind; a koppeling that is
//! removed and put back.

use std::time::Duration;

use advocaatcentraal_tribe::relation::RelatieId;
use advocaatcentraal_tribe::settings::name;
use advocaatcentraal_tribe::sync::records::{self, RecordId, RecordState};
use advocaatcentraal_tribe::sync::{Budget, Next};
use serde_json::{Value, json};
use tests::support::{contact_of, edit_contact, edit_relatie, person_in_ac, person_of, relation_in_ac, relation_of};
use tests::{TYPES, World};

use super::{add_company, add_contact_person, office};

const AMPLE: Budget = Budget { time: Duration::from_secs(600), requests: 100_000 };
const ALL_BUT_SUPPLIERS: &str = r#"{"client":"customer","betalende-partij":"prospect"}"#;

fn map_all(world: &World) {
    let types: std::collections::BTreeMap<&str, &str> = TYPES.into();
    world.set(name::RELATION_TYPES, &json!(types).to_string());
}

fn person_marker(id: &str) -> String {
    format!("ac:12345:contactpersoon:{id}")
}

fn stands(world: &World, marker: &str) -> usize {
    world.tribe.borrow().find_by_import_id(marker).len()
}

fn state(world: &World, id: &str) -> RecordState {
    let record = RecordId::Relatie(RelatieId::new(id));
    records::explain(world.ports(), &world.read_settings(), AMPLE, &record).unwrap().state
}

/// A supplier with a contact person, both synced.
fn supplier(world: &World) -> (String, String) {
    let company = add_company(world, "Voorbeeld Leverancier B.V.");
    edit_relatie(world, &company, json!({"relatietypen": ["leverancier"]}));
    let person = add_contact_person(world, &[company.as_str()]);
    world.settle().unwrap();
    (company, person)
}

#[test]
fn contact_persons_of_an_unmapped_type_stop_with_the_setting() {
    let world = office();
    let (company, person) = supplier(&world);
    world.set(name::RELATION_TYPES, ALL_BUT_SUPPLIERS);
    let new = add_contact_person(&world, &[company.as_str()]);
    edit_contact(&world, &person, json!({"voornamen": "Iris"}));
    let pushed = world.edit_in_tribe(&person_marker(&person), &json!({"LastName": "Uit Tribe"}));
    let at = world.edit_in_tribe(&format!("{}@{company}", person_marker(&person)), &json!({"Function": "Uit Tribe"}));
    let before = world.writes();
    world.push(&[&pushed, &at]).unwrap();
    world.settle().unwrap();
    assert_eq!((world.writes(), stands(&world, &person_marker(&new))), (before, 0));
    assert_eq!(state(&world, &company), RecordState::Paused);
    map_all(&world);
    world.settle().unwrap();
    assert_eq!(stands(&world, &person_marker(&new)), 1);
    assert_eq!(person_of(&world, &person, "FirstName"), "Iris");
    let in_ac = person_in_ac(&world, &person);
    assert_eq!((&in_ac["achternaam"], &in_ac["koppelingen"][0]["functie"]), (&json!("Uit Tribe"), &json!("Uit Tribe")));
    world.assert_same();
}

#[test]
fn a_contact_person_at_two_companies_goes_on_at_the_one_that_is_mapped() {
    let world = office();
    let (company, _) = supplier(&world);
    let client = add_company(&world, "Voorbeeld Client B.V.");
    world.poll().unwrap();
    let person = add_contact_person(&world, &[company.as_str(), client.as_str()]);
    world.settle().unwrap();
    world.set(name::RELATION_TYPES, ALL_BUT_SUPPLIERS);
    let at = |organisation: &str| format!("{}@{organisation}", person_marker(&person));
    world.edit_in_tribe(&at(&company), &json!({"Function": "Rust"}));
    world.edit_in_tribe(&at(&client), &json!({"Function": "Gaat door"}));
    edit_contact(&world, &person, json!({"voornamen": "Iris"}));
    world.settle().unwrap();
    let functions = |world: &World| -> Vec<Value> {
        let koppelingen = person_in_ac(world, &person)["koppelingen"].clone();
        koppelingen.as_array().unwrap().iter().map(|koppeling| koppeling["functie"].clone()).collect()
    };
    assert_eq!(functions(&world), [json!("Directeur"), json!("Gaat door")]);
    assert_eq!(person_of(&world, &person, "FirstName"), "Iris");
    map_all(&world);
    world.settle().unwrap();
    assert_eq!(functions(&world), [json!("Rust"), json!("Gaat door")], "what was edited meanwhile is seen");
    world.assert_same();
}

#[test]
fn what_is_mapped_again_comes_in_by_the_next_polls_with_a_note_for_each() {
    let world = office();
    let (company, _) = supplier(&world);
    world.set(name::RELATION_TYPES, ALL_BUT_SUPPLIERS);
    edit_relatie(&world, &company, json!({"telefoonnummer": "020 555 07 07"}));
    let new = add_company(&world, "Voorbeeld Later B.V.");
    edit_relatie(&world, &new, json!({"relatietypen": ["leverancier"]}));
    let person = add_contact_person(&world, &[new.as_str()]);
    world.settle().unwrap();
    assert_eq!(stands(&world, &format!("ac:12345:relatie:{new}")), 0);
    map_all(&world);
    let brought_in = |cycle: &tests::Cycle| -> Vec<String> {
        let notes = cycle.notes.iter().filter(|note| note.code.as_str() == "brought-in");
        let mut ids: Vec<String> = notes.map(|note| note.subject.as_ref().unwrap().id().to_owned()).collect();
        ids.sort();
        ids
    };
    let mut expected = vec![company.clone(), new.clone()];
    expected.sort();
    assert_eq!(brought_in(&world.poll().unwrap()), expected);
    assert_eq!(relation_of(&world, &company, "PhoneNumber"), "020 555 07 07");
    assert_eq!(stands(&world, &person_marker(&person)), 1);
    let before = world.writes();
    let next = world.poll().unwrap();
    assert_eq!((brought_in(&next), world.writes()), (vec![], before), "once");
    world.assert_same();
}

#[test]
fn a_type_that_is_mapped_to_another_of_tribes_gets_that_role_too() {
    let world = office();
    let (company, _) = supplier(&world);
    world.set(name::RELATION_TYPES, r#"{"client":"customer","betalende-partij":"prospect","leverancier":"partner"}"#);
    world.poll().unwrap();
    let tribe = world.tribe.borrow();
    let relation = tribe.find_by_import_id(&format!("ac:12345:relatie:{company}"))[0];
    let roles: Vec<String> = tribe.referring(relation, "Organization").map(|role| role.set().to_owned()).collect();
    assert!(roles.iter().any(|set| set == "Relationship_Organization_Partner"), "{roles:?}");
}

/// Companies of a type that is not mapped, with many contact persons each.
fn many(world: &World, companies: usize, persons: usize) -> Vec<String> {
    let mut all = Vec::new();
    for _ in 0..companies {
        let company = add_company(world, "Voorbeeld Groot B.V.");
        edit_relatie(world, &company, json!({"relatietypen": ["leverancier"]}));
        all.extend((0..persons).map(|_| add_contact_person(world, &[company.as_str()])));
    }
    all
}

#[test]
fn no_call_is_longer_than_its_budget_however_many_contact_persons_a_page_has() {
    let world = office();
    world.set(name::RELATION_TYPES, ALL_BUT_SUPPLIERS);
    let persons = many(&world, 3, 120);
    world.settle().unwrap();
    map_all(&world);
    let budget = Budget { requests: 40, ..AMPLE };
    let (mut longest, mut slices) = (0, 0);
    loop {
        let before = world.watch.requests();
        let outcome = world.call(budget, |connector, world, budget| connector.poll(world, budget)).unwrap();
        longest = longest.max(world.watch.requests() - before);
        slices += 1;
        assert!(slices < 100, "it ends");
        if outcome.next == Next::Done {
            break;
        }
    }
    assert!(longest < 40 + 160, "{longest} requests in one call");
    assert!(slices > 5, "{slices} slices");
    assert!(persons.iter().all(|person| stands(&world, &person_marker(person)) == 1));
    world.settle().unwrap();
    world.assert_same();
}

#[test]
fn a_page_is_done_in_the_end_however_small_the_slices() {
    for sweep in [false, true] {
        let world = office();
        world.set(name::RELATION_TYPES, ALL_BUT_SUPPLIERS);
        let persons = many(&world, 2, 60);
        world.settle().unwrap();
        map_all(&world);
        world.budget.set(Budget { requests: 1, ..AMPLE });
        if sweep {
            world.sweep().unwrap();
        } else {
            world.poll().unwrap();
        }
        world.budget.set(AMPLE);
        assert!(persons.iter().all(|person| stands(&world, &person_marker(person)) == 1));
        world.settle().unwrap();
        world.assert_same();
    }
}

fn becomes_private(world: &World, id: &str) {
    edit_relatie(world, id, json!({"soort": "particulier", "naam": "Voorbeeld", "telefoon": "020 555 09 09"}));
}

#[test]
fn a_company_that_becomes_a_private_person_is_paused_and_told_and_nothing_is_made() {
    let world = office();
    let company = add_company(&world, "Nieuw Voorbeeld B.V.");
    world.poll().unwrap();
    let person = add_contact_person(&world, &[company.as_str()]);
    world.settle().unwrap();
    let marker = format!("ac:12345:relatie:{company}");
    becomes_private(&world, &company);
    let before = world.writes();
    let cycle = world.poll().unwrap();
    let told: Vec<&str> =
        cycle.notes.iter().map(|note| note.code.as_str()).filter(|code| *code == "kind-changed").collect();
    assert_eq!(told.len(), 1, "{:?}", cycle.codes());
    let new = add_contact_person(&world, &[company.as_str()]);
    edit_contact(&world, &person, json!({"voornamen": "Iris"}));
    world.edit_in_tribe(&marker, &json!({"PhoneNumber": "020 555 08 08"}));
    world.settle().unwrap();
    let swept = world.sweep().unwrap();
    let record = RecordId::Relatie(RelatieId::new(&company));
    records::resync(world.ports(), &world.read_settings(), AMPLE, &record).unwrap();
    assert_eq!(world.writes(), before, "neither side is written");
    assert_eq!((stands(&world, &marker), stands(&world, &person_marker(&new))), (1, 0));
    assert!(!swept.codes().contains(&"kind-changed"), "it is told once");
    assert_eq!(state(&world, &company), RecordState::Paused);
    world.assert_same();
}

#[test]
fn asked_to_make_it_anew_it_is_made_as_what_it_is_now() {
    let world = office();
    let company = add_company(&world, "Nieuw Voorbeeld B.V.");
    world.settle().unwrap();
    becomes_private(&world, &company);
    world.settle().unwrap();
    let record = RecordId::Relatie(RelatieId::new(&company));
    records::make_anew(world.ports(), &world.read_settings(), AMPLE, &record).unwrap();
    world.settle().unwrap();
    let sets = |world: &World| -> Vec<String> {
        let tribe = world.tribe.borrow();
        let found = tribe.find_by_import_id(&format!("ac:12345:relatie:{company}"));
        let mut sets: Vec<String> = found.into_iter().map(|id| tribe.entity(id).unwrap().set().to_owned()).collect();
        sets.sort();
        sets
    };
    assert_eq!(sets(&world), ["Relation_Organization", "Relation_Person"]);
    edit_relatie(&world, &company, json!({"telefoon": "020 555 10 10"}));
    world.settle().unwrap();
    assert_eq!(state(&world, &company), RecordState::Linked);
    // And back: the company goes on, the private person rests.
    edit_relatie(&world, &company, json!({"soort": "bedrijf", "telefoonnummer": "020 555 11 11"}));
    let cycle = world.poll().unwrap();
    assert!(cycle.codes().contains(&"kind-changed"), "{:?}", cycle.codes());
    world.settle().unwrap();
    let tribe = world.tribe.borrow();
    let found = tribe.find_by_import_id(&format!("ac:12345:relatie:{company}"));
    let phones: Vec<(String, String)> = found
        .into_iter()
        .map(|id| tribe.entity(id).unwrap())
        .map(|entity| (entity.set().to_owned(), entity.text("PhoneNumber")))
        .collect();
    assert!(phones.contains(&("Relation_Organization".to_owned(), "020 555 11 11".to_owned())), "{phones:?}");
    assert!(phones.contains(&("Relation_Person".to_owned(), "020 555 10 10".to_owned())), "{phones:?}");
    drop(tribe);
    assert_eq!(sets(&world).len(), 2);
}

#[test]
fn a_company_that_becomes_one_again_goes_on_with_its_record() {
    let world = office();
    let company = add_company(&world, "Nieuw Voorbeeld B.V.");
    world.settle().unwrap();
    becomes_private(&world, &company);
    world.settle().unwrap();
    world.edit_in_tribe(&format!("ac:12345:relatie:{company}"), &json!({"EmailAddress": "tussen@voorbeeld.example"}));
    world.settle().unwrap();
    edit_relatie(&world, &company, json!({"soort": "bedrijf", "telefoonnummer": "020 555 11 11"}));
    world.settle().unwrap();
    assert_eq!(relation_of(&world, &company, "PhoneNumber"), "020 555 11 11");
    assert_eq!(relation_in_ac(&world, &company)["email"], "tussen@voorbeeld.example");
    assert_eq!(
        (state(&world, &company), stands(&world, &format!("ac:12345:relatie:{company}"))),
        (RecordState::Linked, 1)
    );
}

#[test]
fn an_edit_while_a_koppeling_is_away_is_seen_when_it_is_put_back() {
    let world = office();
    let (one, other) = (add_company(&world, "Voorbeeld Een B.V."), add_company(&world, "Voorbeeld Twee B.V."));
    world.poll().unwrap();
    for only_one in [true, false] {
        let at: Vec<&str> = if only_one { vec![&one] } else { vec![&one, &other] };
        let person = add_contact_person(&world, &at);
        world.settle().unwrap();
        let before = person_in_ac(&world, &person)["koppelingen"].clone();
        let without: Vec<Value> = before.as_array().unwrap()[1..].to_vec();
        edit_contact(&world, &person, json!({ "koppelingen": without }));
        world.settle().unwrap();
        let contact = format!("{}@{one}", person_marker(&person));
        world.edit_in_tribe(&contact, &json!({"Function": "Tussendoor"}));
        world.settle().unwrap();
        edit_contact(&world, &person, json!({ "koppelingen": before }));
        world.settle().unwrap();
        assert_eq!(person_in_ac(&world, &person)["koppelingen"][0]["functie"], "Tussendoor");
        if only_one {
            assert_eq!(contact_of(&world, &person, "Function"), "Tussendoor");
        }
        world.assert_same();
    }
}

#[test]
fn what_is_synced_no_longer_is_told_once() {
    // With the type goes the contact person, who stands at no company that is synced then.
    for (patch, records) in [(json!({"status": "gearchiveerd"}), 1), (json!({"relatietypen": []}), 2)] {
        let world = office();
        let (company, _) = supplier(&world);
        edit_relatie(&world, &company, patch.clone());
        let cycles = [world.poll().unwrap(), world.poll().unwrap(), world.sweep().unwrap(), world.sweep().unwrap()];
        let told = |cycle: &tests::Cycle| cycle.codes().into_iter().filter(|code| *code == "paused").count();
        assert_eq!(cycles.iter().map(told).sum::<usize>(), records, "{patch}");
    }
}
