#![allow(clippy::unwrap_used)]

use super::*;
use crate::link::Fingerprint;

/// Noon on 2 June 2026.
const NOON: Instant = Instant::from_millis(1_780_394_400_000);

fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

fn page(next: Option<&str>) -> PageEnd {
    PageEnd { next: next.map(str::to_owned), ..PageEnd::last() }
}

fn read_to(newest: Option<Instant>, began: Option<Instant>) -> Position {
    Position { newest, began, ..Position::default() }
}

fn known_to(stamp: Option<Instant>) -> Cursor {
    Cursor { stamp, ..Cursor::default() }
}

#[test]
fn a_cursor_moves_to_the_newest_stamp_that_was_seen() {
    let position = read_to(Some(NOON), Some(NOON.plus(minutes(1))));
    assert_eq!(reached(&known_to(None), &position).stamp, Some(NOON));
}

#[test]
fn a_stamp_in_the_future_takes_the_cursor_no_further_than_when_the_reading_began() {
    let position = read_to(Some(NOON.plus(minutes(600))), Some(NOON));
    assert_eq!(reached(&known_to(None), &position).stamp, Some(NOON));
}

#[test]
fn a_cursor_never_moves_back() {
    let known = known_to(Some(NOON));
    let position = read_to(Some(NOON.minus(minutes(9))), Some(NOON.plus(minutes(1))));
    assert_eq!(reached(&known, &position).stamp, Some(NOON));
}

#[test]
fn an_empty_list_is_known_from_when_it_was_first_read_and_stays_known_so() {
    let position = read_to(None, Some(NOON));
    assert_eq!(reached(&known_to(None), &position).stamp, Some(NOON));
    let earlier = NOON.minus(minutes(30));
    assert_eq!(reached(&known_to(Some(earlier)), &position).stamp, Some(earlier));
}

#[test]
fn a_cursor_remembers_the_rows_of_the_overlap_and_forgets_older_ones() {
    let mut position = read_to(Some(NOON), Some(NOON));
    let row = Fingerprint::sample(1);
    position.handled.add("inside".to_owned(), NOON.minus(minutes(10)), row);
    position.handled.add("outside".to_owned(), NOON.minus(minutes(11)), row);
    let cursor = reached(&known_to(None), &position);
    assert!(cursor.handled.contains("inside", row));
    assert!(!cursor.handled.contains("outside", row));
}

#[test]
fn a_list_is_read_again_from_ten_minutes_before_and_from_seventy_when_the_clock_goes_back() {
    assert_eq!(before(NOON), NOON.minus(minutes(10)));
    // 25 October 2026, 02:30 in Amsterdam, for the first time.
    let clock_goes_back = Instant::from_millis(1_792_888_200_000);
    assert_eq!(before(clock_goes_back), clock_goes_back.minus(minutes(70)));
}

#[test]
fn a_list_goes_on_at_the_servers_place_and_ends_without_one() {
    let mut position = Position::default();
    assert_eq!(turn_page(&mut position, page(Some("p2"))), Turned::ToNextPage);
    assert_eq!(position.after.as_deref(), Some("p2"));
    assert_eq!(turn_page(&mut position, page(None)), Turned::AtTheEnd);
}

#[test]
fn a_list_that_comes_back_to_a_place_goes_in_circles() {
    let mut position = Position::default();
    for next in ["p2", "p3"] {
        assert_eq!(turn_page(&mut position, page(Some(next))), Turned::ToNextPage);
    }
    assert_eq!(turn_page(&mut position, page(Some("p2"))), Turned::InCircles);
    assert_eq!(
        turn_page(&mut Position { after: Some("p3".to_owned()), ..Position::default() }, page(Some("p3"))),
        Turned::InCircles
    );
}

#[test]
fn a_list_that_goes_on_to_nothing_new_is_given_up_after_three_pages() {
    let mut position = Position::default();
    let mut idle = |number: u32| {
        let end = PageEnd { held_new: false, ..page(Some(&format!("p{number}"))) };
        turn_page(&mut position, end)
    };
    assert_eq!([1, 2, 3].map(&mut idle), [Turned::ToNextPage, Turned::ToNextPage, Turned::InCircles]);
    let mut position = Position { idle_pages: 2, ..Position::default() };
    assert_eq!(turn_page(&mut position, page(Some("new"))), Turned::ToNextPage);
    assert_eq!(position.idle_pages, 0);
}

#[test]
fn no_more_places_are_remembered_than_a_walk_needs() {
    let mut position = Position::default();
    for number in 0..2 * MOST_VISITED {
        assert_eq!(turn_page(&mut position, page(Some(&number.to_string()))), Turned::ToNextPage);
    }
    assert_eq!(position.visited.len(), MOST_VISITED);
}

#[test]
fn a_list_began_when_its_first_page_was_read() {
    let mut position = Position::default();
    turn_page(&mut position, PageEnd { server_time: Some(NOON), ..page(Some("p2")) });
    turn_page(&mut position, PageEnd { server_time: Some(NOON.plus(minutes(5))), ..page(None) });
    assert_eq!(position.began, Some(NOON));
}

#[test]
fn a_stamp_in_the_future_does_not_push_out_the_rows_that_were_handled() {
    let mut position = Position::default();
    let row = Fingerprint::sample(1);
    let mut ended = PageEnd { newest: Some(NOON.plus(minutes(600))), server_time: Some(NOON), ..page(None) };
    ended.handled.add("now".to_owned(), NOON, row);
    turn_page(&mut position, ended);
    assert!(position.handled.contains("now", row));
}
