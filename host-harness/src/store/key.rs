//! The key that seals the store: 32 bytes, from the environment or from a file that only its owner can read.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::{env, fmt};

use zeroize::Zeroizing;

use super::private_file::only_mine;

/// The environment variable that may hold the key: 64 hexadecimal digits.
pub(super) const KEY_VARIABLE: &str = "KOPPELING_KEY";

/// The key. Wiped when dropped; it cannot be printed.
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey")
    }
}

/// Where a key came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The environment.
    Environment,
    /// A file that was there.
    File(PathBuf),
    /// A file that was made just now. Tell the user where it lies and what losing it means.
    Created(PathBuf),
}

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// What is there is no key.
    #[error("{place} does not hold a key, which is 64 hexadecimal digits; give the one that is meant there")]
    Malformed {
        /// The variable or the file.
        place: String,
    },
    /// There is state, but no key.
    #[error("there is no key for the state: put the key back at {}, or give it in {KEY_VARIABLE}", path.display())]
    Lost {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The file cannot be read or made.
    #[error("the key file {} cannot be used: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
}

/// Whether there is state already, which a new key could not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// None yet: a new key may be made.
    Absent,
    /// There is.
    Present,
}

impl MasterKey {
    /// Takes the key from the environment, else from the file; makes the file if there is no state yet.
    pub fn find(file: &Path, state: State) -> Result<(Self, Origin), KeyError> {
        match Self::of_variable(KEY_VARIABLE)? {
            Some(key) => Ok((key, Origin::Environment)),
            None => Self::from_file(file, state),
        }
    }

    fn from_file(file: &Path, state: State) -> Result<(Self, Origin), KeyError> {
        let failed = |source| KeyError::File { path: file.to_owned(), source };
        match fs::read_to_string(file).map(Zeroizing::new) {
            Ok(text) => {
                let key =
                    Self::parse(&text).ok_or_else(|| KeyError::Malformed { place: file.display().to_string() })?;
                Ok((key, Origin::File(file.to_owned())))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound && state == State::Present => {
                Err(KeyError::Lost { path: file.to_owned() })
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Ok((Self::create(file)?, Origin::Created(file.to_owned())))
            }
            Err(error) => Err(failed(error)),
        }
    }

    /// A new key.
    pub fn random() -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        #[expect(clippy::expect_used, reason = "an operating system without random bytes cannot keep a secret")]
        getrandom::fill(bytes.as_mut_slice()).expect("random bytes");
        Self(bytes)
    }

    /// Whether it is the same key.
    pub fn is_same(&self, other: &Self) -> bool {
        self.0 == other.0
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    fn parse(text: &str) -> Option<Self> {
        let mut bytes = Zeroizing::new([0; 32]);
        hex::decode_to_slice(text.trim(), bytes.as_mut_slice()).ok()?;
        Some(Self(bytes))
    }

    /// A new key in a file that is not there yet.
    pub fn create(file: &Path) -> Result<Self, KeyError> {
        let key = Self::random();
        key.write(file).map_err(|source| {
            // Half a key is none.
            if source.kind() != io::ErrorKind::AlreadyExists {
                let _ = fs::remove_file(file);
            }
            KeyError::File { path: file.to_owned(), source }
        })?;
        Ok(key)
    }

    /// The key in that variable of the environment, if it is there.
    pub fn of_variable(name: &'static str) -> Result<Option<Self>, KeyError> {
        let text = env::var(name).ok().filter(|text| !text.is_empty()).map(Zeroizing::new);
        let key = text.map(|text| Self::parse(&text).ok_or_else(|| KeyError::Malformed { place: name.to_owned() }));
        key.transpose()
    }

    fn write(&self, file: &Path) -> io::Result<()> {
        let text = Zeroizing::new(hex::encode(self.0.as_slice()));
        let mut opened = only_mine(file)?;
        writeln!(opened, "{}", text.as_str())?;
        opened.sync_all()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_key_is_made_once_and_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("koppeling.key");
        let (made, origin) = MasterKey::from_file(&file, State::Absent).unwrap();
        assert_eq!(origin, Origin::Created(file.clone()));
        let (found, origin) = MasterKey::from_file(&file, State::Present).unwrap();
        assert_eq!(origin, Origin::File(file));
        assert_eq!(made.bytes(), found.bytes());
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_can_read_the_key() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("koppeling.key");
        MasterKey::from_file(&file, State::Absent).unwrap();
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn a_lost_key_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("koppeling.key");
        assert!(matches!(MasterKey::from_file(&file, State::Present), Err(KeyError::Lost { .. })));
        assert!(!file.exists());
    }

    #[test]
    fn what_is_no_key_is_refused_and_not_shown() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("koppeling.key");
        for text in ["", "canary", &"canary7f".repeat(8), &"é".repeat(32)] {
            fs::write(&file, text).unwrap();
            let error = MasterKey::from_file(&file, State::Present).unwrap_err();
            assert!(matches!(error, KeyError::Malformed { .. }));
            assert!(!format!("{error} {error:?}").contains("canary"));
        }
    }
}
