//! The settings of an office, changed one by one; and the schedule that `run` keeps, as `status` knows it.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn single_settings_are_changed_and_the_others_stay() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);
    let edit = |arguments: &[&str]| koppeling(data, &[&["office", "edit", "12345"][..], arguments].concat());
    assert_eq!(code(&edit(&[])), 2, "nothing to change");
    let empty = edit(&["--plugin", ""]);
    assert!(code(&empty) == 2 && both(&empty).contains("nothing to change"), "{}", both(&empty));
    let odd = edit(&["--set", "tribe-url=https://2130706433"]);
    assert!(code(&odd) == 3 && both(&odd).contains("tribe-url points at a private"), "{}", both(&odd));

    // A place for the marker that Tribe does not have: said at once, with what to make there and what to type.
    let changed = both(&edit(&["--set", "marker-field=NoSuchField", "--set", "kept-days=7"]));
    assert!(changed.contains("changed: marker-field, kept-days"), "{changed}");
    for command in ["sync", "poll", "sweep", "preview"] {
        let stopped = koppeling(data, &[command]);
        assert_eq!(code(&stopped), 3, "{command}: {}", both(&stopped));
        assert!(both(&stopped).contains("make that property there"), "{}", both(&stopped));
        assert!(
            both(&stopped).contains("koppeling office edit 12345 --set marker-field=<value>"),
            "{}",
            both(&stopped)
        );
    }
    assert_eq!(code(&edit(&["--unset", "marker-field"])), 0);
    succeed(data, &["sync"]);

    let shown = edit(&["--set", "tribe-client-secret=canary-11aa"]);
    assert_eq!(code(&shown), 2, "{}", both(&shown));
    assert!(both(&shown).contains("--ask tribe-client-secret") && !both(&shown).contains("canary"), "{}", both(&shown));

    let ask = |secret: &str| {
        let mut child = command(data, &["office", "edit", "--ask", "tribe-client-secret"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        writeln!(child.stdin.take().unwrap(), "{secret}").unwrap();
        child.wait_with_output().unwrap()
    };
    assert!(both(&ask("another-secret")).contains("changed: tribe-client-secret"));
    let check = koppeling(data, &["check"]);
    assert_eq!(code(&check), 4, "the earlier token still lives: {}", both(&check));
    assert!(both(&check).contains("koppeling office edit 12345 --ask tribe-client-secret"), "{}", both(&check));
    assert_eq!(code(&koppeling(data, &["poll"])), 4);
    assert!(both(&ask("sandbox-secret")).contains("changed: tribe-client-secret"));
    succeed(data, &["check"]);
    assert_eq!(code(&ask("")), 2);

    let types = both(&succeed(data, &["office", "types"]));
    assert!(types.contains("Wederpartij") && types.contains("customer"), "{types}");
    let types = json(&succeed(data, &["office", "types", "--json"]));
    assert!(types["advocaatcentraal"].as_array().unwrap().iter().any(|of| of["mapped-to"] == "customer"), "{types}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_is_late_by_the_interval_that_its_schedule_has() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);
    succeed(data, &["sync"]);
    succeed(data, &["poll"]);
    assert_eq!(json(&succeed(data, &["status", "--json"]))[0]["late"], false);
    // The schedule is kept with an interval of a millisecond for a moment.
    let mut child =
        command(data, &["run", "--interval", "1ms", "--listen", "127.0.0.1:0"]).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut first).unwrap();
    std::thread::sleep(Duration::from_millis(300));
    child.kill().unwrap();
    child.wait().unwrap();
    std::thread::sleep(Duration::from_millis(50));
    let status = both(&koppeling(data, &["status"]));
    assert!(status.contains("LATE") && status.contains("more than 3 intervals of 1ms"), "{status}");
    assert!(status.contains("last edits told by Tribe's webhooks: none yet"), "{status}");
    assert_eq!(code(&koppeling(data, &["run", "--interval", "5"])), 2, "a time has a unit");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_initial_sync_that_was_cut_off_is_told_and_run_goes_on_with_it() {
    let making = Making { relations: 250, seed: 7, delay: Duration::from_millis(40), ..Making::default() };
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), StandIns::start(making).await.unwrap());
    let data = folder.path();
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);
    let status = || koppeling(data, &["status", "12345", "--json"]);
    let stands = |output: &Output| json(output)[0]["state"].as_str().unwrap().to_owned();
    let never = status();
    assert_eq!((code(&never), stands(&never).as_str()), (11, "never-synced"));

    let mut sync = command(data, &["sync"]).stderr(Stdio::null()).spawn().unwrap();
    while json(&status())[0]["reached"]["records"].as_u64().unwrap_or(0) == 0 {
        assert!(sync.try_wait().unwrap().is_none(), "it is done before anybody saw it");
    }
    assert!(Command::new("kill").args(["-INT", &sync.id().to_string()]).status().unwrap().success());
    sync.wait().unwrap();
    let begun = status();
    assert_eq!((code(&begun), stands(&begun).as_str()), (11, "first-sync"), "{}", both(&begun));
    assert!(json(&begun)[0]["reached"]["records"].as_u64() > Some(0), "{}", both(&begun));
    assert!(both(&koppeling(data, &["status"])).contains("FIRST SYNC"));

    let mut run =
        command(data, &["run", "--interval", "1s", "--listen", "127.0.0.1:0"]).stderr(Stdio::null()).spawn().unwrap();
    while stands(&status()) == "first-sync" {
        assert!(run.try_wait().unwrap().is_none());
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(Command::new("kill").args(["-INT", &run.id().to_string()]).status().unwrap().success());
    run.wait().unwrap();
    assert_eq!(code(&koppeling(data, &["sync"])), 0);
    assert!(stand_ins.compare().is_equal(), "{}", stand_ins.compare());
    assert_eq!(code(&koppeling(data, &["status", "54321"])), 2, "there is no such office");
}
