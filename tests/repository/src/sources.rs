//! The files of the repository, by their path below it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Text by path. A path has `/` between its parts, on every system.
pub type Sources = BTreeMap<String, String>;

/// Folders that hold what is built or fetched, not what is written.
const NOT_OURS: [&str; 4] = ["target", "dist", "node_modules", ".git"];

/// The repository's own folder.
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The files below a folder of the repository whose names end so, by their path from that folder.
pub fn below(folder: &Path, ending: &str) -> io::Result<Sources> {
    let mut found = Sources::new();
    collect(folder, "", ending, &mut found)?;
    Ok(found)
}

fn collect(folder: &Path, prefix: &str, ending: &str, found: &mut Sources) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = format!("{prefix}{name}");
        if entry.file_type()?.is_dir() {
            if !NOT_OURS.contains(&name.as_str()) {
                collect(&entry.path(), &format!("{path}/"), ending, found)?;
            }
        } else if name.ends_with(ending) {
            found.insert(path, fs::read_to_string(entry.path())?);
        }
    }
    Ok(())
}
