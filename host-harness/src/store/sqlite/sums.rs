//! What the runs of an office add up to, in its table of the SQLite file.

use rusqlite::{Connection, OptionalExtension, params};

use crate::settings::OfficeNumber;
use crate::store::database::DatabaseError;
use crate::store::summary::Summary;
use crate::store::trouble::Trouble;

/// Changes what the runs of an office add up to, within a transaction that is to write.
pub(super) fn sum_up(
    connection: &Connection,
    office: &OfficeNumber,
    change: impl FnOnce(Summary) -> Summary,
) -> Result<(), DatabaseError> {
    let known: Option<String> = connection
        .prepare_cached("SELECT text FROM summary WHERE office = ?1")?
        .query_row([office.as_str()], |row| row.get(0))
        .optional()?;
    let summary = change(known.map(|text| read_summary(&text)).unwrap_or_default());
    let text = serde_json::to_string(&summary).map_err(|_| Trouble::Other)?;
    connection
        .prepare_cached(
            "INSERT INTO summary (office, text) SELECT number, ?2 FROM office WHERE number = ?1
             ON CONFLICT (office) DO UPDATE SET text = excluded.text",
        )?
        .execute(params![office.as_str(), text])?;
    Ok(())
}

/// One that cannot be read is begun anew: the runs that follow fill it.
pub(super) fn read_summary(text: &str) -> Summary {
    serde_json::from_str(text).unwrap_or_default()
}
