//! Reading records with the fields that are synced: by id, by marker, by a text.

use std::fmt::Write;

use litemap::LiteMap;

use crate::answer::{self, Failure};
use crate::ports::Response;
use crate::relation::TribeId;
use crate::set::Set;
use crate::tribe::client::{Call, Client, List, PAGE_SIZE};
use crate::tribe::entity::{AddressSlot, Entity, Property, RelationKind, Wire, properties};
use crate::tribe::query::{self, Query};
use crate::tribe::record::Record;
use crate::tribe::settings::Kvk;

/// Texts asked for at once, half a page, so that a few of them may be found twice; and how long the conditions on them
/// may be together: with the rest the URL stays below 8,000 bytes, which every proxy takes.
const TEXTS_AT_ONCE: usize = PAGE_SIZE / 2;
const LONGEST_FILTER: usize = 6_000;

/// What came of reading records by id.
#[derive(Debug, Default)]
pub struct Read {
    /// Those that are there.
    pub found: LiteMap<TribeId, Record>,
    /// Those without a usable answer, though each was asked for by itself.
    pub unread: LiteMap<TribeId, Failure>,
}

/// What came of asking for groups of records, a group with each request.
#[derive(Default)]
struct Groups<'i> {
    unread: Vec<(Entity, &'i [TribeId], Failure)>,
    /// Records that a list left out while it held rows that nobody needed, or more than one answer holds.
    kept_back: Vec<(Entity, TribeId)>,
}

impl Client<'_> {
    /// Reads records by id, a hundred at a time, with the fields that are synced. What is not there is left out. Where
    /// a hundred get no usable answer each is asked for by itself, so that one of them keeps no other back; and so is
    /// each that a list left out for rows that it repeated.
    pub fn read(&self, wanted: &[(Entity, Vec<TribeId>)]) -> Result<Read, Failure> {
        let mut read = Read::default();
        let pages = wanted.iter().flat_map(|(entity, ids)| ids.chunks(PAGE_SIZE).map(|ids| (*entity, ids)));
        let Groups { unread, kept_back } = self.read_together(pages, &mut read)?;
        let (alone, together): (Vec<_>, Vec<_>) = unread.into_iter().partition(|(_, ids, _)| ids.len() == 1);
        let of_each = together.into_iter().flat_map(|(entity, ids, _)| ids.iter().map(move |id| (entity, id.clone())));
        let again: Vec<(Entity, TribeId)> = of_each.chain(kept_back).collect();
        let singles = again.iter().map(|(entity, id)| (*entity, std::slice::from_ref(id)));
        let Groups { unread, .. } = self.read_together(singles, &mut read)?;
        for (_, ids, failure) in alone.into_iter().chain(unread) {
            for id in ids {
                read.unread.insert(id.clone(), failure.clone().of_reading());
            }
        }
        Ok(read)
    }

    /// Reads one record, asked for by itself: a list may leave out what it cannot show yet. None if it is not there.
    pub fn read_one(&self, entity: Entity, id: &TribeId) -> Result<Option<Record>, Failure> {
        let query = self.fields_of(entity, Query::on(&query::single(entity.set(), id)));
        match self.get(query.finish()) {
            Ok(response) => match Record::new(answer::json(&response)?)? {
                record if record.id() == id => Ok(Some(record)),
                _ => Err(Failure::NotUnderstood),
            },
            Err(Failure::Gone) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// The records that bear one of these markers, with the fields that are synced.
    pub fn read_by_markers(
        &self,
        wanted: &[(Entity, Vec<String>)],
    ) -> Result<LiteMap<(Entity, String), Record>, Failure> {
        let property = &self.settings().marker_property;
        let found = self.whole_by_texts(property, wanted)?;
        let bears = |(entity, record): (Entity, Record)| {
            let marker = record.marker(property)?.to_owned();
            is_asked(wanted, &entity, &marker).then_some(((entity, marker), record))
        };
        Ok(found.into_iter().filter_map(bears).collect())
    }

    /// The records of these sets that bear one of these markers, the oldest first under each. `eq` may disregard case
    /// (Tribe: unknown), so what is found is compared again.
    pub fn by_markers(
        &self,
        wanted: &[(String, Vec<String>)],
    ) -> Result<LiteMap<(String, String), Vec<Record>>, Failure> {
        let property = &self.settings().marker_property;
        let records = self.read_by_texts(property, wanted, |set: &String, filter| {
            Query::on(set)
                .with("$select", &format!("ID,CreationDate,{property}"))
                .with("$filter", filter)
                .with("$orderby", "CreationDate,ID")
        })?;
        let mut found: LiteMap<(String, String), Vec<Record>> = LiteMap::new();
        for (set, record) in records {
            if let Some(marker) = record.marker(property).filter(|marker| is_asked(wanted, &set, marker)) {
                found.entry((set, marker.to_owned())).or_default().push(record);
            }
        }
        Ok(found)
    }

    /// The records with one of these texts in a text property, with the fields that are synced and the marker.
    pub fn by_texts(&self, entity: Entity, property: Property, texts: Vec<String>) -> Result<Vec<Record>, Failure> {
        match property.wire() {
            Wire::Text(name) => {
                let found = self.whole_by_texts(name, &[(entity, texts)])?;
                Ok(found.into_iter().map(|(_, record)| record).collect())
            }
            Wire::FunctionText | Wire::Choice(_) | Wire::HouseNumber => Ok(Vec::new()),
        }
    }

    /// The owners of those among these records that are addresses and have one. Tribe: documented (`Organization`,
    /// `Person`).
    pub fn owners_of_addresses(&self, ids: &[TribeId]) -> Result<Vec<TribeId>, Failure> {
        let of = || {
            let query = Query::on(Entity::Address.set()).with("$select", "ID");
            query.with("$expand", "Organization($select=ID),Person($select=ID)")
        };
        let addresses = self.rows_of_ids(ids, of)?;
        let owners = [RelationKind::Organization, RelationKind::Person];
        let of_each = addresses.iter().flat_map(|address| owners.map(|owner| address.linked(owner.navigation())));
        Ok(of_each.flatten().collect())
    }

    /// The records behind that navigation property of these, by the id of each; what is not there is left out.
    pub fn records_behind(
        &self,
        set: &str,
        ids: &[TribeId],
        navigation: &str,
    ) -> Result<LiteMap<TribeId, TribeId>, Failure> {
        let of = || Query::on(set).with("$select", "ID").with("$expand", &format!("{navigation}($select=ID)"));
        let records = self.rows_of_ids(ids, of)?;
        Ok(records.iter().filter_map(|record| Some((record.id().clone(), record.linked(navigation)?))).collect())
    }

    /// The rows of these ids, a page at a time.
    fn rows_of_ids(&self, ids: &[TribeId], query: impl Fn() -> Query) -> Result<Vec<Record>, Failure> {
        let calls = ids.chunks(PAGE_SIZE).map(|ids| ((), Call::get(by_ids(query(), ids))));
        let (mut rows, mut failed) = (Vec::new(), None);
        self.send_each(calls.collect(), &mut |(), answer| match records(answer) {
            Ok(more) => rows.extend(more),
            Err(failure) => failed = Some(failure),
        })?;
        failed.map_or(Ok(rows), |failure| Err(failure.of_reading()))
    }

    /// Whether a relationship has a record behind that navigation property; none if it does not show itself.
    pub fn holds(&self, set: &str, id: &TribeId, navigation: &str) -> Result<Option<bool>, Failure> {
        let query = Query::on(&query::single(set, id))
            .with("$select", "ID")
            .with("$expand", &format!("{navigation}($select=ID)"))
            .finish();
        match self.get(query) {
            Ok(response) => Ok(Some(Record::new(answer::json(&response)?)?.linked(navigation).is_some())),
            Err(Failure::Gone) => Ok(None),
            Err(failure) => Err(failure),
        }
    }

    /// Reads each of these groups with one request. A server that cannot be reached, or asks to wait, is a failure of
    /// the whole.
    fn read_together<'i>(
        &self,
        groups: impl Iterator<Item = (Entity, &'i [TribeId])>,
        read: &mut Read,
    ) -> Result<Groups<'i>, Failure> {
        let call = |entity: Entity, ids| Call::get(by_ids(self.fields_of(entity, Query::on(entity.set())), ids));
        let calls = groups.map(|(entity, ids)| ((entity, ids), call(entity, ids)));
        let mut groups = Groups::default();
        self.send_each(calls.collect(), &mut |(entity, ids), answer| match records(answer) {
            Ok(records) => {
                let rows = records.len();
                let found: LiteMap<_, _> = records.into_iter().map(|record| (record.id().clone(), record)).collect();
                let missing = ids.iter().filter(|id| !found.contains_key(id));
                // Each row once and nothing else: what is not among them is not there.
                if rows > ids.iter().filter(|id| found.contains_key(id)).count() {
                    groups.kept_back.extend(missing.map(|id| (entity, id.clone())));
                }
                for (id, record) in found {
                    read.found.insert(id, record);
                }
            }
            Err(failure) => groups.unread.push((entity, ids, failure)),
        })?;
        match groups.unread.iter().find(|(.., failure)| failure.is_unavailable()) {
            Some((.., failure)) => Err(failure.clone()),
            None => Ok(groups),
        }
    }

    fn whole_by_texts(&self, name: &str, wanted: &[(Entity, Vec<String>)]) -> Result<Vec<(Entity, Record)>, Failure> {
        self.read_by_texts(name, wanted, |entity, filter| {
            self.fields_of(*entity, Query::on(entity.set()))
                .with("$filter", filter)
                .with("$orderby", "CreationDate desc,ID")
        })
    }

    /// The records of each list with one of these texts in a text property. An answer that is full does not tell of the
    /// texts that it does not show: these are asked for again, half of them at a time.
    fn read_by_texts<L: Clone>(
        &self,
        property: &str,
        wanted: &[(L, Vec<String>)],
        query: impl Fn(&L, &str) -> Query,
    ) -> Result<Vec<(L, Record)>, Failure> {
        let of_list = |(list, texts): &(L, Vec<String>)| {
            let list = list.clone();
            groups(property, texts).into_iter().map(move |texts| (list.clone(), texts))
        };
        let mut waiting: Vec<(L, Vec<String>)> = wanted.iter().flat_map(of_list).collect();
        let mut found = Vec::new();
        while !waiting.is_empty() {
            let calls = std::mem::take(&mut waiting).into_iter().map(|(list, texts)| {
                let filter = query::any(texts.iter().map(|text| query::text_is(property, text)));
                let call = Call::get(query(&list, &filter).with("$top", &PAGE_SIZE.to_string()).finish());
                ((list, texts), call)
            });
            let mut failed = None;
            self.send_each(calls.collect(), &mut |(list, texts), answer| match records(answer) {
                Ok(rows) => {
                    let shown: Set<&str> = rows.iter().filter_map(|row| row.other_text(property)).collect();
                    let several = texts.len() > 1;
                    let unshown: Vec<String> =
                        texts.into_iter().filter(|text| !shown.contains(text.as_str())).collect();
                    if several && rows.len() >= PAGE_SIZE && !unshown.is_empty() {
                        let half = unshown.len().div_ceil(2);
                        waiting.extend(unshown.chunks(half).map(|texts| (list.clone(), texts.to_vec())));
                    }
                    found.extend(rows.into_iter().map(|row| (list.clone(), row)));
                }
                Err(failure) => failed = Some(failure),
            })?;
            if let Some(failure) = failed {
                return Err(failure.of_reading());
            }
        }
        Ok(found)
    }

    /// The query with the synced fields of an entity and its marker, and nothing else.
    fn fields_of(&self, entity: Entity, query: Query) -> Query {
        let selection = format!("{},{}", self.selection(entity), self.settings().marker_property);
        query.with("$select", &selection).with("$expand", &self.expands(entity))
    }

    fn expands(&self, entity: Entity) -> String {
        match entity {
            Entity::Organization => self.expand_addresses(RelationKind::Organization),
            Entity::Person => format!("Gender($select=ID),{}", self.expand_addresses(RelationKind::Person)),
            Entity::Contact => "Person($select=ID),Relation($select=ID)".to_owned(),
            Entity::Address => "Country($select=ID)".to_owned(),
        }
    }

    fn expand_addresses(&self, kind: RelationKind) -> String {
        let selection = self.selection(Entity::Address);
        let expand =
            |slot: &AddressSlot| format!("{}($select={selection};$expand=Country($select=ID))", slot.navigation());
        AddressSlot::of(kind).iter().map(expand).collect::<Vec<_>>().join(",")
    }

    fn selection(&self, entity: Entity) -> String {
        let mut names = "ID,CreationDate,LastMutationDate".to_owned();
        for property in properties(entity) {
            let name = match property.wire() {
                Wire::Text(_)
                    if *property == Property::ChamberOfCommerceNumber && self.settings().kvk == Kvk::NotLinked =>
                {
                    continue;
                }
                Wire::Text(name) => name,
                Wire::FunctionText => &self.settings().function_property,
                Wire::HouseNumber => "HouseNumber,HouseNumberSuffix",
                Wire::Choice(_) => continue,
            };
            // Writing to a String cannot fail.
            let _ = write!(names, ",{name}");
        }
        names
    }
}

/// Whether that list was asked for that text.
fn is_asked<L: PartialEq>(wanted: &[(L, Vec<String>)], list: &L, text: &str) -> bool {
    wanted.iter().any(|(of, texts)| of == list && texts.iter().any(|asked| asked == text))
}

/// The records of a list's answer.
fn records(answer: Result<Response, Failure>) -> Result<Vec<Record>, Failure> {
    let list: List = answer::json(&answer?)?;
    list.rows.into_iter().map(Record::new).collect()
}

/// The query for the records of these ids, at most a page of them. A list without a total order may repeat a row in place
/// of another. Tribe: seen.
fn by_ids(query: Query, ids: &[TribeId]) -> String {
    let filter = query::any(ids.iter().map(query::id_is));
    query.with("$filter", &filter).with("$orderby", "ID").with("$top", &PAGE_SIZE.to_string()).finish()
}

/// Texts in groups, each so small that the conditions on them fit a URL.
fn groups(property: &str, texts: &[String]) -> Vec<Vec<String>> {
    let mut groups: Vec<Vec<String>> = Vec::new();
    let mut length = 0;
    for text in texts {
        let encoded = query::encoded_length(&query::text_is(property, text)) + query::encoded_length(" or ");
        length += encoded;
        match groups.last_mut() {
            Some(group) if group.len() < TEXTS_AT_ONCE && length <= LONGEST_FILTER => group.push(text.clone()),
            _ => {
                groups.push(vec![text.clone()]);
                length = encoded;
            }
        }
    }
    groups
}
