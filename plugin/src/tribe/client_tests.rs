#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::time::Duration;

use sandbox::tribe::{Character, ExpandedRows, FirstMutationDate, RetryAfter, Unordered};
use serde_json::json;

use super::*;
use crate::ports::Clock;
use crate::relation::TribeId;
use crate::tribe::desk::Desk;
use crate::tribe::{Create, Edit, Entity, Property};

fn organisations(many: usize) -> Vec<(usize, Create)> {
    let one = |number: usize| {
        let mut edit = Edit::new();
        edit.text(Property::Name, Some(&format!("Organisatie {number}")), "Function");
        (number, Create { set: Entity::Organization.set().to_owned(), edit })
    };
    (0..many).map(one).collect()
}

#[test]
fn a_token_is_kept_and_renewed_a_minute_before_it_ends() {
    let desk = Desk::new(Character { token_life: Duration::from_secs(300), ..Character::default() });
    for (pass, logins) in [(0, 1), (200, 1), (50, 2)] {
        desk.now.set(desk.now.get() + pass * 1000);
        desk.with_client(|client| client.current_employee()).unwrap();
        assert_eq!(desk.calls("POST", "oauth2/token"), logins);
    }
}

#[test]
fn a_token_that_is_refused_in_the_middle_is_renewed_once_and_nothing_is_sent_twice() {
    let desk = Desk::new(Character::default());
    desk.with_client(|client| client.current_employee()).unwrap();
    desk.revoke_before.set(Some(desk.asked.get() + 5));
    let mut made = Vec::new();
    desk.with_client(|client| client.create_each(organisations(12), &mut |at, record| made.push((at, record.is_ok()))))
        .unwrap();
    made.sort_unstable();
    assert_eq!(made, (0..12).map(|at| (at, true)).collect::<Vec<_>>());
    assert_eq!(desk.tribe.borrow().counters().writes(), 12);
    assert_eq!(desk.calls("POST", "oauth2/token"), 2);
}

#[test]
fn a_429_ends_the_whole_and_tells_the_wait() {
    let character = Character { calls_per_minute: Some(10), retry_after: RetryAfter::Seconds, ..Character::default() };
    let desk = Desk::new(character);
    let mut made = 0;
    let result = desk.with_client(|client| client.create_each(organisations(30), &mut |_, _| made += 1));
    assert!(matches!(result, Err(Failure::Quota(wait)) if wait > Duration::ZERO), "{result:?}");
    assert!(made < 30);
}

#[test]
fn a_wait_counts_whatever_is_answered_to_others_that_are_on_their_way() {
    let answer = |status, headers| Response { status, headers, body: Vec::new() };
    let wait = |seconds: &str| answer(429, vec![("retry-after".to_owned(), seconds.to_owned())]);
    let refused = || answer(403, Vec::new());
    let lost = || answer(502, Vec::new());
    for answers in [
        vec![wait("60"), refused()],
        vec![refused(), wait("60")],
        vec![wait("60"), wait("7")],
        vec![wait("7"), wait("60")],
        vec![lost(), lost(), lost(), lost(), wait("60"), lost()],
        vec![wait("60"), lost(), lost(), lost(), lost(), lost()],
    ] {
        let desk = Desk::new(Character::default());
        desk.with_client(|client| client.current_employee()).unwrap();
        let told: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        desk.instead.replace(answers.into());
        let result = desk.with_client(|client| client.create_each(organisations(12), &mut |_, _| {}));
        assert_eq!(result, Err(Failure::Quota(Duration::from_secs(60))), "{told:?}");
    }
}

#[test]
fn a_wrong_secret_is_a_matter_of_credentials() {
    let desk = Desk::new(Character::default());
    let settings = Settings { client_secret: Secret::new("wrong"), ..Desk::settings() };
    let ports = Ports { http: &desk, store: &desk, clock: &desk, random: &desk };
    let client = Client::new(ports, &settings, "token".to_owned());
    assert_eq!(client.current_employee(), Err(Failure::Credentials));
}

#[test]
fn more_equal_stamps_than_a_page_holds_are_all_found_once_and_the_list_ends() {
    for unordered in [Unordered::Stable, Unordered::Shuffled] {
        let desk = Desk::new(Character { unordered, ..Character::default() });
        let from = Clock::now(&desk);
        desk.add_organisations(250);
        let mut ids = desk.changed(from).unwrap();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 250);
    }
}

#[test]
fn records_that_were_never_edited_are_found_by_when_they_were_made() {
    let character = Character { first_mutation_date: FirstMutationDate::NullUntilEdited, ..Character::default() };
    let desk = Desk::new(character);
    desk.add_organisations(30);
    desk.now.set(desk.now.get() + 60_000);
    let from = Clock::now(&desk);
    for second in 0..3 {
        desk.now.set(desk.now.get() + second * 1000);
        desk.add_organisations(60);
    }
    let mut ids = desk.changed(from).unwrap();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 180);
}

#[test]
fn records_are_read_a_hundred_at_a_time_and_what_is_not_there_is_left_out() {
    let desk = Desk::new(Character::default());
    desk.add_organisations(150);
    let mut ids = desk.changed(Instant::default()).unwrap();
    ids.sort();
    ids.dedup();
    ids.push(TribeId::parse("00000000-0000-4000-8000-000000000000").unwrap());
    let before = desk.calls("GET", "Relation_Organization");
    let read = desk.with_client(|client| client.read(&[(Entity::Organization, ids.clone())])).unwrap();
    assert_eq!(read.found.len(), ids.len() - 1);
    assert_eq!(desk.calls("GET", "Relation_Organization") - before, 2);
}

#[test]
fn a_list_that_repeats_rows_keeps_no_record_back() {
    let with = |unordered, expanded_rows| Character { unordered, expanded_rows, ..Character::default() };
    for (character, calls) in [
        (with(Unordered::Repeating, ExpandedRows::Once), 1),
        (with(Unordered::Stable, ExpandedRows::ForEachExpanded), 1 + 50),
    ] {
        let desk = Desk::new(character);
        let address = |street: &str| json!({"Street": street, "HouseNumber": 1});
        let two = json!({"VisitingAddress": address("Singel"), "PostalAddress": address("Damrak")});
        for number in 0..100 {
            let made = desk.tribe.borrow_mut().add_organisation(desk.sandbox_now(), &format!("X {number}"), &two);
            made.map_err(|_| "refused").unwrap();
        }
        let from = Instant::default();
        let mut ids = desk.changed(from).unwrap();
        ids.sort();
        ids.dedup();
        // The tenant's own organisation has no addresses.
        let ours = ids.len() - 1;
        let before = desk.calls("GET", "Relation_Organization");
        let asked: Vec<TribeId> = ids.into_iter().take(ours).collect();
        let read = desk.with_client(|client| client.read(&[(Entity::Organization, asked)])).unwrap();
        assert_eq!((read.found.len(), read.unread.len()), (100, 0));
        assert!(desk.calls("GET", "Relation_Organization") - before <= calls, "{calls}");
    }
}

/// Those of these markers that organisations bear.
fn bearing(desk: &Desk, markers: &[String]) -> Vec<String> {
    let wanted = [(Entity::Organization.set().to_owned(), markers.to_vec())];
    let found = desk.with_client(|client| client.by_markers(&wanted)).unwrap();
    found.keys().map(|(_, marker)| marker.clone()).collect()
}

#[test]
fn a_marker_that_more_records_bear_than_an_answer_holds_hides_no_other() {
    let desk = Desk::new(Character::default());
    let mut asked = vec!["ac:1:relatie:1".to_owned()];
    for _ in 0..120 {
        let fields = json!({"ImportId": asked[0]});
        desk.tribe.borrow_mut().add_organisation(desk.sandbox_now(), "X", &fields).map_err(|_| "refused").unwrap();
    }
    desk.now.set(desk.now.get() + 60_000);
    let fields = json!({"ImportId": "ac:1:relatie:2"});
    desk.tribe.borrow_mut().add_organisation(desk.sandbox_now(), "Y", &fields).map_err(|_| "refused").unwrap();
    asked.extend(["ac:1:relatie:2".to_owned(), "ac:1:relatie:3".to_owned()]);
    assert_eq!(bearing(&desk, &asked), ["ac:1:relatie:1", "ac:1:relatie:2"]);
}

#[test]
fn a_marker_is_found_exactly_as_it_is_written() {
    let desk = Desk::new(Character::default());
    for marker in ["ac:1:relatie:A", "ac:1:relatie:a", "ac:1:relatie:o'b"] {
        let fields = json!({"ImportId": marker});
        desk.tribe.borrow_mut().add_organisation(desk.sandbox_now(), "X", &fields).map_err(|_| "refused").unwrap();
    }
    let asked = ["ac:1:relatie:a".to_owned(), "ac:1:relatie:o'b".to_owned()];
    assert_eq!(bearing(&desk, &asked), asked);
    assert!(desk.with_client(|client| client.has_markers("ac:1:")).unwrap());
    assert!(!desk.with_client(|client| client.has_markers("ac:2:")).unwrap());
}

#[test]
fn a_long_list_of_texts_is_asked_for_in_urls_that_every_proxy_takes() {
    let desk = Desk::new(Character::default());
    let long: Vec<String> = (0..120).map(|number| format!("Ünïcödë {} {number}", "naam ".repeat(30))).collect();
    assert!(desk.with_client(|client| client.by_texts(Entity::Organization, Property::Name, long)).unwrap().is_empty());
}
