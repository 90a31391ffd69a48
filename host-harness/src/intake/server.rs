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
use super::verify::{Deliveries, Refused};
use crate::component::Change;
use crate::metrics::DeliveryMetrics;
use crate::settings::OfficeNumber;
use crate::store::{Delivered, Store};
use crate::timestamp::Timestamp;

/// Longest body. Tribe: inferred, a delivery names one record and is far smaller.
const LONGEST_BODY: usize = 256 << 10;
/// Until the body of a request is there.
const LONGEST_READ: Duration = Duration::from_secs(10);

/// What the server works with.
pub struct Intake<D> {
    deliveries: D,
    store: Store,
    health: HealthCheck,
    arrived: Arc<Notify>,
    metrics: DeliveryMetrics,
}

impl<D: Deliveries> Intake<D> {
    /// An intake that keeps what it takes in that store, and notifies `arrived` of it.
    pub fn new(deliveries: D, store: Store, health: HealthCheck, arrived: Arc<Notify>) -> Self {
        Self { deliveries, store, health, arrived, metrics: DeliveryMetrics::default() }
    }

    /// What is counted of the deliveries.
    pub fn metrics(&self) -> &DeliveryMetrics {
        &self.metrics
    }

    /// What is served, at which paths.
    pub fn router(self: Arc<Self>) -> Router {
        Router::new()
            // Whatever stands for the office: that there is no such office is answered as a forgery is.
            .route("/tribe/", post(take_in::<D>))
            .route("/tribe/{*office}", post(take_in::<D>))
            // Below the health page, which is nobody's delivery.
            .layer(from_fn_with_state(Arc::clone(&self), counted::<D>))
            .route("/health", get(tell_health::<D>))
            .with_state(self)
    }

    async fn take_in(&self, office: &OfficeNumber, request: Request) -> StatusCode {
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
        match self.store.enqueue(office, delivered(changes), Timestamp::now()).await {
            Ok(()) => {
                tracing::debug!(office = %office, count, "taken in");
                self.arrived.notify_one();
                StatusCode::ACCEPTED
            }
            Err(_) => StatusCode::SERVICE_UNAVAILABLE,
        }
    }
}

async fn counted<D: Deliveries>(State(intake): State<Arc<Intake<D>>>, request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    intake.metrics.answered(response.status().as_u16());
    response
}

async fn take_in<D: Deliveries>(State(intake): State<Arc<Intake<D>>>, request: Request) -> StatusCode {
    match request.uri().path().strip_prefix("/tribe/").unwrap_or_default().parse() {
        Ok(office) => intake.take_in(&office, request).await,
        Err(_) => StatusCode::UNAUTHORIZED,
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

/// Serves until stopped; returns when the last answer was given.
pub async fn serve<D: Deliveries>(listener: TcpListener, intake: Arc<Intake<D>>, stop: CancellationToken) {
    serve::serve(listener, intake.router(), Limits::default(), stop).await;
}

/// What a delivery speaks of, as the store keeps it.
pub(super) fn delivered(changes: Vec<Change>) -> Vec<Delivered> {
    changes.into_iter().map(|Change { id, deleted }| Delivered { id, deleted }).collect()
}
