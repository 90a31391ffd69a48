//! Whose office it is when processes die, are suspended, and come back.

use sandbox::comparison::Fault;

use super::*;

/// Both systems, whose answers take a while, so that a process can be hit in the middle of a create.
async fn slow_stand_ins() -> StandIns {
    let making = Making { relations: 60, seed: 7, delay: Duration::from_millis(150), ..Making::default() };
    StandIns::start(making).await.unwrap()
}

/// A sync that has made some records by now.
fn in_mid_sync(data: &Path, stand_ins: &StandIns) -> Child {
    let mut sync = command(data, &["sync"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    while stand_ins.tribe().counters().writes() < 12 {
        assert!(sync.try_wait().unwrap().is_none(), "it ended before it was hit");
        std::thread::sleep(Duration::from_millis(5));
    }
    sync
}

/// Suspends it while it is in no write of its own: whoever is suspended in one keeps the database from everybody.
fn suspend(process: &Child, data: &Path) {
    let database = rusqlite::Connection::open(data.join("koppeling.sqlite")).unwrap();
    database.busy_timeout(Duration::from_millis(100)).unwrap();
    signal(process, "-STOP");
    while database.execute_batch("BEGIN IMMEDIATE; ROLLBACK").is_err() {
        signal(process, "-CONT");
        std::thread::sleep(Duration::from_millis(10));
        signal(process, "-STOP");
    }
}

fn signal(process: &Child, name: &str) {
    assert!(Command::new("kill").args([name, &process.id().to_string()]).status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_office_of_a_killed_koppeling_is_free_at_once() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), slow_stand_ins().await);
    let data = folder.path();
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);
    let mut sync = in_mid_sync(data, &stand_ins);
    sync.kill().unwrap();
    sync.wait().unwrap();
    // A lease lasts 20 seconds, and it waits no longer than 15. What was being made is looked up later.
    assert_ne!(code(&koppeling(data, &["poll"])), 5);
    let left = fs::read_dir(data).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(!left.into_iter().any(|name| name == "owners"), "what told that they live is gone with them");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_koppeling_that_was_suspended_in_mid_create_is_taken_over_and_doubles_nothing_when_it_wakes() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), slow_stand_ins().await);
    let data = folder.path();
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);
    let mut slept = in_mid_sync(data, &stand_ins);
    suspend(&slept, data);
    assert_eq!(code(&koppeling(data, &["poll"])), 5, "as far as anybody knows it is at work");
    // Who only reads need not wait.
    succeed(data, &["letters", "list"]);
    succeed(data, &["records", "list"]);
    // What was being made is put aside, and looked up later.
    assert_eq!(code(&koppeling(data, &["sync"])), 10, "its lease has ended");
    let made = stand_ins.tribe().counters().writes();
    signal(&slept, "-CONT");
    assert_eq!(slept.wait().unwrap().code(), Some(5), "another has taken over");
    assert_eq!(stand_ins.tribe().counters().writes(), made, "nothing of it leaves any more");
    let comparison = stand_ins.compare();
    assert!(!comparison.differences().iter().any(|difference| difference.fault == Fault::Duplicate), "{comparison}");
}
