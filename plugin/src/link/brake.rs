//! The brake: the records that would lose a value, as long as it is not known whether they are too many, and whether
//! a person was asked. What it is for, and why a crash does no harm, stands in `sync/brake.rs`.

use std::collections::{BTreeMap, BTreeSet};

use crate::encoding::{self, Encoded, encoded_as_object, encoded_as_word};
use crate::json::{Json, Object};
use crate::link::Subject;
use crate::relation::Instant;

/// On which side a field was emptied that both sides had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Emptied {
    /// In AC: Tribe would lose its value.
    InAdvocaatCentraal,
    /// In Tribe: AC would lose its value.
    InTribe,
}

encoded_as_word!(Emptied { InAdvocaatCentraal = "in-advocaat-centraal", InTribe = "in-tribe" });

/// What found that a record would lose a value, and decides on it at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cycle {
    /// A walk of the initial sync.
    Initial,
    /// A poll.
    Poll,
    /// Edits that Tribe told of. The poll decides where they are more than a handful.
    Push,
    /// A sweep.
    Sweep,
}

encoded_as_word!(Cycle { Initial = "initial", Poll = "poll", Push = "push", Sweep = "sweep" });

/// A record whose clearing waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldBack {
    /// What found it last.
    pub by: Cycle,
    /// The first of its fields that would be cleared.
    pub field: String,
    /// Where that field was emptied.
    pub emptied: Emptied,
}

encoded_as_object!(HeldBack { by, field, emptied });

/// How the brake stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// It is off.
    #[default]
    Off,
    /// Too many records would lose a value: no field is cleared before a person agrees.
    On {
        /// Since then, by this machine's clock.
        since: Instant,
    },
    /// A person agreed; the clearings are under way.
    Released,
}

impl Encoded for Standing {
    fn encode(&self) -> Json {
        let (is, since) = match self {
            Self::Off => ("off", None),
            Self::On { since } => ("on", Some(*since)),
            Self::Released => ("released", None),
        };
        let mut members = Object::default();
        members.set("is", is);
        encoding::add_unless_empty(&mut members, "since", since.encode());
        Json::Object(members)
    }

    fn decode(json: &Json) -> Option<Self> {
        Some(match json.get("is")?.as_str()? {
            "off" => Self::Off,
            "on" => Self::On { since: encoding::member(json, "since")? },
            "released" => Self::Released,
            _ => return None,
        })
    }
}

/// How the brake stands, with the records that are not decided on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brake {
    /// How it stands.
    pub standing: Standing,
    /// The records whose clearing waits for the end of a cycle. Never more than it takes to put the brake on; empty
    /// once it is: to release it everything is compared anyway.
    pub held: BTreeMap<Subject, HeldBack>,
    /// The records that lost a value by a push since the last poll. They count with those that wait.
    pub pushed: BTreeSet<Subject>,
}

encoded_as_object!(Brake { standing; held, pushed });

impl Brake {
    /// How many records lost a value, or would, in the cycles that are under way.
    pub fn losing(&self) -> usize {
        self.held.len() + self.pushed.iter().filter(|subject| !self.held.contains_key(subject)).count()
    }

    /// The records that one of these cycles decides on, at most so many.
    pub fn of(&self, cycles: &[Cycle], most: usize) -> Vec<Subject> {
        let of_cycles = self.held.iter().filter(|(_, held)| cycles.contains(&held.by));
        of_cycles.take(most).map(|(subject, _)| subject.clone()).collect()
    }
}
