//! The stand-in for AdvocaatCentraal, to the letter of the API that the connector assumes.
//!
//! Every fact here is assumed (A1–A13); where the contract leaves a choice, [`Variants`] plays it. There is no way to
//! create or to delete through the API: a `POST` or a `DELETE` is refused with 405 and counted as a violation.

mod listing;
mod record;
mod refusal;
mod storing;
mod users;
mod variants;

use serde_json::{Map, Value, json};

pub use record::{List, Record, Version};
use record::{Table, linked_relaties};
use refusal::Refusal;
pub use users::NoSuchRecord;
pub use variants::{
    ChildEditsMoveParent, Empties, Etag, Filter, Ids, KoppelingOrder, NewAddresses, Order, PageCap, Paging, Put,
    Refusals, Rows, Stamps, Variants,
};

use crate::counters::{Counters, Written};
use crate::http::percent_decode;
use crate::{Instant, Request, Response};

/// The relation types of the stand-in: id and name.
pub const RELATIETYPEN: [(&str, &str); 6] = [
    ("client", "Cliënt"),
    ("advocaat", "Advocaat"),
    ("wederpartij", "Wederpartij"),
    ("rvr", "Raad voor Rechtsbijstand"),
    ("betalende-partij", "Betalende partij"),
    ("leverancier", "Leverancier"),
];

/// One law firm in AdvocaatCentraal.
#[derive(Clone)]
pub struct Office {
    /// The `administratienummer`, as it stands in every path.
    pub number: String,
    /// The name that `GET /offices/{office}` tells.
    pub name: String,
    /// The API key.
    pub key: String,
    /// The header that carries the key (A2).
    pub key_header: String,
}

impl Default for Office {
    fn default() -> Self {
        Self {
            number: "12345".to_owned(),
            name: "Voorbeeld Advocaten".to_owned(),
            key: "sandbox-key".to_owned(),
            key_header: "X-Api-Key".to_owned(),
        }
    }
}

/// AdvocaatCentraal, for one office.
pub struct AdvocaatCentraal {
    office: Office,
    variants: Variants,
    relatietypen: Vec<(String, String)>,
    relaties: Table,
    contactpersonen: Table,
    counters: Counters,
}

/// What a path names.
enum Resource {
    Office,
    Relatietypen,
    List(List),
    Record(List, String),
}

impl Resource {
    fn name(&self) -> String {
        match self {
            Self::Office => "office".to_owned(),
            Self::Relatietypen => "relatietypen".to_owned(),
            Self::List(list) => list.name().to_owned(),
            Self::Record(list, _) => format!("{}/{{id}}", list.name()),
        }
    }
}

impl AdvocaatCentraal {
    /// An office without relations, with the relation types of [`RELATIETYPEN`].
    pub fn new(office: Office, variants: Variants) -> Self {
        let relatietypen = RELATIETYPEN.map(|(id, name)| (id.to_owned(), name.to_owned())).into();
        Self {
            office,
            variants,
            relatietypen,
            relaties: Table::default(),
            contactpersonen: Table::default(),
            counters: Counters::default(),
        }
    }

    /// Answers one request.
    pub fn handle(&mut self, now: Instant, request: &Request) -> Response {
        let resource = self.resource(request.path());
        let name = resource.as_ref().map_or_else(|_| "unknown".to_owned(), Resource::name);
        self.counters.call(&request.method, &name);
        if !matches!(request.method.as_str(), "GET" | "PUT") {
            self.counters.violation();
        }
        let answer = self.authorised(request).and(resource).and_then(|resource| self.answer(now, request, resource));
        let answer = answer.unwrap_or_else(|refusal| refusal.response(self.variants.refusals));
        answer.starting_with(self.variants.byte_order_mark).dated(now, self.variants.dates)
    }

    /// What was called so far.
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Starts counting anew.
    pub fn reset_counters(&mut self) {
        self.counters = Counters::default();
    }

    /// Writes through the API since the counter stood so high: `let before = ac.counters().writes();`.
    pub fn writes_since(&self, before: u64) -> u64 {
        self.counters.writes().saturating_sub(before)
    }

    /// The office.
    pub fn office(&self) -> &Office {
        &self.office
    }

    /// The variants.
    pub fn variants(&self) -> &Variants {
        &self.variants
    }

    /// The variants, to change while it runs.
    pub fn variants_mut(&mut self) -> &mut Variants {
        &mut self.variants
    }

    fn authorised(&self, request: &Request) -> Result<(), Refusal> {
        let given = request.header(&self.office.key_header);
        if given == Some(self.office.key.as_str()) { Ok(()) } else { Err(Refusal::Key) }
    }

    fn resource(&self, path: &str) -> Result<Resource, Refusal> {
        let parts: Option<Vec<String>> = path.trim_matches('/').split('/').map(percent_decode).collect();
        let parts = parts.ok_or(Refusal::Parameter("path"))?;
        let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
        let (office, rest) = match parts.as_slice() {
            ["offices", office, rest @ ..] => (*office, rest),
            _ => return Err(Refusal::Unknown),
        };
        if office != self.office.number {
            return Err(Refusal::Office);
        }
        Ok(match rest {
            [] => Resource::Office,
            ["relatietypen"] => Resource::Relatietypen,
            ["relaties"] => Resource::List(List::Relaties),
            ["contactpersonen"] => Resource::List(List::Contactpersonen),
            ["relaties", id] => Resource::Record(List::Relaties, (*id).to_owned()),
            ["contactpersonen", id] => Resource::Record(List::Contactpersonen, (*id).to_owned()),
            _ => return Err(Refusal::Unknown),
        })
    }

    fn answer(&mut self, now: Instant, request: &Request, resource: Resource) -> Result<Response, Refusal> {
        match (request.method.as_str(), resource) {
            ("GET", Resource::Office) => {
                Ok(Response::json_body(200, &json!({ "office": self.office.number, "naam": self.office.name })))
            }
            ("GET", Resource::Relatietypen) => {
                let types: Vec<Value> =
                    self.relatietypen.iter().map(|(id, name)| json!({ "id": id, "naam": name })).collect();
                Ok(Response::json_body(200, &json!({ "relatietypen": types })))
            }
            ("GET", Resource::List(list)) => {
                let page = listing::page(self.table(list), list, &self.variants, now, request.query())?;
                Ok(Response::json_body(200, &page))
            }
            ("GET", Resource::Record(list, id)) => {
                let record = self.table(list).records.get(&id).ok_or(Refusal::Unknown)?;
                Ok(self.single(gone(record)?))
            }
            ("PUT", Resource::Record(list, id)) => self.put(now, request, list, &id),
            _ => Err(Refusal::Method),
        }
    }

    fn put(&mut self, now: Instant, request: &Request, list: List, id: &str) -> Result<Response, Refusal> {
        let record = self.table(list).records.get(id).ok_or(Refusal::Unknown).and_then(gone)?;
        if let Some(expected) = request.header("if-match") {
            let fits = match self.variants.etag {
                Etag::Yes => expected == "*" || expected == etag(record),
                Etag::No => true,
                Etag::Weak | Etag::NeverFits => expected == "*",
            };
            if !fits {
                return Err(Refusal::ChangedInBetween);
            }
        }
        let body: Map<String, Value> = serde_json::from_slice(&request.body).map_err(|_| Refusal::Body)?;
        let members = body.keys().cloned().collect();
        let fields = storing::merged(&record.current.fields, body, &self.variants)?;
        self.store(now, list, id, fields);
        self.counters.write(Written {
            at: now,
            method: "PUT".to_owned(),
            set: list.name().to_owned(),
            id: id.to_owned(),
            members,
        });
        let record = self.table(list).records.get(id).ok_or(Refusal::Unknown)?;
        Ok(self.single(record))
    }

    fn single(&self, record: &Record) -> Response {
        let fields = listing::render(record, &record.current, &self.variants);
        let response = Response::json_body(200, &Value::Object(fields));
        match self.variants.etag {
            Etag::Yes => response.with_header("etag", etag(record)),
            Etag::Weak => response.with_header("etag", format!("W/{}", etag(record))),
            Etag::NeverFits => response.with_header("etag", format!("\"{}-gzip\"", record.revision)),
            Etag::No => response,
        }
    }

    fn table(&self, list: List) -> &Table {
        match list {
            List::Relaties => &self.relaties,
            List::Contactpersonen => &self.contactpersonen,
        }
    }

    fn table_mut(&mut self, list: List) -> &mut Table {
        match list {
            List::Relaties => &mut self.relaties,
            List::Contactpersonen => &mut self.contactpersonen,
        }
    }

    /// Makes a new version, and moves the stamps that the variants say.
    fn store(&mut self, now: Instant, list: List, id: &str, fields: Map<String, Value>) {
        let moves_parent = self.variants.child_edits_move_parent == ChildEditsMoveParent::Yes;
        let Some(record) = self.table_mut(list).records.get_mut(id) else {
            return;
        };
        let only_addresses = !moves_parent && differs_only_in(&record.current.fields, &fields, "adressen");
        // A clock that was set back does not take a stamp back with it.
        let stamp = now.whole_second().max(record.current.changed);
        let changed = if only_addresses { record.current.changed } else { stamp };
        let mut parents = linked_relaties(&record.current);
        record.put(Version { fields, changed, made: now });
        if list == List::Contactpersonen && moves_parent {
            parents.extend(linked_relaties(&record.current));
            parents.sort_unstable();
            parents.dedup();
            for parent in parents {
                self.touch(now, &parent);
            }
        }
    }

    fn touch(&mut self, now: Instant, id: &str) {
        if let Some(record) = self.relaties.records.get_mut(id) {
            let changed = now.whole_second().max(record.current.changed);
            record.put(Version { fields: record.current.fields.clone(), changed, made: now });
        }
    }
}

/// A deleted record stays listed, but cannot be read or written by its id (A11).
fn gone(record: &Record) -> Result<&Record, Refusal> {
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

#[cfg(test)]
#[path = "advocaatcentraal_tests.rs"]
mod tests;
