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

/// Records that are brought together at once whatever the pace: Tribe reads a hundred at a time.
const LEAST_AT_ONCE: usize = 100;
/// And never more.
const MOST_AT_ONCE: usize = 400;
/// Fewer requests tell nothing of the pace.
const TELLING: u32 = 50;

/// What is left of a budget.
pub(super) struct Allowance<'a> {
    http: &'a CountedHttp<'a>,
    clock: &'a dyn Clock,
    began: Instant,
    budget: Budget,
}

impl<'a> Allowance<'a> {
    pub(super) fn new(budget: Budget, http: &'a CountedHttp<'a>, clock: &'a dyn Clock) -> Self {
        Self { http, clock, began: clock.now(), budget }
    }

    /// Whether new work may be begun.
    pub(super) fn is_left(&self) -> bool {
        self.http.used() < self.budget.requests && self.clock.now() < self.began.plus(self.budget.time)
    }

    /// How many records may be brought together at once: as many as take half of the budget at the pace so far. Each batch
    /// waits for answers that have nothing beside them, so a few large ones are sooner done than many small ones; but
    /// what a batch has begun it ends, however slow the systems are.
    pub(super) fn records_at_once(&self) -> usize {
        let used = self.http.used();
        let took = self.clock.now().since(self.began).unwrap_or_default().as_millis();
        if used < TELLING || took == 0 {
            return LEAST_AT_ONCE;
        }
        let at_this_pace = self.budget.time.as_millis().saturating_mul(used.into()) / took / 2;
        // Most records take one request.
        let requests = at_this_pace.min((self.budget.requests / 2).into());
        usize::try_from(requests).unwrap_or(MOST_AT_ONCE).clamp(LEAST_AT_ONCE, MOST_AT_ONCE)
    }
}

#[cfg(test)]
#[path = "budget_tests.rs"]
mod tests;
