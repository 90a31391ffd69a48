//! Makes a failing scenario smaller: leaves out whatever it fails without.

use super::{Scenario, Voice, run};
use crate::invariants::Invariant;

/// The smallest scenario that still breaks that invariant, as far as `most_runs` runs find it.
pub fn minimise(scenario: &Scenario, invariant: Invariant, most_runs: u32) -> Scenario {
    let mut smallest = scenario.clone();
    let mut runs = 0;
    loop {
        let mut progress = false;
        for candidate in smaller(&smallest) {
            if runs >= most_runs {
                return smallest;
            }
            runs += 1;
            if run(&candidate, Voice::Silent).broken.iter().any(|broken| broken.invariant == invariant) {
                smallest = candidate;
                progress = true;
                break;
            }
        }
        if !progress {
            return smallest;
        }
    }
}

/// Every scenario that is one step smaller, the largest steps first.
fn smaller(scenario: &Scenario) -> Vec<Scenario> {
    let mut candidates = Vec::new();
    let mut with = |change: &dyn Fn(&mut Scenario)| {
        let mut candidate = scenario.clone();
        change(&mut candidate);
        if candidate != *scenario {
            candidates.push(candidate);
        }
    };
    for kind in scenario.faults.keys() {
        with(&|smaller| smaller.faults.retain(|of, _| of != kind));
    }
    for quirk in &scenario.quirks {
        with(&|smaller| smaller.quirks.retain(|of| of != quirk));
    }
    with(&|smaller| smaller.relations = (smaller.relations / 2).max(1));
    with(&|smaller| smaller.cycles = (smaller.cycles / 2).max(1));
    with(&|smaller| smaller.edits /= 2);
    with(&|smaller| smaller.relations = smaller.relations.saturating_sub(1).max(1));
    with(&|smaller| smaller.cycles = smaller.cycles.saturating_sub(1).max(1));
    with(&|smaller| smaller.edits = smaller.edits.saturating_sub(1));
    candidates
}
