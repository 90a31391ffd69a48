//! The two interfaces that the component asks of this host itself: its keys and its settings.

use std::future::Future;
use std::time::Duration;

use wasmtime::component::Resource;

use super::bucket::{Bucket, BucketFault};
use super::contract::latest::wasi::config::store as config;
use super::contract::latest::wasi::keyvalue::store as keyvalue;
use super::office::Keys;
use super::state::CallState;
use crate::store::{Lease, Store, StoreError};

/// Keys that one page of a listing holds.
const KEYS_PER_PAGE: u32 = 1_000;

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
