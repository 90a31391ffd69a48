//! Stand-ins for both systems that the connector keeps the same, for tests, the demo and anyone with `curl`.
//!
//! Each stand-in is a pure function over injected state and time: `handle(now, &request) -> response`. Nothing here
//! reads a clock, opens a file or draws a random number that was not seeded, so the same calls give the same answers,
//! byte for byte. [`server`] puts a socket around it.
//!
//! | room | what it is |
//! |---|---|
//! | [`advocaatcentraal`] | AdvocaatCentraal as the connector assumes it to be (A1–A13), with its variants; and over two other wires |
//! | [`tribe`] | Tribe CRM: login, OData, webhooks and limits, as far as they are known |
//! | [`population`] | made-up Dutch relations and contact persons of every kind |
//! | [`comparison`] | the independent judge: do the two systems say the same, by the manual's tables? |
//! | [`server`] | both over HTTP on loopback, webhook deliveries included |
//!
//! The crate shares no code with the connector. A mistake would otherwise be made on both sides of every test, and
//! seen by none of them.
//!
//! Besides answering, the stand-ins watch: a call that the connector must never make (a `DELETE`, a create in
//! AdvocaatCentraal) is counted as a *violation*, whatever the answer was.

pub mod advocaatcentraal;
mod altered;
pub mod comparison;
mod counters;
mod http;
mod instant;
pub mod population;
#[cfg(feature = "server")]
pub mod server;
pub mod tribe;

pub use advocaatcentraal::AdvocaatCentraal;
pub use altered::{Alteration, Altered};
pub use counters::{Counters, Written};
pub use http::{ByteOrderMark, Dates, Request, Response};
pub use instant::Instant;
pub use tribe::Tribe;
