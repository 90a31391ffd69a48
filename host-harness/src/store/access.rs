//! Who may look at the pages: links that let a person in once, the sessions that they become, and what was done by whom.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::settings::OfficeNumber;
use crate::timestamp::Timestamp;

/// For whom a login is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Whom {
    /// Who runs this program: every office.
    Operator,
    /// The people of one office: that one, and no other.
    Office(OfficeNumber),
}

impl Whom {
    /// The people of that office; the operator where none is named.
    pub fn of(office: Option<OfficeNumber>) -> Self {
        office.map_or(Self::Operator, Self::Office)
    }

    /// The office, where it is the people of one.
    pub fn office(&self) -> Option<&OfficeNumber> {
        if let Self::Office(office) = self { Some(office) } else { None }
    }

    /// Whether they may see that office.
    pub fn may_see(&self, office: &OfficeNumber) -> bool {
        self.office().is_none_or(|own| own == office)
    }
}

/// A secret that lets somebody in. Wiped when dropped; it cannot be printed.
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// A new one, of 256 random bits: nobody guesses it, so a plain hash of it is enough to keep.
    pub fn random() -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        #[expect(clippy::expect_used, reason = "an operating system without random bytes cannot keep a secret")]
        getrandom::fill(bytes.as_mut_slice()).expect("random bytes");
        Self(Zeroizing::new(hex::encode(*bytes)))
    }

    /// As it is shown once: in a link, or in a cookie.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// All that is kept of a secret: nobody who reads the database gets in with it.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Hashed(pub(super) [u8; 32]);

impl Hashed {
    /// The hash of whatever somebody shows.
    pub(super) fn of(text: &str) -> Self {
        Self(Sha256::digest(text).into())
    }
}

/// A link that lets a person in once.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct LoginLink {
    pub(super) hash: Hashed,
    pub(super) whom: Whom,
    /// Until when somebody can enter with it.
    pub(super) valid_until: Timestamp,
    /// When whoever entered with it is out again.
    pub(super) ends: Timestamp,
}

/// Somebody who is in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Never given twice.
    pub number: u64,
    /// For whom it is.
    pub whom: Whom,
    /// When it began.
    pub since: Timestamp,
    /// When it ends.
    pub until: Timestamp,
}

/// How many logins were ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Ended {
    /// Links that nobody had entered with.
    pub links: u64,
    /// Sessions.
    pub sessions: u64,
}

/// Who did something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum By {
    /// Somebody at the command line.
    Terminal,
    /// The operator, in the session of that number.
    Operator(u64),
    /// Somebody of the office, in the session of that number.
    Office(u64),
}

impl From<&Session> for By {
    fn from(session: &Session) -> Self {
        match session.whom {
            Whom::Operator => Self::Operator(session.number),
            Whom::Office(_) => Self::Office(session.number),
        }
    }
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Done {
    /// A login link was made.
    LinkMade,
    /// Somebody entered with one.
    LoggedIn,
    /// Somebody left.
    LoggedOut,
    /// All logins were ended.
    LoginsEnded,
}

impl Done {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::LinkMade, Self::LoggedIn, Self::LoggedOut, Self::LoginsEnded];
}

/// An entry of the audit trail: what was done, when and by whom. Codes, ids and names of fields only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Deed {
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: By,
    /// What.
    pub what: Done,
    /// The id of the record or the name of the field that it was done to, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

impl Deed {
    /// That, by them, at that instant.
    pub fn new(at: Timestamp, by: By, what: Done) -> Self {
        Self { at, by, what, about: None }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::*;

    #[test]
    fn a_secret_is_long_new_each_time_and_not_printed() {
        let (one, other) = (Secret::random(), Secret::random());
        assert_eq!(one.text().len(), 64);
        assert_ne!(one.text(), other.text());
        assert_eq!(format!("{one:?}"), "Secret");
    }

    #[test]
    fn the_people_of_an_office_see_that_one_and_the_operator_sees_all() {
        let [one, other]: [OfficeNumber; 2] = ["1", "2"].map(|number| number.parse().unwrap());
        assert!(Whom::of(None).may_see(&one) && Whom::of(Some(one.clone())).may_see(&one));
        assert!(!Whom::of(Some(one)).may_see(&other));
    }
}
