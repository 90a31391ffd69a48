//! The API as a register of names and addresses has it, made after the public ones of CRMs.
//!
//! Organisations, people and contacts in a list each, where an id counts within its list only; no office in the paths, but
//! a header; a session that is opened first and ends after a while; the next page as a link in the body; civil time
//! without an offset; every value a text; a house number in three members; `PUT` of the whole, held against its `ETag`
//! and answered with 202. What is refused is refused inside a success.
//!
//! It plays the variants of order, page cap, late visibility, late storing, `ETag`, refusals, alterations and an ignored
//! filter. What it cannot say:
//!
//! - absent, null and empty are one; stored stays what it was as long as nothing else comes;
//! - a contact has one employer, an organisation: of several the first, and others stay;
//! - addresses of other types than the main and the postal one (of people and contacts: the private one), and a second
//!   one of a type, are not shown, and stay; so do fields that the contract does not know;
//! - what is deleted is not there any more: not listed, not found.
//!
//! A relation whose stored id begins with the name of its list (`person-7`) goes by the rest of it there, so that two
//! relations can have one id.

mod house_number;
mod refusal;
mod serving;
mod session;
mod shape;
mod taking;

use serde_json::{Map, Value, json};

use super::record::{Record, Version};
use super::refusal::Refusal;
use super::selection::{Place, cap, selected, size};
use super::store::{Accepted, Store, gone};
use super::variants::{Filter, Put, Stamps, Variants};
use crate::http::{percent_decode, query_pairs};
use crate::{Instant, Request, Response};
use refusal::Refused;
pub(super) use refusal::busy;
pub(super) use serving::employer_link;
pub(super) use shape::Kind;

const DEFAULT_ROWS: usize = 20;
/// What every path begins with.
const ROOT: &str = "register";
/// The header that names the office.
const TENANT: &str = "x-tenant";

/// What a path names.
enum Resource {
    Session,
    Tenant,
    Roles,
    List(Kind),
    Record(Kind, String),
}

impl Resource {
    /// The name by which calls are counted, the same on every wire.
    fn name(&self) -> String {
        match self {
            Self::Session => "session".to_owned(),
            Self::Tenant => "office".to_owned(),
            Self::Roles => "relatietypen".to_owned(),
            Self::List(kind) => kind.list().name().to_owned(),
            Self::Record(kind, _) => format!("{}/{{id}}", kind.list().name()),
        }
    }
}

/// Answers one request.
pub(super) fn answer(store: &mut Store, now: Instant, request: &Request) -> Response {
    store_accepted(store, now);
    let resource = resource(store, request.path());
    let name = resource.as_ref().map_or_else(|_| "unknown".to_owned(), Resource::name);
    store.counters.call(&request.method, &name);
    let is_session = matches!(resource, Ok(Resource::Session));
    if !matches!((request.method.as_str(), is_session), ("GET" | "PUT", false) | ("POST", true)) {
        store.counters.violation();
    }
    let answer = of_tenant(store, request).and(resource).map_err(Refused::from);
    let answer = answer.and_then(|resource| answer_at(store, now, request, resource));
    answer.unwrap_or_else(|refused| refused.response(store.variants.refusals))
}

fn of_tenant(store: &Store, request: &Request) -> Result<(), Refusal> {
    if request.header(TENANT) == Some(store.office.number.as_str()) { Ok(()) } else { Err(Refusal::Office) }
}

fn resource(store: &Store, path: &str) -> Result<Resource, Refusal> {
    let parts: Option<Vec<String>> = path.trim_matches('/').split('/').map(percent_decode).collect();
    let parts = parts.ok_or(Refusal::Unknown)?;
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    match parts.as_slice() {
        [ROOT, "session"] => Ok(Resource::Session),
        [ROOT, "tenant"] => Ok(Resource::Tenant),
        [ROOT, "roles"] => Ok(Resource::Roles),
        [ROOT, name] => Ok(Resource::List(Kind::of_name(name).ok_or(Refusal::Unknown)?)),
        [ROOT, name, id] => {
            let kind = Kind::of_name(name).ok_or(Refusal::Unknown)?;
            Ok(Resource::Record(kind, stored_id(store, kind, id)))
        }
        _ => Err(Refusal::Unknown),
    }
}

fn answer_at(store: &mut Store, now: Instant, request: &Request, resource: Resource) -> Result<Response, Refused> {
    if let (Resource::Session, "POST") = (&resource, request.method.as_str()) {
        return session::open(store, now, request);
    }
    session::check(store, now, request)?;
    let takes_parameters = matches!((request.method.as_str(), &resource), ("GET", Resource::List(_)));
    if !takes_parameters && let Some((name, _)) = query_pairs(request.query()).next() {
        return Err(Refused::parameter(name));
    }
    match (request.method.as_str(), resource) {
        ("GET", Resource::Tenant) => {
            let office = &store.office;
            Ok(Response::json_body(200, &json!({ "Tenant": { "Number": office.number, "Name": office.name } })))
        }
        ("GET", Resource::Roles) => {
            let roles = store.relatietypen.iter().map(|(id, name)| json!({ "Code": id, "Label": name }));
            Ok(Response::json_body(200, &roles.collect()))
        }
        ("GET", Resource::List(kind)) => page(store, kind, now, request.query()),
        ("GET", Resource::Record(kind, id)) => single(store, kind, &id),
        ("PUT", Resource::Record(kind, id)) => put(store, now, request, kind, &id),
        _ => Err(Refusal::Method.into()),
    }
}

/// The stored id of a record that has that id in its list.
fn stored_id(store: &Store, kind: Kind, id: &str) -> String {
    let known = kind.known_id(id);
    if store.table(kind.list()).records.contains_key(&known) { known } else { id.to_owned() }
}

/// Where a page begins: after that row.
struct Query {
    rows: usize,
    after: Option<(u64, u64, String)>,
    since: Option<Instant>,
}

fn read(query: &str, variants: &Variants) -> Result<Query, Refused> {
    let mut read = Query { rows: DEFAULT_ROWS.min(cap(variants)), after: None, since: None };
    for (name, value) in query_pairs(query) {
        let refused = || Refused::parameter(name);
        let value = percent_decode(value).ok_or_else(refused)?;
        match name {
            "Rows" => {
                let asked: usize = value.parse().map_err(|_| refused())?;
                read.rows = size(asked, variants).ok_or_else(refused)?;
            }
            "After" => {
                let mut parts = value.splitn(3, '.');
                let mut number = || parts.next()?.parse().ok();
                let (changed, scramble) = (number().ok_or_else(refused)?, number().ok_or_else(refused)?);
                read.after = Some((changed, scramble, parts.next().ok_or_else(refused)?.to_owned()));
            }
            "Filter" => {
                let since = value.strip_prefix("Changed gt '").and_then(|rest| rest.strip_suffix('\''));
                let since = since.filter(|since| !since.contains(['Z', '+'])).and_then(Instant::parse);
                read.since = Some(since.ok_or_else(refused)?);
            }
            _ => return Err(refused()),
        }
    }
    Ok(read)
}

/// One page. The next one begins after the last row of this one.
fn page(store: &Store, kind: Kind, now: Instant, query: &str) -> Result<Response, Refused> {
    let filter = if store.variants.filter == Filter::Ignored { Filter::Ignored } else { Filter::Exclusive };
    let variants = Variants { stamps: Stamps::Naive, filter, ..store.variants };
    let Query { rows, after, since } = read(query, &variants)?;
    let mut found: Vec<(Place<'_>, &Record, &Version)> = selected(store.table(kind.list()), &variants, now, since);
    found.retain(|(.., version)| Kind::of(kind.list(), version) == kind && version.text("status") != "verwijderd");
    if let Some((changed, scramble, id)) = &after {
        found.retain(|(place, ..)| *place > (*changed, *scramble, id.as_str()));
    }
    let shown: Vec<_> = found.iter().take(rows).collect();
    let next = shown.last().filter(|_| found.len() > rows).map(|((changed, scramble, id), ..)| {
        let kept =
            query_pairs(query).filter(|(name, _)| *name != "After").map(|(name, value)| format!("{name}={value}&"));
        format!("?{}After={changed}.{scramble}.{id}", kept.collect::<String>())
    });
    let items: Value = shown
        .iter()
        .map(|(_, record, version)| json!({ "Record": serving::record(store, kind, record, version) }))
        .collect();
    Ok(Response::json_body(200, &json!({ "Items": items, "Links": { "Next": next }, "Fault": null })))
}

/// A record of that kind that is there: what was deleted is not found.
fn found<'a>(store: &'a Store, kind: Kind, id: &str) -> Result<&'a Record, Refusal> {
    let record = gone(store.record(kind.list(), id)?)?;
    if Kind::of(kind.list(), &record.current) == kind { Ok(record) } else { Err(Refusal::Unknown) }
}

fn single(store: &Store, kind: Kind, id: &str) -> Result<Response, Refused> {
    let record = found(store, kind, id)?;
    let shown = serving::record(store, kind, record, &record.current);
    Ok(store.tagged(record, Response::json_body(200, &json!({ "Record": shown, "Fault": null }))))
}

fn put(store: &mut Store, now: Instant, request: &Request, kind: Kind, id: &str) -> Result<Response, Refused> {
    let record = found(store, kind, id)?;
    store.matches(record, request.header("if-match"))?;
    let sent: Map<String, Value> = serde_json::from_slice(&request.body).map_err(|_| Refusal::Body)?;
    let shown = serving::record(store, kind, record, &record.current);
    let taken = taking::fields(store, kind, &record.current, &shown, &sent)?;
    merged(store, record, taken.clone()).map_err(|refusal| match refusal {
        Refusal::Field(field) => Refused::member(kind.own_name(field)),
        other => other.into(),
    })?;
    let accepted = Accepted { list: kind.list(), id: id.to_owned(), taken };
    store.accepted.push((now.plus(store.variants.stored_after), accepted));
    store_accepted(store, now);
    Ok(Response::json_body(202, &json!({ "State": "accepted", "Fault": null })))
}

fn merged(store: &Store, record: &Record, taken: Map<String, Value>) -> Result<Map<String, Value>, Refusal> {
    let variants = Variants { put: Put::Merge, ..store.variants };
    super::storing::merged(&record.current.fields, taken, &variants)
}

/// Stores what was accepted and is due: on top of what users made of the record meanwhile.
fn store_accepted(store: &mut Store, now: Instant) {
    let (due, later) = std::mem::take(&mut store.accepted).into_iter().partition(|(at, _)| *at <= now);
    store.accepted = later;
    let due: Vec<(Instant, Accepted)> = due;
    for (_, Accepted { list, id, taken }) in due {
        let mut members: Vec<String> = taken.keys().cloned().collect();
        members.sort_unstable();
        let record = store.table(list).records.get(&id);
        if let Some(Ok(fields)) = record.map(|record| merged(store, record, taken)) {
            store.put_by_api(now, "PUT", (list, &id), fields, members);
        }
    }
}

#[cfg(test)]
#[path = "register_tests.rs"]
mod tests;
