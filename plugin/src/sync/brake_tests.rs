use super::*;
use crate::link::{PendingClear, Subject};
use crate::relation::{Instant, RelatieId};

fn losing(records: u32) -> Brake {
    let mut brake = Brake::default();
    for id in 0..records {
        let waits = PendingClear {
            by: Cycle::Poll,
            field: "organisatie.email".to_owned(),
            emptied: crate::link::Emptied::InAdvocaatCentraal,
        };
        brake.held.insert(Subject::Organisation(RelatieId::new(id.to_string())), waits);
    }
    brake
}

#[test]
fn a_handful_is_never_too_many_however_small_the_office() {
    assert!(!is_too_many(5, 5));
    assert!(!is_too_many(5, 0));
    assert!(is_too_many(6, 6));
}

#[test]
fn more_than_a_fifth_of_the_linked_records_is_too_many() {
    assert!(!is_too_many(20, 100));
    assert!(is_too_many(21, 100));
}

#[test]
fn the_share_counts_only_while_the_brake_is_off_and_more_than_a_handful_lose_a_value() {
    assert!(!is_more_than_a_handful(&losing(5)));
    assert!(is_more_than_a_handful(&losing(6)));
    for state in [BrakeState::On { since: Instant::default() }, BrakeState::Released] {
        assert!(!is_more_than_a_handful(&Brake { state, ..losing(6) }));
    }
}

#[test]
fn a_record_that_a_push_cleared_and_a_poll_finds_again_counts_once() {
    let mut brake = losing(6);
    let again = brake.held.keys().next().cloned();
    brake.pushed.extend(again);
    assert_eq!(brake.losing(), 6);
    brake.pushed.extend([Subject::Organisation(RelatieId::new("another"))]);
    assert_eq!(brake.losing(), 7);
}

#[test]
fn clearings_go_through_once_a_person_agreed_and_wait_for_their_cycle_otherwise() {
    let on = Brake { state: BrakeState::On { since: Instant::default() }, ..Brake::default() };
    let released = Brake { state: BrakeState::Released, ..Brake::default() };
    assert_eq!(ClearPolicy::of(&Brake::default(), Cycle::Sweep), ClearPolicy::WaitFor(Cycle::Sweep));
    assert_eq!(ClearPolicy::of(&on, Cycle::Poll), ClearPolicy::WaitFor(Cycle::Poll));
    assert_eq!(ClearPolicy::of(&released, Cycle::Poll), ClearPolicy::GoThrough);
    assert!(is_on(&on) && !is_on(&released));
}
