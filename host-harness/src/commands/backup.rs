//! `koppeling backup` and `koppeling restore`: the whole state in one file, and back.

use std::fs::File;
use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::screen::Screen;
use super::{CommandError, Exit, Global};
use crate::settings::Login;
use crate::store::{BackupError, MasterKey, Origin, State, Store, StoreError, restore};

#[derive(Args)]
pub(super) struct Backup {
    /// The file to write, which is not there yet
    file: PathBuf,
}

#[derive(Args)]
pub(super) struct Restore {
    /// The file that `koppeling backup` wrote
    file: PathBuf,
    /// Puts it in the place of a state that is there; that one is kept beside it
    #[arg(long)]
    replace: bool,
}

impl Backup {
    pub(super) async fn run(&self, global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
        let store = global.store(screen)?;
        let offices = store.offices().await?.len();
        store.back_up(&self.file).await?;
        if global.json {
            screen.json(&json!({"file": self.file, "offices": offices}));
        } else {
            let file = self.file.display();
            screen.line(format!("The state of {} is in {file}, sealed as it is here.", counted(offices, "office")));
            screen
                .line("Keep it apart from a copy of the key: without the key it cannot be read, with it anybody can.");
        }
        Ok(Exit::Ok)
    }
}

impl Restore {
    pub(super) async fn run(&self, global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
        File::open(&self.file).map_err(|source| BackupError::File { path: self.file.clone(), source })?;
        let folder = global.folder()?;
        let file = global.key_file_in(&folder);
        // A new key opens no backup.
        let (key, origin) = MasterKey::find(&file, State::Present)?;
        let (restored, old) = restore(&folder, &self.file, &key, self.replace)?;
        let by_person = logged_in_by_a_person(&folder, &key).await?;
        if global.json {
            screen.json(&json!({
                "offices": restored.offices,
                "as-of": restored.newest_run,
                "waiting": restored.waiting,
                "replaced": old,
                "log-in-anew": by_person,
            }));
            return Ok(Exit::Ok);
        }
        let offices = counted(usize::try_from(restored.offices).unwrap_or(usize::MAX), "office");
        let as_of = restored.newest_run.map_or_else(String::new, |at| format!(", as of {at}"));
        screen.line(format!("The state of {offices} is in place{as_of}."));
        match origin {
            Origin::Environment => screen.line("It opens with the key in KOPPELING_KEY."),
            Origin::File(_) | Origin::Created(_) => {
                screen.line(format!("It opens with the key in {}.", file.display()))
            }
        }
        screen.line("What was at work in it counts as ended.");
        if restored.waiting > 0 {
            let waiting = restored.waiting;
            screen.line(format!("Records whose edits Tribe had told and that are looked at again: {waiting}."));
        }
        screen.line("What was made since is found again by its marker, and what was edited since is compared by the next cycle.");
        for office in &by_person {
            screen.line(format!(
                "Office {office} is logged in to Tribe by a person. Tribe may refuse that login now: then type \
                 `koppeling office login {office}`."
            ));
        }
        if let Some(old) = old {
            screen.line(format!("The state that was there is kept in {}.", old.display()));
        }
        Ok(Exit::Ok)
    }
}

/// Offices whose login may have been renewed since the backup: Tribe takes each renewal once.
async fn logged_in_by_a_person(folder: &Path, key: &MasterKey) -> Result<Vec<String>, CommandError> {
    let store = Store::open(folder, key)?;
    let mut offices = Vec::new();
    for office in store.offices().await? {
        match store.office(&office).await {
            Ok(settings) if settings.as_ref().is_none_or(|of| of.tribe_login != Login::AuthorizationCode) => {}
            // Of one whose settings are damaged it may be so.
            Ok(_) | Err(StoreError::Damaged) => offices.push(office.to_string()),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(offices)
}

fn counted(number: usize, of: &str) -> String {
    if number == 1 { format!("1 {of}") } else { format!("{number} {of}s") }
}
