//! `koppeling office`: adds, changes and lists offices.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::PathBuf;

use clap::Subcommand;
use dialoguer::{Confirm, Input, Password, Select};
use serde::Serialize;
use zeroize::Zeroizing;

use super::screen::Screen;
use super::{CommandError, Exit, Global, OneOffice, login};
use crate::component::{LoadError, Relatietype, RelationTypeLists, TribeType, examine};
use crate::registry::Plugin;
use crate::run::{End, Halt, Host, HostLimits};
use crate::settings::{Login, OfficeNumber, OfficeSettings, TEMPLATE};
use crate::store::{MasterKey, Store};

#[derive(Subcommand)]
pub(super) enum Office {
    /// Adds an office, or changes its settings
    Add {
        /// Takes all settings from a TOML file instead of asking for them
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
    },
    /// Logs in to Tribe in a browser, for an office with tribe-login = "authorization-code"
    Login(login::Login),
    /// Changes the connector that works for an office: --plugin oci://registry/name@sha256:…, or `--plugin built-in`
    Edit(OneOffice),
    /// Lists the offices
    List,
    /// Prints a settings file to start from
    Template,
}

impl Office {
    pub(super) async fn run(&self, global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
        match self {
            Self::Add { from: Some(path) } => add_from(global, path, screen).await,
            Self::Add { from: None } if !io::stdin().is_terminal() => Err(CommandError::NobodyToAsk),
            Self::Add { from: None } => add_asking(global, screen).await,
            Self::Login(login) => login.run(global, screen).await,
            Self::Edit(of) => edit(global, of, screen).await,
            Self::List => list(global, screen).await,
            Self::Template => {
                screen.line(TEMPLATE.trim_end());
                Ok(Exit::Ok)
            }
        }
    }
}

async fn add_from(global: &Global, path: &PathBuf, screen: &Screen) -> Result<Exit, CommandError> {
    let text = fs::read_to_string(path).map(Zeroizing::new);
    let text = text.map_err(|source| CommandError::Unreadable { path: path.clone(), source })?;
    let mut settings = OfficeSettings::from_toml(&text)
        .map_err(|problem| CommandError::SettingsFile { path: path.clone(), problem })?;
    pin(global, &mut settings).await?;
    keep(&global.store(screen)?, &settings, screen).await?;
    screen.aside(format!("{} holds secrets in the clear: delete it when it is no longer needed.", path.display()));
    Ok(Exit::Ok)
}

/// Changes an office's connector, and nothing else.
async fn edit(global: &Global, of: &OneOffice, screen: &Screen) -> Result<Exit, CommandError> {
    let store = global.store(screen)?;
    let office = of.find(&store).await?;
    let Some(mut settings) = store.office(&office).await? else { return Err(CommandError::NoSuchOffice(office)) };
    if global.plugin.is_none() {
        return Err(CommandError::NothingToEdit);
    }
    pin(global, &mut settings).await?;
    store.put_office(&settings).await?;
    screen.line(format!("Office {office} now has the connector {}. Next: koppeling check {office}", settings.plugin));
    Ok(Exit::Ok)
}

/// Gives the office the connector that the command line names, and sees to it that it has one that can be loaded: a
/// mistake is told now, and not by the first run.
async fn pin(global: &Global, settings: &mut OfficeSettings) -> Result<(), CommandError> {
    if let Some(plugin) = global.named_plugin()? {
        settings.plugin = match plugin {
            // Another command may be started elsewhere.
            Plugin::File(path) => {
                let absolute = std::path::absolute(&path);
                Plugin::File(absolute.map_err(|source| CommandError::Unreadable { path, source })?)
            }
            plugin => plugin,
        };
    }
    if settings.plugin != Plugin::BuiltIn {
        let source = global.resolver(Some(&global.folder()?))?.resolve(&settings.plugin).await?;
        let (bytes, name) = source.read()?;
        examine(&bytes).map_err(|reason| LoadError::NotLoadable { name, reason })?;
    }
    Ok(())
}

async fn keep(store: &Store, settings: &OfficeSettings, screen: &Screen) -> Result<(), CommandError> {
    let given = &settings.office;
    if let Some(kept) = store.offices().await?.into_iter().find(|kept| kept != given && kept.is_same_as(given)) {
        return Err(CommandError::SpelledOtherwise { given: given.clone(), kept });
    }
    store.put_office(settings).await?;
    let office = &settings.office;
    screen.line(match settings.tribe_login {
        Login::ClientCredentials => format!("Office {office} is kept. Next: koppeling check {office}"),
        Login::AuthorizationCode => format!("Office {office} is kept. Next: koppeling office login {office}"),
    });
    Ok(())
}

async fn list(global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
    /// One office.
    #[derive(Serialize)]
    #[serde(rename_all = "kebab-case")]
    struct Line {
        office: OfficeNumber,
        advocaatcentraal_url: String,
        tribe_url: String,
        relation_types: usize,
        plugin: String,
    }
    let store = global.store(screen)?;
    let mut lines = Vec::new();
    for office in store.offices().await? {
        let Some(settings) = store.office(&office).await? else { continue };
        lines.push(Line {
            office,
            advocaatcentraal_url: settings.advocaatcentraal_url.to_string(),
            tribe_url: settings.tribe_url.to_string(),
            relation_types: settings.relation_types.values().filter(|key| !key.is_empty()).count(),
            plugin: settings.plugin.to_string(),
        });
    }
    if global.json {
        screen.json(&lines);
    } else if lines.is_empty() {
        return Err(CommandError::NoOffice);
    } else {
        let rows = lines.into_iter().map(|line| {
            let Line { office, advocaatcentraal_url, tribe_url, relation_types, plugin } = line;
            [office.to_string(), advocaatcentraal_url, tribe_url, relation_types.to_string(), plugin]
        });
        screen.table(["OFFICE", "ADVOCAATCENTRAAL", "TRIBE", "TYPES", "CONNECTOR"], rows);
    }
    Ok(Exit::Ok)
}

/// Asks for everything, and keeps it only when all of it was answered.
async fn add_asking(global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
    let store = global.store(screen)?;
    screen.line("Settings of one office. Nothing is kept before the last question is answered; ctrl-c ends it.");
    let mut settings = ask_settings()?;
    if store.office(&settings.office).await?.is_some() {
        let question = format!("Office {} is there already. Replace its settings?", settings.office);
        if !answered(Confirm::new().with_prompt(question).default(false).interact())? {
            return Ok(Exit::Ok);
        }
    }
    pin(global, &mut settings).await?;
    let lists = match settings.tribe_login {
        Login::ClientCredentials => relation_types(global, &settings).await,
        Login::AuthorizationCode => log_in_and_ask(global, store.clone(), &settings, screen).await,
    };
    match lists {
        Ok(lists) => {
            for relatietype in &lists.advocaatcentraal {
                if let Some(key) = ask_mapping(relatietype, &lists.tribe)? {
                    settings.relation_types.insert(relatietype.id.clone(), key);
                }
            }
        }
        Err(error) => {
            screen.aside(format!("The relation types could not be read: {error}"));
            screen.aside("Add them to a settings file (`koppeling office template`), and use it with --from.");
        }
    }
    keep(&store, &settings, screen).await?;
    Ok(Exit::Ok)
}

/// The settings file's defaults, with the answers in place.
fn ask_settings() -> Result<OfficeSettings, CommandError> {
    let text = |prompt: &str| answered(Input::<String>::new().with_prompt(prompt).interact_text());
    let secret = |prompt: &str| answered(Password::new().with_prompt(prompt).interact());
    let toml = |text: &str| toml::Value::from(text).to_string();
    let mut lines = Zeroizing::new(String::new());
    let logins = ["with its own id and secret (client credentials)", "by a person's consent (authorization code)"];
    let question = "How does the connector log in to Tribe?";
    let by_consent = answered(Select::new().with_prompt(question).items(logins).default(0).interact())? == 1;
    if by_consent {
        lines.push_str("tribe-login = \"authorization-code\"\n");
    }
    for (name, answer) in [
        ("office", text("Office number (administratienummer)")?),
        ("advocaatcentraal-url", text("URL of AdvocaatCentraal's API")?),
        ("advocaatcentraal-key", secret("API key of AdvocaatCentraal (Kantoor, Nieuw)")?),
        ("tribe-client-id", text("Client id of the application in Tribe")?),
        ("tribe-client-secret", secret("Client secret of the application in Tribe")?),
    ] {
        lines.push_str(&format!("{name} = {}\n", toml(&answer)));
    }
    let webhook =
        Password::new().with_prompt("Secret of the webhook in Tribe (empty for none)").allow_empty_password(true);
    lines.push_str(&format!("tribe-webhook-secret = {}\n", toml(&answered(webhook.interact())?)));
    if answered(Confirm::new().with_prompt("Does the office use Tribe's KvK link?").default(false).interact())? {
        lines.push_str("kvk = \"on\"\n");
    }
    Ok(OfficeSettings::from_toml(&lines)?)
}

fn ask_mapping(relatietype: &Relatietype, tribe: &[TribeType]) -> Result<Option<String>, CommandError> {
    let names = std::iter::once("not synced").chain(tribe.iter().map(|kind| kind.name.as_str()));
    let names: Vec<_> = names.collect();
    let chosen = Select::new().with_prompt(&relatietype.name).items(&names).default(0).interact();
    let chosen = answered(chosen)?;
    Ok(chosen.checked_sub(1).and_then(|position| tribe.get(position)).map(|kind| kind.key.clone()))
}

/// An answer; an end of the questions is an end of the command.
fn answered<T>(answer: dialoguer::Result<T>) -> Result<T, CommandError> {
    answer.map_err(|_| Halt::Cancelled.into())
}

/// Asks both systems which types they have after a person has logged in. The login stands in the office's own store, so
/// the settings are kept before it.
async fn log_in_and_ask(
    global: &Global,
    store: Store,
    settings: &OfficeSettings,
    screen: &Screen,
) -> Result<RelationTypeLists, CommandError> {
    store.put_office(settings).await?;
    screen.line("The settings until here are kept, since the login to Tribe is kept with them.");
    let host = global.host_over(global.connector(None).await?, store, HostLimits::default());
    login::log_in(&host, &settings.office, &login::Way::default(), screen).await?;
    types_of(&host, &settings.office).await
}

/// Asks both systems which types they have, over a store of its own that is gone afterwards.
async fn relation_types(global: &Global, settings: &OfficeSettings) -> Result<RelationTypeLists, CommandError> {
    let folder = tempfile::tempdir().map_err(|source| CommandError::DataFolder { path: PathBuf::new(), source })?;
    let store = Store::open(folder.path(), &MasterKey::random())?;
    store.put_office(settings).await?;
    let host = global.host_over(global.connector(None).await?, store, HostLimits::default());
    types_of(&host, &settings.office).await
}

async fn types_of(host: &Host, office: &OfficeNumber) -> Result<RelationTypeLists, CommandError> {
    let answer = host.turn(office, |connector, context| async move { connector.relation_types(context).await }).await?;
    answer.map_err(|error| match End::from(error) {
        End::Halted(halt) => halt.into(),
        End::Later(wait) => CommandError::Later(wait),
        End::Done | End::InitialSyncFirst => Halt::Unsupported.into(),
    })
}
