#![allow(clippy::unwrap_used)]

use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::advocaatcentraal::RowProblem;
use crate::advocaatcentraal::script::{Script, answer, raw, relatie_id, with};
use crate::answer::Cause;
use crate::ports::NoAnswer;
use crate::relation::Stamp;
use crate::wording::Outage;

#[test]
fn every_request_carries_the_key_and_the_office_and_shows_neither() {
    let script = Script::of([answer(200, &json!({"office": 123, "naam": "x"}))]);
    let other = script.run(|client| client.office());
    assert_eq!(other, Err(Failure::Gone));
    assert_eq!(script.asked(), ["Get "]);
    assert_eq!(script.header(0, "x-api-key").as_deref(), Some("canary-key"));
    assert!(!format!("{:?}", script.requests.borrow()).contains("canary"));
}

#[test]
fn an_office_tells_its_name() {
    let script = Script::of([answer(200, &json!({"office": "123 45", "naam": "Voorbeeld Advocaten"}))]);
    assert_eq!(script.run(|client| client.office()).as_deref(), Ok("Voorbeeld Advocaten"));
    let unknown = Script::of([answer(404, &json!({"fout": {"code": "office"}}))]);
    assert_eq!(unknown.run(|client| client.office()), Err(Failure::Gone));
    let other = Script::of([raw(200, "<html></html>")]);
    assert_eq!(other.run(|client| client.office()), Err(Failure::Unusable(Outage::NoJson)));
}

#[test]
fn relation_types_have_an_id_and_a_name() {
    let types = json!({"relatietypen": [{"id": "client", "naam": "Cliënt"}, {"id": 7}, {"naam": "zonder id"}, null]});
    let script = Script::of([answer(200, &types)]);
    let types = script.run(|client| client.relatietypen()).unwrap();
    let types: Vec<(&str, &str)> = types.iter().map(|found| (found.id.as_str(), found.naam.as_str())).collect();
    assert_eq!(types, [("client", "Cliënt"), ("7", "7")]);
}

#[test]
fn a_list_is_asked_for_with_its_bound_in_dutch_time_and_its_cursor() {
    let empty = json!({"relaties": [], "volgende": null});
    let script = Script::of([answer(200, &empty), answer(200, &empty)]);
    let from = Stamp::parse("2026-07-01T10:00:05.987Z").map(Stamp::instant);
    script.run(|client| {
        client.relaties(None, None, 100).unwrap();
        client.relaties(from, Some("a+b/="), 25).unwrap();
    });
    let second = "Get /relaties?aantal=25&gewijzigd_vanaf=2026-07-01T12%3A00%3A05%2B02%3A00&na=a%2Bb%2F%3D";
    assert_eq!(script.asked(), ["Get /relaties?aantal=100", second]);
}

#[test]
fn a_row_that_cannot_be_read_does_not_keep_the_others_back() {
    let body = json!({"contactpersonen": [{"id": "1"}, {"id": {}}, 7, null, {"id": ".."}, {"id": " "}, {"id": 2}]});
    let script = Script::of([with(answer(200, &body), "Date", "Thu, 01 Jan 1970 00:01:00 GMT")]);
    let page = script.run(|client| client.contactpersonen(None, None, 100)).unwrap();
    let ids: Vec<Result<&str, RowProblem>> =
        page.records.iter().map(|row| row.as_ref().map(|row| row.id().as_str()).map_err(|problem| *problem)).collect();
    let problem = Err(RowProblem);
    assert_eq!(ids, [Ok("1"), problem, problem, problem, problem, problem, Ok("2")]);
    assert_eq!(page.server_time, Some(Instant::from_millis(60_000)));
}

#[test]
fn f47_only_null_and_absent_are_the_end_of_a_list() {
    let next = |volgende: Value| {
        let script = Script::of([answer(200, &json!({"relaties": [], "volgende": volgende}))]);
        script.run(|client| client.relaties(None, None, 100)).map(|page| page.next)
    };
    assert_eq!(next(Value::Null), Ok(None));
    assert_eq!(next(json!("")), Ok(Some(String::new())));
    assert_eq!(next(json!("cursor")), Ok(Some("cursor".to_owned())));
    assert_eq!(next(json!(2)), Ok(Some("2".to_owned())));
    assert_eq!(next(json!({})), Err(Failure::NotUnderstood));
    let absent = Script::of([answer(200, &json!({"relaties": []}))]);
    assert_eq!(absent.run(|client| client.relaties(None, None, 100)).unwrap().next, None);
}

#[test]
fn f49_f50_a_success_without_the_list_is_not_understood() {
    for body in ["", "<html>Onderhoud</html>", r#"{"fout":{"code":"storing"}}"#, r#"{"relaties":{}}"#, "[]"] {
        let script = Script::of([raw(200, body)]);
        let failure = script.run(|client| client.relaties(None, None, 100)).unwrap_err();
        let is_json = body.starts_with('{');
        let expected = if is_json { Failure::NotUnderstood } else { Failure::Unusable(Outage::NoJson) };
        assert_eq!(failure, expected, "{body}");
    }
}

#[test]
fn a_list_that_is_not_there_is_a_wrong_address_but_a_cursor_may_be_gone() {
    let list = |after| {
        let script = Script::of([raw(404, "")]);
        script.run(|client| client.relaties(None, after, 100)).unwrap_err()
    };
    assert_eq!(list(None), Failure::Unusable(Outage::NotThere));
    assert_eq!(list(Some("cursor")), Failure::Gone);
}

#[test]
fn a_record_is_read_by_its_id_whatever_stands_in_it() {
    let script = Script::of([answer(200, &json!({"id": "a/b c"}))]);
    script.run(|client| client.relatie(&relatie_id("a/b c"))).unwrap();
    assert_eq!(script.asked(), ["Get /relaties/a%2Fb%20c"]);
    let another = Script::of([answer(200, &json!({"id": "2"}))]);
    assert_eq!(another.run(|client| client.relatie(&relatie_id("1"))).unwrap_err(), Failure::NotUnderstood);
    for status in [404, 410] {
        let gone = Script::of([raw(status, "")]);
        assert_eq!(gone.run(|client| client.relatie(&relatie_id("1"))).unwrap_err(), Failure::Gone);
    }
}

#[test]
fn a_read_whose_answer_was_lost_can_simply_be_repeated() {
    for lost in [Err(NoAnswer::Lost(Outage::BrokenOff)), raw(502, ""), raw(500, "")] {
        let script = Script::of([lost]);
        assert!(script.run(|client| client.relatie(&relatie_id("1"))).unwrap_err().is_unavailable());
    }
}

#[test]
fn several_records_are_read_each_with_its_own_outcome() {
    let script = Script::of([
        answer(200, &json!({"id": 1})),
        raw(404, ""),
        Err(NoAnswer::Lost(Outage::BrokenOff)),
        answer(200, &json!({"id": "4"})),
    ]);
    let ids = ["1", "2", "3", "4"].map(relatie_id);
    let read = script.run(|client| client.relaties_by_id(&ids, 2)).unwrap();
    let outcomes: Vec<Option<Failure>> = read.iter().map(|(_, outcome)| outcome.as_ref().err().cloned()).collect();
    assert_eq!(outcomes, [None, Some(Failure::Gone), Some(Failure::Unavailable(Outage::BrokenOff.into())), None]);
    assert!(read.iter().map(|(id, _)| id).eq(&ids));
}

#[test]
fn f64_a_refused_key_ends_the_reading_of_several_records_at_once() {
    let ids: Vec<ContactpersoonId> = (1..=200).map(|id| ContactpersoonId::new(id.to_string())).collect();
    for (refusal, failure) in [
        (raw(401, ""), Failure::Credentials),
        (with(raw(429, ""), "retry-after", "7"), Failure::Quota(Duration::from_secs(7))),
        (Err(NoAnswer::Forbidden), Failure::Forbidden),
    ] {
        let script = Script::of([answer(200, &json!({"id": "1"})), refusal]);
        assert_eq!(script.run(|client| client.contactpersonen_by_id(&ids, 8)).unwrap_err(), failure);
    }
}

#[test]
fn several_failures_in_a_row_are_the_systems_not_the_records() {
    let ids: Vec<RelatieId> = (1..=200).map(|id| relatie_id(&id.to_string())).collect();
    let script = Script::of((0..FAILURES_IN_A_ROW).map(|_| raw(503, "")));
    let cause = Cause { outage: Outage::AsksToWait, status: Some(503) };
    assert_eq!(script.run(|client| client.relaties_by_id(&ids, 8)).unwrap_err(), Failure::Unavailable(cause));
}
