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
    ($($(#[$doc:meta])* $variant:ident = $code:literal: $dutch:literal / $english:literal,)+) => {
        /// A stable code. Codes are added, never changed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[$doc])* $variant,)+
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The code as hosts see it.
            pub fn as_str(self) -> &'static str {
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
        }
    };
}

pub(super) use codes;
