//! The connector that is built in, called through the host as the host calls it: limits, leases, webhooks.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use host_harness::commands::stand_ins::{Making, StandIns};
use host_harness::component::{Budget, CallError, Connector, Limits, Runtime, Source, System};
use host_harness::intake::{HealthCheck, Intake, Scheduled, keep_pushing, serve};
use host_harness::moment::Moment;
use host_harness::run::{End, Halt, Host, HostLimits, TurnError, Work};
use host_harness::settings::{OfficeNumber, OfficeSettings};
use host_harness::store::{Claim, MasterKey, Store, Wanted};
use host_harness::timestamp::Timestamp;
use koppeling_egress::{Egress, Pace, Timeouts};
use sandbox::comparison::{Difference, Fault};
use tokio::net::TcpListener;
use tokio::sync::Notify;

const BUDGET: Budget = Budget { milliseconds: 5_000, requests: 1_000 };

struct Stage {
    _folder: tempfile::TempDir,
    stand_ins: StandIns,
    host: Host,
    office: OfficeNumber,
}

async fn stage(limits: Limits, delay: Duration) -> Stage {
    let making = Making { relations: 40, seed: 3, delay, ..Making::default() };
    let stand_ins = StandIns::start(making).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &MasterKey::random()).unwrap();
    let settings = OfficeSettings::from_toml(&stand_ins.settings()).unwrap();
    store.put_office(&settings).await.unwrap();
    let connector = Connector::load(&Runtime::new(limits).unwrap(), &Source::BuiltIn, None).unwrap();
    let egress = Egress::new(Timeouts::default(), Pace::Unlimited);
    let patience = Duration::from_millis(100);
    let host = Host::new(connector, store, egress, HostLimits { patience, ..HostLimits::default() });
    Stage { _folder: folder, stand_ins, host, office: settings.office }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_waits_for_a_slow_system_ends_at_the_deadline() {
    let limits = Limits { call: Duration::from_millis(300), ..Limits::default() };
    let stage = stage(limits, Duration::from_secs(60)).await;
    let start = Instant::now();
    let report = stage.host.run(&stage.office, Work::InitialSync, &mut |_| {}).await;
    assert_eq!(report.end, End::Halted(Halt::Call(CallError::Deadline(limits.call))));
    assert!(start.elapsed() < Duration::from_secs(20));
    // The office is free at once.
    let claim = stage.host.store().claim(&stage.office, Moment::now()).await.unwrap();
    assert!(matches!(claim, Claim::Granted(_)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_check_of_two_systems_that_keep_silent_names_both() {
    let limits = Limits { call: Duration::from_secs(5), ..Limits::default() };
    let stage = stage(limits, Duration::from_secs(60)).await;
    let check = stage.host.turn(&stage.office, |connector, context| async move { connector.check(context).await });
    let findings = check.await.unwrap().unwrap();
    let silent: Vec<_> = findings.iter().filter(|of| of.code == "timed-out").map(|of| of.system.unwrap()).collect();
    assert_eq!(silent, [System::Advocaatcentraal, System::Tribe]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cycle_that_was_due_when_its_office_was_paused_does_nothing() {
    let stage = stage(Limits::default(), Duration::ZERO).await;
    stage.host.store().put_activity(&stage.office, Wanted::Paused, Timestamp::now()).await.unwrap();
    let report = stage.host.run_due(&stage.office, tokio::time::Instant::now()).await;
    assert_eq!(report.end, End::Halted(Halt::NotActive));
    assert_eq!(stage.stand_ins.tribe().counters().total(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn offices_whose_systems_hang_keep_no_other_waiting() {
    let silent = stage(Limits::default(), Duration::from_secs(60)).await;
    let good = StandIns::start(Making { relations: 40, seed: 4, ..Making::default() }).await.unwrap();
    let store = silent.host.store().clone();
    for number in ["1", "2", "3"] {
        let text = silent.stand_ins.settings().replace("\"12345\"", &format!("\"{number}\""));
        store.put_office(&OfficeSettings::from_toml(&text).unwrap()).await.unwrap();
    }
    let settings = OfficeSettings::from_toml(&good.settings()).unwrap();
    store.put_office(&settings).await.unwrap();
    // As many places as there are offices whose systems hang.
    let limits = HostLimits { calls_at_once: 3, ..HostLimits::default() };
    let egress = Egress::new(Timeouts::default(), Pace::Unlimited);
    let host = Host::new(silent.host.connector().clone(), store, egress, limits);
    let hanging = ["1", "2", "3"].map(|number| {
        let (host, office) = (host.clone(), number.parse::<OfficeNumber>().unwrap());
        tokio::spawn(async move { host.run(&office, Work::Poll, &mut |_| {}).await })
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let report = host.run(&settings.office, Work::InitialSync, &mut |_| {}).await;
    assert_eq!(report.end, End::Done);
    assert!(hanging.iter().all(|run| !run.is_finished()), "they hang still");
    host.stop().cancel();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_whose_lease_was_taken_over_is_ended() {
    let stage = stage(Limits::default(), Duration::from_millis(5)).await;
    let (connector, store) = (stage.host.connector(), stage.host.store());
    let office = &stage.office;
    let result = stage
        .host
        .turn(office, |_, context| async move {
            // Another process, after this one gave no sign of life for long.
            store.claim(office, Moment::now().plus(Duration::from_secs(3600))).await.unwrap();
            connector.initial_sync(context, BUDGET).await
        })
        .await;
    assert_eq!(result.map(drop), Err(TurnError::Call(CallError::LeaseLost)));
    assert_eq!(stage.stand_ins.tribe().counters().writes(), 0, "nothing was created after it was lost");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_that_another_process_works_for_is_left_alone() {
    let stage = stage(Limits::default(), Duration::ZERO).await;
    let _lease = stage.host.store().claim(&stage.office, Moment::now()).await.unwrap();
    let report = stage.host.run(&stage.office, Work::Poll, &mut |_| {}).await;
    assert_eq!(report.end, End::Halted(Halt::Busy));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stopped_sync_ends_at_once_and_the_next_goes_on() {
    let stage = stage(Limits::default(), Duration::from_millis(20)).await;
    let stopping = stage.host.stop().clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_millis(400)).await;
        stopping.cancel();
    });
    let start = Instant::now();
    let report = stage.host.run(&stage.office, Work::InitialSync, &mut |_| {}).await;
    assert_eq!(report.end, End::Halted(Halt::Cancelled));
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());

    // As a new process would: the same store, nothing else.
    let egress = Egress::new(Timeouts::default(), Pace::Unlimited);
    let next = Host::new(stage.host.connector().clone(), stage.host.store().clone(), egress, HostLimits::default());
    let report = next.run(&stage.office, Work::InitialSync, &mut |_| {}).await;
    assert_eq!(report.end, End::Done);
    // What was under way when it was stopped may have arrived, so the connector asks for it again later; the rest is
    // there, and nothing twice.
    let comparison = stage.stand_ins.compare();
    let missing = |difference: &Difference| difference.fault == Fault::MissingInTribe;
    assert!(comparison.differences().iter().all(missing), "{comparison}");
    assert!(comparison.is_equal() || report.tally.dead_lettered > 0, "{comparison}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_in_tribe_arrives_through_its_webhook() {
    let stage = stage(Limits::default(), Duration::ZERO).await;
    assert_eq!(stage.host.run(&stage.office, Work::InitialSync, &mut |_| {}).await.end, End::Done);
    let (store, stop, arrived) = (stage.host.store(), stage.host.stop(), Arc::new(Notify::new()));
    let health = HealthCheck::new(store.clone(), Scheduled::Elsewhere);
    let intake = Arc::new(Intake::new(stage.host.clone(), store.clone(), health, Arc::clone(&arrived)));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/tribe/{}", listener.local_addr().unwrap(), stage.office);
    let serving = tokio::spawn(serve(listener, intake, stop.clone()));
    let pushing = tokio::spawn(keep_pushing(store.clone(), Arc::new(stage.host.clone()), arrived, stop.clone()));
    stage.stand_ins.deliver_to(&url);

    let (relatie, there) = {
        let (ac, tribe) = (stage.stand_ins.advocaatcentraal(), stage.stand_ins.tribe());
        let found = ac.relaties().find_map(|(id, record)| {
            let company = record.current().text("soort") == "bedrijf";
            let there = tribe.find_by_import_id(&format!("ac:12345:relatie:{id}"));
            Some((id.to_owned(), *there.first()?)).filter(|_| company)
        });
        found.unwrap()
    };
    let now = host_harness::commands::stand_ins::now();
    let edit = serde_json::json!({ "EmailAddress": "nieuw@voorbeeld.example" });
    stage.stand_ins.tribe().edit(now, there, &edit).unwrap();
    let mut email = String::new();
    for _ in 0..1_000 {
        email = stage.stand_ins.advocaatcentraal().relatie(&relatie).unwrap().current().text("email").to_owned();
        if email == "nieuw@voorbeeld.example" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(email, "nieuw@voorbeeld.example");
    stop.cancel();
    serving.await.unwrap();
    pushing.await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forged_delivery_is_answered_with_401() {
    let stage = stage(Limits::default(), Duration::ZERO).await;
    let store = stage.host.store();
    let health = HealthCheck::new(store.clone(), Scheduled::Elsewhere);
    let intake = Arc::new(Intake::new(stage.host.clone(), store.clone(), health, Arc::default()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, intake, stage.host.stop().clone()));
    for (path, signature, body, expected) in [
        ("/tribe/12345", "AAAA", r#"{"payload":{}}"#, "401"),
        ("/tribe/99999", "AAAA", r#"{"payload":{}}"#, "401"),
        ("/tribe/12345", &sandbox::tribe::signature("sandbox-webhook-secret", b"{}"), "{}", "400"),
    ] {
        let request = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nx-tribe-signature: {signature}\r\ncontent-length: {}\r\n\
             connection: close\r\n\r\n{body}",
            body.len()
        );
        let mut stream = std::net::TcpStream::connect(address).unwrap();
        std::io::Write::write_all(&mut stream, request.as_bytes()).unwrap();
        let answer = std::io::read_to_string(stream).unwrap();
        assert_eq!(answer.split_whitespace().nth(1), Some(expected), "{path}");
    }
    assert_eq!(store.waiting().await.unwrap(), []);
}
