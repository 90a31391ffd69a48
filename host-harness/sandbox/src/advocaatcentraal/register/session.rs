//! A session: what the key is exchanged for, and what each other call carries.

use serde_json::{Value, json};
use std::time::Duration;

use super::super::refusal::Refusal;
use super::super::store::Store;
use super::refusal::Refused;
use crate::{Instant, Request, Response};

/// How long a session lasts.
const LIFE: Duration = Duration::from_secs(10 * 60);
/// The header that carries it.
const SESSION: &str = "x-session";

/// Opens a session for the key.
pub(super) fn open(store: &Store, now: Instant, request: &Request) -> Result<Response, Refused> {
    let sent: Value = serde_json::from_slice(&request.body).map_err(|_| Refusal::Body)?;
    if sent.get("ApiKey").and_then(Value::as_str) != Some(store.office.key.as_str()) {
        return Err(Refusal::Key.into());
    }
    let session = json!({ "Token": token(store, now), "Seconds": LIFE.as_secs().to_string() });
    Ok(Response::json_body(200, &json!({ "Session": session, "Fault": null })))
}

/// Whether the call belongs to a session that has not ended.
pub(super) fn check(store: &Store, now: Instant, request: &Request) -> Result<(), Refusal> {
    let given = request.header(SESSION).unwrap_or_default();
    let opened = given.split_once('.').and_then(|(at, _)| at.parse().ok()).map(Instant::from_millis);
    let is_open =
        opened.is_some_and(|opened| given == token(store, opened) && opened <= now && now < opened.plus(LIFE));
    if is_open { Ok(()) } else { Err(Refusal::Key) }
}

/// It says itself when it was opened, so that nothing has to be remembered (FNV-1a over key and moment).
fn token(store: &Store, opened: Instant) -> String {
    let opened = opened.as_millis();
    let text = format!("{}.{opened}", store.office.key);
    let check = text
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325, |hash: u64, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{opened}.{check:016x}")
}
