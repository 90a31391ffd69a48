//! Everything that works for offices, put together: the connector, the store, the egress, and whose turn it is.

use std::sync::{Arc, Once, OnceLock};
use std::time::Duration;

use koppeling_egress::{Egress, Place};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::connectors::Connectors;
use super::pace::Pace;
use super::turn::{By, TurnError, Turns, unless_stopped};
use super::{Halt, Report, Slice, Slices, Stop, Tally, Work, run};
use crate::component::{Budget, CallContext, CallError, Connector, Keys, Next, Outcome, Stopped, Write};
use crate::metrics::{CallMetrics, RunMetrics};
use crate::processing_log::{Processing, ProcessingLog};
use crate::settings::{OfficeNumber, OfficeSettings};
use crate::store::{Direction, InitialSync, Reached, RunResult, Store};
use crate::timestamp::Timestamp;

/// How a host divides its work.
#[derive(Clone, Copy, Debug)]
pub struct HostLimits {
    /// How long a slice begins new work, in milliseconds, and how many requests it makes. Short, so that progress is
    /// seen and a webhook gets its turn; far shorter than a call may take, so that what runs can be finished. Long, so
    /// that many records are brought together at once: fewer waits have nothing beside them.
    pub slice: Budget,
    /// Calls at once, over all offices.
    pub calls_at_once: usize,
    /// How long to wait for another process that works for the same office.
    pub patience: Duration,
}

impl HostLimits {
    /// For a run that a person watches: short slices, so that the bar moves.
    pub fn watched() -> Self {
        Self { slice: Budget { milliseconds: 1_000, requests: 200 }, ..Self::default() }
    }
}

impl Default for HostLimits {
    fn default() -> Self {
        let slice = Budget { milliseconds: 20_000, requests: 2_000 };
        Self { slice, calls_at_once: 32, patience: Duration::from_secs(15) }
    }
}

/// Works for any number of offices. Cheap to clone.
#[derive(Clone)]
pub struct Host {
    parts: Arc<Parts>,
}

struct Parts {
    connectors: Connectors,
    store: Store,
    egress: Egress,
    pace: Pace,
    limits: HostLimits,
    turns: Turns,
    stop: CancellationToken,
    calls: CallMetrics,
    runs: RunMetrics,
    log: OnceLock<ProcessingLog>,
}

impl Host {
    /// Puts the parts together. A connector alone works for every office.
    pub fn new(connectors: impl Into<Connectors>, store: Store, egress: Egress, limits: HostLimits) -> Self {
        let turns = Turns::new(limits.calls_at_once);
        let (stop, connectors, calls) =
            (CancellationToken::new(), connectors.into(), CallMetrics::of(&Place::ALL.map(Place::name)));
        let watching = calls.clone();
        egress.watch(move |told| watching.answered(told.place.name(), told.status, told.time));
        let runs = RunMetrics::of(limits.calls_at_once, &Work::NAMES, &RunResult::ALL.map(RunResult::name));
        let (pace, log) = (Pace::of(&egress), OnceLock::new());
        Self { parts: Arc::new(Parts { connectors, store, egress, pace, limits, turns, stop, calls, runs, log }) }
    }

    /// Has each relation that is written in either system logged from here on, and nothing written without that. There is one
    /// log: the first.
    pub fn log_processing(&self, log: ProcessingLog) {
        let _ = self.parts.log.set(log);
    }

    /// What is to be logged of a call, where there is a log: one that cannot be written holds the call back.
    async fn processing(&self, office: &OfficeNumber, name: &'static str) -> Result<Option<Processing>, TurnError> {
        let Some(log) = self.parts.log.get() else { return Ok(None) };
        log.ready().await?;
        Ok(Some(log.processing(office, name)))
    }

    /// The connector of every office that has none of its own.
    pub fn connector(&self) -> &Connector {
        self.parts.connectors.common()
    }

    /// The connector that works for an office with those settings.
    pub async fn connector_of(&self, settings: &OfficeSettings) -> Result<Connector, TurnError> {
        Ok(unless_stopped(&self.parts.stop, self.parts.connectors.of(settings)).await??)
    }

    /// The store.
    pub fn store(&self) -> &Store {
        &self.parts.store
    }

    /// What is counted and measured of the requests to both systems.
    pub fn call_metrics(&self) -> &CallMetrics {
        &self.parts.calls
    }

    /// What is counted and measured of the runs.
    pub fn run_metrics(&self) -> &RunMetrics {
        &self.parts.runs
    }

    /// Cancelled once, it ends everything at once: calls are dropped, leases given back.
    pub fn stop(&self) -> &CancellationToken {
        &self.parts.stop
    }

    /// Where the request went that the office has waited for longest, if nothing came for it for so long.
    pub fn waits_for(&self, office: &OfficeNumber, at_least: Duration) -> Option<Place> {
        let egress = &self.parts.egress;
        let waits = egress.waits_since(office.as_str()) >= at_least;
        egress.waits_for(office.as_str()).filter(|_| waits)
    }

    /// The settings of an office.
    pub async fn settings(&self, office: &OfficeNumber) -> Result<OfficeSettings, TurnError> {
        self.parts.store.office(office).await?.ok_or(TurnError::NoSuchOffice)
    }

    /// Whether the office's last request to Tribe went to its login.
    pub fn asked_login_last(&self, office: &OfficeNumber) -> bool {
        self.parts.egress.asked_login_last(office.as_str())
    }

    /// What a call without keys gets.
    pub fn keyless(&self, settings: &OfficeSettings) -> CallContext {
        self.context(settings, None, Keys::None)
    }

    fn context(&self, settings: &OfficeSettings, paused: Option<Direction>, keys: Keys) -> CallContext {
        CallContext {
            config: Arc::new(settings.config_while_paused(paused.map_or("", Direction::name))),
            keys,
            egress: self.parts.egress.office(settings.office.as_str(), settings.allowed()),
        }
    }

    /// Makes one call of the office's connector under its lease, with the office's newest settings.
    pub async fn turn<T, Call>(
        &self,
        office: &OfficeNumber,
        call: impl FnOnce(Connector, CallContext) -> Call + Send,
    ) -> Result<T, TurnError>
    where
        Call: Future<Output = Result<T, CallError>> + Send,
    {
        self.turn_of(office, By::User, call).await.map(|(answer, _)| answer)
    }

    /// The same for a call that may write relations, which are logged under that name where there is a log.
    pub async fn turn_that_writes<Call>(
        &self,
        office: &OfficeNumber,
        name: &'static str,
        call: impl FnOnce(Connector, CallContext) -> Call + Send,
    ) -> Result<Result<Outcome, Stopped>, TurnError>
    where
        Call: Future<Output = Result<Result<Outcome, Stopped>, CallError>> + Send,
    {
        let processing = self.processing(office, name).await?;
        let turn = self.turn_of(office, By::User, |connector, context| {
            processing.iter().for_each(Processing::begins);
            call(connector, context)
        });
        let done = turn.await;
        let writes = |done: &Result<Outcome, Stopped>| match done {
            Ok(outcome) => outcome.writes.clone(),
            Err(stopped) => stopped.partial.writes.clone(),
        };
        log(processing, done.as_ref().map(|(done, _)| writes(done))).await;
        Ok(done?.0)
    }

    /// A call's answer, and whether it made a request or stored a value.
    async fn turn_of<T, Call>(
        &self,
        office: &OfficeNumber,
        by: By,
        call: impl FnOnce(Connector, CallContext) -> Call + Send,
    ) -> Result<(T, bool), TurnError>
    where
        Call: Future<Output = Result<T, CallError>> + Send,
    {
        let parts = &*self.parts;
        // Before the lease is taken: it may have to be pulled from a registry that is slow.
        let connector = self.connector_of(&self.settings(office).await?).await?;
        let waits = parts.runs.wait();
        let mut turn = parts.turns.take(&parts.store, (office, by), parts.limits.patience, &parts.stop).await?;
        drop(waits);
        parts.pace.go_on(&turn.lease);
        let _takes = parts.runs.take();
        let requests = parts.egress.requests(office.as_str());
        let keys = Keys::Leased(parts.store.clone(), turn.lease.clone());
        // A call holds much, and is made only now: thousands may wait for their turn.
        let call = Box::pin(self.call_with(office, keys, |context| call(connector, context)));
        let call = unless_stopped(&parts.stop, call);
        let result = tokio::select! {
            result = call => result.flatten(),
            never = parts.turns.set_aside(&mut turn, || parts.egress.waits_since(office.as_str())) => match never {},
        };
        // Given back whatever happened; if that fails, it ends by itself.
        if let Err(error) = parts.store.release(&turn.lease).await {
            tracing::warn!(office = %office, %error, "a lease could not be given back");
        }
        let worked = turn.lease.has_written() || parts.egress.requests(office.as_str()) > requests;
        Ok((result?, worked))
    }

    /// Makes one call that only reads, whoever works for the office meanwhile. Where the connector has to write something
    /// first, such as a token that has run out, it waits for its turn after all.
    pub async fn read<T, Call>(
        &self,
        office: &OfficeNumber,
        call: impl Fn(Connector, CallContext) -> Call + Send + Sync,
    ) -> Result<T, TurnError>
    where
        Call: Future<Output = Result<T, CallError>> + Send,
    {
        let parts = &*self.parts;
        let connector = self.connector_of(&self.settings(office).await?).await?;
        let keys = Keys::Reading(parts.store.clone(), office.clone());
        let read = self.call_with(office, keys, |context| call(connector, context));
        match unless_stopped(&parts.stop, read).await.flatten() {
            Err(TurnError::Call(CallError::NoLease)) => self.turn(office, call).await,
            read => read,
        }
    }

    async fn call_with<T, Call>(
        &self,
        office: &OfficeNumber,
        keys: Keys,
        call: impl FnOnce(CallContext) -> Call + Send,
    ) -> Result<T, TurnError>
    where
        Call: Future<Output = Result<T, CallError>> + Send,
    {
        let settings = self.settings(office).await?;
        let paused = self.parts.store.activity(office).await?.paused_direction();
        Ok(call(self.context(&settings, paused, keys)).await?)
    }

    /// The names of the keys that the office's connector has, in the connector's own form.
    pub async fn key_names(&self, office: &OfficeNumber) -> Result<Vec<String>, TurnError> {
        /// Keys in one page.
        const PAGE: u32 = 1_000;
        let (mut names, mut after) = (Vec::new(), None);
        loop {
            let page = self.parts.store.peek_keys(office, after, PAGE).await?;
            names.extend(page.keys);
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(names),
            }
        }
    }

    /// Runs until that instant at the latest; what is left then ends as [`super::End::Later`]. A slice that runs is
    /// finished.
    pub async fn run_until(&self, office: &OfficeNumber, work: Work, until: Instant) -> Report {
        let report = run(&Until { host: self, until }, office, work, &mut |_| {}).await;
        self.write_down(office, report).await
    }

    /// Runs, and writes the run into the history and one line into the log.
    pub async fn run(&self, office: &OfficeNumber, work: Work, watch: &mut (dyn FnMut(&Tally) + Send)) -> Report {
        if matches!(work, Work::InitialSync) {
            self.tell_begun(office).await;
        }
        let report = run(self, office, work, watch).await;
        self.write_down(office, report).await
    }

    /// The periodic sync that was due then.
    pub async fn run_due(&self, office: &OfficeNumber, due: Instant) -> Report {
        let report = run(&Due { host: self, due, begun: Once::new() }, office, Work::Poll, &mut |_| {}).await;
        self.write_down(office, report).await
    }

    /// Remembers that the first initial sync was begun, before it does anything: were it cut off, it is gone on with.
    async fn tell_begun(&self, office: &OfficeNumber) {
        let known = self.parts.store.summary(office).await.ok().flatten();
        if known.is_some_and(|of| of.summary.initial_sync == InitialSync::Never) {
            self.put_reached(office, Reached { records: 0, expected: None, at: Timestamp::now() }).await;
        }
    }

    async fn put_reached(&self, office: &OfficeNumber, reached: Reached) {
        if let Err(error) = self.parts.store.record_reached(office, reached).await {
            tracing::warn!(office = %office, %error, "how far the initial sync has come could not be written down");
        }
    }

    /// Remembers how far an initial sync has come with that slice: one that was begun is gone on with.
    async fn tell_reached(&self, office: &OfficeNumber, slice: &Result<Slice, Stop>) {
        let progress = match slice {
            Ok(slice) => slice.outcome.progress,
            Err(Stop::Connector { partial, .. }) => partial.progress,
            Err(Stop::Turn(_)) => return,
        };
        if progress.done == 0 {
            return;
        }
        let (records, expected) = (u64::from(progress.done), progress.expected.map(u64::from));
        let reached = Reached { records, expected, at: Timestamp::now() };
        self.put_reached(office, reached).await;
    }

    async fn write_down(&self, office: &OfficeNumber, report: Report) -> Report {
        let (tally, reason) = (&report.tally, report.reason());
        self.parts.runs.ran(report.work, report.to_history().result.name());
        tracing::info!(
            office = %office,
            work = report.work,
            end = ?report.to_history().result,
            read = tally.read,
            created = tally.created,
            updated = tally.updated,
            dead_lettered = tally.dead_lettered,
            system = reason.as_ref().map(|reason| reason.system.as_str()),
            reason = reason.as_ref().map(|reason| reason.code.as_str()),
            status = reason.as_ref().and_then(|reason| reason.status),
            // A longer integer is a text in a log of JSON.
            milliseconds = u64::try_from(report.finished.since(report.started).as_millis()).unwrap_or(u64::MAX),
            "run",
        );
        if let Err(error) = self.parts.store.record_run(office, report.to_history()).await {
            tracing::warn!(office = %office, %error, "a run could not be written into the history");
        }
        report
    }
}

impl Slices for Host {
    async fn slice(&self, office: &OfficeNumber, work: &Work) -> Result<Slice, Stop> {
        self.slice_that_tells(office, work, || {}).await
    }
}

impl Host {
    /// A slice, which tells when it has its turn.
    async fn slice_that_tells(
        &self,
        office: &OfficeNumber,
        work: &Work,
        begins: impl FnOnce() + Send,
    ) -> Result<Slice, Stop> {
        // What the schedule and the webhooks begin ends between two slices; what a person asks for by name goes on.
        if work.goes_by_itself() {
            let activity = self.parts.store.activity(office).await;
            let wanted = activity.map_err(|error| Stop::Turn(error.into()))?.wanted();
            let may_go_on = match work {
                Work::InitialSync | Work::Sweep => wanted.makes_in_tribe(),
                _ => wanted.is_active(),
            };
            if !may_go_on {
                return Err(Stop::Turn(TurnError::NotActive));
            }
        }
        let processing = self.processing(office, work.name()).await.map_err(Stop::Turn)?;
        let begins = || {
            processing.iter().for_each(Processing::begins);
            begins();
        };
        let budget = self.parts.limits.slice;
        let by = match work {
            Work::InitialSync | Work::Poll | Work::Sweep => By::Schedule,
            Work::ReleaseBrake(_) | Work::Undo { .. } | Work::Push(_) => By::User,
        };
        let turn = self.turn_of(office, by, |connector, context| async move {
            begins();
            match work {
                Work::InitialSync => Ok(whole(connector.initial_sync(context, budget).await?)),
                Work::Poll => Ok(whole(connector.poll(context, budget).await?)),
                Work::Sweep => Ok(whole(connector.sweep(context, budget).await?)),
                Work::ReleaseBrake(brake) => {
                    Ok(whole(connector.release_brake(context, brake.as_deref(), budget).await?))
                }
                Work::Undo { which, even_if_moved } => {
                    Ok(whole(connector.undo(context, which, *even_if_moved, budget).await?))
                }
                Work::Push(changes) => {
                    let answer = connector.on_tribe_change(context, changes, budget).await?;
                    Ok(sliced(answer, |push| Slice { outcome: push.outcome, left: push.left, worked: true }))
                }
            }
        });
        let slice = turn.await.map(|(slice, worked)| slice.map(|slice| Slice { worked, ..slice }));
        let writes = |slice: &Result<Slice, Stop>| match slice {
            Ok(slice) => slice.outcome.writes.clone(),
            Err(Stop::Connector { partial, .. }) => partial.writes.clone(),
            Err(Stop::Turn(_)) => Vec::new(),
        };
        log(processing, slice.as_ref().map(writes)).await;
        let slice = slice.unwrap_or_else(|error| Err(Stop::Turn(error)));
        if matches!(work, Work::InitialSync) {
            self.tell_reached(office, &slice).await;
        }
        slice
    }
}

/// A host whose first slice was due at an instant.
struct Due<'a> {
    host: &'a Host,
    due: Instant,
    begun: Once,
}

impl Slices for Due<'_> {
    async fn slice(&self, office: &OfficeNumber, work: &Work) -> Result<Slice, Stop> {
        let begins = || self.begun.call_once(|| self.host.parts.runs.began(self.due.elapsed()));
        self.host.slice_that_tells(office, work, begins).await
    }
}

/// A host whose slices end at an instant.
struct Until<'a> {
    host: &'a Host,
    until: Instant,
}

impl Slices for Until<'_> {
    async fn slice(&self, office: &OfficeNumber, work: &Work) -> Result<Slice, Stop> {
        let mut slice = self.host.slice(office, work).await?;
        if slice.outcome.next == Next::Again && Instant::now() >= self.until {
            slice.outcome.next = Next::NotBefore(Timestamp::now().as_millis());
        }
        Ok(slice)
    }
}

/// Logs what a call wrote; of one without an answer nobody knows that.
async fn log(processing: Option<Processing>, wrote: Result<Vec<Write>, &TurnError>) {
    let Some(processing) = processing else { return };
    match wrote {
        Ok(writes) => processing.end(&writes, None).await,
        Err(TurnError::Call(error)) => {
            let code = Halt::Call(error.clone()).reason().map(|reason| reason.code);
            processing.end(&[], Some(code.as_deref().unwrap_or("no-answer"))).await;
        }
        // It was not made.
        Err(_) => {}
    }
}

fn whole(answer: Result<Outcome, Stopped>) -> Result<Slice, Stop> {
    sliced(answer, |outcome| Slice { outcome, left: Vec::new(), worked: true })
}

fn sliced<T>(answer: Result<T, Stopped>, slice: impl FnOnce(T) -> Slice) -> Result<Slice, Stop> {
    match answer {
        Ok(told) => Ok(slice(told)),
        Err(stopped) => Err(Stop::Connector { error: stopped.error, partial: Box::new(stopped.partial) }),
    }
}
