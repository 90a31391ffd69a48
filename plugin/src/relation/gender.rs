//! Gender.

use super::text::folded;

/// What a record says of somebody's gender. That it is not known is said too, and is not the same as an empty field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Gender {
    /// M.
    Man,
    /// V.
    Vrouw,
    /// X, as on passports.
    X,
    /// O, onbekend: BRP's and AC's letter.
    Onbekend,
}

impl Gender {
    /// Every gender.
    pub const ALL: [Self; 4] = [Self::Man, Self::Vrouw, Self::X, Self::Onbekend];

    /// Reads a code (`M`, `V`, `F`, `X`, `O`) or a word in Dutch or English. AC: assumed (the codes). Tribe: unknown
    /// (neither codes nor names of `Datastore_Gender` are documented).
    pub fn parse(text: &str) -> Option<Self> {
        match folded(text).as_str() {
            "m" | "man" | "mannelijk" | "male" => Some(Self::Man),
            "v" | "f" | "vrouw" | "vrouwelijk" | "female" | "woman" => Some(Self::Vrouw),
            "x" | "anders" | "other" | "non-binair" | "non-binary" | "genderneutraal" | "gender neutral" => {
                Some(Self::X)
            }
            "o" | "onbekend" | "unknown" | "niet opgegeven" | "not specified" => Some(Self::Onbekend),
            _ => None,
        }
    }

    /// `M`, `V`, `X` or `O`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Man => "M",
            Self::Vrouw => "V",
            Self::X => "X",
            Self::Onbekend => "O",
        }
    }

    pub(super) fn canonical(text: &str) -> String {
        Self::parse(text).map_or_else(|| folded(text), |gender| gender.code().to_owned())
    }
}
