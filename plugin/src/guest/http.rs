//! Outgoing HTTP over `wasi:http`: several requests under way at once, answers as they arrive.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use ::wasi::clocks::monotonic_clock::{self, Duration};
use ::wasi::http::outgoing_handler;
use ::wasi::http::types::{
    ErrorCode, Fields, FutureIncomingResponse, IncomingBody, IncomingResponse, Method as WasiMethod, OutgoingBody,
    OutgoingRequest, RequestOptions, Scheme,
};
use ::wasi::io::poll::{Pollable, poll};
use ::wasi::io::streams::{InputStream, StreamError};

use crate::ports::{Http, Method, NoAnswer, Request, Response};
use crate::wording::Outage;

const SECOND: Duration = 1_000_000_000;
const CONNECT_TIMEOUT: Duration = 10 * SECOND;
/// Tribe: seen (a client of Tribe's waits 60 s, since "calls can be slow").
const FIRST_BYTE_TIMEOUT: Duration = 60 * SECOND;
const BETWEEN_BYTES_TIMEOUT: Duration = 20 * SECOND;
/// From sending to the last byte: a server that drips must not hold a slice.
const TOTAL_TIMEOUT: Duration = 90 * SECOND;
/// The most of an answer that is taken in. A page of a hundred records is far below.
const LARGEST_BODY: usize = 16 << 20;
const CHUNK: u64 = 64 << 10;
/// What one `blocking-write-and-flush` takes.
const WRITE_CHUNK: usize = 4096;

pub(super) struct HostHttp;

impl Http for HostHttp {
    fn send_each(
        &self,
        requests: Vec<Request>,
        in_flight: usize,
        on_answer: &mut dyn FnMut(usize, Result<Response, NoAnswer>) -> ControlFlow<()>,
    ) {
        let mut waiting: VecDeque<(usize, Request)> = requests.into_iter().enumerate().collect();
        let mut under_way: Vec<UnderWay> = Vec::new();
        loop {
            while under_way.len() < in_flight.max(1)
                && let Some((position, request)) = waiting.pop_front()
            {
                match begin(request) {
                    Ok(answer) => under_way.push(UnderWay::new(position, answer)),
                    Err(none) => {
                        if on_answer(position, Err(none)).is_break() {
                            waiting.clear();
                        }
                    }
                }
            }
            if under_way.is_empty() {
                return;
            }
            for index in ready(&under_way).into_iter().rev() {
                let mut one = under_way.swap_remove(index);
                match one.advance() {
                    None => under_way.push(one),
                    Some(result) => {
                        if on_answer(one.position, result).is_break() {
                            waiting.clear();
                        }
                    }
                }
            }
        }
    }
}

/// One request whose answer is on its way. WASI traps when a resource goes before its children: fields are dropped in
/// their order here, and the pollable is let go before what it watches.
struct UnderWay {
    position: usize,
    pollable: Option<Pollable>,
    state: State,
    deadline: monotonic_clock::Instant,
    deadline_pollable: Pollable,
}

enum State {
    Waiting(FutureIncomingResponse),
    Reading(Reading),
    Over,
}

/// An answer whose body is coming in.
struct Reading {
    stream: InputStream,
    _body: IncomingBody,
    response: IncomingResponse,
    bytes: Vec<u8>,
}

impl UnderWay {
    fn new(position: usize, answer: FutureIncomingResponse) -> Self {
        let deadline = monotonic_clock::now().saturating_add(TOTAL_TIMEOUT);
        Self {
            position,
            pollable: Some(answer.subscribe()),
            state: State::Waiting(answer),
            deadline,
            deadline_pollable: monotonic_clock::subscribe_instant(deadline),
        }
    }

    /// Goes on with what is ready; gives the result when it is complete.
    fn advance(&mut self) -> Option<Result<Response, NoAnswer>> {
        self.pollable = None;
        if monotonic_clock::now() >= self.deadline {
            return Some(Err(NoAnswer::Lost(Outage::TimedOut)));
        }
        let next = match std::mem::replace(&mut self.state, State::Over) {
            State::Waiting(answer) => match answer.get() {
                None => State::Waiting(answer),
                Some(Ok(Ok(response))) => match Reading::of(response) {
                    Ok(reading) => State::Reading(reading),
                    Err(none) => return Some(Err(none)),
                },
                Some(Ok(Err(code))) => return Some(Err(of_host(&code))),
                Some(Err(())) => return Some(Err(NoAnswer::Lost(Outage::BrokenOff))),
            },
            State::Reading(mut reading) => match reading.stream.read(CHUNK) {
                Ok(chunk) if reading.bytes.len() + chunk.len() > LARGEST_BODY => {
                    return Some(Err(NoAnswer::Lost(Outage::TooLarge)));
                }
                Ok(chunk) => {
                    reading.bytes.extend_from_slice(&chunk);
                    State::Reading(reading)
                }
                Err(StreamError::Closed) => return Some(Ok(reading.finish())),
                // The host may know why. Reading that takes more code in the component than it is worth.
                Err(StreamError::LastOperationFailed(_)) => return Some(Err(NoAnswer::Lost(Outage::BrokenOff))),
            },
            State::Over => return Some(Err(NoAnswer::Lost(Outage::BrokenOff))),
        };
        self.pollable = match &next {
            State::Waiting(answer) => Some(answer.subscribe()),
            State::Reading(reading) => Some(reading.stream.subscribe()),
            State::Over => None,
        };
        self.state = next;
        None
    }
}

impl Reading {
    fn of(response: IncomingResponse) -> Result<Self, NoAnswer> {
        let body = response.consume().map_err(|()| NoAnswer::Lost(Outage::BrokenOff))?;
        let stream = body.stream().map_err(|()| NoAnswer::Lost(Outage::BrokenOff))?;
        Ok(Self { stream, _body: body, response, bytes: Vec::new() })
    }

    fn finish(mut self) -> Response {
        Response {
            status: self.response.status(),
            headers: headers(&self.response),
            body: std::mem::take(&mut self.bytes),
        }
    }
}

/// Waits until at least one can go on; gives their places, ascending.
fn ready(under_way: &[UnderWay]) -> Vec<usize> {
    let watched = under_way.iter().enumerate().flat_map(|(place, one)| {
        let both = one.pollable.iter().chain([&one.deadline_pollable]);
        both.map(move |pollable| (place, pollable))
    });
    let (places, pollables): (Vec<usize>, Vec<&Pollable>) = watched.unzip();
    let mut ready: Vec<usize> =
        poll(&pollables).into_iter().filter_map(|index| places.get(index as usize).copied()).collect();
    ready.sort_unstable();
    ready.dedup();
    ready
}

fn begin(request: Request) -> Result<FutureIncomingResponse, NoAnswer> {
    let (scheme, rest) = match request.url.split_once("://") {
        Some(("https", rest)) => (Scheme::Https, rest),
        Some(("http", rest)) => (Scheme::Http, rest),
        _ => return Err(NoAnswer::Forbidden),
    };
    let (authority, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let outgoing = OutgoingRequest::new(fields(request.headers, &request.body)?);
    let method = match request.method {
        Method::Get => WasiMethod::Get,
        Method::Post => WasiMethod::Post,
        Method::Put => WasiMethod::Put,
        Method::Patch => WasiMethod::Patch,
        Method::DeleteWebhook => WasiMethod::Delete,
    };
    let described = outgoing
        .set_method(&method)
        .and_then(|()| outgoing.set_scheme(Some(&scheme)))
        .and_then(|()| outgoing.set_authority(Some(authority)))
        .and_then(|()| outgoing.set_path_with_query(Some(path)));
    described.map_err(|()| NoAnswer::Forbidden)?;
    let body = outgoing.body().map_err(|()| NoAnswer::NotSent(Outage::NotConnected))?;
    let answer = outgoing_handler::handle(outgoing, Some(options())).map_err(|code| of_host(&code))?;
    write(body, &request.body)?;
    Ok(answer)
}

/// The headers, with the length of the body: without it a body goes out in chunks, which some servers and firewalls
/// refuse.
fn fields(headers: Vec<(String, String)>, body: &[u8]) -> Result<Fields, NoAnswer> {
    let mut entries: Vec<(String, Vec<u8>)> =
        headers.into_iter().map(|(name, value)| (name, value.into_bytes())).collect();
    let given = entries.len();
    if !body.is_empty() {
        entries.push(("content-length".to_owned(), body.len().to_string().into_bytes()));
    }
    // A host may keep that header to itself; it then knows the length, or not, as it likes.
    let fields = Fields::from_list(&entries).or_else(|_| Fields::from_list(entries.get(..given).unwrap_or_default()));
    // A setting that makes no header, such as a key with a line break in it, is as good as no setting.
    fields.map_err(|_| NoAnswer::Forbidden)
}

fn options() -> RequestOptions {
    let options = RequestOptions::new();
    // An error says that the host does not take the option; it then has its own.
    let _ = options.set_connect_timeout(Some(CONNECT_TIMEOUT));
    let _ = options.set_first_byte_timeout(Some(FIRST_BYTE_TIMEOUT));
    let _ = options.set_between_bytes_timeout(Some(BETWEEN_BYTES_TIMEOUT));
    options
}

fn write(body: OutgoingBody, bytes: &[u8]) -> Result<(), NoAnswer> {
    if !bytes.is_empty() {
        let stream = body.write().map_err(|()| NoAnswer::Lost(Outage::BrokenOff))?;
        for chunk in bytes.chunks(WRITE_CHUNK) {
            // A server that answers early may close; its answer tells more than the failed write.
            if stream.blocking_write_and_flush(chunk).is_err() {
                break;
            }
        }
    }
    // The same: whatever went wrong shows in the answer.
    let _ = OutgoingBody::finish(body, None);
    Ok(())
}

fn headers(response: &IncomingResponse) -> Vec<(String, String)> {
    let entries = response.headers().entries();
    entries.into_iter().filter_map(|(name, value)| Some((name, String::from_utf8(value).ok()?))).collect()
}

/// Whether the server may have got the request, and why there is no answer.
fn of_host(code: &ErrorCode) -> NoAnswer {
    match code {
        ErrorCode::HttpRequestDenied | ErrorCode::HttpRequestUriInvalid | ErrorCode::DestinationIpProhibited => {
            NoAnswer::Forbidden
        }
        ErrorCode::DnsError(_) | ErrorCode::DestinationNotFound => NoAnswer::NotSent(Outage::NameUnknown),
        ErrorCode::DnsTimeout | ErrorCode::ConnectionTimeout => NoAnswer::NotSent(Outage::TimedOut),
        ErrorCode::ConnectionRefused => NoAnswer::NotSent(Outage::ConnectionRefused),
        ErrorCode::DestinationUnavailable | ErrorCode::DestinationIpUnroutable | ErrorCode::ConnectionLimitReached => {
            NoAnswer::NotSent(Outage::NotConnected)
        }
        // By this a host says that what lies between is not as it must be.
        ErrorCode::ConfigurationError => NoAnswer::NotSent(Outage::ProxyFailed),
        ErrorCode::TlsCertificateError => NoAnswer::NotSent(Outage::CertificateRefused),
        ErrorCode::TlsProtocolError => NoAnswer::NotSent(Outage::TlsFailed),
        ErrorCode::TlsAlertReceived(alert) => NoAnswer::NotSent(of_alert(alert.alert_id)),
        ErrorCode::HttpResponseTimeout | ErrorCode::ConnectionReadTimeout | ErrorCode::ConnectionWriteTimeout => {
            NoAnswer::Lost(Outage::TimedOut)
        }
        ErrorCode::HttpResponseBodySize(_)
        | ErrorCode::HttpResponseHeaderSectionSize(_)
        | ErrorCode::HttpResponseHeaderSize(_) => NoAnswer::Lost(Outage::TooLarge),
        ErrorCode::HttpResponseContentCoding(_) => NoAnswer::Lost(Outage::Compressed),
        _ => NoAnswer::Lost(Outage::BrokenOff),
    }
}

/// What the TLS alert says with which a connection ended before it was one (RFC 8446, 6.2). WASI knows the alert as one
/// that was received; a host may give the one that it sent there as well.
fn of_alert(alert: Option<u8>) -> Outage {
    match alert {
        Some(45) => Outage::CertificateExpired,
        Some(48) => Outage::CertificateUntrusted,
        Some(42) => Outage::CertificateOfAnother,
        Some(43 | 44 | 46) => Outage::CertificateRefused,
        _ => Outage::TlsFailed,
    }
}
