//! The life of an office: paused, resumed, deactivated, removed.

use super::*;

/// An office that was synced, and both stand-ins.
async fn synced() -> (tempfile::TempDir, StandIns) {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    assert_eq!(code(&add(folder.path(), &stand_ins.settings())), 0);
    succeed(folder.path(), &["sync"]);
    succeed(folder.path(), &["poll"]);
    (folder, stand_ins)
}

fn state(data: &Path) -> (i32, String) {
    let status = koppeling(data, &["status", "--json"]);
    (code(&status), json(&status)[0]["state"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_office_is_left_alone_until_it_is_resumed() {
    let (folder, stand_ins) = synced().await;
    let data = folder.path();
    let paused = both(&succeed(data, &["office", "pause"]));
    assert!(
        paused.contains("Office 12345 is paused") && paused.contains("`koppeling office resume 12345`"),
        "{paused}"
    );
    assert_eq!(state(data), (0, "paused".to_owned()));
    let status = both(&succeed(data, &["status"]));
    assert!(status.contains("PAUSED") && status.contains("`koppeling office resume 12345`"), "{status}");

    stand_ins.advocaatcentraal().reset_counters();
    for task in ["sync", "poll", "sweep"] {
        let refused = koppeling(data, &[task]);
        assert_eq!(code(&refused), 3, "{task}: {}", both(&refused));
        let told = "koppeling: office 12345 is paused; let it go on with `koppeling office resume 12345`\n";
        assert_eq!(both(&refused), told, "{task}");
    }
    let log = addresses::log_of_run(data);
    assert_eq!(stand_ins.advocaatcentraal().counters().total(), 0, "{log}");
    assert!(!log.contains("ERROR"), "{log}");
    // What a person asks for by name is done, and settings are changed without letting it go on.
    succeed(data, &["check"]);
    succeed(data, &["records", "resync", "relatie/1001"]);
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);
    assert_eq!(json(&succeed(data, &["office", "list", "--json"]))[0]["activity"], "paused");

    let resumed = json(&succeed(data, &["office", "resume", "--json"]));
    assert_eq!(resumed["activity"], "active");
    assert!(resumed["since"].as_str().unwrap().parse::<Timestamp>().is_ok(), "{resumed}");
    succeed(data, &["poll"]);
    assert_eq!(state(data), (0, "in-order".to_owned()));
    let again = both(&succeed(data, &["office", "resume"]));
    assert!(again.contains("neither paused nor deactivated"), "{again}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sync_under_way_ends_between_two_steps_when_its_office_is_paused() {
    let making = Making { relations: 250, seed: 7, delay: Duration::from_millis(40), ..Making::default() };
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), StandIns::start(making).await.unwrap());
    let data = folder.path();
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);
    let sync = command(data, &["sync"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    while state(data).1 == "never-synced" {
        std::thread::sleep(Duration::from_millis(20));
    }
    succeed(data, &["office", "pause"]);
    let ended = sync.wait_with_output().unwrap();
    assert_eq!(code(&ended), 3, "{}", both(&ended));
    assert!(both(&ended).contains("was paused or deactivated; what was done is stored"), "{}", both(&ended));
    succeed(data, &["office", "resume"]);
    assert_eq!(state(data), (11, "first-sync".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deactivated_office_has_no_webhooks_and_comes_back_with_all_its_links() {
    let (folder, stand_ins) = synced().await;
    let data = folder.path();
    let here = ["--url", "https://koppeling.example"];
    succeed(data, &[&["webhooks", "register"][..], &here].concat());
    assert_eq!(stand_ins.tribe().set("Webhook").count(), 4);
    assert_eq!(code(&koppeling(data, &["office", "deactivate"])), 2, "its number is given");
    let told = both(&succeed(data, &[&["office", "deactivate", "12345"][..], &here].concat()));
    assert!(told.contains("No webhook in Tribe leads to https://koppeling.example/tribe/12345 any more"), "{told}");
    assert_eq!(stand_ins.tribe().set("Webhook").count(), 0);
    assert_eq!(state(data), (0, "deactivated".to_owned()));
    assert!(both(&succeed(data, &["status"])).contains("DEACTIVATED"));
    for task in [&["poll"][..], &[&["webhooks", "register"][..], &here].concat()] {
        let refused = koppeling(data, task);
        assert_eq!(code(&refused), 3, "{task:?}: {}", both(&refused));
        assert!(both(&refused).contains("koppeling office resume 12345"), "{}", both(&refused));
    }
    let resumed = both(&succeed(data, &["office", "activate", "12345"]));
    assert!(resumed.contains("koppeling webhooks register 12345 --url"), "{resumed}");
    let again = json(&succeed(data, &["sync", "--json"]));
    assert_eq!(again["run"]["counts"]["created"], 0, "{again}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_whose_tribe_is_away_is_deactivated_and_what_stays_is_told() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    let settings = addresses::with(&stand_ins.settings(), "tribe-auth-url", "http://127.0.0.1:1");
    assert_eq!(code(&add(data, &settings)), 0);
    let told = both(&succeed(data, &["office", "deactivate", "12345", "--url", "https://koppeling.example"]));
    assert!(told.contains("remove those that lead to https://koppeling.example/tribe/12345 at"), "{told}");
    assert_eq!(state(data), (0, "deactivated".to_owned()));
    let told = both(&succeed(data, &["office", "deactivate", "12345"]));
    assert!(told.contains("was not given with --url") && told.contains("/tribe/12345 at"), "{told}");
    succeed(data, &["office", "edit", "--unset", "tribe-webhook-secret"]);
    let told = json(&succeed(data, &["office", "deactivate", "12345", "--json"]));
    assert_eq!(told["webhooks"]["state"], "none", "{told}");
}
