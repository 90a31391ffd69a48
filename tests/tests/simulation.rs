//! A bounded number of seeds of the simulation. The binary `simulate` runs more.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use tests::faults::Kind;
use tests::simulation::{Quirk, Scenario, Speaks, Voice, run};

/// After so long no new seed begins, however slow the machine.
const TIME: Duration = Duration::from_secs(40);
const SEEDS: u64 = 400;

fn must_hold(scenario: &Scenario) {
    let run = run(scenario, Voice::Silent);
    let again = format!("cargo run --release -p tests --bin simulate -- --scenario '{scenario}'");
    assert!(run.broken.is_empty(), "{}\n{again}", run.broken.first().unwrap());
}

#[test]
fn everything_holds_under_faults_drawn_by_seed() {
    let began = Instant::now();
    for seed in 1..=SEEDS {
        if began.elapsed() > TIME {
            break;
        }
        must_hold(&Scenario::of_seed(seed));
    }
}

#[test]
fn every_scenario_that_ever_failed_holds() {
    for line in include_str!("../data/regressions.jsonl").lines() {
        must_hold(&serde_json::from_str(line).unwrap());
    }
}

#[test]
fn the_same_scenario_twice_is_the_same_run_call_by_call() {
    for seed in [3, 17, 91] {
        let scenario = Scenario::of_seed(seed);
        assert_eq!(run(&scenario, Voice::Silent), run(&scenario, Voice::Silent), "{scenario}");
    }
    let other = Scenario { relations: 7, ..Scenario::of_seed(3) };
    assert_ne!(run(&other, Voice::Silent).fingerprint, run(&Scenario::of_seed(3), Voice::Silent).fingerprint);
}

#[test]
fn every_kind_of_fault_strikes_when_it_is_asked_for() {
    for kind in Kind::ALL {
        let rate = (kind.usual_rate() * 20).min(10_000);
        let fired = (1..=4).map(|seed| {
            let scenario = Scenario {
                seed,
                relations: 30,
                cycles: 8,
                edits: 4,
                speaks: Speaks::Assumed,
                // Lists then have more than one page.
                quirks: [Quirk::SmallPages].into(),
                faults: BTreeMap::from([(*kind, rate)]),
            };
            // At such a rate a fault may break invariants; this test looks only at whether it strikes.
            run(&scenario, Voice::Silent).fired.get(kind).copied().unwrap_or(0)
        });
        assert!(fired.into_iter().any(|fired| fired > 0), "{kind} never strikes");
    }
}

#[test]
fn a_kind_is_found_by_its_name() {
    for kind in Kind::ALL {
        assert_eq!(Kind::named(kind.name()), Some(*kind));
    }
    let scenario = Scenario::of_seed(5);
    assert_eq!(serde_json::from_str::<Scenario>(&scenario.to_string()).unwrap(), scenario);
}
