//! The compiled component in the simulation: the same calls as the native build, seed by seed.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use advocaatcentraal_tribe::link::Subject;
use advocaatcentraal_tribe::relation::RelatieId;
use advocaatcentraal_tribe::sync::Budget;
use advocaatcentraal_tribe::sync::records::{RecordId, Which};
use serde_json::json;
use tests::connector::Connector;
use tests::faults::Kind;
use tests::simulation::{Scenario, Speaks, compare};
use tests::support::{edit_relatie, synced_company};
use tests::{Engine, World};

/// After so long no new seed begins, however slow the machine.
const TIME: Duration = Duration::from_secs(30);
const SEEDS: u64 = 60;
/// So many are compared on every machine.
const AT_LEAST: u64 = 5;

const AMPLE: Budget = Budget { time: Duration::from_secs(240), requests: 100_000 };

fn must_be_the_same(scenario: &Scenario) {
    if let Err(difference) = compare(scenario) {
        panic!("{difference}\ncargo run --release -p tests --bin simulate -- --engine both --scenario '{scenario}'");
    }
}

#[test]
fn the_component_and_the_native_engine_make_the_same_calls() {
    let began = Instant::now();
    for seed in 1..=SEEDS {
        if seed > AT_LEAST && began.elapsed() > TIME {
            break;
        }
        must_be_the_same(&Scenario::of_seed(seed));
    }
}

#[test]
fn a_process_that_ends_anywhere_leaves_the_same_behind() {
    for kind in [Kind::CrashAtWrite, Kind::CrashAtRequest] {
        let faults = BTreeMap::from([(kind, kind.usual_rate() * 10), (Kind::TinySlices, 5_000)]);
        must_be_the_same(&Scenario {
            speaks: Speaks::Assumed,
            seed: 4,
            relations: 8,
            cycles: 4,
            edits: 3,
            quirks: BTreeSet::new(),
            faults,
        });
    }
}

/// What the contract carries of a subject: not which kind of relation it is.
fn as_told(subject: &Subject) -> (bool, String) {
    (matches!(subject, Subject::ContactPerson(_)), subject.id().to_owned())
}

/// A day of a person at the settings page: every function that is not a walk, with its answer in words.
fn answers(world: &World, connector: &dyn Connector) -> Vec<String> {
    let mut told = Vec::new();
    let check = connector.check(world);
    told.push(format!("{check:?}"));
    let (of_ac, of_tribe) = connector.relation_types(world).unwrap();
    let names = of_tribe.iter().map(|one| one.name.clone().unwrap_or_else(|| one.relation_type.key()));
    told.push(format!("{of_ac:?} {:?}", names.collect::<Vec<_>>()));
    told.push(format!("{:?}", of_tribe.iter().map(|one| (one.for_organisations, one.for_persons)).collect::<Vec<_>>()));
    let preview = connector.preview(world, AMPLE).unwrap();
    let notes = preview.notes.iter().map(|note| (note.code, note.subject.as_ref().map(as_told), &note.field));
    told.push(format!("{:?} {:?} {:?}", preview.mapped, preview.unmapped, notes.collect::<Vec<_>>()));
    let alike = preview.possible_duplicates.iter().map(|one| (as_told(&one.subject), &one.tribe, one.by));
    told.push(format!("{:?}", alike.collect::<Vec<_>>()));
    world.initial_sync().unwrap();
    let id = synced_company(world);
    let company = RecordId::Relatie(RelatieId::new(id.as_str()));
    edit_relatie(world, &id, json!({"bedrijfsnaam": "Kanarie en Zonen", "telefoonnummer": "020 5550100"}));
    let explained = connector.explain(world, &company).unwrap();
    told.push(format!("{:?} {:?} {:?}", explained.state, explained.linked, explained.differing));
    told.push(format!("{:?}", connector.resync(world, &company, AMPLE).map(|outcome| outcome.counts)));
    told.push(format!(
        "{:?}",
        connector.undo(world, &Which::One("7".to_owned()), false, AMPLE).map(|outcome| outcome.counts)
    ));
    told.push(format!("{:?}", connector.kept(world).unwrap()));
    let letters = connector.dead_letters(world).unwrap();
    told.push(format!(
        "{:?}",
        letters.iter().map(|(subject, letter)| (as_told(subject), &letter.code)).collect::<Vec<_>>()
    ));
    told.push(format!("{:?}", connector.forget(world, &company)));
    told.push(format!("{:?}", connector.explain(world, &company).map(|explained| explained.state)));
    told.push(format!("{:016x} {:?}", world.watch.log(), world.writes()));
    told
}

#[test]
fn the_settings_page_hears_the_same_of_both() {
    let [native, component] = Engine::ALL.map(|engine| {
        let world = World::new(3, 20);
        world.engine.set(engine);
        answers(&world, engine.connector())
    });
    assert_eq!(native, component);
    // Both must say something.
    assert!(native.iter().any(|line| line.contains("Linked")) && native.iter().any(|line| line.contains("Forgotten")));
}
