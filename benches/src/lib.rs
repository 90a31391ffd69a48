//! The connector's inner work, counted in instructions.
//!
//! A count is the same on a busy machine and on an idle one, so a tenth more is a change of the code. Times are measured
//! nowhere here.
//!
//! | file | what it has |
//! |---|---|
//! | [`table`] | every benchmark, by name |
//! | `advocaatcentraal` | reading pages and writing records of AC: every call of that API |
//! | `tribe` | reading a page of Tribe |
//! | `memory` | links in the store, fingerprints, the plan |
//! | `canonical` | canonical forms |
//! | `office`, `tenant` | the made-up answers that are read |
//! | `world` | the ports: answers that wait, a store in memory, a clock that stands |
//! | [`counting`] | one benchmark under callgrind |
//! | [`kept`] | the kept counts, and what differs from them |

mod advocaatcentraal;
mod canonical;
pub mod counting;
pub mod kept;
mod memory;
mod office;
pub mod table;
mod tenant;
mod tribe;
mod world;
