//! The life of an office: paused, resumed, deactivated, removed.

use super::*;

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
    let checked = both(&succeed(data, &["check"]));
    assert!(checked.contains("Office 12345 is paused"), "{checked}");
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
async fn one_direction_is_paused_alone_and_what_waits_goes_on_when_it_is_resumed() {
    let (folder, stand_ins) = synced().await;
    let data = folder.path();
    let told = both(&succeed(data, &["office", "pause", "--direction", "to-advocaatcentraal"]));
    assert!(told.contains("Nothing goes to AdvocaatCentraal") && told.contains("office resume 12345"), "{told}");
    let again = both(&succeed(data, &["office", "pause", "--direction", "to-advocaatcentraal"]));
    assert!(again.contains("paused already"), "{again}");
    assert_eq!(state(data), (0, "direction-paused".to_owned()));
    let status = both(&succeed(data, &["status"]));
    assert!(status.contains("ONE WAY") && status.contains("nothing goes to AdvocaatCentraal since"), "{status}");

    let id = trial::edit_in_tribe(&stand_ins);
    let website = || stand_ins.advocaatcentraal().relatie(&id).unwrap().current().text("website").to_owned();
    let before = website();
    let polled = both(&succeed(data, &["poll"]));
    assert!(polled.contains("Nothing goes to AdvocaatCentraal"), "{polled}");
    assert_eq!(website(), before);
    let waits = both(&koppeling(data, &["differences", "--why", "direction-paused"]));
    assert!(waits.contains("organisatie.website") && waits.contains("office resume 12345"), "{waits}");

    let resumed = both(&succeed(data, &["office", "resume"]));
    assert!(resumed.contains("goes to AdvocaatCentraal again"), "{resumed}");
    succeed(data, &["poll"]);
    assert_eq!(website(), "www.kwikstaart.example");
    assert_eq!(state(data), (0, "in-order".to_owned()));
    // The whole office comes before one direction of it.
    succeed(data, &["office", "pause"]);
    let stays = both(&succeed(data, &["office", "pause", "--direction", "to-tribe"]));
    assert!(stays.contains("paused in both directions"), "{stays}");
    assert_eq!(state(data).1, "paused");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_sync_does_not_begin_while_nothing_goes_to_tribe() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);
    let before = stand_ins.tribe().set("Relation").count();
    succeed(data, &["office", "pause", "--direction", "to-tribe"]);
    let refused = koppeling(data, &["sync"]);
    assert_eq!(code(&refused), 3, "{}", both(&refused));
    let told = "koppeling: office 12345 is paused in the direction to Tribe; let it go on with `koppeling office resume \
                12345`\n";
    assert_eq!(both(&refused), told);
    assert_eq!(stand_ins.tribe().set("Relation").count(), before);
    assert_eq!(state(data), (11, "never-synced".to_owned()), "nothing of it is called wrong");
    succeed(data, &["office", "resume"]);
    succeed(data, &["sync"]);
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

/// `office remove` in the data folder.
fn remove(data: &Path, arguments: &[&str]) -> Output {
    let mut command = command(data, &[&["office", "remove", "12345"][..], arguments].concat());
    command.current_dir(data).stdin(Stdio::null()).output().unwrap()
}

/// The exports that stand in the data folder.
fn exports(data: &Path) -> Vec<std::path::PathBuf> {
    let files = fs::read_dir(data).unwrap().map(|file| file.unwrap().path());
    files.filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("koppeling-12345-")).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removed_office_leaves_an_export_and_both_systems_as_they_were() {
    let (folder, stand_ins) = synced().await;
    let data = folder.path();
    let here = ["--url", "https://koppeling.example"];
    succeed(data, &[&["webhooks", "register"][..], &here].concat());
    let nobody = remove(data, &[]);
    assert_eq!((code(&nobody), exports(data).len()), (2, 0), "{}", both(&nobody));
    assert!(both(&nobody).contains("nothing was removed: there is nobody to ask here"), "{}", both(&nobody));
    assert_eq!(state(data).1, "in-order");

    let records = stand_ins.tribe().set("Relation").count();
    let removed = remove(data, &[&["--yes"][..], &here].concat());
    assert_eq!(code(&removed), 0, "{}", both(&removed));
    let told = both(&removed);
    assert!(told.contains("Nothing was deleted in AdvocaatCentraal or Tribe but its own webhooks"), "{told}");
    assert!(told.contains("No webhook in Tribe leads to https://koppeling.example/tribe/12345 any more"), "{told}");
    assert_eq!(stand_ins.tribe().set("Webhook").count(), 0);
    assert_eq!(stand_ins.tribe().set("Relation").count(), records);
    assert_eq!(json(&succeed(data, &["office", "list", "--json"])), serde_json::json!([]));

    let [path] = exports(data).try_into().unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let text = fs::read_to_string(path).unwrap();
    for secret in ["sandbox-key", "sandbox-secret", "sandbox-webhook-secret"] {
        assert!(!text.contains(secret), "{secret} was exported");
    }
    let export: Value = serde_json::from_str(&text).unwrap();
    assert_eq!((&export["office"], &export["settings"]["kvk"]), (&"12345".into(), &"on".into()));
    assert!(export["runs"][0]["finished"].as_str().unwrap().parse::<Timestamp>().is_ok(), "{}", export["runs"]);
    let links = export["links"].as_array().unwrap();
    let of = |record: &str| links.iter().find(|link| link["record"] == record);
    let in_tribe = stand_ins.tribe().find_by_import_id("ac:12345:relatie:1001")[0].to_string();
    assert!(of("relatie/1001").unwrap()["linked"].to_string().contains(&in_tribe), "{:?}", of("relatie/1001"));
    let linked: usize = links.iter().map(|link| link["linked"].as_array().unwrap().len()).sum();
    assert!(linked >= records, "every relation in Tribe: {linked} of {records}");

    // Added anew it finds everything by its markers.
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);
    assert_eq!(state(data).1, "never-synced");
    let synced = json(&succeed(data, &["sync", "--json"]));
    assert_eq!(synced["run"]["counts"]["created"], 0, "{synced}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_is_exported_with_all_its_links_while_neither_system_answers() {
    let (folder, stand_ins) = synced().await;
    let data = folder.path();
    let away = addresses::with(&stand_ins.settings(), "advocaatcentraal-url", "http://127.0.0.1:1");
    assert_eq!(code(&add(data, &addresses::with(&away, "tribe-url", "http://127.0.0.1:1"))), 0);
    assert_eq!(code(&remove(data, &["--yes"])), 0);
    let [path] = exports(data).try_into().unwrap();
    let export: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let links = export["links"].as_array().unwrap();
    assert!(links.iter().all(|link| link["state"] == "linked" && !link["linked"].as_array().unwrap().is_empty()));
    assert!(links.len() >= 40, "{}", links.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_goes_without_an_export_only_where_that_is_said() {
    let (folder, _stand_ins) = synced().await;
    let data = folder.path();
    let taken = data.join("office.toml");
    let stays = remove(data, &["--yes", "--export", taken.to_str().unwrap()]);
    assert_eq!(code(&stays), 3, "{}", both(&stays));
    assert!(both(&stays).contains("--no-export"), "{}", both(&stays));
    assert_eq!(json(&succeed(data, &["office", "list", "--json"]))[0]["office"], "12345");
    let removed = remove(data, &["--yes", "--no-export", "--json"]);
    assert_eq!(json(&removed)["webhooks"]["state"], "left", "{}", both(&removed));
    assert_eq!(json(&succeed(data, &["office", "list", "--json"])), serde_json::json!([]));
}
