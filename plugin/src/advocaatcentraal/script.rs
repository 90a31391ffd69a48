//! An AC that answers what a test has written down.

#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::cell::RefCell;
use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::Arc;

use dialect::Dialect;
use serde_json::Value;

use super::{Client, Settings};
use crate::ports::{Clock, Http, NoAnswer, Request, Response};
use crate::relation::{Instant, RelatieId};
use crate::secret::Secret;

pub(super) type Answer = Result<Response, NoAnswer>;

/// Gives the answers in their order and remembers what was asked.
#[derive(Default)]
pub(super) struct Script {
    answers: RefCell<VecDeque<Answer>>,
    pub(super) requests: RefCell<Vec<Request>>,
}

impl Http for Script {
    fn send_each(
        &self,
        requests: Vec<Request>,
        in_flight: usize,
        on_answer: &mut dyn FnMut(usize, Answer) -> ControlFlow<()>,
    ) {
        // How many are on their way when the caller breaks off: they are answered all the same, where answers are left.
        let mut left: Option<usize> = None;
        for (position, request) in requests.into_iter().enumerate() {
            if left == Some(0) || (left.is_some() && self.answers.borrow().is_empty()) {
                return;
            }
            left = left.map(|left| left - 1);
            self.requests.borrow_mut().push(request);
            let answer = self.answers.borrow_mut().pop_front().unwrap_or_else(|| panic!("an answer too few"));
            if on_answer(position, answer).is_break() {
                left = left.or(Some(in_flight.saturating_sub(1)));
            }
        }
    }
}

impl Clock for Script {
    fn now(&self) -> Instant {
        Instant::from_millis(1_792_567_680_000)
    }
}

impl Script {
    pub(super) fn of(answers: impl IntoIterator<Item = Answer>) -> Self {
        Self { answers: RefCell::new(answers.into_iter().collect()), ..Self::default() }
    }

    pub(super) fn run<T>(&self, call: impl FnOnce(&Client<'_>) -> T) -> T {
        self.run_as(super::built_in(), call)
    }

    /// The same for an AC that speaks otherwise.
    pub(super) fn run_as<T>(&self, dialect: Arc<Dialect>, call: impl FnOnce(&Client<'_>) -> T) -> T {
        let settings = Settings {
            url: "https://ac.example/api/".to_owned(),
            office: "123 45".to_owned(),
            key: Secret::new("canary-key"),
            key_header: "X-Api-Key".to_owned(),
            user: String::new(),
            password: Secret::new(""),
            dialect,
        };
        let result = call(&Client::new(self, self, &settings));
        assert!(self.answers.borrow().is_empty(), "fewer requests than answers");
        result
    }

    pub(super) fn asked(&self) -> Vec<String> {
        let prefix = "https://ac.example/api/offices/123%2045";
        let name = |request: &Request| match request.url.strip_prefix(prefix) {
            Some(target) => format!("{:?} {target}", request.method),
            None => panic!("another address"),
        };
        self.requests.borrow().iter().map(name).collect()
    }

    pub(super) fn header(&self, position: usize, name: &str) -> Option<String> {
        let asked = self.requests.borrow();
        asked[position].headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    }

    pub(super) fn body(&self, position: usize) -> String {
        String::from_utf8(self.requests.borrow()[position].body.clone()).unwrap()
    }

    pub(super) fn sent(&self, position: usize) -> Value {
        serde_json::from_str(&self.body(position)).unwrap()
    }
}

pub(super) fn answer(status: u16, body: &Value) -> Answer {
    Ok(Response { status, headers: Vec::new(), body: body.to_string().into_bytes() })
}

pub(super) fn with(mut answer: Answer, name: &str, value: &str) -> Answer {
    answer.as_mut().unwrap().headers.push((name.to_owned(), value.to_owned()));
    answer
}

pub(super) fn raw(status: u16, body: &str) -> Answer {
    Ok(Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() })
}

pub(super) fn relatie_id(id: &str) -> RelatieId {
    RelatieId::new(id)
}
