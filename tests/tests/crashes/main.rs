//! A crash at every write to the store and at every request of thirty-odd reference scenarios: whoever takes over
//! ends in the same state as if nothing had happened, and nothing is made twice.
//!
//! A process can end only where something durable happened or may have: a crash before that is one after the step
//! before it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod a_crash_anywhere_in;
mod snapshot;

use std::time::Duration;

use a_crash_anywhere_in::Reference;
use snapshot::{Snapshot, snapshot};
use tests::World;

/// A host waits so long before it takes over.
const LEASE: Duration = Duration::from_secs(150);
/// Longer than any pause before a record is tried again.
const QUIET: Duration = Duration::from_secs(2 * 60 * 60);

fn prepared(reference: &Reference) -> World {
    let world = (reference.world)();
    (reference.prepare)(&world);
    world.faults.count_events();
    world
}

fn at_rest(world: &World) -> Snapshot {
    for _ in 0..3 {
        world.wait(QUIET);
        world.poll().unwrap();
    }
    let before = world.writes();
    world.poll().unwrap();
    assert_eq!(world.writes(), before, "an idle poll writes");
    assert_eq!(world.violations(), 0);
    let comparison = world.compare();
    assert!(comparison.is_equal(), "{comparison}");
    snapshot(world)
}

/// As a host does it: a call that is refused or stopped is made again.
fn work_until_done(reference: &Reference, world: &World) {
    for _ in 0..5 {
        match (reference.work)(world) {
            Ok(()) => return,
            Err(_) => world.wait(LEASE),
        }
    }
    panic!("{}: the work does not end", reference.name);
}

/// Crashes the work of one reference at every point.
fn crash_everywhere(reference: &Reference) {
    let clean = prepared(reference);
    work_until_done(reference, &clean);
    let points = clean.faults.events();
    assert!(points > 0, "{} does nothing durable", reference.name);
    let expected = at_rest(&clean);
    for point in 1..=points {
        let world = prepared(reference);
        world.faults.crash_after(point);
        // Nobody hears what a process says after its end.
        let _ = (reference.work)(&world);
        assert!(world.faults.is_dead(), "{}: the crash at {point} of {points} did not come", reference.name);
        world.faults.restart();
        world.wait(LEASE);
        work_until_done(reference, &world);
        let found = at_rest(&world);
        let difference = expected.difference(&found);
        assert_eq!(difference, None, "{}: after a crash at {point} of {points}", reference.name);
    }
    eprintln!("{points} points");
}
