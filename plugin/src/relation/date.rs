//! Civil dates: a day on the calendar, without a time or a zone.
//!
//! A birth date that passes through a time zone comes out a day early (F68). So a date that was sent as an instant
//! is taken back to the day it came from, and a date that is partial, impossible or not clearly a day is refused: no
//! day is ever invented.

use std::fmt;

use super::text;
use super::timestamp::{DAY, Written, number};

/// How far from midnight in Greenwich an instant may lie and still be a date that went through Dutch time. Summer
/// time is two hours away; before 1940 Amsterdam was +00:19:32 and +00:20.
const NEAR_MIDNIGHT: i64 = 2 * 60 * 60 * 1000;

/// A day of the Gregorian calendar, from 1583 on. It is part of a person's data, so `Debug` does not tell it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilDate {
    year: i32,
    month: u8,
    day: u8,
}

impl CivilDate {
    /// A day that exists. Years before 1583 are placeholders of some system (0001-01-01), never a date.
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let exists = (1583..=9999).contains(&year) && (1..=days_in(year, month)).contains(&day);
        exists.then_some(Self { year, month, day })
    }

    /// Reads `1980-02-29`, `29-02-1980` (also with `/` or `.`, day first as in Dutch), or a date with a time that is
    /// midnight there, or midnight in Dutch time.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text::canonical(text);
        let Some(written) = Written::parse(&text) else {
            return day_first(&text);
        };
        match written.time {
            None => Some(written.date),
            Some(time) if time.millis == 0 => Some(written.date),
            Some(time) => {
                let instant = written.date.days_since_1970() * DAY + time.millis - time.offset?;
                let nearest = (instant + DAY / 2).div_euclid(DAY);
                let near = (instant - nearest * DAY).abs() <= NEAR_MIDNIGHT;
                if near { Self::from_days_since_1970(nearest) } else { None }
            }
        }
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.year
    }

    /// 1 to 12.
    pub fn month(self) -> u8 {
        self.month
    }

    /// 1 to 31.
    pub fn day(self) -> u8 {
        self.day
    }

    /// Days since 1970-01-01, negative before it. Source: H. Hinnant, "chrono-compatible low-level date algorithms".
    pub(crate) fn days_since_1970(self) -> i64 {
        let (month, day) = (i64::from(self.month), i64::from(self.day));
        // The year begins in March here, so that the leap day is its last.
        let year = i64::from(self.year) - i64::from(month <= 2);
        let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
        era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
    }

    /// The inverse; none outside the years that are known.
    pub(crate) fn from_days_since_1970(days: i64) -> Option<Self> {
        let days = days + 719_468;
        let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
        let month = (month_from_march + 2) % 12 + 1;
        let year = era * 400 + year_of_era + i64::from(month <= 2);
        Self::new(i32::try_from(year).ok()?, u8::try_from(month).ok()?, u8::try_from(day).ok()?)
    }

    /// The last Sunday of a month, on which clocks change.
    pub(super) fn last_sunday(year: i32, month: u8) -> Option<Self> {
        let last = Self::new(year, month, days_in(year, month))?.days_since_1970();
        // 1970-01-01 was a Thursday, so Sundays are those with remainder 3.
        Self::from_days_since_1970(last - (last - 3).rem_euclid(7))
    }
}

impl fmt::Display for CivilDate {
    /// `1980-02-29`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Debug for CivilDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CivilDate(…)")
    }
}

fn day_first(text: &str) -> Option<CivilDate> {
    let separator = ['-', '/', '.'].into_iter().find(|separator| text.contains(*separator))?;
    let mut parts = text.split(separator);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let short = |part: &str| (1..=2).contains(&part.len());
    if parts.next().is_some() || !short(day) || !short(month) || year.len() != 4 {
        return None;
    }
    CivilDate::new(number(year)?, number(month)?, number(day)?)
}

/// Days in that month; 0 for a month that does not exist.
fn days_in(year: i32, month: u8) -> u8 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    }
}

#[cfg(test)]
#[path = "date_tests.rs"]
mod tests;
