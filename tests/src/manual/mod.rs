//! The manual's tables once more, written for the tests, and what either system says by them.
//!
//! They use neither the connector's tables nor those of the stand-ins' judge: an error in one of them must show here.

mod tables;

use advocaatcentraal_tribe::link::Subject;
use advocaatcentraal_tribe::relation::{ContactpersoonId, RelatieId};
use sandbox::Tribe;
use sandbox::advocaatcentraal::List;
use sandbox::tribe::{Entity, Guid};
use serde_json::{Map, Value};
use unicode_normalization::UnicodeNormalization;

pub use tables::{SLOTS, fields, fields_of, may_be_written, unmapped, without_new_addresses};

/// A record of AC's.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Who {
    /// In which list.
    pub list: List,
    /// AC's id.
    pub id: String,
}

impl Who {
    /// The record that a marker names, and the organisation if it is a contact.
    pub fn of_marker(marker: &str) -> Option<(Self, Option<String>)> {
        let rest = marker.strip_prefix("ac:")?.split_once(':')?.1;
        let (list, id) = rest.split_once(':')?;
        let list = if list == "relatie" { List::Relaties } else { List::Contactpersonen };
        let id = id.split('#').next().unwrap_or(id);
        match id.split_once('@') {
            Some((id, at)) => Some((Self { list, id: id.to_owned() }, Some(at.to_owned()))),
            None => Some((Self { list, id: id.to_owned() }, None)),
        }
    }

    /// What it may be to the connector's state.
    pub fn subjects(&self) -> Vec<Subject> {
        let id = RelatieId::new(&self.id);
        match self.list {
            List::Relaties => vec![Subject::Organisation(id.clone()), Subject::PrivatePerson(id)],
            List::Contactpersonen => vec![Subject::ContactPerson(ContactpersoonId::new(&self.id))],
        }
    }

    /// The marker of its organisation or person.
    pub fn marker(&self) -> String {
        let list = if self.list == List::Relaties { "relatie" } else { "contactpersoon" };
        format!("ac:12345:{list}:{}", self.id)
    }
}

/// How a field's values are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// Composed, without needless spaces.
    Text,
    /// By its digits.
    Phone,
    /// Without capitals.
    Email,
    /// Without scheme and last slash.
    Website,
    /// Eight digits.
    Kvk,
    /// The first ten characters.
    Date,
    /// A letter.
    Gender,
    /// Number and addition together.
    HouseNumber,
    /// Without spaces.
    Postcode,
    /// A code.
    Country,
}

/// One row: its name, AC's member, the members of Tribe.
#[derive(Debug)]
pub struct Field {
    /// The name in settings and notes.
    pub name: &'static str,
    /// Where it stands in AC.
    pub ac: InAc,
    /// Where it stands in Tribe: on the relation, on the contact relationship, or on an address.
    pub tribe: &'static [(Holder, &'static str)],
    /// How it is compared.
    pub form: Form,
}

/// Where a field stands in AC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InAc {
    /// On the record.
    Own(&'static str),
    /// On a koppeling.
    Koppeling(&'static str),
    /// On the address of that type.
    Address(&'static str, &'static str),
}

/// What holds a field in Tribe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// The organisation or person.
    Relation,
    /// The contact relationship.
    Contact,
    /// The address in that slot.
    Address(&'static str),
}

impl Field {
    /// What a record of AC's has in this field, in plain form: nothing where the key is absent; several where it has
    /// several addresses of a type, or several koppelingen and `at` names none.
    pub fn in_ac(&self, record: &Map<String, Value>, at: Option<&str>, tribe: &Tribe) -> Vec<String> {
        let texts: Vec<String> = match self.ac {
            InAc::Own(member) => record.get(member).map(text).into_iter().collect(),
            InAc::Koppeling(member) => rows(record, "koppelingen")
                .filter(|row| at.is_none_or(|at| row.get("relatie_id").is_some_and(|id| text(id) == at)))
                .filter_map(|row| row.get(member).map(text))
                .collect(),
            InAc::Address(kind, part) => rows(record, "adressen")
                .filter(|row| row.get("type").is_some_and(|of| of == kind))
                .filter_map(|row| match part {
                    "huisnummer" => Some(
                        row.get("huisnummer").map(text).unwrap_or_default()
                            + &row.get("toevoeging").map(text).unwrap_or_default(),
                    ),
                    part => row.get(part).map(text),
                })
                .collect(),
        };
        texts.iter().map(|text| plain(self.form, text, tribe)).collect()
    }

    /// What a Tribe record has in this field, in plain form.
    pub fn in_tribe(&self, entity: &Entity<'_>, property: &str, tribe: &Tribe) -> String {
        let spelled = match property {
            "HouseNumber" => entity.text("HouseNumber") + &entity.text("HouseNumberSuffix"),
            "Gender" | "Country" => code(entity.link(property), tribe),
            _ => entity.text(property),
        };
        plain(self.form, &spelled, tribe)
    }

    /// What the body of a write to Tribe has in this field, in plain form; none if the body does not name it.
    pub fn in_body(&self, body: &Map<String, Value>, property: &str, tribe: &Tribe) -> Option<String> {
        let value = body.get(property)?;
        let spelled = match property {
            "HouseNumber" => text(value) + &body.get("HouseNumberSuffix").map(text).unwrap_or_default(),
            "Gender" | "Country" => {
                let id: Option<Guid> = value.get("ID").and_then(Value::as_str).and_then(|id| id.parse().ok());
                code(id, tribe)
            }
            _ => text(value),
        };
        Some(plain(self.form, &spelled, tribe))
    }

    /// Its property on that holder, if it has one.
    pub fn property(&self, holder: Holder) -> Option<&'static str> {
        self.tribe.iter().find(|(of, _)| *of == holder).map(|(_, property)| *property)
    }
}

fn rows<'r>(record: &'r Map<String, Value>, list: &str) -> impl Iterator<Item = &'r Map<String, Value>> {
    record.get(list).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
}

/// A value as text; empty for null.
pub fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn code(row: Option<Guid>, tribe: &Tribe) -> String {
    row.and_then(|row| tribe.entity(row)).map(|row| row.text("Code")).unwrap_or_default()
}

/// The plain form of a text: the same for every spelling of the same value, and empty for nothing.
pub fn plain(form: Form, spelled: &str, tribe: &Tribe) -> String {
    let spelled: String = spelled.nfc().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
    let lower = spelled.to_lowercase();
    match form {
        Form::Text => spelled,
        Form::Phone => {
            let kept: String = lower.replace("(0)", "").chars().filter(|c| c.is_alphanumeric() || *c == '+').collect();
            match (kept.strip_prefix("00"), kept.strip_prefix('0')) {
                (Some(rest), _) => format!("+{rest}"),
                (None, Some(rest)) => format!("+31{rest}"),
                (None, None) => kept,
            }
        }
        Form::Email => lower,
        Form::Website => {
            let rest = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://")).unwrap_or(&lower);
            rest.trim_end_matches('/').to_owned()
        }
        Form::Kvk if spelled.len() == 7 => format!("0{spelled}"),
        Form::Kvk => spelled,
        Form::Date => spelled.chars().take(10).collect(),
        Form::Gender => {
            let letter = gender(&lower);
            let has_row = tribe.set("Datastore_Gender").any(|row| gender(&row.text("Code").to_lowercase()) == letter);
            // What the tenant has no row for is empty there.
            if has_row { letter.to_owned() } else { String::new() }
        }
        Form::HouseNumber | Form::Postcode => lower.split_whitespace().collect(),
        Form::Country => tribe.country(&lower).map_or(lower, str::to_lowercase),
    }
}

fn gender(lower: &str) -> &'static str {
    match lower {
        "m" | "male" => "M",
        "v" | "female" => "V",
        "x" | "other" => "X",
        "o" | "unknown" => "O",
        _ => "",
    }
}

/// The record of AC's that a Tribe record belongs to, at which organisation, and as what; none if the connector did not
/// make it.
pub fn owner(tribe: &Tribe, id: Guid) -> Option<(Who, Option<String>, Holder)> {
    let entity = tribe.entity(id)?;
    match entity.set() {
        "Relation_Organization" | "Relation_Person" => {
            let (who, _) = Who::of_marker(&entity.text("ImportId"))?;
            Some((who, None, Holder::Relation))
        }
        "Relationship_Person_Contact_Standard" => {
            let (who, at) = Who::of_marker(&entity.text("ImportId"))?;
            Some((who, at, Holder::Contact))
        }
        "Address" => {
            let owner = entity.link("Person").or_else(|| entity.link("Organization"))?;
            let owner = tribe.entity(owner)?;
            let slot = SLOTS.into_iter().find(|slot| owner.link(slot) == Some(id))?;
            let (who, _) = Who::of_marker(&owner.text("ImportId"))?;
            Some((who, None, Holder::Address(slot)))
        }
        _ => None,
    }
}
