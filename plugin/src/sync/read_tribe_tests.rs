#![allow(clippy::unwrap_used)]

use sandbox::tribe::Character;
use serde_json::json;

use super::*;
use crate::link::Written;
use crate::sync::absence::APART;
use crate::sync::bench::{Bench, batch, linked, only, subject};
use crate::sync::outcome::Outcome;

fn unknown() -> TribeId {
    TribeId::parse("5f1c6a8e-0000-4000-8000-000000000001").unwrap()
}

/// An organisation that stands in Tribe.
fn organisation(bench: &Bench) -> TribeId {
    let id = bench.desk.tribe.borrow_mut().add_organisation(bench.desk.sandbox_now(), "Voorbeeld", &json!({}));
    TribeId::parse(&id.map_err(|_| "refused").unwrap().to_string()).unwrap()
}

/// Reads one company with that link.
fn read_one(bench: &Bench, link: Link) -> (Item, Outcome) {
    bench.run(|session| {
        let mut batch = batch(session, "1001", link);
        read_batch(session, &mut batch)?;
        Ok(only(batch))
    })
}

fn next_try(bench: &Bench) -> Option<Instant> {
    bench.run(|session| Ok(session.books.letter(&subject("1001")).and_then(|letter| letter.next_try))).0
}

#[test]
fn what_stands_in_tribe_is_filled_in() {
    let bench = Bench::with(Character::default());
    let id = organisation(&bench);
    let (item, _) = read_one(&bench, linked(id.clone(), bench.now()));
    assert_eq!(item.tribe.relation.unwrap().id(), &id);
    assert!(!item.is_halted);
}

#[test]
fn a_record_that_two_readings_minutes_apart_do_not_show_is_gone() {
    let bench = Bench::with(Character::default());
    let link = linked(unknown(), bench.now());
    bench.wait(READ_LAG.as_secs());
    let codes = |outcome: &Outcome| outcome.notes.iter().map(|note| note.code).collect::<Vec<_>>();
    let (item, outcome) = read_one(&bench, link);
    assert!(!item.link.is_gone(&Part::Relation) && item.is_halted);
    assert_eq!((item.verdict, codes(&outcome)), (Verdict::DeadLettered, vec![Code::NotShown]));
    assert_eq!(next_try(&bench), Some(bench.now().plus(APART)));
    bench.wait(APART.as_secs());
    let (item, outcome) = read_one(&bench, item.link);
    assert!(item.link.is_gone(&Part::Relation) && item.is_halted);
    assert_eq!((item.verdict, codes(&outcome)), (Verdict::Skipped, vec![Code::GoneInTribe]));
}

#[test]
fn a_record_that_is_younger_than_the_read_lag_may_just_not_show_yet() {
    let bench = Bench::with(Character::default());
    let link = linked(unknown(), bench.now());
    bench.wait(READ_LAG.as_secs() - 1);
    let (item, _) = read_one(&bench, link);
    assert!(!item.link.is_gone(&Part::Relation));
    assert_eq!(item.verdict, Verdict::DeadLettered);
    assert!(next_try(&bench).is_some());
}

#[test]
fn a_reading_that_is_older_than_our_own_write_waits_until_reads_have_caught_up() {
    let bench = Bench::with(Character::default());
    let id = organisation(&bench);
    bench.wait(10);
    let mut link = linked(id.clone(), bench.now());
    link.written.insert(id, Written { stamp: bench.now(), at: bench.now() });
    let caught_up = bench.now().plus(READ_LAG);
    let (item, _) = read_one(&bench, link.clone());
    assert_eq!((item.verdict, next_try(&bench)), (Verdict::DeadLettered, Some(caught_up)));
    bench.wait(READ_LAG.as_secs());
    let (item, _) = read_one(&bench, link);
    assert!(!item.is_halted, "after that, what is read is what stands there");
}

#[test]
fn a_link_lacks_what_got_no_answer_and_nothing_else() {
    let since = Instant::default();
    let mut records = TribeRecords::default();
    assert!(!records.lack(&linked(unknown(), since)));
    records.unread.insert(unknown(), Failure::NOT_ASKED);
    assert!(records.lack(&linked(unknown(), since)));
    assert!(!records.lack(&Link::default()));
}
