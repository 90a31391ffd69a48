//! Which records changed, page by page.

use crate::answer::{self, Failure};
use crate::relation::{Instant, TribeId};
use crate::tribe::client::{Client, PAGE_SIZE};
use crate::tribe::entity::{Entity, RelationKind};
use crate::tribe::query::{self, Query};
use crate::tribe::record::Record;

/// One page of records that changed.
#[derive(Debug)]
pub struct Changed {
    /// The records.
    pub rows: Vec<ChangedRow>,
    /// Where to go on; none at the end.
    pub next: Option<String>,
    /// Tribe's clock.
    pub server_time: Option<Instant>,
}

/// A record that changed.
#[derive(Debug)]
pub struct ChangedRow {
    /// The record.
    pub id: TribeId,
    /// What to look at for it: the record itself or, for an address, whose it is.
    pub look_at: Vec<TribeId>,
    /// When it changed.
    pub stamp: Option<Instant>,
}

impl Client<'_> {
    /// Which records changed from that instant on, a page at a time.
    ///
    /// Goes on from the newest stamp of the page, inclusively, since a row that is edited meanwhile moves to the end
    /// and would shift the others past an offset. An offset is used only within one stamp, and among rows that were
    /// never edited and so have none.
    pub fn changed(&self, entity: Entity, from: Instant, after: Option<&str>) -> Result<Changed, Failure> {
        let (from, skip) = after.and_then(parse_place).unwrap_or((from, 0));
        let owners: &[RelationKind] = match entity {
            Entity::Address => &[RelationKind::Organization, RelationKind::Person],
            Entity::Organization | Entity::Person | Entity::Contact => &[],
        };
        let mut query = Query::on(entity.set())
            .with("$select", "ID,CreationDate,LastMutationDate")
            .with("$filter", &query::changed_from(from))
            .with("$orderby", "LastMutationDate,ID")
            .with("$top", &PAGE_SIZE.to_string())
            .with("$skip", &skip.to_string())
            .with("$count", "true");
        if !owners.is_empty() {
            let expand: Vec<String> =
                owners.iter().map(|owner| format!("{}($select=ID)", owner.navigation())).collect();
            query = query.with("$expand", &expand.join(","));
        }
        let (list, server_time) = self.list(query.finish())?;
        let rows = list.rows.into_iter().map(Record::new).collect::<Result<Vec<_>, _>>()?;
        let next = next_place(&rows, list.count, from, skip);
        let rows = rows.iter().map(|row| ChangedRow {
            id: row.id().clone(),
            look_at: match owners {
                [] => vec![row.id().clone()],
                owners => owners.iter().filter_map(|owner| row.linked(owner.navigation())).collect(),
            },
            stamp: row.changed_at(),
        });
        Ok(Changed { rows: rows.collect(), next, server_time })
    }

    /// Tribe's own clock; none if it does not tell.
    pub fn server_time(&self) -> Result<Option<Instant>, Failure> {
        Ok(answer::server_time(&self.get("GetCurrentEmployee".to_owned())?))
    }
}

/// Where the next page of changes begins.
fn next_place(rows: &[Record], count: Option<usize>, from: Instant, skip: usize) -> Option<String> {
    if rows.is_empty() || count.is_some_and(|count| count <= skip + rows.len()) {
        return None;
    }
    let never_edited = rows.iter().any(|row| row.other_text("LastMutationDate").is_none());
    let newest = rows.iter().filter_map(Record::changed_at).max();
    match newest {
        Some(newest) if newest > from && !never_edited => Some(place(newest, 0)),
        _ => Some(place(from, skip + rows.len())),
    }
}

fn place(from: Instant, skip: usize) -> String {
    format!("{}+{skip}", from.as_millis())
}

fn parse_place(text: &str) -> Option<(Instant, usize)> {
    let (from, skip) = text.split_once('+')?;
    Some((Instant::from_millis(from.parse().ok()?), skip.parse().ok()?))
}
