//! Creating, updating and deleting.

use super::*;

#[test]
fn a_contact_is_created_with_its_person_and_address_in_one_write() {
    let mut client = Client::new(Character::default());
    let company = client.made("Relation_Organization", &json!({"Name": "Voorbeeld"}));
    let gender = client.values("Datastore_Gender?$filter=Code eq 'Female'&$select=ID")[0]["ID"].clone();
    let contact = client.made(
        "Relationship_Person_Contact_Standard",
        &json!({"Relation": {"ID": id(&company)}, "EmailAddress": "jm@voorbeeld.example", "Function": "Directeur",
            "ImportId": "ac:1:contactpersoon:5001@1001",
            "Person": {"FirstName": "Jo", "LastName": "Voorbeeld", "Initials": "J.M.", "BirthDate": "1980-02-29",
                "Gender": {"ID": gender}, "Address": {"Street": "Singel", "HouseNumber": 34.0, "HouseNumberSuffix": "0"}}}),
    );
    assert_eq!(contact["Name"], "\nJ.M.\nJo Voorbeeld");
    let read = client
        .get(&format!(
            "Relationship_Person_Contact_Standard({})?$select=ImportId,Function&$expand=Relation($select=ID),Person($expand=Address,Gender($select=Code))",
            id(&contact)
        ))
        .json();
    assert_eq!(read["Function"], "Directeur");
    assert_eq!(read["ImportId"], "ac:1:contactpersoon:5001@1001");
    assert_eq!(read["Relation"], json!({"ID": id(&company)}));
    assert_eq!(read["Person"]["BirthDay"], "02-29");
    assert_eq!(read["Person"]["Gender"]["Code"], "Female");
    assert_eq!(read["Person"]["Address"]["HouseNumber"], json!(34));
    assert!(read["@odata.id"].as_str().unwrap().starts_with("Relationship_Person_Contact_Standard("));
    assert!(read.get("Department").is_none(), "not selected");
}

#[test]
fn an_address_can_be_made_first_and_hung_into_a_slot_later() {
    let mut client = Client::new(Character::default());
    let company = client.made("Relation_Organization", &json!({"Name": "Voorbeeld"}));
    let address = client.made("Address", &json!({"Street": "Singel", "Postalcode": "1012ab"}));
    let slot = json!({"VisitingAddress": {"ID": id(&address)}});
    assert_eq!(client.write("PUT", &format!("Relation_Organization({})", id(&company)), &slot).status, 200);
    let read = client
        .get(&format!("Relation_Organization({})?$expand=VisitingAddress,PostalAddress,Addresses", id(&company)))
        .json();
    assert_eq!(read["VisitingAddress"]["Postalcode"], "1012ab");
    assert_eq!(read["PostalAddress"], Value::Null);
    assert_eq!(read["Addresses"].as_array().unwrap().len(), 1);
    let back = client.get(&format!("Address({})/Relation", id(&address))).json();
    assert_eq!(id(&back), id(&company));
    let person = client.made("Relation_Person", &json!({"LastName": "Voorbeeld"}));
    client.made("Address", &json!({"City": "Utrecht", "Person": {"ID": id(&person)}}));
    assert_eq!(client.get(&format!("Relation_Person({})/Address", id(&person))).json()["City"], "Utrecht");
}

#[test]
fn an_update_changes_what_it_names_and_nothing_else() {
    let mut client = Client::new(Character::default());
    let company =
        client.made("Relation_Organization", &json!({"Name": "Voorbeeld", "Website": "a.example", "PhoneNumber": "1"}));
    client.now = seconds(10);
    let target = format!("Relation_Organization({})", id(&company));
    let put = client.write("PUT", &target, &json!({"PhoneNumber": null})).json();
    assert_eq!(put["PhoneNumber"], Value::Null);
    assert_eq!(put["Website"], "a.example");
    assert_eq!(put["CreationDate"], "2026-03-02T09:00:05Z");
    assert_eq!(put["LastMutationDate"], "2026-03-02T09:00:15Z");
    let posted = client.write("POST", "Relation_Organization", &json!({"ID": id(&company), "Website": "b.example"}));
    assert_eq!(posted.status, 200);
    assert_eq!(client.values("Relation_Organization").len(), 2, "the own organisation and this one");
}

#[test]
fn a_body_that_does_not_fit_is_refused_and_changes_nothing() {
    let mut client = Client::new(Character::default());
    let company = client.made("Relation_Organization", &json!({"Name": "Voorbeeld"}));
    let before = client.tribe.counters().writes();
    let own = format!("Relation_Organization({})", id(&company));
    let gone = "b724d383-bb70-480a-b03d-512b9aaec15a";
    for (method, target, body) in [
        ("POST", "Relation_Organization", json!({})),
        ("POST", "Relation_Organization", json!({"Name": " "})),
        ("POST", "Relation_Organization", json!({"Name": "x", "name": "y"})),
        ("POST", "Relation_Organization", json!({"Name": 12})),
        ("POST", "Relation_Organization", json!({"Name": "x", "VisitingAddress": {"Straat": "x"}})),
        ("POST", "Relation_Organization", json!({"Name": "x", "VisitingAddress": {"ID": gone}})),
        ("POST", "Relation_Organization", json!({"Name": "x", "VisitingAddress": "x"})),
        ("POST", "Relation_Person", json!({"LastName": "x", "BirthDate": "1980-02-30"})),
        ("POST", "Address", json!({"HouseNumber": "12"})),
        ("POST", "Relation", json!({"DebtorNumber": "1"})),
        ("POST", "Relationship_Person_Contact_Standard", json!({"Person": {"LastName": "x"}})),
        ("POST", "Relationship_Person_Contact_Standard", json!({"Relation": {"ID": id(&company)}, "Person": {}})),
        ("POST", "Relationship_Organization_Supplier", json!({})),
        ("PUT", &own, json!({"Name": null})),
        ("PUT", &own, json!({"VisitingAddress": {"ID": gone, "City": "x"}})),
    ] {
        assert_eq!(client.write(method, target, &body).status, 400, "{target} {body}");
    }
    assert_eq!(client.write("PUT", &format!("Relation_Organization({gone})"), &json!({})).status, 404);
    assert_eq!(client.write("PUT", &format!("Relation_Person({})", id(&company)), &json!({})).status, 404);
    assert_eq!(client.tribe.writes_since(before), 0);
    assert_eq!(client.values("Relation_Person?$filter=LastName eq 'x'").len(), 0);
}

#[test]
fn a_commercial_relationship_finds_its_parent_unless_it_must_be_named() {
    let mut client = Client::new(Character::default());
    let own = client.values("Relationship_Organization_Identity?$expand=Relation($select=ID)&$select=Name")[0].clone();
    assert_eq!(own["Name"], "Voorbeeld Advocaten");
    let company = client.made("Relation_Organization", &json!({"Name": "Voorbeeld"}));
    let body = json!({"Organization": {"ID": id(&company)}});
    for set in ["Relationship_Organization_CommercialRelationship_Customer", "e0d6534a__cc84__4cf7__bdc5__d32f9311c09e"]
    {
        let made = client.made(set, &body);
        assert_eq!(made["Name"], "Voorbeeld");
        assert_eq!(id(&client.get(&format!("{set}({})/Relation", id(&made))).json()), own["Relation"]["ID"]);
    }
    client.tribe.character_mut().parent = ParentRelation::Required;
    assert_eq!(client.write("POST", "Relationship_Organization_Supplier", &body).status, 400);
}

#[test]
fn a_lead_becomes_a_customer_and_keeps_its_id() {
    let mut client = Client::new(Character::default());
    let company = client.made("Relation_Organization", &json!({"Name": "Voorbeeld"}));
    let set = "Relationship_Organization_CommercialRelationship_Lead";
    let lead = client.made(set, &json!({"Organization": {"ID": id(&company)}}));
    let target = "Relationship_Organization_CommercialRelationship_Customer";
    let upgrade = client.write("POST", set, &json!({"ID": id(&lead), "_UpgradeType": target}));
    assert_eq!(upgrade.status, 200);
    assert_eq!(client.values(target).len(), 1);
    assert_eq!(client.values(set).len(), 0);
    let across = json!({"ID": id(&lead), "_UpgradeType": "Relationship_Organization_Supplier"});
    assert_eq!(client.write("POST", target, &across).status, 400);
}

#[test]
fn a_custom_field_is_written_selected_and_filtered() {
    let field = CustomField { key: "9ecc8d21-f69a-4f4c-a239-5db7a5f21ddd".parse().unwrap(), name: "AC-nummer".into() };
    let name = field.key.wire_name();
    let mut client = Client::new(Character { custom_fields: vec![field], ..Character::default() });
    client.made("Relation_Person", &json!({"LastName": "Tester", &name: "ac:1"}));
    let rows = client.values(&format!("Relation_Person?$filter={name} eq 'ac:1'"));
    assert_eq!(rows[0][&name], "ac:1");
}

#[test]
fn a_write_of_a_person_moves_the_stamps_of_its_relationships() {
    let mut client =
        Client::new(Character { first_mutation_date: FirstMutationDate::NullUntilEdited, ..Character::default() });
    let set = "Relationship_Person_CommercialRelationship_Customer";
    let made = client.made(set, &json!({"Person": {"LastName": "Tester", "Address": {"City": "Utrecht"}}}));
    assert_eq!(made["LastMutationDate"], Value::Null);
    let person = client.get(&format!("{set}({})/Person", id(&made))).json();
    client.now = seconds(7);
    client.write("PUT", &format!("Relation_Person({})", id(&person)), &json!({"FirstName": "Jo"}));
    let read = client.get(&format!("{set}({})?$expand=Person($expand=Address)", id(&made))).json();
    assert_eq!(read["LastMutationDate"], "2026-03-02T09:00:12Z");
    assert_eq!(read["Person"]["LastMutationDate"], "2026-03-02T09:00:12Z");
    assert_eq!(read["Person"]["Address"]["LastMutationDate"], Value::Null, "an address has a stamp of its own");
    assert_eq!(read["SortName"], "Tester, Jo");
}

#[test]
fn the_server_may_touch_an_address_again() {
    let mut client = Client::new(Character { address_follow_up: Some(Duration::from_secs(5)), ..Character::default() });
    client.tribe.register_webhook(NOW, "http://localhost/x", "Address", "s");
    let address = client.made("Address", &json!({"City": "Utrecht"}));
    client.now = seconds(60);
    let read = client.get(&format!("Address({})", id(&address))).json();
    assert_eq!(read["LastMutationDate"], "2026-03-02T09:00:10Z");
    assert_eq!(client.tribe.take_deliveries().len(), 2);
}

#[test]
fn nested_objects_and_answers_have_other_characters() {
    let body = json!({"Name": "x", "VisitingAddress": {"City": "Utrecht"}});
    let mut ignored = Client::new(Character { nested_create: NestedCreate::Ignored, ..Character::default() });
    let made = ignored.made("Relation_Organization", &body);
    assert_eq!(ignored.get(&format!("Relation_Organization({})/VisitingAddress", id(&made))).status, 204);
    let mut refused = Client::new(Character { nested_create: NestedCreate::Refused, ..Character::default() });
    assert_eq!(refused.write("POST", "Relation_Organization", &body).status, 400);
    let mut silent = Client::new(Character { put_answer: PutAnswer::NoContent, ..Character::default() });
    let made = silent.made("Relation_Organization", &json!({"Name": "x"}));
    let put = silent.write("PUT", &format!("Relation_Organization({})", id(&made)), &json!({"Name": "y"}));
    assert_eq!((put.status, put.body.len()), (204, 0));
}

#[test]
fn a_tenant_made_after_another_has_its_records_and_shares_no_change() {
    let mut client = Client::new(Character::default());
    let company = client.made("Relation_Organization", &json!({"Name": "Voorbeeld"}));
    let of_company: Guid = id(&company).parse().unwrap();
    let mut other = client.tribe.another(Tenant { seed: 2, ..Tenant::default() });
    other.edit(NOW, of_company, &json!({"Name": "Anders"})).unwrap();
    let made = other.add_organisation(NOW, "Nieuw", &json!({})).unwrap();
    assert_eq!(other.entity(of_company).unwrap().text("Name"), "Anders");
    assert_eq!(client.tribe.entity(of_company).unwrap().text("Name"), "Voorbeeld");
    assert!(client.tribe.entity(made).is_none());
    // Who is logged in at one is nobody at the other.
    client.tribe = other;
    assert_eq!(client.get("Relation_Organization").status, 401);
}
