#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::Value;

use super::*;

/// As another reader has it.
fn same(json: &Json, value: &Value) -> bool {
    match (json, value) {
        (Json::Null, Value::Null) => true,
        (Json::Bool(one), Value::Bool(other)) => one == other,
        (Json::Number(_), Value::Number(other)) => json.as_f64() == other.as_f64(),
        (Json::Text(one), Value::String(other)) => one == other,
        (Json::List(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Json::Object(one), Value::Object(other)) => {
            one.members.len() == other.len() && other.iter().all(|(name, other)| same(one.get(name).unwrap(), other))
        }
        _ => false,
    }
}

fn any_value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e9_f64..1e9).prop_map(Value::from),
        ".*".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::hash_map(".{0,6}", inner, 0..6).prop_map(|map| map.into_iter().collect()),
        ]
    })
}

proptest! {
    #[test]
    fn what_others_write_is_read_as_they_mean_it(value in any_value()) {
        for text in [serde_json::to_string(&value).unwrap(), serde_json::to_string_pretty(&value).unwrap()] {
            let other: Value = serde_json::from_str(&text).unwrap();
            prop_assert!(same(&Json::parse(text.as_bytes()).unwrap(), &other), "{}", text);
        }
    }

    #[test]
    fn what_is_written_is_read_by_others_as_it_was_meant(value in any_value()) {
        let json = Json::parse(value.to_string().as_bytes()).unwrap();
        let back: Value = serde_json::from_str(&json.to_string()).unwrap();
        prop_assert!(same(&json, &back));
    }
}

#[test]
fn numbers_stay_as_they_were_written() {
    for text in ["195.10", "123456789012345678901234567890", "-0.0", "1E+5"] {
        assert_eq!(Json::parse(text.as_bytes()).unwrap().to_string(), text);
    }
    assert_eq!(Json::parse(b"12.0").unwrap().as_f64(), Some(12.0));
    assert_eq!(Json::parse(b"12.0").unwrap().as_u64(), None);
    assert_eq!(Json::parse(b"-1").unwrap().as_u64(), None);
}

#[test]
fn of_two_members_of_one_name_the_last_is_read_changed_and_taken() {
    let Json::Object(mut object) = Json::parse(br#"{"a":1,"b":2,"a":3}"#).unwrap() else { unreachable!() };
    assert_eq!(object.get("a").unwrap().as_u64(), Some(3));
    object.set("a", 4_u32);
    assert_eq!(object.take("a").unwrap().as_u64(), Some(4));
    assert_eq!(Json::from(object).to_string(), r#"{"a":1,"b":2}"#);
}

#[test]
fn what_is_no_json_is_refused() {
    for text in ["", "<html></html>", "{\"a\":}", "{} {}", "[1,]", "\"\\ud800\"", "nul", "{\"a\":\"\\ud800\"}"] {
        assert!(Json::parse(text.as_bytes()).is_none(), "{text}");
    }
    assert!(Json::parse(&[b'"', 0xff, b'"']).is_none());
}

#[test]
fn a_text_that_is_nested_without_end_is_refused_and_not_followed() {
    let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
    assert!(Json::parse(nested(DEEPEST).as_bytes()).is_some());
    assert!(Json::parse(nested(DEEPEST + 1).as_bytes()).is_none());
    assert!(Json::parse(nested(100_000).as_bytes()).is_none());
}

#[test]
fn what_it_holds_does_not_show_in_what_is_printed() {
    let json = Json::parse(br#"{"name":"Canary"}"#).unwrap();
    assert!(!format!("{json:?}").contains("Canary"));
}
