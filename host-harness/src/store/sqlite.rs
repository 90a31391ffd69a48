//! The database in one SQLite file: for one machine, any number of processes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, OptionalExtension, Transaction, TransactionBehavior, params};

use super::database::{
    Acquired, Database, DatabaseError, Delivered, KeyPage, OfficeSummary, OpenError, Queued, RUNS_KEPT, Write,
};
use super::history::Run;
use super::summary::{Reached, Summary};
use crate::settings::OfficeNumber;
use crate::timestamp::Timestamp;

/// The version of the tables. A file of a newer one is left alone.
const SCHEMA: u32 = 3;

const TABLES: &str = "
    CREATE TABLE proof (one INTEGER PRIMARY KEY CHECK (one = 1), sealed BLOB NOT NULL) STRICT;
    CREATE TABLE office (number TEXT PRIMARY KEY, sealed BLOB NOT NULL, added INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE lease (office TEXT PRIMARY KEY, token INTEGER NOT NULL, ends INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE value (
        id INTEGER PRIMARY KEY, office TEXT NOT NULL, key TEXT NOT NULL, sealed BLOB NOT NULL, UNIQUE (office, key)
    ) STRICT;
    CREATE INDEX value_by_office ON value (office, id);
    CREATE TABLE change (
        office TEXT NOT NULL, record TEXT NOT NULL, deleted INTEGER NOT NULL, sequence INTEGER NOT NULL,
        first INTEGER NOT NULL, last INTEGER NOT NULL, failures INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (office, record)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE run (
        id INTEGER PRIMARY KEY, office TEXT NOT NULL, finished INTEGER NOT NULL, cycle INTEGER NOT NULL,
        text TEXT NOT NULL
    ) STRICT;
    CREATE INDEX run_by_office ON run (office, id);
";

/// What the second version has beside the tables of the first.
const TABLES_SINCE_2: &str = "
    CREATE TABLE schedule (one INTEGER PRIMARY KEY CHECK (one = 1), interval INTEGER NOT NULL) STRICT;
";

/// What the third version has beside them: what the runs of an office add up to.
const TABLES_SINCE_3: &str = "
    CREATE TABLE summary (office TEXT PRIMARY KEY, text TEXT NOT NULL) STRICT, WITHOUT ROWID;
    ALTER TABLE run DROP COLUMN cycle;
";

/// How long an operation waits for another process that writes.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) struct Sqlite {
    file: PathBuf,
    /// Connections that read values, as many as ever did at once: they wait for no writer. They are closed first: the last
    /// to be closed takes the log into the file, which only one that writes can.
    readers: Mutex<Vec<Connection>>,
    // One connection for writing: SQLite writes one at a time anyway.
    connection: Mutex<Connection>,
}

impl Sqlite {
    pub(super) fn open(file: &Path) -> Result<Self, OpenError> {
        let mut connection = Connection::open(file).map_err(|_| OpenError::Unusable)?;
        let found = prepare(&mut connection).map_err(|_| OpenError::Unusable)?;
        if found > SCHEMA {
            return Err(OpenError::Newer { found, known: SCHEMA });
        }
        Ok(Self { file: file.to_owned(), connection: Mutex::new(connection), readers: Mutex::default() })
    }

    fn with<T>(&self, operation: impl FnOnce(&mut Connection) -> Result<T, DatabaseError>) -> Result<T, DatabaseError> {
        // A panic in between cannot leave a transaction open: it is rolled back when dropped.
        operation(&mut self.connection.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Sqlite {
    fn reading<T>(&self, operation: impl FnOnce(&Connection) -> Result<T, DatabaseError>) -> Result<T, DatabaseError> {
        let free = self.readers.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let reader = match free {
            Some(reader) => reader,
            None => {
                let reader = Connection::open_with_flags(&self.file, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
                reader.busy_timeout(PATIENCE)?;
                reader
            }
        };
        let result = operation(&reader);
        self.readers.lock().unwrap_or_else(PoisonError::into_inner).push(reader);
        result
    }
}

/// Makes the tables of a new file. Gives the version that the file has.
fn prepare(connection: &mut Connection) -> rusqlite::Result<u32> {
    connection.busy_timeout(PATIENCE)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // What was confirmed must survive a power cut: a delivery that was answered, a refresh token that works once.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.set_prepared_statement_cache_capacity(64);
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut version: u32 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if version < SCHEMA {
        if version == 0 {
            transaction.execute_batch(TABLES)?;
        }
        if version < 2 {
            transaction.execute_batch(TABLES_SINCE_2)?;
        }
        transaction.execute_batch(TABLES_SINCE_3)?;
        add_up(&transaction)?;
        transaction.pragma_update(None, "user_version", SCHEMA)?;
        version = SCHEMA;
    }
    transaction.commit()?;
    Ok(version)
}

/// Adds up the runs of every office that are there already.
fn add_up(transaction: &Transaction<'_>) -> rusqlite::Result<()> {
    let mut all: BTreeMap<String, Summary> = BTreeMap::new();
    let mut statement = transaction.prepare("SELECT office, text FROM run ORDER BY id")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let (office, text): (String, String) = (row.get(0)?, row.get(1)?);
        if let Ok(run) = serde_json::from_str(&text) {
            let summary = all.entry(office).or_default();
            *summary = std::mem::take(summary).after(&run);
        }
    }
    for (office, summary) in all {
        let text = serde_json::to_string(&summary).unwrap_or_default();
        transaction.execute("INSERT INTO summary (office, text) VALUES (?1, ?2)", params![office, text])?;
    }
    Ok(())
}

/// Changes what the runs of an office add up to.
fn sum_up(
    transaction: &Transaction<'_>,
    office: &OfficeNumber,
    change: impl FnOnce(Summary) -> Summary,
) -> Result<(), DatabaseError> {
    let known: Option<String> = transaction
        .prepare_cached("SELECT text FROM summary WHERE office = ?1")?
        .query_row([office.as_str()], |row| row.get(0))
        .optional()?;
    let summary = change(known.map(|text| read_summary(&text)).unwrap_or_default());
    let text = serde_json::to_string(&summary).map_err(|_| DatabaseError::Failed)?;
    transaction
        .prepare_cached(
            "INSERT INTO summary (office, text) VALUES (?1, ?2) ON CONFLICT (office) DO UPDATE SET text = excluded.text",
        )?
        .execute(params![office.as_str(), text])?;
    Ok(())
}

/// One that cannot be read is begun anew: the runs that follow fill it.
fn read_summary(text: &str) -> Summary {
    serde_json::from_str(text).unwrap_or_default()
}

impl From<rusqlite::Error> for DatabaseError {
    fn from(error: rusqlite::Error) -> Self {
        // The code only: SQLite's text may repeat a statement's values.
        tracing::warn!(code = ?error.sqlite_error_code(), "the database failed");
        Self::Failed
    }
}

/// SQLite's integers are signed; no time or token of ours is that large.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn unsigned(number: i64) -> u64 {
    u64::try_from(number).unwrap_or_default()
}

fn timestamp(number: i64) -> Timestamp {
    Timestamp::from_millis(unsigned(number))
}

fn newest(connection: &Connection, office: &OfficeNumber, token: u64) -> Result<(), DatabaseError> {
    let newest: Option<i64> = connection
        .prepare_cached("SELECT token FROM lease WHERE office = ?1")?
        .query_row(params![office.as_str()], |row| row.get(0))
        .optional()?;
    if newest == Some(signed(token)) { Ok(()) } else { Err(DatabaseError::Fenced) }
}

impl Database for Sqlite {
    fn keep_proof(&self, proof: &[u8]) -> Result<Vec<u8>, DatabaseError> {
        self.with(|connection| {
            connection.execute("INSERT INTO proof (one, sealed) VALUES (1, ?1) ON CONFLICT DO NOTHING", [proof])?;
            Ok(connection.query_row("SELECT sealed FROM proof", [], |row| row.get(0))?)
        })
    }

    fn put_office(&self, office: &OfficeNumber, sealed: &[u8], now: Timestamp) -> Result<(), DatabaseError> {
        self.with(|connection| {
            connection.execute(
                "INSERT INTO office (number, sealed, added) VALUES (?1, ?2, ?3)
                 ON CONFLICT (number) DO UPDATE SET sealed = excluded.sealed",
                params![office.as_str(), sealed, signed(now.as_millis())],
            )?;
            Ok(())
        })
    }

    fn office(&self, office: &OfficeNumber) -> Result<Option<Vec<u8>>, DatabaseError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT sealed FROM office WHERE number = ?1")?;
            Ok(statement.query_row([office.as_str()], |row| row.get(0)).optional()?)
        })
    }

    fn offices(&self) -> Result<Vec<OfficeNumber>, DatabaseError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT number FROM office ORDER BY number")?;
            let numbers = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
            Ok(numbers.into_iter().filter_map(|number| number.try_into().ok()).collect())
        })
    }

    fn put_interval(&self, interval: Duration) -> Result<(), DatabaseError> {
        let millis = u64::try_from(interval.as_millis()).unwrap_or(u64::MAX);
        self.with(|connection| {
            connection.execute(
                "INSERT INTO schedule (one, interval) VALUES (1, ?1)
                 ON CONFLICT (one) DO UPDATE SET interval = excluded.interval",
                [signed(millis)],
            )?;
            Ok(())
        })
    }

    fn interval(&self) -> Result<Option<Duration>, DatabaseError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT interval FROM schedule")?;
            let millis: Option<i64> = statement.query_row([], |row| row.get(0)).optional()?;
            Ok(millis.map(|millis| Duration::from_millis(unsigned(millis))))
        })
    }

    fn acquire(&self, office: &OfficeNumber, now: Timestamp, until: Timestamp) -> Result<Acquired, DatabaseError> {
        self.with(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let held: Option<(i64, i64)> = transaction
                .prepare_cached("SELECT token, ends FROM lease WHERE office = ?1")?
                .query_row([office.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let token = match held {
                Some((_, ends)) if timestamp(ends) > now => return Ok(Acquired::Busy(timestamp(ends))),
                Some((token, _)) => token + 1,
                None => 1,
            };
            transaction
                .prepare_cached(
                    "INSERT INTO lease (office, token, ends) VALUES (?1, ?2, ?3)
                     ON CONFLICT (office) DO UPDATE SET token = excluded.token, ends = excluded.ends",
                )?
                .execute(params![office.as_str(), token, signed(until.as_millis())])?;
            transaction.commit()?;
            Ok(Acquired::Token(unsigned(token)))
        })
    }

    fn extend(&self, office: &OfficeNumber, token: u64, until: Timestamp) -> Result<(), DatabaseError> {
        self.with(|connection| {
            let changed = connection
                .prepare_cached("UPDATE lease SET ends = ?3 WHERE office = ?1 AND token = ?2")?
                .execute(params![office.as_str(), signed(token), signed(until.as_millis())])?;
            if changed == 1 { Ok(()) } else { Err(DatabaseError::Fenced) }
        })
    }

    fn release(&self, office: &OfficeNumber, token: u64) -> Result<(), DatabaseError> {
        self.with(|connection| {
            connection
                .prepare_cached("UPDATE lease SET token = token + 1, ends = 0 WHERE office = ?1 AND token = ?2")?
                .execute(params![office.as_str(), signed(token)])?;
            Ok(())
        })
    }

    fn holds(&self, office: &OfficeNumber, token: u64) -> Result<(), DatabaseError> {
        self.reading(|connection| newest(connection, office, token))
    }

    fn get(&self, office: &OfficeNumber, token: u64, key: &str) -> Result<Option<Vec<u8>>, DatabaseError> {
        self.reading(|connection| {
            let (newest, sealed): (Option<i64>, Option<Vec<u8>>) = connection
                .prepare_cached(
                    "SELECT (SELECT token FROM lease WHERE office = ?1),
                            (SELECT sealed FROM value WHERE office = ?1 AND key = ?2)",
                )?
                .query_row(params![office.as_str(), key], |row| Ok((row.get(0)?, row.get(1)?)))?;
            if newest == Some(signed(token)) { Ok(sealed) } else { Err(DatabaseError::Fenced) }
        })
    }

    fn write(&self, office: &OfficeNumber, token: u64, writes: &[Write]) -> Result<(), DatabaseError> {
        self.with(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            newest(&transaction, office, token)?;
            for (key, sealed) in writes {
                match sealed {
                    Some(sealed) => transaction
                        .prepare_cached(
                            "INSERT INTO value (office, key, sealed) VALUES (?1, ?2, ?3)
                             ON CONFLICT (office, key) DO UPDATE SET sealed = excluded.sealed",
                        )?
                        .execute(params![office.as_str(), key, sealed])?,
                    None => transaction
                        .prepare_cached("DELETE FROM value WHERE office = ?1 AND key = ?2")?
                        .execute(params![office.as_str(), key])?,
                };
            }
            transaction.commit()?;
            Ok(())
        })
    }

    fn keys(
        &self,
        office: &OfficeNumber,
        token: u64,
        after: Option<u64>,
        limit: u32,
    ) -> Result<KeyPage, DatabaseError> {
        self.with(|connection| {
            let transaction = connection.transaction()?;
            newest(&transaction, office, token)?;
            let mut statement = transaction
                .prepare_cached("SELECT id, key FROM value WHERE office = ?1 AND id > ?2 ORDER BY id LIMIT ?3")?;
            let rows = statement
                .query_map(params![office.as_str(), signed(after.unwrap_or(0)), limit], |row| {
                    Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?))
                })?
                .collect::<Result<Vec<_>, _>>()?;
            let full = rows.len() == limit as usize;
            let next = rows.last().filter(|_| full).map(|(id, _)| unsigned(*id));
            Ok(KeyPage { keys: rows.into_iter().map(|(_, key)| key).collect(), next })
        })
    }

    fn enqueue(&self, office: &OfficeNumber, changes: &[Delivered], now: Timestamp) -> Result<(), DatabaseError> {
        self.with(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for change in changes {
                transaction
                    .prepare_cached(
                        "INSERT INTO change (office, record, deleted, sequence, first, last) VALUES (?1, ?2, ?3, 1, ?4, ?4)
                         ON CONFLICT (office, record) DO UPDATE
                         SET deleted = max(deleted, excluded.deleted), sequence = sequence + 1, last = excluded.last",
                    )?
                    .execute(params![office.as_str(), change.id, change.deleted, signed(now.as_millis())])?;
            }
            transaction.commit()?;
            Ok(())
        })
    }

    fn due(
        &self,
        office: &OfficeNumber,
        quiet_since: Timestamp,
        waiting_since: Timestamp,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<Queued>, DatabaseError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT record, deleted, sequence FROM change WHERE office = ?1 AND (last <= ?2 OR first <= ?3 OR last > ?4)
                 ORDER BY failures, first LIMIT ?5",
            )?;
            let quiet_since = signed(quiet_since.as_millis());
            let waiting_since = signed(waiting_since.as_millis());
            let now = signed(now.as_millis());
            let rows = statement.query_map(params![office.as_str(), quiet_since, waiting_since, now, limit], |row| {
                Ok(Queued { id: row.get(0)?, deleted: row.get(1)?, sequence: unsigned(row.get(2)?) })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    fn waiting(&self) -> Result<Vec<(OfficeNumber, u64)>, DatabaseError> {
        self.with(|connection| {
            let mut statement = connection.prepare_cached("SELECT office, count(*) FROM change GROUP BY office")?;
            let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, unsigned(row.get(1)?))))?;
            let rows = rows.collect::<Result<Vec<_>, _>>()?;
            Ok(rows.into_iter().filter_map(|(office, count)| Some((office.try_into().ok()?, count))).collect())
        })
    }

    fn done(&self, office: &OfficeNumber, changes: &[Queued]) -> Result<(), DatabaseError> {
        self.with(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for change in changes {
                transaction
                    .prepare_cached("DELETE FROM change WHERE office = ?1 AND record = ?2 AND sequence = ?3")?
                    .execute(params![office.as_str(), change.id, signed(change.sequence)])?;
            }
            transaction.commit()?;
            Ok(())
        })
    }

    fn failed(&self, office: &OfficeNumber, changes: &[Queued]) -> Result<(), DatabaseError> {
        self.with(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for change in changes {
                transaction
                    .prepare_cached("UPDATE change SET failures = failures + 1 WHERE office = ?1 AND record = ?2")?
                    .execute(params![office.as_str(), change.id])?;
            }
            transaction.commit()?;
            Ok(())
        })
    }

    fn record_run(&self, office: &OfficeNumber, run: &Run) -> Result<(), DatabaseError> {
        let text = serde_json::to_string(run).map_err(|_| DatabaseError::Failed)?;
        self.with(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            transaction
                .prepare_cached("INSERT INTO run (office, finished, text) VALUES (?1, ?2, ?3)")?
                .execute(params![office.as_str(), signed(run.finished.as_millis()), text])?;
            transaction
                .prepare_cached(
                    "DELETE FROM run WHERE office = ?1
                     AND id <= (SELECT id FROM run WHERE office = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
                )?
                .execute(params![office.as_str(), RUNS_KEPT])?;
            sum_up(&transaction, office, |summary| summary.after(run))?;
            transaction.commit()?;
            Ok(())
        })
    }

    fn runs(&self, office: &OfficeNumber, limit: u32) -> Result<Vec<Run>, DatabaseError> {
        self.with(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT text FROM run WHERE office = ?1 ORDER BY id DESC LIMIT ?2")?;
            let texts = statement
                .query_map(params![office.as_str(), limit], |row| row.get::<_, String>(0))?
                .collect::<Result<Vec<_>, _>>()?;
            Ok(texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect())
        })
    }

    fn record_reached(&self, office: &OfficeNumber, reached: Reached) -> Result<(), DatabaseError> {
        self.with(|connection| {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            sum_up(&transaction, office, |summary| summary.reached(reached))?;
            transaction.commit()?;
            Ok(())
        })
    }

    fn summaries(&self, office: Option<&OfficeNumber>) -> Result<Vec<OfficeSummary>, DatabaseError> {
        self.reading(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT number, added, text FROM office LEFT JOIN summary ON office = number
                 WHERE ?1 IS NULL OR number = ?1 ORDER BY number",
            )?;
            let rows = statement
                .query_map([office.map(OfficeNumber::as_str)], |row| {
                    Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?, row.get::<_, Option<String>>(2)?))
                })?
                .collect::<Result<Vec<_>, _>>()?;
            let of_row = |(number, added, text): (String, i64, Option<String>)| {
                let (office, summary) = (number.try_into().ok()?, text.map(|text| read_summary(&text)));
                Some(OfficeSummary { office, added: timestamp(added), summary: summary.unwrap_or_default() })
            };
            Ok(rows.into_iter().filter_map(of_row).collect())
        })
    }
}
