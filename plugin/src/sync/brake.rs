//! The brake before a mass loss (F116).
//!
//! A system that loses a column, shows it empty, or gets one dummy value in all of it, looks like a user who did so by
//! hand: followed to the letter, the sync would do the same to the other side. So losses are counted by *column* (one
//! field of one kind of record on one side) over a sliding day: the records whose value is emptied, and for each new
//! value the records that get that one instead of their own. Where they are at least [`AT_LEAST`] and more than
//! [`PERCENT`] percent of those that hold a value there, that loss is held back and a person is asked; all else goes on.
//!
//! How many they are is known at the end of a cycle only (a poll with the pushes since the last one, a sweep, a walk of
//! the initial sync, each with all of its slices). Until then every clearing is *held*, and so is a value that three
//! records would have got in a day: it is left out of the plan, so that the other fields of the record go on and the
//! base of this one stays as it was, and its record is remembered. When the cycle ends, either the remembered records
//! are handled once more, losses and all, or the brake goes on; as soon as they are too many it does so at once, since a
//! share only rises. A push lets a couple through at once; more wait for the poll. What went through counts for a day.
//!
//! There are three answers to a brake. A person lets it through: what is held is handled once more, losses and all. A
//! person takes the values back: what is held is written the other way round, and what was lost before is given back
//! from what is kept. And it ends by itself when the values are back, or all but a couple.
//!
//! How many hold a value is counted from the links when it matters, never kept up to date: so no crash can make it
//! wrong. A count is good for an hour, and no brake goes on by one that is older than its slice.
//!
//! A crash anywhere does no harm. All of it is one value of the store, written before the place of the walk, as dead
//! letters are, and before the writes that it counts. A page that is read again finds the same records; a loss that
//! went through before its record was struck off differs in nothing the next time; and an answer of a person that was
//! cut off goes on with the next poll.
//!
//! A field that says nothing (absent) loses nothing, and one that Tribe demands is never emptied: neither counts. Of
//! genders, countries, functions and places many records have the same by nature: there only emptying counts.
//!
//! Here stands the policy. Remembering stands in `losses`, the end of a cycle in `release`, and counting in `holding`.

use crate::link::{Brake, BrakeState, Column, Cycle, Loss};
use crate::mapping::{AcField, FUNCTION_FIELD, Row};
use crate::relation::{AddressPart, Form};
use crate::set::Set;

/// Fewer records than this losing a value are never too many: one person does that by hand.
pub(super) const AT_LEAST: usize = 3;
/// More of those that hold a value than this losing it in a day is no one's work.
const PERCENT: usize = 10;

/// Whether that many records losing a value are too many of those that hold one.
pub(super) fn is_too_many(losing: usize, holding: usize) -> bool {
    losing >= AT_LEAST && losing * 100 > holding * PERCENT
}

/// Whether that loss is counted for that field.
pub(super) fn counts(row: &Row, loss: Loss) -> bool {
    match loss {
        Loss::Emptied => !row.is_demanded(),
        Loss::OneValue(_) => {
            let is_choice = matches!(row.form, Form::Gender | Form::Country);
            let is_place = matches!(row.ac, AcField::Address(_, AddressPart::Plaats));
            !is_choice && !is_place && row.name != FUNCTION_FIELD
        }
    }
}

/// What is done with a loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Treatment {
    /// It goes to the other side, as any edit.
    GoThrough,
    /// It is left out of the plan, and its record is remembered.
    Hold,
    /// The value goes back to the side that lost it first.
    TurnAround,
}

/// At whose wish records are handled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// A person asked for this record: what it loses, it loses.
    Person,
    /// A cycle's, which decides at its end.
    Cycle(Cycle),
    /// A cycle's at its end: these losses were found to be few.
    EndOf(Cycle, Set<(Column, Loss)>),
}

impl Wish {
    /// Which cycle decides on what is found; none if a person asked.
    pub(super) fn cycle(&self) -> Option<Cycle> {
        match self {
            Self::Person => None,
            Self::Cycle(cycle) | Self::EndOf(cycle, _) => Some(*cycle),
        }
    }

    /// What is done with a loss of that column.
    pub(super) fn treatment(&self, brake: &Brake, column: &Column, loss: Loss) -> Treatment {
        let standing = brake.standing(column, loss).map(|(_, state)| state);
        match (standing, self) {
            (Some(BrakeState::TakingBack), _) => Treatment::TurnAround,
            (_, Self::Person) | (Some(BrakeState::Released), _) => Treatment::GoThrough,
            (Some(BrakeState::On), _) => Treatment::Hold,
            (_, Self::EndOf(_, few)) if few.contains(&(column.clone(), loss)) => Treatment::GoThrough,
            // A value that a couple of records get is any edit; the third waits to see how many there are.
            _ if loss != Loss::Emptied && brake.records(column, loss) < AT_LEAST => Treatment::GoThrough,
            _ => Treatment::Hold,
        }
    }
}

#[cfg(test)]
#[path = "brake_tests.rs"]
mod tests;
