//! Tribe's relation types: the roles that make an organisation or a person a customer, a supplier, and so on.

use crate::relation::TribeId;
use crate::tribe::RelationKind;

/// A relation type.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RelationType {
    /// A stage of the commercial funnel. Tribe: documented.
    Suspect,
    /// A stage of the commercial funnel. Tribe: documented.
    Lead,
    /// A stage of the commercial funnel. Tribe: documented.
    HotProspect,
    /// A stage of the commercial funnel. Tribe: documented.
    Prospect,
    /// A stage of the commercial funnel. Tribe: documented.
    Customer,
    /// For organisations. Tribe: documented.
    Supplier,
    /// For organisations. Tribe: that it exists is documented, the set's name is assumed.
    Partner,
    /// A type that an administrator made. Tribe: documented, names seen.
    Custom(TribeId),
}

impl RelationType {
    /// Every type that Tribe has by itself.
    pub const STANDARD: [Self; 7] =
        [Self::Suspect, Self::Lead, Self::HotProspect, Self::Prospect, Self::Customer, Self::Supplier, Self::Partner];

    /// Reads the key that stands in the settings: a name, or the GUID of a custom type.
    pub fn parse(key: &str) -> Option<Self> {
        Self::STANDARD
            .into_iter()
            .find(|standard| standard.key() == key)
            .or_else(|| TribeId::parse(key).map(Self::Custom))
    }

    /// The key in the settings and in links.
    pub fn key(&self) -> String {
        match self {
            Self::Suspect => "suspect".to_owned(),
            Self::Lead => "lead".to_owned(),
            Self::HotProspect => "hot-prospect".to_owned(),
            Self::Prospect => "prospect".to_owned(),
            Self::Customer => "customer".to_owned(),
            Self::Supplier => "supplier".to_owned(),
            Self::Partner => "partner".to_owned(),
            Self::Custom(id) => id.as_str().to_owned(),
        }
    }

    /// The entity set of that role; none where Tribe has no such role for that kind.
    pub fn set(&self, kind: RelationKind) -> Option<String> {
        let stage = match self {
            Self::Suspect => "Suspect",
            Self::Lead => "Lead",
            Self::HotProspect => "HotProspect",
            Self::Prospect => "Prospect",
            Self::Customer => "Customer",
            Self::Supplier | Self::Partner if kind == RelationKind::Person => return None,
            Self::Supplier => return Some("Relationship_Organization_Supplier".to_owned()),
            Self::Partner => return Some("Relationship_Organization_Partner".to_owned()),
            Self::Custom(id) => return Some(custom_name(id)),
        };
        Some(format!("Relationship_{}_CommercialRelationship_{stage}", kind.navigation()))
    }
}

/// The name on the wire of something that an administrator made. Tribe: seen (hyphens doubled to underscores, one
/// more in front only before a digit).
fn custom_name(id: &TribeId) -> String {
    let name = id.as_str().replace('-', "__");
    if name.starts_with(|first: char| first.is_ascii_digit()) { format!("_{name}") } else { name }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_standard_type_is_read_back_from_its_key() {
        for standard in RelationType::STANDARD {
            assert_eq!(RelationType::parse(&standard.key()), Some(standard));
        }
        assert_eq!(RelationType::parse("Customer"), None);
        assert_eq!(RelationType::parse(""), None);
    }

    #[test]
    fn a_custom_set_has_an_underscore_in_front_only_before_a_digit() {
        let set = |key: &str| RelationType::parse(key).unwrap().set(RelationKind::Person).unwrap();
        assert_eq!(set("e0d6534a-cc84-4cf7-bdc5-d32f9311c09e"), "e0d6534a__cc84__4cf7__bdc5__d32f9311c09e");
        assert_eq!(set("9ecc8d21-f69a-4f4c-a239-5db7a5f21ddd"), "_9ecc8d21__f69a__4f4c__a239__5db7a5f21ddd");
    }

    #[test]
    fn a_supplier_is_always_an_organisation() {
        assert_eq!(RelationType::Supplier.set(RelationKind::Person), None);
        assert!(RelationType::Supplier.set(RelationKind::Organization).is_some());
    }
}
