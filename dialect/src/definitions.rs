//! The schemas of types that stand in others.

use serde_json::{Map, Value, json};

/// The schemas of types, each once.
#[derive(Default)]
pub(crate) struct Definitions(Map<String, Value>);

impl Definitions {
    /// Points to the schema of a type, and makes it where it is not there yet.
    pub(crate) fn of(&mut self, name: &str, make: impl FnOnce(&mut Self) -> Value) -> Value {
        if !self.0.contains_key(name) {
            self.0.insert(name.to_owned(), Value::Null);
            let made = make(self);
            self.0.insert(name.to_owned(), made);
        }
        json!({ "$ref": format!("#/$defs/{name}") })
    }

    /// All of them.
    pub(crate) fn into_all(self) -> Map<String, Value> {
        self.0
    }
}
