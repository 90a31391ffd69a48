//! Carrying values across: what each side says in canonical form, and how one side's value is written on the other.
//!
//! Canonical forms are compared, the user's own spelling is written.

use std::cmp::Ordering;

use crate::advocaatcentraal::{self, Record as _, Veld};
use crate::link::{Fingerprint, Link, Side, Subject};
use crate::mapping::cells::{CellView, SlotView, cells};
use crate::mapping::records::{AcRecord, Place, TribeSide, had_address};
use crate::mapping::tables::{AcField, Row, TribeField, address_rows};
use crate::relation::{AddressPart, AddressType, CivilDate, Form, Gender, HouseNumber, Presence, Unreadable};
use crate::tribe::{AddressSlot, Edit, Profile, Property, Record};

/// The other side cannot hold the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the value does not fit the field on the other side")]
pub struct Unfit;

/// What is needed to carry values across.
#[derive(Clone, Copy)]
pub struct FieldMapper<'a> {
    /// Of the Tribe tenant.
    pub profile: &'a Profile,
    /// The property of a contact that holds the function.
    pub function_property: &'a str,
}

impl FieldMapper<'_> {
    /// What AC says about a cell, in canonical form.
    pub fn ac_value(&self, cell: &CellView, ac: &AcRecord) -> Presence {
        match cell.row.ac {
            AcField::Address(address_type, AddressPart::Huisnummer) => match house_number_in_ac(ac, address_type) {
                Ok(Some(house_number)) => Presence::of(house_number.canonical()),
                Ok(None) => Presence::Absent,
                Err(Unreadable) => Presence::Unreadable,
            },
            _ => self.canonical(cell.row.form, &spelled_in_ac(cell, ac)),
        }
    }

    /// A cell's value as AC's user wrote it; none if it is empty or not said.
    pub fn spelled_in_ac(&self, cell: &CellView, ac: &AcRecord) -> Option<String> {
        spelled_in_ac(cell, ac).text().map(str::to_owned)
    }

    /// Whether AC has an address that goes to a slot of that kind of record.
    pub fn has_address(&self, subject: &Subject, ac: &AcRecord) -> bool {
        cells(subject, &[])
            .iter()
            .any(|cell| matches!(cell.row.ac, AcField::Address(..)) && self.ac_value(cell, ac).text().is_some())
    }

    /// What Tribe says about a slot, in canonical form.
    ///
    /// A slot without an address says that its fields are empty as long as none was agreed on. After that the
    /// address is one that a user removed, and says nothing: nothing is emptied for it.
    pub fn tribe_value(&self, row: &Row, slot: &SlotView, side: &TribeSide, link: &Link) -> Presence {
        let (record, property) = match self.find(slot, side) {
            Found::Record(record, property) => (record, property),
            Found::NoAddress(of) => {
                return if is_known(of, link) { Presence::Absent } else { Presence::Empty };
            }
            Found::Nothing => return Presence::Absent,
        };
        if self.is_part_of_name(row, record) {
            return Presence::Absent;
        }
        if !self.profile.retyped(slot.entity, property, self.function_property).is_empty() {
            return Presence::Unreadable;
        }
        match property {
            Property::HouseNumber => match record.house_number() {
                Ok(Some(house_number)) => Presence::of(house_number.canonical()),
                Ok(None) => Presence::Absent,
                Err(Unreadable) => Presence::Unreadable,
            },
            Property::Gender => self.choice(record, property, |profile, row| profile.gender(row)),
            Property::Country => self.choice(record, property, |profile, row| profile.country(row)),
            _ => self.canonical(row.form, &record.text(property, self.function_property)),
        }
    }

    /// Which side's value of a slot is a beginning of the other's, if one is: so a system leaves it that cuts what it is
    /// sent.
    pub fn is_cut(
        &self,
        cell: &CellView,
        slot: &SlotView,
        ac: &AcRecord,
        (side, link): (&TribeSide, &Link),
    ) -> Option<Side> {
        let (ac, tribe) = (self.ac_value(cell, ac), self.tribe_value(cell.row, slot, side, link));
        let (ac, tribe) = (ac.text()?, tribe.text()?);
        match ac.len().cmp(&tribe.len()) {
            Ordering::Greater => ac.starts_with(tribe).then_some(Side::Tribe),
            Ordering::Less => tribe.starts_with(ac).then_some(Side::AdvocaatCentraal),
            Ordering::Equal => None,
        }
    }

    /// Whether a slot is one of an address that both sides agreed on, or that was made along with its record, and that Tribe
    /// has no more.
    pub fn is_removed(&self, slot: &SlotView, side: &TribeSide, link: &Link) -> bool {
        matches!(self.find(slot, side), Found::NoAddress(of) if is_known(of, link))
    }

    /// Whether a slot holds only a part of what AC has in one field, the rest of which stands beside it: then it says
    /// nothing (D13).
    pub fn is_split(&self, row: &Row, slot: &SlotView, side: &TribeSide) -> bool {
        match self.find(slot, side) {
            Found::Record(record, _) => self.is_part_of_name(row, record),
            Found::NoAddress(_) | Found::Nothing => false,
        }
    }

    fn is_part_of_name(&self, row: &Row, record: &Record) -> bool {
        let mut beside = row.beside.iter().map(|property| record.text(*property, self.function_property));
        beside.any(|said| !matches!(said, Presence::Absent | Presence::Empty))
    }

    /// A row that is not understood cannot be read: it is not taken over.
    fn choice(
        &self,
        record: &Record,
        property: Property,
        canonical: impl for<'p> Fn(&'p Profile, &crate::relation::TribeId) -> Option<&'p str>,
    ) -> Presence {
        match record.choice(property) {
            Err(Unreadable) => Presence::Unreadable,
            Ok(None) => Presence::Absent,
            Ok(Some(None)) => Presence::Empty,
            Ok(Some(Some(row))) => match canonical(self.profile, &row) {
                Some(known) => Presence::of(known),
                None => Presence::Unreadable,
            },
        }
    }

    /// Puts AC's value into an edit of the Tribe record that has the field. What AC does not say, or not in a form that
    /// can be read, does not fit.
    pub fn to_tribe(&self, cell: &CellView, ac: &AcRecord, field: TribeField, edit: &mut Edit) -> Result<(), Unfit> {
        let property = field.property();
        if let (Property::HouseNumber, AcField::Address(address_type, _)) = (property, cell.row.ac) {
            let house_number = house_number_in_ac(ac, address_type).ok().flatten();
            edit.house_number(&house_number.ok_or(Unfit)?.to_tribe());
            return Ok(());
        }
        self.spelled_to_tribe(cell.row, &spelled_in_ac(cell, ac), property, edit)
    }

    /// Puts a text into an edit of the Tribe record that has the field; none empties it.
    pub fn text_to_tribe(
        &self,
        row: &Row,
        text: Option<&str>,
        field: TribeField,
        edit: &mut Edit,
    ) -> Result<(), Unfit> {
        let property = field.property();
        if property == Property::HouseNumber {
            edit.house_number(&in_one_text(text).to_tribe());
            return Ok(());
        }
        self.spelled_to_tribe(row, &Presence::of(text.unwrap_or_default()), property, edit)
    }

    fn spelled_to_tribe(
        &self,
        row: &Row,
        spelled: &Presence,
        property: Property,
        edit: &mut Edit,
    ) -> Result<(), Unfit> {
        let canonical = self.canonical(row.form, spelled);
        if matches!(canonical, Presence::Absent | Presence::Unreadable) {
            return Err(Unfit);
        }
        match (property, canonical.text()) {
            (Property::Gender | Property::Country, None) => edit.choice(property, None),
            (Property::Gender, Some(gender)) => {
                edit.choice(property, Some(self.profile.gender_row(gender).ok_or(Unfit)?));
            }
            (Property::Country, Some(_)) => {
                let row = spelled.text().and_then(|country| self.profile.country_row(country));
                edit.choice(property, Some(row.ok_or(Unfit)?));
            }
            (Property::BirthDate, Some(date)) => {
                let date = CivilDate::parse(date).ok_or(Unfit)?;
                edit.text(property, Some(&date.to_string()), self.function_property);
            }
            // A KvK number is eight digits; a lost leading zero is put back.
            (Property::ChamberOfCommerceNumber, Some(number)) => {
                edit.text(property, Some(number), self.function_property);
            }
            (_, Some(_)) => edit.text(property, spelled.text(), self.function_property),
            (_, None) => edit.text(property, None, self.function_property),
        }
        Ok(())
    }

    /// A text as a value of a field, in canonical form.
    pub fn text_value(&self, row: &Row, text: &str) -> Presence {
        self.canonical(row.form, &Presence::of(text))
    }

    /// Puts a slot's value into an edit of the AC record; an address that AC has no place for is added there.
    pub fn to_ac(
        &self,
        cell: &CellView,
        slot: &SlotView,
        side: &TribeSide,
        ac: &AcRecord,
        edit: &mut advocaatcentraal::Edit,
    ) {
        if let (AcField::Address(address_type, _), Place::Room) = (cell.row.ac, ac.place(cell)) {
            edit.adds_adres(address_type);
        }
        if let AcField::Address(address_type, AddressPart::Huisnummer) = cell.row.ac {
            let current = house_number_in_ac(ac, address_type).ok().flatten().unwrap_or_default();
            if let Found::Record(record, _) = self.find(slot, side)
                && let Ok(Some(house_number)) = record.house_number()
            {
                edit.huisnummer(address_type, &house_number.to_ac(&current));
            }
            return;
        }
        self.text_to_ac(cell, self.spelled_in_tribe(cell.row, slot, side).as_deref(), ac, edit);
    }

    /// Puts a text into an edit of the AC record; none empties the field. A house number goes to its two members, laid
    /// out as AC has it.
    pub fn text_to_ac(&self, cell: &CellView, text: Option<&str>, ac: &AcRecord, edit: &mut advocaatcentraal::Edit) {
        if let Some(koppeling) = ac.one_of_several(cell) {
            edit.at(&koppeling);
        }
        match (cell.row.ac, &cell.organisation) {
            (AcField::Address(address_type, AddressPart::Huisnummer), _) => {
                let current = house_number_in_ac(ac, address_type).ok().flatten().unwrap_or_default();
                edit.huisnummer(address_type, &in_one_text(text).to_tribe().to_ac(&current));
            }
            (AcField::Own(veld), _) => edit.veld(veld, text),
            (AcField::Functie, Some(at)) => edit.functie(at, text),
            (AcField::Doorkiesnummer, Some(at)) => edit.doorkiesnummer(at, text),
            (AcField::Functie | AcField::Doorkiesnummer, None) => {}
            (AcField::Address(address_type, part), _) => edit.adres(address_type, part, text),
        }
    }

    /// A slot's value as it stands in Tribe, though it cannot be read; none where it has no plain spelling.
    pub fn unreadable_in_tribe(&self, slot: &SlotView, side: &TribeSide) -> Option<String> {
        match self.find(slot, side) {
            Found::Record(record, property) => record.as_written(property, self.function_property),
            Found::NoAddress(_) | Found::Nothing => None,
        }
    }

    /// A slot's value as a user would write it; none if it is empty or cannot be read.
    pub fn spelled_in_tribe(&self, row: &Row, slot: &SlotView, side: &TribeSide) -> Option<String> {
        let Found::Record(record, property) = self.find(slot, side) else {
            return None;
        };
        match property {
            Property::HouseNumber => {
                let HouseNumber { huisnummer, toevoeging } =
                    record.house_number().ok()??.to_ac(&HouseNumber::default());
                Some(format!("{huisnummer} {toevoeging}").trim().to_owned())
            }
            Property::Gender => self.profile.gender(&record.choice(property).ok()???).map(str::to_owned),
            Property::Country => self.profile.country_spelled(&record.choice(property).ok()???).map(str::to_owned),
            _ => {
                let spelled = record.text(property, self.function_property);
                match self.canonical(row.form, &spelled) {
                    Presence::Present(date) if row.form == Form::Date => Some(date),
                    Presence::Present(_) => spelled.text().map(str::to_owned),
                    Presence::Absent | Presence::Unreadable | Presence::Empty => None,
                }
            }
        }
    }

    /// The gender of a contact person for which the tenant has no row, though it has others: it is empty there.
    pub fn gender_without_row(&self, ac: &AcRecord) -> Option<&'static str> {
        let gender = ac.contactpersoon()?.field(Veld::Geslacht);
        Gender::parse(gender.text()?).map(Gender::code).filter(|code| self.profile.lacks_gender(code))
    }

    /// What two spellings of a value have in common, for comparing; a gender that the tenant has no row for is empty.
    fn canonical(&self, form: Form, spelled: &Presence) -> Presence {
        let Presence::Present(text) = spelled else { return spelled.clone() };
        match form {
            // A date that is none, or only a year, cannot be compared or carried.
            Form::Date => {
                CivilDate::parse(text).map_or(Presence::Unreadable, |date| Presence::Present(date.to_string()))
            }
            Form::Gender => match Gender::parse(text).map(Gender::code) {
                None => Presence::Unreadable,
                Some(code) if self.profile.lacks_gender(code) => Presence::Empty,
                Some(code) => Presence::of(code),
            },
            Form::Country => match self.profile.country_row(text).and_then(|row| self.profile.country(row)) {
                Some(known) => Presence::of(known),
                None => Presence::of(form.canonical(text)),
            },
            _ => Presence::of(form.canonical(text)),
        }
    }

    fn find<'s>(&self, slot: &SlotView, side: &'s TribeSide) -> Found<'s> {
        match (slot.field, &slot.organisation) {
            (TribeField::Relation(property), _) => Found::of(side.relation.as_ref(), property),
            (TribeField::Contact(property), Some(at)) => Found::of(side.contacts.get(at), property),
            (TribeField::Contact(_), None) => Found::Nothing,
            (TribeField::Address(address, property), _) => match side.address(address) {
                None => Found::Nothing,
                Some(None) => Found::NoAddress(address),
                Some(Some(record)) => Found::Record(record, property),
            },
        }
    }
}

/// What a slot leads to.
enum Found<'s> {
    Record(&'s Record, Property),
    NoAddress(AddressSlot),
    Nothing,
}

impl<'s> Found<'s> {
    fn of(record: Option<&'s Record>, property: Property) -> Self {
        record.map_or(Self::Nothing, |record| Self::Record(record, property))
    }
}

/// Whether both sides agreed on an address in that slot, or one was sent with a record that was made, and never seen.
fn is_known(slot: AddressSlot, link: &Link) -> bool {
    let mut sent = address_rows(slot).iter().filter_map(|row| link.sent.get(row.name));
    had_address(slot, link) || sent.any(|base| base.tribe != Fingerprint::EMPTY)
}

/// AC's own spelling.
fn spelled_in_ac(cell: &CellView, ac: &AcRecord) -> Presence {
    match cell.row.ac {
        AcField::Own(veld) => ac.common().field(veld),
        AcField::Address(of, part) => ac.address(of).map_or(Presence::Absent, |address| address.part(part)),
        AcField::Functie => ac.koppeling(cell).map_or(Presence::Absent, |koppeling| koppeling.functie),
        AcField::Doorkiesnummer => ac.koppeling(cell).map_or(Presence::Absent, |koppeling| koppeling.doorkiesnummer),
    }
}

/// A house number that was kept as one text.
fn in_one_text(text: Option<&str>) -> HouseNumber {
    HouseNumber { huisnummer: text.unwrap_or_default().to_owned(), toevoeging: String::new() }
}

fn house_number_in_ac(ac: &AcRecord, address_type: AddressType) -> Result<Option<HouseNumber>, Unreadable> {
    ac.address(address_type).map_or(Ok(None), |address| address.house_number())
}
