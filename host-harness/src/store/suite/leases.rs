//! Whose office it is: fencing, signs of life, and who comes next.

#![allow(clippy::unwrap_used, reason = "tests")]

use super::fixture::{Fixture, ROOM, add, after, all_keys, is_busy, office, put, read, take, take_over};
use crate::store::database::DatabaseError::Fenced;
use crate::store::lease::Left;

/// What an owner left.
fn left(note: &str, given_back: bool) -> Left {
    Left { note: note.to_owned(), given_back }
}

pub(super) fn a_late_writer_is_refused(store: &impl Fixture) {
    let (process, one) = (store.process(), office("1"));
    add(&*process, "1");
    let late = take(&*process, "1", &after(0));
    put(&*process, "1", late, "k", b"old");
    let newer = take(&*process, "1", &after(21));
    put(&*process, "1", newer, "k", b"new");

    assert_eq!(process.write(&one, late, &[("k".to_owned(), Some(b"late".to_vec()))], ROOM), Err(Fenced));
    assert_eq!(process.write(&one, late, &[("k".to_owned(), None)], ROOM), Err(Fenced));
    assert_eq!(process.write(&one, late, &[], ROOM), Err(Fenced));
    assert_eq!(process.get(&one, Some(late), "k"), Err(Fenced));
    assert_eq!(process.get(&one, Some(late), "none"), Err(Fenced));
    assert_eq!(process.keys(&one, Some(late), None, 10), Err(Fenced));
    assert_eq!(process.holds(&one, late), Err(Fenced));
    assert_eq!(process.sign(&one, late, &after(22), None), Err(Fenced));
    assert_eq!(process.get(&one, Some(newer), "k").unwrap().unwrap(), b"new");
    assert_eq!((process.holds(&one, newer), process.sign(&one, newer, &after(22), None)), (Ok(()), Ok(())));
}

pub(super) fn nothing_that_a_late_writer_wanted_was_done(store: &impl Fixture) {
    let (process, one) = (store.process(), office("1"));
    add(&*process, "1");
    let late = take(&*process, "1", &after(0));
    put(&*process, "1", late, "kept", b"kept");
    let newer = take(&*process, "1", &after(21));
    let writes = [("made".to_owned(), Some(b"late".to_vec())), ("kept".to_owned(), None)];
    assert_eq!(process.write(&one, late, &writes, ROOM), Err(Fenced));
    assert_eq!(all_keys(&*process, "1"), ["kept"]);
    // Its sign of life is not one of the newer owner's.
    assert_eq!(process.sign(&one, late, &after(60), None), Err(Fenced));
    assert!(!is_busy(&*store.process(), "1", &after(42)), "the newer one signed nothing since");
    assert_eq!(process.holds(&one, newer), Err(Fenced));
}

pub(super) fn who_never_had_a_lease_is_refused(store: &impl Fixture) {
    let (process, one) = (store.process(), office("1"));
    add(&*process, "1");
    for token in [0, 1, u64::MAX] {
        assert_eq!(process.holds(&one, token), Err(Fenced), "{token}");
        assert_eq!(process.write(&one, token, &[("k".to_owned(), Some(vec![]))], ROOM), Err(Fenced), "{token}");
        assert_eq!(process.get(&one, Some(token), "k"), Err(Fenced), "{token}");
        assert_eq!(process.sign(&one, token, &after(0), None), Err(Fenced), "{token}");
    }
    let held = take(&*process, "1", &after(0));
    assert_eq!(process.holds(&one, held + 1), Err(Fenced), "nor who has one that is to come");
    add(&*process, "2");
    assert_eq!(process.holds(&office("2"), held), Err(Fenced), "nor who has another office");
}

pub(super) fn a_token_is_greater_than_every_one_before(store: &impl Fixture) {
    let (process, mut last) = (store.process(), 0);
    add(&*process, "1");
    for turn in 0..6 {
        let token = take(&*process, "1", &after(turn * 30));
        assert!(token > last, "{token} after {last}");
        last = token;
        if turn % 2 == 0 {
            process.release(&office("1"), token, None).unwrap();
            assert_eq!(process.holds(&office("1"), token), Err(Fenced));
        }
    }
    drop(process);
    assert!(take(&*store.process(), "1", &after(300)) > last, "also in a process that comes later");
}

pub(super) fn a_lease_is_one_offices_and_one_holders(store: &impl Fixture) {
    let (process, other) = (store.process(), store.process());
    add(&*process, "1");
    add(&*process, "2");
    take(&*process, "1", &after(0));
    assert!(is_busy(&*other, "1", &after(1)));
    assert!(is_busy(&*process, "1", &after(1)), "whoever asks");
    assert!(!is_busy(&*other, "2", &after(1)));
}

pub(super) fn a_lease_lasts_twenty_seconds_from_each_sign_of_life(store: &impl Fixture) {
    let (process, other, one) = (store.process(), store.process(), office("1"));
    add(&*process, "1");
    let first = take(&*process, "1", &after(0));
    assert!(is_busy(&*other, "1", &after(19)));
    process.sign(&one, first, &after(5), None).unwrap();
    assert!(is_busy(&*other, "1", &after(24)));
    let second = take(&*other, "1", &after(26));
    assert_eq!(process.sign(&one, first, &after(27), None), Err(Fenced), "it is too late for a sign");
    assert_eq!(other.holds(&one, second), Ok(()));
}

pub(super) fn a_lease_of_the_future_ends_too(store: &impl Fixture) {
    let process = store.process();
    add(&*process, "1");
    let ahead = take(&*process, "1", &after(3_600));
    assert!(take(&*store.process(), "1", &after(0)) > ahead);
}

pub(super) fn a_lease_that_was_given_back_is_free_at_once(store: &impl Fixture) {
    let (process, one) = (store.process(), office("1"));
    add(&*process, "1");
    let token = take(&*process, "1", &after(0));
    process.release(&one, token, None).unwrap();
    assert_eq!(process.write(&one, token, &[("k".to_owned(), Some(b"late".to_vec()))], ROOM), Err(Fenced));
    take(&*store.process(), "1", &after(0));
    assert_eq!(read(&*process, "1", "k"), None);
}

pub(super) fn an_old_lease_that_is_given_back_takes_no_newer_one_away(store: &impl Fixture) {
    let (process, one) = (store.process(), office("1"));
    add(&*process, "1");
    let late = take(&*process, "1", &after(0));
    let newer = take(&*process, "1", &after(21));
    process.release(&one, late, None).unwrap();
    assert_eq!(process.holds(&one, newer), Ok(()));
    assert!(is_busy(&*process, "1", &after(22)));
}

pub(super) fn the_office_of_a_process_that_ended_is_taken_over<F: Fixture>(store: &F) {
    let (process, ended, one) = (store.process(), store.process(), office("1"));
    add(&*process, "1");
    let held = take(&*ended, "1", &after(0));
    assert!(is_busy(&*process, "1", &after(0)), "it lives");
    drop(ended);
    let free = after(if F::TELLS_THE_DEAD { 0 } else { 21 });
    assert!(take(&*process, "1", &free) > held);
    assert_eq!(process.get(&one, Some(held), "k"), Err(Fenced));
}

pub(super) fn a_process_that_only_enters_holds_no_office(store: &impl Fixture) {
    let (process, other) = (store.process(), store.process());
    add(&*process, "1");
    other.enter().unwrap();
    other.enter().unwrap();
    take(&*process, "1", &after(0));
}

pub(super) fn what_an_owner_leaves_is_given_to_the_next_one(store: &impl Fixture) {
    let (process, other, one) = (store.process(), store.process(), office("1"));
    add(&*process, "1");
    let (first, before) = take_over(&*process, "1", &after(0));
    assert_eq!(before, left("", true), "nobody was there");
    process.sign(&one, first, &after(5), Some("at five")).unwrap();
    process.sign(&one, first, &after(10), None).unwrap();
    // It was taken over, and may have gone on after its last note.
    let (second, before) = take_over(&*other, "1", &after(31));
    assert_eq!(before, left("at five", false));
    other.release(&one, second, Some("at the end")).unwrap();
    let (third, before) = take_over(&*process, "1", &after(32));
    assert_eq!(before, left("at the end", true));
    process.release(&one, third, None).unwrap();
    assert_eq!(
        take_over(&*store.process(), "1", &after(33)).1,
        left("at the end", true),
        "who says nothing changes nothing"
    );
    add(&*process, "2");
    assert_eq!(take_over(&*process, "2", &after(33)).1, left("", true), "it is one office's");
}

pub(super) fn who_lost_a_lease_leaves_nothing(store: &impl Fixture) {
    let (process, other, one) = (store.process(), store.process(), office("1"));
    add(&*process, "1");
    let late = take(&*process, "1", &after(0));
    let newer = take(&*other, "1", &after(21));
    other.sign(&one, newer, &after(22), Some("newer")).unwrap();
    assert_eq!(process.sign(&one, late, &after(23), Some("late")), Err(Fenced));
    process.release(&one, late, Some("late")).unwrap();
    assert_eq!(take_over(&*process, "1", &after(43)).1, left("newer", false));
}
