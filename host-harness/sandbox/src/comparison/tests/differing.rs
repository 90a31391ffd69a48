//! Every kind of difference is found.

use super::*;

#[test]
fn every_wrong_field_is_found() {
    let organisation = "ac:12345:relatie:1001";
    let person = "ac:12345:contactpersoon:5001";
    for (property, field) in [
        ("Name", "organisatie.bedrijfsnaam"),
        ("PhoneNumber", "organisatie.telefoonnummer"),
        ("EmailAddress", "organisatie.email"),
        ("Website", "organisatie.website"),
        ("ChamberOfCommerceNumber", "organisatie.kvk"),
    ] {
        finds(|world| set(world, "relatie:1001", json!({ property: "anders" })), organisation, field, Fault::Differs);
    }
    for (body, field, fault) in [
        (json!({"FirstName": "Jojo"}), "contactpersoon.voornamen", Fault::Differs),
        (json!({"LastName": "Anders"}), "contactpersoon.achternaam", Fault::Differs),
        (json!({"MiddleName": "van"}), "contactpersoon.tussenvoegsels", Fault::EmptyInAdvocaatCentraal),
        (json!({"BirthDate": "1980-02-28"}), "contactpersoon.geboortedatum", Fault::Differs),
        (json!({"Gender": null}), "contactpersoon.geslacht", Fault::EmptyInTribe),
        (json!({"MobilePhoneNumber": ""}), "contactpersoon.mobiel", Fault::EmptyInTribe),
        (json!({"EmailAddress": "x@voorbeeld.example"}), "contactpersoon.emailadres", Fault::Differs),
    ] {
        finds(|world| set(world, "contactpersoon:5001", body), person, field, fault);
    }
    let contact = "ac:12345:contactpersoon:5001@1001";
    finds(
        |world| set(world, "contactpersoon:5001@1001", json!({"Function": null})),
        contact,
        "contactpersoon.functie",
        Fault::EmptyInTribe,
    );
    finds(
        |world| set(world, "contactpersoon:5001@1001", json!({"PhoneNumber": "1"})),
        contact,
        "contactpersoon.doorkiesnummer",
        Fault::Differs,
    );
    finds(
        |world| set(world, "contactpersoon:5001@1002", json!({"EmailAddress": "x@voorbeeld.example"})),
        person,
        "contactpersoon.emailadres",
        Fault::Differs,
    );
    finds(
        |world| set(world, "relatie:2001", json!({"LastName": "van der Voorbeeld"})),
        "ac:12345:relatie:2001",
        "particulier.naam",
        Fault::Differs,
    );
}

#[test]
fn every_wrong_part_of_an_address_is_found() {
    for (body, part) in [
        (json!({"Street": "Singel"}), "straat"),
        (json!({"City": "Utrecht"}), "plaats"),
        (json!({"Postalcode": "1015 CT"}), "postcode"),
        (json!({"HouseNumber": 120, "HouseNumberSuffix": ""}), "huisnummer"),
        (json!({"HouseNumberSuffix": "1"}), "huisnummer"),
    ] {
        let seed = |world: &mut World| {
            let address = world.tribe.entity(world.found("relatie:1001")).unwrap().link("VisitingAddress").unwrap();
            world.write("PUT", &format!("Address({address})"), body);
        };
        finds(seed, "ac:12345:relatie:1001 hoofdkantoor", part, Fault::Differs);
    }
    let cleared = |world: &mut World| set(world, "relatie:1001", json!({"VisitingAddress": null}));
    finds(cleared, "ac:12345:relatie:1001", "hoofdkantoor", Fault::MissingInTribe);
    let invented = |world: &mut World| set(world, "relatie:1001", json!({"PostalAddress": {"City": "Utrecht"}}));
    finds(invented, "ac:12345:relatie:1001", "postadres", Fault::NotToBeInTribe);
}

#[test]
fn every_wrong_record_is_found() {
    let company = |marker: &str| json!({"Name": "x", "ImportId": format!("ac:12345:{marker}")});
    for (marker, fault) in [
        ("relatie:1001", Fault::Duplicate),
        ("relatie:1003", Fault::NotToBeInTribe),
        ("relatie:1004", Fault::NotToBeInTribe),
        ("relatie:9999", Fault::NotToBeInTribe),
        ("relatie:2001", Fault::NotToBeInTribe),
    ] {
        let body = company(marker);
        let posted = |world: &mut World| {
            world.write("POST", "Relation_Organization", body);
        };
        finds(posted, &format!("ac:12345:{marker}"), "", fault);
    }
    let private = json!({"LastName": "Privé", "ImportId": "ac:12345:contactpersoon:5002"});
    let posted = |world: &mut World| {
        world.write("POST", "Relation_Person", private);
    };
    finds(posted, "ac:12345:contactpersoon:5002", "", Fault::NotToBeInTribe);

    let mut world = small();
    let orphan = world.write("POST", "Relation_Person", json!({"LastName": "Zonder merk"}));
    assert_eq!(faults(&world), [(orphan.to_string(), "", Fault::WrongMarker)]);
    let mut world = small();
    world.tribe.add_organisation(NOW, "Van een gebruiker", &json!({})).unwrap();
    assert_eq!(faults(&world), [], "what users of Tribe make is theirs");
}

#[test]
fn every_wrong_relationship_is_found() {
    let customer = "Relationship_Organization_CommercialRelationship_Customer";
    let again = |world: &mut World| {
        let organisation = world.found("relatie:1001").as_link();
        world.write(
            "POST",
            customer,
            json!({"Organization": organisation, "ImportId": "ac:12345:relatie:1001#client"}),
        );
    };
    finds(again, "ac:12345:relatie:1001#client", "", Fault::Duplicate);
    let elsewhere = |world: &mut World| {
        let parent = world.found("relatie:1002").as_link();
        set(world, "relatie:1001#client", json!({"Relation": parent}));
    };
    finds(elsewhere, "ac:12345:relatie:1001#client", "", Fault::WrongParent);
    let unmapped = |world: &mut World| {
        let organisation = world.found("relatie:1001").as_link();
        world.write(
            "POST",
            "Relationship_Organization_Partner",
            json!({"Organization": organisation, "ImportId": "ac:12345:relatie:1001#rvr"}),
        );
    };
    finds(unmapped, "ac:12345:relatie:1001#rvr", "", Fault::NotToBeInTribe);
    let unmarked = |world: &mut World| set(world, "contactpersoon:5001@1001", json!({"ImportId": null}));
    finds(unmarked, "ac:12345:contactpersoon:5001@1001", "", Fault::WrongMarker);
    let missing = |world: &mut World| {
        let record = world.ac.contactpersoon("5001").unwrap().current().fields().clone();
        world.ac.add_relatie(
            NOW,
            json!({"id": "1005", "soort": "bedrijf", "relatietypen": ["client"], "bedrijfsnaam": "Derde"})
                .as_object()
                .unwrap()
                .clone(),
        );
        world.write("POST", "Relation_Organization", json!({"Name": "Derde", "ImportId": "ac:12345:relatie:1005"}));
        world
            .ac
            .edit_contactpersoon(NOW, "5001", |fields| {
                *fields = record;
                fields["koppelingen"].as_array_mut().unwrap().push(json!({"relatie_id": "1005"}));
            })
            .unwrap();
    };
    finds(missing, "ac:12345:contactpersoon:5001@1005", "", Fault::MissingInTribe);
}

#[test]
fn what_is_made_long_after_it_was_archived_is_found() {
    let mut world = World::new(Population { relaties: Vec::new(), contactpersonen: Vec::new() });
    let long_ago = NOW.minus(std::time::Duration::from_secs(7200));
    let record = json!({"id": "1", "soort": "bedrijf", "relatietypen": ["client"], "bedrijfsnaam": "Oud"});
    world.ac.add_relatie(long_ago, record.as_object().unwrap().clone());
    world.ac.archive(long_ago, List::Relaties, "1").unwrap();
    world.write("POST", "Relation_Organization", json!({"Name": "Oud", "ImportId": "ac:12345:relatie:1"}));
    assert_eq!(faults(&world), [("ac:12345:relatie:1".to_owned(), "", Fault::NotToBeInTribe)]);
}
