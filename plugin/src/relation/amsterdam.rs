//! Civil time in Europe/Amsterdam since 1970, by rules: a component finds no zone data at its host. The rules are held to
//! the zone data, until 2050, by `tests/tests/zone.rs`.
//!
//! For stamps of changes. Not for birth dates, which never pass through a zone.

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
    let summer = changes(date.year());
    let in_summer = summer.is_some_and(|(forward, back)| (forward..back).contains(&(local - SUMMER)));
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

/// When the clock goes forward and back in that year, both at 01:00 in Greenwich; none in a year without summer time.
/// Source: Directive 2000/84/EC from 1996 on; before that the zone data (tzdb, Europe/Amsterdam).
fn changes(year: i32) -> Option<(i64, i64)> {
    let forward = match year {
        ..=1976 => return None,
        1977..=1980 => first_sunday(year, Month::April),
        1981.. => last_sunday(year, Month::March),
    };
    let back = match year {
        1978 => first_sunday(year, Month::October),
        ..=1995 => last_sunday(year, Month::September),
        1996.. => last_sunday(year, Month::October),
    };
    let at = |day: CivilDate| day.days_since_1970() * DAY + HOUR;
    Some((at(forward?), at(back?)))
}

fn first_sunday(year: i32, month: Month) -> Option<CivilDate> {
    let first = Date::from_calendar_date(year, month, 1).ok()?;
    CivilDate::of(if first.weekday() == Weekday::Sunday { first } else { first.next_occurrence(Weekday::Sunday) })
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
