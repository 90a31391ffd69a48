//! How a refusal is said: `{"error": {"type", "field"}}`, the field as a pointer into the sent record or the name of a
//! parameter.

use serde_json::json;

use super::super::refusal::Refusal;
use super::super::variants::Refusals;
use crate::Response;

/// A refusal in this wire's words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    status: u16,
    kind: &'static str,
    field: Option<String>,
}

impl Refused {
    /// A member that is refused, as a pointer into the record that was sent.
    pub(super) fn at(pointer: impl Into<String>) -> Self {
        Self { status: 422, kind: "invalid", field: Some(pointer.into()) }
    }

    /// A parameter that is unknown or makes no sense.
    pub(super) fn parameter(name: &str) -> Self {
        Self { status: 400, kind: "bad_parameter", field: Some(name.to_owned()) }
    }

    pub(super) fn response(self, refusals: Refusals) -> Response {
        let told = self.field.filter(|_| self.status != 422 || refusals == Refusals::NameTheMember);
        let mut error = json!({ "type": self.kind });
        if let (Some(field), Some(error)) = (told, error.as_object_mut()) {
            error.insert("field".to_owned(), field.into());
        }
        Response::json_body(self.status, &json!({ "error": error }))
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        let (status, kind) = match refusal {
            Refusal::Key => (401, "unauthorized"),
            Refusal::Office | Refusal::Unknown => (404, "not_found"),
            Refusal::Deleted => (410, "gone"),
            Refusal::Method => (405, "method_not_allowed"),
            Refusal::ChangedInBetween => (412, "precondition_failed"),
            Refusal::Body => (400, "bad_json"),
            Refusal::Parameter(name) => return Self::parameter(name),
            Refusal::Field(name) => return Self::at(format!("/{name}")),
        };
        Self { status, kind, field: None }
    }
}
