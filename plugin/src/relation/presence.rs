//! Whether a side says something about a field, and what.

use std::fmt;

/// A value has a form that its field cannot have (D9).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreadable;

/// Absent, unreadable, empty and present are four things: the first two say nothing and never clear (D9).
///
/// It holds a client's data, so `Debug` tells only which of them it is.
#[derive(Clone, Default, PartialEq, Eq)]
pub enum Presence {
    /// The side says nothing about the field.
    #[default]
    Absent,
    /// The side says something in a form that the field cannot have. It is told, and otherwise says nothing.
    Unreadable,
    /// The side says that the field is empty.
    Empty,
    /// The user's own spelling; never blank.
    Present(String),
}

impl Presence {
    /// Blank text is empty; anything else is kept as it is written.
    pub fn of(text: impl Into<String>) -> Self {
        let text = text.into();
        if text.trim().is_empty() { Self::Empty } else { Self::Present(text) }
    }

    /// The text, if there is one.
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Present(text) => Some(text),
            Self::Absent | Self::Unreadable | Self::Empty => None,
        }
    }

    /// Whether the side does not speak of the field.
    pub fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

impl fmt::Debug for Presence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Absent => "Absent",
            Self::Unreadable => "Unreadable",
            Self::Empty => "Empty",
            Self::Present(_) => "Present(…)",
        })
    }
}
