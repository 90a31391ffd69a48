//! KvK numbers.

use super::text;

/// Digits in a KvK number. Source: KVK's own API description (`^[0-9]{8}$`).
const LENGTH: usize = 8;

/// A KvK number that stood as a JSON number, with the zeros that such a number has not.
pub fn of_number(digits: &str) -> String {
    format!("{digits:0>LENGTH$}")
}

/// Eight digits; seven are eight whose leading zero was lost on the way (F79). Anything else is text.
pub(super) fn canonical(text: &str) -> String {
    let text = text::canonical(text);
    let digits: String = text.chars().filter(|character| !matches!(character, ' ' | '.')).collect();
    let all_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    match digits.len() {
        LENGTH if all_digits => digits,
        7 if all_digits => format!("0{digits}"),
        _ => text,
    }
}
