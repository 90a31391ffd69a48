//! How a refusal is said: inside a success, as `{"Fault": {"Code", "Member"}}`. Only a call without a session gets another
//! status, and one by a method that is not known.

use serde_json::json;

use super::super::refusal::Refusal;
use super::super::variants::Refusals;
use crate::{Instant, Response};

/// A refusal in this wire's words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    status: u16,
    code: &'static str,
    member: Option<String>,
}

/// Too many calls: until then none is taken. The moment is told in seconds since 1970.
pub(in super::super) fn busy(until: Instant) -> Response {
    let refused = Refused::coded("BUSY").response(Refusals::Bare);
    refused.with_header("x-quota-reset", until.as_millis().div_ceil(1000).to_string())
}

impl Refused {
    fn coded(code: &'static str) -> Self {
        Self { status: 200, code, member: None }
    }

    /// A member that is refused.
    pub(super) fn member(name: impl Into<String>) -> Self {
        Self { member: Some(name.into()), ..Self::coded("INVALID") }
    }

    /// A parameter that is unknown or makes no sense.
    pub(super) fn parameter(name: &str) -> Self {
        Self { member: Some(name.to_owned()), ..Self::coded("PARAMETER") }
    }

    pub(super) fn response(self, refusals: Refusals) -> Response {
        let told = self.member.filter(|_| self.code != "INVALID" || refusals == Refusals::NameTheMember);
        Response::json_body(self.status, &json!({ "Fault": { "Code": self.code, "Member": told } }))
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Key => Self { status: 401, ..Self::coded("SESSION") },
            Refusal::Method => Self { status: 405, ..Self::coded("METHOD") },
            Refusal::Office => Self::coded("TENANT"),
            Refusal::Unknown | Refusal::Deleted => Self::coded("NOT_FOUND"),
            Refusal::ChangedInBetween => Self::coded("CONFLICT"),
            Refusal::Body => Self::coded("JSON"),
            Refusal::Parameter(name) => Self::parameter(name),
            Refusal::Field(name) => Self::member(name),
        }
    }
}
