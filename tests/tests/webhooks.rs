//! The connector's own webhooks in Tribe: create, list, remove; and the record that a delivery names.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use advocaatcentraal_tribe::secret::Secret;
use advocaatcentraal_tribe::tribe::{Registrations, read_delivery};
use advocaatcentraal_tribe::webhooks::{Task, webhooks};
use sandbox::advocaatcentraal::Variants;
use sandbox::tribe::{Character, Envelope, WebhookRegistration};
use serde_json::{Value, json};
use tests::World;
use tests::support::{company_of, person_in_ac, relation_in_ac, synced_company, synced_person};

const HERE: &str = "https://koppeling.example/tribe/12345";
const ELSEWHERE: &str = "https://elsewhere.example/hook";
const SECRET: &str = "a webhook's secret";
const TYPES: [&str; 4] =
    ["Relation.Organization", "Relation.Person", "Relationship.Person.Contact.Standard", "Address"];

fn with(webhook_registration: WebhookRegistration) -> World {
    World::with(3, 13, Variants::default(), Character { webhook_registration, ..Character::default() })
}

fn register(world: &World) -> Registrations {
    let secret = Secret::new(SECRET);
    webhooks(world.ports(), &world.read_settings(), HERE, Task::Register(&secret)).unwrap()
}

fn done(world: &World, task: Task<'_>) -> Registrations {
    webhooks(world.ports(), &world.read_settings(), HERE, task).unwrap()
}

fn types(found: &Registrations) -> Vec<&str> {
    let mut types: Vec<&str> = found.own.iter().map(|webhook| webhook.entity_type()).collect();
    types.sort_by_key(|of| TYPES.iter().position(|known| known == of));
    types
}

fn posts(world: &World) -> u64 {
    let key = ("POST".to_owned(), "webhooks".to_owned());
    world.tribe.borrow().counters().calls().get(&key).copied().unwrap_or_default()
}

#[test]
fn there_is_one_webhook_for_each_kind_of_record_and_asking_twice_makes_no_more() {
    let world = with(WebhookRegistration::Likely);
    assert_eq!(done(&world, Task::List).missing, TYPES);
    let made = register(&world);
    assert_eq!((types(&made), made.missing.len()), (TYPES.to_vec(), 0));
    assert_eq!(register(&world), made);
    assert_eq!(posts(&world), 4);
    assert_eq!(done(&world, Task::List), made);
}

#[test]
fn the_connectors_own_are_removed_and_nobody_elses() {
    let world = with(WebhookRegistration::Likely);
    world.tribe.borrow_mut().register_webhook(world.now(), ELSEWHERE, "Relation.Person", "x");
    world.tribe.borrow_mut().register_webhook(world.now(), HERE, "Activity", "x");
    register(&world);
    let left = done(&world, Task::Remove);
    assert_eq!((left.own.len(), left.missing.as_slice()), (0, TYPES.map(str::to_owned).as_slice()));
    let kept: Vec<String> = world.tribe.borrow().set("Webhook").map(|webhook| webhook.text("Url")).collect();
    assert_eq!(kept, [ELSEWHERE, HERE], "another type's webhook is not the connector's");
    assert_eq!(world.violations(), 0);
    // Without a webhook nothing is removed.
    let deletes =
        |world: &World| world.tribe.borrow().counters().calls()[&("DELETE".to_owned(), "webhooks".to_owned())];
    let before = deletes(&world);
    done(&world, Task::Remove);
    assert_eq!(deletes(&world), before);
}

#[test]
fn what_tribe_does_not_take_is_to_be_entered_by_hand_whether_it_says_so_or_not() {
    for registration in [WebhookRegistration::Otherwise, WebhookRegistration::Silent] {
        let world = with(registration);
        let found = register(&world);
        assert_eq!((found.own.len(), found.missing.as_slice()), (0, TYPES.map(str::to_owned).as_slice()));
        // An administrator entered two of them.
        for of in ["Relation.Person", "Address"] {
            world.tribe.borrow_mut().register_webhook(world.now(), HERE, of, SECRET);
        }
        let found = register(&world);
        assert_eq!(types(&found), ["Relation.Person", "Address"]);
        assert_eq!(found.missing, ["Relation.Organization", "Relationship.Person.Contact.Standard"]);
    }
}

/// What Tribe delivers of an edit, verified and handed in.
fn deliver(world: &World) {
    let deliveries = world.tribe.borrow_mut().take_deliveries();
    let header = world.tribe.borrow().character().signature_header.clone();
    let mut ids = Vec::new();
    for delivery in &deliveries {
        assert_eq!(delivery.url, HERE);
        let signature = delivery.headers.iter().find(|(name, _)| *name == header).map(|(_, text)| text.as_str());
        let changes = read_delivery(signature, &delivery.body, &Secret::new(SECRET)).unwrap();
        ids.extend(changes.into_iter().map(|change| change.id.to_string()));
    }
    assert!(!ids.is_empty(), "the edit was delivered");
    let ids: Vec<&str> = ids.iter().map(String::as_str).collect();
    world.push(&ids).unwrap();
}

fn edited_and_delivered(envelope: Envelope, edit: impl FnOnce(&World) -> (String, Value)) -> World {
    let character = Character { envelope, signature_header: "Webhook-Signature".to_owned(), ..Character::default() };
    let world = World::with(8, 60, Variants::default(), character);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    register(&world);
    drop(world.tribe.borrow_mut().take_deliveries());
    let (id, patch) = edit(&world);
    world.edit_by_id(&id, &patch);
    deliver(&world);
    world
}

#[test]
fn a_delivery_about_an_address_finds_whose_it_is() {
    for envelope in [Envelope::WithEntityType, Envelope::IdsOnly] {
        let world = edited_and_delivered(envelope, |world| {
            (world.address_in_tribe("ac:12345:relatie:1001", "VisitingAddress"), json!({"City": "Haarlem"}))
        });
        assert_eq!(relation_in_ac(&world, "1001")["adressen"][0]["plaats"], "Haarlem");
    }
}

#[test]
fn a_delivery_about_a_contact_relationship_finds_the_contact_person() {
    for envelope in [Envelope::WithEntityType, Envelope::IdsOnly] {
        let world = edited_and_delivered(envelope, |world| {
            let person = synced_person(world);
            let marker = format!("ac:12345:contactpersoon:{person}@{}", company_of(world, &person));
            let id = world.tribe.borrow().find_by_import_id(&marker)[0].to_string();
            (id, json!({"Function": "Voorzitter"}))
        });
        let person = synced_person(&world);
        assert_eq!(person_in_ac(&world, &person)["koppelingen"][0]["functie"], "Voorzitter");
    }
}

#[test]
fn a_delivery_about_an_organisation_finds_the_relation() {
    let world = edited_and_delivered(Envelope::WithEntityType, |world| {
        let id = world.tribe.borrow().find_by_import_id(&format!("ac:12345:relatie:{}", synced_company(world)))[0];
        (id.to_string(), json!({"Website": "www.bezorgd.example"}))
    });
    assert_eq!(relation_in_ac(&world, &synced_company(&world))["website"], "www.bezorgd.example");
}
