//! The export: a request in, a call of the connector, an answer out.

use adapter_caller::{SLICE, findings, setting, setup, sync, webhook};
use serde_json::json;
use wasi::exports::http::incoming_handler::Guest;
use wasi::http::types::{
    Fields, IncomingBody, IncomingRequest, Method, OutgoingBody, OutgoingResponse, ResponseOutparam,
};
use wasi::io::streams::StreamError;

use crate::answer::Answer;
use crate::request::{Access, NoRoute, Route, access, route};

/// The setting that holds the token of those who may call.
const TOKEN: &str = "adapter-token";
/// Bytes of a delivery. Tribe: seen, a delivery holds ids and no record.
const LARGEST_DELIVERY: usize = 1 << 20;
const CHUNK: u64 = 64 << 10;
/// What one `blocking-write-and-flush` takes.
const WRITE_CHUNK: usize = 4096;

struct Adapter;

wasi::http::proxy::export!(Adapter with_types_in wasi);

impl Guest for Adapter {
    fn handle(request: IncomingRequest, out: ResponseOutparam) {
        let answer = answer(&request);
        respond(&answer, out);
    }
}

fn answer(request: &IncomingRequest) -> Answer {
    let target = request.path_with_query().unwrap_or_default();
    let route = match route(name(&request.method()), &target) {
        Ok(route) => route,
        Err(NoRoute::NotFound) => {
            return Answer::refusal(404, "ask for POST /poll, /sync, /sweep or /tribe, or GET /check");
        }
        Err(NoRoute::OtherMethod(needed)) => {
            return Answer { allow: Some(needed), ..Answer::refusal(405, "this path takes another method") };
        }
    };
    if route == Route::Delivery {
        return delivery(request);
    }
    let headers = headers(request);
    let authorization = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    match access(authorization.map(|(_, value)| value.as_str()), setting(TOKEN).as_deref()) {
        Access::Granted => {}
        Access::Refused => return Answer::refusal(401, "send the header Authorization: Bearer and the token"),
        Access::NotSetUp => return Answer::refusal(503, "set adapter-token; until then nobody is let in"),
    }
    match route {
        Route::Poll => Answer::slice(sync::poll(SLICE)),
        Route::InitialSync => Answer::slice(sync::initial_sync(SLICE)),
        Route::Sweep => Answer::slice(sync::sweep(SLICE)),
        Route::Check => match setup::check() {
            Ok(found) => Answer::of(200, findings(&found)),
            Err(error) => Answer::error(&error),
        },
        Route::Delivery => delivery(request),
    }
}

/// Verifies and carries out one delivery.
fn delivery(request: &IncomingRequest) -> Answer {
    let Some(body) = body(request) else {
        return Answer::refusal(413, "no delivery of Tribe's is that large");
    };
    let changes = match webhook::read(&headers(request), &body) {
        Ok(changes) => changes,
        Err(webhook::Refusal::Forged) => return Answer::refusal(401, "the signature does not fit the body"),
        Err(webhook::Refusal::Malformed) => return Answer::refusal(400, "the delivery is not understood"),
        Err(webhook::Refusal::Error(error)) => return Answer::error(&error),
    };
    match sync::on_tribe_change(&changes, SLICE) {
        // One delivery is one change, which no budget leaves over; were it so, Tribe should not think it done.
        Ok(pushed) if !pushed.left.is_empty() => {
            Answer { retry_after: Some(1), ..Answer::of(503, json!({ "left": pushed.left.len() })) }
        }
        Ok(pushed) => Answer::slice(Ok(pushed.outcome)),
        Err(stopped) => Answer::slice(Err(stopped)),
    }
}

fn name(method: &Method) -> &str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
        _ => "",
    }
}

fn headers(request: &IncomingRequest) -> Vec<(String, String)> {
    let entries = request.headers().entries();
    entries.into_iter().filter_map(|(name, value)| Some((name, String::from_utf8(value).ok()?))).collect()
}

/// The whole body; none where it is larger than a delivery can be.
fn body(request: &IncomingRequest) -> Option<Vec<u8>> {
    let body: IncomingBody = request.consume().ok()?;
    let stream = body.stream().ok()?;
    let mut bytes = Vec::new();
    loop {
        match stream.blocking_read(CHUNK) {
            Ok(chunk) if bytes.len() + chunk.len() > LARGEST_DELIVERY => return None,
            Ok(chunk) => bytes.extend_from_slice(&chunk),
            Err(StreamError::Closed) => return Some(bytes),
            // Cut off: no signature fits the half of a body.
            Err(StreamError::LastOperationFailed(_)) => return Some(Vec::new()),
        }
    }
}

fn respond(answer: &Answer, out: ResponseOutparam) {
    let mut headers = vec![
        ("content-type".to_owned(), b"application/json".to_vec()),
        ("cache-control".to_owned(), b"no-store".to_vec()),
    ];
    headers.extend(answer.retry_after.map(|seconds| ("retry-after".to_owned(), seconds.to_string().into_bytes())));
    headers.extend(answer.allow.map(|method| ("allow".to_owned(), method.as_bytes().to_vec())));
    if answer.status == 401 {
        headers.push(("www-authenticate".to_owned(), b"Bearer".to_vec()));
    }
    let response = OutgoingResponse::new(Fields::from_list(&headers).unwrap_or_else(|_| Fields::new()));
    // Every status that is given is one; a host that takes none of them answers 200, whose body tells the same.
    let _ = response.set_status_code(answer.status);
    let Ok(body) = response.body() else { return };
    ResponseOutparam::set(out, Ok(response));
    if let Ok(stream) = body.write() {
        let text = format!("{}\n", answer.body);
        for chunk in text.as_bytes().chunks(WRITE_CHUNK) {
            // A caller that hung up needs no more.
            if stream.blocking_write_and_flush(chunk).is_err() {
                break;
            }
        }
    }
    // The same.
    let _ = OutgoingBody::finish(body, None);
}
