//! The command line as an operator uses it, against both stand-ins over HTTP: what it prints, how it ends, and that
//! no secret and no client's data is ever in it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::Duration;

use host_harness::commands::stand_ins::{Making, StandIns};
use host_harness::timestamp::Timestamp;
use serde_json::Value;

#[path = "command_line/addresses.rs"]
mod addresses;
#[path = "command_line/brake.rs"]
mod brake;
#[path = "command_line/damaged.rs"]
mod damaged;
#[path = "command_line/dialects.rs"]
mod dialects;
#[path = "command_line/keeping.rs"]
mod keeping;
#[path = "command_line/leases.rs"]
mod leases;
#[path = "command_line/lifetime.rs"]
mod lifetime;
#[path = "command_line/login.rs"]
mod login;
#[path = "command_line/machine.rs"]
mod machine;
#[path = "command_line/monitoring.rs"]
mod monitoring;
#[path = "command_line/names.rs"]
mod names;
#[path = "command_line/network.rs"]
mod network;
#[path = "command_line/offices.rs"]
mod offices;
#[path = "command_line/pages.rs"]
mod pages;
#[path = "command_line/processing_log.rs"]
mod processing_log;
#[path = "command_line/telemetry.rs"]
mod telemetry;
#[path = "command_line/trial.rs"]
mod trial;
#[path = "command_line/types.rs"]
mod types;

/// Runs `koppeling` with a data folder of its own.
fn koppeling(data: &Path, arguments: &[&str]) -> Output {
    command(data, arguments).output().unwrap()
}

fn command(data: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_koppeling"));
    command.env_remove("KOPPELING_KEY").env_remove("RUST_LOG").env_remove("OTEL_EXPORTER_OTLP_ENDPOINT");
    command.env_remove("KOPPELING_PROCESSING_LOG").env_remove("KOPPELING_PROCESSING_ACTIVITY");
    command.env("KOPPELING_DATA", data);
    // Several run at once here.
    command.env("KOPPELING_STATUS_LISTEN", "127.0.0.1:0").env("KOPPELING_PAGES", "127.0.0.1:0").args(arguments);
    command
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("no JSON: {}", both(output)))
}

fn both(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

async fn stand_ins() -> StandIns {
    let making = Making { relations: 40, seed: 7, ..Making::default() };
    StandIns::start(making).await.unwrap()
}

fn add(data: &Path, settings: &str) -> Output {
    let file = data.join("office.toml");
    fs::write(&file, settings).unwrap();
    koppeling(data, &["office", "add", "--from", file.to_str().unwrap()])
}

/// An office that was synced, with a cycle after it, and both stand-ins.
async fn synced() -> (tempfile::TempDir, StandIns) {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    assert_eq!(code(&add(folder.path(), &stand_ins.settings())), 0);
    succeed(folder.path(), &["sync"]);
    succeed(folder.path(), &["poll"]);
    (folder, stand_ins)
}

/// Changes the telephone number of relation 1001 in AdvocaatCentraal.
fn edit(stand_ins: &StandIns, number: &str) {
    let edit = |fields: &mut serde_json::Map<String, Value>| {
        fields.insert("telefoonnummer".to_owned(), number.into());
    };
    stand_ins.advocaatcentraal().edit_relatie(host_harness::commands::stand_ins::now(), "1001", edit).unwrap();
}

/// Runs a command that must succeed.
fn succeed(data: &Path, arguments: &[&str]) -> Output {
    let output = koppeling(data, arguments);
    assert_eq!(code(&output), 0, "{arguments:?}: {}", both(&output));
    output
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_is_added_checked_synced_and_polled() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    let mut said = String::new();
    let mut run = |arguments: &[&str]| {
        let output = koppeling(data, arguments);
        assert_eq!(code(&output), 0, "{arguments:?}: {}", both(&output));
        said.push_str(&both(&output));
        output
    };

    assert_eq!(code(&add(data, &stand_ins.settings())), 0);
    assert_eq!(json(&run(&["office", "list", "--json"]))[0]["office"], "12345");
    assert!(json(&run(&["check", "--json"])).as_array().unwrap().len() > 3);

    let synced = json(&run(&["sync", "--json", "-vv"]));
    assert!(synced["run"]["counts"]["created"].as_u64().unwrap() > 10, "{synced}");
    let comparison = stand_ins.compare();
    assert!(comparison.is_equal(), "{comparison}");

    let again = add(data, &stand_ins.settings().replace("\"12345\"", "\"012345\""));
    assert_eq!(code(&again), 2);
    assert!(both(&again).contains("office 012345 is there already as 12345"), "{}", both(&again));
    let same = both(&add(data, &stand_ins.settings()));
    assert!(same.contains("was there already, with these very settings"), "{same}");
    let other = both(&add(data, &stand_ins.settings().replace("kvk = \"on\"", "kept-days = 7")));
    assert!(other.contains("was there already; changed: kvk, kept-days"), "{other}");
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);

    // A process of its own each time: nothing but the data folder carries over.
    let again = json(&run(&["sync", "--json"]));
    assert_eq!(again["run"]["counts"]["created"], 0, "{again}");
    run(&["poll"]);
    stand_ins.advocaatcentraal().reset_counters();
    stand_ins.tribe().reset_counters();
    run(&["poll", "12345", "--json"]);
    assert_eq!(stand_ins.advocaatcentraal().counters().writes() + stand_ins.tribe().counters().writes(), 0);

    let status = json(&run(&["status", "--json"]));
    assert_eq!(status[0]["late"], false);
    assert!(status[0]["last-finished-cycle"].as_str().unwrap().parse::<Timestamp>().is_ok(), "{status}");
    run(&["status"]);

    let differences = json(&run(&["differences", "--json"]));
    assert_eq!(differences[0]["office"], "12345");
    assert!(differences[0]["compared"].as_u64() > Some(10), "{differences}");
    assert_eq!(differences[0]["counts"]["unexplained"], Value::Null);
    let listed = differences[0]["differences"].as_array().unwrap();
    let of_why = |why: &str| listed.iter().filter(|one| one["why"] == why).count();
    assert_eq!(differences[0]["counts"]["no-row"].as_u64(), Some(of_why("no-row") as u64));
    assert!(both(&run(&["differences", "--why", "no-row"])).contains("Tribe heeft voor deze waarde geen keuze."));
    let status = json(&run(&["status", "--json"]));
    assert_eq!((&status[0]["needs"], &status[0]["last-run"]["work"]), (&serde_json::json!([]), &"poll".into()));
    assert!(status[0]["last-differences"]["counts"]["differs-no-row"].is_u64(), "{status}");

    for secret in ["sandbox-key", "sandbox-secret", "sandbox-webhook-secret"] {
        assert!(!said.contains(secret), "{secret} was printed");
    }
    let ac = stand_ins.advocaatcentraal();
    for (_, relatie) in ac.relaties() {
        for field in ["bedrijfsnaam", "naam", "email"] {
            let text = relatie.current().text(field);
            assert!(text.len() < 6 || !said.contains(text), "a client's {field} was printed");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_record_is_explained_resynced_forgotten_and_given_a_lost_value_back() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    let run = |arguments: &[&str]| succeed(data, arguments);
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);

    let preview = json(&run(&["preview", "--json"]));
    assert!(preview["mapped"].as_array().unwrap().iter().any(|counted| counted["type"] == "client"), "{preview}");
    assert_eq!(stand_ins.tribe().counters().writes(), 0, "a preview writes nothing");

    run(&["sync"]);
    let explained = json(&run(&["records", "explain", "relatie/1001", "--json"]));
    assert_eq!((&explained["state"], &explained["differing"]), (&"linked".into(), &serde_json::json!([])));

    // Both sides change the same field of relation 1001.
    let now = || sandbox::Instant::from_millis(host_harness::timestamp::Timestamp::now().as_millis());
    let in_tribe = stand_ins.tribe().find_by_import_id("ac:12345:relatie:1001")[0];
    let lost = serde_json::json!({"PhoneNumber": "020 555 07 01"});
    stand_ins.tribe().edit(now(), in_tribe, &lost).unwrap();
    let edit = |fields: &mut serde_json::Map<String, Value>| {
        fields.insert("telefoonnummer".to_owned(), "020 555 07 02".into());
    };
    stand_ins.advocaatcentraal().edit_relatie(now(), "1001", edit).unwrap();
    run(&["records", "resync", "relatie/1001"]);
    assert_eq!(stand_ins.tribe().entity(in_tribe).unwrap().text("PhoneNumber"), "020 555 07 02");
    let conflicts = json(&run(&["conflicts", "list", "--json"]));
    assert_eq!(conflicts[0]["lost-value"], "020 555 07 01");
    let listed = both(&run(&["conflicts", "list"]));
    assert!(listed.contains("organisatie.telefoonnummer in tribe"), "on which side: {listed}");
    assert!(listed.contains("koppeling conflicts restore <id> 12345"), "{listed}");
    run(&["conflicts", "restore", conflicts[0]["id"].as_str().unwrap()]);
    let listed = both(&run(&["conflicts", "list"]));
    assert!(listed.contains("no value waits") && listed.contains("koppeling undo list"), "{listed}");
    assert_eq!(stand_ins.tribe().entity(in_tribe).unwrap().text("PhoneNumber"), "020 555 07 01");
    assert_eq!(stand_ins.advocaatcentraal().relatie("1001").unwrap().current().text("telefoonnummer"), "020 555 07 01");

    assert_eq!(json(&run(&["letters", "list", "--json"])), serde_json::json!([]));
    run(&["sweep"]);
    run(&["records", "forget", "relatie/1001"]);
    let explained = json(&run(&["records", "explain", "relatie/1001", "--json"]));
    assert_eq!(explained["state"], "forgotten");
    run(&["records", "resync", "relatie/1001"]);
    assert_eq!(json(&run(&["records", "explain", "relatie/1001", "--json"]))["state"], "linked");
    assert_eq!(code(&koppeling(data, &["records", "explain", "1001"])), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_offices_webhooks_are_made_listed_and_removed_and_nobody_elses() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);
    let now = host_harness::commands::stand_ins::now();
    stand_ins.tribe().register_webhook(now, "https://elsewhere.example/hook", "Address", "x");
    let here = ["--url", "https://koppeling.example/"];
    let webhooks = |task: &str| json(&succeed(data, &[&["--json", "webhooks", task][..], &here].concat()));
    let count = |told: &Value, which: &str| told[which].as_array().unwrap().len();

    let before = webhooks("list");
    assert_eq!((count(&before, "own"), count(&before, "missing")), (0, 4), "{before}");
    let made = webhooks("register");
    assert_eq!((count(&made, "own"), count(&made, "missing")), (4, 0), "{made}");
    assert!(made["url"].as_str().unwrap().starts_with("https://koppeling.example/tribe/"), "{made}");
    assert_eq!(webhooks("list"), made);
    let listed = both(&succeed(data, &[&["webhooks", "remove"][..], &here].concat()));
    assert!(listed.contains("No webhook in Tribe leads here"), "{listed}");
    let listed = both(&succeed(data, &[&["webhooks", "list"][..], &here].concat()));
    assert!(listed.contains("koppeling webhooks register 12345 --url https://koppeling.example\n"), "{listed}");
    assert_eq!(webhooks("register"), webhooks("list"));
    let printed = both(&succeed(data, &[&["webhooks", "print"][..], &here].concat()));
    assert!(printed.contains("Entity type  Relation.Person") && !printed.contains("sandbox-webhook"), "{printed}");
    // The host prints without asking the connector: both want the same.
    for wanted in before["missing"].as_array().unwrap() {
        assert!(printed.contains(&format!("Entity type  {}\n", wanted.as_str().unwrap())), "{wanted}: {printed}");
    }
    // What leads to another address stays, and is told until it is removed.
    let moved = ["--url", "https://verhuisd.example"];
    let there = both(&succeed(data, &[&["webhooks", "register"][..], &moved].concat()));
    let old = "`koppeling webhooks remove 12345 --url https://koppeling.example/tribe/12345`";
    assert!(there.contains("deliver to https://koppeling.example/tribe/12345 (4)") && there.contains(old), "{there}");
    let there = json(&succeed(data, &[&["webhooks", "register", "--json"][..], &moved].concat()));
    assert_eq!((count(&there, "own"), count(&there["elsewhere"][0], "own")), (4, 4), "{there}");
    succeed(data, &[&["webhooks", "remove"][..], &here].concat());
    let there = json(&succeed(data, &[&["webhooks", "list", "--json"][..], &moved].concat()));
    assert_eq!((count(&there, "own"), count(&there, "elsewhere")), (4, 0), "{there}");
    succeed(data, &[&["webhooks", "remove"][..], &moved].concat());
    webhooks("register");
    let removed = webhooks("remove");
    assert_eq!((count(&removed, "own"), count(&removed, "missing")), (0, 4), "{removed}");
    assert_eq!(stand_ins.tribe().set("Webhook").count(), 1);
    assert_eq!(code(&koppeling(data, &["webhooks", "list", "--url", "http://koppeling.example"])), 2);
    succeed(data, &["office", "edit", "--unset", "tribe-webhook-secret"]);
    for task in ["list", "print"] {
        let told = both(&succeed(data, &[&["webhooks", task][..], &here].concat()));
        assert!(told.contains("koppeling office edit 12345 --ask tribe-webhook-secret"), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refused_credentials_end_with_their_own_code() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let settings = stand_ins.settings().replace("\"sandbox-secret\"", "\"another-secret\"");
    assert_eq!(code(&add(folder.path(), &settings)), 0);
    let output = koppeling(folder.path(), &["sync"]);
    assert_eq!(code(&output), 4, "{}", both(&output));
    assert!(both(&output).contains("Tribe refuses the credentials"), "{}", both(&output));
    let check = koppeling(folder.path(), &["check"]);
    assert_ne!(code(&check), 0, "{}", both(&check));
}

#[test]
fn a_system_that_is_down_is_waited_for_later() {
    let folder = tempfile::tempdir().unwrap();
    let settings = "office = \"1\"\nloopback = true\nadvocaatcentraal-url = \"http://127.0.0.1:1\"\n\
         advocaatcentraal-key = \"k\"\ntribe-url = \"http://127.0.0.1:1\"\ntribe-auth-url = \"http://127.0.0.1:1\"\n\
         tribe-client-id = \"i\"\ntribe-client-secret = \"s\"\n[relation-types]\nclient = \"customer\"\n";
    assert_eq!(code(&add(folder.path(), settings)), 0);
    let output = koppeling(folder.path(), &["poll"]);
    assert_eq!(code(&output), 5, "{}", both(&output));
    assert!(both(&output).contains("stored, try again after"), "{}", both(&output));
    assert!(!both(&output).contains("records read"), "nothing was: {}", both(&output));
    // What stores nothing does not say that it did.
    let output = koppeling(folder.path(), &["preview"]);
    assert_eq!(code(&output), 5, "{}", both(&output));
    assert!(both(&output).contains("try again after") && !both(&output).contains("stored"), "{}", both(&output));
}

#[test]
fn every_way_to_go_wrong_is_one_line_and_one_code() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let text = data.join("text.wasm");
    let template = data.join("template.toml");
    fs::write(&template, koppeling(data, &["office", "template"]).stdout).unwrap();
    fs::write(&text, "no wasm").unwrap();
    let secret = data.join("secret.toml");
    fs::write(&secret, "office = \"1\"\nadvocaatcentraal-key = canary-5d0b\n").unwrap();
    for (arguments, expected) in [
        (vec!["sync"], 3),
        (vec!["status"], 3),
        (vec!["office", "list"], 3),
        (vec!["office", "add"], 2),
        (vec!["no-such-command"], 2),
        (vec!["office", "add", "--from", "nowhere.toml"], 3),
        (vec!["office", "add", "--from", secret.to_str().unwrap()], 3),
        (vec!["office", "add", "--from", template.to_str().unwrap()], 3),
        (vec!["inspect", text.to_str().unwrap()], 7),
        (vec!["inspect", "nowhere.wasm"], 7),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_koppeling"))
            .env("KOPPELING_DATA", data)
            .env_remove("KOPPELING_KEY")
            .args(&arguments)
            .stdin(std::process::Stdio::null())
            .output()
            .unwrap();
        assert_eq!(code(&output), expected, "{arguments:?}: {}", both(&output));
        assert!(!both(&output).contains("canary"), "{arguments:?}");
        if arguments[0] != "no-such-command" {
            let lines = String::from_utf8(output.stderr).unwrap();
            let failures = lines.lines().filter(|line| line.starts_with("koppeling: ")).count();
            assert_eq!(failures, 1, "{arguments:?}: {lines}");
        }
    }
}

#[test]
fn the_state_does_not_open_without_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    for command in ["office", "status", "run"] {
        let arguments: &[&str] = if command == "office" { &["office", "list"] } else { &[command] };
        let none = koppeling(&data.join("mistyped"), arguments);
        assert_eq!(code(&none), 3);
        assert!(both(&none).contains("there is no state in"), "{}", both(&none));
        assert!(!data.join("mistyped").exists(), "a mistyped folder is not made");
    }
    let settings = "office = \"1\"\nadvocaatcentraal-url = \"https://ac.voorbeeld.example\"\n\
         advocaatcentraal-key = \"k\"\ntribe-client-id = \"i\"\ntribe-client-secret = \"s\"\n";
    assert!(both(&add(data, settings)).contains("A new state is begun"), "makes the state and its key");
    let text = data.join("text.wasm");
    fs::write(&text, "no wasm").unwrap();
    assert_eq!(code(&koppeling(data, &["check", "--plugin", text.to_str().unwrap()])), 7);
    fs::remove_file(data.join("koppeling.key")).unwrap();
    let lost = koppeling(data, &["office", "list"]);
    assert_eq!(code(&lost), 3);
    assert!(both(&lost).contains("put the key back"), "{}", both(&lost));
    fs::write(data.join("koppeling.key"), "00".repeat(32)).unwrap();
    assert!(both(&koppeling(data, &["office", "list"])).contains("the key does not fit"));
}

/// What the contract names, what those interfaces need of `wasi:io`, and what Rust's standard library asks for to
/// write down a panic.
const IMPORTS: [&str; 11] = [
    "advocaatcentraal:tribe-sync/types@0.1.0",
    "wasi:clocks/monotonic-clock@0.2.12",
    "wasi:clocks/wall-clock@0.2.12",
    "wasi:config/store@0.2.0-rc.1",
    "wasi:http/outgoing-handler@0.2.12",
    "wasi:http/types@0.2.12",
    "wasi:io/error@0.2.12",
    "wasi:io/poll@0.2.12",
    "wasi:io/streams@0.2.12",
    "wasi:keyvalue/store@0.2.0-draft",
    "wasi:random/random@0.2.12",
];

#[test]
fn inspect_tells_what_the_built_in_connector_is() {
    let folder = tempfile::tempdir().unwrap();
    let about = json(&koppeling(folder.path(), &["inspect", "--json"]));
    assert_eq!(about["contract"], "0.1.0");
    assert_eq!(about["world"], "advocaatcentraal:tribe-sync/connector@0.1.0");
    let mut imports: Vec<_> = about["imports"].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
    imports.sort_unstable();
    assert_eq!(imports, IMPORTS, "a host that has these must be enough: no import is added in passing");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "inspecting leaves nothing behind");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_has_a_line_for_each_entry_and_colours_only_where_they_are_wanted() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);
    let listed = |wishes: &[(&str, &str)]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_koppeling"));
        for name in ["KOPPELING_KEY", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        let output = command.env("KOPPELING_DATA", data).envs(wishes.iter().copied()).args(["office", "list"]).output();
        String::from_utf8(output.unwrap().stdout).unwrap()
    };
    let plain = listed(&[]);
    let lines: Vec<&str> = plain.lines().collect();
    assert_eq!(lines.len(), 2, "{plain}");
    assert!(lines[0].starts_with("OFFICE  ADVOCAATCENTRAAL"), "{plain}");
    let cells: Vec<&str> = lines[1].split_whitespace().collect();
    assert_eq!(cells[..3], ["12345", &stand_ins.advocaatcentraal_url(), &stand_ins.tribe_url()]);
    assert_eq!(cells[4], "built-in");
    // No terminal reads it: no colours, unless they are asked for, and never against NO_COLOR.
    assert!(listed(&[("CLICOLOR_FORCE", "1")]).contains("\u{1b}[1mOFFICE"));
    assert_eq!(listed(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]), plain);
}
