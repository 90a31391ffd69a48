//! Relations: companies and private persons.

use std::fmt;

use super::json::Object;
use super::oddity::{self, Oddity, OddityKind};
use super::record::{self, Listed, Record, RowProblem};
use super::tags::strong;
use super::veld::{ADRESSEN, BEDRIJF, ID, PARTICULIER, RELATIETYPEN, SOORT, STATUS, Veld};
use crate::relation::{RelatieId, RelatietypeId};

/// What a relation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Soort {
    /// A company.
    Bedrijf,
    /// A private person.
    Particulier,
    /// Not said, or a word that we do not know.
    Onbekend,
}

/// A relation as it was read. `Debug` tells its id only.
#[derive(Clone)]
pub struct Relatie {
    id: RelatieId,
    raw: Object,
    etag: Option<String>,
}

impl Relatie {
    /// AC's id.
    pub fn id(&self) -> &RelatieId {
        &self.id
    }

    /// What it is.
    pub fn soort(&self) -> Soort {
        match oddity::text(self.raw.get(SOORT)).text() {
            Some("bedrijf") => Soort::Bedrijf,
            Some("particulier") => Soort::Particulier,
            _ => Soort::Onbekend,
        }
    }

    /// Its relation types; none if the record says nothing about them, which is not the same as no types (A7).
    pub fn relatietypen(&self) -> Option<Vec<RelatietypeId>> {
        let rows = self.raw.list(RELATIETYPEN).ok()??;
        Some(rows.iter().filter_map(|row| oddity::id(Some(row))).map(RelatietypeId::new).collect())
    }

    /// Whether it leaves out something that a whole record has, those fields among it: then only the single record
    /// tells (A7).
    pub fn is_partial(&self, needed: &[Veld]) -> bool {
        record::lacks(&self.raw, needed, &[SOORT, STATUS, RELATIETYPEN, ADRESSEN])
    }

    /// Whether it came with a tag that can guard a write.
    pub fn has_tag(&self) -> bool {
        strong(self.etag()).is_some()
    }

    /// A record to try the rooms above with.
    #[cfg(test)]
    pub(crate) fn sample(json: &serde_json::Value) -> Self {
        let sample = Object::parse(json.to_string().as_bytes()).and_then(|raw| Self::new(raw, None).ok());
        #[expect(clippy::expect_used, reason = "a test's own record")]
        sample.expect("a record with an id")
    }
}

impl Record for Relatie {
    fn id_text(&self) -> &str {
        self.id.as_str()
    }

    fn raw(&self) -> &Object {
        &self.raw
    }

    fn velden(&self) -> &'static [Veld] {
        match self.soort() {
            Soort::Bedrijf => BEDRIJF,
            Soort::Particulier => PARTICULIER,
            Soort::Onbekend => &[],
        }
    }

    fn oddities(&self) -> Vec<Oddity> {
        let mut found = record::oddities(&self.raw);
        if self.soort() == Soort::Bedrijf && oddity::has_lost_zero(&Veld::Kvk.read(&self.raw)) {
            found.push(Oddity { member: Veld::Kvk.json(), kind: OddityKind::LostZero });
        }
        if record::says_something(&self.raw, SOORT) && self.soort() == Soort::Onbekend {
            found.push(Oddity { member: SOORT, kind: OddityKind::UnknownValue });
        }
        let understood = match self.raw.list(RELATIETYPEN) {
            Ok(rows) => rows.unwrap_or_default().iter().all(|row| oddity::id(Some(row)).is_some()),
            Err(_) => false,
        };
        if !understood {
            found.push(Oddity { member: RELATIETYPEN, kind: OddityKind::NotUnderstood });
        }
        found
    }
}

impl Listed for Relatie {
    const LIST: &'static str = "relaties";

    fn new(raw: Object, etag: Option<String>) -> Result<Self, RowProblem> {
        let id = oddity::id(raw.get(ID)).map(RelatieId::new).ok_or(RowProblem)?;
        Ok(Self { id, raw, etag })
    }

    fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }
}

impl fmt::Debug for Relatie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Relatie").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "relatie_tests.rs"]
mod tests;
