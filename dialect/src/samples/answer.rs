//! An answer that someone saved.

use std::fmt;

use serde_json::Value;

/// One answer, and how it was asked for where that is known. It holds data of clients, so it cannot be printed.
#[derive(Clone)]
pub struct Answer {
    /// How it was asked for; none of a file that holds the answer alone.
    pub asked: Option<Asked>,
    /// Its JSON.
    pub body: Value,
}

/// How an answer was asked for, as a recording tells it. It may hold what is secret, so it cannot be printed.
#[derive(Clone)]
pub struct Asked {
    /// The host and the port.
    pub host: String,
    /// `GET`, `PUT`, …
    pub method: String,
    /// The path from the root of the host, without the query.
    pub path: String,
    /// The parameters of the query, decoded.
    pub query: Vec<(String, String)>,
    /// The status of the answer.
    pub status: u16,
    /// The JSON that was sent, or the members of a form.
    pub sent: Option<Value>,
    /// How the key travelled, as far as it can be told: names, never the key.
    pub key: Option<KeyAt>,
    /// What was secret in the request: only to be sure that none of it is taken for a word of an address.
    pub secrets: Vec<String>,
    /// The headers that are neither a browser's nor the protocol's, with their values: only to compare them.
    pub headers: Vec<(String, String)>,
    /// Whether a form was sent.
    pub is_form: bool,
    /// Whether the answer has the header `ETag`.
    pub has_etag: bool,
    /// Whether the answer has a header `Link` with a next page.
    pub has_next_link: bool,
}

/// How a key travelled.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyAt {
    /// In `Authorization: Bearer`.
    Bearer,
    /// In `Authorization: Basic`.
    Basic,
    /// In a header of this name.
    Header(String),
    /// In a parameter of this name.
    Query(String),
}

impl Answer {
    /// An answer that was saved alone.
    pub fn alone(body: Value) -> Self {
        Self { asked: None, body }
    }
}

impl Asked {
    /// Whether the server did what was asked.
    pub fn is_done(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").field("asked", &self.asked).finish_non_exhaustive()
    }
}

impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asked").field("method", &self.method).field("status", &self.status).finish_non_exhaustive()
    }
}
