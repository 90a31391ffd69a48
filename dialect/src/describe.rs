//! The JSON Schema of a document, from the types themselves.

use serde_json::{Map, Value, json};

use crate::node::{Node, REMARKS};

/// The schema of a whole document.
pub fn schema() -> Value {
    let mut schema = crate::Dialect::schema();
    if let Some(members) = schema.as_object_mut() {
        members.insert("$schema".to_owned(), "https://json-schema.org/draft/2020-12/schema".into());
        members.insert("title".to_owned(), "A dialect: how AdvocaatCentraal's wire speaks".into());
    }
    schema
}

fn text(docs: &[&str]) -> String {
    docs.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ")
}

pub(crate) fn object(docs: &[&str]) -> Value {
    let remarks = json!({ "description": "For people; the connector passes it over." });
    json!({
        "description": text(docs), "type": "object", "additionalProperties": false,
        "properties": { REMARKS: remarks }, "required": []
    })
}

pub(crate) fn add<T: Node>(object: &mut Value, member: &str, docs: &[&str]) {
    let mut schema = T::schema();
    if let Some(members) = schema.as_object_mut() {
        members.insert("description".to_owned(), text(docs).into());
    }
    if let Some(properties) = object.get_mut("properties").and_then(Value::as_object_mut) {
        properties.insert(member.to_owned(), schema);
    }
    if !T::is_optional()
        && let Some(required) = object.get_mut("required").and_then(Value::as_array_mut)
    {
        required.push(member.into());
    }
}

pub(crate) fn choice(docs: &[&str], choices: Vec<Value>) -> Value {
    json!({ "description": text(docs), "oneOf": choices })
}

pub(crate) fn word(word: &str, docs: &[&str]) -> Value {
    json!({ "description": text(docs), "const": word })
}

pub(crate) fn below<T: Node>(word: &str, docs: &[&str]) -> Value {
    let properties: Map<String, Value> = [(word.to_owned(), T::schema())].into_iter().collect();
    json!({
        "description": text(docs), "type": "object", "additionalProperties": false,
        "properties": properties, "required": [word]
    })
}
