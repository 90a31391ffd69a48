#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use serde_json::{Value, json};

use super::*;
use crate::settings::name;

/// An office that maps two types to one of Tribe's, and one to a type that exists for organisations alone.
fn settings() -> Settings {
    let types = json!({"client": "customer", "cliënt-oud": "customer", "leverancier": "supplier", "advocaat": ""});
    let given = [
        (name::ADVOCAATCENTRAAL_URL, "https://ac.example".to_owned()),
        (name::ADVOCAATCENTRAAL_OFFICE, "12345".to_owned()),
        (name::ADVOCAATCENTRAAL_KEY, "key".to_owned()),
        (name::TRIBE_CLIENT_ID, "id".to_owned()),
        (name::TRIBE_CLIENT_SECRET, "secret".to_owned()),
        (name::RELATION_TYPES, types.to_string()),
    ];
    Settings::read(|name| given.iter().find(|(known, _)| *known == name).map(|(_, text)| text.clone())).unwrap()
}

fn types(of: &[&str]) -> Vec<RelatietypeId> {
    of.iter().map(|id| RelatietypeId::new(*id)).collect()
}

fn relatie(soort: &str, status: Option<&str>, types: Value) -> Relatie {
    Relatie::sample(&json!({"id": "1001", "soort": soort, "status": status, "relatietypen": types}))
}

#[test]
fn two_types_that_are_mapped_to_one_ask_for_one_role_named_after_the_first_by_id() {
    let (roles, unfit) = roles(&settings(), RelationKind::Organization, types(&["cliënt-oud", "client"]));
    assert_eq!((roles.len(), unfit), (1, 0));
    assert_eq!(roles[0].of_type, RelatietypeId::new("client"));
    assert_eq!(roles[0].relation_type, RelationType::parse("customer").unwrap());
}

#[test]
fn a_type_that_tribe_has_not_for_that_kind_asks_for_no_role() {
    let (roles, unfit) = roles(&settings(), RelationKind::Person, types(&["client", "leverancier"]));
    assert_eq!((roles.len(), unfit), (1, 1));
}

#[test]
fn a_type_that_is_not_mapped_asks_for_nothing() {
    assert_eq!(roles(&settings(), RelationKind::Organization, types(&["advocaat", "onbekend"])), (vec![], 0));
}

#[test]
fn only_what_is_said_makes_a_relation_known_as_unmapped() {
    let settings = settings();
    let is_known = |relatie: &Relatie| is_known_as_unmapped(&settings, relatie);
    assert!(is_known(&relatie("bedrijf", Some("actief"), json!(["advocaat"]))));
    assert!(!is_known(&relatie("bedrijf", Some("actief"), json!(["advocaat", "client"]))));
    assert!(!is_known(&relatie("bedrijf", None, json!(["advocaat"]))), "its status is not said");
    assert!(!is_known(&relatie("stichting", Some("actief"), json!(["advocaat"]))), "its kind is not understood");
    let without_types = Relatie::sample(&json!({"id": "1", "soort": "bedrijf", "status": "actief"}));
    assert!(!is_known(&without_types), "its types are not said");
}

#[test]
fn archived_and_deleted_are_outside_and_so_is_what_says_nothing() {
    assert_eq!(outside_by(Status::Actief), None);
    for status in [Status::Gearchiveerd, Status::Verwijderd] {
        assert_eq!(outside_by(status), Some(Why::Inactive));
        assert!(!is_active(status));
    }
    assert_eq!(outside_by(Status::Onbekend), Some(Why::Unsaid));
    assert!(is_active(Status::Onbekend));
}

#[test]
fn what_ac_does_not_say_pauses_nothing() {
    assert_eq!(Why::Unsaid.pause(), None);
    assert_eq!(Why::Inactive.pause(), Some(Pause::Inactive));
    assert_eq!(Why::Unmapped.pause(), Some(Pause::Unmapped));
}

#[test]
fn contact_persons_are_synced_at_an_organisation_that_is_linked_and_of_a_mapped_type_archived_or_not() {
    let id = TribeId::parse("5f1c6a8e-0000-4000-8000-000000000001").unwrap();
    let linked = crate::link::PartState::Linked { id, since: crate::relation::Instant::default() };
    let mut link = Link { types: types(&["advocaat", "leverancier"]).into_iter().collect(), ..Link::default() };
    assert!(!is_synced_organisation(&settings(), &link));
    link.parts.insert(Part::Relation, linked);
    assert!(is_synced_organisation(&settings(), &link));
    link.paused = Some(Pause::Inactive);
    assert!(is_synced_organisation(&settings(), &link));
    link.paused = Some(Pause::Unmapped);
    assert!(is_synced_organisation(&settings(), &link), "mapped again, it goes on before it is looked at");
    link.paused = Some(Pause::OtherKind);
    assert!(!is_synced_organisation(&settings(), &link));
    let unmapped = Link { types: types(&["advocaat"]).into_iter().collect(), paused: None, ..link };
    assert!(!is_synced_organisation(&settings(), &unmapped));
}
