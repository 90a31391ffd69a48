//! The names under which state is kept, in the alphabet that every store takes: `A-Z a-z 0-9 - / _ = .`
//!
//! The office stands in every key, so that offices that share a store by mistake still cannot share a record.

use std::fmt::Write;

use crate::link::{KeptId, Stream, Subject};
use crate::relation::{OfficeNumber, RelatieId, TribeId};

/// The keys of one office.
#[derive(Clone, Debug)]
pub(super) struct Keys {
    office: String,
}

impl Keys {
    pub(super) fn of(office: &str) -> Self {
        Self { office: encoded(OfficeNumber::of(office).as_str()) }
    }

    pub(super) fn header(&self) -> String {
        self.key("header", None)
    }

    pub(super) fn link(&self, subject: &Subject) -> String {
        format!("{}/link/{}/{}", self.office, subject.kind(), encoded(subject.id()))
    }

    pub(super) fn links(&self) -> String {
        format!("{}/link/", self.office)
    }

    pub(super) fn owner(&self, id: &TribeId) -> String {
        self.key("owner", Some(id.as_str()))
    }

    pub(super) fn waiting(&self, organisation: &RelatieId) -> String {
        self.key("waiting", Some(organisation.as_str()))
    }

    pub(super) fn cursor(&self, stream: Stream) -> String {
        self.key("cursor", Some(stream.name()))
    }

    pub(super) fn walk(&self, name: &str) -> String {
        self.key("walk", Some(name))
    }

    pub(super) fn dead_letters(&self) -> String {
        self.key("dead-letters", None)
    }

    pub(super) fn kept(&self, id: &KeptId) -> String {
        self.key("kept", Some(id.as_str()))
    }

    pub(super) fn all_kept(&self) -> String {
        format!("{}/kept/", self.office)
    }

    pub(super) fn kept_since(&self) -> String {
        self.key("kept-since", None)
    }

    pub(super) fn undo(&self) -> String {
        self.key("undo", None)
    }

    pub(super) fn forgotten(&self) -> String {
        self.key("forgotten", None)
    }

    pub(super) fn brake(&self) -> String {
        self.key("brake", None)
    }

    pub(super) fn absences(&self) -> String {
        self.key("absences", None)
    }

    pub(super) fn mapped(&self) -> String {
        self.key("mapped", None)
    }

    pub(super) fn rules(&self) -> String {
        self.key("rules", None)
    }

    pub(super) fn token(&self) -> String {
        self.key("token", None)
    }

    pub(super) fn profile(&self) -> String {
        self.key("profile", None)
    }

    fn key(&self, room: &str, id: Option<&str>) -> String {
        match id {
            Some(id) => format!("{}/{room}/{}", self.office, encoded(id)),
            None => format!("{}/{room}", self.office),
        }
    }
}

/// The subject of a link, by what its key has behind the office and the room.
pub(super) fn subject_of(rest: &str) -> Option<Subject> {
    let (kind, id) = rest.split_once('/')?;
    Subject::try_from(format!("{kind}/{}", decoded(id)?)).ok()
}

/// The id that [`encoded`] made that of.
fn decoded(text: &str) -> Option<String> {
    if text == "=" {
        return Some(String::new());
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let (byte, length) = match first {
            '=' => (u8::from_str_radix(rest.get(1..3)?, 16).ok()?, 3),
            plain => (u8::try_from(plain).ok()?, 1),
        };
        bytes.push(byte);
        rest = rest.get(length..)?;
    }
    String::from_utf8(bytes).ok()
}

/// Letters, digits and hyphens stand for themselves, every other byte as `=` and two hexadecimal digits; never
/// empty, and never the same for two ids.
fn encoded(id: &str) -> String {
    if id.is_empty() {
        return "=".to_owned();
    }
    let mut text = String::with_capacity(id.len());
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'-' {
            text.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(text, "={byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_key_reads_like_what_it_holds() {
        let keys = Keys::of("12345");
        assert_eq!(keys.link(&Subject::Organisation(RelatieId::new("1001"))), "12345/link/organisatie/1001");
        assert_eq!(keys.waiting(&RelatieId::new("a b/é")), "12345/waiting/a=20b=2F=C3=A9");
    }

    #[test]
    fn the_office_stands_in_every_key() {
        let keys = Keys::of("12345");
        let (subject, relatie) = (Subject::Organisation(RelatieId::new("1")), RelatieId::new("1"));
        let tribe = TribeId::parse("1b2c3d4e-5f6a-4b7c-9d8e-0f1a2b3c4d5e").unwrap();
        for key in [
            keys.header(),
            keys.link(&subject),
            keys.links(),
            keys.owner(&tribe),
            keys.waiting(&relatie),
            keys.cursor(Stream::Relaties),
            keys.walk("poll"),
            keys.dead_letters(),
            keys.kept(&KeptId::parse("0123456789abcdef").unwrap()),
            keys.all_kept(),
            keys.kept_since(),
            keys.undo(),
            keys.forgotten(),
            keys.brake(),
            keys.absences(),
            keys.mapped(),
            keys.rules(),
            keys.token(),
            keys.profile(),
        ] {
            assert!(key.starts_with("12345/"), "{key}");
        }
    }

    proptest! {
        #[test]
        fn every_id_makes_a_key_that_every_store_takes(office in ".*", id in ".*") {
            let key = Keys::of(&office).link(&Subject::Organisation(RelatieId::new(id)));
            prop_assert!(key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-/_=.".contains(&byte)));
            prop_assert!(!key.contains("//") && !key.starts_with('/') && !key.ends_with('/'));
        }

        #[test]
        fn a_link_is_found_by_its_key(id in ".*") {
            let subject = Subject::Organisation(RelatieId::new(id));
            let (keys, prefix) = (Keys::of("12345"), Keys::of("12345").links());
            let key = keys.link(&subject);
            prop_assert_eq!(key.strip_prefix(&prefix).and_then(subject_of), Some(subject));
        }

        #[test]
        fn two_ids_never_share_a_key(one in ".*", two in ".*") {
            prop_assert_eq!(encoded(&one) == encoded(&two), one == two);
        }
    }
}
