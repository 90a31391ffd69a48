//! Addresses of websites.

use super::text;

/// Without scheme and trailing slash, the host in lower case; a path keeps its case, which servers heed.
pub(super) fn canonical(text: &str) -> String {
    let text = text::canonical(text);
    let mut rest = text.as_str();
    while let Some(inner) = without_scheme(rest) {
        rest = inner.trim_start();
    }
    let rest = rest.trim_end_matches(|character: char| character == '/' || character.is_whitespace());
    let (host, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    text::canonical(&format!("{}{path}", host.to_lowercase()))
}

fn without_scheme(text: &str) -> Option<&str> {
    ["https://", "http://"].iter().find_map(|scheme| {
        let (start, rest) = text.split_at_checked(scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then_some(rest)
    })
}
