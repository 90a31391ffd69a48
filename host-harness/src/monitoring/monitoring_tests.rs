#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use tower_service::Service;

use super::*;
use crate::intake::{HealthCheck, Scheduled};
use crate::metrics::{CallMetrics, DeliveryMetrics, GuestMetrics, RunMetrics, Shown};
use crate::settings::OfficeSettings;
use crate::store::{DATABASE_FILE, Delivered, MasterKey, Store};
use crate::timestamp::Timestamp;

fn kept() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &MasterKey::random()).unwrap();
    (folder, store)
}

fn monitoring(folder: &tempfile::TempDir, store: &Store) -> Arc<Monitoring> {
    let shown = Shown {
        store: store.metrics().clone(),
        calls: CallMetrics::of(&["tribe"]),
        guest: GuestMetrics::default(),
        runs: RunMetrics::of(1, &[], &[]),
        deliveries: DeliveryMetrics::default(),
    };
    let health = HealthCheck::new(store.clone(), Scheduled::Elsewhere);
    Arc::new(Monitoring::new(shown, store.clone(), health, folder.path().to_owned()))
}

async fn ask(monitoring: &Arc<Monitoring>, path: &str) -> (StatusCode, String) {
    let request = Request::get(path).body(Body::empty()).unwrap();
    let response = Arc::clone(monitoring).router().call(request).await.unwrap();
    let (head, body) = response.into_parts();
    (head.status, String::from_utf8(to_bytes(body, 1 << 20).await.unwrap().into()).unwrap())
}

#[tokio::test]
async fn more_offices_make_the_page_no_longer_and_none_is_named_on_it() {
    let (folder, store) = kept();
    let monitoring = monitoring(&folder, &store);
    let empty = ask(&monitoring, "/metrics").await.1.lines().count();
    let settings = OfficeSettings::from_toml(
        "office = \"54321\"\nadvocaatcentraal-url = \"https://ac.voorbeeld.example\"\nadvocaatcentraal-key = \"k\"\n\
         tribe-client-id = \"i\"\ntribe-client-secret = \"s\"\n",
    );
    let settings = settings.unwrap();
    store.put_office(&settings).await.unwrap();
    store.put_office(&OfficeSettings { office: "54322".parse().unwrap(), ..settings }).await.unwrap();
    let now = Timestamp::now();
    for (office, before) in [("54321", 7), ("54322", 90)] {
        let change = Delivered { id: "a".to_owned(), deleted: false };
        let then = now.minus(std::time::Duration::from_secs(before));
        store.enqueue(&office.parse().unwrap(), vec![change], then).await.unwrap();
    }
    let again = self::monitoring(&folder, &store);
    let page = ask(&again, "/metrics").await.1;
    assert_eq!(page.lines().count(), empty, "{page}");
    assert!(page.contains("koppeling_offices{state=\"never-synced\"} 2\n"), "{page}");
    assert!(!page.contains("5432"), "{page}");
    let readings = again.readings(now).await.offices.unwrap();
    assert_eq!((readings.waiting, readings.oldest_waiting.as_secs()), (2, 90));
}

#[tokio::test]
async fn it_is_ready_while_the_store_can_be_read_and_written_and_lives_whatever_the_store_does() {
    let (folder, store) = kept();
    let monitoring = monitoring(&folder, &store);
    assert_eq!(ask(&monitoring, "/ready").await, (StatusCode::OK, r#"{"ready":true}"#.to_owned()));
    // Whoever holds the right to write keeps all others from writing, and from nothing else.
    let other = rusqlite::Connection::open(folder.path().join(DATABASE_FILE)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let (status, page) = ask(&monitoring, "/ready").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert!(page.contains("another program keeps the database") && page.contains("\"ready\":false"), "{page}");
    assert_eq!(ask(&monitoring, "/live").await.0, StatusCode::OK);
    other.execute_batch("ROLLBACK").unwrap();
    while ask(&monitoring, "/ready").await.0 != StatusCode::OK {}
    assert!(store.offices().await.unwrap().is_empty(), "nothing stays of what was tried");
}
