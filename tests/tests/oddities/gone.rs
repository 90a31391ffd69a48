//! Gone in Tribe is a state that is looked at again, not an end.

use std::time::Duration;

use advocaatcentraal_tribe::link::Absence;
use advocaatcentraal_tribe::relation::RelatieId;
use advocaatcentraal_tribe::sync::records::{self, RecordId, RecordState};
use advocaatcentraal_tribe::sync::release_gone;
use sandbox::tribe::{Records, Visibility};
use serde_json::json;
use tests::World;
use tests::faults::Kind;
use tests::support::{edit_relatie, relation_of};

use super::{AMPLE, add_company, add_contact_person, office};

/// A synced company of the population.
const COMPANY: &str = "1001";

fn marker(id: &str) -> String {
    format!("ac:12345:relatie:{id}")
}

fn record(id: &str) -> RecordId {
    RecordId::Relatie(RelatieId::new(id))
}

fn state(world: &World, id: &str) -> RecordState {
    records::explain(world.ports(), &world.read_settings(), AMPLE, &record(id)).unwrap().state
}

fn standing(world: &World, marker: &str) -> usize {
    world.tribe.borrow().find_by_import_id(marker).len()
}

fn not_shown(world: &World) -> Vec<Absence> {
    let all = records::not_shown(world.ports(), &world.read_settings()).unwrap();
    all.into_iter().map(|(_, absence)| absence).collect()
}

fn letters(world: &World) -> usize {
    records::dead_letters(world.ports(), &world.read_settings()).unwrap().len()
}

fn show(world: &World, visibility: Visibility) {
    world.tribe.borrow_mut().character_mut().visibility = visibility;
}

fn links_gone(world: &World) -> usize {
    not_shown(world).iter().filter(|absence| absence.sureness == advocaatcentraal_tribe::link::Sureness::Gone).count()
}

/// The markers that stand in a set of Tribe's.
fn in_tribe(world: &World, set: &str) -> Vec<String> {
    let tribe = world.tribe.borrow();
    let markers = tribe.set(set).map(|entity| entity.text("ImportId"));
    markers.filter(|marker| marker.starts_with("ac:")).collect()
}

/// Deletes a company after a copy was made of the environment, and lets the connector find it gone.
fn gone_company(world: &World) -> Records {
    let copy = world.tribe.borrow().copy();
    world.delete_in_tribe(&marker(COMPANY));
    edit_relatie(world, COMPANY, json!({"telefoonnummer": "020 555 06 06"}));
    world.settle().unwrap();
    assert_eq!(state(world, COMPANY), RecordState::GoneInTribe);
    copy
}

#[test]
fn one_answer_is_not_yet_gone_and_a_second_minutes_later_is() {
    let world = office();
    world.delete_in_tribe(&marker(COMPANY));
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 06 06"}));
    let first = world.poll().unwrap();
    assert!(first.codes().contains(&"not-shown") && !first.codes().contains(&"gone-in-tribe"), "{:?}", first.codes());
    assert_eq!(state(&world, COMPANY), RecordState::NotShown);
    let second = world.poll().unwrap();
    assert!(second.codes().contains(&"gone-in-tribe"), "{:?}", second.codes());
    assert_eq!((state(&world, COMPANY), letters(&world)), (RecordState::GoneInTribe, 0));
    assert_eq!(standing(&world, &marker(COMPANY)), 0, "it is not made again");
}

#[test]
fn a_404_that_was_none_leaves_the_record_linked() {
    let world = office();
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 06 06"}));
    // Neither the list nor the record itself is shown, once.
    show(&world, Visibility::OnlyTheTenant);
    world.poll().unwrap();
    show(&world, Visibility::Everything);
    world.settle().unwrap();
    assert_eq!((state(&world, COMPANY), not_shown(&world).len(), letters(&world)), (RecordState::Linked, 0, 0));
    assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "020 555 06 06");
    world.assert_same();
}

#[test]
fn a_tribe_that_shows_nothing_for_a_night_loses_no_link() {
    let world = World::new(5, 40);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    let before = world.writes();
    show(&world, Visibility::OnlyTheTenant);
    let mut told = Vec::new();
    for _ in 0..12 {
        edit_relatie(&world, COMPANY, json!({"telefoonnummer": "020 555 06 06"}));
        world.wait(Duration::from_secs(3_600));
        told.extend(world.sweep().unwrap().codes());
        told.extend(world.poll().unwrap().codes());
    }
    assert!(told.contains(&"many-not-shown") && !told.contains(&"gone-in-tribe"), "{told:?}");
    let findings = tests::Engine::Native.connector().check(&world).unwrap();
    assert!(findings.iter().any(|finding| finding.code.as_str() == "many-not-shown"));
    assert_eq!((world.writes(), links_gone(&world)), (before, 0));
    // What is new in AC meanwhile comes all the same, and once.
    let new = add_company(&world, "Nieuw Voorbeeld B.V.");
    world.settle().unwrap();
    show(&world, Visibility::Everything);
    world.settle().unwrap();
    world.wait(Duration::from_secs(3_600));
    world.settle().unwrap();
    assert_eq!((standing(&world, &marker(&new)), not_shown(&world).len(), letters(&world)), (1, 0, 0));
    assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "020 555 06 06");
    world.assert_same();
}

#[test]
fn a_person_may_say_that_they_are_gone() {
    let world = World::new(5, 60);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    let companies: Vec<String> = in_tribe(&world, "Relation_Organization").into_iter().take(8).collect();
    companies.iter().for_each(|marker| world.delete_in_tribe(marker));
    let swept = world.sweep().unwrap();
    assert!(swept.codes().contains(&"many-not-shown"), "{:?}", swept.codes());
    world.settle().unwrap();
    assert_eq!(links_gone(&world), 0);
    let released = release_gone(world.ports(), &world.read_settings(), AMPLE).unwrap();
    assert!(released.notes.iter().any(|note| note.code.as_str() == "gone-in-tribe"));
    assert!(links_gone(&world) >= 8);
    let next = world.poll().unwrap();
    assert!(!next.codes().contains(&"many-not-shown"), "what was let through is not asked about again");
    assert!(companies.iter().all(|marker| standing(&world, marker) == 0), "nothing is made again");
}

#[test]
fn what_shows_again_is_linked_again_by_the_sweep() {
    let world = office();
    let copy = gone_company(&world);
    world.tribe.borrow_mut().put_back(copy);
    let swept = world.sweep().unwrap();
    assert!(swept.codes().contains(&"found-again"), "{:?}", swept.codes());
    world.settle().unwrap();
    assert_eq!((state(&world, COMPANY), not_shown(&world).len()), (RecordState::Linked, 0));
    assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "020 555 06 06", "what AC changed meanwhile comes along");
    world.assert_same();
}

#[test]
fn an_edit_in_tribe_shows_at_once_that_a_record_is_back() {
    let world = office();
    let copy = gone_company(&world);
    world.tribe.borrow_mut().put_back(copy);
    let id = world.tribe.borrow().find_by_import_id(&marker(COMPANY))[0];
    world.save_in_tribe(id, &json!({"EmailAddress": "terug@voorbeeld.example"}));
    world.push(&[&id.to_string()]).unwrap();
    world.settle().unwrap();
    assert_eq!(state(&world, COMPANY), RecordState::Linked);
    world.assert_same();
}

#[test]
fn a_resync_looks_for_it_and_never_makes_a_second_one() {
    let world = office();
    let copy = gone_company(&world);
    let resync = || records::resync(world.ports(), &world.read_settings(), AMPLE, &record(COMPANY)).unwrap();
    resync();
    assert_eq!((state(&world, COMPANY), standing(&world, &marker(COMPANY))), (RecordState::GoneInTribe, 0));
    world.tribe.borrow_mut().put_back(copy);
    resync();
    assert_eq!((state(&world, COMPANY), standing(&world, &marker(COMPANY))), (RecordState::Linked, 1));
}

#[test]
fn made_anew_it_has_its_roles_its_addresses_and_its_contact_persons() {
    let world = office();
    let company = add_company(&world, "Nieuw Voorbeeld B.V.");
    world.poll().unwrap();
    let person = add_contact_person(&world, &[company.as_str(), COMPANY]);
    world.settle().unwrap();
    world.assert_same();
    world.delete_in_tribe(&marker(&company));
    world.sweep().unwrap();
    world.settle().unwrap();
    assert_eq!(state(&world, &company), RecordState::GoneInTribe);
    let make_anew = || records::make_anew(world.ports(), &world.read_settings(), AMPLE, &record(&company)).unwrap();
    make_anew();
    world.settle().unwrap();
    assert_eq!(state(&world, &company), RecordState::Linked);
    let contact = format!("ac:12345:contactpersoon:{person}@{company}");
    assert_eq!((standing(&world, &contact), not_shown(&world).len()), (1, 0));
    world.assert_same();
    let before = world.writes();
    make_anew();
    assert_eq!(world.writes(), before, "once more it makes nothing");
}

#[test]
fn a_create_in_doubt_is_not_repeated_while_tribe_shows_nothing() {
    let world = office();
    let id = add_company(&world, "Nieuw Voorbeeld B.V.");
    world.faults.plan(Kind::ResetAfter, "POST", "Customer", 1);
    world.poll().unwrap();
    show(&world, Visibility::OnlyTheTenant);
    world.settle().unwrap();
    show(&world, Visibility::Everything);
    world.wait(Duration::from_secs(3_600));
    world.settle().unwrap();
    assert_eq!(standing(&world, &marker(&id)), 1);
    world.assert_same();
}

#[test]
fn a_create_in_doubt_is_repeated_where_all_that_was_linked_is_gone() {
    let world = office();
    let linked = in_tribe(&world, "Relation");
    linked.iter().for_each(|marker| world.delete_in_tribe(marker));
    world.sweep().unwrap();
    world.settle().unwrap();
    release_gone(world.ports(), &world.read_settings(), AMPLE).unwrap();
    // Of contact persons whose organisations are gone nobody asks.
    let relations = linked.iter().filter(|marker| marker.contains(":relatie:")).count();
    assert_eq!(links_gone(&world), relations);
    let id = add_company(&world, "Nieuw Voorbeeld B.V.");
    world.faults.plan(Kind::Timeout, "POST", "Customer", 1);
    world.poll().unwrap();
    world.faults.stop();
    world.wait(Duration::from_secs(3_600));
    world.settle().unwrap();
    assert_eq!((standing(&world, &marker(&id)), letters(&world)), (1, 0));
}

#[test]
fn what_a_person_says_of_gone_records_leaves_no_clearing_to_the_night() {
    let world = World::new(5, 60);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    let mut companies = in_tribe(&world, "Relation_Organization");
    companies.retain(|of| *of != marker(COMPANY));
    companies.truncate(8);
    companies.iter().for_each(|marker| world.delete_in_tribe(marker));
    world.sweep().unwrap();
    world.settle().unwrap();
    assert_ne!(relation_of(&world, COMPANY, "PhoneNumber"), "");
    edit_relatie(&world, COMPANY, json!({"telefoonnummer": null}));
    release_gone(world.ports(), &world.read_settings(), AMPLE).unwrap();
    world.settle().unwrap();
    assert_eq!(relation_of(&world, COMPANY, "PhoneNumber"), "");
}
