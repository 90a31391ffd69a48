//! What relations and contact persons have in common.

use super::adres::{self, Adres};
use super::json::Object;
use super::oddity::{self, Oddity, OddityKind};
use super::veld::{ADRESSEN, GEWIJZIGD, STATUS, Veld};
use crate::relation::{AddressType, Presence, Stamp};

/// What AC says about the life of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// In use.
    Actief,
    /// Put away by a user, who may take it back.
    Gearchiveerd,
    /// Deleted, and still listed for a while (A11).
    Verwijderd,
    /// Not said, or a word that we do not know.
    Onbekend,
}

/// A record of one of AC's two lists.
pub trait Record {
    /// AC's id, as text.
    fn id_text(&self) -> &str;

    #[doc(hidden)]
    fn raw(&self) -> &Object;

    #[doc(hidden)]
    fn velden(&self) -> &'static [Veld];

    /// Whether a field of the tables is there and empty.
    fn holds_an_empty_field(&self) -> bool {
        self.velden().iter().any(|veld| veld.read(self.raw()) == Presence::Empty)
    }

    /// Whether a field of the tables is left out.
    fn leaves_out_a_field(&self) -> bool {
        lacks(self.raw(), self.velden(), &[])
    }

    /// What was not as assumed beside the values of fields, each once.
    fn oddities(&self) -> Vec<Oddity>;

    /// Where it is in its life.
    fn status(&self) -> Status {
        status(self.raw())
    }

    /// When it was last changed, if that is said and understood. Without an offset it is Dutch time (A5).
    fn gewijzigd(&self) -> Option<Stamp> {
        gewijzigd(self.raw())
    }

    /// What it says about a field.
    fn field(&self, veld: Veld) -> Presence {
        veld.read(self.raw())
    }

    /// Its addresses of all types; none if the record says nothing about them.
    fn adressen(&self) -> Option<Vec<Adres>> {
        adres::adressen(self.raw())
    }

    /// The address of that type that is synced: none if the record says nothing about addresses, `Some(None)` if it
    /// has no such address. Of several it is the one with the lowest id (F84).
    fn adres(&self, address_type: AddressType) -> Option<Option<Adres>> {
        self.adressen().map(|adressen| adres::choose(&adressen, address_type).cloned())
    }

    /// Whether it tells all its addresses and none is of that type, so that one can be added to them (A14). One that
    /// cannot be read may be of any type.
    fn has_room(&self, address_type: AddressType) -> bool {
        let rows = self.raw().list(ADRESSEN).ok().flatten();
        rows.is_some_and(|rows| adres::have_room(&rows, address_type))
    }

    /// Everything it says in one text, to tell by a fingerprint whether it is the same again.
    fn everything(&self) -> String {
        self.raw().to_text()
    }
}

/// A row that is no object or has no id, so that it cannot be told which record it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a row cannot be read")]
pub struct RowProblem;

/// A record as an answer of AC's brings it.
pub(super) trait Listed: Record + Sized + Clone {
    /// The list's name, in paths and in answers.
    const LIST: &'static str;

    /// Takes an object that has an id.
    fn new(raw: Object, etag: Option<String>) -> Result<Self, RowProblem>;
    fn etag(&self) -> Option<&str>;
}

fn status(raw: &Object) -> Status {
    match oddity::text(raw.get(STATUS)).text() {
        Some("actief") => Status::Actief,
        Some("gearchiveerd") => Status::Gearchiveerd,
        Some("verwijderd") => Status::Verwijderd,
        _ => Status::Onbekend,
    }
}

fn gewijzigd(raw: &Object) -> Option<Stamp> {
    Stamp::parse(oddity::text(raw.get(GEWIJZIGD)).text()?)
}

pub(super) fn lacks(raw: &Object, velden: &[Veld], others: &[&str]) -> bool {
    let mut names = velden.iter().map(|veld| veld.json()).chain(others.iter().copied());
    names.any(|name| raw.get(name).is_none())
}

/// What is odd about the members that both kinds have, each once.
pub(super) fn oddities(raw: &Object) -> Vec<Oddity> {
    let mut found: Vec<(&'static str, OddityKind)> = Vec::new();
    if says_something(raw, STATUS) && status(raw) == Status::Onbekend {
        found.push((STATUS, OddityKind::UnknownValue));
    }
    if says_something(raw, GEWIJZIGD) && gewijzigd(raw).is_none() {
        found.push((GEWIJZIGD, OddityKind::NotUnderstood));
    }
    match raw.list(ADRESSEN) {
        Ok(rows) => {
            let (adressen, unreadable) = adres::read(rows.unwrap_or_default());
            if unreadable > 0 {
                found.push((ADRESSEN, OddityKind::NotUnderstood));
            }
            if adres::has_several_of_one_type(&adressen) {
                found.push((ADRESSEN, OddityKind::Several));
            }
        }
        Err(_) => found.push((ADRESSEN, OddityKind::NotUnderstood)),
    }
    found.into_iter().map(|(member, kind)| Oddity { member, kind }).collect()
}

pub(super) fn says_something(raw: &Object, member: &str) -> bool {
    !matches!(oddity::text(raw.get(member)), Presence::Absent | Presence::Empty)
}
