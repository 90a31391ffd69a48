//! What an operator's monitoring asks of `koppeling run`, at a port of its own: metrics, whether it lives, whether it is
//! ready.
//!
//! Nothing here names an office, but how many there are and how much they do is nobody else's business: the port is for
//! this machine or a network of one's own, and never for the one that webhooks come from.

mod disk;
mod readiness;
mod server;

pub use readiness::{NotReady, Readiness};
pub use server::{Monitoring, serve};

#[cfg(test)]
#[path = "monitoring_tests.rs"]
mod tests;
