//! What notices a wrong version, as the judge prints it and the catalogue names it.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

/// The program that a seed stands under.
const SIMULATION: &str = "simulation";
/// What stands before the number of a seed.
const SEED: &str = "seed ";

/// What notices a wrong version.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub enum Notice {
    /// A test: `sync: a_relation_is_made_once`.
    Test {
        /// The test program.
        program: String,
        /// The test, with its modules.
        test: String,
    },
    /// A seed of the simulation: `simulation: seed 7`.
    Seed(u64),
}

/// What stands as `by` names nothing that could notice.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} names no test; write \"program: test\" or \"{SIMULATION}: {SEED}7\"")]
pub struct NoticeError(String);

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Test { program, test } => write!(f, "{program}: {test}"),
            Self::Seed(seed) => write!(f, "{SIMULATION}: {SEED}{seed}"),
        }
    }
}

impl FromStr for Notice {
    type Err = NoticeError;

    fn from_str(text: &str) -> Result<Self, NoticeError> {
        let is_name = |name: &str| {
            !name.is_empty() && name.chars().all(|sign| sign.is_alphanumeric() || matches!(sign, '_' | ':' | '-'))
        };
        let read = || match text.split_once(": ")? {
            (SIMULATION, seed) => Some(Self::Seed(seed.strip_prefix(SEED)?.parse().ok()?)),
            (program, test) => (is_name(program) && is_name(test))
                .then(|| Self::Test { program: program.to_owned(), test: test.to_owned() }),
        };
        read().ok_or_else(|| NoticeError(text.to_owned()))
    }
}

impl TryFrom<String> for Notice {
    type Error = NoticeError;

    fn try_from(text: String) -> Result<Self, NoticeError> {
        text.parse()
    }
}
