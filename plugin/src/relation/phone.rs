//! Telephone numbers.
//!
//! A number is never rewritten, only compared: users write what they mean beside it ("tst 12", "na 17u", two numbers
//! in one field), and a rewritten number loses that (F78).

use super::text::folded;

/// The most digits of a number with its country. Source: ITU-T E.164.
const LONGEST: usize = 15;
/// Digits of a Dutch national number with its zero: 0800-1234 is the shortest, machine numbers (097) the longest.
/// Source: nummerplan, BWBR0010198.
const NATIONAL: std::ops::RangeInclusive<usize> = 8..=13;

/// The number as `+31205550123`, followed by whatever text stands behind it. What does not begin with one number is
/// compared as text.
pub(super) fn canonical(text: &str) -> String {
    // Copied from an address book, a number often stands between invisible marks of writing direction.
    let visible: String = text.chars().filter(|character| !is_invisible(*character)).collect();
    let text = folded(&visible);
    let end_of_dialled = text.find(|character| !is_dialled(character)).unwrap_or(text.len());
    let head = text.get(..end_of_dialled).unwrap_or_default();
    let head = head.get(..last_digit_end(head)).unwrap_or_default();
    let Some(number) = number(head) else {
        return text;
    };
    let beside = text.get(head.len()..).unwrap_or_default();
    let beside = beside.trim_start_matches(|character| is_separator(character) && character != '(');
    if beside.is_empty() { number } else { format!("{number} {beside}") }
}

/// The number in a text of digits, separators and `+`, if it is one number.
fn number(text: &str) -> Option<String> {
    let text = text.trim_start_matches(is_separator);
    let (plus, text) = match text.strip_prefix('+') {
        Some(rest) => ("+", rest),
        None => ("", text),
    };
    if text.contains('+') {
        return None;
    }
    let written: String = text.chars().filter(|character| *character != ' ').collect();
    let digits = digits_of(&written);
    let dialled_abroad = digits.len() >= *NATIONAL.start() && digits.starts_with("00") && !digits.starts_with("000");
    if plus.is_empty() && !dialled_abroad {
        return match digits.strip_prefix('0') {
            Some(rest) if NATIONAL.contains(&digits.len()) && !rest.starts_with('0') => Some(format!("+31{rest}")),
            _ => (1..=LONGEST).contains(&digits.len()).then_some(digits),
        };
    }
    // "+31 (0)20": the zero is for callers within the country.
    let digits = digits_of(&written.replacen("(0)", "", 1));
    let digits = if plus.is_empty() { digits.strip_prefix("00")? } else { &digits };
    if !(1..=LONGEST).contains(&digits.len()) {
        return None;
    }
    Some(match digits.strip_prefix("31") {
        Some(dutch) => format!("+31{}", dutch.trim_start_matches('0')),
        None => format!("+{digits}"),
    })
}

fn digits_of(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn last_digit_end(text: &str) -> usize {
    text.rfind(|character: char| character.is_ascii_digit()).map_or(0, |position| position + 1)
}

fn is_dialled(character: char) -> bool {
    character.is_ascii_digit() || character == '+' || is_separator(character)
}

fn is_separator(character: char) -> bool {
    matches!(character, ' ' | '-' | '.' | '/' | '(' | ')' | '\u{2010}'..='\u{2015}' | '\u{2212}')
}

fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
