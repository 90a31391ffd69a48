//! Opens what a command works with: the data folder, its key, the store, the connector.

use std::fs::DirBuilder;
use std::path::{Path, PathBuf};

use etcetera::{AppStrategy, AppStrategyArgs};
use koppeling_egress::{Egress, Timeouts};

use super::advice::{About, address_of, change_of, new_credentials, with_command};
use super::changed_key::open_changed;
use super::failure::Unavailable;
use super::global::stop_at_signal;
use super::mapped;
use super::screen::Screen;
use super::{CommandError, Global, OneOffice};
use crate::component::{Connector, Limits, LoadError, Runtime, System, Text, examine};
use crate::registry::{self, Credentials, Plugin, PluginCache, PluginResolver, RegistryClient, Trust};
use crate::run::{Connectors, End, Halt, Host, HostLimits, Report, Wait, system_name};
use crate::settings::{Login, OfficeNumber, OfficeSettings};
use crate::store::{DATABASE_FILE, MasterKey, OpenError, Origin, State, Store, Trouble};

const KEY_FILE: &str = "koppeling.key";
/// The folder of machine code, in the data folder.
const COMPILED: &str = "compiled";

impl Global {
    fn folder_named(&self) -> Result<PathBuf, CommandError> {
        match &self.data {
            Some(path) => Ok(path.clone()),
            None => default_folder(),
        }
    }

    /// The data folder; made if it is not there, open to its owner only.
    pub(super) fn folder(&self) -> Result<PathBuf, CommandError> {
        let path = self.folder_named()?;
        let mut builder = DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&path).map_err(|source| CommandError::DataFolder { path: path.clone(), source })?;
        Ok(path)
    }

    /// The store of the data folder. One that is not there is not made: the folder may have been mistyped.
    pub(super) fn store(&self, screen: &Screen) -> Result<Store, CommandError> {
        self.store_if_any(screen)?.ok_or(CommandError::NoState(self.folder_named()?))
    }

    /// The store of the data folder, if it has one.
    pub(super) fn store_if_any(&self, screen: &Screen) -> Result<Option<Store>, CommandError> {
        let folder = self.folder_named()?;
        let there = Store::exists(&folder).map_err(|source| CommandError::DataFolder { path: folder, source })?;
        if there { self.store_or_new(screen).map(Some) } else { Ok(None) }
    }

    /// The store of the data folder; made at its first office.
    pub(super) fn store_or_new(&self, screen: &Screen) -> Result<Store, CommandError> {
        let folder = self.folder()?;
        let file = self.key_file_in(&folder);
        let database = folder.join(DATABASE_FILE);
        let state = if database.exists() { State::Present } else { State::Absent };
        if database.metadata().is_ok_and(|about| about.len() == 0) {
            return Err(OpenError::Failed(Trouble::Corrupt).into());
        }
        if state == State::Absent && folder.join(KEY_FILE).exists() {
            return Err(CommandError::StateGone(folder));
        }
        let (key, origin) = MasterKey::find(&file, state)?;
        if state == State::Absent {
            screen.aside(format!("A new state is begun in {}.", folder.display()));
        }
        if let Origin::Created(path) = origin {
            screen.aside(format!(
                "A key was made at {}. Keep a copy of it somewhere else: whoever loses it loses the state, and whoever \
                 has it and the state can read them.",
                path.display()
            ));
        }
        let store = match Store::open(&folder, &key) {
            Err(OpenError::WrongKey) => open_changed(&folder, &file, screen)?,
            store => store?,
        };
        let store = store.with_quota(self.quota());
        for file in [file, database].iter().filter(|file| can_others_read(file)) {
            screen.aside(format!("Others on this machine can read {0}; type: chmod 600 {0}", file.display()));
        }
        Ok(store)
    }

    /// The file of the key, where it stands in one.
    pub(super) fn key_file_in(&self, folder: &Path) -> PathBuf {
        self.key_file.clone().unwrap_or_else(|| folder.join(KEY_FILE))
    }

    /// The connector that the command line names; none where it names none.
    pub(super) fn named_plugin(&self) -> Result<Option<Plugin>, CommandError> {
        Ok(self.plugin.as_deref().map(str::parse).transpose()?)
    }

    /// Where connectors come from. What is pulled is kept in the data folder, where one is given.
    pub(super) fn resolver(&self, folder: Option<&Path>) -> Result<PluginResolver, CommandError> {
        let trust = Trust::in_keys(&self.plugin_key)?;
        Ok(PluginResolver::new(
            registries()?,
            trust,
            folder.map(|folder| PluginCache::in_folder(&folder.join("plugins"))),
        ))
    }

    /// Gives the office the connector that the command line names, and sees to it that it has one that can be loaded: a
    /// mistake is told now, and not by the first run.
    pub(super) async fn pin(&self, settings: &mut OfficeSettings) -> Result<(), CommandError> {
        if let Some(plugin) = self.named_plugin()? {
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
            let source = self.resolver(Some(&self.folder()?))?.resolve(&settings.plugin).await?;
            let (bytes, name) = source.read()?;
            examine(&bytes).map_err(|reason| LoadError::NotLoadable { name, reason })?;
        }
        Ok(())
    }

    /// The connector that the command line names, or the built-in one.
    pub(super) async fn connector(&self, folder: Option<&Path>) -> Result<Connector, CommandError> {
        let source = self.resolver(folder)?.resolve(&self.named_plugin()?.unwrap_or_default()).await?;
        let runtime = Runtime::new(Limits::default()).map_err(|_| CommandError::NoEngine)?;
        let compiled = folder.map(|folder| folder.join(COMPILED));
        Ok(Connector::load(&runtime, &source, compiled.as_deref())?)
    }

    /// Everything together. Ctrl-c stops it.
    pub(super) async fn host(&self, limits: HostLimits, screen: &Screen) -> Result<Host, CommandError> {
        let store = self.store(screen)?;
        let folder = self.folder()?;
        let connector = self.connector(Some(&folder)).await?;
        if self.plugin.is_some() {
            // Named for this command: it works for every office.
            return self.host_over(connector, store, limits);
        }
        let resolver = self.resolver(Some(&folder))?;
        self.host_over(Connectors::of_offices(connector, resolver, folder.join(COMPILED)), store, limits)
    }

    /// A host over that store. Ctrl-c stops it.
    pub(super) fn host_over(
        &self,
        connectors: impl Into<Connectors>,
        store: Store,
        limits: HostLimits,
    ) -> Result<Host, CommandError> {
        let egress = Egress::through(self.network()?, Timeouts::default(), self.calls_per_minute);
        let host = Host::new(connectors, store, egress, limits);
        if let Some(log) = self.processing_log()? {
            host.log_processing(log);
        }
        stop_at_signal(host.stop());
        Ok(host)
    }
}

impl OneOffice {
    /// The office that is meant: the one named, or the only one.
    pub(super) async fn find(&self, store: &Store) -> Result<OfficeNumber, CommandError> {
        let offices = store.offices().await?;
        match (&self.office, offices.as_slice()) {
            (Some(named), offices) if offices.contains(named) => Ok(named.clone()),
            (_, []) => Err(CommandError::NoOffice),
            (Some(named), _) => Err(CommandError::NoSuchOffice(named.clone())),
            (None, [only]) => Ok(only.clone()),
            (None, several) => Err(CommandError::WhichOffice(several.len())),
        }
    }
}

/// Every registry, with the credentials of the environment or else what `docker login` left.
pub(super) fn registries() -> Result<RegistryClient, CommandError> {
    Ok(RegistryClient::new(registry::Limits::default(), Credentials::find()?).with_docker_logins())
}

/// Whether it is open to others, and its folder lets them in.
#[cfg(unix)]
fn can_others_read(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    let has = |path: &Path, bits| path.metadata().is_ok_and(|about| about.permissions().mode() & bits != 0);
    has(file, 0o077) && file.parent().is_some_and(|folder| has(folder, 0o011))
}

#[cfg(not(unix))]
fn can_others_read(_: &Path) -> bool {
    false
}

fn default_folder() -> Result<PathBuf, CommandError> {
    let names = AppStrategyArgs {
        top_level_domain: "example".to_owned(),
        author: "koppeling".to_owned(),
        app_name: "koppeling".to_owned(),
    };
    let strategy = etcetera::choose_app_strategy(names).map_err(|_| CommandError::NoDataFolder)?;
    Ok(strategy.data_dir())
}

/// A code in the connector's words, with the command to type; none for a code that the connector does not know.
pub(super) async fn describe(host: &Host, office: &OfficeNumber, code: &str, about: &About<'_>) -> Option<Text> {
    sentence(host, office, code).await.map(|text| with_command(text, code, office, about))
}

/// A code in words, whatever stands: where the connector has none for it or is not asked any more, as after ctrl-c, by its name.
pub(super) async fn worded(host: &Host, office: &OfficeNumber, code: &str, about: &About<'_>) -> Text {
    describe(host, office, code, about).await.unwrap_or_else(|| with_command(by_name(code), code, office, about))
}

/// A code is made of words.
fn by_name(code: &str) -> Text {
    let mut words = code.replace('-', " ");
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    Text { english: format!("{words}."), dutch: format!("{words}.") }
}

/// A code in the connector's words alone.
pub(super) async fn sentence(host: &Host, office: &OfficeNumber, code: &str) -> Option<Text> {
    let settings = host.settings(office).await.ok()?;
    let connector = host.connector_of(&settings).await.ok()?;
    connector.describe(host.keyless(&settings), code).await.ok()?
}

/// Nothing for a run that was done; else its failure, in the connector's words where it has some.
pub(super) async fn judged(host: &Host, office: &OfficeNumber, report: Report) -> Result<Report, CommandError> {
    match &report.end {
        End::Done => Ok(report),
        End::InitialSyncFirst => Err(CommandError::InitialSyncFirst(office.clone())),
        End::Later(wait) => Err(CommandError::Paused(Box::new(unavailable(host, office, wait.clone()).await))),
        End::Halted(halt) => Err(halted(host, office, halt.clone()).await),
    }
}

/// The system of a wait, where the connector named one.
fn system_of(wait: &Wait) -> Option<System> {
    let systems = [System::Advocaatcentraal, System::Tribe];
    systems.into_iter().find(|system| system_name(*system) == wait.system())
}

/// What is told of a system that cannot be used for a while.
pub(super) async fn unavailable(host: &Host, office: &OfficeNumber, wait: Wait) -> Unavailable {
    let why = match &wait.reason {
        Some(reason) => sentence(host, office, &reason.code).await.map(|text| text.english),
        None => None,
    };
    let about = About { system: system_of(&wait), of_login: host.asked_login_last(office), ..About::default() };
    let setting = wait.reason.as_ref().and_then(|reason| match reason.code.as_str() {
        "proxy-failed" => Some("HTTPS_PROXY"),
        code => address_of(code, &about),
    });
    Unavailable { wait, why, setting }
}

/// The failure of a call that a system gave no usable answer to.
pub(super) async fn later(host: &Host, office: &OfficeNumber, wait: Wait) -> CommandError {
    CommandError::Later(Box::new(unavailable(host, office, wait).await))
}

async fn logs_in_by_consent(host: &Host, office: &OfficeNumber) -> bool {
    host.settings(office).await.is_ok_and(|settings| settings.tribe_login == Login::AuthorizationCode)
}

/// The failure of a halt, in the connector's words where it has some.
pub(super) async fn halted(host: &Host, office: &OfficeNumber, halt: Halt) -> CommandError {
    let advice = match &halt {
        Halt::Settings(problems) => {
            let (mut words, settings) = (Vec::new(), host.settings(office).await.ok());
            for problem in problems {
                let text = sentence(host, office, &problem.code).await;
                let text = text.map_or_else(|| problem.code.clone(), |text| text.english);
                let entries = mapped::entries(problem, settings.as_ref());
                words.push(format!(
                    "{}: {text}{entries} Type: `{}`.",
                    problem.setting,
                    change_of(&problem.setting, office)
                ));
            }
            Some(words.join(" "))
        }
        Halt::Credentials(System::Tribe) if logs_in_by_consent(host, office).await => Some(format!(
            "Tribe does not let the connector in (any more), or nobody has logged in yet; log in with `koppeling office \
             login {office}` (`koppeling check {office}` says what it is)"
        )),
        Halt::Credentials(system) => Some(format!(
            "{} refuses the credentials; give new ones with `{}`",
            system_name(*system),
            new_credentials(*system, office)
        )),
        Halt::Defect(code) => describe(host, office, code, &About::default()).await.map(|text| text.english),
        _ => None,
    };
    CommandError::Halted { halt, advice }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_without_a_sentence_is_told_by_its_words() {
        assert_eq!(by_name("dialect-not-tried").english, "Dialect not tried.");
        assert_eq!(by_name("").english, ".");
    }
}
