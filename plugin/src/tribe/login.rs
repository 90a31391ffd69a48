//! Tribe's login: OAuth 2 client credentials. The access token is kept in the store, so that a slice does not begin
//! with a login.

use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use crate::answer::{self, Failure};
use crate::ports::{Method, Ports, Request};
use crate::relation::Instant;
use crate::secret::Secret;
use crate::tribe::Settings;

/// A token is renewed that long before it ends. Tribe: seen (Tribe's own clients use a minute).
const MARGIN: Duration = Duration::from_secs(60);
/// How long a token without `expires_in` is believed. Tribe: assumed.
const LIFETIME_UNSAID: Duration = Duration::from_secs(300);

/// An access token as it is kept in the store.
#[derive(Clone, Serialize, Deserialize)]
pub struct Token {
    access: String,
    ends: Instant,
    /// For which login it is good: settings can change while it lasts.
    of: String,
}

#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    expires_in: Option<u64>,
}

/// Fetches and keeps tokens.
pub(super) struct Login<'a> {
    pub(super) ports: Ports<'a>,
    pub(super) settings: &'a Settings,
    pub(super) key: String,
}

impl Login<'_> {
    /// A token that is still good for a while: the kept one, or a new one.
    pub(super) fn token(&self) -> Result<Secret, Failure> {
        let kept = self.ports.store.get(&self.key).map_err(|_| Failure::Unavailable)?;
        let kept: Option<Token> = kept.and_then(|bytes| serde_json::from_slice(&bytes).ok());
        match kept {
            Some(token) if token.of == self.settings.tenant() && self.ports.clock.now().plus(MARGIN) < token.ends => {
                Ok(Secret::new(token.access))
            }
            _ => self.renew(),
        }
    }

    /// A new token, whatever is kept. The secret goes in the body, never in the URL. Tribe: documented.
    pub(super) fn renew(&self) -> Result<Secret, Failure> {
        let body = form(&[
            ("grant_type", "client_credentials"),
            ("client_id", &self.settings.client_id),
            ("client_secret", self.settings.client_secret.expose()),
            ("scope", "read write"),
        ]);
        let now = self.ports.clock.now();
        let answer = self.ports.http.send(Request {
            method: Method::Post,
            url: format!("{}/oauth2/token", self.settings.auth_url),
            headers: vec![
                ("accept".to_owned(), "application/json".to_owned()),
                ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()),
            ],
            body: body.into_bytes(),
        });
        let response = answer::sort(answer, now).map_err(|failure| match failure {
            // Hydra says 400 to a wrong grant and 401 to a wrong client: either way a person must act.
            Failure::Refused { .. } | Failure::Gone => Failure::Credentials,
            Failure::Unknown => Failure::Unavailable,
            other => other,
        })?;
        let token: TokenAnswer = answer::json(&response)?;
        let lifetime = token.expires_in.map_or(LIFETIME_UNSAID, Duration::from_secs);
        let kept = Token { access: token.access_token.clone(), ends: now.plus(lifetime), of: self.settings.tenant() };
        let bytes = serde_json::to_vec(&kept).map_err(|_| Failure::NotUnderstood)?;
        self.ports.store.set(&self.key, &bytes).map_err(|_| Failure::Unavailable)?;
        Ok(Secret::new(token.access_token))
    }
}

fn form(fields: &[(&str, &str)]) -> String {
    let pairs = fields.iter().map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)));
    pairs.collect::<Vec<_>>().join("&")
}
