//! The store, the settings, the time and random bytes: a world's, under their WASI names.

use advocaatcentraal_tribe::ports::{Clock, Random, Store, StoreError};
use wasmtime::component::Resource;

use super::bindings::wasi::clocks::wall_clock;
use super::bindings::wasi::config::store as config;
use super::bindings::wasi::keyvalue::store as keyvalue;
use super::bindings::wasi::random::random;
use super::{Call, in_world};

/// There is one bucket in a world.
const BUCKET: u32 = 0;

impl keyvalue::Host for Call {
    fn open(&mut self, identifier: String) -> wasmtime::Result<Result<Resource<keyvalue::Bucket>, keyvalue::Error>> {
        Ok(if identifier.is_empty() { Ok(Resource::new_own(BUCKET)) } else { Err(keyvalue::Error::NoSuchStore) })
    }
}

impl keyvalue::HostBucket for Call {
    fn get(
        &mut self,
        _: Resource<keyvalue::Bucket>,
        key: String,
    ) -> wasmtime::Result<Result<Option<Vec<u8>>, keyvalue::Error>> {
        in_world(|world| Store::get(world, &key).map_err(of_world))
    }

    fn set(
        &mut self,
        _: Resource<keyvalue::Bucket>,
        key: String,
        value: Vec<u8>,
    ) -> wasmtime::Result<Result<(), keyvalue::Error>> {
        in_world(|world| Store::set(world, &key, &value).map_err(of_world))
    }

    fn delete(&mut self, _: Resource<keyvalue::Bucket>, key: String) -> wasmtime::Result<Result<(), keyvalue::Error>> {
        in_world(|world| Store::delete(world, &key).map_err(of_world))
    }

    fn exists(
        &mut self,
        _: Resource<keyvalue::Bucket>,
        key: String,
    ) -> wasmtime::Result<Result<bool, keyvalue::Error>> {
        in_world(|world| Store::get(world, &key).map(|value| value.is_some()).map_err(of_world))
    }

    fn list_keys(
        &mut self,
        _: Resource<keyvalue::Bucket>,
        _: Option<u64>,
    ) -> wasmtime::Result<Result<keyvalue::KeyResponse, keyvalue::Error>> {
        let keys = in_world(|world| world.keys("").map_err(of_world))?;
        Ok(keys.map(|keys| keyvalue::KeyResponse { keys, cursor: None }))
    }

    fn drop(&mut self, _: Resource<keyvalue::Bucket>) -> wasmtime::Result<()> {
        Ok(())
    }
}

fn of_world(error: StoreError) -> keyvalue::Error {
    match error {
        StoreError::Missing => keyvalue::Error::NoSuchStore,
        StoreError::Failed => keyvalue::Error::Other(String::new()),
        StoreError::Damaged => keyvalue::Error::Other("damaged".to_owned()),
    }
}

impl config::Host for Call {
    fn get(&mut self, key: String) -> wasmtime::Result<Result<Option<String>, config::Error>> {
        in_world(|world| Ok(world.settings.borrow().get(&key).cloned()))
    }

    fn get_all(&mut self) -> wasmtime::Result<Result<Vec<(String, String)>, config::Error>> {
        in_world(|world| Ok(world.settings.borrow().clone().into_iter().collect()))
    }
}

impl wall_clock::Host for Call {
    fn now(&mut self) -> wasmtime::Result<wall_clock::Datetime> {
        let now = in_world(Clock::now)?.as_millis();
        let nanoseconds = u32::try_from(now % 1000).expect("below a thousand") * 1_000_000;
        Ok(wall_clock::Datetime { seconds: now / 1000, nanoseconds })
    }

    fn resolution(&mut self) -> wasmtime::Result<wall_clock::Datetime> {
        Ok(wall_clock::Datetime { seconds: 0, nanoseconds: 1_000_000 })
    }
}

impl random::Host for Call {
    fn get_random_bytes(&mut self, len: u64) -> wasmtime::Result<Vec<u8>> {
        let mut bytes = vec![0; usize::try_from(len)?];
        in_world(|world| world.fill(&mut bytes))?;
        Ok(bytes)
    }

    fn get_random_u64(&mut self) -> wasmtime::Result<u64> {
        let mut bytes = [0; 8];
        in_world(|world| world.fill(&mut bytes))?;
        Ok(u64::from_le_bytes(bytes))
    }
}
