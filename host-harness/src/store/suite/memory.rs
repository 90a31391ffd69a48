//! The plain store: maps behind one lock, for tests.

#![allow(clippy::unwrap_used, reason = "tests")]

mod logins;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::fixture::Fixture;
use crate::moment::Moment;
use crate::settings::OfficeNumber;
use crate::store::activity::{Activity, Wanted};
use crate::store::database::{
    Acquired, Change, Copies, Database, DatabaseError, Delivered, KEPT_FOR, KeyPage, OfficeSummary, Offices, Queued,
    RUNS_KEPT, Reseal, Restored, Write,
};
use crate::store::history::Run;
use crate::store::lease::{LEASE, Left};
use crate::store::quota::{Quota, Used};
use crate::store::seal::Place;
use crate::store::summary::Summary;
use crate::timestamp::Timestamp;

/// All that is kept.
#[derive(Clone, Default, Serialize, Deserialize)]
struct State {
    proof: Option<Vec<u8>>,
    interval: Option<Duration>,
    offices: BTreeMap<OfficeNumber, Office>,
    /// They outlive their offices: a token stays an old one.
    leases: BTreeMap<OfficeNumber, Kept>,
    logins: logins::Kept,
}

#[derive(Clone, Serialize, Deserialize)]
struct Office {
    sealed: Vec<u8>,
    added: Timestamp,
    activity: Option<(String, Timestamp)>,
    /// By the number under which a key was first put, which orders the pages.
    values: BTreeMap<u64, (String, Vec<u8>)>,
    waiting: BTreeMap<String, Row>,
    runs: Vec<Run>,
    summary: Summary,
}

#[derive(Clone, Default, Serialize, Deserialize)]
struct Row {
    deleted: bool,
    sequence: u64,
    first: u64,
    last: u64,
    failures: u64,
}

impl Row {
    fn is_due(&self, quiet_since: u64, waiting_since: u64, now: u64) -> bool {
        self.last <= quiet_since || self.first <= waiting_since || self.last > now
    }
}

#[derive(Clone, Default, Serialize, Deserialize)]
struct Kept {
    token: u64,
    note: String,
    #[serde(skip)]
    held: Option<(Weak<()>, Moment)>,
}

impl Kept {
    fn leave(&mut self, note: Option<&str>) {
        self.note = note.map_or(std::mem::take(&mut self.note), str::to_owned);
    }
}

/// A process that works on it.
struct Process {
    state: Arc<Mutex<State>>,
    lives: Arc<()>,
}

/// The database, whoever works on it.
pub(super) struct InMemory(Arc<Mutex<State>>);

impl Fixture for InMemory {
    const TELLS_THE_DEAD: bool = true;

    fn empty() -> Self {
        Self(Arc::default())
    }

    fn process(&self) -> Box<dyn Database> {
        Box::new(Process { state: Arc::clone(&self.0), lives: Arc::new(()) })
    }

    fn restored(&self) -> (Self, Restored) {
        let file = tempfile::NamedTempFile::new().unwrap();
        self.process().copy_to(file.path()).unwrap();
        let state = serde_json::from_slice(&std::fs::read(file.path()).unwrap()).unwrap();
        let elsewhere = Self(Arc::new(Mutex::new(state)));
        let restored = elsewhere.process().take_back_claims().unwrap();
        (elsewhere, restored)
    }
}

impl Process {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

impl State {
    fn newest(&self, office: &OfficeNumber, token: Option<u64>) -> Result<(), DatabaseError> {
        let newest = self.leases.get(office).filter(|kept| kept.held.is_some()).map(|kept| kept.token);
        if token.is_none() || newest == token { Ok(()) } else { Err(DatabaseError::Fenced) }
    }

    /// Ends the lease of an office: nobody has the newest token.
    fn end(&mut self, office: &OfficeNumber, note: Option<&str>) {
        if let Some(kept) = self.leases.get_mut(office) {
            kept.token += 1;
            kept.held = None;
            kept.leave(note);
        }
    }

    /// Changes an office that is there.
    fn with(&mut self, office: &OfficeNumber, change: impl FnOnce(&mut Office)) -> Result<(), DatabaseError> {
        self.offices.get_mut(office).map(change);
        Ok(())
    }
}

impl Office {
    fn used(&self) -> Used {
        let bytes = self.values.values().map(|(key, sealed)| key.len() + sealed.len()).sum::<usize>();
        Used { keys: self.values.len() as u64, bytes: bytes as u64 }
    }

    fn write(&mut self, (key, sealed): &Write) {
        let number = self.values.iter().find(|(_, (kept, _))| kept == key).map(|(number, _)| *number);
        let next = || self.values.last_key_value().map_or(1, |(last, _)| last + 1);
        let number = number.unwrap_or_else(next);
        match sealed {
            Some(sealed) => drop(self.values.insert(number, (key.clone(), sealed.clone()))),
            None => drop(self.values.remove(&number)),
        }
    }
}

impl Offices for Process {
    fn put_activity(&self, office: &OfficeNumber, wanted: Wanted, since: Timestamp) -> Result<(), DatabaseError> {
        self.state().with(office, |office| office.activity = Some((wanted.name().to_owned(), since)))
    }

    fn activity(&self, office: &OfficeNumber) -> Result<Activity, DatabaseError> {
        Ok(Activity::stored(self.state().offices.get(office).and_then(|office| office.activity.clone())))
    }

    fn inactive(&self) -> Result<Vec<OfficeNumber>, DatabaseError> {
        let known = self.summaries(None)?.into_iter();
        Ok(known.filter(|office| !office.activity.is_active()).map(|office| office.office).collect())
    }

    fn remove_office(&self, office: &OfficeNumber) -> Result<(), DatabaseError> {
        let mut state = self.state();
        state.end(office, Some(""));
        state.offices.remove(office);
        state.logins.remove(office);
        Ok(())
    }

    fn summaries(&self, office: Option<&OfficeNumber>) -> Result<Vec<OfficeSummary>, DatabaseError> {
        let state = self.state();
        let asked = state.offices.iter().filter(|(number, _)| office.is_none_or(|office| office == *number));
        let known = asked.map(|(number, office)| OfficeSummary {
            office: number.clone(),
            added: office.added,
            activity: Activity::stored(office.activity.clone()),
            summary: office.summary.clone(),
            used: office.used(),
        });
        Ok(known.collect())
    }
}

impl Copies for Process {
    fn copy_to(&self, file: &Path) -> Result<(), DatabaseError> {
        std::fs::write(file, serde_json::to_vec(&*self.state()).unwrap()).unwrap();
        Ok(())
    }

    fn take_back_claims(&self) -> Result<Restored, DatabaseError> {
        let mut state = self.state();
        for kept in state.leases.values_mut() {
            *kept = Kept { token: kept.token + 1_000_000, ..Kept::default() };
        }
        state.logins.let_nobody_in();
        let offices = state.offices.values();
        Ok(Restored {
            offices: state.offices.len() as u64,
            waiting: offices.clone().map(|office| office.waiting.len() as u64).sum(),
            newest_run: offices.flat_map(|office| &office.runs).map(|run| run.finished).max(),
        })
    }

    fn reseal(&self, reseal: Reseal<'_>) -> Result<u64, DatabaseError> {
        let mut state = self.state();
        let mut left = 0;
        let mut anew = |place, sealed: &mut Vec<u8>| match reseal(place, sealed) {
            Some(new) => *sealed = new,
            None => left += 1,
        };
        if let Some(proof) = &mut state.proof {
            anew(Place::Proof, proof);
        }
        for (number, office) in &mut state.offices {
            anew(Place::Office(number), &mut office.sealed);
            for (key, sealed) in office.values.values_mut() {
                anew(Place::Value { office: number, key }, sealed);
            }
        }
        Ok(left)
    }
}

impl Database for Process {
    fn keep_proof(&self, proof: &[u8]) -> Result<Vec<u8>, DatabaseError> {
        Ok(self.state().proof.get_or_insert_with(|| proof.to_vec()).clone())
    }

    fn try_write(&self) -> Result<(), DatabaseError> {
        drop(self.state());
        Ok(())
    }

    fn put_office(&self, office: &OfficeNumber, sealed: &[u8], now: Timestamp) -> Result<(), DatabaseError> {
        let new = || Office {
            sealed: Vec::new(),
            added: now,
            activity: None,
            values: BTreeMap::new(),
            waiting: BTreeMap::new(),
            runs: Vec::new(),
            summary: Summary::default(),
        };
        self.state().offices.entry(office.clone()).or_insert_with(new).sealed = sealed.to_vec();
        Ok(())
    }

    fn office(&self, office: &OfficeNumber) -> Result<Option<Vec<u8>>, DatabaseError> {
        Ok(self.state().offices.get(office).map(|office| office.sealed.clone()))
    }

    fn offices(&self) -> Result<Vec<OfficeNumber>, DatabaseError> {
        Ok(self.state().offices.keys().cloned().collect())
    }

    fn put_interval(&self, interval: Duration) -> Result<(), DatabaseError> {
        self.state().interval = Some(interval);
        Ok(())
    }

    fn interval(&self) -> Result<Option<Duration>, DatabaseError> {
        Ok(self.state().interval)
    }

    fn acquire(&self, office: &OfficeNumber, now: &Moment) -> Result<Acquired, DatabaseError> {
        let mut state = self.state();
        let kept = state.leases.entry(office.clone()).or_default();
        if let Some((owner, last_sign)) = &kept.held
            && owner.strong_count() > 0
            && last_sign.apart(now) < LEASE
        {
            return Ok(Acquired::Busy);
        }
        kept.token += 1;
        let held = kept.held.replace((Arc::downgrade(&self.lives), now.clone()));
        Ok(Acquired::Token(kept.token, Left { note: kept.note.clone(), given_back: held.is_none() }))
    }

    fn enter(&self) -> Result<(), DatabaseError> {
        Ok(())
    }

    fn sign(&self, office: &OfficeNumber, token: u64, now: &Moment, note: Option<&str>) -> Result<(), DatabaseError> {
        let mut state = self.state();
        state.newest(office, Some(token))?;
        let kept = state.leases.entry(office.clone()).or_default();
        if let Some((_, last_sign)) = kept.held.as_mut() {
            *last_sign = now.clone();
        }
        kept.leave(note);
        Ok(())
    }

    fn release(&self, office: &OfficeNumber, token: u64, note: Option<&str>) -> Result<(), DatabaseError> {
        let mut state = self.state();
        if state.newest(office, Some(token)).is_ok() {
            state.end(office, note);
        }
        Ok(())
    }

    fn holds(&self, office: &OfficeNumber, token: u64) -> Result<(), DatabaseError> {
        self.state().newest(office, Some(token))
    }

    fn get(&self, office: &OfficeNumber, token: Option<u64>, key: &str) -> Result<Option<Vec<u8>>, DatabaseError> {
        let state = self.state();
        state.newest(office, token)?;
        let values = state.offices.get(office).into_iter().flat_map(|office| office.values.values());
        Ok(values.into_iter().find(|(kept, _)| kept == key).map(|(_, sealed)| sealed.clone()))
    }

    fn write(&self, office: &OfficeNumber, token: u64, writes: &[Write], quota: Quota) -> Result<(), DatabaseError> {
        let mut state = self.state();
        state.newest(office, Some(token))?;
        let Some(known) = state.offices.get(office) else { return Ok(()) };
        let mut changed = known.clone();
        writes.iter().for_each(|write| changed.write(write));
        if !changed.used().may_follow(known.used(), quota) {
            return Err(DatabaseError::OfficeFull(quota));
        }
        state.offices.insert(office.clone(), changed);
        Ok(())
    }

    fn keys(
        &self,
        office: &OfficeNumber,
        token: Option<u64>,
        after: Option<u64>,
        limit: u32,
    ) -> Result<KeyPage, DatabaseError> {
        let state = self.state();
        state.newest(office, token)?;
        let Some(office) = state.offices.get(office) else { return Ok(KeyPage::default()) };
        let page: Vec<_> = office.values.range(after.map_or(0, |after| after + 1)..).take(limit as usize).collect();
        let next = page.last().filter(|_| page.len() == limit as usize).map(|(number, _)| **number);
        Ok(KeyPage { keys: page.into_iter().map(|(_, (key, _))| key.clone()).collect(), next })
    }

    fn enqueue(&self, office: &OfficeNumber, changes: &[Delivered], now: Timestamp) -> Result<(), DatabaseError> {
        let now = now.as_millis();
        self.state().with(office, |office| {
            for change in changes {
                let new = || Row { first: now, ..Row::default() };
                let row = office.waiting.entry(change.id.clone()).or_insert_with(new);
                row.deleted |= change.deleted;
                row.sequence += 1;
                row.last = now;
            }
        })
    }

    fn due(
        &self,
        office: &OfficeNumber,
        quiet_since: Timestamp,
        waiting_since: Timestamp,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Queued>, DatabaseError> {
        let [quiet_since, waiting_since, now] = [quiet_since, waiting_since, now].map(Timestamp::as_millis);
        let state = self.state();
        let rows = state.offices.get(office).into_iter().flat_map(|office| &office.waiting);
        let mut due: Vec<_> = rows.filter(|(_, row)| row.is_due(quiet_since, waiting_since, now)).collect();
        due.sort_by_key(|(_, row)| (row.failures, row.first));
        let queued = due.into_iter().take(limit as usize);
        Ok(queued.map(|(id, row)| Queued { id: id.clone(), deleted: row.deleted, sequence: row.sequence }).collect())
    }

    fn due_offices(
        &self,
        quiet_since: Timestamp,
        waiting_since: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<(OfficeNumber, bool)>, DatabaseError> {
        let [quiet_since, waiting_since, now] = [quiet_since, waiting_since, now].map(Timestamp::as_millis);
        let is_due = |row: &Row| row.is_due(quiet_since, waiting_since, now);
        let state = self.state();
        let waiting = state.offices.iter().filter(|(_, office)| !office.waiting.is_empty());
        Ok(waiting.map(|(number, office)| (number.clone(), office.waiting.values().any(is_due))).collect())
    }

    fn waiting(&self) -> Result<Vec<(OfficeNumber, u64)>, DatabaseError> {
        let state = self.state();
        let all = state.offices.iter().map(|(number, office)| (number.clone(), office.waiting.len() as u64));
        Ok(all.filter(|(_, waiting)| *waiting > 0).collect())
    }

    fn oldest_waiting(&self) -> Result<Option<Timestamp>, DatabaseError> {
        let state = self.state();
        let active = state.offices.values().filter(|office| Activity::stored(office.activity.clone()).is_active());
        let first = active.flat_map(|office| office.waiting.values()).map(|row| row.first).min();
        Ok(first.map(Timestamp::from_millis))
    }

    fn done(&self, office: &OfficeNumber, changes: &[Queued]) -> Result<(), DatabaseError> {
        self.state().with(office, |office| {
            let is_done = |id: &str, row: &Row| changes.iter().any(|of| of.id == id && of.sequence == row.sequence);
            office.waiting.retain(|id, row| !is_done(id, row));
        })
    }

    fn failed(&self, office: &OfficeNumber, changes: &[Queued]) -> Result<(), DatabaseError> {
        self.state().with(office, |office| {
            for change in changes {
                if let Some(row) = office.waiting.get_mut(&change.id) {
                    row.failures += 1;
                }
            }
        })
    }

    fn record_run(&self, office: &OfficeNumber, run: &Run) -> Result<(), DatabaseError> {
        self.state().with(office, |office| {
            office.runs.push(run.clone());
            office.runs.retain(|kept| kept.finished >= run.finished.minus(KEPT_FOR));
            let beyond = office.runs.len().saturating_sub(RUNS_KEPT as usize);
            office.runs.drain(..beyond);
            office.summary = std::mem::take(&mut office.summary).after(run);
        })
    }

    fn runs(&self, office: &OfficeNumber, limit: u32) -> Result<Vec<Run>, DatabaseError> {
        let state = self.state();
        let runs = state.offices.get(office).into_iter().flat_map(|office| office.runs.iter().rev());
        Ok(runs.take(limit as usize).cloned().collect())
    }

    fn sum_up(&self, office: &OfficeNumber, change: Change<'_>) -> Result<(), DatabaseError> {
        self.state().with(office, |office| office.summary = change(std::mem::take(&mut office.summary)))
    }
}
