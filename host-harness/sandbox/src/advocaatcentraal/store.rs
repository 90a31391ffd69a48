//! What the stand-in holds, whatever it speaks: records with their versions and stamps, counters, versions to hold a
//! write against.

use serde_json::{Map, Value};

use super::office::Office;
use super::one_line::Parts;
use super::record::{List, Record, Table, Version, linked_relaties};
use super::refusal::Refusal;
use super::variants::{ChildEditsMoveParent, Etag, Variants};
use super::wire::Wire;
use crate::counters::{Counters, Written};
use crate::{Instant, Response};

/// One office's data.
pub(super) struct Store {
    pub(super) office: Office,
    pub(super) variants: Variants,
    pub(super) wire: Wire,
    pub(super) relatietypen: Vec<(String, String)>,
    pub(super) relaties: Table,
    pub(super) contactpersonen: Table,
    pub(super) counters: Counters,
    /// Until then every call is one too many.
    pub(super) busy_until: Instant,
    /// Writes that were accepted and are stored at that moment.
    pub(super) accepted: Vec<(Instant, Accepted)>,
}

/// A write that was accepted.
pub(super) struct Accepted {
    pub(super) list: List,
    pub(super) id: String,
    /// What it changes.
    pub(super) taken: Map<String, Value>,
}

impl Store {
    pub(super) fn table(&self, list: List) -> &Table {
        match list {
            List::Relaties => &self.relaties,
            List::Contactpersonen => &self.contactpersonen,
        }
    }

    pub(super) fn table_mut(&mut self, list: List) -> &mut Table {
        match list {
            List::Relaties => &mut self.relaties,
            List::Contactpersonen => &mut self.contactpersonen,
        }
    }

    pub(super) fn record(&self, list: List, id: &str) -> Result<&Record, Refusal> {
        self.table(list).records.get(id).ok_or(Refusal::Unknown)
    }

    /// Makes a new version, and moves the stamps that the variants and the wire say.
    pub(super) fn put(&mut self, now: Instant, list: List, id: &str, mut fields: Map<String, Value>) {
        let moves_parent = self.variants.child_edits_move_parent == ChildEditsMoveParent::Yes;
        let is_part = moves_parent || self.wire.nests_contact_persons();
        if self.wire.has_one_line() {
            Parts::divide(&mut fields);
        }
        let Some(record) = self.table_mut(list).records.get_mut(id) else {
            return;
        };
        let only_addresses = !moves_parent && differs_only_in(&record.current.fields, &fields, "adressen");
        // A clock that was set back does not take a stamp back with it.
        let stamp = now.whole_second().max(record.current.changed);
        let changed = if only_addresses { record.current.changed } else { stamp };
        let mut parents = linked_relaties(&record.current);
        record.put(Version { fields, changed, made: now });
        if list == List::Contactpersonen && is_part {
            parents.extend(linked_relaties(&record.current));
            self.touch(now, parents);
        }
    }

    /// Makes a new version of relations whose contact persons changed.
    pub(super) fn touch(&mut self, now: Instant, mut ids: Vec<String>) {
        ids.sort_unstable();
        ids.dedup();
        for id in ids {
            if let Some(record) = self.relaties.records.get_mut(&id) {
                let changed = now.whole_second().max(record.current.changed);
                record.put(Version { fields: record.current.fields.clone(), changed, made: now });
            }
        }
    }

    /// Stores what a caller of the API sent, and counts it.
    pub(super) fn put_by_api(
        &mut self,
        now: Instant,
        method: &str,
        (list, id): (List, &str),
        fields: Map<String, Value>,
        members: Vec<String>,
    ) {
        self.put(now, list, id, fields);
        self.counters.write(Written {
            at: now,
            method: method.to_owned(),
            set: list.name().to_owned(),
            id: id.to_owned(),
            members,
        });
    }

    /// Whether an `If-Match` lets a write through.
    pub(super) fn matches(&self, record: &Record, if_match: Option<&str>) -> Result<(), Refusal> {
        let Some(expected) = if_match else { return Ok(()) };
        let fits = match self.variants.etag {
            Etag::Yes => expected == "*" || expected == etag(record),
            Etag::No => true,
            Etag::Weak | Etag::NeverFits => expected == "*",
        };
        if fits { Ok(()) } else { Err(Refusal::ChangedInBetween) }
    }

    /// The answer with the record's `ETag`.
    pub(super) fn tagged(&self, record: &Record, response: Response) -> Response {
        match self.variants.etag {
            Etag::Yes => response.with_header("etag", etag(record)),
            Etag::Weak => response.with_header("etag", format!("W/{}", etag(record))),
            Etag::NeverFits => response.with_header("etag", format!("\"{}-gzip\"", record.revision)),
            Etag::No => response,
        }
    }
}

/// A deleted record cannot be read or written by its id (A11).
pub(super) fn gone(record: &Record) -> Result<&Record, Refusal> {
    if record.current.text("status") == "verwijderd" { Err(Refusal::Deleted) } else { Ok(record) }
}

fn etag(record: &Record) -> String {
    format!("\"{}\"", record.revision)
}

fn differs_only_in(before: &Map<String, Value>, after: &Map<String, Value>, field: &str) -> bool {
    let without = |fields: &Map<String, Value>| {
        let mut fields = fields.clone();
        fields.remove(field);
        fields
    };
    before.get(field) != after.get(field) && without(before) == without(after)
}
