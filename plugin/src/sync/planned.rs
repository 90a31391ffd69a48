//! From an observation of one record to what is to be done with it: pure.
//!
//! [`plan`](crate::plan) decides on one field. Here a record's observation becomes the planner's cells, and what is
//! decided stands beside the field that it is about.

use litemap::LiteMap;

use crate::link::{Base, Column, Fingerprint, Kind, Link, Loss, RefusedBy, Side};
use crate::mapping::{Place, Row, SlotView, address_name};
use crate::plan::{Cell, Direction, Slot, Step, Taken, decide, held_back, loss, turned_around};
use crate::sync::brake::{Treatment, counts};
use crate::sync::closed::{Closed, WhyClosed};
use crate::sync::observation::{InTribe, Observation, Observed, Reading, is_removed_in_ac};
use crate::tribe::{AddressSlot, SinceMade};

/// One field with what the planner decided for each of its slots.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    pub(super) field: Observed,
    steps: Vec<Step>,
    /// Who refused its value, if that was left out of the steps.
    pub(super) refused: Option<RefusedBy>,
    /// What either side would lose, were nothing held back or turned around, and what was done with it; none if
    /// neither loses what counts.
    pub(super) loss: Option<Treated>,
    /// What becomes of the address that it is a part of, if one side has none.
    pub(super) lacking: Option<Lacking>,
    /// The side that would get its value, were it not closed, and why it is.
    pub(super) waits: Option<(Side, WhyClosed)>,
}

/// What becomes of an address that one side has and the other has not (D12). An address is a record: it is made whole,
/// or not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Lacking {
    /// Tribe has it no more, and AC changed it since: it is made again there.
    MadeAgain,
    /// AC has none, and it changed in Tribe: AC gets it.
    Added,
    /// The same, but AC refused it as it is now.
    Refused,
    /// The same, but a part of it cannot be read: AC gets none of it, since an address is made whole.
    Unreadable,
    /// AC has it no more: it stays in Tribe as it is (D6), and that is what both sides know from now on.
    RemovedInAc,
}

/// A loss with what is done with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Treated {
    /// Whose value.
    pub(super) side: Side,
    /// What takes its place.
    pub(super) loss: Loss,
    /// What is done with it.
    pub(super) how: Treatment,
}

impl Planned {
    /// The field's name.
    pub(super) fn name(&self) -> &'static str {
        self.field.cell.row.name
    }

    /// Its column on that side.
    pub(super) fn column(&self, kind: Kind, side: Side) -> Column {
        Column { side, kind, field: self.name().to_owned() }
    }

    /// The slots with what Tribe says of each and what is to be done.
    pub(super) fn slots(&self) -> impl Iterator<Item = (&SlotView, InTribe, Step)> {
        self.field.slots().zip(self.steps.iter().copied()).map(|((slot, tribe), step)| (slot, tribe, step))
    }

    /// Whether something of it was left out of the steps.
    fn is_left_out(&self) -> bool {
        self.held().is_some() || self.refused.is_some()
    }

    /// The loss that is held back.
    pub(super) fn held(&self) -> Option<(Side, Loss)> {
        self.loss.filter(|treated| treated.how == Treatment::Hold).map(|treated| (treated.side, treated.loss))
    }

    /// Whether either side gets a value.
    pub(super) fn writes(&self) -> bool {
        self.steps.iter().any(|step| !matches!(step, Step::Keep | Step::Agree(_) | Step::StayApart(..)))
    }

    /// Whether nothing is written, and AC says something else than both sides last agreed on.
    fn agrees_anew(&self, link: &Link) -> bool {
        self.slots().any(|(slot, tribe, step)| {
            let (Step::Agree(base) | Step::StayApart(base, _)) = step else { return false };
            let known = link.bases.get(&slot.key);
            // A change of the settings moves no value.
            tribe.taken == Taken::AsMoved && known.is_some_and(|known| known.ac != base.ac)
        })
    }

    /// The slot of Tribe's for the address that AC gets with it as a new one.
    pub(super) fn adds(&self) -> Option<AddressSlot> {
        self.field.address().filter(|_| self.lacking == Some(Lacking::Added) && self.source().is_some())
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

/// What is done with a loss of that field on that side.
pub(super) type Treat<'t> = &'t dyn Fn(Side, &Row, Loss) -> Treatment;

/// What is to be done with one record; fields with which nothing is to be done are left out.
pub(super) fn plan(observation: &Observation, link: &Link, treat: Treat<'_>) -> Vec<Planned> {
    plan_as_if(observation.reading, observation, link, treat)
}

/// Whether either side would get a value, an address is known to be removed in AC, or both sides agree on another value of
/// AC's than before, were AC's record read by itself and still said the same. Where a list shows a record as it was before
/// AC got a value of Tribe's, what both sides say alike is no agreement.
pub(super) fn would_matter(observation: &Observation, link: &Link, treat: Treat<'_>) -> bool {
    let planned = plan_as_if(Reading::Single, observation, link, treat);
    let is_removed = |planned: &Planned| planned.lacking == Some(Lacking::RemovedInAc);
    planned.iter().any(|planned| planned.writes() || is_removed(planned) || planned.agrees_anew(link))
}

/// The fields of which a refused value is left out, and by whom it was; were AC's record read by itself and still said the
/// same. A row of a list that leaves a member out takes no refusal back.
pub(super) fn left_out(observation: &Observation, link: &Link, treat: Treat<'_>) -> Vec<(RefusedBy, &'static str)> {
    let planned = plan_as_if(Reading::Single, observation, link, treat);
    planned.iter().filter_map(|planned| Some((planned.refused?, planned.name()))).collect()
}

/// The same of every field, one with which nothing is to be done among them.
pub(super) fn plan_each(observation: &Observation, link: &Link, treat: Treat<'_>) -> Vec<Planned> {
    each_as_if(observation.reading, observation, link, treat)
}

fn plan_as_if(reading: Reading, observation: &Observation, link: &Link, treat: Treat<'_>) -> Vec<Planned> {
    let mut planned = each_as_if(reading, observation, link, treat);
    planned.retain(|planned| planned.is_left_out() || planned.steps.iter().any(|step| *step != Step::Keep));
    planned
}

fn each_as_if(reading: Reading, observation: &Observation, link: &Link, treat: Treat<'_>) -> Vec<Planned> {
    let whole = whole(reading, observation);
    let lacking = lacking(whole, observation, link);
    let of = |field: &Observed| field.address().and_then(|slot| lacking.get(&slot)).copied();
    let planned = observation.fields.iter().map(|field| plan_field(whole, (field, of(field)), link, treat));
    planned.map(|planned| kept_from_closed(observation.closed, planned)).collect()
}

fn whole(reading: Reading, observation: &Observation) -> Whole {
    match (reading, observation.leaves_out_empties) {
        (Reading::InList, _) => Whole::No,
        (Reading::Single, false) => Whole::Yes,
        (Reading::Single, true) => Whole::ButForEmpties,
    }
}

/// The addresses that one side has and the other has not, as far as something becomes of them.
fn lacking(whole: Whole, observation: &Observation, link: &Link) -> LiteMap<AddressSlot, Lacking> {
    let mut lacking: LiteMap<AddressSlot, Lacking> = LiteMap::new();
    for field in &observation.fields {
        let (Some(of), Some((slot, tribe))) = (field.address(), field.slots().next()) else { continue };
        let base = link.base(&slot.key).unwrap_or(Base { ac: Fingerprint::EMPTY, tribe: Fingerprint::EMPTY });
        let is_told = whole != Whole::No && field.place == Place::Room;
        let found = if is_told && is_removed_in_ac(field, link) {
            Lacking::RemovedInAc
        } else if is_told && is_added(field, tribe, base) {
            let said = observation.addresses.get(&of).copied();
            let is_refused = link.is_refused(address_name(of), RefusedBy::AdvocaatCentraal, said);
            if is_unreadable_in_tribe(observation, of) {
                Lacking::Unreadable
            } else if is_refused {
                Lacking::Refused
            } else {
                Lacking::Added
            }
        } else if tribe.is_removed && field.ac.is_some_and(|ac| ac != base.ac) {
            Lacking::MadeAgain
        } else {
            continue;
        };
        let known = lacking.entry(of).or_insert(found);
        *known = found.max(*known);
    }
    lacking
}

/// Whether a part of the address in that slot cannot be read.
fn is_unreadable_in_tribe(observation: &Observation, slot: AddressSlot) -> bool {
    let mut fields = observation.fields.iter().filter(|field| field.address() == Some(slot));
    fields.any(|field| field.tribe.iter().any(|tribe| tribe.is_unreadable))
}

/// Whether a part of an address that AC has not was added or changed in Tribe.
fn is_added(field: &Observed, tribe: InTribe, base: Base) -> bool {
    let is_new = tribe.says.is_some_and(|says| says != Fingerprint::EMPTY && says != base.tribe);
    is_new && field.direction == Direction::BothWays
}

/// What is to be done with a part of an address that one side has not; none where nothing sets it apart.
fn step_of_part(lacking: Lacking, cell: &Cell, slot: &Slot) -> Option<Step> {
    let has_value = |says: Option<Fingerprint>| says.is_some_and(|says| says != Fingerprint::EMPTY);
    match lacking {
        Lacking::MadeAgain => Some(if has_value(cell.ac) { Step::WriteToTribe } else { Step::Keep }),
        Lacking::Unreadable => Some(Step::Keep),
        Lacking::Added | Lacking::Refused => {
            let travels = cell.direction == Direction::BothWays && has_value(slot.tribe);
            travels.then_some(Step::WriteToAdvocaatCentraal)
        }
        Lacking::RemovedInAc => {
            let tribe = slot.tribe.or(slot.base.map(|base| base.tribe));
            let base = tribe.map(|tribe| Base { ac: Fingerprint::EMPTY, tribe });
            Some(base.filter(|_| slot.base != base).map_or(Step::Keep, Step::Agree))
        }
    }
}

fn plan_field(whole: Whole, (field, lacking): (&Observed, Option<Lacking>), link: &Link, treat: Treat<'_>) -> Planned {
    let slots = field.slots().map(|(slot, tribe)| {
        let was_sent = link.sent.get(&slot.key).is_some_and(|sent| sent.tribe != Fingerprint::EMPTY);
        let perhaps_emptied =
            tribe.says == Some(Fingerprint::EMPTY) && was_sent && tribe.since_made != SinceMade::Unchanged;
        let base = link.base_beside(&slot.key, tribe.says);
        let apart = link.why_apart(&slot.key);
        let is_base_lost = link.is_found && base.is_none() && !link.sent.contains_key(&slot.key);
        Slot {
            tribe: tribe.says,
            is_unreadable: tribe.is_unreadable,
            base,
            perhaps_emptied,
            apart,
            taken: tribe.taken,
            is_base_lost,
        }
    });
    let mut slots: Vec<Slot> = slots.collect();
    let by_omission = || said_by_omission(whole, field, &slots, link);
    let ac = field.ac.or_else(by_omission);
    if let (None, Some(ac)) = (field.ac, ac.filter(|ac| *ac != Fingerprint::EMPTY)) {
        // One that was made since AC left the field out got nothing: what stands there is an edit (D49).
        let without_base = slots.iter_mut().filter(|slot| slot.base.is_none());
        without_base.for_each(|slot| slot.base = Some(Base { ac, tribe: Fingerprint::EMPTY }));
    }
    let cell = Cell { ac, slots, direction: field.direction };
    let mut steps = decide(&cell);
    for (slot, step) in cell.slots.iter().zip(&mut steps) {
        *step = lacking.and_then(|lacking| step_of_part(lacking, &cell, slot)).unwrap_or(*step);
    }
    let (steps, refused) = match lacking {
        Some(Lacking::Refused) => refused_whole(steps),
        _ => without_refused(&cell, field, link, steps),
    };
    let is_sent_again = field.slots().any(|(slot, tribe)| link.is_sent_again(&slot.key, cell.ac, tribe.says));
    let loss = loss(&cell, &steps).filter(|(_, loss)| counts(field.cell.row, *loss) && !is_sent_again);
    let treated = loss.map(|(side, loss)| Treated { side, loss, how: treat(side, field.cell.row, loss) });
    let steps = match treated.map(|treated| treated.how) {
        None | Some(Treatment::GoThrough) => steps,
        Some(Treatment::Hold) => held_back(steps),
        Some(Treatment::TurnAround) => turned_around(&cell, steps),
    };
    Planned { field: field.clone(), steps, loss: treated, refused, lacking, waits: None }
}

/// A side that is closed gets nothing, so nothing gives way to it.
fn kept_from_closed(closed: Closed, mut planned: Planned) -> Planned {
    for side in [Side::AdvocaatCentraal, Side::Tribe] {
        let Some(why) = closed.why(side) else { continue };
        match side {
            Side::AdvocaatCentraal if planned.source().is_some() => without_writes_to_ac(&mut planned.steps),
            // Of a field with several places in Tribe AC gets nothing either: the others would get what it then says.
            Side::Tribe if planned.steps.iter().any(changes_tribe) => planned.steps.fill(Step::Keep),
            Side::AdvocaatCentraal | Side::Tribe => continue,
        }
        planned.waits = Some((side, why));
        planned.loss = planned.loss.filter(|treated| treated.side != side);
    }
    planned
}

fn changes_tribe(step: &Step) -> bool {
    !matches!(step, Step::Keep | Step::Agree(_) | Step::WriteToAdvocaatCentraal | Step::StayApart(..))
}

/// What goes on where AC gets nothing.
fn without_writes_to_ac(steps: &mut [Step]) {
    let goes_on = |step: &Step| matches!(step, Step::Agree(_) | Step::WriteToTribe | Step::OverwriteInTribe);
    steps.iter_mut().filter(|step| !goes_on(step)).for_each(|step| *step = Step::Keep);
}

/// The steps without those that send a part of an address once more that was refused as a whole.
fn refused_whole(mut steps: Vec<Step>) -> (Vec<Step>, Option<RefusedBy>) {
    let mut refused = None;
    for step in steps.iter_mut().filter(|step| **step == Step::WriteToAdvocaatCentraal) {
        *step = Step::Keep;
        refused = Some(RefusedBy::AdvocaatCentraal);
    }
    (steps, refused)
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
        without_writes_to_ac(&mut steps);
    }
    (steps, refused)
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
/// to AC and nothing goes to Tribe. Otherwise it says nothing, and so does what cannot be read. A koppeling that is not
/// there has no place, nor has an address that cannot be added.
fn said_by_omission(whole: Whole, field: &Observed, slots: &[Slot], link: &Link) -> Option<Fingerprint> {
    if whole == Whole::No || field.place == Place::Nowhere || field.is_unreadable_in_ac {
        return None;
    }
    let is_nothing = |slot: &Slot| slot.base.is_none() && slot.tribe.is_none_or(|says| says == Fingerprint::EMPTY);
    if field.place == Place::Room && slots.iter().all(is_nothing) {
        return None;
    }
    let agreed: Vec<Fingerprint> = slots.iter().filter_map(|slot| Some(slot.base?.ac)).collect();
    // Slots that were settled for a write that did not come through tell its value; the others still tell what AC said
    // before.
    let to_ac = |(slot, _): (&SlotView, InTribe)| {
        link.under_way.get(&slot.key).filter(|under_way| under_way.to == Side::AdvocaatCentraal)
    };
    let coming: Vec<Fingerprint> = field.slots().filter_map(to_ac).map(|under_way| under_way.sent).collect();
    let mut last_said: Vec<Fingerprint> = agreed.iter().copied().filter(|ac| !coming.contains(ac)).collect();
    if last_said.is_empty() {
        last_said.clone_from(&agreed);
    }
    if last_said.is_empty() || last_said.contains(&Fingerprint::EMPTY) {
        return Some(Fingerprint::EMPTY);
    }
    let is_one = last_said.iter().all(|ac| last_said.first() == Some(ac));
    last_said.first().copied().filter(|_| whole == Whole::ButForEmpties && is_one)
}

#[cfg(test)]
#[path = "planned_tests.rs"]
mod tests;
