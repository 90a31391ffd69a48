//! A dialect that is drafted from answers of each stand-in reads them as the one that was written by hand.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dialect::Dialect;
use dialect::draft::draft;
use dialect::samples::{Answer, Recording, json as read_json, report, values};
use sandbox::advocaatcentraal::{AdvocaatCentraal, Office, Variants, Wire};
use sandbox::{Instant, Request, Response, population};
use serde_json::{Value, json};

const NOW: Instant = Instant::from_millis(1_780_394_400_000);
const SINCE: &str = "2020-01-02T03:04:05Z";
/// The same as the assumed wire is asked, with an offset.
const SINCE_HERE: &str = "2020-01-02T04:04:05%2B01:00";
/// Where the rows of a list stand, in any of the wires.
const LISTS: [&str; 6] = ["/data", "/relaties", "/contactpersonen", "/Items", "/items", ""];
/// Where the id stands in a row.
const IDS: [&str; 3] = ["/id", "/Record/Id", "/nr"];

/// The stand-in, and how its lists are asked for.
struct Served {
    ac: AdvocaatCentraal,
    headers: Vec<(&'static str, String)>,
    targets: Vec<String>,
}

fn served(wire: Wire) -> Served {
    let mut ac = AdvocaatCentraal::new(Office::default(), Variants::default()).speaking(wire);
    population::seeded(3, 60).load_into(&mut ac);
    let bearer = vec![("Authorization", "Bearer sandbox-key".to_owned())];
    let (headers, targets) = match wire {
        Wire::Assumed => {
            let list = |list: &str| format!("/offices/12345/{list}?aantal=25&gewijzigd_vanaf={SINCE_HERE}");
            let others = ["/offices/12345", "/offices/12345/relatietypen"].map(str::to_owned);
            (
                vec![("X-Api-Key", "sandbox-key".to_owned())],
                [vec![list("relaties"), list("contactpersonen")], others.to_vec()].concat(),
            )
        }
        Wire::Practice => {
            let list = |list: &str| format!("/api/v4/firms/12345/{list}?page=1&per_page=25&updated_since={SINCE}");
            let others = ["/api/v4/firms/12345", "/api/v4/firms/12345/categories"].map(str::to_owned);
            (bearer, [vec![list("contacts"), list("people")], others.to_vec()].concat())
        }
        Wire::Bookkeeping => {
            let list = format!("/api/v2/12345/contacts?include_archived=true&page=1&per_page=25&updated_after={SINCE}");
            (bearer, vec![list, "/api/v2/12345".to_owned()])
        }
        Wire::Register => {
            let list = |list: &str| format!("/register/{list}?Rows=10&Filter=Changed%20gt%20%272020-01-02T03:04:05%27");
            let others = ["/register/tenant", "/register/roles"].map(str::to_owned);
            let tenant = ("X-Tenant", "12345".to_owned());
            let mut open = Request::new("POST", "/register/session").with_header(tenant.0, &tenant.1);
            open.body = br#"{"ApiKey": "sandbox-key"}"#.to_vec();
            let session = ac.handle(NOW, &open).json()["Session"]["Token"].as_str().unwrap().to_owned();
            (
                vec![tenant, ("X-Session", session)],
                [vec![list("organisations"), list("people"), list("contacts")], others.to_vec()].concat(),
            )
        }
        Wire::Ledger => {
            let relations = "/v1/ledgers/12345/relations";
            let list = |offset: usize| format!("{relations}?view=full&offset={offset}&limit=25");
            let of_relations = (1001..1040).map(|id| format!("{relations}/{id}/contacts"));
            let basic = format!("Basic {}", STANDARD.encode("koppeling:sandbox-key"));
            (
                vec![("Authorization", basic), ("X-Ledger-Version", "3".to_owned())],
                [list(0), list(25), "/v1/ledgers/12345/groups".to_owned()].into_iter().chain(of_relations).collect(),
            )
        }
    };
    Served { ac, headers, targets }
}

impl Served {
    fn ask(&mut self, target: &str) -> Response {
        let asked = Request::new("GET", target);
        self.ac.handle(NOW, &self.headers.iter().fold(asked, |asked, (name, value)| asked.with_header(name, value)))
    }

    /// Everything that is saved: the lists, and one record of each.
    fn saved(&mut self) -> Vec<(String, Response)> {
        let mut saved = Vec::new();
        for target in self.targets.clone() {
            let answer = self.ask(&target);
            if answer.status == 404 || answer.status == 400 {
                continue;
            }
            assert_eq!(answer.status, 200, "{target}");
            let body = answer.json();
            let rows = LISTS.iter().find_map(|at| body.pointer(at)?.as_array());
            let first = rows.and_then(|rows| IDS.iter().find_map(|at| rows.first()?.pointer(at)));
            let first = first.map(|id| id.to_string().replace('"', ""));
            saved.push((target.clone(), answer));
            let path = target.split('?').next().unwrap();
            if let Some(id) = first.filter(|_| target.contains('?') || target.ends_with("/contacts")) {
                let one = format!("{path}/{id}");
                let answer = self.ask(&one);
                saved.push((one, answer));
            }
        }
        saved
    }
}

/// The answers alone, as files in a folder hold them.
fn alone(saved: &[(String, Response)]) -> Vec<Answer> {
    saved.iter().filter_map(|(_, answer)| read_json(&answer.body)).map(Answer::alone).collect()
}

/// The same in the recording of a browser.
fn recorded(saved: &[(String, Response)], sent: &[(&str, String)]) -> Vec<Answer> {
    let sent: Vec<Value> = sent.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
    let entry = |(target, answer): &(String, Response)| {
        let headers: Vec<Value> =
            answer.headers.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
        json!({
            "request": {"method": "GET", "url": format!("https://ac.example{target}"), "headers": sent},
            "response": {"status": answer.status, "headers": headers,
                "content": {"mimeType": "application/json", "text": String::from_utf8_lossy(&answer.body)}},
        })
    };
    let entries: Vec<Value> = saved.iter().map(entry).collect();
    Recording::read(json!({"log": {"entries": entries}}).to_string().as_bytes()).unwrap().answers
}

/// Each row of a list in an answer of its own, asked for as the list was.
fn row_by_row(answers: &[Answer]) -> Vec<Answer> {
    let mut apart = Vec::new();
    for answer in answers {
        let at = LISTS.iter().find(|at| answer.body.pointer(at).is_some_and(Value::is_array));
        let Some(at) = at else { continue };
        let rows = answer.body.pointer(at).and_then(Value::as_array).cloned().unwrap_or_default();
        for row in rows {
            let mut one = answer.clone();
            *one.body.pointer_mut(at).unwrap() = json!([row]);
            apart.push(one);
        }
    }
    apart
}

/// What a dialect reads of an answer with one record: each field that says something, with what it says.
fn read(dialect: &Dialect, answer: &Answer) -> BTreeMap<(&'static str, String), String> {
    let answers = std::slice::from_ref(answer);
    let fields = report(dialect, answers).fields.into_iter().map(|field| (field.of, field.name));
    fields.zip(values(dialect, answers)).filter_map(|(field, value)| Some((field, value?))).collect()
}

/// The answers in both forms. Where only the address tells an organisation from a person, answers alone do not.
fn tellable(wire: Wire, saved: &[(String, Response)], sent: &[(&str, String)]) -> Vec<Vec<Answer>> {
    match wire {
        Wire::Register => vec![recorded(saved, sent)],
        _ => vec![alone(saved), recorded(saved, sent)],
    }
}

const WIRES: [(Wire, &str); 5] = [
    (Wire::Assumed, dialect::BUILT_IN),
    (Wire::Practice, dialect::PRACTICE),
    (Wire::Bookkeeping, dialect::BOOKKEEPING),
    (Wire::Register, dialect::REGISTER),
    (Wire::Ledger, dialect::LEDGER),
];

/// A draft in which somebody has filled in what no answer tells.
fn filled_in(answers: &[Answer]) -> Dialect {
    let mut drafted = draft(answers).unwrap();
    for at in &drafted.open {
        *drafted.document.pointer_mut(at).unwrap() = json!("none");
    }
    Dialect::parse(&drafted.document.to_string()).unwrap()
}

/// What no name in the answers tells: the fields that a draft leaves out.
fn untold(wire: Wire) -> Vec<&'static str> {
    match wire {
        Wire::Assumed | Wire::Practice | Wire::Bookkeeping | Wire::Register => Vec::new(),
        // Points of contact with two words each, and a number for the gender.
        Wire::Ledger => vec![
            "contact-person geslacht",
            "organisation email",
            "organisation telefoonnummer",
            "organisation website",
            "private-person email",
            "private-person telefoon",
        ],
    }
}

#[test]
fn a_draft_reads_of_every_record_what_the_true_dialect_reads() {
    for (wire, by_hand) in WIRES {
        let by_hand = Dialect::parse(by_hand).unwrap();
        let mut served = served(wire);
        let saved = served.saved();
        for answers in tellable(wire, &saved, &served.headers) {
            let drafted = filled_in(&answers);
            let (mut compared, mut left_out) = (0, BTreeSet::new());
            for record in row_by_row(&answers) {
                let (found, expected) = (read(&drafted, &record), read(&by_hand, &record));
                for (field, value) in &found {
                    assert_eq!(expected.get(field), Some(value), "{wire:?}: {field:?}");
                }
                left_out.extend(
                    expected.keys().filter(|field| !found.contains_key(field)).map(|(of, name)| format!("{of} {name}")),
                );
                // A relation type is no record.
                compared += usize::from(expected.len() > 5);
            }
            assert!(compared >= 20, "{wire:?}: {compared}");
            assert_eq!(left_out.iter().map(String::as_str).collect::<Vec<_>>(), untold(wire), "{wire:?}");
        }
    }
}

#[test]
fn a_draft_understands_every_answer_that_it_was_made_from() {
    for (wire, by_hand) in WIRES {
        let by_hand = Dialect::parse(by_hand).unwrap();
        let mut served = served(wire);
        let saved = served.saved();
        for answers in tellable(wire, &saved, &served.headers) {
            let drafted = filled_in(&answers);
            let (told, expected) = (report(&drafted, &answers), report(&by_hand, &answers));
            assert_eq!(told.records, expected.records, "{wire:?}");
            // Where answers are saved without their requests, nothing may tell the address of the office's own.
            let office = usize::from(by_hand.office.is_some() && drafted.office.is_none());
            let understood = expected.not_understood..=expected.not_understood + office;
            assert!(understood.contains(&told.not_understood), "{wire:?}: {}", told.not_understood);
            assert_eq!(told.unknown_words, BTreeMap::new(), "{wire:?}");
        }
    }
}

#[test]
fn a_recording_tells_the_addresses_and_parameters_of_each_wire() {
    for (wire, by_hand) in WIRES {
        let mut served = served(wire);
        let saved = served.saved();
        let document = draft(&recorded(&saved, &served.headers)).unwrap().document;
        let by_hand: Value = serde_json::from_str(by_hand).unwrap();
        assert_eq!(document["relations"]["lists"], by_hand["relations"]["lists"], "{wire:?}");
        assert_eq!(document["persons"]["lists"]["lists"], by_hand["persons"]["lists"]["lists"], "{wire:?}");
        // At an address without the office's number nothing tells that it is the office.
        let office = if wire == Wire::Register { &Value::Null } else { &by_hand["office"] };
        assert_eq!(&document["office"], office, "{wire:?}");
        assert_eq!(document["writing"]["version"], by_hand["writing"]["version"], "{wire:?}");
        assert_eq!(document["server"]["headers"], by_hand["server"]["headers"], "{wire:?}");
    }
}

#[test]
fn a_draft_from_answers_alone_does_not_hold_where_pages_are_left_out() {
    let mut served = served(Wire::Ledger);
    let drafted = draft(&alone(&served.saved())).unwrap();
    assert_eq!(drafted.open, ["/relations/lists/0/paging"]);
    let told = Dialect::parse(&drafted.document.to_string()).unwrap_err().to_string();
    assert_eq!(told, "/relations/lists/0/paging: choose one of cursor, link, page, offset, none");
    let recording = draft(&recorded(&served.saved(), &served.headers)).unwrap();
    assert_eq!(recording.open, [] as [&str; 0]);
}

#[test]
fn each_remark_is_about_a_place_in_the_draft() {
    for (wire, _) in WIRES {
        let mut served = served(wire);
        let saved = served.saved();
        for answers in tellable(wire, &saved, &served.headers) {
            let document = draft(&answers).unwrap().document;
            for remark in document["remarks"].as_array().unwrap() {
                let at = remark.as_str().unwrap().split(':').next().unwrap();
                let above = at.rsplit_once('/').map_or("", |(above, _)| above);
                assert!(document.pointer(above).is_some(), "{wire:?} {remark}");
            }
        }
    }
}

/// All that a record says of someone: none of it may be in a draft.
#[test]
fn no_value_of_a_record_is_in_a_draft() {
    for (wire, _) in WIRES {
        let mut served = served(wire);
        let saved = served.saved();
        let document = draft(&recorded(&saved, &served.headers)).unwrap().document;
        let document = document.to_string();
        for (_, answer) in &saved {
            let mut texts = Vec::new();
            collect(&answer.json(), &mut texts);
            // Words for kinds, lives, genders, types and rows are needed in the document: they have no digits and no blanks.
            let told = texts.iter().find(|text| {
                text.len() > 5
                    && text.contains([' ', '@', '0', '1', '2', '5'])
                    && document.contains(&format!("\"{text}\""))
            });
            assert_eq!(told, None, "{wire:?}");
        }
        assert!(!document.contains("sandbox-key"));
    }
}

fn collect(value: &Value, texts: &mut Vec<String>) {
    match value {
        Value::String(text) => texts.push(text.clone()),
        Value::Array(rows) => rows.iter().for_each(|row| collect(row, texts)),
        Value::Object(members) => members.values().for_each(|value| collect(value, texts)),
        _ => {}
    }
}
