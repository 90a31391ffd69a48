//! The end of a cycle, and the answers of a person: losses that are few go through, what a person let through or wants
//! back is carried out. The policy stands in `brake`.

use crate::link::{BrakeState, Braked, Column, Cycle, Loss, Subject};
use crate::set::Set;
use crate::sync::brake::{AT_LEAST, Wish};
use crate::sync::feed::sync_subjects;
use crate::sync::losses::{end_what_is_back, put_on_if_too_many};
use crate::sync::outcome::{Next, Stop};
use crate::sync::session::Session;
use crate::sync::undo::{GaveBack, Scope, give_back};
use crate::wording::Code;

/// Records that are let through together.
const AT_ONCE: usize = 50;

/// The end of these cycles, and the one whose wish it is: brings some of the records together whose loss was held for
/// them and is no more than any edit; tells how many are left. When none is, brakes end whose values are back, and what
/// they still held goes through, too.
pub(super) fn let_through(session: &mut Session<'_>, cycles: &[Cycle]) -> Result<usize, Stop> {
    let mut few = Set::new();
    for (column, loss) in held_for(session, cycles) {
        if !put_on_if_too_many(session, &column, loss)? {
            few.insert((column, loss));
        }
    }
    let left = handle(session, cycles, few)?;
    let Some(cycle) = cycles.last().filter(|_| left == 0) else { return Ok(left) };
    end_what_is_back(session, *cycle);
    let couple = held_for(session, cycles).into_iter().collect();
    handle(session, cycles, couple)
}

/// The end of a push: a couple goes through at once. More wait for the poll.
pub(super) fn let_a_couple_through(session: &mut Session<'_>) -> Result<(), Stop> {
    let held = held_for(session, &[Cycle::Push]).into_iter();
    let few = held.filter(|(column, loss)| session.books.brake().records(column, *loss) < AT_LEAST).collect();
    handle(session, &[Cycle::Push], few).map(drop)
}

/// The losses with records that these cycles decide on, and no brake yet.
fn held_for(session: &Session<'_>, cycles: &[Cycle]) -> Vec<(Column, Loss)> {
    let brake = session.books.brake();
    let of_cycles = brake.all().filter(|(column, loss, losing)| {
        losing.held.values().any(|by| cycles.contains(by)) && brake.standing(column, *loss).is_none()
    });
    of_cycles.map(|(column, loss, _)| (column.clone(), loss)).collect()
}

/// Brings some of the records together whose loss is among the few, strikes them off, and tells how many are left.
fn handle(session: &mut Session<'_>, cycles: &[Cycle], few: Set<(Column, Loss)>) -> Result<usize, Stop> {
    let Some(cycle) = cycles.last().copied().filter(|_| !few.is_empty()) else { return Ok(0) };
    let waiting = |session: &Session<'_>| -> Set<Subject> {
        let losing = few.iter().filter_map(|(column, loss)| session.books.brake().losing(column, *loss));
        let held = losing.flat_map(|losing| losing.held.iter()).filter(|(_, by)| cycles.contains(by));
        held.map(|(subject, _)| subject.clone()).collect()
    };
    let some: Vec<Subject> = waiting(session).into_iter().take(AT_ONCE).collect();
    let wish = std::mem::replace(&mut session.wish, Wish::EndOf(cycle, few.clone()));
    let done = sync_subjects(session, &some);
    session.wish = wish;
    done?;
    strike_off(session, &few, &some);
    Ok(waiting(session).len())
}

fn strike_off<'l>(
    session: &mut Session<'_>,
    losses: impl IntoIterator<Item = &'l (Column, Loss)>,
    subjects: &[Subject],
) {
    let brake = session.books.brake_mut();
    for (column, loss) in losses {
        let losing = brake.losing_mut(column, *loss);
        losing.held.retain(|subject, _| !subjects.contains(subject));
    }
    brake.drop_empty();
}

/// Carries out what a person decided on brakes; tells whether nothing of it is left for the next call.
pub(super) fn carry_out(session: &mut Session<'_>) -> Result<bool, Stop> {
    let closed = session.closed();
    let decided = session.books.brake().all_standing().filter(|(_, braked)| {
        braked.state != BrakeState::On && closed.holds_up(braked.state, braked.column.side).is_none()
    });
    let decided: Vec<(u64, Braked)> = decided.map(|(number, braked)| (number, braked.clone())).collect();
    for (number, braked) in decided {
        let is_carried_out = carry_out_held(session, &braked)? && {
            // What could not be taken back yet comes first: the brake stands until it is.
            has_held(session, &braked) || carry_out_lost(session, &braked)?
        };
        if !is_carried_out {
            session.books.outcome.next = Next::Again;
            return Ok(false);
        }
        if !has_held(session, &braked) {
            let now = session.now();
            session.books.brake_mut().end(number, now);
        }
        session.flush()?;
    }
    Ok(true)
}

fn has_held(session: &Session<'_>, braked: &Braked) -> bool {
    let losing = session.books.brake().losing(&braked.column, braked.loss);
    losing.is_some_and(|losing| !losing.held.is_empty())
}

/// Handles the records that a brake held, each once; tells whether all were. Of those that are to be taken back, one
/// that could not be stays held until it can.
fn carry_out_held(session: &mut Session<'_>, braked: &Braked) -> Result<bool, Stop> {
    let loss = (braked.column.clone(), braked.loss);
    let now = session.now();
    let held = session.books.brake().losing(&braked.column, braked.loss).map(|losing| losing.held.keys());
    let is_due = |subject: &&Subject| {
        let letter = session.books.letter(subject);
        braked.state == BrakeState::Released
            || letter.is_none_or(|letter| letter.next_try.is_some_and(|next| next <= now))
    };
    let due: Vec<Subject> = held.into_iter().flatten().filter(is_due).cloned().collect();
    for some in due.chunks(AT_ONCE) {
        if !session.may_go_on() {
            return Ok(false);
        }
        sync_subjects(session, some)?;
        let is_done =
            |subject: &&Subject| braked.state == BrakeState::Released || session.books.letter(subject).is_none();
        let done: Vec<Subject> = some.iter().filter(is_done).cloned().collect();
        strike_off(session, [&loss], &done);
        session.flush()?;
    }
    Ok(true)
}

/// Gives back what was lost before a brake went on, where a person wants the values back; tells whether all was.
fn carry_out_lost(session: &mut Session<'_>, braked: &Braked) -> Result<bool, Stop> {
    match braked.state {
        BrakeState::TakingBack => {
            let gave_back = give_back(session, &Scope::of_brake(braked), false)?;
            let losing = session.books.brake().losing(&braked.column, braked.loss);
            // What was held has its value back already.
            if gave_back == GaveBack::NothingKept && losing.is_some_and(|losing| !losing.lost.is_empty()) {
                session.books.note(Code::NotKept, None, None);
            }
            Ok(gave_back != GaveBack::Some)
        }
        BrakeState::On | BrakeState::Released | BrakeState::Ended { .. } => Ok(true),
    }
}
