//! One address of Tribe's in two slots.

use super::*;

/// A company of which both sides have both addresses, each another.
fn with_both(world: &World) -> String {
    let id = with_address(world);
    world.add_address_in_tribe(company(world, &id), "PostalAddress", &new_address(world)).unwrap();
    world.settle().unwrap();
    world.assert_same();
    id
}

#[test]
fn one_address_in_two_slots_is_told_once_and_belongs_to_the_first() {
    let world = office();
    let id = with_both(&world);
    let visiting = in_slot(&world, &id, SLOT).unwrap();
    world.put_address_in_tribe(company(&world, &id), "PostalAddress", visiting);
    let before = world.writes();
    let cycles = [world.poll().unwrap(), world.sweep().unwrap(), world.poll().unwrap()];
    assert_eq!((told(&cycles, "address-shared"), told(&cycles, "address-gone-in-tribe")), (1, 0));
    assert_eq!(world.writes(), before, "neither address of AC's becomes the other");
    world.edit_by_id(&visiting.to_string(), &json!({"City": "Utrecht"}));
    world.settle().unwrap();
    let towns: Vec<Value> = addresses_in_ac(&world, &id).iter().map(|address| address["plaats"].clone()).collect();
    assert_eq!(towns, ["Utrecht", "Amsterdam"]);
    // A change in AC of the one without an address of its own makes one.
    let change = |record: &mut serde_json::Map<String, Value>| record["adressen"][1]["plaats"] = "Zwolle".into();
    world.edit_in_ac(List::Relaties, &id, change);
    world.settle().unwrap();
    assert_ne!(in_slot(&world, &id, "PostalAddress"), Some(visiting));
    assert_eq!(says(&world, visiting, "City"), "Utrecht");
    world.assert_same();
}

#[test]
fn one_address_in_two_slots_belongs_to_the_one_that_was_linked() {
    let world = office();
    let id = without_address(&world);
    let postal = add(&world, &id, "PostalAddress");
    world.settle().unwrap();
    world.put_address_in_tribe(company(&world, &id), SLOT, postal);
    let before = world.writes();
    let cycles = [world.poll().unwrap(), world.sweep().unwrap()];
    assert_eq!(told(&cycles, "address-shared"), 1);
    assert_eq!((world.writes(), addresses_in_ac(&world, &id).len()), (before, 1));
    world.edit_by_id(&postal.to_string(), &json!({"City": "Utrecht"}));
    world.settle().unwrap();
    let addresses = addresses_in_ac(&world, &id);
    assert_eq!(
        (addresses.len(), &addresses[0]["type"], &addresses[0]["plaats"]),
        (1, &json!("postadres"), &json!("Utrecht"))
    );
    assert_eq!(relation_of(&world, &id, "Name"), "Nieuw Voorbeeld B.V.");
}
