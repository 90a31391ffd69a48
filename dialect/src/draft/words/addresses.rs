//! Words for addresses: their parts and their types.

/// The parts of an address.
pub(in crate::draft) const STRAAT: &[&str] = &[
    "straat",
    "straatnaam",
    "street",
    "streetname",
    "address1",
    "addressline1",
    "adres1",
    "adresregel1",
    "line1",
    "street1",
    "streetaddress",
    "straatenhuisnummer",
    "adres",
    "address",
];

pub(in crate::draft) const HUISNUMMER: &[&str] =
    &["huisnummer", "huisnr", "housenumber", "housenr", "streetnumber", "number", "nummer", "nr"];

pub(in crate::draft) const HUISLETTER: &[&str] = &["huisletter", "houseletter", "letter"];

pub(in crate::draft) const TOEVOEGING: &[&str] = &[
    "toevoeging",
    "huisnummertoevoeging",
    "housenumbersuffix",
    "housenumberaddition",
    "numbersuffix",
    "numberaddition",
    "suffix",
    "addition",
];

pub(in crate::draft) const POSTCODE: &[&str] = &["postcode", "zipcode", "postalcode", "zip", "pc"];

pub(in crate::draft) const PLAATS: &[&str] =
    &["plaats", "woonplaats", "plaatsnaam", "city", "town", "locality", "stad", "place"];

pub(in crate::draft) const LAND: &[&str] = &["land", "landcode", "landnaam", "country", "countrycode", "countryname"];

/// The id of an address in a list of them.
pub(in crate::draft) const ROW_ID: &[&str] = &["id", "uuid", "guid", "identifier", "key", "sleutel"];

/// Lists and objects that are addresses.
pub(in crate::draft) const ADDRESS: &[&str] = &["adres", "adressen", "address", "addresses"];

/// The types of addresses, without `adres` and `address` after them.
pub(in crate::draft) const HOOFDKANTOOR: &[&str] = &[
    "hoofdkantoor",
    "vestiging",
    "vestigings",
    "bezoek",
    "visiting",
    "visit",
    "main",
    "hoofd",
    "headquarters",
    "headoffice",
    "office",
    "kantoor",
    "work",
    "werk",
    "business",
    "zakelijk",
    "street",
    "physical",
    "statutair",
    "primary",
    "default",
    "standaard",
];

pub(in crate::draft) const POSTADRES: &[&str] =
    &["post", "postal", "mailing", "mail", "correspondentie", "correspondence", "postbus", "pobox", "poststuk"];

pub(in crate::draft) const PRIVE: &[&str] =
    &["prive", "private", "home", "thuis", "woon", "personal", "residential", "huis"];
