use super::*;

/// The number of rows that a table has of an office; none for a table that has nothing of offices.
fn rows_of(database: &rusqlite::Connection, table: &str, number: &str) -> Option<u64> {
    let column = if table == "office" { "number" } else { "office" };
    let count = format!("SELECT count(*) FROM {table} WHERE {column} = ?1");
    database.query_row(&count, [number], |row| row.get::<_, i64>(0)).ok().map(|rows| u64::try_from(rows).unwrap())
}

/// Something of an office in every table.
async fn fill(store: &Store, number: &str) -> Lease {
    let office = office(number);
    store.put_office(&settings(number)).await.unwrap();
    store.put_activity(&office, Wanted::Paused, at(1)).await.unwrap();
    store.enqueue(&office, changes(&["canary-change"]), at(2)).await.unwrap();
    store.record_run(&office, run("poll", 3, RunResult::Done)).await.unwrap();
    let lease = lease(store, number, after(0)).await;
    store.set(&lease, "canary-key".to_owned(), b"value".to_vec()).await.unwrap();
    lease
}

#[tokio::test]
async fn nothing_is_left_of_an_office_that_is_removed_and_another_is_untouched() {
    let Opened { store, folder, .. } = opened();
    let gone = fill(&store, "1").await;
    let other = fill(&store, "2").await;
    store.remove_office(&office("1")).await.unwrap();
    // What still worked for it has a last word.
    store.enqueue(&office("1"), changes(&["late"]), at(5)).await.unwrap();
    store.record_run(&office("1"), run("poll", 6, RunResult::Done)).await.unwrap();
    store.record_reached(&office("1"), Reached { records: 1, expected: None, at: at(7) }).await.unwrap();
    store.put_activity(&office("1"), Wanted::Active, at(8)).await.unwrap();
    assert_eq!(store.set(&gone, "late".to_owned(), vec![]).await, Err(StoreError::LeaseLost));

    let database = rusqlite::Connection::open(folder.path().join(DATABASE_FILE)).unwrap();
    let mut tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").unwrap();
    let tables: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut of_offices = 0;
    for table in tables.iter().filter(|table| *table != "lease") {
        let Some(rows) = rows_of(&database, table, "1") else { continue };
        of_offices += 1;
        assert_eq!(rows, 0, "{table}");
        assert_eq!(rows_of(&database, table, "2"), Some(1), "{table}");
    }
    assert_eq!(of_offices, 6);
    assert_eq!(store.get(&other, "canary-key".to_owned()).await.unwrap().unwrap(), b"value");
}

#[tokio::test]
async fn what_worked_for_an_office_before_it_was_removed_is_refused_also_when_it_is_added_anew() {
    let Opened { store, folder: _folder, .. } = opened();
    let before = fill(&store, "1").await;
    store.remove_office(&office("1")).await.unwrap();
    store.put_office(&settings("1")).await.unwrap();
    assert_eq!(store.may_change(&before, &after(0)), Err(StoreError::LeaseLost));
    // Nobody waits for the lease of before.
    let anew = lease(&store, "1", after(0)).await;
    assert!(anew.token > before.token);
    assert_eq!(store.set(&before, "k".to_owned(), vec![]).await, Err(StoreError::LeaseLost));
    assert_eq!(store.keys(&anew, None, 10).await.unwrap(), KeyPage::default());
    assert_eq!(summary(&store, "1").await, Summary::default());
    assert_eq!(store.activity(&office("1")).await.unwrap(), Activity::Active(None));
    assert_eq!((store.runs(&office("1"), 9).await.unwrap(), store.waiting().await.unwrap()), (vec![], vec![]));
}

#[tokio::test]
async fn the_file_tells_no_record_of_an_office_that_was_removed() {
    let Opened { store, folder, .. } = opened();
    fill(&store, "1").await;
    let tells = |needle: &str| {
        let files = fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().path());
        let mut files = files.filter(|file| file.is_file()).map(|file| fs::read(file).unwrap());
        files.any(|bytes| bytes.windows(needle.len()).any(|window| window == needle.as_bytes()))
    };
    assert!(tells("canary-key") && tells("canary-change"));
    store.remove_office(&office("1")).await.unwrap();
    assert!(!tells("canary-key") && !tells("canary-change"));
}
