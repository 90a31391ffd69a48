//! The runs whose trails are compared: seeds of the simulation, the reference scenarios, and a crash at every point of
//! each.

use crate::World;
use crate::references::{self, LEASE, Reference, come_to_rest};
use crate::simulation::{self, Scenario, Voice};
use crate::trail::follow;

/// Seeds of the simulation, from 1 on.
const SEEDS: u64 = 500;

/// One run.
#[derive(Clone, Copy)]
pub enum Run {
    /// A seed of the simulation.
    Seed(u64),
    /// A reference scenario without faults.
    Reference(&'static Reference),
    /// A reference scenario whose process ends at that point; another process goes on.
    Crash(&'static Reference, u64),
}

impl Run {
    /// Its name; [`named`] finds it by that.
    pub fn name(&self) -> String {
        match self {
            Self::Seed(seed) => format!("seed-{seed}"),
            Self::Reference(reference) => reference.name.to_owned(),
            Self::Crash(reference, point) => format!("{}@{point}", reference.name),
        }
    }

    /// Its trail.
    pub fn trail(&self) -> Vec<String> {
        match *self {
            Self::Seed(seed) => follow(|| drop(simulation::run(&Scenario::of_seed(seed), Voice::Silent))),
            Self::Reference(reference) => {
                let world = prepared(reference);
                follow(|| {
                    reference.work_until_done(&world);
                    come_to_rest(&world);
                })
            }
            Self::Crash(reference, point) => {
                let world = prepared(reference);
                world.faults.crash_after(point);
                follow(|| {
                    // A process that has ended returns no outcome.
                    let _ = (reference.work)(&world);
                    world.faults.restart();
                    world.wait(LEASE);
                    reference.work_until_done(&world);
                    come_to_rest(&world);
                })
            }
        }
    }
}

fn prepared(reference: &Reference) -> World {
    let world = reference.prepared();
    world.faults.count_events();
    world
}

/// Every run that is compared.
pub fn all() -> Vec<Run> {
    let mut runs: Vec<Run> = (1..=SEEDS).map(Run::Seed).collect();
    for reference in references::ALL {
        runs.push(Run::Reference(reference));
        let world = prepared(reference);
        reference.work_until_done(&world);
        runs.extend((1..=world.faults.events()).map(|point| Run::Crash(reference, point)));
    }
    runs
}

/// The run of that name.
pub fn named(name: &str) -> Option<Run> {
    if let Some(seed) = name.strip_prefix("seed-") {
        return seed.parse().ok().map(Run::Seed);
    }
    let (name, point) = name.split_once('@').map_or((name, None), |(name, point)| (name, Some(point)));
    let reference = references::ALL.iter().find(|reference| reference.name == name)?;
    match point {
        None => Some(Run::Reference(reference)),
        Some(point) => point.parse().ok().map(|point| Run::Crash(reference, point)),
    }
}
