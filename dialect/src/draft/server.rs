//! What goes with each request: the key, or a token that is asked for first, and headers of the system's own.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::asked::template;
use super::lists::Lists;
use super::names::plain;
use super::records::Records;
use super::remarks::Remarks;
use super::words::{ALWAYS, GRANT, GRANTS, KEY, OFFICE, PASSWORD, USER};
use crate::names::is_member_name;
use crate::pointer::Pointer;
use crate::samples::{Answer, Asked, KeyAt};

/// A shorter text in an answer is no token.
const SHORTEST_TOKEN: usize = 8;
/// The longest value of a header that is a version: longer ones may be secret.
const LONGEST_VERSION: usize = 10;

/// A token that an answer gave and later requests carried.
struct Token<'v> {
    asked: &'v Asked,
    at: Pointer,
    /// The header in which it travels; none for `Authorization`.
    header: Option<&'v str>,
}

/// How the key travels, and the headers that always go along.
pub(super) fn server(answers: &[Answer], lists: &Lists<'_>, remarks: &mut Remarks) -> Value {
    let token = token(answers, lists);
    let key = match &token {
        Some(token) => json!({ "login": login(token, remarks) }),
        None => key(answers, remarks),
    };
    let carries_the_key = |name: &str| {
        let of_token = token.as_ref().and_then(|token| token.header);
        let of_key = key.pointer("/header/name").and_then(Value::as_str);
        [of_token, of_key].into_iter().flatten().any(|known| known.eq_ignore_ascii_case(name)) || is(name, KEY)
    };
    let requests: Vec<&Asked> = answers.iter().filter_map(|answer| answer.asked.as_ref()).collect();
    let own = requests.into_iter().filter(|asked| lists.is_of_host(asked) && asked.method == "GET").collect();
    let headers = headers(&own, carries_the_key, remarks);
    let mut document = json!({ "key": key });
    if let Some(members) = document.as_object_mut().filter(|_| !headers.is_empty()) {
        members.insert("headers".to_owned(), headers.into());
    }
    document
}

/// How the key travels: as in most of the requests.
fn key(answers: &[Answer], remarks: &mut Remarks) -> Value {
    let mut counts: BTreeMap<&KeyAt, usize> = BTreeMap::new();
    answers
        .iter()
        .filter_map(|answer| answer.asked.as_ref()?.key.as_ref())
        .for_each(|key| *counts.entry(key).or_default() += 1);
    match counts.into_iter().max_by_key(|(_, count)| *count).map(|(key, _)| key) {
        Some(KeyAt::Bearer) => json!("bearer"),
        Some(KeyAt::Basic) => json!("basic"),
        Some(KeyAt::Header(name)) => json!({ "header": { "name": name } }),
        Some(KeyAt::Query(name)) => json!({ "query": { "name": name } }),
        None => {
            remarks.add("/server/key", "the samples do not tell how the key travels: this is what is assumed");
            json!({ "header": {} })
        }
    }
}

fn is(name: &str, words: &[&str]) -> bool {
    words.contains(&plain(name).as_str())
}

/// The text in an answer to a `POST` that requests carry.
fn token<'v>(answers: &'v [Answer], lists: &Lists<'_>) -> Option<Token<'v>> {
    let asked = || answers.iter().filter_map(|answer| Some((answer, answer.asked.as_ref()?)));
    let of_host = || asked().filter(|(_, asked)| lists.is_of_host(asked));
    let later: Vec<&Asked> = of_host().map(|(_, asked)| asked).filter(|asked| asked.method != "POST").collect();
    let carried = |text: &str| {
        let in_header = later.iter().flat_map(|asked| &asked.headers).find(|(_, value)| value == text);
        let as_bearer = || {
            let is_there = |asked: &&Asked| asked.secrets.iter().any(|secret| secret == text);
            later.iter().any(|asked| asked.key == Some(KeyAt::Bearer) && is_there(asked)).then_some(None)
        };
        in_header.map(|(name, _)| Some(name.as_str())).or_else(as_bearer)
    };
    of_host().filter(|(_, asked)| asked.method == "POST" && asked.is_done()).find_map(|(answer, asked)| {
        let body = Records::new(vec![&answer.body]);
        body.members().iter().filter_map(|member| member.pointer()).find_map(|at| {
            let text = body.said(&at).next()?.as_str().filter(|text| text.len() >= SHORTEST_TOKEN)?;
            Some(Token { asked, header: carried(text)?, at })
        })
    })
}

/// A token that is asked for first. What is sent is told by the names of its members: their values are secret.
fn login(token: &Token<'_>, remarks: &mut Remarks) -> Value {
    const PLACE: &str = "/server/key/login";
    let mut members = Map::new();
    for (name, value) in token.asked.sent.as_ref().and_then(Value::as_object).into_iter().flatten() {
        let known = [(KEY, "{key}"), (USER, "{user}"), (PASSWORD, "{password}"), (OFFICE, "{office}")];
        let found = known.iter().find(|(words, _)| is(name, words)).map(|(_, placeholder)| *placeholder);
        let grant = || value.as_str().filter(|value| is(name, GRANT) && GRANTS.contains(value));
        match found.or_else(grant).filter(|_| is_member_name(name)) {
            Some(value) => drop(members.insert(name.clone(), value.into())),
            None => {
                let name = if is_member_name(name) { format!(" {name}") } else { String::new() };
                remarks.add(
                    &format!("{PLACE}/members"),
                    format!("the member{name} was sent too, and what it is is not known; add it if it is needed"),
                );
            }
        }
    }
    if members.is_empty() {
        remarks.add(&format!("{PLACE}/members"), "what is sent to get a token is not known: write its members");
    }
    remarks.add(
        PLACE,
        "a token is asked for first, and later requests carry it; what is sent for it is told by the names of its members",
    );
    let mut document = json!({
        "path": template(token.asked, &std::collections::BTreeSet::new(), "{id}"),
        "members": members, "token": token.at.to_string(),
    });
    if let Some(document) = document.as_object_mut() {
        if token.asked.is_form {
            document.insert("form".to_owned(), true.into());
        }
        token.header.map(|header| document.insert("header".to_owned(), header.into()));
    }
    document
}

/// The headers that are in each request. Only what looks like a version is written down: a value may be secret.
fn headers(
    requests: &Vec<&Asked>,
    carries_the_key: impl Fn(&str) -> bool,
    remarks: &mut Remarks,
) -> Map<String, Value> {
    let mut headers = Map::new();
    let Some(first) = requests.first() else { return headers };
    for (name, _) in first.headers.iter().filter(|(name, _)| !carries_the_key(name)) {
        let value_in = |asked: &&Asked| {
            let mut own = asked.headers.iter();
            own.find(|(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.clone())
        };
        let values: Vec<String> = requests.iter().filter_map(value_in).collect();
        if values.len() < requests.len() {
            continue;
        }
        if !is_member_name(name) {
            remarks.add(
                "/server",
                "a header went along with each request of the samples; it is left out for its name may be data",
            );
            continue;
        }
        let bare = plain(name);
        let is_of_office = OFFICE.iter().any(|word| bare.strip_prefix('x').unwrap_or(&bare).starts_with(word));
        let one = values.first().filter(|first| values.iter().all(|value| value == *first));
        match one.filter(|value| is_version(value) || ALWAYS.contains(&value.as_str())) {
            _ if is_of_office => {
                remarks.add(
                    &format!("/server/headers/{name}"),
                    "it is taken to hold the office's number; write what it holds if that is another one",
                );
                headers.insert(name.clone(), "{office}".into());
            }
            Some(value) => drop(headers.insert(name.clone(), value.as_str().into())),
            None => remarks.add(
                "/server/headers",
                format!(
                    "the header {name} went along with each request of the samples; it is left out since its value may be \
                     secret: add it if it is needed"
                ),
            ),
        }
    }
    headers
}

/// `3`, `v2.1` or `2026-01-01`.
fn is_version(value: &str) -> bool {
    let number = value.strip_prefix(['v', 'V']).unwrap_or(value);
    let is_plain = number.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-'));
    let is_short = number.split(['.', '-']).all(|part| (1..=4).contains(&part.len()));
    is_plain && is_short && value.len() <= LONGEST_VERSION
}
