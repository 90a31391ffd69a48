//! Every shape of JSON, and which of them a member cannot have.

use serde_json::{Map, Value, json};

use crate::faults::System;

/// A shape of JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "each is what it is called")]
pub enum Shape {
    Null,
    Truth,
    Whole,
    Fraction,
    BelowZero,
    Huge,
    Word,
    Stamp,
    EmptyList,
    List,
    EmptyObject,
    Object,
    Deep,
}

impl Shape {
    /// Every one.
    pub const ALL: [Self; 13] = [
        Self::Null,
        Self::Truth,
        Self::Whole,
        Self::Fraction,
        Self::BelowZero,
        Self::Huge,
        Self::Word,
        Self::Stamp,
        Self::EmptyList,
        Self::List,
        Self::EmptyObject,
        Self::Object,
        Self::Deep,
    ];
    const NUMBERS: [Self; 4] = [Self::Whole, Self::Fraction, Self::BelowZero, Self::Huge];
    const NEITHER_TEXT_NOR_NUMBER: [Self; 6] =
        [Self::Truth, Self::EmptyList, Self::List, Self::EmptyObject, Self::Object, Self::Deep];

    /// A value of that shape.
    pub fn value(self, random: &mut fastrand::Rng) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Truth => random.bool().into(),
            Self::Whole => random.u32(..).into(),
            Self::Fraction => json!(f64::from(random.u32(..)) / 7.0 + 0.01),
            Self::BelowZero => (-1 - i64::from(random.u32(..))).into(),
            Self::Huge => json!(1e300),
            Self::Word => format!("~{}~", random.u32(..)).into(),
            Self::Stamp => "9999-12-31T23:59:59Z".into(),
            Self::EmptyList => json!([]),
            Self::List => json!([Self::any(random).value(random), "~", 1]),
            Self::EmptyObject => json!({}),
            Self::Object => json!({ "Name": Self::any(random).value(random), "naam": "~" }),
            // Deeper than a reader of JSON goes, or just not.
            Self::Deep => (0..random.choice([50, 200]).unwrap_or(50)).fold(Value::Null, |inner, _| json!([inner])),
        }
    }

    /// Any of them.
    pub fn any(random: &mut fastrand::Rng) -> Self {
        random.choice(Self::ALL).unwrap_or(Self::Null)
    }
}

/// What a member can say. Where it says something else, nobody can read it, and nobody changed anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// A text, or null for none.
    Text,
    /// A whole number that is not below zero, or null for none.
    Number,
    /// An id; another one would be another record.
    Id,
    /// An object with an id, or null for none.
    Link,
    /// One of AC's words. Another word is none.
    Word,
    /// Nothing that a write follows from: a stamp, a count, an annotation, a list of rows, which may say that there are
    /// none.
    Whatever,
}

impl Form {
    fn unreadable(self) -> Vec<Shape> {
        let mut shapes = Shape::NEITHER_TEXT_NOR_NUMBER.to_vec();
        match self {
            Self::Text => shapes.extend(Shape::NUMBERS),
            Self::Number => shapes.extend([Shape::Fraction, Shape::BelowZero, Shape::Huge, Shape::Word, Shape::Stamp]),
            Self::Id => shapes.push(Shape::Null),
            Self::Link | Self::Word => {
                shapes.extend(Shape::NUMBERS);
                shapes.extend([Shape::Word, Shape::Stamp]);
            }
            Self::Whatever => return Shape::ALL.to_vec(),
        }
        shapes
    }
}

/// The shapes in which that member, inside a member of that name, cannot be read.
pub(super) fn unreadable(system: System, parent: &str, member: &str) -> Vec<Shape> {
    let form = match (system, member) {
        (System::Ac, "id" | "relatie_id") => Form::Id,
        (System::Ac, "soort" | "status" | "type" | "geslacht") => Form::Word,
        (System::Ac, "adressen" | "koppelingen" | "relaties" | "contactpersonen") => Form::Whatever,
        // A row of it is an id.
        (System::Ac, "relatietypen") => return vec![Shape::Truth, Shape::EmptyObject, Shape::Object, Shape::Whole],
        (System::Ac, "gewijzigd" | "aangemaakt" | "volgende" | "office" | "fout") => Form::Whatever,
        (System::Ac, _) => Form::Text,
        (System::Tribe, "ID") => Form::Id,
        (System::Tribe, "HouseNumber") => Form::Number,
        (System::Tribe, "Gender" | "Country" | "VisitingAddress" | "PostalAddress" | "Address") => Form::Link,
        (System::Tribe, "Person" | "Relation" | "Organization") => Form::Link,
        (System::Tribe, "CreationDate" | "LastMutationDate" | "value") => Form::Whatever,
        (System::Tribe, name) if name.starts_with('@') || name.starts_with('_') => Form::Whatever,
        (System::Tribe, "Code" | "Name" | "LocalizedName") if parent == "datastore" => Form::Whatever,
        (System::Tribe, "access_token" | "expires_in" | "scope" | "token_type" | "refresh_token") => Form::Whatever,
        (System::Tribe, _) => Form::Text,
    };
    form.unreadable()
}

/// A whole answer of any shape.
pub(super) fn any_body(random: &mut fastrand::Rng) -> Vec<u8> {
    match random.u8(..8) {
        0 => Vec::new(),
        1 => b"<html><body>Onderhoud</body></html>".to_vec(),
        2 => b"\xff\xfe{\"value\":[]}".to_vec(),
        3 => b"{\"value\":[".to_vec(),
        4 => br#"{"error":{"code":"~","message":"~"},"fout":{"code":"~","veld":["~"]}}"#.to_vec(),
        5 => {
            let mut members = Map::new();
            for name in ["value", "relaties", "contactpersonen", "relatietypen", "id", "ID", "volgende"] {
                if random.bool() {
                    members.insert(name.to_owned(), odd_rows(random));
                }
            }
            Value::Object(members).to_string().into_bytes()
        }
        _ => Shape::any(random).value(random).to_string().into_bytes(),
    }
}

/// A list of rows that are none, or something else.
fn odd_rows(random: &mut fastrand::Rng) -> Value {
    match random.u8(..3) {
        0 => (0..random.u8(..4)).map(|_| Shape::any(random).value(random)).filter(|row| !row.is_object()).collect(),
        1 => json!([{}]),
        _ => Shape::any(random).value(random),
    }
}

/// Whether the connector asks Tribe for that member and takes it for a value.
pub(super) fn is_synced_in_tribe(member: &str) -> bool {
    const SYNCED: [&str; 22] = [
        "Name",
        "PhoneNumber",
        "MobilePhoneNumber",
        "EmailAddress",
        "Website",
        "ChamberOfCommerceNumber",
        "FirstName",
        "MiddleName",
        "LastName",
        "Initials",
        "BirthDate",
        "Gender",
        "Function",
        "Street",
        "HouseNumber",
        "HouseNumberSuffix",
        "Postalcode",
        "City",
        "Country",
        "VisitingAddress",
        "PostalAddress",
        "Address",
    ];
    SYNCED.contains(&member)
}
