#![allow(clippy::unwrap_used)]

use std::cell::RefCell;
use std::collections::BTreeMap;

use super::*;
use crate::link::{Base, Fingerprint, Part, PartState};
use crate::relation::Instant;

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
    let text = |header: &Header| String::from(header.key.clone());
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
    store.set("12345/link/organisatie/1001", b"{").unwrap();
    assert_eq!(state.link(&organisation("1001")), Err(StateError::Damaged));
}
