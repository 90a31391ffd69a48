//! The two interfaces that the component asks of this host itself: its keys and its settings.

#![expect(unreachable_pub, reason = "the generated bindings re-export the bucket and its fault")]

use std::future::Future;
use std::time::Duration;

use wasmtime::component::{Resource, ResourceTableError};

use super::call::CallState;
use super::contract::latest::wasi::config::store as config;
use super::contract::latest::wasi::keyvalue::store as keyvalue;
use super::office::Keys;
use crate::store::{Lease, Store, StoreError};

/// Keys that one page of a listing holds.
const KEYS_PER_PAGE: u32 = 1_000;

/// An office's keys, opened.
pub struct Bucket {
    store: Store,
    lease: Lease,
}

/// Why an operation on the keys failed.
#[derive(Debug, thiserror::Error)]
pub enum BucketFault {
    /// There is no store of that name, or this call has none.
    #[error("no such store")]
    NoSuchStore,
    /// Another process took the office over. Ends the call: whatever it would do next is no longer its to do.
    #[error("the lease is lost")]
    LeaseLost,
    /// The store failed or was too slow.
    #[error("the store failed")]
    Failed,
    /// The component used a handle that it does not hold, or holds too many.
    #[error(transparent)]
    Handle(#[from] ResourceTableError),
}

impl From<StoreError> for BucketFault {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::LeaseLost => Self::LeaseLost,
            _ => Self::Failed,
        }
    }
}

async fn within<T>(limit: Duration, operation: impl Future<Output = Result<T, StoreError>>) -> Result<T, BucketFault> {
    match tokio::time::timeout(limit, operation).await {
        Ok(result) => Ok(result?),
        Err(_) => Err(BucketFault::Failed),
    }
}

impl CallState {
    /// The opened keys, cloned out so that the table is free while the store works.
    fn opened(&self, bucket: &Resource<Bucket>) -> Result<(Store, Lease, Duration), BucketFault> {
        let bucket = self.table.get(bucket)?;
        Ok((bucket.store.clone(), bucket.lease.clone(), self.operation_limit))
    }
}

impl keyvalue::Host for CallState {
    async fn open(&mut self, identifier: String) -> Result<Resource<Bucket>, BucketFault> {
        let Keys::Leased(store, lease) = &self.keys else { return Err(BucketFault::NoSuchStore) };
        if identifier != self.config.bucket() {
            return Err(BucketFault::NoSuchStore);
        }
        let bucket = Bucket { store: store.clone(), lease: lease.clone() };
        Ok(self.table.push(bucket)?)
    }

    fn convert_error(&mut self, fault: BucketFault) -> wasmtime::Result<keyvalue::Error> {
        match fault {
            BucketFault::NoSuchStore => Ok(keyvalue::Error::NoSuchStore),
            BucketFault::Failed => Ok(keyvalue::Error::Other("the store failed".to_owned())),
            BucketFault::LeaseLost | BucketFault::Handle(_) => Err(fault.into()),
        }
    }
}

impl keyvalue::HostBucket for CallState {
    async fn get(&mut self, bucket: Resource<Bucket>, key: String) -> Result<Option<Vec<u8>>, BucketFault> {
        let (store, lease, limit) = self.opened(&bucket)?;
        within(limit, store.get(&lease, key)).await
    }

    async fn set(&mut self, bucket: Resource<Bucket>, key: String, value: Vec<u8>) -> Result<(), BucketFault> {
        let (store, lease, limit) = self.opened(&bucket)?;
        within(limit, store.set(&lease, key, value)).await
    }

    async fn delete(&mut self, bucket: Resource<Bucket>, key: String) -> Result<(), BucketFault> {
        let (store, lease, limit) = self.opened(&bucket)?;
        within(limit, store.delete(&lease, key)).await
    }

    async fn exists(&mut self, bucket: Resource<Bucket>, key: String) -> Result<bool, BucketFault> {
        let (store, lease, limit) = self.opened(&bucket)?;
        Ok(within(limit, store.get(&lease, key)).await?.is_some())
    }

    async fn list_keys(
        &mut self,
        bucket: Resource<Bucket>,
        cursor: Option<u64>,
    ) -> Result<keyvalue::KeyResponse, BucketFault> {
        let (store, lease, limit) = self.opened(&bucket)?;
        let page = within(limit, store.keys(&lease, cursor, KEYS_PER_PAGE)).await?;
        Ok(keyvalue::KeyResponse { keys: page.keys, cursor: page.next })
    }

    async fn drop(&mut self, bucket: Resource<Bucket>) -> wasmtime::Result<()> {
        self.table.delete(bucket)?;
        Ok(())
    }
}

impl config::Host for CallState {
    async fn get(&mut self, key: String) -> wasmtime::Result<Result<Option<String>, config::Error>> {
        Ok(Ok(self.config.get(&key).map(str::to_owned)))
    }

    async fn get_all(&mut self) -> wasmtime::Result<Result<Vec<(String, String)>, config::Error>> {
        Ok(Ok(self.config.iter().map(|(key, value)| (key.to_owned(), value.to_owned())).collect()))
    }
}
