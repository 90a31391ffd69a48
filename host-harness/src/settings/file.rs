//! Settings as a TOML file that an operator writes, and as the sealed text that the store keeps. Both have one shape.

use std::collections::BTreeMap;

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::dialects::{self, DialectProblem};
use crate::registry::{Plugin, ReferenceProblem};

use super::names::{form_of, setting_at};
use super::{
    Destination, FieldRule, Login, NotAnOfficeNumber, OfficeSettings, Reach, Switch, TRIBE_AUTH_URL, TRIBE_URL,
    UrlProblem,
};

/// A file to start from, with every setting explained.
pub const TEMPLATE: &str = include_str!("office.example.toml");

/// Why a file is not understood. It names a setting or a line, and never repeats a value.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum FileProblem {
    /// The file is no text.
    #[error("it is no text in UTF-8 or UTF-16; save it in UTF-8")]
    NotText,
    /// The text is no TOML, or a value is of the wrong kind.
    #[error("line {line}{}", expected(*.setting).map_or_else(|| NOT_UNDERSTOOD.to_owned(), |told| format!(": {told}")))]
    Line {
        /// Counted from 1.
        line: usize,
        /// The setting that stands there, if it is one.
        setting: Option<&'static str>,
    },
    /// A value of the wrong form.
    #[error("{}", expected(Some(.setting)).unwrap_or_default())]
    Value {
        /// The setting.
        setting: &'static str,
    },
    /// These still say what the template says.
    #[error("not filled in yet: {}; put the office's own in place of each `…`, and leave out what it does not have", .settings.join(", "))]
    Untouched {
        /// Their names.
        settings: Vec<&'static str>,
    },
    /// A name on the command line that is no setting.
    #[error("there is no setting {}; `koppeling office template` shows them all", shown(.name))]
    NoSuchSetting {
        /// The name; shown only if it cannot be a secret that was typed in the wrong place.
        name: String,
    },
    /// A name on the command line that is no entry of a setting.
    #[error("{setting} has no entry {}; {}", shown(.entry), if *.setting == "fields" {
        "the section `Fields` of docs/settings.md has them all"
    } else {
        "`koppeling office types` shows which are mapped"
    })]
    NoSuchEntry {
        /// The setting.
        setting: &'static str,
        /// The name of the entry.
        entry: String,
    },
    /// A setting that is a table, without the name of an entry.
    #[error("{setting} has entries: name one of them, as {setting}.<name>")]
    NoEntry {
        /// The setting.
        setting: &'static str,
    },
    /// The office's number cannot be changed.
    #[error(
        "an office is known by its number, which cannot be changed; add another office with `koppeling office add`"
    )]
    FixedOffice,
    /// A name that is no setting.
    #[error("line {line}: there is no setting of that name; compare it with `koppeling office template`")]
    Unknown {
        /// Counted from 1.
        line: usize,
    },
    /// A setting that must be there.
    #[error("the setting {setting} is missing")]
    Missing {
        /// Its name.
        setting: String,
    },
    /// A URL that cannot be used.
    #[error("{setting} {problem}")]
    Url {
        /// Its name.
        setting: &'static str,
        /// What is wrong.
        problem: UrlProblem,
    },
    /// A header name that cannot be sent.
    #[error("{setting} is not the name of an HTTP header")]
    Header {
        /// Its name.
        setting: &'static str,
    },
    /// How AdvocaatCentraal's wire speaks.
    #[error("dialect: {0}")]
    Dialect(DialectProblem),
    /// The name of a connector.
    #[error("plugin: {0}")]
    Plugin(#[from] ReferenceProblem),
    /// The office number.
    #[error("office: {0}")]
    Office(#[from] NotAnOfficeNumber),
}

/// A name that looks like one.
fn shown(name: &str) -> String {
    let is_name = name.len() <= 60 && name.bytes().all(|sign| sign.is_ascii_lowercase() || b"-._".contains(&sign));
    if is_name { format!("`{name}`") } else { "of that name".to_owned() }
}

const NOT_UNDERSTOOD: &str = " is not understood; compare it with `koppeling office template`";

/// What a setting must be, where it is known which one it is.
fn expected(setting: Option<&str>) -> Option<String> {
    let name = setting?;
    Some(format!("{name} is not understood; it is {}", form_of(name)?))
}

/// What the template has in place of a value that each office has of its own.
const BLANK: &str = "…";

/// The shape of the text. Its secrets are plain strings, so it never leaves this module and is wiped when dropped.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(super) struct Text {
    office: String,
    advocaatcentraal_url: String,
    advocaatcentraal_key: String,
    #[serde(default = "key_header")]
    advocaatcentraal_key_header: String,
    // Left out where they are not set: an older koppeling knows no such settings.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    advocaatcentraal_user: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    advocaatcentraal_password: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    dialect: String,
    #[serde(default = "tribe_url")]
    tribe_url: String,
    #[serde(default = "tribe_auth_url")]
    tribe_auth_url: String,
    #[serde(default)]
    tribe_login: Login,
    tribe_client_id: String,
    tribe_client_secret: String,
    #[serde(default)]
    tribe_webhook_secret: String,
    #[serde(default = "webhook_header")]
    tribe_webhook_header: String,
    #[serde(default = "function_field")]
    tribe_function_field: String,
    #[serde(default = "marker_field")]
    marker_field: String,
    #[serde(default)]
    store_bucket: String,
    #[serde(default)]
    kvk: Switch,
    // Left out where it is not set: an older koppeling knows no such setting.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kept_days: Option<u32>,
    #[serde(default)]
    loopback: bool,
    // Left out where there is none: an older koppeling knows no such setting.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    plugin: String,
    #[serde(default)]
    relation_types: BTreeMap<String, String>,
    #[serde(default)]
    fields: BTreeMap<String, FieldRule>,
}

impl Drop for Text {
    fn drop(&mut self) {
        self.advocaatcentraal_key.zeroize();
        self.advocaatcentraal_password.zeroize();
        self.tribe_client_id.zeroize();
        self.tribe_client_secret.zeroize();
        self.tribe_webhook_secret.zeroize();
    }
}

impl Text {
    /// The settings that still say what the template says.
    fn blanks(&self) -> Vec<&'static str> {
        let own = [
            ("office", &self.office),
            ("advocaatcentraal-url", &self.advocaatcentraal_url),
            ("advocaatcentraal-key", &self.advocaatcentraal_key),
            ("tribe-client-id", &self.tribe_client_id),
            ("tribe-client-secret", &self.tribe_client_secret),
            ("tribe-webhook-secret", &self.tribe_webhook_secret),
        ];
        own.into_iter().filter(|(_, text)| text.contains(BLANK)).map(|(name, _)| name).collect()
    }
}

fn key_header() -> String {
    "X-Api-Key".to_owned()
}

fn tribe_url() -> String {
    TRIBE_URL.to_owned()
}

fn tribe_auth_url() -> String {
    TRIBE_AUTH_URL.to_owned()
}

fn webhook_header() -> String {
    "X-Tribe-Signature".to_owned()
}

fn function_field() -> String {
    "Function".to_owned()
}

fn marker_field() -> String {
    "ImportId".to_owned()
}

impl OfficeSettings {
    /// Reads a TOML file's text.
    pub fn from_toml(text: &str) -> Result<Self, FileProblem> {
        let parsed: Text = toml::from_str(text).map_err(|error| problem(&error, text))?;
        match parsed.blanks() {
            blanks if blanks.is_empty() => Self::from_text(&parsed),
            settings => Err(FileProblem::Untouched { settings }),
        }
    }

    /// Reads what [`OfficeSettings::to_stored`] wrote.
    pub(crate) fn from_stored(bytes: &[u8]) -> Result<Self, FileProblem> {
        let parsed: Text =
            serde_json::from_slice(bytes).map_err(|error| FileProblem::Line { line: error.line(), setting: None })?;
        Self::from_text(&parsed)
    }

    /// The text that the store seals, secrets and all. For the store alone.
    pub(crate) fn to_stored(&self) -> serde_json::Result<Zeroizing<Vec<u8>>> {
        serde_json::to_vec(&self.to_text()).map(Zeroizing::new)
    }

    pub(super) fn to_text(&self) -> Text {
        Text {
            office: self.office.as_str().to_owned(),
            advocaatcentraal_url: self.advocaatcentraal_url.as_str().to_owned(),
            advocaatcentraal_key: self.advocaatcentraal_key.expose_secret().to_owned(),
            advocaatcentraal_key_header: self.advocaatcentraal_key_header.clone(),
            advocaatcentraal_user: self.advocaatcentraal_user.clone(),
            advocaatcentraal_password: self.advocaatcentraal_password.expose_secret().to_owned(),
            dialect: self.dialect.clone(),
            tribe_url: self.tribe_url.as_str().to_owned(),
            tribe_auth_url: self.tribe_auth_url.as_str().to_owned(),
            tribe_login: self.tribe_login,
            tribe_client_id: self.tribe_client_id.expose_secret().to_owned(),
            tribe_client_secret: self.tribe_client_secret.expose_secret().to_owned(),
            tribe_webhook_secret: self.tribe_webhook_secret.expose_secret().to_owned(),
            tribe_webhook_header: self.tribe_webhook_header.clone(),
            tribe_function_field: self.tribe_function_field.clone(),
            marker_field: self.marker_field.clone(),
            store_bucket: self.store_bucket.clone(),
            kvk: self.kvk,
            kept_days: self.kept_days,
            loopback: self.reach == Reach::Loopback,
            plugin: match &self.plugin {
                Plugin::BuiltIn => String::new(),
                plugin => plugin.to_string(),
            },
            relation_types: self.relation_types.clone(),
            fields: self.fields.clone(),
        }
    }

    pub(super) fn from_text(text: &Text) -> Result<Self, FileProblem> {
        let reach = if text.loopback { Reach::Loopback } else { Reach::Internet };
        let url = |setting, text: &str| {
            Destination::parse(text, reach).map_err(|problem| FileProblem::Url { setting, problem })
        };
        let needed = |setting: &str, text: &str| match text.trim() {
            "" => Err(FileProblem::Missing { setting: setting.to_owned() }),
            text => Ok(SecretString::from(text)),
        };
        Ok(Self {
            office: text.office.trim().parse()?,
            advocaatcentraal_url: url("advocaatcentraal-url", &text.advocaatcentraal_url)?,
            advocaatcentraal_key: needed("advocaatcentraal-key", &text.advocaatcentraal_key)?,
            advocaatcentraal_key_header: header("advocaatcentraal-key-header", &text.advocaatcentraal_key_header)?,
            advocaatcentraal_user: text.advocaatcentraal_user.trim().to_owned(),
            advocaatcentraal_password: SecretString::from(text.advocaatcentraal_password.trim()),
            dialect: dialect_of(&text.dialect)?,
            tribe_url: url("tribe-url", &text.tribe_url)?,
            tribe_auth_url: url("tribe-auth-url", &text.tribe_auth_url)?,
            tribe_login: text.tribe_login,
            tribe_client_id: needed("tribe-client-id", &text.tribe_client_id)?,
            tribe_client_secret: needed("tribe-client-secret", &text.tribe_client_secret)?,
            tribe_webhook_secret: SecretString::from(text.tribe_webhook_secret.trim()),
            tribe_webhook_header: header("tribe-webhook-header", &text.tribe_webhook_header)?,
            relation_types: text.relation_types.clone(),
            fields: text.fields.clone(),
            kvk: text.kvk,
            kept_days: text.kept_days.map(days_kept).transpose()?,
            tribe_function_field: text.tribe_function_field.trim().to_owned(),
            marker_field: text.marker_field.trim().to_owned(),
            store_bucket: text.store_bucket.clone(),
            reach,
            plugin: text.plugin.parse()?,
        })
    }
}

/// For how many days values are kept: the connector keeps them thirty at most.
fn days_kept(days: u32) -> Result<u32, FileProblem> {
    if days <= 30 { Ok(days) } else { Err(FileProblem::Value { setting: "kept-days" }) }
}

/// A dialect as it is kept; empty for the one that is built in.
fn dialect_of(text: &str) -> Result<String, FileProblem> {
    match text.trim() {
        "" => Ok(String::new()),
        text => dialects::to_json(text).map_err(FileProblem::Dialect),
    }
}

fn header(setting: &'static str, text: &str) -> Result<String, FileProblem> {
    match http::HeaderName::try_from(text.trim()) {
        Ok(_) => Ok(text.trim().to_owned()),
        Err(_) => Err(FileProblem::Header { setting }),
    }
}

/// Only the names of settings are taken from the parser's message; the rest may repeat a secret.
fn problem(error: &toml::de::Error, text: &str) -> FileProblem {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let message = error.message();
    if let Some(rest) = message.strip_prefix("missing field `") {
        let setting = rest.split('`').next().unwrap_or_default().to_owned();
        return FileProblem::Missing { setting };
    }
    match setting_at(text, line) {
        setting if !message.starts_with("unknown field") => FileProblem::Line { line, setting },
        _ => FileProblem::Unknown { line },
    }
}
