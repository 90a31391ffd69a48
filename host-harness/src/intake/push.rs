//! Takes waiting edits to AdvocaatCentraal, office by office.
//!
//! Tribe's screen saves each field by itself, so an edit of a record is many deliveries: they are gathered until the
//! record is quiet. A change leaves the queue only when the component has looked at it. One that makes the component
//! fail goes to the back and is tried alone, so that it keeps no other waiting; it is never given up silently.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::component::Change;
use crate::run::{End, Halt, Host, Report, Work};
use crate::settings::OfficeNumber;
use crate::store::{Queued, Store, StoreError};
use crate::timestamp::Timestamp;

/// A record is quiet when nothing was delivered of it for so long.
const QUIET: Duration = Duration::from_millis(1500);
/// A record that is never quiet is taken after this.
const LONGEST_WAIT: Duration = Duration::from_secs(10);
/// How often the queue is looked at while something waits in it.
const LOOK: Duration = Duration::from_millis(250);
/// Also without a delivery of our own: another process may have taken one in, or left one.
const LOOK_WITHOUT_CAUSE: Duration = Duration::from_secs(5);
/// Records in one call.
const BATCH: u32 = 100;
/// After a failure the office rests so long, twice as long after each one that follows, up to the second.
const REST: (Duration, Duration) = (Duration::from_secs(5), Duration::from_secs(5 * 60));

/// Whoever takes edits to AdvocaatCentraal: the [`Host`], or a test.
pub trait Pushes: Send + Sync + 'static {
    /// Takes them.
    fn push(&self, office: &OfficeNumber, changes: Vec<Change>) -> impl Future<Output = Report> + Send;
    /// Now.
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

impl Pushes for Host {
    async fn push(&self, office: &OfficeNumber, changes: Vec<Change>) -> Report {
        self.run(office, Work::Push(changes), &mut |_| {}).await
    }
}

/// How often pushes of an office failed one after another, and until when it rests.
#[derive(Clone, Copy, Default)]
struct Backoff {
    failures: u32,
    rests_until: Option<Instant>,
}

/// Keeps pushing until stopped; returns when no push is under way any more.
pub async fn keep_pushing(store: Store, pushes: Arc<impl Pushes>, arrived: Arc<Notify>, stop: CancellationToken) {
    let mut backoffs: HashMap<OfficeNumber, Backoff> = HashMap::new();
    let mut busy: HashSet<OfficeNumber> = HashSet::new();
    let mut tasks = JoinSet::new();
    loop {
        let waiting = to_go(&store, pushes.now()).await.unwrap_or_default();
        for (office, _) in waiting.iter().filter(|(_, is_due)| *is_due) {
            let backoff = backoffs.entry(office.clone()).or_default();
            if backoff.rests_until.is_some_and(|until| Instant::now() < until) || busy.contains(office) {
                continue;
            }
            busy.insert(office.clone());
            tasks.spawn(push_office(store.clone(), Arc::clone(&pushes), office.clone(), *backoff));
        }
        let pause = if waiting.is_empty() { LOOK_WITHOUT_CAUSE } else { LOOK };
        tokio::select! {
            biased;
            () = stop.cancelled() => break,
            Some(Ok((office, backoff))) = tasks.join_next() => {
                busy.remove(&office);
                backoffs.insert(office, backoff);
                // What arrived during the push is seen at the next look, and not in a tight circle.
                tokio::time::sleep(LOOK / 5).await;
                while let Some(Ok((office, backoff))) = tasks.try_join_next() {
                    busy.remove(&office);
                    backoffs.insert(office, backoff);
                }
            }
            () = arrived.notified() => {}
            () = tokio::time::sleep(pause) => {}
        }
    }
    while tasks.join_next().await.is_some() {}
}

/// The offices that have changes waiting, and whether some of them are due; but for those that are not worked for, whose
/// changes are kept.
async fn to_go(store: &Store, now: Timestamp) -> Result<Vec<(OfficeNumber, bool)>, StoreError> {
    let mut waiting = store.due_offices(now, QUIET, LONGEST_WAIT).await?;
    let inactive: HashSet<_> = store.inactive().await?.into_iter().collect();
    waiting.retain(|(office, _)| !inactive.contains(office));
    Ok(waiting)
}

/// Pushes what is due for one office, and tells how long it rests after that.
async fn push_office(
    store: Store,
    pushes: Arc<impl Pushes>,
    office: OfficeNumber,
    backoff: Backoff,
) -> (OfficeNumber, Backoff) {
    let batch = if backoff.failures == 0 { BATCH } else { 1 };
    let Ok(due) = store.due(&office, pushes.now(), QUIET, LONGEST_WAIT, batch).await else {
        return (office, rested(backoff, REST.0));
    };
    if due.is_empty() {
        return (office, backoff);
    }
    let changes = due.iter().map(|queued| Change { id: queued.id.clone(), deleted: queued.deleted }).collect();
    let report = pushes.push(&office, changes).await;
    let left: HashSet<&str> = report.left.iter().map(|change| change.id.as_str()).collect();
    let (left, done): (Vec<Queued>, Vec<Queued>) =
        due.into_iter().partition(|queued| left.contains(queued.id.as_str()));
    if store.done(&office, done).await.is_err() {
        return (office, rested(backoff, REST.0));
    }
    let backoff = match &report.end {
        End::Done | End::InitialSyncFirst => Backoff::default(),
        End::Later(wait) => rested(backoff, wait.until.since(Timestamp::now())),
        End::Halted(Halt::Cancelled | Halt::Busy | Halt::NotActive) => backoff,
        End::Halted(_) => {
            let failures = backoff.failures + 1;
            // Counted so that the one that fails goes to the back; if that fails, it is tried first again.
            let _ = store.failed(&office, left).await;
            let rest = REST.0.saturating_mul(1 << (failures - 1).min(10)).min(REST.1);
            rested(Backoff { failures, ..backoff }, rest)
        }
    };
    (office, backoff)
}

fn rested(backoff: Backoff, rest: Duration) -> Backoff {
    Backoff { rests_until: Some(Instant::now() + rest), ..backoff }
}
