#![allow(clippy::unwrap_used)]

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::*;
use crate::encoding::EncodedAsText as _;
use crate::link::{
    Base, Conflict, Cycle, DeadLetter, Emptied, Fingerprint, HeldBack, Part, PartState, Pause, Position, Standing,
    Written,
};
use crate::relation::Instant;
use crate::tribe::AddressSlot;

#[derive(Default)]
struct Memory(RefCell<BTreeMap<String, Vec<u8>>>);

impl Store for Memory {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.0.borrow().get(key).cloned())
    }
    fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        self.0.borrow_mut().insert(key.to_owned(), value.to_vec());
        Ok(())
    }
    fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.0.borrow_mut().remove(key);
        Ok(())
    }
    fn keys(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        Ok(self.0.borrow().keys().filter(|key| key.starts_with(prefix)).cloned().collect())
    }
}

struct Fixed;

impl Random for Fixed {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(9);
    }
}

fn organisation(id: &str) -> Subject {
    Subject::Organisation(RelatieId::new(id))
}

#[test]
fn a_link_comes_back_as_it_was_stored() {
    let store = Memory::default();
    let state = OfficeState::new(&store, "12345");
    let id = TribeId::parse("b724d383-bb70-480a-b03d-512b9aaec15a").unwrap();
    let since = Instant::from_millis(5);
    let mut link = Link::default();
    link.parts.insert(Part::Relation, PartState::Linked { id: id.clone(), since });
    link.parts.insert(Part::Role("customer".to_owned()), PartState::Intended { since });
    link.parts.insert(Part::Contact(RelatieId::new("a/b")), PartState::Gone { id, since });
    let (one, two) = (Fingerprint::sample(1), Fingerprint::sample(2));
    link.bases.insert("organisatie.bedrijfsnaam".to_owned(), Base { ac: one, tribe: one });
    link.bases.insert("organisatie.website".to_owned(), Base { ac: one, tribe: two });
    state.save_link(&organisation("1001"), &link).unwrap();
    assert_eq!(state.link(&organisation("1001")).unwrap(), link);
    assert_eq!(state.link(&Subject::PrivatePerson(RelatieId::new("1001"))).unwrap(), Link::default());
}

/// What offices have stored must be read by every later version, so it stands here as it is stored.
#[track_caller]
fn is_stored_as<T: Encoded + PartialEq + std::fmt::Debug>(value: T, json: &str) {
    assert_eq!(String::from_utf8(encoding::to_bytes(&value)).unwrap(), json);
    assert_eq!(encoding::of_bytes::<T>(json.as_bytes()), Some(value));
}

const ID: &str = "b724d383-bb70-480a-b03d-512b9aaec15a";
const PRINT: &str = "01010101010101010101010101010101";

#[test]
fn a_link_keeps_its_stored_form() {
    let (id, since) = (TribeId::parse(ID).unwrap(), Instant::from_millis(5));
    let both = Base { ac: Fingerprint::sample(1), tribe: Fingerprint::EMPTY };
    let link = Link {
        parts: BTreeMap::from([
            (Part::Relation, PartState::Linked { id: id.clone(), since }),
            (Part::Role("customer".to_owned()), PartState::Intended { since }),
            (Part::Contact(RelatieId::new("a/b")), PartState::Gone { id: id.clone(), since }),
            (Part::Address(AddressSlot::ALL[0]), PartState::Intended { since }),
        ]),
        bases: BTreeMap::from([("b".to_owned(), Base { ac: both.ac, tribe: both.ac })]),
        sent: BTreeMap::from([("s".to_owned(), both)]),
        written: BTreeMap::from([(id, Written { stamp: since, at: since })]),
        paused: Some(Pause::Unmapped),
    };
    let empty = "0".repeat(32);
    let slot = AddressSlot::ALL[0].navigation();
    let parts = [
        format!(r#""relation":{{"state":"linked","id":"{ID}","since":5}}"#),
        r#""role/customer":{"state":"intended","since":5}"#.to_owned(),
        format!(r#""contact/a/b":{{"state":"gone","id":"{ID}","since":5}}"#),
        format!(r#""address/{slot}":{{"state":"intended","since":5}}"#),
    ];
    let rest = format!(
        r#""sent":{{"s":["{PRINT}","{empty}"]}},"written":{{"{ID}":{{"stamp":5,"at":5}}}},"paused":"unmapped""#
    );
    is_stored_as(link, &format!(r#"{{"parts":{{{}}},"bases":{{"b":"{PRINT}"}},{rest}}}"#, parts.join(",")));
    is_stored_as(Link::default(), r#"{"parts":{},"bases":{}}"#);
}

#[test]
fn how_far_a_list_was_read_keeps_its_stored_form() {
    let mut cursor = Cursor { stamp: Some(Instant::from_millis(7)), ..Cursor::default() };
    is_stored_as(Cursor::default(), r#"{"stamp":null}"#);
    cursor.handled.add("1001".to_owned(), Instant::from_millis(6), Fingerprint::sample(1));
    let handled = format!(r#""handled":{{"1001":[6,"{PRINT}"]}}"#);
    let position = Position {
        after: Some("100+2".to_owned()),
        visited: vec!["0+0".to_owned()],
        newest: cursor.stamp,
        began: cursor.stamp,
        idle_pages: 2,
        handled: cursor.handled.clone(),
    };
    is_stored_as(cursor, &format!(r#"{{"stamp":7,{handled}}}"#));
    let walk = Walk { step: 3, position, done: 4, expected: Some(9), under_way: true };
    let position = format!(r#"{{"visited":["0+0"],"idle_pages":2,"after":"100+2","newest":7,"began":7,{handled}}}"#);
    is_stored_as(walk, &format!(r#"{{"step":3,"position":{position},"done":4,"under_way":true,"expected":9}}"#));
}

#[test]
fn what_was_put_aside_keeps_its_stored_form() {
    let (subject, at) = (organisation("1001"), Instant::from_millis(7));
    let bare =
        DeadLetter { code: "refused".to_owned(), field: None, attempts: 2, since: at, next_try: None, refused: None };
    let whole = DeadLetter {
        field: Some("phone".to_owned()),
        next_try: Some(at),
        refused: Some(Fingerprint::sample(1)),
        ..bare.clone()
    };
    let person = Subject::ContactPerson(ContactpersoonId::new("9"));
    let letters = DeadLetters(BTreeMap::from([(subject.clone(), bare), (person, whole)]));
    let bare = r#"{"code":"refused","attempts":2,"since":7}"#;
    let whole =
        format!(r#"{{"code":"refused","attempts":2,"since":7,"field":"phone","next_try":7,"refused":"{PRINT}"}}"#);
    is_stored_as(letters, &format!(r#"{{"organisatie/1001":{bare},"contactpersoon/9":{whole}}}"#));
    let mut conflicts = Conflicts { next: 10, ..Conflicts::default() };
    let lost = "an \"old\" value".to_owned();
    conflicts.keep(Conflict { subject, slot: "s".to_owned(), lost, at });
    is_stored_as(
        conflicts,
        r#"{"next":11,"entries":{"10":{"subject":"organisatie/1001","slot":"s","lost":"an \"old\" value","at":7}}}"#,
    );
}

#[test]
fn the_brake_keeps_its_stored_form() {
    let (subject, since) = (Subject::PrivatePerson(RelatieId::new("7")), Instant::from_millis(7));
    let held = HeldBack { by: Cycle::Initial, field: "phone".to_owned(), emptied: Emptied::InAdvocaatCentraal };
    let brake = Brake {
        standing: Standing::On { since },
        held: [(subject.clone(), held)].into_iter().collect(),
        pushed: [subject].into_iter().collect(),
    };
    is_stored_as(
        brake,
        r#"{"standing":{"is":"on","since":7},"held":{"particulier/7":{"by":"initial","field":"phone","emptied":"in-advocaat-centraal"}},"pushed":["particulier/7"]}"#,
    );
    is_stored_as(Brake::default(), r#"{"standing":{"is":"off"}}"#);
}

#[test]
fn what_is_written_as_a_word_is_read_as_the_same() {
    fn every<T: encoding::EncodedAsText + PartialEq + std::fmt::Debug>(all: &[T], words: &[&str]) {
        assert_eq!(all.iter().map(T::to_text).collect::<Vec<_>>(), words);
        assert!(words.iter().zip(all).all(|(word, value)| T::of_text(word).as_ref() == Some(value)));
        assert_eq!(T::of_text("another"), None);
    }
    every(&[Pause::Unmapped, Pause::Inactive], &["unmapped", "inactive"]);
    every(&[Strays::Perhaps, Strays::No], &["perhaps", "no"]);
    every(&[Emptied::InAdvocaatCentraal, Emptied::InTribe], &["in-advocaat-centraal", "in-tribe"]);
    every(&[Cycle::Initial, Cycle::Poll, Cycle::Push, Cycle::Sweep], &["initial", "poll", "push", "sweep"]);
    every(
        &[Nesting::Honoured, Nesting::RelationsOnly, Nesting::NotHonoured],
        &["honoured", "relations-only", "not-honoured"],
    );
}

#[test]
fn offices_with_the_same_ids_in_one_store_do_not_meet() {
    let store = Memory::default();
    let (one, two) = (OfficeState::new(&store, "1"), OfficeState::new(&store, "2"));
    let mut link = Link::default();
    link.parts.insert(Part::Relation, PartState::Intended { since: Instant::from_millis(1) });
    one.save_link(&organisation("1001"), &link).unwrap();
    assert!(two.link(&organisation("1001")).unwrap().is_new());
    assert_eq!(two.count_links().unwrap(), 0);
    assert_eq!(one.count_links().unwrap(), 1);
}

#[test]
fn the_header_is_made_once() {
    let store = Memory::default();
    let state = OfficeState::new(&store, "12345");
    let first = state.header(&Fixed).unwrap();
    assert_eq!(first.version, STATE_VERSION);
    let text = |header: &Header| header.key.to_text();
    assert_eq!(text(&first), text(&state.header(&Fixed).unwrap()));
}

#[test]
fn state_of_a_newer_version_is_refused_and_left_alone() {
    let store = Memory::default();
    let state = OfficeState::new(&store, "12345");
    let newer = br#"{"version":2,"key":"of another shape"}"#;
    store.set("12345/header", newer).unwrap();
    assert_eq!(state.header(&Fixed).map(|_| ()), Err(StateError::Newer(2)));
    assert_eq!(store.get("12345/header").unwrap().as_deref(), Some(newer.as_slice()));
}

#[test]
fn a_damaged_value_is_an_error_not_an_empty_one() {
    let store = Memory::default();
    let state = OfficeState::new(&store, "12345");
    for damaged in ["{", "{}", "null", r#"{"bases":{}}"#, r#"{"parts":{"role":{}},"bases":{}}"#] {
        store.set("12345/link/organisatie/1001", damaged.as_bytes()).unwrap();
        assert_eq!(state.link(&organisation("1001")), Err(StateError::Damaged), "{damaged}");
    }
}
