//! A world in which the connector runs: both stand-ins called as functions, a store in memory, a clock that only tests
//! move, and answers that arrive in a seeded order.
//!
//! The connector is the crate or the compiled component; both see the same world.
//!
//! | room | what it is |
//! |---|---|
//! | `world` | both systems, the connector's state, and time; the connector's four ports on them |
//! | [`connector`] | the connector's exports, by the crate or the component |
//! | `component` | the component in wasmtime, on a world's ports |
//! | [`faults`] | everything that can go wrong, drawn by seed or planned for one request |
//! | [`Users`] | users who edit on both sides |
//! | [`manual`] | the manual's tables once more, independent of the connector's and of the stand-ins' judge |
//! | [`invariants`] | what must hold, whatever goes wrong, and which excuses count |
//! | [`simulation`] | all of it together, by seed |
//! | [`shapes`] | answers in shapes that nobody chose, by a grammar: no write may follow from them |
//! | [`references`] | forty pieces of work, each with what happens before it |
//! | [`trail`] | the calls and writes of a run, to compare two versions of the connector |
//! | [`mutants`] | wrong versions of the connector and the host, and who notices them |
//! | [`cost`] | how many calls the sync makes, and how much of the quota it uses |

mod component;
pub mod connector;
pub mod cost;
pub mod faults;
pub mod invariants;
pub mod manual;
mod memory;
pub mod mutants;
pub mod references;
pub mod shapes;
pub mod simulation;
pub mod support;
pub mod trail;
mod users;
mod world;

pub use component::run_in_place;
pub use connector::Engine;
pub use memory::Memory;
pub use users::Users;
pub use world::{BeforeRequest, CYCLE, Cycle, OnAnswer, Saying, Step, TYPES, Watch, World};
