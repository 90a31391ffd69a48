//! Street and house number in one line, for wires that have no members of their own for the number.
//!
//! What is lost on such a wire: where the number ends and its addition begins, and blanks around the parts. A line that
//! comes back as it was shown changes nothing of what users typed; of another, as much stays as can be told apart.

use serde_json::{Map, Value};

/// What a user types in three fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) street: String,
    pub(super) number: String,
    pub(super) addition: String,
}

/// The stored names of the three.
const FIELDS: [&str; 3] = ["straat", "huisnummer", "toevoeging"];

impl Parts {
    /// The parts of a stored address.
    pub(super) fn of_row(row: &Map<String, Value>) -> Self {
        let [street, number, addition] =
            FIELDS.map(|field| row.get(field).and_then(Value::as_str).unwrap_or_default().to_owned());
        Self { street, number, addition }
    }

    /// Puts a written line into a stored address; what it does not change keeps its spelling.
    pub(super) fn put_line(row: &mut Map<String, Value>, line: &str) {
        let before = Self::of_row(row);
        let after = Self::of_line(line, &before);
        let changed = [(before.street, after.street), (before.number, after.number), (before.addition, after.addition)];
        for (field, (before, after)) in FIELDS.into_iter().zip(changed) {
            if before != after || !row.contains_key(field) {
                row.insert(field.to_owned(), if after.is_empty() { Value::Null } else { after.into() });
            }
        }
    }

    /// The parts in one line.
    pub(super) fn line(&self) -> String {
        joined(&[&self.street, &self.number, &self.addition])
    }

    /// The parts of a line that was written where these stood.
    ///
    /// The same street, or the same number with its addition, stays as it was. Else the last word that starts with a
    /// digit is the number, if there is a word before it; what follows is the addition.
    pub(super) fn of_line(line: &str, before: &Self) -> Self {
        let line = line.trim();
        if line == before.line() {
            return before.clone();
        }
        let (street, tail) = (before.street.trim(), joined(&[&before.number, &before.addition]));
        let after_street = line.strip_prefix(street).filter(|rest| !street.is_empty() && rest.starts_with(' '));
        if let Some((number, addition)) = after_street.and_then(|rest| numbered(rest.trim(), before)) {
            return Self { street: before.street.clone(), number, addition };
        }
        let before_tail = line.strip_suffix(&tail).filter(|rest| !tail.is_empty() && rest.ends_with(' '));
        if let Some(street) = before_tail {
            return Self { street: street.trim().to_owned(), ..before.clone() };
        }
        let words: Vec<&str> = line.split(' ').collect();
        let number = words.iter().skip(1).rposition(|word| starts_with_digit(word)).map(|place| place + 1);
        let (street, rest) = words.split_at(number.unwrap_or(words.len()));
        let (number, addition) =
            rest.split_first().map_or(("", String::new()), |(number, rest)| (*number, rest.join(" ")));
        Self { street: street.join(" "), number: number.to_owned(), addition }
    }
}

/// What follows the street, as number and addition, if it looks like them.
fn numbered(rest: &str, before: &Parts) -> Option<(String, String)> {
    let addition = before.addition.trim();
    // `t.o. 5` is a number too, where one like it stood before.
    let first = |text: &str| text.split_whitespace().next().unwrap_or_default().to_owned();
    if !starts_with_digit(rest) {
        return (!rest.is_empty() && first(rest) == first(&before.number)).then(|| (rest.to_owned(), String::new()));
    }
    if let Some(number) = rest.strip_suffix(addition).filter(|rest| !addition.is_empty() && rest.ends_with(' ')) {
        return Some((number.trim().to_owned(), before.addition.clone()));
    }
    let (number, addition) = rest.split_once(' ').unwrap_or((rest, ""));
    Some((number.to_owned(), addition.trim().to_owned()))
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
}

fn joined(parts: &[&str]) -> String {
    parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(street: &str, number: &str, addition: &str) -> Parts {
        Parts { street: street.to_owned(), number: number.to_owned(), addition: addition.to_owned() }
    }

    #[test]
    fn a_line_that_comes_back_changes_nothing() {
        for before in [
            parts("Keizersgracht", "12-14", "hs"),
            parts(" Plein 1900 ", "3a", ""),
            parts("Woonboot", "t.o. 5", ""),
            parts("Straat", "12", "0"),
            parts("", "12", ""),
            parts("", "", ""),
        ] {
            assert_eq!(Parts::of_line(&before.line(), &before), before);
        }
    }

    #[test]
    fn of_another_line_as_much_stays_as_can_be_told_apart() {
        let gracht = parts("Keizersgracht", "12-14", "hs");
        assert_eq!(Parts::of_line("Keizersgracht 16 hs", &gracht), parts("Keizersgracht", "16", "hs"));
        assert_eq!(Parts::of_line("Keizersgracht 16 II achter", &gracht), parts("Keizersgracht", "16", "II achter"));
        assert_eq!(Parts::of_line("Prinsengracht 12-14 hs", &gracht), parts("Prinsengracht", "12-14", "hs"));
        let boat = parts("Woonboot", "t.o. 5", "");
        assert_eq!(Parts::of_line("Woonboot t.o. 7", &boat), parts("Woonboot", "t.o. 7", ""));
        let square = parts("Plein 1900", "12", "");
        assert_eq!(Parts::of_line("Plein 1900 14", &square), parts("Plein 1900", "14", ""));
        assert_eq!(Parts::of_line("Plein 1900", &square), parts("Plein", "1900", ""), "nothing tells it from a number");
    }

    #[test]
    fn a_new_line_is_split_before_its_last_number() {
        let split = |line| Parts::of_line(line, &Parts::default());
        assert_eq!(split("Plein 1900 12"), parts("Plein 1900", "12", ""));
        assert_eq!(split("1e Dwarsstraat 5 bis"), parts("1e Dwarsstraat", "5", "bis"));
        assert_eq!(split("Aan het water"), parts("Aan het water", "", ""));
        assert_eq!(split("12"), parts("12", "", ""));
        assert_eq!(split(""), parts("", "", ""));
    }
}
