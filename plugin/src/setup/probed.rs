//! What a probe of AC tells, line by line, in the words of a check.

use crate::advocaatcentraal::{Client, Line, What};
use crate::answer::Failure;
use crate::ports::Ports;
use crate::settings::Settings;
use crate::wording::{self, Code, Outage, Text};

/// The result of one check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// As the connector needs it.
    Holds,
    /// Not as expected; the connector adapts.
    Differs,
    /// Cannot be seen without writing.
    Unknown,
    /// The sync, or the part of it that the code names, does not run until this is mended.
    Fails,
}

/// What a probe tells of an assumption about AC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Probed {
    /// The assumption: `A4`.
    pub assumption: &'static str,
    /// What was found, by a code that has a sentence.
    pub code: &'static str,
    /// The result; unknown is what reading does not tell.
    pub verdict: Verdict,
    /// The member of the dialect that it is about, as a JSON Pointer.
    pub at: Option<String>,
    /// The status that AC answered, where that is what is wrong.
    pub status: Option<u16>,
    /// The code that it answered, where the dialect has a place for it and it looks like one.
    pub refusal: Option<String>,
}

/// What can be told of each assumption about AC by reading: about a dozen questions and some for each further list, and
/// nothing is stored. A question that fails has a line of its own.
pub fn probe(ports: Ports<'_>, settings: &Settings) -> Vec<Probed> {
    let client = Client::new(ports.http, ports.clock, &settings.advocaatcentraal);
    let told = |line: Line| {
        let (code, verdict) = match &line.what {
            What::Holds(code) => (code.as_str(), Verdict::Holds),
            What::Differs(code) => (code.as_str(), Verdict::Differs),
            What::Unknown(code) => (code.as_str(), Verdict::Unknown),
            What::Failed(Failure::Gone) if line.at.as_deref() == Some("/office") => {
                (Code::OfficeDiffers.as_str(), Verdict::Fails)
            }
            What::Failed(Failure::Quota(_)) => (wording::Probed::TooManyCalls.as_str(), Verdict::Fails),
            What::Failed(Failure::Unavailable(_) | Failure::Unknown(_)) if line.answered.is_some() => {
                (wording::Probed::ServerError.as_str(), Verdict::Fails)
            }
            What::Failed(failure) => (found(failure).as_str(), Verdict::Fails),
        };
        let (status, refusal) = line.answered.map_or((None, None), |answered| (Some(answered.status), answered.code));
        Probed { assumption: line.assumption, code, verdict, at: line.at, status, refusal }
    };
    client.probe().into_iter().map(told).collect()
}

/// What was found: a sentence of its own, or why a system gives no usable answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// That.
    Code(Code),
    /// A system gives no usable answer.
    Outage(Outage),
}

impl Found {
    /// The code as hosts see it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Code(code) => code.as_str(),
            Self::Outage(outage) => outage.as_str(),
        }
    }

    /// The code in words.
    pub fn text(self) -> Text {
        match self {
            Self::Code(code) => code.text(),
            Self::Outage(outage) => outage.text(),
        }
    }
}

impl From<Code> for Found {
    fn from(code: Code) -> Self {
        Self::Code(code)
    }
}

/// What a failure is, to whoever checks.
pub(super) fn found(failure: &Failure) -> Found {
    match failure {
        Failure::Credentials => Code::CredentialsRefused.into(),
        Failure::Forbidden => Code::AddressForbidden.into(),
        other => Found::Outage(other.cause().outage),
    }
}
