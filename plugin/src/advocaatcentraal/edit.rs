//! What to change on a record.

use std::fmt;

use litemap::LiteMap;
use serde_json::value::RawValue;

use super::contactpersoon::{self, Koppeling, Said};
use super::json::Object;
use super::veld::{ADRESSEN, DOORKIESNUMMER, FUNCTIE, HUISNUMMER, KOPPELINGEN, TOEVOEGING, Veld, part_json};
use super::{adres, oddity};
use crate::answer::Failure;
use crate::relation::{AddressPart, AddressType, HouseNumber, Presence, RelatieId};
use crate::set::Set;

type Members = LiteMap<&'static str, Option<String>>;

/// New values for fields of one record; none empties a field. `Debug` tells which fields, not what.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Edit {
    velden: LiteMap<Veld, Option<String>>,
    adressen: LiteMap<AddressType, Members>,
    /// The types of which an address is added where there is none.
    new_adressen: Set<AddressType>,
    koppelingen: LiteMap<RelatieId, Members>,
    /// Of several koppelingen with one relation, what the one says that is changed.
    meant: LiteMap<RelatieId, Said>,
}

impl Edit {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Whether nothing is changed.
    pub fn is_empty(&self) -> bool {
        self.velden.is_empty() && self.adressen.is_empty() && self.koppelingen.is_empty()
    }

    /// Sets or empties a field of the record itself.
    pub fn veld(&mut self, veld: Veld, text: Option<&str>) {
        self.velden.insert(veld, not_blank(text));
    }

    /// Sets or empties a part of the address of that type that [`super::Record::adres`] gives. A house number given as
    /// one text goes to `huisnummer` whole: see [`Edit::huisnummer`].
    pub fn adres(&mut self, address_type: AddressType, part: AddressPart, text: Option<&str>) {
        let members = self.adressen.entry(address_type).or_default();
        members.insert(part_json(part), not_blank(text));
        if part == AddressPart::Huisnummer {
            members.insert(TOEVOEGING, None);
        }
    }

    /// Sets or empties the house number of the address of that type.
    pub fn huisnummer(&mut self, address_type: AddressType, house_number: &HouseNumber) {
        let members = self.adressen.entry(address_type).or_default();
        members.insert(HUISNUMMER, not_blank(Some(&house_number.huisnummer)));
        members.insert(TOEVOEGING, not_blank(Some(&house_number.toevoeging)));
    }

    /// What is set of the address of that type makes a new one where there is none. It gets its id from AC (A14).
    pub fn adds_adres(&mut self, address_type: AddressType) {
        self.new_adressen.insert(address_type);
    }

    /// Of several koppelingen with its relation this one is changed.
    pub fn at(&mut self, koppeling: &Koppeling) {
        self.meant.insert(koppeling.relatie_id.clone(), koppeling.said());
    }

    /// Sets or empties the function at that relation.
    pub fn functie(&mut self, relatie_id: &RelatieId, text: Option<&str>) {
        self.koppelingen.entry(relatie_id.clone()).or_default().insert(FUNCTIE, not_blank(text));
    }

    /// Sets or empties the direct number at that relation.
    pub fn doorkiesnummer(&mut self, relatie_id: &RelatieId, text: Option<&str>) {
        self.koppelingen.entry(relatie_id.clone()).or_default().insert(DOORKIESNUMMER, not_blank(text));
    }

    /// Changes the record and nothing else on it.
    ///
    /// [`Failure::Changed`] if a koppeling is not there (any more), or an address that is not to be added.
    /// [`Failure::NotUnderstood`] if a list that it must change is none.
    pub(super) fn apply(&self, record: &mut Object) -> Result<(), Failure> {
        for (veld, text) in &self.velden {
            record.set_text(veld.json(), text.as_deref())?;
        }
        for (address_type, members) in &self.adressen {
            let mut rows = rows(record, ADRESSEN)?;
            match adres::place(&rows, *address_type).and_then(|place| rows.get_mut(place)) {
                Some(row) => change(row, members)?,
                None if self.new_adressen.contains(address_type) => rows.push(new_adres(*address_type, members)?),
                None => return Err(Failure::Changed),
            }
            record.set_list(ADRESSEN, &rows)?;
        }
        for (relatie_id, members) in &self.koppelingen {
            let mut rows = rows(record, KOPPELINGEN)?;
            let row = contactpersoon::place(&rows, relatie_id, self.meant.get(relatie_id))
                .and_then(|place| rows.get_mut(place));
            change(row.ok_or(Failure::Changed)?, members)?;
            record.set_list(KOPPELINGEN, &rows)?;
        }
        Ok(())
    }

    /// Whether the places to be changed hold the same on both, as far as the earlier reading says anything of them.
    pub(super) fn finds_the_same(&self, earlier: &Object, now: &Object) -> bool {
        let places = self.places(earlier).into_iter().zip(self.places(now));
        let is_same = |earlier: &Presence, now: &Presence| *now != Presence::Unreadable && earlier.text() == now.text();
        places.into_iter().all(|(earlier, now)| earlier.is_absent() || is_same(&earlier, &now))
    }

    /// What the record says at each place to be changed.
    fn places(&self, record: &Object) -> Vec<Presence> {
        let mut places: Vec<Presence> = self.velden.keys().map(|veld| veld.read(record)).collect();
        let adressen = record.list(ADRESSEN).ok().flatten();
        for (address_type, members) in &self.adressen {
            places.extend(said(adressen.as_deref(), |rows| adres::place(rows, *address_type), members));
        }
        let koppelingen = record.list(KOPPELINGEN).ok().flatten();
        for (relatie_id, members) in &self.koppelingen {
            let place = |rows: &[Box<RawValue>]| contactpersoon::place(rows, relatie_id, self.meant.get(relatie_id));
            places.extend(said(koppelingen.as_deref(), place, members));
        }
        places
    }
}

impl fmt::Debug for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Edit")
            .field("velden", &self.velden.keys().collect::<Vec<_>>())
            .field("adressen", &self.adressen.keys().collect::<Vec<_>>())
            .field("koppelingen", &self.koppelingen.keys().collect::<Vec<_>>())
            .finish()
    }
}

/// Blank text empties a field as none does.
fn not_blank(text: Option<&str>) -> Option<String> {
    text.filter(|text| !text.trim().is_empty()).map(str::to_owned)
}

fn rows(record: &Object, list: &str) -> Result<Vec<Box<RawValue>>, Failure> {
    Ok(record.list(list).map_err(|_| Failure::NotUnderstood)?.unwrap_or_default())
}

/// A new address; what is empty of it is left out.
fn new_adres(address_type: AddressType, members: &Members) -> Result<Box<RawValue>, Failure> {
    let mut row = adres::new_row(address_type)?;
    for (member, text) in members.iter().filter(|(_, text)| text.is_some()) {
        row.set_text(member, text.as_deref())?;
    }
    row.to_value()
}

fn change(row: &mut Box<RawValue>, members: &Members) -> Result<(), Failure> {
    let mut object = Object::of(row).ok_or(Failure::NotUnderstood)?;
    for (member, text) in members {
        object.set_text(member, text.as_deref())?;
    }
    *row = object.to_value()?;
    Ok(())
}

/// What one row of a list says about each member. A list that is not there says nothing; a list without the row says
/// that each is empty.
fn said(
    rows: Option<&[Box<RawValue>]>,
    place: impl Fn(&[Box<RawValue>]) -> Option<usize>,
    members: &Members,
) -> Vec<Presence> {
    let row = rows.and_then(|rows| rows.get(place(rows)?)).and_then(|row| Object::of(row));
    let said = |member: &&'static str| match (rows, &row) {
        (None, _) => Presence::Absent,
        (Some(_), None) => Presence::Empty,
        (Some(_), Some(row)) => oddity::text(row.get(member)),
    };
    members.keys().map(said).collect()
}
