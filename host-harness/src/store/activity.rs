//! Whether an office is worked for, as a person wants it.
//!
//! It stands beside the office's settings, and not in them: a settings file that is given anew lets no office go on, the
//! connector gets to read none of it, and who only tells how offices stand opens no seal.

use serde::{Serialize, Serializer};

use crate::timestamp::Timestamp;

/// Whether an office is worked for, and since when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// It is; since when, where it once was not.
    Active(Option<Timestamp>),
    /// It is, but nothing goes in that direction for a while.
    OneWay(Direction, Timestamp),
    /// Not for a while.
    Paused(Timestamp),
    /// Not any more; its links, settings and history are kept.
    Deactivated(Timestamp),
}

/// A way that an edit goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Direction {
    /// From Tribe to AdvocaatCentraal.
    ToAdvocaatcentraal,
    /// From AdvocaatCentraal to Tribe.
    ToTribe,
}

/// The same without since when, by the word that is stored and shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// It is worked for.
    Active,
    /// It is, but nothing goes in that direction for a while.
    DirectionPaused(Direction),
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
            Wanted::DirectionPaused(direction) => Self::OneWay(direction, since),
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
            Self::OneWay(direction, _) => Wanted::DirectionPaused(direction),
            Self::Paused(_) => Wanted::Paused,
            Self::Deactivated(_) => Wanted::Deactivated,
        }
    }

    /// Whether the office is worked for, in one direction at least.
    pub fn is_active(self) -> bool {
        self.wanted().is_active()
    }

    /// The direction in which nothing goes, where the other one goes on.
    pub fn paused_direction(self) -> Option<Direction> {
        match self {
            Self::OneWay(direction, _) => Some(direction),
            Self::Active(_) | Self::Paused(_) | Self::Deactivated(_) => None,
        }
    }

    /// Since when; none for an office that was worked for all the time.
    pub fn since(self) -> Option<Timestamp> {
        match self {
            Self::Active(since) => since,
            Self::OneWay(_, since) | Self::Paused(since) | Self::Deactivated(since) => Some(since),
        }
    }
}

impl Direction {
    /// The word, as the connector's setting `paused-direction` has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::ToAdvocaatcentraal => "to-advocaatcentraal",
            Self::ToTribe => "to-tribe",
        }
    }

    /// The other way.
    pub fn other(self) -> Self {
        match self {
            Self::ToAdvocaatcentraal => Self::ToTribe,
            Self::ToTribe => Self::ToAdvocaatcentraal,
        }
    }

    /// The system to which it goes, as a person reads it.
    pub fn system(self) -> &'static str {
        match self {
            Self::ToAdvocaatcentraal => "AdvocaatCentraal",
            Self::ToTribe => "Tribe",
        }
    }
}

impl Default for Activity {
    fn default() -> Self {
        Self::Active(None)
    }
}

impl Wanted {
    const ALL: [Self; 5] = [
        Self::Active,
        Self::DirectionPaused(Direction::ToAdvocaatcentraal),
        Self::DirectionPaused(Direction::ToTribe),
        Self::Paused,
        Self::Deactivated,
    ];

    /// The word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::DirectionPaused(Direction::ToAdvocaatcentraal) => "to-advocaatcentraal-paused",
            Self::DirectionPaused(Direction::ToTribe) => "to-tribe-paused",
            Self::Paused => "paused",
            Self::Deactivated => "deactivated",
        }
    }

    /// The same in a sentence about an office.
    pub fn in_words(self) -> &'static str {
        match self {
            Self::DirectionPaused(Direction::ToAdvocaatcentraal) => "paused in the direction to AdvocaatCentraal",
            Self::DirectionPaused(Direction::ToTribe) => "paused in the direction to Tribe",
            Self::Active | Self::Paused | Self::Deactivated => self.name(),
        }
    }

    /// Whether relations may be made in Tribe, which an initial sync and a sweep do.
    pub fn makes_in_tribe(self) -> bool {
        self.is_active() && self != Self::DirectionPaused(Direction::ToTribe)
    }

    /// Whether the office is worked for, in one direction at least.
    pub fn is_active(self) -> bool {
        match self {
            Self::Active | Self::DirectionPaused(_) => true,
            Self::Paused | Self::Deactivated => false,
        }
    }

    /// What that word says; none for no such word.
    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|wanted| wanted.name() == name)
    }
}

impl Serialize for Direction {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl Serialize for Wanted {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
