//! A crash at every write to the store and at every request of thirty-odd reference scenarios: whoever takes over
//! ends in the same state as if nothing had happened, and nothing is made twice.
//!
//! A process can end only where something durable happened or may have: a crash before that is one after the step
//! before it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod a_crash_anywhere_in;
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

/// The one window that nobody can close: Tribe has spent the refresh token, and the process ended before it could store
/// what came in its place. Not without a refresh, and not at any other point.
fn unavoidable(world: &World) -> Login {
    let cut = world.faults.count(Kind::CrashAtRequest) > 0 && *world.watch.last_call.borrow() == "/oauth2/token";
    if cut && world.login_state() == Some(LoginState::Renewable) { Login::GivenAnew } else { Login::Held }
}

/// Refreshes that Tribe carried out so far; a login with client credentials has none.
fn refreshes(world: &World) -> u64 {
    let key = ("POST".to_owned(), "oauth2/token".to_owned());
    let calls = world.tribe.borrow().counters().calls().get(&key).copied().unwrap_or_default();
    if world.login_state() == Some(LoginState::Renewable) { calls } else { 0 }
}

/// Crashes the work of one reference at every point.
fn crash_everywhere(reference: &Reference) {
    let clean = prepared(reference);
    let before = refreshes(&clean);
    assert_eq!(reference.work_until_done(&clean), Login::Held, "{}: without a crash", reference.name);
    let points = clean.faults.events();
    let windows = refreshes(&clean) - before;
    let mut logins = 0;
    assert!(points > 0, "{} does nothing durable", reference.name);
    let expected = at_rest(&clean);
    for point in 1..=points {
        let world = prepared(reference);
        world.faults.crash_after(point);
        // Nobody hears what a process says after its end.
        let _ = (reference.work)(&world);
        assert!(world.faults.is_dead(), "{}: the crash at {point} of {points} did not come", reference.name);
        world.faults.restart();
        let unavoidable = unavoidable(&world);
        world.wait(LEASE);
        let login = reference.work_until_done(&world);
        logins += u64::from(login == Login::GivenAnew);
        assert_eq!(login, unavoidable, "{}: after a crash at {point} of {points}", reference.name);
        let found = at_rest(&world);
        let difference = expected.difference(&found);
        assert_eq!(difference, None, "{}: after a crash at {point} of {points}", reference.name);
    }
    assert_eq!(logins, windows, "{}: one window for each refresh", reference.name);
    eprintln!("{points} points, {windows} of them refreshes");
}
