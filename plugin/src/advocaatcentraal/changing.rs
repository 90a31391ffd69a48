//! From an edit to what AC gets: the record as it was read with only the edited places changed, whole or as a patch.

use dialect::{
    AddressPlace, Addresses, Dialect, Field, ListRule, Method, Person, PersonsInside, Pick, Place, Pointer, Position,
    PositionInside, Positions, Version, Writing,
};

use super::adres::{Adres, place_of};
use super::contactpersoon::Contactpersoon;
use super::edit::{AdresEdit, Edit};
use super::json::Object;
use super::laid_out::members;
use super::oddity::picked;
use super::record::Record;
use super::relatie::{Relatie, Soort};
use super::spelled::{Set, as_written, no_place};
use super::veld::{ADRESSEN, FUNCTIE, words};
use crate::answer::Failure;
use crate::relation::AddressType;

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
    /// What of it is not sent.
    read_only: &'d [Pointer],
}

impl<'d> Changing<'d> {
    pub(super) fn new(before: &Object, writing: &'d Writing) -> Self {
        Self { after: before.clone(), touched: Vec::new(), is_changed: false, writing, read_only: &writing.read_only }
    }

    /// The same inside another record: what is not sent stands in that one.
    fn inside(before: &Object, writing: &'d Writing) -> Self {
        Self { read_only: &[], ..Self::new(before, writing) }
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

    /// Puts what is set at its place, if another value stands there.
    fn set(&mut self, set: &Set<'_>) -> Result<(), Failure> {
        let current = self.after.at(set.at).ok().flatten();
        let value = set.value(current.as_deref(), self.writing.empty.as_ref())?;
        if current.is_some_and(|current| current.get() == value) {
            return Ok(());
        }
        self.may_be_sent(set.at, set.name)?;
        self.after.put(set.at, value)?;
        self.is_changed = true;
        self.touched.push(Touched::Member(set.at.clone()));
        Ok(())
    }

    /// What is read only would be left out of the body: the edit would be lost without a word.
    fn may_be_sent(&self, at: &Pointer, name: &'static str) -> Result<(), Failure> {
        let is_read_only = self.read_only.iter().any(|read_only| read_only.overlaps(at));
        if is_read_only { Err(no_place(name)) } else { Ok(()) }
    }

    /// Changes members of a row, each with its text.
    fn set_row(&mut self, list: &Pointer, row: usize, members: &[Set<'_>]) -> Result<(), Failure> {
        let mut rows = self.after.list(list).map_err(|_| Failure::NotUnderstood)?.unwrap_or_default();
        let place = rows.get_mut(row).ok_or(Failure::Changed)?;
        let mut object = Object::of(place).ok_or(Failure::NotUnderstood)?;
        let mut changed = Vec::new();
        for set in members {
            let current = object.at(set.at).ok().flatten();
            let value = set.value(current.as_deref(), self.writing.empty.as_ref())?;
            if current.is_none_or(|current| current.get() != value) {
                self.may_be_sent(list, set.name)?;
                object.put(set.at, value)?;
                changed.push(set.at.clone());
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

    fn add_row(&mut self, list: &Pointer, members: &[Set<'_>]) -> Result<(), Failure> {
        let mut rows = self.after.list(list).map_err(|_| Failure::NotUnderstood)?.unwrap_or_default();
        let mut object = Object::default();
        let mut added = Vec::new();
        // What is empty of it is left out.
        for set in members.iter().filter(|set| set.text.is_some()) {
            self.may_be_sent(list, set.name)?;
            object.put(set.at, set.value(None, self.writing.empty.as_ref())?)?;
            added.push(set.at.clone());
        }
        rows.push(object.to_value()?);
        self.after.put_list(list, &rows)?;
        self.is_changed = true;
        self.touched.push(Touched::Row { list: list.clone(), row: rows.len() - 1, members: added });
        Ok(())
    }

    fn set_field(&mut self, field: &Field, text: Option<String>, name: &'static str) -> Result<(), Failure> {
        let Field { place, written } = field;
        let written = *written;
        let Pick { list, words, at } = match place {
            Place::At(at) => return self.set(&Set { at, text, written, name }),
            Place::Pick(pick) => pick,
        };
        let rows = self.after.list(list).map_err(|_| Failure::NotUnderstood)?.unwrap_or_default();
        match (picked(&rows, words), &text) {
            (Some((row, _)), _) => self.set_row(list, row, &[Set { at, text, written, name }]),
            (None, None) => Ok(()),
            (None, Some(_)) => {
                let words = words.iter().map(|(at, words)| Set::text(at, words.first().cloned(), name));
                let members: Vec<Set<'_>> = words.chain([Set { at, text, written, name }]).collect();
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
                        members.insert(0, Set::text(&rows.word, Some(word.ok_or(Failure::Changed)?), ADRESSEN));
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
                for set in members(parts, edit, current)? {
                    let member = at.as_ref().map_or_else(|| set.at.clone(), |at| at.then(set.at));
                    self.set(&Set { at: &member, ..set })?;
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

/// A relation that is changed.
pub(super) fn relation(read: &Relatie, edit: &Edit, dialect: &Dialect) -> Result<Option<String>, Failure> {
    let of = &dialect.relations.record;
    let mut changing = Changing::new(&read.raw, &dialect.writing);
    for (veld, text) in &edit.velden {
        let field = veld.of_relation(of, read.soort() == Soort::Bedrijf).ok_or_else(|| no_place(veld.name()))?;
        changing.set_field(field, text.clone(), veld.name())?;
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
    let writing = &dialect.writing;
    let mut changing =
        if inside.is_some() { Changing::inside(&read.raw, writing) } else { Changing::new(&read.raw, writing) };
    for (veld, text) in &edit.velden {
        let field = veld.of_person(of).ok_or_else(|| no_place(veld.name()))?;
        let text = as_written(*veld, text.as_deref(), of.genders.as_ref(), of.dates.as_ref())?;
        changing.set_field(field, text, veld.name())?;
    }
    changing.set_addresses(&of.addresses, read, edit)?;
    for (relatie_id, members) in &edit.koppelingen {
        let koppeling = read.koppeling_to_change(relatie_id, edit.meant.get(relatie_id)).ok_or(Failure::Changed)?;
        let (functie, phone, rows) = match &of.positions {
            Positions::At(Position { functie, doorkiesnummer, rows, .. }) => (functie, doorkiesnummer, rows.as_ref()),
            Positions::Inside(PositionInside { functie, doorkiesnummer }) => (functie, doorkiesnummer, None),
        };
        let mut set: Vec<Set<'_>> = Vec::with_capacity(members.len());
        for (member, text) in members {
            let pointer = if *member == FUNCTIE { functie } else { phone };
            set.push(Set::text(pointer.as_ref().ok_or_else(|| no_place(member))?, text.clone(), member));
        }
        match (rows, koppeling.row()) {
            (Some(rows), Some(row)) => changing.set_row(rows, row, &set)?,
            _ => set.iter().try_for_each(|set| changing.set(set))?,
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
    if writing.read_only.iter().any(|read_only| read_only.overlaps(&inside.rows)) {
        return Err(Failure::Refused { status: 422, field: None });
    }
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

#[cfg(test)]
#[path = "changing_tests.rs"]
mod tests;
