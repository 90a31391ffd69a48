//! The stand-in for AdvocaatCentraal: one store of relations and contact persons, spoken over one of several wires.
//!
//! | room | what it is |
//! |---|---|
//! | `record`, `store` | relations and contact persons with every version, whatever is spoken |
//! | `selection`, `storing` | which rows a list has, and what a write changes or is refused for |
//! | `users` | what users do on their screens |
//! | `known` | the records as callers of the API know them |
//! | `assumed` | the API that the connector assumes (A1–A13), to the letter |
//! | `practice` | an API as a practice system has it |
//! | `bookkeeping` | an API as an accounting system has it |
//! | `register` | an API as a register of names and addresses has it |
//! | `ledger` | an API as a small accounting system has it |
//!
//! Where the contract leaves a choice, [`Variants`] plays it. The other wires are made after the public APIs of real
//! kinds of systems, and play those variants that make sense on them. There is no way to create or to delete through
//! any of them: a `POST` or a `DELETE` is refused with 405 and counted as a violation.

mod assumed;
mod bookkeeping;
mod known;
mod ledger;
mod office;
mod one_line;
mod practice;
mod record;
mod refusal;
mod register;
mod selection;
mod store;
mod storing;
mod users;
mod variants;
mod wire;

pub use office::{Office, RELATIETYPEN};
pub use record::{List, Record, Version};
use store::Store;
pub use users::NoSuchRecord;
pub use variants::{
    ChildEditsMoveParent, Empties, Etag, Filter, Ids, KoppelingOrder, NewAddresses, Order, PageCap, Paging, Put,
    Refusals, Rows, Stamps, Variants,
};
pub use wire::Wire;

use crate::counters::Counters;
use crate::{Instant, Request, Response};
use record::Table;

/// AdvocaatCentraal, for one office.
pub struct AdvocaatCentraal {
    store: Store,
}

impl AdvocaatCentraal {
    /// An office without relations, with the relation types of [`RELATIETYPEN`], speaking the assumed wire.
    pub fn new(office: Office, variants: Variants) -> Self {
        let relatietypen = RELATIETYPEN.map(|(id, name)| (id.to_owned(), name.to_owned())).into();
        Self {
            store: Store {
                office,
                variants,
                wire: Wire::default(),
                relatietypen,
                relaties: Table::default(),
                contactpersonen: Table::default(),
                counters: Counters::default(),
                busy_until: Instant::START,
                accepted: Vec::new(),
            },
        }
    }

    /// The same, speaking that wire.
    #[must_use]
    pub fn speaking(mut self, wire: Wire) -> Self {
        self.store.wire = wire;
        if wire.has_one_line() {
            let tables = [&mut self.store.relaties, &mut self.store.contactpersonen];
            for record in tables.into_iter().flat_map(|table| table.records.values_mut()) {
                one_line::Parts::divide(&mut record.current.fields);
            }
        }
        self
    }

    /// What it speaks.
    pub fn wire(&self) -> Wire {
        self.store.wire
    }

    /// Until then every call is one too many, and is told so.
    pub fn is_busy_until(&mut self, until: Instant) {
        self.store.busy_until = until;
    }

    fn busy(&self) -> Response {
        let until = self.store.busy_until;
        match self.store.wire {
            Wire::Assumed | Wire::Practice | Wire::Bookkeeping => {
                Response::empty(429).with_header("retry-after", crate::http::http_date(until))
            }
            Wire::Register => register::busy(until),
            Wire::Ledger => ledger::busy(until),
        }
    }

    /// Answers one request.
    pub fn handle(&mut self, now: Instant, request: &Request) -> Response {
        if now < self.store.busy_until {
            self.store.counters.call(&request.method, "busy");
            return self.busy().dated(now, self.store.variants.dates);
        }
        let store = &mut self.store;
        if let Some(status) = store.variants.writes_refused_with
            && matches!(request.method.as_str(), "PUT" | "PATCH")
        {
            store.counters.call(&request.method, "refused");
            return Response::empty(status).dated(now, store.variants.dates);
        }
        let answer = match store.wire {
            Wire::Assumed => assumed::answer(store, now, request),
            Wire::Practice => practice::answer(store, now, request),
            Wire::Bookkeeping => bookkeeping::answer(store, now, request),
            Wire::Register => register::answer(store, now, request),
            Wire::Ledger => ledger::answer(store, now, request),
        };
        answer.starting_with(store.variants.byte_order_mark).dated(now, store.variants.dates)
    }

    /// What was called so far.
    pub fn counters(&self) -> &Counters {
        &self.store.counters
    }

    /// Starts counting anew.
    pub fn reset_counters(&mut self) {
        self.store.counters = Counters::default();
    }

    /// Writes through the API since the counter stood so high: `let before = ac.counters().writes();`.
    pub fn writes_since(&self, before: u64) -> u64 {
        self.counters().writes().saturating_sub(before)
    }

    /// The office.
    pub fn office(&self) -> &Office {
        &self.store.office
    }

    /// The variants.
    pub fn variants(&self) -> &Variants {
        &self.store.variants
    }

    /// The variants, to change while it runs.
    pub fn variants_mut(&mut self) -> &mut Variants {
        &mut self.store.variants
    }
}
