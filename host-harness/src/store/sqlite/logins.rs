//! Who may look at the pages, and what was done by whom.

use rusqlite::{Connection, OptionalExtension, Row, params};

use super::Sqlite;
use super::numbers::{signed, timestamp, unsigned};
use crate::settings::OfficeNumber;
use crate::store::access::{Deed, Ended, Hashed, LoginLink, Session, Whom};
use crate::store::database::{DEEDS_KEPT, DEEDS_KEPT_FOR, DatabaseError, DeedOf, Logins};
use crate::store::trouble::Trouble;
use crate::timestamp::Timestamp;

impl Logins for Sqlite {
    fn put_login_link(&self, link: &LoginLink, deed: &Deed) -> Result<bool, DatabaseError> {
        self.writing(|connection| {
            forget_old(connection, deed.at)?;
            let office = link.whom.office();
            let made = connection
                .prepare_cached(
                    "INSERT INTO login_link (hash, office, valid_until, ends) SELECT ?1, ?2, ?3, ?4
                     WHERE ?2 IS NULL OR EXISTS (SELECT 1 FROM office WHERE number = ?2)",
                )?
                .execute(params![
                    link.hash.0,
                    office.map(OfficeNumber::as_str),
                    signed(link.valid_until.as_millis()),
                    signed(link.ends.as_millis())
                ])?;
            if made > 0 {
                record(connection, office.map_or("", OfficeNumber::as_str), deed)?;
            }
            Ok(made > 0)
        })
    }

    fn spend_login_link(
        &self,
        link: &Hashed,
        (session, before): (&Hashed, Option<&Hashed>),
        now: Timestamp,
        deed: DeedOf<'_>,
    ) -> Result<Option<Session>, DatabaseError> {
        self.writing(|connection| {
            let spent: Option<(Option<String>, i64)> = connection
                .prepare_cached("DELETE FROM login_link WHERE hash = ?1 AND valid_until > ?2 RETURNING office, ends")?
                .query_row(params![link.0, signed(now.as_millis())], |row| Ok((row.get(0)?, row.get(1)?)))
                .optional()?;
            let Some((office, ends)) = spent else { return Ok(None) };
            forget_old(connection, now)?;
            if let Some(before) = before {
                connection.prepare_cached("DELETE FROM session WHERE hash = ?1")?.execute([before.0])?;
            }
            let begun = connection
                .prepare_cached(
                    "INSERT INTO session (hash, office, since, until) VALUES (?1, ?2, ?3, ?4)
                     RETURNING number, office, since, until",
                )?
                .query_row(params![session.0, office, signed(now.as_millis()), ends], as_session)?;
            let Some(begun) = begun else { return Ok(None) };
            record(connection, office.as_deref().unwrap_or_default(), &deed(&begun))?;
            Ok(Some(begun))
        })
    }

    fn session(&self, session: &Hashed, now: Timestamp) -> Result<Option<Session>, DatabaseError> {
        self.reading_here(|connection| {
            let found = connection
                .prepare_cached("SELECT number, office, since, until FROM session WHERE hash = ?1 AND until > ?2")?
                .query_row(params![session.0, signed(now.as_millis())], as_session)
                .optional()?;
            Ok(found.flatten())
        })
    }

    fn sessions(&self, now: Timestamp) -> Result<Vec<Session>, DatabaseError> {
        self.reading_here(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT number, office, since, until FROM session WHERE until > ?1 ORDER BY number")?;
            let rows = statement.query_map([signed(now.as_millis())], as_session)?.collect::<Result<Vec<_>, _>>()?;
            Ok(rows.into_iter().flatten().collect())
        })
    }

    fn end_session(&self, session: &Hashed, deed: &Deed) -> Result<(), DatabaseError> {
        self.writing(|connection| {
            let ended: Option<Option<String>> = connection
                .prepare_cached("DELETE FROM session WHERE hash = ?1 RETURNING office")?
                .query_row([session.0], |row| row.get(0))
                .optional()?;
            match ended {
                Some(office) => record(connection, office.as_deref().unwrap_or_default(), deed),
                None => Ok(()),
            }
        })
    }

    fn end_logins(&self, office: Option<&OfficeNumber>, deed: &Deed) -> Result<Ended, DatabaseError> {
        self.writing(|connection| {
            let number = office.map(OfficeNumber::as_str);
            let mut statement = connection.prepare_cached(
                "SELECT coalesce(office, '') FROM login_link WHERE ?1 IS NULL OR office = ?1
                 UNION SELECT coalesce(office, '') FROM session WHERE ?1 IS NULL OR office = ?1",
            )?;
            let trails = statement.query_map([number], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
            let count = |sql| Ok::<_, DatabaseError>(connection.prepare_cached(sql)?.execute([number])? as u64);
            let links = count("DELETE FROM login_link WHERE ?1 IS NULL OR office = ?1")?;
            let sessions = count("DELETE FROM session WHERE ?1 IS NULL OR office = ?1")?;
            trails.iter().try_for_each(|trail| record(connection, trail, deed))?;
            Ok(Ended { links, sessions })
        })
    }

    fn deeds(&self, office: Option<&OfficeNumber>, limit: u32) -> Result<Vec<Deed>, DatabaseError> {
        self.reading_here(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT text FROM deed WHERE office = ?1 ORDER BY id DESC LIMIT ?2")?;
            let trail = office.map_or("", OfficeNumber::as_str);
            let texts =
                statement.query_map(params![trail, limit], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
            Ok(texts.iter().filter_map(|text| serde_json::from_str(text).ok()).collect())
        })
    }
}

/// None where its office is none of this version: nobody gets in by that.
fn as_session(row: &Row<'_>) -> rusqlite::Result<Option<Session>> {
    let office: Option<String> = row.get(1)?;
    let Ok(office) = office.map(OfficeNumber::try_from).transpose() else { return Ok(None) };
    let (since, until) = (timestamp(row.get(2)?), timestamp(row.get(3)?));
    Ok(Some(Session { number: unsigned(row.get(0)?), whom: Whom::of(office), since, until }))
}

/// Lets those go whose time is over.
fn forget_old(connection: &Connection, now: Timestamp) -> Result<(), DatabaseError> {
    let now = signed(now.as_millis());
    connection.prepare_cached("DELETE FROM login_link WHERE valid_until <= ?1")?.execute([now])?;
    connection.prepare_cached("DELETE FROM session WHERE until <= ?1")?.execute([now])?;
    Ok(())
}

/// Writes into the trail of that office, or into the one of none.
fn record(connection: &Connection, office: &str, deed: &Deed) -> Result<(), DatabaseError> {
    let text = serde_json::to_string(deed).map_err(|_| Trouble::Other)?;
    connection.prepare_cached("INSERT INTO deed (office, at, text) VALUES (?1, ?2, ?3)")?.execute(params![
        office,
        signed(deed.at.as_millis()),
        text
    ])?;
    connection
        .prepare_cached(
            "DELETE FROM deed WHERE office = ?1 AND (at < ?2
             OR id <= (SELECT id FROM deed WHERE office = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?3))",
        )?
        .execute(params![office, signed(deed.at.minus(DEEDS_KEPT_FOR).as_millis()), DEEDS_KEPT])?;
    Ok(())
}
