//! Civil dates: a day on the calendar, without a time or a zone.

use std::fmt;

use time::{Date, Month, OffsetDateTime};

const EPOCH: Date = OffsetDateTime::UNIX_EPOCH.date();

/// A day of the Gregorian calendar, from 1583 on. It is part of a person's data, so `Debug` does not tell it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilDate(Date);

impl CivilDate {
    /// A day that exists. Years before 1583 are placeholders of some system (0001-01-01), never a date.
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        Self::of(Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()?)
    }

    pub(super) fn of(date: Date) -> Option<Self> {
        (1583..=9999).contains(&date.year()).then_some(Self(date))
    }

    /// Of its parts in digits.
    pub(super) fn of_digits(year: &str, month: &str, day: &str) -> Option<Self> {
        Self::new(number(year)?, number(month)?, number(day)?)
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// 1 to 12.
    pub fn month(self) -> u8 {
        self.0.month().into()
    }

    /// 1 to 31.
    pub fn day(self) -> u8 {
        self.0.day()
    }

    /// Days since 1970-01-01, negative before it.
    pub(crate) fn days_since_1970(self) -> i64 {
        (self.0 - EPOCH).whole_days()
    }

    /// The inverse; none outside the years that are known.
    pub(crate) fn from_days_since_1970(days: i64) -> Option<Self> {
        let day = i64::from(EPOCH.to_julian_day()).checked_add(days)?;
        Self::of(Date::from_julian_day(i32::try_from(day).ok()?).ok()?)
    }
}

impl fmt::Display for CivilDate {
    /// `1980-02-29`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year(), self.month(), self.day())
    }
}

impl fmt::Debug for CivilDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CivilDate(…)")
    }
}

/// Digits only: Rust's own parser would also take a sign.
pub(super) fn number<N: std::str::FromStr>(text: &str) -> Option<N> {
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| N::from_str(text).ok())?
}
