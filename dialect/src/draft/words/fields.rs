//! Words for the fields of the manual, and for what stands in them.

use super::{Channel, FieldWords, Words, field, words};

const EMAIL: &[&str] = &["email", "emailadres", "emailaddress", "mail", "mailadres", "mailaddress"];

const PHONE: &[&str] = &[
    "telefoonnummer",
    "telefoon",
    "phone",
    "phonenumber",
    "telephone",
    "telephonenumber",
    "tel",
    "telnr",
    "telefoonnr",
];

const AT_WORK: &[&str] = &[
    "work",
    "werk",
    "zakelijk",
    "business",
    "office",
    "kantoor",
    "main",
    "hoofd",
    "algemeen",
    "general",
    "default",
    "standaard",
    "primary",
    "telefoon",
    "phone",
    "email",
    "website",
    "landline",
    "vast",
];

const AT_HOME: &[&str] = &[
    "home",
    "prive",
    "private",
    "thuis",
    "personal",
    "persoonlijk",
    "main",
    "default",
    "standaard",
    "primary",
    "algemeen",
    "telefoon",
    "phone",
    "email",
    "landline",
    "vast",
    "mobile",
    "mobiel",
    "work",
    "werk",
];

/// The fields of an organisation.
pub(in crate::draft) const ORGANISATION: &[FieldWords] = &[
    field(
        "bedrijfsnaam",
        Channel::Other,
        words(
            &[
                "bedrijfsnaam",
                "bedrijfnaam",
                "companyname",
                "organisatienaam",
                "organisationname",
                "organizationname",
                "handelsnaam",
                "tradename",
                "firmname",
                "firmanaam",
                "businessname",
                "statutairenaam",
                "legalname",
            ],
            &[
                "naam",
                "name",
                "displayname",
                "weergavenaam",
                "fullname",
                "volledigenaam",
                "bedrijf",
                "company",
                "organisatie",
                "organisation",
                "organization",
                "title",
            ],
        ),
        &[],
    ),
    field("telefoonnummer", Channel::Phone, words(PHONE, &["mobiel", "mobile"]), AT_WORK),
    field("email", Channel::Email, words(EMAIL, &[]), AT_WORK),
    field(
        "website",
        Channel::Website,
        words(
            &["website", "web", "webadres", "webaddress", "websiteurl", "homepage", "siteurl", "internetadres"],
            &["url", "site", "www"],
        ),
        AT_WORK,
    ),
    field(
        "kvk",
        Channel::Other,
        words(
            &[
                "kvk",
                "kvknummer",
                "kvknr",
                "kvknumber",
                "chamberofcommerce",
                "chamberofcommercenumber",
                "coc",
                "coccode",
                "cocnumber",
                "cocnr",
                "kamervankoophandel",
                "traderegister",
                "traderegisternumber",
                "handelsregister",
            ],
            &[
                "registrationnumber",
                "registration",
                "companyregistration",
                "registratienummer",
                "companynumber",
                "companyregistrationnumber",
                "tradenumber",
                "handelsregisternummer",
            ],
        ),
        &[],
    ),
];

/// The fields of a private person.
pub(in crate::draft) const PRIVATE_PERSON: &[FieldWords] = &[
    field(
        "naam",
        Channel::Other,
        words(
            &["naam", "name", "fullname", "volledigenaam", "displayname", "weergavenaam"],
            &["achternaam", "lastname", "surname", "familyname"],
        ),
        &[],
    ),
    field("email", Channel::Email, words(EMAIL, &[]), AT_HOME),
    field("telefoon", Channel::Phone, words(PHONE, &["mobiel", "mobile", "privetelefoon", "homephone"]), AT_HOME),
];

/// The fields of a contact person.
pub(in crate::draft) const PERSON: &[FieldWords] = &[
    field(
        "voornamen",
        Channel::Other,
        words(
            &[
                "voornamen",
                "voornaam",
                "firstname",
                "firstnames",
                "givenname",
                "givennames",
                "forename",
                "forenames",
                "roepnaam",
            ],
            &["callname"],
        ),
        &[],
    ),
    field(
        "achternaam",
        Channel::Other,
        words(
            &["achternaam", "lastname", "surname", "familyname", "familienaam", "geslachtsnaam"],
            &["naam", "name", "fullname", "displayname"],
        ),
        &[],
    ),
    field(
        "tussenvoegsels",
        Channel::Other,
        words(
            &[
                "tussenvoegsels",
                "tussenvoegsel",
                "voorvoegsel",
                "voorvoegsels",
                "infix",
                "nameprefix",
                "familynameprefix",
                "surnameprefix",
                "lastnameprefix",
            ],
            &["middlename", "prefix", "insertion"],
        ),
        &[],
    ),
    field(
        "voorletters",
        Channel::Other,
        words(&["voorletters", "voorletter", "initialen", "initials"], &["initial"]),
        &[],
    ),
    field(
        "geboortedatum",
        Channel::Other,
        words(&["geboortedatum", "geboren", "born", "birthdate", "dateofbirth", "birthday", "dob", "geborenop"], &[]),
        &[],
    ),
    field("geslacht", Channel::Other, words(&["geslacht", "gender", "sex", "sekse"], &[]), &[]),
    field(
        "mobiel",
        Channel::Phone,
        words(
            &[
                "mobiel",
                "mobielnummer",
                "mobieletelefoon",
                "telefoonmobiel",
                "mobile",
                "mobilephone",
                "mobilenumber",
                "phonemobile",
                "gsm",
                "cell",
                "cellphone",
                "cellular",
            ],
            &[],
        ),
        &["mobile", "mobiel", "gsm", "cell", "cellular", "cellphone"],
    ),
    field(
        "prive_telefoon",
        Channel::Phone,
        words(
            &[
                "privetelefoon",
                "telefoonprive",
                "privetelefoonnummer",
                "homephone",
                "phonehome",
                "privatephone",
                "phoneprivate",
                "telefoonthuis",
            ],
            PHONE,
        ),
        &["home", "prive", "private", "thuis", "personal", "landline", "vast"],
    ),
    field(
        "emailadres",
        Channel::Email,
        words(EMAIL, &["workemail", "emailwork", "zakelijkemail", "privateemail"]),
        AT_WORK,
    ),
];

/// What a contact person is at a relation.
pub(in crate::draft) const FUNCTIE: Words = words(
    &["functie", "functietitel", "functienaam", "jobtitle", "function", "workfunction", "functiontitle"],
    &["title", "position", "positie", "rol", "role", "beroep", "job"],
);

/// The number at which a contact person is reached there.
pub(in crate::draft) const DOORKIESNUMMER: Words = words(
    &[
        "doorkiesnummer",
        "doorkies",
        "directnumber",
        "directphone",
        "directdial",
        "directline",
        "ddi",
        "phonedirect",
        "telefoondirect",
    ],
    &["workphone", "phonework", "telefoonwerk", "werktelefoon", "extension", "toestel"],
);

/// Lists of the relations at which a contact person is.
pub(in crate::draft) const POSITIONS: Words = words(
    &[
        "koppelingen",
        "positions",
        "posities",
        "functies",
        "functions",
        "employments",
        "dienstverbanden",
        "jobs",
        "affiliations",
    ],
    &[
        "links",
        "relations",
        "relaties",
        "companies",
        "organisations",
        "organizations",
        "accounts",
        "contacts",
        "bedrijven",
        "roles",
        "rollen",
    ],
);

/// The id of a relation in a contact person.
pub(in crate::draft) const RELATION_ID: Words = words(
    &[
        "employerid",
        "werkgeverid",
        "relatieid",
        "relationid",
        "contactid",
        "companyid",
        "bedrijfid",
        "bedrijfsid",
        "organisationid",
        "organizationid",
        "organisatieid",
        "accountid",
        "customerid",
        "klantid",
        "clientid",
        "debiteurid",
    ],
    &["relatie", "relation", "company", "organisation", "organization", "parentid", "id"],
);

/// Lists of numbers and addresses, by their channel.
pub(in crate::draft) const PHONES: &[&str] =
    &["phones", "phonenumbers", "phone", "telefoons", "telefoonnummers", "telephones", "telefoon"];

pub(in crate::draft) const EMAILS: &[&str] =
    &["emails", "emailaddresses", "emailadressen", "mails", "email", "mailadressen"];

pub(in crate::draft) const WEBSITES: &[&str] =
    &["websites", "urls", "webaddresses", "websitesurls", "website", "sites", "webadressen"];

/// The word of a row.
pub(in crate::draft) const WORD: &[&str] = &[
    "type",
    "soort",
    "kind",
    "name",
    "naam",
    "label",
    "use",
    "usage",
    "gebruik",
    "category",
    "phonetype",
    "phonenumbertype",
    "addresstype",
    "adrestype",
    "emailtype",
    "code",
    "key",
    "field",
    "veld",
    "omschrijving",
    "description",
];

/// What a row holds.
pub(in crate::draft) const VALUE: &[&str] = &[
    "value",
    "waarde",
    "number",
    "nummer",
    "address",
    "adres",
    "phonenumber",
    "telefoonnummer",
    "emailaddress",
    "emailadres",
    "url",
    "email",
    "phone",
    "mail",
    "text",
    "tekst",
];

/// Genders.
pub(in crate::draft) const MALE: &[&str] = &["m", "man", "male", "mr", "heer", "dhr", "mannelijk"];

pub(in crate::draft) const FEMALE: &[&str] = &["v", "f", "vrouw", "female", "mevrouw", "mw", "mevr", "vrouwelijk"];

pub(in crate::draft) const OTHER: &[&str] = &["x", "other", "anders", "overig", "divers", "nonbinary", "nonbinair"];

pub(in crate::draft) const UNKNOWN: &[&str] = &["o", "u", "onbekend", "unknown", "unspecified", "none"];
