//! Reading a date that somebody wrote.
//!
//! A birth date that passes through a time zone comes out a day early (F68). So a date that was sent as an instant
//! is taken back to the day it came from, and a date that is partial, impossible or not clearly a day is refused: no
//! day is ever invented.

use super::CivilDate;
use super::text;
use super::timestamp::{DAY, Written};

/// How far from midnight in Greenwich an instant may lie and still be a date that went through Dutch time. Summer
/// time is two hours away; before 1940 Amsterdam was +00:19:32 and +00:20.
const NEAR_MIDNIGHT: i64 = 2 * 60 * 60 * 1000;

impl CivilDate {
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
}

fn day_first(text: &str) -> Option<CivilDate> {
    let separator = ['-', '/', '.'].into_iter().find(|separator| text.contains(*separator))?;
    let mut parts = text.split(separator);
    let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
    let short = |part: &str| (1..=2).contains(&part.len());
    if parts.next().is_some() || !short(day) || !short(month) || year.len() != 4 {
        return None;
    }
    CivilDate::of_digits(year, month, day)
}

#[cfg(test)]
#[path = "date_tests.rs"]
mod tests;
