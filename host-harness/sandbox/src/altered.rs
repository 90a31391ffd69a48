//! What a system stores in place of what it is sent, though it answers as if it took it.

/// What becomes of a value that the API sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alteration {
    /// It is passed over: only users may change that field, or a right is missing. A name that a new record must have is
    /// taken.
    PassedOver,
    /// A text is cut to so many characters.
    CutTo(usize),
    /// Blanks at both ends of a text are taken off.
    Trimmed,
}

/// Members that are stored otherwise than they are sent, each by its name in the API.
pub type Altered = &'static [(&'static str, Alteration)];

/// What becomes of that member.
pub(crate) fn alteration(altered: Altered, member: &str) -> Option<Alteration> {
    altered.iter().find(|(of, _)| *of == member).map(|(_, alteration)| *alteration)
}

impl Alteration {
    /// The text that is stored; none where it is passed over.
    pub(crate) fn of(self, text: &str) -> Option<String> {
        match self {
            Self::PassedOver => None,
            Self::CutTo(most) => Some(text.chars().take(most).collect()),
            Self::Trimmed => Some(text.trim().to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_trimmed_or_passed_over() {
        assert_eq!(Alteration::CutTo(3).of("één twee").as_deref(), Some("één"));
        assert_eq!(Alteration::Trimmed.of(" één twee ").as_deref(), Some("één twee"));
        assert_eq!(Alteration::PassedOver.of("één"), None);
        assert_eq!(alteration(&[("Name", Alteration::Trimmed)], "Name"), Some(Alteration::Trimmed));
        assert_eq!(alteration(&[("Name", Alteration::Trimmed)], "Website"), None);
    }
}
