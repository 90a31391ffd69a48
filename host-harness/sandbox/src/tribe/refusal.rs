//! Refusals of the OData service, with the statuses and texts of Apache Olingo. Tribe: inferred (Olingo 4).

use serde_json::json;

use crate::Response;

/// The content type of OData answers.
pub(crate) const ODATA_JSON: &str = "application/json;odata.metadata=minimal";

/// Why a call is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) message: String,
}

impl Refusal {
    pub(crate) fn new(status: u16, message: impl Into<String>) -> Self {
        Self { status, message: message.into() }
    }

    pub(crate) fn bad(message: impl Into<String>) -> Self {
        Self::new(400, message)
    }

    pub(crate) fn malformed() -> Self {
        Self::bad("The URI is malformed.")
    }

    pub(crate) fn unknown_in_expression(property: &str, entity_type: &str) -> Self {
        Self::bad(format!(
            "The property '{property}', used in a query expression, is not defined in type '{entity_type}'."
        ))
    }

    pub(crate) fn not_found() -> Self {
        Self::new(404, "Nothing found.")
    }

    pub(crate) fn method() -> Self {
        Self::new(405, "HTTP method not allowed.")
    }

    pub(crate) fn response(&self) -> Response {
        let body = json!({ "error": { "code": null, "message": self.message } });
        Response::json_with(self.status, ODATA_JSON, &body)
    }
}
