//! Words for what every record has: its id, its kind, its life, its stamp, its types.

use super::{Words, words};

/// The id of a record.
pub(in crate::draft) const ID: Words = words(
    &["id", "uuid", "guid", "identifier"],
    &[
        "relatieid",
        "relatienummer",
        "relationid",
        "contactid",
        "contactpersoonid",
        "personid",
        "persoonid",
        "companyid",
        "customerid",
        "customernumber",
        "klantid",
        "klantnummer",
        "clientid",
        "debiteurnummer",
        "accountid",
        "key",
        "code",
        "nr",
        "nummer",
        "number",
    ],
);

/// The name of something in a list of its own.
pub(in crate::draft) const NAME: Words = words(
    &[
        "naam",
        "name",
        "title",
        "titel",
        "label",
        "omschrijving",
        "description",
        "displayname",
        "kantoornaam",
        "officename",
    ],
    &[],
);

/// The kind of a relation.
pub(in crate::draft) const KIND: Words = words(
    &[
        "soort",
        "kind",
        "type",
        "relatiesoort",
        "relationkind",
        "contacttype",
        "persoonstype",
        "persontype",
        "entitytype",
        "klanttype",
        "customertype",
    ],
    &["category", "categorie", "class", "rechtsvorm", "object", "objecttype", "relatietype", "relationtype"],
);

/// Kinds: an organisation.
pub(in crate::draft) const ORGANISATIONS: &[&str] = &[
    "bedrijf",
    "bedrijven",
    "company",
    "companies",
    "organisatie",
    "organisation",
    "organization",
    "business",
    "zakelijk",
    "rechtspersoon",
    "corporate",
    "firm",
    "legalentity",
    "legalperson",
    "nietnatuurlijkpersoon",
    "enterprise",
    "b",
    "o",
];

/// Kinds: a private person.
pub(in crate::draft) const PRIVATE_PERSONS: &[&str] = &[
    "people",
    "particulier",
    "particulieren",
    "person",
    "persoon",
    "private",
    "prive",
    "privatepersoon",
    "privateperson",
    "natuurlijkpersoon",
    "naturalperson",
    "individual",
    "consumer",
    "consument",
    "p",
];

/// What tells the kind by standing there, each with what it stands in.
pub(in crate::draft) const IN_ORGANISATION: &[&str] =
    &["company", "bedrijf", "organisation", "organization", "organisatie", "rechtspersoon"];

/// The same of a private person.
pub(in crate::draft) const IN_PRIVATE_PERSON: &[&str] =
    &["person", "persoon", "privateperson", "individual", "natuurlijkpersoon", "particulier"];

/// The life of a record, told by a word.
pub(in crate::draft) const STATUS: Words =
    words(&["status", "state", "toestand", "recordstatus", "relatiestatus", "contactstatus"], &["fase", "phase"]);

/// Lives: in use.
pub(in crate::draft) const ACTIVE: &[&str] =
    &["actief", "active", "ingebruik", "inuse", "enabled", "current", "lopend", "open", "normal"];

/// Lives: put away.
pub(in crate::draft) const ARCHIVED: &[&str] = &[
    "gearchiveerd",
    "archived",
    "archief",
    "inactive",
    "inactief",
    "nietactief",
    "disabled",
    "closed",
    "gesloten",
    "passief",
];

/// Lives: deleted, and still listed.
pub(in crate::draft) const DELETED: &[&str] = &["verwijderd", "deleted", "removed", "trashed", "gewist"];

/// True says that it is put away.
pub(in crate::draft) const IS_ARCHIVED: Words = words(
    &["archived", "isarchived", "gearchiveerd", "isgearchiveerd", "inactive", "isinactive", "inactief"],
    &["disabled", "hidden", "vervallen"],
);

/// True says that it is in use.
pub(in crate::draft) const IS_ACTIVE: Words =
    words(&["active", "isactive", "actief", "isactief", "enabled", "ingebruik"], &[]);

/// The stamp of the last change.
pub(in crate::draft) const CHANGED: Words = words(
    &[
        "gewijzigd",
        "gewijzigdop",
        "laatstgewijzigd",
        "laatstgewijzigdop",
        "wijzigingsdatum",
        "mutatiedatum",
        "gemuteerdop",
        "updatedat",
        "modifiedat",
        "changedat",
        "lastmodified",
        "lastmodifieddate",
        "lastmodifiedat",
        "lastupdated",
        "lastupdatedat",
        "lastupdate",
        "lastchanged",
        "datemodified",
        "dateupdated",
        "updateddateutc",
        "modifiedon",
        "updatedon",
        "modificationdate",
    ],
    &["updated", "modified", "changed", "mutatie", "updateddate", "modifieddate"],
);

/// The relation types.
pub(in crate::draft) const TYPES: Words = words(
    &[
        "relatietypen",
        "relatietypes",
        "relatietype",
        "relationtypes",
        "relationtype",
        "contacttypes",
        "rollen",
        "roles",
    ],
    &[
        "categories",
        "categorieen",
        "category",
        "categorie",
        "kinds",
        "types",
        "soorten",
        "groups",
        "groepen",
        "groep",
        "group",
        "labels",
        "tags",
    ],
);

/// A member that changes with each write.
pub(in crate::draft) const VERSION: Words = words(
    &[
        "version",
        "versie",
        "versienummer",
        "versionid",
        "rowversion",
        "lockversion",
        "recordversion",
        "odataetag",
        "etag",
    ],
    &["revision", "revisie"],
);

/// What may stand between a record and its fields without meaning something of its own.
pub(in crate::draft) const TRANSPARENT: &[&str] = &[
    "algemeen",
    "attributes",
    "basic",
    "bedrijf",
    "birth",
    "communicatie",
    "communication",
    "company",
    "contact",
    "contactdetails",
    "contactgegevens",
    "contactinfo",
    "core",
    "data",
    "details",
    "fields",
    "gegevens",
    "general",
    "individual",
    "info",
    "information",
    "naam",
    "name",
    "natuurlijkpersoon",
    "organisatie",
    "organisation",
    "organization",
    "person",
    "personal",
    "persoon",
    "persoonsgegevens",
    "profile",
    "properties",
    "record",
    "rechtspersoon",
    "registration",
    "relatie",
    "relation",
    "bedrijfsgegevens",
    "geboorte",
    "meta",
    "metadata",
    "audit",
];

/// What may stand before a member's own name.
pub(in crate::draft) const BEFORE: &[&str] = &[
    "primary",
    "main",
    "default",
    "hoofd",
    "standaard",
    "algemeen",
    "general",
    "contactpersoon",
    "contact",
    "relatie",
    "relation",
    "customer",
    "klant",
    "client",
    "persoon",
    "person",
    "company",
    "bedrijfs",
    "organisatie",
    "organisation",
    "organization",
];

/// Words for yes and no.
pub(in crate::draft) const YES: &[&str] = &["yes", "ja", "true", "y", "j"];
/// The same for no.
pub(in crate::draft) const NO: &[&str] = &["no", "nee", "false", "n"];

/// The id of a relation type, in its list and in a relation.
pub(in crate::draft) const TYPE_ID: &[&str] = &["id", "uuid", "guid", "identifier", "code", "key", "sleutel"];
/// The name of a relation type.
pub(in crate::draft) const TYPE_NAME: &[&str] =
    &["naam", "name", "title", "titel", "label", "omschrijving", "description", "displayname", "text", "tekst"];
