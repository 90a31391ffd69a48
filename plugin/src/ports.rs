//! The four things that the connector asks of the world: HTTP, a store, the time, and random bytes.
//!
//! `guest.rs` gives them from WASI, the tests give them from stand-ins; nothing above this file knows which.

use std::fmt;
use std::ops::ControlFlow;

use crate::relation::Instant;
use crate::wording::Outage;

/// What a request may do. There is no `DELETE` but for webhooks: the connector cannot remove a record on either side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Read.
    Get,
    /// Create (Tribe only) or fetch a token.
    Post,
    /// Update.
    Put,
    /// Update of what is sent, where AC's dialect says so.
    Patch,
    /// Remove one of the connector's own webhooks in Tribe (`DELETE`); no other resource may be named with it.
    DeleteWebhook,
}

/// One outgoing request. It may hold a secret and a client's data, so it cannot be printed.
pub struct Request {
    /// What it does.
    pub method: Method,
    /// Absolute, `http` or `https`, with the query already encoded.
    pub url: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// Empty for none.
    pub body: Vec<u8>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("method", &self.method).finish_non_exhaustive()
    }
}

/// One answer, whatever its status.
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// As received; names in any case.
    pub headers: Vec<(String, String)>,
    /// As received.
    pub body: Vec<u8>,
}

impl Response {
    /// The first header of that name (given in lower case).
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response").field("status", &self.status).finish_non_exhaustive()
    }
}

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoAnswer {
    /// The request certainly did not reach the server; why.
    #[error("the server could not be reached ({})", .0.as_str())]
    NotSent(Outage),
    /// The request may have been carried out; why the answer is lost.
    #[error("the answer is lost ({})", .0.as_str())]
    Lost(Outage),
    /// The host forbids that address.
    #[error("the host forbids that address")]
    Forbidden,
}

/// Outgoing HTTP.
pub trait Http {
    /// Sends the requests in order, at most `in_flight` (at least 1) at a time, and hands over each answer as it
    /// arrives, with the position of its request. After `Break` nothing more is sent; what is under way is still
    /// handed over.
    fn send_each(
        &self,
        requests: Vec<Request>,
        in_flight: usize,
        on_answer: &mut dyn FnMut(usize, Result<Response, NoAnswer>) -> ControlFlow<()>,
    );

    /// Sends one request.
    fn send(&self, request: Request) -> Result<Response, NoAnswer> {
        let mut answer = Err(NoAnswer::NotSent(Outage::NotConnected));
        self.send_each(vec![request], 1, &mut |_, result| {
            answer = result;
            ControlFlow::Continue(())
        });
        answer
    }
}

/// The store failed. Nothing can be decided without it, so the slice ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// There is no store of that name, or it is not ours.
    #[error("the host gives no store of that name")]
    Missing,
    /// It failed now and may work later.
    #[error("the store failed")]
    Failed,
    /// The value under that key is not what was put there. Other keys may be sound.
    #[error("a value in the store is damaged")]
    Damaged,
}

/// A key-value store with atomic writes of single keys. Keys are made of `A-Z a-z 0-9 - / _ = .` only.
pub trait Store {
    /// The value under the key.
    fn get(&self, key: &str) -> Result<Option<Vec<u8>>, StoreError>;
    /// Puts the value under the key; durable when it returns.
    fn set(&self, key: &str, value: &[u8]) -> Result<(), StoreError>;
    /// Removes the key, if it is there.
    fn delete(&self, key: &str) -> Result<(), StoreError>;
    /// Every key that begins so.
    fn keys(&self, prefix: &str) -> Result<Vec<String>, StoreError>;
}

/// The time.
pub trait Clock {
    /// Now, by this machine's clock. Good for waiting; never good for a cursor.
    fn now(&self) -> Instant;
}

/// Random bytes, fit for keys.
pub trait Random {
    /// Fills the buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// The four together, as one call gets them.
#[derive(Clone, Copy)]
pub struct Ports<'a> {
    /// Outgoing HTTP.
    pub http: &'a dyn Http,
    /// This office's store.
    pub store: &'a dyn Store,
    /// The time.
    pub clock: &'a dyn Clock,
    /// Random bytes.
    pub random: &'a dyn Random,
}
