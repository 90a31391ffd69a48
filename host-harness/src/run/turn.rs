//! A turn: the right to make one call for one office, taken for that call only.
//!
//! Inside a process turns of one office go in the order in which they were asked for, so that a long sync cannot keep
//! a webhook waiting for more than one slice. Between processes the lease decides. Over all offices at most so many
//! calls are under way at once, and a quarter of the places is never the schedule's: after a start thousands of cycles may
//! be overdue, and an edit waits for none of them. One that waits for a system gives its place to another after some
//! seconds: offices whose system hangs keep nobody else waiting.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard, Semaphore, SemaphorePermit};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::AbortOnDropHandle;

use super::connectors::NoConnector;
use crate::component::CallError;
use crate::moment::Moment;
use crate::processing_log::NotWritable;
use crate::settings::OfficeNumber;
use crate::store::{Claim, Lease, SIGN_EVERY, Store, StoreError};

/// How often another process is asked whether it is done.
const ASK_AGAIN: Duration = Duration::from_millis(250);
/// A call that has waited so long for a system gives its place to another.
const HANGS: Duration = Duration::from_secs(2);
/// How often that is looked at.
const LOOK: Duration = Duration::from_millis(500);
/// Calls that were set aside so, over all offices; each holds its memory.
const MOST_ASIDE: usize = 96;

/// Why a call could not be made, or gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TurnError {
    /// There is no such office.
    #[error("there is no such office")]
    NoSuchOffice,
    /// A person paused or deactivated the office.
    #[error("the office is not worked for")]
    NotActive,
    /// Another process has worked for the office all the while.
    #[error("another koppeling is working for this office")]
    Busy,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The connector gave no answer.
    #[error(transparent)]
    Call(#[from] CallError),
    /// The office's own connector is not there, or cannot be used.
    #[error(transparent)]
    NoConnector(#[from] NoConnector),
    /// What is processed must be logged, and cannot be.
    #[error(transparent)]
    NoProcessingLog(#[from] NotWritable),
    /// Somebody stopped this program.
    #[error("stopped")]
    Cancelled,
}

/// Who asks for a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum By {
    /// The schedule, which may be late.
    Schedule,
    /// A user's edit, or a person.
    User,
}

/// The turns of all offices of a process.
pub(super) struct Turns {
    offices: Mutex<HashMap<OfficeNumber, Arc<AsyncMutex<()>>>>,
    calls: Semaphore,
    /// Those of the schedule among them.
    scheduled: Semaphore,
    aside: Semaphore,
}

/// A turn under way.
pub(super) struct Turn<'a> {
    pub(super) lease: Lease,
    /// Tells others that this process lives.
    _signs: AbortOnDropHandle<()>,
    // Given back in this order when dropped; the lease is given back before, by hand.
    call: Place<'a>,
    _office: OwnedMutexGuard<()>,
}

/// A place among the calls.
struct Place<'a> {
    _call: SemaphorePermit<'a>,
    _scheduled: Option<SemaphorePermit<'a>>,
}

impl Turns {
    pub(super) fn new(calls_at_once: usize) -> Self {
        let scheduled = Semaphore::new((calls_at_once - calls_at_once / 4).max(1));
        let (calls, aside) = (Semaphore::new(calls_at_once), Semaphore::new(MOST_ASIDE));
        Self { offices: Mutex::default(), calls, scheduled, aside }
    }

    /// Waits for the office's turn, and then for a place among the calls. Waits for another process `patience` long.
    ///
    /// Stopping ends every wait, but never the question for the lease: it might be granted with nobody left to give it
    /// back.
    pub(super) async fn take(
        &self,
        store: &Store,
        (office, by): (&OfficeNumber, By),
        patience: Duration,
        stop: &CancellationToken,
    ) -> Result<Turn<'_>, TurnError> {
        let gate = {
            let mut offices = self.offices.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(offices.entry(office.clone()).or_default())
        };
        let turn = unless_stopped(stop, gate.lock_owned()).await?;
        let give_up = Instant::now() + patience;
        loop {
            // The place is not kept while waiting for another process.
            let call = unless_stopped(stop, self.place(by)).await??;
            match store.claim(office, Moment::now()).await? {
                Claim::Granted(lease) => {
                    let signs = AbortOnDropHandle::new(tokio::spawn(give_signs(store.clone(), lease.clone())));
                    return Ok(Turn { lease, _signs: signs, call, _office: turn });
                }
                Claim::Busy if Instant::now() >= give_up => return Err(TurnError::Busy),
                Claim::Busy => drop(call),
            }
            unless_stopped(stop, tokio::time::sleep(ASK_AGAIN)).await?;
        }
    }

    async fn place(&self, by: By) -> Result<Place<'_>, TurnError> {
        let closed = |_| TurnError::Cancelled;
        let scheduled = match by {
            By::Schedule => Some(self.scheduled.acquire().await.map_err(closed)?),
            By::User => None,
        };
        Ok(Place { _call: self.calls.acquire().await.map_err(closed)?, _scheduled: scheduled })
    }
}

impl<'a> Turns {
    /// Gives the place of a turn to others as soon as its call hangs, as far as there is room aside; never ends.
    pub(super) async fn set_aside(&'a self, turn: &mut Turn<'a>, waits_since: impl Fn() -> Duration) -> Infallible {
        loop {
            tokio::time::sleep(LOOK).await;
            if waits_since() >= HANGS
                && let Ok(aside) = self.aside.try_acquire()
            {
                turn.call = Place { _call: aside, _scheduled: None };
                return std::future::pending().await;
            }
        }
    }
}

/// Gives signs of life until the lease is lost, which the call finds out at its next step.
async fn give_signs(store: Store, lease: Lease) {
    loop {
        tokio::time::sleep(SIGN_EVERY).await;
        // One that fails matters after another: a request that changes something gives its own then, or does not leave.
        if store.sign(&lease, Moment::now()).await == Err(StoreError::LeaseLost) {
            return;
        }
    }
}

/// What the future gives, unless somebody stops this program first.
pub(super) async fn unless_stopped<T>(
    stop: &CancellationToken,
    future: impl Future<Output = T>,
) -> Result<T, TurnError> {
    tokio::select! {
        biased;
        () = stop.cancelled() => Err(TurnError::Cancelled),
        output = future => Ok(output),
    }
}

#[cfg(test)]
#[path = "turn_tests.rs"]
mod tests;
