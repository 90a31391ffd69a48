//! A first dialect from saved answers, by the names that are known in them.
//!
//! It is a guess, made once, in front of a person: what is not sure carries a remark. What the samples do not show is left
//! out; where a document must say something, it is what the built-in dialect has, with a remark. No value of a record gets
//! into it, but for words that are needed to read one: those for kinds, lives, genders, types of addresses and rows, and
//! the relation types.
//!
//! | room | what it does |
//! |---|---|
//! | `words` | the words by which members are known, as data |
//! | `names` | compares names by their words |
//! | `records` | what stands in records |
//! | `fields`, `addresses`, `kinds`, `lives`, `persons` | the parts of a record |
//! | `held` | what an answer holds |
//! | `asked` | what a recording tells of requests |
//! | `server` | how the key travels, and headers that always go along |
//! | `lists` | which lists there are, and their addresses |
//! | `holding` | leaves out what does not go together |

mod addresses;
mod asked;
mod fields;
mod held;
mod holding;
mod kinds;
mod lists;
mod lives;
mod names;
mod persons;
mod records;
mod remarks;
mod server;
mod types;
mod words;

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::misfit::Misfit;
use crate::samples::Answer;
use addresses::Of;
use held::Class;
use lists::Lists;
use records::Records;
use remarks::Remarks;
use words::{ORGANISATION, PRIVATE_PERSON};

/// The name of a draft.
const DRAFT: &str = "draft-1";

/// Why there is no draft.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoDraft {
    /// No answer is a list of relations.
    #[error(
        "none of {0} answers holds a list of relations: rows with an id, and names that are known (bedrijfsnaam, \
         company_name, naam, email, ...); save the list of relations too"
    )]
    NoList(usize),
    /// What was put together does not hold, which is a defect of this program.
    #[error("the draft does not hold; report this: {0}")]
    Misfit(Misfit),
}

/// A first dialect.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    /// The document.
    pub document: Value,
    /// How many remarks it has.
    pub remarks: usize,
    /// The places that must be filled in before it holds, as JSON Pointers: what no answer tells, and what would lose records
    /// if it were guessed.
    pub open: Vec<String>,
}

/// Drafts a dialect from saved answers.
///
/// # Errors
/// No answer is a list of relations.
pub fn draft(answers: &[Answer]) -> Result<Draft, NoDraft> {
    let mut remarks = Remarks::default();
    let lists = Lists::find(answers, &mut remarks);
    let relations = lists.records(Class::Relations);
    if lists.of(Class::Relations).is_empty() {
        return Err(NoDraft::NoList(answers.len()));
    }
    let mut document = Map::new();
    document.insert("dialect".to_owned(), 1.into());
    document.insert("name".to_owned(), DRAFT.into());
    document.insert("server".to_owned(), server::server(answers, &lists, &mut remarks));

    let kinds = lists.kinds(&relations, "/relations/record/kind", &mut remarks);
    let type_places = types::places(&relations, kinds.at.as_ref(), "/relations/record/types", &mut remarks);
    let mut record = json!({
        "id": lives::id(&relations, "/relations/record/id", &mut remarks),
        "kind": kinds.document,
        "status": lives::status(&relations, "/relations/record/status", &mut remarks),
        "types": type_places.document,
        "organisation": fields::fields(ORGANISATION, &kinds.organisations, "/relations/record/organisation", &mut remarks),
        "private-person":
            fields::fields(PRIVATE_PERSON, &kinds.private_persons, "/relations/record/private-person", &mut remarks),
        "addresses": addresses::addresses(Of::Relation, &relations, "/relations/record/addresses", &mut remarks),
    });
    let changed = lives::changed(&relations, "/relations/record/changed", &mut remarks);
    if let (Some(changed), Some(record)) = (changed, record.as_object_mut()) {
        record.insert("changed".to_owned(), changed);
    }
    let has_rows = record.pointer("/addresses/rows").is_some();
    let documents = lists.documents(Class::Relations, Some(&kinds), "/relations/lists", &mut remarks);
    let one = documents.first().and_then(|list| list.get("one")).cloned();
    document.insert("relations".to_owned(), json!({ "lists": documents, "record": record }));

    document.insert("types".to_owned(), types::list(answers, &type_places, &lists, &mut remarks));
    if let Some(office) = office(answers, &lists, &mut remarks) {
        document.insert("office".to_owned(), office);
    }
    let persons = persons(&lists, &relations, &mut remarks).unwrap_or_else(|| {
        remarks.add(
            "/persons",
            "no contact persons are known in the samples: none are synced; save them too if there are",
        );
        json!("none")
    });
    document.insert("persons".to_owned(), persons);
    let rows_of_persons = document.get("persons").is_some_and(|persons| persons.to_string().contains("\"rows\":{"));
    document.insert("writing".to_owned(), writing(answers, &relations, one, has_rows || rows_of_persons, &mut remarks));
    remarks.add("/errors", "what refusals look like is not looked for: their status alone says what they mean");
    holding::finish(document, remarks)
}

/// The office itself: an object with a name at an address that ends with its number.
fn office(answers: &[Answer], lists: &Lists<'_>, remarks: &mut Remarks) -> Option<Value> {
    let found = answers.iter().filter(|answer| lists.is_own(answer)).find_map(|answer| {
        let asked = answer.asked.as_ref()?;
        let path = asked::template(asked, &BTreeSet::new(), "{id}");
        (path.ends_with("/{office}") && path.matches("{office}").count() == 1).then_some(())?;
        let number = asked.path.rsplit('/').find(|part| !part.is_empty())?;
        let (name, at_number) = types::name_and_number(&answer.body, number)?;
        let mut office = json!({ "path": path, "name": name.to_string() });
        if let (Some(at), Some(members)) = (at_number, office.as_object_mut()) {
            members.insert("number".to_owned(), at.to_string().into());
        }
        Some(office)
    });
    if found.is_none() {
        remarks.add("/office", "no answer of the samples is known to be that of the office itself; it is left out");
    }
    found
}

fn persons(lists: &Lists<'_>, relations: &Records<'_>, remarks: &mut Remarks) -> Option<Value> {
    let ids = persons::Relations { ids: asked::ids(relations), scopes: lists.scopes() };
    let apart = lists.records(Class::Persons);
    let with_list = !lists.of(Class::Persons).is_empty();
    if with_list && !apart.is_empty() {
        let is_of_relation = lists.is_below_relations();
        let of_relation = "/persons/of-relation";
        let at = if is_of_relation { &format!("{of_relation}/record") } else { "/persons/lists/record" };
        let record = persons::person(&apart, &ids, is_of_relation, at, remarks);
        return Some(if is_of_relation {
            let mut document = lists.of_relation(of_relation, remarks)?;
            document.insert("record".to_owned(), record);
            json!({ "of-relation": document })
        } else {
            let documents = lists.documents(Class::Persons, None, "/persons/lists/lists", remarks);
            json!({ "lists": { "lists": documents, "record": record } })
        });
    }
    let (list, rows) = held::inside(relations)?;
    let record = persons::person(&rows, &ids, true, "/persons/inside/record", remarks);
    Some(json!({ "inside": { "rows": list.to_string(), "record": record } }))
}

fn writing(
    answers: &[Answer],
    relations: &Records<'_>,
    one: Option<Value>,
    has_rows: bool,
    remarks: &mut Remarks,
) -> Value {
    let asked = || answers.iter().filter_map(|answer| Some((answer, answer.asked.as_ref()?)));
    let writes: Vec<_> =
        asked().filter(|(_, asked)| asked.is_done() && matches!(asked.method.as_str(), "PUT" | "PATCH")).collect();
    let mut document = Map::new();
    let mut put = |name: &str, value: Value| drop(document.insert(name.to_owned(), value));
    let method = match writes.first().map(|(_, asked)| asked.method.as_str()) {
        Some("PATCH") => "patch",
        Some(_) => "put",
        None => {
            remarks.add("/writing", "no request of the samples writes a record: all of this is what is assumed; let fields go one way before it is known");
            "put"
        }
    };
    put("method", method.into());
    let wrap = one.filter(|one| one.as_str().is_some_and(|one| !one.is_empty()));
    if let Some(wrap) = wrap {
        let sent: Vec<&Value> = writes.iter().filter_map(|(_, asked)| asked.sent.as_ref()).collect();
        let is_wrapped =
            |sent: &&Value| wrap.as_str().and_then(|wrap| sent.pointer(wrap)).is_some_and(Value::is_object);
        if sent.is_empty() {
            remarks.add("/writing/wrap", "a record is taken to be sent in the same envelope in which it comes");
        }
        if sent.is_empty() || sent.iter().any(is_wrapped) {
            put("wrap", wrap.clone());
        }
    }
    let member = lives::version(relations);
    put(
        "version",
        match (asked().any(|(_, asked)| asked.has_etag), asked().next().is_some(), &member) {
            (true, ..) => json!("etag"),
            (false, true, Some((_, pointer))) => json!({ "member": pointer.to_string() }),
            (false, false, Some((_, pointer))) => {
                remarks.add(
                    "/writing/version",
                    format!("{pointer} is taken for the version; whether there is an ETag only a recording tells"),
                );
                json!({ "member": pointer.to_string() })
            }
            (false, true, None) => {
                remarks.add("/writing/version", "no answer has an ETag, and no member is known for a version");
                json!("none")
            }
            (false, false, None) => {
                remarks.add(
                    "/writing/version",
                    "whether there is an ETag only a recording tells: this is what is assumed",
                );
                json!("etag")
            }
        },
    );
    put("answer", "record".into());
    put("empty", empty(relations, remarks).into());
    put("lists", "whole".into());
    if !writes.is_empty() {
        remarks.add("/writing/answer", "the answer to a write is taken to be the record as it is stored");
        remarks.add(
            "/writing/lists",
            "how a list inside a record is written is not told by answers: this is what is assumed",
        );
    }
    if has_rows {
        remarks.add(
            "/writing/adds-addresses",
            "whether a write may add an address is not told by answers: none is added; say true if it may",
        );
    }
    document.into()
}

/// How an empty field stands in records.
fn empty(relations: &Records<'_>, remarks: &mut Remarks) -> &'static str {
    let (mut nulls, mut blanks) = (0, 0);
    relations.iter().for_each(|record| count_empties(record, &mut nulls, &mut blanks));
    match (nulls, blanks) {
        (0, 0) => {
            remarks.add(
                "/writing/empty",
                "empty members are left out of the samples: that null empties one is what is assumed",
            );
            "null"
        }
        (0, _) => "blank",
        (_, 0) => "null",
        _ => {
            remarks.add("/writing/empty", "null and blank texts both stand in the samples; null is taken for empty");
            "null"
        }
    }
}

/// A field may stand at any depth: in an object, or in a row of a list.
fn count_empties(value: &Value, nulls: &mut usize, blanks: &mut usize) {
    match value {
        Value::Null => *nulls += 1,
        Value::String(text) if text.trim().is_empty() => *blanks += 1,
        Value::Array(rows) => rows.iter().for_each(|row| count_empties(row, nulls, blanks)),
        Value::Object(members) => members.values().for_each(|value| count_empties(value, nulls, blanks)),
        _ => {}
    }
}

#[cfg(test)]
#[path = "any_answers_tests.rs"]
mod any_answers;
#[cfg(test)]
#[path = "server_tests.rs"]
mod server_tests;
#[cfg(test)]
#[path = "draft_tests.rs"]
mod tests;
