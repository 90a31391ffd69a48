//! `koppeling office`: adds, changes, stops and lists offices.

use std::fs;
use std::io::{self, IsTerminal};
use std::path::{Path, PathBuf};

use clap::Subcommand;
use dialoguer::{Confirm, Input, Password, Select};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::asking::answered;
use super::changed_secret::begin_anew;
use super::screen::Screen;
use super::workplace::later;
use super::{CommandError, Exit, Global, OneOffice, activity, edit, login, remove};
use crate::component::{Relatietype, RelationTypeLists, TribeType};
use crate::run::{End, Halt, Host, HostLimits};
use crate::settings::{
    Change, Destination, FileProblem, Login, OfficeNumber, OfficeSettings, Reach, Switch, TEMPLATE, text_of,
};
use crate::store::{MasterKey, Store, StoreError, Wanted};

#[derive(Subcommand)]
pub(super) enum Office {
    /// Adds an office, or changes its settings: asks for what an office needs; what is not asked stays as it is
    Add {
        /// Takes all settings from a TOML file instead of asking for them; of an office that is there it replaces them all
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
        /// How the office's AdvocaatCentraal speaks, where it is not as assumed: a file in JSON or TOML
        #[arg(long, value_name = "FILE", requires = "from")]
        dialect: Option<PathBuf>,
    },
    /// Changes single settings of an office, and nothing else; or its connector, with --plugin
    Edit(edit::Edit),
    /// Lists the relation types of both systems, and which are mapped
    Types(OneOffice),
    /// Logs in to Tribe in a browser, for an office with tribe-login = "authorization-code"
    Login(login::Login),
    /// Stops all work for an office for a while: no cycle, no sweep, no push; webhooks are taken and kept. Or one direction alone
    Pause(activity::Pause),
    /// Stops all work for an office for good, and removes its webhooks in Tribe; settings, links and history are kept
    Deactivate(activity::Deactivate),
    /// Removes an office with all that is known of it here, after an export; neither system loses anything but its webhooks
    Remove(remove::Remove),
    /// Lets an office go on that was paused or deactivated
    #[command(visible_alias = "activate")]
    Resume(OneOffice),
    /// Lists the offices
    List,
    /// Prints a settings file to start from, with every setting explained
    Template,
}

impl Office {
    pub(super) async fn run(&self, global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
        match self {
            Self::Add { from: Some(path), dialect } => add_from(global, path, dialect.as_deref(), screen).await,
            Self::Add { from: None, .. } if !io::stdin().is_terminal() => Err(CommandError::NobodyToAsk),
            Self::Add { from: None, .. } => add_asking(global, screen).await,
            Self::Login(login) => login.run(global, screen).await,
            Self::Edit(edit) => edit.run(global, screen).await,
            Self::Pause(of) => activity::pause(global, of, screen).await,
            Self::Deactivate(of) => activity::deactivate(global, of, screen).await,
            Self::Remove(remove) => remove.run(global, screen).await,
            Self::Resume(of) => activity::resume(global, of, screen).await,
            Self::Types(of) => types(global, of, screen).await,
            Self::List => list(global, screen).await,
            Self::Template => {
                screen.line(TEMPLATE.trim_end());
                Ok(Exit::Ok)
            }
        }
    }
}

async fn add_from(
    global: &Global,
    path: &PathBuf,
    dialect: Option<&Path>,
    screen: &Screen,
) -> Result<Exit, CommandError> {
    let bytes = fs::read(path).map(Zeroizing::new);
    let bytes = bytes.map_err(|source| CommandError::Unreadable { path: path.clone(), source })?;
    let mut settings = text_of(&bytes)
        .and_then(|text| OfficeSettings::from_toml(&text))
        .map_err(|problem| CommandError::SettingsFile { path: path.clone(), problem })?;
    if let Some(path) = dialect {
        settings.dialect = super::dialect_file::read(path)?;
    }
    global.pin(&mut settings).await?;
    let store = global.store_or_new(screen)?;
    let earlier = earlier(&store, &settings.office).await?;
    keep(global, &store, &settings, &earlier, screen).await?;
    screen.aside(format!("{} holds secrets in the clear: delete it when it is no longer needed.", path.display()));
    Ok(Exit::Ok)
}

/// What an office had set before.
enum Earlier {
    /// There is no such office.
    Nothing,
    /// It does not open any more.
    Damaged,
    /// These settings.
    Settings(Box<OfficeSettings>),
}

impl Earlier {
    fn settings(&self) -> Option<&OfficeSettings> {
        if let Self::Settings(settings) = self { Some(settings) } else { None }
    }
}

async fn earlier(store: &Store, office: &OfficeNumber) -> Result<Earlier, CommandError> {
    match store.office(office).await {
        Ok(None) => Ok(Earlier::Nothing),
        Ok(Some(settings)) => Ok(Earlier::Settings(Box::new(settings))),
        Err(StoreError::Damaged) => Ok(Earlier::Damaged),
        Err(error) => Err(error.into()),
    }
}

/// Keeps the settings, and tells what that changed.
async fn keep(
    global: &Global,
    store: &Store,
    settings: &OfficeSettings,
    earlier: &Earlier,
    screen: &Screen,
) -> Result<(), CommandError> {
    let given = &settings.office;
    if let Some(kept) = store.offices().await?.into_iter().find(|kept| kept != given && kept.is_same_as(given)) {
        return Err(CommandError::SpelledOtherwise { given: given.clone(), kept });
    }
    store.put_office(settings).await?;
    let office = &settings.office;
    let next = match settings.tribe_login {
        Login::ClientCredentials => "check",
        Login::AuthorizationCode => "office login",
    };
    let differing = earlier.settings().map(|earlier| earlier.differing(settings));
    let anew = match earlier {
        // What it was nobody knows.
        Earlier::Damaged => &["tribe-webhook-secret"][..],
        Earlier::Nothing | Earlier::Settings(_) => differing.as_deref().unwrap_or_default(),
    };
    begin_anew(store, office, anew).await?;
    if global.json {
        screen.json(&json!({
            "office": office, "added": matches!(earlier, Earlier::Nothing), "changed": differing.unwrap_or_default(),
            "next": format!("koppeling {next} {office}"),
        }));
        return Ok(());
    }
    let done = match differing {
        None if matches!(earlier, Earlier::Damaged) => "has these settings in place of damaged ones".to_owned(),
        None => "is added".to_owned(),
        Some(differing) if differing.is_empty() => "was there already, with these very settings".to_owned(),
        Some(differing) => format!("was there already; changed: {}", differing.join(", ")),
    };
    screen.line(format!("Office {office} {done}. Next: koppeling {next} {office}"));
    Ok(())
}

/// The relation types of both systems.
async fn types(global: &Global, of: &OneOffice, screen: &Screen) -> Result<Exit, CommandError> {
    let host = global.host(HostLimits::default(), screen).await?;
    let office = of.find(host.store()).await?;
    let settings = host.settings(&office).await?;
    let lists = types_of(&host, &office).await?;
    let mapped = |id: &str| settings.relation_types.get(id).map(String::as_str).filter(|key| !key.is_empty());
    if global.json {
        let ours = lists.advocaatcentraal.iter();
        let ours: Vec<Value> =
            ours.map(|of| json!({"id": of.id, "name": of.name, "mapped-to": mapped(&of.id)})).collect();
        let theirs = lists.tribe.iter().map(|of| {
            json!({
                "key": of.key, "name": of.name, "for-organisations": of.for_organisations, "for-persons": of.for_persons,
            })
        });
        screen.json(&json!({"advocaatcentraal": ours, "tribe": theirs.collect::<Vec<Value>>()}));
        return Ok(Exit::Ok);
    }
    let name_of = |key: &str| {
        let known = lists.tribe.iter().find(|of| of.key == key);
        known.map_or_else(|| format!("{key} (not there)"), |of| of.name.clone())
    };
    let ours = lists
        .advocaatcentraal
        .iter()
        .map(|of| [of.id.clone(), of.name.clone(), mapped(&of.id).map_or_else(|| "not synced".to_owned(), name_of)]);
    screen.table(["TYPE IN ADVOCAATCENTRAAL", "NAME", "MAPPED TO"], ours);
    screen.line("");
    let theirs = lists.tribe.iter().map(|of| {
        let kinds = [(of.for_organisations, "organisations"), (of.for_persons, "persons")];
        let kinds = kinds.into_iter().filter(|(fits, _)| *fits).map(|(_, kind)| kind);
        [of.key.clone(), of.name.clone(), kinds.collect::<Vec<_>>().join(", ")]
    });
    screen.table(["TYPE IN TRIBE", "NAME", "FOR"], theirs);
    screen.line("");
    screen.line(format!("Map one with `koppeling office edit {office} --set relation-types.<type>=<type in Tribe>`."));
    Ok(Exit::Ok)
}

async fn list(global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
    /// One office; of what is damaged nothing is known.
    #[derive(Serialize)]
    #[serde(rename_all = "kebab-case")]
    struct Line {
        office: OfficeNumber,
        damaged: bool,
        advocaatcentraal_url: Option<String>,
        tribe_url: Option<String>,
        relation_types: Option<usize>,
        plugin: Option<String>,
        activity: Wanted,
    }
    let store = global.store(screen)?;
    let mut lines = Vec::new();
    for office in store.offices().await? {
        let known = earlier(&store, &office).await?;
        if matches!(known, Earlier::Nothing) {
            continue;
        }
        let (settings, activity) = (known.settings(), store.activity(&office).await?.wanted());
        let types = |of: &OfficeSettings| of.relation_types.values().filter(|key| !key.is_empty()).count();
        lines.push(Line {
            office,
            damaged: settings.is_none(),
            advocaatcentraal_url: settings.map(|of| of.advocaatcentraal_url.to_string()),
            tribe_url: settings.map(|of| of.tribe_url.to_string()),
            relation_types: settings.map(types),
            plugin: settings.map(|of| of.plugin.to_string()),
            activity,
        });
    }
    let damaged: Vec<OfficeNumber> = lines.iter().filter(|line| line.damaged).map(|line| line.office.clone()).collect();
    if global.json {
        screen.json(&lines);
    } else if lines.is_empty() {
        return Err(CommandError::NoOffice);
    } else {
        let rows = lines.into_iter().map(|line| {
            let Line { office, advocaatcentraal_url, tribe_url, relation_types, plugin, activity, .. } = line;
            let known = [advocaatcentraal_url, tribe_url, relation_types.map(|types| types.to_string()), plugin];
            let [ac, tribe, types, plugin] = known.map(|known| known.unwrap_or_else(|| "(damaged)".to_owned()));
            [office.to_string(), ac, tribe, types, plugin, activity.name().to_owned()]
        });
        screen.table(["OFFICE", "ADVOCAATCENTRAAL", "TRIBE", "TYPES", "CONNECTOR", "ACTIVITY"], rows);
    }
    for office in &damaged {
        screen.aside(format!(
            "The settings of office {office} are damaged, and nothing of it is synced: give them anew with `koppeling office \
             add`, which keeps all else of it, or put a backup in place with `koppeling restore`."
        ));
    }
    Ok(if damaged.is_empty() { Exit::Ok } else { Exit::Unavailable })
}

/// Asks for what an office needs, and keeps it only when all of it was answered. What an office that is there has set
/// beside it stays.
async fn add_asking(global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
    let store = global.store_if_any(screen)?;
    screen.line("Settings of one office. Nothing is kept before the last question is answered; ctrl-c ends it.");
    let office = ask(Input::<String>::new()
        .with_prompt("Office number (administratienummer)")
        .validate_with(|text: &String| text.trim().parse::<OfficeNumber>().map(drop)))?;
    let office: OfficeNumber = office.trim().parse().map_err(FileProblem::from)?;
    let mut known = Earlier::Nothing;
    if let Some(store) = &store {
        if let Some(kept) = store.offices().await?.into_iter().find(|kept| *kept != office && kept.is_same_as(&office))
        {
            return Err(CommandError::SpelledOtherwise { given: office, kept });
        }
        known = earlier(store, &office).await?;
    }
    if known.settings().is_some() {
        let question =
            format!("Office {office} is there already. Ask for its settings anew? What is not asked stays as it is");
        if !answered(Confirm::new().with_prompt(question).default(false).interact())? {
            return Ok(Exit::Ok);
        }
    }
    let mut settings = ask_settings(&office, known.settings())?;
    let store = match store {
        Some(store) => store,
        None => global.store_or_new(screen)?,
    };
    global.pin(&mut settings).await?;
    let lists = match settings.tribe_login {
        Login::ClientCredentials => relation_types(global, &settings).await,
        Login::AuthorizationCode => log_in_and_ask(global, store.clone(), &settings, screen).await,
    };
    match lists {
        Ok(lists) => {
            for relatietype in &lists.advocaatcentraal {
                let before = settings.relation_types.remove(&relatietype.id);
                if let Some(key) = ask_mapping(relatietype, &lists.tribe, before.as_deref())? {
                    settings.relation_types.insert(relatietype.id.clone(), key);
                }
            }
        }
        Err(error) => {
            screen.aside(format!("The relation types could not be read: {error}"));
            screen.aside(format!(
                "The rest is kept. Later see them with `koppeling office types {office}`, and map them with \
                 `koppeling office edit {office} --set relation-types.<type>=<type in Tribe>`."
            ));
        }
    }
    keep(global, &store, &settings, &known, screen).await?;
    Ok(Exit::Ok)
}

/// The answers, in place of the defaults, or of what an office that is there has set.
fn ask_settings(office: &OfficeNumber, earlier: Option<&OfficeSettings>) -> Result<OfficeSettings, CommandError> {
    let needed = |prompt: &str| {
        ask_secret(
            Password::new()
                .with_prompt(prompt)
                .validate_with(|text: &String| if text.trim().is_empty() { Err("it is needed") } else { Ok(()) }),
        )
    };
    let logins = ["with its own id and secret (client credentials)", "by a person's consent (authorization code)"];
    let before = usize::from(earlier.is_some_and(|earlier| earlier.tribe_login == Login::AuthorizationCode));
    let login = Select::new().with_prompt("How does the connector log in to Tribe?").items(logins).default(before);
    let by_consent = answered(login.interact())? == 1;
    let reach = earlier.map_or(Reach::Internet, |earlier| earlier.reach);
    let mut url = Input::<String>::new().with_prompt("URL of AdvocaatCentraal's API");
    if let Some(earlier) = earlier {
        url = url.default(earlier.advocaatcentraal_url.to_string());
    }
    let url = ask(url.validate_with(move |text: &String| Destination::parse(text.trim(), reach).map(drop)))?;
    let mut answers = vec![
        ("tribe-login", SecretString::from(if by_consent { "authorization-code" } else { "client-credentials" })),
        ("advocaatcentraal-url", SecretString::from(url.trim())),
        ("advocaatcentraal-key", needed("API key of AdvocaatCentraal (Kantoor, Nieuw)")?),
        ("tribe-client-id", needed("Client id of the application in Tribe")?),
        ("tribe-client-secret", needed("Client secret of the application in Tribe")?),
    ];
    let webhook = Password::new().with_prompt("Secret of the webhook in Tribe (empty for none)");
    answers.push(("tribe-webhook-secret", ask_secret(webhook.allow_empty_password(true))?));
    let kvk = Confirm::new().with_prompt("Does the office use Tribe's KvK link?");
    let before = earlier.is_some_and(|earlier| earlier.kvk == Switch::On);
    let kvk = if answered(kvk.default(before).interact())? { "on" } else { "off" };
    answers.push(("kvk", SecretString::from(kvk)));
    Ok(match earlier {
        Some(earlier) => {
            let changes = answers.into_iter().map(|(name, value)| Change { name: name.to_owned(), value: Some(value) });
            earlier.changed(&changes.collect::<Vec<_>>())?
        }
        None => {
            let mut lines = Zeroizing::new(format!("office = \"{office}\"\n"));
            for (name, value) in answers {
                let value = Zeroizing::new(toml::Value::from(value.expose_secret()).to_string());
                lines.push_str(&format!("{name} = {}\n", *value));
            }
            OfficeSettings::from_toml(&lines)?
        }
    })
}

fn ask(input: Input<'_, String>) -> Result<String, CommandError> {
    answered(input.interact_text())
}

fn ask_secret(password: Password<'_>) -> Result<SecretString, CommandError> {
    answered(password.interact()).map(SecretString::from)
}

fn ask_mapping(
    relatietype: &Relatietype,
    tribe: &[TribeType],
    before: Option<&str>,
) -> Result<Option<String>, CommandError> {
    let before = tribe.iter().position(|kind| Some(kind.key.as_str()) == before).map_or(0, |position| position + 1);
    let names = std::iter::once("not synced").chain(tribe.iter().map(|kind| kind.name.as_str()));
    let names: Vec<_> = names.collect();
    let chosen = Select::new().with_prompt(&relatietype.name).items(&names).default(before).interact();
    let chosen = answered(chosen)?;
    Ok(chosen.checked_sub(1).and_then(|position| tribe.get(position)).map(|kind| kind.key.clone()))
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
    let host = global.host_over(global.connector(None).await?, store, HostLimits::default())?;
    login::log_in(&host, &settings.office, &login::Way::default(), global, screen).await?;
    types_of(&host, &settings.office).await
}

/// Asks both systems which types they have, over a store of its own that is gone afterwards.
async fn relation_types(global: &Global, settings: &OfficeSettings) -> Result<RelationTypeLists, CommandError> {
    let folder = tempfile::tempdir().map_err(|source| CommandError::DataFolder { path: PathBuf::new(), source })?;
    let store = Store::open(folder.path(), &MasterKey::random())?;
    store.put_office(settings).await?;
    let host = global.host_over(global.connector(None).await?, store, HostLimits::default())?;
    types_of(&host, &settings.office).await
}

async fn types_of(host: &Host, office: &OfficeNumber) -> Result<RelationTypeLists, CommandError> {
    let answer = host.turn(office, |connector, context| async move { connector.relation_types(context).await }).await?;
    match answer {
        Ok(types) => Ok(types),
        Err(error) => Err(match End::from(error) {
            End::Halted(halt) => halt.into(),
            End::Later(wait) => later(host, office, wait).await,
            End::Done | End::InitialSyncFirst => Halt::Unsupported.into(),
        }),
    }
}
