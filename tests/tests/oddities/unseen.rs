//! What was written could not be read back at once, and a user was there meanwhile.

use std::time::Duration;

use sandbox::Alteration;
use sandbox::advocaatcentraal::List;
use serde_json::{Value, json};
use tests::World;
use tests::support::{conflicts, relation_in_ac};

use super::{office, with_all_fields};

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
