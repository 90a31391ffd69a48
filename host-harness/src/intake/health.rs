//! Whether the cycles of all offices come to their end.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::office_state::{Need, OfficeState, State};
use crate::settings::OfficeNumber;
use crate::store::{OfficeSummary, Store, StoreError};
use crate::timestamp::Timestamp;

/// The page is public: it asks the store no more often than this.
const FRESH_FOR: Duration = Duration::from_secs(2);

/// What the health page says. No office is named: the page is public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Health {
    /// All offices.
    pub offices: usize,
    /// Those whose last finished cycle is too old, or whose initial sync nobody goes on with.
    pub late: usize,
    /// How many offices stand so.
    pub states: BTreeMap<State, usize>,
    /// How many offices need that of a person; an office may need several things.
    #[serde(skip)]
    pub needs: BTreeMap<Need, usize>,
    /// Records with an edit in Tribe that waits for AdvocaatCentraal.
    pub waiting: u64,
    /// When the oldest of the last finished cycles ended, of the offices whose initial sync is done.
    #[serde(skip)]
    pub oldest_cycle: Option<Timestamp>,
    /// Since when the first of those edits has waited.
    #[serde(skip)]
    pub oldest_waiting: Option<Timestamp>,
}

impl Health {
    /// Whether nothing is late.
    pub fn is_green(&self) -> bool {
        self.late == 0
    }
}

/// Whether this process keeps the schedule. Where it does not, lateness is not its business.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheduled {
    /// It does, with that interval.
    Every(Duration),
    /// It does not.
    Elsewhere,
}

/// Answers for the health of the offices in a store. Cheap to clone; clones ask once for all.
#[derive(Clone, Debug)]
pub struct HealthCheck {
    store: Store,
    scheduled: Scheduled,
    last: Arc<Mutex<Option<(Instant, Health)>>>,
}

impl HealthCheck {
    /// For that store and schedule.
    pub fn new(store: Store, scheduled: Scheduled) -> Self {
        Self { store, scheduled, last: Arc::default() }
    }

    /// Between two cycles of an office; none where the schedule is kept elsewhere.
    pub fn interval(&self) -> Option<Duration> {
        match self.scheduled {
            Scheduled::Every(interval) => Some(interval),
            Scheduled::Elsewhere => None,
        }
    }

    /// The health now, at most a few seconds old.
    pub async fn health(&self) -> Result<Health, StoreError> {
        let mut last = self.last.lock().await;
        if let Some((at, health)) = &*last
            && at.elapsed() < FRESH_FOR
        {
            return Ok(health.clone());
        }
        let health = self.ask(Timestamp::now()).await?;
        *last = Some((Instant::now(), health.clone()));
        Ok(health)
    }

    /// The health at that instant, asked of the store.
    pub(super) async fn ask(&self, now: Timestamp) -> Result<Health, StoreError> {
        // Where the schedule is kept elsewhere, nothing is ever late here.
        let interval = match self.scheduled {
            Scheduled::Every(interval) => interval,
            Scheduled::Elsewhere => Duration::MAX,
        };
        let offices = self.store.summaries().await?;
        let (mut late, mut states, mut needs) = (0, BTreeMap::new(), BTreeMap::new());
        for office in &offices {
            let stands = OfficeState::of(office, now, interval);
            late += usize::from(stands.late);
            *states.entry(stands.state).or_default() += 1;
            stands.needs.into_iter().for_each(|need| *needs.entry(need).or_default() += 1);
        }
        // What a person paused waits for that person.
        let active: HashSet<&OfficeNumber> =
            offices.iter().filter(|of| of.activity.is_active()).map(|of| &of.office).collect();
        let waiting = self.store.waiting().await?;
        let waiting = waiting.iter().filter(|(office, _)| active.contains(office)).map(|(_, count)| count).sum();
        let oldest_waiting = self.store.oldest_waiting().await?;
        let last_cycle = |of: &OfficeSummary| of.summary.last_cycle.max(of.summary.initial_sync.done());
        let active = offices.iter().filter(|of| of.activity.is_active());
        let oldest_cycle = active.filter_map(last_cycle).min();
        Ok(Health { offices: offices.len(), late, states, needs, waiting, oldest_cycle, oldest_waiting })
    }
}
