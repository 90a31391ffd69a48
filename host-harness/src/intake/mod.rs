//! Tribe's webhooks, taken in: verified, kept, answered within milliseconds, and pushed to AdvocaatCentraal after.
//!
//! Anyone can post here. So nothing is believed before the component has verified the signature over the raw bytes,
//! a body is read up to a limit and a time, the number of connections is bounded, and an office that does not exist is
//! answered as a forged delivery is, after the same work: nobody learns here which offices there are. What is answered with 202 is on
//! disk; only ids are kept.

mod health;
mod heard;
mod push;
mod server;
mod verify;

pub use health::{Health, HealthCheck, Scheduled};
pub use push::{Pushes, keep_pushing};
pub use server::{Intake, serve};
pub use verify::{Deliveries, Refused};

#[cfg(test)]
#[path = "intake_tests.rs"]
mod tests;
