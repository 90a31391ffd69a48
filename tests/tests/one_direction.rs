//! A person pauses one direction: the other goes on, and what waits is found when it is resumed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::time::Duration;

use advocaatcentraal_tribe::relation::RelatieId;
use advocaatcentraal_tribe::settings::name;
use advocaatcentraal_tribe::setup;
use advocaatcentraal_tribe::sync::records::{self, RecordId};
use advocaatcentraal_tribe::sync::{Budget, Stop, release_brake, retry_letters, take_back};
use advocaatcentraal_tribe::wording::{Code, Why};
use sandbox::advocaatcentraal::List;
use serde_json::json;
use tests::World;
use tests::invariants::all_differences;
use tests::support::{edit_relatie, relation_in_ac, relation_of, synced_company, synced_person};

const AMPLE: Budget = Budget { time: Duration::from_secs(600), requests: 10_000 };
const TO_AC: &str = "to-advocaatcentraal";
const TO_TRIBE: &str = "to-tribe";

fn settled(seed: u64) -> World {
    let world = World::new(seed, 60);
    world.initial_sync().unwrap();
    world.settle().unwrap();
    world
}

fn marker(id: &str) -> String {
    format!("ac:12345:relatie:{id}")
}

/// Edits of one company: its telephone number in Tribe, its website in AC, and its e-mail address in both.
fn edit_both_sides(world: &World, id: &str) {
    world.edit_in_tribe(&marker(id), &json!({"PhoneNumber": "020 555 02 02", "EmailAddress": "tribe@kanarie.example"}));
    edit_relatie(world, id, json!({"website": "www.ekster.example", "email": "ac@kanarie.example"}));
}

fn waiting(world: &World) -> Vec<String> {
    let paused = all_differences(world).unwrap().into_iter().filter(|of| of.why == Why::DirectionPaused);
    let mut fields: Vec<String> = paused.filter_map(|of| of.field.map(|field| field.to_string())).collect();
    fields.sort();
    fields
}

#[test]
fn while_nothing_goes_to_ac_the_other_direction_goes_on_and_edits_of_tribe_wait() {
    let world = settled(1);
    let id = synced_company(&world);
    world.set(name::PAUSED_DIRECTION, TO_AC);
    let before = world.writes().0;
    edit_both_sides(&world, &id);
    let told = world.poll().unwrap();
    assert!(told.codes().contains(&"to-advocaatcentraal-paused"), "{:?}", told.codes());
    world.settle().unwrap();
    world.sweep().unwrap();
    assert_eq!(world.writes().0, before, "AC got nothing");
    assert!(relation_of(&world, &id, "Website").contains("ekster"), "Tribe got what changed in AC");
    assert_eq!(waiting(&world), ["organisatie.telefoonnummer"]);
    world.set(name::PAUSED_DIRECTION, "");
    world.settle().unwrap();
    assert_eq!(relation_in_ac(&world, &id)["telefoonnummer"], "020 555 02 02");
    assert_eq!(waiting(&world), [] as [&str; 0]);
    world.assert_same();
}

#[test]
fn while_nothing_goes_to_tribe_edits_there_go_on_and_what_changes_in_ac_waits() {
    let world = settled(2);
    let id = synced_company(&world);
    world.set(name::PAUSED_DIRECTION, TO_TRIBE);
    let before = world.writes().1;
    edit_both_sides(&world, &id);
    let told = world.poll().unwrap();
    assert!(told.codes().contains(&"to-tribe-paused"), "{:?}", told.codes());
    world.settle().unwrap();
    world.sweep().unwrap();
    assert_eq!(world.writes().1, before, "Tribe got nothing");
    assert_eq!(relation_in_ac(&world, &id)["telefoonnummer"], "020 555 02 02", "AC got what changed in Tribe");
    let waits = waiting(&world);
    assert!(waits.contains(&"organisatie.website".to_owned()), "{waits:?}");
    world.set(name::PAUSED_DIRECTION, "");
    world.settle().unwrap();
    assert!(relation_of(&world, &id, "Website").contains("ekster"));
    assert_eq!(relation_of(&world, &id, "EmailAddress"), "ac@kanarie.example", "AC wins where both sides were changed");
    assert_eq!(waiting(&world), [] as [&str; 0]);
    world.assert_same();
}

#[test]
fn what_is_born_changed_emptied_or_archived_in_ac_while_tribe_gets_nothing_is_there_afterwards() {
    let world = settled(3);
    let (id, person) = (synced_company(&world), synced_person(&world));
    world.set(name::PAUSED_DIRECTION, TO_TRIBE);
    let before = world.writes().1;
    edit_relatie(&world, &id, json!({"website": ""}));
    world.edit_in_ac(List::Contactpersonen, &person, |fields| {
        drop(fields.insert("voornamen".into(), "Wilhelmina".into()))
    });
    let fields = json!({"soort": "bedrijf", "bedrijfsnaam": "De Nieuwe Reiger B.V.", "relatietypen": ["client"], "status": "actief"});
    let born = world.ac.borrow_mut().add_relatie(world.now(), fields.as_object().unwrap().clone());
    for _ in 0..3 {
        world.poll().unwrap();
        world.wait(Duration::from_secs(300));
    }
    assert_eq!(world.writes().1, before);
    world.set(name::PAUSED_DIRECTION, "");
    world.settle().unwrap();
    assert_eq!(relation_of(&world, &born, "Name"), "De Nieuwe Reiger B.V.");
    world.assert_same();
}

#[test]
fn what_a_person_asks_for_writes_nothing_to_a_side_that_is_paused_and_says_so() {
    let world = settled(4);
    let id = synced_company(&world);
    edit_relatie(&world, &id, json!({"telefoonnummer": "020 555 03 03"}));
    world.set(name::PAUSED_DIRECTION, TO_TRIBE);
    let (before, settings) = (world.writes().1, world.read_settings());
    let record = RecordId::Relatie(RelatieId::new(&*id));
    let says = |outcome: advocaatcentraal_tribe::sync::Outcome| {
        assert!(outcome.notes.iter().any(|note| note.code == Code::ToTribePaused), "{outcome:?}");
    };
    world.edit_in_tribe(&marker(&id), &json!({"Website": "www.ekster.example"}));
    says(records::resync(world.ports(), &settings, AMPLE, &record).unwrap());
    assert!(relation_in_ac(&world, &id)["website"].to_string().contains("ekster"), "the other direction is open");
    says(records::make_anew(world.ports(), &settings, AMPLE, &record).unwrap());
    says(retry_letters(world.ports(), &settings, &Default::default(), AMPLE).unwrap());
    let refused = world.initial_sync().unwrap_err().error;
    assert!(matches!(&refused, Stop::Settings(problems) if problems[0].code == Code::ToTribePaused), "{refused:?}");
    assert_eq!(world.writes().1, before);
}

#[test]
fn a_check_tells_which_direction_is_paused_and_a_word_that_is_none_is_refused() {
    let world = settled(5);
    for (word, code) in [(TO_AC, Code::ToAdvocaatCentraalPaused), (TO_TRIBE, Code::ToTribePaused)] {
        world.set(name::PAUSED_DIRECTION, word);
        let findings = setup::check(world.ports(), &world.read_settings(), None).unwrap();
        assert!(findings.iter().any(|finding| finding.code == code.into()), "{word}");
    }
    world.set(name::PAUSED_DIRECTION, "both");
    let problems = advocaatcentraal_tribe::settings::Settings::read(|name| world.settings.borrow().get(name).cloned());
    assert_eq!(problems.unwrap_err()[0].setting, name::PAUSED_DIRECTION);
}

#[test]
fn a_decision_on_a_brake_that_a_paused_direction_holds_up_is_not_taken_and_the_brake_stays_on() {
    for (direction, decision) in [(TO_AC, "take back"), (TO_TRIBE, "take back"), (TO_TRIBE, "release")] {
        let world = settled(6);
        // Emptied in AC in too many records: Tribe would lose them.
        let ids: Vec<String> = {
            let ac = world.ac.borrow();
            ac.relaties().map(|(id, _)| id.to_owned()).collect()
        };
        ids.iter().for_each(|id| edit_relatie(&world, id, json!({"telefoonnummer": null})));
        world.settle().unwrap();
        let numbers = || -> Vec<u64> {
            let brakes = records::brakes(world.ports(), &world.read_settings()).unwrap();
            brakes.into_iter().map(|(number, ..)| number).collect()
        };
        let on = numbers();
        assert!(!on.is_empty(), "the brake is on");
        world.set(name::PAUSED_DIRECTION, direction);
        let (before, settings) = (world.writes(), world.read_settings());
        for number in &on {
            let outcome = match decision {
                "release" => release_brake(world.ports(), &settings, AMPLE, Some(*number)),
                _ => take_back(world.ports(), &settings, AMPLE, *number),
            };
            let notes = outcome.unwrap().notes;
            let paused = [Code::ToAdvocaatCentraalPaused, Code::ToTribePaused];
            assert!(notes.iter().any(|note| paused.contains(&note.code)), "{direction} {decision}: {notes:?}");
        }
        world.poll().unwrap();
        assert_eq!((numbers(), world.writes()), (on, before), "{direction} {decision}");
    }
}
