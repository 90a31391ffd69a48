//! The tables: which fields a record has, where each stands on either side, and what the connector may write.

use std::collections::BTreeSet;

use sandbox::advocaatcentraal::List;
use serde_json::{Map, Value};

use super::Holder::{self, Contact, Relation};
use super::{Field, Form, InAc, Who};

const fn own(name: &'static str, ac: &'static str, tribe: &'static [(Holder, &'static str)], form: Form) -> Field {
    Field { name, ac: InAc::Own(ac), tribe, form }
}

const ORGANISATION: &[Field] = &[
    own("organisatie.bedrijfsnaam", "bedrijfsnaam", &[(Relation, "Name")], Form::Text),
    own("organisatie.telefoonnummer", "telefoonnummer", &[(Relation, "PhoneNumber")], Form::Phone),
    own("organisatie.email", "email", &[(Relation, "EmailAddress")], Form::Email),
    own("organisatie.website", "website", &[(Relation, "Website")], Form::Website),
    own("organisatie.kvk", "kvk", &[(Relation, "ChamberOfCommerceNumber")], Form::Kvk),
];

const CONTACT_PERSON: &[Field] = &[
    own("contactpersoon.voornamen", "voornamen", &[(Relation, "FirstName")], Form::Text),
    own("contactpersoon.achternaam", "achternaam", &[(Relation, "LastName")], Form::Text),
    own("contactpersoon.tussenvoegsels", "tussenvoegsels", &[(Relation, "MiddleName")], Form::Text),
    own("contactpersoon.voorletters", "voorletters", &[(Relation, "Initials")], Form::Text),
    own("contactpersoon.geboortedatum", "geboortedatum", &[(Relation, "BirthDate")], Form::Date),
    own("contactpersoon.geslacht", "geslacht", &[(Relation, "Gender")], Form::Gender),
    Field {
        name: "contactpersoon.functie",
        ac: InAc::Koppeling("functie"),
        tribe: &[(Contact, "Function")],
        form: Form::Text,
    },
    Field {
        name: "contactpersoon.doorkiesnummer",
        ac: InAc::Koppeling("doorkiesnummer"),
        tribe: &[(Contact, "PhoneNumber")],
        form: Form::Phone,
    },
    own(
        "contactpersoon.mobiel",
        "mobiel",
        &[(Contact, "MobilePhoneNumber"), (Relation, "MobilePhoneNumber")],
        Form::Phone,
    ),
    own("contactpersoon.prive-telefoon", "prive_telefoon", &[(Relation, "PhoneNumber")], Form::Phone),
    own(
        "contactpersoon.emailadres",
        "emailadres",
        &[(Contact, "EmailAddress"), (Relation, "EmailAddress")],
        Form::Email,
    ),
];

const PRIVATE_PERSON: &[Field] = &[
    own("particulier.naam", "naam", &[(Relation, "LastName")], Form::Text),
    own("particulier.email", "email", &[(Relation, "EmailAddress")], Form::Email),
    own("particulier.telefoon", "telefoon", &[(Relation, "PhoneNumber")], Form::Phone),
];

macro_rules! address {
    ($name:literal, $kind:literal, $slot:literal) => {
        &[
            address!($name, ".straat", $kind, "straat", $slot, "Street", Text),
            address!($name, ".huisnummer", $kind, "huisnummer", $slot, "HouseNumber", HouseNumber),
            address!($name, ".postcode", $kind, "postcode", $slot, "Postalcode", Postcode),
            address!($name, ".plaats", $kind, "plaats", $slot, "City", Text),
            address!($name, ".land", $kind, "land", $slot, "Country", Country),
        ]
    };
    ($name:literal, $part:literal, $kind:literal, $ac:literal, $slot:literal, $tribe:literal, $form:ident) => {
        Field {
            name: concat!($name, $part),
            ac: InAc::Address($kind, $ac),
            tribe: &[(Holder::Address($slot), $tribe)],
            form: Form::$form,
        }
    };
}

const HOOFDKANTOOR: &[Field] = address!("hoofdkantoor", "hoofdkantoor", "VisitingAddress");
const POSTADRES: &[Field] = address!("postadres", "postadres", "PostalAddress");
const PRIVEADRES: &[Field] = address!("priveadres", "prive", "Address");

/// The address slots of either kind of relation.
pub const SLOTS: [&str; 3] = ["VisitingAddress", "PostalAddress", "Address"];

/// The fields that a record has.
pub fn fields(who: &Who, record: &Map<String, Value>) -> Vec<&'static Field> {
    fields_of(who.list, record.get("soort").is_some_and(|soort| soort == "bedrijf"))
}

/// The fields of the records of a list; of relations those of organisations, or of private persons.
pub fn fields_of(list: List, is_organisation: bool) -> Vec<&'static Field> {
    let tables: &[&'static [Field]] = match (list, is_organisation) {
        (List::Contactpersonen, _) => &[CONTACT_PERSON, PRIVEADRES],
        (List::Relaties, true) => &[ORGANISATION, HOOFDKANTOOR, POSTADRES],
        (List::Relaties, false) => &[PRIVATE_PERSON, PRIVEADRES],
    };
    tables.iter().flat_map(|table| table.iter()).collect()
}

/// A record of AC's without the fields in the tables: a write must leave this as it is.
pub fn unmapped(who: &Who, record: &Map<String, Value>) -> Map<String, Value> {
    let mapped: BTreeSet<&str> = fields(who, record)
        .into_iter()
        .filter_map(|field| match field.ac {
            InAc::Own(member) => Some(member),
            InAc::Koppeling(_) | InAc::Address(..) => None,
        })
        .collect();
    let kinds: BTreeSet<&str> = fields(who, record)
        .into_iter()
        .filter_map(|field| match field.ac {
            InAc::Address(kind, _) => Some(kind),
            InAc::Own(_) | InAc::Koppeling(_) => None,
        })
        .collect();
    let mut rest = record.clone();
    // A key that a fault added goes back with the rest, as it must.
    rest.retain(|member, _| !mapped.contains(member.as_str()) && member != "kanarie");
    let strip =
        |list: &mut Map<String, Value>, name: &str, parts: &[&str], only: &dyn Fn(&Map<String, Value>) -> bool| {
            for row in list.get_mut(name).and_then(Value::as_array_mut).into_iter().flatten() {
                if let Some(row) = row.as_object_mut().filter(|row| only(row)) {
                    row.retain(|member, _| !parts.contains(&member.as_str()));
                }
            }
        };
    let of_kind =
        |row: &Map<String, Value>| row.get("type").and_then(Value::as_str).is_some_and(|of| kinds.contains(of));
    strip(&mut rest, "adressen", &["straat", "huisnummer", "toevoeging", "postcode", "plaats", "land"], &of_kind);
    strip(&mut rest, "koppelingen", &["functie", "doorkiesnummer"], &|_| true);
    rest
}

/// The same of a record that was written, without the addresses that AC has since of a type of the tables and had none of
/// before: the connector may add such ones.
pub fn without_new_addresses(
    who: &Who,
    before: &Map<String, Value>,
    mut after: Map<String, Value>,
) -> Map<String, Value> {
    let types = |record: &Map<String, Value>| -> Vec<Value> {
        let rows = record.get("adressen").and_then(Value::as_array).into_iter().flatten();
        rows.filter_map(|row| row.get("type").cloned()).collect()
    };
    let known = types(before);
    let is_mapped =
        |of: &Value| fields(who, before).iter().any(|field| matches!(field.ac, InAc::Address(kind, _) if of == kind));
    if let Some(rows) = after.get_mut("adressen").and_then(Value::as_array_mut) {
        rows.retain(|row| row.get("type").is_none_or(|of| known.contains(of) || !is_mapped(of)));
    }
    // A list that is null or absent holds nothing, as an empty one does.
    if after.get("adressen") == Some(&Value::Array(Vec::new())) && before.get("adressen").is_none_or(Value::is_null) {
        after.remove("adressen");
        after.extend(before.get_key_value("adressen").map(|(name, none)| (name.clone(), none.clone())));
    }
    after
}

/// The members that the connector may write on each entity set of Tribe's.
pub fn may_be_written(set: &str) -> &'static [&'static str] {
    match set {
        "Relation_Organization" => &[
            "Name",
            "PhoneNumber",
            "EmailAddress",
            "Website",
            "ChamberOfCommerceNumber",
            "VisitingAddress",
            "PostalAddress",
            "ImportId",
        ],
        "Relation_Person" => &[
            "FirstName",
            "LastName",
            "MiddleName",
            "Initials",
            "BirthDate",
            "Gender",
            "PhoneNumber",
            "MobilePhoneNumber",
            "EmailAddress",
            "Address",
            "ImportId",
        ],
        "Relationship_Person_Contact_Standard" => {
            &["Function", "PhoneNumber", "MobilePhoneNumber", "EmailAddress", "Relation", "Person", "ImportId"]
        }
        "Address" => {
            &["Street", "HouseNumber", "HouseNumberSuffix", "Postalcode", "City", "Country", "Organization", "Person"]
        }
        _ => &["Relation", "Organization", "Person", "ImportId"],
    }
}
