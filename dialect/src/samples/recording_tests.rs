#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::io::Write;

use serde_json::json;

use super::*;

fn packed(text: &str) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(text.as_bytes()).unwrap();
    packer.finish().unwrap()
}

fn entry(content: Value) -> Value {
    json!({
        "request": {
            "method": "GET", "url": "https://ac.example/api/relaties?page=1&api_key=geheim",
            "headers": [{"name": "Cookie", "value": "session=geheimkoekje"}], "cookies": [{"name": "session", "value": "geheimkoekje"}],
        },
        "response": {
            "status": 200, "headers": [{"name": "ETag", "value": "\"1\""}, {"name": "Link", "value": "</x>; rel=\"next\""}],
            "content": content,
        },
    })
}

fn read(contents: &[Value]) -> Recording {
    let entries: Vec<Value> = contents.iter().map(|content| entry(content.clone())).collect();
    Recording::read(json!({"log": {"entries": entries}}).to_string().as_bytes()).unwrap()
}

#[test]
fn an_answer_is_read_in_every_encoding() {
    let body = "{\"relaties\": []}";
    let read = read(&[
        json!({"mimeType": "application/json", "text": body}),
        json!({"mimeType": "application/json", "text": format!("\u{feff}{body}")}),
        json!({"mimeType": "application/json", "text": STANDARD.encode(body), "encoding": "base64"}),
        json!({"mimeType": "application/json", "text": STANDARD.encode(packed(body)), "encoding": "base64"}),
        json!({"mimeType": "application/json", "text": STANDARD.encode(packed(body)), "encoding": "gzip"}),
        json!({"mimeType": "text/html", "text": "<html>"}),
        json!({"mimeType": "image/png"}),
        json!({"mimeType": "application/json"}),
    ]);
    assert_eq!((read.answers.len(), read.no_json, read.without_body), (5, 2, 1));
    assert!(read.answers.iter().all(|answer| answer.body == json!({"relaties": []})));
}

#[test]
fn of_a_request_its_address_is_read_and_how_the_key_travels() {
    let read = read(&[json!({"mimeType": "application/json", "text": "[]"})]);
    let asked = read.answers[0].asked.as_ref().unwrap();
    assert_eq!(
        (asked.host.as_str(), asked.path.as_str(), asked.method.as_str()),
        ("ac.example", "/api/relaties", "GET")
    );
    assert_eq!((asked.has_etag, asked.has_next_link, asked.status), (true, true, 200));
    assert_eq!(asked.key, Some(KeyAt::Query("api_key".to_owned())));
    assert!(["geheim", "geheimkoekje"].iter().all(|secret| asked.secrets.iter().any(|known| known == secret)));
    assert!(!format!("{read:?}").contains("geheim"));
}

#[test]
fn a_recording_may_be_packed() {
    let whole = json!({"log": {"entries": [entry(json!({"text": "[]"}))]}}).to_string();
    assert_eq!(Recording::read(&packed(&whole)).unwrap().answers.len(), 1);
}

#[test]
fn what_is_no_recording_is_told_by_its_line() {
    let told = |text: &str| Recording::read(text.as_bytes()).unwrap_err();
    assert_eq!(told("{\"log\": {\n\"entries\": [geheim"), NoRecording { line: 2 });
    assert_eq!(told("{\"log\": {}}"), NoRecording { line: 1 });
    assert!(!told("{\"log\": \"geheim").to_string().contains("geheim"));
}
