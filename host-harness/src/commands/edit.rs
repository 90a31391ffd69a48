//! `koppeling office edit`: single settings of an office, and its connector.

use std::io::{self, IsTerminal};
use std::path::PathBuf;

use clap::Args;
use dialoguer::Password;
use secrecy::SecretString;
use serde_json::json;
use zeroize::Zeroizing;

use super::asking::answered;
use super::changed_secret::begin_anew;
use super::screen::Screen;
use super::{CommandError, Exit, Global, OneOffice, dialect_file};
use crate::settings::{Change, Login, is_secret};

/// What to change.
#[derive(Args)]
pub(super) struct Edit {
    #[command(flatten)]
    of: OneOffice,
    /// Sets a setting: marker-field=ExtraId, relation-types.client=customer, fields.organisatie.website=off; several times
    /// for several
    #[arg(long, value_name = "NAME=VALUE", value_parser = pair)]
    set: Vec<(String, String)>,
    /// Takes a setting back to its default, or an entry out of a table
    #[arg(long, value_name = "NAME")]
    unset: Vec<String>,
    /// Asks for a setting that is a secret, such as tribe-client-secret: at the terminal without showing it, or else one
    /// line of standard input for each
    #[arg(long, value_name = "NAME")]
    ask: Vec<String>,
    /// How the office's AdvocaatCentraal speaks, where it is not as assumed: a file in JSON or TOML (`koppeling dialect show`)
    #[arg(long, value_name = "FILE")]
    dialect: Option<PathBuf>,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("give NAME=VALUE".to_owned()),
    }
}

impl Edit {
    pub(super) async fn run(&self, global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
        let store = global.store(screen)?;
        let office = self.of.find(&store).await?;
        let Some(earlier) = store.office(&office).await? else { return Err(CommandError::NoSuchOffice(office)) };
        let changes = self.changes()?;
        if changes.is_empty() && global.plugin.is_none() {
            return Err(CommandError::NothingToEdit);
        }
        let mut settings = earlier.changed(&changes)?;
        global.pin(&mut settings).await?;
        store.put_office(&settings).await?;
        let differing = earlier.differing(&settings);
        begin_anew(&store, &office, &differing).await?;
        let logs_in_anew = settings.tribe_login == Login::AuthorizationCode
            && differing.iter().any(|name| ["tribe-login", "tribe-client-id", "tribe-auth-url"].contains(name));
        let next = if logs_in_anew { "office login" } else { "check" };
        if global.json {
            screen.json(&json!({
                "office": office, "changed": differing, "plugin": settings.plugin.to_string(),
                "next": format!("koppeling {next} {office}"),
            }));
            return Ok(Exit::Ok);
        }
        let told = match differing.as_slice() {
            [] => "nothing differs from what it was".to_owned(),
            ["plugin"] => format!("it now has the connector {}", settings.plugin),
            names => format!("changed: {}", names.join(", ")),
        };
        screen.line(format!("Office {office}: {told}. Next: koppeling {next} {office}"));
        Ok(Exit::Ok)
    }

    fn changes(&self) -> Result<Vec<Change>, CommandError> {
        let mut changes = Vec::new();
        for (name, value) in &self.set {
            if is_secret(name) {
                return Err(CommandError::SecretInTheOpen(name.clone()));
            }
            changes.push(Change { name: name.clone(), value: Some(SecretString::from(value.as_str())) });
        }
        changes.extend(self.unset.iter().map(|name| Change { name: name.clone(), value: None }));
        if let Some(path) = &self.dialect {
            let value = Some(SecretString::from(dialect_file::read(path)?));
            changes.push(Change { name: "dialect".to_owned(), value });
        }
        for name in &self.ask {
            changes.push(Change { name: name.clone(), value: Some(asked(name)?) });
        }
        Ok(changes)
    }
}

/// A secret, from whoever is there to give it.
fn asked(name: &str) -> Result<SecretString, CommandError> {
    let text = if io::stdin().is_terminal() {
        Zeroizing::new(answered(Password::new().with_prompt(name).interact())?)
    } else {
        let mut line = Zeroizing::new(String::new());
        io::stdin().read_line(&mut line).map_err(|_| CommandError::NoSecret(name.to_owned()))?;
        line
    };
    match text.trim() {
        "" => Err(CommandError::NoSecret(name.to_owned())),
        text => Ok(SecretString::from(text)),
    }
}
