//! The API as an accounting system has it, made after the public ones of that kind.
//!
//! Bare arrays with the next page in a `Link` header; contacts without a word for their kind, which have their contact
//! persons inside; flat addresses; `""` for whatever is empty; 18-digit ids; a member `version` to hold a write against;
//! `PATCH` with what changed.
//!
//! It plays the variants of order, filter, page cap, late visibility, refusals, alterations, new addresses and the order of
//! koppelingen (then of the people in their contact). What it cannot say:
//!
//! - absent, null and empty are one; stored stays what it was as long as nothing else comes;
//! - a relation without any name is of no kind;
//! - street, house number and addition are one line (see `one_line`);
//! - addresses of other types than the main and the postal one (of a contact person: the private one), and a second one
//!   of a type, are not shown, and stay;
//! - fields that the contract does not know are not shown, and stay;
//! - a contact person of no contact is not shown; one of several stands in each, under one id, and a write in any of
//!   them is one in all;
//! - what is deleted is not there any more: not listed, 404.
//!
//! A change of a contact person always moves its contacts' stamps and versions: it is a part of them.

mod refusal;
mod serving;
mod shape;
mod taking;

use serde_json::{Map, Value, json};

use super::record::{List, Record};
use super::refusal::Refusal;
use super::selection::{cap, selected, size, with_offset};
use super::store::{Store, gone};
use super::variants::{Stamps, Variants};
use super::wire::Wire;
use crate::http::{percent_decode, query_pairs};
use crate::{Instant, Request, Response};
use refusal::Refused;
use serving::People;

const DEFAULT_ROWS: usize = 25;
/// What a path may end with: the form of the answer.
const FORM: &str = ".json";

/// What a path names.
enum Resource {
    Administration,
    Contacts,
    Contact(String),
}

impl Resource {
    /// The name by which calls are counted, the same on every wire.
    fn name(&self) -> &'static str {
        match self {
            Self::Administration => "office",
            Self::Contacts => "relaties",
            Self::Contact(_) => "relaties/{id}",
        }
    }
}

/// Answers one request.
pub(super) fn answer(store: &mut Store, now: Instant, request: &Request) -> Response {
    let resource = resource(store, request.path());
    store.counters.call(&request.method, resource.as_ref().map_or("unknown", Resource::name));
    if !matches!(request.method.as_str(), "GET" | "PATCH") {
        store.counters.violation();
    }
    let answer = authorised(store, request).and(resource).map_err(Refused::from);
    let answer = answer.and_then(|resource| answer_at(store, now, request, resource));
    answer.unwrap_or_else(|refused| refused.response(store.variants.refusals))
}

fn authorised(store: &Store, request: &Request) -> Result<(), Refusal> {
    let given = request.header("authorization").and_then(|given| given.strip_prefix("Bearer "));
    if given == Some(store.office.key.as_str()) { Ok(()) } else { Err(Refusal::Key) }
}

fn resource(store: &Store, path: &str) -> Result<Resource, Refusal> {
    let path = path.trim_matches('/');
    let path = path.strip_suffix(FORM).unwrap_or(path);
    let parts: Option<Vec<String>> = path.split('/').map(percent_decode).collect();
    let parts = parts.ok_or(Refusal::Unknown)?;
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match parts.as_slice() {
        ["api", "v2", office, ..] if *office != store.office.number => Err(Refusal::Office),
        ["api", "v2", _] => Ok(Resource::Administration),
        ["api", "v2", _, "contacts"] => Ok(Resource::Contacts),
        ["api", "v2", _, "contacts", id] => Ok(Resource::Contact(Wire::Bookkeeping.stored_id(List::Relaties, id))),
        _ => Err(Refusal::Unknown),
    }
}

fn answer_at(store: &mut Store, now: Instant, request: &Request, resource: Resource) -> Result<Response, Refused> {
    let takes_parameters = matches!((request.method.as_str(), &resource), ("GET", Resource::Contacts));
    if !takes_parameters && let Some((name, _)) = query_pairs(request.query()).next() {
        return Err(Refused::parameter(name));
    }
    match (request.method.as_str(), resource) {
        ("GET", Resource::Administration) => {
            Ok(Response::json_body(200, &json!({ "id": store.office.number, "name": store.office.name })))
        }
        ("GET", Resource::Contacts) => page(store, now, request),
        ("GET", Resource::Contact(id)) => single(store, &id),
        ("PATCH", Resource::Contact(id)) => patch(store, now, request, &id),
        _ => Err(Refusal::Method.into()),
    }
}

struct Query {
    page: usize,
    rows: usize,
    after: Option<Instant>,
    with_archived: bool,
}

fn read(query: &str, variants: &Variants) -> Result<Query, Refused> {
    let mut read = Query { page: 1, rows: DEFAULT_ROWS.min(cap(variants)), after: None, with_archived: false };
    for (name, value) in query_pairs(query) {
        let refused = || Refused::parameter(name);
        let value = percent_decode(value).ok_or_else(refused)?;
        let asked = || value.parse::<usize>().ok().filter(|asked| *asked > 0).ok_or_else(refused);
        match name {
            "page" => read.page = asked()?,
            "per_page" => read.rows = size(asked()?, variants).ok_or_else(refused)?,
            "updated_after" => read.after = Some(with_offset(&value).ok_or_else(refused)?),
            "include_archived" => read.with_archived = value.parse().map_err(|_| refused())?,
            _ => return Err(refused()),
        }
    }
    Ok(read)
}

/// One page. Pages are counted from one, anew at every call: rows shift while data change.
fn page(store: &Store, now: Instant, request: &Request) -> Result<Response, Refused> {
    let variants = Variants { stamps: Stamps::Offset, ..store.variants };
    let query = read(request.query(), &variants)?;
    let mut found = selected(&store.relaties, &variants, now, query.after);
    found.retain(|(_, _, version)| match version.text("status") {
        "verwijderd" => false,
        "gearchiveerd" => query.with_archived,
        _ => true,
    });
    let people = People::listed(store, now.minus(variants.late_visible));
    let start = (query.page - 1).saturating_mul(query.rows);
    let shown = found.iter().skip(start).take(query.rows);
    let shown: Value =
        shown.map(|((.., id), record, version)| serving::contact(id, record, version, &people)).collect();
    let response = Response::json_body(200, &shown);
    let more = start.saturating_add(query.rows) < found.len();
    let links: Vec<String> =
        [(query.page > 1).then_some(("prev", query.page - 1)), more.then_some(("next", query.page + 1))]
            .into_iter()
            .flatten()
            .map(|(rel, page)| format!("<{}>; rel=\"{rel}\"", address(request, page)))
            .collect();
    Ok(if links.is_empty() { response } else { response.with_header("link", links.join(", ")) })
}

/// The address of another page of the same list, without scheme and host.
fn address(request: &Request, page: usize) -> String {
    let mut address = format!("{}?page={page}", request.path());
    for (name, value) in query_pairs(request.query()).filter(|(name, _)| *name != "page") {
        address.push_str(&format!("&{name}={value}"));
    }
    address
}

/// A contact that is there: what was deleted is not found.
fn found<'a>(store: &'a Store, id: &str) -> Result<&'a Record, Refused> {
    Ok(gone(store.record(List::Relaties, id)?)?)
}

fn single(store: &Store, id: &str) -> Result<Response, Refused> {
    let record = found(store, id)?;
    Ok(Response::json_body(200, &serving::contact(id, record, &record.current, &People::now(store))))
}

fn patch(store: &mut Store, now: Instant, request: &Request, id: &str) -> Result<Response, Refused> {
    let record = found(store, id)?;
    let sent: Map<String, Value> = serde_json::from_slice(&request.body).map_err(|_| Refusal::Body)?;
    for change in taking::changes(store, id, record, &sent)? {
        store.put_by_api(now, "PATCH", (change.list, &change.id), change.fields, change.members);
    }
    single(store, id)
}

#[cfg(test)]
#[path = "bookkeeping_tests.rs"]
mod tests;
