#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Option<String> {
    CivilDate::parse(text).map(|date| date.to_string())
}

#[test]
fn a_date_is_read_in_the_orders_that_the_systems_use() {
    for text in [
        "1980-02-29",
        "29-02-1980",
        "29/2/1980",
        "29.02.1980",
        " 1980-02-29 ",
        "1980-02-29T00:00:00",
        "1980-02-29 00:00:00.000",
    ] {
        assert_eq!(read(text).as_deref(), Some("1980-02-29"), "{text}");
    }
}

#[test]
fn an_instant_at_dutch_midnight_is_the_day_that_began_then() {
    let cases = [
        ("1973-10-31T23:00:00Z", "1973-11-01"),
        ("1985-06-30T22:00:00Z", "1985-07-01"),
        ("1973-11-01T00:00:00Z", "1973-11-01"),
        ("1973-11-01T00:00:00+01:00", "1973-11-01"),
        ("1930-01-14T23:40:28Z", "1930-01-15"),
        ("1930-01-15T00:00:00+00:19:32", "1930-01-15"),
        ("1939-07-31T22:40:00.000Z", "1939-08-01"),
        ("1973-11-01T01:00:00Z", "1973-11-01"),
    ];
    for (text, date) in cases {
        assert_eq!(read(text).as_deref(), Some(date), "{text}");
    }
}

#[test]
fn what_is_not_clearly_a_day_is_refused() {
    for text in [
        "",
        "1980",
        "1980-02",
        "02-1980",
        "1980-00-00",
        "1980-02-30",
        "1981-02-29",
        "1900-02-29",
        "29-02-1981",
        "31-02-1980",
        "0001-01-01",
        "0001-01-01T00:00:00",
        "1980-02-29T12:00:00Z",
        "1980-02-29T11:30:00",
        "1980-02-29T00:00:00+99:00",
        "19800229",
        "1980-2-29x",
        "+980-02-29",
        "ca. 1980",
        "29-02-80",
        "1980-02-29T",
    ] {
        assert_eq!(read(text), None, "{text}");
    }
}

#[test]
fn a_date_does_not_show_when_it_is_printed_for_debugging() {
    assert!(!format!("{:?}", CivilDate::new(1980, 2, 29)).contains("19"));
}

proptest! {
    #[test]
    fn every_day_survives_a_round_trip(days in -141_000_i64..2_900_000) {
        let date = CivilDate::from_days_since_1970(days).unwrap();
        prop_assert_eq!(date.days_since_1970(), days);
        prop_assert_eq!(CivilDate::parse(&date.to_string()), Some(date));
        let dutch = format!("{:02}-{:02}-{:04}", date.day(), date.month(), date.year());
        prop_assert_eq!(CivilDate::parse(&dutch), Some(date));
        let next = CivilDate::from_days_since_1970(days + 1).unwrap();
        prop_assert!(date < next);
    }

    #[test]
    fn no_text_makes_it_fail(text in any::<String>(), shape in "[0-9Tt:zZ+. -]{0,30}") {
        let _ = (CivilDate::parse(&text), CivilDate::parse(&shape));
    }
}
