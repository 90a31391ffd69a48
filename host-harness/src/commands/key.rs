//! `koppeling key rotate`: the state is sealed with another key from then on.

use std::path::Path;

use clap::Subcommand;
use serde_json::json;

use super::changed_key::{new_file, put_in_place};
use super::screen::Screen;
use super::{CommandError, Exit, Global};
use crate::store::{BackupError, KeyError, MasterKey, Origin, State, is_at_work};

/// Where the new key stands, where the key stands in the environment.
const NEW_KEY_VARIABLE: &str = "KOPPELING_NEW_KEY";

#[derive(Subcommand)]
pub(super) enum Key {
    /// Seals the state with a new key: one in KOPPELING_NEW_KEY where the key stands in KOPPELING_KEY, else a new file in
    /// its place
    Rotate,
}

impl Key {
    pub(super) async fn run(&self, global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
        let Self::Rotate = self;
        // One that was cut off is finished by this.
        let store = global.store(screen)?;
        let folder = global.folder()?;
        let file = global.key_file_in(&folder);
        let (old_key, origin) = MasterKey::find(&file, State::Present)?;
        // Nobody may work with the old key meanwhile.
        if is_at_work(&folder) {
            return Err(BackupError::AtWork(folder).into());
        }
        let new = match origin {
            Origin::Environment => MasterKey::of_variable(NEW_KEY_VARIABLE)?.ok_or(CommandError::NoNewKey)?,
            Origin::File(_) | Origin::Created(_) => next_key(&new_file(&file))?,
        };
        if new.is_same(&old_key) {
            return Err(CommandError::SameKey);
        }
        let damaged = store.change_key(&new).await?;
        let old = match origin {
            Origin::Environment => None,
            Origin::File(_) | Origin::Created(_) => Some(put_in_place(&file)?),
        };
        if global.json {
            screen.json(&json!({"old-key": old, "damaged-values": damaged}));
            return Ok(Exit::Ok);
        }
        match &old {
            None => screen.line(format!(
                "The state is sealed with the key in {NEW_KEY_VARIABLE}: give it in KOPPELING_KEY from now on."
            )),
            Some(old) => {
                screen.line(format!(
                    "The state is sealed with a new key, in {}. Keep a copy of it somewhere else.",
                    file.display()
                ));
                screen.line(format!(
                    "Backups of before open with the old one only, which is in {}: remove it with the last of them.",
                    old.display()
                ));
            }
        }
        if damaged > 0 {
            screen.line(format!("Values that do not open, and stay as they are: {damaged}."));
        }
        Ok(Exit::Ok)
    }
}

/// The key that a change that was cut off made, or a new one.
fn next_key(file: &Path) -> Result<MasterKey, KeyError> {
    match MasterKey::create(file) {
        Err(KeyError::File { source, .. }) if source.kind() == std::io::ErrorKind::AlreadyExists => {
            match MasterKey::find(file, State::Present) {
                // It was cut off before it was a key: nothing is sealed with it.
                Err(KeyError::Malformed { .. }) => {
                    let failed = |source| KeyError::File { path: file.to_owned(), source };
                    std::fs::remove_file(file).map_err(failed)?;
                    MasterKey::create(file)
                }
                key => Ok(key?.0),
            }
        }
        key => key,
    }
}
