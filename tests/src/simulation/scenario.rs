//! A scenario: everything that a run follows from.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Quirk;
use crate::faults::Kind;

/// Everything that a run follows from. Two runs of one scenario are the same, call by call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// The seed of everything that is drawn.
    pub seed: u64,
    /// Relations in AC at the start; contact persons are two thirds of that.
    pub relations: usize,
    /// Cycles in which users edit and faults strike.
    pub cycles: u32,
    /// Edits in each cycle.
    pub edits: u32,
    /// How AC speaks.
    #[serde(default)]
    pub speaks: Speaks,
    /// In which ways the systems behave otherwise.
    #[serde(default)]
    pub quirks: BTreeSet<Quirk>,
    /// The kinds of faults, and how often each strikes in ten thousand chances.
    #[serde(default)]
    pub faults: BTreeMap<Kind, u32>,
}

/// How AC speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Speaks {
    /// As the connector assumes.
    #[default]
    Assumed,
    /// As a practice system does.
    Practice,
    /// As an accounting system does.
    Bookkeeping,
    /// As a register of companies and persons does.
    Register,
    /// As a ledger does.
    Ledger,
}

impl Speaks {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Assumed, Self::Practice, Self::Bookkeeping, Self::Register, Self::Ledger];
}

/// What AC speaks by the seed: what is assumed most often.
const SPOKEN: [Speaks; 8] = [
    Speaks::Assumed,
    Speaks::Assumed,
    Speaks::Assumed,
    Speaks::Assumed,
    Speaks::Practice,
    Speaks::Bookkeeping,
    Speaks::Register,
    Speaks::Ledger,
];

impl Scenario {
    /// The scenario of that seed.
    pub fn of_seed(seed: u64) -> Self {
        let mut random = fastrand::Rng::with_seed(seed ^ 0x5ce9_a810);
        let mut relations = if random.u8(..10) == 0 { random.usize(40..120) } else { random.usize(4..32) };
        let count = random.choice([0, 1, 1, 3, 5]).unwrap_or(0);
        let mut quirks: BTreeSet<Quirk> = random.choose_multiple(Quirk::ALL, count).into_iter().collect();
        // One in ten runs without faults: a failure there has nothing to do with recovery.
        let count = if random.u8(..10) == 0 { 0 } else { random.usize(1..9) };
        let kinds = random.choose_multiple(Kind::ALL.iter().copied(), count);
        let often = random.choice([1, 1, 1, 3]).unwrap_or(1);
        if kinds.contains(&Kind::NextToItself) {
            // Only a list of several pages has a next one.
            quirks.insert(Quirk::SmallPages);
            relations = relations.max(30);
        }
        let (cycles, edits) = (random.u32(3..13), random.u32(..7));
        let speaks = random.choice(SPOKEN).unwrap_or_default();
        let faults = kinds.into_iter().map(|kind| (kind, (kind.usual_rate() * often).min(10_000))).collect();
        Self { seed, relations, cycles, edits, speaks, quirks, faults }.speaking(speaks)
    }

    /// The same where AC speaks so, without what cannot be told there.
    #[must_use]
    pub fn speaking(mut self, speaks: Speaks) -> Self {
        self.speaks = speaks;
        match speaks {
            // A relation of another kind has another id there, and with it each contact person another employer.
            Speaks::Register => drop(self.faults.remove(&Kind::OtherKind)),
            // A lost state is followed by another trial, and two contact persons may stand at no company any more.
            Speaks::Bookkeeping => self.faults.retain(|kind, _| ![Kind::StateLost, Kind::OlderCopy].contains(kind)),
            Speaks::Assumed | Speaks::Practice | Speaks::Ledger => {}
        }
        self
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}
