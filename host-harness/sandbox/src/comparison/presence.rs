//! Who must be in Tribe, who may be, and who must not.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde_json::Value;

use super::tables::stage;
use crate::advocaatcentraal::{List, Record, Version};
use crate::tribe::Guid;
use crate::{AdvocaatCentraal, Instant, Tribe};

/// What AdvocaatCentraal showed a moment ago may still be carried over: the contract lets a change be listed up to 25
/// minutes late, and a poll comes every five.
const GRACE: Duration = Duration::from_secs(30 * 60);

/// Whether a record is to be in Tribe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Presence {
    /// Exactly once.
    Must,
    /// It was to be there until then: it stays if it is there, but is not made after that.
    MayIfMadeBy(Instant),
    /// It was never to be there.
    MustNot,
}

impl Presence {
    /// It may be there, or not: the manual does not say.
    pub(super) const MAY: Self = Self::MayIfMadeBy(Instant::from_millis(u64::MAX));

    /// Whether a record that was made then may be there.
    pub(super) fn allows(self, made: Instant) -> bool {
        match self {
            Self::Must => true,
            Self::MayIfMadeBy(until) => made <= until.plus(GRACE),
            Self::MustNot => false,
        }
    }
}

/// Either kind of relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Soort {
    Bedrijf,
    Particulier,
}

impl Soort {
    pub(super) fn of(version: &Version) -> Self {
        if version.text("soort") == "bedrijf" { Self::Bedrijf } else { Self::Particulier }
    }

    /// The entity set.
    pub(super) fn set(self) -> &'static str {
        match self {
            Self::Bedrijf => "Relation_Organization",
            Self::Particulier => "Relation_Person",
        }
    }

    /// The link of a relationship that leads to it.
    pub(super) fn link(self) -> &'static str {
        match self {
            Self::Bedrijf => "Organization",
            Self::Particulier => "Person",
        }
    }

    /// The required name in AdvocaatCentraal.
    fn name(self) -> &'static str {
        match self {
            Self::Bedrijf => "bedrijfsnaam",
            Self::Particulier => "naam",
        }
    }
}

/// The mapping, read against this Tribe.
pub(super) struct Mapping<'a> {
    pub(super) types: &'a BTreeMap<String, String>,
    pub(super) tribe: &'a Tribe,
}

impl Mapping<'_> {
    /// The entity set that a relation type leads to; none where it is not mapped or Tribe has none for that kind.
    pub(super) fn set(&self, relatietype: &str, soort: Soort) -> Option<String> {
        let key = self.types.get(relatietype)?;
        let holder = soort.link();
        let set = match (stage(key), key.as_str(), soort) {
            (Some(stage), ..) => format!("Relationship_{holder}_CommercialRelationship_{stage}"),
            (None, "supplier", Soort::Bedrijf) => "Relationship_Organization_Supplier".to_owned(),
            (None, "partner", Soort::Bedrijf) => "Relationship_Organization_Partner".to_owned(),
            (None, key, _) => key.parse::<Guid>().ok()?.wire_name(),
        };
        self.tribe.has_link(&set, holder).then_some(set)
    }

    /// The relation types of a version that Tribe has a set for, with that set.
    pub(super) fn sets(&self, version: &Version) -> BTreeMap<String, String> {
        let soort = Soort::of(version);
        types(version).filter_map(|id| Some((id.to_owned(), self.set(id, soort)?))).collect()
    }

    /// Whether a relation is to be in Tribe.
    pub(super) fn relatie(&self, record: &Record) -> Presence {
        let belongs = |version: &Version| version.text("status") == "actief" && !self.sets(version).is_empty();
        let now = record.current();
        // Linked as the other kind of relation, it is made as this one only when a person asks.
        if record.versions().any(|version| Soort::of(version) != Soort::of(now) && belongs(version)) {
            return Presence::MAY;
        }
        if belongs(now) {
            // Tribe demands a name; what becomes of a record without one the manual does not say.
            return if now.text(Soort::of(now).name()).trim().is_empty() { Presence::MAY } else { Presence::Must };
        }
        let mapped_in_vain = types(now).any(|id| self.types.contains_key(id)) && self.sets(now).is_empty();
        if now.text("status") == "actief" && mapped_in_vain {
            return Presence::MAY;
        }
        let versions: Vec<&Version> = record.versions().collect();
        let ended = versions.windows(2).filter_map(|pair| match pair {
            [before, after] if belongs(before) => Some(after.made()),
            _ => None,
        });
        ended.max().map_or(Presence::MustNot, Presence::MayIfMadeBy)
    }

    /// Whether a contact person is to be in Tribe, and at which companies.
    pub(super) fn contactpersoon(
        &self,
        record: &Record,
        companies: &BTreeMap<&str, Presence>,
    ) -> (Presence, BTreeSet<String>) {
        let now = record.current();
        let must: BTreeSet<String> =
            links(now).filter(|id| companies.get(id) == Some(&Presence::Must)).map(str::to_owned).collect();
        if now.text("status") == "actief" && !must.is_empty() {
            let nameless = now.text("achternaam").trim().is_empty();
            return (if nameless { Presence::MAY } else { Presence::Must }, must);
        }
        let once = record.versions().any(|version| {
            let company = |id| companies.get(id).is_some_and(|presence| *presence != Presence::MustNot);
            version.text("status") == "actief" && links(version).any(company)
        });
        (if once { Presence::MAY } else { Presence::MustNot }, BTreeSet::new())
    }
}

/// The presence of every company, by its id. What was one and is a private person now may stay. One that a user deleted in Tribe may stay away, one that was purged in
/// AdvocaatCentraal may stay.
pub(super) fn companies<'a>(
    ac: &'a AdvocaatCentraal,
    tribe: &Tribe,
    mapping: &Mapping<'_>,
    marker: impl Fn(&str) -> String,
) -> BTreeMap<&'a str, Presence> {
    let purged = ac.purged(List::Relaties).map(|id| (id, Presence::MAY));
    ac.relaties()
        .filter(|(_, record)| record.versions().any(|version| Soort::of(version) == Soort::Bedrijf))
        .map(|(id, record)| {
            let is_one = Soort::of(record.current()) == Soort::Bedrijf;
            let deleted = tribe.was_deleted_by_user(&marker(id));
            (id, if deleted || !is_one { Presence::MAY } else { mapping.relatie(record) })
        })
        .chain(purged)
        .collect()
}

/// The relation types of a version.
pub(super) fn types(version: &Version) -> impl Iterator<Item = &str> {
    version.rows("relatietypen").iter().filter_map(Value::as_str)
}

/// The relations that a contact person belongs to.
pub(super) fn links(version: &Version) -> impl Iterator<Item = &str> {
    version.rows("koppelingen").iter().filter_map(|link| link.get("relatie_id")?.as_str())
}
