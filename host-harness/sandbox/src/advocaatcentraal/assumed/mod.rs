//! The wire that the connector assumes, to the letter.
//!
//! Every fact here is assumed (A1–A13); where the contract leaves a choice, the variants play it.

mod listing;
mod refusal;

use serde_json::{Map, Value, json};

use super::record::{List, Record};
use super::refusal::Refusal;
use super::store::{Store, gone};
use super::storing;
use crate::http::percent_decode;
use crate::{Instant, Request, Response};

/// What a path names.
enum Resource {
    Office,
    Relatietypen,
    List(List),
    Record(List, String),
}

impl Resource {
    fn name(&self) -> String {
        match self {
            Self::Office => "office".to_owned(),
            Self::Relatietypen => "relatietypen".to_owned(),
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
    let answer = authorised(store, request).and(resource).and_then(|resource| answer_at(store, now, request, resource));
    answer.unwrap_or_else(|refusal| refusal::response(refusal, store.variants.refusals))
}

fn authorised(store: &Store, request: &Request) -> Result<(), Refusal> {
    let given = request.header(&store.office.key_header);
    if given == Some(store.office.key.as_str()) { Ok(()) } else { Err(Refusal::Key) }
}

fn resource(store: &Store, path: &str) -> Result<Resource, Refusal> {
    let parts: Option<Vec<String>> = path.trim_matches('/').split('/').map(percent_decode).collect();
    let parts = parts.ok_or(Refusal::Parameter("path"))?;
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let (office, rest) = match parts.as_slice() {
        ["offices", office, rest @ ..] => (*office, rest),
        _ => return Err(Refusal::Unknown),
    };
    if office != store.office.number {
        return Err(Refusal::Office);
    }
    Ok(match rest {
        [] => Resource::Office,
        ["relatietypen"] => Resource::Relatietypen,
        ["relaties"] => Resource::List(List::Relaties),
        ["contactpersonen"] => Resource::List(List::Contactpersonen),
        ["relaties", id] => Resource::Record(List::Relaties, (*id).to_owned()),
        ["contactpersonen", id] => Resource::Record(List::Contactpersonen, (*id).to_owned()),
        _ => return Err(Refusal::Unknown),
    })
}

fn answer_at(store: &mut Store, now: Instant, request: &Request, resource: Resource) -> Result<Response, Refusal> {
    match (request.method.as_str(), resource) {
        ("GET", Resource::Office) => {
            Ok(Response::json_body(200, &json!({ "office": store.office.number, "naam": store.office.name })))
        }
        ("GET", Resource::Relatietypen) => {
            let types: Vec<Value> =
                store.relatietypen.iter().map(|(id, name)| json!({ "id": id, "naam": name })).collect();
            Ok(Response::json_body(200, &json!({ "relatietypen": types })))
        }
        ("GET", Resource::List(list)) => {
            let page = listing::page(store.table(list), list, &store.variants, now, request.query())?;
            Ok(Response::json_body(200, &page))
        }
        ("GET", Resource::Record(list, id)) => Ok(single(store, gone(store.record(list, &id)?)?)),
        ("PUT", Resource::Record(list, id)) => put(store, now, request, list, &id),
        _ => Err(Refusal::Method),
    }
}

fn put(store: &mut Store, now: Instant, request: &Request, list: List, id: &str) -> Result<Response, Refusal> {
    let record = gone(store.record(list, id)?)?;
    store.matches(record, request.header("if-match"))?;
    let body: Map<String, Value> = serde_json::from_slice(&request.body).map_err(|_| Refusal::Body)?;
    let members = body.keys().cloned().collect();
    let fields = storing::merged(&record.current.fields, body, &store.variants)?;
    store.put_by_api(now, "PUT", (list, id), fields, members);
    Ok(single(store, store.record(list, id)?))
}

fn single(store: &Store, record: &Record) -> Response {
    let fields = listing::render(record, &record.current, &store.variants);
    store.tagged(record, Response::json_body(200, &Value::Object(fields)))
}

#[cfg(test)]
#[path = "assumed_tests.rs"]
mod tests;
