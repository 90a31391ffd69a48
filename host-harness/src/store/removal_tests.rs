use super::*;

/// The number of rows that a table has of an office; none for a table that has nothing of offices.
fn rows_of(database: &rusqlite::Connection, table: &str, number: &str) -> Option<u64> {
    let column = if table == "office" { "number" } else { "office" };
    let count = format!("SELECT count(*) FROM {table} WHERE {column} = ?1");
    database.query_row(&count, [number], |row| row.get::<_, i64>(0)).ok().map(|rows| u64::try_from(rows).unwrap())
}

/// Something of an office in every table.
async fn fill(store: &Store, number: &str) {
    let office = office(number);
    store.put_office(&settings(number)).await.unwrap();
    store.put_activity(&office, Wanted::Paused, at(1)).await.unwrap();
    store.enqueue(&office, changes(&["canary-change"]), at(2)).await.unwrap();
    store.record_run(&office, run("poll", 3, RunResult::Done)).await.unwrap();
    let (whom, time) = (Whom::Office(office.clone()), Duration::from_secs(60));
    let link = store.make_login_link(whom.clone(), time, time, at(4)).await.unwrap().unwrap();
    store.log_in(link.text(), None, at(5)).await.unwrap();
    store.make_login_link(whom, time, time, at(6)).await.unwrap();
    let lease = lease(store, number, after(0)).await;
    store.set(&lease, "canary-key".to_owned(), b"value".to_vec()).await.unwrap();
}

#[tokio::test]
async fn no_table_has_a_row_of_an_office_that_was_removed() {
    let Opened { store, folder, .. } = opened();
    fill(&store, "1").await;
    fill(&store, "2").await;
    store.remove_office(&office("1")).await.unwrap();

    let database = rusqlite::Connection::open(folder.path().join(DATABASE_FILE)).unwrap();
    let mut tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").unwrap();
    let tables: Vec<String> = tables.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    let mut of_offices = 0;
    for table in tables.iter().filter(|table| *table != "lease") {
        let Some(rows) = rows_of(&database, table, "1") else { continue };
        of_offices += 1;
        assert_eq!(rows, 0, "{table}");
        assert!(rows_of(&database, table, "2") > Some(0), "{table}");
    }
    assert_eq!(of_offices, 10);
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
