//! A dialect: how AdvocaatCentraal's wire speaks, as a document.
//!
//! AC publishes no API. Where its paths, names and habits differ from what this connector assumes, an office has a document
//! that says so; what is assumed is such a document itself ([`BUILT_IN`]). It is data: it names no host, creates and
//! deletes nothing, and has no language of its own. Each construct can be read in three directions: find a field, put it
//! there, serve it.
//!
//! Who uses it: the component reads and writes by it, the host checks it, the stand-in of AC serves by it.

mod checks;
#[cfg(feature = "describe")]
mod definitions;
#[cfg(feature = "describe")]
mod describe;
mod document;
#[cfg(feature = "describe")]
pub mod draft;
mod misfit;
mod names;
mod node;
mod pointer;
mod records;
#[cfg(feature = "describe")]
pub mod samples;
mod standing;
mod tree;

#[cfg(feature = "describe")]
pub use describe::schema;
pub use document::{
    Changed, ChangedSince, Cursor, Dialect, ErrorRule, Errors, Header, Key, Link, List, Login, Meaning, OfKind, Office,
    Offset, Operation, Page, Paging, Parameter, Persons, PersonsApart, PersonsInside, PersonsOf, Relations, Server,
    TypeList, TypeWord, Types, Wait, WaitUnit,
};
pub use misfit::{Misfit, Wrong};
pub use names::{is_member_name, keyed_by_data, shown_name};
pub use pointer::{Field, Pick, Place, Pointer, Written};
pub use records::{
    AddressPlace, AddressPlaces, AddressRows, AddressWords, Addresses, Answer, DateForm, Empty, GenderWords,
    HouseNumber, Kind, KindPlaces, KindWords, LetterAndSuffix, ListRule, Method, NumberAndSuffix, Organisation, Parts,
    Person, PersonFields, Position, PositionInside, Positions, PrivatePerson, Relation, Stamp, StampForm, Status,
    StatusFlag, StatusWords, TypePlaces, TypeRows, Version, Writing,
};
pub use tree::Tree;

/// The dialect that holds where an office has none: what this connector assumes of AC (A1–A14).
pub const BUILT_IN: &str = include_str!("../dialects/advocaatcentraal-assumed-1.json");
/// A dialect of a kind of practice system, to start from.
pub const PRACTICE: &str = include_str!("../dialects/example-practice-1.json");
/// A dialect of a kind of accounting system, to start from.
pub const BOOKKEEPING: &str = include_str!("../dialects/example-bookkeeping-1.json");
/// A dialect of a kind of register of names and addresses, to start from.
pub const REGISTER: &str = include_str!("../dialects/example-register-1.json");
/// A dialect of a kind of ledger of debtors, to start from.
pub const LEDGER: &str = include_str!("../dialects/example-ledger-1.json");
/// The name of [`BUILT_IN`].
pub const BUILT_IN_NAME: &str = "advocaatcentraal-assumed-1";

impl Dialect {
    /// Reads a document.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn parse(text: &str) -> Result<Self, Misfit> {
        let tree = Tree::parse(text).map_err(|_| Misfit { at: String::new(), what: Wrong::NoJson })?;
        let mut log = misfit::Log::default();
        tree.check(&misfit::At::ROOT, &mut log);
        let dialect = <Self as node::Node>::read(Some(&tree), &misfit::At::ROOT, &mut log);
        let dialect = log.into_result(dialect)?;
        checks::check(&dialect)?;
        Ok(dialect)
    }

    /// What it says of a contact person, wherever contact persons stand; none where there are none.
    pub fn person(&self) -> Option<&Person> {
        match &self.persons {
            Persons::Apart(apart) => Some(&apart.record),
            Persons::Inside(inside) => Some(&inside.record),
            Persons::Of(of) => Some(&of.record),
            Persons::None => None,
        }
    }

    /// Whether a field stands in a row of a list.
    fn has_picks(&self) -> bool {
        let of = &self.relations.record;
        let persons = self.person().map(|person| person.fields.named());
        let named = of.organisation.named().into_iter().chain(of.private_person.named());
        let mut all = named.chain(persons.into_iter().flatten()).filter_map(|(_, field)| field.as_ref());
        all.any(|field| matches!(field.place, Place::Pick(_)))
    }
}

#[cfg(test)]
mod tests;
