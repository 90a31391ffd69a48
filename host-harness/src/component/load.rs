//! From a file to a component that can be started, compiled once and kept.
//!
//! The kept machine code is loaded without another look, so whoever can write it can run code here. It lies in the
//! data folder, beside the key of the store, and that folder is open to its owner only.

use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;
use std::{fs, io};

use sha2::{Digest, Sha256};
use wasmtime::Engine;
use wasmtime::component::Component;

use super::examine::{About, NotLoadable, describe, examine};

/// Where a connector comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// The one that was built with this program.
    BuiltIn,
    /// A `.wasm` file.
    File(PathBuf),
    /// One that was fetched and checked already.
    Bytes {
        /// The component.
        bytes: Arc<[u8]>,
        /// Its name for messages.
        name: String,
    },
}

/// Where a debug build keeps the machine code of the connector that is built in: in its target folder, so that no start
/// and no test compiles it again. A release has no such folder.
const OF_BUILD: Option<&str> = option_env!("CONNECTOR_COMPILED");

/// Machine code that is kept at most. An office or two, before and after an upgrade, need no more.
const KEPT: usize = 8;

/// Why a connector cannot be used. Each is one line that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The file is no connector for this host.
    #[error("{name} cannot be used: {reason}")]
    NotLoadable {
        /// The file, or `the built-in connector`.
        name: String,
        /// Why.
        reason: NotLoadable,
    },
    /// It is a connector, but asks for something that this host does not give.
    #[error("{name} asks for something that this koppeling does not give: {reason}; use a koppeling that fits it")]
    NotLinkable {
        /// The file, or `the built-in connector`.
        name: String,
        /// The engine's words. They name an interface or a function; there is no data yet that they could name.
        reason: String,
    },
}

impl Source {
    /// The bytes, and a name for messages.
    pub fn read(&self) -> Result<(Vec<u8>, String), LoadError> {
        match self {
            Self::BuiltIn => Ok((crate::CONNECTOR.to_vec(), "the built-in connector".to_owned())),
            Self::File(path) => match fs::read(path) {
                Ok(bytes) => Ok((bytes, path.display().to_string())),
                Err(source) => Err(LoadError::Unreadable { path: path.clone(), source }),
            },
            Self::Bytes { bytes, name } => Ok((bytes.to_vec(), name.clone())),
        }
    }
}

/// Examines and compiles a component; takes the machine code from `cache` where it has been compiled before.
pub(super) fn compile(
    engine: &Engine,
    source: &Source,
    cache: Option<&Path>,
) -> Result<(Component, About, String), LoadError> {
    let (bytes, name) = source.read()?;
    let not_loadable = |reason| LoadError::NotLoadable { name: name.clone(), reason };
    let of_build = OF_BUILD.filter(|_| matches!(source, Source::BuiltIn)).map(Path::new);
    let kept = of_build.or(cache).map(|folder| folder.join(kept_name(engine, &bytes)));
    if let Some(component) = kept.as_deref().and_then(|path| load_kept(engine, path)) {
        // It was compiled of just these bytes, by their digest, so they were validated then.
        return Ok((component, describe(&bytes).map_err(not_loadable)?, name));
    }
    let about = examine(&bytes).map_err(not_loadable)?;
    let not_linkable =
        |reason: wasmtime::Error| LoadError::NotLinkable { name: name.clone(), reason: reason.to_string() };
    let component = Component::new(engine, &bytes).map_err(not_linkable)?;
    if let Some(path) = kept
        && let Err(error) = keep(&component, &path)
    {
        // The next start takes a little longer; nothing else follows from it.
        tracing::debug!(kind = ?error.kind(), "the compiled connector could not be kept");
    }
    Ok((component, about, name))
}

/// Everything that makes machine code useless or wrong: the component, and of the engine its version, its settings and
/// the processor's features that it compiles for. The engine's hash holds all of the latter.
pub(super) fn kept_name(engine: &Engine, bytes: &[u8]) -> String {
    let mut hasher = std::hash::DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut hasher);
    let digest = hex::encode(Sha256::digest(bytes));
    format!("{digest}-{:016x}.cwasm", hasher.finish())
}

fn load_kept(engine: &Engine, path: &Path) -> Option<Component> {
    if !path.is_file() {
        return None;
    }
    // SAFETY: the file was written by `keep` into a folder that only this user can write (see the module's header),
    // under a name that holds the digest of the component and of the engine's settings; the engine checks its own
    // header on top.
    #[expect(unsafe_code, reason = "loading machine code is what this function is for")]
    let component = unsafe { Component::deserialize_file(engine, path) }.ok()?;
    // So that pruning knows what is in use. Where the time cannot be set it is pruned earlier, and compiled again.
    let _ = fs::File::options().append(true).open(path).and_then(|file| file.set_modified(SystemTime::now()));
    Some(component)
}

fn keep(component: &Component, path: &Path) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::NotFound)?;
    fs::create_dir_all(folder)?;
    let code = component.serialize().map_err(io::Error::other)?;
    let file = tempfile::NamedTempFile::new_in(folder)?;
    fs::write(file.path(), code)?;
    // In one step, so that another process never loads half a file.
    file.persist(path).map_err(|error| error.error)?;
    prune(folder)
}

/// Removes machine code beyond the [`KEPT`] that was used last.
fn prune(folder: &Path) -> io::Result<()> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "cwasm") {
            found.push((fs::metadata(&path)?.modified()?, path));
        }
    }
    found.sort_unstable_by(|one, other| other.cmp(one));
    for (_, path) in found.into_iter().skip(KEPT) {
        fs::remove_file(path)?;
    }
    Ok(())
}
