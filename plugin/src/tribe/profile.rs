//! What must be known of a tenant before anything is written to it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::answer::Failure;
use crate::relation::{Form, Gender, Instant, TribeId};
use crate::stored::Later;
use crate::tribe::client::Client;
use crate::tribe::entity::{Entity, Property};
use crate::tribe::facts::Facts;
use crate::tribe::record::Record;
use crate::tribe::types;

/// A profile older than this is read again.
const GOOD_FOR: Duration = Duration::from_secs(24 * 60 * 60);

/// The tenant's own organisation, the rows of the datastores that fields choose from, and what the check found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Profile {
    /// The parent of every commercial relationship.
    pub own_organisation: TribeId,
    /// The gender of each row of `Datastore_Gender` that is understood.
    genders: BTreeMap<TribeId, String>,
    /// The canonical country of each row of `Datastore_Country`.
    countries: BTreeMap<TribeId, String>,
    /// The properties that are of another type than this connector reads; none where the schema could not be read.
    #[serde(default)]
    retyped: Option<BTreeSet<String>>,
    read_at: Instant,
    /// For which login: settings can change within a day.
    of: String,
    /// What the last check found; none before one.
    pub facts: Option<Facts>,
    /// What a later version of the connector keeps there.
    #[serde(flatten)]
    pub later: Later,
}

impl Profile {
    /// Reads it.
    pub fn read(client: &Client<'_>, now: Instant) -> Result<Self, Failure> {
        let own_organisation = client.own_organisation()?;
        let genders = client.datastore("Datastore_Gender")?;
        let countries = client.datastore("Datastore_Country")?;
        let retyped = match client.metadata() {
            Ok(metadata) => Some(types::retyped(&metadata, client.settings())),
            // Without the schema each value still tells of itself.
            Err(failure) if failure.may_be_of_one_record() => None,
            Err(failure) => return Err(failure),
        };
        Ok(Self {
            own_organisation,
            genders: canonical_rows(&genders, |text| Gender::parse(text).map(|gender| gender.code().to_owned())),
            countries: canonical_rows(&countries, |text| {
                let country = Form::Country.canonical(text);
                // A code of another kind, such as a number, says nothing: the name is asked then.
                (country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase())).then_some(country)
            }),
            retyped,
            read_at: now,
            of: client.settings().tenant(),
            facts: None,
            later: Later::default(),
        })
    }

    /// The same with what an earlier profile of the same login says beside it.
    pub fn after(self, earlier: Option<Self>) -> Self {
        match earlier.filter(|earlier| earlier.of == self.of) {
            Some(earlier) => Self {
                facts: self.facts.or(earlier.facts),
                retyped: self.retyped.or(earlier.retyped),
                later: earlier.later,
                ..self
            },
            None => self,
        }
    }

    /// Whether it is that login's, and recent enough.
    pub fn is_good(&self, client: &Client<'_>, now: Instant) -> bool {
        self.of == client.settings().tenant() && now.since(self.read_at).is_some_and(|age| age < GOOD_FOR)
    }

    /// The names under which a property stands in the schema as one of another type than this connector reads, so that
    /// nothing in it is a user's edit. Almost always none.
    pub fn retyped(&self, entity: Entity, property: Property, function_property: &str) -> Vec<String> {
        let Some(retyped) = self.retyped.as_ref().filter(|retyped| !retyped.is_empty()) else { return Vec::new() };
        let names = types::wire_names(property, function_property);
        names.into_iter().map(|(name, _)| types::name(entity, name)).filter(|name| retyped.contains(name)).collect()
    }

    /// The canonical gender of a row; none for a row that is not understood.
    pub fn gender(&self, row: &TribeId) -> Option<&str> {
        self.genders.get(row).map(String::as_str)
    }

    /// The row of a canonical gender; none if the tenant has none.
    pub fn gender_row(&self, canonical: &str) -> Option<&TribeId> {
        row_of(&self.genders, canonical)
    }

    /// The canonical country of a row; none for a row that is not understood.
    pub fn country(&self, row: &TribeId) -> Option<&str> {
        self.countries.get(row).map(String::as_str)
    }

    /// The row of a canonical country; none if the tenant has none.
    pub fn country_row(&self, canonical: &str) -> Option<&TribeId> {
        row_of(&self.countries, canonical)
    }

    /// How many genders and countries are understood.
    pub fn counts(&self) -> (usize, usize) {
        (self.genders.len(), self.countries.len())
    }
}

/// The rows that are understood by their code or, failing that, by a name. Tribe: that rows have these is documented,
/// the codes themselves are unknown.
fn canonical_rows(rows: &[Record], canonical: impl Fn(&str) -> Option<String>) -> BTreeMap<TribeId, String> {
    let understood = |row: &Record| {
        let texts = ["Code", "Name", "LocalizedName"].into_iter().filter_map(|name| row.other_text(name));
        texts.filter_map(&canonical).next().map(|canonical| (row.id().clone(), canonical))
    };
    rows.iter().filter_map(understood).collect()
}

fn row_of<'a>(rows: &'a BTreeMap<TribeId, String>, canonical: &str) -> Option<&'a TribeId> {
    rows.iter().find(|(_, known)| *known == canonical).map(|(row, _)| row)
}
