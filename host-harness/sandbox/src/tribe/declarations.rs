//! The built-in entity types of Tribe as data, readable beside its documentation.

use super::edm::{Access, Edm};

/// One built-in type. `base` is the name of an earlier row.
pub(super) struct Declaration {
    pub(super) name: &'static str,
    pub(super) base: Option<&'static str>,
    pub(super) access: Access,
    /// Text properties that must be there and not be blank.
    pub(super) required: &'static [&'static str],
    pub(super) properties: &'static [(&'static str, Edm)],
    /// Properties that Tribe works out itself; written values are passed over. Tribe: seen (`Name` of a relationship).
    pub(super) computed: &'static [&'static str],
    /// Navigation to one: name, target type.
    pub(super) to_one: &'static [(&'static str, &'static str)],
    /// Navigation to many: name, target type, and the links of the target that lead back.
    pub(super) to_many: &'static [(&'static str, &'static str, &'static [&'static str])],
}

const ENTITY: Declaration = Declaration {
    name: "Entity",
    base: None,
    access: Access::Abstract,
    required: &[],
    properties: &[],
    computed: &[],
    to_one: &[],
    to_many: &[],
};

const fn below(base: &'static str, name: &'static str, access: Access) -> Declaration {
    Declaration { name, base: Some(base), access, ..ENTITY }
}

const ORGANISATION_STAGE: &str = "Relationship.Organization.CommercialRelationship";
const PERSON_STAGE: &str = "Relationship.Person.CommercialRelationship";
const COMMERCIAL: &[(&str, Edm)] = &[("IsMasterAccount", Edm::Truth), ("PaymentTermInDays", Edm::Int32)];
const TO_ORGANISATION: &[(&str, &str)] = &[("Organization", "Relation.Organization")];

pub(super) const DECLARATIONS: &[Declaration] = &[
    Declaration {
        properties: &[
            ("ID", Edm::Guid),
            ("_Type", Edm::Text),
            ("_Name", Edm::Text),
            ("SortIndex", Edm::Double),
            ("CreationDate", Edm::Moment),
            ("LastMutationDate", Edm::Moment),
            ("Start", Edm::Moment),
            ("End", Edm::Moment),
            ("Deadline", Edm::Moment),
            ("CloseDate", Edm::Moment),
            ("IsRoot", Edm::Truth),
            ("IsClosed", Edm::Truth),
            ("IsExclusion", Edm::Truth),
            ("IsActive", Edm::Truth),
            ("NumberOfNotes", Edm::Int32),
            ("NumberOfAttachments", Edm::Int32),
        ],
        computed: &["_Type", "_Name", "CreationDate", "LastMutationDate", "NumberOfNotes", "NumberOfAttachments"],
        ..ENTITY
    },
    Declaration {
        properties: &[
            ("ImportId", Edm::Text),
            ("Number", Edm::Int32),
            ("DebtorNumber", Edm::Text),
            ("CreditorNumber", Edm::Text),
            ("IBAN", Edm::Text),
            ("BIC", Edm::Text),
            ("BankName", Edm::Text),
            ("LinkedIn", Edm::Text),
            ("Facebook", Edm::Text),
            ("Twitter", Edm::Text),
            ("Instagram", Edm::Text),
            ("YouTube", Edm::Text),
            ("Blog", Edm::Text),
        ],
        to_many: &[
            ("Addresses", "Address", &["Relation"]),
            ("Relationships", "Relationship", &["Relation", "Person", "Organization"]),
        ],
        ..below("Entity", "Relation", Access::Abstract)
    },
    Declaration {
        required: &["Name"],
        properties: &[
            ("Name", Edm::Text),
            ("PhoneNumber", Edm::Text),
            ("EmailAddress", Edm::Text),
            ("FinancialEmailAddress", Edm::Text),
            ("Website", Edm::Text),
            ("VATNumber", Edm::Text),
            ("ChamberOfCommerceNumber", Edm::Text),
            ("ChamberOfCommerceName", Edm::Text),
            ("CoCDescription", Edm::Text),
            ("CompanyActivity", Edm::Text),
            ("EstablishmentNumber", Edm::Int64),
            ("RSIN", Edm::Int64),
            ("OIN", Edm::Text),
            ("NumberOfEmployees", Edm::Int32),
            ("FoundingDate", Edm::Date),
            ("EstablishmentDate", Edm::Date),
            ("DiscontinuationDate", Edm::Date),
            ("IssueDate", Edm::Date),
            ("ExpirationDate", Edm::Date),
        ],
        to_one: &[("VisitingAddress", "Address"), ("PostalAddress", "Address"), ("InvoiceAddress", "Address")],
        ..below("Relation", "Relation.Organization", Access::Full)
    },
    Declaration {
        required: &["LastName"],
        properties: &[
            ("FirstName", Edm::Text),
            ("MiddleName", Edm::Text),
            ("LastName", Edm::Text),
            ("Initials", Edm::Text),
            ("Title", Edm::Text),
            ("Suffix", Edm::Text),
            ("BirthDate", Edm::Date),
            ("PhoneNumber", Edm::Text),
            ("MobilePhoneNumber", Edm::Text),
            ("EmailAddress", Edm::Text),
            ("Name", Edm::Text),
            ("SortName", Edm::Text),
            ("BirthDay", Edm::Text),
        ],
        computed: &["Name", "SortName", "BirthDay"],
        to_one: &[("Gender", "Datastore.Gender"), ("Address", "Address")],
        ..below("Relation", "Relation.Person", Access::Full)
    },
    Declaration {
        properties: &[
            ("ImportId", Edm::Text),
            ("Name", Edm::Text),
            ("SortName", Edm::Text),
            ("IsFormer", Edm::Truth),
            ("FormerDate", Edm::Moment),
            ("UpgradeDate", Edm::Moment),
            ("DowngradeDate", Edm::Moment),
            ("MailingOptOut", Edm::Truth),
        ],
        computed: &["Name", "SortName", "UpgradeDate", "DowngradeDate"],
        to_one: &[("Relation", "Relation")],
        ..below("Entity", "Relationship", Access::Abstract)
    },
    Declaration {
        properties: &[
            ("EmailAddress", Edm::Text),
            ("PhoneNumber", Edm::Text),
            ("MobilePhoneNumber", Edm::Text),
            ("Department", Edm::Text),
        ],
        to_one: &[("Person", "Relation.Person"), ("Role", "Datastore.Role")],
        ..below("Relationship", "Relationship.Person.Contact", Access::Abstract)
    },
    below("Relationship.Person.Contact", "Relationship.Person.Contact.Standard", Access::Full),
    below("Relationship.Person.Contact", "Relationship.Person.Contact.Employee", Access::ReadOnly),
    Declaration {
        properties: COMMERCIAL,
        to_one: &[
            ("Organization", "Relation.Organization"),
            ("AccountManager", "Relationship.Person.Contact.Employee"),
        ],
        ..below("Relationship", ORGANISATION_STAGE, Access::Abstract)
    },
    below(ORGANISATION_STAGE, "Relationship.Organization.CommercialRelationship.Suspect", Access::Full),
    below(ORGANISATION_STAGE, "Relationship.Organization.CommercialRelationship.Lead", Access::Full),
    below(ORGANISATION_STAGE, "Relationship.Organization.CommercialRelationship.HotProspect", Access::Full),
    below(ORGANISATION_STAGE, "Relationship.Organization.CommercialRelationship.Prospect", Access::Full),
    below(ORGANISATION_STAGE, "Relationship.Organization.CommercialRelationship.Customer", Access::Full),
    Declaration {
        properties: COMMERCIAL,
        to_one: &[("Person", "Relation.Person"), ("AccountManager", "Relationship.Person.Contact.Employee")],
        ..below("Relationship", PERSON_STAGE, Access::Abstract)
    },
    below(PERSON_STAGE, "Relationship.Person.CommercialRelationship.Suspect", Access::Full),
    below(PERSON_STAGE, "Relationship.Person.CommercialRelationship.Lead", Access::Full),
    below(PERSON_STAGE, "Relationship.Person.CommercialRelationship.HotProspect", Access::Full),
    below(PERSON_STAGE, "Relationship.Person.CommercialRelationship.Prospect", Access::Full),
    below(PERSON_STAGE, "Relationship.Person.CommercialRelationship.Customer", Access::Full),
    Declaration {
        to_one: TO_ORGANISATION,
        ..below("Relationship", "Relationship.Organization.Supplier", Access::Full)
    },
    // The set name of partners is not public. Tribe: assumed.
    Declaration { to_one: TO_ORGANISATION, ..below("Relationship", "Relationship.Organization.Partner", Access::Full) },
    below("Relationship", "Relationship.Organization.Identity", Access::ReadOnly),
    Declaration {
        properties: &[
            ("Street", Edm::Text),
            ("HouseNumber", Edm::Double),
            ("HouseNumberSuffix", Edm::Text),
            ("Extra", Edm::Text),
            ("Postalcode", Edm::Text),
            ("City", Edm::Text),
            ("Latitude", Edm::Double),
            ("Longitude", Edm::Double),
        ],
        to_one: &[
            ("Relation", "Relation"),
            ("Person", "Relation.Person"),
            ("Organization", "Relation.Organization"),
            ("AddressType", "Datastore.AdressType"),
            ("Country", "Datastore.Country"),
        ],
        ..below("Entity", "Address", Access::Full)
    },
    Declaration {
        properties: &[
            ("Name", Edm::Text),
            ("Code", Edm::Text),
            ("LocalizedName", Edm::Text),
            ("IsDefault", Edm::Truth),
        ],
        ..below("Entity", "Datastore", Access::Abstract)
    },
    below("Datastore", "Datastore.Gender", Access::ReadOnly),
    below("Datastore", "Datastore.Country", Access::ReadOnly),
    below("Datastore", "Datastore.AdressType", Access::ReadOnly),
    below("Datastore", "Datastore.Role", Access::ReadOnly),
    Declaration {
        properties: &[("Url", Edm::Text), ("EntityType", Edm::Text)],
        ..below("Entity", "Webhook", Access::ReadOnly)
    },
];

/// Rows of `Datastore_Country`: code and name. Tribe: codes inferred to be ISO 3166 alpha-2.
pub(super) const COUNTRIES: &[(&str, &str)] = &[
    ("NL", "Nederland"),
    ("BE", "België"),
    ("DE", "Duitsland"),
    ("FR", "Frankrijk"),
    ("GB", "Verenigd Koninkrijk"),
    ("LU", "Luxemburg"),
    ("AT", "Oostenrijk"),
    ("CH", "Zwitserland"),
    ("CZ", "Tsjechië"),
    ("DK", "Denemarken"),
    ("ES", "Spanje"),
    ("FI", "Finland"),
    ("GR", "Griekenland"),
    ("HU", "Hongarije"),
    ("IE", "Ierland"),
    ("IT", "Italië"),
    ("NO", "Noorwegen"),
    ("PL", "Polen"),
    ("PT", "Portugal"),
    ("RO", "Roemenië"),
    ("SE", "Zweden"),
    ("TR", "Turkije"),
    ("US", "Verenigde Staten"),
    ("CW", "Curaçao"),
    ("SR", "Suriname"),
];

/// Rows of `Datastore_AdressType`. Tribe: the values are unknown, these are assumed.
pub(super) const ADDRESS_TYPES: &[(&str, &str)] =
    &[("Visiting", "Bezoekadres"), ("Postal", "Postadres"), ("Invoice", "Factuuradres"), ("Private", "Privé adres")];

/// Rows of `Datastore_Role`. Tribe: the values are unknown, these are assumed.
pub(super) const ROLES: &[(&str, &str)] =
    &[("Primary", "Primair contactpersoon"), ("Billing", "Contactpersoon facturatie")];
