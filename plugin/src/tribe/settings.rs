//! Where an office's Tribe is and how it is set up.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha512;

use crate::secret::Secret;

/// Bytes of a secret's print: enough to tell secrets apart.
const PRINT: usize = 16;

/// Where Tribe is and how its tenant is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// For instance `https://api.tribecrm.nl`, without a slash at the end. Tribe: documented.
    pub url: String,
    /// For instance `https://auth.tribecrm.nl`, without a slash at the end. Tribe: documented.
    pub auth_url: String,
    /// How the connector logs in.
    pub flow: Flow,
    /// Of the application that an administrator made in Tribe.
    pub client_id: String,
    /// Its secret.
    pub client_secret: Secret,
    /// The text property that holds the marker: `ImportId` (Tribe: seen), or a custom field.
    pub marker_property: String,
    /// The text property of a contact that holds the function. Tribe: unknown, tenant by tenant.
    pub function_property: String,
    /// Whether the office uses Tribe's KvK link; only then is the number read or written.
    pub kvk: Kvk,
}

impl Settings {
    /// Whose login that is, by everything but the secret: what is kept for one is no good for another.
    pub(super) fn tenant(&self) -> String {
        format!("{} {} {} {}", self.url, self.auth_url, self.flow.as_str(), self.client_id)
    }

    /// With which secret a token was got: the start of a hash that has the secret as its key, so that the secret cannot
    /// be read from it.
    pub(super) fn secret_print(&self) -> String {
        let Ok(mut hash) = Hmac::<Sha512>::new_from_slice(self.client_secret.expose().as_bytes()) else {
            return String::new();
        };
        hash.update(self.tenant().as_bytes());
        let hash = hash.finalize().into_bytes();
        hex::encode(hash.get(..PRINT).unwrap_or_default())
    }
}

/// Whether the KvK number is synced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kvk {
    /// The office uses Tribe's KvK link.
    Linked,
    /// It does not: the field is neither read nor written.
    NotLinked,
}

/// How the connector logs in. Tribe: documented.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// With the application's own id and secret.
    ClientCredentials,
    /// With the consent of a person, renewed by refresh tokens.
    AuthorizationCode,
}

impl Flow {
    /// The flow of that name.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::ClientCredentials, Self::AuthorizationCode].into_iter().find(|flow| flow.as_str() == text)
    }

    /// Its name in the settings.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ClientCredentials => "client-credentials",
            Self::AuthorizationCode => "authorization-code",
        }
    }
}
