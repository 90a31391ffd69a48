//! Addresses: the manual's three types, and the parts of one.

/// A type of address that is synced. Others, such as factuuradressen, are not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AddressType {
    /// Goes to Tribe's Bezoekadres.
    Hoofdkantoor,
    /// Goes to Tribe's Postadres.
    Postadres,
    /// Goes to Tribe's Privé adres.
    Prive,
}

impl AddressType {
    /// Every type.
    pub const ALL: [Self; 3] = [Self::Hoofdkantoor, Self::Postadres, Self::Prive];
}

/// A part of an address that is compared and written by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AddressPart {
    /// The street, or "Postbus".
    Straat,
    /// House number and addition as one thing: see [`crate::relation::HouseNumber`].
    Huisnummer,
    /// The postcode.
    Postcode,
    /// The town.
    Plaats,
    /// The country.
    Land,
}

impl AddressPart {
    /// Every part.
    pub const ALL: [Self; 5] = [Self::Straat, Self::Huisnummer, Self::Postcode, Self::Plaats, Self::Land];
}
