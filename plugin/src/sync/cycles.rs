//! The cycles: which steps they walk, and what ends them. They differ in nothing but which records they put on the way.

use std::collections::BTreeSet;

use crate::link::{AbsenceBrake, BrakeState, Braked, Cursor, Cycle, MappedTypes, Side, Stream};
use crate::ports::Ports;
use crate::relation::TribeId;
use crate::settings::{Problem, Settings, name};
use crate::sync::brake::Wish;
use crate::sync::budget::Budget;
use crate::sync::known_ids::linked;
use crate::sync::letters::WhichLetters;
use crate::sync::outcome::{Next, Outcome, Stop, Stopped, System};
use crate::sync::overlap::from_now;
use crate::sync::release::{carry_out, let_a_couple_through};
use crate::sync::session::{Session, run};
use crate::sync::steps::{AcList, ChangedInTribe, DueLetters, EndOf, Extent, Letters, LookAgain, NewlyMapped, OfAc};
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
        if let Some(code) = session.closed().code(Side::Tribe) {
            return Err(Stop::Settings(vec![Problem { setting: name::PAUSED_DIRECTION, code }]));
        }
        begin(session, Cycle::Initial)?;
        session.makes_many();
        remember_mapping(session)?;
        watch_tribe_from_now(session)?;
        let [relaties, contactpersonen] = AcList::BOTH.map(|list| OfAc(list, Extent::Whole));
        let letters = Letters(WhichLetters { only_resting: true, ..WhichLetters::default() });
        walk(session, "initial", &[&relaties, &contactpersonen, &letters, &EndOf(&[Cycle::Initial])])?;
        tell_nothing_synced(session)
    })
}

/// Tells that all was passed over, where nothing of an office is linked at the end of its initial sync.
fn tell_nothing_synced(session: &mut Session<'_>) -> Result<(), Stop> {
    let outcome = &session.books.outcome;
    if outcome.next == Next::Done && outcome.done > 0 && linked(&session.state)?.iter().all(Vec::is_empty) {
        session.books.note(Code::NothingToSync, None, None);
    }
    Ok(())
}

/// One cycle of the periodic sync. Called until [`Next::Done`].
pub fn poll(ports: Ports<'_>, settings: &Settings, budget: Budget) -> Result<Outcome, Stopped> {
    run(ports, settings, budget, |session| {
        let of_tribe = ChangedInTribe::ALL;
        let of_tribe = of_tribe.iter().map(|step| step as &dyn Step);
        if session.closed().why(Side::Tribe).is_some() {
            // AC's lists stay where they are: what changes there meanwhile is read once Tribe may have it.
            begin(session, Cycle::Poll)?;
            let end = EndOf(&[Cycle::Push, Cycle::Poll]);
            return walk(session, "poll-from-tribe", &of_tribe.chain([&end as &dyn Step]).collect::<Vec<_>>());
        }
        if !carry_out_first(session)? {
            return Ok(());
        }
        begin(session, Cycle::Poll)?;
        let [relaties, contactpersonen] = AcList::BOTH.map(|list| OfAc(list, Extent::Changes));
        let last: [&dyn Step; 3] = [&LookAgain, &DueLetters, &EndOf(&[Cycle::Push, Cycle::Poll])];
        if is_initial_sync_done(session)? {
            let of_ac: [&dyn Step; 2] = [&relaties, &contactpersonen];
            let newly_mapped: [&dyn Step; 1] = [&NewlyMapped];
            let steps: Vec<&dyn Step> = of_ac.into_iter().chain(of_tribe).chain(newly_mapped).chain(last).collect();
            walk(session, "poll", &steps)
        } else {
            walk(session, "poll-before-initial", &of_tribe.chain(last).collect::<Vec<_>>())?;
            initial_sync_first(session);
            Ok(())
        }
    })
}

/// Compares every linked record with both systems, whatever the stamps say. Called nightly, until [`Next::Done`]. What
/// it finds neither a poll nor a webhook had shown, and is noted as such.
pub fn sweep(ports: Ports<'_>, settings: &Settings, budget: Budget) -> Result<Outcome, Stopped> {
    run(ports, settings, budget, |session| {
        // A sweep makes what is missing, and whether anything is to be made a person says with the initial sync.
        if !is_initial_sync_done(session)? {
            initial_sync_first(session);
            return Ok(());
        }
        if session.leaves_tribe_alone() {
            return Ok(());
        }
        begin(session, Cycle::Sweep)?;
        session.is_sweep = true;
        let [relaties, contactpersonen] = AcList::BOTH.map(|list| OfAc(list, Extent::Sweep));
        walk(session, "sweep", &[&relaties, &contactpersonen, &EndOf(&[Cycle::Sweep])])
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
        begin(session, Cycle::Push)?;
        while !left.is_empty() && session.may_go_on() {
            let some: Vec<TribeId> = left.iter().take(CHANGES_AT_ONCE).cloned().collect();
            sync_pushed(session, &some)?;
            session.flush()?;
            left.drain(..some.len());
        }
        if left.is_empty() {
            return let_a_couple_through(session);
        }
        session.books.outcome.next = Next::Again;
        Ok(())
    })?;
    Ok((outcome, left))
}

/// Tries dead letters again, values that were refused before and all. Called until [`Next::Done`].
pub fn retry_letters(
    ports: Ports<'_>,
    settings: &Settings,
    which: &WhichLetters,
    budget: Budget,
) -> Result<Outcome, Stopped> {
    run(ports, settings, budget, |session| {
        if session.leaves_tribe_alone() {
            return Ok(());
        }
        begin(session, Cycle::Poll)?;
        walk(session, "letters", &[&Letters(which.clone())])
    })
}

/// Lets through what a brake holds back, or what all of them do, as a person agreed. Called until [`Next::Done`]; where
/// that is broken off, the poll goes on with it.
pub fn release_brake(
    ports: Ports<'_>,
    settings: &Settings,
    budget: Budget,
    brake: Option<u64>,
) -> Result<Outcome, Stopped> {
    run(ports, settings, budget, |session| {
        let gone = brake.is_none() && agree_gone(session);
        decide(session, brake, BrakeState::Released, gone)
    })
}

/// The records are gone that Tribe does not show, as a person says: every linked record is compared. Called until
/// [`Next::Done`]; where that is broken off, the poll goes on with it.
pub fn release_gone(ports: Ports<'_>, settings: &Settings, budget: Budget) -> Result<Outcome, Stopped> {
    run(ports, settings, budget, |session| {
        let gone = agree_gone(session);
        // No brake has that number.
        decide(session, Some(u64::MAX), BrakeState::Released, gone)
    })
}

/// Takes back the values that the side lost that a brake is about: what it holds is written the other way round, and
/// what was lost before is given back. Called until [`Next::Done`]; where that is broken off, the poll goes on with it.
pub fn take_back(ports: Ports<'_>, settings: &Settings, budget: Budget, brake: u64) -> Result<Outcome, Stopped> {
    run(ports, settings, budget, |session| decide(session, Some(brake), BrakeState::TakingBack, false))
}

/// A person agreed that many records are gone; tells whether that is to be carried out.
fn agree_gone(session: &mut Session<'_>) -> bool {
    if session.closed().why(Side::Tribe).is_some() {
        return false;
    }
    if session.books.absences().is_held() {
        session.books.absences_mut().state = AbsenceBrake::Released;
    }
    session.books.absences().state == AbsenceBrake::Released
}

/// A person decides on a brake, or on all; then that is carried out. `gone`: so is what was said of missing records.
fn decide(session: &mut Session<'_>, brake: Option<u64>, decision: BrakeState, gone: bool) -> Result<(), Stop> {
    let closed = session.closed();
    let meant = session.books.brake().all_standing().filter(|(number, _)| brake.is_none_or(|brake| brake == *number));
    let holds_up = |braked: &Braked| closed.holds_up(decision, braked.column.side);
    let (waiting, meant): (Vec<_>, Vec<_>) = meant
        .map(|(number, braked)| (number, braked.state, holds_up(braked)))
        .partition(|(_, _, holds_up)| holds_up.is_some());
    // A decision that cannot be carried out is none: the brake stays on.
    let codes: BTreeSet<Code> = waiting.iter().filter_map(|(_, _, code)| *code).collect();
    codes.into_iter().for_each(|code| session.books.note(code, None, None));
    let meant: Vec<(u64, BrakeState)> = meant.into_iter().map(|(number, state, _)| (number, state)).collect();
    if meant.is_empty() && !waiting.is_empty() && !gone {
        return Ok(());
    }
    if meant.is_empty() && !gone {
        session.books.note(Code::BrakeNotOn, None, None);
        return Ok(());
    }
    for (number, state) in meant {
        // To let all through does not take back what a person decided on by its number.
        let stays = brake.is_none() && state != BrakeState::On;
        if let Some(braked) = session.books.brake_mut().brakes.get_mut(&number).filter(|_| !stays) {
            braked.state = decision;
        }
    }
    session.flush()?;
    carry_out_first(session)?;
    tell_of_brakes(session);
    Ok(())
}

/// Carries out what a person decided on brakes; tells whether nothing of it is left.
fn carry_out_first(session: &mut Session<'_>) -> Result<bool, Stop> {
    session.wish = Wish::Cycle(Cycle::Poll);
    Ok(carry_out(session)? && carry_out_gone(session)? && take_as_read(session)?)
}

/// Compares everything, if a person said that what Tribe does not show is gone; tells whether nothing of it is left.
fn carry_out_gone(session: &mut Session<'_>) -> Result<bool, Stop> {
    if session.books.absences().state != AbsenceBrake::Released {
        return Ok(true);
    }
    session.wish = Wish::Cycle(Cycle::Sweep);
    let [relaties, contactpersonen] = AcList::BOTH.map(|list| OfAc(list, Extent::Sweep));
    walk(session, "gone", &[&relaties, &contactpersonen, &EndOf(&[Cycle::Sweep])])?;
    session.wish = Wish::Cycle(Cycle::Poll);
    if session.books.outcome.next == Next::Again {
        return Ok(false);
    }
    session.books.absences_mut().state = AbsenceBrake::Off;
    session.flush()?;
    Ok(true)
}

/// Compares everything, if a setting changed how a field is read: what both sides say now is agreed on (D17). Tells
/// whether nothing of it is left.
fn take_as_read(session: &mut Session<'_>) -> Result<bool, Stop> {
    if !session.rules.is_walk_due || !is_initial_sync_done(session)? {
        return Ok(true);
    }
    let [relaties, contactpersonen] = AcList::BOTH.map(|list| OfAc(list, Extent::Sweep));
    walk(session, "readings", &[&relaties, &contactpersonen])?;
    if session.books.outcome.next == Next::Again {
        return Ok(false);
    }
    session.rules.is_walk_due = false;
    session.state.save_rules(&session.rules)?;
    Ok(true)
}

/// Sets at whose wish this cycle handles records, notices which types are mapped no more, and tells which brakes are on.
fn begin(session: &mut Session<'_>, cycle: Cycle) -> Result<(), Stop> {
    session.wish = Wish::Cycle(cycle);
    let mut mapped = session.state.mapped()?;
    let known = mapped.clone();
    mapped.keep(&session.settings.mapping());
    if mapped != known {
        session.state.save_mapped(&mapped)?;
    }
    if cycle != Cycle::Push {
        tell_of_brakes(session);
    }
    if cycle != Cycle::Push {
        session.tell_closed();
    }
    if session.books.absences().is_held() && cycle != Cycle::Push {
        session.books.note(Code::ManyNotShown, None, None);
    }
    Ok(())
}

/// The first initial sync brings in the types that are mapped when it begins; what is mapped later the polls bring in.
fn remember_mapping(session: &Session<'_>) -> Result<(), Stop> {
    if is_initial_sync_done(session)? || session.state.walk("initial")?.under_way {
        return Ok(());
    }
    let mapped = MappedTypes { known: session.settings.mapping(), ..session.state.mapped()? };
    Ok(session.state.save_mapped(&mapped)?)
}

/// Notes which brakes wait for a person.
fn tell_of_brakes(session: &mut Session<'_>) {
    let on = session.books.brake().all_standing().filter(|(_, braked)| braked.state == BrakeState::On);
    let on: Vec<String> = on.map(|(_, braked)| braked.column.field.clone()).collect();
    on.iter().for_each(|field| session.books.note(Code::BrakeOn, None, Some(field)));
}

/// No cycle is whole before an initial sync was completed.
fn initial_sync_first(session: &mut Session<'_>) {
    session.books.note(Code::InitialSyncFirst, None, None);
    if session.books.outcome.next == Next::Done {
        session.books.outcome.next = Next::InitialSync;
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
