//! Whose office it is: one row for each office, whose token only grows.

use rusqlite::{Connection, OptionalExtension, params};

use super::numbers::{signed, timestamp, unsigned};
use crate::moment::Moment;
use crate::settings::OfficeNumber;
use crate::store::database::{Acquired, DatabaseError};
use crate::store::lease::{LEASE, Left};

/// A lease as it stands.
struct Held {
    token: i64,
    /// Empty if nobody has it.
    owner: String,
    last_sign: Moment,
    note: String,
}

/// Within a transaction that is to write.
pub(super) fn acquire(
    connection: &Connection,
    office: &OfficeNumber,
    (owner, now): (&str, &Moment),
    is_gone: impl FnOnce(&str) -> bool,
) -> Result<Acquired, DatabaseError> {
    let held = connection
        .prepare_cached("SELECT token, owner, start, since_start, clock, note FROM lease WHERE office = ?1")?
        .query_row([office.as_str()], |row| {
            let last_sign = Moment::stored(row.get(2)?, unsigned(row.get(3)?), timestamp(row.get(4)?));
            Ok(Held { token: row.get(0)?, owner: row.get(1)?, last_sign, note: row.get(5)? })
        })
        .optional()?;
    let (token, left) = match held {
        None => (1, Left { note: String::new(), given_back: true }),
        Some(held) => {
            let is_free = held.owner.is_empty() || held.last_sign.apart(now) >= LEASE || is_gone(&held.owner);
            if !is_free {
                return Ok(Acquired::Busy);
            }
            (held.token + 1, Left { note: held.note, given_back: held.owner.is_empty() })
        }
    };
    connection
        .prepare_cached(
            "INSERT INTO lease (office, token, owner, start, since_start, clock) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (office) DO UPDATE SET token = excluded.token, owner = excluded.owner, start = excluded.start,
             since_start = excluded.since_start, clock = excluded.clock",
        )?
        .execute(params![
            office.as_str(),
            token,
            owner,
            now.start(),
            signed(now.since_start()),
            signed(now.clock().as_millis())
        ])?;
    Ok(Acquired::Token(unsigned(token), left))
}

pub(super) fn sign(
    connection: &Connection,
    office: &OfficeNumber,
    token: u64,
    (now, note): (&Moment, Option<&str>),
) -> Result<(), DatabaseError> {
    let changed = connection
        .prepare_cached(
            "UPDATE lease SET start = ?3, since_start = ?4, clock = ?5, note = coalesce(?6, note)
             WHERE office = ?1 AND token = ?2",
        )?
        .execute(params![
            office.as_str(),
            signed(token),
            now.start(),
            signed(now.since_start()),
            signed(now.clock().as_millis()),
            note
        ])?;
    if changed == 1 { Ok(()) } else { Err(DatabaseError::Fenced) }
}

pub(super) fn release(
    connection: &Connection,
    office: &OfficeNumber,
    token: u64,
    note: Option<&str>,
) -> Result<(), DatabaseError> {
    connection
        .prepare_cached(
            "UPDATE lease SET token = token + 1, owner = '', note = coalesce(?3, note) WHERE office = ?1 AND token = ?2",
        )?
        .execute(params![office.as_str(), signed(token), note])?;
    Ok(())
}

/// That the token is the newest.
pub(super) fn newest(connection: &Connection, office: &OfficeNumber, token: u64) -> Result<(), DatabaseError> {
    let newest: Option<i64> = connection
        .prepare_cached("SELECT token FROM lease WHERE office = ?1")?
        .query_row(params![office.as_str()], |row| row.get(0))
        .optional()?;
    if newest == Some(signed(token)) { Ok(()) } else { Err(DatabaseError::Fenced) }
}

/// The same where there is a token; without one nothing is asked.
pub(super) fn newest_of(
    connection: &Connection,
    office: &OfficeNumber,
    token: Option<u64>,
) -> Result<(), DatabaseError> {
    token.map_or(Ok(()), |token| newest(connection, office, token))
}
