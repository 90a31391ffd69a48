//! What a sent record says, in stored fields. What comes back as it was shown stays as users typed it.

use serde_json::{Map, Value};

use super::super::one_line::Parts;
use super::super::record::{List, Version, id_text};
use super::super::store::Store;
use super::super::storing::is_empty;
use super::refusal::Refused;
use super::serving;
use super::shape::{ADDRESS, POSITION, Shape, address_kind, gender, shape};

type Fields = Map<String, Value>;

/// The stored fields that a body speaks of.
pub(super) fn fields(
    store: &Store,
    list: List,
    version: &Version,
    shown: &Fields,
    sent: &Fields,
) -> Result<Fields, Refused> {
    let shape = shape(list, version);
    if let Some(unknown) = sent.keys().find(|name| !shape.has(name)) {
        return Err(Refused::at(format!("/{unknown}")));
    }
    if sent.get("id").is_some_and(|id| id_text(id).as_deref() != Some(version.text("id"))) {
        return Err(Refused::at("/id"));
    }
    let mut taking = Taking { store, stored: &version.fields, shown, sent, taken: Map::new() };
    for (field, own) in shape.plain {
        if let Some(value) = taking.changed(field, own) {
            taking.taken.insert((*field).to_owned(), value.clone());
        }
    }
    for list in shape.lists() {
        taking.listed(shape, list)?;
    }
    taking.rows("adressen", "addresses", |taking, place, row| taking.address(place, row))?;
    match list {
        List::Relaties => {
            taking.rows("relatietypen", "categories", |taking, place, row| taking.category(place, row))?;
        }
        List::Contactpersonen => {
            taking.gender()?;
            taking.rows("koppelingen", "positions", |taking, place, row| taking.position(place, row))?;
        }
    }
    taking.custom(shape, list)?;
    Ok(taking.taken)
}

struct Taking<'a> {
    store: &'a Store,
    stored: &'a Fields,
    shown: &'a Fields,
    sent: &'a Fields,
    taken: Fields,
}

impl<'a> Taking<'a> {
    /// What was sent in another form than it was shown. The same keeps what is stored; what was left out is not taken.
    fn changed(&mut self, field: &str, own: &str) -> Option<&'a Value> {
        if self.sent.get(own) == self.shown.get(own) {
            self.keep(field);
            return None;
        }
        self.sent.get(own)
    }

    fn keep(&mut self, field: &str) {
        if let Some(value) = self.stored.get(field) {
            self.taken.insert(field.to_owned(), value.clone());
        }
    }

    /// The rows of a list by their words. A word without a row is empty.
    fn listed(&mut self, shape: &Shape, list: &'static str) -> Result<(), Refused> {
        if self.sent.get(list) == self.shown.get(list) {
            shape.rows(list).for_each(|row| self.keep(row.field));
            return Ok(());
        }
        let Some(sent) = self.sent.get(list) else { return Ok(()) };
        let mut seen = Vec::new();
        for (place, sent) in array(sent, list)?.iter().enumerate() {
            let at = |member: &str| Refused::at(format!("/{list}/{place}/{member}"));
            let sent = sent.as_object().ok_or_else(|| Refused::at(format!("/{list}/{place}")))?;
            let word = sent.get("name").and_then(Value::as_str);
            let known = shape.rows(list).find(|row| Some(row.word) == word && !seen.contains(&row.word));
            let known = known.ok_or_else(|| at("name"))?;
            if let Some(unknown) = sent.keys().find(|name| !["id", "name", known.member].contains(&name.as_str())) {
                return Err(at(unknown));
            }
            if sent.get("id").is_some_and(|id| id.as_u64() != Some(known.id)) {
                return Err(at("id"));
            }
            seen.push(known.word);
            let value = sent.get(known.member).cloned().unwrap_or_default();
            if is_empty(&value) && self.stored.get(known.field).is_none_or(is_empty) {
                self.keep(known.field);
            } else {
                self.taken.insert(known.field.to_owned(), value);
            }
        }
        for row in shape.rows(list).filter(|row| !seen.contains(&row.word)) {
            if self.stored.get(row.field).is_none_or(is_empty) {
                self.keep(row.field);
            } else {
                self.taken.insert(row.field.to_owned(), Value::Null);
            }
        }
        Ok(())
    }

    /// A list of which each row is taken by itself.
    fn rows(
        &mut self,
        field: &str,
        list: &str,
        take: impl Fn(&Self, usize, &'a Fields) -> Result<Value, Refused>,
    ) -> Result<(), Refused> {
        let Some(sent) = self.changed(field, list) else { return Ok(()) };
        let rows = array(sent, list)?.iter().enumerate().map(|(place, row)| {
            let row = row.as_object().ok_or_else(|| Refused::at(format!("/{list}/{place}")))?;
            take(self, place, row)
        });
        let rows = rows.collect::<Result<Value, Refused>>()?;
        self.taken.insert(field.to_owned(), rows);
        Ok(())
    }

    fn address(&self, place: usize, sent: &Fields) -> Result<Value, Refused> {
        let at = |member: &str| Refused::at(format!("/addresses/{place}/{member}"));
        let known = ["id", "name", "street"].into_iter().chain(ADDRESS.map(|(_, own)| own));
        only(sent, known).map_err(|unknown| at(&unknown))?;
        let id = sent.get("id").and_then(id_text);
        let stored = id.as_ref().map(|id| self.stored_row("adressen", "id", id).ok_or_else(|| at("id"))).transpose()?;
        let shown = stored.map(serving::address).unwrap_or_default();
        let mut row = stored.cloned().unwrap_or_default();
        // An empty one may have been left out of what was shown.
        let text = |of: Option<&Value>| of.and_then(Value::as_str).unwrap_or_default().to_owned();
        let (word, street) = (text(sent.get("name")), text(sent.get("street")));
        if word != text(shown.get("name")) || stored.is_none() {
            if word.is_empty() {
                return Err(at("name"));
            }
            row.insert("type".to_owned(), address_kind(&word).into());
        }
        if street != text(shown.get("street")) || stored.is_none() {
            Parts::put_line(&mut row, &street);
        }
        take_plain(&mut row, sent, stored, &ADDRESS);
        Ok(row.into())
    }

    fn position(&self, place: usize, sent: &Fields) -> Result<Value, Refused> {
        let at = |member: &str| Refused::at(format!("/positions/{place}/{member}"));
        only(sent, ["contact_id"].into_iter().chain(POSITION.map(|(_, own)| own))).map_err(|unknown| at(&unknown))?;
        let id = sent.get("contact_id").and_then(id_text).ok_or_else(|| at("contact_id"))?;
        let stored = self.stored_row("koppelingen", "relatie_id", &id);
        if stored.is_none() && !self.store.relaties.records.contains_key(&id) {
            return Err(at("contact_id"));
        }
        let mut row = stored.cloned().unwrap_or_default();
        row.insert("relatie_id".to_owned(), id.into());
        take_plain(&mut row, sent, stored, &POSITION);
        Ok(row.into())
    }

    fn category(&self, place: usize, sent: &Fields) -> Result<Value, Refused> {
        let id = sent.get("id").and_then(Value::as_str).unwrap_or_default();
        let of_office = self.store.relatietypen.iter().any(|(known, _)| known == id);
        let stored = self.stored.get("relatietypen").and_then(Value::as_array);
        let is_known = of_office || stored.is_some_and(|types| types.iter().any(|known| known == id));
        if is_known { Ok(id.into()) } else { Err(Refused::at(format!("/categories/{place}/id"))) }
    }

    fn gender(&mut self) -> Result<(), Refused> {
        let Some(sent) = self.changed("geslacht", "gender") else { return Ok(()) };
        let taken = match sent {
            Value::String(word) if !word.is_empty() => gender(word).map(Value::from),
            empty if is_empty(empty) => Some(empty.clone()),
            _ => None,
        };
        self.taken.insert("geslacht".to_owned(), taken.ok_or_else(|| Refused::at("/gender"))?);
        Ok(())
    }

    /// Fields without a place of their own go back by their names; a new one cannot be made.
    fn custom(&mut self, shape: &Shape, list: List) -> Result<(), Refused> {
        let Some(sent) = self.sent.get("custom_fields") else { return Ok(()) };
        let sent = sent.as_object().ok_or_else(|| Refused::at("/custom_fields"))?;
        for (name, value) in sent {
            if !shape.custom(list, self.stored).any(|(known, _)| known == name) {
                return Err(Refused::at(format!("/custom_fields/{name}")));
            }
            self.taken.insert(name.clone(), value.clone());
        }
        Ok(())
    }

    fn stored_row(&self, list: &str, key: &str, id: &str) -> Option<&'a Fields> {
        let rows = self.stored.get(list).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        serving::objects(rows).find(|row| row.get(key).and_then(id_text).as_deref() == Some(id))
    }
}

/// Members of a row that stand in it as they are stored. A row is sent whole: what is left out is gone.
fn take_plain(row: &mut Fields, sent: &Fields, stored: Option<&Fields>, members: &[(&str, &str)]) {
    for (field, own) in members {
        let sent = sent.get(*own).filter(|value| !value.is_null());
        let before = stored.and_then(|stored| stored.get(*field)).filter(|value| !value.is_null());
        // An empty one may have been left out of what was shown.
        if sent == before || (sent.is_none() && before.is_none_or(is_empty)) {
            continue;
        }
        row.insert((*field).to_owned(), sent.cloned().unwrap_or_default());
    }
}

fn array<'a>(sent: &'a Value, list: &str) -> Result<&'a [Value], Refused> {
    sent.as_array().map(Vec::as_slice).ok_or_else(|| Refused::at(format!("/{list}")))
}

fn only<'a>(sent: &Fields, known: impl Iterator<Item = &'a str>) -> Result<(), String> {
    let known: Vec<&str> = known.collect();
    sent.keys().find(|name| !known.contains(&name.as_str())).map_or(Ok(()), |unknown| Err(unknown.clone()))
}
