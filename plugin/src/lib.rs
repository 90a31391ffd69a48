//! Keeps relations and addresses the same in AdvocaatCentraal (AC) and Tribe CRM.
//!
//! | room | knows | does not know |
//! |---|---|---|
//! | [`relation`] | organisations, persons, addresses, Dutch formats, canonical forms | any JSON, any I/O |
//! | [`ports`] | HTTP, store, clock, random as traits | who implements them |
//! | [`answer`] | what an HTTP answer means, for either system | whose answer it is |
//! | [`advocaatcentraal`], [`tribe`] | one system's wire format, errors, paging, login | the other system |

pub mod advocaatcentraal;
pub mod answer;
pub mod ports;
pub mod relation;
pub mod tribe;

#[cfg(target_arch = "wasm32")]
mod guest;
