//! Whether an office is worked for, as a person wants it.
//!
//! It stands beside the office's settings, and not in them: a settings file that is given anew lets no office go on, the
//! connector gets to read none of it, and who only tells how offices stand opens no seal.

use serde::Serialize;

use crate::timestamp::Timestamp;

/// Whether an office is worked for, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// It is; since when, where it once was not.
    Active(Option<Timestamp>),
    /// Not for a while.
    Paused(Timestamp),
    /// Not any more; its links, settings and history are kept.
    Deactivated(Timestamp),
}

/// The same without since when, by the word that is stored and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Wanted {
    /// It is worked for.
    Active,
    /// Not for a while.
    Paused,
    /// Not any more.
    Deactivated,
}

impl Activity {
    /// That, since then.
    pub fn of(wanted: Wanted, since: Timestamp) -> Self {
        match wanted {
            Wanted::Active => Self::Active(Some(since)),
            Wanted::Paused => Self::Paused(since),
            Wanted::Deactivated => Self::Deactivated(since),
        }
    }

    /// As it is stored, by a word and since when. A word of another version pauses: whoever wrote it did not want the office
    /// worked for as usual.
    pub(super) fn stored(kept: Option<(String, Timestamp)>) -> Self {
        let read = |(word, since): (String, Timestamp)| Self::of(Wanted::named(&word).unwrap_or(Wanted::Paused), since);
        kept.map(read).unwrap_or_default()
    }

    /// Without since when.
    pub fn wanted(self) -> Wanted {
        match self {
            Self::Active(_) => Wanted::Active,
            Self::Paused(_) => Wanted::Paused,
            Self::Deactivated(_) => Wanted::Deactivated,
        }
    }

    /// Whether the office is worked for.
    pub fn is_active(self) -> bool {
        self.wanted() == Wanted::Active
    }

    /// Since when; none for an office that was worked for all the time.
    pub fn since(self) -> Option<Timestamp> {
        match self {
            Self::Active(since) => since,
            Self::Paused(since) | Self::Deactivated(since) => Some(since),
        }
    }
}

impl Default for Activity {
    fn default() -> Self {
        Self::Active(None)
    }
}

impl Wanted {
    const ALL: [Self; 3] = [Self::Active, Self::Paused, Self::Deactivated];

    /// The word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Deactivated => "deactivated",
        }
    }

    /// What that word says; none for no such word.
    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|wanted| wanted.name() == name)
    }
}
