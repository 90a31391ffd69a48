//! Answers that replace a system's own: another status, or a page.

use std::time::Duration;

use sandbox::{Instant, Response};

use super::{Faults, Kind};

const PAGE: &str = "<html><body><h1>Onderhoud</h1></body></html>";

/// Whether the system behind the answer carried the request out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Carried {
    /// It did, and its own answer is replaced.
    Out,
    /// It did not see the request.
    NotOut,
}

/// The answer that replaces the system's own, and whether the system carries the request out.
pub(crate) fn answer(faults: &Faults, kind: Kind, now: Instant) -> (Response, Carried) {
    let either = if faults.draw(2) == 0 { Carried::Out } else { Carried::NotOut };
    let plain = |status| (response(status, "text/plain", "refused", now), Carried::NotOut);
    match kind {
        Kind::Status400 => plain(400),
        Kind::Status401 => plain(401),
        Kind::Status403 => plain(403),
        Kind::Status404 => plain(404),
        Kind::Status409 => plain(409),
        Kind::Status410 => plain(410),
        Kind::Status412 => plain(412),
        Kind::Status413 => plain(413),
        Kind::Status422 => plain(422),
        Kind::Status429Seconds => {
            let seconds = [1, 5, 60, 120].get(faults.draw(4)).copied().unwrap_or(60);
            (waiting(429, &seconds.to_string(), now), Carried::NotOut)
        }
        Kind::Status429Date => {
            let until = now.plus(Duration::from_secs([5, 60, 90, 300].get(faults.draw(4)).copied().unwrap_or(60)));
            (waiting(429, &http_date(until), now), Carried::NotOut)
        }
        Kind::Status429Bare => plain(429),
        Kind::Status429Absurd => {
            let absurd = ["999999", "-3", "1.5", "soon", "1e300"].get(faults.draw(5)).copied().unwrap_or("-3");
            (waiting(429, absurd, now), Carried::NotOut)
        }
        Kind::Status500 => (response(500, "text/plain", "error", now), either),
        Kind::Status502Html => (response(502, "text/html", PAGE, now), either),
        Kind::Status503 => (waiting(503, "30", now), Carried::NotOut),
        Kind::Html200 => (response(200, "text/html", PAGE, now), Carried::NotOut),
        Kind::Error200 => {
            let body = r#"{"error":{"code":"E1","message":"Kanarie"},"fout":{"code":"onbekend"}}"#;
            (response(200, "application/json", body, now), Carried::NotOut)
        }
        _ => (response(204, "text/plain", "", now), Carried::Out),
    }
}

fn response(status: u16, content_type: &str, body: &str, now: Instant) -> Response {
    Response {
        status,
        headers: vec![("content-type".to_owned(), content_type.to_owned()), ("date".to_owned(), http_date(now))],
        body: body.as_bytes().to_vec(),
    }
}

fn waiting(status: u16, retry_after: &str, now: Instant) -> Response {
    let mut response = response(status, "text/plain", "busy", now);
    response.headers.push(("retry-after".to_owned(), retry_after.to_owned()));
    response
}

fn http_date(instant: Instant) -> String {
    httpdate::fmt_http_date(std::time::UNIX_EPOCH + Duration::from_millis(instant.as_millis()))
}
