//! Sends one request of a component.

use std::error::Error as StdError;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use http_body_util::BodyExt;
use hyper_util::client::legacy;
use tokio::time::{Instant, timeout_at};
use tracing::Instrument;
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use crate::address::{NameUnknown, Prohibited};
use crate::allow::{Counted, Place, Route};
use crate::body::{AskedLast, LimitedBody, SentBody};
use crate::client::{Answered, OfficeEgress};
use crate::destination::Scheme;
use crate::network::ProxyFailed;
use crate::spans;
use crate::tls::{code_of_tls, tls_failure};

/// Bytes of a request's body that are held until they leave.
const HELD_OF_BODY: usize = 64 << 10;

type Sent = (http::Response<WasiBody>, Box<dyn Future<Output = Result<(), Error>> + Send>);

impl WasiHttpHooks for OfficeEgress {
    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        options: Option<RequestOptions>,
        _: Box<dyn Future<Output = Result<(), Error>> + Send>,
    ) -> Box<dyn Future<Output = Result<Sent, Error>> + Send> {
        let egress = self.clone();
        let sending = async move {
            let response = egress.send(request, options.unwrap_or_default()).await;
            spans::answered(response.as_ref().ok().map(|response| response.status().as_u16()));
            Ok::<Sent, Error>((response?, Box::new(async { Ok(()) })))
        };
        Box::new(sending.instrument(spans::begun()))
    }

    fn p2_outgoing_body_chunk_size(&mut self) -> usize {
        HELD_OF_BODY
    }
}

impl OfficeEgress {
    /// Sends a request if the office may. The codes of the errors tell a component whether the request can have
    /// arrived: what fails before or at the connection has not.
    async fn send(
        &self,
        request: http::Request<WasiBody>,
        options: RequestOptions,
    ) -> Result<http::Response<WasiBody>, Error> {
        let Some(Route { scheme, counted, place }) = self.allowed.route(request.method(), request.uri()) else {
            tracing::warn!("a request to a host that the office's settings do not name was refused");
            return Err(Error::HttpRequestDenied);
        };
        spans::routed(place, request.method(), request.uri());
        if place != Place::AdvocaatCentraal {
            self.of_office.asked_login.store(place == Place::TribeLogin, Ordering::Relaxed);
        }
        self.of_office.requests.fetch_add(1, Ordering::Relaxed);
        let _waits = self.of_office.waits.begin(place);
        // Kept until the answer's body is read or dropped: it takes a connection until then.
        let under_way = Arc::clone(&self.of_office.at_once).acquire_owned().await.ok();
        if counted == Counted::ByTribe {
            self.of_office.window.admit().await;
        }
        let may_change = self.may_change.as_ref().filter(|_| *request.method() != http::Method::GET);
        if may_change.is_some_and(|may_change| !may_change()) {
            return Err(Error::DestinationUnavailable);
        }
        let request = match may_change {
            Some(may_change) => request.map(|body| AskedLast::over(body, Arc::clone(may_change))),
            None => request,
        };
        let limits = self.shared.timeouts;
        let request = request.map(|body| SentBody::over(body, limits.sent));
        let start = Instant::now();
        let deadline = start + limits.total;
        let wait =
            limits.connect + options.first_byte_timeout.map_or(limits.first_byte, |asked| asked.min(limits.first_byte));
        let wait = self.answer.map_or(wait, |answer| answer.min(wait));
        let answer = match scheme {
            Scheme::Https => self.shared.encrypted().ok_or(Error::TlsCertificateError)?.request(request),
            Scheme::Http => self.shared.loopback.request(request),
        };
        let answer = timeout_at(deadline.min(start + wait), answer).await;
        if let Some(watch) = self.shared.watch.get() {
            let status = answer.as_ref().ok().and_then(|answer| Some(answer.as_ref().ok()?.status().as_u16()));
            watch(Answered { place, status, time: start.elapsed() });
        }
        let response = answer.map_err(|_| Error::HttpResponseTimeout)?.map_err(|error| code_of(&error))?;

        let announced = response.headers().get(http::header::CONTENT_LENGTH);
        let announced = announced.and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
        if announced.is_some_and(|length| length > limits.body) {
            return Err(Error::HttpResponseBodySize(announced));
        }
        let pause = options.between_bytes_timeout.map_or(limits.between_bytes, |asked| asked.min(limits.between_bytes));
        Ok(response.map(|body| LimitedBody::new(body, limits.body, pause, deadline, under_way).boxed_unsync()))
    }
}

/// Whether the request's own body was what failed, because it is too large.
fn is_too_large(error: &legacy::Error) -> bool {
    let causes = std::iter::successors(error.source(), |cause| (*cause).source());
    causes.filter_map(|cause| cause.downcast_ref()).any(|cause| matches!(cause, Error::HttpRequestBodySize(_)))
}

/// What a failure to get an answer means, without any of its text.
fn code_of(error: &legacy::Error) -> Error {
    if !error.is_connect() {
        return if is_too_large(error) { Error::HttpRequestBodySize(None) } else { Error::ConnectionTerminated };
    }
    if let Some(failure) = tls_failure(error) {
        return code_of_tls(failure);
    }
    let mut source = error.source();
    while let Some(cause) = source {
        if cause.is::<ProxyFailed>() {
            return Error::ConfigurationError;
        }
        if let Some(error) = cause.downcast_ref::<io::Error>() {
            // An `io::Error` gives its inner error's source as its own, so the inner one is asked here.
            match (error.get_ref(), error.kind()) {
                (Some(inner), _) if inner.is::<Prohibited>() => return Error::DestinationIpProhibited,
                (Some(inner), _) if inner.is::<NameUnknown>() => return Error::DestinationNotFound,
                (_, io::ErrorKind::ConnectionRefused) => return Error::ConnectionRefused,
                (_, io::ErrorKind::TimedOut) => return Error::ConnectionTimeout,
                _ => {}
            }
        }
        source = cause.source();
    }
    Error::DestinationUnavailable
}
