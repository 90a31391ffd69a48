//! The two interfaces that the component asks of this host itself: its keys and its settings.

use wasmtime::component::Resource;

use super::bucket::{Bucket, BucketFault};
use super::contract::latest::wasi::config::store as config;
use super::contract::latest::wasi::keyvalue::store as keyvalue;
use super::state::CallState;
use super::unsaved::Unsaved;

/// Keys that one page of a listing holds.
const KEYS_PER_PAGE: u32 = 1_000;

impl CallState {
    /// The opened keys, cloned out so that the table is free while the store works.
    fn opened(&self, bucket: &Resource<Bucket>) -> Result<Unsaved, BucketFault> {
        Ok(self.table.get(bucket)?.0.clone())
    }
}

impl keyvalue::Host for CallState {
    async fn open(&mut self, identifier: String) -> Result<Resource<Bucket>, BucketFault> {
        match self.unsaved() {
            Some(unsaved) if identifier == self.config.bucket() => Ok(self.table.push(Bucket(unsaved))?),
            _ => Err(BucketFault::NoSuchStore),
        }
    }

    fn convert_error(&mut self, fault: BucketFault) -> wasmtime::Result<keyvalue::Error> {
        match fault {
            BucketFault::NoSuchStore => Ok(keyvalue::Error::NoSuchStore),
            BucketFault::Damaged => Ok(keyvalue::Error::Other("damaged".to_owned())),
            BucketFault::Failed => Ok(keyvalue::Error::Other("the store failed".to_owned())),
            BucketFault::LeaseLost | BucketFault::NoLease | BucketFault::TooMuch(_) | BucketFault::Handle(_) => {
                Err(fault.into())
            }
        }
    }
}

impl keyvalue::HostBucket for CallState {
    async fn get(&mut self, bucket: Resource<Bucket>, key: String) -> Result<Option<Vec<u8>>, BucketFault> {
        Ok(self.opened(&bucket)?.get(key).await?)
    }

    async fn set(&mut self, bucket: Resource<Bucket>, key: String, value: Vec<u8>) -> Result<(), BucketFault> {
        self.stored.add(key.len().saturating_add(value.len()), &self.limits)?;
        Ok(self.opened(&bucket)?.write(key, Some(value)).await?)
    }

    async fn delete(&mut self, bucket: Resource<Bucket>, key: String) -> Result<(), BucketFault> {
        self.stored.add(key.len(), &self.limits)?;
        Ok(self.opened(&bucket)?.write(key, None).await?)
    }

    async fn exists(&mut self, bucket: Resource<Bucket>, key: String) -> Result<bool, BucketFault> {
        Ok(self.opened(&bucket)?.get(key).await?.is_some())
    }

    async fn list_keys(
        &mut self,
        bucket: Resource<Bucket>,
        cursor: Option<u64>,
    ) -> Result<keyvalue::KeyResponse, BucketFault> {
        let page = self.opened(&bucket)?.keys(cursor, KEYS_PER_PAGE).await?;
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
