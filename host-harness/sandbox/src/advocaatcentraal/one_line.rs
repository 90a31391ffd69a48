//! Street and house number in one line, for wires that have no members of their own for the number.
//!
//! Such a system has one line, and no more is kept of an address than that: where the number ends and its addition
//! begins, and blanks around the parts, are nobody's word. What users type in three fields is divided anew at once.

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

    /// Puts a written line into a stored address.
    pub(super) fn put_line(row: &mut Map<String, Value>, line: &str) {
        let Self { street, number, addition } = Self::of_line(line);
        for (field, part) in FIELDS.into_iter().zip([street, number, addition]) {
            row.insert(field.to_owned(), if part.is_empty() { Value::Null } else { part.into() });
        }
    }

    /// Leaves of the addresses of a record what one line says of each.
    pub(super) fn divide(fields: &mut Map<String, Value>) {
        let rows = fields.get_mut("adressen").and_then(Value::as_array_mut);
        for row in rows.into_iter().flatten().filter_map(Value::as_object_mut) {
            // What is no text stays as it is: it stands in no line.
            if FIELDS.iter().all(|field| row.get(*field).is_none_or(|part| part.is_string() || part.is_null())) {
                let line = Self::of_row(row).line();
                Self::put_line(row, &line);
            }
        }
    }

    /// The parts in one line.
    pub(super) fn line(&self) -> String {
        joined(&[&self.street, &self.number, &self.addition])
    }

    /// The parts of a line: the number is the first word after the street that starts with a digit, and what follows is
    /// the addition. The street goes on while a word of four letters or more stands before a later number.
    fn of_line(line: &str) -> Self {
        let words: Vec<&str> = line.split_whitespace().collect();
        let is_street = |word: &&str| word.chars().filter(|letter| letter.is_alphabetic()).count() >= 4;
        let first_letters = words.iter().position(|word| word.contains(char::is_alphabetic));
        let mut number = words.len();
        for (place, word) in words.iter().enumerate().rev() {
            if starts_with_digit(word) && first_letters.is_some_and(|first| first < place) {
                let between = words.get(place..number).unwrap_or_default();
                if number < words.len() && between.iter().any(is_street) {
                    break;
                }
                number = place;
            }
        }
        let (street, rest) = words.split_at(number);
        let (number, addition) =
            rest.split_first().map_or(("", String::new()), |(number, rest)| (*number, rest.join(" ")));
        Self { street: street.join(" "), number: number.to_owned(), addition }
    }
}

fn starts_with_digit(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
}

fn joined(parts: &[&str]) -> String {
    parts.iter().map(|part| part.trim()).filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use serde_json::json;

    use super::*;

    fn parts(street: &str, number: &str, addition: &str) -> Parts {
        Parts { street: street.to_owned(), number: number.to_owned(), addition: addition.to_owned() }
    }

    #[test]
    fn what_users_type_is_divided_as_its_line_is() {
        let divided = |street: &str, number: Value| {
            let mut fields = Map::new();
            fields
                .insert("adressen".to_owned(), json!([{"straat": street, "huisnummer": number, "plaats": "Utrecht"}]));
            Parts::divide(&mut fields);
            Parts::of_row(fields["adressen"][0].as_object().unwrap())
        };
        assert_eq!(divided("Woonboot", json!("t.o. 5")), parts("Woonboot t.o.", "5", ""));
        assert_eq!(divided(" Plein  1900 ", json!(null)), parts("Plein", "1900", ""), "nothing tells it from a number");
        assert_eq!(divided("Plein", json!(5)), parts("Plein", "", ""), "what is no text stands in no line");
    }

    #[test]
    fn a_line_is_divided_where_the_number_begins() {
        let split = Parts::of_line;
        assert_eq!(split("Keizersgracht 12 - 14 hs"), parts("Keizersgracht", "12", "- 14 hs"));
        assert_eq!(split("Laan van 't 1e Veld 7 bis"), parts("Laan van 't 1e Veld", "7", "bis"));
        assert_eq!(split("Plein 1900 12"), parts("Plein", "1900", "12"), "no word tells them apart");
        assert_eq!(split("1e Dwarsstraat 5 bis"), parts("1e Dwarsstraat", "5", "bis"));
        assert_eq!(split("Aan het water"), parts("Aan het water", "", ""));
        assert_eq!(split("12"), parts("12", "", ""));
        assert_eq!(split(""), parts("", "", ""));
    }
}
