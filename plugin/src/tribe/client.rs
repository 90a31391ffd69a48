//! Requests to Tribe's OData API.

use std::fmt::Write;
use std::ops::ControlFlow;

use crate::answer::{self, Failure};
use crate::encoding::{Encoded, encoded_as_word};
use crate::json::Json;
use crate::ports::{Method, Ports, Request, Response};
use crate::relation::{Instant, TribeId};
use crate::secret::Secret;
use crate::sorted::SortedMap;
use crate::tribe::entity::{AddressSlot, Entity, Property, RelationKind, Wire, properties};
use crate::tribe::login::{self, Flow, Login, Standing};
use crate::tribe::query::{self, Query};
use crate::tribe::{Edit, Metadata, Record};

/// The most rows that one answer holds. Tribe: documented.
pub const PAGE_SIZE: usize = 100;
/// Texts asked for at once, and how long the conditions on them may be together: with the rest the URL stays below
/// 8,000 bytes, which every proxy takes.
const TEXTS_AT_ONCE: usize = 100;
const LONGEST_FILTER: usize = 6_000;
/// Requests under way at once. Tribe: seen (ten in a client that runs daily).
const IN_FLIGHT: usize = 10;
/// So many requests in a row without a usable answer, and it is the system, not the records.
const FAILURES_IN_A_ROW: usize = 5;

/// Where Tribe is and how its tenant is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// For instance `https://api.tribecrm.nl`, without a slash at the end. Tribe: documented.
    pub url: String,
    /// For instance `https://auth.tribecrm.nl`, without a slash at the end. Tribe: documented.
    pub auth_url: String,
    /// How the connector logs in.
    pub flow: Flow,
    /// Of the application that an administrator made in Tribe.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
    /// The text property that holds the marker: `ImportId` (Tribe: seen), or a custom field.
    pub marker_property: String,
    /// The text property of a contact that holds the function. Tribe: unknown, tenant by tenant.
    pub function_property: String,
    /// Whether the office uses Tribe's KvK link; only then is the number read or written.
    pub kvk: Kvk,
}

impl Settings {
    /// Whose login that is, by everything but the secret: what is kept for one is no good for another.
    pub(super) fn tenant(&self) -> String {
        format!("{} {} {} {}", self.url, self.auth_url, self.flow.as_str(), self.client_id)
    }

    /// Where a person consents, and to which address the browser is sent back.
    pub fn consent_url(&self, redirect_uri: &str, state: &str) -> String {
        login::consent_url(self, redirect_uri, state)
    }
}

/// Whether the KvK number is synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kvk {
    /// The office uses Tribe's KvK link.
    Linked,
    /// It does not: the field is neither read nor written.
    NotLinked,
}

/// A record to create.
#[derive(Debug)]
pub struct Create {
    /// The entity set.
    pub set: String,
    /// The body.
    pub edit: Edit,
}

/// Fields to change on one record.
#[derive(Debug)]
pub struct Update {
    /// The entity set.
    pub set: String,
    /// Of which record.
    pub id: TribeId,
    /// The body.
    pub edit: Edit,
}

/// What Tribe says of a change that it carried out.
#[derive(Debug)]
pub struct Stored {
    /// The record; none where Tribe does not say (204).
    pub record: Option<Record>,
    /// Tribe's clock.
    pub server_time: Option<Instant>,
}

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

/// What came of reading records by id.
#[derive(Debug, Default)]
pub struct Read {
    /// Those that are there.
    pub found: SortedMap<TribeId, Record>,
    /// Those without a usable answer, though each was asked for by itself.
    pub unread: SortedMap<TribeId, Failure>,
}

pub(super) struct Call {
    method: Method,
    /// Below the API's root, with a slash in front.
    path: String,
    body: Vec<u8>,
}

impl Call {
    fn get(target: String) -> Self {
        Self::odata(Method::Get, &target, Vec::new())
    }

    fn odata(method: Method, target: &str, body: Vec<u8>) -> Self {
        Self { method, path: format!("/v1/odata/{target}"), body }
    }

    /// All webhooks, or the one with that id. Tribe: documented.
    pub(super) fn webhooks(method: Method, id: &str, body: Vec<u8>) -> Self {
        let path = if id.is_empty() { "/v1/webhooks".to_owned() } else { format!("/v1/webhooks/{id}") };
        Self { method, path, body }
    }
}

/// The answer of a list.
struct List {
    rows: Vec<Json>,
    /// How many there are in all; none where that was not asked for.
    count: Option<usize>,
    has_next_link: bool,
}

impl List {
    fn of(response: &Response) -> Result<Self, Failure> {
        let Json::Object(mut list) = answer::json(response)? else { return Err(Failure::NotUnderstood) };
        let Some(Json::List(rows)) = list.take("value") else { return Err(Failure::NotUnderstood) };
        let count = list.get("@odata.count").map_or(Some(None), Encoded::decode).ok_or(Failure::NotUnderstood)?;
        let has_next_link = list.get("@odata.nextLink").is_some_and(|link| !link.is_null());
        Ok(Self { rows, count, has_next_link })
    }
}

/// What asking for more than [`PAGE_SIZE`] rows does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PageLimit {
    /// That many come.
    Clipped,
    /// That many come, with a link to the next. The link is not used.
    Linked,
    /// Another number comes.
    Another,
    /// The question is refused. It is never asked but by the check.
    Refused,
}

encoded_as_word!(PageLimit { Clipped = "clipped", Linked = "linked", Another = "another", Refused = "refused" });

/// Requests to one tenant.
pub struct Client<'a> {
    login: Login<'a>,
}

impl<'a> Client<'a> {
    /// A client that keeps its tokens under that key of the store.
    pub fn new(ports: Ports<'a>, settings: &'a Settings, token_key: String) -> Self {
        Self { login: Login { ports, settings, key: token_key } }
    }

    /// The settings in use.
    pub fn settings(&self) -> &'a Settings {
        self.login.settings
    }

    /// How the login stands, by what is kept.
    pub fn standing(&self) -> Result<Standing, Failure> {
        self.login.standing()
    }

    /// Exchanges the code of a person's consent and keeps the login.
    pub fn consent(&self, code: &Secret, redirect_uri: &str) -> Result<(), Failure> {
        self.login.consent(code, redirect_uri)
    }

    /// The relation that is the tenant itself: the parent of every commercial relationship. Tribe: documented.
    pub fn own_organisation(&self) -> Result<TribeId, Failure> {
        let query = Query::on("Relationship_Organization_Identity")
            .with("$select", "ID")
            .with("$expand", "Relation($select=ID)")
            .finish();
        let list = self.list(query)?.0;
        let own = list.rows.into_iter().next().map(Record::new).transpose()?;
        own.and_then(|own| own.linked("Relation")).ok_or(Failure::NotUnderstood)
    }

    /// Whether the login may ask who it is. Tribe: documented.
    pub fn current_employee(&self) -> Result<(), Failure> {
        self.get("GetCurrentEmployee".to_owned()).map(drop)
    }

    /// The tenant's schema. Tribe: documented.
    pub fn metadata(&self) -> Result<Metadata, Failure> {
        let response = self.get("$metadata".to_owned())?;
        Metadata::parse(&response.body).map_err(|_| Failure::NotUnderstood)
    }

    /// What asking for more than [`PAGE_SIZE`] rows does; none if the set has no more. Tribe: documented is the limit,
    /// unknown whether asking for more is refused.
    pub(super) fn page_limit(&self, set: &str) -> Result<Option<PageLimit>, Failure> {
        let more = PAGE_SIZE + 1;
        let query = Query::on(set)
            .with("$select", "ID")
            .with("$orderby", "ID")
            .with("$top", &more.to_string())
            .with("$count", "true")
            .finish();
        match self.list(query) {
            Ok((list, _)) if list.rows.len() == PAGE_SIZE && list.has_next_link => Ok(Some(PageLimit::Linked)),
            Ok((list, _)) if list.count.is_some_and(|count| count >= more) => {
                let clipped = list.rows.len() == PAGE_SIZE;
                Ok(Some(if clipped { PageLimit::Clipped } else { PageLimit::Another }))
            }
            Ok(_) => Ok(None),
            Err(Failure::Refused { .. }) => Ok(Some(PageLimit::Refused)),
            Err(failure) => Err(failure),
        }
    }

    /// The records of a set of which Tribe itself says that they have that text in that property.
    pub(super) fn ids_with_text(&self, set: &str, property: &str, text: &str) -> Result<Vec<TribeId>, Failure> {
        let query = Query::on(set)
            .with("$select", "ID")
            .with("$filter", &query::text_is(property, text))
            .with("$orderby", "ID")
            .with("$top", &PAGE_SIZE.to_string())
            .finish();
        let rows = self.list(query)?.0.rows.into_iter().map(Record::new);
        rows.map(|row| row.map(|row| row.id().clone())).collect()
    }

    /// Every row of a datastore. Tribe: documented (`ID`, `Code`, `Name`, `LocalizedName`).
    pub fn datastore(&self, set: &str) -> Result<Vec<Record>, Failure> {
        let mut rows: SortedMap<TribeId, Record> = SortedMap::new();
        let mut skip = 0;
        loop {
            let query = Query::on(set)
                .with("$select", "ID,Code,Name,LocalizedName")
                .with("$orderby", "ID")
                .with("$top", &PAGE_SIZE.to_string())
                .with("$skip", &skip.to_string())
                .with("$count", "true")
                .finish();
            let list = self.list(query)?.0;
            let (known, length) = (rows.len(), list.rows.len());
            skip += length;
            for value in list.rows {
                let row = Record::new(value)?;
                rows.insert(row.id().clone(), row);
            }
            if list.count == Some(rows.len()) {
                return Ok(rows.into_values().collect());
            }
            // Nothing new and yet not all of it: half a table would make values unknown that are not (F44).
            if rows.len() == known {
                let whole = list.count.is_none();
                return if whole { Ok(rows.into_values().collect()) } else { Err(Failure::NotUnderstood) };
            }
        }
    }

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

    /// Reads each of these groups with one request; gives those without a usable answer. A server that cannot be
    /// reached, or asks to wait, is a failure of the whole.
    fn read_together<'i>(
        &self,
        entity: Entity,
        groups: impl Iterator<Item = &'i [TribeId]>,
        read: &mut Read,
    ) -> Result<Vec<(&'i [TribeId], Failure)>, Failure> {
        let groups: Vec<&[TribeId]> = groups.collect();
        let queries = groups.iter().map(|ids| {
            self.select(entity)
                .with("$filter", &query::any(ids.iter().map(query::id_is)))
                .with("$top", &PAGE_SIZE.to_string())
                .finish()
        });
        let mut unread = Vec::new();
        self.send_each(queries.map(Call::get).collect(), &mut |position, answer| match records(answer) {
            Ok(records) => read.found.extend(records.into_iter().map(|record| (record.id().clone(), record))),
            Err(failure) => unread.extend(groups.get(position).map(|ids| (*ids, failure))),
        })?;
        match unread.iter().find(|(_, failure)| *failure == Failure::Unavailable) {
            Some((_, failure)) => Err(failure.clone()),
            None => Ok(unread),
        }
    }

    /// The records that bear one of these markers, with the fields that are synced.
    pub fn read_by_markers(&self, entity: Entity, markers: &[String]) -> Result<SortedMap<String, Record>, Failure> {
        let property = &self.settings().marker_property;
        let found = self.whole_by_texts(entity, property, markers)?;
        let bears = |record: Record| Some((record.marker(property)?.to_owned(), record));
        Ok(found.into_iter().filter_map(bears).filter(|(marker, _)| markers.contains(marker)).collect())
    }

    /// Whether any organisation or person bears a marker that begins so. Tribe: documented (`startswith`).
    pub fn has_markers(&self, prefix: &str) -> Result<bool, Failure> {
        let filter = query::begins_with(&self.settings().marker_property, prefix);
        for entity in [Entity::Organization, Entity::Person] {
            let query =
                Query::on(entity.set()).with("$select", "ID").with("$filter", &filter).with("$top", "1").finish();
            if !self.list(query)?.0.rows.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
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

    /// The records that bear one of these markers, the oldest first under each. `eq` may disregard case (Tribe:
    /// unknown), so what is found is compared again.
    pub fn by_markers(&self, set: &str, markers: &[String]) -> Result<SortedMap<String, Vec<Record>>, Failure> {
        let property = &self.settings().marker_property;
        let queries = filters(property, markers).map(|filter| {
            Query::on(set)
                .with("$select", &format!("ID,CreationDate,{property}"))
                .with("$filter", &filter)
                .with("$orderby", "CreationDate,ID")
                .with("$top", &PAGE_SIZE.to_string())
                .finish()
        });
        let mut found: SortedMap<String, Vec<Record>> = SortedMap::new();
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

    /// Tribe's own clock; none if it does not tell.
    pub fn server_time(&self) -> Result<Option<Instant>, Failure> {
        Ok(answer::server_time(&self.get("GetCurrentEmployee".to_owned())?))
    }

    /// Creates records and hands over each as it is made. An error of the whole is returned; the creates that were
    /// not handed over by then were not sent.
    pub fn create_each(
        &self,
        creates: Vec<Create>,
        on_each: &mut dyn FnMut(usize, Result<Record, Failure>),
    ) -> Result<(), Failure> {
        let calls = creates.into_iter().map(|create| Call::odata(Method::Post, &create.set, create.edit.to_bytes()));
        self.send_each(calls.collect(), &mut |position, answer| {
            // A success without a record in it still was a success: only a look-up by marker can tell its id.
            let record =
                answer.and_then(|response| answer::json(&response).and_then(Record::new).map_err(|_| Failure::Unknown));
            on_each(position, record);
        })
    }

    /// Changes records and hands over each as it was stored.
    pub fn update_each(
        &self,
        updates: Vec<Update>,
        on_each: &mut dyn FnMut(usize, Result<Stored, Failure>),
    ) -> Result<(), Failure> {
        let calls = updates
            .into_iter()
            .map(|update| Call::odata(Method::Put, &query::single(&update.set, &update.id), update.edit.to_bytes()));
        self.send_each(calls.collect(), &mut |position, answer| {
            on_each(position, answer.and_then(|response| stored(&response)));
        })
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

    fn list(&self, query: String) -> Result<(List, Option<Instant>), Failure> {
        let response = self.get(query)?;
        Ok((List::of(&response)?, answer::server_time(&response)))
    }

    fn read_lists(&self, queries: Vec<String>) -> Result<Vec<Record>, Failure> {
        let mut records = Vec::new();
        let mut failed = None;
        self.send_each(queries.into_iter().map(Call::get).collect(), &mut |_, answer| match self::records(answer) {
            Ok(more) => records.extend(more),
            Err(failure) => failed = Some(failure),
        })?;
        failed.map_or(Ok(records), |failure| Err(as_reading(failure)))
    }

    fn get(&self, target: String) -> Result<Response, Failure> {
        let mut answer = Err(Failure::Unavailable);
        self.send_each(vec![Call::get(target)], &mut |_, result| answer = result)?;
        answer.map_err(as_reading)
    }

    /// Sends with the token of the moment, renews it once when it is refused, and hands over each answer.
    ///
    /// What concerns the connection as a whole (credentials, quota, an address that the host forbids, several
    /// failures in a row) ends it and is returned.
    pub(super) fn send_each(
        &self,
        calls: Vec<Call>,
        on_each: &mut dyn FnMut(usize, Result<Response, Failure>),
    ) -> Result<(), Failure> {
        let now = self.login.ports.clock.now();
        let mut token = self.login.token()?;
        let mut left: Vec<usize> = (0..calls.len()).collect();
        let mut handed_over = vec![false; calls.len()];
        let mut renewed = false;
        loop {
            let requests =
                left.iter().filter_map(|position| calls.get(*position)).map(|call| self.request(call, &token));
            let mut token_refused = false;
            let mut whole = None;
            let mut in_a_row = 0;
            self.login.ports.http.send_each(requests.collect(), IN_FLIGHT, &mut |index, answer| {
                let Some(position) = left.get(index).copied() else {
                    return ControlFlow::Continue(());
                };
                if matches!(&answer, Ok(response) if refuses_the_token(response)) && !renewed {
                    token_refused = true;
                    return ControlFlow::Break(());
                }
                if let Some(handed_over) = handed_over.get_mut(position) {
                    *handed_over = true;
                }
                match answer::sort(answer, now) {
                    Err(failure @ (Failure::Credentials | Failure::Quota(_) | Failure::Forbidden)) => {
                        whole = Some(failure);
                        ControlFlow::Break(())
                    }
                    Err(failure @ (Failure::Unavailable | Failure::Unknown)) => {
                        on_each(position, Err(failure));
                        in_a_row += 1;
                        if in_a_row < FAILURES_IN_A_ROW {
                            return ControlFlow::Continue(());
                        }
                        whole = Some(Failure::Unavailable);
                        ControlFlow::Break(())
                    }
                    answer => {
                        in_a_row = 0;
                        on_each(position, answer);
                        ControlFlow::Continue(())
                    }
                }
            });
            if let Some(failure) = whole {
                return Err(failure);
            }
            if !token_refused {
                return Ok(());
            }
            token = self.login.renew()?;
            renewed = true;
            left.retain(|position| handed_over.get(*position) == Some(&false));
        }
    }

    /// The header is built anew for each attempt: the token may have ended meanwhile.
    fn request(&self, call: &Call, token: &Secret) -> Request {
        let mut headers = vec![
            ("accept".to_owned(), "application/json".to_owned()),
            ("authorization".to_owned(), format!("Bearer {}", token.expose())),
        ];
        if !call.body.is_empty() {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        Request {
            method: call.method,
            url: format!("{}{}", self.settings().url, call.path),
            headers,
            body: call.body.clone(),
        }
    }
}

/// The records of a list's answer.
fn records(answer: Result<Response, Failure>) -> Result<Vec<Record>, Failure> {
    let list = List::of(&answer?)?;
    list.rows.into_iter().map(Record::new).collect()
}

/// Whether the token may be what is refused. Tribe: unknown with which of the two an ended token is answered, and what
/// the body says; a 403 that means something else comes back after one renewal.
fn refuses_the_token(response: &Response) -> bool {
    matches!(response.status, 401 | 403)
}

/// What an update's answer says; an empty one says only that it was carried out. Anything else is a proxy's page (F49): nobody knows
/// whether the update was carried out.
fn stored(response: &Response) -> Result<Stored, Failure> {
    let server_time = answer::server_time(response);
    if response.body.iter().all(u8::is_ascii_whitespace) {
        return Ok(Stored { record: None, server_time });
    }
    let record = answer::json(response).and_then(Record::new).map_err(|_| Failure::Unknown)?;
    Ok(Stored { record: Some(record), server_time })
}

/// A read that may or may not have been carried out can simply be repeated.
fn as_reading(failure: Failure) -> Failure {
    match failure {
        Failure::Unknown => Failure::Unavailable,
        other => other,
    }
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

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
