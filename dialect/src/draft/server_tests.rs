#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use serde_json::{Value, json};

use crate::draft::draft;
use crate::samples::{Answer, Recording};

const KEY: &str = "geheimesleutel";
const TOKEN: &str = "1795752173270.a9a60261c54c221e";

fn request(method: &str, target: &str, headers: &[(&str, &str)]) -> Value {
    let headers: Vec<Value> = headers.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
    json!({"method": method, "url": format!("https://ac.example{target}"), "headers": headers})
}

fn entry(request: Value, body: &Value) -> Value {
    json!({"request": request, "response": {"status": 200, "content": {"mimeType": "application/json", "text": body.to_string()}}})
}

fn answers(entries: &[Value]) -> Vec<Answer> {
    Recording::read(json!({"log": {"entries": entries}}).to_string().as_bytes()).unwrap().answers
}

fn relations() -> Value {
    json!({"relaties": [{"id": 1, "soort": "bedrijf", "bedrijfsnaam": "Vink", "kvk": "01234567"},
        {"id": 2, "soort": "particulier", "naam": "Merel"}]})
}

/// What is drafted of the server where each of two requests has these headers.
fn with(headers: &[&[(&str, &str)]]) -> (Value, Vec<String>) {
    let entries: Vec<Value> =
        headers.iter().map(|headers| entry(request("GET", "/api/relaties", headers), &relations())).collect();
    let document = draft(&answers(&entries)).unwrap().document;
    let remarks = document["remarks"].as_array().unwrap().iter().map(|remark| remark.as_str().unwrap().to_owned());
    (document["server"].clone(), remarks.collect())
}

#[test]
fn a_header_that_goes_along_with_each_request_is_in_the_draft() {
    let both: &[(&str, &str)] =
        &[("X-Api-Key", KEY), ("X-Ledger-Version", "3"), ("Accept-Language", "nl"), ("Cookie", "a=b")];
    let (server, _) = with(&[both, both]);
    assert_eq!(server, json!({"key": {"header": {"name": "X-Api-Key"}}, "headers": {"X-Ledger-Version": "3"}}));
    let (server, _) = with(&[both, &[("X-Api-Key", KEY)]]);
    assert_eq!(server["headers"], Value::Null, "it is not in each");
}

#[test]
fn a_header_with_the_number_of_the_office_holds_the_office() {
    let both: &[(&str, &str)] = &[("X-Tenant", "12345")];
    let (server, remarks) = with(&[both, both]);
    assert_eq!(server["headers"], json!({"X-Tenant": "{office}"}));
    assert!(remarks.iter().any(|remark| remark.starts_with("/server/headers/X-Tenant: ")), "{remarks:?}");
}

#[test]
fn a_header_whose_value_may_be_secret_is_named_and_left_out() {
    let (server, remarks) = with(&[&[("X-Device", "abcdef0123456789")], &[("X-Device", "abcdef0123456789")]]);
    assert_eq!(server["headers"], Value::Null);
    assert!(remarks.iter().any(|remark| remark.contains("X-Device") && !remark.contains("abcdef")), "{remarks:?}");
    let (server, _) = with(&[&[("X-Call", "1")], &[("X-Call", "2")]]);
    assert_eq!(server["headers"], Value::Null, "it differs from one to the next");
}

fn logged_in(sent: &Value, kind: &str, header: (&str, &str)) -> Value {
    let mut open = request("POST", "/register/session", &[("X-Tenant", "12345")]);
    open["postData"] = json!({"mimeType": kind, "text": sent.as_str().map_or_else(|| sent.to_string(), str::to_owned)});
    let list = entry(request("GET", "/register/relaties", &[("X-Tenant", "12345"), header]), &relations());
    let session = entry(open, &json!({"Fault": null, "Session": {"Seconds": "600", "Token": TOKEN}}));
    let document = draft(&answers(&[session, list])).unwrap().document;
    assert!(!document.to_string().contains(TOKEN) && !document.to_string().contains(KEY), "{document}");
    document["server"].clone()
}

#[test]
fn a_token_that_a_post_answers_and_later_requests_carry_is_a_login() {
    let server = logged_in(&json!({"ApiKey": KEY}), "application/json", ("X-Session", TOKEN));
    let expected = json!({"path": "/register/session", "members": {"ApiKey": "{key}"}, "token": "/Session/Token", "header": "X-Session"});
    assert_eq!(server, json!({"key": {"login": expected}, "headers": {"X-Tenant": "{office}"}}));
}

#[test]
fn a_token_in_authorization_and_a_form_are_a_login_too() {
    let sent = json!(format!("grant_type=client_credentials&client_id=jan&client_secret={KEY}&device=vink"));
    let bearer = format!("Bearer {TOKEN}");
    let server = logged_in(&sent, "application/x-www-form-urlencoded", ("Authorization", &bearer));
    let members = json!({"grant_type": "client_credentials", "client_id": "{user}", "client_secret": "{key}"});
    let expected = json!({"path": "/register/session", "members": members, "token": "/Session/Token", "form": true});
    assert_eq!(server["key"], json!({"login": expected}));
}
