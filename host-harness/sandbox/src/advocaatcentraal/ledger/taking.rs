//! What a body changes, in stored fields: it holds only what changed, but of a list all rows. What comes back as it was
//! shown stays as users typed it.

use serde_json::{Map, Value};

use super::super::record::{Version, id_text};
use super::refusal::Refused;
use super::serving::{address, address_row, contact, home_place, link_place, relation};
use super::shape::{ADDRESS, CONTACT, LINK, Member, gender, is_company, points, usage_of, year_first};

type Fields = Map<String, Value>;

/// What a body changes of a relation.
pub(super) fn of_relation(version: &Version, sent: &Fields) -> Result<Fields, Refused> {
    let shown = relation(version);
    let mut taken = Map::new();
    for (name, value) in sent {
        match (name.as_str(), is_company(version)) {
            (name, _) if shown.get(name) == Some(value) => {}
            ("company", true) => {
                for (name, value) in object(name, value)? {
                    company(shown.pointer(&format!("/company/{name}")), name, value, &mut taken)?;
                }
            }
            ("person", false) => {
                let sent = object(name, value)?;
                only(sent, &["name"])?;
                if let Some(name) = sent.get("name") {
                    taken.insert("naam".to_owned(), text("name", name)?);
                }
            }
            ("points", _) => self::points_of(version, value, &mut taken)?,
            ("addresses", _) => drop(taken.insert("adressen".to_owned(), addresses(version, value)?)),
            (name, _) => return Err(Refused::member(name)),
        }
    }
    Ok(taken)
}

fn company(shown: Option<&Value>, name: &str, value: &Value, taken: &mut Fields) -> Result<(), Refused> {
    match name {
        _ if shown == Some(value) => {}
        "name" => drop(taken.insert("bedrijfsnaam".to_owned(), text(name, value)?)),
        "registration" => {
            let number = value.as_u64().map(|number| format!("{number:08}"));
            if number.is_none() && !value.is_null() {
                return Err(Refused::member(name));
            }
            taken.insert("kvk".to_owned(), number.into());
        }
        _ => return Err(Refused::member(name)),
    }
    Ok(())
}

/// All points; one that is not among them is empty.
fn points_of(version: &Version, value: &Value, taken: &mut Fields) -> Result<(), Refused> {
    let refused = || Refused::member("points");
    let mut values: Vec<(&str, Value)> = Vec::new();
    for row in value.as_array().ok_or_else(refused)? {
        let row = row.as_object().ok_or_else(refused)?;
        only(row, &["medium", "use", "value"])?;
        let says = |member: &str, word: &str| row.get(member).and_then(Value::as_str) == Some(word);
        let known = points(version).iter().find(|point| says("medium", point.medium) && says("use", point.usage));
        let field = known.map(|point| point.field).ok_or_else(refused)?;
        if values.iter().any(|(other, _)| *other == field) {
            return Err(refused());
        }
        values.push((field, text("points", row.get("value").unwrap_or(&Value::Null))?));
    }
    for point in points(version) {
        let given = values.iter().find(|(field, _)| *field == point.field).map(|(_, value)| value.clone());
        let given = given.filter(|value| value.as_str().is_some_and(|text| !text.trim().is_empty()));
        let stored = version.fields.get(point.field).filter(|_| !version.text(point.field).trim().is_empty());
        if given.as_ref() != stored {
            taken.insert(point.field.to_owned(), given.unwrap_or_default());
        }
    }
    Ok(())
}

/// All addresses; one that is not among them is gone, and none can be made.
fn addresses(version: &Version, value: &Value) -> Result<Value, Refused> {
    let refused = || Refused::member("addresses");
    let mut rows = Vec::new();
    for row in value.as_array().ok_or_else(refused)? {
        let sent = row.as_object().ok_or_else(refused)?;
        let key = sent.get("key").and_then(id_text).ok_or_else(refused)?;
        let stored = version.rows("adressen").iter().filter_map(Value::as_object);
        let mut of_key = stored.filter(|row| row.get("id").and_then(id_text).as_deref() == Some(key.as_str()));
        let mut stored = of_key.next().cloned().ok_or_else(refused)?;
        let kind = stored.get("type").and_then(Value::as_str).map(usage_of);
        if sent.get("use").and_then(Value::as_str) != kind {
            return Err(Refused::member("use"));
        }
        let shown = address_row(&stored);
        let changed = sent.iter().filter(|(name, value)| shown.get(*name) != Some(*value));
        for (name, value) in changed {
            part(&mut stored, name, value)?;
        }
        rows.push(Value::Object(stored));
    }
    Ok(rows.into())
}

/// Puts a part of an address into its stored row.
fn part(row: &mut Fields, name: &str, value: &Value) -> Result<(), Refused> {
    let value = text(name, value)?;
    if name == "number" {
        row.insert("huisnummer".to_owned(), value);
        row.insert("toevoeging".to_owned(), Value::Null);
        return Ok(());
    }
    let (field, _) = member(&ADDRESS, name).ok_or_else(|| Refused::member(name))?;
    row.insert((*field).to_owned(), value);
    Ok(())
}

/// What a body changes of a contact person at that relation.
pub(super) fn of_contact(version: &Version, relation: &str, sent: &Fields) -> Result<Fields, Refused> {
    let shown = contact(version, relation);
    let mut taken = Map::new();
    let mut links = version.rows("koppelingen").to_vec();
    for (name, value) in sent.iter().filter(|(name, value)| shown.get(*name) != Some(*value)) {
        let refused = || Refused::member(name);
        match name.as_str() {
            "born" => {
                let born = text(name, value)?;
                let date = born.as_str().map(|born| year_first(born).ok_or_else(refused)).transpose()?;
                taken.insert("geboortedatum".to_owned(), date.into());
            }
            "sex" => drop(taken.insert("geslacht".to_owned(), gender(value).ok_or_else(refused)?)),
            "home" => drop(taken.insert("adressen".to_owned(), home(version, object(name, value)?)?)),
            own => {
                if let Some((field, _)) = member(&CONTACT, own) {
                    taken.insert((*field).to_owned(), text(name, value)?);
                    continue;
                }
                let (field, _) = member(&LINK, own).ok_or_else(refused)?;
                let place = link_place(version, relation).and_then(|place| links.get_mut(place));
                let link = place.and_then(Value::as_object_mut).ok_or_else(refused)?;
                link.insert((*field).to_owned(), text(name, value)?);
                taken.insert("koppelingen".to_owned(), links.clone().into());
            }
        }
    }
    Ok(taken)
}

/// The private address with what changed of it; it is made where there was none.
fn home(version: &Version, sent: &Fields) -> Result<Value, Refused> {
    let mut rows = version.rows("adressen").to_vec();
    let place = home_place(version).unwrap_or(rows.len());
    if place == rows.len() {
        rows.push(serde_json::json!({ "type": "prive" }));
    }
    if let Some(row) = rows.get_mut(place).and_then(Value::as_object_mut) {
        let shown = address(row);
        for (name, value) in sent.iter().filter(|(name, value)| shown.get(*name) != Some(*value)) {
            part(row, name, value)?;
        }
    }
    Ok(rows.into())
}

fn member<'m>(members: &'m [Member], own: &str) -> Option<&'m Member> {
    members.iter().find(|(_, name)| *name == own)
}

/// A text or null; an empty text is null.
fn text(name: &str, value: &Value) -> Result<Value, Refused> {
    match value {
        Value::Null => Ok(Value::Null),
        Value::String(text) if text.is_empty() => Ok(Value::Null),
        Value::String(_) => Ok(value.clone()),
        _ => Err(Refused::member(name)),
    }
}

fn object<'v>(name: &str, value: &'v Value) -> Result<&'v Fields, Refused> {
    value.as_object().ok_or_else(|| Refused::member(name))
}

fn only(sent: &Fields, known: &[&str]) -> Result<(), Refused> {
    let unknown = sent.keys().find(|name| !known.contains(&name.as_str()));
    unknown.map_or(Ok(()), |name| Err(Refused::member(name)))
}
