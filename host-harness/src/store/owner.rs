//! Who holds a lease: a process, which others know to be alive by a lock that the kernel frees when it ends, however it
//! ends. A number of a process would not do: it is given to another one later.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

/// The folder in the data folder with a locked file for each process that works.
const FOLDER: &str = "owners";
/// How often it is tried.
const MOST_TRIES: usize = 8;

/// This process, as others see it.
pub(super) struct Owner {
    name: String,
    file: PathBuf,
    /// Locked as long as the process lives.
    _lock: File,
}

impl Owner {
    /// Makes this process known in the data folder, and removes the traces of those that ended without doing so.
    pub(super) fn enter(data: &Path) -> io::Result<Self> {
        let folder = data.join(FOLDER);
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            is_gone_at(&entry.path());
        }
        let mut entered = Self::with_a_name(&folder);
        for _ in 1..MOST_TRIES {
            if entered.is_ok() {
                break;
            }
            entered = Self::with_a_name(&folder);
        }
        entered
    }

    /// Fails where another process removes the folder or the file at this moment.
    fn with_a_name(folder: &Path) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let name = random_name()?;
        // Locked before anybody can find it by its name: who finds one that is not locked takes it for dead.
        let (unfinished, file) = (folder.join(format!("{name}.new")), folder.join(&name));
        let lock = File::create_new(&unfinished)?;
        lock.try_lock()?;
        fs::rename(&unfinished, &file)?;
        Ok(Self { name, file, _lock: lock })
    }

    /// Its name; no other has it.
    pub(super) fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Owner {
    fn drop(&mut self) {
        // Whoever finds it unlocked removes it too. The folder goes with the last one.
        let _ = fs::remove_file(&self.file);
        let _ = self.file.parent().map(fs::remove_dir);
    }
}

/// Whether the process of that name has ended. One of which that cannot be told may live.
pub(super) fn is_gone(data: &Path, name: &str) -> bool {
    is_gone_at(&data.join(FOLDER).join(name))
}

/// Whether any process works in that data folder.
pub(super) fn does_any_live(data: &Path) -> bool {
    let owners = fs::read_dir(data.join(FOLDER)).into_iter().flatten().flatten();
    owners.into_iter().any(|owner| !is_gone_at(&owner.path()))
}

fn is_gone_at(file: &Path) -> bool {
    let lock = match File::open(file) {
        Ok(lock) => lock,
        Err(error) => return error.kind() == io::ErrorKind::NotFound,
    };
    match lock.try_lock() {
        Ok(()) => {
            // One that cannot be removed is found dead again.
            let _ = fs::remove_file(file);
            true
        }
        Err(TryLockError::WouldBlock | TryLockError::Error(_)) => false,
    }
}

fn random_name() -> io::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(hex::encode(bytes))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_process_is_known_to_live_until_its_lock_is_freed_and_leaves_no_trace() {
        let folder = tempfile::tempdir().unwrap();
        let one = Owner::enter(folder.path()).unwrap();
        let other = Owner::enter(folder.path()).unwrap();
        assert!(!is_gone(folder.path(), one.name()) && !is_gone(folder.path(), other.name()));
        let name = one.name().to_owned();
        drop(one);
        assert!(is_gone(folder.path(), &name) && !is_gone(folder.path(), other.name()));
        drop(other);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }

    #[test]
    fn one_that_was_killed_is_gone_though_its_file_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let killed = folder.path().join(FOLDER).join("0123");
        fs::create_dir_all(killed.parent().unwrap()).unwrap();
        fs::write(&killed, "").unwrap();
        assert!(is_gone(folder.path(), "0123"));
        fs::write(&killed, "").unwrap();
        let _living = Owner::enter(folder.path()).unwrap();
        assert!(!killed.exists(), "what it left behind is removed");
    }
}
