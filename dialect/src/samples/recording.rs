//! The recording of a browser (HAR 1.2), as far as it is looked at.
//!
//! A recording holds keys, cookies and data of clients. What is taken from it stands here and nowhere else: method, address
//! and status of each request, its JSON and that of its answer, and of the headers whether there are some. What is secret is
//! kept beside it, for one purpose: that none of it is taken for a word of an address.

use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use super::answer::{Answer, Asked, KeyAt};

/// The most bytes of what is unpacked; more is no recording of a few lists of relations.
const MOST_BYTES: u64 = 256 * 1024 * 1024;
/// What begins in gzip.
const GZIP: &[u8] = &[0x1f, 0x8b];

/// Names of what holds a key, without what stands between their words.
const KEYS: &[&str] = &[
    "accesstoken",
    "apikey",
    "apitoken",
    "authenticationkey",
    "authenticationsecret",
    "authkey",
    "authtoken",
    "clientsecret",
    "key",
    "ocpapimsubscriptionkey",
    "subscriptionkey",
    "token",
    "xaccesstoken",
    "xapikey",
    "xapitoken",
    "xauthkey",
    "xauthtoken",
    "xkey",
    "xtoken",
];

/// Names of headers that say nothing of a system's own: a browser or the protocol has them, or they hold what is secret and
/// are looked at elsewhere.
const STANDARD_HEADERS: &[&str] = &[
    "accept",
    "authorization",
    "cache-control",
    "connection",
    "cookie",
    "date",
    "dnt",
    "expect",
    "forwarded",
    "host",
    "keep-alive",
    "origin",
    "pragma",
    "priority",
    "range",
    "referer",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "upgrade-insecure-requests",
    "user-agent",
    "via",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-requested-with",
];
/// How the names of more such headers begin.
const STANDARD_BEGINNINGS: &[&str] = &[
    ":",
    "accept-",
    "access-control-",
    "content-",
    "if-",
    "proxy-",
    "sec-",
    "traceparent",
    "tracestate",
    "x-forwarded",
];
/// From so many letters on the value of a header of the system's own is no word of an address.
const LONG: usize = 12;

/// The JSON answers of a recording.
#[derive(Debug, Default)]
pub struct Recording {
    /// The answers that are JSON.
    pub answers: Vec<Answer>,
    /// How many answers are no JSON.
    pub no_json: usize,
    /// How many answers came without their body.
    pub without_body: usize,
}

/// The text is no recording.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no recording of a browser (HAR), or it is cut off: line {line}")]
pub struct NoRecording {
    /// The line at which it is none, counted from 1.
    pub line: usize,
}

enum Body {
    Json(Value),
    NoJson,
    Missing,
}

impl Recording {
    /// Reads a recording, which may be packed with gzip.
    ///
    /// # Errors
    /// It is none, or it is cut off.
    pub fn read(bytes: &[u8]) -> Result<Self, NoRecording> {
        let unpacked =
            if bytes.starts_with(GZIP) { gunzip(bytes).ok_or(NoRecording { line: 1 })? } else { bytes.to_vec() };
        let whole: Value =
            serde_json::from_slice(without_mark(&unpacked)).map_err(|error| NoRecording { line: error.line() })?;
        let entries = whole.pointer("/log/entries").and_then(Value::as_array).ok_or(NoRecording { line: 1 })?;
        let mut recording = Self::default();
        for entry in entries {
            match body(entry) {
                Body::Json(body) => recording.answers.push(Answer { asked: Some(asked(entry)), body }),
                Body::NoJson => recording.no_json += 1,
                Body::Missing => recording.without_body += 1,
            }
        }
        Ok(recording)
    }
}

/// The JSON of a file or an answer: an object or a list.
pub fn json(bytes: &[u8]) -> Option<Value> {
    let value: Value = serde_json::from_slice(without_mark(bytes)).ok()?;
    (value.is_object() || value.is_array()).then_some(value)
}

/// Some servers and editors write a mark before the text.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes)
}

fn gunzip(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut unpacked = Vec::new();
    let read = flate2::read::MultiGzDecoder::new(bytes).take(MOST_BYTES + 1).read_to_end(&mut unpacked).ok()?;
    (u64::try_from(read).ok()? <= MOST_BYTES).then_some(unpacked)
}

fn text<'v>(value: &'v Value, pointer: &str) -> &'v str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

fn body(entry: &Value) -> Body {
    let says_json = text(entry, "/response/content/mimeType").to_ascii_lowercase().contains("json");
    let content = text(entry, "/response/content/text").trim();
    if content.is_empty() {
        let has_none = matches!(status(entry), 202 | 204 | 304);
        return if says_json && !has_none { Body::Missing } else { Body::NoJson };
    }
    let bytes = match text(entry, "/response/content/encoding").to_ascii_lowercase().as_str() {
        // Some write how it came over the wire: such bytes can stand in a text only in base64.
        "base64" | "gzip" | "x-gzip" => STANDARD.decode(content).ok(),
        _ => Some(content.as_bytes().to_vec()),
    };
    let bytes = bytes.and_then(|bytes| if bytes.starts_with(GZIP) { gunzip(&bytes) } else { Some(bytes) });
    bytes.and_then(|bytes| json(&bytes)).map_or(Body::NoJson, Body::Json)
}

fn status(entry: &Value) -> u16 {
    let status = entry.pointer("/response/status").and_then(Value::as_u64);
    status.and_then(|status| u16::try_from(status).ok()).unwrap_or_default()
}

/// Names and values of a list in a recording: headers, cookies.
fn pairs<'v>(entry: &'v Value, pointer: &str) -> Vec<(&'v str, &'v str)> {
    let rows = entry.pointer(pointer).and_then(Value::as_array).into_iter().flatten();
    rows.map(|row| (text(row, "/name"), text(row, "/value"))).collect()
}

fn asked(entry: &Value) -> Asked {
    let (host, path, query) = parts(text(entry, "/request/url"));
    let headers = pairs(entry, "/request/headers");
    let answered = pairs(entry, "/response/headers");
    let is_next = |link: &str| link.replace('"', "").to_ascii_lowercase().contains("rel=next");
    Asked {
        method: text(entry, "/request/method").to_ascii_uppercase(),
        key: key(&headers, &query),
        secrets: secrets(&headers, &pairs(entry, "/request/cookies"), &query),
        headers: own_headers(&headers),
        host,
        path,
        query,
        status: status(entry),
        sent: json(text(entry, "/request/postData/text").as_bytes()).or_else(|| form(entry)),
        is_form: form(entry).is_some(),
        has_etag: answered.iter().any(|(name, _)| name.eq_ignore_ascii_case("etag")),
        has_next_link: answered.iter().any(|(name, value)| name.eq_ignore_ascii_case("link") && is_next(value)),
    }
}

/// Where the key stood, by names alone.
fn key(headers: &[(&str, &str)], query: &[(String, String)]) -> Option<KeyAt> {
    if let Some((_, value)) = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization")) {
        return match value.split(' ').next().unwrap_or_default().to_ascii_lowercase().as_str() {
            "bearer" => Some(KeyAt::Bearer),
            "basic" => Some(KeyAt::Basic),
            _ => None,
        };
    }
    let by_header = headers.iter().find(|(name, _)| is_key(name)).map(|(name, _)| KeyAt::Header((*name).to_owned()));
    by_header.or_else(|| query.iter().find(|(name, _)| is_key(name)).map(|(name, _)| KeyAt::Query(name.clone())))
}

/// What may not be taken for a word of an address: keys and cookies, whole and by their parts.
fn secrets(headers: &[(&str, &str)], cookies: &[(&str, &str)], query: &[(String, String)]) -> Vec<String> {
    let is_secret = |name: &str| is_key(name) || ["authorization", "cookie"].contains(&plain(name).as_str());
    let own = own_headers(headers);
    let is_long = |name: &str, value: &str| value.len() >= LONG && own.iter().any(|(own, _)| own == name);
    let of_headers =
        headers.iter().filter(|(name, value)| is_secret(name) || is_long(name, value)).map(|(_, value)| *value);
    let of_query = query.iter().filter(|(name, _)| is_secret(name)).map(|(_, value)| value.as_str());
    let values = of_headers.chain(cookies.iter().map(|(_, value)| *value)).chain(of_query);
    let parts = values.flat_map(|value| value.split([' ', ';', ',', '=']).chain([value]));
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// The headers that are neither a browser's nor the protocol's.
fn own_headers(headers: &[(&str, &str)]) -> Vec<(String, String)> {
    let is_standard = |name: &str| {
        let name = name.to_ascii_lowercase();
        STANDARD_HEADERS.contains(&name.as_str()) || STANDARD_BEGINNINGS.iter().any(|begins| name.starts_with(begins))
    };
    let own = headers.iter().filter(|(name, _)| !name.is_empty() && !is_standard(name));
    own.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// The members of a form that was sent.
fn form(entry: &Value) -> Option<Value> {
    let is_form = text(entry, "/request/postData/mimeType").starts_with("application/x-www-form-urlencoded");
    let members = form_urlencoded::parse(text(entry, "/request/postData/text").as_bytes());
    is_form.then(|| members.map(|(name, value)| (name.into_owned(), Value::String(value.into_owned()))).collect())
}

fn is_key(name: &str) -> bool {
    KEYS.contains(&plain(name).as_str())
}

fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase()
}

/// Host, path and query of an address.
fn parts(url: &str) -> (String, String, Vec<(String, String)>) {
    let url = url.split('#').next().unwrap_or_default();
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let after = address.split_once("://").map_or(address, |(_, after)| after);
    let (authority, path) = after.find('/').map_or((after, ""), |slash| after.split_at(slash));
    // A name and a password may stand before the host.
    let host = authority.rsplit('@').next().unwrap_or_default().to_ascii_lowercase();
    let query = form_urlencoded::parse(query.as_bytes()).map(|(name, value)| (name.into_owned(), value.into_owned()));
    (host, path.to_owned(), query.collect())
}

#[cfg(test)]
#[path = "recording_tests.rs"]
mod tests;
