//! House numbers: two texts in AC, a whole number and a text in Tribe.
//!
//! The way to Tribe loses nothing but white space, and the way back gives AC its own spelling again unless Tribe says
//! something else (F83). Nothing is rejected: "t.o. 5" has no number and goes to the suffix whole.

use std::fmt;

use super::text;

/// The largest house number. Source: BAG.
const LARGEST: u32 = 99_999;

/// `huisnummer` and `toevoeging`, as AC has them; empty for none. `Debug` tells nothing of them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct HouseNumber {
    /// For instance `12`, but users also write `12-14` or `12 hs` here.
    pub huisnummer: String,
    /// For instance `hs`.
    pub toevoeging: String,
}

/// `HouseNumber` and `HouseNumberSuffix`, as Tribe has them. `Debug` tells nothing of them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct NumberAndSuffix {
    /// The whole number, if there is one.
    pub number: Option<u32>,
    /// The rest; empty for none.
    pub suffix: String,
}

impl HouseNumber {
    /// The same for Tribe: the leading digits are the number if they are one, and the rest is the suffix.
    pub fn to_tribe(&self) -> NumberAndSuffix {
        let huisnummer = self.huisnummer.trim();
        let (digits, rest) = huisnummer.split_at(digits_at_start(huisnummer));
        let number = digits.parse().ok().filter(|number| !digits.starts_with('0') && (1..=LARGEST).contains(number));
        let rest = if number.is_some() { rest } else { huisnummer };
        NumberAndSuffix { number, suffix: joined(rest, &self.toevoeging) }
    }

    /// What two ways of writing the same house number have in common, for comparing only.
    pub fn canonical(&self) -> String {
        canonical(&joined(&self.huisnummer, &self.toevoeging))
    }

    /// Whether nothing is written.
    pub fn is_empty(&self) -> bool {
        self.canonical().is_empty()
    }
}

impl NumberAndSuffix {
    /// The same for AC: exactly `current` if that says the same already, and otherwise laid out as `current` is.
    pub fn to_ac(&self, current: &HouseNumber) -> HouseNumber {
        if current.canonical() == self.canonical() {
            return current.clone();
        }
        let Some(number) = self.number else {
            return HouseNumber { huisnummer: self.suffix.trim().to_owned(), toevoeging: String::new() };
        };
        let written = current.huisnummer.trim();
        let after_digits = written.get(digits_at_start(written)..).unwrap_or_default();
        if current.toevoeging.trim().is_empty() && !after_digits.is_empty() {
            let suffix = self.suffix.trim();
            let apart =
                after_digits.starts_with(char::is_whitespace) || suffix.starts_with(|c: char| c.is_ascii_digit());
            let space = if apart && !suffix.is_empty() { " " } else { "" };
            return HouseNumber { huisnummer: format!("{number}{space}{suffix}"), toevoeging: String::new() };
        }
        HouseNumber { huisnummer: number.to_string(), toevoeging: self.suffix.trim().to_owned() }
    }

    /// What two ways of writing the same house number have in common, for comparing only.
    pub fn canonical(&self) -> String {
        let number = self.number.map(|number| number.to_string()).unwrap_or_default();
        canonical(&joined(&number, &self.suffix))
    }

    /// Whether nothing is written.
    pub fn is_empty(&self) -> bool {
        self.canonical().is_empty()
    }
}

impl fmt::Debug for HouseNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HouseNumber(…)")
    }
}

impl fmt::Debug for NumberAndSuffix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NumberAndSuffix(…)")
    }
}

/// In lower case, without white space but between two digits: "12 14" is not 1214.
pub(super) fn canonical(text: &str) -> String {
    let folded = text::folded(text);
    let mut result = String::with_capacity(folded.len());
    let mut words = folded.split(' ');
    result.push_str(words.next().unwrap_or_default());
    for word in words {
        let between_digits = result.ends_with(|character: char| character.is_ascii_digit())
            && word.starts_with(|character: char| character.is_ascii_digit());
        if between_digits {
            result.push(' ');
        }
        result.push_str(word);
    }
    // Composed again: a mark that stood after a space may now follow its letter.
    text::folded(&result)
}

fn joined(first: &str, second: &str) -> String {
    let (first, second) = (first.trim(), second.trim());
    let space = if first.is_empty() || second.is_empty() { "" } else { " " };
    format!("{first}{space}{second}")
}

fn digits_at_start(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

#[cfg(test)]
#[path = "house_number_tests.rs"]
mod tests;
