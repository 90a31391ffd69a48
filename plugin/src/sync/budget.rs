//! How much one slice may do.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::time::Duration;

use crate::ports::{Clock, Http, NoAnswer, Request, Response};
use crate::relation::Instant;

/// What the caller allows.
#[derive(Clone, Copy, Debug)]
pub struct Budget {
    /// Wall-clock time after which no new work is begun.
    pub time: Duration,
    /// Outgoing requests after which no new work is begun.
    pub requests: u32,
}

/// An `Http` that counts.
pub(super) struct CountedHttp<'a> {
    inner: &'a dyn Http,
    used: Cell<u32>,
}

impl<'a> CountedHttp<'a> {
    pub(super) fn new(inner: &'a dyn Http) -> Self {
        Self { inner, used: Cell::new(0) }
    }

    pub(super) fn used(&self) -> u32 {
        self.used.get()
    }
}

impl Http for CountedHttp<'_> {
    fn send_each(
        &self,
        requests: Vec<Request>,
        in_flight: usize,
        on_answer: &mut dyn FnMut(usize, Result<Response, NoAnswer>) -> ControlFlow<()>,
    ) {
        self.inner.send_each(requests, in_flight, &mut |position, answer| {
            self.used.set(self.used.get().saturating_add(1));
            on_answer(position, answer)
        });
    }
}

/// What is left of a budget.
pub(super) struct Allowance<'a> {
    http: &'a CountedHttp<'a>,
    clock: &'a dyn Clock,
    ends: Instant,
    requests: u32,
}

impl<'a> Allowance<'a> {
    pub(super) fn new(budget: Budget, http: &'a CountedHttp<'a>, clock: &'a dyn Clock) -> Self {
        Self { http, clock, ends: clock.now().plus(budget.time), requests: budget.requests }
    }

    /// Whether new work may be begun.
    pub(super) fn is_left(&self) -> bool {
        self.http.used() < self.requests && self.clock.now() < self.ends
    }
}
