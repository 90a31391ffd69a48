//! A world to try the connector in: both stand-ins called as functions, a store in memory, a clock that moves only
//! when it is told to, and answers that arrive in a seeded order.
//!
//! The connector that runs here is the same code as the component's, built natively.

mod memory;
pub mod support;
mod users;
mod world;

pub use memory::Memory;
pub use users::Users;
pub use world::{CYCLE, Cycle, TYPES, World};
