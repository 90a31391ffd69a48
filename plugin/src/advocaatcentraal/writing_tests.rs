#![allow(clippy::indexing_slicing, clippy::unwrap_used)]

use std::sync::Arc;

use dialect::Dialect;
use serde_json::{Value, json};

use super::*;
use crate::advocaatcentraal::Record;
use crate::advocaatcentraal::Veld;
use crate::advocaatcentraal::script::{Answer, Script, answer, raw, relatie_id, with};
use crate::ports::NoAnswer;
use crate::relation::{AddressPart, AddressType, ContactpersoonId};
use crate::wording::Outage;

fn read(script: &Script) -> Relatie {
    script.run(|client| client.relatie(&relatie_id("1"))).unwrap()
}

#[test]
fn f71_what_was_read_goes_back_with_only_the_edited_fields_changed() {
    let stored = r#"{"id":1,"email":"a@b.example","onbekend":{"tarief":195.10,"x":[1.0]},"groot":12345678901234567890123,"kvk":1234567}"#;
    let script = Script::of([with(raw(200, stored), "ETag", "\"v1\"")]);
    let relatie = read(&script);
    let mut edit = Edit::new();
    edit.veld(Veld::Email, Some("Nieuw@b.example"));
    edit.veld(Veld::Website, None);
    let writing = Script::of([with(answer(200, &json!({"id": 1, "email": "nieuw@b.example"})), "ETag", "\"v2\"")]);
    let written = writing.run(|client| client.write_relatie(&relatie, &edit)).unwrap();
    assert_eq!(writing.asked(), ["Put /relaties/1"]);
    assert_eq!(writing.header(0, "if-match").as_deref(), Some("\"v1\""));
    assert_eq!(writing.header(0, "content-type").as_deref(), Some("application/json"));
    let expected = stored.replace("a@b.example", "Nieuw@b.example").replace("234567}", "234567,\"website\":null}");
    assert_eq!(writing.body(0), expected);
    assert_eq!(written.field(Veld::Email).text(), Some("nieuw@b.example"));
    assert_eq!(written.etag(), Some("\"v2\""));
}

#[test]
fn without_an_etag_the_record_is_read_again_right_before_it_is_written() {
    let row = Relatie::sample(&json!({"id": "1", "email": "a@b.example"}));
    let mut edit = Edit::new();
    edit.veld(Veld::Email, Some("nieuw@b.example"));
    let fresh = json!({"id": "1", "email": "a@b.example", "website": "net gewijzigd"});
    let script = Script::of([answer(200, &fresh), answer(200, &fresh)]);
    script.run(|client| client.write_relatie(&row, &edit)).unwrap();
    assert_eq!(script.asked(), ["Get /relaties/1", "Put /relaties/1"]);
    assert_eq!(script.sent(1), json!({"id": "1", "email": "nieuw@b.example", "website": "net gewijzigd"}));
    assert_eq!(script.header(1, "if-match"), None);
}

#[test]
fn without_an_etag_a_field_that_someone_else_changed_is_not_overwritten() {
    let row = Relatie::sample(&json!({"id": "1", "email": "a@b.example"}));
    let mut edit = Edit::new();
    edit.veld(Veld::Email, Some("nieuw@b.example"));
    let script = Script::of([answer(200, &json!({"id": "1", "email": "anders@b.example"}))]);
    assert_eq!(script.run(|client| client.write_relatie(&row, &edit)).unwrap_err(), Failure::Changed);
}

#[test]
fn without_an_etag_an_address_that_someone_else_made_is_not_overwritten() {
    let row = Relatie::sample(&json!({"id": "1", "adressen": []}));
    let mut edit = Edit::new();
    edit.adres(AddressType::Postadres, AddressPart::Plaats, Some("Utrecht"));
    let fresh = json!({"id": "1", "adressen": [{"id": "n1", "type": "postadres", "plaats": "Leiden"}]});
    let script = Script::of([answer(200, &fresh)]);
    assert_eq!(script.run(|client| client.write_relatie(&row, &edit)).unwrap_err(), Failure::Changed);
}

#[test]
fn a_lean_row_is_made_whole_before_it_is_written() {
    let row = Relatie::sample(&json!({"id": "1"}));
    let mut edit = Edit::new();
    edit.veld(Veld::Website, Some("www.voorbeeld.example"));
    let whole =
        with(answer(200, &json!({"id": "1", "bedrijfsnaam": "Voorbeeld B.V.", "website": null})), "etag", "\"v7\"");
    let script = Script::of([whole, answer(200, &json!({"id": "1"}))]);
    script.run(|client| client.write_relatie(&row, &edit)).unwrap();
    assert_eq!(script.sent(1)["bedrijfsnaam"], "Voorbeeld B.V.");
    assert_eq!(script.header(1, "if-match").as_deref(), Some("\"v7\""));
}

#[test]
fn a_weak_etag_is_never_sent_since_it_never_matches() {
    let script = Script::of([with(answer(200, &json!({"id": "1"})), "etag", "W/\"v1\"")]);
    let relatie = read(&script);
    let mut edit = Edit::new();
    edit.veld(Veld::Website, None);
    let writing = Script::of([answer(200, &json!({"id": "1"})), answer(200, &json!({"id": "1"}))]);
    writing.run(|client| client.write_relatie(&relatie, &edit)).unwrap();
    assert_eq!(writing.header(1, "if-match"), None);
}

/// A relation that came with a tag, and an edit of it.
fn tagged(stored: &Value) -> (Relatie, Edit) {
    let mut edit = Edit::new();
    edit.veld(Veld::Email, Some("nieuw@b.example"));
    (read(&Script::of([with(answer(200, stored), "etag", "\"v1-gzip\"")])), edit)
}

#[test]
fn a_tag_that_is_refused_though_nobody_changed_the_record_is_left_out_from_then_on() {
    let stored = json!({"id": "1", "email": "a@b.example", "gewijzigd": "2026-03-02T10:00:00+01:00", "gelezen": 1});
    let (relatie, edit) = tagged(&stored);
    let mut again = stored.clone();
    // That it was read moves a member that is nobody's edit.
    again["gelezen"] = json!(2);
    let tag = |answer| with(answer, "etag", "\"v1-gzip\"");
    let script =
        Script::of([raw(412, ""), tag(answer(200, &again)), tag(answer(200, &stored)), tag(answer(200, &stored))]);
    script.run(|client| {
        client.write_relatie(&relatie, &edit).unwrap();
        assert!(matches!(client.tags(), Some(Tags::DoNotFit { .. })));
        // Nothing is asked for what already stands there.
        let mut back = Edit::new();
        back.veld(Veld::Email, Some("a@b.example"));
        client.write_relatie(&relatie, &back).unwrap();
    });
    assert_eq!(script.asked(), ["Put /relaties/1", "Get /relaties/1", "Put /relaties/1", "Get /relaties/1"]);
    assert_eq!((script.header(0, "if-match").is_some(), script.header(2, "if-match")), (true, None));
    assert_eq!(script.sent(2)["gelezen"], 2, "what goes back is what was read last");
}

#[test]
fn a_tag_that_is_refused_since_somebody_changed_the_record_is_no_reason_to_write_without() {
    let stored = json!({"id": "1", "email": "a@b.example", "gewijzigd": "2026-03-02T10:00:00+01:00"});
    for (member, value) in [("email", "anders@b.example"), ("gewijzigd", "2026-03-02T10:00:01+01:00")] {
        let (relatie, edit) = tagged(&stored);
        let mut changed = stored.clone();
        changed[member] = value.into();
        let script = Script::of([raw(412, ""), answer(200, &changed)]);
        let written = script.run(|client| (client.write_relatie(&relatie, &edit).unwrap_err(), client.tags()));
        assert_eq!(written, (Failure::Changed, None), "{member}");
    }
}

#[test]
fn a_tag_that_does_not_fit_is_tried_again_after_a_day() {
    let now = crate::relation::Instant::from_millis(1_792_567_680_000);
    let hours = |hours: u64| std::time::Duration::from_secs(hours * 60 * 60);
    let left_out = |since| Tags::DoNotFit { since }.are_left_out(now);
    assert!(left_out(now) && left_out(now.minus(hours(23))));
    assert!(!left_out(now.minus(hours(24))) && !Tags::Fit.are_left_out(now));
    // A clock that was ahead when that was seen holds nothing up.
    assert!(!left_out(now.plus(hours(1))));
}

#[test]
fn an_edit_of_an_address_leaves_the_other_addresses_and_its_other_members_alone() {
    let stored = r#"{"id":"1","adressen":[{"id":"a2","type":"factuuradres","kix":1.50},{"id":"a1","type":"hoofdkantoor","huisnummer":"12-14 hs","toevoeging":null,"kix":2.50}]}"#;
    let relatie = read(&Script::of([with(raw(200, stored), "etag", "\"v1\"")]));
    let current = relatie.adres(AddressType::Hoofdkantoor).unwrap().unwrap().house_number().unwrap().unwrap();
    let mut edit = Edit::new();
    edit.adres(AddressType::Hoofdkantoor, AddressPart::Plaats, Some("Amsterdam"));
    edit.huisnummer(AddressType::Hoofdkantoor, &current);
    let writing = Script::of([answer(200, &json!({"id": "1"}))]);
    writing.run(|client| client.write_relatie(&relatie, &edit)).unwrap();
    let expected = stored.replace("2.50}", "2.50,\"plaats\":\"Amsterdam\"}");
    assert_eq!(writing.body(0), expected);
}

#[test]
fn an_address_that_ac_does_not_have_is_not_made() {
    let relatie = read(&Script::of([with(answer(200, &json!({"id": "1", "adressen": null})), "etag", "\"v1\"")]));
    let mut edit = Edit::new();
    edit.adres(AddressType::Postadres, AddressPart::Plaats, Some("Utrecht"));
    let writing = Script::of([]);
    assert_eq!(writing.run(|client| client.write_relatie(&relatie, &edit)).unwrap_err(), Failure::Changed);
}

#[test]
fn an_edit_of_a_koppeling_changes_that_koppeling_only() {
    let stored =
        json!({"id": "5001", "koppelingen": [{"relatie_id": 1001, "functie": "a", "rol": 1}, {"relatie_id": "1002"}]});
    let script = Script::of([with(answer(200, &stored), "etag", "\"v1\"")]);
    let person = script.run(|client| client.contactpersoon(&ContactpersoonId::new("5001"))).unwrap();
    let mut edit = Edit::new();
    edit.functie(&relatie_id("1001"), Some("Directeur"));
    edit.doorkiesnummer(&relatie_id("1001"), Some(" "));
    let writing = Script::of([answer(200, &stored)]);
    writing.run(|client| client.write_contactpersoon(&person, &edit)).unwrap();
    let expected = json!([
        {"relatie_id": 1001, "functie": "Directeur", "rol": 1, "doorkiesnummer": null}, {"relatie_id": "1002"},
    ]);
    assert_eq!(writing.sent(0)["koppelingen"], expected);
}

#[test]
fn a_koppeling_that_is_gone_is_not_made_again() {
    let script = Script::of([with(answer(200, &json!({"id": "5001", "koppelingen": []})), "etag", "\"v1\"")]);
    let person = script.run(|client| client.contactpersoon(&ContactpersoonId::new("5001"))).unwrap();
    let mut edit = Edit::new();
    edit.functie(&relatie_id("1001"), Some("Directeur"));
    let writing = Script::of([]);
    assert_eq!(writing.run(|client| client.write_contactpersoon(&person, &edit)).unwrap_err(), Failure::Changed);
}

#[test]
fn an_edit_that_changes_nothing_is_not_written() {
    let stored = json!({"id": "1", "email": "a@b.example"});
    let relatie = read(&Script::of([with(answer(200, &stored), "etag", "\"v1\"")]));
    let mut edit = Edit::new();
    edit.veld(Veld::Email, Some("a@b.example"));
    let script = Script::of([]);
    let written = script.run(|client| client.write_relatie(&relatie, &edit));
    assert_eq!(written.unwrap().field(Veld::Email).text(), Some("a@b.example"));
}

#[test]
fn an_edit_of_nothing_asks_nothing() {
    let relatie = Relatie::sample(&json!({"id": "1"}));
    let script = Script::of([]);
    script.run(|client| client.write_relatie(&relatie, &Edit::new())).unwrap();
}

fn refused(answer: Answer) -> Failure {
    let relatie = read(&Script::of([with(self::answer(200, &json!({"id": "1"})), "etag", "\"v1\"")]));
    let mut edit = Edit::new();
    edit.veld(Veld::Email, Some("geen adres"));
    let script = Script::of([answer]);
    script.run(|client| client.write_relatie(&relatie, &edit)).unwrap_err()
}

#[test]
fn a_refusal_names_a_field_only_if_it_is_one_of_ours() {
    let named =
        |veld: Value| refused(answer(422, &json!({"fout": {"code": "waarde", "veld": veld, "tekst": "canary"}})));
    let expected = |field: Option<&str>| Failure::Refused { status: 422, field: field.map(str::to_owned) };
    assert_eq!(named(json!("email")), expected(Some("email")));
    assert_eq!(named(json!("toevoeging")), expected(Some("huisnummer")));
    assert_eq!(named(json!("canary")), expected(None));
    assert_eq!(named(json!(7)), expected(None));
    assert_eq!(refused(raw(422, "canary")), expected(None));
    assert_eq!(refused(raw(400, "")), Failure::Refused { status: 400, field: None });
}

#[test]
fn what_a_write_failed_for_says_what_can_be_done() {
    assert_eq!(refused(raw(404, "")), Failure::Gone);
    assert_eq!(refused(raw(401, "")), Failure::Credentials);
    assert_eq!(refused(Err(NoAnswer::Lost(Outage::TimedOut))), Failure::Unknown(Outage::TimedOut.into()));
    assert_eq!(refused(Err(NoAnswer::NotSent(Outage::NameUnknown))), Failure::Unavailable(Outage::NameUnknown.into()));
    assert_eq!(refused(raw(200, "<html></html>")), Failure::Unusable(Outage::NoJson));
    assert_eq!(refused(answer(200, &json!({"id": "2"}))), Failure::NotUnderstood);
}

#[test]
fn f53_a_write_that_is_answered_by_nothing_is_read_back() {
    let relatie = read(&Script::of([with(answer(200, &json!({"id": "1"})), "etag", "\"v1\"")]));
    let mut edit = Edit::new();
    edit.veld(Veld::Email, Some("a@b.example"));
    let script = Script::of([raw(204, ""), answer(200, &json!({"id": "1", "email": "A@b.example"}))]);
    let written = script.run(|client| client.write_relatie(&relatie, &edit)).unwrap();
    assert_eq!(written.field(Veld::Email).text(), Some("A@b.example"));
    let lost = Script::of([raw(204, ""), Err(NoAnswer::Lost(Outage::BrokenOff))]);
    let failure = lost.run(|client| client.write_relatie(&relatie, &edit)).unwrap_err();
    assert_eq!(failure, Failure::Unknown(Outage::BrokenOff.into()));
}

#[test]
fn a_page_for_people_is_no_answer_to_a_write_where_the_dialect_asks_for_none_either() {
    for says in ["nothing", "later"] {
        let says = format!("\"answer\": \"{says}\"");
        let document = dialect::BUILT_IN.replace("\"answer\": \"record\"", &says);
        let dialect = Arc::new(Dialect::parse(&document).unwrap());
        let relatie = read(&Script::of([answer(200, &json!({"id": "1"}))]));
        let mut edit = Edit::new();
        edit.veld(Veld::Email, Some("a@b.example"));
        let page = [answer(200, &json!({"id": "1"})), raw(200, " <html></html>")];
        let script = Script::of(page);
        let failure = script.run_as(dialect, |client| client.write_relatie(&relatie, &edit)).unwrap_err();
        assert_eq!(failure, Failure::Unusable(Outage::NoJson), "{says}");
    }
}

/// Where refusals stand inside successes, a body that is cut off may have held one.
#[test]
fn a_success_that_is_cut_off_is_no_answer_where_it_may_hold_a_refusal() {
    let inside = dialect::BUILT_IN.replace("\"answer\": \"record\"", "\"answer\": \"later\"");
    let refusals = inside.replacen("\"errors\": {", "\"errors\": {\"inside\": \"/fout\", ", 1);
    assert_ne!(inside, refusals);
    for (document, is_answer) in [(inside, true), (refusals, false)] {
        let dialect = Arc::new(Dialect::parse(&document).unwrap());
        let relatie = read(&Script::of([answer(200, &json!({"id": "1"}))]));
        let mut edit = Edit::new();
        edit.veld(Veld::Email, Some("a@b.example"));
        let read_back = || answer(200, &json!({"id": "1", "email": null}));
        let mut answers = vec![read_back(), raw(200, "{\"fo")];
        answers.extend(is_answer.then(read_back));
        let script = Script::of(answers);
        let failure = script.run_as(dialect, |client| client.write_relatie(&relatie, &edit)).unwrap_err();
        assert_eq!(failure, if is_answer { Failure::Later } else { Failure::Unusable(Outage::NoJson) });
    }
}

#[test]
fn an_edit_does_not_show_what_it_writes() {
    let mut edit = Edit::new();
    edit.veld(Veld::Email, Some("canary"));
    edit.adres(AddressType::Prive, AddressPart::Straat, Some("canary"));
    edit.functie(&relatie_id("1"), Some("canary"));
    assert!(format!("{edit:?}").contains("Email") && !format!("{edit:?}").contains("canary"));
}
