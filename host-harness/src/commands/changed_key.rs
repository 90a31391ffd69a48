//! Where the key of a state is changed: the new one lies beside the old one until all is sealed with it.

use std::fs;
use std::path::{Path, PathBuf};

use super::CommandError;
use super::screen::Screen;
use crate::beside::with_ending;
use crate::store::{MasterKey, OpenError, Origin, State, Store};
use crate::timestamp::Timestamp;

/// The store of a state that the key does not open: its key may have been changed by a command that was cut off right
/// before it put the new one in its place.
pub(super) fn open_changed(folder: &Path, file: &Path, screen: &Screen) -> Result<Store, CommandError> {
    let new = new_file(file);
    if !new.exists() {
        return Err(OpenError::WrongKey.into());
    }
    let (key, origin) = MasterKey::find(&new, State::Present)?;
    let store = Store::open(folder, &key)?;
    if origin != Origin::Environment {
        let old = put_in_place(file)?;
        screen.aside(format!("A change of the key that was cut off is done; the old key is in {}.", old.display()));
    }
    Ok(store)
}

/// Where the new key lies until it is in use.
pub(super) fn new_file(file: &Path) -> PathBuf {
    with_ending(file, ".new")
}

/// Keeps the old key under another name, and gives that.
pub(super) fn put_in_place(file: &Path) -> Result<PathBuf, CommandError> {
    let failed = |source| CommandError::Unwritable { path: file.to_owned(), source };
    let old = with_ending(file, &format!(".until-{}", Timestamp::now().as_millis()));
    fs::copy(file, &old).map_err(failed)?;
    fs::rename(new_file(file), file).map_err(failed)?;
    Ok(old)
}
