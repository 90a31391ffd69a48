//! Stamps: what a system calls "changed at".

use super::amsterdam::{self, HOUR};
use super::timestamp::{DAY, Written};
use super::{CivilDate, Instant};

/// How much a system says about the instant of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StampKind {
    /// With an offset: one instant.
    Offset,
    /// Civil time without an offset, read as time in Europe/Amsterdam.
    Naive,
    /// A date alone, read as the start of that day in Europe/Amsterdam.
    DateOnly,
}

/// A stamp as an instant, and how it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    instant: Instant,
    kind: StampKind,
}

impl Stamp {
    /// Reads RFC 3339, the same without an offset, or a date. None for anything else and for instants before 1970,
    /// which are placeholders, not changes.
    pub fn parse(text: &str) -> Option<Self> {
        let written = Written::parse(text)?;
        let Some(time) = written.time else {
            return Some(Self { instant: amsterdam::instant(written.date, 0)?, kind: StampKind::DateOnly });
        };
        let Some(offset) = time.offset else {
            return Some(Self { instant: amsterdam::instant(written.date, time.millis)?, kind: StampKind::Naive });
        };
        let utc = written.date.days_since_1970() * DAY + time.millis - offset;
        Some(Self { instant: Instant::from_millis(u64::try_from(utc).ok()?), kind: StampKind::Offset })
    }

    /// An instant that stands there as such.
    pub fn at(instant: Instant) -> Self {
        Self { instant, kind: StampKind::Offset }
    }

    /// The instant. Of a civil hour that comes twice, the earlier one.
    pub fn instant(self) -> Instant {
        self.instant
    }

    /// How it was written.
    pub fn kind(self) -> StampKind {
        self.kind
    }

    /// `2026-03-02T09:00:05Z`, rounded down to the second, so that a bound never skips what it should include (F30).
    pub fn utc_text(instant: Instant) -> String {
        format!("{}Z", civil_text(millis(instant)))
    }

    /// `2026-03-02T10:00:05+01:00`, rounded down to the second: the offset of Amsterdam, so that a server which
    /// disregards the offset, or all but the date, still reads Dutch time (F28).
    pub fn amsterdam_text(instant: Instant) -> String {
        let utc = millis(instant);
        let offset = amsterdam::offset(utc);
        format!("{}+{:02}:00", civil_text(utc + offset), offset / HOUR)
    }
}

/// Whether naive stamps of that time may have gone backwards: from one hour before the clock goes back in October
/// until 04:10 that night (F29).
pub fn is_near_clock_back(instant: Instant) -> bool {
    let utc = millis(instant);
    let year = CivilDate::from_days_since_1970(utc.div_euclid(DAY)).map(CivilDate::year);
    // 04:10 in winter time is two hours and ten minutes after the change.
    let until = 2 * HOUR + HOUR / 6;
    year.and_then(amsterdam::clock_back).is_some_and(|back| (back - HOUR..=back + until).contains(&utc))
}

fn millis(instant: Instant) -> i64 {
    i64::try_from(instant.as_millis()).unwrap_or(i64::MAX / 2)
}

/// An instant beyond the year 9999 is written as that year's last second: it is a bound that nothing reaches.
fn civil_text(millis: i64) -> String {
    match CivilDate::from_days_since_1970(millis.div_euclid(DAY)) {
        Some(date) => {
            let second = millis.rem_euclid(DAY) / 1000;
            format!("{date}T{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
        }
        None => "9999-12-31T23:59:59".to_owned(),
    }
}

#[cfg(test)]
#[path = "stamp_tests.rs"]
mod tests;
