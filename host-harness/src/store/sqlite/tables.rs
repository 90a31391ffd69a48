//! The tables of the SQLite file, version by version.

use std::collections::BTreeMap;

use rusqlite::{Connection, Transaction, TransactionBehavior, params};

use crate::store::summary::Summary;

/// The version of the tables. A file of a newer one is left alone.
pub(super) const SCHEMA: u32 = 8;

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

/// The fourth tells of a lease who holds it and when that one gave its last sign of life; without an owner it is free.
const LEASES_SINCE_4: &str = "
    ALTER TABLE lease DROP COLUMN ends;
    ALTER TABLE lease ADD COLUMN owner TEXT NOT NULL DEFAULT '';
    ALTER TABLE lease ADD COLUMN start TEXT NOT NULL DEFAULT '';
    ALTER TABLE lease ADD COLUMN since_start INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE lease ADD COLUMN clock INTEGER NOT NULL DEFAULT 0;
";

/// What the fifth has beside them: whether an office is worked for, where a person ever said so.
const TABLES_SINCE_5: &str = "
    CREATE TABLE activity (
        office TEXT PRIMARY KEY, wanted TEXT NOT NULL, since INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
";

/// What the sixth has beside them: what the values of each office take up, counted once and from then on with each write.
const TABLES_SINCE_6: &str = "
    CREATE TABLE used (
        office TEXT PRIMARY KEY, keys INTEGER NOT NULL, bytes INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    INSERT INTO used (office, keys, bytes)
        SELECT office, count(*), sum(octet_length(key) + length(sealed)) FROM value GROUP BY office;
";

/// The seventh keeps with a lease what its owner left for the next one.
const LEASES_SINCE_7: &str = "ALTER TABLE lease ADD COLUMN note TEXT NOT NULL DEFAULT '';";

/// What the eighth has beside them: who may look at the pages, and what was done by whom. Without an office it is the
/// operator. A number of a session is never given twice.
const TABLES_SINCE_8: &str = "
    CREATE TABLE login_link (
        hash BLOB PRIMARY KEY, office TEXT, valid_until INTEGER NOT NULL, ends INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE session (
        number INTEGER PRIMARY KEY AUTOINCREMENT, hash BLOB NOT NULL UNIQUE, office TEXT, since INTEGER NOT NULL,
        until INTEGER NOT NULL
    ) STRICT;
    CREATE TABLE deed (
        id INTEGER PRIMARY KEY, office TEXT NOT NULL, at INTEGER NOT NULL, text TEXT NOT NULL
    ) STRICT;
    CREATE INDEX deed_by_office ON deed (office, id);
";

/// What SQLite needs for a while stays in memory: a container whose root is read-only has no other place for files.
pub(super) fn nothing_beside(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "temp_store", "MEMORY")
}

/// The offices that are not worked for in any direction: by a word that no version knows, too.
pub(super) const INACTIVE: &str = "SELECT office FROM activity
    WHERE wanted NOT IN ('active', 'to-advocaatcentraal-paused', 'to-tribe-paused')";

/// Makes the tables of a new file. Gives the version that the file has.
pub(super) fn prepare(connection: &mut Connection) -> rusqlite::Result<u32> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // What was confirmed must survive a power cut: a delivery that was answered, a refresh token that works once.
    connection.pragma_update(None, "synchronous", "FULL")?;
    nothing_beside(connection)?;
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
        if version < 3 {
            transaction.execute_batch(TABLES_SINCE_3)?;
            add_up(&transaction)?;
        }
        if version < 4 {
            transaction.execute_batch(LEASES_SINCE_4)?;
        }
        if version < 5 {
            transaction.execute_batch(TABLES_SINCE_5)?;
        }
        if version < 6 {
            transaction.execute_batch(TABLES_SINCE_6)?;
        }
        if version < 7 {
            transaction.execute_batch(LEASES_SINCE_7)?;
        }
        transaction.execute_batch(TABLES_SINCE_8)?;
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
