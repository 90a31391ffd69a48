//! Each alert is made to fire by its fault, and is gone after the mend: the fault is brought about, the page is read as
//! Prometheus reads it, and Prometheus's own `promtool` says what the rules make of it.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod promtool;
mod stage;

use std::time::Duration;

use host_harness::run::{End, Work};
use host_harness::store::{DATABASE_FILE, DIFFERENCES, Delivered, Run, RunResult};
use host_harness::timestamp::Timestamp;
use promtool::{Seen, alerts, fires_and_ends, nothing_fires};
use serde_json::{Value, json};
use stage::Stage;

#[test]
fn each_alert_has_its_fault_here() {
    for alert in alerts() {
        assert!(include_str!("main.rs").contains(&format!("\"{alert}\"")), "{alert}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_in_order_has_no_alert() {
    let stage = Stage::synced().await;
    stage.cycles(2).await;
    let before = stage.page().await;
    stage.cycles(2).await;
    nothing_fires(before, stage.page().await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_host_that_ended_is_away() {
    let stage = Stage::synced().await;
    let before = stage.page().await;
    stage.end().await;
    let fault = stage.page().await;
    assert_eq!(fault, None);
    let mended = stage.page_of_folder(stage.folder()).await;
    fires_and_ends("KoppelingAway", &Seen { before, fault, later: mended.clone(), mended });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_cannot_be_written_fails_runs_and_deliveries_and_is_slow() {
    let stage = Stage::synced().await;
    let before = stage.page().await;
    let other = rusqlite::Connection::open(stage.folder().join(DATABASE_FILE)).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let payload = json!({"type": "EntityUpdateMutation", "entityId": stage.in_tribe().to_string()});
    let body = json!({"webhookId": "1", "payload": payload}).to_string();
    let signature = sandbox::tribe::signature("sandbox-webhook-secret", body.as_bytes());
    stage.post("12345", &signature, &body).await;
    stage.until("koppeling_deliveries_total{status=\"503\"}", |count| count > 0.0).await;
    stage.until("koppeling_runs_total{work=\"poll\",result=\"no-store\"}", |count| count > 0.0).await;
    let fault = stage.page().await;
    other.execute_batch("ROLLBACK").unwrap();
    stage.cycles(3).await;
    let seen = stage.mended(before, fault).await;
    for alert in ["KoppelingStoreFails", "KoppelingRunsFail", "KoppelingDeliveriesNotTaken", "KoppelingStoreSlow"] {
        fires_and_ends(alert, &seen);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_disk_without_room_is_told() {
    let stage = Stage::synced().await;
    let before = stage.page().await;
    // A disk that has no room at all.
    let fault = stage.page_of_folder("/proc".as_ref()).await;
    let seen = stage.mended(before, fault).await;
    fires_and_ends("KoppelingDiskFull", &seen);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_is_refused_stops_an_office_and_makes_it_late() {
    let stage = Stage::synced().await;
    let before = stage.page().await;
    stage.set("sandbox-key", "another-key").await;
    stage.until("koppeling_office_needs{need=\"credentials\"}", |count| count > 0.0).await;
    stage.until("koppeling_office_needs{need=\"late\"}", |count| count > 0.0).await;
    let fault = stage.page().await;
    stage.set("", "").await;
    stage.until("koppeling_offices{state=\"in-order\"}", |count| count > 0.0).await;
    let seen = stage.mended(before, fault).await;
    for alert in ["KoppelingOfficeStopped", "KoppelingOfficeLate"] {
        fires_and_ends(alert, &seen);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_initial_sync_that_nobody_does_is_told() {
    let stage = Stage::added().await;
    let fault = stage.page().await;
    assert_eq!(stage.host.run(&stage.office, Work::InitialSync, &mut |_| {}).await.end, End::Done);
    stage.until("koppeling_office_needs{need=\"initial-sync\"}", |count| count == 0.0).await;
    let before = Stage::synced().await.page().await;
    let seen = stage.mended(before, fault).await;
    fires_and_ends("KoppelingInitialSyncWaits", &seen);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_difference_that_is_not_explained_is_told() {
    let stage = Stage::synced().await;
    let before = stage.page().await;
    // As a comparison writes it down; there is no way to bring a defect about.
    let compared = |counts: &[(&str, u64)]| {
        let (now, counts) = (Timestamp::now(), counts.iter().map(|(why, count)| ((*why).to_owned(), *count)).collect());
        let (work, notes) = (DIFFERENCES.to_owned(), Default::default());
        Run { work, started: now, finished: now, result: RunResult::Done, counts, notes, standing: None, reason: None }
    };
    let store = stage.host.store();
    store.record_run(&stage.office, compared(&[("compared", 40), ("differs-unexplained", 1)])).await.unwrap();
    stage.until("koppeling_office_needs{need=\"unexplained\"}", |count| count > 0.0).await;
    let fault = stage.page().await;
    store.record_run(&stage.office, compared(&[("compared", 40)])).await.unwrap();
    stage.until("koppeling_office_needs{need=\"unexplained\"}", |count| count == 0.0).await;
    fires_and_ends("KoppelingUnexplained", &stage.mended(before, fault).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_field_that_is_emptied_everywhere_is_held_back_and_told_though_records_wait_too() {
    let stage = Stage::synced().await;
    let before = stage.page().await;
    // A text that Tribe refuses makes a record wait, in the same office.
    let word = "onaanvaardbaar";
    let refused = sandbox::tribe::RefusedText { word: word.to_owned(), names_it: true };
    stage.stand_ins.tribe().character_mut().refused_text = Some(refused);
    let ids: Vec<String> = stage.stand_ins.advocaatcentraal().relaties().map(|(id, _)| id.to_owned()).collect();
    let mut kept = Vec::new();
    for id in &ids {
        stage.change(id, |fields| {
            let email = fields.insert("email".to_owned(), Value::Null);
            kept.push(email);
        });
    }
    stage.change(&ids[0], |fields| _ = fields.insert("telefoonnummer".to_owned(), Value::Null));
    stage.until("koppeling_office_needs{need=\"brake\"}", |count| count > 0.0).await;
    let number = stage.first_company();
    stage.change(&number, |fields| _ = fields.insert("bedrijfsnaam".to_owned(), word.into()));
    stage.until("koppeling_office_needs{need=\"dead-letters\"}", |count| count > 0.0).await;
    let fault = stage.page().await;
    for (id, email) in ids.iter().zip(kept) {
        stage.change(id, |fields| _ = email.clone().map(|email| fields.insert("email".to_owned(), email)));
    }
    stage.change(&number, |fields| _ = fields.insert("bedrijfsnaam".to_owned(), "Voorbeeld B.V.".into()));
    stage.until("koppeling_office_needs{need=\"brake\"}", |count| count == 0.0).await;
    stage.until("koppeling_office_needs{need=\"dead-letters\"}", |count| count == 0.0).await;
    let seen = stage.mended(before, fault).await;
    for alert in ["KoppelingOfficeBraked", "KoppelingRecordsWait"] {
        fires_and_ends(alert, &seen);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_system_that_is_not_reached_fails_and_keeps_edits_waiting() {
    let stage = Stage::synced().await;
    let before = stage.page().await;
    stage.set(&stage.stand_ins.tribe_url(), "http://127.0.0.1:1").await;
    let change = Delivered { id: stage.in_tribe().to_string(), deleted: false };
    let then = Timestamp::now().minus(Duration::from_secs(20 * 60));
    stage.host.store().enqueue(&stage.office, vec![change], then).await.unwrap();
    stage.until("koppeling_calls_total{system=\"tribe-login\",outcome=\"none\"}", |count| count > 0.0).await;
    stage.until("koppeling_oldest_edit_age_seconds", |age| age > 900.0).await;
    let fault = stage.page().await;
    stage.set("", "").await;
    stage.cycles(1).await;
    stage.until("koppeling_edits_waiting", |count| count == 0.0).await;
    let seen = stage.mended(before, fault).await;
    for alert in ["KoppelingSystemFails", "KoppelingEditsWait"] {
        fires_and_ends(alert, &seen);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_system_that_counts_too_many_calls_is_told() {
    let stage = Stage::synced().await;
    let before = stage.page().await;
    stage.stand_ins.tribe().character_mut().calls_per_minute = Some(1);
    let number = stage.first_company();
    for nth in 1..4 {
        stage.change(&number, |fields| {
            _ = fields.insert("telefoonnummer".to_owned(), format!("020 555 07 0{nth}").into())
        });
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    stage.until("koppeling_calls_total{system=\"tribe\",outcome=\"429\"}", |count| count > 0.0).await;
    let fault = stage.page().await;
    stage.stand_ins.tribe().character_mut().calls_per_minute = None;
    fires_and_ends("KoppelingTooManyCalls", &stage.at_rest(before, fault).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cycles_that_begin_late_are_told_by_the_interval_that_there_is() {
    let stage = Stage::synced().await;
    let before = stage.page().await;
    // Somebody else works for the office when its slot comes.
    let held = stage.hold().await;
    tokio::time::sleep(3 * stage::INTERVAL).await;
    stage.host.store().release(&held).await.unwrap();
    stage.until("koppeling_schedule_lag_seconds_sum", |sum| sum > 1.0).await;
    let fault = stage.page().await;
    stage.cycles(2).await;
    fires_and_ends("KoppelingScheduleLags", &stage.mended(before, fault).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn places_that_are_all_in_use_are_told() {
    let stage = Stage::synced().await;
    let before = stage.page().await;
    let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let there = format!("http://{}", silent.local_addr().unwrap());
    stage.set(&stage.stand_ins.advocaatcentraal_url(), &there).await;
    stage.until("koppeling_places_in_use", |count| count >= 1.0).await;
    let change = Delivered { id: stage.in_tribe().to_string(), deleted: false };
    stage.host.store().enqueue(&stage.office, vec![change], Timestamp::now()).await.unwrap();
    stage.arrived.notify_one();
    stage.until("koppeling_places_waited_for", |count| count >= 1.0).await;
    let fault = stage.page().await;
    stage.set("", "").await;
    drop(silent);
    stage.until("koppeling_places_waited_for", |count| count == 0.0).await;
    fires_and_ends("KoppelingPlacesFull", &stage.at_rest(before, fault).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_webhook_secret_is_told_once_a_cycle_took_an_edit_that_no_delivery_brought() {
    let stage = Stage::synced().await;
    stage.deliver();
    let before = stage.page().await;
    stage.set("sandbox-webhook-secret", "another-secret").await;
    stage.edit("EmailAddress", "een@voorbeeld.example");
    stage.until("koppeling_office_needs{need=\"webhook-secret\"}", |count| count > 0.0).await;
    let fault = stage.page().await;
    stage.set("", "").await;
    stage.edit("EmailAddress", "twee@voorbeeld.example");
    stage.until("koppeling_deliveries_total{status=\"202\"}", |count| count > 0.0).await;
    // What came of deliveries is written once a minute, and when the host ends.
    stage.end().await;
    let mended = stage.page_of_folder(stage.folder()).await;
    fires_and_ends("KoppelingWebhookSecret", &Seen { before, fault, later: mended.clone(), mended });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_who_posts_time_and_again_is_told() {
    let stage = Stage::synced().await;
    let before = stage.page().await;
    for _ in 0..10 {
        stage.post("99999", "AAAA", &json!({"payload": {}}).to_string()).await;
    }
    stage.until("koppeling_deliveries_total{status=\"401\"}", |count| count >= 10.0).await;
    let fault = stage.page().await;
    fires_and_ends("KoppelingDeliveriesRefused", &stage.mended(before, fault).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_that_comes_near_its_limit_of_memory_is_told() {
    let stage = Stage::synced().await;
    let before = stage.page().await;
    // As the runtime measures it: no connector of this repository uses so much.
    stage.host.connector().runtime().metrics().called(Duration::from_secs(1), 49 << 20);
    let fault = stage.page().await;
    fires_and_ends("KoppelingMemoryNearLimit", &stage.mended(before, fault).await);
}
