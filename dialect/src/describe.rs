//! The JSON Schema of a document, from the types themselves.

use serde_json::{Map, Value, json};

use crate::definitions::Definitions;
use crate::node::{Node, REMARKS};

/// The schema of a whole document.
pub fn schema() -> Value {
    let mut definitions = Definitions::default();
    let whole = crate::Dialect::schema(&mut definitions);
    let mut schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A dialect: how AdvocaatCentraal's wire speaks",
        "$defs": definitions.into_all(),
    });
    if let (Some(schema), Some(whole)) = (schema.as_object_mut(), whole.as_object()) {
        schema.extend(whole.clone());
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

pub(crate) fn add<T: Node>(object: &mut Value, member: &str, docs: &[&str], definitions: &mut Definitions) {
    let mut schema = T::schema(definitions);
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

pub(crate) fn below<T: Node>(word: &str, docs: &[&str], definitions: &mut Definitions) -> Value {
    let properties: Map<String, Value> = [(word.to_owned(), T::schema(definitions))].into_iter().collect();
    json!({
        "description": text(docs), "type": "object", "additionalProperties": false,
        "properties": properties, "required": [word]
    })
}
