//! The API as a ledger of debtors has it, made after the public ones of small accounting systems.
//!
//! Pages by how many rows came before, with the number of all; no way to ask for what changed, and nothing that tells
//! when a record was changed or which version it has; contact persons by an address of their own below each relation;
//! the kind by which of two objects is there; telephones, e-mail addresses and websites in one list with two words each;
//! numbers for ids, genders and the KvK number; dates with the day first; `PUT` with what changed, answered with nothing.
//! Nearly everything that is wrong is a 400, and only its code tells what.
//!
//! It plays the variants of order, page cap, late visibility, refusals and alterations. What it cannot say:
//!
//! - absent, null and empty are one, and an empty point is no row; stored stays what it was as long as nothing else comes;
//! - a KvK number that is not made of digits, and the zeros in front of one;
//! - house number and addition are one text;
//! - of a contact person one private address; others, and fields that the contract does not know, are not shown, and stay;
//! - an address cannot be made;
//! - what is deleted is not there any more: not listed, not found; nor is a contact person that is archived, or that is of
//!   no relation.

mod refusal;
mod serving;
mod shape;
mod taking;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value, json};

use super::record::{List, Record, Version, linked_relaties};
use super::refusal::Refusal;
use super::selection::{Place, cap, selected, size};
use super::store::{Store, gone};
use super::storing;
use super::variants::{Empties, Order, Put, Variants};
use crate::http::{percent_decode, query_pairs};
use crate::{Instant, Request, Response};
use refusal::Refused;
pub(super) use refusal::busy;

const DEFAULT_ROWS: usize = 10;
/// The header that says which version of the API is meant, and the only one that there is.
const VERSION: (&str, &str) = ("x-ledger-version", "3");

/// What a path names.
enum Resource {
    Groups,
    Relations,
    Relation(String),
    Contacts(String),
    Contact(String, String),
}

impl Resource {
    /// The name by which calls are counted, the same on every wire.
    fn name(&self) -> &'static str {
        match self {
            Self::Groups => "relatietypen",
            Self::Relations => "relaties",
            Self::Relation(_) => "relaties/{id}",
            Self::Contacts(_) => "contactpersonen",
            Self::Contact(..) => "contactpersonen/{id}",
        }
    }
}

/// Answers one request.
pub(super) fn answer(store: &mut Store, now: Instant, request: &Request) -> Response {
    let resource = resource(store, request.path());
    store.counters.call(&request.method, resource.as_ref().map_or("unknown", Resource::name));
    if !matches!(request.method.as_str(), "GET" | "PUT") {
        store.counters.violation();
    }
    let answer = authorised(store, request).and(resource).map_err(Refused::from);
    let answer = answer.and_then(|resource| answer_at(store, now, request, resource));
    answer.unwrap_or_else(|refused| refused.response(store.variants.refusals))
}

fn authorised(store: &Store, request: &Request) -> Result<(), Refusal> {
    let given = request.header("authorization").and_then(|given| given.strip_prefix("Basic "));
    let expected = STANDARD.encode(format!("{}:{}", store.office.user, store.office.key));
    if given == Some(expected.as_str()) { Ok(()) } else { Err(Refusal::Key) }
}

fn resource(store: &Store, path: &str) -> Result<Resource, Refusal> {
    let parts: Option<Vec<String>> = path.trim_matches('/').split('/').map(percent_decode).collect();
    let parts = parts.ok_or(Refusal::Unknown)?;
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["v1", "ledgers", office, ..] if *office != store.office.number => Err(Refusal::Office),
        ["v1", "ledgers", _, "groups"] => Ok(Resource::Groups),
        ["v1", "ledgers", _, "relations"] => Ok(Resource::Relations),
        ["v1", "ledgers", _, "relations", id] => Ok(Resource::Relation((*id).to_owned())),
        ["v1", "ledgers", _, "relations", id, "contacts"] => Ok(Resource::Contacts((*id).to_owned())),
        ["v1", "ledgers", _, "relations", id, "contacts", nr] => {
            Ok(Resource::Contact((*id).to_owned(), (*nr).to_owned()))
        }
        _ => Err(Refusal::Unknown),
    }
}

fn answer_at(store: &mut Store, now: Instant, request: &Request, resource: Resource) -> Result<Response, Refused> {
    if request.header(VERSION.0) != Some(VERSION.1) {
        return Err(Refused::version());
    }
    let takes_parameters = matches!((request.method.as_str(), &resource), ("GET", Resource::Relations));
    if !takes_parameters && let Some((name, _)) = query_pairs(request.query()).next() {
        return Err(Refused::parameter(name));
    }
    let body = |body: Value| Ok(Response::json_body(200, &body));
    match (request.method.as_str(), resource) {
        ("GET", Resource::Groups) => {
            let groups = store.relatietypen.iter().map(|(id, name)| json!({ "code": id, "text": name }));
            body(json!({ "groups": groups.collect::<Value>() }))
        }
        ("GET", Resource::Relations) => page(store, now, request.query()),
        ("GET", Resource::Relation(id)) => body(serving::relation(&relation(store, &id)?.current)),
        ("GET", Resource::Contacts(id)) => {
            relation(store, &id)?;
            let of_relation = store.contactpersonen.records.values();
            let shown = of_relation.map(Record::current).filter(|version| is_contact(version, &id));
            body(json!({ "items": shown.map(|version| serving::contact(version, &id)).collect::<Value>() }))
        }
        ("GET", Resource::Contact(id, nr)) => body(serving::contact(&contact(store, &id, &nr)?.current, &id)),
        ("PUT", Resource::Relation(id)) => {
            let version = &relation(store, &id)?.current;
            let taken = taking::of_relation(version, &sent(request)?)?;
            put(store, now, (List::Relaties, &id), taken)
        }
        ("PUT", Resource::Contact(id, nr)) => {
            let version = &contact(store, &id, &nr)?.current;
            let taken = taking::of_contact(version, &id, &sent(request)?)?;
            put(store, now, (List::Contactpersonen, &nr), taken)
        }
        _ => Err(Refusal::Method.into()),
    }
}

/// One page of relations. Rows are counted anew at every call: they shift while records come and go.
fn page(store: &Store, now: Instant, query: &str) -> Result<Response, Refused> {
    let variants = &store.variants;
    let (mut offset, mut rows, mut is_full) = (0, DEFAULT_ROWS.min(cap(variants)), false);
    for (name, value) in query_pairs(query) {
        let refused = || Refused::parameter(name);
        let value = percent_decode(value).ok_or_else(refused)?;
        let asked = || value.parse::<usize>().map_err(|_| refused());
        match (name, value.as_str()) {
            ("offset", _) => offset = asked()?,
            ("limit", _) => rows = size(asked()?, variants).ok_or_else(refused)?,
            ("view", view @ ("full" | "short")) => is_full = view == "full",
            _ => return Err(refused()),
        }
    }
    let mut found: Vec<(Place<'_>, &Record, &Version)> = selected(&store.relaties, variants, now, None);
    found.retain(|(.., version)| version.text("status") != "verwijderd");
    if variants.order == Order::Sorted {
        found.sort_unstable_by_key(|((.., id), ..)| *id);
    }
    let shown = found.iter().skip(offset).take(rows).map(|(.., version)| match is_full {
        true => serving::relation(version),
        false => serving::short(version),
    });
    Ok(Response::json_body(200, &json!({ "items": shown.collect::<Value>(), "total": found.len() })))
}

/// A relation that is there: what was deleted is not found.
fn relation<'a>(store: &'a Store, id: &str) -> Result<&'a Record, Refusal> {
    gone(store.record(List::Relaties, id)?)
}

fn is_contact(version: &Version, relation: &str) -> bool {
    version.text("status") == "actief" && linked_relaties(version).iter().any(|id| id == relation)
}

/// A contact person of that relation.
fn contact<'a>(store: &'a Store, relation: &str, nr: &str) -> Result<&'a Record, Refusal> {
    self::relation(store, relation)?;
    let record = store.record(List::Contactpersonen, nr)?;
    if is_contact(&record.current, relation) { Ok(record) } else { Err(Refusal::Unknown) }
}

fn sent(request: &Request) -> Result<Map<String, Value>, Refusal> {
    serde_json::from_slice(&request.body).map_err(|_| Refusal::Body)
}

/// Stores what changed, and tells nothing of it.
fn put(
    store: &mut Store,
    now: Instant,
    (list, id): (List, &str),
    taken: Map<String, Value>,
) -> Result<Response, Refused> {
    let variants = Variants { put: Put::Merge, empties: Empties::Given, ..store.variants };
    let mut members: Vec<String> = taken.keys().cloned().collect();
    members.sort_unstable();
    let version = &store.record(list, id)?.current;
    let fields = storing::merged(&version.fields, taken, &variants).map_err(|refusal| match refusal {
        Refusal::Field(field) => Refused::member(shape::own_name(list, field)),
        other => other.into(),
    })?;
    store.put_by_api(now, "PUT", (list, id), fields, members);
    Ok(Response::empty(204))
}

#[cfg(test)]
#[path = "ledger_tests.rs"]
mod tests;
