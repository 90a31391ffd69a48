//! From the tables to the cells of one record: which AC field, which slots in Tribe.

use crate::link::Subject;
use crate::mapping::tables::{AcField, Row, TribeField, rows};
use crate::relation::RelatieId;
use crate::tribe::Entity;

/// One Tribe field that a cell feeds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotView {
    /// The name of its base, stable as long as state lasts.
    pub key: String,
    /// The field.
    pub field: TribeField,
    /// The entity that has the field.
    pub entity: Entity,
    /// At which organisation, for a field of a contact relationship.
    pub organisation: Option<RelatieId>,
}

/// One AC field of one record with the Tribe fields that it feeds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellView {
    /// The row of the table.
    pub row: &'static Row,
    /// At which organisation, for a field of a koppeling.
    pub organisation: Option<RelatieId>,
    /// The Tribe fields, in the order in which they go first.
    pub slots: Vec<SlotView>,
}

/// The cells of a record; for a contact person those at these organisations.
///
/// A field of a koppeling is a cell for each organisation. A field of the person itself is one cell that feeds the
/// contact relationship of every organisation, and the private field.
pub fn cells(subject: &Subject, organisations: &[RelatieId]) -> Vec<CellView> {
    let mut cells = Vec::new();
    let relation = match subject {
        Subject::Organisation(_) => Entity::Organization,
        Subject::PrivatePerson(_) | Subject::ContactPerson(_) => Entity::Person,
    };
    for row in rows(subject) {
        match row.ac {
            AcField::Functie | AcField::Doorkiesnummer => cells.extend(organisations.iter().map(|organisation| {
                CellView {
                    row,
                    organisation: Some(organisation.clone()),
                    slots: row
                        .tribe
                        .iter()
                        .flat_map(|field| slots(row, *field, relation, std::slice::from_ref(organisation)))
                        .collect(),
                }
            })),
            AcField::Own(_) | AcField::Address(..) => cells.push(CellView {
                row,
                organisation: None,
                slots: row.tribe.iter().flat_map(|field| slots(row, *field, relation, organisations)).collect(),
            }),
        }
    }
    cells
}

fn slots(row: &Row, field: TribeField, relation: Entity, organisations: &[RelatieId]) -> Vec<SlotView> {
    let several = row.tribe.len() > 1;
    match field {
        TribeField::Contact(_) => organisations
            .iter()
            .map(|organisation| SlotView {
                key: [row.name, if several { ".zakelijk" } else { "" }, "@", organisation.as_str()].concat(),
                field,
                entity: Entity::Contact,
                organisation: Some(organisation.clone()),
            })
            .collect(),
        TribeField::Relation(_) | TribeField::Address(..) => {
            let key = [row.name, if several { ".prive" } else { "" }].concat();
            let entity = if matches!(field, TribeField::Address(..)) { Entity::Address } else { relation };
            vec![SlotView { key, field, entity, organisation: None }]
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::relation::ContactpersoonId;

    fn keys(organisations: &[&str]) -> Vec<(String, Vec<String>)> {
        let organisations: Vec<RelatieId> = organisations.iter().map(|id| RelatieId::new(*id)).collect();
        cells(&Subject::ContactPerson(ContactpersoonId::new("5001")), &organisations)
            .into_iter()
            .map(|cell| (cell.row.name.to_owned(), cell.slots.into_iter().map(|slot| slot.key).collect()))
            .collect()
    }

    #[test]
    fn a_mobile_number_feeds_every_contact_relationship_and_the_private_field() {
        let all = keys(&["1001", "1002"]);
        let mobile = all.iter().find(|(name, _)| name == "contactpersoon.mobiel").unwrap();
        let expected = [
            "contactpersoon.mobiel.zakelijk@1001",
            "contactpersoon.mobiel.zakelijk@1002",
            "contactpersoon.mobiel.prive",
        ];
        assert_eq!(mobile.1, expected);
    }

    #[test]
    fn the_function_is_a_field_of_its_own_at_each_organisation() {
        let functions: Vec<_> =
            keys(&["1001", "1002"]).into_iter().filter(|(name, _)| name == "contactpersoon.functie").collect();
        assert_eq!(functions.len(), 2);
        assert_eq!(functions.first().unwrap().1, ["contactpersoon.functie@1001"]);
    }

    #[test]
    fn a_slot_tells_which_field_it_is_of() {
        let organisations = [RelatieId::new("1001")];
        let all = cells(&Subject::ContactPerson(ContactpersoonId::new("5001")), &organisations);
        for slot in all.iter().flat_map(|cell| &cell.slots) {
            let of: Vec<&str> =
                all.iter().filter(|cell| cell.row.has_slot(&slot.key)).map(|cell| cell.row.name).collect();
            assert_eq!(of.len(), 1, "{}: {of:?}", slot.key);
            assert!(slot.key.starts_with(of.first().unwrap()));
        }
    }

    #[test]
    fn no_two_slots_share_a_base() {
        let mut all: Vec<String> = keys(&["1001", "1002"]).into_iter().flat_map(|(_, slots)| slots).collect();
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
