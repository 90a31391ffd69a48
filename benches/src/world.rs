//! The ports of a call, without a world behind them: the same on every run.

use advocaatcentraal_tribe::wording::Outage;
use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::hint::black_box;
use std::ops::ControlFlow;

use advocaatcentraal_tribe::ports::{Clock, Http, NoAnswer, Ports, Random, Request, Response, Store, StoreError};
use advocaatcentraal_tribe::relation::Instant;

/// Answers in their order, a store in memory, a clock that stands, bytes that are no surprise.
#[derive(Default)]
pub(crate) struct World {
    answers: RefCell<VecDeque<Response>>,
    store: RefCell<BTreeMap<String, Vec<u8>>>,
}

impl World {
    pub(crate) fn answering(answers: impl IntoIterator<Item = Response>) -> Self {
        Self { answers: RefCell::new(answers.into_iter().collect()), ..Self::default() }
    }

    pub(crate) fn ports(&self) -> Ports<'_> {
        Ports { http: self, store: self, clock: self, random: self }
    }
}

/// An answer of that text, with an `ETag` where there is one.
pub(crate) fn answer(body: String, etag: Option<&str>) -> Response {
    let mut headers = vec![
        ("Content-Type".to_owned(), "application/json; charset=utf-8".to_owned()),
        ("Date".to_owned(), "Mon, 02 Mar 2026 09:15:00 GMT".to_owned()),
    ];
    headers.extend(etag.map(|etag| ("ETag".to_owned(), etag.to_owned())));
    Response { status: 200, headers, body: body.into_bytes() }
}

impl Http for World {
    fn send_each(
        &self,
        requests: Vec<Request>,
        _in_flight: usize,
        on_answer: &mut dyn FnMut(usize, Result<Response, NoAnswer>) -> ControlFlow<()>,
    ) {
        for (position, request) in requests.into_iter().enumerate() {
            black_box(request);
            let answer = self.answers.borrow_mut().pop_front().ok_or(NoAnswer::NotSent(Outage::NotConnected));
            if on_answer(position, answer).is_break() {
                return;
            }
        }
    }
}

impl Store for World {
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
    fn keys(&self, prefix: &str) -> Result<Vec<String>, StoreError> {
        Ok(self.store.borrow().keys().filter(|key| key.starts_with(prefix)).cloned().collect())
    }
}

impl Clock for World {
    fn now(&self) -> Instant {
        Instant::from_millis(1_772_442_900_000)
    }
}

impl Random for World {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill(7);
    }
}
