//! A run: builds the world of a scenario, drives it, and sums up what happened.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use advocaatcentraal_tribe::relation::RelatieId;
use advocaatcentraal_tribe::sync::records::RecordId;
use advocaatcentraal_tribe::sync::{self, Trial};
use advocaatcentraal_tribe::wording::Tried;
use sandbox::advocaatcentraal::{List, Stamps, Variants, Wire};
use sandbox::tribe::Character;
use serde_json::json;

use super::driver::Driver;
use super::{Quirk, Scenario, Speaks};
use crate::faults::Kind;
use crate::invariants::{Broken, Excuse};
use crate::{Engine, Step, World};

/// Ten past two in Amsterdam, fifty minutes before the clocks go back: 25 October 2026.
const AUTUMN: u64 = 1_792_887_000_000;
/// Ten past one in Amsterdam, fifty minutes before the clocks go forward: 29 March 2026.
const SPRING: u64 = 1_774_743_000_000;

/// So often a person tries a dialect before the world is to blame.
const MOST_TRIALS: u32 = 200;

/// The result of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The invariants that were broken, in the order of discovery.
    pub broken: Vec<Broken>,
    /// How often each kind of fault struck.
    pub fired: BTreeMap<Kind, u64>,
    /// How often each excuse was given.
    pub excused: BTreeMap<Excuse, u64>,
    /// How many slices the connector ran.
    pub slices: u64,
    /// How many requests it made.
    pub requests: u64,
    /// How much virtual time passed.
    pub time: Duration,
    /// Two runs have the same only if every call and the whole state were the same.
    pub fingerprint: u64,
}

/// Whether a run prints every step on standard error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Voice {
    /// It does.
    Aloud,
    /// It does not.
    Silent,
}

/// Runs a scenario to its end, or until something is broken.
pub fn run(scenario: &Scenario, voice: Voice) -> Run {
    run_on(Engine::Native, scenario, voice)
}

/// Runs a scenario with that build of the connector.
pub fn run_on(engine: Engine, scenario: &Scenario, voice: Voice) -> Run {
    let world = build_world(scenario);
    world.engine.set(engine);
    world.watch.aloud.set(voice == Voice::Aloud);
    run_in(&world, scenario)
}

/// Runs a scenario and returns every step.
pub(super) fn steps_of(engine: Engine, scenario: &Scenario) -> Vec<Step> {
    let world = build_world(scenario);
    world.engine.set(engine);
    world.watch.keep_steps();
    run_in(&world, scenario);
    world.watch.take_steps()
}

fn run_in(world: &World, scenario: &Scenario) -> Run {
    let began = world.now().as_millis();
    let mut driver = Driver::new(world, scenario);
    driver.all_cycles();
    if driver.broken.is_empty() {
        driver.come_to_rest();
    }
    let Driver { broken, slices, .. } = driver;
    let mut state = DefaultHasher::new();
    world.store.dump().hash(&mut state);
    world.watch.log().hash(&mut state);
    Run {
        broken,
        fired: world.faults.fired(),
        excused: world.watch.excused(),
        slices,
        requests: world.watch.requests(),
        time: Duration::from_millis(world.now().as_millis() - began),
        fingerprint: state.finish(),
    }
}

/// A person tries the office's dialect with a relation, again where the world stood in the way, with another where one does
/// not tell, and says that what AC sets by itself may change.
pub(super) fn try_dialect(world: &World) {
    let wire = world.ac.borrow().wire();
    if wire == Wire::Assumed {
        return;
    }
    let ids: Vec<String> = {
        let ac = world.ac.borrow();
        ac.relaties().map(|(id, _)| ac.known_as(List::Relaties, id)).collect()
    };
    let mut ids = ids.into_iter().cycle();
    let Some(mut id) = ids.next() else { return };
    let mut even_if_changed = false;
    let is_tried = (0..MOST_TRIALS).any(|_| {
        let blocked = world.watch.blocked_until().saturating_sub(world.now().as_millis());
        world.wait(Duration::from_millis(blocked));
        let record = RecordId::Relatie(RelatieId::new(id.as_str()));
        let trial = sync::try_dialect(world.ports(), &world.read_settings(), &record, even_if_changed);
        if world.faults.is_dead() {
            world.faults.restart();
        }
        if matches!(trial, Ok(Trial::Untold(_) | Trial::Gone)) {
            id = ids.next().unwrap_or_default();
        }
        let is_tried = trial.as_ref().is_ok_and(|trial| trial.holds(even_if_changed));
        even_if_changed |= matches!(trial, Ok(Trial::Untold(Tried::ChangedBefore)));
        is_tried
    });
    assert!(is_tried, "the dialect cannot be tried");
}

/// Where contact persons are written by their ids inside their relation, only one with two of them tells in a trial
/// whether the ids hold.
fn two_at_one_company(world: &World) {
    let (company, persons) = {
        let ac = world.ac.borrow();
        let company = ac.relaties().find(|(_, record)| record.current().text("soort") == "bedrijf");
        let persons: Vec<String> = ac.contactpersonen().take(2).map(|(id, _)| id.to_owned()).collect();
        (company.map(|(id, _)| id.to_owned()), persons)
    };
    for person in persons {
        let row = json!({"relatie_id": company, "functie": "Directeur", "doorkiesnummer": null});
        // It is there: it was listed just now.
        let _ = world.ac.borrow_mut().edit_contactpersoon(sandbox::Instant::START, &person, |fields| {
            fields.insert("koppelingen".to_owned(), json!([row]));
            fields.insert("status".to_owned(), "actief".into());
        });
    }
}

/// The world of a scenario, before anything has happened in it.
fn build_world(scenario: &Scenario) -> World {
    let mut variants = Variants::default();
    let mut character = Character::default();
    for quirk in &scenario.quirks {
        quirk.apply(&mut variants, &mut character);
    }
    let night = [(Kind::AutumnNight, AUTUMN), (Kind::SpringNight, SPRING)]
        .into_iter()
        .find(|(kind, _)| scenario.faults.contains_key(kind));
    if night.is_some() {
        variants.stamps = Stamps::Naive;
    }
    if scenario.faults.contains_key(&Kind::LateRows) {
        variants.late_visible = Duration::from_secs(8 * 60);
    }
    // A trial needs a company with two contact persons there.
    let relations = if scenario.speaks == Speaks::Bookkeeping { scenario.relations.max(4) } else { scenario.relations };
    let world = World::with(scenario.seed, relations, variants, character);
    let world = match scenario.speaks {
        Speaks::Assumed => world,
        Speaks::Practice => world.speaking(Wire::Practice, dialect::PRACTICE),
        Speaks::Bookkeeping => world.speaking(Wire::Bookkeeping, dialect::BOOKKEEPING),
        Speaks::Register => world.speaking(Wire::Register, dialect::REGISTER),
        Speaks::Ledger => world.speaking(Wire::Ledger, dialect::LEDGER),
    };
    if scenario.speaks == Speaks::Bookkeeping {
        two_at_one_company(&world);
    }
    // No fault is set yet.
    try_dialect(&world);
    if scenario.quirks.contains(&Quirk::ConsentLogin) {
        world.log_in_by_consent();
        // No fault is set yet, so this cannot fail.
        let _ = world.consent();
    }
    world.faults.set_rates(scenario.faults.clone());
    if let Some((kind, start)) = night {
        world.start_at(start);
        world.faults.hit(kind);
    }
    if scenario.faults.contains_key(&Kind::LateRows) {
        world.faults.hit(Kind::LateRows);
    }
    world
}
