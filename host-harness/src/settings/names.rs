//! The names of the settings file, and the form of each: so that a mistake is told by its name, and never by its text.

/// The form of a setting's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// A text.
    Text,
    /// A text that must not be seen.
    Secret,
    /// A whole number.
    Number,
    /// True or false.
    Truth,
    /// One of these texts.
    OneOf(&'static str),
    /// A table of texts.
    Table(&'static str),
}

/// Every setting, by its name in the file.
pub(super) const SETTINGS: &[(&str, Form)] = &[
    ("office", Form::Text),
    ("advocaatcentraal-url", Form::Text),
    ("advocaatcentraal-key", Form::Secret),
    ("advocaatcentraal-key-header", Form::Text),
    ("advocaatcentraal-user", Form::Text),
    ("advocaatcentraal-password", Form::Secret),
    ("dialect", Form::Text),
    ("tribe-url", Form::Text),
    ("tribe-auth-url", Form::Text),
    ("tribe-login", Form::OneOf("\"client-credentials\" or \"authorization-code\"")),
    ("tribe-client-id", Form::Text),
    ("tribe-client-secret", Form::Secret),
    ("tribe-webhook-secret", Form::Secret),
    ("tribe-webhook-header", Form::Text),
    ("tribe-function-field", Form::Text),
    ("marker-field", Form::Text),
    ("store-bucket", Form::Text),
    ("kvk", Form::OneOf("\"on\" or \"off\"")),
    ("kept-days", Form::Number),
    ("loopback", Form::Truth),
    ("plugin", Form::Text),
    ("relation-types", Form::Table("AdvocaatCentraal's types, each with a type of Tribe's between quotes")),
    ("fields", Form::Table("fields, each with \"two-way\", \"from-advocaatcentraal\" or \"off\"")),
];

/// The fields that `fields` takes, in the order of the manual's tables.
const FIELDS: &[&str] = &[
    "organisatie.bedrijfsnaam",
    "organisatie.telefoonnummer",
    "organisatie.email",
    "organisatie.website",
    "organisatie.kvk",
    "contactpersoon.voornamen",
    "contactpersoon.achternaam",
    "contactpersoon.tussenvoegsels",
    "contactpersoon.voorletters",
    "contactpersoon.geboortedatum",
    "contactpersoon.geslacht",
    "contactpersoon.functie",
    "contactpersoon.doorkiesnummer",
    "contactpersoon.mobiel",
    "contactpersoon.prive-telefoon",
    "contactpersoon.emailadres",
    "particulier.naam",
    "particulier.email",
    "particulier.telefoon",
    "hoofdkantoor.straat",
    "hoofdkantoor.huisnummer",
    "hoofdkantoor.postcode",
    "hoofdkantoor.plaats",
    "hoofdkantoor.land",
    "postadres.straat",
    "postadres.huisnummer",
    "postadres.postcode",
    "postadres.plaats",
    "postadres.land",
    "priveadres.straat",
    "priveadres.huisnummer",
    "priveadres.postcode",
    "priveadres.plaats",
    "priveadres.land",
];

/// Whether a field of that name is synced.
pub(super) fn is_field(name: &str) -> bool {
    FIELDS.contains(&name)
}

/// A setting by its name, with the constant text of that name.
pub(super) fn setting(name: &str) -> Option<(&'static str, Form)> {
    SETTINGS.iter().copied().find(|(known, _)| *known == name)
}

/// Whether a setting of that name must not be seen.
pub fn is_secret(name: &str) -> bool {
    setting(name).is_some_and(|(_, form)| form == Form::Secret)
}

/// The form of a setting in words; none for a name that is no setting.
pub(super) fn form_of(name: &str) -> Option<&'static str> {
    setting(name).map(|(_, form)| match form {
        Form::Text | Form::Secret => "a text between quotes",
        Form::Number => "a whole number from 0 to 30, without quotes",
        Form::Truth => "true or false, without quotes",
        Form::OneOf(texts) | Form::Table(texts) => texts,
    })
}

/// The setting that a line of a file is about.
pub(super) fn setting_at(text: &str, line: usize) -> Option<&'static str> {
    let lines: Vec<&str> = text.lines().take(line).map(str::trim).collect();
    let table = lines.iter().rev().find_map(|line| line.strip_prefix('[')?.split(']').next());
    let name = match table {
        Some(table) => table,
        None => lines.last()?.split('=').next()?,
    };
    setting(name.trim().trim_matches(['"', '\''])).map(|(name, _)| name)
}

#[cfg(test)]
mod tests {
    use advocaatcentraal_tribe::mapping;

    use super::*;

    #[test]
    fn the_fields_are_those_of_the_connector() {
        for field in FIELDS {
            assert!(mapping::is_field(field), "{field}");
        }
        let manual = include_str!("../../../docs/settings.md");
        let (_, manual) = manual.split_once("## Fields").unwrap_or_default();
        let named = manual.split('`').skip(1).step_by(2).filter(|name| mapping::is_field(name));
        assert_eq!(named.collect::<Vec<_>>(), FIELDS);
    }
}
