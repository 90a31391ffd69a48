#![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used)]

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::sync::Arc;

use dialect::Dialect;
use serde_json::{Value, json};

use super::*;
use crate::advocaatcentraal::Settings;
use crate::advocaatcentraal::script::{Answer, Script, answer, raw, relatie_id, with};
use crate::ports::{Clock, Http, Method, NoAnswer, Request};
use crate::relation::Instant;
use crate::secret::Secret;
use crate::wording::Outage;

const STORED: &str = r#"{"id":"1","soort":"bedrijf","naam":"Café","email":"a@b.example","gewijzigd":"2026-11-01T10:00:00Z","onbekend":{"tarief":195.10},"adressen":[{"id":"9","type":"Hoofdkantoor","straat":"Gracht"}]}"#;

fn read(text: &str) -> Answer {
    with(raw(200, text), "ETag", "\"v1\"")
}

fn begin(_: String) -> bool {
    true
}

/// A trial after whose write AC has that; the record is written back then.
fn try_with(after: &str) -> (Result<Trial, Failure>, Script) {
    let same = [("2026-11-26T10", "2026-11-01T10"), ("\\u0061", "a"), ("e\u{301}", "\u{e9}")];
    let is_as_before = same.iter().fold(after.to_owned(), |text, (from, to)| text.replacen(from, to, 1)) == STORED;
    let back = [read(STORED), read(STORED)];
    let answers =
        [read(STORED), read(after), read(after)].into_iter().chain(back.into_iter().filter(|_| !is_as_before));
    let script = Script::of(answers);
    let trial = script.run(|client| client.try_relatie(&relatie_id("1"), &mut begin));
    (trial, script)
}

#[test]
fn a_record_goes_back_byte_for_byte_and_is_read_again() {
    let (trial, script) = try_with(STORED);
    assert_eq!(trial, Ok(Trial::AsBefore));
    assert_eq!(script.asked(), ["Get /relaties/1", "Put /relaties/1", "Get /relaties/1"]);
    assert_eq!(script.body(1), STORED);
    assert_eq!(script.header(1, "if-match").as_deref(), Some("\"v1\""));
}

#[test]
fn what_is_another_after_the_write_is_told_by_its_place_but_for_the_stamp() {
    for (from, to, expected) in [
        ("2026-11-01T10", "2026-11-26T10", &[] as &[&str]),
        ("a@b.example", "geheim@b.example", &["/email"]),
        ("195.10", "195.1", &["/onbekend/tarief"]),
        ("\"Gracht\"", "\"Gracht 1\"", &["/adressen/0/straat"]),
        (",\"straat\":\"Gracht\"", "", &["/adressen/0/straat"]),
        ("\"id\":\"9\"", "\"id\":\"10\"", &["/adressen/0/id"]),
        ("[{\"id\":\"9\",\"type\":\"Hoofdkantoor\",\"straat\":\"Gracht\"}]", "[]", &["/adressen"]),
        ("\"soort\"", "\"nieuw\":1,\"soort\"", &["/nieuw"]),
        ("a@b.example", "\\u0061@b.example", &[]),
        ("Caf\u{e9}", "Cafe\u{301}", &[]),
        ("Caf\u{e9}", "Cafe", &["/naam"]),
    ] {
        let (trial, _) = try_with(&STORED.replacen(from, to, 1));
        let expected: Vec<String> = expected.iter().map(|at| (*at).to_owned()).collect();
        let back = Changed { put_back: expected.clone(), not_put_back: Vec::new(), may_be_accepted: false };
        let expected = if expected.is_empty() { Trial::AsBefore } else { Trial::Changed(back) };
        assert_eq!(trial, Ok(expected), "{from} -> {to}");
    }
}

#[test]
fn a_write_that_is_refused_or_came_too_late_tries_nothing() {
    let moved = STORED.replacen("T10:00", "T10:05", 1);
    let refused = |status| vec![read(STORED), answer(status, &json!({}))];
    let changed: Vec<Answer> = refused(412).into_iter().chain([read(&moved)]).collect();
    let then = |read| refused(404).into_iter().chain([read]).collect();
    let refused = Failure::Refused { status: 404, field: None };
    let cases =
        [(changed, Failure::Changed), (then(answer(404, &json!({}))), Failure::Gone), (then(read(STORED)), refused)];
    for (answers, failure) in cases {
        let script = Script::of(answers);
        assert_eq!(script.run(|client| client.try_relatie(&relatie_id("1"), &mut begin)), Err(failure));
    }
}

#[test]
fn a_tag_that_fits_nothing_is_left_out() {
    let script = Script::of([read(STORED), answer(412, &json!({})), read(STORED), read(STORED), read(STORED)]);
    let (trial, tags) = script.run(|client| (client.try_relatie(&relatie_id("1"), &mut begin), client.tags()));
    assert_eq!(trial, Ok(Trial::AsBefore));
    assert!(matches!(tags, Some(Tags::DoNotFit { .. })));
    assert_eq!([1, 3].map(|put| script.header(put, "if-match").is_some()), [true, false]);
    assert_eq!(script.body(3), STORED);
}

/// What AC does with a write.
#[derive(Clone, Copy)]
enum Quirk {
    /// It changes what is sent, as RFC 7396 has it; of lists the rows that are sent, by their ids.
    Merges,
    /// It takes what is sent for all of the record.
    Replaces,
    /// It takes the rows that are sent for all rows of their list, each with what it had before.
    DropsRows,
    /// It takes an object that is sent for all of that object.
    ReplacesObjects,
    /// It writes one member in capitals, whatever is sent.
    Shouts,
    /// It answers a success with that text, and changes nothing.
    Answers(&'static str),
    /// It answers with another address, and changes nothing.
    Redirects,
    /// It loses a member, and somebody changes the record before it is read again.
    IsMoved,
    /// It loses a member, and gives no answer to the next reading.
    IsCutOff,
}

/// An AC that keeps one record.
struct Server {
    record: RefCell<Value>,
    quirk: Quirk,
    sent: RefCell<Vec<Value>>,
}

impl Server {
    fn of(quirk: Quirk, record: &Value) -> Self {
        Self { record: RefCell::new(record.clone()), quirk, sent: RefCell::default() }
    }

    fn try_as(&self, dialect: &str, person: Option<&str>) -> Result<Trial, Failure> {
        let settings = Settings {
            url: "https://ac.example/api".to_owned(),
            office: "12345".to_owned(),
            key: Secret::new("canary-key"),
            key_header: "X-Api-Key".to_owned(),
            user: String::new(),
            password: Secret::new(""),
            dialect: Arc::new(Dialect::parse(dialect).unwrap()),
        };
        let client = Client::new(self, self, &settings);
        match person {
            None => client.try_relatie(&relatie_id("1"), &mut begin),
            Some(id) => client.try_contactpersoon(&ContactpersoonId::new(id), &mut begin),
        }
    }

    fn write(&self, sent: &Value) {
        let mut record = self.record.borrow_mut();
        self.sent.borrow_mut().push(sent.clone());
        let writes = self.sent.borrow().len();
        match self.quirk {
            Quirk::Merges | Quirk::DropsRows => merge(&mut record, sent, matches!(self.quirk, Quirk::DropsRows)),
            Quirk::Replaces => *record = sent.clone(),
            Quirk::ReplacesObjects => {
                sent.as_object().unwrap().iter().for_each(|(name, value)| record[name] = value.clone());
            }
            Quirk::Shouts => record["email"] = json!("A@B.EXAMPLE"),
            Quirk::IsMoved | Quirk::IsCutOff => drop(record.as_object_mut().unwrap().remove("unknown")),
            Quirk::Answers(_) | Quirk::Redirects => {}
        }
        record["updated_at"] = json!(format!("2026-11-26T10:00:0{writes}Z"));
    }
}

/// Changes what is sent; of a list the rows of those ids.
fn merge(record: &mut Value, sent: &Value, drops_rows: bool) {
    for (name, value) in sent.as_object().unwrap() {
        match (&mut record[name], value) {
            (old @ Value::Object(_), Value::Object(_)) => merge(old, value, drops_rows),
            (Value::Array(old), Value::Array(rows)) if rows.iter().all(Value::is_object) => {
                let mut kept = Vec::new();
                for row in rows {
                    let known = old.iter().find(|known| known["id"] == row["id"]).cloned();
                    let mut known = known.unwrap_or_else(|| json!({}));
                    merge(&mut known, row, drops_rows);
                    kept.push(known);
                }
                for known in old.iter_mut() {
                    *known = kept.iter().find(|row| row["id"] == known["id"]).unwrap_or(known).clone();
                }
                if drops_rows {
                    *old = kept;
                }
            }
            (old, value) => *old = value.clone(),
        }
    }
}

impl Http for Server {
    fn send_each(
        &self,
        requests: Vec<Request>,
        _in_flight: usize,
        on_answer: &mut dyn FnMut(usize, Answer) -> ControlFlow<()>,
    ) {
        for (position, request) in requests.into_iter().enumerate() {
            let is_read = matches!(request.method, Method::Get);
            if !is_read {
                self.write(&serde_json::from_slice(&request.body).unwrap());
            }
            let mut shown = self.record.borrow().clone();
            if is_read && matches!(self.quirk, Quirk::IsMoved) {
                shown["updated_at"] = json!("2026-11-26T11:00:00Z");
            }
            let given = match self.quirk {
                Quirk::Answers(text) if !is_read => raw(200, text),
                Quirk::Redirects if !is_read => raw(302, ""),
                Quirk::IsCutOff if is_read && !self.sent.borrow().is_empty() => Err(NoAnswer::Lost(Outage::BrokenOff)),
                _ => answer(200, &shown),
            };
            if on_answer(position, given).is_break() {
                return;
            }
        }
    }
}

impl Clock for Server {
    fn now(&self) -> Instant {
        Instant::from_millis(1_792_567_680_000)
    }
}

/// Records of that dialect change what is sent, and rows by their ids. It knows no version.
fn dialect_of(method: &str, lists: &str) -> String {
    let mut dialect: Value = serde_json::from_str(dialect::BOOKKEEPING).unwrap();
    dialect["writing"] = json!({ "method": method, "version": "none", "answer": "record", "lists": lists });
    dialect["relations"]["record"]["addresses"] = json!({ "rows": {
        "at": "/addresses", "id": "/id", "type": "/kind", "words": { "hoofdkantoor": ["main"], "postadres": ["post"] },
        "parts": { "straat": "/street", "huisnummer": "in-street", "plaats": "/city" },
    } });
    dialect.to_string()
}

fn record() -> Value {
    json!({
        "id": "1", "company_name": "Voorbeeld", "firstname": "", "lastname": "", "email": "a@b.example", "unknown": [1],
        "updated_at": "2026-11-01T10:00:00Z",
        "addresses": [
            {"id": "a", "kind": "main", "street": "Gracht 1", "city": "Utrecht", "floor": 2},
            {"id": "b", "kind": "post", "street": "Postbus 1", "city": "Utrecht"},
        ],
        "contact_people": [
            {"id": "7", "lastname": "Jansen", "mobile": "06", "badge": 1},
            {"id": "8", "lastname": "Bakker", "mobile": "", "email": "b@b.example"},
        ],
    })
}

/// The places that a trial found, and whether all of them are as they were again.
fn changed(trial: Result<Trial, Failure>) -> Changed {
    match trial {
        Ok(Trial::Changed(changed)) => changed,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_trial_sends_what_an_edit_of_one_field_would_each_by_itself() {
    let server = Server::of(Quirk::Merges, &record());
    assert_eq!(server.try_as(&dialect_of("patch", "by-id"), None), Ok(Trial::AsBefore));
    assert_eq!(
        *server.sent.borrow(),
        [
            json!({"company_name": "Voorbeeld"}),
            json!({"addresses": [{"id": "a", "street": "Gracht 1"}]}),
            json!({"contact_people": [{"id": "7", "lastname": "Jansen"}]}),
        ]
    );
}

#[test]
fn a_list_that_is_written_whole_goes_whole() {
    let server = Server::of(Quirk::Merges, &record());
    assert_eq!(server.try_as(&dialect_of("patch", "whole"), None), Ok(Trial::AsBefore));
    let sent = server.sent.borrow();
    assert_eq!(sent[1], json!({"addresses": record()["addresses"]}));
    assert_eq!(sent[2], json!({"contact_people": record()["contact_people"]}));
}

#[test]
fn an_ac_that_takes_a_part_for_the_whole_is_found_out_and_gets_the_record_back() {
    for method in ["put-changed", "patch"] {
        let server = Server::of(Quirk::Replaces, &record());
        let changed = changed(server.try_as(&dialect_of(method, "by-id"), None));
        assert!(changed.put_back.contains(&"/unknown".to_owned()), "{changed:?}");
        assert!(changed.put_back.contains(&"/id".to_owned()), "what it is known by went too: {changed:?}");
        assert_eq!((changed.not_put_back, changed.may_be_accepted), (Vec::<String>::new(), false));
        let mut now = server.record.borrow().clone();
        now["updated_at"] = record()["updated_at"].clone();
        assert_eq!(now, record(), "{method}");
    }
}

#[test]
fn an_ac_that_drops_the_rows_that_are_not_sent_is_found_out_and_gets_them_back() {
    let server = Server::of(Quirk::DropsRows, &record());
    let found = changed(server.try_as(&dialect_of("patch", "by-id"), None));
    assert_eq!(
        found,
        Changed { put_back: vec!["/addresses".to_owned()], not_put_back: vec![], may_be_accepted: false }
    );
    assert_eq!(
        server.record.borrow()["addresses"],
        json!([
            {"id": "a", "kind": "main", "street": "Gracht 1", "city": "Utrecht", "floor": 2},
            {"id": "b", "kind": "post", "street": "Postbus 1", "city": "Utrecht"},
        ])
    );
}

#[test]
fn an_ac_that_drops_the_contact_persons_that_are_not_sent_is_found_out_by_a_trial_of_their_relation() {
    let mut dialect: Value = serde_json::from_str(&dialect_of("patch", "by-id")).unwrap();
    dialect["relations"]["record"]["addresses"] = json!("none");
    let server = Server::of(Quirk::DropsRows, &record());
    assert_eq!(changed(server.try_as(&dialect.to_string(), None)).put_back, ["/contact_people"]);
}

#[test]
fn where_rows_go_by_their_ids_a_record_with_one_row_does_not_tell_and_nothing_is_sent() {
    for list in ["addresses", "contact_people"] {
        let mut one = record();
        one[list].as_array_mut().unwrap().truncate(1);
        let server = Server::of(Quirk::Merges, &one);
        assert_eq!(server.try_as(&dialect_of("patch", "by-id"), None), Ok(Trial::Untold(Untold::NeedsRows)), "{list}");
        assert!(server.sent.borrow().is_empty());
        assert_eq!(server.try_as(&dialect_of("patch", "whole"), None), Ok(Trial::AsBefore), "{list}");
    }
    let server = Server::of(Quirk::Merges, &record());
    let of_person = server.try_as(&dialect_of("patch", "by-id"), Some("1/7"));
    assert_eq!(of_person, Ok(Trial::Untold(Untold::NeedsRows)), "its relation tells more");
}

#[test]
fn an_object_that_ac_takes_whole_is_found_out_beside_members_that_it_merges() {
    let mut dialect: Value = serde_json::from_str(&dialect_of("patch", "whole")).unwrap();
    dialect["relations"]["record"]["organisation"]["email"] = json!("/reach/email");
    let mut nested = record();
    nested["reach"] = json!({"email": "a@b.example", "fax": "1"});
    let server = Server::of(Quirk::ReplacesObjects, &nested);
    assert_eq!(changed(server.try_as(&dialect.to_string(), None)).put_back, ["/reach/fax"]);
}

#[test]
fn what_ac_sets_by_itself_is_not_put_back_and_may_be_accepted() {
    let server = Server::of(Quirk::Shouts, &record());
    let found = changed(server.try_as(&dialect_of("put", "whole"), None));
    assert_eq!(found, Changed { put_back: vec![], not_put_back: vec!["/email".to_owned()], may_be_accepted: true });
}

#[test]
fn a_record_in_which_nothing_of_the_dialect_stands_tells_nothing_and_is_not_written() {
    let empty = json!({"id": "1", "company_name": "", "updated_at": "2026-11-01T10:00:00Z", "unknown": [1]});
    for (method, lists) in [("put", "whole"), ("patch", "by-id"), ("put-changed", "whole")] {
        let server = Server::of(Quirk::Merges, &empty);
        assert_eq!(server.try_as(&dialect_of(method, lists), None), Ok(Trial::Untold(Untold::TooLittle)));
        assert!(server.sent.borrow().is_empty());
    }
}

#[test]
fn an_answer_without_the_record_counts_as_no_trial_and_says_so() {
    for text in [r#"{"error":{"code":"E1"}}"#, "[]", "<html></html>", "null", "text"] {
        let server = Server::of(Quirk::Answers(text), &record());
        let trial = server.try_as(&dialect_of("put", "whole"), None);
        assert_eq!(trial, Ok(Trial::Untold(Untold::AnsweredOtherwise)), "{text}");
    }
    let server = Server::of(Quirk::Redirects, &record());
    assert_eq!(server.try_as(&dialect_of("put", "whole"), None), Ok(Trial::Untold(Untold::Redirected)));
    assert_eq!(server.sent.borrow().len(), 1, "it is not followed");
}

#[test]
fn what_somebody_else_wrote_meanwhile_is_not_overwritten_to_put_members_back() {
    for quirk in [Quirk::IsMoved, Quirk::IsCutOff] {
        let server = Server::of(quirk, &record());
        let trial = server.try_as(&dialect_of("put-changed", "whole"), None);
        assert_eq!(trial, Ok(Trial::Untold(Untold::CutOff)));
        assert_eq!(server.sent.borrow().len(), 1);
    }
}

#[test]
fn a_trial_that_may_not_begin_writes_nothing_and_knows_the_record_without_its_stamp() {
    let mut said = String::new();
    let script = Script::of([answer(200, &record())]);
    let trial = script.run_as(Arc::new(Dialect::parse(&dialect_of("put", "whole")).unwrap()), |client| {
        client.try_relatie(&relatie_id("1"), &mut |content| {
            said = content;
            false
        })
    });
    assert_eq!(trial, Ok(Trial::Untold(Untold::CutOff)));
    assert!(said.contains("Voorbeeld") && !said.contains("2026-11-01"));
}

#[test]
fn the_version_that_goes_along_when_members_are_put_back_is_that_of_now() {
    let record = |version: u32, email: &str| {
        json!({"id": "1", "version": version, "company_name": "Voorbeeld", "firstname": "", "lastname": "",
            "email": email, "contact_people": [{"id": "7", "lastname": "A", "email": "a"}, {"id": "8"}]})
    };
    let (first, lost, back) = (record(4, "a@b.example"), record(5, ""), record(6, "a@b.example"));
    let tagless = [answer(200, &first), answer(200, &lost), answer(200, &lost)].into_iter();
    let script = Script::of(tagless.chain([answer(200, &back), answer(200, &back)]));
    let dialect = Arc::new(Dialect::parse(dialect::BOOKKEEPING).unwrap());
    let trial = script.run_as(dialect, |client| client.try_relatie(&relatie_id("1"), &mut begin));
    assert_eq!(changed(trial).put_back, ["/email"]);
    assert_eq!(script.sent(1), json!({"version": 4, "company_name": "Voorbeeld"}));
    assert_eq!(script.sent(3)["version"], 5);
    assert_eq!(script.sent(3)["email"], "a@b.example");
}

#[test]
fn an_envelope_goes_around_the_whole_record() {
    let record =
        json!({"id": "1", "type": "Company", "name": "Voorbeeld", "phone_numbers": [{"name": "Work", "number": "1"}]});
    let whole = || answer(200, &json!({"data": record}));
    let script = Script::of([whole(), whole(), whole()]);
    let dialect = Arc::new(Dialect::parse(dialect::PRACTICE).unwrap());
    let trial = script.run_as(dialect, |client| client.try_relatie(&relatie_id("1"), &mut begin));
    assert_eq!(trial, Ok(Trial::AsBefore));
    assert_eq!(script.sent(1), json!({"data": record}));
}
