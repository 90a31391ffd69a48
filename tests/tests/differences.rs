//! In what both sides of the linked records differ, and why: each why by its story.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::time::Duration;

use advocaatcentraal_tribe::link::Side;
use advocaatcentraal_tribe::settings::name;
use advocaatcentraal_tribe::sync::Budget;
use advocaatcentraal_tribe::sync::differences::differences;
use advocaatcentraal_tribe::wording::Why;
use sandbox::advocaatcentraal::{Empties, List, Variants};
use sandbox::tribe::{Character, RefusedText};
use serde_json::json;
use tests::World;
use tests::invariants::{all_differences, what_differs_is_told};
use tests::support::{company_of, edit_contact, edit_relatie, synced_company, synced_person};

const EMAIL: &str = "organisatie.email";
/// In a value that Tribe refuses.
const BAD: &str = "onmogelijk";

const AC: Option<Side> = Some(Side::AdvocaatCentraal);
const TRIBE: Option<Side> = Some(Side::Tribe);

fn office() -> World {
    office_with(Variants::default(), Character::default())
}

fn office_with(variants: Variants, character: Character) -> World {
    let world = World::with(41, 30, variants, character);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    assert_eq!(what_differs_is_told(&world), None);
    world
}

/// What differs of a record: place, side and why.
fn of(world: &World, id: &str) -> Vec<(String, Option<Side>, Why)> {
    let all = all_differences(world).unwrap().into_iter().filter(|of| of.subject.id() == id);
    // That the population has genders without a row is not what these stories are about.
    let all = all.filter(|of| of.field.as_deref() != Some("contactpersoon.geslacht"));
    all.map(|of| (of.field.unwrap_or_default(), of.side, of.why)).collect()
}

fn only(place: &str, side: Option<Side>, why: Why) -> Vec<(String, Option<Side>, Why)> {
    vec![(place.to_owned(), side, why)]
}

fn in_tribe(world: &World, id: &str, patch: serde_json::Value) {
    world.edit_in_tribe(&format!("ac:12345:relatie:{id}"), &patch);
}

/// The relations of that kind that AC has as clients alone.
fn clients(world: &World, soort: &str) -> Vec<String> {
    let ac = world.ac.borrow();
    let all = ac.relaties().map(|(id, record)| (id, record.current().fields()));
    let of_kind = all.filter(|(_, fields)| fields["soort"] == soort && fields["status"] == "actief");
    let clients = of_kind.filter(|(_, fields)| fields["relatietypen"] == json!(["client"]));
    clients.map(|(id, _)| id.to_owned()).collect()
}

#[test]
fn an_edit_waits_until_the_next_cycle_takes_it_along() {
    let world = office();
    let id = synced_company(&world);
    edit_relatie(&world, &id, json!({"email": "nieuw@voorbeeld.example"}));
    assert_eq!(of(&world, &id), only(EMAIL, TRIBE, Why::Waiting));
    world.settle().unwrap();
    assert_eq!(of(&world, &id), []);
    in_tribe(&world, &id, json!({"EmailAddress": "ander@voorbeeld.example"}));
    assert_eq!(of(&world, &id), only(EMAIL, AC, Why::Waiting));
    edit_relatie(&world, &id, json!({"email": "derde@voorbeeld.example"}));
    assert_eq!(of(&world, &id), only(EMAIL, TRIBE, Why::Conflict));
    assert_eq!(what_differs_is_told(&world), None);
}

#[test]
fn an_office_is_compared_in_as_many_calls_as_its_budget_asks_for() {
    let world = World::new(43, 120);
    world.initial_sync().unwrap();
    edit_relatie(&world, &synced_company(&world), json!({"email": "nieuw@voorbeeld.example"}));
    let ample = Budget { time: Duration::from_secs(600), requests: 100_000 };
    let compare =
        |after: Option<&str>, budget| differences(world.ports(), &world.read_settings(), budget, after).unwrap();
    let whole = compare(None, ample);
    assert_eq!(whole.next, None);
    let (mut found, mut compared, mut calls, mut after) = (Vec::new(), 0, 0, None::<String>);
    loop {
        let told = compare(after.as_deref(), Budget { requests: 1, ..ample });
        calls += 1;
        compared += told.compared;
        found.extend(told.found);
        let Some(next) = told.next else { break };
        after = Some(next);
    }
    assert!(calls > 1);
    assert_eq!((found, compared), (whole.found, whole.compared));
}

#[test]
fn a_field_that_travels_one_way_keeps_what_a_user_of_tribe_wrote() {
    let world = office();
    let id = synced_company(&world);
    world.set(name::FIELDS, &format!(r#"{{"{EMAIL}":"from-advocaatcentraal"}}"#));
    in_tribe(&world, &id, json!({"EmailAddress": "ander@voorbeeld.example"}));
    world.settle().unwrap();
    assert_eq!(of(&world, &id), only(EMAIL, AC, Why::OneWay));
    world.set(name::FIELDS, &format!(r#"{{"{EMAIL}":"off"}}"#));
    assert_eq!(of(&world, &id), [], "what is off is nobody's business");
}

#[test]
fn a_sibling_that_was_not_edited_stays_and_two_that_were_are_a_conflict() {
    let world = office();
    let id = synced_person(&world);
    let at = company_of(&world, &id);
    let (private, business) =
        ("contactpersoon.mobiel.prive".to_owned(), format!("contactpersoon.mobiel.zakelijk@{at}"));
    edit_contact(&world, &id, json!({"mobiel": "0612345678"}));
    world.settle().unwrap();
    let person = format!("ac:12345:contactpersoon:{id}");
    world.edit_in_tribe(&person, &json!({"MobilePhoneNumber": "0687654321"}));
    world.settle().unwrap();
    assert_eq!(of(&world, &id), only(&business, TRIBE, Why::SiblingKept));
    world.edit_in_tribe(&person, &json!({"MobilePhoneNumber": "0611111111"}));
    world.edit_in_tribe(&format!("{person}@{at}"), &json!({"MobilePhoneNumber": "0622222222"}));
    world.settle().unwrap();
    assert_eq!(of(&world, &id), only(&private, TRIBE, Why::Conflict));
    assert_eq!(what_differs_is_told(&world), None);
}

#[test]
fn what_ac_leaves_out_is_told_where_tribe_has_a_value() {
    let world = office_with(Variants { empties: Empties::LeftOut, ..Variants::default() }, Character::default());
    let id = synced_company(&world);
    edit_relatie(&world, &id, json!({"email": null}));
    world.settle().unwrap();
    assert_eq!(of(&world, &id), only(EMAIL, AC, Why::LeftOut));
}

#[test]
fn what_a_side_has_no_place_row_or_right_to_empty_for_is_told() {
    let world = office();
    let id = synced_company(&world);
    let address = |of: &str| {
        json!({"id": of, "type": of, "straat": "Keizersgracht", "huisnummer": "12",
        "toevoeging": "hs", "postcode": "1015 CS", "plaats": "Amsterdam", "land": "Nergensland"})
    };
    edit_relatie(&world, &id, json!({"bedrijfsnaam": "", "adressen": [address("prive"), address("postadres")]}));
    world.settle().unwrap();
    let told = of(&world, &id);
    let has = |place: &str, why| told.contains(&(place.to_owned(), TRIBE, why));
    assert!(has("priveadres", Why::NoPlace), "{told:?}");
    assert!(has("postadres.land", Why::NoRow), "{told:?}");
    assert!(has("organisatie.bedrijfsnaam", Why::Demanded), "{told:?}");
    let visiting = told
        .iter()
        .filter(|(place, side, why)| place.starts_with("hoofdkantoor.") && *side == AC && *why == Why::NoPlace);
    assert!(visiting.count() > 1, "AC has that address no more: {told:?}");
    assert_eq!(what_differs_is_told(&world), None);
}

#[test]
fn a_value_that_is_refused_is_told_as_long_as_it_is() {
    let refused = RefusedText { word: BAD.to_owned(), names_it: true };
    let world = office_with(Variants::default(), Character { refused_text: Some(refused), ..Character::default() });
    let id = synced_company(&world);
    edit_relatie(&world, &id, json!({"website": format!("www.{BAD}.example")}));
    world.settle().unwrap();
    assert_eq!(of(&world, &id), only("organisatie.website", TRIBE, Why::Refused));
}

#[test]
fn a_record_of_which_nothing_travels_is_told_only_where_it_differs() {
    let world = office();
    let id = synced_company(&world);
    world.ac.borrow_mut().archive(world.now(), List::Relaties, &id).unwrap();
    world.settle().unwrap();
    assert_eq!(of(&world, &id), []);
    edit_relatie(&world, &id, json!({"email": "nieuw@voorbeeld.example"}));
    world.settle().unwrap();
    assert_eq!(of(&world, &id), only(EMAIL, AC, Why::Archived));
    edit_relatie(&world, &id, json!({"status": "actief", "relatietypen": ["advocaat"]}));
    world.settle().unwrap();
    assert_eq!(of(&world, &id), only(EMAIL, AC, Why::Unmapped));
    world.ac.borrow_mut().delete(world.now(), List::Relaties, &id).unwrap();
    assert_eq!(of(&world, &id), only("", AC, Why::Archived));
}

#[test]
fn a_record_that_tribe_does_not_show_is_not_visible_yet_and_then_gone() {
    let world = office();
    let id = synced_company(&world);
    world.delete_in_tribe(&format!("ac:12345:relatie:{id}"));
    assert_eq!(of(&world, &id), only("", TRIBE, Why::NotVisibleYet));
    edit_relatie(&world, &id, json!({"email": "nieuw@voorbeeld.example"}));
    world.settle().unwrap();
    assert_eq!(of(&world, &id), only("", TRIBE, Why::Gone));
    assert_eq!(what_differs_is_told(&world), None);
}

#[test]
fn what_a_brake_holds_back_is_told_for_each_record() {
    let world = office();
    let ids: Vec<String> = world.ac.borrow().relaties().map(|(id, _)| id.to_owned()).collect();
    for id in &ids {
        edit_relatie(&world, id, json!({"email": null}));
    }
    let waiting = all_differences(&world).unwrap().iter().filter(|of| of.why == Why::Waiting).count();
    assert!(waiting > 2);
    world.poll().unwrap();
    world.poll().unwrap();
    let told = all_differences(&world).unwrap();
    assert_eq!(told.iter().filter(|of| of.why == Why::Braked).count(), waiting, "{told:?}");
    assert_eq!(what_differs_is_told(&world), None);
}

#[test]
fn a_contact_relationship_at_an_organisation_that_is_not_synced_is_told_where_it_differs() {
    let world = office();
    let id = synced_person(&world);
    let at = company_of(&world, &id);
    let other = clients(&world, "bedrijf").into_iter().find(|other| *other != at).unwrap();
    world.edit_in_ac(List::Contactpersonen, &id, |person| {
        let row = json!({"relatie_id": other, "functie": "Adviseur", "doorkiesnummer": null});
        person["koppelingen"].as_array_mut().unwrap().push(row);
    });
    world.settle().unwrap();
    edit_relatie(&world, &at, json!({"relatietypen": ["advocaat"]}));
    world.settle().unwrap();
    assert_eq!(of(&world, &id), []);
    let contact = format!("ac:12345:contactpersoon:{id}@{at}");
    world.edit_in_tribe(&contact, &json!({"Function": "Bestuurder"}));
    world.settle().unwrap();
    assert_eq!(of(&world, &id), only(&format!("contactpersoon.functie@{at}"), AC, Why::Unmapped));
    assert_eq!(what_differs_is_told(&world), None);
}

#[test]
fn a_name_in_several_fields_is_told_only_where_it_differs() {
    let world = office();
    let id = clients(&world, "particulier").remove(0);
    in_tribe(&world, &id, json!({"Initials": "E."}));
    world.settle().unwrap();
    assert_eq!(of(&world, &id), [], "the last name is still all that AC has");
    in_tribe(&world, &id, json!({"LastName": "Heel anders"}));
    world.settle().unwrap();
    assert_eq!(of(&world, &id), only("particulier.naam", TRIBE, Why::NameSplit));
    assert_eq!(what_differs_is_told(&world), None);
}
