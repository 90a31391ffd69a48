//! What must hold, whatever goes wrong: I1–I18 of the project's list.
//!
//! I5, I7, I8, I13, I18 and a part of I9 are checked at every call and write as it happens (`world::watch`), the others
//! here: after a slice, between cycles or at rest. What an invariant accepts against its bare sentence is an
//! [`Excuse`], and is counted.

mod calls;
mod differences;
mod edits;
mod excuse;
mod otherwise;
mod progress;
mod records;
mod secrecy;

use std::fmt;

pub use calls::{no_creates_in_ac, no_deletes};
pub use differences::{all_differences, what_differs_is_told};
pub use edits::every_edit_is_kept;
pub use excuse::Excuse;
pub(crate) use otherwise::{is_altered_in_ac, is_altered_in_tribe};
pub use progress::{Remembered, counters_add_up, cursors_only_rise, writes_are_told};
pub use records::{both_say_the_same, never_twice_in_tribe, nothing_in_tribe_that_must_not_be};
pub use secrecy::{nothing_is_kept, nothing_is_shown, nothing_is_told};

use advocaatcentraal_tribe::sync::{Outcome, Stopped};

use crate::World;

/// One of the things that must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Invariant {
    /// Nothing is deleted on either side.
    I1,
    /// Nothing is created in AC.
    I2,
    /// At most one Tribe record per marker.
    I3,
    /// No record exists in Tribe that must not be there.
    I4,
    /// No value on either side that no user wrote.
    I5,
    /// Every edit is on both sides, in a conflict, or has another excuse.
    I6,
    /// The connector never clears a field that a side leaves out.
    I7,
    /// The connector never writes what is not synced.
    I8,
    /// A cursor only rises, and never past the server's clock nor past an outcome that is not durable. The last is
    /// watched at every write to the store.
    I9,
    /// The counters add up.
    I10,
    /// No secret and no personal data outside the store and the two systems.
    I11,
    /// One office never touches another's.
    I12,
    /// No call during a Retry-After.
    I13,
    /// At rest both sides say the same, and nothing more is written.
    I14,
    /// Every call ends, and with an answer that a host can act on.
    I15,
    /// The same seed gives the same run.
    I16,
    /// At rest what differs is told and explained, and nothing else is.
    I17,
    /// The owner of a Tribe record is stored before the link that names it.
    I18,
}

/// An invariant that was broken, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Which.
    pub invariant: Invariant,
    /// How. It may hold invented test data.
    pub what: String,
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.invariant, self.what)
    }
}

/// The checks after each slice.
pub fn after_slice(world: &World, result: &Result<Outcome, Stopped>, remembered: &mut Remembered) -> Vec<Broken> {
    let mut broken = world.watch.take_broken();
    broken.extend(no_deletes(world));
    broken.extend(no_creates_in_ac(world));
    broken.extend(counters_add_up(match result {
        Ok(outcome) => outcome,
        Err(stopped) => &stopped.partial,
    }));
    broken.extend(cursors_only_rise(world, remembered));
    broken.extend(nothing_is_told(world, result));
    broken
}

/// The checks between cycles.
pub fn between_cycles(world: &World) -> Vec<Broken> {
    let mut broken: Vec<Broken> = never_twice_in_tribe(world).into_iter().collect();
    broken.extend(nothing_in_tribe_that_must_not_be(world));
    broken.extend(nothing_is_kept(world));
    broken
}

/// The checks when both systems have come to rest.
pub fn at_rest(world: &World) -> Vec<Broken> {
    let mut broken = between_cycles(world);
    broken.extend(both_say_the_same(world));
    broken.extend(every_edit_is_kept(world));
    broken
}

fn broken(invariant: Invariant, what: impl Into<String>) -> Broken {
    Broken { invariant, what: what.into() }
}
