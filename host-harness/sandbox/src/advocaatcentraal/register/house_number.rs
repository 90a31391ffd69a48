//! A house number in three members, as a register of addresses has it: digits, one letter, and what follows.

use serde_json::{Map, Value};

/// So many digits has the longest house number. Source: BAG.
const DIGITS: usize = 5;

/// The three.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct InThree {
    pub(super) number: String,
    pub(super) letter: String,
    pub(super) addition: String,
}

impl InThree {
    /// What users typed in two fields.
    pub(super) fn of_row(row: &Map<String, Value>) -> Self {
        let text = |field: &str| row.get(field).and_then(Value::as_str).unwrap_or_default().trim();
        let (typed, addition) = (text("huisnummer"), text("toevoeging"));
        let digits = typed.bytes().take_while(u8::is_ascii_digit).count();
        if digits == 0 || digits > DIGITS {
            return Self { addition: joined(typed, addition), ..Self::default() };
        }
        let (number, rest) = typed.split_at(digits);
        let (letter, addition) = match (rest, addition) {
            (letter, addition) if is_letter(letter) => (letter, addition.to_owned()),
            ("", letter) if is_letter(letter) => (letter, String::new()),
            (rest, addition) => ("", joined(rest.trim(), addition)),
        };
        Self { number: number.to_owned(), letter: letter.to_owned(), addition }
    }

    /// Puts them into the two fields.
    pub(super) fn put(&self, row: &mut Map<String, Value>) {
        for (field, text) in [("huisnummer", self.number.clone()), ("toevoeging", joined(&self.letter, &self.addition))]
        {
            row.insert(field.to_owned(), if text.is_empty() { Value::Null } else { text.into() });
        }
    }

    /// The name of the one that cannot be so, if any.
    pub(super) fn unsound(&self) -> Option<&'static str> {
        let is_number = self.number.len() <= DIGITS && self.number.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number {
            return Some("Number");
        }
        let has_number = !self.number.is_empty();
        (!(self.letter.is_empty() || is_letter(&self.letter) && has_number)).then_some("Letter")
    }
}

fn is_letter(text: &str) -> bool {
    text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_alphabetic())
}

fn joined(first: &str, second: &str) -> String {
    let space = if first.is_empty() || second.is_empty() { "" } else { " " };
    format!("{first}{space}{second}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(number: &str, addition: &str) -> Map<String, Value> {
        [("huisnummer", number), ("toevoeging", addition)]
            .map(|(name, text)| (name.to_owned(), text.into()))
            .into_iter()
            .collect()
    }

    #[test]
    fn what_users_typed_in_two_fields_is_shown_in_three() {
        for (typed, shown) in [
            (("12", ""), ("12", "", "")),
            (("12a", ""), ("12", "a", "")),
            (("12", "A"), ("12", "A", "")),
            (("12a", "hs"), ("12", "a", "hs")),
            (("12-14", "hs"), ("12", "", "-14 hs")),
            (("12", "bis"), ("12", "", "bis")),
            (("t.o. 5", ""), ("", "", "t.o. 5")),
            (("123456", "x"), ("", "", "123456 x")),
        ] {
            let three = InThree::of_row(&row(typed.0, typed.1));
            assert_eq!((three.number.as_str(), three.letter.as_str(), three.addition.as_str()), shown, "{typed:?}");
            assert_eq!(three.unsound(), None);
        }
    }

    #[test]
    fn three_members_say_only_what_they_are_for() {
        let three =
            |number: &str, letter: &str| InThree { number: number.into(), letter: letter.into(), ..InThree::default() };
        assert_eq!(three("12-14", "").unsound(), Some("Number"));
        assert_eq!(three("12", "hs").unsound(), Some("Letter"));
        assert_eq!(three("", "a").unsound(), Some("Letter"));
        assert_eq!(three("12", "a").unsound(), None);
    }
}
