//! Whether AC's records say what a relation must say to be synced, by a few of them: one that does not is passed over,
//! and an office of which each is passed over looks as if there were nothing to do.

use super::{Findings, Verdict};
use crate::advocaatcentraal::{Client, Record, Relatie, RowProblem, Soort, Status};
use crate::answer::Failure;
use crate::relation::RelatieId;
use crate::sync::System;
use crate::wording::Code;

/// So many rows are looked at: less than any list gives at once.
pub(super) const ROWS: u32 = 20;
/// So many are read by themselves, where none of the rows says enough: a row may be lean.
const SINGLES: usize = 5;
/// So many lists of contact persons are asked for.
const PERSON_LISTS: u32 = 5;

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

impl Findings {
    /// Whether anything of AC's relations can be synced at all.
    pub(super) fn of_readable(
        &mut self,
        client: &Client<'_>,
        rows: &[Result<Relatie, RowProblem>],
    ) -> Result<(), Failure> {
        let system = System::AdvocaatCentraal;
        let Some(mut lacking) = lacked_by_all(rows) else { return Ok(()) };
        if lacking != Lacks::Id {
            let ids: Vec<RelatieId> = rows.iter().flatten().take(SINGLES).map(|row| row.id().clone()).collect();
            let read = client.relaties_by_id(&ids, 1)?;
            let singles: Vec<_> = read.into_iter().filter_map(|(_, read)| read.ok()).map(Ok).collect();
            match lacked_by_all(&singles) {
                Some(still) => lacking = still,
                None => return Ok(()),
            }
        }
        self.add_named(Code::NothingToSync, system, Verdict::Fails, vec![lacking.member().to_owned()]);
        Ok(())
    }

    /// Whether contact persons that AC lists below each relation are found there.
    pub(super) fn of_person_lists(&mut self, client: &Client<'_>) -> Result<(), Failure> {
        if client.has_person_lists() {
            client.contactpersonen(None, None, PERSON_LISTS)?;
            if client.found_no_person_list() {
                self.add(Code::NoPersonLists, System::AdvocaatCentraal, Verdict::Differs);
            }
        }
        Ok(())
    }
}
