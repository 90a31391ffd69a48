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
