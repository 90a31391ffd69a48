//! Runs the connector in a world, slice after slice, as a host does.

use std::time::Duration;

use advocaatcentraal_tribe::relation::TribeId;
use advocaatcentraal_tribe::sync::{Budget, Counts, Next, Note, Outcome, Standing, Stopped, Write};

use super::{CYCLE, World};
use crate::connector::Connector;

/// One call of a walk.
type Slice = fn(&dyn Connector, &World, Budget) -> Result<Outcome, Stopped>;

/// The result of a cycle: the sum of its slices.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cycle {
    /// The counts of all slices.
    pub counts: Counts,
    /// The notes of all slices.
    pub notes: Vec<Note>,
    /// The writes of all slices.
    pub writes: Vec<Write>,
    /// How the office stood after the last.
    pub standing: Option<Standing>,
    /// What the last slice asked for.
    pub next: Next,
    /// How many slices there were.
    pub slices: u32,
}

impl Cycle {
    /// The codes of the notes, each once.
    pub fn codes(&self) -> Vec<&'static str> {
        let mut codes: Vec<&str> = self.notes.iter().map(|note| note.code.as_str()).collect();
        codes.sort_unstable();
        codes.dedup();
        codes
    }

    fn add(&mut self, outcome: Outcome) {
        let of_slice = outcome.counts;
        self.slices += 1;
        self.counts.read += of_slice.read;
        self.counts.unchanged += of_slice.unchanged;
        self.counts.created += of_slice.created;
        self.counts.updated += of_slice.updated;
        self.counts.dead_lettered += of_slice.dead_lettered;
        self.counts.skipped += of_slice.skipped;
        self.notes.extend(outcome.notes);
        self.writes.extend(outcome.writes);
        (self.standing, self.next) = (outcome.standing, outcome.next);
    }
}

impl World {
    /// The initial sync, slice after slice until it is done.
    pub fn initial_sync(&self) -> Result<Cycle, Stopped> {
        self.until_done(|connector, world, budget| connector.initial_sync(world, budget))
    }

    /// One poll, after the time between two of them.
    pub fn poll(&self) -> Result<Cycle, Stopped> {
        self.wait(CYCLE);
        self.until_done(|connector, world, budget| connector.poll(world, budget))
    }

    /// The nightly sweep, slice after slice until it is done.
    pub fn sweep(&self) -> Result<Cycle, Stopped> {
        self.until_done(|connector, world, budget| connector.sweep(world, budget))
    }

    /// Polls three times, after which both sides are at rest.
    pub fn settle(&self) -> Result<(), Stopped> {
        for _ in 0..3 {
            self.poll()?;
        }
        Ok(())
    }

    /// Hands in these records, as Tribe's webhooks deliver them.
    pub fn push(&self, ids: &[&str]) -> Result<Cycle, Stopped> {
        self.wait(Duration::from_secs(2));
        let mut left: Vec<TribeId> = ids.iter().filter_map(|id| TribeId::parse(id)).collect();
        let mut cycle = Cycle::default();
        while !left.is_empty() {
            let mut rest = Vec::new();
            cycle.add(self.call(self.budget.get(), |connector, world, budget| {
                let (outcome, left) = connector.on_tribe_change(world, &left, budget)?;
                rest = left;
                Ok(outcome)
            })?);
            left = rest;
        }
        Ok(cycle)
    }

    /// One call of the connector. Its outcome is logged, unless the process ended in the call.
    pub fn call(
        &self,
        budget: Budget,
        slice: impl FnOnce(&dyn Connector, &Self, Budget) -> Result<Outcome, Stopped>,
    ) -> Result<Outcome, Stopped> {
        let result = slice(self.engine.get().connector(), self, budget);
        if !self.faults.is_dead() {
            self.watch.ended(self.now.get(), &result);
        }
        result
    }

    fn until_done(&self, slice: Slice) -> Result<Cycle, Stopped> {
        let mut cycle = Cycle::default();
        loop {
            let outcome = self.call(self.budget.get(), slice)?;
            let next = outcome.next;
            cycle.add(outcome);
            match next {
                Next::Done | Next::InitialSync => return Ok(cycle),
                Next::Again => assert!(cycle.slices < 10_000, "a walk that does not end"),
            }
        }
    }
}
