//! What a sent record says, in stored fields. What comes back as it was shown stays as users typed it.

use serde_json::{Map, Value};

use super::super::record::Version;
use super::super::store::Store;
use super::house_number::InThree;
use super::refusal::Refused;
use super::serving::{address_place, employer_place};
use super::shape::{ADDRESS, EMPLOYER, Kind, OWN, stored};

type Fields = Map<String, Value>;

/// The stored fields that a body changes. The record must be whole, and must not have what the register makes itself.
pub(super) fn fields(
    store: &Store,
    kind: Kind,
    version: &Version,
    shown: &Fields,
    sent: &Fields,
) -> Result<Fields, Refused> {
    if let Some(own) = OWN.into_iter().find(|own| sent.contains_key(*own)) {
        return Err(Refused::member(own));
    }
    let mut expected = shown.clone();
    expected.retain(|name, _| !OWN.contains(&name.as_str()));
    whole(&expected, sent)?;
    let mut taken = Map::new();
    for (name, sent) in sent {
        if expected.get(name) == Some(sent) {
            continue;
        }
        let (Some(Value::Object(shown)), Value::Object(sent)) = (expected.get(name), sent) else {
            return Err(Refused::member(name));
        };
        match name.as_str() {
            "Properties" => properties(kind, shown, sent, &mut taken)?,
            "Addresses" => addresses(kind, version, shown, sent, &mut taken)?,
            "Employer" => employer(store, version, shown, sent, &mut taken)?,
            _ => return Err(Refused::member(name)),
        }
    }
    Ok(taken)
}

/// The same members in both, at every depth.
fn whole(expected: &Fields, sent: &Fields) -> Result<(), Refused> {
    let missing = expected.keys().find(|name| !sent.contains_key(*name));
    let unknown = sent.keys().find(|name| !expected.contains_key(*name));
    if let Some(name) = missing.or(unknown) {
        return Err(Refused::member(name));
    }
    for (name, expected) in expected {
        if let (Value::Object(expected), Some(Value::Object(sent))) = (expected, sent.get(name)) {
            whole(expected, sent)?;
        }
    }
    Ok(())
}

/// The members that are another text than they were; what is no text is refused.
fn changed<'a>(shown: &Fields, sent: &'a Fields) -> Result<Vec<(&'a str, &'a str)>, Refused> {
    let others = sent.iter().filter(|(name, value)| shown.get(*name) != Some(*value));
    others.map(|(name, value)| Ok((name.as_str(), value.as_str().ok_or_else(|| Refused::member(name))?))).collect()
}

/// An emptied member is null from then on.
fn value(text: String) -> Value {
    if text.is_empty() { Value::Null } else { text.into() }
}

fn properties(kind: Kind, shown: &Fields, sent: &Fields, taken: &mut Fields) -> Result<(), Refused> {
    for (name, text) in changed(shown, sent)? {
        let refused = || Refused::member(name);
        let (field, _) = kind.properties().iter().find(|(_, own)| *own == name).ok_or_else(refused)?;
        taken.insert((*field).to_owned(), value(stored(field, text).ok_or_else(refused)?));
    }
    Ok(())
}

fn addresses(kind: Kind, version: &Version, shown: &Fields, sent: &Fields, taken: &mut Fields) -> Result<(), Refused> {
    let mut rows = version.rows("adressen").to_vec();
    for (of, own) in kind.addresses() {
        let (Some(Value::Object(shown)), Some(Value::Object(sent))) = (shown.get(*own), sent.get(*own)) else {
            return Err(Refused::member(*own));
        };
        if shown == sent {
            continue;
        }
        let place = address_place(version, of).unwrap_or(rows.len());
        if place == rows.len() {
            rows.push(serde_json::json!({ "type": of }));
        }
        if let Some(row) = rows.get_mut(place).and_then(Value::as_object_mut) {
            address(shown, sent, row)?;
        }
    }
    taken.insert("adressen".to_owned(), rows.into());
    Ok(())
}

fn address(shown: &Fields, sent: &Fields, row: &mut Fields) -> Result<(), Refused> {
    let changed = changed(shown, sent)?;
    for (name, text) in &changed {
        if let Some((field, _)) = ADDRESS.iter().find(|(_, own)| own == name) {
            row.insert((*field).to_owned(), value((*text).to_owned()));
        }
    }
    if changed.iter().any(|(name, _)| ["Number", "Letter", "Addition"].contains(name)) {
        let [number, letter, addition] = ["Number", "Letter", "Addition"]
            .map(|name| sent.get(name).and_then(Value::as_str).unwrap_or_default().trim().to_owned());
        let three = InThree { number, letter, addition };
        if let Some(name) = three.unsound() {
            return Err(Refused::member(name));
        }
        three.put(row);
    }
    Ok(())
}

/// What a contact is at its employer. The employer itself stays.
fn employer(
    store: &Store,
    version: &Version,
    shown: &Fields,
    sent: &Fields,
    taken: &mut Fields,
) -> Result<(), Refused> {
    let mut rows = version.rows("koppelingen").to_vec();
    let place = employer_place(store, version).filter(|_| shown.get("Id") == sent.get("Id"));
    let row = place.and_then(|place| rows.get_mut(place)).and_then(Value::as_object_mut);
    let row = row.ok_or_else(|| Refused::member("Employer"))?;
    for (name, text) in changed(shown, sent)? {
        let (field, _) = EMPLOYER.iter().find(|(_, own)| *own == name).ok_or_else(|| Refused::member(name))?;
        row.insert((*field).to_owned(), value(text.to_owned()));
    }
    taken.insert("koppelingen".to_owned(), rows.into());
    Ok(())
}
