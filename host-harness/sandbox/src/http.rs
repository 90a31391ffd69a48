//! Requests and responses without a socket, and the little of HTTP's encodings that the stand-ins need.

use std::borrow::Cow;
use std::fmt;
use std::time::{Duration, UNIX_EPOCH};

use serde_json::Value;

use crate::Instant;

/// What an answer's `Date` says. Unknown of either system.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dates {
    /// The server's clock.
    #[default]
    Told,
    /// Nothing: a gateway leaves it out.
    Untold,
    /// The clock of a server that is years ahead.
    YearsAhead,
}

/// One request as it reaches a stand-in. It may hold a secret, so it cannot be printed.
#[derive(Clone)]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: String,
    /// Path and query, still encoded.
    pub target: String,
    /// Names in any case.
    pub headers: Vec<(String, String)>,
    /// Empty for none.
    pub body: Vec<u8>,
}

impl Request {
    /// A request without headers or body.
    pub fn new(method: &str, target: impl Into<String>) -> Self {
        Self { method: method.to_owned(), target: target.into(), headers: Vec::new(), body: Vec::new() }
    }

    /// The same with one more header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// The same with a JSON body.
    #[must_use]
    pub fn with_json(mut self, body: &Value) -> Self {
        self.body = body.to_string().into_bytes();
        self.with_header("content-type", "application/json")
    }

    /// The first header of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// The target before the question mark.
    pub(crate) fn path(&self) -> &str {
        self.target.split_once('?').map_or(self.target.as_str(), |(path, _)| path)
    }

    /// The target after the question mark; empty for none.
    pub(crate) fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("method", &self.method).finish_non_exhaustive()
    }
}

/// One answer of a stand-in. It may hold a token, so only its status can be printed.
#[derive(Clone)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// Empty for none.
    pub body: Vec<u8>,
}

/// Whether text starts with a byte order mark, as some servers write it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ByteOrderMark {
    /// It does not.
    #[default]
    Absent,
    /// It does.
    Written,
}

impl Response {
    pub(crate) fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn json_with(status: u16, content_type: &str, body: &Value) -> Self {
        Self::text(status, content_type, body.to_string())
    }

    pub(crate) fn json_body(status: u16, body: &Value) -> Self {
        Self::json_with(status, "application/json", body)
    }

    pub(crate) fn text(status: u16, content_type: &str, body: impl Into<String>) -> Self {
        Self::empty(status).with_header("content-type", content_type).with_body(body.into().into_bytes())
    }

    pub(crate) fn with_header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    fn with_body(mut self, body: Vec<u8>) -> Self {
        self.body = body;
        self
    }

    /// The answer tells the server's clock.
    pub(crate) fn dated(self, now: Instant, dates: Dates) -> Self {
        match dates {
            Dates::Told => self.with_header("date", http_date(now)),
            Dates::Untold => self,
            Dates::YearsAhead => self.with_header("date", http_date(now.plus(Duration::from_secs(3 * 365 * 86_400)))),
        }
    }

    /// The same with a byte order mark before its text, if it has any.
    pub(crate) fn starting_with(mut self, mark: ByteOrderMark) -> Self {
        if mark == ByteOrderMark::Written && !self.body.is_empty() {
            self.body.splice(..0, "\u{feff}".bytes());
        }
        self
    }

    /// The first header of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        header(&self.headers, name)
    }

    /// The body as JSON; `Null` where it is none.
    pub fn json(&self) -> Value {
        let text = self.body.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&self.body);
        serde_json::from_slice(text).unwrap_or(Value::Null)
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response").field("status", &self.status).finish_non_exhaustive()
    }
}

fn header<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// The form of the `Date` and `Retry-After` headers.
pub(crate) fn http_date(instant: Instant) -> String {
    httpdate::fmt_http_date(UNIX_EPOCH + Duration::from_millis(instant.as_millis()))
}

/// Undoes percent encoding and nothing else: a `+` stays a plus. `None` for a broken escape or bytes that are no UTF-8.
pub(crate) fn percent_decode(text: &str) -> Option<String> {
    // The crate leaves a broken escape as it stands; a server refuses it.
    let digits = |after: &str| after.len() >= 2 && after.bytes().take(2).all(|byte| byte.is_ascii_hexdigit());
    if !text.split('%').skip(1).all(digits) {
        return None;
    }
    percent_encoding::percent_decode_str(text).decode_utf8().ok().map(Cow::into_owned)
}

/// The pairs of a query, still encoded. A name without `=` has an empty value.
pub(crate) fn query_pairs(query: &str) -> impl Iterator<Item = (&str, &str)> {
    query.split('&').filter(|pair| !pair.is_empty()).map(|pair| pair.split_once('=').unwrap_or((pair, "")))
}

/// The decoded value of the first pair of that name in a form or a query where `+` means a space.
pub(crate) fn form_value(form: &str, name: &str) -> Option<String> {
    form_urlencoded::parse(form.as_bytes()).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_percent_escapes_are_decoded() {
        assert_eq!(percent_decode("a%20b+c%2B").unwrap(), "a b+c+");
        assert_eq!(percent_decode("caf%C3%A9").unwrap(), "café");
        assert_eq!(percent_decode("%2"), None);
        assert_eq!(percent_decode("%zz"), None);
        assert_eq!(percent_decode("%FF"), None);
    }

    #[test]
    fn a_form_reads_a_plus_as_a_space() {
        assert_eq!(form_value("scope=read+write&state=a%2Bb", "scope").unwrap(), "read write");
        assert_eq!(form_value("scope=read+write&state=a%2Bb", "state").unwrap(), "a+b");
        assert_eq!(form_value("scope=read", "state"), None);
    }
}
