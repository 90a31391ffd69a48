//! An office whose records are read by other ids than before is not synced: each relation would be made once more.

use advocaatcentraal_tribe::setup::{self, Verdict};
use advocaatcentraal_tribe::sync::Stop;
use advocaatcentraal_tribe::wording::Code;
use serde_json::{Value, json};
use tests::World;

use super::{SYSTEMS, begin, office};

/// Other ids for every relation: by another scope, wherever one stands or may stand.
fn with_other_scopes(document: &str) -> String {
    let mut value: Value = serde_json::from_str(document).unwrap();
    rescope(&mut value);
    for list in value["relations"]["lists"].as_array_mut().unwrap() {
        list.as_object_mut().unwrap().entry("scope").or_insert(json!("x"));
    }
    value.to_string()
}

fn rescope(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(scope) = members.get("scope").and_then(Value::as_str).map(str::to_owned) {
                members.insert("scope".to_owned(), json!(format!("x{scope}")));
            } else if members.contains_key("relation") {
                members.insert("scope".to_owned(), json!("x"));
            }
            members.values_mut().for_each(rescope);
        }
        Value::Array(values) => values.iter_mut().for_each(rescope),
        _ => {}
    }
}

fn stops_for_other_ids(world: &World) {
    let before = world.writes();
    let stop = world.poll().err().unwrap().error;
    assert!(
        matches!(&stop, Stop::Settings(problems) if problems.iter().any(|problem| problem.code == Code::OtherIds)),
        "{stop:?}"
    );
    assert!(world.sweep().is_err() && world.initial_sync().is_err());
    assert_eq!(world.writes(), before, "nothing is written");
}

fn tells_other_ids(world: &World) -> bool {
    let findings = setup::check(world.ports(), &world.read_settings(), None).unwrap();
    findings.iter().any(|finding| finding.code == Code::OtherIds.into() && finding.verdict == Verdict::Fails)
}

#[test]
fn another_scope_stops_the_office_before_anything_is_made_and_the_old_one_lets_it_go_on() {
    for system in SYSTEMS {
        let world = office(3, system);
        begin(&world);
        assert!(!tells_other_ids(&world));
        world.set("dialect", &with_other_scopes(system.1));
        stops_for_other_ids(&world);
        assert!(tells_other_ids(&world));
        world.set("dialect", system.1);
        world.poll().unwrap();
        assert!(!tells_other_ids(&world));
    }
}
