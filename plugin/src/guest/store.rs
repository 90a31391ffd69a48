//! The office's store, from `wasi:keyvalue`.

use super::wasi::keyvalue::store::{self, Bucket, Error};
use crate::ports::{Store, StoreError};

/// Pages of keys that one listing follows: a host whose pages never end is broken.
const MOST_PAGES: u32 = 100_000;

/// The word by which a host tells that one value is damaged (docs/embedding.md).
const DAMAGED: &str = "damaged";

pub(super) struct HostStore {
    bucket: Bucket,
}

impl HostStore {
    /// Opens the store of that name.
    pub(super) fn open(name: &str) -> Result<Self, StoreError> {
        Ok(Self { bucket: store::open(name).map_err(of_host)? })
    }
}

impl Store for HostStore {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        self.bucket.get(key).map_err(of_host)
    }

    fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        self.bucket.set(key, value).map_err(of_host)
    }

    fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.bucket.delete(key).map_err(of_host)
    }

    fn keys(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        let mut keys = Vec::new();
        let mut cursor = None;
        for _ in 0..MOST_PAGES {
            let page = self.bucket.list_keys(cursor).map_err(of_host)?;
            keys.extend(page.keys.into_iter().filter(|key| key.starts_with(prefix)));
            match page.cursor {
                Some(next) if Some(next) != cursor => cursor = Some(next),
                _ => return Ok(keys),
            }
        }
        Err(StoreError::Failed)
    }
}

/// The host's own words stay with the host.
fn of_host(error: Error) -> StoreError {
    match error {
        Error::NoSuchStore | Error::AccessDenied => StoreError::Missing,
        Error::Other(word) if word == DAMAGED => StoreError::Damaged,
        Error::Other(_) => StoreError::Failed,
    }
}
