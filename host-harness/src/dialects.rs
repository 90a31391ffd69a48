//! Dialects as an operator writes them: JSON, or TOML, which is easier to write and says the same.

use dialect::{Dialect, Misfit};

/// Why a text is no dialect. It names places of the document, never what stands there.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DialectProblem {
    /// It is neither JSON nor TOML.
    #[error("the text is neither JSON nor TOML: line {line}")]
    Unreadable {
        /// Counted from 1.
        line: usize,
    },
    /// Something in it is wrong.
    #[error("{0}")]
    Misfit(#[from] Misfit),
}

/// A document as the connector reads it, in JSON; it is one that holds.
pub fn to_json(text: &str) -> Result<String, DialectProblem> {
    let json = if text.trim_start().starts_with('{') {
        let parsed: serde_json::Value =
            serde_json::from_str(text).map_err(|error| DialectProblem::Unreadable { line: error.line() })?;
        // What stands there twice is told by the reader of dialects, which sees the text.
        Dialect::parse(text)?;
        parsed.to_string()
    } else {
        let parsed: toml::Value = toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            DialectProblem::Unreadable { line: before.matches('\n').count() + 1 }
        })?;
        serde_json::to_string(&parsed).map_err(|_| DialectProblem::Unreadable { line: 1 })?
    };
    Dialect::parse(&json)?;
    Ok(json)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_dialect_in_toml_says_the_same_as_one_in_json() {
        let document: toml::Value = serde_json::from_str(dialect::PRACTICE).unwrap();
        let toml = toml::to_string(&document).unwrap();
        let from_toml: serde_json::Value = serde_json::from_str(&to_json(&toml).unwrap()).unwrap();
        let from_json: serde_json::Value = serde_json::from_str(&to_json(dialect::PRACTICE).unwrap()).unwrap();
        assert_eq!(from_toml, from_json);
    }

    #[test]
    fn a_mistake_is_told_by_its_place_and_never_by_its_text() {
        let told = |text: &str| to_json(text).unwrap_err().to_string();
        assert_eq!(told("{\"dialect\": 1,\n oops"), "the text is neither JSON nor TOML: line 2");
        assert_eq!(told("dialect = 1\nname = geheim"), "the text is neither JSON nor TOML: line 2");
        assert_eq!(told("dialect = 1\nname = \"a\"\n"), "/server: this is needed");
        let twice = dialect::BUILT_IN.replacen("\"name\"", "\"name\": \"geheim\", \"name\"", 1);
        assert_eq!(told(&twice), ": the text is no JSON, or a member stands there twice");
    }
}
