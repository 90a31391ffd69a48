//! The sync itself: what to read, what to do with it, in which order it becomes durable.
//!
//! Every signal — a row of a list, a webhook, a dead letter that is due — leads to the same way (`batch`): read both
//! sides, look up by marker what is missing, create it, plan, keep what gives way, write, store the bases. The entry
//! points below differ only in which records they put on it.

mod adopt;
mod batch;
mod brake;
mod budget;
pub mod care;
mod create;
mod engine;
mod item;
mod nest;
mod outcome;
pub mod preview;
mod reconcile;
mod scope;
mod sides;
mod to_advocaatcentraal;
mod to_tribe;
mod walk;

use std::collections::BTreeSet;

use crate::link::{Cursor, Cycle, Stream};
use crate::ports::Ports;
use crate::relation::TribeId;
use crate::settings::Settings;
use crate::wording::Code;

pub use budget::Budget;
use budget::{Allowance, CountedHttp};
use engine::{Engine, of_state};
pub(crate) use engine::{of_state as stop_of_state, stop as stop_of_failure};
pub use outcome::{Counts, Next, Note, Outcome, Stop, System, Verdict};
use walk::Step;

/// A slice that stopped early, with what it did until then. All of that is durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stopped {
    /// Why.
    pub because: Stop,
    /// What was done.
    pub so_far: Outcome,
}

impl From<Stop> for Stopped {
    fn from(because: Stop) -> Self {
        Self { because, so_far: Outcome::default() }
    }
}

/// How many changes of Tribe are looked at together.
const CHANGES_AT_ONCE: usize = 50;

/// Takes every relation of a mapped type to Tribe, and after them their contact persons.
///
/// Called until [`Next::Done`]; a call after that begins a new walk, in which what is linked and did not change costs
/// no Tribe call.
pub fn initial_sync(ports: Ports<'_>, settings: &Settings, budget: Budget) -> Result<Outcome, Stopped> {
    run(ports, settings, budget, |engine| {
        engine.begin_cycle(Cycle::Initial);
        engine.watch_tribe_from_now()?;
        let steps =
            [Step::All(Stream::Relaties), Step::All(Stream::Contactpersonen), Step::PendingClear(&[Cycle::Initial])];
        engine.walk("initial", &steps)
    })
}

/// One cycle of the periodic sync. Called until [`Next::Done`].
pub fn poll(ports: Ports<'_>, settings: &Settings, budget: Budget) -> Result<Outcome, Stopped> {
    run(ports, settings, budget, |engine| {
        if !engine.go_on_with_release()? {
            return Ok(());
        }
        engine.begin_cycle(Cycle::Poll);
        let mut steps = Vec::new();
        let begun = engine.state.cursor(Stream::Contactpersonen).map_err(of_state)?.stamp.is_some();
        if begun {
            steps.extend([Step::Changes(Stream::Relaties), Step::Changes(Stream::Contactpersonen)]);
        } else {
            engine.outcome.note(Code::InitialSyncFirst, None, None);
        }
        let of_tribe = [Stream::Organisations, Stream::Persons, Stream::Contacts, Stream::Addresses];
        steps.extend(of_tribe.map(Step::Changes));
        steps.extend([Step::DeadLetters, Step::PendingClear(&[Cycle::Push, Cycle::Poll])]);
        let name = if begun { "poll" } else { "poll-before-initial" };
        engine.walk(name, &steps)
    })
}

/// Compares every linked record with both systems, whatever the stamps say. Called nightly, until [`Next::Done`]. What
/// it finds neither a poll nor a webhook had shown, and is noted as such.
pub fn sweep(ports: Ports<'_>, settings: &Settings, budget: Budget) -> Result<Outcome, Stopped> {
    run(ports, settings, budget, |engine| {
        // A sweep makes what is missing, and whether anything is to be made a person says with the initial sync.
        if engine.state.cursor(Stream::Contactpersonen).map_err(of_state)?.stamp.is_none() {
            engine.outcome.note(Code::InitialSyncFirst, None, None);
            return Ok(());
        }
        engine.begin_cycle(Cycle::Sweep);
        engine.sweeping = true;
        let steps =
            [Step::Sweep(Stream::Relaties), Step::Sweep(Stream::Contactpersonen), Step::PendingClear(&[Cycle::Sweep])];
        engine.walk("sweep", &steps)
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
    let outcome = run(ports, settings, budget, |engine| {
        engine.begin_cycle(Cycle::Push);
        while !left.is_empty() && engine.allowance.is_left() {
            let some: Vec<TribeId> = left.iter().take(CHANGES_AT_ONCE).cloned().collect();
            engine.push(&some)?;
            engine.flush()?;
            left.drain(..some.len());
        }
        if left.is_empty() {
            return engine.let_a_handful_through();
        }
        engine.outcome.next = Next::Again;
        Ok(())
    })?;
    Ok((outcome, left))
}

impl Engine<'_> {
    /// From the first slice of the first sync on, edits in Tribe count: a list without a cursor begins now, by
    /// Tribe's clock.
    fn watch_tribe_from_now(&mut self) -> Result<(), Stop> {
        let of_tribe = [Stream::Organisations, Stream::Persons, Stream::Contacts, Stream::Addresses];
        let mut new = Vec::new();
        for stream in of_tribe {
            if self.state.cursor(stream).map_err(of_state)?.stamp.is_none() {
                new.push(stream);
            }
        }
        if new.is_empty() {
            return Ok(());
        }
        let now = self.tribe.server_time().map_err(|failure| self.stop(failure, System::Tribe))?;
        for stream in new {
            self.state.save_cursor(stream, &Cursor { stamp: now, ..Cursor::default() }).map_err(of_state)?;
        }
        Ok(())
    }

    /// Looks at what changed; an id that is nobody's may be an address of somebody's.
    fn push(&mut self, changes: &[TribeId]) -> Result<(), Stop> {
        let mut ids = Vec::new();
        let mut strangers = Vec::new();
        for id in changes {
            match self.state.owner(id).map_err(of_state)? {
                Some(_) => ids.push(id.clone()),
                None => strangers.push(id.clone()),
            }
        }
        ids.extend(self.tribe.owners_of_addresses(&strangers).map_err(|failure| self.stop(failure, System::Tribe))?);
        self.look_again(&ids)
    }
}

fn run(
    ports: Ports<'_>,
    settings: &Settings,
    budget: Budget,
    work: impl FnOnce(&mut Engine<'_>) -> Result<(), Stop>,
) -> Result<Outcome, Stopped> {
    let http = CountedHttp::new(ports.http);
    let allowance = Allowance::new(budget, &http, ports.clock);
    let mut engine = Engine::begin(ports, &http, settings, allowance)?;
    let result = work(&mut engine).and_then(|()| engine.flush());
    match result {
        Ok(()) => Ok(engine.outcome),
        Err(because) => {
            // What was put aside before the stop is kept, if the store still takes it.
            let kept = engine.flush();
            let because = kept.err().unwrap_or(because);
            Err(Stopped { because, so_far: engine.outcome })
        }
    }
}
