#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use axum::response::Response;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tower_service::Service;

use super::server::delivered;
use super::*;
use crate::component::{CallError, Change};
use crate::office_state::State;
use crate::run::{End, Halt, Report, Tally, Wait};
use crate::settings::{OfficeNumber, OfficeSettings};
use crate::store::{MasterKey, Run, RunResult, Store, Wanted};
use crate::timestamp::Timestamp;

struct TempStore {
    _folder: tempfile::TempDir,
    store: Store,
}

fn temp_store() -> TempStore {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &MasterKey::random()).unwrap();
    TempStore { _folder: folder, store }
}

fn settings() -> OfficeSettings {
    let settings = OfficeSettings::from_toml(
        "office = \"1\"\nadvocaatcentraal-url = \"https://ac.voorbeeld.example\"\nadvocaatcentraal-key = \"k\"\n\
         tribe-client-id = \"i\"\ntribe-client-secret = \"s\"\n",
    );
    settings.unwrap()
}

fn office(number: &str) -> OfficeNumber {
    number.parse().unwrap()
}

/// Takes deliveries whose body is `good`, and says of the others what they are.
struct Judge;

impl Deliveries for Judge {
    async fn read(
        &self,
        _: &OfficeNumber,
        headers: Vec<(String, String)>,
        body: &[u8],
    ) -> Result<Vec<Change>, Refused> {
        match body {
            b"good" if headers.iter().any(|(name, value)| name == "x-tribe-signature" && value == "signed") => {
                Ok(vec![Change { id: "a".to_owned(), deleted: false }])
            }
            b"riddle" => Err(Refused::Malformed),
            b"later" => Err(Refused::Unavailable),
            _ => Err(Refused::Forged),
        }
    }
}

fn intake(store: &Store, scheduled: Scheduled) -> Arc<Intake<Judge>> {
    let health = HealthCheck::new(store.clone(), scheduled);
    Arc::new(Intake::new(Judge, store.clone(), health, Arc::default()))
}

async fn answer(intake: &Arc<Intake<Judge>>, request: Request<Body>) -> Response {
    Arc::clone(intake).router().call(request).await.unwrap()
}

async fn ask(intake: &Arc<Intake<Judge>>, method: &str, path: &str, body: &[u8]) -> StatusCode {
    let request = Request::builder().method(method).uri(path).header("X-Tribe-Signature", "signed");
    answer(intake, request.body(Body::from(body.to_vec())).unwrap()).await.status()
}

#[tokio::test]
async fn what_is_accepted_is_kept_and_what_is_not_is_not() {
    let TempStore { store, _folder } = temp_store();
    let intake = intake(&store, Scheduled::Elsewhere);
    let large = vec![b'x'; (256 << 10) + 1];
    for (method, path, body, expected) in [
        ("POST", "/tribe/1", &b"forged"[..], StatusCode::UNAUTHORIZED),
        ("POST", "/tribe/no%20number", b"good", StatusCode::UNAUTHORIZED),
        ("POST", "/tribe/%31", b"good", StatusCode::UNAUTHORIZED),
        ("POST", "/tribe/1/2", b"good", StatusCode::UNAUTHORIZED),
        ("POST", "/tribe/", b"good", StatusCode::UNAUTHORIZED),
        ("POST", "/tribe/1", b"riddle", StatusCode::BAD_REQUEST),
        ("POST", "/tribe/1", b"later", StatusCode::SERVICE_UNAVAILABLE),
        ("POST", "/tribe/1", &large, StatusCode::PAYLOAD_TOO_LARGE),
        ("GET", "/tribe/1", b"", StatusCode::METHOD_NOT_ALLOWED),
        ("POST", "/health", b"", StatusCode::METHOD_NOT_ALLOWED),
        ("GET", "/", b"", StatusCode::NOT_FOUND),
    ] {
        assert_eq!(ask(&intake, method, path, body).await, expected, "{method} {path}");
    }
    assert_eq!(store.waiting().await.unwrap(), []);
    store.put_office(&settings()).await.unwrap();
    assert_eq!(ask(&intake, "POST", "/tribe/1", b"good").await, StatusCode::ACCEPTED);
    assert_eq!(store.waiting().await.unwrap(), [(office("1"), 1)]);
}

#[tokio::test]
async fn health_turns_red_after_three_intervals_without_a_finished_cycle() {
    let TempStore { store, _folder } = temp_store();
    store.put_office(&settings()).await.unwrap();
    let interval = Duration::from_secs(300);
    let finished = Timestamp::now().plus(Duration::from_secs(3600));
    let run = |result, finished| Run {
        standing: None,
        reason: None,
        work: "poll".to_owned(),
        started: finished,
        finished,
        result,
        counts: BTreeMap::new(),
        notes: BTreeMap::new(),
    };
    store.record_run(&office("1"), run(RunResult::Done, finished)).await.unwrap();
    // A cycle that fails does not count.
    store.record_run(&office("1"), run(RunResult::Failed, finished.plus(interval * 2))).await.unwrap();

    let check = HealthCheck::new(store.clone(), Scheduled::Every(interval));
    assert!(check.ask(finished.plus(interval * 3)).await.unwrap().is_green());
    let red = check.ask(finished.plus(interval * 3 + Duration::from_secs(1))).await.unwrap();
    assert_eq!((red.offices, red.late, red.is_green()), (1, 1, false));
    let elsewhere = HealthCheck::new(store, Scheduled::Elsewhere);
    assert!(elsewhere.ask(finished.plus(interval * 100)).await.unwrap().is_green());
}

#[tokio::test]
async fn the_health_page_names_no_office() {
    let TempStore { store, _folder } = temp_store();
    let request = Request::get("/health").body(Body::empty()).unwrap();
    let response = answer(&intake(&store, Scheduled::Elsewhere), request).await;
    assert_eq!(response.status(), StatusCode::OK);
    let body = to_bytes(response.into_body(), 1024).await.unwrap();
    assert_eq!(body, r#"{"status":"green","offices":0,"late":0,"states":{},"waiting":0}"#);
}

/// Pushes as a script says, on a clock that moves with tokio's.
struct Pusher {
    start: Instant,
    base: Timestamp,
    poison: HashSet<&'static str>,
    later: Mutex<Option<Duration>>,
    pushed: Mutex<Vec<(Duration, Vec<String>)>>,
}

impl Pusher {
    fn new(poison: &[&'static str]) -> Arc<Self> {
        Arc::new(Self {
            start: Instant::now(),
            base: Timestamp::now(),
            poison: poison.iter().copied().collect(),
            later: Mutex::default(),
            pushed: Mutex::default(),
        })
    }

    fn pushed(&self) -> Vec<Vec<String>> {
        self.pushed.lock().unwrap().iter().map(|(_, ids)| ids.clone()).collect()
    }
}

impl Pushes for Pusher {
    async fn push(&self, _: &OfficeNumber, changes: Vec<Change>) -> Report {
        let ids: Vec<String> = changes.iter().map(|change| change.id.clone()).collect();
        let fails = ids.iter().any(|id| self.poison.contains(id.as_str()));
        self.pushed.lock().unwrap().push((self.start.elapsed(), ids));
        let later = self.later.lock().unwrap().take();
        let (end, left) = match later {
            Some(wait) => {
                let until = Timestamp::now().plus(wait);
                (End::Later(Wait { until, reason: None }), changes)
            }
            None if fails => (End::Halted(Halt::Call(CallError::Broken)), changes),
            None => (End::Done, Vec::new()),
        };
        Report { work: "push", started: self.now(), finished: self.now(), tally: Tally::default(), end, left }
    }

    fn now(&self) -> Timestamp {
        self.base.plus(self.start.elapsed())
    }
}

struct Pushing {
    kept: TempStore,
    pusher: Arc<Pusher>,
    arrived: Arc<Notify>,
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
}

impl Pushing {
    fn start(poison: &[&'static str]) -> Self {
        let (kept, pusher, arrived, stop) =
            (temp_store(), Pusher::new(poison), Arc::default(), CancellationToken::new());
        let task =
            tokio::spawn(keep_pushing(kept.store.clone(), Arc::clone(&pusher), Arc::clone(&arrived), stop.clone()));
        Self { kept, pusher, arrived, stop, task }
    }

    async fn deliver(&self, id: &str) {
        let changes = vec![Change { id: id.to_owned(), deleted: false }];
        self.kept.store.put_office(&settings()).await.unwrap();
        self.kept.store.enqueue(&office("1"), delivered(changes), self.pusher.now()).await.unwrap();
        self.arrived.notify_one();
    }

    async fn end(self) -> Vec<(OfficeNumber, u64)> {
        self.stop.cancel();
        self.task.await.unwrap();
        self.kept.store.waiting().await.unwrap()
    }
}

#[tokio::test(start_paused = true)]
async fn an_edit_of_many_fields_is_one_push() {
    let pushing = Pushing::start(&[]);
    for _ in 0..6 {
        pushing.deliver("a").await;
        tokio::time::sleep(Duration::from_millis(700)).await;
    }
    tokio::time::sleep(Duration::from_secs(5)).await;
    assert_eq!(pushing.pusher.pushed(), [["a"]]);
    let at = pushing.pusher.pushed.lock().unwrap()[0].0;
    let last = Duration::from_millis(5 * 700);
    assert!(at >= last + Duration::from_millis(1500) && at < last + Duration::from_secs(3), "{at:?}");
    assert_eq!(pushing.end().await, []);
}

#[tokio::test(start_paused = true)]
async fn a_change_that_fails_keeps_no_other_waiting_and_is_not_given_up() {
    let pushing = Pushing::start(&["poison"]);
    for id in ["poison", "b", "c"] {
        pushing.deliver(id).await;
    }
    tokio::time::sleep(Duration::from_secs(120)).await;
    let pushed = pushing.pusher.pushed();
    assert!(pushed.iter().any(|ids| ids == &["b"]) && pushed.iter().any(|ids| ids == &["c"]), "{pushed:?}");
    assert!(pushed.iter().filter(|ids| ids.contains(&"poison".to_owned())).count() >= 3, "{pushed:?}");
    assert!(pushed.len() < 30, "it rests between failures: {}", pushed.len());
    assert_eq!(pushing.end().await, [(office("1"), 1)]);
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_a_system_asked_for_is_kept() {
    let pushing = Pushing::start(&[]);
    *pushing.pusher.later.lock().unwrap() = Some(Duration::from_secs(60));
    pushing.deliver("a").await;
    tokio::time::sleep(Duration::from_secs(50)).await;
    assert_eq!(pushing.pusher.pushed().len(), 1);
    tokio::time::sleep(Duration::from_secs(30)).await;
    assert_eq!(pushing.pusher.pushed().len(), 2);
    assert_eq!(pushing.end().await, []);
}

#[tokio::test(start_paused = true)]
async fn what_is_delivered_for_a_paused_office_is_kept_and_goes_when_it_is_resumed() {
    let pushing = Pushing::start(&[]);
    let store = &pushing.kept.store;
    store.put_office(&settings()).await.unwrap();
    store.put_activity(&office("1"), Wanted::Paused, Timestamp::now()).await.unwrap();
    pushing.deliver("a").await;
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert_eq!(pushing.pusher.pushed().len(), 0);
    assert_eq!(store.waiting().await.unwrap(), [(office("1"), 1)]);
    store.put_activity(&office("1"), Wanted::Active, Timestamp::now()).await.unwrap();
    tokio::time::sleep(Duration::from_secs(10)).await;
    assert_eq!(pushing.pusher.pushed(), [["a"]]);
    assert_eq!(pushing.end().await, []);
}

#[tokio::test]
async fn the_health_page_counts_paused_offices_and_waits_for_none_of_them() {
    let TempStore { store, _folder } = temp_store();
    store.put_office(&settings()).await.unwrap();
    store.put_activity(&office("1"), Wanted::Paused, Timestamp::now()).await.unwrap();
    let check = HealthCheck::new(store, Scheduled::Every(Duration::from_secs(300)));
    let health = check.ask(Timestamp::now().plus(Duration::from_secs(100_000))).await.unwrap();
    assert_eq!((health.is_green(), health.states), (true, BTreeMap::from([(State::Paused, 1)])));
}
