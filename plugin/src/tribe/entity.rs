//! The entities and properties that are synced, in Tribe's words.

use serde::{Deserialize, Serialize};

/// What a private person, a contact person or an organisation is in Tribe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RelationKind {
    /// `Relation.Organization`.
    Organization,
    /// `Relation.Person`.
    Person,
}

impl RelationKind {
    /// The navigation property that leads from a relationship to it. Tribe: documented.
    pub fn navigation(self) -> &'static str {
        match self {
            Self::Organization => "Organization",
            Self::Person => "Person",
        }
    }

    /// The entity.
    pub fn entity(self) -> Entity {
        match self {
            Self::Organization => Entity::Organization,
            Self::Person => Entity::Person,
        }
    }
}

/// An entity whose fields are synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Entity {
    /// An organisation.
    Organization,
    /// A person, with the private fields. Tribe: documented.
    Person,
    /// A person's role at an organisation, with the business fields. Tribe: documented.
    Contact,
    /// An address.
    Address,
}

impl Entity {
    /// The entity set. Tribe: documented.
    pub fn set(self) -> &'static str {
        match self {
            Self::Organization => "Relation_Organization",
            Self::Person => "Relation_Person",
            Self::Contact => "Relationship_Person_Contact_Standard",
            Self::Address => "Address",
        }
    }

    /// The type name in `_Type` and in webhooks: the set's name with dots. Tribe: seen.
    pub fn type_name(self) -> String {
        self.set().replace('_', ".")
    }
}

/// A slot for an address. Tribe: documented (`VisitingAddress`, `PostalAddress`), seen (`Address` of a person).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AddressSlot {
    /// An organisation's bezoekadres.
    Visiting,
    /// An organisation's postadres.
    Postal,
    /// A person's privé adres.
    Private,
}

impl AddressSlot {
    /// Every slot.
    pub const ALL: [Self; 3] = [Self::Visiting, Self::Postal, Self::Private];

    /// The slots of that kind of relation.
    pub fn of(kind: RelationKind) -> &'static [Self] {
        match kind {
            RelationKind::Organization => &[Self::Visiting, Self::Postal],
            RelationKind::Person => &[Self::Private],
        }
    }

    /// The navigation property.
    pub fn navigation(self) -> &'static str {
        match self {
            Self::Visiting => "VisitingAddress",
            Self::Postal => "PostalAddress",
            Self::Private => "Address",
        }
    }
}

/// A property that is synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Property {
    /// An organisation's name; required. Tribe: documented.
    Name,
    /// Of an organisation, of a contact (work) or of a person (private).
    PhoneNumber,
    /// Of a contact (work) or of a person (private).
    MobilePhoneNumber,
    /// Of an organisation, of a contact (work) or of a person (private).
    EmailAddress,
    /// Of an organisation.
    Website,
    /// KvK number, text. Tribe: documented.
    ChamberOfCommerceNumber,
    /// Roepnaam.
    FirstName,
    /// Tussenvoegsel.
    MiddleName,
    /// Achternaam; required. Tribe: documented.
    LastName,
    /// Voorletters.
    Initials,
    /// `YYYY-MM-DD`. Tribe: seen.
    BirthDate,
    /// A row of `Datastore_Gender`. Tribe: documented.
    Gender,
    /// A contact's function. Its name differs by tenant or is not known: see [`crate::tribe::Settings`].
    Function,
    /// Of an address.
    Street,
    /// `HouseNumber`, a number, and `HouseNumberSuffix`, text: the two are one thing. Tribe: documented.
    HouseNumber,
    /// Spelled `Postalcode`. Tribe: seen.
    Postalcode,
    /// Of an address.
    City,
    /// A row of `Datastore_Country`. Tribe: documented.
    Country,
}

/// How a property stands on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wire {
    /// A string or `null`.
    Text(&'static str),
    /// The text property that the settings name.
    FunctionText,
    /// A navigation property to a datastore row.
    Choice(&'static str),
    /// `HouseNumber` and `HouseNumberSuffix`.
    HouseNumber,
}

impl Property {
    /// Tribe refuses a record without it. Tribe: documented (`Name`, `LastName`).
    pub fn is_required(self) -> bool {
        matches!(self, Self::Name | Self::LastName)
    }

    /// Whether Tribe's name of it is that one.
    pub fn is_named(self, name: &str, function_property: &str) -> bool {
        match self.wire() {
            Wire::Text(wire) | Wire::Choice(wire) => wire == name,
            Wire::FunctionText => function_property == name,
            Wire::HouseNumber => HOUSE_NUMBER.contains(&name),
        }
    }

    pub(super) fn wire(self) -> Wire {
        match self {
            Self::Name => Wire::Text("Name"),
            Self::PhoneNumber => Wire::Text("PhoneNumber"),
            Self::MobilePhoneNumber => Wire::Text("MobilePhoneNumber"),
            Self::EmailAddress => Wire::Text("EmailAddress"),
            Self::Website => Wire::Text("Website"),
            Self::ChamberOfCommerceNumber => Wire::Text("ChamberOfCommerceNumber"),
            Self::FirstName => Wire::Text("FirstName"),
            Self::MiddleName => Wire::Text("MiddleName"),
            Self::LastName => Wire::Text("LastName"),
            Self::Initials => Wire::Text("Initials"),
            Self::BirthDate => Wire::Text("BirthDate"),
            Self::Street => Wire::Text("Street"),
            Self::Postalcode => Wire::Text("Postalcode"),
            Self::City => Wire::Text("City"),
            Self::Function => Wire::FunctionText,
            Self::Gender => Wire::Choice("Gender"),
            Self::Country => Wire::Choice("Country"),
            Self::HouseNumber => Wire::HouseNumber,
        }
    }
}

/// The two properties of a house number. Tribe: documented.
pub(super) const HOUSE_NUMBER: [&str; 2] = ["HouseNumber", "HouseNumberSuffix"];

/// Tribe's name of a property of ours that an error's text names, if `sent` holds it. Tribe: inferred (Olingo puts the
/// name of a property into its messages). The text is looked through and never kept.
pub(super) fn named_property(error: &[u8], sent: &[u8], function_property: &str) -> Option<String> {
    let entities = [Entity::Organization, Entity::Person, Entity::Contact, Entity::Address];
    let names = entities.into_iter().flat_map(properties).flat_map(|property| match property.wire() {
        Wire::Text(name) | Wire::Choice(name) => vec![name],
        Wire::FunctionText => vec![function_property],
        Wire::HouseNumber => HOUSE_NUMBER.to_vec(),
    });
    let is_sent = |name: &str| has_word(sent, name.as_bytes());
    let mut named = names.filter(|name| !name.is_empty() && is_sent(name) && has_word(error, name.as_bytes()));
    named.next().map(str::to_owned)
}

/// Whether a text holds that word by itself, not as a part of a longer one.
fn has_word(text: &[u8], word: &[u8]) -> bool {
    let is_end = |byte: Option<&u8>| byte.is_none_or(|byte| !byte.is_ascii_alphanumeric() && *byte != b'_');
    text.windows(word.len()).enumerate().any(|(start, window)| {
        window == word
            && is_end(start.checked_sub(1).and_then(|before| text.get(before)))
            && is_end(text.get(start + word.len()))
    })
}

/// The properties of each entity, and so the only ones that are ever selected.
pub(super) fn properties(entity: Entity) -> &'static [Property] {
    use Property::*;
    match entity {
        Entity::Organization => &[Name, PhoneNumber, EmailAddress, Website, ChamberOfCommerceNumber],
        Entity::Person => &[
            FirstName,
            MiddleName,
            LastName,
            Initials,
            BirthDate,
            Gender,
            PhoneNumber,
            MobilePhoneNumber,
            EmailAddress,
        ],
        Entity::Contact => &[PhoneNumber, MobilePhoneNumber, EmailAddress, Function],
        Entity::Address => &[Street, HouseNumber, Postalcode, City, Country],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(error: &str, sent: &str) -> Option<String> {
        named_property(error.as_bytes(), sent.as_bytes(), "JobTitle")
    }

    #[test]
    fn a_property_that_an_error_names_is_one_of_ours_that_was_sent() {
        let sent = r#"{"Name":"x","VisitingAddress":{"HouseNumber":1,"HouseNumberSuffix":"a"},"JobTitle":"y"}"#;
        for (error, expected) in [
            ("Invalid value for property 'HouseNumberSuffix'.", Some("HouseNumberSuffix")),
            (r#"{"error":{"target":"JobTitle"}}"#, Some("JobTitle")),
            ("Invalid value for property 'EmailAddress'.", None),
            ("Something about Names and _Name.", None),
            ("", None),
        ] {
            assert_eq!(named(error, sent).as_deref(), expected, "{error}");
        }
    }
}
