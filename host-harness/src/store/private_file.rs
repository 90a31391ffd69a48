//! Files that are nobody else's to read.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Makes a file that is not there yet, for its owner to read and to write.
pub(super) fn only_mine(file: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    // Never over a file that another process made in the meantime.
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}
