//! Civil time in Europe/Amsterdam, by the rule of the European Union since 1996: summer time from the last Sunday of
//! March to the last Sunday of October, both at 01:00 in Greenwich. Source: Directive 2000/84/EC.
//!
//! For stamps of changes, which are recent. Not for birth dates, which never pass through a zone.

use time::{Date, Month, Weekday};

use super::timestamp::DAY;
use super::{CivilDate, Instant};

/// Milliseconds in an hour.
pub(super) const HOUR: i64 = 60 * 60 * 1000;
const WINTER: i64 = HOUR;
const SUMMER: i64 = 2 * HOUR;

/// The instant of that civil time. In the hour that comes twice, the earlier one (F27), so that a bound taken from it
/// never skips a change; in the hour that is left out, as if the clock had not gone forward yet.
pub(super) fn instant(date: CivilDate, millis_of_day: i64) -> Option<Instant> {
    let local = date.days_since_1970() * DAY + millis_of_day;
    let (forward, back) = changes(date.year())?;
    let in_summer = (forward..back).contains(&(local - SUMMER));
    let utc = local - if in_summer { SUMMER } else { WINTER };
    Some(Instant::from_millis(u64::try_from(utc).ok()?))
}

/// Milliseconds that Amsterdam is east of Greenwich at that instant.
pub(super) fn offset(utc: i64) -> i64 {
    let year = CivilDate::from_days_since_1970(utc.div_euclid(DAY)).map(CivilDate::year);
    match year.and_then(changes) {
        Some((forward, back)) if (forward..back).contains(&utc) => SUMMER,
        _ => WINTER,
    }
}

/// When the clock goes back in that year, in milliseconds since 1970.
pub(super) fn clock_back(year: i32) -> Option<i64> {
    changes(year).map(|(_, back)| back)
}

/// When the clock goes forward and back in that year.
fn changes(year: i32) -> Option<(i64, i64)> {
    let change = |month| Some(last_sunday(year, month)?.days_since_1970() * DAY + HOUR);
    Some((change(Month::March)?, change(Month::October)?))
}

fn last_sunday(year: i32, month: Month) -> Option<CivilDate> {
    let last = Date::from_calendar_date(year, month, month.length(year)).ok()?;
    CivilDate::of(if last.weekday() == Weekday::Sunday { last } else { last.prev_occurrence(Weekday::Sunday) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_change_on_the_last_sunday() {
        let (march, october) = (Month::March, Month::October);
        for (year, month, day) in
            [(2024, march, 31), (2025, march, 30), (2026, march, 29), (2026, october, 25), (2027, october, 31)]
        {
            assert_eq!(last_sunday(year, month), CivilDate::new(year, month.into(), day));
        }
    }
}
