//! From an edit to what AC gets: the record as it was read with only the edited places changed, whole or as a patch.

use dialect::{
    AddressPlace, Addresses, DateForm, Dialect, Empty, Field, GenderWords, HouseNumber as At, ListRule, Method, Parts,
    Person, PersonsInside, Pick, Place, Pointer, Position, PositionInside, Positions, Version, Writing, Written,
};
use serde_json::value::RawValue;

use super::adres::{Adres, place_of};
use super::contactpersoon::Contactpersoon;
use super::edit::{AdresEdit, Edit};
use super::json::{Object, Value, written};
use super::oddity::picked;
use super::record::{Record, date_written, gender_written};
use super::relatie::{Relatie, Soort};
use super::veld::{FUNCTIE, Veld, part_name, words};
use crate::answer::Failure;
use crate::relation::{AddressPart, AddressType, HouseNumber, join_street};

/// A value that the record has no place for, or none that says it: it is refused before it is sent.
fn no_place(field: &'static str) -> Failure {
    Failure::Refused { status: 422, field: Some(field.to_owned()) }
}

/// What was changed.
enum Touched {
    Member(Pointer),
    Row { list: Pointer, row: usize, members: Vec<Pointer> },
}

/// A record while it is changed.
pub(super) struct Changing<'d> {
    after: Object,
    touched: Vec<Touched>,
    /// Whether anything is another than it was.
    is_changed: bool,
    writing: &'d Writing,
}

impl<'d> Changing<'d> {
    pub(super) fn new(before: &Object, writing: &'d Writing) -> Self {
        Self { after: before.clone(), touched: Vec::new(), is_changed: false, writing }
    }

    /// Sends what stands there along, as it is.
    pub(super) fn touch(&mut self, record: &Object, at: &Pointer) {
        if record.at(at).is_ok_and(|found| found.is_some()) {
            self.is_changed = true;
            self.touched.push(Touched::Member(at.clone()));
        }
    }

    /// The same with members of a row; not where the dialect writes no rows.
    pub(super) fn touch_row(&mut self, record: &Object, list: &Pointer, row: usize, members: &[&Pointer]) {
        if self.writing.lists == Some(ListRule::Not) && self.writing.method != Method::Put {
            return;
        }
        let rows = record.list(list).ok().flatten().unwrap_or_default();
        let Some(object) = rows.get(row).and_then(|row| Object::of(row)) else { return };
        let is_there = |member: &&&Pointer| object.at(member).is_ok_and(|found| found.is_some());
        let members: Vec<Pointer> = members.iter().filter(is_there).map(|member| (*member).clone()).collect();
        if !members.is_empty() {
            self.is_changed = true;
            self.touched.push(Touched::Row { list: list.clone(), row, members });
        }
    }

    fn encoded(&self, text: Option<&str>, as_written: Written, current: Option<&RawValue>) -> Option<String> {
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        match (text, as_written) {
            (None, Written::Text) if self.writing.empty == Some(Empty::Blank) => Some(written(Some(""))),
            (None, _) => Some(written(None)),
            // A JSON number has no zeros in front.
            (Some(text), Written::Number) => is_number(text).then(|| without_zeros(text).to_owned()),
            (Some(text), Written::Either)
                if is_number(text)
                    && without_zeros(text) == text
                    && matches!(current.map(Value::of), Some(Value::Scalar(_))) =>
            {
                Some(text.to_owned())
            }
            (Some(text), _) => Some(written(Some(text))),
        }
    }

    fn set(
        &mut self,
        at: &Pointer,
        text: Option<&str>,
        as_written: Written,
        name: &'static str,
    ) -> Result<(), Failure> {
        let current = self.after.at(at).ok().flatten();
        let value = self.encoded(text, as_written, current.as_deref()).ok_or_else(|| no_place(name))?;
        if current.is_some_and(|current| current.get() == value) {
            return Ok(());
        }
        self.after.put(at, value)?;
        self.is_changed = true;
        self.touched.push(Touched::Member(at.clone()));
        Ok(())
    }

    /// Changes members of a row, each with its text.
    fn set_row(&mut self, list: &Pointer, row: usize, members: &[(&Pointer, Option<String>)]) -> Result<(), Failure> {
        let mut rows = self.after.list(list).map_err(|_| Failure::NotUnderstood)?.unwrap_or_default();
        let place = rows.get_mut(row).ok_or(Failure::Changed)?;
        let mut object = Object::of(place).ok_or(Failure::NotUnderstood)?;
        let mut changed = Vec::new();
        for (member, text) in members {
            let current = object.at(member).ok().flatten();
            let value = self.encoded(text.as_deref(), Written::Text, current.as_deref());
            let value = value.unwrap_or_else(|| written(None));
            if current.is_none_or(|current| current.get() != value) {
                object.put(member, value)?;
                changed.push((*member).clone());
            }
        }
        if changed.is_empty() {
            return Ok(());
        }
        *place = object.to_value()?;
        self.after.put_list(list, &rows)?;
        self.is_changed = true;
        let members = changed;
        self.touched.push(Touched::Row { list: list.clone(), row, members });
        Ok(())
    }

    fn add_row(&mut self, list: &Pointer, members: &[(&Pointer, Option<String>)]) -> Result<(), Failure> {
        let mut rows = self.after.list(list).map_err(|_| Failure::NotUnderstood)?.unwrap_or_default();
        let mut object = Object::default();
        // What is empty of it is left out.
        for (member, text) in members.iter().filter(|(_, text)| text.is_some()) {
            object.put(member, written(text.as_deref()))?;
        }
        rows.push(object.to_value()?);
        self.after.put_list(list, &rows)?;
        self.is_changed = true;
        let members = members.iter().filter(|(_, text)| text.is_some()).map(|(member, _)| (*member).clone()).collect();
        self.touched.push(Touched::Row { list: list.clone(), row: rows.len() - 1, members });
        Ok(())
    }

    fn set_field(&mut self, field: &Field, text: Option<&str>, name: &'static str) -> Result<(), Failure> {
        let Pick { list, words, at } = match &field.place {
            Place::At(pointer) => return self.set(pointer, text, field.written, name),
            Place::Pick(pick) => pick,
        };
        let rows = self.after.list(list).map_err(|_| Failure::NotUnderstood)?.unwrap_or_default();
        let text = text.map(str::to_owned);
        match (picked(&rows, words), &text) {
            (Some((row, _)), _) => self.set_row(list, row, &[(at, text)]),
            (None, None) => Ok(()),
            (None, Some(_)) => {
                let mut members: Vec<(&Pointer, Option<String>)> =
                    words.iter().map(|(pointer, words)| (pointer, words.first().cloned())).collect();
                members.push((at, text));
                self.add_row(list, &members)
            }
        }
    }

    fn set_address(
        &mut self,
        addresses: &Addresses,
        (of, edit): (AddressType, &AdresEdit),
        current: Option<&Adres>,
        is_added: bool,
    ) -> Result<(), Failure> {
        match addresses {
            Addresses::None => Err(Failure::Changed),
            Addresses::Rows(rows) => {
                let mut members = members(&rows.parts, edit, current)?;
                match (current.and_then(|adres| adres.row), is_added) {
                    (Some(row), _) => self.set_row(&rows.at, row, &members),
                    (None, true) => {
                        let word = words(&rows.words, of).first().cloned();
                        members.insert(0, (&rows.word, Some(word.ok_or(Failure::Changed)?)));
                        self.add_row(&rows.at, &members)
                    }
                    (None, false) => Err(Failure::Changed),
                }
            }
            Addresses::Places(places) => {
                let AddressPlace { at, parts } = place_of(places, of).ok_or(Failure::Changed)?;
                if current.is_none() && !is_added {
                    return Err(Failure::Changed);
                }
                for (member, text) in members(parts, edit, current)? {
                    let member = at.as_ref().map_or_else(|| member.clone(), |at| at.then(member));
                    self.set(&member, text.as_deref(), Written::Text, part_name(AddressPart::Straat))?;
                }
                Ok(())
            }
        }
    }

    /// What changed, and nothing else; the rows of a list as the dialect writes them.
    fn patch(&self, before: &Object, ids: &[(&Pointer, &Pointer)]) -> Result<Object, Failure> {
        let mut patch = Object::default();
        for touched in &self.touched {
            let (list, row, members) = match touched {
                Touched::Member(pointer) => {
                    copy(&self.after, pointer, &mut patch)?;
                    continue;
                }
                Touched::Row { list, row, members } => (list, *row, members),
            };
            match self.writing.lists {
                Some(ListRule::Not) => return Err(Failure::Refused { status: 422, field: None }),
                Some(ListRule::Whole) | None => copy(&self.after, list, &mut patch)?,
                Some(ListRule::ById) => {
                    let id = ids.iter().find(|(of, _)| *of == list).map(|(_, id)| *id);
                    let rows = self.after.list(list).map_err(|_| Failure::NotUnderstood)?.unwrap_or_default();
                    let whole = rows.get(row).and_then(|row| Object::of(row)).ok_or(Failure::NotUnderstood)?;
                    let mut part = Object::default();
                    for member in id.into_iter().chain(members) {
                        copy(&whole, member, &mut part)?;
                    }
                    let mut written = patch.list(list).map_err(|_| Failure::NotUnderstood)?.unwrap_or_default();
                    written.push(part.to_value()?);
                    patch.put_list(list, &written)?;
                }
            }
        }
        if let Version::Member(version) = &self.writing.version {
            copy(before, version, &mut patch)?;
        }
        Ok(patch)
    }

    /// The body; none where nothing would change. `ids` tells where the id stands in the rows of a list.
    pub(super) fn body(&mut self, before: &Object, ids: &[(&Pointer, &Pointer)]) -> Result<Option<Object>, Failure> {
        if !self.is_changed {
            return Ok(None);
        }
        match self.writing.method {
            Method::Put => Ok(Some(std::mem::take(&mut self.after))),
            Method::Patch | Method::PutChanged => self.patch(before, ids).map(Some),
        }
    }
}

/// The text of a body as it is sent.
pub(super) fn finished(mut body: Object, writing: &Writing) -> Result<String, Failure> {
    writing.read_only.iter().for_each(|pointer| body.remove(pointer));
    match &writing.wrap {
        None => Ok(body.to_text()),
        Some(wrap) => {
            let mut outer = Object::default();
            outer.put(wrap, body.to_text())?;
            Ok(outer.to_text())
        }
    }
}

fn copy(from: &Object, pointer: &Pointer, to: &mut Object) -> Result<(), Failure> {
    match from.at(pointer) {
        Ok(Some(value)) => to.put(pointer, value.get().to_owned()),
        _ => Ok(()),
    }
}

/// The members that hold what is edited of an address, each with its text.
fn members<'d>(
    parts: &'d Parts,
    edit: &AdresEdit,
    current: Option<&Adres>,
) -> Result<Vec<(&'d Pointer, Option<String>)>, Failure> {
    let mut members: Vec<(&Pointer, Option<String>)> = Vec::new();
    let is_in_street = matches!(parts.huisnummer, At::InStreet);
    for (part, text) in &edit.parts {
        let pointer = match part {
            AddressPart::Straat if is_in_street => continue,
            AddressPart::Straat => &parts.straat,
            AddressPart::Postcode => &parts.postcode,
            AddressPart::Plaats => &parts.plaats,
            AddressPart::Land => &parts.land,
            AddressPart::Huisnummer => continue,
        };
        members.push((pointer.as_ref().ok_or_else(|| no_place(part_name(*part)))?, text.clone()));
    }
    if is_in_street && (edit.huisnummer.is_some() || edit.parts.contains_key(&AddressPart::Straat)) {
        let pointer = parts.straat.as_ref().ok_or_else(|| no_place(part_name(AddressPart::Straat)))?;
        members.push((pointer, street_line(edit, current)?));
        return Ok(members);
    }
    let Some(HouseNumber { huisnummer, toevoeging }) = &edit.huisnummer else { return Ok(members) };
    let text = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let name = part_name(AddressPart::Huisnummer);
    match &parts.huisnummer {
        At::None => return Err(no_place(name)),
        At::InStreet => {}
        At::One(number) => members.push((number, text(&in_one(huisnummer, toevoeging)))),
        At::Two(two) => members.extend([(&two.number, text(huisnummer)), (&two.suffix, text(toevoeging))]),
        At::Three(three) => {
            let [number, letter, suffix] = in_three(huisnummer, toevoeging);
            members.extend([(&three.number, text(&number)), (&three.letter, text(&letter))]);
            members.push((&three.suffix, text(&suffix)));
        }
    }
    Ok(members)
}

fn without_zeros(digits: &str) -> &str {
    let rest = digits.trim_start_matches('0');
    if rest.is_empty() { digits.get(..1).unwrap_or_default() } else { rest }
}

/// Digits, one letter right after them, and the rest. What does not begin with digits is no number, and has no letter.
fn in_three(huisnummer: &str, toevoeging: &str) -> [String; 3] {
    let whole = in_one(huisnummer, toevoeging);
    let digits = whole.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = whole.split_at(digits);
    let rest = rest.trim();
    let mut after = rest.chars();
    let letter = after.next().filter(|first| first.is_alphabetic() && !number.is_empty());
    // What goes on with a letter is a word: `bis`.
    let letter = letter.filter(|_| !after.clone().next().is_some_and(char::is_alphabetic));
    let suffix = if letter.is_some() { after.as_str() } else { rest };
    [number.to_owned(), letter.map(String::from).unwrap_or_default(), suffix.trim().to_owned()]
}

fn in_one(huisnummer: &str, toevoeging: &str) -> String {
    let (huisnummer, toevoeging) = (huisnummer.trim(), toevoeging.trim());
    let is_apart = toevoeging.starts_with(char::is_alphanumeric) && !huisnummer.is_empty();
    format!("{huisnummer}{}{toevoeging}", if is_apart { " " } else { "" })
}

/// Street and house number in one line, as they are after the edit.
fn street_line(edit: &AdresEdit, current: Option<&Adres>) -> Result<Option<String>, Failure> {
    let said = |part| current.and_then(|adres| adres.part(part).text().map(str::to_owned)).unwrap_or_default();
    let street = match edit.parts.get(&AddressPart::Straat) {
        Some(text) => text.clone().unwrap_or_default(),
        None => said(AddressPart::Straat),
    };
    let number = match &edit.huisnummer {
        Some(HouseNumber { huisnummer, toevoeging }) => in_one(huisnummer, toevoeging),
        None => said(AddressPart::Huisnummer),
    };
    if street.trim().is_empty() && number.trim().is_empty() {
        return Ok(None);
    }
    join_street(&street, &number).map(Some).ok_or_else(|| no_place(part_name(AddressPart::Straat)))
}

/// A relation that is changed.
pub(super) fn relation(read: &Relatie, edit: &Edit, dialect: &Dialect) -> Result<Option<String>, Failure> {
    let of = &dialect.relations.record;
    let mut changing = Changing::new(&read.raw, &dialect.writing);
    for (veld, text) in &edit.velden {
        let field = veld.of_relation(of, read.soort() == Soort::Bedrijf).ok_or_else(|| no_place(veld.name()))?;
        changing.set_field(field, text.as_deref(), veld.name())?;
    }
    changing.set_addresses(&of.addresses, read, edit)?;
    if !edit.koppelingen.is_empty() {
        return Err(Failure::Changed);
    }
    let body = changing.body(&read.raw, &ids(&of.addresses))?;
    body.map(|body| finished(body, &dialect.writing)).transpose()
}

impl Changing<'_> {
    fn set_addresses(&mut self, addresses: &Addresses, read: &dyn Record, edit: &Edit) -> Result<(), Failure> {
        for (of, adres) in &edit.adressen {
            let current = read.addresses().choose(*of);
            self.set_address(addresses, (*of, adres), current, edit.new_adressen.contains(of))?;
        }
        Ok(())
    }
}

/// Where the ids stand in the rows of addresses.
pub(super) fn ids(addresses: &Addresses) -> Vec<(&Pointer, &Pointer)> {
    match addresses {
        Addresses::Rows(rows) => rows.id.iter().map(|id| (&rows.at, id)).collect(),
        Addresses::Places(_) | Addresses::None => Vec::new(),
    }
}

/// A contact person that is changed; `of` is what its record holds.
pub(super) fn person(
    read: &Contactpersoon,
    edit: &Edit,
    of: &Person,
    inside: Option<&PersonsInside>,
    dialect: &Dialect,
) -> Result<Option<String>, Failure> {
    let mut changing = Changing::new(&read.raw, &dialect.writing);
    for (veld, text) in &edit.velden {
        let field = veld.of_person(of).ok_or_else(|| no_place(veld.name()))?;
        let text = as_written(*veld, text.as_deref(), of.genders.as_ref(), of.dates.as_ref())?;
        changing.set_field(field, text.as_deref(), veld.name())?;
    }
    changing.set_addresses(&of.addresses, read, edit)?;
    for (relatie_id, members) in &edit.koppelingen {
        let koppeling = read.koppeling_to_change(relatie_id, edit.meant.get(relatie_id)).ok_or(Failure::Changed)?;
        let (functie, phone, rows) = match &of.positions {
            Positions::At(Position { functie, doorkiesnummer, rows, .. }) => (functie, doorkiesnummer, rows.as_ref()),
            Positions::Inside(PositionInside { functie, doorkiesnummer }) => (functie, doorkiesnummer, None),
        };
        let mut set: Vec<(&Pointer, Option<String>)> = Vec::with_capacity(members.len());
        for (member, text) in members {
            let pointer = if *member == FUNCTIE { functie } else { phone };
            set.push((pointer.as_ref().ok_or_else(|| no_place(member))?, text.clone()));
        }
        match (rows, koppeling.row()) {
            (Some(rows), Some(row)) => changing.set_row(rows, row, &set)?,
            _ => {
                for (pointer, text) in set {
                    changing.set(pointer, text.as_deref(), Written::Text, FUNCTIE)?;
                }
            }
        }
    }
    let mut rows = ids(&of.addresses);
    if let Positions::At(Position { rows: Some(list), relation, .. }) = &of.positions {
        rows.push((list, relation));
    }
    let whole = inside.map(|_| changing.after.clone());
    let Some(body) = changing.body(&read.raw, &rows)? else { return Ok(None) };
    let body = match (inside, whole, &read.within) {
        (Some(inside), Some(whole), Some(within)) => {
            let parent = within.record.as_ref().ok_or(Failure::Changed)?;
            within_parent(parent, within.row, (body, &whole), inside, dialect)?
        }
        _ => body,
    };
    finished(body, &dialect.writing).map(Some)
}

/// The body of a relation in which one contact person is changed.
pub(super) fn within_parent(
    parent: &Object,
    row: usize,
    (part, whole): (Object, &Object),
    inside: &PersonsInside,
    dialect: &Dialect,
) -> Result<Object, Failure> {
    let writing = &dialect.writing;
    let mut rows = parent.list(&inside.rows).map_err(|_| Failure::NotUnderstood)?.unwrap_or_default();
    let place = rows.get_mut(row).ok_or(Failure::Changed)?;
    let mut patch = Object::default();
    if writing.lists == Some(ListRule::ById) && writing.method != Method::Put {
        let mut by_id = Object::default();
        copy(whole, &inside.record.id, &mut by_id)?;
        let mut text = by_id.to_text();
        merge(&mut text, &part.to_text());
        patch.put(&inside.rows, format!("[{text}]"))?;
    } else {
        *place = whole.to_value()?;
        let mut after = parent.clone();
        after.put_list(&inside.rows, &rows)?;
        if writing.method == Method::Put {
            return Ok(after);
        }
        copy(&after, &inside.rows, &mut patch)?;
    }
    if let Version::Member(version) = &writing.version {
        copy(parent, version, &mut patch)?;
    }
    Ok(patch)
}

/// Adds the members of one object's text to those of another.
fn merge(text: &mut String, other: &str) {
    if let (Some(open), Some(inner)) = (text.strip_suffix('}'), other.strip_prefix('{')) {
        let comma = if open.len() > 1 && inner.len() > 1 { "," } else { "" };
        *text = format!("{open}{comma}{inner}");
    }
}

/// A value as the dialect writes it.
fn as_written(
    veld: Veld,
    text: Option<&str>,
    genders: Option<&GenderWords>,
    dates: Option<&DateForm>,
) -> Result<Option<String>, Failure> {
    let Some(text) = text else { return Ok(None) };
    Ok(Some(match (veld, genders, dates) {
        (Veld::Geslacht, Some(words), _) => {
            gender_written(text, words).ok_or_else(|| no_place(veld.name()))?.to_owned()
        }
        (Veld::Geboortedatum, _, Some(form)) => date_written(text, form),
        _ => text.to_owned(),
    }))
}

#[cfg(test)]
#[path = "changing_tests.rs"]
mod tests;
