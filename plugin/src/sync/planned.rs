//! From an observation of one record to what is to be done with it: pure.
//!
//! [`plan`](crate::plan) decides on one field. Here a record's observation becomes the planner's cells, and what is
//! decided stands beside the field that it is about.

use crate::link::{Emptied, Fingerprint, Link, RefusedBy};
use crate::mapping::{CellView, SlotView, TribeField};
use crate::plan::{Cell, Slot, Step, decide, without_clearing};
use crate::sync::brake::ClearPolicy;
use crate::sync::observation::{InTribe, Observation, Observed, Reading};

/// One field with what the planner decided for each of its slots.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    pub(super) field: Observed,
    steps: Vec<Step>,
    /// Where the field was emptied, if its clearing was left out of the steps.
    pub(super) pending_clear: Option<Emptied>,
    /// Who refused its value, if that was left out of the steps.
    pub(super) refused: Option<RefusedBy>,
}

impl Planned {
    /// The field's name.
    pub(super) fn name(&self) -> &'static str {
        self.field.cell.row.name
    }

    /// The slots with what Tribe says of each and what is to be done.
    pub(super) fn slots(&self) -> impl Iterator<Item = (&SlotView, InTribe, Step)> {
        self.field.slots().zip(self.steps.iter().copied()).map(|((slot, tribe), step)| (slot, tribe, step))
    }

    /// Whether something of it was left out of the steps.
    fn is_left_out(&self) -> bool {
        self.pending_clear.is_some() || self.refused.is_some()
    }

    /// Whether either side gets a value.
    pub(super) fn writes(&self) -> bool {
        self.steps.iter().any(|step| !matches!(step, Step::Keep | Step::Agree(_)))
    }

    /// Whether Tribe gets a value.
    pub(super) fn writes_to_tribe(&self) -> bool {
        self.steps.iter().any(|step| matches!(step, Step::WriteToTribe | Step::OverwriteInTribe))
    }

    /// The slot whose value goes to AC, if one does, with the fingerprint of that value.
    pub(super) fn source(&self) -> Option<(&SlotView, Option<Fingerprint>)> {
        let mut slots = self.slots();
        slots.find(|(_, _, step)| *step == Step::WriteToAdvocaatCentraal).map(|(slot, tribe, _)| (slot, tribe.says))
    }
}

/// What is to be done with one record; fields with which nothing is to be done are left out.
pub(super) fn plan(observation: &Observation, link: &Link, policy: ClearPolicy) -> Vec<Planned> {
    plan_as_if(observation.reading, observation, link, policy)
}

/// Whether either side would get a value, were AC's record read by itself and still said the same.
pub(super) fn would_write(observation: &Observation, link: &Link, policy: ClearPolicy) -> bool {
    plan_as_if(Reading::Single, observation, link, policy).iter().any(Planned::writes)
}

fn plan_as_if(reading: Reading, observation: &Observation, link: &Link, policy: ClearPolicy) -> Vec<Planned> {
    let whole = match (reading, observation.leaves_out_empties) {
        (Reading::InList, _) => Whole::No,
        (Reading::Single, false) => Whole::Yes,
        (Reading::Single, true) => Whole::ButForEmpties,
    };
    let planned = observation.fields.iter().map(|field| plan_field(whole, field, link, policy));
    let matters = |planned: &Planned| planned.is_left_out() || planned.steps.iter().any(|step| *step != Step::Keep);
    planned.filter(matters).collect()
}

fn plan_field(whole: Whole, field: &Observed, link: &Link, policy: ClearPolicy) -> Planned {
    let slots = field.slots().map(|(slot, tribe)| {
        let was_sent = link.sent.get(&slot.key).is_some_and(|sent| sent.tribe != Fingerprint::EMPTY);
        let perhaps_emptied = tribe.says == Some(Fingerprint::EMPTY) && was_sent && !tribe.is_as_made;
        let base = link.base_beside(&slot.key, tribe.says);
        Slot { tribe: tribe.says, is_unreadable: tribe.is_unreadable, base, perhaps_emptied }
    });
    let slots: Vec<Slot> = slots.collect();
    let ac = field.ac.or_else(|| said_by_omission(whole, field, &slots));
    let cell = Cell { ac, slots, direction: field.direction };
    let steps = decide(&cell);
    let (steps, pending_clear) = match policy {
        ClearPolicy::WaitFor(_) if !is_demanded(&field.cell) => without_clearing(&cell, steps),
        ClearPolicy::WaitFor(_) | ClearPolicy::GoThrough => (steps, None),
    };
    let (steps, refused) = without_refused(&cell, field, link, steps);
    Planned { field: field.clone(), steps, pending_clear, refused }
}

/// The steps without those that send a value once more which was refused, and by whom it was; none if none does.
fn without_refused(cell: &Cell, field: &Observed, link: &Link, mut steps: Vec<Step>) -> (Vec<Step>, Option<RefusedBy>) {
    let mut refused = None;
    for ((slot, tribe), step) in field.slots().zip(&mut steps) {
        match step {
            Step::WriteToTribe | Step::OverwriteInTribe if link.is_refused(&slot.key, RefusedBy::Tribe, cell.ac) => {
                *step = Step::Keep;
                refused = Some(RefusedBy::Tribe);
            }
            Step::WriteToAdvocaatCentraal if link.is_refused(&slot.key, RefusedBy::AdvocaatCentraal, tribe.says) => {
                refused = Some(RefusedBy::AdvocaatCentraal);
            }
            _ => {}
        }
    }
    if refused == Some(RefusedBy::AdvocaatCentraal) {
        // AC gets nothing, so nothing gives way to it.
        let goes_on = |step: &Step| matches!(step, Step::Agree(_) | Step::WriteToTribe | Step::OverwriteInTribe);
        steps.iter_mut().filter(|step| !goes_on(step)).for_each(|step| *step = Step::Keep);
    }
    (steps, refused)
}

/// Whether Tribe demands the field: it is never emptied there.
pub(super) fn is_demanded(cell: &CellView) -> bool {
    cell.slots.iter().any(|slot| matches!(slot.field, TribeField::Relation(property) if property.is_required()))
}

/// Whether a record of AC's holds all that AC has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Whole {
    /// It may leave fields out: a row of a list.
    No,
    Yes,
    /// AC was never seen to give an empty member: what is left out may be empty.
    ButForEmpties,
}

/// What a whole record says of a field by leaving it out: that it is empty, where both sides last agreed on that, or
/// never on anything. Nothing can be cleared by taking it so, and an edit in Tribe has a place to go to. Where AC leaves
/// empty members out, anything else may have been emptied or not: it is taken as unmoved, so that an edit in Tribe goes
/// to AC and nothing goes to Tribe. Otherwise it says nothing, and so does what cannot be read. An address or a koppeling
/// that is not there has no place.
fn said_by_omission(whole: Whole, field: &Observed, slots: &[Slot]) -> Option<Fingerprint> {
    if whole == Whole::No || !field.has_place || field.is_unreadable_in_ac {
        return None;
    }
    let last_said: Vec<Fingerprint> = slots.iter().filter_map(|slot| Some(slot.base?.ac)).collect();
    // Of slots that were settled for a write that did not come through, one still tells what AC said before.
    if last_said.is_empty() || last_said.contains(&Fingerprint::EMPTY) {
        return Some(Fingerprint::EMPTY);
    }
    let is_one = last_said.len() == slots.len() && last_said.iter().all(|ac| last_said.first() == Some(ac));
    last_said.first().copied().filter(|_| whole == Whole::ButForEmpties && is_one)
}

#[cfg(test)]
#[path = "planned_tests.rs"]
mod tests;
