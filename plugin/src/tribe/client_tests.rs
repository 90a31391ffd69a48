#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::Duration;

use sandbox::tribe::{Character, FirstMutationDate, RetryAfter, Tenant, Unordered};
use serde_json::json;

use super::*;
use crate::ports::{Clock, Http, NoAnswer, Random, Store, StoreError};
use crate::relation::TribeId;
use crate::tribe::{Create, Edit, Entity, Flow, Kvk, Property};

/// Tribe's stand-in behind the ports, on a clock that moves only when it is told to.
struct Desk {
    tribe: RefCell<sandbox::Tribe>,
    store: RefCell<BTreeMap<String, Vec<u8>>>,
    now: Cell<u64>,
    /// The token is revoked before the request of that number.
    revoke_before: Cell<Option<u32>>,
    asked: Cell<u32>,
}

impl Desk {
    fn new(character: Character) -> Self {
        Self {
            tribe: RefCell::new(sandbox::Tribe::new(Tenant::default(), character)),
            store: RefCell::default(),
            now: Cell::new(1_780_394_400_000),
            revoke_before: Cell::new(None),
            asked: Cell::new(0),
        }
    }

    fn settings() -> Settings {
        let tenant = Tenant::default();
        Settings {
            url: "https://tribe.example".to_owned(),
            auth_url: "https://tribe.example".to_owned(),
            flow: Flow::ClientCredentials,
            client_id: tenant.client_id,
            client_secret: Secret::new(tenant.client_secret),
            marker_property: "ImportId".to_owned(),
            function_property: "Function".to_owned(),
            kvk: Kvk::Linked,
        }
    }

    fn with_client<T>(&self, run: impl FnOnce(&Client<'_>) -> T) -> T {
        let settings = Self::settings();
        let ports = Ports { http: self, store: self, clock: self, random: self };
        run(&Client::new(ports, &settings, "token".to_owned()))
    }

    fn sandbox_now(&self) -> sandbox::Instant {
        sandbox::Instant::from_millis(self.now.get())
    }

    fn add_organisations(&self, many: usize) {
        for number in 0..many {
            self.tribe
                .borrow_mut()
                .add_organisation(self.sandbox_now(), &format!("Organisatie {number}"), &json!({}))
                .map_err(|_| "refused")
                .unwrap();
        }
    }

    fn calls(&self, method: &str, set: &str) -> u64 {
        let key = (method.to_owned(), set.to_owned());
        self.tribe.borrow().counters().calls().get(&key).copied().unwrap_or_default()
    }

    /// Every change from that instant on, page after page.
    fn changed(&self, from: Instant) -> Result<Vec<TribeId>, Failure> {
        self.with_client(|client| {
            let (mut ids, mut after) = (Vec::new(), None::<String>);
            loop {
                let page = client.changed(Entity::Organization, from, after.as_deref())?;
                ids.extend(page.rows.into_iter().map(|row| row.id));
                match page.next {
                    Some(next) => after = Some(next),
                    None => return Ok(ids),
                }
            }
        })
    }
}

impl Http for Desk {
    fn send_each(
        &self,
        requests: Vec<Request>,
        _in_flight: usize,
        on_answer: &mut dyn FnMut(usize, Result<Response, NoAnswer>) -> ControlFlow<()>,
    ) {
        for (position, request) in requests.into_iter().enumerate() {
            let method = match request.method {
                Method::Get => "GET",
                Method::Post => "POST",
                Method::Put => "PUT",
                Method::DeleteWebhook => "DELETE",
            };
            if self.revoke_before.get() == Some(self.asked.get()) {
                self.tribe.borrow_mut().revoke_tokens();
            }
            self.asked.set(self.asked.get() + 1);
            let asked = sandbox::Request {
                method: method.to_owned(),
                target: request.url.trim_start_matches("https://tribe.example").to_owned(),
                headers: request.headers,
                body: request.body,
            };
            let answer = self.tribe.borrow_mut().handle(self.sandbox_now(), &asked);
            let answer = Response { status: answer.status, headers: answer.headers, body: answer.body };
            if on_answer(position, Ok(answer)).is_break() {
                return;
            }
        }
    }
}

impl Store for Desk {
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.store.borrow().get(key).cloned())
    }
    fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError> {
        self.store.borrow_mut().insert(key.to_owned(), value.to_vec());
        Ok(())
    }
    fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.store.borrow_mut().remove(key);
        Ok(())
    }
    fn keys(&self, _prefix: &str) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }
}

impl Clock for Desk {
    fn now(&self) -> Instant {
        Instant::from_millis(self.now.get())
    }
}

impl Random for Desk {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(1);
    }
}

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
    let read = desk.with_client(|client| client.read(Entity::Organization, &ids)).unwrap();
    assert_eq!(read.found.len(), ids.len() - 1);
    assert_eq!(desk.calls("GET", "Relation_Organization") - before, 2);
}

#[test]
fn a_marker_is_found_exactly_as_it_is_written() {
    let desk = Desk::new(Character::default());
    for marker in ["ac:1:relatie:A", "ac:1:relatie:a", "ac:1:relatie:o'b"] {
        let fields = json!({"ImportId": marker});
        desk.tribe.borrow_mut().add_organisation(desk.sandbox_now(), "X", &fields).map_err(|_| "refused").unwrap();
    }
    let asked = ["ac:1:relatie:a".to_owned(), "ac:1:relatie:o'b".to_owned()];
    let found = desk.with_client(|client| client.by_markers(Entity::Organization.set(), &asked)).unwrap();
    assert_eq!(found.keys().collect::<Vec<_>>(), asked.iter().collect::<Vec<_>>());
    assert!(desk.with_client(|client| client.has_markers("ac:1:")).unwrap());
    assert!(!desk.with_client(|client| client.has_markers("ac:2:")).unwrap());
}

#[test]
fn a_long_list_of_texts_is_asked_for_in_urls_that_every_proxy_takes() {
    let desk = Desk::new(Character::default());
    let long: Vec<String> = (0..120).map(|number| format!("Ünïcödë {} {number}", "naam ".repeat(30))).collect();
    assert!(
        desk.with_client(|client| client.by_texts(Entity::Organization, Property::Name, &long)).unwrap().is_empty()
    );
}
