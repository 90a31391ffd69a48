//! The HTTP server: `POST /tribe/{office}` and `GET /health`.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Serialize;
use serve::Limits;
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use super::health::{Health, HealthCheck};
use super::heard::{Heard, Told};
use super::verify::{Decoy, Deliveries, Refused, read};
use crate::component::Change;
use crate::metrics::DeliveryMetrics;
use crate::settings::OfficeNumber;
use crate::store::{Delivered, Store};
use crate::timestamp::Timestamp;

/// Longest body. Tribe: inferred, a delivery names one record and is far smaller.
const LONGEST_BODY: usize = 256 << 10;
/// Until a delivery is stored: Tribe must hear that it was not while it still waits for an answer.
const LONGEST_STORING: Duration = Duration::from_secs(5);
/// Until the body of a request is there.
const LONGEST_READ: Duration = Duration::from_secs(10);

/// What the server works with.
pub struct Intake<D> {
    deliveries: D,
    decoy: Decoy,
    store: Store,
    health: HealthCheck,
    arrived: Arc<Notify>,
    heard: Heard,
}

impl<D: Deliveries> Intake<D> {
    /// An intake that keeps what it takes in that store, and notifies `arrived` of it.
    pub fn new(deliveries: D, store: Store, health: HealthCheck, arrived: Arc<Notify>) -> Self {
        let heard = Heard::new(store.clone());
        Self { deliveries, decoy: Decoy::new(), store, health, arrived, heard }
    }

    #[cfg(test)]
    pub(super) fn deliveries(&self) -> &D {
        &self.deliveries
    }

    /// What is counted of the deliveries.
    pub fn metrics(&self) -> &DeliveryMetrics {
        self.heard.metrics()
    }

    /// What is served, at which paths.
    pub fn router(self: Arc<Self>) -> Router {
        Router::new()
            // Whatever stands for the office: that there is no such office is answered as a forgery is.
            .route("/tribe/", post(take_in::<D>))
            .route("/tribe/{*office}", post(take_in::<D>))
            // Below the health page, which is nobody's delivery.
            .layer(from_fn_with_state(Arc::clone(&self), heard::<D>))
            .route("/health", get(tell_health::<D>))
            .with_state(self)
    }

    async fn take_in(&self, office: &OfficeNumber, request: Request) -> Answer {
        let (head, body) = request.into_parts();
        let body = match tokio::time::timeout(LONGEST_READ, Limited::new(body, LONGEST_BODY).collect()).await {
            Ok(Ok(body)) => body.to_bytes(),
            Ok(Err(error)) if error.is::<LengthLimitError>() => {
                return Answer::to_nobody(StatusCode::PAYLOAD_TOO_LARGE);
            }
            Ok(Err(_)) => return Answer::to_nobody(StatusCode::BAD_REQUEST),
            Err(_) => return Answer::to_nobody(StatusCode::REQUEST_TIMEOUT),
        };
        // A header that is no text cannot be the signature.
        let headers = head
            .headers
            .iter()
            .filter_map(|(name, value)| Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned())));
        let headers = headers.collect::<Vec<_>>();
        let refused = |status, why| Answer { status, told: Some(Told { office: office.clone(), refused: Some(why) }) };
        let changes = match read(&self.deliveries, &self.decoy, office, &headers, &body).await {
            Ok(changes) => changes,
            Err(Refused::Unknown) => return Answer::to_nobody(StatusCode::UNAUTHORIZED),
            Err(why @ (Refused::NoSecret | Refused::Unsigned | Refused::Forged)) => {
                return refused(StatusCode::UNAUTHORIZED, why);
            }
            Err(why @ Refused::Malformed) => return refused(StatusCode::BAD_REQUEST, why),
            // Whether there is such an office may be what could not be asked.
            Err(Refused::Unavailable) => return Answer::to_nobody(StatusCode::SERVICE_UNAVAILABLE),
        };
        let count = changes.len();
        let stored = self.store.enqueue(office, delivered(changes), Timestamp::now());
        match tokio::time::timeout(LONGEST_STORING, stored).await {
            Ok(Ok(())) => {
                tracing::debug!(office = %office, count, "taken in");
                self.arrived.notify_one();
                Answer { status: StatusCode::ACCEPTED, told: Some(Told { office: office.clone(), refused: None }) }
            }
            Ok(Err(_)) | Err(_) => refused(StatusCode::SERVICE_UNAVAILABLE, Refused::Unavailable),
        }
    }
}

/// An answer, and what came of a delivery to an office that is there.
struct Answer {
    status: StatusCode,
    told: Option<Told>,
}

impl Answer {
    /// Where nobody asked which office it is for, or there is none.
    fn to_nobody(status: StatusCode) -> Self {
        Self { status, told: None }
    }
}

impl IntoResponse for Answer {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if let Some(told) = self.told {
            response.extensions_mut().insert(told);
        }
        response
    }
}

async fn heard<D: Deliveries>(State(intake): State<Arc<Intake<D>>>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let told = response.extensions_mut().remove();
    intake.heard.note(response.status(), told);
    response
}

async fn take_in<D: Deliveries>(State(intake): State<Arc<Intake<D>>>, request: Request) -> Answer {
    let office = request.uri().path().strip_prefix("/tribe/").unwrap_or_default();
    // Who enters an address by hand may end it with a slash.
    match office.strip_suffix('/').unwrap_or(office).parse() {
        Ok(office) => intake.take_in(&office, request).await,
        Err(_) => Answer::to_nobody(StatusCode::UNAUTHORIZED),
    }
}

async fn tell_health<D: Deliveries>(State(intake): State<Arc<Intake<D>>>) -> Response {
    let (status, page) = match intake.health.health().await {
        Ok(health) if health.is_green() => (StatusCode::OK, Page { status: "green", health: Some(health) }),
        Ok(health) => (StatusCode::SERVICE_UNAVAILABLE, Page { status: "red", health: Some(health) }),
        Err(_) => (StatusCode::SERVICE_UNAVAILABLE, Page { status: "red", health: None }),
    };
    let json = [(header::CONTENT_TYPE, "application/json")];
    (status, json, serde_json::to_vec(&page).unwrap_or_default()).into_response()
}

/// The health page.
#[derive(Serialize)]
struct Page {
    status: &'static str,
    #[serde(flatten)]
    health: Option<Health>,
}

/// Serves until stopped; returns when the last answer was given, and what came of the deliveries is kept.
pub async fn serve<D: Deliveries>(listener: TcpListener, intake: Arc<Intake<D>>, stop: CancellationToken) {
    let serving = serve::serve(listener, Arc::clone(&intake).router(), Limits::default(), stop.clone());
    tokio::join!(serving, intake.heard.keep(stop));
}

/// What a delivery speaks of, as the store keeps it.
pub(super) fn delivered(changes: Vec<Change>) -> Vec<Delivered> {
    changes.into_iter().map(|Change { id, deleted }| Delivered { id, deleted }).collect()
}
