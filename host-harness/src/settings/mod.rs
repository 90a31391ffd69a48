//! What one office has set: where its two systems are, with which credentials, and what is synced.
//!
//! One vocabulary everywhere: the names in the TOML file, the keys that the component reads through `wasi:config`, and
//! the names in its `setting-problem`s are the same.
//!
//! Secrets are of a type that cannot be printed, and a mistake in a file is reported by its line, never by its text.

mod change;
mod config;
mod file;
mod names;
mod text;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

pub use change::Change;
pub use config::Config;
pub use file::{FileProblem, TEMPLATE};
use koppeling_egress::AllowList;
pub use koppeling_egress::{Destination, Reach, Scheme, UrlProblem};
pub use names::is_secret;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
pub use text::text_of;

use crate::registry::Plugin;

/// Tribe's API. Tribe: documented.
pub const TRIBE_URL: &str = "https://api.tribecrm.nl";
/// Tribe's login. Tribe: documented.
pub const TRIBE_AUTH_URL: &str = "https://auth.tribecrm.nl";

/// The number of an office in AdvocaatCentraal (`administratienummer`): 1 to 64 of `A-Z a-z 0-9 -`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OfficeNumber(String);

/// It is no office number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an office number is made of 1 to 64 letters, digits and hyphens")]
pub struct NotAnOfficeNumber;

impl OfficeNumber {
    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the same office: hyphens, zeros in front and capitals make no other. AC: assumed (a number).
    pub fn is_same_as(&self, other: &Self) -> bool {
        let number = |of: &Self| {
            let written: String = of.0.chars().filter(|sign| *sign != '-').collect();
            written.trim_start_matches('0').to_ascii_lowercase()
        };
        number(self) == number(other)
    }
}

impl TryFrom<String> for OfficeNumber {
    type Error = NotAnOfficeNumber;

    fn try_from(text: String) -> Result<Self, NotAnOfficeNumber> {
        let fits =
            (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if fits { Ok(Self(text)) } else { Err(NotAnOfficeNumber) }
    }
}

impl FromStr for OfficeNumber {
    type Err = NotAnOfficeNumber;

    fn from_str(text: &str) -> Result<Self, NotAnOfficeNumber> {
        Self::try_from(text.to_owned())
    }
}

impl From<OfficeNumber> for String {
    fn from(number: OfficeNumber) -> Self {
        number.0
    }
}

impl fmt::Display for OfficeNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which way a field goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldRule {
    /// Both ways: what the manual says, and what holds for a field that is not named.
    TwoWay,
    /// From AdvocaatCentraal to Tribe only.
    FromAdvocaatcentraal,
    /// Not at all.
    Off,
}

/// A setting that is on or off.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Switch {
    /// On.
    On,
    /// Off.
    #[default]
    Off,
}

/// How the connector logs in to Tribe. Tribe: documented.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Login {
    /// With the application's own id and secret.
    #[default]
    ClientCredentials,
    /// By the consent of a person: `koppeling office login`.
    AuthorizationCode,
}

/// Everything that an office has set. Not printable as a whole, and its secrets not at all.
#[derive(Clone)]
pub struct OfficeSettings {
    /// The office.
    pub office: OfficeNumber,
    /// Where AdvocaatCentraal is. AC: assumed (A1), there is no default.
    pub advocaatcentraal_url: Destination,
    /// The API key of AdvocaatCentraal.
    pub advocaatcentraal_key: SecretString,
    /// The header that the key travels in. AC: assumed (A2).
    pub advocaatcentraal_key_header: String,
    /// The API user of AdvocaatCentraal; empty where the dialect needs none.
    pub advocaatcentraal_user: String,
    /// Its password; empty where there is none.
    pub advocaatcentraal_password: SecretString,
    /// How AdvocaatCentraal's wire speaks, as JSON; empty for the dialect that is built in.
    pub dialect: String,
    /// Where Tribe's API is.
    pub tribe_url: Destination,
    /// Where Tribe's login is.
    pub tribe_auth_url: Destination,
    /// How the connector logs in to Tribe.
    pub tribe_login: Login,
    /// The client id of the application in Tribe.
    pub tribe_client_id: SecretString,
    /// Its secret.
    pub tribe_client_secret: SecretString,
    /// The secret that Tribe signs its webhooks with; empty where there is no webhook.
    pub tribe_webhook_secret: SecretString,
    /// The header that the signature travels in. Tribe: unknown, therefore a setting.
    pub tribe_webhook_header: String,
    /// AdvocaatCentraal's type id → the key of Tribe's type. A type that is not here, or empty, is not synced.
    pub relation_types: BTreeMap<String, String>,
    /// Rules of single fields; what is not here goes both ways.
    pub fields: BTreeMap<String, FieldRule>,
    /// Whether the KvK number is synced.
    pub kvk: Switch,
    /// For how many days a value that gave way is kept; none for the connector's default.
    pub kept_days: Option<u32>,
    /// The property of a contact in Tribe that holds the function.
    pub tribe_function_field: String,
    /// The field in Tribe that holds the marker.
    pub marker_field: String,
    /// The name under which the component opens its store.
    pub store_bucket: String,
    /// Host only: whether loopback addresses are allowed.
    pub reach: Reach,
    /// Host only: the connector that works for this office.
    pub plugin: Plugin,
}

impl OfficeSettings {
    /// All that the office's component may reach.
    pub fn allowed(&self) -> AllowList {
        AllowList {
            advocaatcentraal: self.advocaatcentraal_url.clone(),
            tribe: self.tribe_url.clone(),
            tribe_login: self.tribe_auth_url.clone(),
        }
    }
}

impl fmt::Debug for OfficeSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OfficeSettings").field("office", &self.office).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
