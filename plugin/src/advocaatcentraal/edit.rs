//! What to change on a record.

use std::fmt;

use litemap::LiteMap;

use super::adres::Adressen;
use super::contactpersoon::{Contactpersoon, Koppeling, Said};
use super::record::Velden;
use super::veld::{DOORKIESNUMMER, FUNCTIE, Veld};
use crate::relation::{AddressPart, AddressType, HouseNumber, Presence, RelatieId, Unreadable};
use crate::set::Set;

/// What is set of an address: a part, or the house number as it is laid out.
#[derive(Clone, Default, PartialEq, Eq)]
pub(super) struct AdresEdit {
    pub(super) parts: LiteMap<AddressPart, Option<String>>,
    pub(super) huisnummer: Option<HouseNumber>,
}

/// New values for fields of one record; none empties a field. `Debug` tells which fields, not what.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Edit {
    pub(super) velden: LiteMap<Veld, Option<String>>,
    pub(super) adressen: LiteMap<AddressType, AdresEdit>,
    /// The types of which an address is added where there is none.
    pub(super) new_adressen: Set<AddressType>,
    pub(super) koppelingen: LiteMap<RelatieId, LiteMap<&'static str, Option<String>>>,
    /// Of several koppelingen with one relation, what the one says that is changed.
    pub(super) meant: LiteMap<RelatieId, Said>,
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
    /// one text goes to the number whole: see [`Edit::huisnummer`].
    pub fn adres(&mut self, address_type: AddressType, part: AddressPart, text: Option<&str>) {
        let text = not_blank(text);
        let edit = self.adressen.entry(address_type).or_default();
        if part == AddressPart::Huisnummer {
            let huisnummer = text.unwrap_or_default();
            edit.huisnummer = Some(HouseNumber { huisnummer, toevoeging: String::new() });
        } else {
            edit.parts.insert(part, text);
        }
    }

    /// Sets or empties the house number of the address of that type.
    pub fn huisnummer(&mut self, address_type: AddressType, house_number: &HouseNumber) {
        self.adressen.entry(address_type).or_default().huisnummer = Some(house_number.clone());
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

    /// Whether the places to be changed hold the same on both, as far as the earlier reading says anything of them.
    pub(super) fn finds_the_same(&self, earlier: &Places<'_>, now: &Places<'_>) -> bool {
        let places = self.places(earlier).into_iter().zip(self.places(now));
        let is_same = |earlier: &Presence, now: &Presence| *now != Presence::Unreadable && earlier.text() == now.text();
        places.into_iter().all(|(earlier, now)| earlier.is_absent() || is_same(&earlier, &now))
    }

    /// What the record says at each place to be changed. An address that is not there says that each part is empty,
    /// unless the record says nothing of addresses; and so does a koppeling.
    fn places(&self, record: &Places<'_>) -> Vec<Presence> {
        let mut places: Vec<Presence> = self.velden.keys().map(|veld| record.velden.field(*veld)).collect();
        let adressen = record.adressen;
        for (address_type, edit) in &self.adressen {
            let without = if adressen.all().is_some() { Presence::Empty } else { Presence::Absent };
            let adres = adressen.choose(*address_type);
            let of_part = |part: &AddressPart| adres.map_or(without.clone(), |adres| adres.part(*part));
            places.extend(edit.parts.keys().map(of_part));
            if edit.huisnummer.is_some() {
                places.extend(match adres.map(|adres| adres.house_number()) {
                    None => [without.clone(), without],
                    Some(Err(Unreadable)) => [Presence::Unreadable, Presence::Unreadable],
                    Some(Ok(None)) => [Presence::Absent, Presence::Absent],
                    Some(Ok(Some(number))) => [Presence::of(number.huisnummer), Presence::of(number.toevoeging)],
                });
            }
        }
        for (relatie_id, members) in &self.koppelingen {
            let without = if record.says_koppelingen() { Presence::Empty } else { Presence::Absent };
            let koppeling =
                record.person.and_then(|person| person.koppeling_to_change(relatie_id, self.meant.get(relatie_id)));
            places.extend(members.keys().map(|member| match koppeling {
                None => without.clone(),
                Some(koppeling) if *member == FUNCTIE => koppeling.functie.clone(),
                Some(koppeling) => koppeling.doorkiesnummer.clone(),
            }));
        }
        places
    }
}

/// A record, as far as an edit looks at it.
pub(super) struct Places<'r> {
    pub(super) velden: &'r Velden,
    pub(super) adressen: &'r Adressen,
    pub(super) person: Option<&'r Contactpersoon>,
}

impl Places<'_> {
    fn says_koppelingen(&self) -> bool {
        self.person.is_some_and(Contactpersoon::says_koppelingen)
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
