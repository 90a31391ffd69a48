//! Contact persons.

use std::cell::OnceCell;
use std::fmt;
use std::sync::Arc;

use dialect::{Dialect, List, Person, Persons, PersonsInside, Pointer, Positions};
use litemap::LiteMap;
use serde_json::value::RawValue;

use super::Relatie;
use super::adres::Adressen;
use super::json::{Object, Odd};
use super::oddity::{OddityKind, id_at, scoped, text_at_some};
use super::record::{Content, Record, RowProblem, Velden, date_read, gender_read};
use super::veld::{CONTACTPERSOON, KOPPELINGEN, Veld};
use crate::relation::{AddressType, ContactpersoonId, Presence, RelatieId, Stamp};

/// A contact person as it was read. `Debug` tells its id only.
#[derive(Clone)]
pub struct Contactpersoon {
    id: ContactpersoonId,
    dialect: Arc<Dialect>,
    /// What it says, each read when somebody asks.
    velden: OnceCell<Velden>,
    adressen: OnceCell<Adressen>,
    koppelingen: OnceCell<Koppelingen>,
    content: OnceCell<Content>,
    pub(super) raw: Object,
    etag: Option<String>,
    /// The relation's record in which it stands, if it stands in one.
    pub(super) within: Option<Within>,
    /// Of several koppelingen with one relation, the one that is meant.
    meant: LiteMap<RelatieId, Said>,
}

/// The relation's record in which a contact person stands.
#[derive(Clone)]
pub(super) struct Within {
    /// The relation.
    pub(super) parent: RelatieId,
    /// When it was last changed.
    pub(super) stamp: Option<Stamp>,
    /// All of it, where the person is a row of it.
    pub(super) record: Option<Object>,
    /// Which row.
    pub(super) row: usize,
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
    /// Whether it leaves out a member that the dialect has.
    lacks_one: bool,
    /// Its row in the list.
    row: Option<usize>,
}

/// The koppelingen of a record.
#[derive(Clone, Default)]
enum Koppelingen {
    /// It says nothing of them.
    #[default]
    Unsaid,
    /// What stands there is no list.
    Odd,
    /// These, and whether all of them can be read.
    Said { koppelingen: Vec<Koppeling>, is_whole: bool },
}

impl Koppelingen {
    fn all(koppelingen: Vec<Koppeling>) -> Self {
        Self::Said { koppelingen, is_whole: true }
    }

    fn has_several_at_one(&self) -> bool {
        let Self::Said { koppelingen: all, .. } = self else { return false };
        all.iter()
            .enumerate()
            .any(|(place, one)| all.iter().take(place).any(|other| other.relatie_id == one.relatie_id))
    }
}

/// Where a contact person is read from.
pub(super) struct Source<'s> {
    pub(super) dialect: &'s Arc<Dialect>,
    pub(super) record: &'s Person,
    scope: Option<&'s str>,
}

impl<'s> Source<'s> {
    /// A dialect's contact persons in that list, if it has any.
    pub(super) fn of(dialect: &'s Arc<Dialect>, list: Option<&'s List>) -> Option<Self> {
        let record = match &dialect.persons {
            Persons::Apart(apart) => &apart.record,
            Persons::Inside(inside) => &inside.record,
            Persons::Of(of) => &of.record,
            Persons::None => return None,
        };
        Some(Self { dialect, record, scope: list.and_then(|list| list.scope.as_deref()) })
    }
}

/// The id of a contact person within its relation: that of the relation, a slash, and its own, in which a slash is
/// written as in an address.
fn id_within(parent: &RelatieId, own: &str) -> ContactpersoonId {
    ContactpersoonId::new(format!("{parent}/{}", own.replace('%', "%25").replace('/', "%2F")))
}

/// The relation's id and the own one of a contact person that is within a relation.
pub(super) fn parent_and_own(id: &ContactpersoonId) -> Option<(RelatieId, String)> {
    let (parent, own) = id.as_str().rsplit_once('/')?;
    Some((RelatieId::new(parent), own.replace("%2F", "/").replace("%25", "%")))
}

impl Within {
    /// Below that relation, by an address of its own.
    pub(super) fn below(parent: &RelatieId, stamp: Option<Stamp>) -> Self {
        Self { parent: parent.clone(), stamp, record: None, row: 0 }
    }
}

impl Contactpersoon {
    /// Takes a record; one inside a relation has that relation's id in its own.
    pub(super) fn read(
        raw: Object,
        etag: Option<String>,
        source: &Source<'_>,
        within: Option<Within>,
    ) -> Result<Self, RowProblem> {
        let id = scoped(source.scope, id_at(&raw, &source.record.id).ok_or(RowProblem)?);
        let id = within.as_ref().map_or_else(|| ContactpersoonId::new(&*id), |within| id_within(&within.parent, &id));
        let dialect = Arc::clone(source.dialect);
        let (velden, adressen, koppelingen, content) = Default::default();
        Ok(Self { id, dialect, velden, adressen, koppelingen, content, raw, etag, within, meant: LiteMap::new() })
    }

    /// What its dialect says of it: one that was read has it.
    fn of(&self) -> Option<&Person> {
        Source::of(&self.dialect, None).map(|source| source.record)
    }

    fn places(&self) -> &Koppelingen {
        self.koppelingen.get_or_init(|| {
            self.of().map_or(Koppelingen::Unsaid, |of| koppelingen(&self.raw, of, self.within.as_ref()))
        })
    }

    /// AC's id.
    pub fn id(&self) -> &ContactpersoonId {
        &self.id
    }

    /// The relations that it belongs to, each once; none if the record says nothing about them. Of several koppelingen
    /// with one relation it is the one that is meant, or else the first by its text: the order of AC's list says nothing.
    pub fn koppelingen(&self) -> Option<Vec<Koppeling>> {
        let Koppelingen::Said { koppelingen: all, .. } = self.places() else { return None };
        let mut koppelingen: Vec<Koppeling> = Vec::with_capacity(all.len());
        for koppeling in all {
            let id = &koppeling.relatie_id;
            if !koppelingen.iter().any(|known| known.relatie_id == *id) {
                koppelingen.extend(self.koppeling(id, self.meant.get(id)).cloned());
            }
        }
        Some(koppelingen)
    }

    /// The relations with which it has several koppelingen, with those.
    pub fn doubled(&self) -> LiteMap<RelatieId, Vec<Koppeling>> {
        let mut by_relation: LiteMap<RelatieId, Vec<Koppeling>> = LiteMap::new();
        for koppeling in self.all_koppelingen() {
            by_relation.entry(koppeling.relatie_id.clone()).or_default().push(koppeling.clone());
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

    fn all_koppelingen(&self) -> &[Koppeling] {
        match self.places() {
            Koppelingen::Said { koppelingen, .. } => koppelingen,
            Koppelingen::Unsaid | Koppelingen::Odd => &[],
        }
    }

    /// The koppeling with that relation: of several the one that says so, or else the first by its text.
    fn koppeling(&self, relatie_id: &RelatieId, said: Option<&Said>) -> Option<&Koppeling> {
        let with_it = || self.all_koppelingen().iter().filter(|koppeling| koppeling.relatie_id == *relatie_id);
        let meant = said.and_then(|said| with_it().find(|koppeling| koppeling.said() == *said));
        meant.or_else(|| with_it().min_by_key(|koppeling| koppeling.by_text()))
    }

    /// The same, to be changed: of several only the one that says so.
    pub(super) fn koppeling_to_change(&self, relatie_id: &RelatieId, said: Option<&Said>) -> Option<&Koppeling> {
        let several = self.all_koppelingen().iter().filter(|koppeling| koppeling.relatie_id == *relatie_id).count() > 1;
        let found = self.koppeling(relatie_id, said)?;
        (!several || said.is_none_or(|said| found.said() == *said)).then_some(found)
    }

    /// Whether it says where it is.
    pub(super) fn says_koppelingen(&self) -> bool {
        matches!(self.places(), Koppelingen::Said { .. })
    }

    pub(super) fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    /// A record to try the rooms above with.
    #[cfg(test)]
    pub(crate) fn sample(json: &serde_json::Value) -> Self {
        let dialect = super::built_in();
        let raw = Object::parse(json.to_string().as_bytes());
        let source = Source::of(&dialect, None);
        let sample = raw.zip(source).and_then(|(raw, source)| Self::read(raw, None, &source, None).ok());
        #[expect(clippy::expect_used, reason = "a test's own record")]
        sample.expect("a record with an id")
    }
}

impl Koppeling {
    pub(super) fn said(&self) -> Said {
        (self.functie.clone(), self.doorkiesnummer.clone())
    }

    /// Its row in the list of them; none where it is the record's own.
    pub(super) fn row(&self) -> Option<usize> {
        self.row
    }

    /// How several with one relation are ordered, whatever the order of AC's list.
    pub fn by_text(&self) -> (&str, &str) {
        (self.functie.text().unwrap_or_default(), self.doorkiesnummer.text().unwrap_or_default())
    }
}

/// The contact persons that stand inside a relation.
pub(super) fn inside_relation(
    dialect: &Arc<Dialect>,
    relation: &Relatie,
    inside: &PersonsInside,
    etag: Option<&str>,
) -> Vec<Result<Contactpersoon, RowProblem>> {
    let rows = match relation.raw.list(&inside.rows) {
        Ok(rows) => rows.unwrap_or_default(),
        Err(Odd) => return vec![Err(RowProblem)],
    };
    let read = |(row, raw): (usize, &RawValue)| {
        let source = Source::of(dialect, None).ok_or(RowProblem)?;
        let within = Within {
            parent: relation.id().clone(),
            stamp: relation.gewijzigd(),
            record: Some(relation.raw.clone()),
            row,
        };
        let raw = Object::of(raw).ok_or(RowProblem)?;
        Contactpersoon::read(raw, etag.map(str::to_owned), &source, Some(within))
    };
    rows.iter().map(|row| &**row).enumerate().map(read).collect()
}

/// Where a person is, as its record says or as the relation does in which it stands.
fn koppelingen(raw: &Object, of: &Person, within: Option<&Within>) -> Koppelingen {
    let said = |object: &Object, at: &Option<Pointer>| text_at_some(object, at.as_ref());
    let lacks = |object: &Object, at: &Option<Pointer>| at.is_some() && said(object, at).is_absent();
    let at = match &of.positions {
        Positions::Inside(at) => {
            let koppeling = within.map(|within| Koppeling {
                relatie_id: within.parent.clone(),
                functie: said(raw, &at.functie),
                doorkiesnummer: said(raw, &at.doorkiesnummer),
                lacks_one: lacks(raw, &at.functie) || lacks(raw, &at.doorkiesnummer),
                row: None,
            });
            return Koppelingen::all(koppeling.into_iter().collect());
        }
        Positions::At(at) => at,
    };
    let read = |object: &Object, row: Option<usize>| {
        Some(Koppeling {
            relatie_id: RelatieId::new(scoped(at.scope.as_deref(), id_at(object, &at.relation)?)),
            functie: said(object, &at.functie),
            doorkiesnummer: said(object, &at.doorkiesnummer),
            lacks_one: lacks(object, &at.functie) || lacks(object, &at.doorkiesnummer),
            row,
        })
    };
    let Some(rows) = &at.rows else {
        return Koppelingen::all(read(raw, None).into_iter().collect());
    };
    match raw.list(rows) {
        Err(Odd) => Koppelingen::Odd,
        Ok(None) => Koppelingen::Unsaid,
        Ok(Some(rows)) => {
            let of_row = |(place, row): (usize, &RawValue)| read(&Object::of(row)?, Some(place));
            let all = rows.iter().map(|row| &**row).enumerate();
            let koppelingen: Vec<Koppeling> = all.filter_map(of_row).collect();
            let is_whole = koppelingen.len() == rows.len();
            Koppelingen::Said { koppelingen, is_whole }
        }
    }
}

impl Record for Contactpersoon {
    fn id_text(&self) -> &str {
        self.id.as_str()
    }

    fn content(&self) -> &Content {
        self.content.get_or_init(|| {
            let Some(of) = self.of() else { return Content::default() };
            let mut content = Content::read(&self.raw, &of.status, of.changed.as_ref(), self.addresses());
            content.gewijzigd = content.gewijzigd.or_else(|| self.within.as_ref()?.stamp);
            match self.places() {
                Koppelingen::Unsaid => content.is_partial = true,
                Koppelingen::Odd | Koppelingen::Said { is_whole: false, .. } => {
                    content.is_odd(KOPPELINGEN, OddityKind::NotUnderstood);
                }
                Koppelingen::Said { .. } => {}
            }
            if self.places().has_several_at_one() {
                content.is_odd(KOPPELINGEN, OddityKind::SeveralAtOne);
            }
            content
        })
    }

    fn leaves_out_a_field(&self) -> bool {
        let lack_one =
            matches!(self.places(), Koppelingen::Said { koppelingen, .. } if koppelingen.iter().any(|at| at.lacks_one));
        lack_one || self.velden().lack_one() || self.addresses().lack_one()
    }

    fn velden(&self) -> &Velden {
        self.velden.get_or_init(|| {
            let Some(of) = self.of() else { return Velden::default() };
            let mut velden = Velden::read(&self.raw, CONTACTPERSOON, |veld| veld.of_person(of));
            if let Some(form) = &of.dates {
                velden.change(Veld::Geboortedatum, |text| Presence::of(date_read(text, form)));
            }
            if let Some(words) = &of.genders {
                velden.change(Veld::Geslacht, |word| gender_read(word, words));
            }
            velden
        })
    }

    fn addresses(&self) -> &Adressen {
        self.adressen.get_or_init(|| {
            let adds = self.dialect.writing.adds_addresses;
            self.of()
                .map_or(Adressen::Unsaid, |of| Adressen::read(&self.raw, &of.addresses, &[AddressType::Prive], adds))
        })
    }

    fn everything(&self) -> String {
        self.raw.to_text()
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
