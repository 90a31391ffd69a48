//! A file that is longer than this has more than one subject.

#![allow(clippy::unwrap_used, missing_docs)]

use repository_checks::sources::{below, repository};

/// The most lines of a Rust source, a test too.
const LINES: usize = 500;

#[test]
fn no_rust_source_is_too_long() {
    let sources = below(&repository(), ".rs").unwrap();
    let longer: Vec<&str> =
        sources.iter().filter(|(_, text)| text.lines().count() > LINES).map(|(path, _)| path.as_str()).collect();
    assert!(longer.is_empty(), "longer than {LINES} lines: {longer:?}");
}
