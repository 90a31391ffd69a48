//! The file: a JSON object of settings by name. What is no text by itself, such as `relation-types`, may stand as it is.

use std::collections::BTreeMap;

use serde_json::Value;

/// The file is no JSON object. Its text holds secrets and is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the settings are not understood at line {line}: write a JSON object of names and values")]
pub struct NotUnderstood {
    /// Where; 1 is the first.
    pub line: usize,
}

/// The settings, each as the text that the connector reads.
///
/// # Errors
/// The text is no JSON object.
pub fn read(text: &[u8]) -> Result<BTreeMap<String, String>, NotUnderstood> {
    let values: BTreeMap<String, Value> =
        serde_json::from_slice(text).map_err(|error| NotUnderstood { line: error.line().max(1) })?;
    let as_text = |value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    Ok(values.into_iter().map(|(name, value)| (name, as_text(value))).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn a_table_may_stand_as_it_is() {
        let text = br#"{"kvk": "on", "relation-types": {"client": "customer", "leverancier": "supplier"}}"#;
        let settings = read(text).unwrap();
        assert_eq!(settings["kvk"], "on");
        assert_eq!(settings["relation-types"], r#"{"client":"customer","leverancier":"supplier"}"#);
    }

    #[test]
    fn a_file_that_is_not_understood_is_named_by_its_line_and_not_by_its_text() {
        let problem = read(b"{\n \"advocaatcentraal-key\": canary-secret\n}").unwrap_err();
        assert_eq!(problem, NotUnderstood { line: 2 });
        assert!(!problem.to_string().contains("canary"));
        assert!(read(b"").is_err() && read(b"[]").is_err());
    }
}
