//! What relations and contact persons have in common.

use super::adres::{self, Adres};
use super::json::Object;
use super::listing::RowProblem;
use super::oddity::{self, Oddity, OddityKind};
use super::veld::{self, GEWIJZIGD, STATUS, Veld};
use crate::relation::{Presence, Stamp};

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
pub(super) trait Record: Sized + Clone {
    /// The list's name, in paths and in answers.
    const LIST: &'static str;

    /// Takes an object that has an id.
    fn new(raw: Object, etag: Option<String>) -> Result<Self, RowProblem>;
    fn id_text(&self) -> &str;
    fn raw(&self) -> &Object;
    fn etag(&self) -> Option<&str>;
}

pub(super) fn status(raw: &Object) -> Status {
    match oddity::text(raw.get(STATUS)).said.text() {
        Some("actief") => Status::Actief,
        Some("gearchiveerd") => Status::Gearchiveerd,
        Some("verwijderd") => Status::Verwijderd,
        _ => Status::Onbekend,
    }
}

pub(super) fn gewijzigd(raw: &Object) -> Option<Stamp> {
    Stamp::parse(oddity::text(raw.get(GEWIJZIGD)).said.text()?)
}

pub(super) fn lacks(raw: &Object, velden: &[Veld], others: &[&str]) -> bool {
    let mut names = velden.iter().map(|veld| veld.json()).chain(others.iter().copied());
    names.any(|name| raw.get(name).is_none())
}

/// What is odd about the members that both kinds have.
pub(super) fn oddities(raw: &Object, velden: &[Veld]) -> Vec<Oddity> {
    let mut found = Vec::new();
    let mut add = |member, kind: Option<OddityKind>| {
        let oddity = kind.map(|kind| Oddity { member, kind });
        found.extend(oddity.filter(|oddity| !found.contains(oddity)));
    };
    for veld in velden {
        add(veld.json(), veld.read(raw).oddity);
    }
    let said = |name| !matches!(oddity::text(raw.get(name)), oddity::Reading { said: Presence::Absent | Presence::Empty, oddity: None });
    if said(STATUS) && status(raw) == Status::Onbekend {
        add(STATUS, Some(OddityKind::UnknownValue));
    }
    if said(GEWIJZIGD) && gewijzigd(raw).is_none() {
        add(GEWIJZIGD, Some(OddityKind::NotUnderstood));
    }
    match raw.list(veld::ADRESSEN) {
        Ok(rows) => {
            let (adressen, unreadable) = adres::read(rows.unwrap_or_default());
            add(veld::ADRESSEN, (unreadable > 0).then_some(OddityKind::NotUnderstood));
            for (member, kind) in adressen.iter().filter(|adres| adres.address_type().is_some()).flat_map(Adres::oddities) {
                add(member, Some(kind));
            }
            add(veld::ADRESSEN, adres::has_several_of_one_type(&adressen).then_some(OddityKind::Several));
        }
        Err(_) => add(veld::ADRESSEN, Some(OddityKind::NotUnderstood)),
    }
    found
}
