//! An office's settings as the component reads them through `wasi:config`.

use std::collections::BTreeMap;
use std::fmt;

use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::{Login, OfficeSettings, Switch};

/// Keys and values for `wasi:config`. It holds secrets: it cannot be printed, and is wiped when dropped.
pub struct Config {
    values: BTreeMap<&'static str, Zeroizing<String>>,
}

impl Config {
    /// The value of a setting.
    pub fn get(&self, key: &str) -> Option<&str> {
        self.values.get(key).map(|value| value.as_str())
    }

    /// All of them, by name.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(key, value)| (*key, value.as_str()))
    }

    /// The name of the store that the component may open.
    pub fn bucket(&self) -> &str {
        self.get("store-bucket").unwrap_or_default()
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
    }
}

impl OfficeSettings {
    /// What the component gets to read. An empty setting is left out, as if it were not set.
    pub fn config(&self) -> Config {
        self.config_while_paused("")
    }

    /// The same, while nothing goes in that direction, by the word of the connector's setting; an empty one pauses none.
    pub fn config_while_paused(&self, direction: &str) -> Config {
        let json = |value: serde_json::Result<String>| value.unwrap_or_else(|_| "{}".to_owned());
        let switch = match self.kvk {
            Switch::On => "on",
            Switch::Off => "off",
        };
        let login = match self.tribe_login {
            Login::ClientCredentials => "client-credentials",
            Login::AuthorizationCode => "authorization-code",
        };
        let values = [
            ("advocaatcentraal-url", self.advocaatcentraal_url.as_str().to_owned()),
            ("advocaatcentraal-office", self.office.as_str().to_owned()),
            ("advocaatcentraal-key", self.advocaatcentraal_key.expose_secret().to_owned()),
            ("advocaatcentraal-key-header", self.advocaatcentraal_key_header.clone()),
            ("advocaatcentraal-user", self.advocaatcentraal_user.clone()),
            ("advocaatcentraal-password", self.advocaatcentraal_password.expose_secret().to_owned()),
            ("dialect", self.dialect.clone()),
            ("tribe-url", self.tribe_url.as_str().to_owned()),
            ("tribe-auth-url", self.tribe_auth_url.as_str().to_owned()),
            ("tribe-login", login.to_owned()),
            ("tribe-client-id", self.tribe_client_id.expose_secret().to_owned()),
            ("tribe-client-secret", self.tribe_client_secret.expose_secret().to_owned()),
            ("tribe-webhook-secret", self.tribe_webhook_secret.expose_secret().to_owned()),
            ("tribe-webhook-header", self.tribe_webhook_header.clone()),
            ("relation-types", json(serde_json::to_string(&self.relation_types))),
            ("fields", json(serde_json::to_string(&self.fields))),
            ("kvk", switch.to_owned()),
            ("kept-days", self.kept_days.map(|days| days.to_string()).unwrap_or_default()),
            ("tribe-function-field", self.tribe_function_field.clone()),
            ("marker-field", self.marker_field.clone()),
            ("paused-direction", direction.to_owned()),
            ("store-bucket", self.store_bucket.clone()),
        ];
        let values = values.into_iter().map(|(key, value)| (key, Zeroizing::new(value)));
        Config { values: values.filter(|(_, value)| !value.is_empty()).collect() }
    }
}
