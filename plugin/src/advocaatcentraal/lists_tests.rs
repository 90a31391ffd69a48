#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

use std::sync::Arc;

use dialect::Dialect;
use serde_json::{Value, json};

use crate::advocaatcentraal::script::{Answer, Script, answer};
use crate::advocaatcentraal::wire::encoded;
use crate::answer::Failure;

const BASE: &str = "https://ac.example/api";

fn targets(script: &Script) -> Vec<String> {
    script.requests.borrow().iter().map(|request| request.url.replacen(BASE, "", 1)).collect()
}

#[test]
fn a_next_link_that_is_a_query_alone_is_of_its_own_list() {
    let page = |next: Value| answer(200, &json!({"Items": [], "Links": {"Next": next}, "Fault": null}));
    let session = answer(200, &json!({"Session": {"Token": "t"}}));
    let script = Script::of([session, page(json!("?Rows=9&After=7")), page(Value::Null), page(Value::Null)]);
    let dialect = Arc::new(Dialect::parse(dialect::REGISTER).unwrap());
    script.run_as(dialect, |client| {
        let mut after = None;
        for _ in 0..3 {
            after = client.relaties(None, after.as_deref(), 9).unwrap().next;
        }
        assert_eq!(after, None);
    });
    let expected =
        ["/register/organisations?Rows=9", "/register/organisations?Rows=9&After=7", "/register/people?Rows=9"];
    assert_eq!(targets(&script)[1..], expected);
}

fn below(of_relation: Answer) -> Result<Vec<String>, Failure> {
    let relations =
        json!({"items": [{"id": 1, "company": {"name": "x"}}, {"id": 2, "company": {"name": "y"}}], "total": 2});
    let script = Script::of([answer(200, &relations), of_relation, answer(200, &json!({"items": [{"nr": 7}]}))]);
    let dialect = Arc::new(Dialect::parse(dialect::LEDGER).unwrap());
    let page = script.run_as(dialect, |client| client.contactpersonen(None, None, 100))?;
    Ok(page.records.into_iter().map(|person| person.unwrap().id().as_str().to_owned()).collect())
}

#[test]
fn a_contact_person_is_asked_for_by_its_own_id_whatever_signs_that_has() {
    for own in ["7", "2024/2", "50%", "a%2Fb", "%25/", "/"] {
        let row = json!({"nr": own});
        let script = Script::of([
            answer(200, &json!({"items": [{"id": 1, "company": {"name": "x"}}], "total": 1})),
            answer(200, &json!({"items": [row]})),
            answer(200, &row),
        ]);
        let dialect = Arc::new(Dialect::parse(dialect::LEDGER).unwrap());
        script.run_as(dialect, |client| {
            let page = client.contactpersonen(None, None, 100).unwrap();
            let listed = page.records[0].as_ref().unwrap().id().clone();
            assert_eq!(*client.contactpersoon(&listed).unwrap().id(), listed, "{own}");
        });
        let asked = targets(&script).pop().unwrap();
        assert!(asked.ends_with(&format!("/{}", encoded(own))), "{asked}");
    }
}

#[test]
fn the_contact_persons_of_a_relation_that_went_away_are_none() {
    let gone = answer(400, &json!({"problem": {"code": "REL-0404"}}));
    assert_eq!(below(gone), Ok(vec!["2/7".to_owned()]));
    assert_eq!(below(answer(200, &json!({"items": [{"nr": 6}]}))), Ok(vec!["1/6".to_owned(), "2/7".to_owned()]));
}

#[test]
fn that_no_relation_has_a_list_of_contact_persons_is_known_after_several() {
    let gone = || answer(400, &json!({"problem": {"code": "REL-0404"}}));
    let has = || answer(200, &json!({"items": []}));
    let found_none = |lists: Vec<Answer>| {
        let items: Vec<Value> = (0..lists.len()).map(|id| json!({"id": id, "company": {"name": "x"}})).collect();
        let relations = answer(200, &json!({"items": items, "total": items.len()}));
        let script = Script::of([relations].into_iter().chain(lists));
        let dialect = Arc::new(Dialect::parse(dialect::LEDGER).unwrap());
        script.run_as(dialect, |client| {
            client.contactpersonen(None, None, 100).unwrap();
            client.found_no_person_list()
        })
    };
    assert!(found_none(vec![gone(), gone(), gone()]));
    assert!(!found_none(vec![gone(), has(), gone()]), "that one has a list, though an empty one");
    assert!(!found_none(vec![gone(), gone()]), "they may have gone away");
}
