//! Calls that the connector must never make.

use super::{Broken, Invariant, broken};
use crate::World;

/// I1: nothing is deleted on either side, but for Tribe's webhooks.
pub fn no_deletes(world: &World) -> Option<Broken> {
    let (ac, tribe) = (world.ac.borrow(), world.tribe.borrow());
    let mut calls = ac.counters().calls().keys().chain(tribe.counters().calls().keys());
    let deletes =
        calls.any(|(method, set)| method == "DELETE" && set != "webhooks") || tribe.counters().violations() > 0;
    deletes.then(|| broken(Invariant::I1, "a call that must never be made"))
}

/// I2: nothing is created in AC, but for the session of a register that wants one.
pub fn no_creates_in_ac(world: &World) -> Option<Broken> {
    let ac = world.ac.borrow();
    let creates = ac.counters().calls().keys().any(|(method, set)| method == "POST" && set != "session")
        || ac.counters().violations() > 0;
    creates.then(|| broken(Invariant::I2, "a create in AC"))
}
