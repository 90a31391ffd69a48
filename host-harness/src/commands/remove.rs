//! `koppeling office remove`: an office goes, with all that is known of it here.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use clap::Args;
use dialoguer::Input;
use serde_json::json;

use super::asking::answered;
use super::export::export;
use super::screen::Screen;
use super::webhooks::Outside;
use super::{CommandError, Exit, Global, OneOffice};
use crate::run::HostLimits;
use crate::settings::OfficeNumber;

/// Which office goes, and what is left of it.
#[derive(Args)]
pub(super) struct Remove {
    /// The office's number
    office: OfficeNumber,
    /// Does not ask for the number once more
    #[arg(long)]
    yes: bool,
    /// Where its links, history and settings without secrets are written before [default: koppeling-<office>-<date>.json in
    /// this folder]
    #[arg(long, value_name = "FILE", conflicts_with = "no_export")]
    export: Option<PathBuf>,
    /// Writes no export
    #[arg(long)]
    no_export: bool,
    #[command(flatten)]
    outside: Outside,
}

impl Remove {
    pub(super) async fn run(&self, global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
        let store = global.store(screen)?;
        let office = OneOffice { office: Some(self.office.clone()) }.find(&store).await?;
        self.confirm(&office, screen)?;
        let written = if self.no_export { None } else { Some(self.export(global, &office, screen).await?) };
        let webhooks = self.outside.remove(global, &office, screen).await;
        store.remove_office(&office).await?;
        if global.json {
            screen.json(&json!({"office": office, "removed": true, "export": written, "webhooks": webhooks.to_json()}));
            return Ok(Exit::Ok);
        }
        screen.line(format!(
            "Office {office} is removed: its settings, credentials, links and history are gone from this data folder, but not \
             from copies of it. Nothing was deleted in AdvocaatCentraal or Tribe but its own webhooks."
        ));
        webhooks.told().iter().for_each(|told| screen.line(told));
        if let Some(path) = written {
            screen.line(format!("What was known of it stands in {}.", path.display()));
        }
        Ok(Exit::Ok)
    }

    fn confirm(&self, office: &OfficeNumber, screen: &Screen) -> Result<(), CommandError> {
        if self.yes {
            return Ok(());
        }
        if !io::stdin().is_terminal() {
            return Err(CommandError::NobodyToConfirm(office.clone()));
        }
        screen.aside(format!(
            "This removes all that koppeling knows of office {office}. Both systems keep their records; added anew, it is \
             linked by its markers."
        ));
        let typed = answered(Input::<String>::new().with_prompt("Type the number of the office").interact_text())?;
        if typed.trim() == office.as_str() { Ok(()) } else { Err(CommandError::NotConfirmed) }
    }

    async fn export(&self, global: &Global, office: &OfficeNumber, screen: &Screen) -> Result<PathBuf, CommandError> {
        let written = async {
            let host = global.host(HostLimits::default(), screen).await?;
            export(&host, office, self.export.as_deref()).await
        };
        written.await.map_err(|why| CommandError::NoExport(Box::new(why)))
    }
}
