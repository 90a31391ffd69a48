//! The component's values, and what they take up, counted beside them with each write.

use rusqlite::{Connection, OptionalExtension, params};

use super::leases::newest;
use super::numbers::{signed, unsigned};
use crate::settings::OfficeNumber;
use crate::store::database::{DatabaseError, Write};
use crate::store::quota::{Quota, Used};

pub(super) fn write(
    connection: &Connection,
    office: &OfficeNumber,
    token: u64,
    writes: &[Write],
    quota: Quota,
) -> Result<(), DatabaseError> {
    newest(connection, office, token)?;
    let before = used(connection, office)?;
    let mut after = before;
    for (key, sealed) in writes {
        // The length stands in the row's header: nothing of a long value is read.
        let known: Option<i64> = connection
            .prepare_cached("SELECT length(sealed) FROM value WHERE office = ?1 AND key = ?2")?
            .query_row(params![office.as_str(), key], |row| row.get(0))
            .optional()?;
        after = after.with(key.len() as u64, known.map(unsigned), sealed.as_ref().map(|sealed| sealed.len() as u64));
        match sealed {
            Some(sealed) => connection
                .prepare_cached(
                    "INSERT INTO value (office, key, sealed) VALUES (?1, ?2, ?3)
                     ON CONFLICT (office, key) DO UPDATE SET sealed = excluded.sealed",
                )?
                .execute(params![office.as_str(), key, sealed])?,
            None => connection
                .prepare_cached("DELETE FROM value WHERE office = ?1 AND key = ?2")?
                .execute(params![office.as_str(), key])?,
        };
    }
    if !after.may_follow(before, quota) {
        return Err(DatabaseError::OfficeFull(quota));
    }
    if after != before {
        connection
            .prepare_cached(
                "INSERT INTO used (office, keys, bytes) VALUES (?1, ?2, ?3)
                 ON CONFLICT (office) DO UPDATE SET keys = excluded.keys, bytes = excluded.bytes",
            )?
            .execute(params![office.as_str(), signed(after.keys), signed(after.bytes)])?;
    }
    Ok(())
}

fn used(connection: &Connection, office: &OfficeNumber) -> Result<Used, DatabaseError> {
    let used = connection
        .prepare_cached("SELECT keys, bytes FROM used WHERE office = ?1")?
        .query_row([office.as_str()], |row| Ok(Used { keys: unsigned(row.get(0)?), bytes: unsigned(row.get(1)?) }))
        .optional()?;
    Ok(used.unwrap_or_default())
}
