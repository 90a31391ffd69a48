//! How a refusal is said: 400 with `{"problem": {"code", "member"}}`, whatever it is; a wrong login is a 403.

use serde_json::json;

use super::super::refusal::Refusal;
use super::super::variants::Refusals;
use crate::http::http_date;
use crate::{Instant, Response};

/// The code of a value that is refused.
const OF_A_VALUE: &str = "REL-0007";

/// A refusal in this wire's words.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused {
    status: u16,
    code: &'static str,
    member: Option<String>,
}

/// Too many calls: until then none is taken. The moment is told as a date.
pub(in super::super) fn busy(until: Instant) -> Response {
    Refused::coded("GEN-0429").response(Refusals::Bare).with_header("x-try-again-at", http_date(until))
}

impl Refused {
    fn coded(code: &'static str) -> Self {
        Self { status: 400, code, member: None }
    }

    /// A member that is refused.
    pub(super) fn member(name: impl Into<String>) -> Self {
        Self { member: Some(name.into()), ..Self::coded(OF_A_VALUE) }
    }

    /// A parameter that is unknown or makes no sense.
    pub(super) fn parameter(name: &str) -> Self {
        Self { member: Some(name.to_owned()), ..Self::coded("GEN-0001") }
    }

    /// The call does not say for which version of the API it is.
    pub(super) fn version() -> Self {
        Self::coded("GEN-0003")
    }

    pub(super) fn response(self, refusals: Refusals) -> Response {
        let told = self.member.filter(|_| self.code != OF_A_VALUE || refusals == Refusals::NameTheMember);
        Response::json_body(self.status, &json!({ "problem": { "code": self.code, "member": told } }))
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Key => Self { status: 403, ..Self::coded("GEN-0403") },
            Refusal::Method => Self { status: 405, ..Self::coded("GEN-0405") },
            Refusal::Office | Refusal::Unknown | Refusal::Deleted => Self::coded("REL-0404"),
            Refusal::ChangedInBetween => Self::coded("REL-0409"),
            Refusal::Body => Self::coded("GEN-0002"),
            Refusal::Parameter(name) => Self::parameter(name),
            Refusal::Field(name) => Self::member(name),
        }
    }
}
