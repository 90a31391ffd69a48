//! A crash in what a person asked for once. Nobody asks again: the next polls bring what was begun to its end.

use std::time::Duration;

use advocaatcentraal_tribe::relation::RelatieId;
use advocaatcentraal_tribe::sync::records::{self, RecordId, RecordState};
use serde_json::json;
use tests::World;
use tests::references::LEASE;
use tests::support::edit_relatie;

const COMPANY: &str = "1001";

fn company() -> RecordId {
    RecordId::Relatie(RelatieId::new(COMPANY))
}

fn is_linked(world: &World) -> bool {
    let told = records::explain(world.ports(), &world.read_settings(), world.budget.get(), &company()).unwrap();
    told.state == RecordState::Linked
}

fn stands(world: &World, marker: &str) -> bool {
    !world.tribe.borrow().find_by_import_id(marker).is_empty()
}

/// A company that a user of Tribe removed, and a new contact person of AC's who waits for it. Gives that person's id.
fn waiting_for_what_is_gone(world: &World) -> String {
    world.initial_sync().unwrap();
    world.settle().unwrap();
    world.delete_in_tribe("ac:12345:relatie:1001");
    edit_relatie(world, COMPANY, json!({"telefoonnummer": "020 555 10 08"}));
    world.settle().unwrap();
    let fields = json!({"voornamen": "Eva", "achternaam": "Voorbeeld", "adressen": [],
        "koppelingen": [{"relatie_id": COMPANY, "functie": "Directeur", "doorkiesnummer": null}]});
    let person = world.ac.borrow_mut().add_contactpersoon(world.now(), fields.as_object().unwrap().clone());
    world.settle().unwrap();
    // No list shows the company any more.
    world.wait(Duration::from_secs(2 * 60 * 60));
    world.poll().unwrap();
    person
}

#[test]
fn whoever_waits_for_an_organisation_that_is_made_anew_is_made_though_the_process_ends_after_it() {
    let mut linked = 0;
    for point in 1.. {
        let world = World::new(3, 13);
        let person = format!("ac:12345:contactpersoon:{}", waiting_for_what_is_gone(&world));
        assert!(!stands(&world, &person), "it waits");
        world.faults.crash_after(point);
        // A process that has ended returns no outcome.
        let _ = records::make_anew(world.ports(), &world.read_settings(), world.budget.get(), &company());
        if !world.faults.is_dead() {
            break;
        }
        world.faults.restart();
        world.wait(LEASE);
        world.poll().unwrap();
        world.poll().unwrap();
        if is_linked(&world) {
            linked += 1;
            assert!(stands(&world, &person), "after a crash at {point}");
        }
    }
    assert!(linked > 0, "the company is linked at some of these points");
}
