#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use serde_json::{Value, json};

use crate::Dialect;
use crate::draft::{Draft, draft};
use crate::samples::Answer;

fn rows(count: usize) -> Vec<Value> {
    (1..=count).map(|id| json!({"id": id, "soort": "bedrijf", "bedrijfsnaam": "Vink", "kvk": "01234567"})).collect()
}

fn of(body: Value) -> Draft {
    draft(&[Answer::alone(body)]).unwrap()
}

#[test]
fn a_list_that_counts_more_than_it_shows_does_not_hold_before_its_pages_are_told() {
    let drafted = of(json!({"items": rows(3), "total": 57}));
    assert_eq!(drafted.open, ["/relations/lists/0/paging"]);
    assert!(Dialect::parse(&drafted.document.to_string()).is_err());
    let remark = "/relations/lists/0/paging: the list has more rows than the samples show";
    assert!(drafted.document.to_string().contains(remark), "{}", drafted.document);
}

#[test]
fn a_list_of_as_many_rows_as_a_page_has_may_go_on() {
    for (body, is_open) in [
        (json!(rows(50)), true),
        (json!(rows(49)), false),
        (json!({"items": rows(50), "total": 50}), false),
        (json!({"items": rows(3), "total": 3}), false),
    ] {
        assert_eq!(!of(body).open.is_empty(), is_open);
    }
}
