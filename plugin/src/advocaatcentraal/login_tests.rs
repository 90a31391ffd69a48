#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

use std::sync::Arc;
use std::time::Duration;

use dialect::Dialect;
use serde_json::{Value, json};

use crate::advocaatcentraal::Relatie;
use crate::advocaatcentraal::script::{Answer, Script, answer, relatie_id, with};
use crate::answer::Failure;
use crate::ports::Method;

fn session(token: &str) -> Answer {
    answer(200, &json!({"Session": {"Token": token}, "Fault": null}))
}

fn fault(status: u16, code: &str) -> Answer {
    answer(status, &json!({"Fault": {"Code": code, "Member": null}}))
}

fn record(id: &str) -> Answer {
    answer(200, &json!({"Record": {"Id": id}, "Fault": null}))
}

fn reading(answers: impl IntoIterator<Item = Answer>, ids: &[&str]) -> (Vec<Result<Relatie, Failure>>, Script) {
    let script = Script::of(answers);
    let dialect = Arc::new(Dialect::parse(dialect::REGISTER).unwrap());
    let read = script.run_as(dialect, |client| ids.iter().map(|id| client.relatie(&relatie_id(id))).collect());
    (read, script)
}

#[test]
fn a_token_is_asked_for_once_with_the_headers_that_always_go_along() {
    let (read, script) = reading([session("t1"), record("1"), record("2")], &["org-1", "org-2"]);
    assert!(read.iter().all(Result::is_ok), "{read:?}");
    assert_eq!(script.requests.borrow()[0].method, Method::Post);
    assert_eq!(script.sent(0), json!({"ApiKey": "canary-key"}));
    for position in 0..3 {
        assert_eq!(script.header(position, "x-tenant").as_deref(), Some("123 45"));
    }
    assert_eq!(script.header(0, "x-session"), None);
    assert_eq!(script.header(2, "x-session").as_deref(), Some("t1"));
}

#[test]
fn a_token_that_ran_out_is_asked_for_again_once() {
    let (read, script) =
        reading([session("t1"), record("1"), fault(401, "SESSION"), session("t2"), record("2")], &["org-1", "org-2"]);
    assert!(read.iter().all(Result::is_ok), "{read:?}");
    assert_eq!(script.header(4, "x-session").as_deref(), Some("t2"));
    let again = [session("t1"), record("1"), fault(401, "SESSION"), session("t2"), fault(401, "SESSION")];
    assert_eq!(reading(again, &["org-1", "org-2"]).0[1].as_ref().unwrap_err(), &Failure::Credentials);
    let never = [session("t1"), fault(401, "SESSION")];
    assert_eq!(reading(never, &["org-1"]).0[0].as_ref().unwrap_err(), &Failure::Credentials);
}

#[test]
fn several_records_are_read_with_another_token_where_the_first_ran_out_among_them() {
    let script =
        Script::of([session("t1"), record("1"), fault(401, "SESSION"), session("t2"), record("1"), record("2")]);
    let dialect = Arc::new(Dialect::parse(dialect::REGISTER).unwrap());
    let ids = [relatie_id("org-1"), relatie_id("org-2")];
    let read = script.run_as(dialect, |client| client.relaties_by_id(&ids, 4)).unwrap();
    assert!(read.iter().all(|(_, read)| read.is_ok()));
}

#[test]
fn a_wait_counts_though_another_call_on_its_way_is_refused_the_token() {
    for wait_first in [true, false] {
        let mut answers = [with(answer(429, &json!({})), "retry-after", "60"), fault(401, "SESSION")];
        if !wait_first {
            answers.reverse();
        }
        let [one, other] = answers;
        let script = Script::of([session("t1"), record("1"), one, other]);
        let dialect = Arc::new(Dialect::parse(dialect::REGISTER).unwrap());
        let ids = ["org-1", "org-2", "org-3"].map(relatie_id);
        let failure = script.run_as(dialect, |client| client.relaties_by_id(&ids, 4)).unwrap_err();
        assert_eq!(failure, Failure::Quota(Duration::from_secs(60)), "{wait_first}");
    }
}

#[test]
fn a_refused_key_is_one_of_the_credentials_however_it_is_said() {
    for refused in [fault(401, "KEY"), fault(400, "KEY"), fault(404, "KEY"), fault(200, "SESSION"), fault(200, "KEY")] {
        let (read, _) = reading([refused], &["org-1"]);
        assert_eq!(read[0].as_ref().unwrap_err(), &Failure::Credentials);
    }
    let odd: Value = json!({"Session": {}, "Fault": null});
    assert_eq!(reading([answer(200, &odd)], &["org-1"]).0[0].as_ref().unwrap_err(), &Failure::NotUnderstood);
}
