//! Where the connector as a crate keeps its state: in memory, which costs nothing, or as the host does.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use advocaatcentraal_tribe::ports::{Store as Port, StoreError};
use host_harness::store::{Lease, Store};
use tokio::runtime::Runtime;

/// Keys that one question to the store brings.
const AT_ONCE: u32 = 1_000;

/// Values by key; none where the key was removed.
type Values = BTreeMap<String, Option<Vec<u8>>>;

/// A store for one office.
#[derive(Default)]
pub(crate) struct Keeping {
    /// On disk: all of it that is not saved yet. In memory: all.
    values: RefCell<Values>,
    disk: Option<Disk>,
}

struct Disk {
    runtime: Rc<Runtime>,
    store: Store,
    lease: Lease,
}

impl Keeping {
    /// In the host's store, sealed, under that lease. As in the host, what is written is saved before the next request
    /// leaves.
    pub(crate) fn on_disk(runtime: Rc<Runtime>, store: Store, lease: Lease) -> Self {
        Self { disk: Some(Disk { runtime, store, lease }), ..Self::default() }
    }

    /// Makes durable what was written.
    pub(crate) fn save(&self) -> Result<(), StoreError> {
        let Some(Disk { runtime, store, lease }) = &self.disk else { return Ok(()) };
        let values = std::mem::take(&mut *self.values.borrow_mut());
        if values.is_empty() {
            return Ok(());
        }
        runtime.block_on(store.write(lease, values.into_iter().collect())).map_err(|_| StoreError::Failed)
    }
}

impl Port for Keeping {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        match (self.values.borrow().get(key), &self.disk) {
            (Some(value), _) => Ok(value.clone()),
            (None, Some(Disk { runtime, store, lease })) => {
                runtime.block_on(store.get(lease, key.to_owned())).map_err(|_| StoreError::Failed)
            }
            (None, None) => Ok(None),
        }
    }

    fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        self.values.borrow_mut().insert(key.to_owned(), Some(value.to_vec()));
        Ok(())
    }

    fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.values.borrow_mut().insert(key.to_owned(), None);
        Ok(())
    }

    fn keys(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        self.save()?;
        let Some(Disk { runtime, store, lease }) = &self.disk else {
            let values = self.values.borrow();
            let there = values.iter().filter(|(key, value)| value.is_some() && key.starts_with(prefix));
            return Ok(there.map(|(key, _)| key.clone()).collect());
        };
        let mut keys = runtime.block_on(all_keys(store, lease)).map_err(|_| StoreError::Failed)?;
        keys.retain(|key| key.starts_with(prefix));
        Ok(keys)
    }
}

/// Every key of the office that the lease is for.
pub(crate) async fn all_keys(store: &Store, lease: &Lease) -> Result<Vec<String>, host_harness::store::StoreError> {
    let (mut keys, mut after) = (Vec::new(), None);
    loop {
        let page = store.keys(lease, after, AT_ONCE).await?;
        keys.extend(page.keys);
        after = page.next;
        if after.is_none() {
            return Ok(keys);
        }
    }
}
