//! The HTTP server: `POST /tribe/{office}` and `GET /health`.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Body;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde::Serialize;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::health::{Health, HealthCheck};
use super::verify::{Deliveries, Refused};
use crate::settings::OfficeNumber;
use crate::store::Store;
use crate::timestamp::Timestamp;

/// Longest body. Tribe: inferred, a delivery names one record and is far smaller.
const LONGEST_BODY: usize = 256 << 10;
/// Until the head of a request is there, and again until its body is.
const LONGEST_READ: Duration = Duration::from_secs(10);
/// Connections at once; more wait in the operating system's queue.
const MOST_CONNECTIONS: usize = 512;

/// What the server works with.
pub struct Intake<D> {
    deliveries: D,
    store: Store,
    health: HealthCheck,
    arrived: Arc<Notify>,
}

impl<D: Deliveries> Intake<D> {
    /// An intake that keeps what it takes in that store, and notifies `arrived` of it.
    pub fn new(deliveries: D, store: Store, health: HealthCheck, arrived: Arc<Notify>) -> Self {
        Self { deliveries, store, health, arrived }
    }

    /// Answers one request.
    pub(super) async fn answer<B>(&self, request: Request<B>) -> Response<Full<Bytes>>
    where
        B: Body<Data = Bytes> + Send,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let path = request.uri().path();
        match (request.method(), path.strip_prefix("/tribe/")) {
            (&Method::POST, Some(office)) => match office.parse() {
                Ok(office) => bare(self.take_in(&office, request).await),
                Err(_) => bare(StatusCode::UNAUTHORIZED),
            },
            (&Method::GET, None) if path == "/health" => self.tell_health().await,
            (_, Some(_)) => bare(StatusCode::METHOD_NOT_ALLOWED),
            (_, None) if path == "/health" => bare(StatusCode::METHOD_NOT_ALLOWED),
            _ => bare(StatusCode::NOT_FOUND),
        }
    }

    async fn take_in<B>(&self, office: &OfficeNumber, request: Request<B>) -> StatusCode
    where
        B: Body<Data = Bytes> + Send,
        B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
    {
        let (head, body) = request.into_parts();
        let body = match tokio::time::timeout(LONGEST_READ, Limited::new(body, LONGEST_BODY).collect()).await {
            Ok(Ok(body)) => body.to_bytes(),
            Ok(Err(error)) if error.is::<LengthLimitError>() => return StatusCode::PAYLOAD_TOO_LARGE,
            Ok(Err(_)) => return StatusCode::BAD_REQUEST,
            Err(_) => return StatusCode::REQUEST_TIMEOUT,
        };
        // A header that is no text cannot be the signature.
        let headers = head
            .headers
            .iter()
            .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
        let changes = match self.deliveries.read(office, headers.collect(), &body).await {
            Ok(changes) => changes,
            Err(Refused::Forged) => return StatusCode::UNAUTHORIZED,
            Err(Refused::Malformed) => return StatusCode::BAD_REQUEST,
            Err(Refused::Unavailable) => return StatusCode::SERVICE_UNAVAILABLE,
        };
        let count = changes.len();
        match self.store.enqueue(office, changes, Timestamp::now()).await {
            Ok(()) => {
                tracing::debug!(office = %office, count, "taken in");
                self.arrived.notify_one();
                StatusCode::ACCEPTED
            }
            Err(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    async fn tell_health(&self) -> Response<Full<Bytes>> {
        let (status, page) = match self.health.health().await {
            Ok(health) if health.is_green() => (StatusCode::OK, Page { status: "green", health: Some(health) }),
            Ok(health) => (StatusCode::SERVICE_UNAVAILABLE, Page { status: "red", health: Some(health) }),
            Err(_) => (StatusCode::SERVICE_UNAVAILABLE, Page { status: "red", health: None }),
        };
        let mut response = bare(status);
        *response.body_mut() = Full::new(serde_json::to_vec(&page).unwrap_or_default().into());
        let json = http::HeaderValue::from_static("application/json");
        response.headers_mut().insert(http::header::CONTENT_TYPE, json);
        response
    }
}

/// The health page.
#[derive(Serialize)]
struct Page {
    status: &'static str,
    #[serde(flatten)]
    health: Option<Health>,
}

fn bare(status: StatusCode) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::new()));
    *response.status_mut() = status;
    response
}

/// Serves until stopped; returns when the last answer was given.
pub async fn serve<D: Deliveries>(listener: TcpListener, intake: Arc<Intake<D>>, stop: CancellationToken) {
    let (places, connections) = (Arc::new(Semaphore::new(MOST_CONNECTIONS)), TaskTracker::new());
    loop {
        let accepted = async {
            let place = Arc::clone(&places).acquire_owned().await.ok()?;
            Some((listener.accept().await.ok()?.0, place))
        };
        let accepted = tokio::select! {
            biased;
            () = stop.cancelled() => break,
            accepted = accepted => accepted,
        };
        match accepted {
            Some((stream, place)) => {
                connections.spawn(serve_connection(stream, Arc::clone(&intake), stop.clone(), place));
            }
            // Too many open files, for instance: it passes, and asking at once would only burn time.
            None => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    }
    connections.close();
    connections.wait().await;
}

async fn serve_connection<D: Deliveries>(
    stream: TcpStream,
    intake: Arc<Intake<D>>,
    stop: CancellationToken,
    _place: OwnedSemaphorePermit,
) {
    // Small answers must not wait for the acknowledgement of the one before.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| {
        let intake = Arc::clone(&intake);
        async move { Ok::<_, Infallible>(intake.answer(request).await) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(LONGEST_READ)
        .serve_connection(TokioIo::new(stream), service);
    tokio::pin!(connection);
    // A caller that hangs up or sends nonsense is no concern of the server.
    tokio::select! {
        _ = connection.as_mut() => {}
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}
