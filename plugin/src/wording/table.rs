//! The form of the table of codes.

/// A sentence in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Text {
    /// For the office manager.
    pub dutch: &'static str,
    /// For everyone else.
    pub english: &'static str,
}

macro_rules! codes {
    ($name:ident: $($(#[$doc:meta])* $variant:ident = $code:literal: $dutch:literal / $english:literal,)+) => {
        /// A stable code. Codes are added, never changed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$doc])* $variant,)+
        }

        impl $name {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The code as hosts see it.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)+
                }
            }

            /// The code in words.
            pub fn text(self) -> Text {
                match self {
                    $(Self::$variant => Text { dutch: $dutch, english: $english },)+
                }
            }

            /// The code that a host names, if this version knows it.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.as_str() == text)
            }
        }
    };
}

pub(super) use codes;
