//! Instants, and how either system writes them: UTC in Tribe, civil time in Amsterdam in AdvocaatCentraal.

use std::sync::LazyLock;
use std::time::Duration;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::{Offset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// Amsterdam by the zone data that the crate `jiff` brings along: the same on every machine, and none of the
/// connector's own rule, so that a test sees where the two differ.
static AMSTERDAM: LazyLock<TimeZone> = LazyLock::new(|| {
    #[expect(clippy::expect_used, reason = "the zone data are compiled in")]
    TimeZone::get("Europe/Amsterdam").expect("the zone data hold Amsterdam")
});

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(u64);

impl Instant {
    /// Before everything that a stand-in can see.
    pub const START: Self = Self(0);

    /// From milliseconds since 1970.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis)
    }

    /// Milliseconds since 1970.
    pub const fn as_millis(self) -> u64 {
        self.0
    }

    /// Later by so much.
    #[must_use]
    pub fn plus(self, duration: Duration) -> Self {
        Self(self.0.saturating_add(millis(duration)))
    }

    /// Earlier by so much, not before 1970.
    #[must_use]
    pub fn minus(self, duration: Duration) -> Self {
        Self(self.0.saturating_sub(millis(duration)))
    }

    /// Cut to the whole second, the precision of either system's stamps.
    #[must_use]
    pub const fn whole_second(self) -> Self {
        Self(self.0 - self.0 % 1000)
    }

    /// `2022-09-27T08:34:26Z`. Tribe: seen.
    pub fn utc(self) -> String {
        format!("{}Z", text(Offset::UTC.to_datetime(self.timestamp())))
    }

    /// `2026-03-02T10:00:05+01:00`. AC: assumed (A5).
    pub fn amsterdam(self) -> String {
        format!("{}+{:02}:00", self.amsterdam_without_offset(), self.seconds_east() / 3600)
    }

    /// `2026-03-02T10:00:05`, the same without its offset.
    pub fn amsterdam_without_offset(self) -> String {
        text(AMSTERDAM.to_datetime(self.timestamp()))
    }

    /// What clocks in Amsterdam show, counted in milliseconds as if they never went forward or back.
    pub(crate) fn on_the_wall_in_amsterdam(self) -> u64 {
        self.0.saturating_add_signed(i64::from(self.seconds_east()) * 1000)
    }

    /// Midnight in Amsterdam at the start of this instant's day there.
    #[must_use]
    pub(crate) fn start_of_amsterdam_day(self) -> Self {
        in_amsterdam(AMSTERDAM.to_datetime(self.timestamp()).date().at(0, 0, 0, 0)).unwrap_or(self)
    }

    /// Reads RFC 3339; without an offset it is civil time in Amsterdam, a date alone the start of that day there.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let Some((day, time)) = text.split_once(['T', ' ']) else {
            return in_amsterdam(date(text)?.at(0, 0, 0, 0));
        };
        if let Some(time) = time.strip_suffix(['Z', 'z']) {
            return at_offset(civil(day, time)?, 0);
        }
        // A space is a raw `+` that was decoded as in a form.
        let Some((time, sign, offset)) = time
            .split_once(['+', ' '])
            .map(|(time, offset)| (time, 1, offset))
            .or_else(|| time.split_once('-').map(|(time, offset)| (time, -1, offset)))
        else {
            return in_amsterdam(civil(day, time)?);
        };
        let (hours, minutes) = offset.split_once(':')?;
        let offset = sign * (i64::from(number(hours, 2)?) * 3600 + i64::from(number(minutes, 2)?) * 60);
        at_offset(civil(day, time)?, offset)
    }

    /// An instant beyond the year 9999 is shown as the last one that a calendar has.
    fn timestamp(self) -> Timestamp {
        i64::try_from(self.0).ok().and_then(|millis| Timestamp::from_millisecond(millis).ok()).unwrap_or(Timestamp::MAX)
    }

    /// How far clocks in Amsterdam are ahead of UTC.
    fn seconds_east(self) -> i32 {
        AMSTERDAM.to_offset(self.timestamp()).seconds()
    }

    fn from_timestamp(timestamp: Timestamp) -> Option<Self> {
        u64::try_from(timestamp.as_millisecond()).ok().map(Self)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Whether the text is a date of the calendar, written `YYYY-MM-DD`.
pub(crate) fn is_date(text: &str) -> bool {
    date(text).is_some()
}

fn date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let (month, day) = (i8::try_from(number(month, 2)?).ok()?, i8::try_from(number(day, 2)?).ok()?);
    Date::new(number(year, 4)?, month, day).ok()
}

/// Exactly so many digits.
fn number(text: &str, digits: usize) -> Option<i16> {
    (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

/// A date and a time on some wall. Seconds must be there; of a fraction nothing is kept, as neither system keeps one.
fn civil(day: &str, time: &str) -> Option<DateTime> {
    let mut parts = time.split(':');
    let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let second = second.split_once('.').map_or(second, |(whole, _)| whole);
    let part = |text| i8::try_from(number(text, 2)?).ok();
    Some(date(day)?.to_datetime(Time::new(part(hour)?, part(minute)?, part(second)?, 0).ok()?))
}

/// The instant at which a clock in Amsterdam shows this. In the hour that comes twice the first; in the one that is
/// left out as if the clock had not gone forward yet.
fn in_amsterdam(civil: DateTime) -> Option<Instant> {
    Instant::from_timestamp(AMSTERDAM.to_ambiguous_timestamp(civil).compatible().ok()?)
}

fn at_offset(civil: DateTime, seconds: i64) -> Option<Instant> {
    let utc = Offset::UTC.to_timestamp(civil).ok()?;
    Instant::from_timestamp(utc.checked_sub(SignedDuration::from_secs(seconds)).ok()?)
}

fn text(civil: DateTime) -> String {
    let (date, time) = (civil.date(), civil.time());
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
        date.year(),
        date.month(),
        date.day(),
        time.hour(),
        time.minute(),
        time.second()
    )
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn one_instant_is_written_both_ways() {
        let winter = Instant::parse("2026-03-02T10:00:05+01:00").unwrap();
        assert_eq!(winter.utc(), "2026-03-02T09:00:05Z");
        assert_eq!(winter.amsterdam(), "2026-03-02T10:00:05+01:00");
        let summer = Instant::parse("2026-07-01T08:00:00Z").unwrap();
        assert_eq!(summer.amsterdam(), "2026-07-01T10:00:00+02:00");
        assert_eq!(summer.amsterdam_without_offset(), "2026-07-01T10:00:00");
        assert_eq!(Instant::parse("2026-07-01 10:00:00"), Some(summer));
    }

    #[test]
    fn the_clock_goes_forward_and_back_on_the_right_sundays() {
        let at = |text| Instant::parse(text).unwrap().amsterdam();
        assert_eq!(at("2026-03-29T00:59:59Z"), "2026-03-29T01:59:59+01:00");
        assert_eq!(at("2026-03-29T01:00:00Z"), "2026-03-29T03:00:00+02:00");
        assert_eq!(at("2026-10-25T00:59:59Z"), "2026-10-25T02:59:59+02:00");
        assert_eq!(at("2026-10-25T01:00:00Z"), "2026-10-25T02:00:00+01:00");
    }

    #[test]
    fn the_hour_that_comes_twice_is_read_as_the_first() {
        assert_eq!(Instant::parse("2026-10-25T02:30:00").unwrap().utc(), "2026-10-25T00:30:00Z");
    }

    #[test]
    fn a_date_alone_is_the_start_of_that_day() {
        assert_eq!(Instant::parse("2026-07-01").unwrap().utc(), "2026-06-30T22:00:00Z");
    }

    #[test]
    fn what_is_no_stamp_is_refused() {
        for text in ["", "2026", "2026-02-30", "2026-03-02T25:00:00Z", "2026-03-02T10:00Z", "1969-12-31T00:00:00Z", "x"]
        {
            assert_eq!(Instant::parse(text), None, "{text}");
        }
    }
}
