//! Whether the tenant's schema gives the synced properties the types that this connector reads: an administrator can make
//! a property one of another type, and what then stands in it, `null` too, is nobody's edit (D9).

use crate::set::Set;
use crate::tribe::entity::{Entity, Property, Wire, properties};
use crate::tribe::metadata::Metadata;
use crate::tribe::settings::{Kvk, Settings};

/// Whether a type of the schema is one that a property is read as.
pub(super) type Fits = fn(&str) -> bool;

/// What an entity set and a property are called together.
pub(super) fn name(entity: Entity, property: &str) -> String {
    format!("{}.{property}", entity.set())
}

/// The properties of another type than they are read as, by [`name`]. What the schema does not have is not among them.
pub(super) fn retyped(metadata: &Metadata, settings: &Settings) -> Set<String> {
    let entities = [Entity::Organization, Entity::Person, Entity::Contact, Entity::Address];
    let all =
        entities.into_iter().flat_map(|entity| properties(entity).iter().map(move |property| (entity, *property)));
    let read =
        all.filter(|(_, property)| *property != Property::ChamberOfCommerceNumber || settings.kvk == Kvk::Linked);
    let named = read.flat_map(|(entity, property)| {
        wire_names(property, &settings.function_property).into_iter().map(move |(name, fits)| (entity, name, fits))
    });
    let differs = named.filter(|(entity, name, fits)| {
        metadata.property_type(entity.set(), name).is_some_and(|of_type| !fits(of_type))
    });
    differs.map(|(entity, property, _)| name(entity, property)).collect()
}

/// The names under which a property stands on the wire, and whether a type fits each.
pub(super) fn wire_names(property: Property, function_property: &str) -> Vec<(&str, Fits)> {
    match property.wire() {
        Wire::Text(name) if property == Property::BirthDate => vec![(name, is_date)],
        Wire::Text(name) => vec![(name, is_text)],
        Wire::FunctionText => vec![(function_property, is_text)],
        Wire::Choice(name) => vec![(name, is_row)],
        Wire::HouseNumber => vec![("HouseNumber", is_number), ("HouseNumberSuffix", is_text)],
    }
}

/// A type that is none of OData's own is the tenant's name for one of those: what stands there tells.
fn is_text(of_type: &str) -> bool {
    match of_type.strip_prefix("Edm.") {
        Some(name) => name == "String",
        None => !of_type.starts_with("Collection("),
    }
}

fn is_date(of_type: &str) -> bool {
    is_text(of_type) || matches!(of_type, "Edm.Date" | "Edm.DateTimeOffset")
}

fn is_number(of_type: &str) -> bool {
    let numbers = ["Double", "Decimal", "Single", "Byte", "SByte", "Int16", "Int32", "Int64"];
    match of_type.strip_prefix("Edm.") {
        Some(name) => numbers.contains(&name),
        None => is_text(of_type),
    }
}

/// A row of a datastore is reached by navigation, whose type is the row's.
fn is_row(of_type: &str) -> bool {
    !of_type.starts_with("Edm.") && !of_type.starts_with("Collection(")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_form_fits_its_types_and_no_other() {
        let fits: [(Fits, &str, bool); 9] = [
            (is_text, "Edm.String", true),
            (is_text, "Edm.Int64", false),
            (is_text, "Collection(Edm.String)", false),
            (is_date, "Edm.Date", true),
            (is_number, "Edm.Double", true),
            (is_number, "Edm.String", false),
            (is_row, "OData.Datastore_Gender", true),
            (is_row, "Edm.String", false),
            (is_row, "Collection(OData.Datastore_Gender)", false),
        ];
        for (form, of_type, expected) in fits {
            assert_eq!(form(of_type), expected, "{of_type}");
        }
    }
}
