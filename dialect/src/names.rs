//! Names of members, as far as they may be shown.
//!
//! An object may be keyed by what is data: by e-mail address, by name, by day. Then the names of its members are values of
//! clients, and neither a terminal, a log nor a draft may show one.

/// How long a member's name may be; longer is data.
const LONGEST: usize = 40;
/// How many digits in a row it may have: more is an id, a telephone number or a date.
const MOST_DIGITS: usize = 3;
/// What stands between a member and what OData says of it: `name@odata.type`.
const ODATA: &str = "@odata.";

/// Whether a text looks like the name of a member and not like data: short, of letters, digits and signs that join words,
/// and not mostly of digits.
pub fn is_member_name(name: &str) -> bool {
    let (before, after) = match name.split_once(ODATA) {
        Some((before, after)) => (before, after),
        None => ("", name.strip_prefix('@').unwrap_or(name)),
    };
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"_-.:$".contains(&byte);
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    let has_number = name.split(|letter: char| !letter.is_ascii_digit()).any(|run| run.len() > MOST_DIGITS);
    (1..=LONGEST).contains(&name.len())
        && before.bytes().chain(after.bytes()).all(is_plain)
        && name.bytes().any(|byte| byte.is_ascii_alphabetic())
        && digits * 2 <= name.len()
        && !has_number
}

/// A member's name as it may be shown: itself where it looks like one, else only that one stands there.
pub fn shown_name(name: &str) -> &str {
    if is_member_name(name) { name } else { "…" }
}

/// What is shown in place of the names of members, where those are data.
pub fn keyed_by_data(members: usize) -> String {
    format!("…({members} member{}, keyed by data)", if members == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_of_letters_and_joining_signs_is_shown() {
        for name in [
            "name",
            "company_name",
            "Company-Name",
            "v2",
            "address1",
            "a.b",
            "xs:type",
            "$id",
            "@id",
            "@odata.etag",
            "Owner@odata.type",
        ] {
            assert_eq!(shown_name(name), name);
        }
    }

    #[test]
    fn a_name_that_may_be_data_is_not_shown() {
        for name in [
            "jan@voorbeeld.example",
            "jan@voorbeeld.example-9",
            "Jan Kanarie",
            "Zoë",
            "0612345678",
            "1980-01-31",
            "relatie-20240117",
            "12a",
            "regel\neen",
            "\u{1b}[31mrood",
            "links\u{202e}om",
            "a/b",
            "",
            "_",
            "een-naam-die-langer-is-dan-een-naam-van-een-lid",
        ] {
            assert_eq!(shown_name(name), "…", "{name:?}");
        }
    }

    #[test]
    fn members_that_are_keyed_by_data_are_only_counted() {
        assert_eq!(
            (keyed_by_data(1).as_str(), keyed_by_data(3).as_str()),
            ("…(1 member, keyed by data)", "…(3 members, keyed by data)")
        );
    }
}
