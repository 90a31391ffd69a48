//! Quota, counters, violations, deliveries, speed.

use super::*;

#[test]
fn deleting_works_and_is_a_violation_and_so_is_writing_what_is_tribes_own() {
    let mut client = Client::new(Character::default());
    let made = client.made("Relation_Organization", &json!({"Name": "x", "VisitingAddress": {"City": "Utrecht"}}));
    assert_eq!(client.write("DELETE", &format!("Relation_Organization({})", id(&made)), &json!({})).status, 204);
    assert_eq!(client.get(&format!("Relation_Organization({})", id(&made))).status, 404);
    assert_eq!(client.values("Address").len(), 0);
    assert_eq!(client.tribe.counters().violations(), 1);
    let employee = client.values("Relationship_Person_Contact_Employee")[0].clone();
    let target = format!("Relationship_Person_Contact_Employee({})", id(&employee));
    assert_eq!(client.write("PUT", &target, &json!({"Department": "x"})).status, 405);
    assert_eq!(client.tribe.counters().violations(), 2);
}

#[test]
fn the_quota_slides_and_says_when() {
    for (form, told) in [
        (RetryAfter::None, None),
        (RetryAfter::Seconds, Some("31")),
        (RetryAfter::Date, Some("Mon, 02 Mar 2026 09:01:06 GMT")),
    ] {
        let mut client =
            Client::new(Character { calls_per_minute: Some(2), retry_after: form, ..Character::default() });
        let status = |client: &mut Client, after| {
            client.now = seconds(after);
            client.get("Datastore_Gender").status
        };
        assert_eq!(status(&mut client, 0), 200);
        assert_eq!(status(&mut client, 20), 200);
        client.now = seconds(29).plus(Duration::from_millis(800));
        let refused = client.get("Datastore_Gender");
        assert_eq!((refused.status, refused.header("Retry-After")), (429, told));
        assert_eq!(status(&mut client, 59), 429);
        assert_eq!(status(&mut client, 60), 200);
        assert_eq!(status(&mut client, 79), 429);
        assert_eq!(status(&mut client, 80), 200);
    }
}

#[test]
fn every_write_is_delivered_and_signed() {
    let mut client = Client::new(Character::default());
    let hook = json!({"url": "http://localhost:9/x", "entityType": "Relation.Organization", "secret": "geheim", "headers": {"X-Eigen": "1"}});
    let registered = client.request(Request::new("POST", "/v1/webhooks").with_json(&hook));
    assert_eq!(registered.status, 201);
    let webhook = registered.json()["id"].as_str().unwrap().to_owned();
    client.request(
        Request::new("POST", "/v1/webhooks")
            .with_json(&json!({"url": "http://localhost:9/y", "entityType": "Relationship"})),
    );

    let company = client.made("Relation_Organization", &json!({"Name": "x"}));
    client.made("Relationship_Organization_Supplier", &json!({"Organization": {"ID": id(&company)}}));
    client.made("Relation_Person", &json!({"LastName": "x"}));
    let company: Guid = id(&company).parse().unwrap();
    client.tribe.edit(NOW, company, &json!({"PhoneNumber": "1", "Website": "w"})).unwrap();
    client.tribe.delete_as_user(NOW, company).unwrap();

    let deliveries = client.tribe.take_deliveries();
    let told: Vec<Value> = deliveries.iter().map(|delivery| serde_json::from_slice(&delivery.body).unwrap()).collect();
    let types: Vec<&str> = told.iter().map(|body| body["payload"]["type"].as_str().unwrap()).collect();
    assert_eq!(
        types,
        [
            "EntityCreationMutation",
            "RelationshipCreationMutation",
            "EntityUpdateMutation",
            "EntityUpdateMutation",
            "RelationshipDeletionMutation",
            "EntityDeletionMutation",
        ]
    );
    assert_eq!(
        told[0],
        json!({"webhookId": webhook, "payload": {"type": "EntityCreationMutation",
        "entityType": "Relation.Organization", "entityId": company.to_string()}})
    );
    assert!(told[1]["payload"]["relationshipId"].is_string());
    let signed = deliveries[0].headers.iter().find(|(name, _)| name == "X-Tribe-Signature").unwrap();
    assert_eq!(signed.1, signature("geheim", &deliveries[0].body));
    assert!(deliveries[0].headers.contains(&("X-Eigen".to_owned(), "1".to_owned())));
    assert!(client.tribe.take_deliveries().is_empty(), "handed over once");

    assert_eq!(client.values("Webhook").len(), 2);
    assert_eq!(client.request(Request::new("DELETE", format!("/v1/webhooks/{webhook}"))).status, 204);
    assert_eq!(client.request(Request::new("GET", "/v1/webhooks")).json().as_array().unwrap().len(), 1);
    assert_eq!(client.tribe.counters().violations(), 0, "a webhook may be deleted");
}

#[test]
fn the_signature_is_the_one_that_tribe_describes() {
    // Worked out with another implementation: printf '{}' | openssl dgst -sha512 -hmac geheim -binary | base64 -w0
    assert_eq!(signature("geheim", b"{}"), OPENSSL);
}

const OPENSSL: &str = "7J4Rkec6Z5BadTlUNRDE1k0PMTAKM1/SsFugeaJKc79xMQUKvNo/m6QzBhIUe9qWZe8xuCY02SvRTp2Qp8Oj1g==";

#[test]
fn calls_are_counted_by_method_and_set() {
    let mut client = Client::new(Character::default());
    client.tribe.reset_counters();
    let made = client.made("Relation_Organization", &json!({"Name": "x"}));
    client.get(&format!("Relation_Organization({})/Addresses", id(&made)));
    let calls = client.tribe.counters().calls();
    assert_eq!(calls[&("POST".to_owned(), "Relation_Organization".to_owned())], 1);
    assert_eq!(calls[&("GET".to_owned(), "Relation_Organization".to_owned())], 1);
    assert_eq!(client.tribe.counters().written().next().unwrap().members, ["Name"]);
}

#[test]
fn five_thousand_relations_are_made_and_found_again_in_seconds() {
    let mut client = Client::new(Character { calls_per_minute: None, ..Character::default() });
    let start = std::time::Instant::now();
    for number in 0..5000 {
        let company = client.made(
            "Relation_Organization",
            &json!({"Name": format!("Bedrijf {number}"), "ImportId": format!("ac:1:relatie:{number}"),
                "VisitingAddress": {"City": "Utrecht"}}),
        );
        client.made(
            "Relationship_Organization_CommercialRelationship_Customer",
            &json!({"Organization": {"ID": id(&company)}}),
        );
        let found =
            client.values(&format!("Relation_Organization?$filter=ImportId eq 'ac:1:relatie:{number}'&$select=ID"));
        assert_eq!(found.len(), 1);
    }
    let page = client.values("Relation_Organization?$orderby=ID&$top=100&$skip=4900");
    assert_eq!(page.len(), 100);
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
}
