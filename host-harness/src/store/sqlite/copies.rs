//! Copies of the whole file, and the same under another key.

use std::path::Path;

use rusqlite::{Connection, OpenFlags, OptionalExtension, Row, Transaction, TransactionBehavior, params};

use super::Sqlite;
use super::numbers::{timestamp, unsigned};
use crate::store::database::{Copies, DatabaseError, Reseal, Restored};
use crate::store::seal::Place;

/// What is added to each token of a restored copy: more than were ever given since it was made.
const TOKENS_SINCE: i64 = 1 << 32;

impl Sqlite {
    /// Whether the file is a database of this program.
    pub(crate) fn is_one(file: &Path) -> bool {
        let version = || -> rusqlite::Result<u32> {
            let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
            connection.query_row("SELECT sealed FROM proof", [], |_| Ok(()))?;
            connection.query_row("PRAGMA user_version", [], |row| row.get(0))
        };
        version().is_ok_and(|version| version > 0)
    }

    /// Whether every page of the file is as it was written.
    pub(crate) fn is_whole(&self) -> Result<bool, DatabaseError> {
        self.with(|connection| {
            Ok(connection.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0))? == "ok")
        })
    }
}

impl Copies for Sqlite {
    fn copy_to(&self, file: &Path) -> Result<(), DatabaseError> {
        // A connection of its own: neither a reader nor the writer waits for it.
        let connection = Connection::open_with_flags(&self.file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        connection.execute("VACUUM INTO ?1", [file.to_string_lossy()])?;
        Ok(())
    }

    fn take_back_claims(&self) -> Result<Restored, DatabaseError> {
        self.with(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            transaction.execute("UPDATE lease SET token = token + ?1, owner = '', note = ''", [TOKENS_SINCE])?;
            transaction.execute_batch("DELETE FROM login_link; DELETE FROM session;")?;
            let count = |sql| transaction.query_row(sql, [], |row| row.get::<_, i64>(0)).map(unsigned);
            let newest: Option<i64> = transaction.query_row("SELECT max(finished) FROM run", [], |row| row.get(0))?;
            let restored = Restored {
                offices: count("SELECT count(*) FROM office")?,
                waiting: count("SELECT count(*) FROM change")?,
                newest_run: newest.map(timestamp),
            };
            transaction.commit()?;
            Ok(restored)
        })
    }

    fn reseal(&self, reseal: Reseal<'_>) -> Result<u64, DatabaseError> {
        self.with(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let mut left = 0;
            let proof: Vec<u8> = transaction.query_row("SELECT sealed FROM proof", [], |row| row.get(0))?;
            match reseal(Place::Proof, &proof) {
                Some(sealed) => drop(transaction.execute("UPDATE proof SET sealed = ?1", [sealed])?),
                None => left += 1,
            }
            let numbers = column(&transaction, "SELECT number FROM office")?;
            for number in numbers {
                let read = "SELECT sealed FROM office WHERE number = ?1";
                let sealed: Vec<u8> = transaction.prepare_cached(read)?.query_row([&number], |row| row.get(0))?;
                let office = number.parse().ok();
                match office.and_then(|office| reseal(Place::Office(&office), &sealed)) {
                    Some(sealed) => {
                        let write = "UPDATE office SET sealed = ?2 WHERE number = ?1";
                        transaction.prepare_cached(write)?.execute(params![number, sealed])?;
                    }
                    None => left += 1,
                }
            }
            let mut after = 0;
            while let Some((id, office, key, sealed)) = next_value(&transaction, after)? {
                after = id;
                let office = office.parse().ok();
                match office.and_then(|office| reseal(Place::Value { office: &office, key: &key }, &sealed)) {
                    Some(sealed) => {
                        let write = "UPDATE value SET sealed = ?2 WHERE id = ?1";
                        transaction.prepare_cached(write)?.execute(params![id, sealed])?;
                    }
                    None => left += 1,
                }
            }
            transaction.commit()?;
            Ok(left)
        })
    }
}

/// A row's id, office, key and sealed value.
type Sealed = (i64, String, String, Vec<u8>);

fn column(transaction: &Transaction<'_>, sql: &str) -> Result<Vec<String>, DatabaseError> {
    let mut statement = transaction.prepare(sql)?;
    let rows = statement.query_map([], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The value after that id, with its office and its key. One at a time: what is written while it is read may be met twice.
fn next_value(transaction: &Transaction<'_>, after: i64) -> Result<Option<Sealed>, DatabaseError> {
    let mut statement =
        transaction.prepare_cached("SELECT id, office, key, sealed FROM value WHERE id > ?1 ORDER BY id LIMIT 1")?;
    let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?));
    Ok(statement.query_row([after], row).optional()?)
}
