//! Reading records with the fields that are synced: by id, by marker, by a text.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::answer::{self, Failure};
use crate::ports::Response;
use crate::relation::TribeId;
use crate::tribe::client::{Call, Client, List, PAGE_SIZE, as_reading};
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
    pub found: BTreeMap<TribeId, Record>,
    /// Those without a usable answer, though each was asked for by itself.
    pub unread: BTreeMap<TribeId, Failure>,
}

impl Client<'_> {
    /// Reads records by id, a hundred at a time, with the fields that are synced. What is not there is left out. Where
    /// a hundred get no usable answer each is asked for by itself, so that one of them keeps no other back.
    pub fn read(&self, entity: Entity, ids: &[TribeId]) -> Result<Read, Failure> {
        let mut read = Read::default();
        let unread = self.read_together(entity, ids.chunks(PAGE_SIZE), &mut read)?;
        let (alone, together): (Vec<_>, Vec<_>) = unread.into_iter().partition(|(ids, _)| ids.len() == 1);
        let ids: Vec<TribeId> = together.into_iter().flat_map(|(ids, _)| ids.to_vec()).collect();
        let unread = self.read_together(entity, ids.chunks(1), &mut read)?;
        for (ids, failure) in alone.into_iter().chain(unread) {
            read.unread.extend(ids.iter().map(|id| (id.clone(), as_reading(failure.clone()))));
        }
        Ok(read)
    }

    /// The records that bear one of these markers, with the fields that are synced.
    pub fn read_by_markers(&self, entity: Entity, markers: &[String]) -> Result<BTreeMap<String, Record>, Failure> {
        let property = &self.settings().marker_property;
        let found = self.whole_by_texts(entity, property, markers)?;
        let bears = |record: Record| Some((record.marker(property)?.to_owned(), record));
        Ok(found.into_iter().filter_map(bears).filter(|(marker, _)| markers.contains(marker)).collect())
    }

    /// The records that bear one of these markers, the oldest first under each. `eq` may disregard case (Tribe:
    /// unknown), so what is found is compared again.
    pub fn by_markers(&self, set: &str, markers: &[String]) -> Result<BTreeMap<String, Vec<Record>>, Failure> {
        let property = &self.settings().marker_property;
        let queries = filters(property, markers).map(|filter| {
            Query::on(set)
                .with("$select", &format!("ID,CreationDate,{property}"))
                .with("$filter", &filter)
                .with("$orderby", "CreationDate,ID")
                .with("$top", &PAGE_SIZE.to_string())
                .finish()
        });
        let mut found: BTreeMap<String, Vec<Record>> = BTreeMap::new();
        for record in self.read_lists(queries.collect())? {
            if let Some(marker) = record.marker(property).filter(|marker| markers.iter().any(|asked| asked == marker)) {
                found.entry(marker.to_owned()).or_default().push(record);
            }
        }
        Ok(found)
    }

    /// The records with one of these texts in a text property, with the fields that are synced and the marker.
    pub fn by_texts(&self, entity: Entity, property: Property, texts: &[String]) -> Result<Vec<Record>, Failure> {
        match property.wire() {
            Wire::Text(name) => self.whole_by_texts(entity, name, texts),
            Wire::FunctionText | Wire::Choice(_) | Wire::HouseNumber => Ok(Vec::new()),
        }
    }

    /// The owners of those among these records that are addresses and have one. Tribe: documented (`Organization`,
    /// `Person`).
    pub fn owners_of_addresses(&self, ids: &[TribeId]) -> Result<Vec<TribeId>, Failure> {
        let queries = ids.chunks(PAGE_SIZE).map(|ids| {
            Query::on(Entity::Address.set())
                .with("$select", "ID")
                .with("$expand", "Organization($select=ID),Person($select=ID)")
                .with("$filter", &query::any(ids.iter().map(query::id_is)))
                .with("$top", &PAGE_SIZE.to_string())
                .finish()
        });
        let addresses = self.read_lists(queries.collect())?;
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
    ) -> Result<BTreeMap<TribeId, TribeId>, Failure> {
        let queries = ids.chunks(PAGE_SIZE).map(|ids| {
            Query::on(set)
                .with("$select", "ID")
                .with("$expand", &format!("{navigation}($select=ID)"))
                .with("$filter", &query::any(ids.iter().map(query::id_is)))
                .with("$orderby", "ID")
                .with("$top", &PAGE_SIZE.to_string())
                .finish()
        });
        let records = self.read_lists(queries.collect())?;
        Ok(records.iter().filter_map(|record| Some((record.id().clone(), record.linked(navigation)?))).collect())
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

    /// Whether a record is there, asked by itself: a list may leave out what it cannot show yet.
    pub fn exists(&self, set: &str, id: &TribeId) -> Result<bool, Failure> {
        match self.get(Query::on(&query::single(set, id)).with("$select", "ID").finish()) {
            Ok(_) => Ok(true),
            Err(Failure::Gone) => Ok(false),
            Err(failure) => Err(failure),
        }
    }

    /// Reads each of these groups with one request; gives those without a usable answer. A server that cannot be
    /// reached, or asks to wait, is a failure of the whole.
    fn read_together<'i>(
        &self,
        entity: Entity,
        groups: impl Iterator<Item = &'i [TribeId]>,
        read: &mut Read,
    ) -> Result<Vec<(&'i [TribeId], Failure)>, Failure> {
        let calls = groups.map(|ids| {
            let query = self
                .select(entity)
                .with("$filter", &query::any(ids.iter().map(query::id_is)))
                .with("$top", &PAGE_SIZE.to_string());
            (ids, Call::get(query.finish()))
        });
        let mut unread = Vec::new();
        self.send_each(calls.collect(), &mut |ids, answer| match records(answer) {
            Ok(records) => read.found.extend(records.into_iter().map(|record| (record.id().clone(), record))),
            Err(failure) => unread.push((ids, failure)),
        })?;
        match unread.iter().find(|(_, failure)| *failure == Failure::Unavailable) {
            Some((_, failure)) => Err(failure.clone()),
            None => Ok(unread),
        }
    }

    fn whole_by_texts(&self, entity: Entity, name: &str, texts: &[String]) -> Result<Vec<Record>, Failure> {
        let selection = format!("{},{}", self.selection(entity), self.settings().marker_property);
        let queries = filters(name, texts).map(|filter| {
            Query::on(entity.set())
                .with("$select", &selection)
                .with("$expand", &self.expands(entity))
                .with("$filter", &filter)
                .with("$orderby", "CreationDate desc,ID")
                .with("$top", &PAGE_SIZE.to_string())
                .finish()
        });
        self.read_lists(queries.collect())
    }

    fn read_lists(&self, queries: Vec<String>) -> Result<Vec<Record>, Failure> {
        let mut records = Vec::new();
        let mut failed = None;
        let calls = queries.into_iter().map(|query| ((), Call::get(query)));
        self.send_each(calls.collect(), &mut |(), answer| match self::records(answer) {
            Ok(more) => records.extend(more),
            Err(failure) => failed = Some(failure),
        })?;
        failed.map_or(Ok(records), |failure| Err(as_reading(failure)))
    }

    /// The query for the synced fields of an entity, and nothing else.
    fn select(&self, entity: Entity) -> Query {
        Query::on(entity.set()).with("$select", &self.selection(entity)).with("$expand", &self.expands(entity))
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

/// The records of a list's answer.
fn records(answer: Result<Response, Failure>) -> Result<Vec<Record>, Failure> {
    let list: List = answer::json(&answer?)?;
    list.rows.into_iter().map(Record::new).collect()
}

/// Conditions that a text property is one of these texts, each short enough for a URL.
fn filters(property: &str, texts: &[String]) -> impl Iterator<Item = String> {
    let mut filters: Vec<Vec<String>> = Vec::new();
    let mut length = 0;
    for text in texts {
        let condition = query::text_is(property, text);
        let encoded = query::encoded_length(&condition) + query::encoded_length(" or ");
        length += encoded;
        match filters.last_mut() {
            Some(conditions) if conditions.len() < TEXTS_AT_ONCE && length <= LONGEST_FILTER => {
                conditions.push(condition)
            }
            _ => {
                filters.push(vec![condition]);
                length = encoded;
            }
        }
    }
    filters.into_iter().map(query::any)
}
