//! A crash at every write to the store and at every request of the reference scenarios. The process that takes over
//! must end in the same state as without the crash, and must make nothing twice.
//!
//! Only writes and requests count as points: a crash between two of them leaves the same behind as one right after the
//! first. Where the machine loses power, what was written since the last request is lost as well: so much a host may keep
//! in memory.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod a_crash_anywhere_in;
mod asked_once;
mod owners;
mod snapshot;

use advocaatcentraal_tribe::tribe::LoginState;
use snapshot::{Snapshot, snapshot};
use tests::World;
use tests::faults::Kind;
use tests::references::{LEASE, Login, Reference, come_to_rest};

fn prepared(reference: &Reference) -> World {
    let world = reference.prepared();
    world.faults.count_events();
    world
}

fn at_rest(world: &World) -> Snapshot {
    come_to_rest(world);
    snapshot(world)
}

/// The one gap that no client can close: Tribe has spent the refresh token, and the process ended before it could store
/// the new one. A person must log in again only after a crash in that gap.
fn unavoidable(world: &World, ends: Ends) -> Login {
    let is_unstored = ends == Ends::Power || world.faults.count(Kind::CrashAtRequest) > 0;
    let cut = is_unstored && *world.watch.last_call.borrow() == "/oauth2/token";
    if cut && world.login_state() == Some(LoginState::Renewable) { Login::GivenAnew } else { Login::Held }
}

/// How many refreshes Tribe carried out; a login with client credentials has none.
fn refreshes(world: &World) -> u64 {
    let key = ("POST".to_owned(), "oauth2/token".to_owned());
    let calls = world.tribe.borrow().counters().calls().get(&key).copied().unwrap_or_default();
    if world.login_state() == Some(LoginState::Renewable) { calls } else { 0 }
}

/// What ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ends {
    Process,
    Power,
}

/// Crashes the work of one reference at every point, and cuts the power before every request that writes came before.
fn crash_everywhere(reference: &Reference) {
    let clean = prepared(reference);
    let before = refreshes(&clean);
    assert_eq!(reference.work_until_done(&clean), Login::Held, "{}: without a crash", reference.name);
    let points = clean.faults.events();
    let last_writes = clean.faults.last_writes();
    let windows = refreshes(&clean) - before;
    let mut logins = 0;
    assert!(points > 0, "{} does nothing durable", reference.name);
    let expected = at_rest(&clean);
    for point in 1..=points {
        logins += u64::from(crash_at(reference, &expected, Ends::Process, point) == Login::GivenAnew);
    }
    assert_eq!(logins, windows, "{}: one window for each refresh", reference.name);
    for point in &last_writes {
        crash_at(reference, &expected, Ends::Power, *point);
    }
    eprintln!("{points} points, {windows} of them refreshes; {} power cuts", last_writes.len());
}

/// One crash. The process that takes over must end as without it.
fn crash_at(reference: &Reference, expected: &Snapshot, ends: Ends, point: u64) -> Login {
    let world = prepared(reference);
    match ends {
        Ends::Process => world.faults.crash_after(point),
        Ends::Power => world.faults.cut_power_after(point),
    }
    // A process that has ended returns no outcome.
    let _ = (reference.work)(&world);
    assert!(world.faults.is_dead(), "{}: the crash at {point} did not come", reference.name);
    world.faults.restart();
    let unavoidable = unavoidable(&world, ends);
    world.wait(LEASE);
    let login = reference.work_until_done(&world);
    assert_eq!(login, unavoidable, "{}: after a crash at {point}", reference.name);
    let difference = expected.difference(&at_rest(&world));
    assert_eq!(difference, None, "{}: after a crash at {point}", reference.name);
    login
}
