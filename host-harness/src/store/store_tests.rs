#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::BTreeMap;
use std::fs;

use super::*;

#[path = "removal_tests.rs"]
mod removal;

const CANARY: &str = "canary-9c1e";

struct Opened {
    folder: tempfile::TempDir,
    key: MasterKey,
    store: Store,
}

fn opened() -> Opened {
    let folder = tempfile::tempdir().unwrap();
    let key = MasterKey::random();
    let store = Store::open(folder.path(), &key).unwrap();
    Opened { folder, key, store }
}

fn office(number: &str) -> OfficeNumber {
    number.parse().unwrap()
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_millis(1_700_000_000_000 + seconds * 1000)
}

/// So many seconds later.
fn after(seconds: u64) -> Moment {
    Moment::now().plus(Duration::from_secs(seconds))
}

async fn lease(store: &Store, number: &str, now: Moment) -> Lease {
    match store.claim(&office(number), now).await.unwrap() {
        Claim::Granted(lease) => lease,
        Claim::Busy => panic!("busy"),
    }
}

async fn is_busy(store: &Store, number: &str, now: Moment) -> bool {
    matches!(store.claim(&office(number), now).await.unwrap(), Claim::Busy)
}

fn settings(number: &str) -> OfficeSettings {
    OfficeSettings::from_toml(&format!(
        "office = \"{number}\"\nadvocaatcentraal-url = \"https://ac.voorbeeld.example\"\nadvocaatcentraal-key = \"{CANARY}\"\n\
         tribe-client-id = \"{CANARY}\"\ntribe-client-secret = \"{CANARY}\"\n"
    ))
    .unwrap()
}

fn changes(ids: &[&str]) -> Vec<Delivered> {
    ids.iter().map(|id| Delivered { id: (*id).to_owned(), deleted: false }).collect()
}

fn run(work: &str, finished: u64, result: RunResult) -> Run {
    let (counts, notes) = (BTreeMap::from([("read".to_owned(), 3)]), BTreeMap::new());
    Run {
        work: work.to_owned(),
        started: at(finished - 1),
        finished: at(finished),
        result,
        counts,
        notes,
        standing: None,
        reason: None,
    }
}

#[tokio::test]
async fn a_change_leaves_only_soon_after_a_sign_of_life_and_a_process_that_slept_gives_one_first() {
    let Opened { store, folder: _folder, .. } = opened();
    let slept = lease(&store, "1", after(0)).await;
    store.may_change(&slept, &after(9)).unwrap();
    // Nobody took over meanwhile: it gives its sign, and holds the office for as long again.
    store.may_change(&slept, &after(15)).unwrap();
    assert!(is_busy(&store, "1", after(34)).await);
    let newer = lease(&store, "1", after(36)).await;
    assert_eq!(store.may_change(&slept, &after(16)), Err(StoreError::LeaseLost), "a sign is not the lease");
    assert_eq!(store.may_change(&slept, &after(60)), Err(StoreError::LeaseLost));
    store.may_change(&newer, &after(37)).unwrap();
}

#[tokio::test]
async fn the_file_holds_no_value_in_the_clear() {
    let Opened { store, folder, .. } = opened();
    store.put_office(&settings("1")).await.unwrap();
    let lease = lease(&store, "1", after(0)).await;
    store.set(&lease, "k".to_owned(), CANARY.repeat(50).into_bytes()).await.unwrap();
    let mut files = 0;
    for entry in fs::read_dir(folder.path()).unwrap() {
        let file = entry.unwrap().path();
        if file.is_dir() {
            continue;
        }
        let bytes = fs::read(file).unwrap();
        files += 1;
        assert!(!bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes()));
    }
    assert!(files >= 2, "the database and its log");
    assert_eq!(store.get(&lease, "k".to_owned()).await.unwrap().unwrap(), CANARY.repeat(50).into_bytes());
}

#[tokio::test]
async fn the_log_is_taken_into_the_file_when_the_store_is_closed() {
    let Opened { store, folder, .. } = opened();
    let lease = lease(&store, "1", after(0)).await;
    store.set(&lease, "k".to_owned(), b"value".to_vec()).await.unwrap();
    store.get(&lease, "k".to_owned()).await.unwrap();
    drop(store);
    let files = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name());
    assert_eq!(files.collect::<Vec<_>>(), [DATABASE_FILE]);
}

#[tokio::test]
async fn a_value_that_was_moved_does_not_open() {
    let Opened { store, folder, .. } = opened();
    let lease = lease(&store, "1", after(0)).await;
    store.set(&lease, "here".to_owned(), b"value".to_vec()).await.unwrap();
    let file = rusqlite::Connection::open(folder.path().join(DATABASE_FILE)).unwrap();
    file.execute("UPDATE value SET key = 'there'", []).unwrap();
    assert_eq!(store.get(&lease, "there".to_owned()).await, Err(StoreError::Damaged));
}

#[tokio::test]
async fn another_key_or_a_newer_state_is_refused_at_once() {
    let Opened { store, folder, key } = opened();
    drop(store);
    assert!(matches!(Store::open(folder.path(), &MasterKey::random()), Err(OpenError::WrongKey)));
    Store::open(folder.path(), &key).unwrap();
    let file = rusqlite::Connection::open(folder.path().join(DATABASE_FILE)).unwrap();
    file.pragma_update(None, "user_version", 9).unwrap();
    assert!(matches!(Store::open(folder.path(), &key), Err(OpenError::Newer { found: 9, known: 8 })));
}

/// What later versions of the tables changed, taken back in the file of a closed store.
fn back_to(version: u32, folder: &Path) {
    let changed = [
        (7, "ALTER TABLE lease DROP COLUMN note;"),
        (2, "DROP TABLE schedule;"),
        (3, "DROP TABLE summary; ALTER TABLE run ADD COLUMN cycle INTEGER NOT NULL DEFAULT 0;"),
        (
            4,
            "DROP TABLE lease; CREATE TABLE lease (office TEXT PRIMARY KEY, token INTEGER NOT NULL, ends INTEGER NOT NULL)
             STRICT, WITHOUT ROWID;",
        ),
        (5, "DROP TABLE activity;"),
        (6, "DROP TABLE used;"),
        (7, "DROP TABLE login_link; DROP TABLE session; DROP TABLE deed;"),
    ];
    let file = rusqlite::Connection::open(folder.join(DATABASE_FILE)).unwrap();
    for (_, taken_back) in changed.iter().filter(|(since, _)| *since > version) {
        file.execute_batch(taken_back).unwrap();
    }
    file.pragma_update(None, "user_version", version).unwrap();
}

#[tokio::test]
async fn the_leases_of_a_state_of_before_have_ended_and_their_tokens_are_old() {
    let Opened { store, folder, key } = opened();
    drop(store);
    back_to(3, folder.path());
    let file = rusqlite::Connection::open(folder.path().join(DATABASE_FILE)).unwrap();
    file.execute("INSERT INTO lease (office, token, ends) VALUES ('1', 7, 9000000000000)", []).unwrap();
    drop(file);
    let store = Store::open(folder.path(), &key).unwrap();
    assert_eq!(lease(&store, "1", after(0)).await.token, 8);
}

#[tokio::test]
async fn a_state_of_the_first_version_is_taken_over_and_remembers_the_schedule_from_then_on() {
    let Opened { store, folder, key } = opened();
    store.put_office(&settings("10")).await.unwrap();
    drop(store);
    back_to(1, folder.path());
    let store = Store::open(folder.path(), &key).unwrap();
    assert_eq!(store.offices().await.unwrap(), [office("10")]);
    assert_eq!(store.interval().await.unwrap(), None);
    for minutes in [60, 10] {
        let interval = Duration::from_secs(minutes * 60);
        store.put_interval(interval).await.unwrap();
        assert_eq!(store.interval().await.unwrap(), Some(interval));
    }
}

async fn summary(store: &Store, number: &str) -> Summary {
    store.summary(&office(number)).await.unwrap().unwrap().summary
}

#[tokio::test]
async fn a_state_of_before_there_were_sums_is_added_up_when_it_is_opened() {
    let (folder, key) = (tempfile::tempdir().unwrap(), MasterKey::random());
    let store = Store::open(folder.path(), &key).unwrap();
    store.put_office(&settings("1")).await.unwrap();
    for run in [run("initial-sync", 10, RunResult::Done), run("poll", 20, RunResult::Done)] {
        store.record_run(&office("1"), run).await.unwrap();
    }
    let known = summary(&store, "1").await;
    drop(store);
    back_to(2, folder.path());
    let store = Store::open(folder.path(), &key).unwrap();
    assert_eq!(summary(&store, "1").await, known);
    store.record_run(&office("1"), run("poll", 30, RunResult::Done)).await.unwrap();
    assert_eq!(summary(&store, "1").await.last_cycle, Some(at(30)));
}

#[tokio::test]
async fn what_the_offices_of_a_state_of_before_hold_is_counted_when_it_is_opened() {
    let Opened { store, folder, key } = opened();
    for (number, keys) in [("1", 3), ("2", 0), ("3", 1)] {
        store.put_office(&settings(number)).await.unwrap();
        let lease = lease(&store, number, after(0)).await;
        for key in 0..keys {
            store.set(&lease, format!("é-{key}"), vec![0; 10_000 * key]).await.unwrap();
        }
    }
    let used = |all: Vec<OfficeSummary>| all.into_iter().map(|of| of.used).collect::<Vec<_>>();
    let known = used(store.summaries().await.unwrap());
    assert_eq!((known[0].keys, known[1], known[2].keys), (3, Used::default(), 1));
    drop(store);
    back_to(5, folder.path());
    let store = Store::open(folder.path(), &key).unwrap();
    assert_eq!(used(store.summaries().await.unwrap()), known);
    let held = lease(&store, "1", after(30)).await;
    store.delete(&held, "é-2".to_owned()).await.unwrap();
    assert!(used(store.summaries().await.unwrap())[0].bytes < known[0].bytes - 20_000);
}

#[tokio::test]
async fn a_write_beyond_the_quota_reads_as_what_it_is() {
    let Opened { store, folder: _folder, .. } = opened();
    let quota = Quota { keys: 1, bytes: 5 << 20 };
    let store = store.with_quota(quota);
    store.put_office(&settings("1")).await.unwrap();
    let lease = lease(&store, "1", after(0)).await;
    store.set(&lease, "a".to_owned(), vec![]).await.unwrap();
    let full = store.set(&lease, "b".to_owned(), vec![]).await.unwrap_err();
    assert_eq!(full, StoreError::OfficeFull(quota));
    assert!(full.to_string().starts_with("this office's state may hold no more than 1 key and 5 MiB, and would; see"));
}

#[tokio::test]
async fn a_database_that_was_removed_under_us_takes_nothing_any_more() {
    let Opened { store, folder, key } = opened();
    let lease = lease(&store, "1", after(0)).await;
    fs::remove_file(folder.path().join(DATABASE_FILE)).unwrap();
    assert_eq!(store.set(&lease, "k".to_owned(), vec![]).await, Err(StoreError::Failed(Trouble::Gone)));
    assert_eq!(store.enqueue(&office("1"), changes(&["a"]), at(1)).await, Err(StoreError::Failed(Trouble::Gone)));
    // Another one in its place is not ours.
    drop(Store::open(folder.path(), &key).unwrap());
    assert_eq!(store.may_change(&lease, &after(0)), Err(StoreError::Failed(Trouble::Gone)));
}

#[tokio::test]
async fn what_is_wrong_with_a_database_has_its_own_word() {
    let Opened { store, folder, key } = opened();
    drop(store);
    let file = folder.path().join(DATABASE_FILE);
    fs::write(&file, "no database at all, however long its text may be").unwrap();
    assert!(matches!(Store::open(folder.path(), &key), Err(OpenError::Failed(Trouble::Corrupt))));
    fs::remove_file(&file).unwrap();
    fs::create_dir(&file).unwrap();
    assert!(matches!(Store::open(folder.path(), &key), Err(OpenError::Failed(Trouble::Gone))));
}
