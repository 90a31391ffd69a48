//! Addresses that a user adds in Tribe: they go to AC, which has none there.

use std::cell::Cell;
use std::rc::Rc;

use advocaatcentraal_tribe::wording::Why;
use tests::invariants::all_differences;

use super::*;

#[test]
fn added_in_tribe_it_goes_to_ac_in_one_put_without_an_id() {
    for etag in [Etag::Yes, Etag::No] {
        let world = with(Variants { etag, ..Variants::default() }, Character::default());
        let id = with_address(&world);
        let before = world.writes();
        let address = add(&world, &id, "PostalAddress");
        world.settle().unwrap();
        let addresses = addresses_in_ac(&world, &id);
        let expected = json!({"id": "n1", "type": "postadres", "straat": "Herengracht", "huisnummer": "7",
            "toevoeging": "bis", "postcode": "1017 BA", "plaats": "Amsterdam", "land": "NL"});
        assert_eq!(addresses[1], expected);
        assert_eq!((addresses.len(), &addresses[0]["straat"]), (2, &json!("Keizersgracht")));
        world.sweep().unwrap();
        assert_eq!(world.writes(), (before.0 + 1, before.1));
        world.assert_same();
        // From now on it is an address like any other.
        world.edit_by_id(&address.to_string(), &json!({"City": "Utrecht"}));
        change_address(&world, &id, "plaats", "Zwolle");
        world.settle().unwrap();
        assert_eq!(addresses_in_ac(&world, &id)[1]["plaats"], "Utrecht");
        world.assert_same();
    }
}

#[test]
fn a_person_s_address_that_is_added_in_tribe_goes_to_ac_too() {
    let world = office();
    let private = add_private_person(&world, "A. Voorbeeld");
    let contact = add_contact_person(&world, &["1001"]);
    world.settle().unwrap();
    for marker in [format!("ac:12345:relatie:{private}"), format!("ac:12345:contactpersoon:{contact}")] {
        world.add_address_in_tribe(marked(&world, &marker), "Address", &new_address(&world)).unwrap();
    }
    world.settle().unwrap();
    for record in [relation_in_ac(&world, &private), person_in_ac(&world, &contact)] {
        assert_eq!(
            (&record["adressen"][0]["type"], &record["adressen"][0]["straat"]),
            (&json!("prive"), &json!("Herengracht"))
        );
    }
    world.assert_same();
}

#[test]
fn both_addresses_of_an_organisation_go_together_and_a_part_that_is_added_later_follows() {
    let world = office();
    let id = without_address(&world);
    let before = world.writes();
    let street = json!({"Street": "Herengracht"});
    let visiting = world.add_address_in_tribe(company(&world, &id), SLOT, &street).unwrap();
    world.add_address_in_tribe(company(&world, &id), "PostalAddress", &new_address(&world)).unwrap();
    world.settle().unwrap();
    assert_eq!(world.writes().0, before.0 + 1);
    assert_eq!(addresses_in_ac(&world, &id).len(), 2);
    world.edit_by_id(&visiting.to_string(), &json!({"City": "Utrecht"}));
    world.settle().unwrap();
    let addresses = addresses_in_ac(&world, &id);
    assert_eq!((&addresses[0]["straat"], &addresses[0]["plaats"]), (&json!("Herengracht"), &json!("Utrecht")));
    world.assert_same();
}

#[test]
fn an_address_that_ac_passes_over_is_told_once_and_sent_again_when_it_changes() {
    let world = with(Variants { new_addresses: NewAddresses::PassedOver, ..Variants::default() }, Character::default());
    let id = without_address(&world);
    let before = world.writes();
    let address = add(&world, &id, SLOT);
    let cycles = [world.poll().unwrap(), world.poll().unwrap(), world.sweep().unwrap(), world.sweep().unwrap()];
    assert_eq!(told(&cycles, "address-not-kept"), 1);
    assert_eq!((world.writes(), addresses_in_ac(&world, &id).len()), ((before.0 + 1, before.1), 0));
    edit_relatie(&world, &id, json!({"telefoonnummer": "020 555 09 09"}));
    world.settle().unwrap();
    assert_eq!(world.writes().0, before.0 + 1, "another change of AC's does not send it again");
    world.ac.borrow_mut().variants_mut().new_addresses = NewAddresses::Kept;
    world.edit_by_id(&address.to_string(), &json!({"City": "Utrecht"}));
    world.settle().unwrap();
    let addresses = addresses_in_ac(&world, &id);
    assert_eq!((&addresses[0]["straat"], &addresses[0]["plaats"]), (&json!("Herengracht"), &json!("Utrecht")), "whole");
    world.assert_same();
}

#[test]
fn an_address_that_ac_refuses_takes_nothing_with_it_and_is_sent_again_when_it_changes() {
    for refusals in [Refusals::NameTheMember, Refusals::Bare] {
        let variants = Variants { new_addresses: NewAddresses::Refused, refusals, ..Variants::default() };
        let world = with(variants, Character::default());
        let id = without_address(&world);
        let before = world.writes();
        let address = add(&world, &id, SLOT);
        world.save_in_tribe(company(&world, &id), &json!({"PhoneNumber": "020 555 09 09"}));
        world.wait(Duration::from_secs(60));
        world.settle().unwrap();
        assert_eq!(relation_in_ac(&world, &id)["telefoonnummer"], "020 555 09 09", "{refusals:?}");
        let parts = ["huisnummer", "land", "plaats", "postcode", "straat"].map(|part| format!("hoofdkantoor.{part}"));
        assert_eq!(letters(&world), [(id.clone(), parts.to_vec())], "{refusals:?}");
        let calls = world.ac.borrow().counters().total();
        world.settle().unwrap();
        world.sweep().unwrap();
        let puts = |world: &World| {
            let ac = world.ac.borrow();
            ac.counters()
                .calls()
                .iter()
                .filter(|((method, _), _)| method == "PUT")
                .map(|(_, count)| *count)
                .sum::<u64>()
        };
        assert!(calls > 0 && puts(&world) == 2, "refused with it, taken without it, and not sent again");
        assert_eq!(world.writes(), (before.0 + 1, before.1));
        world.ac.borrow_mut().variants_mut().new_addresses = NewAddresses::Kept;
        world.edit_by_id(&address.to_string(), &json!({"City": "Utrecht"}));
        world.settle().unwrap();
        let addresses = addresses_in_ac(&world, &id);
        assert_eq!((&addresses[0]["straat"], &addresses[0]["plaats"]), (&json!("Herengracht"), &json!("Utrecht")));
        assert!(letters(&world).is_empty());
        world.assert_same();
    }
}

/// An office whose AC has street and number in one line.
fn with_one_line() -> World {
    let world = World::with(7, 18, Variants::default(), Character::default());
    let world = world.speaking(Wire::Practice, dialect::PRACTICE);
    world.initial_sync().unwrap();
    let company = RecordId::Relatie(RelatieId::new("1001"));
    assert_eq!(sync::try_dialect(world.ports(), &world.read_settings(), &company, false), Ok(Trial::AsBefore));
    world.settle().unwrap();
    world
}

#[test]
fn a_new_address_whose_line_would_be_read_otherwise_goes_not_even_in_part() {
    let world = with_one_line();
    let id = with_address(&world);
    let mut address = new_address(&world);
    address["Street"] = "Plein 1940".into();
    let postal = world.add_address_in_tribe(company(&world, &id), "PostalAddress", &address).unwrap();
    let visiting = in_slot(&world, &id, SLOT).unwrap();
    world.edit_by_id(&visiting.to_string(), &json!({"Street": "Plein 1945"}));
    world.settle().unwrap();
    let parts = ["huisnummer", "land", "plaats", "postcode", "straat"].map(|part| format!("postadres.{part}"));
    let all: Vec<String> = ["hoofdkantoor.straat".to_owned()].into_iter().chain(parts).collect();
    assert_eq!((letters(&world), addresses_in_ac(&world, &id).len()), (vec![(id.clone(), all)], 1));
    for (address, street) in [(postal, "Herengracht"), (visiting, "Keizersgracht")] {
        world.wait(Duration::from_secs(60));
        world.edit_by_id(&address.to_string(), &json!({"Street": street}));
        world.settle().unwrap();
        assert!(addresses_in_ac(&world, &id).iter().any(|address| address["straat"] == street), "{street}");
    }
    assert_eq!(letters(&world), []);
    world.assert_same();
}

#[test]
fn an_address_that_ac_keeps_twice_is_told_and_never_sent_again() {
    let world = with(Variants { new_addresses: NewAddresses::KeptTwice, ..Variants::default() }, Character::default());
    let id = without_address(&world);
    let before = world.writes();
    let address = add(&world, &id, SLOT);
    let cycles = [world.poll().unwrap(), world.poll().unwrap(), world.sweep().unwrap()];
    assert_eq!(told(&cycles, "address-kept-twice"), 1);
    world.edit_by_id(&address.to_string(), &json!({"City": "Utrecht"}));
    world.settle().unwrap();
    world.sweep().unwrap();
    let addresses = addresses_in_ac(&world, &id);
    assert_eq!((addresses.len(), &addresses[0]["plaats"]), (2, &json!("Utrecht")));
    assert_eq!(world.writes(), (before.0 + 2, before.1));
}

#[test]
fn a_lost_answer_doubles_no_address_and_loses_none() {
    for kind in [Kind::ResetAfter, Kind::ResetBefore, Kind::Refused, Kind::Timeout] {
        for etag in [Etag::Yes, Etag::No] {
            let world = with(Variants { etag, ..Variants::default() }, Character::default());
            let id = without_address(&world);
            let address = add(&world, &id, SLOT);
            world.faults.plan(kind, "PUT", "relaties", 1);
            world.push(&[&address.to_string()]).unwrap();
            let sent = world.writes().0;
            world.push(&[&address.to_string()]).unwrap();
            // Only a server that was never reached can hold nothing of it.
            let may_be_under_way = kind != Kind::Refused;
            assert!(!may_be_under_way || world.writes().0 == sent, "{kind}: it may still arrive");
            world.settle().unwrap();
            world.wait(Duration::from_secs(3_600));
            world.settle().unwrap();
            assert_eq!(addresses_in_ac(&world, &id).len(), 1, "{kind}");
            world.assert_same();
            assert!(letters(&world).is_empty());
        }
    }
}

#[test]
fn an_answer_that_tells_no_addresses_is_followed_by_a_reading() {
    for (new_addresses, kept, told_not_kept) in [(NewAddresses::Kept, 1, 0), (NewAddresses::PassedOver, 0, 1)] {
        let world = with(Variants { new_addresses, ..Variants::default() }, Character::default());
        let id = without_address(&world);
        add(&world, &id, SLOT);
        *world.on_answer.borrow_mut() = Some(Box::new(|request, answer| {
            if request.method == "PUT" && request.target.contains("relaties") {
                let mut record = answer.json();
                record.as_object_mut().unwrap().remove("adressen");
                answer.body = record.to_string().into_bytes();
            }
        }));
        let cycles = [world.poll().unwrap(), world.poll().unwrap()];
        assert_eq!(told(&cycles, "address-not-kept"), told_not_kept);
        assert_eq!((addresses_in_ac(&world, &id).len(), world.writes().0), (kept, 1));
        world.assert_same();
    }
}

#[test]
fn a_field_that_does_not_travel_to_ac_is_left_out_and_an_address_of_such_fields_stays() {
    let parts = ["straat", "huisnummer", "postcode", "plaats", "land"];
    for (one_way, expected) in [(&parts[..], None), (&parts[3..4], Some(json!(null)))] {
        let world = office();
        let id = without_address(&world);
        let fields: serde_json::Map<String, Value> =
            one_way.iter().map(|part| (format!("hoofdkantoor.{part}"), "from-advocaatcentraal".into())).collect();
        world.set(name::FIELDS, &Value::Object(fields).to_string());
        add(&world, &id, SLOT);
        world.settle().unwrap();
        let addresses = addresses_in_ac(&world, &id);
        let town = addresses.first().map(|address| address.get("plaats").cloned().unwrap_or_default());
        assert_eq!(town, expected);
        assert!(addresses.iter().all(|address| address["straat"] == "Herengracht"));
    }
}

#[test]
fn where_both_sides_add_one_at_once_acs_stays_and_tribes_is_kept_as_a_conflict() {
    let world = office();
    let id = without_address(&world);
    add(&world, &id, SLOT);
    let of_ac = json!({"type": "hoofdkantoor", "straat": "Prinsengracht", "huisnummer": "1", "toevoeging": null,
        "postcode": "1015 CS", "plaats": "Amsterdam", "land": "NL"});
    let company = id.clone();
    *world.before_request.borrow_mut() = Some(Box::new(move |world, request| {
        if request.method == "PUT" && request.target.contains("relaties") {
            let adressen = json!({"adressen": [of_ac.clone()]});
            if relation_in_ac(world, &company)["adressen"] == json!([]) {
                edit_relatie(world, &company, adressen);
            }
        }
    }));
    world.settle().unwrap();
    let addresses = addresses_in_ac(&world, &id);
    assert_eq!((addresses.len(), &addresses[0]["straat"]), (1, &json!("Prinsengracht")));
    assert!(conflicts(&world).iter().any(|(_, kept)| kept.lost == "Herengracht"));
    world.assert_same();
}

#[test]
fn where_an_address_of_acs_cannot_be_read_none_is_added() {
    for adressen in [json!([7]), json!([{"straat": "Singel"}]), json!("geen")] {
        let world = office();
        let id = without_address(&world);
        edit_relatie(&world, &id, json!({ "adressen": adressen }));
        let before = world.writes();
        add(&world, &id, SLOT);
        world.settle().unwrap();
        assert_eq!(world.writes(), before, "{adressen}");
    }
}

#[test]
fn where_a_part_of_a_new_address_of_tribes_cannot_be_read_ac_gets_it_whole_once_it_can() {
    for part in ["HouseNumber", "City", "Postalcode"] {
        let world = office();
        let id = without_address(&world);
        let is_odd = Rc::new(Cell::new(true));
        let still = Rc::clone(&is_odd);
        world.on_answer.borrow_mut().replace(Box::new(move |request, answer| {
            if still.get() && request.method == "GET" && request.target.contains("/Relation_Organization?") {
                let mut body = answer.json();
                for row in body["value"].as_array_mut().into_iter().flatten() {
                    if row[SLOT]["Street"] == "Herengracht" {
                        row[SLOT][part] = json!({"odd": 1});
                    }
                }
                answer.body = body.to_string().into_bytes();
            }
        }));
        add(&world, &id, SLOT);
        world.settle().unwrap();
        assert!(addresses_in_ac(&world, &id).is_empty(), "{part}");
        let whys = || all_differences(&world).unwrap().into_iter().filter(|of| of.subject.id() == id).map(|of| of.why);
        assert!(
            whys().count() > 0 && whys().all(|why| why == Why::Unreadable),
            "{part}: {:?}",
            whys().collect::<Vec<_>>()
        );
        is_odd.set(false);
        world.sweep().unwrap();
        let all = addresses_in_ac(&world, &id);
        let expected = (&json!("Herengracht"), &json!("7"), &json!("1017 BA"), &json!("Amsterdam"));
        assert_eq!(
            (&all[0]["straat"], &all[0]["huisnummer"], &all[0]["postcode"], &all[0]["plaats"]),
            expected,
            "{part}"
        );
        world.assert_same();
    }
}
