//! A complete host for the connector: `koppeling` runs it for one office on a laptop, or day and night for many.
//!
//! | room | what it is |
//! |---|---|
//! | [`component`] | loads the connector and calls it, each time on a fresh instance, under limits |
//! | [`koppeling_egress`] | its egress, a crate of its own: HTTP to the hosts of an office's settings, paced |
//! | [`metrics`] | what is counted and measured, for an operator's monitoring |
//! | [`store`] | what outlives a process, sealed at rest; leases with fencing |
//! | [`moment`], [`timestamp`] | points in time: to measure by, and to tell |
//! | `beside` | the names of files that lie beside others |
//! | [`dialects`], [`recordings`] | how AdvocaatCentraal's wire speaks, and answers that someone saved |
//! | [`settings`] | what an office has set |
//! | [`registry`] | connectors as OCI artefacts, pushed, pulled and signed |
//! | [`office_state`] | how an office stands, for all who tell it |
//! | [`processing_log`] | what was processed of whom, for an office that must account for it |
//! | [`mod@run`] | one run for one office, slice by slice |
//! | [`schedule`] | every office every five minutes |
//! | [`intake`] | Tribe's webhooks, and the health page |
//! | [`monitoring`] | metrics, `/live` and `/ready`, at a port of their own |
//! | [`pages`] | what people see in a browser: a login, the offices, how one of them stands |
//! | `telemetry` | traces and logs for a collector of OpenTelemetry; by the feature `otlp` |
//! | [`commands`] | the command line |

mod beside;
pub mod commands;
pub mod component;
pub mod dialects;
pub mod intake;
pub mod metrics;
pub mod moment;
pub mod monitoring;
pub mod office_state;
pub mod pages;
pub mod processing_log;
pub mod recordings;
pub mod registry;
pub mod run;
pub mod schedule;
pub mod settings;
pub mod store;
#[cfg(feature = "otlp")]
pub mod telemetry;
pub mod timestamp;

/// The connector that was built together with this program.
pub static CONNECTOR: &[u8] = include_bytes!(env!("CONNECTOR_WASM"));
