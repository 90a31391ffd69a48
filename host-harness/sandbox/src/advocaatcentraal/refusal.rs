//! Why a call is refused, and the answer that says so.

use serde_json::json;

use super::variants::Refusals;
use crate::Response;

/// Why a call is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    Key,
    Office,
    Unknown,
    Deleted,
    Method,
    ChangedInBetween,
    Parameter(&'static str),
    Field(&'static str),
    Body,
}

impl Refusal {
    pub(super) fn response(self, refusals: Refusals) -> Response {
        let (status, code, field) = match self {
            Self::Key => (401, "sleutel", None),
            Self::Office => (404, "office", None),
            Self::Unknown => (404, "onbekend", None),
            Self::Deleted => (410, "verwijderd", None),
            Self::Method => (405, "methode", None),
            Self::ChangedInBetween => (412, "gewijzigd", None),
            Self::Parameter(name) => (400, "parameter", Some(name)),
            Self::Field(name) => (422, "waarde", Some(name).filter(|_| refusals == Refusals::NameTheMember)),
            Self::Body => (400, "json", None),
        };
        let mut error = json!({ "code": code });
        if let (Some(field), Some(error)) = (field, error.as_object_mut()) {
            error.insert("veld".to_owned(), field.into());
        }
        Response::json_body(status, &json!({ "fout": error }))
    }
}
