//! The records of both sides, as the tables see them.

use std::collections::BTreeMap;

use crate::advocaatcentraal::{self, Adres, Contactpersoon, Koppeling, Relatie, Soort};
use crate::link::{Part, Subject};
use crate::mapping::cells::CellView;
use crate::mapping::tables::AcField;
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
    pub fn address(&self, address_type: AddressType) -> Option<Adres> {
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
    pub fn has_place(&self, cell: &CellView) -> bool {
        match cell.row.ac {
            AcField::Own(_) => true,
            AcField::Functie | AcField::Doorkiesnummer => self.koppeling(cell).is_some(),
            AcField::Address(of, _) => self.address(of).is_some(),
        }
    }

    /// The types of the manual's among its addresses.
    pub fn address_types(&self) -> Vec<AddressType> {
        AddressType::ALL.into_iter().filter(|address_type| self.address(*address_type).is_some()).collect()
    }
}

/// What stands in Tribe for one AC record.
#[derive(Clone, Debug, Default)]
pub struct TribeSide {
    /// The organisation or person, with its addresses.
    pub relation: Option<Record>,
    /// The contact relationships, by the organisation's AC id.
    pub contacts: BTreeMap<RelatieId, Record>,
}

impl TribeSide {
    /// The address in that slot; the outer none says that nothing is known of it, the inner that there is none.
    pub fn address(&self, slot: AddressSlot) -> Option<Option<&Record>> {
        self.relation.as_ref()?.address(slot)
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
        }
        for (organisation, record) in later.contacts {
            self.take(&Part::Contact(organisation), record);
        }
    }
}
