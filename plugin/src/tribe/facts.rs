//! What is unknown of Tribe in general and can be told of a tenant by reading, as the check asks it. Kept with the
//! profile.
//!
//! What nobody outside Tribe knows, and who decides it:
//!
//! | unknown | decided by |
//! |---|---|
//! | the property of a contact's function | the check: the schema; what it may be is named |
//! | webhooks: body, payload, header, retries | registering is verified by listing; the header is a setting; either id is read; retries stay open, and nothing leans on them |
//! | lifetimes of tokens | every token's own `expires_in`; a token that ends sooner is renewed |
//! | statuses and bodies of errors | stay open: any 2xx is a success, the rest is sorted by status, no text is read |
//! | `$top` above a hundred, `nextLink` | the check; `$batch`, `any` and `all` stay open and are not used |
//! | addresses: slots, how they are written, their type | the check (slots, types); the first write (nested or not); no type is written |
//! | codes of genders, countries, address types | the check: by code or by name |
//! | `ImportId` | the check: in the schema, selected, searched |
//! | who edited a record | the check tells whether Tribe does; nothing leans on it, since values are compared |
//! | whether `null` clears | the first write that clears |
//! | whether a role needs its parent | stays open: it is always sent |
//! | whether an upgrade keeps the id | stays open: none is asked for, and one by a user takes nothing away |
//! | `eq` and capitals, the set of partners | the check |
//! | what a deletion takes along | stays open: nothing is ever deleted |

use serde::{Deserialize, Serialize};

use crate::answer::Failure;
use crate::relation::TribeId;
use crate::stored::Later;
use crate::tribe::client::{Client, PAGE_SIZE};
use crate::tribe::entity::{Entity, RelationKind};
use crate::tribe::metadata::Metadata;
use crate::tribe::query::{self, Query};
use crate::tribe::record::Record;
use crate::tribe::relation_type::RelationType;

/// How `eq` compares text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TextEquality {
    /// Capitals matter.
    CaseSensitive,
    /// They do not: what is found is compared again.
    CaseInsensitive,
}

/// What asking for more than [`PAGE_SIZE`] rows does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PageLimit {
    /// That many come.
    Clipped,
    /// That many come, with a link to the next. The link is not used.
    Linked,
    /// Another number comes.
    Another,
    /// The question is refused. It is never asked but by the check.
    Refused,
}

/// What reading told.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// Properties of a contact that may hold the function, by their names.
    pub function_properties: Vec<String>,
    /// Properties that may tell who made or edited a record.
    pub editor_properties: Vec<String>,
    /// Whether organisations can be partners.
    pub has_partners: bool,
    /// What `$top` above a hundred does; none where no list is long enough to tell.
    pub page_limit: Option<PageLimit>,
    /// How `eq` compares; none where there is no text to tell by.
    pub text_equality: Option<TextEquality>,
    /// The codes of `Datastore_AdressType`, sorted.
    pub address_types: Vec<String>,
    /// What a later version of the connector keeps there.
    #[serde(flatten)]
    pub later: Later,
}

impl Facts {
    /// Asks. Nothing is written.
    pub fn read(client: &Client<'_>, metadata: &Metadata) -> Result<Self, Failure> {
        let partner = RelationType::Partner.set(RelationKind::Organization);
        Ok(Self {
            function_properties: metadata.properties_like(Entity::Contact.set(), &["function", "functie", "job"]),
            editor_properties: metadata.properties_like(
                Entity::Organization.set(),
                &["creator", "createdby", "modifie", "mutatedby", "editedby", "changedby"],
            ),
            has_partners: partner.is_some_and(|set| metadata.has_set(&set)),
            page_limit: page_limit(client)?,
            text_equality: text_equality(client)?,
            address_types: address_types(client)?,
            later: Later::default(),
        })
    }
}

/// Of the first list that is long enough to tell.
fn page_limit(client: &Client<'_>) -> Result<Option<PageLimit>, Failure> {
    for set in ["Datastore_Country", Entity::Organization.set(), Entity::Person.set()] {
        if let Some(limit) = page_limit_of(client, set)? {
            return Ok(Some(limit));
        }
    }
    Ok(None)
}

/// What asking for more than [`PAGE_SIZE`] rows does; none if the set has no more. Tribe: documented is the limit,
/// unknown whether asking for more is refused.
fn page_limit_of(client: &Client<'_>, set: &str) -> Result<Option<PageLimit>, Failure> {
    let more = PAGE_SIZE + 1;
    let query = Query::on(set)
        .with("$select", "ID")
        .with("$orderby", "ID")
        .with("$top", &more.to_string())
        .with("$count", "true")
        .finish();
    match client.list(query) {
        Ok((list, _)) if list.rows.len() == PAGE_SIZE && list.has_next_link() => Ok(Some(PageLimit::Linked)),
        Ok((list, _)) if list.count.is_some_and(|count| count >= more) => {
            let clipped = list.rows.len() == PAGE_SIZE;
            Ok(Some(if clipped { PageLimit::Clipped } else { PageLimit::Another }))
        }
        Ok(_) => Ok(None),
        Err(Failure::Refused { .. }) => Ok(Some(PageLimit::Refused)),
        Err(failure) => Err(failure),
    }
}

/// Looks for a row by its name in other capitals.
fn text_equality(client: &Client<'_>) -> Result<Option<TextEquality>, Failure> {
    let rows = client.datastore("Datastore_Country")?;
    let names = rows.iter().filter_map(|row| Some((row.id(), row.other_text("Name")?)));
    let told = names.map(|(id, name)| (id, name, name.to_ascii_uppercase())).find(|(_, name, other)| name != other);
    let Some((id, _, other)) = told else { return Ok(None) };
    let found = ids_with_text(client, "Datastore_Country", "Name", &other)?;
    Ok(Some(if found.contains(id) { TextEquality::CaseInsensitive } else { TextEquality::CaseSensitive }))
}

/// The records of a set of which Tribe itself says that they have that text in that property.
fn ids_with_text(client: &Client<'_>, set: &str, property: &str, text: &str) -> Result<Vec<TribeId>, Failure> {
    let query = Query::on(set)
        .with("$select", "ID")
        .with("$filter", &query::text_is(property, text))
        .with("$orderby", "ID")
        .with("$top", &PAGE_SIZE.to_string())
        .finish();
    let rows = client.list(query)?.0.rows.into_iter().map(Record::new);
    rows.map(|row| row.map(|row| row.id().clone())).collect()
}

fn address_types(client: &Client<'_>) -> Result<Vec<String>, Failure> {
    match client.datastore("Datastore_AdressType") {
        Ok(rows) => {
            let code = |row: &Record| row.other_text("Code").or(row.other_text("Name")).map(str::to_owned);
            let mut codes: Vec<String> = rows.iter().filter_map(code).collect();
            codes.sort_unstable();
            Ok(codes)
        }
        // No type is ever written: a tenant without the table lacks nothing.
        Err(Failure::Gone | Failure::Refused { .. }) => Ok(Vec::new()),
        Err(failure) => Err(failure),
    }
}
