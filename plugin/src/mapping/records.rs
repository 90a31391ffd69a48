//! The records of both sides, as the tables see them.

use std::collections::BTreeMap;

use crate::advocaatcentraal::{Contactpersoon, Oddity, Relatie, Soort};
use crate::link::Subject;
use crate::mapping::cells::CellView;
use crate::mapping::tables::AcField;
use crate::relation::{AddressType, RelatieId, Stamp};
use crate::tribe::Record;

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

    /// When AC last changed it.
    pub fn changed_at(&self) -> Option<Stamp> {
        match self {
            Self::Relatie(relatie) => relatie.gewijzigd(),
            Self::Contactpersoon(person) => person.gewijzigd(),
        }
    }

    /// What was odd about its form.
    pub fn oddities(&self) -> Vec<Oddity> {
        match self {
            Self::Relatie(relatie) => relatie.oddities(),
            Self::Contactpersoon(person) => person.oddities(),
        }
    }

    /// Whether it has what a cell's field stands on: itself, the koppeling, or the address.
    pub fn has_place(&self, cell: &CellView) -> bool {
        match (cell.row.ac, self) {
            (AcField::Own(_), _) => true,
            (AcField::Functie | AcField::Doorkiesnummer, Self::Relatie(_)) => false,
            (AcField::Functie | AcField::Doorkiesnummer, Self::Contactpersoon(person)) => {
                let mut koppelingen = person.koppelingen().unwrap_or_default().into_iter();
                koppelingen.any(|koppeling| Some(&koppeling.relatie_id) == cell.organisation.as_ref())
            }
            (AcField::Address(of, _), Self::Relatie(relatie)) => relatie.adres(of).flatten().is_some(),
            (AcField::Address(of, _), Self::Contactpersoon(person)) => person.adres(of).flatten().is_some(),
        }
    }

    /// The types of the manual's among its addresses.
    pub fn address_types(&self) -> Vec<AddressType> {
        let has = |address_type: &AddressType| match self {
            Self::Relatie(relatie) => relatie.adres(*address_type).flatten().is_some(),
            Self::Contactpersoon(person) => person.adres(*address_type).flatten().is_some(),
        };
        AddressType::ALL.into_iter().filter(has).collect()
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
