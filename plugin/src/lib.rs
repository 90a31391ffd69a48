//! Keeps relations and addresses the same in AdvocaatCentraal (AC) and Tribe CRM.
//!
//! | room | knows | does not know |
//! |---|---|---|
//! | [`relation`] | organisations, persons, addresses, Dutch formats, canonical forms | any JSON, any I/O |
//! | [`stored`] | how our own values stand in the store | what they mean |
//! | [`ports`] | HTTP, store, clock, random as traits | who implements them |
//! | [`answer`] | what an HTTP answer means, for either system | whose answer it is |
//! | [`advocaatcentraal`], [`tribe`] | one system's wire format, errors, paging, login | the other system |
//! | [`mapping`] | the manual's tables, as data | how anything is fetched |
//! | [`link`] | links, fingerprints, cursors, dead letters, conflicts, and their encoding | HTTP |
//! | [`plan`] | what to write, from what both sides agreed on and what they say now | I/O, time, values |
//! | [`sync`], [`setup`], [`consent`], [`webhooks`] | read → plan → write → record | WASI |
//! | `guest` | the component's exports, and the ports on WASI | the rules of the sync |
//!
//! An arrow only points up this table, to a lower floor. [`settings`] and [`wording`] are an office's choices and the
//! connector's sentences.

pub mod advocaatcentraal;
pub mod answer;
pub mod consent;
pub mod link;
pub mod mapping;
pub mod plan;
pub mod ports;
pub mod relation;
pub mod secret;
pub mod set;
pub mod settings;
pub mod setup;
pub mod stored;
pub mod sync;
pub mod tribe;
pub mod webhooks;
pub mod wording;

#[cfg(target_arch = "wasm32")]
mod guest;
