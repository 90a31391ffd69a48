//! When is a record gone? (D10)
//!
//! A Tribe that shows nothing for a night, or an environment that was put back to yesterday, looks like users who
//! removed every record. So one answer "not there" says nothing yet: the record is left alone and looked for again. Two
//! of them, [`APART`] from each other, make it *gone*: it is told, nothing of it travels, and it is not made again.
//! Every sweep looks for what is gone, and links what shows again.
//!
//! Where more than [`HANDFUL`] records and more than [`PERCENT`] of the linked ones stopped to show within [`A_DAY`],
//! none of them is gone: the brake is on. Nothing is written to them, everything else goes on, and it ends by itself
//! when they show again, or when a person says that they are gone.
//!
//! Here stands the policy; what was not shown is kept in the books.

use std::time::Duration;

use crate::link::{Absence, AbsenceBrake, Absences, Subject, Sureness};
use crate::relation::Instant;

/// How long a record must not show before it is gone. Longer than any lag, shorter than the time between two polls.
pub(super) const APART: Duration = Duration::from_secs(3 * 60);
/// The time over which missing records are counted together.
const A_DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// More of the linked records than this in a day is no one's work.
const PERCENT: usize = 1;
/// So many never are too many, however small the office.
const HANDFUL: usize = 5;
/// So many are remembered by name while the brake is on. The others are as unbelieved, and met again by the sweep.
const MOST_REMEMBERED: usize = 1_000;

/// What one more answer "not there" means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Nothing yet: look again then.
    Again(Instant),
    /// Nothing, as long as so many others do not show either.
    Unbelieved,
    /// The record is gone.
    Gone,
}

impl Absences {
    /// Whether the number of linked records matters to what one more answer "not there" means.
    pub(super) fn are_more_than_a_handful(&self, now: Instant) -> bool {
        self.state == AbsenceBrake::Off && self.lately(now) >= HANDFUL
    }

    /// Tribe did not show a record: remembers it, and tells what that means among so many linked ones.
    pub(super) fn not_shown(&mut self, subject: &Subject, now: Instant, linked: usize) -> Meaning {
        if !self.records.contains_key(subject) && self.records.len() < MOST_REMEMBERED {
            self.records.insert(subject.clone(), Absence { since: now, sureness: Sureness::Unseen });
        }
        if self.state == AbsenceBrake::Off && is_share_too_large(self.lately(now), linked) {
            self.state = AbsenceBrake::On { since: now };
        }
        let since = self.records.get(subject).map_or(now, |absence| absence.since);
        let is_long = now.since(since).is_some_and(|time| time >= APART);
        match self.state {
            AbsenceBrake::On { .. } => Meaning::Unbelieved,
            AbsenceBrake::Released => Meaning::Gone,
            AbsenceBrake::Off if is_long => Meaning::Gone,
            AbsenceBrake::Off => Meaning::Again(since.plus(APART)),
        }
    }

    /// A record is gone from now on. One that a person let through counts no more.
    pub(super) fn is_gone(&mut self, subject: &Subject, now: Instant) {
        let since = match self.state {
            AbsenceBrake::Released => Instant::default(),
            AbsenceBrake::Off | AbsenceBrake::On { .. } => now,
        };
        let absence = self.records.entry(subject.clone()).or_insert(Absence { since, sureness: Sureness::Gone });
        absence.sureness = Sureness::Gone;
        absence.since = absence.since.min(since);
    }

    /// Tribe shows a record. Takes the brake off if it was on and few of so many linked ones are left.
    pub(super) fn shows_again(&mut self, subject: &Subject, linked: usize) {
        self.records.remove(subject);
        if self.is_held() && !is_share_too_large(self.unseen(), linked) {
            self.state = AbsenceBrake::Off;
            // What is still missing was not believed, and is looked for from the start.
            self.records.retain(|_, absence| absence.sureness == Sureness::Gone);
        }
    }

    /// Whether the brake is on.
    pub(super) fn is_held(&self) -> bool {
        matches!(self.state, AbsenceBrake::On { .. })
    }

    /// The records that are not believed to be gone, at most so many.
    pub(super) fn to_look_for(&self, most: usize) -> Vec<Subject> {
        let unseen = self.records.iter().filter(|(_, absence)| absence.sureness == Sureness::Unseen);
        unseen.take(most).map(|(subject, _)| subject.clone()).collect()
    }

    fn unseen(&self) -> usize {
        self.records.values().filter(|absence| absence.sureness == Sureness::Unseen).count()
    }

    /// How many stopped to show within the last day.
    fn lately(&self, now: Instant) -> usize {
        let is_late = |absence: &&Absence| now.since(absence.since).is_none_or(|age| age < A_DAY);
        self.records.values().filter(is_late).count()
    }
}

fn is_share_too_large(missing: usize, linked: usize) -> bool {
    missing > HANDFUL && missing * 100 > linked.saturating_mul(PERCENT)
}

#[cfg(test)]
#[path = "absence_tests.rs"]
mod tests;
