#![allow(clippy::unwrap_used)]

use proptest::prelude::*;

use super::*;

fn read(text: &str) -> (String, StampKind) {
    let stamp = Stamp::parse(text).unwrap();
    (Stamp::utc_text(stamp.instant()), stamp.kind())
}

fn instant(text: &str) -> Instant {
    Stamp::parse(text).unwrap().instant()
}

#[test]
fn a_stamp_with_an_offset_is_one_instant() {
    for text in [
        "2026-03-02T10:00:05+01:00",
        "2026-03-02T09:00:05Z",
        "2026-03-02t09:00:05z",
        "2026-03-02 10:00:05+0100",
        "2026-03-02T10:00:05+01",
        "2026-03-02T04:00:05-05:00",
        "2026-03-02T09:00:05.9876543Z",
    ] {
        assert_eq!(read(text), ("2026-03-02T09:00:05Z".to_owned(), StampKind::Offset), "{text}");
    }
}

#[test]
fn milliseconds_are_kept_and_finer_parts_are_cut_off() {
    assert_eq!(instant("1970-01-01T00:00:01.5Z").as_millis(), 1500);
    assert_eq!(instant("1970-01-01T00:00:01.0069Z").as_millis(), 1006);
}

#[test]
fn a_stamp_without_an_offset_is_dutch_time() {
    assert_eq!(read("2026-01-15T12:00:00"), ("2026-01-15T11:00:00Z".to_owned(), StampKind::Naive));
    assert_eq!(read("2026-07-15T12:00:00"), ("2026-07-15T10:00:00Z".to_owned(), StampKind::Naive));
    assert_eq!(read("2026-07-15T12:00"), ("2026-07-15T10:00:00Z".to_owned(), StampKind::Naive));
}

#[test]
fn a_date_alone_is_the_start_of_that_dutch_day() {
    assert_eq!(read("2026-07-15"), ("2026-07-14T22:00:00Z".to_owned(), StampKind::DateOnly));
    assert_eq!(read("2026-01-15"), ("2026-01-14T23:00:00Z".to_owned(), StampKind::DateOnly));
}

#[test]
fn the_hour_that_comes_twice_is_its_earlier_time() {
    let cases = [
        ("2026-10-25T01:59:59", "2026-10-24T23:59:59Z"),
        ("2026-10-25T02:00:00", "2026-10-25T00:00:00Z"),
        ("2026-10-25T02:59:59", "2026-10-25T00:59:59Z"),
        ("2026-10-25T03:00:00", "2026-10-25T02:00:00Z"),
    ];
    for (naive, utc) in cases {
        assert_eq!(read(naive).0, utc, "{naive}");
    }
}

#[test]
fn the_hour_that_is_left_out_is_read_as_winter_time() {
    let cases = [
        ("2026-03-29T01:59:59", "2026-03-29T00:59:59Z"),
        ("2026-03-29T02:30:00", "2026-03-29T01:30:00Z"),
        ("2026-03-29T03:00:00", "2026-03-29T01:00:00Z"),
    ];
    for (naive, utc) in cases {
        assert_eq!(read(naive).0, utc, "{naive}");
    }
}

#[test]
fn an_instant_is_written_in_both_times_of_amsterdam() {
    assert_eq!(Stamp::amsterdam_text(instant("2026-03-29T00:59:59Z")), "2026-03-29T01:59:59+01:00");
    assert_eq!(Stamp::amsterdam_text(instant("2026-03-29T01:00:00Z")), "2026-03-29T03:00:00+02:00");
    assert_eq!(Stamp::amsterdam_text(instant("2026-10-25T00:59:59Z")), "2026-10-25T02:59:59+02:00");
    assert_eq!(Stamp::amsterdam_text(instant("2026-10-25T01:00:00Z")), "2026-10-25T02:00:00+01:00");
    assert_eq!(Stamp::amsterdam_text(instant("2026-12-31T23:30:00.999Z")), "2027-01-01T00:30:00+01:00");
}

#[test]
fn what_is_no_stamp_of_a_change_is_refused() {
    for text in [
        "",
        "gisteren",
        "2026-02-30T00:00:00Z",
        "2026-03-02T25:00:00Z",
        "2026-03-02T10:60:00Z",
        "2026-03-02T10:00:05+24:00",
        "0001-01-01T00:00:00",
        "1969-12-31T23:59:59Z",
        "2026-03-02T10:00:05.Z",
        "2026-03-02X10:00:05",
        "1772442005",
        "2026-03-02T10:00:05+01:00x",
        "é026-03-02",
        "2026-03-0é",
    ] {
        assert_eq!(Stamp::parse(text), None, "{text}");
    }
}

#[test]
fn the_clock_is_going_back_from_an_hour_before_until_ten_past_four() {
    for near in ["2026-10-25T02:00:00+02:00", "2026-10-25T02:30:00+01:00", "2026-10-25T04:10:00+01:00"] {
        assert!(is_near_clock_back(instant(near)), "{near}");
    }
    for far in
        ["2026-10-25T01:59:59+02:00", "2026-10-25T04:10:01+01:00", "2026-03-29T02:30:00Z", "2026-10-24T02:30:00+02:00"]
    {
        assert!(!is_near_clock_back(instant(far)), "{far}");
    }
}

#[test]
fn an_instant_beyond_the_calendar_is_still_written() {
    assert_eq!(Stamp::utc_text(Instant::from_millis(u64::MAX)), "9999-12-31T23:59:59Z");
    assert!(!Stamp::amsterdam_text(Instant::from_millis(u64::MAX)).is_empty());
    assert!(!is_near_clock_back(Instant::from_millis(u64::MAX)));
}

proptest! {
    #[test]
    fn what_is_written_is_read_as_the_same_second(seconds in 0_u64..4_000_000_000, millis in 0_u64..1000) {
        let instant = Instant::from_millis(seconds * 1000 + millis);
        for text in [Stamp::utc_text(instant), Stamp::amsterdam_text(instant)] {
            prop_assert_eq!(Stamp::parse(&text).unwrap().instant().as_millis(), seconds * 1000);
        }
    }

    #[test]
    fn dutch_time_without_its_offset_is_never_read_as_later(seconds in 0_u64..4_000_000_000) {
        let instant = Instant::from_millis(seconds * 1000);
        let text = Stamp::amsterdam_text(instant);
        let naive = Stamp::parse(text.get(..19).unwrap()).unwrap();
        prop_assert_eq!(naive.kind(), StampKind::Naive);
        let early = instant.since(naive.instant()).unwrap().as_secs();
        prop_assert!(early == 0 || (early == 3600 && is_near_clock_back(instant)));
    }

    #[test]
    fn no_text_makes_it_fail(text in any::<String>(), shape in "[0-9Tt:zZ+. -]{0,30}") {
        let _ = (Stamp::parse(&text), Stamp::parse(&shape));
    }
}
