//! The HTTP server: `GET /metrics`, `GET /live` and `GET /ready`.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::extract::State as Of;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Serialize;
use serve::Limits;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::disk::free_bytes;
use super::readiness::Readiness;
use crate::intake::{Health, HealthCheck};
use crate::metrics::{CONTENT_TYPE, OfficeReadings, Page, Readings, Shown};
use crate::office_state::{Need, State};
use crate::store::Store;
use crate::timestamp::Timestamp;

/// Connections at once: a monitoring asks now and then.
const CONNECTIONS: usize = 16;

/// What the server tells of.
#[derive(Debug)]
pub struct Monitoring {
    page: Page,
    health: HealthCheck,
    readiness: Readiness,
    folder: PathBuf,
}

impl Monitoring {
    /// Of those instruments, that store in that data folder, and that health.
    pub fn new(shown: Shown, store: Store, health: HealthCheck, folder: PathBuf) -> Self {
        Self { page: Page::new(shown), health, readiness: Readiness::new(store), folder }
    }

    /// What is served, at which paths.
    pub fn router(self: Arc<Self>) -> Router {
        Router::new()
            .route("/metrics", get(tell_metrics))
            .route("/live", get(|| async { json(StatusCode::OK, &Live { live: true }) }))
            .route("/ready", get(tell_ready))
            .with_state(self)
    }

    /// What is read for the page at that instant.
    pub(super) async fn readings(&self, now: Timestamp) -> Readings {
        let offices = self.health.health().await.ok().map(|health| of_offices(&health, now));
        let folder = self.folder.clone();
        let disk_free = tokio::task::spawn_blocking(move || free_bytes(&folder)).await.ok().flatten();
        Readings { offices, interval: self.health.interval(), disk_free }
    }
}

fn of_offices(health: &Health, now: Timestamp) -> OfficeReadings {
    let age = |since: Option<Timestamp>| since.map(|since| now.since(since)).unwrap_or_default();
    let count = |state| health.states.get(&state).copied().unwrap_or_default();
    let needing = |need| health.needs.get(&need).copied().unwrap_or_default();
    OfficeReadings {
        states: State::ALL.map(|state| (state.name(), count(state))).into(),
        needs: Need::ALL.map(|need| (need.name(), needing(need))).into(),
        oldest_cycle: age(health.oldest_cycle),
        waiting: health.waiting,
        oldest_waiting: age(health.oldest_waiting),
    }
}

async fn tell_metrics(Of(monitoring): Of<Arc<Monitoring>>) -> Response {
    let readings = monitoring.readings(Timestamp::now()).await;
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], monitoring.page.text(&readings)).into_response()
}

async fn tell_ready(Of(monitoring): Of<Arc<Monitoring>>) -> Response {
    match monitoring.readiness.ask().await {
        Ok(()) => json(StatusCode::OK, &Ready { ready: true, why: None }),
        Err(why) => json(StatusCode::SERVICE_UNAVAILABLE, &Ready { ready: false, why: Some(why.to_string()) }),
    }
}

fn json(status: StatusCode, page: &impl Serialize) -> Response {
    let json = [(header::CONTENT_TYPE, "application/json")];
    (status, json, serde_json::to_vec(page).unwrap_or_default()).into_response()
}

/// Whether it answers.
#[derive(Serialize)]
struct Live {
    live: bool,
}

/// Whether work can be done.
#[derive(Serialize)]
struct Ready {
    ready: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

/// Serves until stopped; returns when the last answer was given.
pub async fn serve(listener: TcpListener, monitoring: Arc<Monitoring>, stop: CancellationToken) {
    let limits = Limits { connections: CONNECTIONS, ..Limits::default() };
    serve::serve(listener, monitoring.router(), limits, stop).await;
}
