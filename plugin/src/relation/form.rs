//! How a field's values are compared.

use super::text::{canonical, folded};
use super::{CivilDate, Gender, country, house_number, kvk, phone, postcode, website};

/// The form that a field's values have in both systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Form {
    /// Names, streets, towns, functions.
    Text,
    /// Telephone numbers.
    Phone,
    /// E-mail addresses.
    Email,
    /// Addresses of websites.
    Website,
    /// KvK numbers.
    Kvk,
    /// Civil dates.
    Date,
    /// See [`Gender`].
    Gender,
    /// House number and addition in one text.
    HouseNumber,
    /// Postcodes.
    Postcode,
    /// Countries.
    Country,
}

impl Form {
    /// Every form.
    pub const ALL: [Self; 10] = [
        Self::Text,
        Self::Phone,
        Self::Email,
        Self::Website,
        Self::Kvk,
        Self::Date,
        Self::Gender,
        Self::HouseNumber,
        Self::Postcode,
        Self::Country,
    ];

    /// What two spellings of the same value have in common; empty for blank text.
    ///
    /// For comparing and fingerprinting only, never to be written. What does not have the expected form is compared
    /// as text, so no input fails.
    pub fn canonical(self, text: &str) -> String {
        match self {
            Self::Text => canonical(text),
            Self::Phone => phone::canonical(text),
            Self::Email => folded(text),
            Self::Website => website::canonical(text),
            Self::Kvk => kvk::canonical(text),
            Self::Date => CivilDate::parse(text).map_or_else(|| canonical(text), |date| date.to_string()),
            Self::Gender => Gender::canonical(text),
            Self::HouseNumber => house_number::canonical(text),
            Self::Postcode => postcode::canonical(text),
            Self::Country => country::canonical(text),
        }
    }
}

#[cfg(test)]
#[path = "form_tests.rs"]
mod tests;
