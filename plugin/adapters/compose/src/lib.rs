//! Composes the connector with its adapters into components that a plain WASI host runs, such as the command line of
//! wasmtime: nothing but numbered WASI interfaces and `wasi:config` is left to import, and the contract's own types,
//! which ask nothing of a host.
//!
//! ```text
//! advocaatcentraal-tribe-http-<version>.wasm = webhook ← connector ← store, settings
//! advocaatcentraal-tribe-cron-<version>.wasm = cron    ← connector ← store, settings
//! ```
//!
//! The adapters themselves are written beside them, for platforms that compose by themselves or have a store.

mod graph;
mod workspace;

use std::path::{Path, PathBuf};
use std::{fs, io};

pub use component_builder::{Component, Effort};
pub use graph::{Front, compose};
pub use workspace::Workspace;

/// Why nothing was composed. Each says in one line what to do.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// A component cannot be built.
    #[error("{0}")]
    Build(String),
    /// A file cannot be read or written.
    #[error("{} cannot be used: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The components do not fit together.
    #[error("{part} does not fit: {reason}; build all parts from one revision")]
    Unfit {
        /// The component that does not.
        part: &'static str,
        /// The composer's words.
        reason: String,
    },
}

impl ComposeError {
    pub(crate) fn file(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        |source| Self::File { path, source }
    }
}

/// The bytes of the adapters.
pub struct Adapters {
    /// `POST /poll` and the like.
    pub webhook: Vec<u8>,
    /// A command line.
    pub cron: Vec<u8>,
    /// A key-value store in a folder.
    pub store: Vec<u8>,
    /// Settings from a file.
    pub settings: Vec<u8>,
}

impl Adapters {
    /// Builds them.
    ///
    /// # Errors
    /// The compiler says why on standard error.
    pub fn build(workspace: &Workspace) -> Result<Self, ComposeError> {
        Ok(Self {
            webhook: workspace.build(Component::Webhook, Effort::Released)?,
            cron: workspace.build(Component::Cron, Effort::Released)?,
            store: workspace.build(Component::Store, Effort::Released)?,
            settings: workspace.build(Component::Settings, Effort::Released)?,
        })
    }
}

/// Both compositions and the adapters: the names of the files and their bytes.
///
/// # Errors
/// The parts do not fit together.
pub fn files(version: &str, connector: &[u8], adapters: &Adapters) -> Result<Vec<(String, Vec<u8>)>, ComposeError> {
    let parts = [
        ("http", compose(Front::Http, connector, adapters)?),
        ("cron", compose(Front::Cron, connector, adapters)?),
        ("adapter-webhook", adapters.webhook.clone()),
        ("adapter-cron", adapters.cron.clone()),
        ("adapter-store", adapters.store.clone()),
        ("adapter-settings", adapters.settings.clone()),
    ];
    let named = |(name, bytes)| (format!("advocaatcentraal-tribe-{name}-{version}.wasm"), bytes);
    Ok(parts.into_iter().map(named).collect())
}

/// Writes those files into the folder `dist`, which is made where it is missing; gives their paths.
///
/// # Errors
/// The parts do not fit together, or a file cannot be written.
pub fn write(dist: &Path, version: &str, connector: &[u8], adapters: &Adapters) -> Result<Vec<PathBuf>, ComposeError> {
    fs::create_dir_all(dist).map_err(ComposeError::file(dist))?;
    let mut written = Vec::new();
    for (name, bytes) in files(version, connector, adapters)? {
        let path = dist.join(name);
        fs::write(&path, bytes).map_err(ComposeError::file(&path))?;
        written.push(path);
    }
    Ok(written)
}
