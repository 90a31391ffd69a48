//! Postcodes: letters and digits without accents, in every country that has them.

use super::text;

/// `1015CS` for a Dutch postcode, with or without space, hyphen and country prefix; a foreign one in capitals.
///
/// Source of the Dutch pattern: python-stdnum `nl.postcode` (`^[1-9][0-9]{3} ?[A-Z]{2}$`).
pub(super) fn canonical(text: &str) -> String {
    let upper = text::canonical(text).to_ascii_uppercase();
    let compact: String = upper.chars().filter(|character| !matches!(character, ' ' | '-')).collect();
    let without_country = compact.strip_prefix("NL").unwrap_or(&compact);
    if is_dutch(without_country) { without_country.to_owned() } else { upper }
}

fn is_dutch(text: &str) -> bool {
    let bytes = text.as_bytes();
    let (digits, letters) = bytes.split_at(bytes.len().min(4));
    matches!(digits, [b'1'..=b'9', rest @ ..] if rest.len() == 3 && rest.iter().all(u8::is_ascii_digit))
        && letters.len() == 2
        && letters.iter().all(u8::is_ascii_uppercase)
}
