//! When two spellings say the same. Own, simple rules, on purpose not those of the connector.

use unicode_normalization::UnicodeNormalization;

/// How a field's values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Composed, without needless spaces.
    Text,
    /// Digits; the Dutch zero and the country code are the same.
    Phone,
    /// Capitals do not count.
    Email,
    /// Neither the scheme nor a last slash counts.
    Website,
    /// Eight digits; a lost leading zero does not count.
    Kvk,
    /// The first ten characters: a date without a time.
    Date,
    /// M, V, X, O for unknown, or nothing.
    Gender,
    /// Spaces and capitals do not count.
    Postcode,
}

impl Form {
    /// What the text says, whatever its spelling; empty for nothing.
    pub(super) fn plain(self, text: &str) -> String {
        let text: String = text.nfc().collect();
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match self {
            Self::Text => text,
            Self::Phone => phone(&text),
            Self::Email => text.to_lowercase(),
            Self::Website => website(&text),
            Self::Kvk if text.len() == 7 => format!("0{text}"),
            Self::Kvk => text,
            Self::Date => text.chars().take(10).collect(),
            Self::Gender => gender(&text).to_owned(),
            Self::Postcode => text.to_uppercase().replace(' ', "").trim_start_matches("NL-").to_owned(),
        }
    }
}

fn phone(text: &str) -> String {
    let kept: String = text.replace("(0)", "").chars().filter(|c| c.is_alphanumeric() || *c == '+').collect();
    let kept = kept.to_lowercase();
    if let Some(rest) = kept.strip_prefix("00") {
        format!("+{rest}")
    } else if let Some(rest) = kept.strip_prefix('0') {
        format!("+31{rest}")
    } else {
        kept
    }
}

fn website(text: &str) -> String {
    let lower = text.to_lowercase();
    let scheme = ["https://", "http://"].into_iter().find(|scheme| lower.starts_with(scheme)).map_or(0, str::len);
    let rest = text.get(scheme..).unwrap_or_default().trim_end_matches('/');
    match rest.split_once('/') {
        Some((host, path)) => format!("{}/{path}", host.to_lowercase()),
        None => rest.to_lowercase(),
    }
}

/// AdvocaatCentraal's letters, and the words that a lookup table may use for them.
fn gender(text: &str) -> &'static str {
    match text.to_lowercase().as_str() {
        "m" | "man" | "male" => "M",
        "v" | "f" | "vrouw" | "female" => "V",
        "x" | "anders" | "other" | "non-binary" => "X",
        "o" | "onbekend" | "unknown" => "O",
        _ => "",
    }
}

/// A house number and its addition as one, however they are divided.
pub(super) fn house_number(number: &str, addition: &str) -> String {
    let text: String = format!("{number}{addition}").nfc().collect();
    text.to_lowercase().split_whitespace().collect()
}

/// The number that a house number begins with; none for none, and for zero, which no system counts as one.
pub(super) fn leading_number(text: &str) -> Option<u64> {
    let digits: String = text.trim().chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok().filter(|number| *number > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_value_are_one() {
        let same = [
            (Form::Phone, "020 555 01 23", "+31205550123"),
            (Form::Phone, "+31 (0)20-5550123", "0031205550123"),
            (Form::Email, "Info@Voorbeeld.example", " info@voorbeeld.example"),
            (Form::Website, "https://WWW.voorbeeld.example/", "www.voorbeeld.example"),
            (Form::Text, "Cafe\u{301}  De Vos", "Café De Vos"),
            (Form::Kvk, "1234567", "01234567"),
            (Form::Gender, "V", "Female"),
            (Form::Gender, "O", "Unknown"),
            (Form::Postcode, "1015 cs", "1015CS"),
        ];
        for (form, left, right) in same {
            assert_eq!(form.plain(left), form.plain(right), "{left} {right}");
        }
    }

    #[test]
    fn other_values_stay_other() {
        let other = [
            (Form::Phone, "020 5550123 tst 12", "020 5550123"),
            (Form::Website, "voorbeeld.example/A", "voorbeeld.example/a"),
            (Form::Text, "De Vos", "de Vos"),
            (Form::Gender, "M", "V"),
            (Form::Gender, "O", ""),
        ];
        for (form, left, right) in other {
            assert_ne!(form.plain(left), form.plain(right), "{left} {right}");
        }
    }

    #[test]
    fn a_house_number_is_one_however_it_is_divided() {
        assert_eq!(house_number("12-14", "hs"), house_number("12", "-14 hs"));
        assert_eq!(leading_number("12-14"), Some(12));
        assert_eq!(leading_number("t.o. 5"), None);
    }
}
