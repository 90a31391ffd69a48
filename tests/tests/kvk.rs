//! The KvK number: only where the office uses Tribe's KvK link.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use advocaatcentraal_tribe::settings::name;
use serde_json::json;
use tests::World;
use tests::support::{edit_relatie, relation_in_ac, relation_of};

const COMPANY: &str = "1001";

fn synced(kvk: &str) -> World {
    let world = World::new(3, 13);
    world.set(name::KVK, kvk);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    world
}

#[test]
fn with_the_link_a_number_travels_with_its_zero() {
    let world = synced("on");
    edit_relatie(&world, COMPANY, json!({"kvk": "7654321"}));
    world.settle().unwrap();
    assert_eq!(relation_of(&world, COMPANY, "ChamberOfCommerceNumber"), "07654321");
}

#[test]
fn what_tribes_kvk_link_fills_in_is_an_edit_like_any_other() {
    let world = synced("on");
    let marker = format!("ac:12345:relatie:{COMPANY}");
    // The link fills in the number, and the name and site of the register with it.
    let filled = json!({"ChamberOfCommerceNumber": "11223344", "Name": "Voorbeeld Register B.V.",
        "Website": "www.register.example"});
    let id = world.edit_in_tribe(&marker, &filled);
    let before = world.writes();
    world.push(&[&id]).unwrap();
    let in_ac = relation_in_ac(&world, COMPANY);
    assert_eq!(in_ac["kvk"], "11223344");
    assert_eq!(in_ac["bedrijfsnaam"], "Voorbeeld Register B.V.");
    assert_eq!(in_ac["website"], "www.register.example");
    world.settle().unwrap();
    assert_eq!(world.writes(), (before.0 + 1, before.1), "one write, and no echo");
}

#[test]
fn without_the_link_the_number_is_neither_read_nor_written() {
    let world = synced("off");
    assert_eq!(relation_of(&world, COMPANY, "ChamberOfCommerceNumber"), "");
    let before = relation_in_ac(&world, COMPANY)["kvk"].clone();
    let id =
        world.edit_in_tribe(&format!("ac:12345:relatie:{COMPANY}"), &json!({"ChamberOfCommerceNumber": "11223344"}));
    world.push(&[&id]).unwrap();
    world.settle().unwrap();
    assert_eq!(relation_in_ac(&world, COMPANY)["kvk"], before);
    edit_relatie(&world, COMPANY, json!({"kvk": "22334455"}));
    world.settle().unwrap();
    assert_eq!(relation_of(&world, COMPANY, "ChamberOfCommerceNumber"), "11223344");
}
