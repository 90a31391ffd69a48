//! Turns an answer into one of another shape, without changing anything that can be read.

use std::collections::{BTreeMap, BTreeSet};

use sandbox::{Request, Response};
use serde_json::{Map, Value};

use super::grammar::{Shape, any_body, is_synced_in_tribe, unreadable};
use crate::faults::System;

/// Rows as Tribe sends them, with all that nobody asked for. The people in them are invented.
const ROWS: [&str; 3] = [
    include_str!("../../data/answers/person.json"),
    include_str!("../../data/answers/organisation.json"),
    include_str!("../../data/answers/relationship.json"),
];
const ETAGS: [&str; 6] = ["", "\"\"", "W/\"1\"", "1", "\"a\\\"b\"", "*"];
const DATES: [&str; 5] =
    ["", "gisteren", "Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT", "1780394400"];

/// What was altered, and how often.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// Answers that went by.
    pub answers: u64,
    /// Those that were altered.
    pub altered: u64,
    /// Members by system, name and shape.
    pub members: BTreeMap<(System, String, Shape), u64>,
    /// Statuses by what was asked.
    pub statuses: BTreeMap<(String, u16), u64>,
}

/// Alters answers by the drawing of one seed.
pub struct Alterer {
    pub(super) random: fastrand::Rng,
    /// How many answers of a hundred are altered.
    pub(super) percent: u32,
    /// What was done, in words.
    pub(super) trail: Vec<String>,
    /// Members of AC's single records that were altered. They go back as they were read (A8).
    pub(super) returned: BTreeSet<String>,
}

impl Alterer {
    /// One that alters so many answers of a hundred.
    pub(super) fn new(random: fastrand::Rng, percent: u32) -> Self {
        Self { random, percent, trail: Vec::new(), returned: BTreeSet::new() }
    }

    /// Alters an answer, or lets it go by.
    pub fn alter(&mut self, request: &Request, answer: &mut Response, coverage: &mut Coverage) {
        coverage.answers += 1;
        if self.random.u32(..100) >= self.percent {
            return;
        }
        coverage.altered += 1;
        for _ in 0..self.random.choice([1, 1, 2, 5]).unwrap_or(1) {
            self.alter_once(request, answer, coverage);
        }
    }

    fn alter_once(&mut self, request: &Request, answer: &mut Response, coverage: &mut Coverage) {
        let step = step(request);
        match self.random.u8(..20) {
            0 => {
                answer.status = self.random.u16(100..600);
                *coverage.statuses.entry((step.clone(), answer.status)).or_default() += 1;
                self.tell(&step, format!("status {}", answer.status));
            }
            1 => {
                answer.body = any_body(&mut self.random);
                self.tell(&step, format!("body {}", String::from_utf8_lossy(&answer.body)));
            }
            2 => self.alter_header(&step, answer),
            _ => {
                let Ok(mut body) = serde_json::from_slice::<Value>(&answer.body) else { return };
                self.alter_json(request, &step, &mut body, coverage);
                answer.body = body.to_string().into_bytes();
            }
        }
    }

    fn alter_header(&mut self, step: &str, answer: &mut Response) {
        let (name, odd) = if self.random.bool() { ("date", &DATES[..]) } else { ("etag", &ETAGS[..]) };
        answer.headers.retain(|(known, _)| known != name);
        if let Some(odd) = self.random.choice(odd).filter(|_| self.random.bool()) {
            answer.headers.push((name.to_owned(), (*odd).to_owned()));
        }
        self.tell(step, format!("header {name}"));
    }

    fn alter_json(&mut self, request: &Request, step: &str, body: &mut Value, coverage: &mut Coverage) {
        let system = system(request);
        let mut places = Vec::new();
        let root = if request.target.contains("Datastore_") { "datastore" } else { "" };
        find_members(body, root, &mut Vec::new(), &mut places);
        let Some(place) = self.random.choice(&places).cloned() else { return };
        let Some(holder) = at(body, &place.path) else { return };
        if step.ends_with("/{id}") {
            self.returned.insert(place.outermost().to_owned());
        }
        match self.random.u8(..10) {
            // A house number without its other half is another house number.
            0 if matches!(place.member.as_str(), "huisnummer" | "toevoeging") => {}
            0 => {
                holder.remove(&place.member);
                self.tell(step, format!("without {}.{}", place.parent, place.member));
            }
            1 => self.alter_rows(step, &place, holder),
            2 => {
                // What nobody asked for says nothing.
                let row = self.random.choice(ROWS).and_then(|row| serde_json::from_str::<Map<String, Value>>(row).ok());
                let unasked = row.into_iter().flatten().filter(|(name, _)| !is_synced_in_tribe(name));
                for (name, value) in unasked.filter(|_| system == System::Tribe) {
                    holder.entry(name).or_insert(value);
                }
                self.tell(step, format!("more in {}", place.parent));
            }
            _ => {
                let shapes = unreadable(system, &place.parent, &place.member);
                let Some(shape) = self.random.choice(shapes) else { return };
                let value = shape.value(&mut self.random);
                self.tell(step, format!("{}.{} = {}", place.parent, place.member, shortened(&value)));
                holder.insert(place.member.clone(), value);
                *coverage.members.entry((system, place.member, shape)).or_default() += 1;
            }
        }
    }

    /// Repeats, shuffles or leaves out rows of a list that goes on, or puts something else among them.
    fn alter_rows(&mut self, step: &str, place: &Place, holder: &mut Map<String, Value>) {
        let is_list = matches!(place.member.as_str(), "value" | "relaties" | "contactpersonen");
        let Some(Value::Array(rows)) = holder.get_mut(&place.member).filter(|_| is_list) else { return };
        match self.random.u8(..4) {
            0 => self.random.shuffle(rows),
            1 => rows.truncate(self.random.usize(..=rows.len())),
            2 => {
                if let Some(row) = self.random.choice(&*rows).cloned() {
                    rows.push(row);
                }
            }
            _ => {
                let odd = Shape::any(&mut self.random).value(&mut self.random);
                rows.insert(self.random.usize(..=rows.len()), odd);
            }
        }
        self.tell(step, format!("rows of {}", place.member));
    }

    fn tell(&mut self, step: &str, what: String) {
        self.trail.push(format!("{step}: {what}"));
    }
}

/// A member of an object, and where that stands.
#[derive(Clone)]
struct Place {
    path: Vec<Hop>,
    /// The name under which the object stands.
    parent: String,
    member: String,
}

impl Place {
    /// The member of the whole answer that it is, or stands in.
    fn outermost(&self) -> &str {
        match self.path.first() {
            Some(Hop::Member(name)) => name,
            Some(Hop::Row(_)) | None => &self.member,
        }
    }
}

#[derive(Clone)]
enum Hop {
    Member(String),
    Row(usize),
}

fn find_members(value: &Value, parent: &str, path: &mut Vec<Hop>, found: &mut Vec<Place>) {
    match value {
        Value::Object(members) => {
            for (name, inner) in members {
                found.push(Place { path: path.clone(), parent: parent.to_owned(), member: name.clone() });
                path.push(Hop::Member(name.clone()));
                // The rows of a datastore stand in a list of one name, whatever the datastore.
                let below = if parent == "datastore" { parent } else { name.as_str() };
                find_members(inner, below, path, found);
                path.pop();
            }
        }
        Value::Array(rows) => {
            for (number, row) in rows.iter().enumerate() {
                path.push(Hop::Row(number));
                find_members(row, parent, path, found);
                path.pop();
            }
        }
        _ => {}
    }
}

fn at<'v>(value: &'v mut Value, path: &[Hop]) -> Option<&'v mut Map<String, Value>> {
    let mut place = value;
    for hop in path {
        place = match hop {
            Hop::Member(name) => place.get_mut(name)?,
            Hop::Row(number) => place.get_mut(number)?,
        };
    }
    place.as_object_mut()
}

fn system(request: &Request) -> System {
    if request.target.starts_with("/offices/") { System::Ac } else { System::Tribe }
}

/// What was asked, without ids.
fn step(request: &Request) -> String {
    let path = request.target.split('?').next().unwrap_or_default();
    let path = path.trim_start_matches("/v1/odata/").trim_start_matches("/offices/12345");
    let list = path.split('(').next().unwrap_or_default();
    let mut parts: Vec<&str> = list.split('/').collect();
    if parts.len() > 2 {
        parts.truncate(2);
        parts.push("{id}");
    }
    let one = if path.contains('(') { "(id)" } else { "" };
    format!("{} {}{one}", request.method, parts.join("/"))
}

fn shortened(value: &Value) -> String {
    value.to_string().chars().take(60).collect()
}
