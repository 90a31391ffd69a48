//! The entities and properties that are synced, in Tribe's words.

/// What a private person, a contact person or an organisation is in Tribe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RelationKind {
    /// `Relation.Organization`.
    Organization,
    /// `Relation.Person`.
    Person,
}

impl RelationKind {
    /// The navigation property that leads from a relationship to it. Tribe: documented.
    pub fn navigation(self) -> &'static str {
        match self {
            Self::Organization => "Organization",
            Self::Person => "Person",
        }
    }

    /// The entity.
    pub fn entity(self) -> Entity {
        match self {
            Self::Organization => Entity::Organization,
            Self::Person => Entity::Person,
        }
    }
}

/// An entity whose fields are synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Entity {
    /// An organisation.
    Organization,
    /// A person, with the private fields. Tribe: documented.
    Person,
    /// A person's role at an organisation, with the business fields. Tribe: documented.
    Contact,
    /// An address.
    Address,
}

impl Entity {
    /// The entity set. Tribe: documented.
    pub fn set(self) -> &'static str {
        match self {
            Self::Organization => "Relation_Organization",
            Self::Person => "Relation_Person",
            Self::Contact => "Relationship_Person_Contact_Standard",
            Self::Address => "Address",
        }
    }

    /// The type name in `_Type` and in webhooks: the set's name with dots. Tribe: seen.
    pub fn type_name(self) -> String {
        self.set().replace('_', ".")
    }
}

/// A slot for an address. Tribe: documented (`VisitingAddress`, `PostalAddress`), seen (`Address` of a person).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AddressSlot {
    /// An organisation's bezoekadres.
    Visiting,
    /// An organisation's postadres.
    Postal,
    /// A person's privé adres.
    Private,
}

impl AddressSlot {
    /// Every slot.
    pub const ALL: [Self; 3] = [Self::Visiting, Self::Postal, Self::Private];

    /// The slots of that kind of relation.
    pub fn of(kind: RelationKind) -> &'static [Self] {
        match kind {
            RelationKind::Organization => &[Self::Visiting, Self::Postal],
            RelationKind::Person => &[Self::Private],
        }
    }

    /// The navigation property.
    pub fn navigation(self) -> &'static str {
        match self {
            Self::Visiting => "VisitingAddress",
            Self::Postal => "PostalAddress",
            Self::Private => "Address",
        }
    }
}

/// A property that is synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Property {
    /// An organisation's name; required. Tribe: documented.
    Name,
    /// Of an organisation, of a contact (work) or of a person (private).
    PhoneNumber,
    /// Of a contact (work) or of a person (private).
    MobilePhoneNumber,
    /// Of an organisation, of a contact (work) or of a person (private).
    EmailAddress,
    /// Of an organisation.
    Website,
    /// KvK number, text. Tribe: documented.
    ChamberOfCommerceNumber,
    /// Roepnaam.
    FirstName,
    /// Tussenvoegsel.
    MiddleName,
    /// Achternaam; required. Tribe: documented.
    LastName,
    /// Voorletters.
    Initials,
    /// `YYYY-MM-DD`. Tribe: seen.
    BirthDate,
    /// A row of `Datastore_Gender`. Tribe: documented.
    Gender,
    /// A contact's function. Its name differs by tenant or is not known: see [`crate::tribe::Settings`].
    Function,
    /// Of an address.
    Street,
    /// `HouseNumber`, a number, and `HouseNumberSuffix`, text: the two are one thing. Tribe: documented.
    HouseNumber,
    /// Spelled `Postalcode`. Tribe: seen.
    Postalcode,
    /// Of an address.
    City,
    /// A row of `Datastore_Country`. Tribe: documented.
    Country,
}

/// How a property stands on the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wire {
    /// A string or `null`.
    Text(&'static str),
    /// The text property that the settings name.
    FunctionText,
    /// A navigation property to a datastore row.
    Choice(&'static str),
    /// `HouseNumber` and `HouseNumberSuffix`.
    HouseNumber,
}

impl Property {
    /// Tribe refuses a record without it. Tribe: documented (`Name`, `LastName`).
    pub fn is_required(self) -> bool {
        matches!(self, Self::Name | Self::LastName)
    }

    pub(super) fn wire(self) -> Wire {
        match self {
            Self::Name => Wire::Text("Name"),
            Self::PhoneNumber => Wire::Text("PhoneNumber"),
            Self::MobilePhoneNumber => Wire::Text("MobilePhoneNumber"),
            Self::EmailAddress => Wire::Text("EmailAddress"),
            Self::Website => Wire::Text("Website"),
            Self::ChamberOfCommerceNumber => Wire::Text("ChamberOfCommerceNumber"),
            Self::FirstName => Wire::Text("FirstName"),
            Self::MiddleName => Wire::Text("MiddleName"),
            Self::LastName => Wire::Text("LastName"),
            Self::Initials => Wire::Text("Initials"),
            Self::BirthDate => Wire::Text("BirthDate"),
            Self::Street => Wire::Text("Street"),
            Self::Postalcode => Wire::Text("Postalcode"),
            Self::City => Wire::Text("City"),
            Self::Function => Wire::FunctionText,
            Self::Gender => Wire::Choice("Gender"),
            Self::Country => Wire::Choice("Country"),
            Self::HouseNumber => Wire::HouseNumber,
        }
    }
}

/// The properties of each entity, and so the only ones that are ever selected.
pub(super) fn properties(entity: Entity) -> &'static [Property] {
    use Property::*;
    match entity {
        Entity::Organization => &[Name, PhoneNumber, EmailAddress, Website, ChamberOfCommerceNumber],
        Entity::Person => &[
            FirstName,
            MiddleName,
            LastName,
            Initials,
            BirthDate,
            Gender,
            PhoneNumber,
            MobilePhoneNumber,
            EmailAddress,
        ],
        Entity::Contact => &[PhoneNumber, MobilePhoneNumber, EmailAddress, Function],
        Entity::Address => &[Street, HouseNumber, Postalcode, City, Country],
    }
}
