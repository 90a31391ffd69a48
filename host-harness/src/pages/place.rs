//! What is asked for, by its path.

use crate::settings::OfficeNumber;

/// Before the secret of a login link.
pub const ENTER: &str = "/enter/";

/// What is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The list of offices; of an office's people their own page.
    Beginning,
    /// The page of an office.
    Office(OfficeNumber),
    /// Entering with that secret.
    Enter(String),
    /// Leaving.
    Leave,
    /// Another language.
    Language,
    /// How pages look.
    Style,
    /// Nothing that there is.
    Nowhere,
}

impl Place {
    /// What stands at that path.
    pub(super) fn at(path: &str) -> Self {
        match path {
            "/" => Self::Beginning,
            "/leave" => Self::Leave,
            "/language" => Self::Language,
            "/style.css" => Self::Style,
            path => {
                let office = path.strip_prefix("/office/").and_then(|number| number.parse().ok());
                let secret = path.strip_prefix(ENTER).filter(|secret| !secret.is_empty());
                office.map(Self::Office).or_else(|| secret.map(|secret| Self::Enter(secret.to_owned())))
            }
            .unwrap_or(Self::Nowhere),
        }
    }

    /// Its path, for a page that is to be shown again; that of the beginning for all that is no page. Of what somebody posts
    /// as a path nothing else comes back out.
    pub(super) fn path(&self) -> String {
        match self {
            Self::Office(number) => format!("/office/{number}"),
            Self::Enter(secret) if secret.bytes().all(|byte| byte.is_ascii_alphanumeric()) => {
                format!("{ENTER}{secret}")
            }
            _ => "/".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_path_leads_to_one_place_or_nowhere() {
        assert_eq!(Place::at("/"), Place::Beginning);
        assert_eq!(Place::at("/office/12345"), Place::Office("12345".parse().unwrap()));
        assert_eq!(Place::at("/enter/abc"), Place::Enter("abc".to_owned()));
        for nowhere in ["", "/office/", "/office/a/b", "/enter/", "/office/%31", "/OFFICE/1", "//evil.example"] {
            assert_eq!(Place::at(nowhere), Place::Nowhere, "{nowhere}");
        }
    }

    #[test]
    fn nobody_is_sent_elsewhere_by_a_path_that_was_posted() {
        for path in ["/", "/office/12345", "/enter/abc"] {
            assert_eq!(Place::at(path).path(), path);
        }
        for path in ["//evil.example", "https://evil.example/", "/enter/..//evil", "/enter/a\r\nx: y", "/leave"] {
            assert_eq!(Place::at(path).path(), "/", "{path}");
        }
    }
}
