//! The copy of the sources, with the wrong versions in it.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::catalogue::{Mutant, package};
use super::snippet::{Misfit, Sources, switched_in};
use super::{VARIABLE, workspace};

/// Why the copy cannot be laid.
#[derive(Debug, thiserror::Error)]
pub enum CopyError {
    /// Git does not tell which files there are.
    #[error("git does not list the sources: {0}")]
    Unlisted(String),
    /// A file can be neither read nor written.
    #[error("{0}: {1}")]
    File(String, io::Error),
    /// A wrong version does not fit.
    #[error(transparent)]
    Misfit(#[from] Misfit),
}

/// The folder of the copy.
pub fn folder() -> PathBuf {
    workspace().join("target/mutants/sources")
}

/// The text of every file that a wrong version differs in.
pub fn sources(mutants: &[Mutant]) -> Result<Sources, CopyError> {
    let files: BTreeSet<&String> = mutants.iter().flat_map(|mutant| &mutant.places).map(|place| &place.file).collect();
    let mut sources = Sources::new();
    for file in files {
        match fs::read_to_string(workspace().join(file)) {
            Ok(text) => drop(sources.insert(file.clone(), text)),
            // That a mutant's file is gone is told with its name.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(CopyError::File(file.clone(), error)),
        }
    }
    Ok(sources)
}

/// Lays the copy with these wrong versions switched in. What is there already and the same keeps its time, so that cargo
/// builds only what differs.
pub fn lay(mutants: &[&Mutant], sources: &Sources) -> Result<(), CopyError> {
    let mut changed = switched_in(mutants, sources)?;
    let packages: BTreeSet<&str> =
        mutants.iter().flat_map(|mutant| &mutant.places).map(|place| package(&place.file)).collect();
    for package in packages {
        let root = format!("{package}/src/lib.rs");
        let text = match changed.remove(&root) {
            Some(text) => text,
            None => {
                fs::read_to_string(workspace().join(&root)).map_err(|error| CopyError::File(root.clone(), error))?
            }
        };
        changed.insert(root, text + &switch());
    }
    let listed = listed()?;
    for file in &listed {
        let from = workspace().join(file);
        let content = match changed.get(file) {
            Some(text) => Ok(text.clone().into_bytes()),
            None => fs::read(&from),
        };
        let content = match content {
            Ok(content) => content,
            // Removed, and not yet committed.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(CopyError::File(file.clone(), error)),
        };
        write(&folder().join(file), &content).map_err(|error| CopyError::File(file.clone(), error))?;
    }
    let listed = listed.iter().map(|file| folder().join(file)).filter(|file| workspace_has(file)).collect();
    remove_others(&folder(), &listed).map_err(|error| CopyError::File(folder().display().to_string(), error))
}

/// The files that git knows or would take in.
fn listed() -> Result<BTreeSet<String>, CopyError> {
    let listed = Command::new("git")
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .current_dir(workspace())
        .output()
        .map_err(|error| CopyError::Unlisted(error.to_string()))?;
    if !listed.status.success() {
        return Err(CopyError::Unlisted(String::from_utf8_lossy(&listed.stderr).trim().to_owned()));
    }
    let names = listed.stdout.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    Ok(names.map(|name| String::from_utf8_lossy(name).into_owned()).collect())
}

/// Whether the file that this one of the copy was made of is still there.
fn workspace_has(copied: &Path) -> bool {
    copied.strip_prefix(folder()).is_ok_and(|file| workspace().join(file).exists())
}

fn write(to: &Path, content: &[u8]) -> io::Result<()> {
    if fs::read(to).is_ok_and(|there| there == content) {
        return Ok(());
    }
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(to, content)
}

/// Removes what an earlier copy left: cargo would find tests in it.
fn remove_others(folder: &Path, wanted: &BTreeSet<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            remove_others(&path, wanted)?;
        } else if !wanted.contains(&path) {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// The module of the copy that tells which wrong version is on. The component of the copy has none of them on: its
/// native twin is judged.
fn switch() -> String {
    format!(
        r#"
pub(crate) mod mutant {{
    pub(crate) fn is(name: &str) -> bool {{
        static ON: std::sync::OnceLock<Option<String>> = std::sync::OnceLock::new();
        let on = || if cfg!(target_arch = "wasm32") {{ None }} else {{ std::env::var("{VARIABLE}").ok() }};
        ON.get_or_init(on).as_deref() == Some(name)
    }}
}}
"#
    )
}
