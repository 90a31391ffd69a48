//! Files that are nobody else's to read, and whether a file is still the same.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::Path;

/// Makes a file that is not there yet, for its owner to read and to write.
pub(crate) fn only_mine(file: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    // Never over a file that another process made in the meantime.
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)
}

/// Which file it is, whatever its name.
#[cfg(unix)]
pub(super) type Identity = (u64, u64);
/// Elsewhere a file that is open can be neither moved nor removed.
#[cfg(not(unix))]
pub(super) type Identity = ();

/// Which file that is; none where there is none.
#[cfg(unix)]
pub(super) fn identity(file: &Path) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    let about = file.metadata().ok()?;
    Some((about.dev(), about.ino()))
}

#[cfg(not(unix))]
pub(super) fn identity(file: &Path) -> Option<Identity> {
    file.is_file().then_some(())
}
