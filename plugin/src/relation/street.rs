//! Street and house number in one line, as most systems have it.

/// The street and the house number of a line; without a house number the line is the street.
///
/// The house number begins with a digit after a blank. Of several such places it is the first from which on no word
/// stands before the next: `Keizersgracht 12 - 14 hs`, but `Laan van 't 1e Veld 7`.
pub fn split(line: &str) -> (&str, &str) {
    let line = line.trim();
    let begins = |place: usize| {
        let before = line.get(..place).unwrap_or_default();
        let after = line.get(place..).unwrap_or_default();
        after.starts_with(|first: char| first.is_ascii_digit())
            && before.ends_with(char::is_whitespace)
            && before.contains(char::is_alphabetic)
    };
    let places: Vec<usize> = line.char_indices().map(|(place, _)| place).filter(|place| begins(*place)).collect();
    let mut chosen = None;
    for place in places.into_iter().rev() {
        let between = chosen.and_then(|later| line.get(place..later)).unwrap_or_default();
        if has_word(between) {
            break;
        }
        chosen = Some(place);
    }
    match chosen {
        Some(place) => {
            let (street, number) = line.split_at(place);
            (street.trim_end(), number)
        }
        None => (line, ""),
    }
}

/// Both in one line; none where the line would be read otherwise.
pub fn join(street: &str, number: &str) -> Option<String> {
    let (street, number) = (street.trim(), number.trim());
    let line = format!("{street} {number}");
    let line = line.trim().to_owned();
    (split(&line) == (street, number)).then_some(line)
}

fn has_word(text: &str) -> bool {
    const WORD: usize = 4;
    text.split(|character: char| !character.is_alphabetic()).any(|run| run.chars().count() >= WORD)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_a_street_and_what_follows_it() {
        for (line, street, number) in [
            ("Keizersgracht 12", "Keizersgracht", "12"),
            ("Keizersgracht 12 - 14 hs", "Keizersgracht", "12 - 14 hs"),
            ("2e Voorbeeldstraat 5a", "2e Voorbeeldstraat", "5a"),
            ("Laan van 't 1e Veld 7 bis", "Laan van 't 1e Veld", "7 bis"),
            ("Postbus 123", "Postbus", "123"),
            ("Woonboot t.o. 5", "Woonboot t.o.", "5"),
            ("Hofje", "Hofje", ""),
            ("12", "12", ""),
            ("", "", ""),
        ] {
            assert_eq!(split(line), (street, number), "{line}");
            assert_eq!(join(street, number).as_deref(), Some(line.trim()), "{line}");
        }
    }

    #[test]
    fn what_would_be_read_otherwise_makes_no_line() {
        assert_eq!(join("Plein 1940", "12"), None);
        assert_eq!(join("", "12 bis"), None);
        assert_eq!(join("Voorbeeldlaan", "bis"), None);
    }
}
