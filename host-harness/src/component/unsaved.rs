//! What a component wrote and is not durable yet.
//!
//! A value need not be durable when `set` returns. It must be before anything can tell that it was written: before the
//! next request leaves, and before the call's answer is believed. A machine that loses power between is where it would
//! be had the component been stopped right after its last request; and that it survives. So whatever was written since
//! then goes into the database at once, in one transaction; and requests that go out together wait for one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Mutex as AsyncMutex;

use crate::moment::Moment;
use crate::settings::OfficeNumber;
use crate::store::{KeyPage, Lease, Store, StoreError, Trouble};

/// So many bytes are held; more are saved at once.
const MOST_BYTES: usize = 4 << 20;

/// Values by key; none where the key was removed.
type Writes = BTreeMap<String, Option<Vec<u8>>>;

/// One office's keys during a call. Cheap to clone.
#[derive(Clone)]
pub(super) struct Unsaved(Arc<Inner>);

/// What a call may do with its office's keys.
#[derive(Clone, Debug)]
pub(super) enum Right {
    /// Read and write, as long as the lease holds.
    Lease(Lease),
    /// Read them.
    Reading(OfficeNumber),
}

struct Inner {
    store: Store,
    right: Right,
    /// How long one operation on the store may take.
    limit: Duration,
    /// One at a time is saved: who waits finds all that was written meanwhile.
    turn: AsyncMutex<()>,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    /// Written, and not being saved yet.
    written: Writes,
    bytes: usize,
    /// Being saved.
    saving: Writes,
    /// The store failed, or the call may not do what it wants to: nothing more is read or written in it, and its answer is
    /// not believed.
    failed: Option<StoreError>,
}

impl Unsaved {
    pub(super) fn new(store: Store, right: Right, limit: Duration) -> Self {
        let (turn, held) = Default::default();
        Self(Arc::new(Inner { store, right, limit, turn, held }))
    }

    pub(super) async fn get(&self, key: String) -> Result<Option<Vec<u8>>, StoreError> {
        {
            let held = self.held()?;
            if let Some(value) = held.written.get(&key).or_else(|| held.saving.get(&key)) {
                return Ok(value.clone());
            }
        }
        match &self.0.right {
            Right::Lease(lease) => self.within(self.0.store.get(lease, key)).await,
            Right::Reading(office) => self.within(self.0.store.peek(office, key)).await,
        }
    }

    /// Puts a value, or removes it.
    pub(super) async fn write(&self, key: String, value: Option<Vec<u8>>) -> Result<(), StoreError> {
        self.lease()?;
        let is_much = {
            let mut held = self.held()?;
            held.bytes += key.len() + value.as_ref().map_or(0, Vec::len);
            held.written.insert(key, value);
            held.bytes > MOST_BYTES
        };
        if is_much { self.save().await } else { Ok(()) }
    }

    pub(super) async fn keys(&self, after: Option<u64>, limit: u32) -> Result<KeyPage, StoreError> {
        self.save().await?;
        match &self.0.right {
            Right::Lease(lease) => self.within(self.0.store.keys(lease, after, limit)).await,
            Right::Reading(office) => self.within(self.0.store.peek_keys(office, after, limit)).await,
        }
    }

    /// The lease; a call that only reads ends here.
    fn lease(&self) -> Result<&Lease, StoreError> {
        match &self.0.right {
            Right::Lease(lease) => Ok(lease),
            Right::Reading(_) => Err(self.failed(StoreError::NoLease)),
        }
    }

    /// That a request may leave which changes one of the systems: the office is this call's to work for, and will be for a
    /// while. Where it is not, the call ends; a process that was suspended for long finds out here.
    pub(super) fn may_change(&self) -> Result<(), StoreError> {
        drop(self.held()?);
        let lease = self.lease()?;
        self.0.store.may_change(lease, &Moment::now()).map_err(|error| self.failed(error))
    }

    /// Nothing more is read or written in this call.
    fn failed(&self, error: StoreError) -> StoreError {
        self.0.held.lock().unwrap_or_else(PoisonError::into_inner).failed = Some(error);
        error
    }

    /// Whether everything is durable.
    pub(super) fn is_saved(&self) -> bool {
        self.held().is_ok_and(|held| held.written.is_empty() && held.saving.is_empty())
    }

    /// Makes durable what was written until now. It goes on where nobody waits for it any more: were it left in the middle,
    /// an older value could come after a newer one.
    pub(super) async fn save(&self) -> Result<(), StoreError> {
        if self.is_saved() {
            return Ok(());
        }
        let this = self.clone();
        tokio::spawn(async move { this.save_in_turn().await }).await.unwrap_or(Err(StoreError::Failed(Trouble::Disk)))
    }

    async fn save_in_turn(&self) -> Result<(), StoreError> {
        let _turn = self.0.turn.lock().await;
        let writes = {
            let mut held = self.held()?;
            held.bytes = 0;
            held.saving = std::mem::take(&mut held.written);
            held.saving.clone()
        };
        if writes.is_empty() {
            return Ok(());
        }
        let saved = self.within(self.0.store.write(self.lease()?, writes.into_iter().collect())).await;
        let mut held = self.0.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.saving.clear();
        held.failed = saved.as_ref().err().copied();
        saved
    }

    fn held(&self) -> Result<MutexGuard<'_, Held>, StoreError> {
        let held = self.0.held.lock().unwrap_or_else(PoisonError::into_inner);
        match held.failed {
            None => Ok(held),
            Some(failed) => Err(failed),
        }
    }

    async fn within<T>(&self, operation: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        let done = tokio::time::timeout(self.0.limit, operation).await.unwrap_or(Err(Trouble::Disk.into()));
        // A value that is damaged is that of one record: the call goes on with the others.
        done.map_err(|error| if error == StoreError::Damaged { error } else { self.failed(error) })
    }
}

#[cfg(test)]
#[path = "unsaved_tests.rs"]
mod tests;
