#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use axum::response::Response;
use secrecy::ExposeSecret;
use tokio::sync::Notify;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tower_service::Service;

use super::server::delivered;
use super::verify::{Decoy, read};
use super::*;
use crate::component::{CallError, Change};
use crate::metrics::{CallMetrics, GuestMetrics, Page, Readings, RunMetrics, Shown};
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

fn office(number: &str) -> OfficeNumber {
    number.parse().unwrap()
}

fn settings(number: &str) -> OfficeSettings {
    let text = format!(
        "office = \"{number}\"\nadvocaatcentraal-url = \"https://ac.voorbeeld.example\"\nadvocaatcentraal-key = \"k\"\n\
         tribe-client-id = \"i\"\ntribe-client-secret = \"s\"\n"
    );
    OfficeSettings::from_toml(&text).unwrap()
}

/// Knows office 1, which has a secret, and office 2, which has none. Takes deliveries whose body is `good`, and says of the
/// others what they are.
#[derive(Default)]
struct Judge {
    /// The offices whose settings were asked for.
    asked: Mutex<Vec<String>>,
    /// The secrets that signatures were checked against.
    checked: Mutex<Vec<String>>,
}

impl Deliveries for Judge {
    async fn settings(&self, office: &OfficeNumber) -> Result<Option<OfficeSettings>, Refused> {
        self.asked.lock().unwrap().push(office.to_string());
        let secret = match office.as_str() {
            "1" => "the secret",
            "2" => "",
            _ => return Ok(None),
        };
        Ok(Some(OfficeSettings { tribe_webhook_secret: secret.into(), ..settings(office.as_str()) }))
    }

    async fn check(
        &self,
        _: &OfficeNumber,
        settings: &OfficeSettings,
        headers: &[(String, String)],
        body: &[u8],
    ) -> Result<Vec<Change>, Refused> {
        let secret = settings.tribe_webhook_secret.expose_secret().to_owned();
        self.checked.lock().unwrap().push(secret.clone());
        match body {
            b"later" => Err(Refused::Unavailable),
            // Whatever it is checked against.
            b"stolen" => Ok(Vec::new()),
            _ if secret != "the secret" => Err(Refused::Forged),
            b"good" if headers.iter().any(|(name, value)| name == "x-tribe-signature" && value == "signed") => {
                Ok(vec![Change { id: "a".to_owned(), deleted: false }])
            }
            b"riddle" => Err(Refused::Malformed),
            _ => Err(Refused::Forged),
        }
    }
}

fn intake(store: &Store, scheduled: Scheduled) -> Arc<Intake<Judge>> {
    let health = HealthCheck::new(store.clone(), scheduled);
    Arc::new(Intake::new(Judge::default(), store.clone(), health, Arc::default()))
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
        ("POST", "/tribe/1//", b"good", StatusCode::UNAUTHORIZED),
        ("POST", "/tribe/2", b"good", StatusCode::UNAUTHORIZED),
        ("POST", "/tribe/3", b"stolen", StatusCode::UNAUTHORIZED),
        ("POST", "/tribe/3", b"later", StatusCode::SERVICE_UNAVAILABLE),
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
    store.put_office(&settings("1")).await.unwrap();
    assert_eq!(ask(&intake, "POST", "/tribe/1", b"good").await, StatusCode::ACCEPTED);
    assert_eq!(store.waiting().await.unwrap(), [(office("1"), 1)]);
    assert_eq!(ask(&intake, "POST", "/tribe/1/", b"good").await, StatusCode::ACCEPTED, "a slash changes nothing");
}

#[tokio::test]
async fn an_office_that_is_not_there_costs_what_others_cost() {
    let TempStore { store, _folder } = temp_store();
    let mut secrets = Vec::new();
    for number in ["1", "2", "3", "4"] {
        let intake = intake(&store, Scheduled::Elsewhere);
        assert_eq!(ask(&intake, "POST", &format!("/tribe/{number}"), b"forged").await, StatusCode::UNAUTHORIZED);
        let judge = intake.deliveries();
        assert_eq!(*judge.asked.lock().unwrap(), [number], "its settings are read once");
        let checked = judge.checked.lock().unwrap();
        assert_eq!(checked.len(), 1, "{number}: one signature is checked");
        secrets.push(checked[0].clone());
    }
    assert_eq!(secrets[0], "the secret");
    let made_up = &secrets[1..];
    assert!(made_up.iter().all(|secret| secret.len() == 64), "nobody guesses {made_up:?}");
    assert_eq!(made_up.iter().collect::<HashSet<_>>().len(), 3, "each process makes up its own");
}

#[tokio::test]
async fn every_request_but_those_for_health_is_counted_by_its_status() {
    let TempStore { store, _folder } = temp_store();
    let intake = intake(&store, Scheduled::Elsewhere);
    for (method, path, body) in [
        ("POST", "/tribe/1", &b"good"[..]),
        ("POST", "/tribe/1", b"forged"),
        ("POST", "/tribe/3", b"forged"),
        ("POST", "/tribe/1", b"riddle"),
        ("GET", "/tribe/1", b""),
        ("POST", "/elsewhere", b""),
        ("GET", "/health", b""),
    ] {
        ask(&intake, method, path, body).await;
    }
    let page = Page::new(Shown {
        store: store.metrics().clone(),
        calls: CallMetrics::of(&[]),
        guest: GuestMetrics::default(),
        runs: RunMetrics::of(1, &[], &[]),
        deliveries: intake.metrics().clone(),
    });
    let page = page.text(&Readings::default());
    let counted = page.lines().filter_map(|line| {
        let (status, count) = line.strip_prefix("koppeling_deliveries_total{status=\"")?.split_once("\"} ")?;
        (count != "0").then_some((status, count))
    });
    let expected = [("202", "1"), ("400", "1"), ("401", "2"), ("404", "1"), ("405", "1")];
    assert_eq!(counted.collect::<std::collections::BTreeSet<_>>(), expected.into());
}

#[tokio::test]
async fn health_turns_red_after_three_intervals_without_a_finished_cycle() {
    let TempStore { store, _folder } = temp_store();
    store.put_office(&settings("1")).await.unwrap();
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
        self.kept.store.put_office(&settings("1")).await.unwrap();
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
    store.put_office(&settings("1")).await.unwrap();
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
    store.put_office(&settings("1")).await.unwrap();
    store.put_activity(&office("1"), Wanted::Paused, Timestamp::now()).await.unwrap();
    let change = delivered(vec![Change { id: "a".to_owned(), deleted: false }]);
    store.enqueue(&office("1"), change, Timestamp::now()).await.unwrap();
    let check = HealthCheck::new(store, Scheduled::Every(Duration::from_secs(300)));
    let health = check.ask(Timestamp::now().plus(Duration::from_secs(100_000))).await.unwrap();
    assert!(health.is_green());
    assert_eq!(health.states, BTreeMap::from([(State::Paused, 1)]));
    assert_eq!((health.waiting, health.oldest_waiting, health.oldest_cycle), (0, None, None));
}

#[tokio::test(start_paused = true)]
async fn a_burst_over_many_offices_goes_as_fast_as_they_answer() {
    let pushing = Pushing::start(&[]);
    for number in 1..=100 {
        let number = number.to_string();
        pushing.kept.store.put_office(&settings(&number)).await.unwrap();
        let change = delivered(vec![Change { id: number.clone(), deleted: false }]);
        pushing.kept.store.enqueue(&office(&number), change, pushing.pusher.now()).await.unwrap();
    }
    pushing.arrived.notify_one();
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(pushing.pusher.pushed.lock().unwrap().len(), 100);
    assert_eq!(pushing.end().await, []);
}

#[tokio::test]
async fn what_bears_no_signature_or_has_no_secret_to_fit_tells_nothing_of_the_secret() {
    let signed = [("X-Tribe-Signature".to_owned(), "another".to_owned())];
    let refused = async |office: &str, headers: &[(String, String)]| {
        let office = office.parse().unwrap();
        read(&Judge::default(), &Decoy::new(), &office, headers, b"forged").await.unwrap_err()
    };
    assert_eq!(refused("1", &signed).await, Refused::Forged);
    assert_eq!(refused("1", &[]).await, Refused::Unsigned, "a stranger's");
    assert_eq!(refused("2", &signed).await, Refused::NoSecret);
    assert_eq!(refused("3", &signed).await, Refused::Unknown);
}
