//! The losses of a batch: which of them wait is seen before anything is written, and those that wait are remembered
//! until their cycle or a person decides. Why, stands in `brake`.

use litemap::LiteMap;

use crate::link::{BrakeState, Column, Cycle, Fingerprint, Loss, Side, Subject};
use crate::set::Set;
use crate::sync::brake::{AT_LEAST, Treatment, Wish, is_too_many};
use crate::sync::holding::holding;
use crate::sync::item::{Batch, Item, Place};
use crate::sync::observation::Observed;
use crate::sync::outcome::{Stop, Verdict};
use crate::sync::session::Session;
use crate::wording::Code;

/// Finds the values that too many records of a batch get to be any edit, together with those that got them before: they
/// wait, and the plans are made anew without them.
pub(super) fn foresee(session: &mut Session<'_>, batch: &mut Batch) {
    let Some(cycle) = session.wish.cycle() else { return };
    let mut getting: LiteMap<(Column, Loss), Vec<Place>> = LiteMap::new();
    for (place, item) in batch.active() {
        for planned in &item.plan {
            let Some(treated) = planned.loss else { continue };
            if treated.how == Treatment::GoThrough && treated.loss != Loss::Emptied {
                let column = planned.column(item.subject.of_kind(), treated.side);
                getting.entry((column, treated.loss)).or_default().push(place);
            }
        }
    }
    let mut anew = Set::new();
    for ((column, loss), places) in getting {
        let brake = session.books.brake();
        let is_decided = brake.standing(&column, loss).is_some()
            || matches!(&session.wish, Wish::EndOf(_, few) if few.contains(&(column.clone(), loss)));
        let known = brake.losing(&column, loss);
        let is_known = |subject: &Subject| {
            known.is_some_and(|known| known.held.contains_key(subject) || known.lost.contains_key(subject))
        };
        let new: Set<&Subject> =
            places.iter().map(|place| &batch[*place].subject).filter(|subject| !is_known(subject)).collect();
        if is_decided || brake.records(&column, loss) + new.len() < AT_LEAST {
            continue;
        }
        let held = &mut session.books.brake_mut().losing_mut(&column, loss).held;
        for place in &places {
            held.insert(batch[*place].subject.clone(), cycle);
        }
        anew.extend(places);
    }
    for place in anew {
        batch[place].make_plan(session);
    }
}

/// Remembers the records of a batch whose loss is held, and strikes off those that lose nothing any more. Durable with
/// the next flush.
pub(super) fn remember(session: &mut Session<'_>, batch: &mut Batch) -> Result<(), Stop> {
    strike_off(session, batch);
    let Some(cycle) = session.wish.cycle() else { return Ok(()) };
    let mut held: LiteMap<(Column, Loss), Vec<(Place, &'static str)>> = LiteMap::new();
    for (place, item) in batch.active() {
        for planned in &item.plan {
            if let Some((side, loss)) = planned.held() {
                let column = planned.column(item.subject.of_kind(), side);
                held.entry((column, loss)).or_default().push((place, planned.name()));
            }
        }
    }
    for ((column, loss), places) in held {
        for (place, _) in &places {
            let subject = &batch[*place].subject;
            let known = session.books.brake().losing(&column, loss).and_then(|losing| losing.held.get(subject));
            if known != Some(&cycle) {
                session.books.brake_mut().losing_mut(&column, loss).held.insert(subject.clone(), cycle);
            }
        }
        let stood = session.books.brake().standing(&column, loss).is_some();
        // What is pushed comes in pieces: the poll sees it together.
        let stands = stood || cycle != Cycle::Push && put_on_if_too_many(session, &column, loss)?;
        for (place, field) in places {
            let item = &mut batch[place];
            if stood {
                note(session, &item.subject, field, &column, loss);
            }
            if stands { item.reached(Verdict::DeadLettered) } else { item.waits_for_decision = true }
        }
    }
    Ok(())
}

/// Puts the brake on if too many records have that loss; tells whether it is on.
pub(super) fn put_on_if_too_many(session: &mut Session<'_>, column: &Column, loss: Loss) -> Result<bool, Stop> {
    let losing = session.books.brake().records(column, loss);
    if losing < AT_LEAST || !is_too_many(losing, holding(session, column, false)?) {
        return Ok(false);
    }
    let holding = holding(session, column, true)?;
    if !is_too_many(losing, holding) {
        return Ok(false);
    }
    let now = session.now();
    session.books.brake_mut().put_on(column, loss, holding, now);
    session.books.note(Code::BrakeOn, None, Some(&column.field));
    let held: Vec<Subject> = session
        .books
        .brake()
        .losing(column, loss)
        .map(|losing| losing.held.keys().cloned().collect())
        .unwrap_or_default();
    for subject in held {
        note(session, &subject, &column.field, column, loss);
    }
    Ok(true)
}

fn note(session: &mut Session<'_>, subject: &Subject, field: &str, column: &Column, loss: Loss) {
    let code = match (column.side, loss) {
        (Side::Tribe, Loss::Emptied) => Code::EmptiedInAdvocaatCentraal,
        (Side::AdvocaatCentraal, Loss::Emptied) => Code::EmptiedInTribe,
        (Side::Tribe, Loss::OneValue(_)) => Code::OneValueInAdvocaatCentraal,
        (Side::AdvocaatCentraal, Loss::OneValue(_)) => Code::OneValueInTribe,
    };
    session.books.note(code, Some(subject), Some(field));
}

/// Strikes off the records of a batch that lose nothing any more: what is no longer held, and what got another value
/// after it was lost.
fn strike_off(session: &mut Session<'_>, batch: &Batch) {
    let items: LiteMap<&Subject, &Item> = batch.active().map(|(_, item)| (&item.subject, item)).collect();
    let subjects: Set<&Subject> = items.keys().copied().collect();
    let brake = session.books.brake();
    let (mut held_no_more, mut back) = (Vec::new(), Vec::new());
    for (subject, losses) in brake.of(&subjects) {
        let Some(item) = items.get(subject) else { continue };
        for (column, loss) in losses {
            let Some(losing) = brake.losing(column, loss) else { continue };
            let is_held = item
                .plan
                .iter()
                .any(|planned| planned.held() == Some((column.side, loss)) && planned.name() == column.field);
            if losing.held.contains_key(subject) && !is_held {
                held_no_more.push((column.clone(), loss, subject.clone()));
            }
            if losing.lost.contains_key(subject) && is_back(item, column, loss) {
                back.push((column.clone(), loss, subject.clone()));
            }
        }
    }
    if held_no_more.is_empty() && back.is_empty() {
        return;
    }
    let brake = session.books.brake_mut();
    for (column, loss, subject) in held_no_more {
        brake.losing_mut(&column, loss).held.remove(&subject);
    }
    for (column, loss, subject) in back {
        brake.losing_mut(&column, loss).lost.remove(&subject);
    }
    brake.drop_empty();
}

/// Whether the side that a loss came from says something else by now.
fn is_back(item: &Item, column: &Column, loss: Loss) -> bool {
    let says = |field: &Observed| -> Vec<Fingerprint> {
        match column.side {
            Side::Tribe => field.ac.into_iter().collect(),
            Side::AdvocaatCentraal => field.tribe.iter().filter_map(|slot| slot.says).collect(),
        }
    };
    let fields = item.observation.fields.iter().filter(|field| field.cell.row.name == column.field);
    let said: Vec<Fingerprint> = fields.flat_map(says).collect();
    !said.is_empty() && !said.contains(&loss.instead())
}

/// Ends the brakes that wait for a person where the values are back, or all but a couple. That couple is any edit: the
/// cycle that ends the brake decides on it, whichever held it.
pub(super) fn end_what_is_back(session: &mut Session<'_>, cycle: Cycle) {
    let brake = session.books.brake();
    let back = brake
        .all_standing()
        .filter(|(_, braked)| braked.state == BrakeState::On && brake.records(&braked.column, braked.loss) < AT_LEAST);
    let back: Vec<(u64, Column, Loss)> =
        back.map(|(number, braked)| (number, braked.column.clone(), braked.loss)).collect();
    let now = session.now();
    for (number, column, loss) in back {
        let brake = session.books.brake_mut();
        for (_, by) in brake.losing_mut(&column, loss).held.iter_mut() {
            *by = cycle;
        }
        brake.end(number, now);
        session.books.note(Code::BrakeEnded, None, Some(&column.field));
    }
}
