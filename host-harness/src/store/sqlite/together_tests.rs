#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Barrier;
use std::thread;

use super::*;
use crate::store::database::Database;
use crate::store::sqlite::{Sqlite, TRY_FOR};

fn together() -> (tempfile::TempDir, Together) {
    let folder = tempfile::tempdir().unwrap();
    let connection = Connection::open(folder.path().join("state")).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    connection.execute_batch("CREATE TABLE number (value INTEGER UNIQUE) STRICT").unwrap();
    (folder, Together::new(connection))
}

fn put(connection: &Connection, number: i64) -> Result<(), DatabaseError> {
    connection.execute("INSERT INTO number (value) VALUES (?1)", [number])?;
    Ok(())
}

/// As another connection sees them: what is not committed is not among them.
fn kept(folder: &tempfile::TempDir) -> Vec<i64> {
    let other = Connection::open(folder.path().join("state")).unwrap();
    let mut statement = other.prepare("SELECT value FROM number ORDER BY value").unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn what_many_write_at_once_is_there_when_each_of_them_is_told_so() {
    let (folder, together) = together();
    let begin = Barrier::new(16);
    thread::scope(|scope| {
        for thread in 0..16 {
            let (begin, together, folder) = (&begin, &together, &folder);
            scope.spawn(move || {
                begin.wait();
                for number in 0..20 {
                    let number = thread * 100 + number;
                    together.write(|connection| put(connection, number)).unwrap();
                    assert!(kept(folder).contains(&number), "{number} was told as done");
                }
            });
        }
    });
    assert_eq!(kept(&folder).len(), 16 * 20);
}

#[test]
fn who_is_on_the_way_comes_into_the_transaction_that_is_open() {
    let (folder, together) = together();
    let beside = AtomicUsize::new(0);
    thread::scope(|scope| {
        // Nobody gets the connection until all of them ask for it.
        let state = together.state.lock().unwrap();
        for number in 0..10 {
            let (folder, together, beside) = (&folder, &together, &beside);
            scope.spawn(move || {
                let wrote = together.write(|connection| {
                    let all: i64 = connection.query_row("SELECT count(*) FROM number", [], |row| row.get(0))?;
                    let is_beside = usize::try_from(all).unwrap() > kept(folder).len();
                    beside.fetch_add(usize::from(is_beside), Ordering::Relaxed);
                    put(connection, number)
                });
                wrote.unwrap();
            });
        }
        while together.coming.load(Ordering::Relaxed) < 10 {
            thread::yield_now();
        }
        drop(state);
    });
    assert!(beside.load(Ordering::Relaxed) > 0, "each write waited for the disk by itself");
}

#[test]
fn who_fails_takes_nothing_back_but_its_own() {
    let (folder, together) = together();
    together.write(|connection| put(connection, 1)).unwrap();
    thread::scope(|scope| {
        let state = together.state.lock().unwrap();
        let good = scope.spawn(|| together.write(|connection| put(connection, 2)));
        let bad = scope.spawn(|| {
            together.write(|connection| {
                put(connection, 3)?;
                // It is there already.
                put(connection, 1)
            })
        });
        let fenced = scope.spawn(|| {
            together.write(|connection| {
                put(connection, 4)?;
                Err::<(), _>(DatabaseError::Fenced)
            })
        });
        while together.coming.load(Ordering::Relaxed) < 3 {
            thread::yield_now();
        }
        drop(state);
        assert_eq!(good.join().unwrap(), Ok(()));
        assert!(matches!(bad.join().unwrap(), Err(DatabaseError::Failed(_))));
        assert_eq!(fenced.join().unwrap(), Err(DatabaseError::Fenced));
    });
    assert_eq!(kept(&folder), [1, 2]);
}

#[test]
fn a_transaction_that_is_taken_back_whole_is_told_to_nobody_as_done() {
    let (folder, together) = together();
    thread::scope(|scope| {
        let state = together.state.lock().unwrap();
        let (good, bad) = (
            scope.spawn(|| together.write(|connection| put(connection, 1))),
            scope.spawn(|| {
                together.write(|connection| {
                    // As SQLite itself does where the disk is full.
                    connection.execute_batch("ROLLBACK")?;
                    Err::<(), _>(DatabaseError::Failed(Trouble::Full))
                })
            }),
        );
        while together.coming.load(Ordering::Relaxed) < 2 {
            thread::yield_now();
        }
        drop(state);
        assert_eq!(bad.join().unwrap(), Err(DatabaseError::Failed(Trouble::Full)));
        // In the same transaction or in one of its own.
        let told = good.join().unwrap();
        assert_eq!(told.is_ok(), kept(&folder) == [1], "{told:?}");
    });
    together.write(|connection| put(connection, 2)).unwrap();
    assert!(kept(&folder).contains(&2));
}

#[test]
fn what_needs_the_connection_for_itself_meets_no_open_transaction() {
    let (folder, together) = together();
    thread::scope(|scope| {
        for number in 0..8 {
            let together = &together;
            scope.spawn(move || together.write(|connection| put(connection, number)).unwrap());
            scope.spawn(move || {
                together
                    .alone(|connection| {
                        assert!(connection.is_autocommit());
                        Ok(connection.execute_batch("BEGIN IMMEDIATE; COMMIT")?)
                    })
                    .unwrap();
            });
        }
    });
    assert_eq!(kept(&folder).len(), 8);
}

#[test]
fn a_write_that_panics_keeps_no_other_waiting_and_nothing_of_it_stays() {
    let (folder, together) = together();
    let panicked = thread::scope(|scope| {
        let first = scope.spawn(|| {
            together.write(|connection| -> Result<(), DatabaseError> {
                put(connection, 1)?;
                panic!("within a write")
            })
        });
        first.join()
    });
    assert!(panicked.is_err());
    together.write(|connection| put(connection, 2)).unwrap();
    assert_eq!(kept(&folder), [2]);
}

#[test]
fn who_writes_here_and_is_slow_is_waited_for_and_does_not_count_as_another_program() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Sqlite::open(&folder.path().join("state")).unwrap();
    let begun = Barrier::new(2);
    thread::scope(|scope| {
        scope.spawn(|| {
            let slow = sqlite.together.write(|_| {
                begun.wait();
                thread::sleep(TRY_FOR + GATHERS * 50);
                Ok(())
            });
            assert_eq!(slow, Ok(()));
        });
        begun.wait();
        assert!(sqlite.together.is_writing());
        assert_eq!(sqlite.try_write(), Ok(()));
    });
    assert!(!sqlite.together.is_writing());
}

/// As one that gets no place for a file is told by SQLite, in the middle of a large write.
#[test]
fn no_connection_needs_a_place_for_files_beside_the_data_folder() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = Sqlite::open(&folder.path().join("state")).unwrap();
    let in_memory = |connection: &Connection| {
        let store: i64 = connection.query_row("PRAGMA temp_store", [], |row| row.get(0))?;
        Ok(store == 2)
    };
    assert_eq!((sqlite.writing(in_memory), sqlite.reading(in_memory)), (Ok(true), Ok(true)));
}
