//! What a link, a dead letter or a kept value is about.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::relation::{ContactpersoonId, RelatieId};

/// One AC record as one kind of record. A relation that turns from company into private person in AC is two
/// subjects: the first keeps its link, the second gets its own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Subject {
    /// A relation of soort `bedrijf`.
    Organisation(RelatieId),
    /// A relation of soort `particulier`.
    PrivatePerson(RelatieId),
    /// A contact person.
    ContactPerson(ContactpersoonId),
}

/// What kind of record a subject is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A relation of soort `bedrijf`.
    Organisation,
    /// A relation of soort `particulier`.
    PrivatePerson,
    /// A contact person.
    ContactPerson,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::Organisation, Self::PrivatePerson, Self::ContactPerson];

    /// The kind, as keys and codes name it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Organisation => "organisatie",
            Self::PrivatePerson => "particulier",
            Self::ContactPerson => "contactpersoon",
        }
    }
}

impl Subject {
    /// Its kind.
    pub fn of_kind(&self) -> Kind {
        match self {
            Self::Organisation(_) => Kind::Organisation,
            Self::PrivatePerson(_) => Kind::PrivatePerson,
            Self::ContactPerson(_) => Kind::ContactPerson,
        }
    }

    /// The kind, as keys and codes name it.
    pub fn kind(&self) -> &'static str {
        self.of_kind().as_str()
    }

    /// AC's id.
    pub fn id(&self) -> &str {
        match self {
            Self::Organisation(id) | Self::PrivatePerson(id) => id.as_str(),
            Self::ContactPerson(id) => id.as_str(),
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind(), self.id())
    }
}

impl From<Subject> for String {
    fn from(subject: Subject) -> Self {
        subject.to_string()
    }
}

impl TryFrom<String> for Subject {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.split_once('/') {
            Some(("organisatie", id)) => Ok(Self::Organisation(RelatieId::new(id))),
            Some(("particulier", id)) => Ok(Self::PrivatePerson(RelatieId::new(id))),
            Some(("contactpersoon", id)) => Ok(Self::ContactPerson(ContactpersoonId::new(id))),
            _ => Err("no subject"),
        }
    }
}
