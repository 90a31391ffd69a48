//! The brake before a mass clearing (F116).
//!
//! A system that loses a column, or shows it empty, looks like a user who emptied that field on every record: followed
//! to the letter, the sync would empty it on the other side as well. So where in one cycle (a poll with the pushes
//! since the last one, a sweep, a walk of the initial sync, each with all of its slices) more than [`PERCENT`] of the
//! linked records would lose a value that both sides had, nothing of it is written, and a person is asked.
//!
//! How many they are is known at the end of a cycle only. Until then every clearing is *pending*: it is left out of
//! the plan, so that the other fields of the record go on and the base of this one stays as it was, and its record is
//! remembered. When the cycle ends, either the remembered records are handled once more, clearings and all, or the
//! brake goes on; as soon as they are too many it does so at once, since a share only rises. While it is on no field is
//! cleared and nothing is remembered: what is to be cleared still differs from its base, and shows whenever both sides
//! are compared. When a person releases it, everything is compared once with clearings allowed. A push lets a handful
//! through at once, counted with the poll that follows.
//!
//! A crash anywhere does no harm. All of it is one value of the store, written before the place of the walk, as dead
//! letters are. A page that is read again finds the same records; a clearing that went through before its record was
//! struck off differs in nothing the next time; and a release that was cut off goes on with the next poll.
//!
//! A field that says nothing (absent) never clears, and one that Tribe demands is never emptied: neither counts.
//!
//! Here stands the policy. Letting the pending clearings through is the end of a cycle, and stands with the cycles.

use crate::link::{Brake, BrakeState, Cycle};

/// More of the linked records than this losing a value in one cycle is no one's work.
const PERCENT: usize = 20;
/// So many never are too many, however small the office: one person empties a handful of fields by hand in five
/// minutes, and should not be asked about it. An office with more records than this is protected.
pub(super) const HANDFUL: usize = 5;

/// What is done with a field that was emptied on one side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClearPolicy {
    /// It is cleared on the other: a person asked for this record, or agreed to all.
    GoThrough,
    /// Its record is remembered until that cycle decides.
    WaitFor(Cycle),
}

impl ClearPolicy {
    /// What a cycle does with clearings while the brake stands so.
    pub(super) fn of(brake: &Brake, cycle: Cycle) -> Self {
        match brake.state {
            BrakeState::Released => Self::GoThrough,
            BrakeState::Off | BrakeState::On { .. } => Self::WaitFor(cycle),
        }
    }
}

/// Whether the brake is on.
pub(super) fn is_on(brake: &Brake) -> bool {
    matches!(brake.state, BrakeState::On { .. })
}

/// Whether so many records lose a value that their share of the linked ones counts. Not while the brake is on, or a
/// person agreed.
pub(super) fn is_more_than_a_handful(brake: &Brake) -> bool {
    brake.state == BrakeState::Off && brake.losing() > HANDFUL
}

/// Whether that many records losing a value are too many of so many linked ones.
pub(super) fn is_too_many(losing: usize, linked: usize) -> bool {
    losing > HANDFUL && losing * 100 > linked * PERCENT
}

#[cfg(test)]
#[path = "brake_tests.rs"]
mod tests;
