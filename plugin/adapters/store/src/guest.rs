//! The export: `wasi:keyvalue/store` over the folder that the host gives as `/state`.

use std::cell::RefCell;
use std::path::Path;
use std::time::{Duration, SystemTime};
use std::{panic, thread};

use crate::folder::{Folder, FolderError};
use crate::lease::LeaseError;
use bindings::exports::wasi::keyvalue::store::{Bucket, Error, Guest, GuestBucket, KeyResponse};

/// Where the host puts the folder: `wasmtime … --dir some-folder::/state`.
const ROOT: &str = "/state";
/// How long a call waits for the one before it. Longer than a slice takes.
const PATIENCE: Duration = Duration::from_secs(60);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

mod bindings {
    #![allow(missing_docs, unreachable_pub, clippy::all, clippy::restriction)]

    wit_bindgen::generate!({
        path: "../../../wit",
        inline: "
            package advocaatcentraal:tribe-adapters;

            world store {
                export wasi:keyvalue/store@0.2.0-draft;
            }
        ",
        generate_all,
    });
}

struct Adapter;

bindings::export!(Adapter with_types_in bindings);

struct Opened(RefCell<Folder>);

impl Guest for Adapter {
    type Bucket = Opened;

    fn open(identifier: String) -> Result<Bucket, Error> {
        // A panic is a trap without words, which might hold a client's data.
        panic::set_hook(Box::new(|_| {}));
        let root = Path::new(ROOT);
        if !root.is_dir() {
            return Err(Error::NoSuchStore);
        }
        let beginning = SystemTime::now();
        loop {
            let now = SystemTime::now();
            match Folder::open(root, &identifier, now) {
                Ok(folder) => return Ok(Bucket::new(Opened(RefCell::new(folder)))),
                Err(FolderError::Lease(LeaseError::Busy))
                    if now.duration_since(beginning).is_ok_and(|waited| waited < PATIENCE) =>
                {
                    thread::sleep(LOOK_AGAIN);
                }
                Err(FolderError::Key) => return Err(Error::NoSuchStore),
                Err(error) => return Err(in_words(&error)),
            }
        }
    }
}

impl Opened {
    fn with<T>(&self, operation: impl FnOnce(&mut Folder, SystemTime) -> Result<T, FolderError>) -> Result<T, Error> {
        operation(&mut self.0.borrow_mut(), SystemTime::now()).map_err(|error| in_words(&error))
    }
}

impl GuestBucket for Opened {
    fn get(&self, key: String) -> Result<Option<Vec<u8>>, Error> {
        self.with(|folder, now| folder.get(&key, now))
    }

    fn set(&self, key: String, value: Vec<u8>) -> Result<(), Error> {
        self.with(|folder, now| folder.set(&key, &value, now))
    }

    fn delete(&self, key: String) -> Result<(), Error> {
        self.with(|folder, now| folder.delete(&key, now))
    }

    fn exists(&self, key: String) -> Result<bool, Error> {
        self.with(|folder, now| folder.get(&key, now)).map(|value| value.is_some())
    }

    /// All of them on one page.
    fn list_keys(&self, cursor: Option<u64>) -> Result<KeyResponse, Error> {
        let keys = if cursor.is_none() { self.with(|folder, now| folder.keys(now))? } else { Vec::new() };
        Ok(KeyResponse { keys, cursor: None })
    }
}

fn in_words(error: &FolderError) -> Error {
    Error::Other(error.to_string())
}
