//! The connector as another component calls it, and what came of a call as JSON. Compiled for wasm only.
//!
//! JSON has the names of `wit/connector.wit`: a record is an object, a variant with a payload an object of one member,
//! one without a payload its name.

#![cfg(target_arch = "wasm32")]

mod bindings;
mod report;

pub use bindings::advocaatcentraal::tribe_sync::types::{
    Budget, Error, Next, Outage, Outcome, Pause, SettingProblem, Stopped,
};
pub use bindings::advocaatcentraal::tribe_sync::{setup, sync, webhook};
pub use report::{error, findings, outcome, stopped};

/// What one call may do. Below the minute that what stands between a caller and an adapter usually waits: one slow
/// request can come on top.
pub const SLICE: Budget = Budget { milliseconds: 20_000, requests: 1_000 };

/// A setting of the host's; none where it is empty or cannot be read.
pub fn setting(name: &str) -> Option<String> {
    let value = bindings::wasi::config::store::get(name).ok().flatten()?;
    Some(value.trim().to_owned()).filter(|value| !value.is_empty())
}
