//! The API as a practice system has it, made after the public ones of that kind.
//!
//! English names; one list of contacts with a word for the kind, one of people with their positions; pages by number;
//! telephones, e-mail addresses, websites and addresses as lists with a word each; `PUT` of the whole.
//!
//! It plays the variants of order, filter, page cap, late visibility, `PUT`, `ETag`, empties, alterations, new addresses
//! and koppelingen. What it cannot say:
//!
//! - an absent, a null and an empty telephone, e-mail address or website are one: no row; stored stays what it was as
//!   long as no row comes;
//! - street, house number and addition are one line (see `one_line`);
//! - a record holds one row per word, and no words but its own.
//!
//! Fields that have no place of their own stand in `custom_fields` by their stored names.

mod refusal;
mod serving;
mod shape;
mod taking;

use serde_json::{Map, Value, json};

use super::record::{List, Record};
use super::refusal::Refusal;
use super::selection::{cap, selected, size, with_offset};
use super::store::{Store, gone};
use super::storing;
use super::variants::{KoppelingOrder, Stamps, Variants};
use crate::http::{percent_decode, query_pairs};
use crate::{Instant, Request, Response};
use refusal::Refused;

const DEFAULT_ROWS: usize = 50;

/// What a path names.
enum Resource {
    Firm,
    Categories,
    List(List),
    Record(List, String),
}

impl Resource {
    /// The name by which calls are counted, the same on every wire.
    fn name(&self) -> String {
        match self {
            Self::Firm => "office".to_owned(),
            Self::Categories => "relatietypen".to_owned(),
            Self::List(list) => list.name().to_owned(),
            Self::Record(list, _) => format!("{}/{{id}}", list.name()),
        }
    }
}

/// Answers one request.
pub(super) fn answer(store: &mut Store, now: Instant, request: &Request) -> Response {
    let resource = resource(store, request.path());
    let name = resource.as_ref().map_or_else(|_| "unknown".to_owned(), Resource::name);
    store.counters.call(&request.method, &name);
    if !matches!(request.method.as_str(), "GET" | "PUT") {
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
    let parts: Option<Vec<String>> = path.trim_matches('/').split('/').map(percent_decode).collect();
    let parts = parts.ok_or(Refusal::Unknown)?;
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let (office, rest) = match parts.as_slice() {
        ["api", "v4", "firms", office, rest @ ..] => (*office, rest),
        _ => return Err(Refusal::Unknown),
    };
    if office != store.office.number {
        return Err(Refusal::Office);
    }
    let list = |name: &str| match name {
        "contacts" => Ok(List::Relaties),
        "people" => Ok(List::Contactpersonen),
        _ => Err(Refusal::Unknown),
    };
    Ok(match rest {
        [] => Resource::Firm,
        ["categories"] => Resource::Categories,
        [name] => Resource::List(list(name)?),
        [name, id] => Resource::Record(list(name)?, (*id).to_owned()),
        _ => return Err(Refusal::Unknown),
    })
}

fn answer_at(store: &mut Store, now: Instant, request: &Request, resource: Resource) -> Result<Response, Refused> {
    let data = |data: Value| Ok(Response::json_body(200, &json!({ "data": data })));
    let takes_parameters = matches!((request.method.as_str(), &resource), ("GET", Resource::List(_)));
    if !takes_parameters && let Some((name, _)) = query_pairs(request.query()).next() {
        return Err(Refused::parameter(name));
    }
    match (request.method.as_str(), resource) {
        ("GET", Resource::Firm) => data(json!({ "id": store.office.number, "name": store.office.name })),
        ("GET", Resource::Categories) => {
            data(store.relatietypen.iter().map(|(id, name)| json!({ "id": id, "name": name })).collect())
        }
        ("GET", Resource::List(list)) => page(store, list, now, request.query()),
        ("GET", Resource::Record(list, id)) => Ok(single(store, list, gone(store.record(list, &id)?)?)),
        ("PUT", Resource::Record(list, id)) => put(store, now, request, list, &id),
        _ => Err(Refusal::Method.into()),
    }
}

/// One page. Pages are counted from one, anew at every call: rows shift while data change.
fn page(store: &Store, list: List, now: Instant, query: &str) -> Result<Response, Refused> {
    let variants = Variants { stamps: Stamps::Offset, ..store.variants };
    let (mut number, mut rows, mut since) = (1, DEFAULT_ROWS.min(cap(&variants)), None);
    for (name, value) in query_pairs(query) {
        let value = percent_decode(value).ok_or_else(|| Refused::parameter(name))?;
        let asked = || value.parse::<usize>().ok().filter(|asked| *asked > 0).ok_or_else(|| Refused::parameter(name));
        match name {
            "page" => number = asked()?,
            "per_page" => rows = size(asked()?, &variants).ok_or_else(|| Refused::parameter(name))?,
            "updated_since" => since = Some(with_offset(&value).ok_or_else(|| Refused::parameter(name))?),
            _ => return Err(Refused::parameter(name)),
        }
    }
    let found = selected(store.table(list), &variants, now, since);
    let start = (number - 1).saturating_mul(rows);
    let shown = found.iter().skip(start).take(rows).map(|(_, record, version)| {
        let mut shown = serving::record(store, list, record, version);
        if let (KoppelingOrder::ReversedInLists, Some(Value::Array(positions))) =
            (variants.koppelingen, shown.get_mut("positions"))
        {
            positions.reverse();
        }
        Value::Object(shown)
    });
    let meta = json!({ "page": number, "pages": found.len().div_ceil(rows), "total": found.len() });
    Ok(Response::json_body(200, &json!({ "data": shown.collect::<Value>(), "meta": meta })))
}

fn put(store: &mut Store, now: Instant, request: &Request, list: List, id: &str) -> Result<Response, Refused> {
    let record = gone(store.record(list, id)?)?;
    store.matches(record, request.header("if-match"))?;
    let mut body: Map<String, Value> = serde_json::from_slice(&request.body).map_err(|_| Refusal::Body)?;
    let Some(Value::Object(sent)) = body.remove("data").filter(|_| body.is_empty()) else {
        return Err(Refusal::Body.into());
    };
    let version = &record.current;
    let shown = serving::record(store, list, record, version);
    let taken = taking::fields(store, list, version, &shown, &sent)?;
    let mut members: Vec<String> = taken.keys().cloned().collect();
    members.sort_unstable();
    let fields = storing::merged(&version.fields, taken, &store.variants).map_err(|refusal| match refusal {
        Refusal::Field(field) => Refused::at(shape::shape(list, version).pointer(field, &sent)),
        other => other.into(),
    })?;
    store.put_by_api(now, "PUT", (list, id), fields, members);
    Ok(single(store, list, store.record(list, id)?))
}

fn single(store: &Store, list: List, record: &Record) -> Response {
    let shown = serving::record(store, list, record, &record.current);
    store.tagged(record, Response::json_body(200, &json!({ "data": shown })))
}

#[cfg(test)]
#[path = "practice_tests.rs"]
mod tests;
