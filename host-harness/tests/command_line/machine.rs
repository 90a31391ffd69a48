//! What a machine reads: results in JSON, also of what changes something.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_changes_an_office_tells_it_in_json_too() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    let file = data.join("office.toml");
    fs::write(&file, stand_ins.settings()).unwrap();
    let from = ["--json", "office", "add", "--from", file.to_str().unwrap()];
    let added = json(&succeed(data, &from));
    let expected =
        serde_json::json!({"office": "12345", "added": true, "changed": [], "next": "koppeling check 12345"});
    assert_eq!(added, expected);
    assert_eq!(json(&succeed(data, &from))["added"], false);
    let edited = json(&succeed(data, &["office", "edit", "--set", "kept-days=7", "--json"]));
    assert_eq!((&edited["changed"], &edited["plugin"]), (&serde_json::json!(["kept-days"]), &"built-in".into()));
    succeed(data, &["sync"]);
    let forgotten = json(&succeed(data, &["records", "forget", "relatie/1001", "--json"]));
    assert_eq!((&forgotten["record"], &forgotten["state"]), (&"relatie/1001".into(), &"forgotten".into()));

    let key = data.join("signing.key");
    let with_password = |arguments: &[&str]| {
        let output = command(data, arguments).env("KOPPELING_SIGNING_PASSWORD", "").output().unwrap();
        assert_eq!(code(&output), 0, "{arguments:?}: {}", both(&output));
        json(&output)
    };
    let made = with_password(&["--json", "plugin", "keygen", key.to_str().unwrap()]);
    assert_eq!(made["secret-key-file"], key.to_str().unwrap());
    let wasm = data.join("connector.wasm");
    fs::write(&wasm, host_harness::CONNECTOR).unwrap();
    let wasm = wasm.to_str().unwrap();
    let signed = with_password(&["--json", "plugin", "sign", wasm, "--key", key.to_str().unwrap()]);
    assert_eq!(signed["signature"], format!("{wasm}.minisig"));
    let public = made["public-key"].as_str().unwrap();
    let verified = with_password(&["--json", "plugin", "verify", wasm, "--plugin-key", public]);
    assert_eq!(verified["trusted-by"], "key", "{verified}");
}
