//! What came of a request, as HTTP.

use adapter_caller::{Error, Outage, Outcome, Pause, Stopped, error, outcome, stopped};
use serde_json::{Value, json};
use wasi::clocks::wall_clock;

/// A status, its JSON, and seconds to wait before the next attempt.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) retry_after: Option<u64>,
    pub(crate) allow: Option<&'static str>,
}

impl Answer {
    pub(crate) fn of(status: u16, body: Value) -> Self {
        Self { status, body, retry_after: None, allow: None }
    }

    /// A refusal of this adapter's own, in words.
    pub(crate) fn refusal(status: u16, message: &str) -> Self {
        Self::of(status, json!({ "refused": message }))
    }

    /// What a slice did.
    pub(crate) fn slice(result: Result<Outcome, Stopped>) -> Self {
        match result {
            Ok(done) => Self::of(200, outcome(&done)),
            Err(early) => Self::failure(&early.error, stopped(&early)),
        }
    }

    /// Why nothing could be done.
    pub(crate) fn error(cause: &Error) -> Self {
        Self::failure(cause, json!({ "error": error(cause) }))
    }

    /// 503 for what mends itself, with the time to wait; 409 for what a person must mend; 500 for what is broken.
    fn failure(cause: &Error, body: Value) -> Self {
        match cause {
            Error::Unavailable(Outage { until, .. }) | Error::Quota(Pause { until, .. }) => {
                let now = wall_clock::now().seconds;
                let wait = (until / 1000).saturating_sub(now).max(1);
                Self { retry_after: Some(wait), ..Self::of(503, body) }
            }
            Error::Settings(_) | Error::Credentials(_) => Self::of(409, body),
            Error::StateNewer(_) | Error::Unsupported | Error::Defect(_) => Self::of(500, body),
        }
    }
}
