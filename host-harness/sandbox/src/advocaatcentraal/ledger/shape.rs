//! Where the stored fields stand in a relation and in a contact person of this wire, and its words.

use serde_json::Value;

use super::super::record::{List, Version};

/// A stored field and the member that shows it.
pub(super) type Member = (&'static str, &'static str);

/// A row of the list of points: the stored field, and the two words by which the row is known.
pub(super) struct Point {
    pub(super) field: &'static str,
    pub(super) medium: &'static str,
    pub(super) usage: &'static str,
}

const fn point(field: &'static str, medium: &'static str, usage: &'static str) -> Point {
    Point { field, medium, usage }
}

const OF_COMPANY: [Point; 4] = [
    point("website", "web", "work"),
    point("email", "mail", "work"),
    point("fax", "fax", "work"),
    point("telefoonnummer", "phone", "work"),
];
const OF_PERSON: [Point; 2] = [point("email", "mail", "home"), point("telefoon", "phone", "home")];

/// The points that a relation may have.
pub(super) fn points(version: &Version) -> &'static [Point] {
    if is_company(version) { &OF_COMPANY } else { &OF_PERSON }
}

/// Whether a relation is a company.
pub(super) fn is_company(version: &Version) -> bool {
    version.text("soort") == "bedrijf"
}

/// Plain members of a contact person.
pub(super) const CONTACT: [Member; 7] = [
    ("voornamen", "firstNames"),
    ("tussenvoegsels", "infix"),
    ("achternaam", "lastName"),
    ("voorletters", "initials"),
    ("mobiel", "mobile"),
    ("prive_telefoon", "phone"),
    ("emailadres", "mail"),
];
/// What a contact person is at this relation.
pub(super) const LINK: [Member; 2] = [("functie", "job"), ("doorkiesnummer", "extension")];
/// Plain members of an address.
pub(super) const ADDRESS: [Member; 4] =
    [("straat", "street"), ("postcode", "zip"), ("plaats", "town"), ("land", "country")];

/// Types of address, stored and shown; others stand as they are.
const USES: [Member; 3] = [("hoofdkantoor", "visit"), ("postadres", "post"), ("prive", "home")];
/// Genders, stored and as the numbers of ISO/IEC 5218.
const SEXES: [(&str, u64); 4] = [("O", 0), ("M", 1), ("V", 2), ("X", 9)];

pub(super) fn usage_of(kind: &str) -> &str {
    USES.iter().find(|(stored, _)| *stored == kind).map_or(kind, |(_, shown)| shown)
}

pub(super) fn sex(gender: &str) -> Value {
    SEXES.iter().find(|(stored, _)| *stored == gender).map_or(Value::Null, |(_, number)| (*number).into())
}

pub(super) fn gender(sex: &Value) -> Option<Value> {
    if sex.is_null() {
        return Some(Value::Null);
    }
    SEXES.iter().find(|(_, number)| sex.as_u64() == Some(*number)).map(|(stored, _)| (*stored).into())
}

/// The date with the day first; what is none stands as it is.
pub(super) fn day_first(date: &str) -> String {
    match date.split('-').collect::<Vec<_>>().as_slice() {
        [year, month, day] => format!("{day}-{month}-{year}"),
        _ => date.to_owned(),
    }
}

/// The date with the year first; none where it is no date with the day first.
pub(super) fn year_first(date: &str) -> Option<String> {
    match date.split('-').collect::<Vec<_>>().as_slice() {
        [day, month, year] if day.len() == 2 && year.len() == 4 => Some(format!("{year}-{month}-{day}")),
        _ => None,
    }
}

/// How this wire calls a stored field.
pub(super) fn own_name(list: List, field: &'static str) -> &'static str {
    let own = |members: &[Member]| members.iter().find(|(stored, _)| *stored == field).map(|(_, own)| *own);
    match (list, field) {
        (List::Contactpersonen, "geboortedatum") => "born",
        (List::Contactpersonen, "geslacht") => "sex",
        (List::Contactpersonen, _) => own(&CONTACT).unwrap_or(field),
        (List::Relaties, "bedrijfsnaam" | "naam") => "name",
        (List::Relaties, "kvk") => "registration",
        (List::Relaties, "adressen") => "addresses",
        (List::Relaties, _) => "points",
    }
}
