//! The command that a person types about a code of the connector.
//!
//! The connector's sentences name no command: they are read on other hosts too. This host adds its own.

use super::record_name::name;
use crate::component::{RecordId, System, Text};
use crate::settings::{OfficeNumber, is_secret};

/// What a code was given about, as far as that is known. What is not known stands in a command as `<record>` or so.
#[derive(Clone, Copy, Default)]
pub(super) struct About<'a> {
    pub(super) record: Option<&'a RecordId>,
    pub(super) field: Option<&'a str>,
    pub(super) system: Option<System>,
    /// Whether that is Tribe's login, and not its API.
    pub(super) of_login: bool,
}

/// What is to be typed about each code: one command, or one of several with ` | ` between them. A code that is not here asks
/// for no command.
const COMMANDS: &[(&str, &str)] = &[
    ("setting-not-understood", SET_ANY),
    ("setting-missing", SET_ANY),
    ("store-missing", "koppeling office edit {office} --set store-bucket=<name>"),
    // It is the address or the number. The office's number is what its settings are kept by.
    ("office-differs", "koppeling office edit {office} --set advocaatcentraal-url=<address> | koppeling office add"),
    ("relation-type-unknown", LIST_TYPES),
    ("no-relation-type-mapped", LIST_TYPES),
    ("mapped-type-missing", LIST_TYPES),
    ("tribe-type-missing", LIST_TYPES),
    ("nothing-to-sync", LIST_TYPES),
    ("no-person-lists", "koppeling dialect probe {office}"),
    ("partners-missing", LIST_TYPES),
    ("field-unknown", "koppeling office edit {office} --unset fields.{field}"),
    ("field-type-differs", FIELD_OFF),
    ("address-slot-missing", FIELD_OFF),
    ("function-field-missing", "koppeling office edit {office} --set tribe-function-field=<property>"),
    ("marker-field-missing", SET_MARKER),
    ("marker-not-searchable", SET_MARKER),
    ("credentials-refused", "koppeling office edit {office} --ask {secret}"),
    ("address-forbidden", SET_URL),
    ("name-unknown", SET_URL),
    ("connection-refused", SET_URL),
    ("certificate-of-another", SET_URL),
    ("no-json", SET_URL),
    ("other-form", SET_URL),
    ("elsewhere-told", SET_URL),
    ("not-there", SET_URL),
    ("tls-failed", SET_URL),
    ("redirected", "koppeling office edit {office} --set advocaatcentraal-url=<address>"),
    ("webhook-secret-missing", "koppeling office edit {office} --ask tribe-webhook-secret"),
    ("no-consent-needed", "koppeling office edit {office} --set tribe-login=authorization-code"),
    ("consent-missing", LOG_IN),
    ("consent-ended", LOG_IN),
    ("consent-not-renewable", LOG_IN),
    ("brake-on", LIST_BRAKES),
    ("emptied-in-advocaatcentraal", LIST_BRAKES),
    ("emptied-in-tribe", LIST_BRAKES),
    ("one-value-in-advocaatcentraal", LIST_BRAKES),
    ("one-value-in-tribe", LIST_BRAKES),
    ("differs-braked", LIST_BRAKES),
    ("differs-unexplained", "koppeling differences --why unexplained {office}"),
    ("moved-since", "koppeling undo list {office}"),
    ("initial-sync-first", "koppeling sync {office}"),
    ("dialect-not-tried", "koppeling dialect try relatie/<id> {office}"),
    ("differs-not-tried", "koppeling dialect try relatie/<id> {office}"),
    ("to-advocaatcentraal-paused", RESUME),
    ("to-tribe-paused", RESUME),
    ("differs-direction-paused", RESUME),
    ("gone-in-tribe", "koppeling records make-anew {record} {office}"),
    ("kind-changed", "koppeling records make-anew {record} {office}"),
    ("many-not-shown", "koppeling brake release --brake gone {office}"),
    ("refused-by-tribe", "koppeling letters retry {record} {office}"),
    ("stored-otherwise", "koppeling letters retry {record} {office}"),
    ("conflict", "koppeling conflicts list {office}"),
    ("state-damaged", FORGET),
    ("differs-damaged", FORGET),
];

const RESUME: &str = "koppeling office resume {office}";
const LOG_IN: &str = "koppeling office login {office}";
const FORGET: &str = "koppeling records forget {record} {office}";
const LIST_BRAKES: &str = "koppeling brake list {office}";
const LIST_TYPES: &str = "koppeling office types {office}";
const SET_ANY: &str = "koppeling office edit {office} --set <setting>=<value>";
const SET_MARKER: &str = "koppeling office edit {office} --set marker-field=<property>";
const SET_URL: &str = "koppeling office edit {office} --set {url}=<address>";
const FIELD_OFF: &str = "koppeling office edit {office} --set fields.{field}=off";

/// The commands about a code, for that office: one of them is typed.
fn commands(code: &str, office: &OfficeNumber, about: &About<'_>) -> Option<Vec<String>> {
    let (_, commands) = COMMANDS.iter().find(|(of, _)| *of == code)?;
    Some(commands.split(" | ").map(|command| filled_in(command, office, about)).collect())
}

/// The setting with the address that a code is about; none for a code that is about no address.
pub(super) fn address_of(code: &str, about: &About<'_>) -> Option<&'static str> {
    let is_of_address = COMMANDS.iter().any(|(of, command)| *of == code && *command == SET_URL);
    is_of_address.then(|| setting_of_address(about)).flatten()
}

/// The setting with the address of a system.
pub(super) fn setting_of_address(about: &About<'_>) -> Option<&'static str> {
    match (about.system?, about.of_login) {
        (System::Advocaatcentraal, _) => Some("advocaatcentraal-url"),
        (System::Tribe, false) => Some("tribe-url"),
        (System::Tribe, true) => Some("tribe-auth-url"),
    }
}

fn filled_in(command: &str, office: &OfficeNumber, about: &About<'_>) -> String {
    let url = setting_of_address(about).unwrap_or("<setting>");
    let secret = match about.system {
        Some(System::Advocaatcentraal) => "advocaatcentraal-key",
        Some(System::Tribe) => "tribe-client-secret",
        None => "<setting>",
    };
    command
        .replace("{office}", office.as_str())
        .replace("{record}", &about.record.map_or_else(|| "<record>".to_owned(), name))
        .replace("{field}", about.field.unwrap_or("<field>"))
        .replace("{url}", url)
        .replace("{secret}", secret)
}

/// The command that gives new credentials for a system.
pub(super) fn new_credentials(system: System, office: &OfficeNumber) -> String {
    let about = About { system: Some(system), ..About::default() };
    filled_in("koppeling office edit {office} --ask {secret}", office, &about)
}

/// The command that changes a setting, by the connector's name of it.
pub(super) fn change_of(setting: &str, office: &OfficeNumber) -> String {
    match setting {
        "advocaatcentraal-office" => "koppeling office add".to_owned(),
        "paused-direction" => filled_in(RESUME, office, &About::default()),
        "relation-types" => filled_in(LIST_TYPES, office, &About::default()),
        "fields" => filled_in(FIELD_OFF, office, &About::default()),
        secret if is_secret(secret) => format!("koppeling office edit {office} --ask {secret}"),
        setting => format!("koppeling office edit {office} --set {setting}=<value>"),
    }
}

/// The sentences of a code, each with the command to type behind it, if there is one.
pub(super) fn with_command(text: Text, code: &str, office: &OfficeNumber, about: &About<'_>) -> Text {
    let either = |commands: &[String], or: &str| format!("`{}`", commands.join(&format!("`{or}`")));
    match commands(code, office, about) {
        Some(commands) => Text {
            dutch: format!("{} Typ: {}.", text.dutch, either(&commands, ", of ")),
            english: format!("{} Type: {}.", text.english, either(&commands, ", or ")),
        },
        None => text,
    }
}

#[cfg(test)]
#[path = "advice_tests.rs"]
mod tests;
