//! AdvocaatCentraal (AC): what it says, and how it is asked and written. No other room knows a path, a header or a JSON
//! member of AC's, and this one knows nothing of Tribe.
//!
//! AC publishes no description of its API. How its wire speaks is a document, a [`dialect`]; what this connector assumes
//! (A1–A14) is the one that is built in. Records are read tolerantly: what has an odd form is reported, and the rest of
//! the record goes on. There is no function to create or to delete a record, since the connector does neither.
//!
//! Records hold clients' data. No type here prints more than an id.

mod adres;
mod changing;
mod client;
mod contactpersoon;
mod edit;
mod errors;
mod json;
mod laid_out;
mod lists;
mod login;
mod oddity;
mod paging;
mod placed;
mod probe;
mod reach;
mod record;
mod relatie;
mod settings;
mod spelled;
mod tags;
mod trial;
mod veld;
mod wire;
mod writing;

#[cfg(test)]
mod script;

use std::sync::{Arc, OnceLock};

use dialect::Dialect;

pub use adres::Adres;
pub use client::{Client, Each, Relatietype};
pub use contactpersoon::{Contactpersoon, Koppeling};
pub use edit::Edit;
pub use oddity::{Oddity, OddityKind};
pub use paging::Page;
pub use placed::{place_of_field, place_of_part, places_at_relation};
pub use probe::{Line, What};
pub use reach::{Owner, has_address, has_doorkiesnummer, has_field, has_functie};
pub use record::{Record, RowProblem, Status};
pub use relatie::{Relatie, Soort};
pub use settings::Settings;
pub use tags::Tags;
pub use trial::{Changed, Trial, Untold};
pub use veld::{ADRESSEN, DOORKIESNUMMER, FUNCTIE, Veld, part_name};

/// The dialect of an office that has none of its own.
pub fn built_in() -> Arc<Dialect> {
    static BUILT_IN: OnceLock<Arc<Dialect>> = OnceLock::new();
    let read = || {
        #[expect(clippy::expect_used, reason = "a test of its crate reads it")]
        Arc::new(Dialect::parse(dialect::BUILT_IN).expect("the built-in dialect is one"))
    };
    Arc::clone(BUILT_IN.get_or_init(read))
}
