#![allow(clippy::unwrap_used)]

use sandbox::tribe::Character;

use super::*;
use crate::sync::bench::{Bench, subject};
use crate::sync::outcome::WriteResult;

/// Noon on 2 June 2026.
const NOON: Instant = Instant::from_millis(1_780_394_400_000);

fn minutes(count: u64) -> Duration {
    Duration::from_secs(60 * count)
}

fn page(next: Option<&str>) -> PageEnd {
    PageEnd { next: next.map(str::to_owned), ..PageEnd::last() }
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
fn every_place_that_was_passed_on_the_way_is_remembered() {
    let mut position = Position::default();
    let passed = vec!["p2".to_owned(), "p3".to_owned()];
    assert_eq!(turn_page(&mut position, PageEnd { passed, ..page(Some("p4")) }), Turned::ToNextPage);
    assert_eq!(position.after.as_deref(), Some("p4"));
    assert_eq!(turn_page(&mut position, page(Some("p3"))), Turned::InCircles);
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
fn a_slice_with_as_many_writes_as_an_outcome_holds_begins_no_more_work() {
    struct Never;
    impl Step for Never {
        fn page(&self, _: &mut Session<'_>, _: &Position, _: &mut BTreeSet<String>) -> Result<PageEnd, PageStop> {
            Err(Stop::Defect("work was begun").into())
        }

        fn system(&self) -> System {
            System::Tribe
        }
    }
    let bench = Bench::with(Character::default());
    let ((), outcome) = bench.run(|session| {
        while !session.books.outcome.is_full() {
            session.books.wrote(&subject("1001"), System::Tribe, None, WriteResult::Made);
        }
        walk(session, "full", &[&Never])
    });
    assert_eq!(outcome.next, Next::Again);
}
