//! The canonical form of plain text, on which the others build.

use unicode_normalization::char::{canonical_combining_class, compose, decompose_canonical};

/// NFC, trimmed, each run of white space one space.
///
/// Tribe and AC may send the same "ë" as one character or as two (F77), and neither keeps spaces reliably.
pub(super) fn canonical(text: &str) -> String {
    collapsed(&composed(text))
}

/// Composed, trimmed, without needless spaces and without regard to case. Composed again at the end, since a lower-case letter may compose where
/// its capital did not.
pub fn folded(text: &str) -> String {
    let lower = canonical(text).to_lowercase();
    collapsed(&composed(&lower))
}

fn collapsed(text: &str) -> String {
    let mut collapsed = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !collapsed.is_empty() {
            collapsed.push(' ');
        }
        collapsed.push_str(word);
    }
    collapsed
}

/// The first combining mark of Unicode.
const FIRST_MARK: char = '\u{300}';

/// NFC, by the steps of UAX #15.
///
/// `str::nfc` does the same, but brings the tables of the compatibility forms along: 60 KB of the component.
pub fn composed(text: &str) -> String {
    // Below the first combining mark every character is composed, and none joins another: nearly every text.
    if text.chars().all(|character| character < FIRST_MARK) {
        return text.to_owned();
    }
    let mut marks = InOrder::default();
    text.chars().for_each(|character| decompose_canonical(character, |part| marks.push(part)));

    let mut composed: Vec<Classed> = Vec::with_capacity(marks.0.len());
    let mut starter = None;
    for (class, character) in marks.0 {
        // A mark reaches the starter when nothing stands between, or only marks of a lower class.
        let open = starter.is_some_and(|place| place + 1 == composed.len())
            || composed.last().is_some_and(|(before, _)| *before < class);
        if open
            && let Some((_, base)) = starter.and_then(|place: usize| composed.get_mut(place))
            && let Some(joined) = compose(*base, character)
        {
            *base = joined;
            continue;
        }
        if class == 0 {
            starter = Some(composed.len());
        }
        composed.push((class, character));
    }
    composed.into_iter().map(|(_, character)| character).collect()
}

/// A character with its canonical combining class, which is 0 for a starter.
type Classed = (u8, char);

/// Decomposed characters in canonical order: the marks after a starter by class, equal ones as they came.
#[derive(Default)]
struct InOrder(Vec<Classed>);

impl InOrder {
    fn push(&mut self, character: char) {
        let class = canonical_combining_class(character);
        let after = if class == 0 { None } else { self.0.iter().rposition(|(before, _)| *before <= class) };
        let place = if class == 0 { self.0.len() } else { after.map_or(0, |place| place + 1) };
        self.0.insert(place, (class, character));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    proptest! {
        #[test]
        fn composing_gives_nfc(text in "\\PC{0,12}") {
            prop_assert_eq!(composed(&text), text.nfc().collect::<String>());
        }

        // Letters that compose, marks of several classes (one twice), Hangul's parts, an exclusion and a reordering.
        #[test]
        fn composing_marks_gives_nfc(text in "[ae\u{2126}\u{958}\u{1100}\u{1161}\u{11a8}\u{ac00}\u{300}\u{301}\u{308}\u{323}\u{327}\u{345}\u{5b0}\u{3099}\u{304b}\u{1e69}]{0,8}") {
            prop_assert_eq!(composed(&text), text.nfc().collect::<String>());
        }
    }
}
