#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

use std::sync::Arc;

use dialect::Dialect;
use serde_json::{Value, json};

use super::{Line, What};
use crate::advocaatcentraal::errors::Answered;
use crate::advocaatcentraal::script::{Answer, Script, answer, raw, with};
use crate::ports::Method;
use crate::wording::Probed;
use What::{Differs, Failed, Holds, Unknown};

/// A relation that changed so many minutes after ten.
fn row(number: usize, minute: usize) -> Value {
    json!({"id": number.to_string(), "soort": "bedrijf", "status": "actief", "relatietypen": ["klant"],
        "bedrijfsnaam": "Voorbeeld", "telefoonnummer": null, "email": "a@b.example", "website": "", "kvk": "12345678",
        "adressen": [], "gewijzigd": format!("2026-11-02T10:{minute:02}:00+01:00")})
}

fn rows(of: std::ops::Range<usize>) -> Vec<Value> {
    of.map(|number| row(number, number)).collect()
}

fn list(rows: &[Value], next: Option<&str>) -> Answer {
    answer(200, &json!({"relaties": rows, "volgende": next}))
}

/// An AC of twenty relations that is as it is assumed to be; a test has it answer otherwise at a place.
struct Ac {
    types: Answer,
    first: Answer,
    second: Option<Answer>,
    since: Vec<Answer>,
    single: Answer,
    missing: Answer,
    deleted: Option<Answer>,
}

impl Default for Ac {
    fn default() -> Self {
        Self {
            types: answer(200, &json!({"relatietypen": [{"id": "klant", "naam": "Klant"}]})),
            first: list(&rows(0..10), Some("10")),
            second: Some(list(&rows(10..20), Some("20"))),
            since: vec![list(&rows(19..22), None)],
            single: with(answer(200, &row(19, 19)), "ETag", "\"1\""),
            missing: answer(404, &json!({})),
            deleted: None,
        }
    }
}

impl Ac {
    fn probe(self) -> (Vec<Line>, Script) {
        let office = answer(200, &json!({"office": "123 45", "naam": "Kantoor"}));
        let persons = answer(200, &json!({"contactpersonen": [{"id": "7", "achternaam": "Jansen"}], "volgende": null}));
        let answers = [office, self.types, self.first].into_iter().chain(self.second).chain(self.since);
        let answers = answers.chain([self.single, self.missing]).chain(self.deleted).chain([persons]);
        let script = Script::of(answers);
        let lines = script.run(|client| client.probe());
        (lines, script)
    }

    /// What was told about an assumption.
    fn tells(self, assumption: &str) -> Vec<(What, Option<String>)> {
        let lines = self.probe().0.into_iter().filter(|line| line.assumption == assumption);
        lines.map(|line| (line.what, line.at)).collect()
    }

    #[track_caller]
    fn differs(self, assumption: &str, code: Probed, at: Option<&str>) {
        let told = self.tells(assumption);
        assert!(told.contains(&(Differs(code), at.map(str::to_owned))), "{told:?}");
    }
}

#[test]
fn what_is_as_assumed_holds_and_the_rest_is_not_told() {
    let (lines, script) = Ac::default().probe();
    let holding: Vec<(&str, Probed)> = lines
        .iter()
        .filter_map(|line| match line.what {
            Holds(code) => Some((line.assumption, code)),
            _ => None,
        })
        .collect();
    let expected = [
        ("A1", Probed::AddressAnswers),
        ("A2", Probed::KeyTaken),
        ("A3", Probed::IdsAreTexts),
        ("A3", Probed::FieldsRead),
        ("A3", Probed::PersonsRead),
        ("A4", Probed::SizeKept),
        ("A4", Probed::ListGoesOn),
        ("A4", Probed::RecordsOnce),
        ("A4", Probed::InOrder),
        ("A4", Probed::FilterWorks),
        ("A4", Probed::FilterExact),
        ("A4", Probed::BoundIncluded),
        ("A5", Probed::StampsAsSaid),
        ("A7", Probed::RowsWhole),
        ("A7", Probed::EmptiesGiven),
        ("A9", Probed::TagThere),
        ("A10", Probed::MissingRefused),
        ("A13", Probed::TypesKnown),
    ];
    assert_eq!(holding, expected);
    let others: Vec<(&str, &What)> =
        lines.iter().map(|line| (line.assumption, &line.what)).filter(|(_, what)| !matches!(what, Holds(_))).collect();
    let expected = [
        ("A6", &Unknown(Probed::NotByReading)),
        ("A8", &Unknown(Probed::OnlyByWriting)),
        ("A11", &Unknown(Probed::NoneDeleted)),
        ("A12", &Unknown(Probed::NotByReading)),
        ("A14", &Unknown(Probed::OnlyByWriting)),
    ];
    assert_eq!(others, expected);
    assert!(script.requests.borrow().iter().all(|request| request.method == Method::Get));
    let asked = [
        "Get ",
        "Get /relatietypen",
        "Get /relaties?aantal=10",
        "Get /relaties?aantal=10&na=10",
        "Get /relaties?aantal=10&gewijzigd_vanaf=2026-11-02T10%3A19%3A00%2B01%3A00",
        "Get /relaties/19",
        "Get /relaties/999999999",
        "Get /contactpersonen?aantal=10",
    ];
    assert_eq!(script.asked(), asked);
}

#[test]
fn a_key_that_is_refused_ends_the_probe_and_an_office_that_is_unknown_does_not() {
    let script = Script::of([answer(401, &json!({}))]);
    let lines = script.run(|client| client.probe());
    let key = Line {
        assumption: "A2",
        what: Failed(crate::answer::Failure::Credentials),
        at: Some("/server/key".to_owned()),
        answered: Some(Answered { status: 401, code: None }),
    };
    assert_eq!(lines[1..], [key]);
    let nothing = || answer(404, &json!({}));
    let script = Script::of([nothing(), nothing(), list(&[], None), answer(200, &json!({"contactpersonen": []}))]);
    let lines = script.run(|client| client.probe());
    let failed: Vec<_> =
        lines.iter().filter(|line| matches!(line.what, Failed(_))).map(|line| line.at.as_deref()).collect();
    assert_eq!(failed, [Some("/office"), Some("/types/list")]);
}

#[test]
fn too_many_calls_end_the_probe_at_once() {
    let script = Script::of([answer(200, &json!({"office": "123 45", "naam": "x"})), answer(429, &json!({}))]);
    script.run(|client| client.probe());
    assert_eq!(script.asked().len(), 2);
}

#[test]
fn rows_without_an_id_and_a_field_that_is_never_read_are_told_by_their_place() {
    let without =
        rows(0..10).into_iter().map(|mut row| row.as_object_mut().unwrap().remove("id").map(|_| row).unwrap());
    let without: Vec<Value> = without.collect();
    let empty = || list(&[], None);
    let ac = Ac { first: list(&without, None), second: Some(empty()), ..Ac::default() };
    let office = answer(200, &json!({"office": "123 45", "naam": "Kantoor"}));
    let persons = answer(200, &json!({"contactpersonen": []}));
    let script = Script::of([office, ac.types, ac.first, empty(), persons]);
    let lines = script.run(|client| client.probe());
    let at = Some("/relations/record/id".to_owned());
    let no_id = Line { assumption: "A3", what: Differs(Probed::RowsWithoutId), at, answered: None };
    assert!(lines.contains(&no_id), "{lines:?}");

    let number = |rows: Vec<Value>| {
        rows.into_iter().map(|mut row| {
            row["kvk"] = json!(12_345_678);
            row
        })
    };
    let odd = |of| number(rows(of)).collect::<Vec<_>>();
    let ac = Ac { first: list(&odd(0..10), Some("10")), second: Some(list(&odd(10..20), None)), ..Ac::default() };
    ac.differs("A3", Probed::FieldNotRead, Some("/relations/record/organisation/kvk"));
    let mut one = rows(0..10);
    one[3]["kvk"] = json!(7);
    let told = Ac { first: list(&one, Some("10")), ..Ac::default() }.tells("A3");
    assert!(told.contains(&(Holds(Probed::FieldsRead), None)), "one odd value is a value, not a place: {told:?}");
}

#[test]
fn a_list_that_does_not_go_on_is_told() {
    let paging = Some("/relations/lists/0/paging");
    let again = Ac {
        second: Some(list(&rows(0..10), Some("10"))),
        since: vec![list(&rows(9..12), None)],
        single: with(answer(200, &row(9, 9)), "ETag", "\"1\""),
        ..Ac::default()
    };
    again.differs("A4", Probed::PageRepeats, paging);
    Ac { second: Some(list(&rows(10..20), Some("10"))), ..Ac::default() }.differs("A4", Probed::CursorRepeats, paging);
    let twice = Ac { second: Some(list(&rows(9..20), None)), ..Ac::default() };
    twice.differs("A4", Probed::RecordTwice, None);
    let early = Ac {
        first: list(&rows(0..10), None),
        second: Some(list(&rows(0..20), None)),
        since: vec![list(&rows(9..12), None)],
        single: with(answer(200, &row(9, 9)), "ETag", "\"1\""),
        ..Ac::default()
    };
    early.differs("A4", Probed::EndsEarly, paging);
    let long = Ac { first: list(&rows(0..15), Some("10")), second: Some(list(&rows(15..20), None)), ..Ac::default() };
    long.differs("A4", Probed::SizeIgnored, Some("/relations/lists/0/size"));
}

#[test]
fn an_order_that_is_none_is_told_and_one_that_may_be_an_accident_is_not() {
    let mut shuffled = rows(0..10);
    shuffled.swap(2, 7);
    Ac { first: list(&shuffled, Some("10")), ..Ac::default() }.differs("A4", Probed::NotInOrder, None);
    let few = Ac {
        first: list(&rows(0..3), None),
        second: None,
        since: vec![list(&rows(2..3), None)],
        single: with(answer(200, &row(2, 2)), "ETag", "\"1\""),
        ..Ac::default()
    };
    let told = few.tells("A4");
    assert!(!told.iter().any(|(what, _)| matches!(what, Holds(Probed::InOrder) | Differs(_))), "{told:?}");
}

#[test]
fn a_filter_without_effect_one_by_days_and_one_without_its_bound_are_told_apart() {
    let filtered = |since: Vec<Answer>| Ac { since, ..Ac::default() };
    let all = || list(&rows(0..10), Some("10"));
    let at = "/relations/lists/0/changed-since";
    filtered(vec![all(), all()]).differs("A4", Probed::FilterWithoutEffect, Some(at));
    let form = [at, "/parameter/form"].concat();
    filtered(vec![all(), list(&[], None)]).differs("A4", Probed::FilterByDay, Some(&form));
    let exclusive = || list(&rows(20..22), None);
    let bound = [at, "/parameter/exclusive"].concat();
    filtered(vec![exclusive(), list(&rows(19..22), None)]).differs("A4", Probed::BoundExcluded, Some(&bound));
    filtered(vec![exclusive(), exclusive()]).differs("A4", Probed::LeavesOut, Some(&form));
    let moved = Ac { since: vec![exclusive(), exclusive()], single: answer(200, &row(19, 30)), ..Ac::default() };
    let told = moved.tells("A4");
    assert!(!told.iter().any(|(what, _)| matches!(what, Differs(_))), "it was changed meanwhile: {told:?}");
}

#[test]
fn stamps_that_are_all_equal_tell_nothing_of_order_and_filter() {
    let equal = |of: std::ops::Range<usize>| of.map(|number| row(number, 0)).collect::<Vec<_>>();
    let ac = Ac {
        first: list(&equal(0..10), Some("10")),
        second: Some(list(&equal(10..20), None)),
        since: Vec::new(),
        single: answer(200, &row(0, 0)),
        ..Ac::default()
    };
    let told = ac.tells("A4").into_iter().map(|(what, _)| what).collect::<Vec<_>>();
    let expected = [
        Holds(Probed::SizeKept),
        Holds(Probed::ListGoesOn),
        Holds(Probed::RecordsOnce),
        Unknown(Probed::TooFew),
        Unknown(Probed::TooFew),
    ];
    assert_eq!(told, expected);
}

#[test]
fn an_office_without_or_with_one_relation_never_holds_nor_differs_where_nothing_is_seen() {
    let office = || answer(200, &json!({"office": "123 45", "naam": "Kantoor"}));
    let types = || answer(200, &json!({"relatietypen": [{"id": "klant", "naam": "Klant"}]}));
    let nobody = || answer(200, &json!({"contactpersonen": [], "volgende": null}));
    let empty = Script::of([office(), types(), list(&[], None), nobody()]);
    let of_one =
        [office(), types(), list(&[row(1, 1)], None), answer(200, &row(1, 1)), answer(404, &json!({})), nobody()];
    let told = |script: Script| {
        let lines = script.run(|client| client.probe()).into_iter();
        lines.filter(|line| matches!(line.what, Holds(_) | Differs(_))).map(|line| line.assumption).collect::<Vec<_>>()
    };
    assert_eq!(told(empty), ["A1", "A2"]);
    assert_eq!(told(Script::of(of_one)), ["A1", "A2", "A3", "A3", "A5", "A7", "A7", "A9", "A10", "A13"]);
}

#[test]
fn the_form_of_stamps_is_told_as_the_word_to_write() {
    for (written, code) in [
        (json!("2026-11-02T10:00:00"), Probed::StampsNaive),
        (json!("2026-11-02 10:00:00"), Probed::StampsNaive),
        (json!("2026-11-02"), Probed::StampsByDay),
        (json!(1_793_610_000), Probed::StampsInSeconds),
        (json!("1793610000000"), Probed::StampsInMillis),
        (json!("gisteren"), Probed::StampsOdd),
    ] {
        let stamped = |of| {
            rows(of)
                .into_iter()
                .map(|mut row| {
                    row["gewijzigd"] = written.clone();
                    row
                })
                .collect::<Vec<_>>()
        };
        let ac = Ac {
            first: list(&stamped(0..10), Some("10")),
            second: Some(list(&stamped(10..20), None)),
            since: Vec::new(),
            ..Ac::default()
        };
        let ac = Ac { single: answer(200, &row(0, 0)), ..ac };
        ac.differs("A5", code, Some("/relations/record/changed/form"));
    }
    let bare = |of| {
        rows(of)
            .into_iter()
            .map(|mut row| {
                row["gewijzigd"] = Value::Null;
                row
            })
            .collect::<Vec<_>>()
    };
    let ac = Ac {
        first: list(&bare(0..10), Some("10")),
        second: Some(list(&bare(10..20), None)),
        since: Vec::new(),
        single: answer(200, &row(0, 0)),
        ..Ac::default()
    };
    ac.differs("A5", Probed::StampsMissing, Some("/relations/record/changed/at"));
}

#[test]
fn what_a_row_and_a_record_leave_out_and_a_tag_that_is_not_there_are_told() {
    let mut lean = rows(10..20);
    lean[9].as_object_mut().unwrap().remove("website");
    Ac { second: Some(list(&lean, None)), ..Ac::default() }.differs("A7", Probed::RowsLean, None);
    let mut single = row(19, 19);
    for empty in ["telefoonnummer", "website"] {
        single.as_object_mut().unwrap().remove(empty);
    }
    Ac { single: answer(200, &single), ..Ac::default() }.differs("A7", Probed::EmptiesLeftOut, None);
    Ac { single: answer(404, &json!({})), ..Ac::default() }.differs(
        "A7",
        Probed::SingleNotFound,
        Some("/relations/lists/0/single"),
    );
    Ac { single: answer(200, &row(19, 19)), ..Ac::default() }.differs(
        "A9",
        Probed::TagMissing,
        Some("/writing/version"),
    );
    let weak = with(answer(200, &row(19, 19)), "ETag", "W/\"1\"");
    Ac { single: weak, ..Ac::default() }.differs("A9", Probed::TagMissing, Some("/writing/version"));
}

#[test]
fn a_record_that_does_not_exist_is_to_be_refused_as_such() {
    for (missing, code, at) in [
        (answer(200, &json!({"error": "x"})), Probed::MissingNotRefused, "/errors/inside"),
        (answer(400, &json!({})), Probed::MissingRefusedOtherwise, "/errors/rules"),
        (answer(403, &json!({})), Probed::MissingRefusedOtherwise, "/errors/rules"),
    ] {
        Ac { missing, ..Ac::default() }.differs("A10", code, Some(at));
    }
    let told = Ac { single: answer(404, &json!({})), ..Ac::default() }.tells("A10");
    assert_eq!(told, [(Unknown(Probed::TooFew), None)], "a path that finds no record refuses this one, too");
    let told = Ac { missing: raw(500, ""), ..Ac::default() }.tells("A10");
    assert!(matches!(told[..], [(Failed(_), None)]), "{told:?}");
}

fn speaking(dialect: &str) -> Arc<Dialect> {
    Arc::new(Dialect::parse(dialect).unwrap())
}

/// An AC with a code for each refusal.
fn with_codes(answers: impl IntoIterator<Item = Answer>) -> Vec<Line> {
    let mut document: Value = serde_json::from_str(dialect::BUILT_IN).unwrap();
    document["errors"] = json!({"code": "/fout/code"});
    Script::of(answers).run_as(speaking(&document.to_string()), |client| client.probe())
}

#[test]
fn how_a_record_that_does_not_exist_is_refused_is_told_by_its_status_and_its_code() {
    for (code, told) in [("REL-0404", Some("REL-0404")), ("jan@kanarie.example", None), ("0612345678", None)] {
        let ac = Ac::default();
        let office = answer(200, &json!({"office": "123 45", "naam": "Kantoor"}));
        let missing = answer(400, &json!({"fout": {"code": code}}));
        let persons = answer(200, &json!({"contactpersonen": []}));
        let answers = [office, ac.types, ac.first].into_iter().chain(ac.second).chain(ac.since);
        let lines = with_codes(answers.chain([ac.single, missing, persons]));
        let line = lines.iter().find(|line| line.assumption == "A10").unwrap();
        assert_eq!(line.what, Differs(Probed::MissingRefusedOtherwise));
        assert_eq!(line.answered, Some(Answered { status: 400, code: told.map(str::to_owned) }), "{code}");
    }
}

#[test]
fn an_error_of_the_server_and_too_many_calls_are_told_once_with_their_status() {
    for status in [500, 502, 429] {
        // Without an address for the office and the types the first list tells.
        let mut document: Value = serde_json::from_str(dialect::BUILT_IN).unwrap();
        document.as_object_mut().unwrap().remove("office");
        document["types"] = json!({"words": []});
        let script = Script::of([raw(status, "")]);
        let lines = script.run_as(speaking(&document.to_string()), |client| client.probe());
        let failed: Vec<_> = lines.iter().filter(|line| matches!(line.what, Failed(_))).collect();
        assert_eq!(failed.len(), 1, "{lines:?}");
        assert_eq!(failed[0].answered, Some(Answered { status, code: None }));
    }
}

#[test]
fn each_list_is_looked_at() {
    let mut document: Value = serde_json::from_str(dialect::BUILT_IN).unwrap();
    let mut second = document["relations"]["lists"][0].clone();
    document["relations"]["lists"][0]["scope"] = "een".into();
    second["scope"] = "twee".into();
    second["path"] = "/andere".into();
    document["relations"]["lists"].as_array_mut().unwrap().push(second);
    document["persons"] = "none".into();
    let ac = Ac::default();
    let office = answer(200, &json!({"office": "123 45", "naam": "Kantoor"}));
    let first = [office, ac.types, ac.first].into_iter().chain(ac.second).chain(ac.since);
    let again = || list(&rows(0..10), Some("10"));
    let other = [again(), again(), list(&rows(9..12), None), with(answer(200, &row(9, 9)), "ETag", "\"1\"")];
    let script = Script::of(first.chain([ac.single, ac.missing]).chain(other));
    let lines = script.run_as(speaking(&document.to_string()), |client| client.probe());
    let wrong: Vec<_> = lines.iter().filter(|line| matches!(line.what, Differs(_) | Failed(_))).collect();
    let at = Some("/relations/lists/1/paging".to_owned());
    assert_eq!(wrong, [&Line { assumption: "A4", what: Differs(Probed::PageRepeats), at, answered: None }]);
}

#[test]
fn what_is_listed_as_deleted_is_gone_by_its_id() {
    let with_deleted = |deleted| {
        let mut first = rows(0..10);
        first[0]["status"] = json!("verwijderd");
        Ac { first: list(&first, Some("10")), deleted: Some(deleted), ..Ac::default() }
    };
    assert_eq!(with_deleted(answer(410, &json!({}))).tells("A11"), [(Holds(Probed::DeletedGone), None)]);
    with_deleted(answer(200, &row(0, 0))).differs("A11", Probed::DeletedInUse, Some("/relations/record/status"));
}

#[test]
fn types_that_no_list_has_are_told_but_not_where_some_were_removed() {
    let types = |id: &str| answer(200, &json!({"relatietypen": [{"id": id, "naam": "Klant"}]}));
    Ac { types: types("1"), ..Ac::default() }.differs("A13", Probed::TypesUnknown, Some("/types"));
    let mut first = rows(0..10);
    first[0]["relatietypen"] = json!(["oud"]);
    let told = Ac { first: list(&first, Some("10")), ..Ac::default() }.tells("A13");
    assert_eq!(told, [(Unknown(Probed::TypesPartlyKnown), Some("/types".to_owned()))]);
}

#[test]
fn nothing_that_is_told_holds_a_value_or_an_id() {
    let told = format!("{:?}", Ac::default().probe().0);
    for value in ["Voorbeeld", "12345678", "a@b", "\"19\"", "klant", "Jansen", "Kantoor"] {
        assert!(!told.contains(value), "{value}");
    }
}
