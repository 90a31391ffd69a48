#![allow(clippy::unwrap_used, clippy::panic)]

use std::cell::RefCell;

use litemap::LiteMap;
use serde_json::json;

use super::*;
use crate::link::{
    Absence, AbsenceBrake, Base, BrakeState, Column, Cycle, DeadLetter, Fingerprint, Holding, Kind, Loss, Part,
    PartState, Pause, Position, Reason, RefusedBy, RefusedValue, Side, StoredOtherwise, Sureness, WhyApart, Written,
};
use crate::relation::Instant;
use crate::set::Set;
use crate::tribe::AddressSlot;

#[derive(Default)]
struct Memory(RefCell<LiteMap<String, Vec<u8>>>);

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

/// What offices have stored must be read by every later version, so it stands here as it is stored: the version, then
/// CBOR, here as JSON with bytes as text.
#[track_caller]
fn is_stored_as<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(value: T, json: serde_json::Value) {
    let bytes = stored::to_bytes(&value).unwrap();
    let (version, members) = bytes.split_first().unwrap();
    assert_eq!(*version, 1);
    assert_eq!(shown(ciborium::from_reader(members).unwrap()), json);
    assert_eq!(stored::of_bytes::<T>(&bytes), Ok(value));
}

/// A stored value as JSON: bytes are shown in hexadecimal digits, and a number as a key as text.
fn shown(value: ciborium::Value) -> serde_json::Value {
    let name = |name: ciborium::Value| match name {
        ciborium::Value::Text(name) => name,
        ciborium::Value::Integer(number) => i128::from(number).to_string(),
        other => panic!("a member is named {other:?}"),
    };
    match value {
        ciborium::Value::Bytes(bytes) => hex::encode(bytes).into(),
        ciborium::Value::Array(values) => values.into_iter().map(shown).collect(),
        ciborium::Value::Map(members) => members.into_iter().map(|(key, value)| (name(key), shown(value))).collect(),
        other => serde_json::to_value(other).unwrap(),
    }
}

const ID: &str = "b724d383-bb70-480a-b03d-512b9aaec15a";
const PRINT: &str = "01010101010101010101010101010101";

#[test]
fn a_link_keeps_its_stored_form() {
    let (id, since) = (TribeId::parse(ID).unwrap(), Instant::from_millis(5));
    let both = Base { ac: Fingerprint::sample(1), tribe: Fingerprint::EMPTY };
    let link = Link {
        parts: LiteMap::from_iter([
            (Part::Relation, PartState::Linked { id: id.clone(), since }),
            (Part::Role("customer".to_owned()), PartState::Intended { since }),
            (Part::Contact(RelatieId::new("a/b")), PartState::Gone { id: id.clone(), since }),
            (Part::Address(AddressSlot::ALL[0]), PartState::Intended { since }),
        ]),
        bases: LiteMap::from_iter([("b".to_owned(), Base { ac: both.ac, tribe: both.ac })]),
        sent: LiteMap::from_iter([("s".to_owned(), both)]),
        written: LiteMap::from_iter([(id, Written { stamp: since, at: since })]),
        paused: Some(Pause::Unmapped),
        ..Link::default()
    };
    is_stored_as(
        link,
        json!({
            "parts": {
                "relation": {"linked": {"id": ID, "since": 5}},
                "role/customer": {"intended": {"since": 5}},
                "contact/a/b": {"gone": {"id": ID, "since": 5}},
                "address/VisitingAddress": {"intended": {"since": 5}},
            },
            "bases": {"b": PRINT},
            "sent": {"s": format!("{PRINT}{}", "0".repeat(32))},
            "written": {ID: {"stamp": 5, "at": 5}},
            "paused": "unmapped",
        }),
    );
    is_stored_as(Link::default(), json!({"parts": {}, "bases": {}}));
}

#[test]
fn how_far_a_list_was_read_keeps_its_stored_form() {
    let mut cursor = Cursor { stamp: Some(Instant::from_millis(7)), ..Cursor::default() };
    is_stored_as(Cursor::default(), json!({"stamp": null, "handled": {}}));
    cursor.handled.add("1001".to_owned(), Instant::from_millis(6), Fingerprint::sample(1));
    let handled = json!({"1001": [6, PRINT]});
    let position = Position {
        after: Some("100+2".to_owned()),
        visited: vec!["0+0".to_owned()],
        newest: cursor.stamp,
        began: cursor.stamp,
        idle_pages: 2,
        handled: cursor.handled.clone(),
        late: std::time::Duration::ZERO,
        on_page: crate::link::Handled::default(),
    };
    is_stored_as(cursor, json!({"stamp": 7, "handled": handled}));
    let walk = Walk { step: 3, position, done: 4, expected: Some(9), under_way: true, ..Walk::default() };
    let position = json!({
        "after": "100+2", "visited": ["0+0"], "newest": 7, "began": 7, "idle_pages": 2, "handled": handled,
    });
    is_stored_as(walk, json!({"step": 3, "position": position, "done": 4, "expected": 9, "under_way": true}));
}

#[test]
fn dead_letters_and_kept_values_keep_their_stored_form() {
    let (subject, at, later) = (organisation("1001"), Instant::from_millis(7), Later::default());
    let code = "refused".to_owned();
    let bare = DeadLetter {
        code,
        fields: Set::new(),
        attempts: 2,
        since: at,
        tried: at,
        next_try: None,
        refused: None,
        later: later.clone(),
    };
    let whole = DeadLetter {
        fields: ["phone".to_owned()].into(),
        next_try: Some(at),
        refused: Some(Fingerprint::sample(1)),
        ..bare.clone()
    };
    let person = Subject::ContactPerson(ContactpersoonId::new("9"));
    let letters = DeadLetters(LiteMap::from_iter([(subject.clone(), bare), (person, whole)]));
    is_stored_as(
        letters,
        json!({
            "organisatie/1001": {"code": "refused", "attempts": 2, "since": 7, "tried": 7},
            "contactpersoon/9": {
                "code": "refused", "attempts": 2, "since": 7, "tried": 7, "fields": ["phone"], "next_try": 7,
                "refused": PRINT,
            },
        }),
    );
    let (lost, instead, slot) = ("an \"old\" value".to_owned(), Fingerprint::sample(1), "s".to_owned());
    is_stored_as(
        Kept { subject, slot, side: Side::Tribe, lost: lost.clone(), instead, reason: Reason::Cleared, at, later },
        json!({
            "subject": "organisatie/1001", "slot": "s", "side": "tribe", "lost": lost, "instead": PRINT,
            "reason": "cleared", "at": 7,
        }),
    );
    is_stored_as(KeptSince { oldest: Some(at), ..KeptSince::default() }, json!({"oldest": 7, "looked": null}));
}

#[test]
fn the_brake_keeps_its_stored_form() {
    let (subject, since) = (Subject::PrivatePerson(RelatieId::new("7")), Instant::from_millis(7));
    let column = Column { side: Side::AdvocaatCentraal, kind: Kind::PrivatePerson, field: "phone".to_owned() };
    let mut brake = Brake::default();
    let losing = brake.losing_mut(&column, Loss::Emptied);
    losing.held.insert(subject.clone(), Cycle::Initial);
    losing.lost.insert(subject, since);
    brake.put_on(&column, Loss::OneValue(Fingerprint::sample(1)), 9, since);
    brake.holding = Some(Holding { at: since, records: LiteMap::from_iter([(column, 12)]) });
    let (column, none, value) = ("advocaatcentraal/particulier/phone", "00".repeat(16), "01".repeat(16));
    is_stored_as(
        brake,
        json!({
            "losses": {column: {none: {"held": {"particulier/7": "initial"}, "lost": {"particulier/7": 7}}}},
            "brakes": {"0": {"column": column, "loss": value, "since": 7, "state": "on", "holding": 9}},
            "holding": {"at": 7, "records": {column: 12}},
            "next": 1,
        }),
    );
    is_stored_as(Brake::default(), json!({"next": 0}));
    is_stored_as(BrakeState::Ended { at: since }, json!({"ended": {"at": 7}}));
}

#[test]
fn the_records_that_tribe_does_not_show_keep_their_stored_form() {
    let absence = Absence { since: Instant::from_millis(7), sureness: Sureness::Gone };
    let records = [(organisation("1001"), absence)].into_iter().collect();
    is_stored_as(
        Absences { state: AbsenceBrake::Off, records, later: Later::default() },
        json!({"state": "off", "records": {"organisatie/1001": {"since": 7, "sureness": "gone"}}}),
    );
}

#[test]
fn what_is_written_as_a_word_is_read_as_the_same() {
    #[track_caller]
    fn every<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug + Copy>(all: &[T], words: &[&str]) {
        assert_eq!(all.len(), words.len());
        for (value, word) in all.iter().zip(words) {
            is_stored_as(*value, json!(word));
        }
        assert!(stored::of_bytes::<T>(&stored::to_bytes(&"another").unwrap()).is_err());
    }
    every(&[Sureness::Unseen, Sureness::Gone], &["unseen", "gone"]);
    every(&[Pause::Unmapped, Pause::Inactive, Pause::OtherKind], &["unmapped", "inactive", "other-kind"]);
    every(&Side::BOTH, &["advocaatcentraal", "tribe"]);
    every(
        &[Reason::Conflict, Reason::Cleared, Reason::Overwritten, Reason::GivenBack],
        &["conflict", "cleared", "overwritten", "given-back"],
    );
    every(&[BrakeState::On, BrakeState::Released, BrakeState::TakingBack], &["on", "released", "taking-back"]);
    every(&[Cycle::Initial, Cycle::Poll, Cycle::Push, Cycle::Sweep], &["initial", "poll", "push", "sweep"]);
    every(
        &[DeepInsert::Honoured, DeepInsert::RelationsOnly, DeepInsert::NotHonoured],
        &["honoured", "relations-only", "not-honoured"],
    );
}

/// Members as the next version may add them to a record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Next<T> {
    #[serde(flatten)]
    known: T,
    added: LiteMap<String, (u64, Option<Fingerprint>)>,
}

impl<T: Serialize + DeserializeOwned> Next<T> {
    fn of(known: T) -> Self {
        let added =
            LiteMap::from_iter([("x".to_owned(), (7, Some(Fingerprint::sample(3)))), ("y".to_owned(), (8, None))]);
        Self { known, added }
    }

    /// The bytes, as this version writes them after it has read them.
    fn by_this_version(bytes: &[u8], change: impl FnOnce(&mut T)) -> Vec<u8> {
        let mut read: T = stored::of_bytes(bytes).unwrap();
        change(&mut read);
        stored::to_bytes(&read).unwrap()
    }
}

#[test]
fn what_the_next_version_adds_to_a_record_is_written_back() {
    #[track_caller]
    fn stays<T: Serialize + DeserializeOwned>(known: T, change: impl FnOnce(&mut T)) {
        let next = Next::of(known);
        let written = Next::by_this_version(&stored::to_bytes(&next).unwrap(), change);
        let read: ciborium::Value = stored::of_bytes(&written).unwrap();
        let added =
            read.as_map().unwrap().iter().find(|(name, _)| name.as_text() == Some("added")).map(|(_, added)| added);
        let whole: ciborium::Value = stored::of_bytes(&stored::to_bytes(&next.added).unwrap()).unwrap();
        assert_eq!(added, Some(&whole));
    }
    let (at, later) = (Instant::from_millis(7), Later::default());
    let key = FingerprintKey::generate(&Fixed);
    let header = Header {
        key,
        tribe_organisation: None,
        deep_insert: None,
        tags: None,
        empty_members: None,
        gaps: GapsByList::default(),
        dialect_tried: None,
        ids_read_by: None,
        dialects_failed: Vec::new(),
        trial_cut_off: None,
        later: later.clone(),
    };
    stays(header, |header| header.deep_insert = Some(DeepInsert::Honoured));
    stays(Link::default(), |link| link.paused = Some(Pause::Inactive));
    stays(Cursor::default(), |cursor| cursor.stamp = Some(at));
    stays(Walk::default(), |walk| walk.done += 1);
    stays(Brake::default(), |brake| brake.next += 1);
    stays(Absences::default(), |absences| absences.state = AbsenceBrake::Released);
    stays(KeptSince::default(), |since| since.oldest = Some(at));
    let (subject, slot, lost) = (organisation("1001"), "s".to_owned(), "x".to_owned());
    let (side, instead, reason) = (Side::Tribe, Fingerprint::EMPTY, Reason::Cleared);
    stays(Kept { subject, slot, side, lost, instead, reason, at, later: later.clone() }, |_| {});
    let code = "refused".to_owned();
    let fields = Set::new();
    let letter = DeadLetter { code, fields, attempts: 1, since: at, tried: at, next_try: None, refused: None, later };
    stays(letter, |letter| letter.attempts += 1);
}

#[test]
fn what_ac_was_seen_to_do_is_forgotten_under_another_dialect_and_only_then() {
    let [first, other] = [1, 2].map(|number| Some(Fingerprint::sample(number)));
    let seen = |by: Option<Fingerprint>| {
        let mut header = OfficeState::new(&Memory::default(), "12345").header(&Fixed).unwrap();
        header.ids_read_by = by;
        header.tags = Some(Tags::Fit);
        header.empty_members = Some(EmptyMembers::Held);
        header.gaps.relaties.row_holds("email");
        header
    };
    let what = |header: Header| (header.tags, header.empty_members, header.gaps);
    for (by, now) in [(first, first), (None, first)] {
        assert_eq!(what(seen(by).seen_by(now)), what(seen(by)));
    }
    assert_eq!(what(seen(first).seen_by(other)), (None, None, GapsByList::default()));
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
    let bytes = |header: &Header| stored::to_bytes(header).unwrap();
    let first = bytes(&state.header(&Fixed).unwrap());
    assert_eq!(first, bytes(&state.header(&Fixed).unwrap()));
    assert_eq!(store.get("12345/header").unwrap(), Some(first));
}

#[test]
fn state_of_a_newer_version_is_refused_and_left_alone() {
    let store = Memory::default();
    let state = OfficeState::new(&store, "12345");
    let newer = b"\x02of another shape";
    for key in ["12345/header", "12345/link/organisatie/1001"] {
        store.set(key, newer).unwrap();
        assert_eq!(store.get(key).unwrap().as_deref(), Some(newer.as_slice()));
    }
    assert_eq!(state.header(&Fixed).map(|_| ()), Err(StateError::Newer(2)));
    assert_eq!(state.link(&organisation("1001")), Err(StateError::Newer(2)));
}

#[test]
fn a_link_that_is_damaged_says_so_and_nothing_is_put_in_its_place() {
    let store = Memory::default();
    let state = OfficeState::new(&store, "12345");
    let mut damaged = vec![Vec::new(), b"\x01".to_vec(), stored::to_bytes(&()).unwrap()];
    for json in [json!({}), json!({"bases": {}}), json!({"parts": {"role": {}}, "bases": {}})] {
        damaged.push(stored::to_bytes(&json).unwrap());
    }
    // What a later version may add to a part does not fit: to drop it would be worse than to stop.
    let more = json!({"parts": {"relation": {"intended": {"since": 5, "more": 1}}}, "bases": {}});
    damaged.push(stored::to_bytes(&more).unwrap());
    for damaged in damaged {
        store.set("12345/link/organisatie/1001", &damaged).unwrap();
        let link = state.link(&organisation("1001")).unwrap();
        assert_eq!(link, Link { is_damaged: true, ..Link::default() }, "{damaged:?}");
        state.save_link(&organisation("1001"), &link).unwrap();
        assert_eq!(store.get("12345/link/organisatie/1001").unwrap(), Some(damaged));
        state.each_link(|_, _| panic!("it cannot be read")).unwrap();
        assert!(!state.is_any_linked().unwrap());
    }
}

#[test]
fn what_the_whole_office_stands_on_is_an_error_where_it_is_damaged() {
    let store = Memory::default();
    let state = OfficeState::new(&store, "12345");
    for key in ["12345/header", "12345/dead-letters"] {
        store.set(key, b"\x01").unwrap();
    }
    assert_eq!(state.header(&Fixed).map(drop), Err(StateError::Damaged));
    assert_eq!(state.dead_letters().map(drop), Err(StateError::Damaged));
}

#[test]
fn what_was_sent_is_not_agreed_on_before_tribe_says_something_of_it() {
    let value = Fingerprint::sample(1);
    let both = Base { ac: value, tribe: value };
    let mut link = Link { sent: [("unseen".to_owned(), both)].into_iter().collect(), ..Link::default() };
    link.settle_sent(true, |_| false);
    assert_eq!((link.bases.get("unseen"), link.sent.get("unseen")), (None, Some(&both)));
    link.settle_sent(true, |_| true);
    assert_eq!((link.bases.get("unseen"), link.sent.get("unseen")), (Some(&both), None));
}

#[test]
fn what_was_sent_is_agreed_on_once_both_sides_were_compared_but_for_what_was_refused_since() {
    let value = Fingerprint::sample(1);
    let both = Base { ac: value, tribe: value };
    let mut link = Link {
        sent: ["taken", "refused"].map(|slot| (slot.to_owned(), both)).into_iter().collect(),
        ..Link::default()
    };
    link.refused.insert("refused".to_owned(), RefusedValue { by: RefusedBy::Tribe, value });
    link.settle_sent(true, |_| true);
    assert_eq!((link.base("taken"), link.base("refused")), (Some(both), None));
}

#[test]
fn a_link_that_was_found_counts_as_such_until_both_sides_were_compared_whole() {
    let mut link = Link { is_found: true, ..Link::default() };
    link.settle_sent(false, |_| true);
    assert!(link.is_found, "a field was held back");
    link.settle_sent(true, |_| true);
    assert!(!link.is_found);
}

#[test]
fn a_value_that_ac_never_stored_is_left_apart_beside_that_of_a_sibling() {
    let [mine, old, other] = [1, 2, 3].map(Fingerprint::sample);
    for by in [Side::AdvocaatCentraal, Side::Tribe] {
        let mut link = Link::default();
        link.bases.insert("s".to_owned(), Base { ac: old, tribe: mine });
        link.otherwise.insert("s".to_owned(), StoredOtherwise { by, sent: mine, stored: old });
        link.settle("s", Base { ac: other, tribe: mine });
        let expected = (by == Side::AdvocaatCentraal).then_some(WhyApart::Sibling);
        assert_eq!(link.why_apart("s"), expected, "{by:?}");
    }
}

#[test]
fn of_a_write_whose_answer_cannot_be_read_the_next_reading_tells() {
    let (sent, at) = (Fingerprint::sample(1), Instant::from_millis(5));
    let mut link = Link::default();
    link.took_unseen("s", sent, at);
    assert_eq!(link.base("s"), Some(Base { ac: sent, tribe: sent }));
    assert!(link.under_way.contains_key("s"), "until then it is under way");
    assert!(link.took("s", Side::Tribe, Base { ac: sent, tribe: Fingerprint::EMPTY }), "it was passed over");
    assert!(link.under_way.is_empty());
}
