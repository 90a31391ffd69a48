//! Instants, and how either system writes them: UTC in Tribe, civil time in Amsterdam in AdvocaatCentraal.

use std::time::Duration;

use time::{Date, Month};

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
        format!("{}Z", Civil::of(self.seconds()).text())
    }

    /// `2026-03-02T10:00:05+01:00`. AC: assumed (A5).
    pub fn amsterdam(self) -> String {
        let offset = amsterdam_offset(self.seconds());
        format!("{}+{:02}:00", Civil::of(self.seconds() + offset).text(), offset / 3600)
    }

    /// `2026-03-02T10:00:05`, the same without its offset.
    pub fn amsterdam_without_offset(self) -> String {
        Civil::of(self.seconds() + amsterdam_offset(self.seconds())).text()
    }

    /// What clocks in Amsterdam show, counted in milliseconds as if they never went forward or back.
    pub(crate) fn on_the_wall_in_amsterdam(self) -> u64 {
        self.0.saturating_add_signed(amsterdam_offset(self.seconds()) * 1000)
    }

    /// Midnight in Amsterdam at the start of this instant's day there.
    #[must_use]
    pub(crate) fn start_of_amsterdam_day(self) -> Self {
        let civil = Civil::of(self.seconds() + amsterdam_offset(self.seconds()));
        Civil { hour: 0, minute: 0, second: 0, ..civil }.in_amsterdam().unwrap_or(self)
    }

    /// Reads RFC 3339; without an offset it is civil time in Amsterdam, a date alone the start of that day there.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let Some((date, time)) = text.split_once(['T', ' ']) else {
            return Civil::read(text, "00:00:00")?.in_amsterdam();
        };
        if let Some(time) = time.strip_suffix(['Z', 'z']) {
            return Self::from_seconds(Civil::read(date, time)?.seconds()?);
        }
        // A space is a raw `+` that was decoded as in a form.
        let Some((time, sign, offset)) = time
            .split_once(['+', ' '])
            .map(|(time, offset)| (time, 1, offset))
            .or_else(|| time.split_once('-').map(|(time, offset)| (time, -1, offset)))
        else {
            return Civil::read(date, time)?.in_amsterdam();
        };
        let (hours, minutes) = offset.split_once(':')?;
        let offset = sign * (number(hours, 2)? * 3600 + number(minutes, 2)? * 60);
        Self::from_seconds(Civil::read(date, time)?.seconds()? - offset)
    }

    fn seconds(self) -> i64 {
        i64::try_from(self.0 / 1000).unwrap_or(i64::MAX)
    }

    fn from_seconds(seconds: i64) -> Option<Self> {
        u64::try_from(seconds).ok()?.checked_mul(1000).map(Self)
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
    let month = Month::try_from(u8::try_from(number(month, 2)?).ok()?).ok()?;
    let year = i32::try_from(number(year, 4)?).ok()?;
    Date::from_calendar_date(year, month, u8::try_from(number(day, 2)?).ok()?).ok()
}

/// Exactly so many digits.
fn number(text: &str, digits: usize) -> Option<i64> {
    (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

const SECONDS_PER_DAY: i64 = 86_400;
const JULIAN_DAY_OF_1970: i64 = 2_440_588;

/// A date and a time on some wall.
struct Civil {
    date: Date,
    hour: i64,
    minute: i64,
    second: i64,
}

impl Civil {
    fn of(seconds: i64) -> Self {
        let day = seconds.div_euclid(SECONDS_PER_DAY) + JULIAN_DAY_OF_1970;
        let date = i32::try_from(day).ok().and_then(|day| Date::from_julian_day(day).ok()).unwrap_or(Date::MAX);
        let rest = seconds.rem_euclid(SECONDS_PER_DAY);
        Self { date, hour: rest / 3600, minute: rest / 60 % 60, second: rest % 60 }
    }

    fn read(day: &str, time: &str) -> Option<Self> {
        let mut parts = time.split(':');
        let (hour, minute, second) = (parts.next()?, parts.next()?, parts.next()?);
        // A fraction of a second is read and dropped: neither system keeps one.
        let second = second.split_once('.').map_or(second, |(whole, _)| whole);
        let civil =
            Self { date: date(day)?, hour: number(hour, 2)?, minute: number(minute, 2)?, second: number(second, 2)? };
        let sound = civil.hour < 24 && civil.minute < 60 && civil.second < 60 && parts.next().is_none();
        sound.then_some(civil)
    }

    fn seconds(&self) -> Option<i64> {
        let days = i64::from(self.date.to_julian_day()) - JULIAN_DAY_OF_1970;
        Some(days * SECONDS_PER_DAY + self.hour * 3600 + self.minute * 60 + self.second)
    }

    /// The instant at which a clock in Amsterdam shows this; in the hour that comes twice, the first.
    fn in_amsterdam(&self) -> Option<Instant> {
        let seconds = self.seconds()?;
        let summer = seconds - 7200;
        let offset = if amsterdam_offset(summer) == 7200 { 7200 } else { 3600 };
        Instant::from_seconds(seconds - offset)
    }

    fn text(&self) -> String {
        let (year, month, day) = self.date.to_calendar_date();
        format!("{year:04}-{:02}-{day:02}T{:02}:{:02}:{:02}", u8::from(month), self.hour, self.minute, self.second)
    }
}

/// Seconds east of UTC in Amsterdam: summer time runs from the last Sunday of March to that of October, both at
/// 01:00 UTC (the rule since 1996, which covers every stamp here).
fn amsterdam_offset(utc_seconds: i64) -> i64 {
    let year = Civil::of(utc_seconds).date.year();
    let change = |month| last_sunday(year, month).map(|day| day * SECONDS_PER_DAY + 3600);
    match (change(Month::March), change(Month::October)) {
        (Some(start), Some(end)) if (start..end).contains(&utc_seconds) => 7200,
        _ => 3600,
    }
}

/// Days since 1970 of the last Sunday of a month of 31 days.
fn last_sunday(year: i32, month: Month) -> Option<i64> {
    let last = Date::from_calendar_date(year, month, 31).ok()?;
    let back = i64::from(last.weekday().number_days_from_sunday());
    Some(i64::from(last.to_julian_day()) - JULIAN_DAY_OF_1970 - back)
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
