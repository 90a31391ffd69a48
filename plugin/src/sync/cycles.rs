//! The cycles: which steps they walk, and what ends them. They differ in nothing but which records they put on the way.

use std::collections::BTreeSet;

use crate::link::{BrakeState, Cursor, Cycle, Stream};
use crate::ports::Ports;
use crate::relation::TribeId;
use crate::settings::Settings;
use crate::sync::brake::{self, ClearPolicy};
use crate::sync::budget::Budget;
use crate::sync::letters::Which;
use crate::sync::outcome::{Next, Outcome, Stop, Stopped, System};
use crate::sync::overlap::from_now;
use crate::sync::release::let_a_handful_through;
use crate::sync::session::{Session, run};
use crate::sync::steps::{AcList, ChangedInTribe, DueLetters, Extent, Letters, LookAgain, OfAc, PendingClears};
use crate::sync::tribe_changes::sync_pushed;
use crate::sync::walk::{Step, walk};
use crate::wording::Code;

/// How many changes of Tribe are looked at together.
const CHANGES_AT_ONCE: usize = 50;

/// Takes every relation of a mapped type to Tribe, and after them their contact persons.
///
/// Called until [`Next::Done`]; a call after that begins a new walk, in which what is linked and did not change costs
/// no Tribe call.
pub fn initial_sync(ports: Ports<'_>, settings: &Settings, budget: Budget) -> Result<Outcome, Stopped> {
    run(ports, settings, budget, |session| {
        begin(session, Cycle::Initial);
        session.makes_many();
        watch_tribe_from_now(session)?;
        let [relaties, contactpersonen] = AcList::BOTH.map(|list| OfAc(list, Extent::Whole));
        let letters = Letters(Which { only_resting: true, ..Which::default() });
        walk(session, "initial", &[&relaties, &contactpersonen, &letters, &PendingClears(&[Cycle::Initial])])
    })
}

/// One cycle of the periodic sync. Called until [`Next::Done`].
pub fn poll(ports: Ports<'_>, settings: &Settings, budget: Budget) -> Result<Outcome, Stopped> {
    run(ports, settings, budget, |session| {
        if !go_on_with_release(session)? {
            return Ok(());
        }
        begin(session, Cycle::Poll);
        let [relaties, contactpersonen] = AcList::BOTH.map(|list| OfAc(list, Extent::Changes));
        let of_tribe = ChangedInTribe::ALL;
        let last: [&dyn Step; 3] = [&LookAgain, &DueLetters, &PendingClears(&[Cycle::Push, Cycle::Poll])];
        let of_tribe_and_last = of_tribe.iter().map(|step| step as &dyn Step).chain(last);
        if is_initial_sync_done(session)? {
            let of_ac: [&dyn Step; 2] = [&relaties, &contactpersonen];
            let steps: Vec<&dyn Step> = of_ac.into_iter().chain(of_tribe_and_last).collect();
            walk(session, "poll", &steps)
        } else {
            session.books.note(Code::InitialSyncFirst, None, None);
            walk(session, "poll-before-initial", &of_tribe_and_last.collect::<Vec<_>>())
        }
    })
}

/// Tries dead letters again, values that were refused before and all. Called until [`Next::Done`].
pub fn retry_letters(ports: Ports<'_>, settings: &Settings, which: &Which, budget: Budget) -> Result<Outcome, Stopped> {
    run(ports, settings, budget, |session| {
        begin(session, Cycle::Poll);
        walk(session, "letters", &[&Letters(which.clone())])
    })
}

/// Compares every linked record with both systems, whatever the stamps say. Called nightly, until [`Next::Done`]. What
/// it finds neither a poll nor a webhook had shown, and is noted as such.
pub fn sweep(ports: Ports<'_>, settings: &Settings, budget: Budget) -> Result<Outcome, Stopped> {
    run(ports, settings, budget, |session| {
        // A sweep makes what is missing, and whether anything is to be made a person says with the initial sync.
        if !is_initial_sync_done(session)? {
            session.books.note(Code::InitialSyncFirst, None, None);
            return Ok(());
        }
        begin(session, Cycle::Sweep);
        session.is_sweep = true;
        let [relaties, contactpersonen] = AcList::BOTH.map(|list| OfAc(list, Extent::Sweep));
        walk(session, "sweep", &[&relaties, &contactpersonen, &PendingClears(&[Cycle::Sweep])])
    })
}

/// Takes edits of linked Tribe records to AC. Returns the changes that the budget left, to be handed in again.
pub fn push(
    ports: Ports<'_>,
    settings: &Settings,
    changes: &[TribeId],
    budget: Budget,
) -> Result<(Outcome, Vec<TribeId>), Stopped> {
    // Webhooks come in many copies: each record is looked at once.
    let mut known = BTreeSet::new();
    let mut left: Vec<TribeId> = changes.iter().filter(|id| known.insert(*id)).cloned().collect();
    let outcome = run(ports, settings, budget, |session| {
        begin(session, Cycle::Push);
        while !left.is_empty() && session.allowance.is_left() {
            let some: Vec<TribeId> = left.iter().take(CHANGES_AT_ONCE).cloned().collect();
            sync_pushed(session, &some)?;
            session.flush()?;
            left.drain(..some.len());
        }
        if left.is_empty() {
            return let_a_handful_through(session);
        }
        session.books.outcome.next = Next::Again;
        Ok(())
    })?;
    Ok((outcome, left))
}

/// Agrees to the clearings that the brake holds back, and that the records are gone which Tribe does not show, and
/// carries it out: every linked record is compared. Called until [`Next::Done`]; where that is broken off, the poll
/// goes on with it.
pub fn release_brake(ports: Ports<'_>, settings: &Settings, budget: Budget) -> Result<Outcome, Stopped> {
    run(ports, settings, budget, |session| {
        if brake::is_on(session.books.brake()) {
            session.books.brake_mut().state = BrakeState::Released;
        }
        if session.books.absences().is_held() {
            session.books.absences_mut().state = BrakeState::Released;
        }
        if !is_released(session) {
            session.books.note(Code::BrakeNotOn, None, None);
            return Ok(());
        }
        session.flush()?;
        go_on_with_release(session).map(drop)
    })
}

/// Whether a person agreed to something that is still being carried out.
fn is_released(session: &Session<'_>) -> bool {
    [session.books.brake().state, session.books.absences().state].contains(&BrakeState::Released)
}

/// Compares everything with what a person agreed to allowed, if that is so; tells whether nothing of it is left.
fn go_on_with_release(session: &mut Session<'_>) -> Result<bool, Stop> {
    if !is_released(session) {
        return Ok(true);
    }
    session.clear_policy = ClearPolicy::of(session.books.brake(), Cycle::Sweep);
    let [relaties, contactpersonen] = AcList::BOTH.map(|list| OfAc(list, Extent::Sweep));
    walk(session, "release", &[&relaties, &contactpersonen])?;
    if session.books.outcome.next == Next::Again {
        return Ok(false);
    }
    if session.books.brake().state == BrakeState::Released {
        let brake = session.books.brake_mut();
        brake.state = BrakeState::Off;
        brake.held.clear();
        brake.pushed.clear();
    }
    if session.books.absences().state == BrakeState::Released {
        session.books.absences_mut().state = BrakeState::Off;
    }
    session.flush()?;
    Ok(true)
}

/// Sets what this cycle does with clearings, and tells what waits for a person.
fn begin(session: &mut Session<'_>, cycle: Cycle) {
    session.clear_policy = ClearPolicy::of(session.books.brake(), cycle);
    if brake::is_on(session.books.brake()) && cycle != Cycle::Push {
        session.books.note(Code::BrakeOn, None, None);
    }
    if session.books.absences().is_held() && cycle != Cycle::Push {
        session.books.note(Code::ManyNotShown, None, None);
    }
}

fn is_initial_sync_done(session: &Session<'_>) -> Result<bool, Stop> {
    Ok(session.state.cursor(Stream::Contactpersonen)?.stamp.is_some())
}

/// From the first slice of the first sync on, edits in Tribe count: a list without a cursor begins now, by Tribe's
/// clock.
fn watch_tribe_from_now(session: &Session<'_>) -> Result<(), Stop> {
    let mut new = Vec::new();
    for stream in ChangedInTribe::ALL.iter().map(ChangedInTribe::stream) {
        if session.state.cursor(stream)?.stamp.is_none() {
            new.push(stream);
        }
    }
    if new.is_empty() {
        return Ok(());
    }
    let server_time = session.tribe.server_time().map_err(|failure| session.stop(failure, System::Tribe))?;
    let stamp = Some(from_now(server_time, session.now()));
    for stream in new {
        session.state.save_cursor(stream, &Cursor { stamp, ..Cursor::default() })?;
    }
    Ok(())
}
