//! Backups of the state, taken and put back while others work; the key that seals it, changed; and what is told where the
//! disk or the file is not as it must be.

use sandbox::comparison::Fault;

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_taken_while_others_work_comes_back_and_the_sync_goes_on_from_it() {
    let (folder, stand_ins) = synced().await;
    let data = folder.path();
    let mut run = command(data, &["run", "--interval", "1s", "--listen", "127.0.0.1:0", "--status-listen", "off"])
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    BufReader::new(run.stderr.take().unwrap()).read_line(&mut String::new()).unwrap();
    let kept = tempfile::tempdir().unwrap();
    let file = kept.path().join("state.backup");
    let name = file.to_str().unwrap();
    assert_eq!(json(&succeed(data, &["backup", name, "--json"]))["offices"], 1);
    assert_eq!(code(&koppeling(data, &["backup", name])), 3, "it is there already");
    let refused = koppeling(data, &["restore", name, "--replace"]);
    assert!(code(&refused) == 5 && both(&refused).contains("stop it first"), "{}", both(&refused));
    run.kill().unwrap();
    run.wait().unwrap();

    // Both sides move on, and the state is lost.
    edit(&stand_ins, "020 555 01 11");
    succeed(data, &["poll"]);
    assert_eq!(code(&koppeling(data, &["restore", name])), 3, "nothing is replaced unasked");
    for ending in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(data.join(format!("koppeling.sqlite{ending}")));
    }
    let gone = add(data, &stand_ins.settings());
    assert!(code(&gone) == 3 && both(&gone).contains("koppeling restore"), "{}", both(&gone));
    let restored = json(&succeed(data, &["restore", name, "--json"]));
    assert_eq!((&restored["offices"], &restored["replaced"]), (&1.into(), &Value::Null), "{restored}");
    edit(&stand_ins, "020 555 01 12");
    succeed(data, &["poll"]);
    let comparison = stand_ins.compare();
    assert!(comparison.is_equal(), "{comparison}");

    let restored = json(&succeed(data, &["restore", name, "--replace", "--json"]));
    assert!(Path::new(restored["replaced"].as_str().unwrap()).exists(), "{restored}");
    let text = kept.path().join("text");
    fs::write(&text, "no backup").unwrap();
    let refused = koppeling(data, &["restore", text.to_str().unwrap(), "--replace"]);
    assert!(code(&refused) == 3 && both(&refused).contains("is no backup"), "{}", both(&refused));
    succeed(data, &["poll"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_key_is_changed_and_a_change_that_was_cut_off_is_done_by_the_next_command() {
    let (folder, _stand_ins) = synced().await;
    let data = folder.path();
    let key = data.join("koppeling.key");
    let before = fs::read_to_string(&key).unwrap();
    let changed = json(&succeed(data, &["key", "rotate", "--json"]));
    assert_eq!(changed["damaged-values"], 0);
    assert_ne!(fs::read_to_string(&key).unwrap(), before);
    assert_eq!(fs::read_to_string(changed["old-key"].as_str().unwrap()).unwrap(), before);
    succeed(data, &["poll"]);

    // It was cut off right before the new key was put in its place.
    fs::rename(&key, data.join("koppeling.key.new")).unwrap();
    fs::write(&key, before).unwrap();
    let next = succeed(data, &["poll"]);
    assert!(both(&next).contains("A change of the key that was cut off is done"), "{}", both(&next));
    succeed(data, &["poll"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_database_that_others_hold_or_that_is_damaged_is_told_as_what_it_is() {
    let (folder, _stand_ins) = synced().await;
    let data = folder.path();
    let file = data.join("koppeling.sqlite");
    let other = rusqlite::Connection::open(&file).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let locked = koppeling(data, &["poll"]);
    assert!(code(&locked) == 5 && both(&locked).contains("keeps the database"), "{}", both(&locked));
    drop(other);
    succeed(data, &["poll"]);
    fs::write(&file, "something else altogether").unwrap();
    let damaged = koppeling(data, &["poll"]);
    assert!(code(&damaged) == 5 && both(&damaged).contains("koppeling restore"), "{}", both(&damaged));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_damaged_value_stops_its_record_and_what_the_office_stands_on_stops_the_office() {
    let (folder, stand_ins) = synced().await;
    let data = folder.path();
    let file = rusqlite::Connection::open(data.join("koppeling.sqlite")).unwrap();
    let damage = |key: &str| {
        let changed = file.execute("UPDATE value SET sealed = zeroblob(40) WHERE key LIKE ?1", [key]).unwrap();
        assert_eq!(changed, 1, "{key}");
    };
    damage("%/link/organisatie/1001");
    edit(&stand_ins, "020 555 01 21");
    let poll = koppeling(data, &["poll"]);
    assert!(code(&poll) == 10 && both(&poll).contains("is damaged"), "{}", both(&poll));
    let letters = json(&succeed(data, &["letters", "list", "--json"]));
    assert!(letters.to_string().contains("state-damaged"), "{letters}");
    succeed(data, &["records", "forget", "relatie/1001"]);
    succeed(data, &["records", "resync", "relatie/1001"]);
    let comparison = stand_ins.compare();
    assert!(comparison.is_equal(), "{comparison}");

    damage("%/header");
    let poll = koppeling(data, &["poll"]);
    assert!(code(&poll) == 5 && both(&poll).contains("koppeling restore"), "{}", both(&poll));
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_others_can_read_is_told_with_what_to_type() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, _stand_ins) = synced().await;
    let data = folder.path();
    assert!(!both(&succeed(data, &["office", "list"])).contains("chmod"));
    fs::set_permissions(data.join("koppeling.key"), fs::Permissions::from_mode(0o644)).unwrap();
    fs::set_permissions(data, fs::Permissions::from_mode(0o700)).unwrap();
    assert!(!both(&succeed(data, &["office", "list"])).contains("chmod"), "its folder keeps others out");
    fs::set_permissions(data, fs::Permissions::from_mode(0o755)).unwrap();
    assert!(both(&succeed(data, &["office", "list"])).contains("chmod 600"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_folder_that_is_moved_under_a_sync_stops_it_and_nothing_is_made_twice() {
    let making = Making { relations: 60, seed: 7, delay: Duration::from_millis(150), ..Making::default() };
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), StandIns::start(making).await.unwrap());
    let (data, away) = (folder.path().join("state"), folder.path().join("away"));
    fs::create_dir(&data).unwrap();
    assert_eq!(code(&add(&data, &stand_ins.settings())), 0);
    let mut sync = command(&data, &["sync"]).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    while stand_ins.tribe().counters().writes() < 12 {
        assert!(sync.try_wait().unwrap().is_none(), "it ended before it was hit");
        std::thread::sleep(Duration::from_millis(5));
    }
    fs::rename(&data, &away).unwrap();
    fs::create_dir(&data).unwrap();
    assert_eq!(code(&add(&data, &stand_ins.settings())), 0, "another state in its place");
    let stopped = sync.wait_with_output().unwrap();
    assert!(code(&stopped) == 5 && both(&stopped).contains("is gone"), "{}", both(&stopped));
    assert_ne!(code(&koppeling(&data, &["sync"])), 1);
    let doubles = stand_ins.compare().differences().iter().filter(|one| one.fault == Fault::Duplicate).count();
    assert_eq!(doubles, 0, "{}", stand_ins.compare());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_empty_file_is_no_state_without_offices_and_half_a_key_is_none() {
    let (folder, _stand_ins) = synced().await;
    let data = folder.path();
    fs::write(data.join("koppeling.key.new"), "").unwrap();
    succeed(data, &["key", "rotate"]);
    succeed(data, &["poll"]);
    fs::write(data.join("koppeling.sqlite"), "").unwrap();
    for arguments in [&["status"][..], &["backup", "x.backup"], &["poll"]] {
        let damaged = koppeling(data, arguments);
        assert!(code(&damaged) == 5 && both(&damaged).contains("koppeling restore"), "{}", both(&damaged));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_that_would_hold_more_than_it_may_stops_with_its_own_code_and_goes_on_when_it_may() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);
    let full = koppeling(data, &["--office-keys", "40", "sync"]);
    assert_eq!(code(&full), 14, "{}", both(&full));
    let said = "this office's state may hold no more than 40 keys and 2 GiB, and would; see in `koppeling status`";
    assert!(both(&full).contains(said), "{}", both(&full));
    let status = koppeling(data, &["status", "12345"]);
    assert_eq!(code(&status), 14, "{}", both(&status));
    assert!(
        both(&status).contains("STOP office 12345") && both(&status).contains("store: office full"),
        "{}",
        both(&status)
    );
    assert!(both(&status).contains("STOPPED: its state holds"), "{}", both(&status));
    let told = json(&koppeling(data, &["status", "12345", "--json"]));
    assert_eq!((&told[0]["state"], &told[0]["needs"][0]), (&"stopped".into(), &"office-full".into()), "{told}");
    assert_eq!(told[0]["last-run"]["result"], "office-full", "{told}");
    let held = told[0]["used"]["keys"].as_u64().unwrap();
    assert!(held > 0 && held <= 40, "{told}");
    // Where no key is the matter, its bytes are.
    let full = koppeling(data, &["--office-bytes", "20KiB", "sync"]);
    assert!(code(&full) == 14 && both(&full).contains("4000000 keys and 20 KiB"), "{}", both(&full));

    // What was made and could not be written down is looked up first, and waits for that.
    let again = koppeling(data, &["sync"]);
    assert!([0, 10].contains(&code(&again)), "{}", both(&again));
    let told = json(&koppeling(data, &["status", "12345", "--json"]));
    assert!(["in-order", "records-wait"].contains(&told[0]["state"].as_str().unwrap()), "{told}");
    assert!(told[0]["used"]["bytes"].as_u64().unwrap() > 20 << 10, "{told}");
}
