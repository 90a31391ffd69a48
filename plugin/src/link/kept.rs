//! Values that gave way to others, kept for a while so that a person can have them back.
//!
//! This is the one place of the state with a client's data. Each value is a value of the store by itself, since a
//! thousand can give way in one cycle. Its name follows from whose and what it is, so that a step that is repeated after
//! a crash keeps it once.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::link::{Fingerprint, FingerprintKey, Side, Subject};
use crate::relation::{Instant, Presence};
use crate::stored::Later;

/// The longest time that a value is kept, in days.
pub const MOST_DAYS: u32 = 30;
/// Values that ended are looked for no more often than this.
const LOOK_EVERY: Duration = Duration::from_secs(60 * 60);
/// As many hexadecimal digits name a value.
const DIGITS: usize = 16;

/// How long values are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeepFor(Duration);

impl KeepFor {
    /// So many days; none if they are more than the most.
    pub fn days(days: u32) -> Option<Self> {
        (days <= MOST_DAYS).then(|| Self(Duration::from_secs(u64::from(days) * 24 * 60 * 60)))
    }

    /// Whether nothing is kept.
    pub fn is_never(self) -> bool {
        self.0.is_zero()
    }

    /// Whether what was kept at that instant has ended.
    pub fn has_ended(self, at: Instant, now: Instant) -> bool {
        self.is_never() || now.since(at).is_some_and(|age| age >= self.0)
    }
}

impl Default for KeepFor {
    fn default() -> Self {
        Self(Duration::from_secs(u64::from(MOST_DAYS) * 24 * 60 * 60))
    }
}

/// The name of a kept value: hexadecimal digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeptId(String);

impl KeptId {
    /// The id in that text; none if it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == DIGITS && text.bytes().all(is_digit)).then(|| Self(text.to_owned()))
    }

    /// The id of a value.
    pub fn of(key: &FingerprintKey, kept: &Kept) -> Self {
        let Kept { subject, slot, side, lost, .. } = kept;
        let whole = Presence::of(format!("{subject}\n{slot}\n{}\n{lost}", side.as_str()));
        let fingerprint = key.fingerprint("kept", &whole).unwrap_or(Fingerprint::EMPTY);
        Self(fingerprint.to_string().chars().take(DIGITS).collect())
    }

    /// The id in text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Why a value gave way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// The same field was changed on both sides.
    Conflict,
    /// The field was emptied on the other side.
    Cleared,
    /// The field was changed on the other side.
    Overwritten,
    /// A person had another value given back.
    GivenBack,
}

/// A value that gave way.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// Whose field.
    pub subject: Subject,
    /// The slot whose value gave way; where AC's did, the slot whose value AC got.
    pub slot: String,
    /// The side whose value gave way.
    pub side: Side,
    /// The value, in the user's own spelling: a client's data.
    pub lost: String,
    /// What took its place.
    pub instead: Fingerprint,
    /// Why.
    pub reason: Reason,
    /// When.
    pub at: Instant,
    /// What a later version of the connector keeps there.
    #[serde(flatten)]
    pub later: Later,
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Kept");
        shown.field("subject", &self.subject).field("slot", &self.slot).field("side", &self.side);
        shown.field("reason", &self.reason).finish_non_exhaustive()
    }
}

/// When the next of the kept values ends: so that they need not be read to find that none has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KeptSince {
    /// No value that is kept is older; none if none is kept.
    pub oldest: Option<Instant>,
    /// When it was last looked for values that ended.
    pub looked: Option<Instant>,
    /// What a later version of the connector keeps there.
    #[serde(flatten)]
    pub later: Later,
}

impl KeptSince {
    /// Whether some value may have ended, and it is time to look for it.
    pub fn is_due(&self, keep_for: KeepFor, now: Instant) -> bool {
        let rested = self.looked.and_then(|looked| now.since(looked)).is_none_or(|since| since >= LOOK_EVERY);
        self.oldest.is_some_and(|oldest| keep_for.has_ended(oldest, now)) && (rested || keep_for.is_never())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const THEN: Instant = Instant::from_millis(1_800_000_000_000);

    fn hours(hours: u64) -> Instant {
        THEN.plus(Duration::from_secs(hours * 60 * 60))
    }

    #[test]
    fn a_value_is_kept_for_thirty_days_or_fewer_and_not_an_hour_longer() {
        let week = KeepFor::days(7).unwrap();
        assert!(!week.has_ended(THEN, hours(7 * 24 - 1)) && week.has_ended(THEN, hours(7 * 24)));
        assert_eq!(KeepFor::days(30), Some(KeepFor::default()));
        assert_eq!(KeepFor::days(31), None);
        let never = KeepFor::days(0).unwrap();
        assert!(never.is_never() && never.has_ended(THEN, THEN));
    }

    #[test]
    fn values_that_ended_are_looked_for_once_an_hour_and_only_when_there_may_be_some() {
        let week = KeepFor::days(7).unwrap();
        let since = |oldest, looked| KeptSince { oldest, looked, later: Later::default() };
        assert!(!since(None, None).is_due(week, hours(0)));
        assert!(!since(Some(THEN), None).is_due(week, hours(7 * 24 - 1)));
        assert!(since(Some(THEN), None).is_due(week, hours(7 * 24)));
        assert!(!since(Some(THEN), Some(hours(7 * 24))).is_due(week, hours(7 * 24)));
        assert!(since(Some(THEN), Some(hours(7 * 24))).is_due(week, hours(7 * 24 + 1)));
    }

    #[test]
    fn an_id_is_sixteen_digits_and_nothing_else() {
        assert_eq!(KeptId::parse("0123456789abcdef").unwrap().as_str(), "0123456789abcdef");
        for text in ["", "0", "0123456789ABCDEF", "0123456789abcdefg", "../../../../header"] {
            assert_eq!(KeptId::parse(text), None, "{text}");
        }
    }
}
