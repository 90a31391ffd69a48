//! What must be known of a tenant before anything is written to it.

use std::time::Duration;

use litemap::LiteMap;
use serde::{Deserialize, Serialize};

use crate::answer::Failure;
use crate::relation::{Form, Gender, Instant, TribeId, folded};
use crate::set::Set;
use crate::stored::Later;
use crate::tribe::client::Client;
use crate::tribe::entity::{Entity, Property};
use crate::tribe::facts::Facts;
use crate::tribe::metadata::Metadata;
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
    genders: LiteMap<TribeId, String>,
    /// The rows of `Datastore_Country`.
    countries: LiteMap<TribeId, Country>,
    /// The genders without a row that were told of.
    #[serde(default)]
    told_genders: Set<String>,
    /// The properties that are of another type than this connector reads; none where the schema could not be read.
    #[serde(default)]
    retyped: Option<Set<String>>,
    /// The property that was looked for to hold the marker; none where the schema could not be read.
    #[serde(default)]
    marker: Option<MarkerProperty>,
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
        let (retyped, marker) = match client.metadata() {
            Ok(metadata) => {
                let retyped = types::retyped(&metadata, client.settings());
                (Some(retyped), Some(MarkerProperty::read(&metadata, &client.settings().marker_property)))
            }
            // Without the schema each value still tells of itself.
            Err(failure) if failure.may_be_of_one_record() => (None, None),
            Err(failure) => return Err(failure),
        };
        Ok(Self {
            own_organisation,
            genders: genders.iter().filter_map(|row| Some((row.id().clone(), gender_of(row)?))).collect(),
            countries: countries.iter().filter_map(|row| Some((row.id().clone(), Country::of(row)?))).collect(),
            told_genders: Set::new(),
            retyped,
            marker,
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
                told_genders: earlier.told_genders,
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

    /// Whether what it says of the marker's property still holds: it was found, and it is the one that is set.
    pub fn is_marker_settled(&self, client: &Client<'_>) -> bool {
        let is_found =
            |marker: &MarkerProperty| marker.name == client.settings().marker_property && marker.missing_on.is_empty();
        self.marker.as_ref().is_none_or(is_found)
    }

    /// Whether the schema has no property for the marker on every kind of record that bears one.
    pub fn lacks_marker(&self) -> bool {
        self.marker.as_ref().is_some_and(|marker| !marker.missing_on.is_empty())
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

    /// Whether a canonical gender, X or unknown, is one for which this tenant has no row though it has others: then it
    /// is empty there.
    pub fn lacks_gender(&self, canonical: &str) -> bool {
        let may_lack = [Gender::X, Gender::Onbekend].into_iter().any(|gender| gender.code() == canonical);
        may_lack && !self.genders.is_empty() && self.gender_row(canonical).is_none()
    }

    /// Remembers that a person was told of a gender without a row; false if that was so before.
    pub fn tell_gender(&mut self, canonical: &str) -> bool {
        self.told_genders.insert(canonical.to_owned())
    }

    /// The canonical country of a row; none for a row that is not known.
    pub fn country(&self, row: &TribeId) -> Option<&str> {
        self.countries.get(row).map(|country| country.canonical.as_str())
    }

    /// The country of a row as it is written to AC.
    pub fn country_spelled(&self, row: &TribeId) -> Option<&str> {
        self.countries.get(row).map(|country| country.spelled.as_str())
    }

    /// The row of a country, however it is spelled: one that bears this very text as its name or its code, or else one
    /// for the same country. None if the tenant has none.
    pub fn country_row(&self, text: &str) -> Option<&TribeId> {
        let canonical = Form::Country.canonical(text);
        let bearing = |text: String| self.country_where(|country| country.texts.contains(&text));
        // The standard row for a country bears its code; a tenant's own may be for the same country.
        let of_code = || bearing(canonical.to_lowercase());
        let same = || self.country_where(|country| country.canonical == canonical);
        bearing(folded(text)).or_else(of_code).or_else(same)
    }

    fn country_where(&self, fits: impl Fn(&Country) -> bool) -> Option<&TribeId> {
        self.countries.iter().find(|(_, country)| fits(country)).map(|(row, _)| row)
    }

    /// How many genders and countries are understood.
    pub fn counts(&self) -> (usize, usize) {
        (self.genders.len(), self.countries.len())
    }
}

/// What the schema says of the property that holds the marker.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct MarkerProperty {
    name: String,
    /// The kinds of record without it, each with its name.
    missing_on: Vec<String>,
}

impl MarkerProperty {
    fn read(metadata: &Metadata, name: &str) -> Self {
        Self { name: name.to_owned(), missing_on: missing_marker(metadata, name) }
    }
}

/// Where the schema has no property of that name for the marker, as `Relation_Person.ImportId`: a contact person is
/// found by the contact, too.
pub fn missing_marker(metadata: &Metadata, name: &str) -> Vec<String> {
    let marked = [Entity::Organization, Entity::Person, Entity::Contact];
    let without = marked.into_iter().filter(|of| !metadata.has_property(of.set(), name));
    without.map(|of| format!("{}.{name}", of.set())).collect()
}

/// A row of `Datastore_Country`: standard, or one that the tenant made.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Country {
    /// Two letters where the country is known, else the name in lower case.
    canonical: String,
    /// As AC gets it: the two letters, or the name.
    spelled: String,
    /// Its names and its code, in lower case.
    texts: Set<String>,
}

impl Country {
    /// None for a row without any text.
    fn of(row: &Record) -> Option<Self> {
        let spelled = texts(row).next()?.to_owned();
        let known = texts(row).map(|text| Form::Country.canonical(text)).find(|country| is_code(country));
        Some(Self {
            canonical: known.clone().unwrap_or_else(|| Form::Country.canonical(&spelled)),
            spelled: known.unwrap_or(spelled),
            texts: texts(row).map(folded).collect(),
        })
    }
}

fn is_code(country: &str) -> bool {
    country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn gender_of(row: &Record) -> Option<String> {
    texts(row).find_map(Gender::parse).map(|gender| gender.code().to_owned())
}

/// What a row is called, the names first: what a code means differs by tenant. Tribe: that rows have these is
/// documented, the codes themselves are unknown.
fn texts(row: &Record) -> impl Iterator<Item = &str> {
    let texts = ["LocalizedName", "Name", "Code"].into_iter().filter_map(|name| row.other_text(name));
    texts.filter(|text| !text.trim().is_empty())
}

fn row_of<'a>(rows: &'a LiteMap<TribeId, String>, canonical: &str) -> Option<&'a TribeId> {
    rows.iter().find(|(_, known)| *known == canonical).map(|(row, _)| row)
}
