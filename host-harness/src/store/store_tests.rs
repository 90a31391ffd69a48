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

/// An open store with one office.
async fn with_office() -> Opened {
    let opened = opened();
    opened.store.put_office(&settings("1")).await.unwrap();
    opened
}

const QUIET: Duration = Duration::from_millis(1500);
const LONGEST: Duration = Duration::from_secs(10);

async fn due(store: &Store, number: &str, now: u64) -> Vec<String> {
    let due = store.due(&office(number), at(now), QUIET, LONGEST, 100).await.unwrap();
    due.into_iter().map(|change| change.id).collect()
}

#[tokio::test]
async fn a_late_writer_is_refused() {
    let Opened { store, folder: _folder, .. } = opened();
    let late = lease(&store, "1", after(0)).await;
    store.set(&late, "k".to_owned(), b"old".to_vec()).await.unwrap();
    let newer = lease(&store, "1", after(21)).await;
    store.set(&newer, "k".to_owned(), b"new".to_vec()).await.unwrap();

    assert_eq!(store.set(&late, "k".to_owned(), b"late".to_vec()).await, Err(StoreError::LeaseLost));
    assert_eq!(store.delete(&late, "k".to_owned()).await, Err(StoreError::LeaseLost));
    assert_eq!(store.get(&late, "k".to_owned()).await, Err(StoreError::LeaseLost));
    assert_eq!(store.keys(&late, None, 10).await, Err(StoreError::LeaseLost));
    assert_eq!(store.sign(&late, after(22)).await, Err(StoreError::LeaseLost));
    // Giving back an old lease must not take the newer one away.
    store.release(&late).await.unwrap();
    assert_eq!(store.get(&newer, "k".to_owned()).await.unwrap().unwrap(), b"new");
}

#[tokio::test]
async fn a_lease_is_one_offices_and_one_holders_and_lasts_twenty_seconds_from_each_sign_of_life() {
    let Opened { store, folder: _folder, .. } = opened();
    let one = lease(&store, "1", after(0)).await;
    assert!(is_busy(&store, "1", after(19)).await);
    lease(&store, "2", after(0)).await;
    store.sign(&one, after(5)).await.unwrap();
    assert!(is_busy(&store, "1", after(24)).await);
    store.release(&one).await.unwrap();
    let other = lease(&store, "1", after(0)).await;
    lease(&store, "1", after(21)).await;
    assert_eq!(store.sign(&other, after(22)).await, Err(StoreError::LeaseLost));
}

#[tokio::test]
async fn a_lease_of_the_future_ends_too() {
    let Opened { store, folder: _folder, .. } = opened();
    lease(&store, "1", after(3_600)).await;
    lease(&store, "1", after(0)).await;
}

#[tokio::test]
async fn the_office_of_a_process_that_ended_is_free_at_once() {
    let Opened { store, folder, key } = opened();
    let other = Store::open(folder.path(), &key).unwrap();
    let held = lease(&other, "1", after(0)).await;
    assert!(is_busy(&store, "1", after(0)).await, "it lives");
    drop(other);
    lease(&store, "1", after(0)).await;
    assert_eq!(store.get(&held, "k".to_owned()).await, Err(StoreError::LeaseLost));
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
async fn who_only_reads_needs_no_lease() {
    let Opened { store, folder: _folder, .. } = opened();
    let held = lease(&store, "1", after(0)).await;
    store.set(&held, "k".to_owned(), b"v".to_vec()).await.unwrap();
    assert_eq!(store.peek(&office("1"), "k".to_owned()).await.unwrap().unwrap(), b"v");
    assert_eq!(store.peek_keys(&office("1"), None, 10).await.unwrap().keys, ["k"]);
    assert_eq!(store.peek(&office("2"), "k".to_owned()).await.unwrap(), None);
}

#[tokio::test]
async fn nothing_is_written_under_a_lease_that_was_given_back() {
    let Opened { store, folder: _folder, .. } = opened();
    let lease = lease(&store, "1", after(0)).await;
    store.release(&lease).await.unwrap();
    assert_eq!(store.set(&lease, "k".to_owned(), b"late".to_vec()).await, Err(StoreError::LeaseLost));
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
    file.pragma_update(None, "user_version", 7).unwrap();
    assert!(matches!(Store::open(folder.path(), &key), Err(OpenError::Newer { found: 7, known: 5 })));
}

/// What later versions of the tables changed, taken back in the file of a closed store.
fn back_to(version: u32, folder: &Path) {
    let changed = [
        (2, "DROP TABLE schedule;"),
        (3, "DROP TABLE summary; ALTER TABLE run ADD COLUMN cycle INTEGER NOT NULL DEFAULT 0;"),
        (
            4,
            "DROP TABLE lease; CREATE TABLE lease (office TEXT PRIMARY KEY, token INTEGER NOT NULL, ends INTEGER NOT NULL)
             STRICT, WITHOUT ROWID;",
        ),
        (5, "DROP TABLE activity;"),
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

#[tokio::test]
async fn offices_keep_their_settings() {
    let Opened { store, folder, key } = opened();
    store.put_office(&settings("20")).await.unwrap();
    store.put_office(&settings("10")).await.unwrap();
    store.put_office(&settings("20")).await.unwrap();
    let store = Store::open(folder.path(), &key).unwrap();
    assert_eq!(store.offices().await.unwrap(), [office("10"), office("20")]);
    let read = store.office(&office("20")).await.unwrap().unwrap();
    assert_eq!(read.config().get("advocaatcentraal-key"), Some(CANARY));
    assert!(store.office(&office("30")).await.unwrap().is_none());
}

#[tokio::test]
async fn keys_come_in_pages_that_neither_repeat_nor_miss() {
    let Opened { store, folder: _folder, .. } = opened();
    let (one, two) = (lease(&store, "1", after(0)).await, lease(&store, "2", after(0)).await);
    for number in 0..25 {
        store.set(&one, format!("k{number:02}"), vec![]).await.unwrap();
    }
    store.set(&two, "other".to_owned(), vec![]).await.unwrap();
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = store.keys(&one, after, 10).await.unwrap();
        // A key that changes or goes while the pages are read moves no other.
        store.set(&one, "k03".to_owned(), b"again".to_vec()).await.unwrap();
        store.delete(&one, "k00".to_owned()).await.unwrap();
        all.extend(page.keys);
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert_eq!(all, (0..25).map(|number| format!("k{number:02}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_change_waits_until_its_record_is_quiet() {
    let Opened { store, folder: _folder, .. } = with_office().await;
    store.enqueue(&office("1"), changes(&["a", "b"]), at(0)).await.unwrap();
    store.enqueue(&office("1"), changes(&["a"]), at(1)).await.unwrap();
    assert_eq!(due(&store, "1", 1).await, [""; 0]);
    assert_eq!(due(&store, "1", 2).await, ["b"]);
    assert_eq!(due(&store, "1", 3).await, ["a", "b"]);
    assert_eq!(due(&store, "2", 3).await, [""; 0]);
}

#[tokio::test]
async fn a_record_that_never_rests_is_taken_after_ten_seconds() {
    let Opened { store, folder: _folder, .. } = with_office().await;
    for second in 0..10 {
        assert_eq!(due(&store, "1", second).await, [""; 0]);
        store.enqueue(&office("1"), changes(&["a"]), at(second)).await.unwrap();
    }
    assert_eq!(due(&store, "1", 10).await, ["a"]);
}

#[tokio::test]
async fn a_delivery_during_the_work_is_not_lost() {
    let Opened { store, folder: _folder, .. } = with_office().await;
    store.enqueue(&office("1"), changes(&["a", "b"]), at(0)).await.unwrap();
    let taken = store.due(&office("1"), at(5), QUIET, LONGEST, 100).await.unwrap();
    store.enqueue(&office("1"), changes(&["a"]), at(6)).await.unwrap();
    store.done(&office("1"), taken).await.unwrap();
    assert_eq!(due(&store, "1", 9).await, ["a"]);
    assert_eq!(store.waiting().await.unwrap(), [(office("1"), 1)]);
}

#[tokio::test]
async fn a_deletion_is_remembered_whatever_comes_after_it() {
    let Opened { store, folder: _folder, .. } = with_office().await;
    let deletion = vec![Delivered { id: "a".to_owned(), deleted: true }];
    store.enqueue(&office("1"), deletion, at(0)).await.unwrap();
    store.enqueue(&office("1"), changes(&["a"]), at(0)).await.unwrap();
    assert!(store.due(&office("1"), at(5), QUIET, LONGEST, 1).await.unwrap()[0].deleted);
}

#[tokio::test]
async fn what_came_while_the_clock_was_ahead_waits_for_nothing() {
    let Opened { store, folder: _folder, .. } = with_office().await;
    store.enqueue(&office("1"), changes(&["ahead"]), at(500)).await.unwrap();
    assert_eq!(due(&store, "1", 5).await, ["ahead"]);
    store.enqueue(&office("1"), changes(&["now"]), at(5)).await.unwrap();
    assert_eq!(due(&store, "1", 5).await, ["ahead"], "what came just now may come again");
}

#[tokio::test]
async fn what_fails_again_and_again_does_not_stand_in_front() {
    let Opened { store, folder: _folder, .. } = with_office().await;
    store.enqueue(&office("1"), changes(&["poison"]), at(0)).await.unwrap();
    store.enqueue(&office("1"), changes(&["sound"]), at(1)).await.unwrap();
    let first = store.due(&office("1"), at(5), QUIET, LONGEST, 1).await.unwrap();
    assert_eq!(first[0].id, "poison");
    store.failed(&office("1"), first).await.unwrap();
    assert_eq!(due(&store, "1", 5).await, ["sound", "poison"]);
}

async fn summary(store: &Store, number: &str) -> Summary {
    store.summary(&office(number)).await.unwrap().unwrap().summary
}

#[tokio::test]
async fn what_the_runs_of_an_office_add_up_to_is_kept_beside_them() {
    let Opened { store, folder: _folder, .. } = opened();
    assert_eq!(store.summary(&office("1")).await.unwrap(), None, "there is no such office");
    store.put_office(&settings("1")).await.unwrap();
    store.put_office(&settings("2")).await.unwrap();
    assert_eq!(summary(&store, "1").await, Summary::default());
    let reached = Reached { records: 3, expected: None, at: at(5) };
    store.record_reached(&office("1"), reached).await.unwrap();
    assert_eq!(summary(&store, "1").await.initial_sync, InitialSync::Begun(reached));
    for run in [run("poll", 10, RunResult::Done), run("push", 40, RunResult::Done)] {
        store.record_run(&office("1"), run).await.unwrap();
    }
    let known = summary(&store, "1").await;
    assert_eq!((known.last_cycle, known.worked), (Some(at(10)), Some(at(40))));
    let all = store.summaries().await.unwrap();
    assert_eq!(all.iter().map(|of| of.office.as_str()).collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(all[0].summary, known);
    assert_eq!(all[1].summary, Summary::default());
    let runs = store.runs(&office("1"), 1).await.unwrap();
    assert_eq!(runs, [run("push", 40, RunResult::Done)]);
}

#[tokio::test]
async fn the_history_is_bounded_and_what_it_adds_up_to_stays() {
    let Opened { store, folder: _folder, .. } = opened();
    store.put_office(&settings("1")).await.unwrap();
    store.record_run(&office("1"), run("poll", 10, RunResult::Done)).await.unwrap();
    let kept = u64::from(database::RUNS_KEPT);
    for number in 0..kept + 5 {
        store.record_run(&office("1"), run("push", 20 + number, RunResult::Done)).await.unwrap();
    }
    assert_eq!(store.runs(&office("1"), u32::MAX).await.unwrap().len() as u64, kept);
    assert_eq!(summary(&store, "1").await.last_cycle, Some(at(10)));
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
async fn whether_an_office_is_worked_for_is_kept_beside_its_settings() {
    let Opened { store, folder, key } = opened();
    store.put_office(&settings("1")).await.unwrap();
    store.put_office(&settings("2")).await.unwrap();
    assert_eq!(store.activity(&office("1")).await.unwrap(), Activity::Active(None));
    store.put_activity(&office("1"), Wanted::Paused, at(5)).await.unwrap();
    store.put_activity(&office("3"), Wanted::Paused, at(5)).await.unwrap();
    // Settings that are given anew let no office go on.
    store.put_office(&settings("1")).await.unwrap();
    let store = Store::open(folder.path(), &key).unwrap();
    assert_eq!(store.activity(&office("1")).await.unwrap(), Activity::Paused(at(5)));
    assert_eq!(store.inactive().await.unwrap(), [office("1")], "there is no office 3");
    let all = store.summaries().await.unwrap();
    assert_eq!([all[0].activity, all[1].activity], [Activity::Paused(at(5)), Activity::Active(None)]);
    store.put_activity(&office("1"), Wanted::Active, at(9)).await.unwrap();
    assert_eq!(store.activity(&office("1")).await.unwrap(), Activity::Active(Some(at(9))));
    assert_eq!(store.inactive().await.unwrap(), []);
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
