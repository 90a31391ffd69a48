//! The life of an office: whether it is worked for, how it stands, and its end.

use rusqlite::{OptionalExtension, TransactionBehavior, params};

use super::Sqlite;
use super::numbers::{signed, timestamp, unsigned};
use super::sums::read_summary;
use super::tables::INACTIVE;
use crate::settings::OfficeNumber;
use crate::store::activity::{Activity, Wanted};
use crate::store::database::{DatabaseError, OfficeSummary, Offices};
use crate::store::quota::Used;
use crate::timestamp::Timestamp;

impl Offices for Sqlite {
    fn put_activity(&self, office: &OfficeNumber, wanted: Wanted, since: Timestamp) -> Result<(), DatabaseError> {
        self.writing(|connection| {
            connection.execute(
                "INSERT INTO activity (office, wanted, since)
                 SELECT number, ?2, ?3 FROM office WHERE number = ?1
                 ON CONFLICT (office) DO UPDATE SET wanted = excluded.wanted, since = excluded.since",
                params![office.as_str(), wanted.name(), signed(since.as_millis())],
            )?;
            Ok(())
        })
    }

    fn activity(&self, office: &OfficeNumber) -> Result<Activity, DatabaseError> {
        self.reading(|connection| {
            let kept = connection
                .prepare_cached("SELECT wanted, since FROM activity WHERE office = ?1")?
                .query_row([office.as_str()], |row| Ok((row.get(0)?, timestamp(row.get(1)?))))
                .optional()?;
            Ok(Activity::stored(kept))
        })
    }

    fn inactive(&self) -> Result<Vec<OfficeNumber>, DatabaseError> {
        self.reading(|connection| {
            let mut statement = connection.prepare_cached(INACTIVE)?;
            let numbers = statement.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
            Ok(numbers.into_iter().filter_map(|number| number.try_into().ok()).collect())
        })
    }

    fn remove_office(&self, office: &OfficeNumber) -> Result<(), DatabaseError> {
        self.with(|connection| {
            // What is deleted is overwritten: the file must not tell of a client's records for years.
            connection.pragma_update(None, "secure_delete", "ON")?;
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            for statement in [
                "DELETE FROM office WHERE number = ?1",
                "DELETE FROM activity WHERE office = ?1",
                "DELETE FROM value WHERE office = ?1",
                "DELETE FROM change WHERE office = ?1",
                "DELETE FROM run WHERE office = ?1",
                "DELETE FROM summary WHERE office = ?1",
                "DELETE FROM used WHERE office = ?1",
                "DELETE FROM login_link WHERE office = ?1",
                "DELETE FROM session WHERE office = ?1",
                "DELETE FROM deed WHERE office = ?1",
                "UPDATE lease SET token = token + 1, owner = '', note = '' WHERE office = ?1",
            ] {
                transaction.execute(statement, [office.as_str()])?;
            }
            transaction.commit()?;
            // As far as nobody reads in the log just now; who closes the file last does the rest.
            let _ = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()));
            connection.pragma_update(None, "secure_delete", "OFF")?;
            Ok(())
        })
    }

    fn summaries(&self, office: Option<&OfficeNumber>) -> Result<Vec<OfficeSummary>, DatabaseError> {
        self.reading(|connection| {
            let mut statement = connection.prepare_cached(
                "SELECT number, added, text, wanted, since, keys, bytes FROM office
                 LEFT JOIN summary ON summary.office = number LEFT JOIN activity ON activity.office = number
                 LEFT JOIN used ON used.office = number
                 WHERE ?1 IS NULL OR number = ?1 ORDER BY number",
            )?;
            let rows = statement
                .query_map([office.map(OfficeNumber::as_str)], |row| {
                    let said: (Option<String>, Option<i64>) = (row.get(3)?, row.get(4)?);
                    let activity = Activity::stored(said.0.zip(said.1.map(timestamp)));
                    let [keys, bytes] = [row.get(5)?, row.get(6)?].map(|held: Option<i64>| held.map_or(0, unsigned));
                    let known: (String, i64, Option<String>) = (row.get(0)?, row.get(1)?, row.get(2)?);
                    Ok((known, activity, Used { keys, bytes }))
                })?
                .collect::<Result<Vec<_>, _>>()?;
            let rows = rows.into_iter().filter_map(|((number, added, text), activity, used)| {
                let (office, added) = (number.try_into().ok()?, timestamp(added));
                let summary = text.map(|text| read_summary(&text)).unwrap_or_default();
                Some(OfficeSummary { office, added, activity, summary, used })
            });
            Ok(rows.collect())
        })
    }
}
