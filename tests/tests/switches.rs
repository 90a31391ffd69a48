//! Every reference scenario under every single quirk of Tribe, and under mixes of them.
//!
//! `cargo test` runs a bounded number of mixes; the binary `simulate` draws as many as it is asked for.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    missing_docs
)]

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use tests::references::{self, Reference, come_to_rest};
use tests::simulation::{Quirk, Scenario};

/// After so long no new mix begins, however slow the machine.
const TIME: Duration = Duration::from_secs(15);
const MIXES: u64 = 200;
/// The most seeds of the simulation that `cargo test` runs.
const SEEDS: u64 = 400;

/// Prints the reference and the quirks first, so that a failure shows them.
fn must_hold(reference: &Reference, quirks: &[Quirk]) {
    println!("{} under {quirks:?}", reference.name);
    let world = reference.prepared_under(quirks);
    reference.work_until_done(&world);
    come_to_rest(&world);
}

#[test]
fn every_reference_holds_under_every_single_switch() {
    let quirks: Vec<Quirk> = Quirk::of_tribe().collect();
    std::thread::scope(|scope| {
        for some in quirks.chunks(quirks.len().div_ceil(4)) {
            scope.spawn(move || {
                for quirk in some {
                    references::ALL.iter().for_each(|reference| must_hold(reference, &[*quirk]));
                }
            });
        }
    });
}

#[test]
fn every_reference_holds_under_mixes_of_switches() {
    let began = Instant::now();
    let mut mixes = 0;
    for seed in 1..=MIXES {
        if began.elapsed() > TIME {
            break;
        }
        let mut random = fastrand::Rng::with_seed(seed);
        let count = random.usize(2..7);
        let mix = random.choose_multiple(Quirk::of_tribe(), count);
        for reference in references::ALL {
            must_hold(reference, &mix);
        }
        mixes += 1;
    }
    eprintln!("{mixes} mixes of {} switches, {} references each", Quirk::of_tribe().count(), references::ALL.len());
}

#[test]
fn the_simulation_draws_every_switch_and_mixes_of_them() {
    let mut drawn: BTreeMap<Quirk, u64> = BTreeMap::new();
    let mut mixes: BTreeSet<BTreeSet<Quirk>> = BTreeSet::new();
    for scenario in (1..=SEEDS).map(Scenario::of_seed) {
        scenario.quirks.iter().for_each(|quirk| *drawn.entry(*quirk).or_default() += 1);
        if scenario.quirks.len() > 1 {
            mixes.insert(scenario.quirks);
        }
    }
    let seldom: Vec<_> = Quirk::ALL.iter().filter(|quirk| drawn.get(quirk).is_none_or(|seeds| *seeds < 5)).collect();
    assert!(seldom.is_empty(), "drawn in fewer than five seeds: {seldom:?}");
    assert!(mixes.len() > 100, "{} mixes", mixes.len());
}

#[test]
fn a_failing_scenario_prints_its_mix() {
    let scenario = (1..).map(Scenario::of_seed).find(|scenario| scenario.quirks.len() > 2).unwrap();
    let printed = scenario.to_string();
    for quirk in &scenario.quirks {
        assert!(printed.contains(serde_json::to_string(quirk).unwrap().as_str()), "{quirk:?} is not in {printed}");
    }
}
