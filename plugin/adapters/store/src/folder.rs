//! One opened store: a folder of values, and the lease on it.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::file_name;
use crate::lease::{Lease, LeaseError};

/// The ending of a file that is not finished. No key's file has it: a key has no `~`.
const UNFINISHED: &str = "~";

/// Why an operation failed.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The key has characters that no store of the connector's takes, or is too long.
    #[error("no file can be named after this key")]
    Key,
    /// Another call uses the folder, or took it over, or its files fail.
    #[error(transparent)]
    Lease(#[from] LeaseError),
    /// A file fails.
    #[error("a file of the store fails ({})", .0.kind())]
    File(#[from] io::Error),
}

/// An opened store. It is given back when dropped.
#[derive(Debug)]
pub struct Folder {
    values: PathBuf,
    lease: Lease,
}

impl Folder {
    /// Opens the store of that name under `root`; it is made where it is missing.
    ///
    /// # Errors
    /// Another call uses it now, its name is no key, or its files fail.
    pub fn open(root: &Path, name: &str, now: SystemTime) -> Result<Self, FolderError> {
        let folder = root.join(file_name::of_key(name).ok_or(FolderError::Key)?);
        let lease = Lease::take(&folder.join("lease"), now)?;
        let values = folder.join("values");
        fs::create_dir_all(&values)?;
        let opened = Self { values, lease };
        opened.clear_unfinished()?;
        Ok(opened)
    }

    /// The value under the key.
    ///
    /// # Errors
    /// See [`FolderError`].
    pub fn get(&mut self, key: &str, now: SystemTime) -> Result<Option<Vec<u8>>, FolderError> {
        self.lease.hold(now)?;
        match fs::read(self.path(key)?) {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Puts the value under the key; it is on the disk when this returns.
    ///
    /// # Errors
    /// See [`FolderError`]; the key then holds its old value.
    pub fn set(&mut self, key: &str, value: &[u8], now: SystemTime) -> Result<(), FolderError> {
        self.lease.hold(now)?;
        let path = self.path(key)?;
        let unfinished = path.with_file_name(format!("{}{UNFINISHED}", name_of(&path)));
        let mut file = File::create(&unfinished)?;
        file.write_all(value)?;
        file.sync_all()?;
        drop(file);
        fs::rename(&unfinished, &path)?;
        self.sync_folder()
    }

    /// Removes the key, if it is there.
    ///
    /// # Errors
    /// See [`FolderError`].
    pub fn delete(&mut self, key: &str, now: SystemTime) -> Result<(), FolderError> {
        self.lease.hold(now)?;
        match fs::remove_file(self.path(key)?) {
            Ok(()) => self.sync_folder(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Every key, in order.
    ///
    /// # Errors
    /// See [`FolderError`].
    pub fn keys(&mut self, now: SystemTime) -> Result<Vec<String>, FolderError> {
        self.lease.hold(now)?;
        let mut keys = Vec::new();
        for entry in fs::read_dir(&self.values)? {
            keys.extend(entry?.file_name().to_str().and_then(file_name::to_key));
        }
        keys.sort_unstable();
        Ok(keys)
    }

    fn path(&self, key: &str) -> Result<PathBuf, FolderError> {
        Ok(self.values.join(file_name::of_key(key).ok_or(FolderError::Key)?))
    }

    /// The new name itself must be on the disk too.
    fn sync_folder(&self) -> Result<(), FolderError> {
        match File::open(&self.values).and_then(|folder| folder.sync_all()) {
            // Not every system lets a folder be opened so; the order of its writes is then its own affair.
            Err(error) if !matches!(error.kind(), io::ErrorKind::NotFound) => Ok(()),
            done => Ok(done?),
        }
    }

    /// What a call that ended in between left behind.
    fn clear_unfinished(&self) -> Result<(), FolderError> {
        for entry in fs::read_dir(&self.values)? {
            let entry = entry?;
            if entry.file_name().to_str().is_some_and(|name| name.ends_with(UNFINISHED)) {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(())
    }
}

fn name_of(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
    use super::*;

    fn now() -> SystemTime {
        SystemTime::now()
    }

    #[test]
    fn what_was_stored_is_there_after_the_store_is_opened_again() {
        let root = tempfile::tempdir().unwrap();
        let mut folder = Folder::open(root.path(), "", now()).unwrap();
        folder.set("12345/cursor/relaties", b"1", now()).unwrap();
        folder.set("12345/cursor/relaties", b"2", now()).unwrap();
        folder.set("12345/header", b"", now()).unwrap();
        folder.set("12345/gone", b"x", now()).unwrap();
        folder.delete("12345/gone", now()).unwrap();
        folder.delete("12345/gone", now()).unwrap();
        drop(folder);
        let mut folder = Folder::open(root.path(), "", now()).unwrap();
        assert_eq!(folder.get("12345/cursor/relaties", now()).unwrap().as_deref(), Some(&b"2"[..]));
        assert_eq!(folder.get("12345/header", now()).unwrap().as_deref(), Some(&b""[..]));
        assert_eq!(folder.get("12345/gone", now()).unwrap(), None);
        assert_eq!(folder.keys(now()).unwrap(), ["12345/cursor/relaties", "12345/header"]);
    }

    #[test]
    fn a_write_that_was_cut_off_leaves_the_old_value() {
        let root = tempfile::tempdir().unwrap();
        let mut folder = Folder::open(root.path(), "", now()).unwrap();
        folder.set("key", b"old", now()).unwrap();
        let half = folder.values.join("kkey~");
        drop(folder);
        fs::write(&half, b"ne").unwrap();
        let mut folder = Folder::open(root.path(), "", now()).unwrap();
        assert_eq!(folder.get("key", now()).unwrap().as_deref(), Some(&b"old"[..]));
        assert_eq!(folder.keys(now()).unwrap(), ["key"]);
        assert!(!half.exists());
    }

    #[test]
    fn stores_of_two_names_have_nothing_in_common() {
        let root = tempfile::tempdir().unwrap();
        let mut one = Folder::open(root.path(), "one", now()).unwrap();
        let mut two = Folder::open(root.path(), "two", now()).unwrap();
        one.set("key", b"1", now()).unwrap();
        assert_eq!(two.get("key", now()).unwrap(), None);
    }

    #[test]
    fn no_name_leads_out_of_the_folder() {
        let root = tempfile::tempdir().unwrap();
        let inside = root.path().join("inside");
        let mut folder = Folder::open(&inside, "../outside", now()).unwrap();
        folder.set("../../outside", b"1", now()).unwrap();
        assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
        assert!(matches!(Folder::open(&inside, "a store", now()), Err(FolderError::Key)));
    }

    #[test]
    fn a_store_that_was_taken_over_takes_no_more_writes() {
        let root = tempfile::tempdir().unwrap();
        let mut slow = Folder::open(root.path(), "", now()).unwrap();
        slow.set("key", b"old", now()).unwrap();
        let later = now() + crate::lease::LONGEST_SILENCE * 2;
        let mut next = Folder::open(root.path(), "", later).unwrap();
        assert!(matches!(slow.set("key", b"late", later), Err(FolderError::Lease(LeaseError::Lost))));
        assert_eq!(next.get("key", later).unwrap().as_deref(), Some(&b"old"[..]));
    }
}
