//! The tenant's schema: entity types, their properties and links, looked up by name.

use std::collections::{BTreeMap, BTreeSet};

use super::character::{Character, Holders};
use super::declarations::DECLARATIONS;
use super::edm::{Access, Edm};

/// The place of a type in the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Kind(usize);

/// Where a navigation leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Navigation {
    ToOne { target: Kind },
    ToMany { target: Kind, back: Vec<String> },
}

impl Navigation {
    pub(crate) fn target(&self) -> Kind {
        match self {
            Self::ToOne { target } | Self::ToMany { target, .. } => *target,
        }
    }
}

/// One entity type, inherited members included.
#[derive(Clone, Debug)]
pub(crate) struct EntityType {
    /// Dotted, as in `_Type`; a GUID for a custom type.
    pub(crate) name: String,
    /// As in the path and in `$metadata`.
    pub(crate) set: String,
    /// The name on the screen, for a custom type.
    pub(crate) label: Option<String>,
    pub(crate) base: Option<Kind>,
    pub(crate) access: Access,
    pub(crate) properties: BTreeMap<String, Edm>,
    pub(crate) computed: BTreeSet<String>,
    pub(crate) required: BTreeSet<String>,
    pub(crate) navigations: BTreeMap<String, Navigation>,
    own_members: BTreeSet<String>,
}

impl EntityType {
    /// The name with its namespace, as error texts and contexts have it.
    pub(crate) fn qualified(&self) -> String {
        format!("OData.{}", self.set)
    }

    /// Whether the member is declared here and not at a base type.
    pub(crate) fn declares(&self, member: &str) -> bool {
        self.own_members.contains(member)
    }
}

/// Left out of answers that do not select it. Tribe: inferred (absent from every recorded answer).
pub(crate) const ONLY_WHEN_SELECTED: &str = "ImportId";

/// All entity types of the tenant.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    types: Vec<EntityType>,
    by_set: BTreeMap<String, Kind>,
    by_name: BTreeMap<String, Kind>,
    nothing: EntityType,
}

impl Model {
    /// The built-in types, and what the tenant added.
    pub(crate) fn new(character: &Character) -> Self {
        let mut model = Self {
            types: Vec::new(),
            by_set: BTreeMap::new(),
            by_name: BTreeMap::new(),
            nothing: EntityType {
                name: String::new(),
                set: String::new(),
                label: None,
                base: None,
                access: Access::ReadOnly,
                properties: BTreeMap::new(),
                computed: BTreeSet::new(),
                required: BTreeSet::new(),
                navigations: BTreeMap::new(),
                own_members: BTreeSet::new(),
            },
        };
        // First all names, since links lead forward as well.
        for declaration in DECLARATIONS {
            let set = declaration.name.replace('.', "_");
            model.name(declaration.name.to_owned(), set, declaration.access);
        }
        for declaration in DECLARATIONS {
            let kind = model.named(declaration.name);
            let base = declaration.base.map(|base| model.named(base));
            let mut added = model.inherited(kind, base);
            for (name, edm) in declaration.properties {
                added.property(name, *edm);
            }
            if matches!(declaration.name, "Relation" | "Relationship") {
                character.custom_fields.iter().for_each(|field| added.property(&field.key.wire_name(), Edm::Text));
            }
            if declaration.name == "Relationship.Person.Contact" {
                added.property(&character.function_property, Edm::Text);
            }
            added.computed.extend(declaration.computed.iter().map(|&name| name.to_owned()));
            added.required.extend(declaration.required.iter().map(|&name| name.to_owned()));
            for (name, target) in declaration.to_one {
                added.link(name, Navigation::ToOne { target: model.named(target) });
            }
            for (name, target, back) in declaration.to_many {
                let back = back.iter().map(|&name| name.to_owned()).collect();
                added.link(name, Navigation::ToMany { target: model.named(target), back });
            }
            model.replace(kind, added);
        }
        for custom in &character.custom_types {
            let kind = model.name(custom.key.to_string(), custom.key.wire_name(), Access::Full);
            let mut added = model.inherited(kind, Some(model.named("Relationship")));
            added.label = Some(custom.name.clone());
            if custom.holders != Holders::Organisations {
                added.link("Person", Navigation::ToOne { target: model.named("Relation.Person") });
            }
            if custom.holders != Holders::Persons {
                added.link("Organization", Navigation::ToOne { target: model.named("Relation.Organization") });
            }
            model.replace(kind, added);
        }
        model
    }

    fn name(&mut self, name: String, set: String, access: Access) -> Kind {
        let kind = Kind(self.types.len());
        self.by_name.insert(name.clone(), kind);
        self.by_set.insert(set.clone(), kind);
        self.types.push(EntityType { name, set, access, ..self.nothing.clone() });
        kind
    }

    fn inherited(&self, kind: Kind, base: Option<Kind>) -> EntityType {
        let own = self.entity_type(kind);
        let inherited = base.map_or(&self.nothing, |base| self.entity_type(base));
        EntityType {
            name: own.name.clone(),
            set: own.set.clone(),
            access: own.access,
            base,
            own_members: BTreeSet::new(),
            ..inherited.clone()
        }
    }

    fn replace(&mut self, kind: Kind, with: EntityType) {
        if let Some(place) = self.types.get_mut(kind.0) {
            *place = with;
        }
    }

    /// Gives a property of a built-in type, and of those below it, another type.
    pub(crate) fn retype(&mut self, name: &str, property: &str, edm: Edm) {
        let of = self.named(name);
        let below: Vec<Kind> = self.types().map(|(kind, _)| kind).filter(|kind| self.is_a(*kind, of)).collect();
        for kind in below {
            if let Some(entity_type) = self.types.get_mut(kind.0) {
                entity_type.properties.insert(property.to_owned(), edm);
            }
        }
    }

    /// The kind of a built-in type.
    pub(crate) fn named(&self, name: &str) -> Kind {
        self.by_name.get(name).copied().unwrap_or(Kind(usize::MAX))
    }

    /// The kind of an entity set.
    pub(crate) fn set(&self, set: &str) -> Option<Kind> {
        self.by_set.get(set).copied()
    }

    pub(crate) fn entity_type(&self, kind: Kind) -> &EntityType {
        self.types.get(kind.0).unwrap_or(&self.nothing)
    }

    /// All types, bases first.
    pub(crate) fn types(&self) -> impl Iterator<Item = (Kind, &EntityType)> {
        self.types.iter().enumerate().map(|(place, entity_type)| (Kind(place), entity_type))
    }

    /// Whether the first is the second or lies below it.
    pub(crate) fn is_a(&self, kind: Kind, base: Kind) -> bool {
        let mut next = Some(kind);
        while let Some(kind) = next {
            if kind == base {
                return true;
            }
            next = self.entity_type(kind).base;
        }
        false
    }

    /// Whether the type lies below that built-in type.
    pub(crate) fn is_named(&self, kind: Kind, base: &str) -> bool {
        self.is_a(kind, self.named(base))
    }
}

impl EntityType {
    fn property(&mut self, name: &str, edm: Edm) {
        self.own_members.insert(name.to_owned());
        self.properties.insert(name.to_owned(), edm);
    }

    fn link(&mut self, name: &str, navigation: Navigation) {
        self.own_members.insert(name.to_owned());
        self.navigations.insert(name.to_owned(), navigation);
    }
}
