//! Puts the WASI packages that the world imports into `wit/deps`, for the component build only. The adapters share this
//! script.
//!
//! WASI's text is a dependency, not ours: the `wasip2` crate ships it, and cargo knows where that crate lies.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let Some(wit) = wit_folder() else {
        println!("cargo::error=there is no folder wit beside this package or above it");
        return;
    };
    println!("cargo::rerun-if-changed={}", wit.join("deps").display());
    if env::var("CARGO_CFG_TARGET_ARCH").as_deref() != Ok("wasm32") {
        return;
    }
    if let Err(error) = lay_wit_dependencies(&wit) {
        println!("cargo::error=wit/deps could not be filled from the wasip2 crate: {error}");
    }
}

/// The contract's folder: the nearest one above.
fn wit_folder() -> Option<PathBuf> {
    let package = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from)?;
    package.ancestors().map(|folder| folder.join("wit")).find(|wit| wit.join("connector.wit").is_file())
}

fn lay_wit_dependencies(wit: &Path) -> io::Result<()> {
    let source = wasip2_folder()?.join("wit/deps");
    let target = wit.join("deps");
    if target.is_dir() && same_names(&source, &target)? {
        return Ok(());
    }
    // Filled beside and moved into place, so that a build that is cut off leaves no half folder.
    let fresh = wit.join(format!(".deps-{}", std::process::id()));
    copy_folder(&source, &fresh)?;
    if target.exists() {
        fs::remove_dir_all(&target)?;
    }
    match fs::rename(&fresh, &target) {
        // Another package's run of this script was first.
        Err(_) if target.is_dir() && same_names(&source, &target)? => fs::remove_dir_all(&fresh),
        moved => moved,
    }
}

/// Where cargo keeps the sources of the `wasip2` crate that Cargo.lock names.
fn wasip2_folder() -> io::Result<PathBuf> {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["metadata", "--format-version=1", "--locked", "--filter-platform=wasm32-wasip2"])
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout)?;
    let packages = metadata.get("packages").and_then(serde_json::Value::as_array);
    packages
        .into_iter()
        .flatten()
        .filter(|package| package.get("name").is_some_and(|name| name == "wasip2"))
        .find_map(|package| Path::new(package.get("manifest_path")?.as_str()?).parent().map(Path::to_owned))
        .ok_or_else(|| io::Error::other("Cargo.lock names no wasip2"))
}

fn same_names(left: &Path, right: &Path) -> io::Result<bool> {
    let names = |folder: &Path| -> io::Result<Vec<_>> {
        let mut names = fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>()?;
        names.sort();
        Ok(names)
    };
    Ok(names(left)? == names(right)?)
}

fn copy_folder(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
