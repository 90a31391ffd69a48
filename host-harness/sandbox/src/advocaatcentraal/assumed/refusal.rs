//! How a refusal is said on the assumed wire (A10).

use serde_json::json;

use super::super::refusal::Refusal;
use super::super::variants::Refusals;
use crate::Response;

pub(super) fn response(refusal: Refusal, refusals: Refusals) -> Response {
    let (status, code, field) = match refusal {
        Refusal::Key => (401, "sleutel", None),
        Refusal::Office => (404, "office", None),
        Refusal::Unknown => (404, "onbekend", None),
        Refusal::Deleted => (410, "verwijderd", None),
        Refusal::Method => (405, "methode", None),
        Refusal::ChangedInBetween => (412, "gewijzigd", None),
        Refusal::Parameter(name) => (400, "parameter", Some(name)),
        Refusal::Field(name) => (422, "waarde", Some(name).filter(|_| refusals == Refusals::NameTheMember)),
        Refusal::Body => (400, "json", None),
    };
    let mut error = json!({ "code": code });
    if let (Some(field), Some(error)) = (field, error.as_object_mut()) {
        error.insert("veld".to_owned(), field.into());
    }
    Response::json_body(status, &json!({ "fout": error }))
}
