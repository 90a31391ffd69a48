//! Files that lie beside others, under their name with an ending.

use std::path::{Path, PathBuf};

/// The file of that name with the ending behind it; [`Path::with_extension`] would put it in place of another one.
pub(crate) fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
