//! Keys as file names that every file system takes and keeps apart, those that ignore case included.

/// The longest name that common file systems take, in bytes, with room for the ending of an unfinished file.
const LONGEST: usize = 240;

/// The file of a key; none where the key has other characters than `A-Z a-z 0-9 - / _ = .`, or is too long.
pub fn of_key(key: &str) -> Option<String> {
    // A first letter of our own: no name begins with a dot, is empty, or is a device.
    let mut name = String::from("k");
    for letter in key.chars() {
        match letter {
            'a'..='z' | '0'..='9' | '-' | '_' | '=' | '.' => name.push(letter),
            'A'..='Z' => name.extend(['^', letter.to_ascii_lowercase()]),
            '/' => name.push('+'),
            _ => return None,
        }
    }
    // Windows drops a dot at the end.
    Some(name).filter(|name| name.len() <= LONGEST && !name.ends_with('.'))
}

/// The key of a file; none where the file is not a key's.
pub fn to_key(name: &str) -> Option<String> {
    let mut letters = name.strip_prefix('k')?.chars();
    let mut key = String::new();
    while let Some(letter) = letters.next() {
        match letter {
            'a'..='z' | '0'..='9' | '-' | '_' | '=' | '.' => key.push(letter),
            '^' => key.push(letters.next().filter(char::is_ascii_lowercase)?.to_ascii_uppercase()),
            '+' => key.push('/'),
            _ => return None,
        }
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_reads_like_its_key() {
        assert_eq!(of_key("12345/link/organisatie/1001").as_deref(), Some("k12345+link+organisatie+1001"));
        assert_eq!(of_key("Kantoor/=2F").as_deref(), Some("k^kantoor+=2^f"));
    }

    #[test]
    fn what_no_file_can_be_called_is_no_key() {
        for key in ["../../etc/passwd\0", "a b", "é", "a\\b", "a.", &"a".repeat(300)] {
            assert_eq!(of_key(key), None, "{key}");
        }
    }

    proptest! {
        #[test]
        fn a_file_tells_its_key(key in "[A-Za-z0-9/_=.-]{0,60}[A-Za-z0-9]") {
            let name = of_key(&key).unwrap();
            prop_assert!(!name.contains('/') && name == name.to_lowercase());
            prop_assert_eq!(to_key(&name), Some(key));
        }
    }
}
