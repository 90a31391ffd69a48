//! The manual's tables as data: AdvocaatCentraal's field, and where it stands in Tribe.

use super::forms::Form;

/// One row of a table.
pub(super) struct Row {
    /// The name in a report.
    pub(super) field: &'static str,
    /// The field in AdvocaatCentraal.
    pub(super) ac: &'static str,
    /// The property in Tribe, of the record itself.
    pub(super) record: &'static str,
    /// The property in Tribe, of each contact relationship.
    pub(super) contact: Option<&'static str>,
    pub(super) form: Form,
}

const fn row(field: &'static str, ac: &'static str, record: &'static str, form: Form) -> Row {
    Row { field, ac, record, contact: None, form }
}

/// Organisatie/bedrijf, but for the KvK number.
pub(super) const ORGANISATION: &[Row] = &[
    row("organisatie.bedrijfsnaam", "bedrijfsnaam", "Name", Form::Text),
    row("organisatie.telefoonnummer", "telefoonnummer", "PhoneNumber", Form::Phone),
    row("organisatie.email", "email", "EmailAddress", Form::Email),
    row("organisatie.website", "website", "Website", Form::Website),
];

/// Only where Tribe's KvK link is in use.
pub(super) const KVK: Row = row("organisatie.kvk", "kvk", "ChamberOfCommerceNumber", Form::Kvk);

/// Particulier.
pub(super) const PRIVATE_PERSON: &[Row] = &[
    row("particulier.naam", "naam", "LastName", Form::Text),
    row("particulier.email", "email", "EmailAddress", Form::Email),
    row("particulier.telefoon", "telefoon", "PhoneNumber", Form::Phone),
];

/// Contactpersoon bij een organisatie: what belongs to the person. Two fields stand in Tribe twice.
pub(super) const CONTACT_PERSON: &[Row] = &[
    row("contactpersoon.voornamen", "voornamen", "FirstName", Form::Text),
    row("contactpersoon.achternaam", "achternaam", "LastName", Form::Text),
    row("contactpersoon.tussenvoegsels", "tussenvoegsels", "MiddleName", Form::Text),
    row("contactpersoon.voorletters", "voorletters", "Initials", Form::Text),
    row("contactpersoon.geboortedatum", "geboortedatum", "BirthDate", Form::Date),
    row("contactpersoon.prive-telefoon", "prive_telefoon", "PhoneNumber", Form::Phone),
    Row {
        field: "contactpersoon.mobiel",
        ac: "mobiel",
        record: "MobilePhoneNumber",
        contact: Some("MobilePhoneNumber"),
        form: Form::Phone,
    },
    Row {
        field: "contactpersoon.emailadres",
        ac: "emailadres",
        record: "EmailAddress",
        contact: Some("EmailAddress"),
        form: Form::Email,
    },
];

/// AdvocaatCentraal's type of an address, and the link in Tribe.
pub(super) const ORGANISATION_ADDRESSES: &[(&str, &str)] =
    &[("hoofdkantoor", "VisitingAddress"), ("postadres", "PostalAddress")];

/// The same for persons.
pub(super) const PERSON_ADDRESSES: &[(&str, &str)] = &[("prive", "Address")];

/// The entity set of a Tribe type for organisations or for persons; none where there is no such type.
pub(super) fn stage(key: &str) -> Option<&'static str> {
    Some(match key {
        "customer" => "Customer",
        "prospect" => "Prospect",
        "lead" => "Lead",
        "suspect" => "Suspect",
        "hot-prospect" => "HotProspect",
        _ => return None,
    })
}
