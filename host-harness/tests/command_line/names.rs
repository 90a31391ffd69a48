//! Names of which nothing is known: each command says so, ends with a code of its own, and changes nothing.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nothing_is_known_of_ends_with_a_code_of_its_own_and_changes_nothing() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);
    succeed(data, &["sync"]);
    for arguments in [
        &["records", "explain", "relatie/9999"][..],
        &["records", "explain", "relatie/9999", "--json"],
        &["records", "resync", "contactpersoon/9999"],
        &["records", "make-anew", "relatie/9999"],
        &["records", "forget", "relatie/9999"],
        &["letters", "retry", "relatie/9999"],
        &["letters", "retry", "relatie/1001"],
        &["letters", "retry-all", "--code", "no-such-code"],
        &["conflicts", "restore", "no-such-id"],
        &["undo", "value", "no-such-id"],
        &["undo", "record", "relatie/9999"],
        &["brake", "release", "--brake", "7"],
        &["brake", "take-back", "7"],
    ] {
        let output = koppeling(data, arguments);
        assert_eq!(code(&output), 9, "{arguments:?}: {}", both(&output));
        assert!(both(&output).len() > 20, "{arguments:?} says why: {}", both(&output));
    }
    let explained = koppeling(data, &["records", "explain", "relatie/9999"]);
    assert!(both(&explained).contains("nothing is known of relatie/9999"), "{}", both(&explained));
    // Nothing was forgotten: it is as unknown as before.
    assert_eq!(json(&koppeling(data, &["records", "explain", "relatie/9999", "--json"]))["state"], "not-linked");
    // To let all of nothing through, or to try all of it again, is no mistake.
    succeed(data, &["brake", "release"]);
    succeed(data, &["letters", "retry-all"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_nothing_was_given_back_each_command_ends_alike() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);
    succeed(data, &["sync"]);
    let now = host_harness::commands::stand_ins::now;
    let in_tribe = stand_ins.tribe().find_by_import_id("ac:12345:relatie:1001")[0];
    let in_tribe = |number: &str| {
        let edit = serde_json::json!({ "PhoneNumber": number });
        stand_ins.tribe().edit(now(), in_tribe, &edit).unwrap();
    };
    let in_ac = |number: &str| {
        let edit = |fields: &mut serde_json::Map<String, Value>| {
            fields.insert("telefoonnummer".to_owned(), number.into());
        };
        stand_ins.advocaatcentraal().edit_relatie(now(), "1001", edit).unwrap();
    };
    // A conflict in which Tribe had emptied the field; then it moves again.
    in_tribe("");
    in_ac("020 555 07 02");
    succeed(data, &["records", "resync", "relatie/1001"]);
    let listed = both(&succeed(data, &["conflicts", "list"]));
    assert!(listed.contains("(empty)"), "{listed}");
    assert!(both(&succeed(data, &["undo", "list"])).contains("(empty)"));
    let id = json(&succeed(data, &["undo", "list", "--json"]))[0]["id"].as_str().unwrap().to_owned();
    in_ac("020 555 07 03");
    succeed(data, &["records", "resync", "relatie/1001"]);
    for arguments in [&["undo", "value", &id][..], &["conflicts", "restore", &id], &["undo", "value", "no-such-id"]] {
        let output = koppeling(data, arguments);
        assert_eq!(code(&output), 9, "{arguments:?}: {}", both(&output));
    }
    succeed(data, &["undo", "value", &id, "--even-if-moved"]);
}

#[test]
fn a_mistyped_name_is_told_with_what_to_type() {
    let data = tempfile::tempdir().unwrap();
    let data = data.path();
    let told = koppeling(data, &["records", "explain", "1001"]);
    assert_eq!(code(&told), 2);
    assert!(both(&told).contains("`relatie/1001` or `contactpersoon/1001`"), "{}", both(&told));
    let help = both(&koppeling(data, &["undo", "between", "--help"]));
    assert!(help.contains("koppeling undo between 2026-01-31T09:00:00Z 2026-01-31T09:05:00Z"), "{help}");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let told = koppeling(data, &["sandbox", "--tribe-port", &port, "--advocaatcentraal-port", "0"]);
    assert_eq!(code(&told), 3, "{}", both(&told));
    assert!(both(&told).contains("--advocaatcentraal-port and --tribe-port"), "{}", both(&told));
}
