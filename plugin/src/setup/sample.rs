//! Whether AC's records say what a relation must say to be synced, by a few of them: one that does not is passed over,
//! and an office of which each is passed over looks as if there were nothing to do.

use crate::advocaatcentraal::{Client, Record, Relatie, RowProblem, Soort, Status};
use crate::answer::Failure;
use crate::relation::RelatieId;

/// So many rows are looked at: less than any list gives at once.
pub(super) const ROWS: u32 = 20;
/// So many are read by themselves, where none of the rows says enough: a row may be lean.
const SINGLES: usize = 5;

/// What a relation lacks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Lacks {
    Id,
    Status,
    Kind,
    Types,
}

impl Lacks {
    /// The member of the dialect that says where it stands.
    fn member(self) -> &'static str {
        match self {
            Self::Id => "relations.record.id",
            Self::Status => "relations.record.status",
            Self::Kind => "relations.record.kind",
            Self::Types => "relations.record.types",
        }
    }
}

fn lacks(row: &Result<Relatie, RowProblem>) -> Option<Lacks> {
    match row {
        Err(_) => Some(Lacks::Id),
        Ok(relatie) if relatie.status() == Status::Onbekend => Some(Lacks::Status),
        Ok(relatie) if relatie.soort() == Soort::Onbekend => Some(Lacks::Kind),
        Ok(relatie) if relatie.relatietypen().is_none() => Some(Lacks::Types),
        Ok(_) => None,
    }
}

/// What all of them lack: of the first thing that one lacks, those that lack it.
fn lacked_by_all(rows: &[Result<Relatie, RowProblem>]) -> Option<Lacks> {
    let first = lacks(rows.first()?)?;
    rows.iter().all(|row| lacks(row).is_some()).then_some(first)
}

/// The member of the dialect by which all of AC's relations are passed over, if one is; told by rows of a list and, where
/// none of those says enough, by a few records by themselves.
pub(super) fn wrong_member(
    client: &Client<'_>,
    rows: &[Result<Relatie, RowProblem>],
) -> Result<Option<&'static str>, Failure> {
    match lacked_by_all(rows) {
        None => Ok(None),
        Some(Lacks::Id) => Ok(Some(Lacks::Id.member())),
        Some(_) => {
            let ids: Vec<RelatieId> = rows.iter().flatten().take(SINGLES).map(|row| row.id().clone()).collect();
            let read = client.relaties_by_id(&ids, 1)?;
            let singles: Vec<_> = read.into_iter().filter_map(|(_, read)| read.ok()).map(Ok).collect();
            Ok(lacked_by_all(&singles).map(Lacks::member))
        }
    }
}
