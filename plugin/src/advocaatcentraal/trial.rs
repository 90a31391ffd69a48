//! Trying a dialect: a record is written back as it was read, and read again.

use dialect::{AddressPlace, Addresses, Field, Parts, Person, Persons, Pick, Place, Pointer, Positions, Version};

use super::adres::place_of;
use super::changing::{Changing, finished, ids, within_parent};
use super::contactpersoon::Contactpersoon;
use super::json::{Object, Value};
use super::oddity::picked;
use super::relatie::Soort;
use super::tags::Tags;
use super::veld::{BEDRIJF, CONTACTPERSOON, PARTICULIER, Veld};
use super::writing::Stored;
use super::{Client, Edit};
use crate::answer::Failure;
use crate::relation::{AddressType, ContactpersoonId, RelatieId};

/// What came of writing a record back as it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trial {
    /// Every member is as it was, but for the stamp and the version.
    AsBefore,
    /// These members are not: pointers into the record, rows counted from 0; never a value.
    Changed(Vec<String>),
}

impl Client<'_> {
    /// Writes a relation back as it is, and compares what AC has then.
    ///
    /// [`Failure::Changed`] if someone changed it meanwhile.
    pub fn try_relatie(&self, id: &RelatieId) -> Result<Trial, Failure> {
        let read = self.relatie(id)?;
        let of = &self.dialect().relations.record;
        let mut changing = Changing::new(&read.raw, &self.dialect().writing);
        let (velden, is_organisation) = match read.soort() {
            Soort::Bedrijf => (BEDRIJF, true),
            Soort::Particulier => (PARTICULIER, false),
            Soort::Onbekend => (&[] as &[Veld], false),
        };
        let fields = velden.iter().filter_map(|veld| veld.of_relation(of, is_organisation));
        fields.for_each(|field| touch_field(&mut changing, &read.raw, field));
        touch_addresses(&mut changing, &read.raw, &of.addresses);
        let body = changing.body(&read.raw, &ids(&of.addresses))?.unwrap_or_default();
        let body = finished(body, &self.dialect().writing)?;
        self.write_back(&read, body, |read| &read.raw)
    }

    /// The same with a contact person.
    pub fn try_contactpersoon(&self, id: &ContactpersoonId) -> Result<Trial, Failure> {
        let read = self.contactpersoon(id)?;
        let dialect = self.dialect();
        let of = dialect.person().ok_or(Failure::Gone)?;
        let mut changing = Changing::new(&read.raw, &dialect.writing);
        let fields = CONTACTPERSOON.iter().filter_map(|veld| veld.of_person(of));
        fields.for_each(|field| touch_field(&mut changing, &read.raw, field));
        touch_addresses(&mut changing, &read.raw, &of.addresses);
        touch_positions(&mut changing, &read.raw, of);
        let body = changing.body(&read.raw, &ids(&of.addresses))?.unwrap_or_default();
        let body = match (&dialect.persons, &read.within) {
            (Persons::Inside(inside), Some(within)) => {
                let parent = within.record.as_ref().ok_or(Failure::Changed)?;
                within_parent(parent, within.row, (body, &read.raw), inside, dialect)?
            }
            _ => body,
        };
        self.write_back(&read, finished(body, &dialect.writing)?, whole)
    }

    /// As every write, without the tag where that fits nothing: somebody changed the record only if it reads otherwise.
    fn write_back<R: Stored>(&self, read: &R, body: String, whole: fn(&R) -> &Object) -> Result<Trial, Failure> {
        let tag = self.tag(read);
        match self.send(read, &Edit::new(), body.clone(), tag) {
            Err(Failure::Changed) if tag.is_some() && matches!(self.dialect().writing.version, Version::Etag) => {
                let fresh = read.read_again(self)?;
                if whole(&fresh).to_text() != whole(read).to_text() {
                    return Err(Failure::Changed);
                }
                self.send(&fresh, &Edit::new(), body, None)?;
                self.tags.set(Some(Tags::DoNotFit { since: self.clock.now() }));
            }
            written => drop(written?),
        }
        let stored = read.read_again(self)?;
        Ok(self.compare(whole(read), whole(&stored)))
    }

    /// What AC is to change with every write is no change.
    fn compare(&self, before: &Object, after: &Object) -> Trial {
        let dialect = self.dialect();
        let mut expected: Vec<Pointer> = Vec::new();
        expected.extend(dialect.relations.record.changed.iter().map(|stamp| stamp.at.clone()));
        if let Some(stamp) = dialect.person().and_then(|person| person.changed.as_ref()) {
            expected.push(stamp.at.clone());
            if let Persons::Inside(inside) = &dialect.persons {
                expected.push(inside.rows.then(&stamp.at));
            }
        }
        if let Version::Member(version) = &dialect.writing.version {
            expected.push(version.clone());
        }
        let mut changed = Vec::new();
        differing(before, after, &mut Vec::new(), &mut changed);
        changed.retain(|at| {
            let names = || {
                at.iter().filter_map(|step| match step {
                    Step::Member(name) => Some(name),
                    Step::Row(_) => None,
                })
            };
            !expected.iter().any(|pointer| pointer.parts().iter().eq(names()))
        });
        if changed.is_empty() { Trial::AsBefore } else { Trial::Changed(changed.iter().map(|at| text(at)).collect()) }
    }
}

/// The record that AC keeps: the relation's, where the person stands in it.
fn whole(read: &Contactpersoon) -> &Object {
    read.within.as_ref().and_then(|within| within.record.as_ref()).unwrap_or(&read.raw)
}

fn touch_field(changing: &mut Changing<'_>, record: &Object, field: &Field) {
    match &field.place {
        Place::At(pointer) => changing.touch(record, pointer),
        Place::Pick(Pick { list, words, at }) => {
            let rows = record.list(list).ok().flatten().unwrap_or_default();
            if let Some((row, _)) = picked(&rows, words) {
                changing.touch_row(record, list, row, &[at]);
            }
        }
    }
}

fn touch_addresses(changing: &mut Changing<'_>, record: &Object, addresses: &Addresses) {
    match addresses {
        Addresses::None => {}
        Addresses::Rows(rows) => {
            let count = record.list(&rows.at).ok().flatten().unwrap_or_default().len();
            (0..count).for_each(|row| changing.touch_row(record, &rows.at, row, &members(&rows.parts)));
        }
        Addresses::Places(places) => {
            for AddressPlace { at, parts } in AddressType::ALL.into_iter().filter_map(|of| place_of(places, of)) {
                for member in members(parts) {
                    let member = at.as_ref().map_or_else(|| member.clone(), |at| at.then(member));
                    changing.touch(record, &member);
                }
            }
        }
    }
}

fn touch_positions(changing: &mut Changing<'_>, record: &Object, of: &Person) {
    let (rows, functie, doorkiesnummer) = match &of.positions {
        Positions::At(at) => (at.rows.as_ref(), &at.functie, &at.doorkiesnummer),
        Positions::Inside(inside) => (None, &inside.functie, &inside.doorkiesnummer),
    };
    let members: Vec<&Pointer> = functie.iter().chain(doorkiesnummer).collect();
    match rows {
        None => members.into_iter().for_each(|member| changing.touch(record, member)),
        Some(list) => {
            let count = record.list(list).ok().flatten().unwrap_or_default().len();
            (0..count).for_each(|row| changing.touch_row(record, list, row, &members));
        }
    }
}

/// The members in which the parts of an address stand.
fn members(parts: &Parts) -> Vec<&Pointer> {
    let of_number: Vec<&Pointer> = match &parts.huisnummer {
        dialect::HouseNumber::None | dialect::HouseNumber::InStreet => Vec::new(),
        dialect::HouseNumber::One(at) => vec![at],
        dialect::HouseNumber::Two(two) => vec![&two.number, &two.suffix],
        dialect::HouseNumber::Three(three) => vec![&three.number, &three.letter, &three.suffix],
    };
    let others = [&parts.straat, &parts.postcode, &parts.plaats, &parts.land];
    others.into_iter().flatten().chain(of_number).collect()
}

/// A step on the way to a member.
#[derive(Clone)]
enum Step {
    Member(String),
    Row(usize),
}

fn text(way: &[Step]) -> String {
    let mut text = String::new();
    for step in way {
        text.push('/');
        match step {
            Step::Member(name) => text.push_str(&name.replace('~', "~0").replace('/', "~1")),
            Step::Row(row) => text.push_str(&row.to_string()),
        }
    }
    text
}

/// The ways to the members that are not the same in both.
fn differing(before: &Object, after: &Object, way: &mut Vec<Step>, found: &mut Vec<Vec<Step>>) {
    let new = after.names().filter(|name| before.get(name).is_none());
    for name in before.names().chain(new) {
        let (before, after) = (before.get(name), after.get(name));
        if before.map(|value| value.get()) == after.map(|value| value.get()) {
            continue;
        }
        way.push(Step::Member(name.to_owned()));
        match (before.map(Value::of), after.map(Value::of)) {
            (Some(before), Some(after)) => compare_values(&before, &after, way, found),
            _ => found.push(way.clone()),
        }
        way.pop();
    }
}

fn compare_values(before: &Value<'_>, after: &Value<'_>, way: &mut Vec<Step>, found: &mut Vec<Vec<Step>>) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => differing(before, after, way, found),
        (Value::List(before), Value::List(after)) if before.len() == after.len() => {
            for (row, (before, after)) in before.iter().zip(after).enumerate() {
                if before.get() != after.get() {
                    way.push(Step::Row(row));
                    compare_values(&Value::of(before), &Value::of(after), way, found);
                    way.pop();
                }
            }
        }
        // Another spelling of the same text.
        (Value::Text(before), Value::Text(after)) if before == after => {}
        _ => found.push(way.clone()),
    }
}

#[cfg(test)]
#[path = "trial_tests.rs"]
mod tests;
