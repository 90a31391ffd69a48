//! Where an office's AC is, and how it speaks.

use std::sync::Arc;

use dialect::Dialect;

use crate::secret::Secret;

/// Where an office's AC is, and how it speaks.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The base URL; there is no default (A1).
    pub url: String,
    /// The administratienummer.
    pub office: String,
    /// The API key.
    pub key: Secret,
    /// The header in which the key travels (A2), where the dialect does not say it.
    pub key_header: String,
    /// The API user, where the dialect needs one.
    pub user: String,
    /// Its password.
    pub password: Secret,
    /// How AC's wire speaks.
    pub dialect: Arc<Dialect>,
}

impl Settings {
    /// The headers that go with each request, the one that asks for a token too.
    pub(super) fn headers(&self) -> Vec<(String, String)> {
        let own = &self.dialect.server.headers;
        let own = own.iter().map(|(name, value)| (name.to_ascii_lowercase(), value.replace("{office}", &self.office)));
        [("accept".to_owned(), "application/json".to_owned())].into_iter().chain(own).collect()
    }
}
