//! Whether work can be done now.

use std::time::Duration;

use tokio::sync::Mutex;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::store::{Store, StoreError, Trouble};

/// How long the store may take for a read and a write.
const PATIENCE: Duration = Duration::from_secs(1);

/// Why no work can be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotReady {
    /// The store cannot be used: full, locked and so on have a sentence each.
    #[error(transparent)]
    Store(#[from] Trouble),
    /// The store took too long: wait, or look at the disk.
    #[error("the database in the data folder is slow; check its disk")]
    Slow,
}

/// Asks whether work can be done. The connector is loaded before anybody can ask.
#[derive(Debug)]
pub struct Readiness {
    store: Store,
    /// What is under way: where the disk hangs, one thread waits for it, and not one for each who asks.
    asking: Mutex<Option<JoinHandle<Result<(), StoreError>>>>,
}

impl Readiness {
    /// Of what works with that store.
    pub fn new(store: Store) -> Self {
        Self { store, asking: Mutex::default() }
    }

    /// Whether the store answers a read and a write now.
    pub async fn ask(&self) -> Result<(), NotReady> {
        let mut asking = self.asking.lock().await;
        let store = self.store.clone();
        let under_way = asking.get_or_insert_with(|| tokio::spawn(async move { store.try_out().await }));
        let answer = timeout(PATIENCE, under_way).await.map_err(|_| NotReady::Slow)?;
        *asking = None;
        match answer {
            Ok(Ok(())) => Ok(()),
            Ok(Err(StoreError::Failed(trouble))) => Err(trouble.into()),
            Ok(Err(_)) | Err(_) => Err(Trouble::Other.into()),
        }
    }
}
