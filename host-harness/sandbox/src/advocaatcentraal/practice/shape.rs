//! Where the stored fields stand in a record of this wire.

use serde_json::{Map, Value};

use super::super::record::{List, Version};

/// A row of a list that is known by its word: its number, the list, its word, the member that holds the value, and the
/// stored field.
pub(super) struct Listed {
    pub(super) id: u64,
    pub(super) list: &'static str,
    pub(super) word: &'static str,
    pub(super) member: &'static str,
    pub(super) field: &'static str,
}

/// One kind of record: plain members (stored field, own name), and rows of lists.
pub(super) struct Shape {
    pub(super) plain: &'static [(&'static str, &'static str)],
    pub(super) listed: &'static [Listed],
    /// Members that hold more than one value, or that only the system itself changes.
    pub(super) others: &'static [&'static str],
}

const fn row(id: u64, list: &'static str, word: &'static str, field: &'static str) -> Listed {
    let member = if matches!(list.as_bytes(), b"phone_numbers") { "number" } else { "address" };
    Listed { id, list, word, member, field }
}

const COMPANY: Shape = Shape {
    plain: &[("bedrijfsnaam", "name"), ("kvk", "registration_number")],
    listed: &[
        row(4, "phone_numbers", "Fax", "fax"),
        row(1, "phone_numbers", "Work", "telefoonnummer"),
        row(1, "email_addresses", "Work", "email"),
        row(1, "web_sites", "Work", "website"),
    ],
    others: &CONTACT,
};

const PRIVATE: Shape = Shape {
    plain: &[("naam", "name")],
    listed: &[
        row(4, "phone_numbers", "Fax", "fax"),
        row(2, "phone_numbers", "Home", "telefoon"),
        row(2, "email_addresses", "Home", "email"),
    ],
    others: &CONTACT,
};

const PERSON: Shape = Shape {
    plain: &[
        ("voornamen", "first_names"),
        ("tussenvoegsels", "name_prefix"),
        ("achternaam", "last_name"),
        ("voorletters", "initials"),
        ("geboortedatum", "date_of_birth"),
    ],
    listed: &[
        row(4, "phone_numbers", "Fax", "fax"),
        row(2, "phone_numbers", "Home", "prive_telefoon"),
        row(3, "phone_numbers", "Mobile", "mobiel"),
        row(1, "email_addresses", "Work", "emailadres"),
    ],
    others: &["id", "status", "created_at", "updated_at", "gender", "addresses", "positions", "custom_fields"],
};

const CONTACT: [&str; 8] =
    ["id", "type", "status", "created_at", "updated_at", "addresses", "categories", "custom_fields"];

/// Stored fields that every record has a place for, whatever its kind.
const EVERYWHERE: [&str; 5] = ["id", "status", "aangemaakt", "gewijzigd", "adressen"];

/// The shape of a record.
pub(super) fn shape(list: List, version: &Version) -> &'static Shape {
    match list {
        List::Contactpersonen => &PERSON,
        List::Relaties if is_company(version) => &COMPANY,
        List::Relaties => &PRIVATE,
    }
}

/// Whether a relation is a company.
pub(super) fn is_company(version: &Version) -> bool {
    version.text("soort") == "bedrijf"
}

impl Shape {
    /// The names of the lists whose rows are known by a word.
    pub(super) fn lists(&self) -> impl Iterator<Item = &'static str> {
        let listed = self.listed;
        let is_first = move |place: usize, list: &str| listed.iter().position(|row| row.list == list) == Some(place);
        listed.iter().enumerate().filter(move |(place, row)| is_first(*place, row.list)).map(|(_, row)| row.list)
    }

    /// The rows of that list.
    pub(super) fn rows(&self, list: &str) -> impl Iterator<Item = &'static Listed> {
        self.listed.iter().filter(move |row| row.list == list)
    }

    /// Whether a record has such a member.
    pub(super) fn has(&self, name: &str) -> bool {
        self.others.contains(&name)
            || self.plain.iter().any(|(_, own)| *own == name)
            || self.lists().any(|list| list == name)
    }

    /// The stored fields that have no place of their own.
    pub(super) fn custom<'a>(
        &self,
        list: List,
        fields: &'a Map<String, Value>,
    ) -> impl Iterator<Item = (&'a String, &'a Value)> {
        fields.iter().filter(move |(name, _)| {
            let own = match list {
                List::Relaties => ["soort", "relatietypen"],
                List::Contactpersonen => ["geslacht", "koppelingen"],
            };
            let name = name.as_str();
            !(EVERYWHERE.contains(&name)
                || own.contains(&name)
                || self.plain.iter().any(|(field, _)| *field == name)
                || self.listed.iter().any(|row| row.field == name))
        })
    }

    /// Where a stored field stands in a record that was sent.
    pub(super) fn pointer(&self, field: &str, sent: &Map<String, Value>) -> String {
        if let Some((_, own)) = self.plain.iter().find(|(stored, _)| *stored == field) {
            return format!("/{own}");
        }
        if let Some(row) = self.listed.iter().find(|row| row.field == field) {
            let rows = sent.get(row.list).and_then(Value::as_array);
            let is_it = |value: &Value| value.get("name").and_then(Value::as_str) == Some(row.word);
            return match rows.and_then(|rows| rows.iter().position(is_it)) {
                Some(place) => format!("/{}/{place}/{}", row.list, row.member),
                None => format!("/{}", row.list),
            };
        }
        let own = match field {
            "geslacht" => "gender",
            "adressen" => "addresses",
            "koppelingen" => "positions",
            "relatietypen" => "categories",
            other => other,
        };
        format!("/{own}")
    }
}

/// The words for the types of addresses; others stand as they are.
const ADDRESSES: [(&str, &str); 4] =
    [("hoofdkantoor", "Work"), ("postadres", "Mailing"), ("prive", "Home"), ("factuuradres", "Billing")];
/// The words for genders.
const GENDERS: [(&str, &str); 4] = [("M", "Male"), ("V", "Female"), ("X", "Other"), ("O", "Unknown")];
/// Plain members of an address.
pub(super) const ADDRESS: [(&str, &str); 3] = [("postcode", "postal_code"), ("plaats", "city"), ("land", "country")];
/// Plain members of a position.
pub(super) const POSITION: [(&str, &str); 2] = [("functie", "title"), ("doorkiesnummer", "direct_number")];

pub(super) fn address_word(stored: &str) -> &str {
    ADDRESSES.iter().find(|(kind, _)| *kind == stored).map_or(stored, |(_, word)| word)
}

pub(super) fn address_kind(word: &str) -> &str {
    ADDRESSES.iter().find(|(_, own)| *own == word).map_or(word, |(kind, _)| kind)
}

pub(super) fn gender_word(stored: &str) -> &str {
    GENDERS.iter().find(|(gender, _)| *gender == stored).map_or(stored, |(_, word)| word)
}

pub(super) fn gender(word: &str) -> Option<&'static str> {
    GENDERS.iter().find(|(_, own)| *own == word).map(|(gender, _)| *gender)
}
