use super::*;
use crate::link::Fingerprint;

/// Noon on 2 June 2026.
const NOON: Instant = Instant::from_millis(1_780_394_400_000);

fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

fn ago(count: u64) -> Instant {
    NOON.minus(minutes(count))
}

fn read_to(newest: Option<Instant>, began: Option<Instant>) -> Position {
    Position { newest, began, ..Position::default() }
}

fn known_to(stamp: Option<Instant>) -> Cursor {
    Cursor { stamp, ..Cursor::default() }
}

/// The cursor of a list of AC's after a reading at noon by both clocks.
fn of_ac(known: Option<Instant>, newest: Option<Instant>) -> Option<Instant> {
    reached(Stream::Relaties, &known_to(known), &read_to(newest, Some(NOON)), NOON).stamp
}

#[test]
fn a_cursor_moves_to_the_newest_stamp_that_was_seen() {
    assert_eq!(of_ac(None, Some(ago(1))), Some(ago(1)));
}

#[test]
fn a_stamp_in_the_future_takes_the_cursor_no_further_than_when_the_reading_began() {
    assert_eq!(of_ac(None, Some(NOON.plus(minutes(600)))), Some(NOON));
}

#[test]
fn a_stamp_in_the_future_tells_nothing_of_how_far_a_list_was_shown() {
    assert!(tells_how_far(NOON, Some(NOON)) && tells_how_far(NOON, None));
    assert!(!tells_how_far(NOON.plus(minutes(1)), Some(NOON)));
}

#[test]
fn a_cursor_never_moves_back() {
    assert_eq!(of_ac(Some(NOON), Some(ago(9))), Some(NOON));
}

#[test]
fn where_nothing_changes_the_cursor_follows_the_servers_clock_as_far_behind_as_rows_may_come_late() {
    for newest in [None, Some(ago(16)), Some(ago(600))] {
        let cursor = known_to(of_ac(Some(ago(300)), newest));
        assert_eq!(from(&cursor), Some(ago(25)), "{newest:?}");
    }
    let tribe = reached(Stream::Persons, &known_to(None), &read_to(Some(ago(600)), Some(NOON)), NOON);
    assert_eq!(from(&tribe), Some(ago(10)));
}

#[test]
fn without_a_servers_clock_the_newest_stamp_counts_and_never_one_that_is_still_to_come() {
    let reached_at = |newest| reached(Stream::Persons, &known_to(None), &read_to(newest, None), NOON).stamp;
    assert_eq!(reached_at(Some(ago(600))), Some(ago(600)));
    assert_eq!(reached_at(Some(NOON.plus(minutes(600)))), Some(ago(10)), "this machine's clock may be ahead");
    assert!(reached_at(None).is_some_and(|stamp| stamp < ago(600)), "an empty list is known all the same");
}

#[test]
fn a_servers_clock_far_ahead_of_this_machines_is_not_believed() {
    for (ahead, is_believed) in [(0, true), (10, true), (11, false), (600_000, false)] {
        let time = Some(NOON.plus(minutes(ahead)));
        assert_eq!(believed(time, NOON), time.filter(|_| is_believed), "{ahead}");
    }
    assert_eq!(believed(Some(ago(600)), NOON), Some(ago(600)), "one that is behind only makes more be read");
    assert_eq!(from_now(Some(NOON), NOON), NOON);
    assert!(from_now(None, NOON) < ago(600));
}

#[test]
fn a_cursor_remembers_the_rows_of_the_overlap_and_forgets_older_ones() {
    let mut position = read_to(Some(NOON), Some(NOON));
    let row = Fingerprint::sample(1);
    position.handled.add("inside".to_owned(), ago(10), row);
    position.handled.add("outside".to_owned(), ago(11), row);
    let cursor = reached(Stream::Relaties, &known_to(None), &position, NOON);
    assert!(cursor.handled.contains("inside", row));
    assert!(!cursor.handled.contains("outside", row));
}

#[test]
fn of_more_equal_stamps_than_are_remembered_most_are_not_looked_at_again() {
    let mut position = read_to(Some(NOON), Some(NOON));
    let row = Fingerprint::sample(1);
    let ids: Vec<String> = (0..3_000).map(|number| number.to_string()).collect();
    for _ in 0..2 {
        ids.iter().for_each(|id| position.handled.add(id.clone(), NOON, row));
        forget_old(&mut position);
        assert_eq!(ids.iter().filter(|id| position.handled.contains(id, row)).count(), 2_000);
    }
}

#[test]
fn a_list_is_read_again_from_ten_minutes_before_and_from_seventy_when_the_clock_goes_back() {
    assert_eq!(from(&known_to(Some(NOON))), Some(ago(10)));
    // 25 October 2026, 02:30 in Amsterdam, for the first time.
    let clock_goes_back = Instant::from_millis(1_792_888_200_000);
    assert_eq!(from(&known_to(Some(clock_goes_back))), Some(clock_goes_back.minus(minutes(70))));
}

#[test]
fn a_row_that_comes_late_widens_the_overlap_by_as_much_and_never_beyond_the_latest() {
    let known = known_to(Some(NOON));
    assert_eq!(lateness(&known, NOON), Duration::ZERO);
    assert_eq!(lateness(&known, ago(8)), minutes(8));
    assert_eq!(lateness(&known, ago(11)), Duration::ZERO, "a server that disregards the filter shows old rows, too");
    for (late, overlap) in [(0, 10), (8, 18), (15, 25), (60, 25)] {
        let position = Position { late: minutes(late), ..read_to(Some(NOON), Some(NOON)) };
        let cursor = reached(Stream::Relaties, &known, &position, NOON);
        assert_eq!(from(&cursor), Some(ago(overlap)), "{late}");
        let next = reached(Stream::Relaties, &cursor, &read_to(Some(NOON), Some(NOON)), NOON);
        assert_eq!(from(&next), Some(ago(overlap)), "it stays so");
    }
}

#[test]
fn what_only_the_sweep_finds_widens_the_overlap_to_the_latest() {
    let known = known_to(Some(NOON));
    let wider = after_sweep_found(&known, ago(60));
    assert_eq!(wider.as_ref().and_then(from), Some(ago(25)));
    assert_eq!(wider.and_then(|wider| after_sweep_found(&wider, ago(60))), None, "once");
    for (stamp, why) in [(ago(9), "the next poll finds it"), (NOON.plus(minutes(1)), "so too"), (ago(60 * 48), "old")] {
        assert_eq!(after_sweep_found(&known, stamp), None, "{why}");
    }
}

#[test]
fn a_stamp_in_the_future_does_not_push_out_the_rows_that_were_handled() {
    for began in [Some(NOON), None] {
        let mut position = read_to(Some(NOON.plus(minutes(600))), began);
        let row = Fingerprint::sample(1);
        position.handled.add("now".to_owned(), NOON, row);
        forget_old(&mut position);
        assert!(position.handled.contains("now", row));
    }
}
