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
//! Siblings, the slots of one field, are there to differ (D15). One that was emptied stays so, and AC keeps its value, as
//! long as a sibling holds or gets that. When AC moves, one that a user made different stays so on the same terms; and so
//! does one that differs where the bases were lost. All of that is *apart*.
//!
//! A field that goes from AC to Tribe only leaves an edit in Tribe apart as well, until AC moves. Were it two-way from
//! then on, nothing would have moved (D17).
//!
//! A slot that Tribe says nothing of is left alone. One whose value cannot be read is no edit (D9), and only gives way:
//! AC's value is written to it when AC moved since both last agreed.
//!
//! Only fingerprints come in here, so the planner neither sees nor can leak a value.

use crate::link::{Base, Fingerprint, Loss, Side, WhyApart};

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
    /// Its base was left with different values on purpose.
    pub apart: Option<WhyApart>,
    /// Whether what stands there was taken as agreed by a change of the settings.
    pub taken: Taken,
    /// It has no base since the bases of its record are not known: the store may have been lost.
    pub is_base_lost: bool,
}

/// What a change of the settings makes of a slot in which both sides do not agree (D17).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Taken {
    /// Nothing.
    #[default]
    AsMoved,
    /// What Tribe has was entered before its field went both ways: it is agreed on beside AC's.
    TribeAsAgreed,
    /// AC has the field elsewhere since both sides were compared, so that what it says now is agreed on; where it says what
    /// it said, an edit in Tribe goes on.
    AcAsAgreed,
    /// Tribe has the field elsewhere since: what both sides say now is agreed on.
    BothAsAgreed,
}

impl Taken {
    /// Whether what both sides say now is agreed on, where AC says something else than before or the same.
    fn is_as_read(self, ac_moved: bool) -> bool {
        self == Self::BothAsAgreed || (self == Self::AcAsAgreed && ac_moved)
    }
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
    /// As `SettleBesideAdvocaatCentraal`, and the slot is apart from then on.
    SettleApart,
    /// Nothing is written: store this base, the two values of which are apart.
    StayApart(Base, WhyApart),
}

/// What to do with each slot of a cell, in their order. At most one is [`Step::WriteToAdvocaatCentraal`].
pub fn decide(cell: &Cell) -> Vec<Step> {
    let Some(ac) = cell.ac else {
        return vec![Step::Keep; cell.slots.len()];
    };
    // AC has one value for all of them: that it moved is known of each by what one of them agreed on.
    let ac_moved = cell.slots.iter().any(|slot| slot.base.is_some_and(|base| base.ac != ac));
    let alone = |slot: &Slot| decide_alone(ac, ac_moved, *slot, cell.direction);
    let mut steps: Vec<Step> = cell.slots.iter().map(alone).collect();
    if cell.slots.len() > 1 && cell.direction == Direction::BothWays {
        leave_siblings_apart(ac, &cell.slots, &mut steps);
    }
    let is_asked = |(_, (_, step)): &(usize, (&Slot, &Step))| **step == Step::WriteToAdvocaatCentraal;
    let asking = || cell.slots.iter().zip(&steps).enumerate().filter(is_asked);
    // To empty AC comes after any value for it.
    let winner = asking().find(|(_, (slot, _))| !slot.is_empty()).or_else(|| asking().next()).map(|(winner, _)| winner);
    match winner {
        Some(winner) => yield_to(winner, cell, &steps),
        None => steps,
    }
}

/// What becomes of slots that a user made different from their siblings, where those still hold AC's value.
fn leave_siblings_apart(ac: Fingerprint, slots: &[Slot], steps: &mut [Step]) {
    let into_tribe = |step: &Step| matches!(step, Step::WriteToTribe | Step::OverwriteInTribe);
    let is_made_different = |slot: &Slot| match slot.base {
        Some(base) => slot.tribe != Some(base.tribe) || slot.apart == Some(WhyApart::Sibling),
        None => slot.is_base_lost && ac != Fingerprint::EMPTY,
    };
    let emptied = |slot: &Slot, step: &Step| *step == Step::WriteToAdvocaatCentraal && slot.is_empty();
    let different = |slot: &Slot, step: &Step| into_tribe(step) && slot.tribe.is_some() && is_made_different(slot);
    let holds = |slot: &Slot| slot.tribe.or(slot.base.map(|base| base.tribe)) == Some(ac);
    let all = || slots.iter().zip(steps.iter());
    let is_held = all().any(|(slot, step)| holds(slot) || (into_tribe(step) && !different(slot, step)));
    // Of several that are all different one must give way: else AC's value stood nowhere in Tribe.
    let gives_way = all().position(|(slot, step)| different(slot, step)).filter(|_| !is_held);
    for (position, (slot, step)) in slots.iter().zip(steps.iter_mut()).enumerate() {
        let stays = match different(slot, step) {
            true => Some(position) != gives_way,
            false => emptied(slot, step) && (is_held || gives_way.is_some()),
        };
        if let Some(tribe) = slot.tribe.filter(|_| stays) {
            *step = Step::StayApart(Base { ac, tribe }, WhyApart::Sibling);
        }
    }
}

impl Slot {
    fn is_empty(&self) -> bool {
        self.tribe == Some(Fingerprint::EMPTY)
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
            Step::Keep
            | Step::Agree(_)
            | Step::SettleBesideAdvocaatCentraal
            | Step::LoseToSibling
            | Step::SettleApart
            | Step::StayApart(..) => return None,
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
        let value = cell.slots.get(moved).and_then(|slot| slot.tribe);
        let moved_too =
            |slot: &Slot| slot.tribe == value && slot.base.is_some_and(|base| slot.tribe != Some(base.tribe));
        let mut turned = held_back(steps);
        for (position, (slot, step)) in cell.slots.iter().zip(&mut turned).enumerate() {
            if position == moved || moved_too(slot) {
                *step = Step::WriteToTribe;
            }
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

/// What one slot asks for, as if it were the only one. Whether AC moved tells of one whose own base is lost.
fn decide_alone(ac: Fingerprint, is_moved: bool, slot: Slot, direction: Direction) -> Step {
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
        None if slot.is_base_lost => (ac != Fingerprint::EMPTY || is_moved, tribe != Fingerprint::EMPTY),
        None => (ac != Fingerprint::EMPTY, tribe != Fingerprint::EMPTY || slot.perhaps_emptied),
    };
    match (ac_moved, tribe_moved) {
        (false, false) => Step::Keep,
        (is_ac, _) if slot.base.is_some() && slot.taken.is_as_read(is_ac) => {
            Step::StayApart(Base { ac, tribe }, WhyApart::Setting)
        }
        (false, true) if slot.taken == Taken::TribeAsAgreed => Step::StayApart(Base { ac, tribe }, WhyApart::OneWay),
        // Nobody of AC has seen what was entered while the field went one way.
        (true, false) if matches!(slot.apart, Some(WhyApart::OneWay | WhyApart::Setting)) => Step::OverwriteInTribe,
        (true, false) => Step::WriteToTribe,
        (true, true) => Step::OverwriteInTribe,
        (false, true) => match direction {
            Direction::BothWays => Step::WriteToAdvocaatCentraal,
            Direction::FromAdvocaatCentraal => Step::StayApart(Base { ac, tribe }, WhyApart::OneWay),
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
        Step::WriteToAdvocaatCentraal | Step::StayApart(..) if slot.tribe != value && slot.is_empty() => {
            Step::SettleApart
        }
        Step::StayApart(..) if slot.tribe != value => Step::SettleApart,
        Step::StayApart(..) => Step::SettleBesideAdvocaatCentraal,
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
