//! A part of a new address that AC refuses, and names.

use super::*;

/// A postcode that AC refuses.
const BAD: &str = "0000 XX";

/// An AC that refuses a new address because of its postcode, and says so.
fn that_names_the_postcode() -> World {
    let world = with(Variants { refusals: Refusals::NameTheMember, ..Variants::default() }, Character::default());
    *world.before_request.borrow_mut() = Some(Box::new(|world, request| {
        let is_bad = String::from_utf8_lossy(&request.body).contains(BAD);
        world.ac.borrow_mut().variants_mut().new_addresses =
            if is_bad { NewAddresses::Refused } else { NewAddresses::Kept };
    }));
    *world.on_answer.borrow_mut() = Some(Box::new(|_, answer| {
        if answer.status == 422 {
            let body = String::from_utf8_lossy(&answer.body).replace("adressen", "postcode");
            answer.body = body.into_bytes();
        }
    }));
    world
}

#[test]
fn a_new_address_of_which_ac_names_a_part_goes_whole_or_not_at_all() {
    let world = that_names_the_postcode();
    let id = without_address(&world);
    let mut bad = new_address(&world);
    bad["Postalcode"] = BAD.into();
    let address = world.add_address_in_tribe(company(&world, &id), SLOT, &bad).unwrap();
    world.save_in_tribe(company(&world, &id), &json!({"PhoneNumber": "020 555 09 09"}));
    world.wait(Duration::from_secs(60));
    world.settle().unwrap();
    assert_eq!(addresses_in_ac(&world, &id), [] as [Value; 0]);
    assert_eq!(relation_in_ac(&world, &id)["telefoonnummer"], "020 555 09 09");
    let parts = ["huisnummer", "land", "plaats", "postcode", "straat"].map(|part| format!("hoofdkantoor.{part}"));
    assert_eq!(letters(&world), [(id.clone(), parts.to_vec())]);
    world.edit_by_id(&address.to_string(), &json!({"Postalcode": "1017 BA"}));
    world.settle().unwrap();
    let addresses = addresses_in_ac(&world, &id);
    assert_eq!((&addresses[0]["straat"], &addresses[0]["postcode"]), (&json!("Herengracht"), &json!("1017 BA")));
    assert_eq!(letters(&world), []);
    world.assert_same();
}
