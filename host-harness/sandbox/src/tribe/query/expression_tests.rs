#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use serde_json::json;

use super::*;
use crate::tribe::{Character, Tenant, Tribe};

const NOW: Instant = Instant::from_millis(1_772_442_005_000);

fn tribe() -> Tribe {
    let mut tribe = Tribe::new(Tenant::default(), Character::default());
    let company = tribe
        .add_organisation(
            NOW,
            "O'Sample & Co",
            &json!({"ImportId": "ac:1:relatie:1", "NumberOfEmployees": 12, "IsActive": true}),
        )
        .unwrap();
    tribe
        .add(
            NOW,
            "Relationship_Person_Contact_Standard",
            &json!({
            "Relation": company.as_link(), "Department": "Juridisch",
            "Person": {"FirstName": "Zoë", "LastName": "Nepper", "BirthDate": "1980-02-29",
                "Address": {"City": "Amsterdam", "HouseNumber": 12}}}),
        )
        .unwrap();
    tribe
}

/// How many rows of a set a filter leaves.
fn counted(tribe: &Tribe, set: &str, filter: &str, equality: TextEquality) -> Result<usize, u16> {
    let kind = tribe.store.model.set(set).unwrap();
    let expression = Expression::parse(filter, &tribe.store.model, kind).map_err(|refusal| refusal.status)?;
    let seen = tribe.store.seen(NOW, std::time::Duration::ZERO);
    let rows = tribe.store.ids(kind).into_iter().filter_map(|id| View::of(seen, id));
    Ok(rows.filter(|view| expression.holds(*view, equality)).count())
}

#[test]
fn a_filter_leaves_the_rows_that_it_should() {
    let tribe = tribe();
    let contact = "Relationship_Person_Contact_Standard";
    let table = [
        ("Relation_Organization", "Name eq 'O''Sample & Co'", 1),
        ("Relation_Organization", "Name eq 'o''sample & co'", 0),
        ("Relation_Organization", "Name ne 'O''Sample & Co'", 1),
        ("Relation_Organization", "contains(Name,'SAMPLE')", 1),
        ("Relation_Organization", "startswith(Name,'o''')", 1),
        ("Relation_Organization", "endswith(Name,'CO')", 1),
        ("Relation_Organization", "not endswith(Name,'CO')", 1),
        ("Relation_Organization", "ImportId eq 'ac:1:relatie:1'", 1),
        ("Relation_Organization", "contains(ImportId,'ac:1:')", 1),
        // Neither true nor false for a null.
        ("Relation_Organization", "not contains(ImportId,'ac:1:')", 0),
        ("Relation_Organization", "ImportId eq null", 1),
        ("Relation_Organization", "ImportId ne null", 1),
        ("Relation_Organization", "NumberOfEmployees gt 11 and NumberOfEmployees le 12.0", 1),
        ("Relation_Organization", "NumberOfEmployees lt 12 or IsActive", 1),
        ("Relation_Organization", "IsActive eq true and (Name eq 'x' or NumberOfEmployees ge -1)", 1),
        ("Relation_Organization", "IsActive ne true", 1),
        ("Relation_Organization", "CreationDate ge 2026-03-02T09:00:05Z", 1),
        ("Relation_Organization", "CreationDate gt 2026-03-02T09:00:05Z", 0),
        ("Relation_Organization", "CreationDate ge 2026-03-02T10:00:05+01:00", 1),
        ("Relation_Organization", "LastMutationDate eq null", 1),
        (contact, "Person/LastName eq 'Nepper'", 1),
        (contact, "Person/Address/City eq 'Amsterdam'", 1),
        (contact, "Person/Address/Latitude ne null", 0),
        (contact, "Person/BirthDate eq 1980-02-29", 1),
        (contact, "Role/Code eq null", 1),
        ("Relation_Person", "BirthDate lt 1980-03-01", 1),
        ("Relation", "_Type eq 'Relation.Organization'", 2),
        ("Address", "HouseNumber eq 12", 1),
    ];
    for (set, filter, expected) in table {
        assert_eq!(counted(&tribe, set, filter, TextEquality::CaseSensitive), Ok(expected), "{filter}");
    }
}

#[test]
fn equality_can_be_blind_to_capitals() {
    let tribe = tribe();
    let counted = |filter| counted(&tribe, "Relation_Organization", filter, TextEquality::CaseInsensitive);
    assert_eq!(counted("Name eq 'o''sample & co'"), Ok(1));
    assert_eq!(counted("Name ne 'o''sample & co'"), Ok(1));
}

#[test]
fn what_tribe_does_not_understand_is_refused() {
    let tribe = tribe();
    for filter in [
        "",
        "Name",
        "Name eq",
        "Name eq 'open",
        "(Name eq 'x'",
        "Name eq 'x')",
        "Name eq 'x' and",
        "Name+eq+'x'",
        "Name in ('x','y')",
        "Name has 'x'",
        "name eq 'x'",
        "tolower(Name) eq 'x'",
        "contains(Name)",
        "contains(NumberOfEmployees,'1')",
        "Foo eq 'x'",
        "Name eq 12",
        "ID eq 'b724d383-bb70-480a-b03d-512b9aaec15a'",
        "CreationDate ge '2026-03-02T09:00:05Z'",
        "CreationDate ge 2026-03-02",
        "CreationDate ge 2026-03-02T09:00:05",
        "Addresses/City eq 'x'",
        "Addresses/any(a:a/City eq 'x')",
        "VisitingAddress eq null",
    ] {
        let refused = counted(&tribe, "Relation_Organization", filter, TextEquality::CaseSensitive);
        assert_eq!(refused, Err(400), "{filter}");
    }
}

#[test]
fn an_unknown_name_is_told_with_its_type() {
    let tribe = tribe();
    let kind = tribe.store.model.set("Relation_Person").unwrap();
    let refusal = Expression::parse("Foo eq 'x'", &tribe.store.model, kind).unwrap_err();
    assert_eq!(
        refusal.message,
        "The property 'Foo', used in a query expression, is not defined in type 'OData.Relation_Person'."
    );
}

#[test]
fn an_index_finds_what_a_scan_finds() {
    let tribe = tribe();
    let kind = tribe.store.model.set("Relation_Organization").unwrap();
    let id = tribe.find_by_import_id("ac:1:relatie:1")[0];
    let candidates = |filter: &str| {
        let expression = Expression::parse(filter, &tribe.store.model, kind).unwrap();
        expression.candidates(&tribe.store, TextEquality::CaseSensitive)
    };
    assert_eq!(candidates("ImportId eq 'ac:1:relatie:1'"), Some(BTreeSet::from([id])));
    assert_eq!(candidates(&format!("ID eq {id} or ImportId eq 'x'")), Some(BTreeSet::from([id])));
    assert_eq!(candidates(&format!("Name eq 'x' and ID eq {id}")), Some(BTreeSet::from([id])));
    assert_eq!(candidates(&format!("Name eq 'x' or ID eq {id}")), None);
    assert_eq!(candidates(&format!("not (ID eq {id})")), None);
}

#[test]
fn brackets_within_brackets_end_somewhere() {
    let tribe = tribe();
    let deep = format!("{}IsActive{}", "(".repeat(5000), ")".repeat(5000));
    assert_eq!(counted(&tribe, "Relation_Organization", &deep, TextEquality::CaseSensitive), Err(400));
    let long = vec!["Name eq 'x'"; 2000].join(" or ");
    assert_eq!(counted(&tribe, "Relation_Organization", &long, TextEquality::CaseSensitive), Ok(0));
}
