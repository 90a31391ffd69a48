//! What SQLite's errors mean.

use rusqlite::{Error, ErrorCode};

use crate::store::database::DatabaseError;
use crate::store::trouble::Trouble;

/// What an error means. SQLite's text is dropped: it may repeat a statement's values.
pub(super) fn trouble(error: &Error) -> Trouble {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => Trouble::Full,
        Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Trouble::ReadOnly,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed) => {
            Trouble::Locked
        }
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Trouble::Corrupt,
        Some(ErrorCode::CannotOpen) => Trouble::Gone,
        Some(ErrorCode::SystemIoFailure) => Trouble::Disk,
        _ => Trouble::Other,
    }
}

impl From<Error> for DatabaseError {
    fn from(error: Error) -> Self {
        let trouble = trouble(&error);
        tracing::warn!(kind = trouble.name(), "the database failed");
        Self::Failed(trouble)
    }
}

#[cfg(test)]
mod tests {
    use rusqlite::ffi;

    use super::*;

    #[test]
    fn each_kind_of_error_of_a_disk_is_told_apart() {
        for (code, meant) in [
            (ffi::SQLITE_FULL, Trouble::Full),
            (ffi::SQLITE_READONLY, Trouble::ReadOnly),
            (ffi::SQLITE_PERM, Trouble::ReadOnly),
            (ffi::SQLITE_BUSY, Trouble::Locked),
            (ffi::SQLITE_CORRUPT, Trouble::Corrupt),
            (ffi::SQLITE_NOTADB, Trouble::Corrupt),
            (ffi::SQLITE_CANTOPEN, Trouble::Gone),
            (ffi::SQLITE_IOERR, Trouble::Disk),
            (ffi::SQLITE_MISUSE, Trouble::Other),
        ] {
            assert_eq!(trouble(&Error::SqliteFailure(ffi::Error::new(code), None)), meant, "{code}");
        }
    }
}
