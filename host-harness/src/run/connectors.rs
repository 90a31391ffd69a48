//! Which connector works for which office.
//!
//! Most offices have the same one. An office can be pinned to another, to try a new version with one office before
//! the rest; it is loaded when its office is worked for first, and kept for as long as the process runs. What cannot
//! be had is asked for again with the next call, and concerns that office alone.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use crate::component::Connector;
use crate::registry::{Plugin, PluginResolver, ResolveError};
use crate::settings::OfficeSettings;

/// The connectors of a process.
pub struct Connectors {
    common: Connector,
    own: Option<Own>,
}

/// Those of offices that have their own.
struct Own {
    resolver: PluginResolver,
    compiled: PathBuf,
    loaded: Mutex<HashMap<Plugin, Arc<OnceCell<Connector>>>>,
}

/// An office's own connector cannot be used: one line that says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{line}")]
pub struct NoConnector {
    line: String,
    /// Whether a person must do something.
    pub lasting: Lasting,
}

/// How long a failure lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lasting {
    /// It may be gone at the next try.
    ForNow,
    /// Until somebody mends it.
    UntilMended,
}

impl From<ResolveError> for NoConnector {
    fn from(error: ResolveError) -> Self {
        let lasting = match &error {
            ResolveError::Registry(registry) if registry.passes() => Lasting::ForNow,
            _ => Lasting::UntilMended,
        };
        Self { line: error.to_string(), lasting }
    }
}

impl From<Connector> for Connectors {
    /// The same for every office, whatever its settings say.
    fn from(common: Connector) -> Self {
        Self { common, own: None }
    }
}

impl Connectors {
    /// What each office's settings say, and `common` where they say nothing. Machine code is kept in `compiled`.
    pub fn of_offices(common: Connector, resolver: PluginResolver, compiled: PathBuf) -> Self {
        Self { common, own: Some(Own { resolver, compiled, loaded: Mutex::default() }) }
    }

    /// That of every office that has none of its own.
    pub(super) fn common(&self) -> &Connector {
        &self.common
    }

    /// That of an office with those settings.
    pub(super) async fn of(&self, settings: &OfficeSettings) -> Result<Connector, NoConnector> {
        match (&self.own, &settings.plugin) {
            (None, _) | (_, Plugin::BuiltIn) => Ok(self.common.clone()),
            // Asking a registry holds much, which the many calls that ask none are not to have room for.
            (Some(own), plugin) => Box::pin(own.get(plugin, &self.common)).await,
        }
    }
}

impl Own {
    async fn get(&self, plugin: &Plugin, common: &Connector) -> Result<Connector, NoConnector> {
        let cell = {
            let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(loaded.entry(plugin.clone()).or_default())
        };
        let loading = || async {
            let source = self.resolver.resolve(plugin).await?;
            let (runtime, compiled) = (common.runtime().clone(), self.compiled.clone());
            // Compiling takes a second that other offices must not wait for.
            let compiling = tokio::task::spawn_blocking(move || Connector::load(&runtime, &source, Some(&compiled)));
            match compiling.await {
                Ok(connector) => connector.map_err(|error| ResolveError::from(error).into()),
                Err(_) => {
                    Err(NoConnector { line: format!("{plugin} could not be compiled"), lasting: Lasting::ForNow })
                }
            }
        };
        cell.get_or_try_init(loading).await.cloned()
    }
}
