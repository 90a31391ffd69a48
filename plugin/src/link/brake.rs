//! The brake's memory: which records lost a value, or would, and what a person decided on. What it is for, and why a
//! crash does no harm, stands in `sync/brake.rs`.

use std::fmt;
use std::time::Duration;

use litemap::LiteMap;
use serde::{Deserialize, Serialize};

use crate::link::{Fingerprint, Kind, Subject};
use crate::relation::Instant;
use crate::set::Set;
use crate::stored::Later;

/// How long a loss counts.
pub const COUNTS_FOR: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a brake that ended is known: as long as values may be kept.
const ENDED_KNOWN_FOR: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// Of one column so many values are remembered that no more than two records got. A value that more than a tenth of
/// the records get comes often enough among so many to be seen.
const MOST_RARE: usize = 200;

/// One of the two sides of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Side {
    /// AdvocaatCentraal.
    #[serde(rename = "advocaatcentraal")]
    AdvocaatCentraal,
    /// Tribe CRM.
    Tribe,
}

impl Side {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::AdvocaatCentraal, Self::Tribe];

    /// The side as keys name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AdvocaatCentraal => "advocaatcentraal",
            Self::Tribe => "tribe",
        }
    }
}

/// One field of one kind of record on one side: what a system loses when it loses a column.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Column {
    /// Whose values are lost.
    pub side: Side,
    /// Of which records.
    pub kind: Kind,
    /// The field of the tables.
    pub field: String,
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}/{}", self.side.as_str(), self.kind.as_str(), self.field)
    }
}

impl From<Column> for String {
    fn from(column: Column) -> Self {
        column.to_string()
    }
}

impl TryFrom<String> for Column {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let parse = |text: &str| {
            let (side, rest) = text.split_once('/')?;
            let (kind, field) = rest.split_once('/')?;
            Some(Self {
                side: Side::BOTH.into_iter().find(|of| of.as_str() == side)?,
                kind: Kind::ALL.into_iter().find(|of| of.as_str() == kind)?,
                field: field.to_owned(),
            })
        };
        parse(&text).ok_or("no column")
    }
}

/// What takes the place of a value that is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Loss {
    /// Nothing: the field is emptied.
    Emptied,
    /// That value, which other records may get too.
    OneValue(Fingerprint),
}

impl Loss {
    /// The loss by what takes the value's place.
    pub fn of(instead: Fingerprint) -> Self {
        if instead == Fingerprint::EMPTY { Self::Emptied } else { Self::OneValue(instead) }
    }

    /// What takes the value's place.
    pub fn instead(self) -> Fingerprint {
        match self {
            Self::Emptied => Fingerprint::EMPTY,
            Self::OneValue(value) => value,
        }
    }
}

impl From<Loss> for String {
    fn from(loss: Loss) -> Self {
        loss.instead().to_string()
    }
}

impl TryFrom<String> for Loss {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self::of).map_err(|_| "no loss")
    }
}

/// What found that a record would lose a value, and decides on it at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cycle {
    /// A walk of the initial sync.
    Initial,
    /// A poll.
    Poll,
    /// Edits that Tribe told of. The poll decides where they are more than a couple.
    Push,
    /// A sweep.
    Sweep,
}

/// The records of one column with the same loss.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Losing {
    /// Those that lost the value, and when. They count for a day, and as long as a brake is on for them.
    #[serde(default, skip_serializing_if = "LiteMap::is_empty")]
    pub lost: LiteMap<Subject, Instant>,
    /// Those whose loss is held, and what found it last.
    #[serde(default, skip_serializing_if = "LiteMap::is_empty")]
    pub held: LiteMap<Subject, Cycle>,
}

impl Losing {
    /// How many records those are.
    pub fn records(&self) -> usize {
        self.held.len() + self.lost.keys().filter(|subject| !self.held.contains_key(subject)).count()
    }

    fn is_empty(&self) -> bool {
        self.held.is_empty() && self.lost.is_empty()
    }
}

/// How a brake stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum BrakeState {
    /// Too many records would lose a value: none does before a person decides.
    On,
    /// A person agreed; what was held is under way.
    Released,
    /// A person wants the values back; they are under way.
    TakingBack,
    /// It is over.
    Ended {
        /// Since then.
        at: Instant,
    },
}

/// One brake: too many records of one column with the same loss.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Braked {
    /// Whose values, of what.
    pub column: Column,
    /// What would take their place.
    pub loss: Loss,
    /// Since when, by this machine's clock.
    pub since: Instant,
    /// How it stands.
    pub state: BrakeState,
    /// How many records held a value when it went on.
    pub holding: usize,
    /// What a later version of the connector keeps there.
    #[serde(flatten)]
    pub later: Later,
}

/// How many linked records hold a value, by column, as it was counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Holding {
    /// When it was counted, by this machine's clock.
    pub at: Instant,
    /// By column; one that is not there has none.
    pub records: LiteMap<Column, usize>,
}

/// All that the brake remembers.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Brake {
    /// The records that lose a value.
    #[serde(default, skip_serializing_if = "LiteMap::is_empty")]
    pub losses: LiteMap<Column, LiteMap<Loss, Losing>>,
    /// The brakes, by number.
    #[serde(default, skip_serializing_if = "LiteMap::is_empty")]
    pub brakes: LiteMap<u64, Braked>,
    /// How many records hold a value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub holding: Option<Holding>,
    /// The number of the next brake.
    #[serde(default)]
    pub next: u64,
    /// What a later version of the connector keeps there.
    #[serde(flatten)]
    pub later: Later,
}

impl Brake {
    /// The records of that column with that loss.
    pub fn losing(&self, column: &Column, loss: Loss) -> Option<&Losing> {
        self.losses.get(column)?.get(&loss)
    }

    /// The same, to be changed.
    pub fn losing_mut(&mut self, column: &Column, loss: Loss) -> &mut Losing {
        self.losses.entry(column.clone()).or_default().entry(loss).or_default()
    }

    /// How many records lost that, or would.
    pub fn records(&self, column: &Column, loss: Loss) -> usize {
        self.losing(column, loss).map_or(0, Losing::records)
    }

    /// The brake that stands for that loss, and its number.
    pub fn standing(&self, column: &Column, loss: Loss) -> Option<(u64, BrakeState)> {
        let mut standing = self.all_standing();
        let (number, braked) = standing.find(|(_, braked)| braked.column == *column && braked.loss == loss)?;
        Some((number, braked.state))
    }

    /// Every brake that is not over.
    pub fn all_standing(&self) -> impl Iterator<Item = (u64, &Braked)> {
        let standing = self.brakes.iter().filter(|(_, braked)| !matches!(braked.state, BrakeState::Ended { .. }));
        standing.map(|(number, braked)| (*number, braked))
    }

    /// Whether a brake waits for a person.
    pub fn is_on(&self) -> bool {
        self.all_standing().any(|(_, braked)| braked.state == BrakeState::On)
    }

    /// Puts a brake on.
    pub fn put_on(&mut self, column: &Column, loss: Loss, holding: usize, now: Instant) {
        let (column, later) = (column.clone(), Later::default());
        let braked = Braked { column, loss, since: now, state: BrakeState::On, holding, later };
        self.brakes.insert(self.next, braked);
        self.next += 1;
    }

    /// Ends a brake. What it counted is forgotten: from now on it counts anew.
    pub fn end(&mut self, number: u64, now: Instant) {
        if let Some(braked) = self.brakes.get_mut(&number) {
            braked.state = BrakeState::Ended { at: now };
            let (column, loss) = (braked.column.clone(), braked.loss);
            if let Some(losing) = self.losses.get_mut(&column).and_then(|losses| losses.get_mut(&loss)) {
                losing.lost.clear();
            }
            self.drop_empty();
        }
    }

    /// Every loss in which one of these records is remembered, by record.
    pub fn of<'b>(&'b self, subjects: &Set<&'b Subject>) -> LiteMap<&'b Subject, Vec<(&'b Column, Loss)>> {
        let mut found: LiteMap<&Subject, Vec<(&Column, Loss)>> = LiteMap::new();
        for (column, loss, losing) in self.all() {
            for subject in losing.held.keys().chain(losing.lost.keys()).filter(|subject| subjects.contains(subject)) {
                let losses = found.entry(subject).or_default();
                if losses.last() != Some(&(column, loss)) {
                    losses.push((column, loss));
                }
            }
        }
        found
    }

    /// Whether a loss of that record is held.
    pub fn holds(&self, subject: &Subject) -> bool {
        self.all().any(|(_, _, losing)| losing.held.contains_key(subject))
    }

    /// Every loss.
    pub fn all(&self) -> impl Iterator<Item = (&Column, Loss, &Losing)> {
        self.losses.iter().flat_map(|(column, losses)| losses.iter().map(move |(loss, losing)| (column, *loss, losing)))
    }

    /// Forgets all of one record.
    pub fn forget(&mut self, subject: &Subject) {
        for losing in self.losses.iter_mut().flat_map(|(_, losses)| losses.iter_mut()).map(|(_, losing)| losing) {
            losing.held.remove(subject);
            losing.lost.remove(subject);
        }
        self.drop_empty();
    }

    /// Forgets what is older than a day and what nobody asks for any more; tells whether anything was.
    pub fn forget_old(&mut self, now: Instant) -> bool {
        let standing: Set<(Column, Loss)> =
            self.all_standing().map(|(_, braked)| (braked.column.clone(), braked.loss)).collect();
        let mut changed = false;
        let is_old = |at: Instant, age: Duration| now.since(at).is_some_and(|since| since >= age);
        for (column, losses) in &mut self.losses {
            for (loss, losing) in losses {
                if !standing.contains(&(column.clone(), *loss)) {
                    let before = losing.lost.len();
                    losing.lost.retain(|_, at| !is_old(*at, COUNTS_FOR));
                    changed |= losing.lost.len() < before;
                }
            }
        }
        let before = self.brakes.len();
        self.brakes.retain(|_, braked| match braked.state {
            BrakeState::Ended { at } => !is_old(at, ENDED_KNOWN_FOR),
            BrakeState::On | BrakeState::Released | BrakeState::TakingBack => true,
        });
        changed |= self.brakes.len() < before;
        self.drop_empty();
        changed
    }

    /// Drops losses without records, and the oldest of those that hardly any record has.
    pub fn drop_empty(&mut self) {
        for (_, losses) in &mut self.losses {
            losses.retain(|_, losing| !losing.is_empty());
            let rare = |losing: &Losing| losing.held.is_empty() && losing.lost.len() < 3;
            let mut rare: Vec<(Instant, Loss)> = losses
                .iter()
                .filter(|(loss, losing)| **loss != Loss::Emptied && rare(losing))
                .map(|(loss, losing)| (losing.lost.values().max().copied().unwrap_or_default(), *loss))
                .collect();
            if rare.len() > MOST_RARE {
                rare.sort_unstable();
                let too_many = rare.len() - MOST_RARE;
                for (_, loss) in rare.into_iter().take(too_many) {
                    losses.remove(&loss);
                }
            }
        }
        self.losses.retain(|_, losses| !losses.is_empty());
    }
}
