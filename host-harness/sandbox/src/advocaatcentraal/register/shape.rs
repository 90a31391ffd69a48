//! Where the stored fields stand in a record of this wire, and its words.

use super::super::record::{List, Version};

/// A stored field and the member that shows it.
pub(super) type Member = (&'static str, &'static str);

/// A list of this wire, and so what its records are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Kind {
    /// Companies.
    Organisations,
    /// Private persons.
    People,
    /// Contact persons.
    Contacts,
}

const ORGANISATION: [Member; 5] = [
    ("bedrijfsnaam", "Name"),
    ("telefoonnummer", "Phone"),
    ("email", "Email"),
    ("website", "Site"),
    ("kvk", "TradeRegister"),
];
const PERSON: [Member; 3] = [("naam", "Name"), ("telefoon", "Phone"), ("email", "Email")];
const CONTACT: [Member; 9] = [
    ("voornamen", "FirstNames"),
    ("tussenvoegsels", "Prefix"),
    ("achternaam", "LastName"),
    ("voorletters", "Initials"),
    ("geboortedatum", "BirthDate"),
    ("geslacht", "Gender"),
    ("mobiel", "Mobile"),
    ("prive_telefoon", "PrivatePhone"),
    ("emailadres", "Email"),
];

/// Plain members of an address.
pub(super) const ADDRESS: [Member; 4] =
    [("straat", "Street"), ("postcode", "Postcode"), ("plaats", "Town"), ("land", "Country")];
/// What a contact is at its employer.
pub(super) const EMPLOYER: [Member; 2] = [("functie", "Function"), ("doorkiesnummer", "DirectPhone")];
/// Members that the register makes itself, and takes from nobody.
pub(super) const OWN: [&str; 3] = ["Created", "Changed", "Display"];

/// Genders, stored and shown.
const GENDERS: [(&str, &str); 4] = [("M", "man"), ("V", "vrouw"), ("X", "anders"), ("O", "onbekend")];

impl Kind {
    /// What a relation may be.
    pub(in super::super) const OF_RELATIONS: [Self; 2] = [Self::Organisations, Self::People];

    pub(super) fn of_name(name: &str) -> Option<Self> {
        match name {
            "organisations" => Some(Self::Organisations),
            "people" => Some(Self::People),
            "contacts" => Some(Self::Contacts),
            _ => None,
        }
    }

    /// What a stored record is.
    pub(in super::super) fn of(list: List, version: &Version) -> Self {
        match list {
            List::Contactpersonen => Self::Contacts,
            List::Relaties if version.text("soort") == "bedrijf" => Self::Organisations,
            List::Relaties => Self::People,
        }
    }

    pub(super) fn list(self) -> List {
        if self == Self::Contacts { List::Contactpersonen } else { List::Relaties }
    }

    /// What tells ids of the lists of relations apart.
    fn scope(self) -> Option<&'static str> {
        match self {
            Self::Organisations => Some("org"),
            Self::People => Some("person"),
            Self::Contacts => None,
        }
    }

    /// The id in its list of a record that is stored so.
    pub(in super::super) fn id_in_list(self, stored: &str) -> &str {
        let rest = self.scope().and_then(|scope| stored.strip_prefix(scope)?.strip_prefix('-'));
        rest.filter(|rest| !rest.is_empty()).unwrap_or(stored)
    }

    /// The id by which a caller knows such a record that is stored so.
    pub(in super::super) fn known_id(self, stored: &str) -> String {
        let id = self.id_in_list(stored);
        self.scope().map_or_else(|| id.to_owned(), |scope| format!("{scope}-{id}"))
    }

    /// The members below `Properties`.
    pub(super) fn properties(self) -> &'static [Member] {
        match self {
            Self::Organisations => &ORGANISATION,
            Self::People => &PERSON,
            Self::Contacts => &CONTACT,
        }
    }

    /// The types of address, and the members below `Addresses`.
    pub(super) fn addresses(self) -> &'static [Member] {
        match self {
            Self::Organisations => &[("hoofdkantoor", "Visiting"), ("postadres", "Postal")],
            Self::People | Self::Contacts => &[("prive", "Home")],
        }
    }

    /// How this wire calls a stored field.
    pub(super) fn own_name(self, field: &'static str) -> &'static str {
        let own = self.properties().iter().find(|(stored, _)| *stored == field);
        own.map_or(field, |(_, own)| *own)
    }
}

/// A stored value as it is shown.
pub(super) fn shown(field: &str, stored: &str) -> String {
    match field {
        "geslacht" => GENDERS.iter().find(|(gender, _)| *gender == stored).map_or(stored, |(_, word)| word).to_owned(),
        "geboortedatum" if !stored.is_empty() => format!("{stored}T00:00:00"),
        _ => stored.to_owned(),
    }
}

/// A written value as it is stored; none where it cannot be so.
pub(super) fn stored(field: &str, written: &str) -> Option<String> {
    match field {
        _ if written.is_empty() => Some(String::new()),
        "geslacht" => GENDERS.iter().find(|(_, word)| *word == written).map(|(gender, _)| (*gender).to_owned()),
        "geboortedatum" => written.strip_suffix("T00:00:00").map(str::to_owned),
        _ => Some(written.to_owned()),
    }
}
