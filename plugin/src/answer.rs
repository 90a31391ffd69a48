//! What an answer means, for either system: whom it concerns and what can be done.
//!
//! Statuses are read, foreign texts are not: they may repeat what was sent, and nobody promises their wording.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::de::DeserializeOwned;

use crate::ports::{NoAnswer, Response};
use crate::relation::Instant;
use crate::wording::Outage;

/// The longest wait that is believed of a server; a longer one is cut to this, and asked again after it.
pub const LONGEST_WAIT: Duration = Duration::from_secs(15 * 60);
/// How long to wait after a 429 that names no time. Tribe: documented (wait at least a minute).
pub const WAIT_WITHOUT_RETRY_AFTER: Duration = Duration::from_secs(60);

/// Why a request brought nothing, by what can be done about it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The connection as a whole: the key or token is refused.
    #[error("the credentials are refused")]
    Credentials,
    /// The connection as a whole: too many calls; the wait that the server asks for.
    #[error("too many calls")]
    Quota(Duration),
    /// The connection as a whole: the host forbids the address.
    #[error("the host forbids the address")]
    Forbidden,
    /// It was certainly not carried out, and may work later.
    #[error("the system is unavailable")]
    Unavailable(Cause),
    /// It may have been carried out or not: look before it is repeated.
    #[error("the outcome is unknown")]
    Unknown(Cause),
    /// It was accepted and is not stored yet: a later reading tells.
    #[error("it is accepted, and not stored yet")]
    Later,
    /// This record is not there (any more).
    #[error("the record is gone")]
    Gone,
    /// Someone else wrote this record in between: read it again.
    #[error("the record was changed in between")]
    Changed,
    /// This record is refused as it is; the field that the server named, where it is one of ours.
    #[error("the record is refused with status {status}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// A field name of the server's, only if it is one that we sent.
        field: Option<String>,
    },
    /// A success whose body is JSON and not what it must be: an error in disguise, something of another form.
    #[error("the answer is not understood")]
    NotUnderstood,
    /// The answer is of no use, as that says: a proxy's page, something compressed, no list where one must be.
    #[error("the answer is of no use")]
    Unusable(Outage),
    /// The server answered with another address: the way to a login page, or a wrong address. It is never followed.
    #[error("the server answers with another address")]
    Redirected,
}

/// Why a system gives no usable answer: told to people, and nothing else hangs on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cause {
    /// What is wrong.
    pub outage: Outage,
    /// The HTTP status, where the server answered with one that says so.
    pub status: Option<u16>,
}

impl From<Outage> for Cause {
    fn from(outage: Outage) -> Self {
        Self { outage, status: None }
    }
}

impl Failure {
    /// What stands for the answer to a question that is not asked yet.
    pub const NOT_ASKED: Self = Self::Unavailable(Cause { outage: Outage::NotConnected, status: None });

    /// Whether a value may be what is refused: the record may be taken without it. AC: assumed. Tribe: inferred.
    pub fn may_be_of_a_value(&self) -> bool {
        matches!(self, Self::Refused { status: 400 | 422, .. })
    }

    /// Whether a write may have been carried out, or may still be: only a reading tells.
    pub fn leaves_open(&self) -> bool {
        matches!(self, Self::Unknown(_) | Self::Later | Self::NotUnderstood | Self::Unusable(_) | Self::Redirected)
    }

    /// Whether it was certainly not carried out, and may work later.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    /// What it means of a reading: one that may or may not have been carried out can simply be repeated.
    pub fn of_reading(self) -> Self {
        match self {
            Self::Unknown(cause) => Self::Unavailable(cause),
            other => other,
        }
    }

    /// The same, where only a reading can tell what became of a write.
    pub fn in_doubt(self) -> Self {
        Self::Unknown(self.cause())
    }

    /// Why the system gives no usable answer.
    pub fn cause(&self) -> Cause {
        match self {
            Self::Credentials => Outage::Refused.into(),
            Self::Quota(_) => Outage::AsksToWait.into(),
            Self::Forbidden => Outage::NotConnected.into(),
            Self::Unavailable(cause) | Self::Unknown(cause) => *cause,
            Self::Later => Outage::NotStoredYet.into(),
            Self::Gone => Outage::NotThere.into(),
            Self::Changed => Outage::Refused.into(),
            Self::Refused { status, .. } => Cause { outage: Outage::Refused, status: Some(*status) },
            Self::NotUnderstood => Outage::OtherForm.into(),
            Self::Unusable(outage) => (*outage).into(),
            Self::Redirected => Outage::ElsewhereTold.into(),
        }
    }

    /// The same, with the status that the server gave: a dialect's rule may have put another in its place.
    pub fn answered_with(self, status: u16) -> Self {
        let with = |cause: Cause| Cause { status: cause.status.map(|_| status), ..cause };
        match self {
            Self::Unavailable(cause) => Self::Unavailable(with(cause)),
            Self::Unknown(cause) => Self::Unknown(with(cause)),
            other => other,
        }
    }

    /// The same, where it is a refusal, with the field that the server named.
    pub fn naming(self, named: Option<String>) -> Self {
        match self {
            Self::Refused { status, .. } => Self::Refused { status, field: named },
            other => other,
        }
    }

    /// The field that the server named in a refusal, if it is one of ours.
    pub fn named_field(&self) -> Option<&str> {
        match self {
            Self::Refused { field, .. } => field.as_deref(),
            _ => None,
        }
    }

    /// What counts of two failures of one connection: a wait that the server asks for, the longer of two; else the later.
    pub fn beside(self, earlier: Option<Self>) -> Self {
        match (earlier, self) {
            (Some(Self::Quota(earlier)), Self::Quota(later)) => Self::Quota(earlier.max(later)),
            (Some(wait @ Self::Quota(_)), _) => wait,
            (_, later) => later,
        }
    }

    /// Whether it may concern one record and no other: the next one is worth asking for.
    pub fn may_be_of_one_record(&self) -> bool {
        !matches!(self, Self::Credentials | Self::Quota(_) | Self::Forbidden)
    }
}

/// A byte order mark, which some servers put before their text. It says nothing.
const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// What stands after a byte order mark, if there is one.
pub fn without_byte_order_mark(text: &[u8]) -> &[u8] {
    text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text)
}

/// Sorts an answer. A 2xx comes back as it is, without a byte order mark; everything else becomes a [`Failure`].
///
/// `now` is this machine's clock, used only where the server sends no `Date` beside a dated `Retry-After`.
pub fn sort(answer: Result<Response, NoAnswer>, now: Instant) -> Result<Response, Failure> {
    let mut response = answer.map_err(|none| match none {
        NoAnswer::NotSent(outage) => Failure::Unavailable(outage.into()),
        NoAnswer::Lost(outage) => Failure::Unknown(outage.into()),
        NoAnswer::Forbidden => Failure::Forbidden,
    })?;
    let answered = |outage| Cause { outage, status: Some(response.status) };
    Err(match response.status {
        200..=299 => {
            if response.body.starts_with(BYTE_ORDER_MARK) {
                response.body.drain(..BYTE_ORDER_MARK.len());
            }
            return Ok(response);
        }
        300..=399 => Failure::Redirected,
        401 | 403 => Failure::Credentials,
        404 | 410 => Failure::Gone,
        409 | 412 => Failure::Changed,
        429 => Failure::Quota(retry_after(&response, now).unwrap_or(WAIT_WITHOUT_RETRY_AFTER)),
        503 if retry_after(&response, now).is_some() => Failure::Unavailable(answered(Outage::AsksToWait)),
        408 => Failure::Unknown(answered(Outage::TimedOut)),
        // A gateway's 5xx does not tell whether the system behind it did the work.
        503 => Failure::Unknown(answered(Outage::AsksToWait)),
        500..=599 => Failure::Unknown(answered(Outage::ServerError)),
        status => Failure::Refused { status, field: None },
    })
}

/// What the body says as JSON. A page of HTML or an empty body is [`Failure::Unusable`], JSON of another form
/// [`Failure::NotUnderstood`].
pub fn json<T: DeserializeOwned>(response: &Response) -> Result<T, Failure> {
    // Text is checked as a whole: a reader of bytes passes over what it has no use for, whatever stands there.
    let text = std::str::from_utf8(without_byte_order_mark(&response.body)).map_err(|_| no_json(response))?;
    let failed = |error: serde_json::Error| if error.is_data() { Failure::NotUnderstood } else { no_json(response) };
    serde_json::from_str(text).map_err(failed)
}

/// The failure of a success whose body is no JSON. A host may have unpacked a body and left the header that says how it was
/// packed, so the header alone tells nothing.
pub fn no_json(response: &Response) -> Failure {
    let is_packed = response.header("content-encoding").is_some_and(|coding| !coding.eq_ignore_ascii_case("identity"));
    Failure::Unusable(if is_packed { Outage::Compressed } else { Outage::NoJson })
}

/// The server's own clock, from its `Date` header.
pub fn server_time(response: &Response) -> Option<Instant> {
    http_date(response.header("date")?)
}

/// The wait that `Retry-After` asks for, in seconds or as a date, cut to [`LONGEST_WAIT`].
///
/// A date counts from the server's own `Date`, since the two clocks may differ. What is neither (negative, in the
/// past, no number) is no wait at all that can be believed, and gives none.
fn retry_after(response: &Response, now: Instant) -> Option<Duration> {
    let text = response.header("retry-after")?.trim();
    let seconds: Option<f64> = serde_json::from_str(text).ok();
    let wait = match seconds {
        Some(seconds) if seconds >= 0.0 => Duration::from_secs_f64(seconds.min(LONGEST_WAIT.as_secs_f64()).ceil()),
        Some(_) => return None,
        None => {
            let until = http_date(text)?;
            until.since(server_time(response).unwrap_or(now))?
        }
    };
    Some(wait.min(LONGEST_WAIT))
}

fn http_date(text: &str) -> Option<Instant> {
    let time: SystemTime = httpdate::parse_http_date(text).ok()?;
    let since_epoch = time.duration_since(UNIX_EPOCH).ok()?;
    Some(Instant::from_millis(u64::try_from(since_epoch.as_millis()).ok()?))
}

#[cfg(test)]
#[path = "answer_tests.rs"]
mod tests;
