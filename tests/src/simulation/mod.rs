//! The whole engine against both stand-ins for some hours of virtual time, with everything going wrong that a
//! scenario says, and everything checked that must hold.
//!
//! A scenario follows from its seed; a failing one is made smaller until nothing can be left out.

mod comparison;
mod driver;
mod end;
mod hooks;
mod minimise;
mod quirk;
mod scenario;

pub use comparison::{Difference, compare, first_difference};
pub use driver::{Run, Voice, run, run_on};
pub use minimise::minimise;
pub use quirk::Quirk;
pub use scenario::Scenario;
