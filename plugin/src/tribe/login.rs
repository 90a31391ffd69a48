//! Tribe's login: OAuth 2, by client credentials or by a person's consent (authorization code).
//!
//! The access token is kept in the store, so that a slice does not begin with a login. The refresh token that came with
//! it stands under the same key: one atomic write changes both.
//!
//! A refresh token works once, and a spent one that comes back ends the whole consent (Tribe: inferred, ORY Hydra
//! rotates). Therefore the answer of a refresh is stored before its access token is used and before anything else is
//! done. One window cannot be closed: Tribe carried a refresh out and its answer was never stored, because it was lost
//! or the process ended. The old token is tried once more; where Tribe has spent it, the consent is marked as ended,
//! Tribe is left alone, and a person must consent again.
//!
//! One refresh at a time: a host makes one call per office, a call sends its refresh by itself, and requests that were
//! refused meanwhile wait for it. Should two hosts still collide, the loser takes over what the winner stored.

use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::answer::{self, Cause, Failure};
use crate::ports::{Method, Ports, Request, Response, StoreError};
use crate::relation::Instant;
use crate::secret::Secret;
use crate::stored::{self, Later};
use crate::tribe::settings::{Flow, Settings};
use crate::wording::Outage;

/// A token is renewed that long before it ends, or halfway where it lasts less than twice as long. Tribe: seen (Tribe's
/// own clients use a minute).
const MARGIN: Duration = Duration::from_secs(60);
/// How long a token is believed whose `expires_in` is absent or says nothing. Tribe: assumed.
const LIFETIME_UNSAID: Duration = Duration::from_secs(300);
/// The longest that a token is believed; after that it is renewed all the same. Tribe: seen (a client's fallback).
const LONGEST_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
/// With `offline` a consent brings a refresh token. Tribe: seen.
const SCOPE_OF_CONSENT: &str = "read write offline";

/// What the store keeps of the login, without its secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginState {
    /// Client credentials: nobody has to consent.
    NoConsentNeeded,
    /// Nobody has consented yet, or for another login than that of the settings.
    NoConsent,
    /// Tribe refused the refresh token: it was spent, withdrawn or too old.
    Ended,
    /// The consent came without a refresh token: it ends with its access token.
    NotRenewable,
    /// The consent is renewed by itself.
    Renewable,
}

/// What the store keeps of a login. It holds secrets and cannot be printed.
#[derive(Serialize, Deserialize)]
struct Kept {
    /// For which login it is good: settings can change while it lasts.
    of: String,
    /// With which secret the access token was got: with another, a new one is got. A consent outlives its secret.
    #[serde(default)]
    secret_print: String,
    access: String,
    /// From then on the access token is not used any more.
    renew_at: Instant,
    consent: Consent,
    #[serde(flatten)]
    later: Later,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Consent {
    NotNeeded,
    /// With the refresh token that was not used yet.
    Renewable(String),
    NotRenewable,
    Ended,
}

/// What the token endpoint gives.
#[derive(Deserialize)]
struct TokenAnswer {
    access_token: String,
    /// Whatever it is: a refresh token that came along must not be lost for it.
    expires_in: Option<Box<RawValue>>,
    refresh_token: Option<String>,
}

impl TokenAnswer {
    fn lifetime(&self) -> Duration {
        let seconds = self.expires_in.as_deref().and_then(|said| {
            let text: Option<String> = serde_json::from_str(said.get()).ok();
            serde_json::from_str::<f64>(text.as_deref().unwrap_or(said.get()).trim()).ok()
        });
        match seconds {
            Some(seconds) if seconds > 0.0 => Duration::from_secs_f64(seconds.min(LONGEST_LIFETIME.as_secs_f64())),
            _ => LIFETIME_UNSAID,
        }
    }
}

/// Why the token endpoint gave no token.
enum Refused {
    /// The code or the refresh token itself is no good (any more).
    Grant,
    /// Anything else.
    Otherwise(Failure),
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
        match self.kept()? {
            Some(kept)
                if self.ports.clock.now() < kept.renew_at && kept.secret_print == self.settings.secret_print() =>
            {
                Ok(Secret::new(kept.access))
            }
            _ => self.renew(),
        }
    }

    /// Logs in anew where that costs nothing but a call, so that a secret that Tribe no longer takes shows though an
    /// earlier token still lives. A refresh token is not spent for that: Tribe is asked with the token that there is.
    pub(super) fn prove(&self) -> Result<(), Failure> {
        match self.settings.flow {
            Flow::ClientCredentials => self.renew().map(drop),
            Flow::AuthorizationCode => self.token().map(drop),
        }
    }

    /// A new token, whatever is kept.
    pub(super) fn renew(&self) -> Result<Secret, Failure> {
        match self.settings.flow {
            Flow::ClientCredentials => {
                let answer = self.ask(&[("grant_type", "client_credentials"), ("scope", "read write")]);
                self.keep(answer.map_err(Refused::into_failure)?, Consent::NotNeeded, Later::default())
            }
            Flow::AuthorizationCode => match self.kept()? {
                Some(Kept { consent: Consent::Renewable(refresh), later, .. }) => self.refresh(refresh, later),
                _ => Err(Failure::Credentials),
            },
        }
    }

    /// What the store keeps of the login. Asks Tribe nothing.
    pub(super) fn login_state(&self) -> Result<LoginState, Failure> {
        Ok(match (self.settings.flow, self.kept()?.map(|kept| kept.consent)) {
            (Flow::ClientCredentials, _) => LoginState::NoConsentNeeded,
            (Flow::AuthorizationCode, None | Some(Consent::NotNeeded)) => LoginState::NoConsent,
            (Flow::AuthorizationCode, Some(Consent::Ended)) => LoginState::Ended,
            (Flow::AuthorizationCode, Some(Consent::NotRenewable)) => LoginState::NotRenewable,
            (Flow::AuthorizationCode, Some(Consent::Renewable(_))) => LoginState::Renewable,
        })
    }

    /// Exchanges the code of a consent and keeps what it brings, in place of any earlier consent. A code works once.
    pub(super) fn consent(&self, code: &Secret, redirect_uri: &str) -> Result<(), Failure> {
        let grant = [("grant_type", "authorization_code"), ("code", code.expose()), ("redirect_uri", redirect_uri)];
        let answer = self.ask(&grant).map_err(Refused::into_failure)?;
        let consent = answer.refresh_token.clone().map_or(Consent::NotRenewable, Consent::Renewable);
        self.keep(answer, consent, Later::default()).map(drop)
    }

    fn refresh(&self, unused: String, later: Later) -> Result<Secret, Failure> {
        match self.ask(&[("grant_type", "refresh_token"), ("refresh_token", &unused)]) {
            Ok(answer) => {
                // Without a new one the old one goes on being good (RFC 6749, section 6).
                let next = answer.refresh_token.clone().unwrap_or(unused);
                self.keep(answer, Consent::Renewable(next), later)
            }
            Err(Refused::Otherwise(failure)) => Err(failure),
            Err(Refused::Grant) => match self.kept()? {
                // Somebody else was first, or a person has consented anew.
                Some(Kept { access, consent: Consent::Renewable(refresh), .. }) if refresh != unused => {
                    Ok(Secret::new(access))
                }
                _ => {
                    let (of, secret_print, access) = (self.settings.tenant(), String::new(), String::new());
                    let renew_at = Instant::default();
                    self.save(&Kept { of, secret_print, access, renew_at, consent: Consent::Ended, later })?;
                    Err(Failure::Credentials)
                }
            },
        }
    }

    /// Asks the token endpoint. The secrets go in the body, never in the URL. Tribe: documented; that the client's go
    /// there and not into a header: seen.
    fn ask(&self, grant: &[(&str, &str)]) -> Result<TokenAnswer, Refused> {
        let client =
            [("client_id", self.settings.client_id.as_str()), ("client_secret", self.settings.client_secret.expose())];
        let fields: Vec<(&str, &str)> = grant.iter().copied().chain(client).collect();
        let now = self.ports.clock.now();
        let answer = self.ports.http.send(Request {
            method: Method::Post,
            url: format!("{}/oauth2/token", self.settings.auth_url),
            headers: vec![
                ("accept".to_owned(), "application/json".to_owned()),
                ("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned()),
            ],
            body: form(&fields).into_bytes(),
        });
        if matches!(&answer, Ok(response) if names_the_grant(response)) {
            return Err(Refused::Grant);
        }
        let is_of_a_login = matches!(&answer, Ok(response) if error_of(response).is_some());
        let status = answer.as_ref().ok().map(|response| response.status);
        let response = answer::sort(answer, now).map_err(|failure| {
            Refused::Otherwise(match failure {
                // Hydra says 400 to a wrong request and 401 to a wrong client: either way a person must act.
                Failure::Refused { .. } | Failure::Gone if is_of_a_login => Failure::Credentials,
                // No login says that: the address is another's.
                Failure::Refused { .. } => Failure::Unavailable(Cause { outage: Outage::NoJson, status }),
                Failure::Gone => Failure::Unavailable(Cause { outage: Outage::NotThere, status }),
                other => other.of_reading(),
            })
        })?;
        let token: TokenAnswer = answer::json(&response).map_err(Refused::Otherwise)?;
        // A token that makes no header would stop every request with a wrong reason.
        let usable = !token.access_token.is_empty() && token.access_token.bytes().all(|byte| byte.is_ascii_graphic());
        if usable { Ok(token) } else { Err(Refused::Otherwise(Failure::NotUnderstood)) }
    }

    /// Stores what an answer brought, and only then hands out its access token.
    fn keep(&self, answer: TokenAnswer, consent: Consent, later: Later) -> Result<Secret, Failure> {
        let lifetime = answer.lifetime();
        let renew_at = self.ports.clock.now().plus(lifetime - MARGIN.min(lifetime / 2));
        let (of, secret_print) = (self.settings.tenant(), self.settings.secret_print());
        let kept = Kept { of, secret_print, access: answer.access_token, renew_at, consent, later };
        self.save(&kept)?;
        Ok(Secret::new(kept.access))
    }

    fn kept(&self) -> Result<Option<Kept>, Failure> {
        let bytes = match self.ports.store.get(&self.key) {
            // As good as none: a client logs in anew, and a person has to.
            Err(StoreError::Damaged) => None,
            bytes => bytes.map_err(|_| Failure::Unavailable(Outage::StoreFailed.into()))?,
        };
        let kept: Option<Kept> = bytes.and_then(|bytes| stored::of_bytes(&bytes).ok());
        Ok(kept.filter(|kept| kept.of == self.settings.tenant()))
    }

    fn save(&self, kept: &Kept) -> Result<(), Failure> {
        let bytes = stored::to_bytes(kept).map_err(|_| Failure::NotUnderstood)?;
        let store = || self.ports.store.set(&self.key, &bytes);
        // Nobody can fetch a refresh token a second time: the write is worth a second try.
        store().or_else(|_| store()).map_err(|_| Failure::Unavailable(Outage::StoreFailed.into()))
    }
}

impl Refused {
    fn into_failure(self) -> Failure {
        match self {
            Self::Grant => Failure::Credentials,
            Self::Otherwise(failure) => failure,
        }
    }
}

/// Where a person consents. Tribe: documented; all parameters are required, and `state` has at least eight characters.
pub fn consent_url(settings: &Settings, redirect_uri: &str, state: &str) -> String {
    let query = form(&[
        ("client_id", &settings.client_id),
        ("redirect_uri", redirect_uri),
        ("response_type", "code"),
        ("scope", SCOPE_OF_CONSENT),
        ("state", state),
    ]);
    format!("{}/oauth2/auth?{query}", settings.auth_url)
}

/// Whether the answer says that the code or refresh token is no good, and nothing else is wrong: RFC 6749, section 5.2.
/// Tribe: inferred (fosite).
fn names_the_grant(response: &Response) -> bool {
    response.status == 400 && error_of(response).is_some_and(|error| error == "invalid_grant")
}

/// The code of an error as a login tells it: RFC 6749, section 5.2.
fn error_of(response: &Response) -> Option<String> {
    let answer: Value = answer::json(response).ok()?;
    Some(answer.get("error")?.as_str()?.to_owned())
}

fn form(fields: &[(&str, &str)]) -> String {
    let pairs = fields.iter().map(|(name, value)| format!("{name}={}", utf8_percent_encode(value, NON_ALPHANUMERIC)));
    pairs.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
#[path = "login_tests.rs"]
mod tests;
