//! An AC whose records have no place for a field.

use sandbox::advocaatcentraal::Wire;
use serde_json::{Value, json};
use tests::World;
use tests::invariants::all_differences;
use tests::support::relation_in_ac;

use super::{begin, marker, office, refused_fields};

/// A practice system whose companies have no website.
fn without_website() -> World {
    let mut document: Value = serde_json::from_str(dialect::PRACTICE).unwrap();
    document["relations"]["record"]["organisation"].as_object_mut().unwrap().remove("website").unwrap();
    office(1, (Wire::Practice, &document.to_string()))
}

#[test]
fn a_field_that_ac_has_no_place_for_is_nobodys_business() {
    let world = without_website();
    begin(&world);
    assert_eq!(world.text_in_tribe(&marker(&world), "Website"), "");
    let in_ac = relation_in_ac(&world, "1001");
    world.edit_in_tribe(&marker(&world), &json!({"Website": "www.kanarie.example"}));
    world.settle().unwrap();
    world.sweep().unwrap();
    assert_eq!(relation_in_ac(&world, "1001"), in_ac);
    assert_eq!(world.text_in_tribe(&marker(&world), "Website"), "www.kanarie.example");
    assert_eq!(refused_fields(&world), [] as [&str; 0]);
    let told = all_differences(&world).unwrap();
    assert!(told.iter().all(|of| of.field.as_deref() != Some("organisatie.website")), "{told:?}");
}
