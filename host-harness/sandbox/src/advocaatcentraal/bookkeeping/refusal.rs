//! How a refusal is said: `{"code", "member"}`, the member by its name, one of a contact person as
//! `contact_people.<name>`.

use serde_json::json;

use super::super::refusal::Refusal;
use super::super::variants::Refusals;
use crate::Response;

/// A refusal in this wire's words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    status: u16,
    code: &'static str,
    member: Option<String>,
}

impl Refused {
    /// A member that is refused.
    pub(super) fn member(name: impl Into<String>) -> Self {
        Self { status: 400, code: "invalid", member: Some(name.into()) }
    }

    /// A parameter that is unknown or makes no sense.
    pub(super) fn parameter(name: &str) -> Self {
        Self { status: 400, code: "parameter", member: Some(name.to_owned()) }
    }

    /// The contact has another version by now.
    pub(super) fn stale() -> Self {
        Self { status: 409, code: "stale", member: None }
    }

    pub(super) fn response(self, refusals: Refusals) -> Response {
        let told = self.member.filter(|_| self.code != "invalid" || refusals == Refusals::NameTheMember);
        let mut body = json!({ "code": self.code });
        if let (Some(member), Some(body)) = (told, body.as_object_mut()) {
            body.insert("member".to_owned(), member.into());
        }
        Response::json_body(self.status, &body)
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        let (status, code) = match refusal {
            Refusal::Key => (401, "unauthorized"),
            Refusal::Office | Refusal::Unknown | Refusal::Deleted => (404, "not_found"),
            Refusal::Method => (405, "method"),
            Refusal::ChangedInBetween => return Self::stale(),
            Refusal::Body => (400, "json"),
            Refusal::Parameter(name) => return Self::parameter(name),
            Refusal::Field(name) => return Self::member(name),
        };
        Self { status, code, member: None }
    }
}
