//! Where the stored fields stand in a contact and in a contact person of this wire.

use super::super::record::Version;

/// A stored field and the member that shows it.
pub(super) type Member = (&'static str, &'static str);

/// The members of an address: street and number in one line, post code, town, country.
pub(super) struct Flat {
    pub(super) line: &'static str,
    pub(super) plain: [Member; 3],
}

pub(super) const MAIN: Flat =
    Flat { line: "address1", plain: [("postcode", "zipcode"), ("plaats", "city"), ("land", "country")] };
pub(super) const POSTAL: Flat = Flat {
    line: "postal_address1",
    plain: [("postcode", "postal_zipcode"), ("plaats", "postal_city"), ("land", "postal_country")],
};

impl Flat {
    pub(super) fn has(&self, name: &str) -> bool {
        self.line == name || self.plain.iter().any(|(_, own)| *own == name)
    }
}

const COMPANY: [Member; 5] = [
    ("bedrijfsnaam", "company_name"),
    ("telefoonnummer", "phone"),
    ("email", "email"),
    ("website", "website"),
    ("kvk", "chamber_of_commerce"),
];
const PRIVATE: [Member; 3] = [("naam", "lastname"), ("telefoon", "phone"), ("email", "email")];
/// Members that either kind of contact has; those that have no field of its kind are empty.
pub(super) const CONTACT: [&str; 6] = ["company_name", "lastname", "phone", "email", "website", "chamber_of_commerce"];

/// Plain members of a contact person.
pub(super) const PERSON: [Member; 8] = [
    ("voornamen", "firstname"),
    ("tussenvoegsels", "infix"),
    ("achternaam", "lastname"),
    ("voorletters", "initials"),
    ("geboortedatum", "birthdate"),
    ("mobiel", "mobile"),
    ("prive_telefoon", "phone"),
    ("emailadres", "email"),
];
/// What a contact person is at this contact.
pub(super) const LINK: [Member; 2] = [("functie", "job_title"), ("doorkiesnummer", "direct_phone")];

/// Genders, stored and shown.
const GENDERS: [(&str, &str); 4] = [("M", "m"), ("V", "f"), ("X", "x"), ("O", "u")];

pub(super) fn gender_shown(stored: &str) -> &str {
    GENDERS.iter().find(|(gender, _)| *gender == stored).map_or(stored, |(_, shown)| shown)
}

pub(super) fn gender_stored(shown: &str) -> Option<&'static str> {
    GENDERS.iter().find(|(_, own)| *own == shown).map(|(gender, _)| *gender)
}

/// The plain members of a contact that have a field of its kind.
pub(super) fn plain(version: &Version) -> &'static [Member] {
    if is_company(version) { &COMPANY } else { &PRIVATE }
}

/// The type of the address that a contact shows without a prefix.
pub(super) fn main_kind(version: &Version) -> &'static str {
    if is_company(version) { "hoofdkantoor" } else { "prive" }
}

/// The type of address that a contact shows with the prefix.
pub(super) const POSTAL_KIND: &str = "postadres";
/// The type of address that a contact person shows.
pub(super) const PERSON_KIND: &str = "prive";

fn is_company(version: &Version) -> bool {
    version.text("soort") == "bedrijf"
}
