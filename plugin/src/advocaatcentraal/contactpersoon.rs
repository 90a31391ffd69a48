//! Contact persons.

use std::fmt;

use litemap::LiteMap;
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
    /// Of several koppelingen with one relation, the one that is meant.
    meant: LiteMap<RelatieId, Said>,
}

/// What a koppeling says: by that it is told from another with the same relation.
pub(super) type Said = (Presence, Presence);

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
    /// with one relation it is the one that is meant, or else the first by its text: the order of AC's list says nothing.
    pub fn koppelingen(&self) -> Option<Vec<Koppeling>> {
        let all = self.all_koppelingen()?;
        let mut koppelingen: Vec<Koppeling> = Vec::new();
        for koppeling in &all {
            if !koppelingen.iter().any(|known| known.relatie_id == koppeling.relatie_id) {
                let id = &koppeling.relatie_id;
                let with_it = all.iter().filter(|other| other.relatie_id == *id);
                koppelingen.extend(one_of(with_it, self.meant.get(id)).cloned());
            }
        }
        Some(koppelingen)
    }

    /// The relations with which it has several koppelingen, with those.
    pub fn doubled(&self) -> LiteMap<RelatieId, Vec<Koppeling>> {
        let mut by_relation: LiteMap<RelatieId, Vec<Koppeling>> = LiteMap::new();
        for koppeling in self.all_koppelingen().unwrap_or_default() {
            by_relation.entry(koppeling.relatie_id.clone()).or_default().push(koppeling);
        }
        by_relation.retain(|_, koppelingen| koppelingen.len() > 1);
        by_relation
    }

    /// Of several koppelingen with its relation this one is meant from now on. Tells whether another was before.
    pub fn mean(&mut self, koppeling: &Koppeling) -> bool {
        let known = self.koppelingen().into_iter().flatten().find(|known| known.relatie_id == koppeling.relatie_id);
        self.meant.insert(koppeling.relatie_id.clone(), koppeling.said());
        known.is_none_or(|known| known.said() != koppeling.said())
    }

    fn all_koppelingen(&self) -> Option<Vec<Koppeling>> {
        let rows = self.raw.list(KOPPELINGEN).ok()??;
        Some(rows.iter().filter_map(|row| Koppeling::read(row)).collect())
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

    pub(super) fn said(&self) -> Said {
        (self.functie.clone(), self.doorkiesnummer.clone())
    }

    /// How several with one relation are ordered, whatever the order of AC's list.
    pub fn by_text(&self) -> (&str, &str) {
        (self.functie.text().unwrap_or_default(), self.doorkiesnummer.text().unwrap_or_default())
    }
}

/// The one that says so, or else the first by its text.
fn one_of<'k>(koppelingen: impl Iterator<Item = &'k Koppeling> + Clone, said: Option<&Said>) -> Option<&'k Koppeling> {
    let meant = said.and_then(|said| koppelingen.clone().find(|koppeling| koppeling.said() == *said));
    meant.or_else(|| koppelingen.min_by_key(|koppeling| koppeling.by_text()))
}

/// The place of the koppeling with that relation, if there are several of the one that says so.
pub(super) fn place(rows: &[Box<RawValue>], relatie_id: &RelatieId, said: Option<&Said>) -> Option<usize> {
    let read = rows.iter().enumerate().filter_map(|(place, row)| Some((place, Koppeling::read(row)?)));
    let with_it: Vec<(usize, Koppeling)> = read.filter(|(_, koppeling)| koppeling.relatie_id == *relatie_id).collect();
    match said {
        Some(said) if with_it.len() > 1 => with_it.iter().find(|(_, koppeling)| koppeling.said() == *said),
        _ => with_it.iter().min_by_key(|(_, koppeling)| koppeling.by_text()),
    }
    .map(|(place, _)| *place)
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
            add(KOPPELINGEN, OddityKind::SeveralAtOne);
        }
        found
    }
}

impl Listed for Contactpersoon {
    const LIST: &'static str = "contactpersonen";

    fn new(raw: Object, etag: Option<String>) -> Result<Self, RowProblem> {
        let id = oddity::id(raw.get(ID)).map(ContactpersoonId::new).ok_or(RowProblem)?;
        Ok(Self { id, raw, etag, meant: LiteMap::new() })
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
