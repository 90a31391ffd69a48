//! Relation types: which roles an organisation or a private person gets in Tribe, and what happens when types change.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use advocaatcentraal_tribe::settings::name;
use sandbox::advocaatcentraal::Variants;
use sandbox::tribe::{Character, UpgradedId};
use serde_json::{Value, json};
use tests::World;
use tests::support::{edit_relatie, relation_in_ac, relation_of};

const CUSTOM: &str = "e0d6534a-cc84-4cf7-bdc5-d32f9311c09e";
const CUSTOM_SET: &str = "e0d6534a__cc84__4cf7__bdc5__d32f9311c09e";
const COMMERCIAL: &str = "Relationship_Organization_CommercialRelationship";

/// An office with one type for each kind of role; the custom one stands for `wederpartij`.
fn office() -> World {
    office_with(Character::default())
}

fn office_with(character: Character) -> World {
    let world = World::with(3, 13, Variants::default(), character);
    let types = json!({"client": "customer", "betalende-partij": "prospect", "leverancier": "supplier",
        "deurwaarder": "partner", "wederpartij": CUSTOM});
    world.set(name::RELATION_TYPES, &types.to_string());
    world
}

fn add(world: &World, soort: &str, types: &Value) -> String {
    let name = if soort == "bedrijf" { "bedrijfsnaam" } else { "naam" };
    let fields = json!({"soort": soort, "relatietypen": types, name: "Voorbeeld Nieuw", "adressen": []});
    world.ac.borrow_mut().add_relatie(world.now(), fields.as_object().unwrap().clone())
}

/// The sets of the roles in Tribe of the record with that id in AC, sorted.
fn roles(world: &World, id: &str) -> Vec<String> {
    let tribe = world.tribe.borrow();
    let relation = *tribe.find_by_import_id(&format!("ac:12345:relatie:{id}")).first().unwrap();
    let referring = tribe.referring(relation, "Organization").chain(tribe.referring(relation, "Person"));
    let mut sets: Vec<String> =
        referring.map(|entity| entity.set().to_owned()).filter(|set| set != "Address").collect();
    sets.sort();
    sets
}

fn of_organisation(stage: &str) -> String {
    format!("{COMMERCIAL}_{stage}")
}

#[test]
fn a_relation_with_several_mapped_types_is_one_record_with_a_role_for_each() {
    let world = office();
    let id = add(&world, "bedrijf", &json!(["client", "leverancier", "deurwaarder", "wederpartij"]));
    world.initial_sync().unwrap();
    let mut expected = [
        of_organisation("Customer"),
        "Relationship_Organization_Supplier".to_owned(),
        "Relationship_Organization_Partner".to_owned(),
        CUSTOM_SET.to_owned(),
    ];
    expected.sort();
    assert_eq!(roles(&world, &id), expected);
    assert_eq!(world.tribe.borrow().find_by_import_id(&format!("ac:12345:relatie:{id}")).len(), 1);
}

#[test]
fn a_private_person_has_the_persons_variant_of_a_role_and_is_no_supplier() {
    let world = office();
    let id = add(&world, "particulier", &json!(["client", "wederpartij", "leverancier"]));
    let cycle = world.initial_sync().unwrap();
    let expected = ["Relationship_Person_CommercialRelationship_Customer", CUSTOM_SET];
    assert_eq!(roles(&world, &id), expected);
    assert!(cycle.codes().contains(&"type-not-for-kind"), "the office is told: {:?}", cycle.codes());
}

#[test]
fn two_types_that_are_mapped_to_one_role_make_one() {
    let world = office();
    world.set(name::RELATION_TYPES, r#"{"client":"customer","betalende-partij":"customer"}"#);
    let id = add(&world, "bedrijf", &json!(["client", "betalende-partij"]));
    world.initial_sync().unwrap();
    assert_eq!(roles(&world, &id), [of_organisation("Customer")]);
}

#[test]
fn a_type_that_is_added_later_adds_its_role_and_nothing_else() {
    let world = office();
    let id = add(&world, "bedrijf", &json!(["client"]));
    world.initial_sync().unwrap();
    world.settle().unwrap();
    edit_relatie(&world, &id, json!({"relatietypen": ["client", "leverancier"]}));
    let before = world.writes();
    world.poll().unwrap();
    assert_eq!(world.writes(), (before.0, before.1 + 1), "the role alone");
    assert_eq!(roles(&world, &id), [of_organisation("Customer"), "Relationship_Organization_Supplier".to_owned()]);
}

#[test]
fn a_type_that_is_not_mapped_changes_nothing() {
    let world = office();
    let id = add(&world, "bedrijf", &json!(["client"]));
    world.initial_sync().unwrap();
    world.settle().unwrap();
    edit_relatie(&world, &id, json!({"relatietypen": ["client", "advocaat"]}));
    let before = world.writes();
    world.settle().unwrap();
    assert_eq!(world.writes(), before);
    assert_eq!(roles(&world, &id), [of_organisation("Customer")]);
}

#[test]
fn a_type_that_is_exchanged_adds_the_new_role_and_leaves_the_old_one() {
    let world = office();
    let id = add(&world, "bedrijf", &json!(["betalende-partij"]));
    world.initial_sync().unwrap();
    world.settle().unwrap();
    edit_relatie(&world, &id, json!({"relatietypen": ["client"]}));
    let cycles = [world.poll().unwrap(), world.poll().unwrap(), world.sweep().unwrap()];
    assert_eq!(roles(&world, &id), [of_organisation("Customer"), of_organisation("Prospect")]);
    let told = cycles.iter().flat_map(tests::Cycle::codes).filter(|code| *code == "former-role-stays");
    assert_eq!(told.count(), 1);
    assert_eq!(world.violations(), 0);
    let tribe = world.tribe.borrow();
    let upgraded = tribe.counters().written().any(|write| write.members.iter().any(|member| member == "_UpgradeType"));
    assert!(!upgraded, "no role is ever turned into another");
}

#[test]
fn a_relation_whose_types_are_all_unmapped_rests_and_goes_on_with_the_same_record() {
    let world = office();
    let id = add(&world, "bedrijf", &json!(["client"]));
    world.initial_sync().unwrap();
    world.settle().unwrap();
    let marker = format!("ac:12345:relatie:{id}");
    let record = world.tribe.borrow().find_by_import_id(&marker);
    edit_relatie(&world, &id, json!({"relatietypen": ["advocaat"], "telefoonnummer": "020 555 70 01"}));
    world.settle().unwrap();
    world.edit_in_tribe(&marker, &json!({"Website": "www.rust.example"}));
    let before = world.writes();
    world.settle().unwrap();
    assert_eq!(world.writes(), before, "nothing travels while it rests");
    assert_eq!(roles(&world, &id), [of_organisation("Customer")], "and nothing is taken away");
    edit_relatie(&world, &id, json!({"relatietypen": ["client"]}));
    world.settle().unwrap();
    assert_eq!(world.tribe.borrow().find_by_import_id(&marker), record);
    assert_eq!(relation_of(&world, &id, "PhoneNumber"), "020 555 70 01");
    assert_eq!(relation_in_ac(&world, &id)["website"], "www.rust.example");
}

#[test]
fn a_role_that_a_user_of_tribe_turns_into_another_stays_as_it_is_whatever_becomes_of_its_id() {
    for upgrade in [UpgradedId::Kept, UpgradedId::Changed] {
        let world = office_with(Character { upgrade, ..Character::default() });
        let id = add(&world, "bedrijf", &json!(["betalende-partij"]));
        world.initial_sync().unwrap();
        world.settle().unwrap();
        let role = world.tribe.borrow().find_by_import_id(&format!("ac:12345:relatie:{id}#betalende-partij"))[0];
        let upgrade = json!({"_UpgradeType": of_organisation("Customer")});
        world.tribe.borrow_mut().edit(world.now(), role, &upgrade).unwrap();
        let before = world.writes();
        world.settle().unwrap();
        world.sweep().unwrap();
        edit_relatie(&world, &id, json!({"telefoonnummer": "020 555 70 02"}));
        world.settle().unwrap();
        assert_eq!(world.writes(), (before.0, before.1 + 1), "the telephone number alone");
        assert_eq!(roles(&world, &id), [of_organisation("Customer")]);
        assert_eq!(relation_of(&world, &id, "PhoneNumber"), "020 555 70 02");
    }
}

#[test]
fn a_commercial_role_names_the_tenants_own_organisation_as_its_parent() {
    let world = office();
    let id = add(&world, "bedrijf", &json!(["client", "wederpartij"]));
    world.initial_sync().unwrap();
    let tribe = world.tribe.borrow();
    for of_type in ["client", "wederpartij"] {
        let role = tribe.find_by_import_id(&format!("ac:12345:relatie:{id}#{of_type}"))[0];
        assert_eq!(tribe.entity(role).unwrap().link("Relation"), Some(tribe.own_organisation()));
    }
}
