//! A desk to try Tribe's client at: the stand-in behind the ports, without a whole world.

#![allow(clippy::unwrap_used)]

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::ops::ControlFlow;

use litemap::LiteMap;
use sandbox::tribe::{Character, Tenant};
use serde_json::json;

use crate::answer::Failure;
use crate::ports::{Clock, Http, Method, NoAnswer, Ports, Random, Request, Response, Store, StoreError};
use crate::relation::{Instant, TribeId};
use crate::secret::Secret;
use crate::tribe::{Client, Entity, Flow, Kvk, Settings};

/// Tribe's stand-in behind the ports, on a clock that moves only when it is told to.
pub(crate) struct Desk {
    pub(crate) tribe: RefCell<sandbox::Tribe>,
    pub(crate) store: RefCell<LiteMap<String, Vec<u8>>>,
    pub(crate) now: Cell<u64>,
    /// The token is revoked before the request of that number.
    pub(crate) revoke_before: Cell<Option<u32>>,
    pub(crate) asked: Cell<u32>,
    /// What is answered in place of the stand-in to the requests that come next, where it is not empty.
    pub(crate) instead: RefCell<VecDeque<Response>>,
}

impl Desk {
    pub(crate) fn new(character: Character) -> Self {
        Self {
            tribe: RefCell::new(sandbox::Tribe::new(Tenant::default(), character)),
            store: RefCell::default(),
            now: Cell::new(1_780_394_400_000),
            revoke_before: Cell::new(None),
            asked: Cell::new(0),
            instead: RefCell::default(),
        }
    }

    pub(crate) fn settings() -> Settings {
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

    pub(crate) fn with_client<T>(&self, run: impl FnOnce(&Client<'_>) -> T) -> T {
        let settings = Self::settings();
        let ports = Ports { http: self, store: self, clock: self, random: self };
        run(&Client::new(ports, &settings, "token".to_owned()))
    }

    pub(crate) fn sandbox_now(&self) -> sandbox::Instant {
        sandbox::Instant::from_millis(self.now.get())
    }

    pub(crate) fn add_organisations(&self, many: usize) {
        for number in 0..many {
            self.tribe
                .borrow_mut()
                .add_organisation(self.sandbox_now(), &format!("Organisatie {number}"), &json!({}))
                .map_err(|_| "refused")
                .unwrap();
        }
    }

    pub(crate) fn calls(&self, method: &str, set: &str) -> u64 {
        let key = (method.to_owned(), set.to_owned());
        self.tribe.borrow().counters().calls().get(&key).copied().unwrap_or_default()
    }

    /// Every change from that instant on, page after page.
    pub(crate) fn changed(&self, from: Instant) -> Result<Vec<TribeId>, Failure> {
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
        in_flight: usize,
        on_answer: &mut dyn FnMut(usize, Result<Response, NoAnswer>) -> ControlFlow<()>,
    ) {
        // How many are answered though the caller broke off: they were on their way.
        let mut left = usize::MAX;
        for (position, request) in requests.into_iter().enumerate() {
            if left == 0 {
                return;
            }
            left -= 1;
            let method = match request.method {
                Method::Get => "GET",
                Method::Post => "POST",
                Method::Put => "PUT",
                Method::Patch => "PATCH",
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
            let instead = self.instead.borrow_mut().pop_front();
            let answer = instead.unwrap_or_else(|| {
                let answer = self.tribe.borrow_mut().handle(self.sandbox_now(), &asked);
                Response { status: answer.status, headers: answer.headers, body: answer.body }
            });
            if on_answer(position, Ok(answer)).is_break() {
                left = left.min(in_flight.saturating_sub(1));
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
