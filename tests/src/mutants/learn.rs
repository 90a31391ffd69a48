//! Writes into the catalogue what notices a wrong version, and leaves the rest as it was typed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::catalogue::parse;
use super::notice::Notice;

/// Why it is not written.
#[derive(Debug, thiserror::Error)]
pub enum LearnError {
    /// A file can be neither read nor written.
    #[error("{0}: {1}")]
    File(String, io::Error),
    /// No file of the catalogue takes the line.
    #[error("no entry [{0}] takes a `by`; write it below its `what` by hand: by = \"{1}\"")]
    NoPlace(String, Notice),
}

/// Writes into the catalogue of that folder what notices the mutant of that name.
pub fn write(folder: &Path, name: &str, by: &Notice) -> Result<(), LearnError> {
    let failed = |path: &Path, error| LearnError::File(path.display().to_string(), error);
    for entry in fs::read_dir(folder).map_err(|error| failed(folder, error))? {
        let file: PathBuf = entry.map_err(|error| failed(folder, error))?.path();
        if file.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        let text = fs::read_to_string(&file).map_err(|error| failed(&file, error))?;
        if let Some(text) = with_by(&text, name, by) {
            // A run that is broken off must not leave half a file.
            let new = file.with_extension("new");
            let written = fs::write(&new, text).and_then(|()| fs::rename(&new, &file));
            return written.map_err(|error| failed(&file, error));
        }
    }
    Err(LearnError::NoPlace(name.to_owned(), by.clone()))
}

/// The text of a file with that `by` below the entry's `what`, in place of an earlier one. None if it has no such entry.
#[must_use]
pub fn with_by(text: &str, name: &str, by: &Notice) -> Option<String> {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let header = lines.iter().position(|line| line.trim() == format!("[{name}]"))?;
    let is_key = |line: &String, key: &str| line.strip_prefix(key).is_some_and(|rest| rest.starts_with(" ="));
    let from_header = lines.iter().enumerate().skip(header + 1);
    // The code begins with the first string of several lines: what stands in it is no key.
    let keys = from_header.take_while(|(_, line)| !line.contains("'''") && !line.starts_with('['));
    let (mut what, mut earlier) = (None, None);
    for (at, line) in keys {
        if is_key(line, "what") {
            what = Some(at);
        } else if is_key(line, "by") {
            earlier = Some(at);
        }
    }
    let line = format!("by = \"{by}\"");
    match (earlier.and_then(|at| lines.get_mut(at)), what) {
        (Some(earlier), _) => *earlier = line,
        (None, Some(what)) => lines.insert(what + 1, line),
        (None, None) => return None,
    }
    let text = lines.join("\n") + "\n";
    let is_read = parse("", &text).is_ok_and(|all| all.iter().any(|m| m.name == name && m.by.as_ref() == Some(by)));
    is_read.then_some(text)
}

#[cfg(test)]
#[path = "learn_tests.rs"]
mod tests;
