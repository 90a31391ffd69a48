//! The command that a person types about a code of the connector.
//!
//! The connector's sentences name no command: they are read on other hosts too. This host adds its own.

use crate::component::Text;
use crate::settings::OfficeNumber;

/// What is to be typed about each code, without the office. A code that is not here asks for no command.
const COMMANDS: &[(&str, &str)] = &[
    ("setting-not-understood", CHANGE_SETTINGS),
    ("relation-type-unknown", CHANGE_SETTINGS),
    ("no-relation-type-mapped", CHANGE_SETTINGS),
    ("field-unknown", CHANGE_SETTINGS),
    ("setting-missing", CHANGE_SETTINGS),
    ("store-missing", CHANGE_SETTINGS),
    ("office-differs", CHANGE_SETTINGS),
    ("credentials-refused", CHANGE_SETTINGS),
    ("not-reached", CHANGE_SETTINGS),
    ("address-forbidden", CHANGE_SETTINGS),
    ("answer-not-understood", CHANGE_SETTINGS),
    ("mapped-type-missing", CHANGE_SETTINGS),
    ("tribe-type-missing", CHANGE_SETTINGS),
    ("function-field-missing", CHANGE_SETTINGS),
    ("marker-field-missing", CHANGE_SETTINGS),
    ("marker-not-searchable", CHANGE_SETTINGS),
    ("address-slot-missing", CHANGE_SETTINGS),
    ("partners-missing", CHANGE_SETTINGS),
    ("webhook-secret-missing", CHANGE_SETTINGS),
    ("no-consent-needed", CHANGE_SETTINGS),
    ("consent-missing", LOG_IN),
    ("consent-ended", LOG_IN),
    ("consent-not-renewable", LOG_IN),
    ("brake-on", LIST_BRAKES),
    ("emptied-in-advocaatcentraal", LIST_BRAKES),
    ("emptied-in-tribe", LIST_BRAKES),
    ("one-value-in-advocaatcentraal", LIST_BRAKES),
    ("one-value-in-tribe", LIST_BRAKES),
    ("differs-braked", LIST_BRAKES),
    ("differs-unexplained", "koppeling differences --why unexplained"),
    ("moved-since", "koppeling undo list"),
    ("initial-sync-first", "koppeling sync"),
    ("gone-in-tribe", "koppeling records make-anew <record>"),
    ("many-not-shown", "koppeling brake release --brake gone"),
    ("refused-by-tribe", "koppeling letters retry <record>"),
    ("conflict", "koppeling conflicts list"),
];

const LOG_IN: &str = "koppeling office login";
const LIST_BRAKES: &str = "koppeling brake list";
/// Takes no office: it asks for it.
const CHANGE_SETTINGS: &str = "koppeling office add";

/// The command about a code, for that office.
fn command(code: &str, office: &OfficeNumber) -> Option<String> {
    let (_, command) = COMMANDS.iter().find(|(of, _)| *of == code)?;
    Some(if *command == CHANGE_SETTINGS { (*command).to_owned() } else { format!("{command} {office}") })
}

/// The sentences of a code, each with the command to type behind it, if there is one.
pub(super) fn with_command(text: Text, code: &str, office: &OfficeNumber) -> Text {
    match command(code, office) {
        Some(command) => Text {
            dutch: format!("{} Typ: `{command}`.", text.dutch),
            english: format!("{} Type: `{command}`.", text.english),
        },
        None => text,
    }
}

#[cfg(test)]
#[path = "advice_tests.rs"]
mod tests;
