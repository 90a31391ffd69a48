//! Every office's cycle, every five minutes, and its sweep, every night.
//!
//! Offices are spread over the interval by their numbers, so that thousands of them do not begin at once. Each has a
//! task of its own, so its cycles never overlap, and one that hangs delays nobody else; how many calls run at once is
//! the business of the turns. The sweep comes after a cycle and gives way to the next one, so that the two never
//! overlap however long it takes; it begins in the small hours, each office at its own minute, and one that was missed is
//! done once. Slots that were missed are not made up for one by one: an office that is overdue gets one
//! cycle at once, and then keeps to its slots.
//!
//! Cycles go by a monotonic clock: setting the machine's clock moves none. Whether a sweep is due is asked of the
//! machine's clock after every cycle: a machine that slept through the night has it done when it is awake.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::sync::Semaphore;
use tokio::task::{AbortHandle, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::office_state::{LATE_AFTER, is_late, is_outage};
use crate::run::{End, Halt, Host, Report, Work};
use crate::settings::OfficeNumber;
use crate::store::{Failing, StoreError, Summary};
use crate::timestamp::Timestamp;

/// The manual: every five minutes.
pub const INTERVAL: Duration = Duration::from_secs(5 * 60);
/// How often offices that were added, removed, paused or resumed are looked for.
const LOOK_FOR_OFFICES: Duration = Duration::from_secs(15);

/// Offices that are looked at together when a process starts: deliveries and the health page want the store too.
const BEGIN_AT_ONCE: usize = 4;

/// How long an office rests at least where a run says that it is to go on later.
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
/// How long an office rests after the first run that found a system away, and at most.
const FIRST_PAUSE: Duration = Duration::from_secs(30);
const LONGEST_PAUSE: Duration = Duration::from_secs(10 * 60);

/// When an office's next cycle is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// At its next slot.
    NextSlot,
    /// After so long, because a system asked to wait; it may be sooner or later than the next slot.
    Wait(Duration),
}

/// The sweeps of all offices begin between these hours of the day in UTC: in Amsterdam between one and six at night.
const SWEEPS_FROM: Duration = Duration::ZERO;
const SWEEPS_UNTIL: Duration = Duration::from_secs(4 * 60 * 60);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// How a piece of a sweep ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swept {
    /// At the end of the sweep.
    Whole,
    /// Because its time was up.
    InPart,
    /// Because it could not go on: not before the next night.
    Stopped,
}

/// What is scheduled.
pub trait Cycles: Send + Sync + 'static {
    /// The offices that are to be worked for now; none where that cannot be told at the moment.
    fn offices(&self) -> impl Future<Output = Option<Vec<OfficeNumber>>> + Send;
    /// Whether the office's last finished cycle is older than the interval.
    fn overdue(&self, office: &OfficeNumber, interval: Duration) -> impl Future<Output = bool> + Send;
    /// Whether the office's last finished cycle is too old, as `koppeling status` and the health page have it.
    fn late(&self, office: &OfficeNumber, interval: Duration) -> impl Future<Output = bool> + Send;
    /// Does one cycle, which is due since then. Never called for an office while a call for that office is under way.
    fn cycle(&self, office: &OfficeNumber, due: Instant) -> impl Future<Output = After> + Send;
    /// Whether a night has begun since the office's last sweep.
    fn sweep_is_due(&self, office: &OfficeNumber) -> impl Future<Output = bool> + Send;
    /// Sweeps until the end, or until that instant. Never called while a cycle of that office is under way.
    fn sweep(&self, office: &OfficeNumber, until: Instant) -> impl Future<Output = Swept> + Send;
}

impl Cycles for Host {
    async fn offices(&self) -> Option<Vec<OfficeNumber>> {
        let offices = async {
            let (mut offices, inactive) = (self.store().offices().await?, self.store().inactive().await?);
            let inactive: HashSet<OfficeNumber> = inactive.into_iter().collect();
            offices.retain(|office| !inactive.contains(office));
            Ok::<_, StoreError>(offices)
        };
        offices.await.inspect_err(|error| tracing::error!(%error, "the offices cannot be read")).ok()
    }

    async fn overdue(&self, office: &OfficeNumber, interval: Duration) -> bool {
        let known = self.store().summary(office).await.ok().flatten();
        known.is_some_and(|of| Timestamp::now().since(of.last_sign()) > interval)
    }

    async fn late(&self, office: &OfficeNumber, interval: Duration) -> bool {
        let known = self.store().summary(office).await.ok().flatten();
        known.is_some_and(|of| is_late(&of, Timestamp::now(), interval))
    }

    async fn cycle(&self, office: &OfficeNumber, due: Instant) -> After {
        let before = summary(self, office).await;
        let mut report = self.run_due(office, due).await;
        let is_begun = before.initial_sync.begun().is_some();
        if report.end == End::InitialSyncFirst && is_begun && makes_in_tribe(self, office).await {
            report = self.run(office, Work::InitialSync, &mut |_| {}).await;
        }
        let after = summary(self, office).await;
        tell_of_outage(office, turn_of(outage(&before), outage(&after)), &report);
        match report.end {
            End::Done | End::InitialSyncFirst => After::NextSlot,
            End::Later(wait) => {
                let least = outage(&after).map_or(SHORTEST_PAUSE, |failing| pause_after(failing.times));
                After::Wait(wait.until.since(Timestamp::now()).max(least))
            }
            // A person stopped or removed it in the meantime, and knows.
            End::Halted(Halt::NotActive | Halt::NoSuchOffice) => After::NextSlot,
            // The log and the history have it; the next slot tries again.
            End::Halted(halt) => {
                tracing::error!(office = %office, "{halt}");
                After::NextSlot
            }
        }
    }

    async fn sweep_is_due(&self, office: &OfficeNumber) -> bool {
        let known = summary(self, office).await;
        // An initial sync compares everything, too.
        let last = known.last_sweep.map(|run| run.finished).max(known.initial_sync.done());
        is_sweep_due(office, last, Timestamp::now()) && makes_in_tribe(self, office).await
    }

    async fn sweep(&self, office: &OfficeNumber, until: Instant) -> Swept {
        match self.run_until(office, Work::Sweep, until).await.end {
            End::Done | End::InitialSyncFirst => Swept::Whole,
            End::Later(_) | End::Halted(Halt::NotActive | Halt::NoSuchOffice) => Swept::InPart,
            End::Halted(halt) => {
                tracing::error!(office = %office, "{halt}");
                Swept::Stopped
            }
        }
    }
}

async fn summary(host: &Host, office: &OfficeNumber) -> Summary {
    let known = host.store().summary(office).await;
    let known =
        known.inspect_err(|error| tracing::error!(office = %office, %error, "how the office stands cannot be read"));
    known.ok().flatten().map(|of| of.summary).unwrap_or_default()
}

/// How long an office rests at least after so many runs in a row that found a system away: twice as long each time.
fn pause_after(times: u64) -> Duration {
    let doubled = u32::try_from(times.saturating_sub(1)).unwrap_or(u32::MAX).min(10);
    FIRST_PAUSE.saturating_mul(1 << doubled).min(LONGEST_PAUSE)
}

/// The outage that the last runs ended in.
fn outage(summary: &Summary) -> Option<&Failing> {
    summary.failing.as_ref().filter(|failing| is_outage(failing))
}

/// What is told once of a state that lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Turn<T> {
    Begins(T),
    Ends(T),
}

/// What changed from before to now.
fn turn_of<T>(before: Option<T>, now: Option<T>) -> Option<Turn<T>> {
    match (before, now) {
        (None, Some(now)) => Some(Turn::Begins(now)),
        (Some(before), None) => Some(Turn::Ends(before)),
        (None, None) | (Some(_), Some(_)) => None,
    }
}

fn tell_of_outage(office: &OfficeNumber, turn: Option<Turn<&Failing>>, report: &Report) {
    match (turn, &report.end) {
        (Some(Turn::Begins(Failing { reason, .. })), End::Later(wait)) => {
            let (system, until) = (&reason.system, wait.until);
            tracing::warn!(
                office = %office, %system, reason = %reason.code, %until,
                "{system} gives no usable answer; it is tried again after {until}, and `koppeling check {office}` says more"
            );
        }
        (Some(Turn::Ends(Failing { reason, .. })), End::Done | End::InitialSyncFirst) => {
            let system = &reason.system;
            tracing::info!(office = %office, %system, "{system} answers again; nothing is to be done");
        }
        _ => {}
    }
}

fn tell_of_lateness(office: &OfficeNumber, turn: Option<Turn<()>>) {
    match turn {
        Some(Turn::Begins(())) => tracing::warn!(
            office = %office,
            "no cycle came to its end for more than {LATE_AFTER} intervals; `koppeling check {office}` says why"
        ),
        Some(Turn::Ends(())) => {
            tracing::info!(office = %office, "cycles come to their end again; nothing is to be done")
        }
        None => {}
    }
}

/// Whether a night has begun since all of an office was compared last; an office of which it never was waits for its
/// initial sync.
/// Whether relations may be made in the office's Tribe now, as far as can be told.
async fn makes_in_tribe(host: &Host, office: &OfficeNumber) -> bool {
    host.store().activity(office).await.is_ok_and(|activity| activity.wanted().makes_in_tribe())
}

fn is_sweep_due(office: &OfficeNumber, last: Option<Timestamp>, now: Timestamp) -> bool {
    let day = Timestamp::from_millis(now.as_millis() - now.as_millis() % millis(DAY));
    let tonight = day.plus(SWEEPS_FROM + offset(office, SWEEPS_UNTIL - SWEEPS_FROM));
    let begun = if tonight <= now { tonight } else { tonight.minus(DAY) };
    // One of a time that is far to come was done while the clock was ahead.
    last.is_some_and(|last| last < begun || last > now.plus(DAY))
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Keeps the schedule until stopped; returns when no cycle is under way any more.
pub async fn keep(cycles: Arc<impl Cycles>, interval: Duration, stop: CancellationToken) {
    let slots = Slots { start: Instant::now(), interval };
    let begins = Arc::new(Semaphore::new(BEGIN_AT_ONCE));
    let mut known: HashMap<OfficeNumber, (CancellationToken, AbortHandle)> = HashMap::new();
    let mut tasks = JoinSet::new();
    loop {
        if let Some(offices) = cycles.offices().await {
            let there: HashSet<&OfficeNumber> = offices.iter().collect();
            // One whose last cycle still runs is kept until it has ended: an office that comes back has one task only.
            known.retain(|office, (removed, task)| {
                if !there.contains(office) {
                    removed.cancel();
                }
                !removed.is_cancelled() || !task.is_finished()
            });
            for office in offices {
                if let Entry::Vacant(new) = known.entry(office) {
                    let ends = stop.child_token();
                    let kept =
                        keep_office(Arc::clone(&cycles), new.key().clone(), (slots, Arc::clone(&begins)), ends.clone());
                    new.insert((ends, tasks.spawn(kept)));
                }
            }
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(LOOK_FOR_OFFICES) => {}
        }
        while tasks.try_join_next().is_some() {}
    }
    while tasks.join_next().await.is_some() {}
}

async fn keep_office<C: Cycles>(
    cycles: Arc<C>,
    office: OfficeNumber,
    (slots, begins): (Slots, Arc<Semaphore>),
    stop: CancellationToken,
) {
    let begun = begins.acquire().await;
    let mut next = match cycles.overdue(&office, slots.interval).await {
        true => Instant::now(),
        false => slots.next(&office),
    };
    let mut no_sweep_before = Instant::now();
    let mut late = cycles.late(&office, slots.interval).await.then_some(());
    tell_of_lateness(&office, turn_of(None, late));
    drop(begun);
    loop {
        tokio::select! {
            biased;
            () = stop.cancelled() => return,
            () = tokio::time::sleep_until(next) => {}
        }
        let after = cycles.cycle(&office, next).await;
        let is_late = cycles.late(&office, slots.interval).await.then_some(());
        tell_of_lateness(&office, turn_of(late, is_late));
        late = is_late;
        match after {
            After::NextSlot => next = slots.next(&office),
            After::Wait(wait) => {
                next = Instant::now() + wait;
                continue;
            }
        }
        if Instant::now() >= no_sweep_before && !stop.is_cancelled() && cycles.sweep_is_due(&office).await {
            match cycles.sweep(&office, next).await {
                // What is left goes on after the next cycle.
                Swept::Whole | Swept::InPart => {}
                Swept::Stopped => no_sweep_before = Instant::now() + DAY,
            }
            // A slice may have taken longer than its time: no slot is made up for.
            if next < Instant::now() {
                next = slots.next(&office);
            }
        }
    }
}

/// The slots of all offices.
#[derive(Clone, Copy)]
struct Slots {
    start: Instant,
    interval: Duration,
}

impl Slots {
    /// The first slot of the office after now.
    fn next(self, office: &OfficeNumber) -> Instant {
        let offset = offset(office, self.interval);
        let since = self.start.elapsed();
        if since < offset {
            return self.start + offset;
        }
        let interval = self.interval.as_millis().max(1);
        let passed = (since - offset).as_millis() / interval + 1;
        let passed = u64::try_from(passed * interval).unwrap_or(u64::MAX);
        self.start + offset + Duration::from_millis(passed)
    }
}

/// Where in the interval an office's slot lies: evenly spread, and the same after every start.
pub fn offset(office: &OfficeNumber, interval: Duration) -> Duration {
    let digest = Sha256::digest(office.as_str().as_bytes());
    let number = digest.iter().take(8).fold(0_u64, |number, byte| (number << 8) | u64::from(*byte));
    let interval = u64::try_from(interval.as_millis()).unwrap_or(u64::MAX).max(1);
    Duration::from_millis(number % interval)
}

#[cfg(test)]
#[path = "schedule_tests.rs"]
mod tests;
