//! Who may use a folder: one call at a time, with a fencing number.
//!
//! A lease is a file whose name is its number, and the highest number holds the folder. It is taken over only when it
//! was given back, or when its holder has given no sign of life for [`LONGEST_SILENCE`]: a call that trapped cannot give
//! anything back. Making the next file is the only step that decides, and the file system lets one of many succeed. Whoever finds a
//! number above its own has lost the folder and writes no more.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// Longer than a call can go without touching its store: a request of the connector's ends after 90 seconds.
pub const LONGEST_SILENCE: Duration = Duration::from_secs(180);
/// How often a holder gives a sign of life at most.
const RENEW_AFTER: Duration = Duration::from_secs(10);
const GIVEN_BACK: &str = "given back\n";
const HELD: &str = "held\n";

/// The right to use a folder.
#[derive(Debug)]
pub struct Lease {
    folder: PathBuf,
    number: u64,
    renewed: SystemTime,
}

/// Why a folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LeaseError {
    /// Another call uses it now.
    #[error("another call uses this folder")]
    Busy,
    /// Another call took it over.
    #[error("another call took this folder over")]
    Lost,
    /// The folder fails.
    #[error("the folder cannot be used ({})", .0.kind())]
    Folder(#[from] io::Error),
}

impl Lease {
    /// Takes the lease of which the files are in that folder, which is made where it is missing.
    ///
    /// # Errors
    /// [`LeaseError::Busy`] where another call holds it; try again in a moment.
    pub fn take(folder: &Path, now: SystemTime) -> Result<Self, LeaseError> {
        fs::create_dir_all(folder)?;
        let highest = numbers(folder)?.into_iter().max().unwrap_or(0);
        if highest > 0 && is_held(&file(folder, highest), now)? {
            return Err(LeaseError::Busy);
        }
        let number = highest + 1;
        let path = file(folder, number);
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut own) => io::Write::write_all(&mut own, HELD.as_bytes())?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Err(LeaseError::Busy),
            Err(error) => return Err(error.into()),
        }
        // A slow caller may have made again what two faster ones had taken, given back and cleared away.
        let others = numbers(folder)?;
        if others.iter().any(|other| *other > number) {
            remove(&path)?;
            return Err(LeaseError::Busy);
        }
        for other in others.into_iter().filter(|other| *other < number) {
            remove(&file(folder, other))?;
        }
        Ok(Self { folder: folder.to_owned(), number, renewed: now })
    }

    /// Makes sure that the folder is still held, and gives a sign of life now and then.
    ///
    /// # Errors
    /// [`LeaseError::Lost`] where another call took it over.
    pub fn hold(&mut self, now: SystemTime) -> Result<(), LeaseError> {
        if numbers(&self.folder)?.into_iter().max() != Some(self.number) {
            return Err(LeaseError::Lost);
        }
        if now.duration_since(self.renewed).is_ok_and(|since| since > RENEW_AFTER) {
            fs::write(file(&self.folder, self.number), HELD)?;
            self.renewed = now;
        }
        Ok(())
    }
}

impl Drop for Lease {
    /// Gives it back. Where that fails it ends by [`LONGEST_SILENCE`].
    fn drop(&mut self) {
        let path = file(&self.folder, self.number);
        if let Ok(mut own) = File::options().write(true).truncate(true).open(path) {
            let _ = io::Write::write_all(&mut own, GIVEN_BACK.as_bytes());
        }
    }
}

fn file(folder: &Path, number: u64) -> PathBuf {
    folder.join(number.to_string())
}

fn numbers(folder: &Path) -> io::Result<Vec<u64>> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(folder)? {
        numbers.extend(entry?.file_name().to_str().and_then(|name| name.parse::<u64>().ok()));
    }
    Ok(numbers)
}

/// A file that is being written counts as held: its holder is alive.
fn is_held(path: &Path, now: SystemTime) -> io::Result<bool> {
    let (text, last_sign) = match fs::read_to_string(path) {
        Ok(text) => (text, fs::metadata(path)?.modified()?),
        // Cleared away since it was listed, by one that holds a higher number.
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(error),
    };
    let silent = now.duration_since(last_sign).is_ok_and(|since| since > LONGEST_SILENCE);
    Ok(text != GIVEN_BACK && !silent)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]
    use std::mem;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    fn later(seconds: u64) -> SystemTime {
        SystemTime::now() + Duration::from_secs(seconds)
    }

    #[test]
    fn a_folder_is_open_to_one_call_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lease::take(folder.path(), later(0)).unwrap();
        assert!(matches!(Lease::take(folder.path(), later(0)), Err(LeaseError::Busy)));
        drop(first);
        Lease::take(folder.path(), later(0)).unwrap();
    }

    #[test]
    fn a_call_that_died_holds_a_folder_for_three_minutes() {
        let folder = tempfile::tempdir().unwrap();
        mem::forget(Lease::take(folder.path(), later(0)).unwrap());
        assert!(matches!(Lease::take(folder.path(), later(170)), Err(LeaseError::Busy)));
        Lease::take(folder.path(), later(190)).unwrap();
    }

    #[test]
    fn a_call_that_was_taken_for_dead_writes_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let mut slow = Lease::take(folder.path(), later(0)).unwrap();
        slow.hold(later(20)).unwrap();
        let mut next = Lease::take(folder.path(), later(400)).unwrap();
        assert!(matches!(slow.hold(later(400)), Err(LeaseError::Lost)));
        drop(slow);
        next.hold(later(401)).expect("what the slow one gave back was not the next one's");
        assert!(matches!(Lease::take(folder.path(), later(0)), Err(LeaseError::Busy)));
    }

    #[test]
    fn of_many_that_come_at_once_one_is_let_in_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let (inside, turns) = (AtomicU32::new(0), AtomicU32::new(0));
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    while turns.load(Ordering::SeqCst) < 50 {
                        let Ok(mut lease) = Lease::take(folder.path(), SystemTime::now()) else { continue };
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0, "two were inside");
                        lease.hold(SystemTime::now()).unwrap();
                        turns.fetch_add(1, Ordering::SeqCst);
                        inside.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
        assert!(fs::read_dir(folder.path()).unwrap().count() <= 8, "what was given back is cleared away");
    }
}
