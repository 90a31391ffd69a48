//! The connector against both stand-ins for some hours of virtual time. A scenario says which faults strike and which
//! quirks the systems have; the invariants are checked all the time.
//!
//! A scenario follows from its seed. A failing one is made smaller until nothing can be left out.

mod comparison;
mod driver;
mod end;
mod hooks;
mod minimise;
mod quirk;
mod run;
mod scenario;

pub use comparison::{Difference, compare, first_difference};
pub use minimise::minimise;
pub use quirk::Quirk;
pub use run::{Run, Voice, run, run_on};
pub use scenario::{Scenario, Speaks};
