//! Times as the offices' clocks have them.

use std::sync::LazyLock;

use jiff::tz::TimeZone;
use jiff::{Timestamp as Instant, ZonedDateTime};
use maud::{Markup, html};

use super::words::Words;
use crate::timestamp::Timestamp;

/// The zone of all offices, by the rules that are built in: a machine may have none.
static AMSTERDAM: LazyLock<TimeZone> = LazyLock::new(|| TimeZone::get("Europe/Amsterdam").unwrap_or(TimeZone::UTC));

fn in_amsterdam(at: Timestamp) -> ZonedDateTime {
    let instant = i64::try_from(at.as_millis()).ok().and_then(|millis| Instant::from_millisecond(millis).ok());
    instant.unwrap_or(Instant::MAX).to_zoned_datetime(AMSTERDAM.clone())
}

/// When the day began in which that instant lies.
pub(super) fn midnight(now: Timestamp) -> Timestamp {
    let begun = in_amsterdam(now).start_of_day().map(|begun| begun.timestamp().as_millisecond());
    Timestamp::from_millis(begun.ok().and_then(|millis| u64::try_from(millis).ok()).unwrap_or_default())
}

/// An instant in words: the time of today, and the date before it on another day.
pub(super) fn in_words(words: Words, at: Timestamp, now: Timestamp) -> String {
    let (at, today) = (in_amsterdam(at), in_amsterdam(now).date());
    let time = format!("{:02}:{:02}", at.hour(), at.minute());
    if at.date() == today {
        return time;
    }
    let (day, month, year) = (i64::from(at.day()), i64::from(at.month()), at.year().to_string());
    let values = [("day", day.into()), ("month", month.into()), ("year", year.into()), ("time", time.into())];
    words.say_with("on-another-day", values)
}

/// The same for a page, with the instant for machines.
pub(super) fn time(words: Words, at: Timestamp, now: Timestamp) -> Markup {
    html! { time datetime=(at) { (in_words(words, at, now)) } }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;
    use crate::pages::words::Language;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_time_is_that_of_amsterdam_and_has_its_date_on_another_day() {
        let [dutch, english] = Language::ALL.map(Words::of);
        let now = at("2026-11-28T09:00:00Z");
        assert_eq!(in_words(dutch, at("2026-11-28T08:40:00Z"), now), "09:40");
        assert_eq!(in_words(dutch, at("2026-11-27T22:59:00Z"), now), "27 november 2026 om 23:59");
        assert_eq!(in_words(dutch, at("2026-11-27T23:00:00Z"), now), "00:00", "the day of Amsterdam");
        assert_eq!(in_words(english, at("2026-03-29T01:00:00Z"), now), "29 March 2026 at 03:00", "in summer");
        let page = time(dutch, at("2026-11-28T08:40:00Z"), now).into_string();
        assert_eq!(page, "<time datetime=\"2026-11-28T08:40:00Z\">09:40</time>");
    }

    #[test]
    fn a_day_begins_at_midnight_in_amsterdam() {
        assert_eq!(midnight(at("2026-11-28T09:00:00Z")), at("2026-11-27T23:00:00Z"));
        assert_eq!(midnight(at("2026-07-01T22:00:00Z")), at("2026-07-01T22:00:00Z"));
        in_words(Words::of(Language::Dutch), Timestamp::from_millis(u64::MAX), at("2026-11-28T09:00:00Z"));
    }
}
