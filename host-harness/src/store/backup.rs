//! A copy of the whole state, taken while others work, and put back.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::database::{OpenError, Restored};
use super::key::MasterKey;
use super::owner::does_any_live;
use super::private_file::only_mine;
use super::sqlite::Sqlite;
use super::trouble::Trouble;
use super::{DATABASE_FILE, Store, StoreError};
use crate::beside::with_ending;
use crate::timestamp::Timestamp;

/// What SQLite keeps beside a database.
const BESIDE: [&str; 2] = ["-wal", "-shm"];

/// Why a copy was not made, or not put back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The file is there already.
    #[error("{} is there already; give the backup another name", .0.display())]
    Exists(PathBuf),
    /// A file cannot be read or written.
    #[error("{} cannot be used: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// It is no backup of this program.
    #[error("{} is no backup that `koppeling backup` made, or it is damaged; give another one", .0.display())]
    NoBackup(PathBuf),
    /// The key does not fit it.
    #[error("the key does not fit this backup; give the one of then with --key-file (`koppeling key rotate` kept it)")]
    OtherKey,
    /// There is a state already.
    #[error("there is a state in {} already; add --replace to put the backup in its place, it is kept beside it", .0.display())]
    StateThere(PathBuf),
    /// Another process works on the state.
    #[error("another koppeling is at work in {}; stop it first", .0.display())]
    AtWork(PathBuf),
    /// The backup cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Store {
    /// Writes the state as it is at one instant into a file that is not there yet; others work on meanwhile. It is sealed as
    /// the state is. Durable when it returns.
    pub async fn back_up(&self, file: &Path) -> Result<(), BackupError> {
        let failed = |source| BackupError::File { path: file.to_owned(), source };
        if file.exists() {
            return Err(BackupError::Exists(file.to_owned()));
        }
        // Under another name until it is whole.
        let unfinished = with_ending(file, ".unfinished");
        remove_if_any(&unfinished).map_err(failed)?;
        only_mine(&unfinished).map_err(failed)?;
        let target = unfinished.clone();
        let copied = self.run(move |database, _| Ok(database.copy_to(&target)?)).await;
        let kept = copied.map_err(BackupError::from).and_then(|()| {
            File::open(&unfinished).and_then(|copy| copy.sync_all()).map_err(failed)?;
            fs::rename(&unfinished, file).map_err(failed)
        });
        if kept.is_err() {
            let _ = fs::remove_file(&unfinished);
        }
        kept
    }
}

/// Puts a backup in the place of a data folder's state. A state that is there is kept under another name, and only
/// replaced where that is wished. Gives what the backup held, and where the old state lies.
pub fn restore(
    folder: &Path,
    backup: &Path,
    key: &MasterKey,
    replaces: bool,
) -> Result<(Restored, Option<PathBuf>), BackupError> {
    let failed = |source| BackupError::File { path: backup.to_owned(), source };
    let there = folder.join(DATABASE_FILE);
    if does_any_live(folder) {
        return Err(BackupError::AtWork(folder.to_owned()));
    }
    if there.exists() && !replaces {
        return Err(BackupError::StateThere(folder.to_owned()));
    }
    let unfinished = folder.join(format!("{DATABASE_FILE}.restoring"));
    for file in with_beside(&unfinished) {
        remove_if_any(&file).map_err(failed)?;
    }
    only_mine(&unfinished).map_err(failed)?;
    fs::copy(backup, &unfinished).inspect_err(|_| drop(remove_if_any(&unfinished))).map_err(failed)?;
    let restored = prove(&unfinished, key).inspect_err(|_| {
        for file in with_beside(&unfinished) {
            let _ = remove_if_any(&file);
        }
    });
    let restored = restored.map_err(|error| match error {
        BackupError::Open(OpenError::Failed(Trouble::Corrupt)) => BackupError::NoBackup(backup.to_owned()),
        BackupError::Open(OpenError::WrongKey) => BackupError::OtherKey,
        error => error,
    })?;
    let in_place = |source| BackupError::File { path: there.clone(), source };
    File::open(&unfinished).and_then(|file| file.sync_all()).map_err(in_place)?;
    let old = there.exists().then(|| with_ending(&there, &format!(".replaced-{}", Timestamp::now().as_millis())));
    if let Some(old) = &old {
        for (from, to) in with_beside(&there).into_iter().zip(with_beside(old)) {
            if from.exists() {
                fs::rename(&from, &to).map_err(in_place)?;
            }
        }
    }
    fs::rename(&unfinished, &there).map_err(in_place)?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(in_place)?;
    Ok((restored, old))
}

/// That the copy is whole and opens with the key; takes back what an old copy must not claim.
fn prove(copy: &Path, key: &MasterKey) -> Result<Restored, BackupError> {
    if !Sqlite::is_one(copy) {
        return Err(OpenError::Failed(Trouble::Corrupt).into());
    }
    let sqlite = Sqlite::open(copy)?;
    if !sqlite.is_whole().map_err(StoreError::from)? {
        return Err(OpenError::Failed(Trouble::Corrupt).into());
    }
    let store = Store::over(Arc::new(sqlite), key)?;
    Ok(store.database.take_back_claims().map_err(StoreError::from)?)
}

fn remove_if_any(file: &Path) -> io::Result<()> {
    match fs::remove_file(file) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The database, and what SQLite keeps beside it.
fn with_beside(file: &Path) -> Vec<PathBuf> {
    [""].into_iter().chain(BESIDE).map(|ending| with_ending(file, ending)).collect()
}
