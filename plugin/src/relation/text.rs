//! The canonical form of plain text, on which the others build.

use unicode_normalization::UnicodeNormalization;

/// NFC, trimmed, each run of white space one space.
///
/// Tribe and AC may send the same "ë" as one character or as two (F77), and neither keeps spaces reliably.
pub(super) fn canonical(text: &str) -> String {
    collapsed(&text.nfc().collect::<String>())
}

/// [`canonical`], and without regard to case. Composed again at the end, since a lower-case letter may compose where
/// its capital did not.
pub(super) fn folded(text: &str) -> String {
    let lower = canonical(text).to_lowercase();
    collapsed(&lower.nfc().collect::<String>())
}

fn collapsed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
