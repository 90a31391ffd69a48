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
    /// TOML in which a name stands twice.
    #[error("a member stands there twice: line {line}")]
    Twice {
        /// Counted from 1.
        line: usize,
    },
    /// Text of two bytes a letter, as some programs write it.
    #[error("the text is in UTF-16; save it as UTF-8")]
    Utf16,
    /// No text that can be read.
    #[error("the text is not in UTF-8; save it as UTF-8")]
    NoText,
    /// Something in it is wrong.
    #[error("{0}")]
    Misfit(#[from] Misfit),
}

/// The text of a file. Editors put a mark before it, and some shells write what is sent into a file in UTF-16.
pub fn text(bytes: &[u8]) -> Result<&str, DialectProblem> {
    let has_mark = bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff");
    // Without a mark it shows by its zeros: no text in UTF-8 has one.
    if has_mark || bytes.iter().take(2).any(|byte| *byte == 0) {
        return Err(DialectProblem::Utf16);
    }
    std::str::from_utf8(bytes).map_err(|_| DialectProblem::NoText)
}

/// A document as the connector reads it, in JSON; it is one that holds.
pub fn to_json(text: &str) -> Result<String, DialectProblem> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let json = if text.trim_start().starts_with('{') {
        // The reader of dialects sees the text, and so what stands there twice; only of what is no JSON it tells no line.
        let read = Dialect::parse(text);
        let parsed: serde_json::Value =
            serde_json::from_str(text).map_err(|error| DialectProblem::Unreadable { line: error.line() })?;
        read?;
        parsed.to_string()
    } else {
        let parsed: toml::Value = toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let is_twice = error.message().starts_with("duplicate key");
            if is_twice { DialectProblem::Twice { line } } else { DialectProblem::Unreadable { line } }
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
        assert_eq!(told(&twice), "/name: this stands there twice");
        assert_eq!(told("dialect = 1\nname = \"geheim\"\nname = \"a\"\n"), "a member stands there twice: line 3");
        let number = dialect::BUILT_IN.replacen("\"dialect\": 1", "\"dialect\": -1.5", 1);
        assert_eq!(told(&number), "/dialect: here must stand a whole number from 0 to 18446744073709551615");
    }

    #[test]
    fn a_byte_order_mark_is_taken_and_another_way_to_write_letters_is_named() {
        let marked = ["\u{feff}", dialect::PRACTICE].concat();
        assert_eq!(to_json(text(marked.as_bytes()).unwrap()), to_json(dialect::PRACTICE));
        let wide = |mark: &[u8], bytes: fn(u16) -> [u8; 2]| {
            mark.iter().copied().chain(dialect::PRACTICE.encode_utf16().flat_map(bytes)).collect::<Vec<u8>>()
        };
        for utf16 in [
            wide(b"\xff\xfe", u16::to_le_bytes),
            wide(b"\xfe\xff", u16::to_be_bytes),
            wide(b"", u16::to_le_bytes),
            wide(b"", u16::to_be_bytes),
        ] {
            assert_eq!(text(&utf16).unwrap_err().to_string(), "the text is in UTF-16; save it as UTF-8");
        }
        assert_eq!(text(b"{\"name\": \"\xe9\"}"), Err(DialectProblem::NoText));
    }
}
