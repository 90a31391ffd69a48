//! Relations: companies and private persons.

use std::cell::OnceCell;
use std::fmt;
use std::sync::Arc;

use dialect::{Dialect, Kind, List, OfKind, Relation, TypePlaces, Written};

use super::adres::Adressen;
use super::json::{Object, Odd, Value};
use super::oddity::{self, OddityKind, id_at, scoped, text_at};
use super::record::{Content, Record, RowProblem, Velden, says_something};
use super::tags::strong;
use super::veld::{BEDRIJF, EITHER, PARTICULIER, RELATIETYPEN, SOORT, Veld};
use crate::relation::{AddressType, Presence, RelatieId, RelatietypeId, kvk_of_number};

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

impl Soort {
    /// The fields of such a relation.
    pub(super) fn velden(self) -> &'static [Veld] {
        match self {
            Self::Bedrijf => BEDRIJF,
            Self::Particulier => PARTICULIER,
            // Whatever it is, it may say these.
            Self::Onbekend => EITHER,
        }
    }

    /// The types of address of such a relation.
    fn addresses(self) -> &'static [AddressType] {
        match self {
            Self::Bedrijf => &[AddressType::Hoofdkantoor, AddressType::Postadres],
            Self::Particulier => &[AddressType::Prive],
            Self::Onbekend => &[],
        }
    }
}

/// A relation as it was read. `Debug` tells its id only.
#[derive(Clone)]
pub struct Relatie {
    id: RelatieId,
    dialect: Arc<Dialect>,
    /// The kind of all records of its list, where the list tells it.
    of: Option<OfKind>,
    /// What it is, and what it says: each read when somebody asks.
    told: OnceCell<Told>,
    velden: OnceCell<Velden>,
    adressen: OnceCell<Adressen>,
    seen: OnceCell<Seen>,
    pub(super) raw: Object,
    etag: Option<String>,
}

/// What tells the kind of a relation.
#[derive(Clone, Copy)]
struct Told {
    soort: Soort,
    is_odd: bool,
    is_unsaid: bool,
}

/// What a relation says.
#[derive(Clone)]
struct Seen {
    relatietypen: Option<Vec<RelatietypeId>>,
    content: Content,
}

impl Relatie {
    /// Takes a record of that list.
    pub(super) fn read(
        raw: Object,
        etag: Option<String>,
        list: &List,
        dialect: &Arc<Dialect>,
    ) -> Result<Self, RowProblem> {
        let id = id_at(&raw, &dialect.relations.record.id).ok_or(RowProblem)?;
        let id = RelatieId::new(scoped(list.scope.as_deref(), id));
        let (told, velden, adressen, seen) = Default::default();
        let (dialect, of) = (Arc::clone(dialect), list.of.clone());
        Ok(Self { id, dialect, of, told, velden, adressen, seen, raw, etag })
    }

    fn told(&self) -> Told {
        *self.told.get_or_init(|| kind(&self.raw, &self.dialect.relations.record, self.of.as_ref()))
    }

    fn seen(&self) -> &Seen {
        self.seen.get_or_init(|| {
            let (raw, of) = (&self.raw, &self.dialect.relations.record);
            let Told { soort, is_odd, is_unsaid } = self.told();
            let mut content = Content::read(raw, &of.status, of.changed.as_ref(), self.addresses());
            content.is_partial |= is_unsaid;
            if soort == Soort::Bedrijf && oddity::has_lost_zero(&self.velden().field(Veld::Kvk)) {
                content.is_odd(Veld::Kvk.name(), OddityKind::LostZero);
            }
            if is_odd {
                content.is_odd(SOORT, OddityKind::UnknownValue);
            }
            let (relatietypen, are_types_odd) = types(raw, &of.types);
            content.is_partial |= relatietypen.is_none() && !are_types_odd;
            if are_types_odd {
                content.is_odd(RELATIETYPEN, OddityKind::NotUnderstood);
            }
            Seen { relatietypen, content }
        })
    }

    /// AC's id.
    pub fn id(&self) -> &RelatieId {
        &self.id
    }

    /// What it is.
    pub fn soort(&self) -> Soort {
        self.told().soort
    }

    /// Its relation types; none if the record says nothing about them, which is not the same as no types (A7).
    pub fn relatietypen(&self) -> Option<Vec<RelatietypeId>> {
        self.seen().relatietypen.clone()
    }

    /// Whether it came with a tag that can guard a write.
    pub fn has_tag(&self) -> bool {
        strong(self.etag()).is_some()
    }

    pub(super) fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    /// A record to try the rooms above with.
    #[cfg(test)]
    pub(crate) fn sample(json: &serde_json::Value) -> Self {
        let dialect = super::built_in();
        let raw = Object::parse(json.to_string().as_bytes());
        let list = dialect.relations.lists.first();
        let sample = raw.zip(list).and_then(|(raw, list)| Self::read(raw, None, list, &dialect).ok());
        #[expect(clippy::expect_used, reason = "a test's own record")]
        sample.expect("a record with an id")
    }
}

/// What kind a record is of, whether what tells it is odd, and whether nothing tells it.
fn kind(raw: &Object, of: &Relation, of_list: Option<&OfKind>) -> Told {
    let sure = |soort| Told { soort, is_odd: false, is_unsaid: false };
    match &of.kind {
        Kind::ByList => match of_list {
            Some(OfKind::PrivatePerson) => sure(Soort::Particulier),
            Some(OfKind::Organisation) | None => sure(Soort::Bedrijf),
        },
        Kind::Word(words) => {
            let said = text_at(raw, &words.at);
            match said.text() {
                Some(word) if words.organisation.iter().any(|known| known == word) => sure(Soort::Bedrijf),
                Some(word) if words.private_person.iter().any(|known| known == word) => sure(Soort::Particulier),
                _ => Told { soort: Soort::Onbekend, is_odd: says_something(&said), is_unsaid: said.is_absent() },
            }
        }
        Kind::Present(places) => {
            let stands = |pointer| match raw.at(pointer) {
                Ok(Some(found)) => match Value::of(&found) {
                    Value::Null => false,
                    Value::Text(text) => !text.trim().is_empty(),
                    Value::List(rows) => !rows.is_empty(),
                    Value::Object(object) => !object.is_empty(),
                    Value::Scalar(_) | Value::Broken => true,
                },
                _ => false,
            };
            match (stands(&places.organisation), stands(&places.private_person)) {
                (true, _) => sure(Soort::Bedrijf),
                (false, true) => sure(Soort::Particulier),
                (false, false) => Told { soort: Soort::Onbekend, is_odd: false, is_unsaid: true },
            }
        }
    }
}

/// The relation types of a record, and whether what stands there is odd.
fn types(raw: &Object, at: &TypePlaces) -> (Option<Vec<RelatietypeId>>, bool) {
    let in_list = |pointer, id: &dyn Fn(&serde_json::value::RawValue) -> Option<String>| match raw.list(pointer) {
        Err(Odd) => (None, true),
        Ok(None) => (None, false),
        Ok(Some(rows)) => {
            let types: Vec<RelatietypeId> = rows.iter().filter_map(|row| id(row)).map(RelatietypeId::new).collect();
            let is_odd = types.len() < rows.len();
            (Some(types), is_odd)
        }
    };
    match at {
        TypePlaces::Words(pointer) => in_list(pointer, &|row| oddity::id(Some(row))),
        TypePlaces::Rows(rows) => in_list(&rows.at, &|row| id_at(&Object::of(row)?, &rows.id)),
        TypePlaces::Always(id) => (Some(vec![RelatietypeId::new(id.clone())]), false),
        TypePlaces::One(pointer) => match raw.at(pointer) {
            Err(Odd) => (None, true),
            Ok(None) => (None, false),
            Ok(Some(found)) => match (Value::of(&found), oddity::id(Some(&found))) {
                (Value::Null, _) => (Some(Vec::new()), false),
                (Value::Text(text), _) if text.trim().is_empty() => (Some(Vec::new()), false),
                (_, Some(id)) => (Some(vec![RelatietypeId::new(id)]), false),
                (_, None) => (None, true),
            },
        },
    }
}

impl Record for Relatie {
    fn id_text(&self) -> &str {
        self.id.as_str()
    }

    fn content(&self) -> &Content {
        &self.seen().content
    }

    fn velden(&self) -> &Velden {
        self.velden.get_or_init(|| {
            let (of, soort) = (&self.dialect.relations.record, self.told().soort);
            let mut velden =
                Velden::read(&self.raw, soort.velden(), |veld| veld.of_relation(of, soort == Soort::Bedrijf));
            if of.organisation.kvk.as_ref().is_some_and(|field| field.written == Written::Number) {
                velden.change(Veld::Kvk, |digits| Presence::of(kvk_of_number(digits)));
            }
            velden
        })
    }

    fn addresses(&self) -> &Adressen {
        self.adressen.get_or_init(|| {
            let types = self.told().soort.addresses();
            let adds = self.dialect.writing.adds_addresses;
            Adressen::read(&self.raw, &self.dialect.relations.record.addresses, types, adds)
        })
    }

    fn holds_an_empty_field(&self) -> bool {
        self.soort() != Soort::Onbekend && self.velden().hold_an_empty_one()
    }

    fn leaves_out_a_field(&self) -> bool {
        self.soort() != Soort::Onbekend && (self.velden().lack_one() || self.addresses().lack_one())
    }

    fn everything(&self) -> String {
        self.raw.to_text()
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
