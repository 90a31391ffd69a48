//! Calls the connector by HTTP, for any host that serves `wasi:http/incoming-handler`.
//!
//! | request | does |
//! |---|---|
//! | `POST /poll`, `POST /sync`, `POST /sweep` | one slice; call again while `next` is `again` |
//! | `POST /tribe` | takes one of Tribe's deliveries and carries the edit to AdvocaatCentraal |
//! | `GET /check` | does everything hold? |
//!
//! Answers are JSON. Guarded against whoever can reach the port: a caller must know the token of the setting
//! `adapter-token`, and without that setting nobody is let in; Tribe knows no token, its deliveries carry a signature
//! that the connector verifies.
//!
//! A delivery is answered when its edit has arrived. There is no queue behind this: where a call fails, Tribe may
//! deliver again, and the next poll sees the edit in any case.

pub mod request;

#[cfg(target_arch = "wasm32")]
mod answer;
#[cfg(target_arch = "wasm32")]
mod guest;
