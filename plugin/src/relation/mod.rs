//! What both systems speak of: organisations, contact persons, private persons and their addresses, in Dutch
//! formats. Pure: no JSON, no I/O, nothing of either system.

mod id;
mod instant;
mod presence;

pub use id::{ContactpersoonId, RelatieId, RelatietypeId, TribeId};
pub use instant::Instant;
pub use presence::Presence;
