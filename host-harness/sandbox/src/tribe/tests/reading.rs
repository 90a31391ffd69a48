//! Lists, single records, links, the schema, and queries that are refused.

use super::*;

#[test]
fn every_declared_name_leads_somewhere() {
    let tribe = Tribe::new(Tenant::default(), Character::default());
    for (_, entity_type) in tribe.store.model.types() {
        for (name, navigation) in &entity_type.navigations {
            assert!(!tribe.store.model.entity_type(navigation.target()).set.is_empty(), "{name}");
        }
        for name in entity_type.computed.iter().chain(&entity_type.required) {
            assert!(entity_type.properties.contains_key(name), "{name}");
        }
    }
}

#[test]
fn a_person_looks_as_tribe_shows_it() {
    let mut client = Client::new(Character::default());
    let person =
        client.made("Relation_Person", &json!({"FirstName": "Joost", "MiddleName": "de", "LastName": "Tester"}));
    assert_eq!(person["@odata.context"], "$metadata#OData.Relation_Person/$entity");
    assert_eq!(person["Name"], "\n\nJoost de Tester");
    assert_eq!(person["_Name"], "Joost de Tester");
    assert_eq!(person["SortName"], "Tester, Joost");
    assert_eq!(person["CreationDate"], "2026-03-02T09:00:05Z");
    assert_eq!(person["_Type"], "Relation.Person");
    assert_eq!(person["BirthDate"], Value::Null);
    assert!(person.get("Address").is_none(), "links are absent unless expanded");
    assert!(person.get("ImportId").is_none(), "the marker is absent unless selected");
    let listed = client.get("Relation_Person?$expand=Address&$filter=LastName eq 'Tester'").json();
    assert_eq!(listed["@odata.context"], "$metadata#OData.Relation_Person");
    assert_eq!(listed["value"][0]["Address"], Value::Null);
}

#[test]
fn a_base_set_shows_everything_below_it() {
    let mut client = Client::new(Character::default());
    let company = client.made("Relation_Organization", &json!({"Name": "Voorbeeld"}));
    client
        .made("Relationship_Organization_CommercialRelationship_Lead", &json!({"Organization": {"ID": id(&company)}}));
    client.made("_3c1f7a52__08d4__4b6e__9a11__5e0b7d2c4f90", &json!({"Organization": {"ID": id(&company)}}));
    let types: BTreeSet<String> = client
        .values("Relationship?$select=_Type")
        .iter()
        .map(|row| row["_Type"].as_str().unwrap().to_owned())
        .collect();
    assert!(types.contains("Relationship.Organization.CommercialRelationship.Lead"));
    assert!(types.contains("3c1f7a52-08d4-4b6e-9a11-5e0b7d2c4f90"));
    assert_eq!(client.values("Relationship_Person_Contact").len(), 3, "employees are contacts");
    assert_eq!(client.values(&format!("Relationship?$filter=ID eq {}", id(&company))).len(), 0);
}

#[test]
fn pages_are_clipped_at_a_hundred_and_complete_with_a_total_order() {
    for unordered in [Unordered::Stable, Unordered::Shuffled] {
        let mut client = Client::new(Character { unordered, calls_per_minute: None, ..Character::default() });
        for number in 0..250 {
            client.made("Relation_Organization", &json!({"Name": format!("Bedrijf {number}")}));
        }
        let walk = |client: &mut Client, order: &str| {
            let mut ids = Vec::new();
            for skip in [0, 100, 200, 300] {
                let page = client.values(&format!("Relation_Organization?$top=500&$skip={skip}{order}"));
                assert!(page.len() <= 100);
                ids.extend(page.iter().map(id));
            }
            (ids.len(), ids.into_iter().collect::<BTreeSet<_>>().len())
        };
        assert_eq!(walk(&mut client, "&$orderby=LastMutationDate,ID"), (251, 251));
        let (rows, distinct) = walk(&mut client, "");
        assert_eq!(rows, 251);
        assert_eq!(distinct == 251, unordered == Unordered::Stable);
        let (_, distinct) = walk(&mut client, "&$orderby=LastMutationDate");
        assert_eq!(distinct == 251, unordered == Unordered::Stable, "a partial order is no order");
        assert_eq!(client.get("Relation_Organization?$count=true&$top=0").json()["@odata.count"], 251);
    }
}

#[test]
fn order_goes_both_ways_and_puts_nulls_first() {
    let mut client = Client::new(Character::default());
    for (name, phone) in [("B", json!("2")), ("A", json!(null)), ("C", json!("2"))] {
        client.made("Relation_Organization", &json!({"Name": name, "PhoneNumber": phone, "Website": "x"}));
    }
    let mut names = |order: &str| -> Vec<Value> {
        let rows = client.values(&format!("Relation_Organization?$filter=Website eq 'x'&$orderby={order}"));
        rows.iter().map(|row| row["Name"].clone()).collect()
    };
    assert_eq!(names("PhoneNumber,Name desc"), ["A", "C", "B"]);
    assert_eq!(names("PhoneNumber desc,Name asc"), ["B", "C", "A"]);
}

#[test]
fn queries_are_percent_decoded_only_and_judged_as_olingo_does() {
    let mut client = Client::new(Character::default());
    for (target, status) in [
        ("Relation_Person?$filter=FirstName+eq+'x'", 400),
        ("Relation_Person?$filter=FirstName%20eq%20'x'", 200),
        ("Relation_Person?$filter=CreationDate ge 2024-01-01T00:00:00+01:00", 200),
        ("Relation_Person?$filter=CreationDate ge 2024-01-01T00:00:00%2B01:00", 200),
        ("Relation_Person?$select=Foo", 400),
        ("Relation_Person?$select=firstName", 400),
        ("Relation_Person?$expand=Foo", 400),
        ("Relation_Person?$expand=Address($select=Foo)", 400),
        ("Relation_Person?$expand=Address($select=City", 400),
        ("Relation_Person?$orderby=Foo", 400),
        ("Relation_Person?$top=-1", 400),
        ("Relation_Person?$top=1&$top=2", 400),
        ("Relation_Person?$foo=1", 400),
        ("Relation_Person?$search=x", 501),
        ("Relation_Person?foo=1", 200),
        ("Relation_Person?$filter=%zz", 400),
        ("relation_person", 404),
        ("Relation_Person('b724d383-bb70-480a-b03d-512b9aaec15a')", 400),
        ("Relation_Person(b724d383-bb70-480a-b03d-512b9aaec15a)", 404),
        ("Relation_Person(b724d383-bb70-480a-b03d-512b9aaec15a)/Foo", 404),
    ] {
        let answer = client.get(target);
        assert_eq!(answer.status, status, "{target}: {}", answer.json());
        if status != 200 {
            assert_eq!(answer.json()["error"]["code"], Value::Null);
            assert!(answer.json()["error"]["message"].is_string());
        }
    }
    let long = format!("Relation_Person?$filter=LastName eq '{}'", "x".repeat(8000));
    assert_eq!(client.get(&long).status, 414);
    assert_eq!(client.request(Request::new("PATCH", "/v1/odata/Relation_Person")).status, 405);
}

#[test]
fn the_own_user_and_the_schema_can_be_read() {
    let mut client = Client::new(Character::default());
    let employee = client.get("GetCurrentEmployee?$expand=Person($select=LastName)").json();
    assert_eq!(employee["_Type"], "Relationship.Person.Contact.Employee");
    assert_eq!(employee["Person"]["LastName"], "Koppeling");
    let metadata = client.get("$metadata");
    let xml = String::from_utf8(metadata.body).unwrap();
    for part in [
        r#"<EntityType Name="Relation_Person" BaseType="OData.Relation">"#,
        r#"<Property Name="BirthDate" Type="Edm.Date"/>"#,
        r#"<Property Name="LastName" Type="Edm.String" Nullable="false"/>"#,
        r#"<NavigationProperty Name="VisitingAddress" Type="OData.Address"/>"#,
        r#"<NavigationProperty Name="Addresses" Type="Collection(OData.Address)"/>"#,
        r#"<EntityType Name="e0d6534a__cc84__4cf7__bdc5__d32f9311c09e" BaseType="OData.Relationship">"#,
        r#"<Annotation Term="Org.OData.Core.V1.Description" String="Wederpartij"/>"#,
        r#"<Property Name="Function" Type="Edm.String"/>"#,
        r#"<EntitySet Name="Relationship_Organization_Partner" EntityType="OData.Relationship_Organization_Partner"/>"#,
    ] {
        assert!(xml.contains(part), "{part}");
    }
    assert_eq!(xml.matches("<EntityType ").count(), xml.matches("</EntityType>").count());
}

#[test]
fn reads_lag_and_writes_do_not() {
    let mut client = Client::new(Character { read_lag: Duration::from_secs(3), ..Character::default() });
    let made = client.made("Relation_Organization", &json!({"Name": "Eerst"}));
    let target = format!("Relation_Organization({})", id(&made));
    assert_eq!(client.get(&target).status, 404);
    client.now = seconds(2);
    assert_eq!(client.write("PUT", &target, &json!({"Name": "Later"})).json()["Name"], "Later");
    client.now = seconds(4);
    assert_eq!(client.get(&target).json()["Name"], "Eerst");
    assert_eq!(client.values("Relation_Organization?$filter=Name eq 'Later'").len(), 0);
    client.now = seconds(5);
    assert_eq!(client.get(&target).json()["Name"], "Later");
    assert_eq!(client.values("Relation_Organization?$filter=Name eq 'Later'").len(), 1);
}

#[test]
fn the_same_seed_gives_the_same_answers() {
    let run = || {
        let mut client = Client::new(Character::default());
        client.made("Relation_Organization", &json!({"Name": "x"}));
        client.get("Relation").body
    };
    assert_eq!(run(), run());
    let other = Tribe::new(Tenant { seed: 2, ..Tenant::default() }, Character::default());
    assert_ne!(other.own_organisation(), Client::new(Character::default()).tribe.own_organisation());
}
