//! Calls the connector from a command line or a timer, for any host that runs `wasi:cli/run`.
//!
//! What to do stands in the arguments, or where there are none in the setting `cron`: see [`plan::Plan`]. Each slice
//! prints its outcome as one line of JSON. It ends well when all is done, and badly when a person must do something.

pub mod plan;

#[cfg(target_arch = "wasm32")]
mod guest;
