use std::cell::Cell;

use super::*;

const BUDGET: Budget = Budget { time: Duration::from_secs(20), requests: 2_000 };

/// A clock that is set by hand.
struct Watch(Cell<u64>);

impl Clock for Watch {
    fn now(&self) -> Instant {
        Instant::from_millis(self.0.get())
    }
}

/// Nobody is there.
struct Nowhere;

impl Http for Nowhere {
    fn send_each(
        &self,
        requests: Vec<Request>,
        _in_flight: usize,
        on_answer: &mut dyn FnMut(usize, Result<Response, NoAnswer>) -> ControlFlow<()>,
    ) {
        for position in 0..requests.len() {
            let _ = on_answer(position, Err(NoAnswer::Forbidden));
        }
    }
}

/// How many records are brought together at once after so many requests in that time.
fn after(requests: u32, millis: u64, budget: Budget) -> usize {
    let (watch, http) = (Watch(Cell::new(0)), CountedHttp::new(&Nowhere));
    let allowance = Allowance::new(budget, &http, &watch);
    for _ in 0..requests {
        let _ = http.send(Request {
            method: crate::ports::Method::Get,
            url: "https://ac.example".to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        });
    }
    watch.0.set(millis);
    allowance.records_at_once()
}

#[test]
fn a_slice_that_has_asked_little_brings_a_hundred_records_together() {
    assert_eq!(after(0, 0, BUDGET), 100);
    assert_eq!(after(40, 1, BUDGET), 100, "forty calls tell nothing of the pace");
}

#[test]
fn as_many_records_are_brought_together_as_take_half_of_the_time_at_the_pace_so_far() {
    assert_eq!(after(100, 4_000, BUDGET), 250);
    assert_eq!(after(100, 60_000, BUDGET), 100, "a slow system gets small batches");
    assert_eq!(after(100, 100, BUDGET), 400, "and a fast one no more than the memory is meant for");
}

#[test]
fn a_batch_takes_no_more_than_half_of_the_requests_of_its_budget() {
    assert_eq!(after(100, 100, Budget { requests: 400, ..BUDGET }), 200);
}
