//! References by number, and their definitions.
//!
//! A *reference* is a decision (D3), an assumption (A7), an invariant (I14) or a fault (F27), written as a word of its
//! own in a comment of a Rust source, or in a document outside code. What looks like one and is none, such as a size
//! of paper, is written as code. A *definition* is a row of a table whose first cell is the number and nothing else.

use std::collections::BTreeMap;

/// Where a number stands: the line, counted from 1.
pub type Line = usize;

/// The references in a Rust source's comments.
pub fn in_rust(text: &str) -> Vec<(Line, String)> {
    let mut found = Vec::new();
    for (line, comment) in comments(text) {
        for (at, text) in comment.lines().enumerate() {
            found.extend(in_prose(text).into_iter().map(|number| (line + at, number)));
        }
    }
    found
}

/// The references in a document. Blocks of code are passed over.
pub fn in_document(text: &str) -> Vec<(Line, String)> {
    let mut is_code = false;
    let mut found = Vec::new();
    for (at, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
        } else if !is_code {
            found.extend(in_prose(line).into_iter().map(|number| (at + 1, number)));
        }
    }
    found
}

/// What a document defines, each with how often.
pub fn definitions(text: &str) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for line in text.lines() {
        let cell = line.strip_prefix('|').and_then(|rest| rest.split('|').next()).map(str::trim);
        if let Some(cell) = cell.filter(|cell| is_number(cell)) {
            *found.entry(cell.to_owned()).or_default() += 1;
        }
    }
    found
}

/// The references in a line of prose, without what stands between backticks.
fn in_prose(line: &str) -> Vec<String> {
    let prose = line.split('`').step_by(2);
    let joins = |char: char| !(char.is_alphanumeric() || "_-#=%/.".contains(char));
    let words = prose.flat_map(|text| text.split(joins));
    // A full stop or a slash ends a word: "by D4.", "D2/D3"; inside one it does not: "2.D4".
    let parts = words.flat_map(|word| word.trim_matches('.').split('/'));
    parts.filter(|word| is_number(word)).map(str::to_owned).collect()
}

fn is_number(word: &str) -> bool {
    let mut chars = word.chars();
    let kind = chars.next();
    let digits = chars.as_str();
    let counted = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    counted
        && match kind {
            Some('D' | 'A' | 'I') => digits.len() <= 2 && !digits.starts_with('0'),
            Some('F') => digits.len() == 2 || digits.len() == 3 && !digits.starts_with('0'),
            _ => false,
        }
}

/// The comments of a Rust source, each with its first line.
fn comments(text: &str) -> Vec<(Line, &str)> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let length = if rest.starts_with("//") {
            let length = rest.find('\n').unwrap_or(rest.len());
            found.push((line_of(text, at), rest.get(..length).unwrap_or_default()));
            length
        } else if rest.starts_with("/*") {
            let length = block(rest);
            found.push((line_of(text, at), rest.get(..length).unwrap_or_default()));
            length
        } else {
            code(rest)
        };
        at += length.max(1);
    }
    found
}

fn line_of(text: &str, at: usize) -> Line {
    text.get(..at).unwrap_or_default().matches('\n').count() + 1
}

/// The length of a block comment, which may hold others.
fn block(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut pairs = rest.char_indices().zip(rest.chars().skip(1).map(Some).chain([None])).peekable();
    while let Some(((at, char), next)) = pairs.next() {
        match (char, next) {
            ('/', Some('*')) => depth += 1,
            ('*', Some('/')) => {
                depth -= 1;
                if depth == 0 {
                    return at + 2;
                }
            }
            _ => continue,
        }
        pairs.next();
    }
    rest.len()
}

/// The length of one piece of code: a string, a character, a word, or any one character else.
fn code(rest: &str) -> usize {
    let word = rest.find(|char: char| !(char.is_alphanumeric() || char == '_')).unwrap_or(rest.len());
    let (prefix, after) = rest.split_at(word);
    if matches!(prefix, "r" | "br" | "cr") {
        let hashes = after.len() - after.trim_start_matches('#').len();
        if let Some(body) = after.get(hashes..).and_then(|after| after.strip_prefix('"')) {
            let end = format!("\"{}", "#".repeat(hashes));
            let length = body.find(&end).map_or(body.len(), |at| at + end.len());
            return word + hashes + 1 + length;
        }
    }
    if matches!(prefix, "" | "b" | "c") && after.starts_with('"') {
        return word + quoted(after, '"');
    }
    if matches!(prefix, "" | "b") && after.starts_with('\'') {
        // Else it is a lifetime.
        let mut chars = after.chars().skip(1);
        let (first, second) = (chars.next(), chars.next());
        if first == Some('\\') || second == Some('\'') {
            return word + quoted(after, '\'');
        }
        return word + 1;
    }
    if word > 0 { word } else { rest.chars().next().map_or(1, char::len_utf8) }
}

fn quoted(text: &str, end: char) -> usize {
    let mut chars = text.char_indices().skip(1);
    while let Some((at, char)) = chars.next() {
        if char == '\\' {
            chars.next();
        } else if char == end {
            return at + end.len_utf8();
        }
    }
    text.len()
}
