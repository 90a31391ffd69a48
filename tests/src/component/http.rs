//! Outgoing HTTP: the part of `wasi:http` and `wasi:io/streams` that the connector uses, over the world's exchanges.
//!
//! A request is sent when its body is finished. The world knows the answer from then on, and the component receives it
//! whole when it waits for it. So the component sees the same order as the native build by `Http::send_each`.

use advocaatcentraal_tribe::wording::Outage;
use std::collections::BTreeMap;

use advocaatcentraal_tribe::ports::{Method, NoAnswer, Request, Response};
use wasmtime::StoreContextMut;
use wasmtime::component::{Linker, LinkerInstance, Resource, ResourceType};

use super::bindings::wasi::http::types::{ErrorCode, HeaderError, Method as WasiMethod, Scheme};
use super::bindings::wasi::io::error::Error as IoError;
use super::bindings::wasi::io::streams::StreamError;
use super::waiting::Pollable;
use super::{Call, in_world};
use crate::World;
use crate::world::UnderWay;

/// Every request of a call, by number.
#[derive(Default)]
pub(super) struct Exchanges {
    given: usize,
    /// Handed over; their bodies are not finished.
    unsent: BTreeMap<usize, Request>,
    under_way: UnderWay,
    /// Arrived; the component has not read them.
    arrived: BTreeMap<usize, Result<Response, NoAnswer>>,
}

impl Exchanges {
    /// Whether there is nothing left to wait for.
    pub(super) fn is_over(&self, number: usize) -> bool {
        !self.unsent.contains_key(&number) && !self.under_way.contains(number)
    }

    /// Waits for an answer to one of those; none if none of them is under way.
    pub(super) fn hear(&mut self, world: &World, among: impl Fn(usize) -> bool) -> Option<()> {
        let (number, answer) = world.next_answer(&mut self.under_way, among)?;
        self.arrived.insert(number, answer);
        Some(())
    }
}

struct Fields(Vec<(String, Vec<u8>)>);

struct OutgoingRequest {
    number: usize,
    headers: Fields,
    method: WasiMethod,
    scheme: Option<Scheme>,
    authority: Option<String>,
    path: Option<String>,
}

/// The time-outs are the world's.
struct RequestOptions;

struct OutgoingBody {
    number: usize,
    bytes: Vec<u8>,
}

/// The place of an [`OutgoingBody`] in the table.
struct OutputStream(u32);

struct FutureIncomingResponse(usize);

struct IncomingResponse {
    status: u16,
    headers: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

struct IncomingBody(Option<Vec<u8>>);

struct InputStream {
    bytes: Vec<u8>,
    read: usize,
}

/// What the world takes; `None` for a request that it would not have been asked.
fn to_port(request: OutgoingRequest) -> Option<Request> {
    let method = match request.method {
        WasiMethod::Get => Method::Get,
        WasiMethod::Post => Method::Post,
        WasiMethod::Put => Method::Put,
        WasiMethod::Patch => Method::Patch,
        WasiMethod::Delete => Method::DeleteWebhook,
        _ => return None,
    };
    let scheme = match request.scheme? {
        Scheme::Http => "http",
        Scheme::Https => "https",
        Scheme::Other(_) => return None,
    };
    let url = format!("{scheme}://{}{}", request.authority?, request.path?);
    let headers = request.headers.0.into_iter();
    let headers = headers.map(|(name, value)| Some((name, String::from_utf8(value).ok()?))).collect::<Option<_>>()?;
    Some(Request { method, url, headers, body: Vec::new() })
}

/// Whether the request tells how long its body is, if it has one.
fn has_length(request: &Request) -> bool {
    let told = request.headers.iter().find(|(name, _)| name == "content-length").map(|(_, value)| value.as_str());
    request.body.is_empty() || told == Some(request.body.len().to_string().as_str())
}

/// A code of each kind that the connector tells apart.
fn of_world(none: NoAnswer) -> ErrorCode {
    match none {
        NoAnswer::NotSent(_) => ErrorCode::ConnectionRefused,
        NoAnswer::Lost(Outage::TimedOut) => ErrorCode::HttpResponseTimeout,
        NoAnswer::Lost(_) => ErrorCode::ConnectionTerminated,
        NoAnswer::Forbidden => ErrorCode::HttpRequestDenied,
    }
}

type Context<'c> = StoreContextMut<'c, Call>;

/// Gives a resource its name; what is dropped leaves the table.
fn resource<T: Send + 'static>(instance: &mut LinkerInstance<'_, Call>, name: &str) -> wasmtime::Result<()> {
    instance.resource(name, ResourceType::host::<T>(), |mut context: Context<'_>, rep| {
        context.data_mut().table.delete(Resource::<T>::new_own(rep))?;
        Ok(())
    })
}

pub(super) fn add_to_linker(linker: &mut Linker<Call>) -> wasmtime::Result<()> {
    add_streams(&mut linker.instance("wasi:io/streams@0.2.12")?)?;
    // No stream here fails; the type of its answers has a place for an error.
    linker.instance("wasi:io/error@0.2.12")?.resource("error", ResourceType::host::<IoError>(), |_, _| Ok(()))?;
    let mut types = linker.instance("wasi:http/types@0.2.12")?;
    add_requests(&mut types)?;
    add_responses(&mut types)?;
    linker.instance("wasi:http/outgoing-handler@0.2.12")?.func_wrap(
        "handle",
        |mut context: Context<'_>,
         (request, options): (Resource<OutgoingRequest>, Option<Resource<RequestOptions>>)| {
            let Call { table, exchanges } = context.data_mut();
            let request = table.delete(request)?;
            if let Some(options) = options {
                table.delete(options)?;
            }
            let number = request.number;
            let Some(request) = to_port(request) else { return Ok((Err(ErrorCode::HttpRequestUriInvalid),)) };
            exchanges.unsent.insert(number, request);
            Ok((Ok(table.push(FutureIncomingResponse(number))?),))
        },
    )
}

fn add_requests(types: &mut LinkerInstance<'_, Call>) -> wasmtime::Result<()> {
    resource::<Fields>(types, "fields")?;
    resource::<OutgoingRequest>(types, "outgoing-request")?;
    resource::<RequestOptions>(types, "request-options")?;
    resource::<OutgoingBody>(types, "outgoing-body")?;
    types.func_wrap(
        "[static]fields.from-list",
        |mut context: Context<'_>, (entries,): (Vec<(String, Vec<u8>)>,)| {
            let fields: Result<_, HeaderError> = Ok(context.data_mut().table.push(Fields(entries))?);
            Ok((fields,))
        },
    )?;
    types.func_wrap("[constructor]outgoing-request", |mut context: Context<'_>, (headers,): (Resource<Fields>,)| {
        let Call { table, exchanges } = context.data_mut();
        let headers = table.delete(headers)?;
        let number = exchanges.given;
        exchanges.given += 1;
        let (method, scheme, authority, path) = (WasiMethod::Get, None, None, None);
        Ok((table.push(OutgoingRequest { number, headers, method, scheme, authority, path })?,))
    })?;
    types.func_wrap(
        "[method]outgoing-request.set-method",
        |mut context: Context<'_>, (request, method): (Resource<OutgoingRequest>, WasiMethod)| {
            context.data_mut().table.get_mut(&request)?.method = method;
            Ok((Ok::<(), ()>(()),))
        },
    )?;
    types.func_wrap(
        "[method]outgoing-request.set-scheme",
        |mut context: Context<'_>, (request, scheme): (Resource<OutgoingRequest>, Option<Scheme>)| {
            context.data_mut().table.get_mut(&request)?.scheme = scheme;
            Ok((Ok::<(), ()>(()),))
        },
    )?;
    types.func_wrap(
        "[method]outgoing-request.set-authority",
        |mut context: Context<'_>, (request, authority): (Resource<OutgoingRequest>, Option<String>)| {
            context.data_mut().table.get_mut(&request)?.authority = authority;
            Ok((Ok::<(), ()>(()),))
        },
    )?;
    types.func_wrap(
        "[method]outgoing-request.set-path-with-query",
        |mut context: Context<'_>, (request, path): (Resource<OutgoingRequest>, Option<String>)| {
            context.data_mut().table.get_mut(&request)?.path = path;
            Ok((Ok::<(), ()>(()),))
        },
    )?;
    types.func_wrap(
        "[method]outgoing-request.body",
        |mut context: Context<'_>, (request,): (Resource<OutgoingRequest>,)| {
            let table = &mut context.data_mut().table;
            let number = table.get(&request)?.number;
            let body: Result<_, ()> = Ok(table.push(OutgoingBody { number, bytes: Vec::new() })?);
            Ok((body,))
        },
    )?;
    types.func_wrap("[constructor]request-options", |mut context: Context<'_>, (): ()| {
        Ok((context.data_mut().table.push(RequestOptions)?,))
    })?;
    for option in ["connect", "first-byte", "between-bytes"] {
        types.func_wrap(
            &format!("[method]request-options.set-{option}-timeout"),
            |_: Context<'_>, (_, _): (Resource<RequestOptions>, Option<u64>)| Ok((Ok::<(), ()>(()),)),
        )?;
    }
    types.func_wrap(
        "[method]outgoing-body.write",
        |mut context: Context<'_>, (body,): (Resource<OutgoingBody>,)| {
            let stream: Result<_, ()> = Ok(context.data_mut().table.push(OutputStream(body.rep()))?);
            Ok((stream,))
        },
    )?;
    types.func_wrap(
        "[static]outgoing-body.finish",
        |mut context: Context<'_>, (body, _): (Resource<OutgoingBody>, Option<Resource<Fields>>)| {
            let Call { table, exchanges } = context.data_mut();
            let OutgoingBody { number, bytes } = table.delete(body)?;
            let request = exchanges.unsent.remove(&number);
            let mut request = request.ok_or_else(|| wasmtime::Error::msg("a body without its request"))?;
            request.body = bytes;
            if !has_length(&request) {
                return Err(wasmtime::Error::msg("a body without its length"));
            }
            // The native build leaves it to whoever sends.
            request.headers.retain(|(name, _)| name != "content-length");
            in_world(|world| world.send_one(&mut exchanges.under_way, number, &request))?;
            Ok((Ok::<(), ErrorCode>(()),))
        },
    )
}

fn add_responses(types: &mut LinkerInstance<'_, Call>) -> wasmtime::Result<()> {
    resource::<FutureIncomingResponse>(types, "future-incoming-response")?;
    resource::<IncomingResponse>(types, "incoming-response")?;
    resource::<IncomingBody>(types, "incoming-body")?;
    types.func_wrap(
        "[method]future-incoming-response.subscribe",
        |mut context: Context<'_>, (future,): (Resource<FutureIncomingResponse>,)| {
            let table = &mut context.data_mut().table;
            let number = table.get(&future)?.0;
            Ok((table.push(Pollable::Answer(number))?,))
        },
    )?;
    types.func_wrap(
        "[method]future-incoming-response.get",
        |mut context: Context<'_>, (future,): (Resource<FutureIncomingResponse>,)| {
            let Call { table, exchanges } = context.data_mut();
            let number = table.get(&future)?.0;
            // None before the answer; then the answer; an error once it was taken.
            let answer = match exchanges.arrived.remove(&number) {
                None if exchanges.is_over(number) => Some(Err(())),
                None => None,
                Some(Err(none)) => Some(Ok(Err(of_world(none)))),
                Some(Ok(Response { status, headers, body })) => {
                    Some(Ok(Ok(table.push(IncomingResponse { status, headers, body: Some(body) })?)))
                }
            };
            Ok((answer,))
        },
    )?;
    types.func_wrap(
        "[method]incoming-response.status",
        |mut context: Context<'_>, (response,): (Resource<IncomingResponse>,)| {
            Ok((context.data_mut().table.get(&response)?.status,))
        },
    )?;
    types.func_wrap(
        "[method]incoming-response.headers",
        |mut context: Context<'_>, (response,): (Resource<IncomingResponse>,)| {
            let table = &mut context.data_mut().table;
            let headers = table.get(&response)?.headers.iter();
            let fields = Fields(headers.map(|(name, value)| (name.clone(), value.clone().into_bytes())).collect());
            Ok((table.push(fields)?,))
        },
    )?;
    types.func_wrap("[method]fields.entries", |mut context: Context<'_>, (fields,): (Resource<Fields>,)| {
        Ok((context.data_mut().table.get(&fields)?.0.clone(),))
    })?;
    types.func_wrap(
        "[method]incoming-response.consume",
        |mut context: Context<'_>, (response,): (Resource<IncomingResponse>,)| {
            let table = &mut context.data_mut().table;
            let body = table.get_mut(&response)?.body.take();
            let body = body.map(|bytes| table.push(IncomingBody(Some(bytes)))).transpose()?;
            Ok((body.ok_or(()),))
        },
    )?;
    types.func_wrap("[method]incoming-body.stream", |mut context: Context<'_>, (body,): (Resource<IncomingBody>,)| {
        let table = &mut context.data_mut().table;
        let bytes = table.get_mut(&body)?.0.take();
        let stream = bytes.map(|bytes| table.push(InputStream { bytes, read: 0 })).transpose()?;
        Ok((stream.ok_or(()),))
    })
}

fn add_streams(streams: &mut LinkerInstance<'_, Call>) -> wasmtime::Result<()> {
    resource::<InputStream>(streams, "input-stream")?;
    resource::<OutputStream>(streams, "output-stream")?;
    streams.func_wrap(
        "[method]input-stream.subscribe",
        |mut context: Context<'_>, (_,): (Resource<InputStream>,)| {
            Ok((context.data_mut().table.push(Pollable::Ready)?,))
        },
    )?;
    streams.func_wrap(
        "[method]input-stream.read",
        |mut context: Context<'_>, (stream, most): (Resource<InputStream>, u64)| {
            let stream = context.data_mut().table.get_mut(&stream)?;
            let rest = stream.bytes.get(stream.read..).unwrap_or_default();
            let chunk = rest.get(..usize::try_from(most)?).unwrap_or(rest).to_vec();
            stream.read += chunk.len();
            Ok((if chunk.is_empty() { Err(StreamError::Closed) } else { Ok(chunk) },))
        },
    )?;
    streams.func_wrap(
        "[method]output-stream.blocking-write-and-flush",
        |mut context: Context<'_>, (stream, bytes): (Resource<OutputStream>, Vec<u8>)| {
            let table = &mut context.data_mut().table;
            let body = Resource::<OutgoingBody>::new_borrow(table.get(&stream)?.0);
            table.get_mut(&body)?.bytes.extend(bytes);
            Ok((Ok::<(), StreamError>(()),))
        },
    )
}
