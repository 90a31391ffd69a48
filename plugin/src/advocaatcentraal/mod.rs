//! AdvocaatCentraal (AC): its wire format, errors and paging. No other room knows a path, a header or a JSON field
//! name of AC's, and this one knows nothing of Tribe.
//!
//! AC publishes no description of its API. Every fact here is assumed, by its number in our contract (A1–A13), and
//! read tolerantly: what has an odd form is reported, and the rest of the record goes on. There is no
//! function to create or to delete a record, since the connector does neither.
//!
//! Records hold clients' data. No type here prints more than an id.

mod adres;
mod client;
mod contactpersoon;
mod edit;
mod json;
mod listing;
mod oddity;
mod record;
mod relatie;
mod tags;
mod veld;
mod writing;

#[cfg(test)]
mod script;

pub use adres::Adres;
pub use client::{Client, Each, Relatietype, Settings};
pub use contactpersoon::{Contactpersoon, Koppeling};
pub use edit::Edit;
pub use listing::Page;
pub use oddity::{Oddity, OddityKind};
pub use record::{Record, RowProblem, Status};
pub use relatie::{Relatie, Soort};
pub use tags::Tags;
pub use veld::{DOORKIESNUMMER, FUNCTIE, Veld, part_json};
