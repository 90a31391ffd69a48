//! What both systems speak of: organisations, contact persons, private persons and their addresses, in Dutch
//! formats. Pure: no JSON, no I/O, nothing of either system.
//!
//! A canonical form is for comparing only. What is written is always the user's own spelling.

mod address;
mod amsterdam;
mod country;
mod date;
mod date_text;
mod form;
mod gender;
mod house_number;
mod id;
mod instant;
mod kvk;
mod office;
mod phone;
mod postcode;
mod presence;
mod stamp;
mod street;
mod text;
mod timestamp;
mod website;

pub use address::{AddressPart, AddressType};
pub use date::CivilDate;
pub use form::Form;
pub use gender::Gender;
pub use house_number::{HouseNumber, NumberAndSuffix};
pub use id::{ContactpersoonId, RelatieId, RelatietypeId, TribeId};
pub use instant::Instant;
pub use kvk::of_number as kvk_of_number;
pub use office::OfficeNumber;
pub use presence::{Presence, Unreadable};
pub use stamp::{Stamp, StampKind, is_near_clock_back};
pub use street::{join as join_street, split as split_street};
pub use text::{composed, folded};
