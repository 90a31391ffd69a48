//! What is wrong with a database, as its operator sees it: none of it is a defect of this program.

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// There is no room.
    #[error("the disk of the data folder is full; make room on it, and what was not done is done then")]
    Full,
    /// Nothing can be written there.
    #[error("the data folder cannot be written to; see who owns it, and whether its disk is mounted for reading only")]
    ReadOnly,
    /// Another program holds it.
    #[error("another program keeps the database in the data folder locked; end that program, then try again")]
    Locked,
    /// Its file is not what it was.
    #[error("the database in the data folder is damaged; put a backup in its place with `koppeling restore`")]
    Corrupt,
    /// It is not where it was.
    #[error("the database in the data folder is gone; see whether its disk is mounted, then try again")]
    Gone,
    /// The disk fails, or takes too long.
    #[error("the disk of the data folder gives errors or no answer; look at the disk, then try again")]
    Disk,
    /// Anything else.
    #[error("the database in the data folder cannot be used; look at its disk, then try again")]
    Other,
}

impl Trouble {
    /// Its word in the history.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Full => "disk-full",
            Self::ReadOnly => "read-only",
            Self::Locked => "locked",
            Self::Corrupt => "corrupt",
            Self::Gone => "gone",
            Self::Disk => "disk-fails",
            Self::Other => "unusable",
        }
    }
}
