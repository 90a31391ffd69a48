//! A crash among records that are made and stored together: whose they are is known of each.

use sandbox::advocaatcentraal::Variants;
use sandbox::tribe::{Character, NestedCreate};
use serde_json::json;
use tests::World;
use tests::references::LEASE;
use tests::support::person_in_ac;

/// A new contact person at two organisations that are synced. Gives that person's id.
fn at_two_organisations(world: &World) -> String {
    world.initial_sync().unwrap();
    world.settle().unwrap();
    let at = |id: &str| json!({"relatie_id": id, "functie": "Directeur", "doorkiesnummer": "020 555 01 01"});
    let fields = json!({"voornamen": "Eva", "achternaam": "Voorbeeld", "adressen": [],
        "koppelingen": [at("1001"), at("1002")]});
    world.ac.borrow_mut().add_contactpersoon(world.now(), fields.as_object().unwrap().clone())
}

#[test]
fn an_edit_in_tribe_of_either_of_two_records_of_one_link_is_known_though_the_process_ended_between_them() {
    for point in 1.. {
        // The person is made by itself, and then both relationships together.
        let character = Character { nested_create: NestedCreate::Refused, ..Character::default() };
        let world = World::with(3, 13, Variants::default(), character);
        let person = at_two_organisations(&world);
        world.faults.crash_after(point);
        let polled = world.poll();
        if !world.faults.is_dead() {
            polled.unwrap();
            assert!(point > 10, "it ended at {point} points already");
            break;
        }
        world.faults.restart();
        world.wait(LEASE);
        world.settle().unwrap();
        for organisation in ["1001", "1002"] {
            let marker = format!("ac:12345:contactpersoon:{person}@{organisation}");
            let number = format!("020 555 {organisation}");
            let id = world.edit_in_tribe(&marker, &json!({"PhoneNumber": number}));
            world.push(&[&id]).unwrap();
            let told = person_in_ac(&world, &person);
            let rows = told["koppelingen"].as_array().unwrap().clone();
            let row = rows.iter().find(|row| row["relatie_id"] == organisation).unwrap();
            assert_eq!(row["doorkiesnummer"], number.as_str(), "ended at {point}");
        }
        assert!(world.watch.take_broken().is_empty(), "ended at {point}");
    }
}
