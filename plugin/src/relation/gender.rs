//! Gender.

use super::text::folded;

/// A gender that is known. Unknown is not a gender here: it says the same as an empty field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gender {
    /// M.
    Man,
    /// V.
    Vrouw,
    /// X, as on passports.
    X,
}

impl Gender {
    /// Every gender.
    pub const ALL: [Self; 3] = [Self::Man, Self::Vrouw, Self::X];

    /// Reads a code (`M`, `V`, `F`, `X`) or a word in Dutch or English. AC: assumed (the codes). Tribe: unknown
    /// (neither codes nor names of `Datastore_Gender` are documented).
    pub fn parse(text: &str) -> Option<Self> {
        match folded(text).as_str() {
            "m" | "man" | "mannelijk" | "male" => Some(Self::Man),
            "v" | "f" | "vrouw" | "vrouwelijk" | "female" | "woman" => Some(Self::Vrouw),
            "x" | "anders" | "other" | "non-binair" | "non-binary" | "genderneutraal" | "gender neutral" => {
                Some(Self::X)
            }
            _ => None,
        }
    }

    /// `M`, `V` or `X`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Man => "M",
            Self::Vrouw => "V",
            Self::X => "X",
        }
    }

    pub(super) fn canonical(text: &str) -> String {
        match Self::parse(text) {
            Some(gender) => gender.code().to_owned(),
            None => match folded(text) {
                // BRP and AC write O for onbekend. Writing it over an empty field would be a change without news.
                unknown if ["o", "onbekend", "unknown"].contains(&unknown.as_str()) => String::new(),
                other => other,
            },
        }
    }
}
