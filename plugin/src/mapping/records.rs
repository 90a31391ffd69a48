//! The records of both sides, as the tables see them.

use litemap::LiteMap;

use crate::advocaatcentraal::{self, Adres, Contactpersoon, Koppeling, Relatie, Soort};
use crate::link::{Fingerprint, Link, Part, Subject};
use crate::mapping::cells::{CellView, SlotView};
use crate::mapping::tables::{AcField, TribeField, address_rows};
use crate::relation::{AddressType, RelatieId};
use crate::tribe::{AddressSlot, Record};

/// A record of AC's.
#[derive(Clone, Debug)]
pub enum AcRecord {
    /// A company or a private person.
    Relatie(Relatie),
    /// A contact person.
    Contactpersoon(Contactpersoon),
}

impl AcRecord {
    /// What it is; none for a relation of an unknown kind.
    pub fn subject(&self) -> Option<Subject> {
        match self {
            Self::Contactpersoon(person) => Some(Subject::ContactPerson(person.id().clone())),
            Self::Relatie(relatie) => match relatie.soort() {
                Soort::Bedrijf => Some(Subject::Organisation(relatie.id().clone())),
                Soort::Particulier => Some(Subject::PrivatePerson(relatie.id().clone())),
                Soort::Onbekend => None,
            },
        }
    }

    /// The relation, if it is one.
    pub fn relatie(&self) -> Option<&Relatie> {
        match self {
            Self::Relatie(relatie) => Some(relatie),
            Self::Contactpersoon(_) => None,
        }
    }

    /// The contact person, if it is one.
    pub fn contactpersoon(&self) -> Option<&Contactpersoon> {
        match self {
            Self::Relatie(_) => None,
            Self::Contactpersoon(person) => Some(person),
        }
    }

    /// What both kinds can be asked.
    pub fn common(&self) -> &dyn advocaatcentraal::Record {
        match self {
            Self::Relatie(relatie) => relatie,
            Self::Contactpersoon(person) => person,
        }
    }

    /// The address of that type that is synced, if there is one.
    pub fn address(&self, address_type: AddressType) -> Option<&Adres> {
        self.common().adres(address_type).flatten()
    }

    /// The koppeling in which a cell's field stands, if there is one.
    pub fn koppeling(&self, cell: &CellView) -> Option<Koppeling> {
        let mut koppelingen = self.contactpersoon()?.koppelingen()?.into_iter();
        koppelingen.find(|koppeling| Some(&koppeling.relatie_id) == cell.organisation.as_ref())
    }

    /// The same, where there are several with that organisation: to be told from the others.
    pub fn one_of_several(&self, cell: &CellView) -> Option<Koppeling> {
        let organisation = cell.organisation.as_ref()?;
        self.contactpersoon()?.doubled().contains_key(organisation).then(|| self.koppeling(cell)).flatten()
    }

    /// Whether it has what a cell's field stands on: itself, the koppeling, or the address.
    pub fn place(&self, cell: &CellView) -> Place {
        let place = |stands| if stands { Place::Stands } else { Place::Nowhere };
        match cell.row.ac {
            AcField::Own(_) => Place::Stands,
            AcField::Functie | AcField::Doorkiesnummer => place(self.koppeling(cell).is_some()),
            AcField::Address(of, _) if self.common().has_room(of) => Place::Room,
            AcField::Address(of, _) => place(self.address(of).is_some()),
        }
    }

    /// The types of the manual's among its addresses.
    pub fn address_types(&self) -> Vec<AddressType> {
        AddressType::ALL.into_iter().filter(|address_type| self.address(*address_type).is_some()).collect()
    }
}

/// Whether a record of AC's has what a field stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// It has.
    Stands,
    /// It has no such address, and one can be added (D12).
    Room,
    /// It has not, or does not say so.
    Nowhere,
}

/// What stands in Tribe for one AC record.
#[derive(Clone, Debug, Default)]
pub struct TribeSide {
    /// The organisation or person, with its addresses.
    pub relation: Option<Record>,
    /// The contact relationships, by the organisation's AC id.
    pub contacts: LiteMap<RelatieId, Record>,
    /// The slot that holds the address of another slot, and so has none of its own (D12).
    pub shares: Option<AddressSlot>,
}

impl TribeSide {
    /// The address in that slot; the outer none says that nothing is known of it, the inner that there is none.
    pub fn address(&self, slot: AddressSlot) -> Option<Option<&Record>> {
        let address = self.relation.as_ref()?.address(slot)?;
        Some(address.filter(|_| self.shares != Some(slot)))
    }

    /// Finds the slot that holds the address of another. The address belongs to the one in which both sides agreed on an
    /// address; where that is none or each, to the first.
    pub fn find_shared(&mut self, link: &Link) {
        let Some(relation) = &self.relation else { return };
        let id = |slot: &AddressSlot| relation.address(*slot).flatten().map(Record::id);
        let all = AddressSlot::ALL;
        let double = all.iter().enumerate().find_map(|(place, slot)| {
            let other = all.iter().take(place).find(|other| id(slot).is_some() && id(other) == id(slot))?;
            Some((*other, *slot))
        });
        self.shares = double.map(|(first, second)| match (had_address(first, link), had_address(second, link)) {
            (false, true) => first,
            _ => second,
        });
    }

    /// The record that has a slot; none where it is not known, or not there.
    pub fn holder(&self, slot: &SlotView) -> Option<&Record> {
        match (slot.field, &slot.organisation) {
            (TribeField::Relation(_), _) => self.relation.as_ref(),
            (TribeField::Address(of, _), _) => self.address(of)?,
            (TribeField::Contact(_), at) => self.contacts.get(at.as_ref()?),
        }
    }

    /// Takes over what Tribe said about a part.
    pub fn take(&mut self, part: &Part, record: Record) {
        match part {
            Part::Relation => match &mut self.relation {
                Some(known) => known.refresh(record),
                None => self.relation = Some(record),
            },
            Part::Contact(organisation) => match self.contacts.get_mut(organisation) {
                Some(known) => known.refresh(record),
                None => drop(self.contacts.insert(organisation.clone(), record)),
            },
            Part::Role(_) | Part::Address(_) => {}
        }
    }

    /// Takes over all that Tribe said in a later reading. What that does not show stays.
    pub fn take_all(&mut self, later: Self) {
        if let Some(record) = later.relation {
            self.take(&Part::Relation, record);
            self.shares = later.shares;
        }
        for (organisation, record) in later.contacts {
            self.take(&Part::Contact(organisation), record);
        }
    }
}

/// Whether both sides agreed on an address in that slot.
pub(super) fn had_address(slot: AddressSlot, link: &Link) -> bool {
    let mut bases = address_rows(slot).iter().filter_map(|row| link.bases.get(row.name));
    bases.any(|base| base.tribe != Fingerprint::EMPTY)
}
