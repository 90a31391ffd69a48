//! The database in one SQLite file: for one machine, any number of processes.

mod copies;
mod failure;
mod leases;
mod logins;
mod numbers;
mod offices;
mod readers;
mod sums;
mod tables;
mod together;
mod values;

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use failure::trouble;
use leases::{newest, newest_of};
use numbers::{signed, timestamp, unsigned};
use readers::{PATIENCE, Readers};
use rusqlite::{Connection, OpenFlags, OptionalExtension, TransactionBehavior, params};
use sums::sum_up;
use tables::{INACTIVE, SCHEMA, prepare};
use together::Together;

use super::database::{
    Acquired, Change, Database, DatabaseError, Delivered, KEPT_FOR, KeyPage, OpenError, Queued, RUNS_KEPT, Write,
};
use super::history::Run;
use super::owner::{Owner, is_gone};
use super::private_file::{Identity, identity, only_mine};
use super::quota::Quota;
use super::trouble::Trouble;
use crate::moment::Moment;
use crate::settings::OfficeNumber;
use crate::timestamp::Timestamp;

/// How long another process may write before it counts as one that keeps the database locked: a transaction takes
/// milliseconds.
const TRY_FOR: Duration = Duration::from_millis(700);

/// What is written to see whether anything can be: the summary of no office, which is gone again at once.
const TRIED: &str = "INSERT INTO summary (office, text) VALUES ('', ''); DELETE FROM summary WHERE office = '';";

pub(super) struct Sqlite {
    file: PathBuf,
    /// They are closed first: the last to be closed takes the log into the file, which only one that writes can.
    readers: Readers,
    /// Which file it was when it was opened.
    identity: Identity,
    together: Together,
    /// This process as an owner of leases, since it asked for the first.
    owner: Mutex<Option<Owner>>,
}

impl Sqlite {
    pub(super) fn open(file: &Path) -> Result<Self, OpenError> {
        // One that is there stays as it is, and what hinders it hinders SQLite too, which says more.
        let _ = only_mine(file);
        // One that is there and cannot be opened may be read, as far as anybody can tell, and not written.
        let trouble = |error: rusqlite::Error| match trouble(&error) {
            Trouble::Gone if file.is_file() => Trouble::ReadOnly,
            trouble => trouble,
        };
        let mut connection = Connection::open(file).map_err(trouble)?;
        connection.busy_timeout(PATIENCE).map_err(trouble)?;
        let found = prepare(&mut connection).map_err(trouble)?;
        if found > SCHEMA {
            return Err(OpenError::Newer { found, known: SCHEMA });
        }
        let identity = identity(file).ok_or(Trouble::Gone)?;
        Ok(Self {
            file: file.to_owned(),
            identity,
            together: Together::new(connection),
            readers: Readers::default(),
            owner: Mutex::default(),
        })
    }

    fn with<T>(&self, operation: impl FnOnce(&mut Connection) -> Result<T, DatabaseError>) -> Result<T, DatabaseError> {
        self.is_in_place()?;
        self.together.alone(operation)
    }

    /// Writes, together with whoever else does at the moment.
    fn writing<T>(&self, operation: impl FnOnce(&Connection) -> Result<T, DatabaseError>) -> Result<T, DatabaseError> {
        self.is_in_place()?;
        self.together.write(operation)
    }
}

impl Sqlite {
    /// That the file is still where it was: one that was moved or removed under us takes all that is written, and nobody finds
    /// it again, nor does anybody find out there that this process works.
    fn is_in_place(&self) -> Result<(), DatabaseError> {
        let same = identity(&self.file).is_some_and(|now| now == self.identity);
        if same { Ok(()) } else { Err(Trouble::Gone.into()) }
    }

    /// The data folder.
    fn folder(&self) -> &Path {
        self.file.parent().unwrap_or(Path::new("."))
    }

    /// The name of this process, which is known to live from now on.
    fn owner(&self) -> Result<String, DatabaseError> {
        let mut owner = self.owner.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(owner) = &*owner {
            return Ok(owner.name().to_owned());
        }
        let entered = Owner::enter(self.folder()).map_err(|error| {
            tracing::warn!(kind = ?error.kind(), "the data folder takes no file that tells that this process works");
            if error.kind() == io::ErrorKind::StorageFull { Trouble::Full } else { Trouble::ReadOnly }
        })?;
        Ok(owner.insert(entered).name().to_owned())
    }

    fn is_gone(&self, owner: &str) -> bool {
        is_gone(self.folder(), owner)
    }

    fn reading<T>(&self, operation: impl FnOnce(&Connection) -> Result<T, DatabaseError>) -> Result<T, DatabaseError> {
        self.readers.read(&self.file, operation)
    }

    /// The same of a file that is where it was: what tells that nothing is there must not come of one that was moved.
    fn reading_here<T>(
        &self,
        operation: impl FnOnce(&Connection) -> Result<T, DatabaseError>,
    ) -> Result<T, DatabaseError> {
        self.is_in_place()?;
        self.reading(operation)
    }
}

fn open_to_write(file: &Path, patience: Duration) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.busy_timeout(patience)?;
    Ok(connection)
}

fn try_write(connection: &mut Connection) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(TRIED)?;
    transaction.commit()
}

impl Database for Sqlite {
    fn keep_proof(&self, proof: &[u8]) -> Result<Vec<u8>, DatabaseError> {
        self.with(|connection| {
            connection.execute("INSERT INTO proof (one, sealed) VALUES (1, ?1) ON CONFLICT DO NOTHING", [proof])?;
            Ok(connection.query_row("SELECT sealed FROM proof", [], |row| row.get(0))?)
        })
    }

    fn try_write(&self) -> Result<(), DatabaseError> {
        self.is_in_place()?;
        // By a connection of its own: whoever writes here may be waiting for the same.
        let tried = open_to_write(&self.file, TRY_FOR).and_then(|mut connection| try_write(&mut connection));
        match tried {
            // This process has it, and the disk takes long.
            Err(error) if trouble(&error) == Trouble::Locked && self.together.is_writing() => {
                self.with(|connection| Ok(try_write(connection)?))
            }
            tried => Ok(tried?),
        }
    }

    fn put_office(&self, office: &OfficeNumber, sealed: &[u8], now: Timestamp) -> Result<(), DatabaseError> {
        self.writing(|connection| {
            connection.execute(
                "INSERT INTO office (number, sealed, added) VALUES (?1, ?2, ?3)
                 ON CONFLICT (number) DO UPDATE SET sealed = excluded.sealed",
                params![office.as_str(), sealed, signed(now.as_millis())],
            )?;
            Ok(())
        })
    }

    fn office(&self, office: &OfficeNumber) -> Result<Option<Vec<u8>>, DatabaseError> {
        self.reading_here(|connection| {
            let mut statement = connection.prepare_cached("SELECT sealed FROM office WHERE number = ?1")?;
            Ok(statement.query_row([office.as_str()], |row| row.get(0)).optional()?)
        })
    }

    fn offices(&self) -> Result<Vec<OfficeNumber>, DatabaseError> {
        self.reading_here(|connection| {
            let mut statement = connection.prepare_cached("SELECT number FROM office ORDER BY number")?;
            let numbers = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
            Ok(numbers.into_iter().filter_map(|number| number.try_into().ok()).collect())
        })
    }

    fn put_interval(&self, interval: Duration) -> Result<(), DatabaseError> {
        let millis = u64::try_from(interval.as_millis()).unwrap_or(u64::MAX);
        self.writing(|connection| {
            connection.execute(
                "INSERT INTO schedule (one, interval) VALUES (1, ?1)
                 ON CONFLICT (one) DO UPDATE SET interval = excluded.interval",
                [signed(millis)],
            )?;
            Ok(())
        })
    }

    fn interval(&self) -> Result<Option<Duration>, DatabaseError> {
        self.reading_here(|connection| {
            let mut statement = connection.prepare_cached("SELECT interval FROM schedule")?;
            let millis: Option<i64> = statement.query_row([], |row| row.get(0)).optional()?;
            Ok(millis.map(|millis| Duration::from_millis(unsigned(millis))))
        })
    }

    fn acquire(&self, office: &OfficeNumber, now: &Moment) -> Result<Acquired, DatabaseError> {
        let owner = self.owner()?;
        self.writing(|connection| leases::acquire(connection, office, (&owner, now), |other| self.is_gone(other)))
    }

    fn enter(&self) -> Result<(), DatabaseError> {
        self.owner().map(drop)
    }

    fn sign(&self, office: &OfficeNumber, token: u64, now: &Moment, note: Option<&str>) -> Result<(), DatabaseError> {
        self.writing(|connection| leases::sign(connection, office, token, (now, note)))
    }

    fn release(&self, office: &OfficeNumber, token: u64, note: Option<&str>) -> Result<(), DatabaseError> {
        self.writing(|connection| leases::release(connection, office, token, note))
    }

    fn holds(&self, office: &OfficeNumber, token: u64) -> Result<(), DatabaseError> {
        self.is_in_place()?;
        self.reading(|connection| newest(connection, office, token))
    }

    fn get(&self, office: &OfficeNumber, token: Option<u64>, key: &str) -> Result<Option<Vec<u8>>, DatabaseError> {
        self.reading(|connection| {
            let (newest, sealed): (Option<i64>, Option<Vec<u8>>) = connection
                .prepare_cached(
                    "SELECT (SELECT token FROM lease WHERE office = ?1),
                            (SELECT sealed FROM value WHERE office = ?1 AND key = ?2)",
                )?
                .query_row(params![office.as_str(), key], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let holds = token.is_none_or(|token| newest == Some(signed(token)));
            if holds { Ok(sealed) } else { Err(DatabaseError::Fenced) }
        })
    }

    fn write(&self, office: &OfficeNumber, token: u64, writes: &[Write], quota: Quota) -> Result<(), DatabaseError> {
        self.writing(|connection| values::write(connection, office, token, writes, quota))
    }

    fn keys(
        &self,
        office: &OfficeNumber,
        token: Option<u64>,
        after: Option<u64>,
        limit: u32,
    ) -> Result<KeyPage, DatabaseError> {
        self.reading_here(|connection| {
            // The check and the page are of one instant.
            let transaction = connection.unchecked_transaction()?;
            newest_of(&transaction, office, token)?;
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
        self.writing(|connection| {
            for change in changes {
                connection
                    .prepare_cached(
                        "INSERT INTO change (office, record, deleted, sequence, first, last)
                         SELECT number, ?2, ?3, 1, ?4, ?4 FROM office WHERE number = ?1
                         ON CONFLICT (office, record) DO UPDATE
                         SET deleted = max(deleted, excluded.deleted), sequence = sequence + 1, last = excluded.last",
                    )?
                    .execute(params![office.as_str(), change.id, change.deleted, signed(now.as_millis())])?;
            }
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
        self.reading_here(|connection| {
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

    fn due_offices(
        &self,
        quiet_since: Timestamp,
        waiting_since: Timestamp,
        now: Timestamp,
    ) -> Result<Vec<(OfficeNumber, bool)>, DatabaseError> {
        self.reading_here(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT office, max(last <= ?1 OR first <= ?2 OR last > ?3) FROM change GROUP BY office",
            )?;
            let quiet_since = signed(quiet_since.as_millis());
            let (waiting_since, now) = (signed(waiting_since.as_millis()), signed(now.as_millis()));
            let rows = statement
                .query_map([quiet_since, waiting_since, now], |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?
                .collect::<Result<Vec<_>, _>>()?;
            Ok(rows.into_iter().filter_map(|(office, is_due)| Some((office.try_into().ok()?, is_due))).collect())
        })
    }

    fn waiting(&self) -> Result<Vec<(OfficeNumber, u64)>, DatabaseError> {
        self.reading_here(|connection| {
            let mut statement = connection.prepare_cached("SELECT office, count(*) FROM change GROUP BY office")?;
            let rows = statement.query_map([], |row| Ok((row.get::<_, String>(0)?, unsigned(row.get(1)?))))?;
            let rows = rows.collect::<Result<Vec<_>, _>>()?;
            Ok(rows.into_iter().filter_map(|(office, count)| Some((office.try_into().ok()?, count))).collect())
        })
    }

    fn oldest_waiting(&self) -> Result<Option<Timestamp>, DatabaseError> {
        self.reading(|connection| {
            let first = format!("SELECT min(first) FROM change WHERE office NOT IN ({INACTIVE})");
            let mut statement = connection.prepare_cached(&first)?;
            let first: Option<i64> = statement.query_row([], |row| row.get(0))?;
            Ok(first.map(timestamp))
        })
    }

    fn done(&self, office: &OfficeNumber, changes: &[Queued]) -> Result<(), DatabaseError> {
        self.writing(|connection| {
            for change in changes {
                connection
                    .prepare_cached("DELETE FROM change WHERE office = ?1 AND record = ?2 AND sequence = ?3")?
                    .execute(params![office.as_str(), change.id, signed(change.sequence)])?;
            }
            Ok(())
        })
    }

    fn failed(&self, office: &OfficeNumber, changes: &[Queued]) -> Result<(), DatabaseError> {
        self.writing(|connection| {
            for change in changes {
                connection
                    .prepare_cached("UPDATE change SET failures = failures + 1 WHERE office = ?1 AND record = ?2")?
                    .execute(params![office.as_str(), change.id])?;
            }
            Ok(())
        })
    }

    fn record_run(&self, office: &OfficeNumber, run: &Run) -> Result<(), DatabaseError> {
        let text = serde_json::to_string(run).map_err(|_| Trouble::Other)?;
        self.writing(|connection| {
            connection
                .prepare_cached(
                    "INSERT INTO run (office, finished, text) SELECT number, ?2, ?3 FROM office WHERE number = ?1",
                )?
                .execute(params![office.as_str(), signed(run.finished.as_millis()), text])?;
            connection
                .prepare_cached(
                    "DELETE FROM run WHERE office = ?1
                     AND id <= (SELECT id FROM run WHERE office = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)",
                )?
                .execute(params![office.as_str(), RUNS_KEPT])?;
            // One by one from the oldest, up to the first that is kept: the others lie all over the file, and are not read.
            let mut oldest = connection.prepare_cached(
                "DELETE FROM run WHERE id = (SELECT id FROM run WHERE office = ?1 ORDER BY id LIMIT 1) AND finished < ?2",
            )?;
            while oldest.execute(params![office.as_str(), signed(run.finished.minus(KEPT_FOR).as_millis())])? > 0 {}
            drop(oldest);
            sum_up(connection, office, |summary| summary.after(run))
        })
    }

    fn runs(&self, office: &OfficeNumber, limit: u32) -> Result<Vec<Run>, DatabaseError> {
        self.reading_here(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT text FROM run WHERE office = ?1 ORDER BY id DESC LIMIT ?2")?;
            let texts = statement
                .query_map(params![office.as_str(), limit], |row| row.get::<_, String>(0))?
                .collect::<Result<Vec<_>, _>>()?;
            Ok(texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect())
        })
    }

    fn sum_up(&self, office: &OfficeNumber, change: Change<'_>) -> Result<(), DatabaseError> {
        self.writing(|connection| sum_up(connection, office, change))
    }
}
