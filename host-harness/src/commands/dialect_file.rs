//! The dialect in a file.

use std::fs;
use std::path::Path;

use super::CommandError;
use crate::dialects;
use crate::settings::FileProblem;

/// The dialect in a file, in JSON.
pub(super) fn read(path: &Path) -> Result<String, CommandError> {
    let text = fs::read_to_string(path).map_err(|source| CommandError::Unreadable { path: path.to_owned(), source })?;
    dialects::to_json(&text)
        .map_err(|problem| CommandError::SettingsFile { path: path.to_owned(), problem: FileProblem::Dialect(problem) })
}
