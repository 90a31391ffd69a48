//! `koppeling plugin`, and `--plugin oci://…`, as an operator uses them.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use host_harness::commands::stand_ins::{Making, StandIns};

use super::stand_in::{Manner, StandIn, digest};
use super::*;

/// Runs `koppeling` in a folder of its own, which is its data folder too. A registry on this machine answers meanwhile.
pub(crate) fn koppeling(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_koppeling"));
    for name in ["KOPPELING_KEY", "KOPPELING_PLUGIN_KEY", "KOPPELING_REGISTRY"] {
        command.env_remove(name);
    }
    // Nobody's own logins: the folder is Docker's and podman's too.
    command.env("DOCKER_CONFIG", folder).env("REGISTRY_AUTH_FILE", folder.join("auth.json"));
    command.current_dir(folder).env("KOPPELING_DATA", folder).env("KOPPELING_SIGNING_PASSWORD", "");
    command.envs(environment.iter().copied()).args(arguments).stdin(std::process::Stdio::null()).output().unwrap()
}

pub(crate) fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// Runs `koppeling`, which must succeed, and gives the first line of its result.
pub(crate) fn run_command(folder: &Path, arguments: &[&str], environment: &[(&str, &str)]) -> String {
    succeeded(&koppeling(folder, arguments, environment))
}

/// The first line of a result that is a success.
pub(crate) fn succeeded(output: &Output) -> String {
    assert!(output.status.success(), "{}", said(output));
    String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().to_owned()
}

/// The one line of a failure that ends with that code.
pub(crate) fn failure(output: &Output, code: i32) -> String {
    assert_eq!(output.status.code(), Some(code), "{}", said(output));
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let lines: Vec<_> = text.lines().filter(|line| line.starts_with("koppeling: ")).collect();
    assert_eq!(lines.len(), 1, "{text}");
    lines[0].to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connector_is_signed_pushed_pinned_and_goes_on_without_its_registry() {
    let registry = StandIn::start().await;
    let making = Making { relations: 20, seed: 7, ..Making::default() };
    let stand_ins = StandIns::start(making).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| koppeling(folder.path(), arguments, &[]);
    fs::write(folder.path().join("connector.wasm"), another_connector()).unwrap();
    fs::write(folder.path().join("office.toml"), stand_ins.settings()).unwrap();

    let key = run_command(folder.path(), &["plugin", "keygen"], &[]);
    assert!(key.starts_with("RW") && key.len() == 56, "{key}");
    run_command(folder.path(), &["plugin", "sign", "connector.wasm"], &[]);
    run_command(folder.path(), &["plugin", "verify", "connector.wasm", "--plugin-key", &key], &[]);
    let tagged = format!("oci://{}/office/connector:0.1.0", registry.address);
    let pinned = run_command(folder.path(), &["plugin", "push", "connector.wasm", &tagged], &[]);
    assert_eq!(run_command(folder.path(), &["plugin", "digest", &tagged], &[]), pinned);
    run_command(folder.path(), &["plugin", "pull", &pinned, "--out", "pulled.wasm"], &[]);
    assert!(fs::read(folder.path().join("pulled.wasm")).unwrap() == another_connector());
    run_command(folder.path(), &["plugin", "verify", "pulled.wasm", "--plugin-key", "koppeling-plugin.pub"], &[]);

    let add = |plugin: &str| run(&["office", "add", "--from", "office.toml", "--plugin", plugin, "--plugin-key", &key]);
    let refused = failure(&add(&tagged), 2);
    assert!(refused.contains(&format!("`koppeling plugin digest {tagged}`")), "{refused}");
    let wrong = format!("oci://{}/office/connector@{}", registry.address, digest(b"x"));
    failure(&add(&wrong), 7);
    let nothing = failure(&run(&["office", "list", "--json"]), 3);
    assert!(nothing.contains("no state"), "an office with a wrong connector is not kept: {nothing}");
    succeeded(&add(&pinned));

    drop(registry);
    let listed: serde_json::Value = serde_json::from_slice(&run(&["office", "list", "--json"]).stdout).unwrap();
    assert_eq!(listed[0]["plugin"], pinned);
    run_command(folder.path(), &["sync", "--plugin-key", &key], &[]);
    let comparison = stand_ins.compare();
    assert!(comparison.is_equal(), "{comparison}");

    // With another key the same office's connector is refused, and the built-in one is still taken.
    let other = run_command(folder.path(), &["plugin", "keygen", "other.key"], &[]);
    let refused = failure(&koppeling(folder.path(), &["poll"], &[("KOPPELING_PLUGIN_KEY", &other)]), 7);
    assert!(refused.contains("signed with another key"), "{refused}");
    run_command(folder.path(), &["office", "edit", "--plugin", "built-in", "--plugin-key", &other], &[]);
    run_command(folder.path(), &["poll", "--plugin-key", &other], &[]);
    failure(&run(&["office", "edit"]), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_refusal_is_one_line_and_one_code() {
    let registry = StandIn::start().await;
    let pinned = push(&registry.address, None).await.to_string();
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("connector.wasm"), CONNECTOR).unwrap();
    fs::write(folder.path().join("text.wasm"), "no wasm").unwrap();
    let run = |arguments: &[&str]| koppeling(folder.path(), arguments, &[]);
    let key = run_command(folder.path(), &["plugin", "keygen"], &[]);
    let tagged = format!("oci://{}/office/connector:0.2.0", registry.address);
    let closed = format!("oci://127.0.0.1:1/connector@{}", digest(b"x"));
    for (arguments, code) in [
        (vec!["inspect", "--plugin", &tagged], 2),
        (vec!["plugin", "pull", "registry.example/connector"], 2),
        (vec!["plugin", "push", "connector.wasm", &pinned], 2),
        (vec!["plugin", "push", "text.wasm", &tagged], 7),
        (vec!["plugin", "push", "connector.wasm", &tagged, "--plugin-key", &key], 7),
        (vec!["plugin", "pull", &pinned, "--plugin-key", &key], 7),
        (vec!["plugin", "pull", &closed], 5),
        (vec!["plugin", "digest", &tagged], 7),
        (vec!["plugin", "sign", "connector.wasm", "--key", "nowhere.key"], 3),
        (vec!["plugin", "keygen"], 3),
        (vec!["plugin", "verify", "connector.wasm"], 2),
        (vec!["plugin", "verify", "connector.wasm", "--plugin-key", &key], 7),
        (vec!["demo", "--plugin-key", "RWnokey"], 3),
        (vec!["demo", "--plugin", "connector.wasm", "--plugin-key", &key], 7),
    ] {
        let line = failure(&run(&arguments), code);
        assert!(line.len() > 30, "{arguments:?}: {line}");
    }
    let part =
        koppeling(folder.path(), &["plugin", "digest", &tagged], &[("KOPPELING_REGISTRY_PASSWORD", "canary-7a")]);
    let line = failure(&part, 3);
    assert!(line.contains("KOPPELING_REGISTRY is missing") && !said(&part).contains("canary"), "{line}");
    // What was refused was not written either.
    assert!(!folder.path().join("connector.wasm.minisig").exists());
    run_command(folder.path(), &["inspect", "--plugin", &pinned], &[]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_login_of_docker_is_used_unless_other_credentials_are_given() {
    let (registry, elsewhere) = (StandIn::start().await, StandIn::start().await);
    let pinned = push(&registry.address, None).await;
    let tagged = format!("oci://{}/office/connector:0.1.0", registry.address);
    registry.behave(Manner::ToRobots);
    let folder = tempfile::tempdir().unwrap();
    let asked =
        |environment: &[(&str, &str)]| koppeling(folder.path(), &["plugin", "digest", &tagged, "-v"], environment);
    assert!(failure(&asked(&[]), 7).contains("refuses access"));

    // What `docker login` writes: `robot:canary-password`.
    let login = format!(r#"{{"auths":{{"{}":{{"auth":"cm9ib3Q6Y2FuYXJ5LXBhc3N3b3Jk"}}}}}}"#, registry.address);
    fs::write(folder.path().join("config.json"), &login).unwrap();
    let output = asked(&[]);
    assert_eq!(succeeded(&output), pinned.to_string());
    assert!(!said(&output).contains("canary"));
    // Not shown to another registry.
    push(&elsewhere.address, None).await;
    let other = format!("oci://{}/office/connector:0.1.0", elsewhere.address);
    run_command(folder.path(), &["plugin", "digest", &other], &[]);
    assert_eq!(elsewhere.authorizations(), [""; 0]);

    let own = |password| {
        [
            ("KOPPELING_REGISTRY", registry.address.as_str()),
            ("KOPPELING_REGISTRY_USER", "robot"),
            ("KOPPELING_REGISTRY_PASSWORD", password),
        ]
    };
    assert!(failure(&asked(&own("canary-another")), 7).contains("refuses access"));
    fs::write(folder.path().join("config.json"), login.replace("cm9i", "!!!!")).unwrap();
    let output = asked(&[]);
    failure(&output, 7);
    assert!(said(&output).contains("run `docker login` again"), "{}", said(&output));
    succeeded(&asked(&own("canary-password")));

    // Podman's file has the same form.
    fs::remove_file(folder.path().join("config.json")).unwrap();
    fs::write(folder.path().join("auth.json"), &login).unwrap();
    succeeded(&asked(&[]));
}
