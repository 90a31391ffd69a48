//! What is counted and measured, for an operator's monitoring.
//!
//! Whoever does some work holds the instruments for it ([`StoreMetrics`], [`RunMetrics`], …), and a [`Page`] shows all of
//! them as Prometheus reads them. What the store knows is read when somebody asks for the page ([`Readings`]).
//!
//! A label's value is a `&'static str`: no office number, address or id can stand in one, and there are only so many.

mod instruments;
mod page;

pub use instruments::{CallMetrics, DeliveryMetrics, GuestMetrics, Held, RunMetrics, StoreMetrics};
pub use page::{CONTENT_TYPE, OfficeReadings, Page, Readings, Shown};

#[cfg(test)]
#[path = "metrics_tests.rs"]
mod tests;
