//! The end of a cycle: clearings that waited for it go through where they are few, and a person's word lets through
//! what the brake held. The policy stands in `brake`.

use crate::link::{BrakeState, Cycle, Subject};
use crate::sync::brake::{ClearPolicy, HANDFUL};
use crate::sync::feed::sync_subjects;
use crate::sync::outcome::Stop;
use crate::sync::session::Session;

/// Records that are let through together at the end of a cycle.
const AT_ONCE: usize = 50;

/// Brings some of the records together whose clearing waited for these cycles, clearings and all; tells how many are
/// left.
pub(super) fn let_through(session: &mut Session<'_>, cycles: &[Cycle]) -> Result<usize, Stop> {
    let some = session.books.brake().of(cycles, AT_ONCE);
    if some.is_empty() {
        if cycles.contains(&Cycle::Push) && !session.books.brake().pushed.is_empty() {
            session.books.brake_mut().pushed.clear();
        }
        return Ok(0);
    }
    clear(session, &some)?;
    Ok(session.books.brake().of(cycles, usize::MAX).len())
}

/// The end of a push: a handful goes through at once. More wait for the poll.
pub(super) fn let_a_handful_through(session: &mut Session<'_>) -> Result<(), Stop> {
    let brake = session.books.brake();
    if brake.state != BrakeState::Off || brake.losing() > HANDFUL {
        return Ok(());
    }
    let pushed = brake.of(&[Cycle::Push], HANDFUL);
    if pushed.is_empty() {
        return Ok(());
    }
    // Counted before they are cleared: a crash in between forgets none.
    session.books.brake_mut().pushed.extend(pushed.iter().cloned());
    session.flush()?;
    clear(session, &pushed)
}

/// Brings records together, clearings and all, and strikes them off.
fn clear(session: &mut Session<'_>, pending: &[Subject]) -> Result<(), Stop> {
    let policy = std::mem::replace(&mut session.clear_policy, ClearPolicy::GoThrough);
    let done = sync_subjects(session, pending);
    session.clear_policy = policy;
    done?;
    session.books.brake_mut().held.retain(|subject, _| !pending.contains(subject));
    Ok(())
}
