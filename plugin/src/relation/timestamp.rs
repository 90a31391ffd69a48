//! Dates and times as they are written: `2026-03-02T10:00:05.5+01:00`, with every part after the date optional.
//!
//! More lenient than RFC 3339 where nothing is left to guess (a space for the `T`, no colon in the offset, seconds
//! in an offset as zones had before 1940), strict everywhere else.

use super::date::{CivilDate, number};

/// Milliseconds in a day.
pub(super) const DAY: i64 = 24 * 60 * 60 * 1000;

/// A written date, with what else was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) date: CivilDate,
    pub(super) time: Option<WrittenTime>,
}

/// A written time of day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WrittenTime {
    /// Milliseconds since midnight.
    pub(super) millis: i64,
    /// Milliseconds east of Greenwich, if that was written.
    pub(super) offset: Option<i64>,
}

impl Written {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (date, rest) = text.trim().split_at_checked(10)?;
        let date = date_of(date)?;
        let time = match rest.strip_prefix(['T', 't', ' ']) {
            Some(time) => Some(WrittenTime::parse(time)?),
            None if rest.is_empty() => None,
            None => return None,
        };
        Some(Self { date, time })
    }
}

impl WrittenTime {
    fn parse(text: &str) -> Option<Self> {
        let offset_at = text.find(['Z', 'z', '+', '-']).unwrap_or(text.len());
        let (time, offset) = text.split_at_checked(offset_at)?;
        Some(Self {
            millis: millis_of_day(time)?,
            offset: if offset.is_empty() { None } else { Some(offset_of(offset)?) },
        })
    }
}

fn date_of(text: &str) -> Option<CivilDate> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || (year.len(), month.len(), day.len()) != (4, 2, 2) {
        return None;
    }
    CivilDate::of_digits(year, month, day)
}

/// `10:00`, `10:00:05` or `10:00:05.123456`; what is finer than a millisecond is cut off.
fn millis_of_day(text: &str) -> Option<i64> {
    let (clock, fraction) = match text.split_once(['.', ',']) {
        Some((clock, fraction)) => (clock, millis_of_fraction(fraction)?),
        None => (text, 0),
    };
    // A leap second is written as 60.
    Some(clock_seconds(clock, 60)? * 1000 + fraction)
}

fn millis_of_fraction(digits: &str) -> Option<i64> {
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    digits.bytes().chain(*b"00").take(3).try_fold(0, |millis, digit| Some(millis * 10 + i64::from(digit - b'0')))
}

/// `Z`, `+01:00`, `+0100`, `+01` or `+00:19:32`.
fn offset_of(text: &str) -> Option<i64> {
    if text.eq_ignore_ascii_case("z") {
        return Some(0);
    }
    let (sign, clock) = match text.strip_prefix('-') {
        Some(clock) => (-1, clock),
        None => (1, text.strip_prefix('+')?),
    };
    let seconds = match clock.len() {
        2 => clock_seconds(&format!("{clock}:00"), 59)?,
        4 => clock_seconds(&format!("{}:{}", clock.get(..2)?, clock.get(2..)?), 59)?,
        _ => clock_seconds(clock, 59)?,
    };
    (seconds <= 18 * 3600).then_some(sign * seconds * 1000)
}

/// Seconds in `hh:mm` or `hh:mm:ss`.
fn clock_seconds(text: &str, most_seconds: i64) -> Option<i64> {
    let mut parts = text.split(':');
    let (hour, minute) = (two_digits(parts.next()?)?, two_digits(parts.next()?)?);
    let second = parts.next().map_or(Some(0), two_digits)?;
    let sound = parts.next().is_none() && hour <= 23 && minute <= 59 && second <= most_seconds;
    sound.then_some(hour * 3600 + minute * 60 + second)
}

fn two_digits(text: &str) -> Option<i64> {
    if text.len() == 2 { number(text) } else { None }
}
