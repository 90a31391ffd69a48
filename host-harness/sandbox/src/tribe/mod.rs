//! The stand-in for Tribe CRM.
//!
//! One [`Tribe::handle`] answers the login (`/oauth2/*`), OData (`/v1/odata/*`) and the webhooks (`/v1/webhooks`).
//! What is documented or seen is played as it is; what is inferred or unknown is a choice of [`Character`], or named
//! as assumed where it lives.
//!
//! Never to be called by the connector, and counted as violations: any `DELETE` below `/v1/odata`, `PATCH`, and a
//! write to a set that only Tribe itself fills.

mod auth;
mod cell;
mod character;
mod computed;
mod declarations;
mod delivery;
mod draft;
mod edm;
mod guid;
mod limits;
mod metadata;
mod model;
mod odd;
mod query;
mod reading;
mod refusal;
mod state;
mod store;
mod tokens;
mod users;
mod webhooks;
mod writing;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Map, Value};

pub use character::{
    AddressEdit, Character, Consent, CountryCodes, CreateAnswer, CustomField, CustomType, Envelope, ExpandedRows,
    ExpiresIn, ExtraProperties, FirstMutationDate, Holders, NestedCreate, Null, OverlongPage, ParentRelation,
    PutAnswer, RefusedText, RetryAfter, StoredText, Tenant, TextEquality, Unauthorised, Unordered, UpgradedId,
    Visibility, WebhookRegistration,
};
pub use delivery::Delivery;
pub use guid::{Guid, NoGuid};
pub use odd::PropertyType;
pub use state::{Records, Tribe};
pub use store::Origin;
pub use users::{Entity, Refused};
pub use webhooks::signature;

use crate::counters::{Counters, Written};
use crate::http::percent_decode;
use crate::{Instant, Request, Response};
use computed::View;
use edm::Access;
use model::{Kind, Model};
use reading::Reading;
use refusal::Refusal;
use store::Store;
use writing::Writer;

/// Longer targets are refused with 414. Tribe: assumed (the default of its servlet container).
const LONGEST_TARGET: usize = 8000;

/// What a path below `/v1/odata/` names.
enum Resource {
    Metadata,
    CurrentEmployee,
    Set(Kind),
    Entity(Kind, Guid),
    Link(Kind, Guid, String),
}

impl Tribe {
    /// A tenant with its own organisation, two employees, the user of the API client, and the lookup tables.
    pub fn new(tenant: Tenant, character: Character) -> Self {
        let model = Model::new(&character);
        let metadata = metadata::document(&model, &character);
        let random = fastrand::Rng::with_seed(tenant.seed);
        let mut tribe = Self {
            store: Store::new(model),
            tokens: tokens::Tokens::default(),
            quota: limits::Quota::default(),
            webhooks: Vec::new(),
            deliveries: Vec::new(),
            follow_ups: VecDeque::new(),
            deleted_by_users: BTreeSet::new(),
            emptied_slots: BTreeMap::new(),
            own_organisation: Guid::from_bits(0),
            current_employee: Guid::from_bits(0),
            metadata: metadata.into(),
            random,
            counters: Counters::default(),
            reads: 0,
            tenant,
            character,
        };
        tribe.furnish();
        tribe
    }

    /// Answers one request.
    pub fn handle(&mut self, now: Instant, request: &Request) -> Response {
        self.follow_up(now);
        let path = request.path();
        let response = if request.target.len() > LONGEST_TARGET {
            self.counters.call(&request.method, "too long");
            Response::text(414, "text/plain", "URI Too Long")
        } else if path == "/oauth2/token" {
            self.counters.call(&request.method, "oauth2/token");
            if request.method == "POST" { self.token(now, request) } else { Response::empty(405) }
        } else if path == "/oauth2/auth" {
            self.counters.call(&request.method, "oauth2/auth");
            self.authorize(request)
        } else if let Some(rest) = path.strip_prefix("/v1/odata/") {
            self.counters.call(&request.method, rest.split(['(', '/']).next().unwrap_or_default());
            self.guarded(now, request).unwrap_or_else(|| self.odata(now, request, rest))
        } else if let Some(rest) = path.strip_prefix("/v1/webhooks") {
            self.counters.call(&request.method, "webhooks");
            self.guarded(now, request).unwrap_or_else(|| {
                self.answer_webhooks(now, request, rest).unwrap_or_else(|refusal| refusal.response())
            })
        } else {
            self.counters.call(&request.method, "unknown");
            Response::empty(404)
        };
        response.starting_with(self.character.byte_order_mark).dated(now, self.character.dates)
    }

    /// The answer that login or quota gives instead.
    fn guarded(&mut self, now: Instant, request: &Request) -> Option<Response> {
        if !self.is_authorised(now, request) {
            return Some(auth::unauthorised(self.character.unauthorised));
        }
        self.quota.take(now, &self.character).err()
    }

    fn odata(&mut self, now: Instant, request: &Request, path: &str) -> Response {
        if matches!(request.method.as_str(), "DELETE" | "PATCH") {
            self.counters.violation();
        }
        let answer = self.resource(path).and_then(|resource| match request.method.as_str() {
            "GET" => self.get(now, request, &resource),
            "POST" | "PUT" | "DELETE" => self.write(now, request, &resource),
            _ => Err(Refusal::method()),
        });
        answer.unwrap_or_else(|refusal| refusal.response())
    }

    fn resource(&self, path: &str) -> Result<Resource, Refusal> {
        let parts: Option<Vec<String>> = path.split('/').map(percent_decode).collect();
        let parts = parts.ok_or_else(Refusal::malformed)?;
        let (first, rest) = parts.split_first().ok_or_else(Refusal::malformed)?;
        let (name, key) = match first.split_once('(') {
            None => (first.as_str(), None),
            Some((name, key)) => (name, Some(key.strip_suffix(')').ok_or_else(Refusal::malformed)?)),
        };
        match (name, key, rest) {
            ("$metadata", None, []) => return Ok(Resource::Metadata),
            // Called with or without brackets.
            ("GetCurrentEmployee", None | Some(""), []) => return Ok(Resource::CurrentEmployee),
            _ => {}
        }
        let unknown = || {
            let text = "Cannot find EntitySet, Singleton, ActionImport or FunctionImport with name";
            Refusal::new(404, format!("{text} '{name}'."))
        };
        let kind = self.store.model.set(name).ok_or_else(unknown)?;
        // A GUID without quotes. Tribe: seen.
        let id = key.map(|key| key.parse().map_err(|_| Refusal::malformed())).transpose()?;
        match (id, rest) {
            (None, []) => Ok(Resource::Set(kind)),
            (Some(id), []) => Ok(Resource::Entity(kind, id)),
            (Some(id), [link]) => Ok(Resource::Link(kind, id, link.clone())),
            _ => Err(Refusal::new(501, "Not implemented.")),
        }
    }

    fn get(&mut self, now: Instant, request: &Request, resource: &Resource) -> Result<Response, Refusal> {
        self.reads += 1;
        let reading = self.reading(now);
        let query = request.query();
        if self.character.overlong_page == OverlongPage::Refused && query::asks_for_too_many(query) {
            return Err(Refusal::bad("The value of the system query option '$top' is too large."));
        }
        match resource {
            Resource::Metadata => Ok(Response::text(200, "application/xml", self.metadata.as_ref())),
            Resource::CurrentEmployee => {
                let kind = self.store.model.named("Relationship.Person.Contact.Employee");
                reading.single(kind, self.current_employee, query)
            }
            Resource::Set(kind) => reading.list(*kind, query),
            Resource::Entity(kind, id) => reading.single(*kind, *id, query),
            Resource::Link(kind, id, link) => reading.linked(*kind, *id, link, query),
        }
    }

    fn reading(&self, now: Instant) -> Reading<'_> {
        Reading {
            seen: self.store.seen(now, self.character.read_lag).limited_to(self.character.visibility),
            equality: self.character.text_equality,
            unordered: self.character.unordered,
            expanded_rows: self.character.expanded_rows,
            extra: self.character.extra_properties,
            shuffle: self.reads,
        }
    }

    fn write(&mut self, now: Instant, request: &Request, resource: &Resource) -> Result<Response, Refusal> {
        let (Resource::Set(kind) | Resource::Entity(kind, _)) = *resource else {
            return Err(Refusal::method());
        };
        if self.store.model.entity_type(kind).access == Access::ReadOnly {
            self.counters.violation();
            return Err(Refusal::method());
        }
        let body = match request.method.as_str() {
            "DELETE" => Map::new(),
            _ => serde_json::from_slice::<Map<String, Value>>(&request.body)
                .map_err(|_| Refusal::bad("The syntax of the JSON document is not valid."))?,
        };
        let (id, status) = match (request.method.as_str(), resource) {
            ("POST", Resource::Set(_)) => match body.get("ID").and_then(Value::as_str) {
                // Tribe: seen (the vendor's own clients update this way). An unknown `ID` is assumed to be refused.
                Some(id) => {
                    let id = id.parse().map_err(|_| Refusal::bad("Invalid value for property 'ID'."))?;
                    (self.update(now, kind, id, &body, Writer::Api)?, 200)
                }
                None => {
                    let status = if self.character.create_answer == CreateAnswer::Created { 201 } else { 200 };
                    (self.create(now, kind, &body, Writer::Api)?, status)
                }
            },
            ("PUT", Resource::Entity(_, id)) => {
                let visible = self.store.seen(now, std::time::Duration::ZERO).limited_to(self.character.visibility);
                visible.get(*id).ok_or_else(Refusal::not_found)?;
                let id = self.update(now, kind, *id, &body, Writer::Api)?;
                (id, if self.character.put_answer == PutAnswer::Entity { 200 } else { 204 })
            }
            ("DELETE", Resource::Entity(_, id)) => {
                self.store.entity_of(*id, kind).ok_or_else(Refusal::not_found)?;
                self.delete(now, *id, Writer::Api);
                (*id, 204)
            }
            _ => return Err(Refusal::method()),
        };
        let set = self.store.model.entity_type(kind).set.clone();
        let location = format!("{set}({id})");
        let mut members: Vec<String> = body.keys().cloned().collect();
        members.sort_unstable();
        self.counters.write(Written { at: now, method: request.method.clone(), set, id: id.to_string(), members });
        if status == 204 {
            return Ok(Response::empty(204));
        }
        // What was written is answered as it is, however far reads lag.
        let reading = Reading { seen: self.store.seen(now, std::time::Duration::ZERO), ..self.reading(now) };
        let view = View::of(reading.seen, id).ok_or_else(Refusal::not_found)?;
        let answer = reading.one_with(status, kind, view, &query::Options::default());
        Ok(if status == 201 { answer.with_header("location", location) } else { answer })
    }
}

#[cfg(test)]
mod tests;
