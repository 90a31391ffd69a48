//! The number of an office in AdvocaatCentraal.

/// An office's number in the one form in which it is compared. A person types it with blanks, dashes or zeros in front:
/// it is the same office, with the same markers in Tribe and the same state. AC: assumed (a number, not a text).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficeNumber(String);

impl OfficeNumber {
    /// The number that a text writes; what is no number is kept as it is.
    pub fn of(text: &str) -> Self {
        if !Self::is_written_in(text) {
            return Self(text.to_owned());
        }
        let written: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
        let number = written.trim_start_matches('0');
        // An office may be called nought.
        Self(if number.is_empty() { "0".to_owned() } else { number.to_ascii_lowercase() })
    }

    /// Whether a text writes a number: letters and digits, with blanks, dashes or points between them.
    pub fn is_written_in(text: &str) -> bool {
        let is_between = |sign: char| matches!(sign, ' ' | '-' | '.');
        text.contains(|sign: char| sign.is_ascii_alphanumeric())
            && text.chars().all(|sign| sign.is_ascii_alphanumeric() || is_between(sign))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_office_is_one_however_its_number_is_typed() {
        for spelling in ["12345", "012345", "0012345", "12 345", "12-345", "12.345", " 12345 "] {
            assert!(OfficeNumber::is_written_in(spelling), "{spelling}");
            assert_eq!(OfficeNumber::of(spelling).as_str(), "12345", "{spelling}");
        }
        assert_eq!(OfficeNumber::of("AB-07"), OfficeNumber::of("ab07"));
        assert_eq!(OfficeNumber::of("000").as_str(), "0");
    }

    #[test]
    fn two_offices_are_two() {
        for other in ["1234", "123450", "12345a", "a12345"] {
            assert_ne!(OfficeNumber::of(other), OfficeNumber::of("12345"), "{other}");
        }
    }

    #[test]
    fn what_is_no_number_is_told() {
        for text in ["", " ", "-", "12345/6", "12345:6", "１２３４５", "12_345", "12\u{a0}345", "+12345"] {
            assert!(!OfficeNumber::is_written_in(text), "{text}");
        }
    }
}
