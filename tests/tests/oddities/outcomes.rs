//! An outcome tells the truth: of each write, and of how the office stands.

use advocaatcentraal_tribe::link::Subject;
use advocaatcentraal_tribe::sync::{Standing, System, Write, WriteResult};
use sandbox::advocaatcentraal::Variants;
use sandbox::tribe::{Character, RefusedText};
use serde_json::json;
use tests::World;
use tests::support::{edit_relatie, synced_company};

/// In a value that Tribe refuses.
const BAD: &str = "onmogelijk";

fn office_with(character: Character) -> World {
    let world = World::with(31, 18, Variants::default(), character);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    world
}

/// Of the writes to a record: where each went, its field and its result.
fn of<'w>(writes: &'w [Write], id: &str) -> Vec<(System, Option<&'w str>, WriteResult)> {
    let of_record = writes.iter().filter(|write| write.subject.id() == id);
    of_record.map(|write| (write.to, write.field.as_deref(), write.result)).collect()
}

#[test]
fn an_initial_sync_tells_of_each_record_that_it_made() {
    let world = World::with(31, 18, Variants::default(), Character::default());
    let cycle = world.initial_sync().unwrap();
    let is_made = |write: &&Write| (write.to, write.result) == (System::Tribe, WriteResult::Made);
    let made = cycle.writes.iter().filter(is_made).count();
    let marked = |set: &str| world.tribe.borrow().set(set).filter(|of| of.text("ImportId").starts_with("ac:")).count();
    assert_eq!(made, marked("Relation") + marked("Relationship"));
    assert!(cycle.writes.iter().any(|write| matches!(write.subject, Subject::ContactPerson(_))));
    assert!(world.poll().unwrap().writes.is_empty(), "an idle poll writes nothing, and says so");
}

#[test]
fn each_field_that_is_written_is_told_with_where_it_went_and_what_came_of_it() {
    let refused = RefusedText { word: BAD.to_owned(), names_it: true };
    let world = office_with(Character { refused_text: Some(refused), ..Character::default() });
    let id = synced_company(&world);
    world.edit_in_tribe(&format!("ac:12345:relatie:{id}"), &json!({"Name": "Anders Voorbeeld B.V."}));
    edit_relatie(&world, &id, json!({"email": "nieuw@voorbeeld.example", "website": format!("www.{BAD}.example")}));
    let cycle = world.poll().unwrap();
    let mut told = of(&cycle.writes, &id);
    told.sort_unstable();
    assert_eq!(
        told,
        [
            (System::AdvocaatCentraal, Some("organisatie.bedrijfsnaam"), WriteResult::Taken),
            (System::Tribe, Some("organisatie.email"), WriteResult::Taken),
            (System::Tribe, Some("organisatie.website"), WriteResult::Refused),
        ]
    );
    let standing = cycle.standing.unwrap();
    assert_eq!(standing, Standing { dead_letters: 1, gone: 0, brakes: 0 });
}

#[test]
fn what_is_gone_in_tribe_is_part_of_how_an_office_stands() {
    let world = office_with(Character::default());
    assert_eq!(world.poll().unwrap().standing, Some(Standing::default()));
    let id = synced_company(&world);
    world.delete_in_tribe(&format!("ac:12345:relatie:{id}"));
    edit_relatie(&world, &id, json!({"email": "nieuw@voorbeeld.example"}));
    world.settle().unwrap();
    assert_eq!(world.poll().unwrap().standing.map(|standing| standing.gone), Some(1));
}
