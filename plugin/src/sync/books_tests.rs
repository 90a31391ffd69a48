#![allow(clippy::unwrap_used, clippy::panic)]

use sandbox::tribe::Character;

use super::*;
use crate::link::Side;
use crate::relation::RelatieId;
use crate::stored::Later;
use crate::tribe::desk::Desk;

const NOW: Instant = Instant::from_millis(1_000_000);

fn books() -> Books {
    Books {
        letters: Dirty::clean(DeadLetters::default()),
        brake: Dirty::clean(Brake::default()),
        absences: Dirty::clean(Absences::default()),
        kept_since: Dirty::clean(KeptSince::default()),
        kept: LiteMap::new(),
        kept_anew: Set::new(),
        kept_no_longer: Set::new(),
        keep_for: KeepFor::default(),
        outcome: Outcome::default(),
        counted_later: 0,
        reading: LiteMap::new(),
    }
}

fn organisation() -> Subject {
    Subject::Organisation(RelatieId::new("1001"))
}

#[test]
fn a_record_rests_longer_after_each_try_and_never_longer_than_an_hour() {
    let mut books = books();
    let mut pauses = Vec::new();
    for _ in 0..6 {
        books.dead_letter(NOW, &organisation(), Code::NoAnswer, None, Retry::Soon);
        pauses.push(books.letter(&organisation()).unwrap().next_try.unwrap().since(NOW).unwrap().as_secs());
    }
    assert_eq!(pauses, [60, 300, 900, 3600, 3600, 3600]);
}

#[test]
fn a_dead_letter_keeps_since_when_it_is_one() {
    let mut books = books();
    let later = NOW.plus(Duration::from_secs(600));
    books.dead_letter(NOW, &organisation(), Code::NoAnswer, None, Retry::Soon);
    books.dead_letter(later, &organisation(), Code::RefusedByTribe, Some("organisatie.kvk"), Retry::WhenChanged(None));
    let letter = books.letter(&organisation()).unwrap();
    assert_eq!((letter.since, letter.attempts, letter.next_try), (NOW, 2, None));
    assert_eq!(letter.fields.first().map(String::as_str), Some("organisatie.kvk"));
}

#[test]
fn whoever_waits_is_due_at_once_unless_a_letter_brings_it_back_later() {
    let mut books = books();
    books.dead_letter(NOW, &organisation(), Code::NoAnswer, None, Retry::Soon);
    books.make_due(NOW, organisation());
    assert!(books.letters_due(NOW, 10).is_empty());
    books.dead_letter(NOW, &organisation(), Code::RefusedByTribe, None, Retry::WhenChanged(None));
    books.make_due(NOW, organisation());
    assert_eq!(books.letters_due(NOW, 10), [organisation()], "a letter that rests brings nobody back");
    books.remove_dead_letter(&organisation());
    books.make_due(NOW, organisation());
    assert_eq!(books.letters_due(NOW, 10), [organisation()]);
}

#[test]
fn what_did_not_change_is_not_written_again() {
    let mut dirty = Dirty::clean(1);
    dirty.flush(|_| panic!("nothing changed")).unwrap();
    *dirty.change() = 2;
    let mut written = None;
    dirty
        .flush(|value| {
            written = Some(*value);
            Ok(())
        })
        .unwrap();
    assert_eq!(written, Some(2));
    dirty.flush(|_| panic!("it is written already")).unwrap();
}

#[test]
fn a_write_that_failed_is_made_again() {
    let mut dirty = Dirty::clean(1);
    dirty.change();
    assert!(dirty.flush(|_| Err(StateError::Damaged)).is_err());
    assert!(dirty.changed);
}

#[test]
fn a_value_that_gave_way_in_a_conflict_stays_one_when_it_gives_way_again() {
    let desk = Desk::new(Character::default());
    let state = OfficeState::new(&desk, "12345");
    let key = state.header(&desk).unwrap().key;
    let kept = |reason| Kept {
        subject: organisation(),
        slot: "organisatie.email".to_owned(),
        side: Side::Tribe,
        lost: "oud@voorbeeld.example".to_owned(),
        instead: Fingerprint::sample(1),
        reason,
        at: NOW,
        later: Later::default(),
    };
    for flushed_between in [true, false] {
        let mut books = books();
        books.keep(&key, kept(Reason::Conflict), "organisatie.email");
        if flushed_between {
            books.flush(&state).unwrap();
        }
        books.keep(&key, kept(Reason::Overwritten), "organisatie.email");
        books.flush(&state).unwrap();
        let id = KeptId::of(&key, &kept(Reason::Overwritten));
        assert_eq!(state.kept(&id).unwrap().map(|kept| kept.reason), Some(Reason::Conflict), "{flushed_between}");
        state.forget_kept(&id).unwrap();
    }
}

#[test]
fn a_letter_of_refused_values_names_the_fields_that_are_refused_by_now() {
    let mut books = books();
    books.dead_letter(NOW, &organisation(), Code::RefusedByTribe, Some("organisatie.kvk"), Retry::WhenChanged(None));
    for (code, refused, named) in [
        (
            Code::RefusedByTribe,
            ["organisatie.email", "organisatie.kvk"].as_slice(),
            ["organisatie.email", "organisatie.kvk"].as_slice(),
        ),
        (Code::RefusedByTribe, &["organisatie.email"], &["organisatie.email"]),
        (Code::RefusedByAdvocaatCentraal, &["organisatie.kvk"], &["organisatie.email"]),
    ] {
        books.name_refused(&organisation(), code, &refused.iter().copied().collect());
        assert!(books.letter(&organisation()).unwrap().fields.iter().eq(named), "{named:?}");
    }
}
