//! What came of deliveries, for whoever looks why an edit did not arrive: counted, logged, and kept with the office.
//!
//! Anyone can post here, as often as he likes. So a refusal is one line of the log, and after it a count for each minute;
//! what is kept of an office is written once a minute at most, after the answer was given, and only of offices that are
//! there: neither the log, nor the disk, nor the time of an answer is a stranger's to use.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::StatusCode;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::verify::Refused;
use crate::metrics::DeliveryMetrics;
use crate::settings::OfficeNumber;
use crate::store::{LastDeliveries, RefusedDelivery, Store, WRONG_SIGNATURE};
use crate::timestamp::Timestamp;

/// How often the same is told or written.
const MINUTE: Duration = Duration::from_secs(60);
/// How often somebody looks what is due, where nothing is due at once.
const LOOK: Duration = Duration::from_secs(15);

/// What came of a delivery to an office that is there.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub(super) office: OfficeNumber,
    pub(super) refused: Option<Refused>,
}

/// Hears what every request was answered with.
#[derive(Debug)]
pub(super) struct Heard {
    store: Store,
    metrics: DeliveryMetrics,
    kept: Mutex<Kept>,
    noted: Notify,
}

#[derive(Debug, Default)]
struct Kept {
    refusals: Refusals,
    offices: HashMap<OfficeNumber, OfOffice>,
}

/// A status, and the office where it is there.
type Kind = (u16, Option<OfficeNumber>);

/// What was refused in the last minute: when each kind was told last, and how many came since.
#[derive(Debug, Default)]
struct Refusals(BTreeMap<Kind, (Instant, u64)>);

impl Refusals {
    /// Counts one more; whether it is the first, and to be told at once.
    fn add(&mut self, kind: Kind, now: Instant) -> bool {
        let mut is_first = false;
        let (_, since) = self.0.entry(kind).or_insert_with(|| {
            is_first = true;
            (now, 0)
        });
        *since += u64::from(!is_first);
        is_first
    }

    /// What is to be told after a minute, or all of it. A kind of which nothing came for a minute begins anew.
    fn due(&mut self, now: Instant, all: bool) -> Vec<(Kind, u64)> {
        let mut due = Vec::new();
        self.0.retain(|kind, (told, since)| {
            if *told + MINUTE > now && !all {
                return true;
            }
            *told = now;
            let count = std::mem::take(since);
            if count > 0 {
                due.push((kind.clone(), count));
            }
            count > 0
        });
        due
    }
}

/// What is known of an office that was not written yet.
#[derive(Debug, Default)]
struct OfOffice {
    unwritten: Option<LastDeliveries>,
    written: Option<Instant>,
}

impl Heard {
    pub(super) fn new(store: Store) -> Self {
        Self { store, metrics: DeliveryMetrics::default(), kept: Mutex::default(), noted: Notify::new() }
    }

    pub(super) fn metrics(&self) -> &DeliveryMetrics {
        &self.metrics
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A request was answered so; `told` where it was a delivery to an office that is there.
    pub(super) fn note(&self, status: StatusCode, told: Option<Told>) {
        self.metrics.answered(status.as_u16());
        let mut kept = self.kept();
        if !status.is_success() {
            let kind = (status.as_u16(), told.as_ref().map(|told| told.office.clone()));
            if kept.refusals.add(kind.clone(), Instant::now()) {
                tell(&kind, 1);
            }
        }
        if let Some(Told { office, refused }) = told {
            let at = Timestamp::now();
            let last = match refused {
                None => LastDeliveries { accepted: Some(at), refused: None },
                Some(why) => {
                    let why = code(why).to_owned();
                    LastDeliveries { accepted: None, refused: Some(RefusedDelivery { at, why }) }
                }
            };
            let of_office = kept.offices.entry(office).or_default();
            of_office.unwritten = Some(of_office.unwritten.take().unwrap_or_default().and(last));
            // Not at each delivery: looking goes over all offices.
            if of_office.written.is_none_or(|written| written.elapsed() >= MINUTE) {
                self.noted.notify_one();
            }
        }
    }

    /// Tells and writes what is due, until stopped; then writes the rest.
    pub(super) async fn keep(&self, stop: CancellationToken) {
        loop {
            self.catch_up(Instant::now(), false).await;
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                () = self.noted.notified() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
        self.catch_up(Instant::now(), true).await;
    }

    /// Tells and writes what is due at that instant, or all of it.
    async fn catch_up(&self, now: Instant, all: bool) {
        let mut due = Vec::new();
        {
            let mut kept = self.kept();
            kept.refusals.due(now, all).iter().for_each(|(kind, count)| tell(kind, *count));
            for (office, of_office) in &mut kept.offices {
                let is_due = all || of_office.written.is_none_or(|written| written + MINUTE <= now);
                if let Some(last) = of_office.unwritten.take_if(|_| is_due) {
                    of_office.written = Some(now);
                    due.push((office.clone(), last));
                }
            }
        }
        for (office, last) in due {
            // Of no weight: the next delivery tells anew.
            let _ = self.store.record_deliveries(&office, last).await;
        }
    }
}

/// Why a delivery to an office was refused, as it is kept.
fn code(refused: Refused) -> &'static str {
    match refused {
        Refused::Unknown | Refused::Forged => WRONG_SIGNATURE,
        Refused::NoSecret => "no-secret",
        Refused::Unsigned => "unsigned",
        Refused::Malformed => "not-understood",
        Refused::Unavailable => "not-verified",
    }
}

fn tell((status, office): &Kind, count: u64) {
    match office {
        Some(office) => tracing::warn!(
            office = %office, status, count,
            "deliveries were refused; `koppeling status {office}` says why, and more of them are counted each minute"
        ),
        None => tracing::warn!(
            status,
            count,
            "requests at the webhooks' port were refused that are too large or too slow, or for no office here; more of them are counted each minute"
        ),
    }
}

#[cfg(test)]
#[path = "heard_tests.rs"]
mod tests;
