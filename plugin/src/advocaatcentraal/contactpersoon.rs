//! Contact persons.

use std::fmt;

use serde_json::value::RawValue;

use super::json::Object;
use super::oddity::{self, Oddity, OddityKind};
use super::record::{self, Listed, Record, RowProblem};
use super::veld::{ADRESSEN, CONTACTPERSOON, DOORKIESNUMMER, FUNCTIE, ID, KOPPELINGEN, RELATIE_ID, STATUS, Veld};
use crate::relation::{ContactpersoonId, Presence, RelatieId};

/// A contact person as it was read. `Debug` tells its id only.
#[derive(Clone)]
pub struct Contactpersoon {
    id: ContactpersoonId,
    raw: Object,
    etag: Option<String>,
}

/// A contact person's place at one relation, a company or a private person. `Debug` tells the relation's id only.
#[derive(Clone)]
pub struct Koppeling {
    /// The relation.
    pub relatie_id: RelatieId,
    /// The function there.
    pub functie: Presence,
    /// The direct number there.
    pub doorkiesnummer: Presence,
}

impl Contactpersoon {
    /// AC's id.
    pub fn id(&self) -> &ContactpersoonId {
        &self.id
    }

    /// The relations that it belongs to, each once; none if the record says nothing about them. Of several koppelingen
    /// with one relation it is the first.
    pub fn koppelingen(&self) -> Option<Vec<Koppeling>> {
        let rows = self.raw.list(KOPPELINGEN).ok()??;
        let mut koppelingen: Vec<Koppeling> = Vec::new();
        for koppeling in rows.iter().filter_map(|row| Koppeling::read(row)) {
            if !koppelingen.iter().any(|known| known.relatie_id == koppeling.relatie_id) {
                koppelingen.push(koppeling);
            }
        }
        Some(koppelingen)
    }

    /// Whether it leaves out something that a whole record has, those fields among it: then only the single record
    /// tells (A7).
    pub fn is_partial(&self, needed: &[Veld]) -> bool {
        record::lacks(&self.raw, needed, &[STATUS, KOPPELINGEN, ADRESSEN])
    }

    /// A record to try the rooms above with.
    #[cfg(test)]
    pub(crate) fn sample(json: &serde_json::Value) -> Self {
        let sample = Object::parse(json.to_string().as_bytes()).and_then(|raw| Self::new(raw, None).ok());
        #[expect(clippy::expect_used, reason = "a test's own record")]
        sample.expect("a record with an id")
    }
}

impl Koppeling {
    fn read(row: &RawValue) -> Option<Self> {
        let row = Object::of(row)?;
        Some(Self {
            relatie_id: RelatieId::new(oddity::id(row.get(RELATIE_ID))?),
            functie: oddity::text(row.get(FUNCTIE)),
            doorkiesnummer: oddity::text(row.get(DOORKIESNUMMER)),
        })
    }
}

/// The place of the koppeling with that relation.
pub(super) fn place(rows: &[Box<RawValue>], relatie_id: &RelatieId) -> Option<usize> {
    rows.iter().position(|row| Koppeling::read(row).is_some_and(|koppeling| koppeling.relatie_id == *relatie_id))
}

impl Record for Contactpersoon {
    fn id_text(&self) -> &str {
        self.id.as_str()
    }

    fn raw(&self) -> &Object {
        &self.raw
    }

    fn velden(&self) -> &'static [Veld] {
        CONTACTPERSOON
    }

    fn oddities(&self) -> Vec<Oddity> {
        let mut found = record::oddities(&self.raw);
        let mut add = |member, kind| found.push(Oddity { member, kind });
        let Ok(rows) = self.raw.list(KOPPELINGEN) else {
            add(KOPPELINGEN, OddityKind::NotUnderstood);
            return found;
        };
        let rows = rows.unwrap_or_default();
        let mut readable = 0;
        for row in rows.iter().filter_map(|row| Object::of(row)) {
            readable += usize::from(oddity::id(row.get(RELATIE_ID)).is_some());
        }
        if readable < rows.len() {
            add(KOPPELINGEN, OddityKind::NotUnderstood);
        }
        if self.koppelingen().is_some_and(|koppelingen| koppelingen.len() < readable) {
            add(KOPPELINGEN, OddityKind::Several);
        }
        found
    }
}

impl Listed for Contactpersoon {
    const LIST: &'static str = "contactpersonen";

    fn new(raw: Object, etag: Option<String>) -> Result<Self, RowProblem> {
        let id = oddity::id(raw.get(ID)).map(ContactpersoonId::new).ok_or(RowProblem)?;
        Ok(Self { id, raw, etag })
    }

    fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }
}

impl fmt::Debug for Contactpersoon {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contactpersoon").field("id", &self.id).finish_non_exhaustive()
    }
}

impl fmt::Debug for Koppeling {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Koppeling").field("relatie_id", &self.relatie_id).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "contactpersoon_tests.rs"]
mod tests;
