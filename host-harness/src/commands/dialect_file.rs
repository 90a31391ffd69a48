//! The dialect in a file.

use std::fs;
use std::path::Path;

use super::CommandError;
use crate::dialects;
use crate::settings::FileProblem;

/// The dialect in a file, in JSON.
pub(super) fn read(path: &Path) -> Result<String, CommandError> {
    let bytes = fs::read(path).map_err(|source| CommandError::Unreadable { path: path.to_owned(), source })?;
    dialects::text(&bytes)
        .and_then(dialects::to_json)
        .map_err(|problem| CommandError::SettingsFile { path: path.to_owned(), problem: FileProblem::Dialect(problem) })
}
