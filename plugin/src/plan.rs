//! What to write: a pure function of what both sides last agreed on and what they say now.
//!
//! One AC field feeds one Tribe field or several (Mobiel, E-mail; a contact person at two organisations). For each
//! of them, a *slot*, the base holds what either side said when they last agreed, and the rules are:
//!
//! | AC moved | slot moved | what happens |
//! |---|---|---|
//! | no | no | nothing: this is also how an echo ends |
//! | yes | no | AC's value is written to the slot (an empty one clears it, D6) |
//! | no | yes | the slot's value is written to AC; its siblings stay as they are (D3) |
//! | yes | yes | AC's value is written to the slot, and the value that gave way is kept (D2) |
//!
//! Equal values agree, whoever moved. Two slots that moved to different values: the first named in the table goes
//! to AC, the other stays in Tribe and is kept as a conflict (D3). A slot without a base never agreed: equal values
//! agree, an empty side is filled from the other (which is told if a user may have emptied it), and between two
//! different values AC wins as above.
//!
//! A slot that Tribe says nothing of is left alone. One whose value cannot be read is no edit (D9), and only gives way:
//! AC's value is written to it when AC moved since both last agreed.
//!
//! Only fingerprints come in here, so the planner neither sees nor can leak a value.

use crate::link::{Base, Fingerprint, Loss, Side};

/// Which way a field may travel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The manual's default.
    BothWays,
    /// AC → Tribe only: an edit in Tribe stays there until AC itself changes.
    FromAdvocaatCentraal,
}

/// One Tribe field that an AC field feeds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// What Tribe says now; none if it says nothing.
    pub tribe: Option<Fingerprint>,
    /// Tribe says something that cannot be read.
    pub is_unreadable: bool,
    /// What both sides last agreed on; none if they never did.
    pub base: Option<Base>,
    /// Tribe is empty where AC's value was sent along with a new record, and was never seen to have it; and somebody
    /// changed that record since. A user emptied it, or Tribe did not take it: AC's value goes there again, and that it
    /// did so is kept as a conflict.
    pub perhaps_emptied: bool,
}

/// One AC field with every Tribe field that it feeds, in the order of the manual's table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// What AC says now; none if it says nothing.
    pub ac: Option<Fingerprint>,
    /// The Tribe fields.
    pub slots: Vec<Slot>,
    /// Which way the field may travel.
    pub direction: Direction,
}

/// What to do with one slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nothing.
    Keep,
    /// Both sides say the same: store this base.
    Agree(Base),
    /// Write AC's value to Tribe, then store the base as Tribe returned it.
    WriteToTribe,
    /// As `WriteToTribe`, and first keep the value that gives way, if it has a spelling.
    OverwriteInTribe,
    /// Write this slot's value to AC, then store the base as AC returned it.
    WriteToAdvocaatCentraal,
    /// AC gets another slot's value. This slot stays; its base takes AC's new value beside its own.
    SettleBesideAdvocaatCentraal,
    /// As `SettleBesideAdvocaatCentraal`, and first keep this slot's value: it was edited too and does not travel.
    LoseToSibling,
}

/// What to do with each slot of a cell, in their order. At most one is [`Step::WriteToAdvocaatCentraal`].
pub fn decide(cell: &Cell) -> Vec<Step> {
    let Some(ac) = cell.ac else {
        return vec![Step::Keep; cell.slots.len()];
    };
    let steps: Vec<Step> = cell.slots.iter().map(|slot| decide_alone(ac, *slot, cell.direction)).collect();
    match steps.iter().position(|step| *step == Step::WriteToAdvocaatCentraal) {
        Some(winner) => yield_to(winner, cell, &steps),
        None => steps,
    }
}

/// Which side would lose a value by these steps, and what would take its place; none if neither does. Filling an empty
/// field loses nothing.
pub fn loss(cell: &Cell, steps: &[Step]) -> Option<(Side, Loss)> {
    let ac = cell.ac?;
    cell.slots.iter().zip(steps).find_map(|(slot, step)| {
        let (side, old, new) = match step {
            Step::WriteToTribe | Step::OverwriteInTribe => (Side::Tribe, slot.tribe?, ac),
            Step::WriteToAdvocaatCentraal => (Side::AdvocaatCentraal, ac, slot.tribe?),
            Step::Keep | Step::Agree(_) | Step::SettleBesideAdvocaatCentraal | Step::LoseToSibling => return None,
        };
        (old != Fingerprint::EMPTY && old != new).then(|| (side, Loss::of(new)))
    })
}

/// The steps of a cell whose loss is held back: nothing is written. What both sides agree on stays.
pub fn held_back(steps: Vec<Step>) -> Vec<Step> {
    let kept = steps.into_iter().map(|step| if matches!(step, Step::Agree(_)) { step } else { Step::Keep });
    kept.collect()
}

/// The steps of a cell whose loss is turned around: the side that moved gets the value of the one that was to follow.
pub fn turned_around(cell: &Cell, steps: Vec<Step>) -> Vec<Step> {
    let into_tribe = |step: &Step| matches!(step, Step::WriteToTribe | Step::OverwriteInTribe);
    if let Some(moved) = steps.iter().position(|step| *step == Step::WriteToAdvocaatCentraal) {
        let mut turned = held_back(steps);
        if let Some(step) = turned.get_mut(moved) {
            *step = Step::WriteToTribe;
        }
        return turned;
    }
    let full = |slot: &Slot| slot.tribe.is_some_and(|tribe| tribe != Fingerprint::EMPTY);
    let source = cell.slots.iter().zip(&steps).position(|(slot, step)| into_tribe(step) && full(slot));
    match source {
        Some(source) => {
            let asked = steps.iter().enumerate().map(|(position, step)| match step {
                Step::WriteToTribe | Step::OverwriteInTribe if position == source => Step::WriteToAdvocaatCentraal,
                Step::WriteToTribe | Step::OverwriteInTribe => Step::Keep,
                other => *other,
            });
            yield_to(source, cell, &asked.collect::<Vec<_>>())
        }
        None => held_back(steps),
    }
}

/// What one slot asks for, as if it were the only one.
fn decide_alone(ac: Fingerprint, slot: Slot, direction: Direction) -> Step {
    let Some(tribe) = slot.tribe else {
        let ac_moved = slot.base.is_some_and(|base| base.ac != ac);
        return if slot.is_unreadable && ac_moved { Step::OverwriteInTribe } else { Step::Keep };
    };
    if ac == tribe {
        let base = Base { ac, tribe };
        return if slot.base == Some(base) { Step::Keep } else { Step::Agree(base) };
    }
    let (ac_moved, tribe_moved) = match slot.base {
        Some(base) => (ac != base.ac, tribe != base.tribe),
        None => (ac != Fingerprint::EMPTY, tribe != Fingerprint::EMPTY || slot.perhaps_emptied),
    };
    match (ac_moved, tribe_moved) {
        (false, false) => Step::Keep,
        (true, false) => Step::WriteToTribe,
        (true, true) => Step::OverwriteInTribe,
        (false, true) => match direction {
            Direction::BothWays => Step::WriteToAdvocaatCentraal,
            Direction::FromAdvocaatCentraal => Step::Keep,
        },
    }
}

/// AC is about to get the winner's value: what that means for the other slots.
fn yield_to(winner: usize, cell: &Cell, steps: &[Step]) -> Vec<Step> {
    let value = cell.slots.get(winner).and_then(|slot| slot.tribe);
    let each = cell.slots.iter().zip(steps).enumerate();
    each.map(|(position, (slot, step))| match step {
        Step::WriteToAdvocaatCentraal if position == winner => Step::WriteToAdvocaatCentraal,
        _ if slot.is_unreadable && slot.base.is_some() => Step::SettleBesideAdvocaatCentraal,
        // Edited too, and to something else: AC's old value is on its way out and overwrites nothing any more.
        Step::WriteToAdvocaatCentraal | Step::OverwriteInTribe if slot.tribe != value => Step::LoseToSibling,
        Step::WriteToAdvocaatCentraal | Step::OverwriteInTribe | Step::Agree(_) => Step::SettleBesideAdvocaatCentraal,
        Step::Keep if slot.tribe.is_some() => Step::SettleBesideAdvocaatCentraal,
        // Left behind by an earlier change of AC's: the next cycle brings it AC's new value.
        _ => Step::Keep,
    })
    .collect()
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
