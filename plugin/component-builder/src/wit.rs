//! Puts the WASI packages that the worlds import into `wit/deps`.
//!
//! WASI's text is a dependency, not ours: the `wasip2` crate that Cargo.lock names ships it, and cargo knows where that
//! crate lies.

use std::path::{Path, PathBuf};
use std::{fs, io};

use cargo_metadata::MetadataCommand;

/// Lays `wit/deps` of the workspace in `workspace`, where it is not there or is another version's.
pub(crate) fn lay_dependencies(workspace: &Path, cargo: &Path) -> Result<(), String> {
    let source = wasip2_folder(workspace, cargo)?.join("wit/deps");
    lay(&source, &workspace.join("wit")).map_err(|error| format!("wit/deps could not be filled: {error}"))
}

fn lay(source: &Path, wit: &Path) -> io::Result<()> {
    let target = wit.join("deps");
    if are_alike(source, &target)? {
        return Ok(());
    }
    // Filled beside and moved into place, so that a build that is cut off leaves no half folder.
    let fresh = wit.join(format!(".deps-{}", std::process::id()));
    copy_folder(source, &fresh)?;
    if target.exists() {
        fs::remove_dir_all(&target)?;
    }
    match fs::rename(&fresh, &target) {
        // Another build was first.
        Err(_) if are_alike(source, &target)? => fs::remove_dir_all(&fresh),
        moved => moved,
    }
}

/// Where cargo keeps the sources of the `wasip2` crate that Cargo.lock names.
fn wasip2_folder(workspace: &Path, cargo: &Path) -> Result<PathBuf, String> {
    let mut command = MetadataCommand::new();
    command.cargo_path(cargo).current_dir(workspace);
    command.other_options(["--locked".to_owned(), "--filter-platform=wasm32-wasip2".to_owned()]);
    let metadata = command.exec().map_err(|error| format!("cargo does not tell the packages: {error}"))?;
    let found = metadata.packages.iter().find(|package| package.name.as_str() == "wasip2");
    found
        .and_then(|package| package.manifest_path.parent())
        .map(|folder| folder.as_std_path().to_owned())
        .ok_or_else(|| "Cargo.lock names no wasip2, which ships WASI's text".to_owned())
}

/// Whether both folders hold the same files. One that is not there is like none.
fn are_alike(left: &Path, right: &Path) -> io::Result<bool> {
    if !right.is_dir() {
        return Ok(false);
    }
    let names = entries(left)?;
    if names != entries(right)? {
        return Ok(false);
    }
    for name in names {
        let (left, right) = (left.join(&name), right.join(&name));
        let alike = if left.is_dir() { are_alike(&left, &right)? } else { fs::read(left)? == fs::read(right)? };
        if !alike {
            return Ok(false);
        }
    }
    Ok(true)
}

fn entries(folder: &Path) -> io::Result<Vec<std::ffi::OsString>> {
    let mut names = fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>()?;
    names.sort();
    Ok(names)
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for name in entries(from)? {
        let (source, target) = (from.join(&name), to.join(&name));
        if source.is_dir() {
            copy_folder(&source, &target)?;
        } else {
            fs::copy(source, target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_folder_of_another_version_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (source, wit) = (folder.path().join("source"), folder.path().join("wit"));
        fs::create_dir_all(source.join("io")).unwrap();
        fs::create_dir(&wit).unwrap();
        fs::write(source.join("io/world.wit"), "one").unwrap();
        lay(&source, &wit).unwrap();
        fs::write(source.join("io/world.wit"), "two").unwrap();
        lay(&source, &wit).unwrap();
        assert_eq!(fs::read_to_string(wit.join("deps/io/world.wit")).unwrap(), "two");
        assert_eq!(entries(&wit).unwrap(), ["deps"]);
    }
}
