//! From the name of a connector to bytes that may be loaded: read or pulled, checked, and kept.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::RegistryClient;
use super::artefact::Artefact;
use super::cache::PluginCache;
use super::failure::RegistryError;
use super::reference::{Pinned, ReferenceProblem, SCHEME};
use super::signature::{SignatureError, Trust, signature_file};
use crate::component::{LoadError, Source};

const BUILT_IN: &str = "built-in";

/// The name of a connector.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Plugin {
    /// The one that was built with this program; `built-in`, or nothing.
    #[default]
    BuiltIn,
    /// A `.wasm` file.
    File(PathBuf),
    /// One in a registry.
    Registry(Pinned),
}

impl FromStr for Plugin {
    type Err = ReferenceProblem;

    fn from_str(text: &str) -> Result<Self, ReferenceProblem> {
        match text.trim() {
            "" | BUILT_IN => Ok(Self::BuiltIn),
            text if text.starts_with(SCHEME) => text.parse().map(Self::Registry),
            path => Ok(Self::File(path.into())),
        }
    }
}

impl fmt::Display for Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BuiltIn => f.write_str(BUILT_IN),
            Self::File(path) => path.display().fmt(f),
            Self::Registry(pinned) => pinned.fmt(f),
        }
    }
}

/// Why there is no connector to load. Each is one line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// The registry.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The signature.
    #[error(transparent)]
    Signature(#[from] SignatureError),
    /// The file, or what is in it.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A file that is larger than any connector.
    #[error("{} is larger than {} MB, and no connector is", path.display(), limit / 1_000_000)]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// Bytes that are taken at most.
        limit: u64,
    },
}

/// Finds connectors by their names.
#[derive(Clone, Debug)]
pub struct PluginResolver {
    registries: RegistryClient,
    trust: Trust,
    cache: Option<PluginCache>,
}

impl PluginResolver {
    /// Takes only what is trusted, and keeps what was pulled where there is a place for it.
    pub fn new(registries: RegistryClient, trust: Trust, cache: Option<PluginCache>) -> Self {
        Self { registries, trust, cache }
    }

    /// A connector's bytes. The built-in one is trusted as this program is; any other is checked each time.
    pub async fn resolve(&self, plugin: &Plugin) -> Result<Source, ResolveError> {
        let (bytes, signature) = match plugin {
            Plugin::BuiltIn => return Ok(Source::BuiltIn),
            Plugin::File(path) => self.read(path)?,
            Plugin::Registry(pinned) => {
                let artefact = self.artefact(pinned).await?;
                (artefact.component, artefact.signature)
            }
        };
        let name = plugin.to_string();
        self.trust.check(&name, &bytes, signature.as_deref())?;
        Ok(Source::Bytes { bytes: bytes.into(), name })
    }

    /// What a digest names, from the folder of what was pulled before or else from its registry.
    pub async fn artefact(&self, pinned: &Pinned) -> Result<Artefact, ResolveError> {
        if let Some(artefact) = self.cache.as_ref().and_then(|cache| cache.find(pinned)) {
            return Ok(artefact);
        }
        let artefact = self.registries.pull(pinned).await?;
        if let Some(cache) = &self.cache
            && let Err(error) = cache.keep(&artefact)
        {
            tracing::warn!(kind = ?error.kind(), "a connector could not be kept: it is pulled again at the next start");
        }
        Ok(artefact)
    }

    fn read(&self, path: &Path) -> Result<(Vec<u8>, Option<String>), ResolveError> {
        let limit = self.registries.limits.component;
        let unreadable = |source| LoadError::Unreadable { path: path.to_owned(), source };
        if fs::metadata(path).map_err(unreadable)?.len() > limit {
            return Err(ResolveError::TooLarge { path: path.to_owned(), limit });
        }
        Ok((fs::read(path).map_err(unreadable)?, fs::read_to_string(signature_file(path)).ok()))
    }
}
