//! Login: the token endpoint, with the error bodies of ORY Hydra. Tribe: documented flows; errors inferred (fosite).

use serde_json::{Value, json};

use super::character::{Consent, ExpiresIn, Unauthorised};
use super::refusal::Refusal;
use super::state::Tribe;
use super::tokens::{Refresh, Spent, Tokens};
use crate::http::{form_value, query_pairs};
use crate::{Instant, Request, Response};

/// A `state` shorter than this is refused. Tribe: documented.
const SHORTEST_STATE: usize = 8;

struct OauthError {
    status: u16,
    code: &'static str,
    description: &'static str,
    hint: &'static str,
}

const INVALID_CLIENT: OauthError = OauthError {
    status: 401,
    code: "invalid_client",
    description: "Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method)",
    hint: "The requested OAuth 2.0 Client does not exist.",
};
const INVALID_GRANT: OauthError = OauthError {
    status: 400,
    code: "invalid_grant",
    description: "The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client",
    hint: "The grant is not known or was used before.",
};
const UNSUPPORTED_GRANT: OauthError = OauthError {
    status: 400,
    code: "unsupported_grant_type",
    description: "The authorization grant type is not supported by the authorization server",
    hint: "",
};
const INVALID_REQUEST: OauthError = OauthError {
    status: 400,
    code: "invalid_request",
    description: "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed",
    hint: "Make sure that the various parameters are correct.",
};

impl OauthError {
    fn response(&self) -> Response {
        let body = json!({
            "error": self.code,
            "error_description": self.description,
            "error_hint": self.hint,
            "status_code": self.status,
        });
        Response::json_with(self.status, "application/json;charset=UTF-8", &body)
    }
}

impl Tribe {
    /// Lets a code be exchanged once, as if a user had consented on the login page.
    pub fn register_code(&mut self, code: &str, redirect_uri: &str, scope: &str) {
        self.tokens.codes.insert(code.to_owned(), (redirect_uri.to_owned(), scope.to_owned()));
    }

    /// Ends every token that was handed out, as if the client were revoked.
    pub fn revoke_tokens(&mut self) {
        self.tokens = Tokens { last_chain: self.tokens.last_chain, ..Tokens::default() };
    }

    /// Gives the application another secret, as its administrator does. Tokens stay good: they were got before. Tribe:
    /// assumed (Hydra).
    pub fn rotate_secret(&mut self, secret: &str) {
        secret.clone_into(&mut self.tenant.client_secret);
    }

    /// Ends every access token before its time; refresh tokens stay good.
    pub fn end_access_tokens(&mut self) {
        self.tokens.access.clear();
    }

    /// `POST /oauth2/token`.
    pub(super) fn token(&mut self, now: Instant, request: &Request) -> Response {
        let form = String::from_utf8_lossy(&request.body).into_owned();
        let value = |name: &str| form_value(&form, name);
        let known = value("client_id").as_deref() == Some(self.tenant.client_id.as_str())
            && value("client_secret").as_deref() == Some(self.tenant.client_secret.as_str());
        let answer = match value("grant_type").as_deref() {
            None => Err(INVALID_REQUEST),
            Some(_) if !known => Err(INVALID_CLIENT),
            Some("client_credentials") => {
                let chain = self.new_chain();
                let scope = value("scope").unwrap_or_default();
                Ok(self.issue(now, chain, &scope, None))
            }
            Some("authorization_code") => self.exchange(now, value("code"), value("redirect_uri")),
            Some("refresh_token") => self.refresh(now, value("refresh_token")),
            Some(_) => Err(UNSUPPORTED_GRANT),
        };
        let response = match answer {
            Ok(body) => Response::json_with(200, "application/json;charset=UTF-8", &body),
            Err(error) => error.response(),
        };
        response.with_header("cache-control", "no-store")
    }

    fn exchange(&mut self, now: Instant, code: Option<String>, redirect: Option<String>) -> Result<Value, OauthError> {
        let code = code.ok_or(INVALID_REQUEST)?;
        let (expected, scope) = self.tokens.codes.remove(&code).ok_or(INVALID_GRANT)?;
        if redirect.as_deref() != Some(expected.as_str()) {
            return Err(INVALID_GRANT);
        }
        let chain = self.new_chain();
        let refresh = self.new_refresh(chain, &scope);
        Ok(self.issue(now, chain, &scope, refresh))
    }

    /// Rotation: a refresh token works once and ends the access tokens of its chain; one that comes back ends the chain.
    /// Tribe: inferred (Hydra).
    fn refresh(&mut self, now: Instant, token: Option<String>) -> Result<Value, OauthError> {
        let token = token.ok_or(INVALID_REQUEST)?;
        let known = self.tokens.refresh.get_mut(&token).ok_or(INVALID_GRANT)?;
        let (chain, scope) = (known.chain, known.scope.clone());
        if known.state == Spent::Yes {
            self.tokens.dead.insert(chain);
        }
        known.state = Spent::Yes;
        if self.tokens.dead.contains(&chain) {
            return Err(INVALID_GRANT);
        }
        self.tokens.access.retain(|_, (_, of)| *of != chain);
        let refresh = self.new_refresh(chain, &scope);
        Ok(self.issue(now, chain, &scope, refresh))
    }

    fn new_chain(&mut self) -> u64 {
        self.tokens.last_chain += 1;
        self.tokens.last_chain
    }

    /// Only the scope `offline` gives a refresh token. Tribe: seen.
    fn new_refresh(&mut self, chain: u64, scope: &str) -> Option<String> {
        if !scope.split(' ').any(|part| part == "offline") {
            return None;
        }
        let token = format!("sandbox-refresh-{:032x}", self.random.u128(..));
        let refresh = Refresh { chain, scope: scope.to_owned(), state: Spent::No };
        self.tokens.refresh.insert(token.clone(), refresh);
        Some(token)
    }

    fn issue(&mut self, now: Instant, chain: u64, scope: &str, refresh: Option<String>) -> Value {
        let token = format!("sandbox-access-{:032x}", self.random.u128(..));
        self.tokens.access.retain(|_, (until, _)| *until > now);
        self.tokens.access.insert(token.clone(), (now.plus(self.character.token_life), chain));
        let expires_in = match &self.character.expires_in {
            ExpiresIn::Told => Some(self.character.token_life.as_secs().into()),
            ExpiresIn::Absent => None,
            ExpiresIn::Says(value) => Some(value.clone()),
        };
        let members = [
            ("access_token", Some(token.into())),
            ("expires_in", expires_in),
            ("refresh_token", refresh.map(Value::from)),
            ("scope", Some(scope.into())),
            ("token_type", Some("bearer".into())),
        ];
        let said = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Value::Object(said.collect())
    }

    /// Whether the request carries an access token that is alive.
    pub(super) fn is_authorised(&self, now: Instant, request: &Request) -> bool {
        let token = request.header("authorization").and_then(|value| value.strip_prefix("Bearer "));
        let known = token.and_then(|token| self.tokens.access.get(token));
        known.is_some_and(|(until, chain)| now < *until && !self.tokens.dead.contains(chain))
    }

    /// `GET /oauth2/auth`: the user consents or refuses at once, and the browser is sent back.
    pub(super) fn authorize(&mut self, request: &Request) -> Response {
        let value = |name: &str| form_value(request.query(), name).unwrap_or_default();
        let (redirect, state) = (value("redirect_uri"), value("state"));
        if value("client_id") != self.tenant.client_id || !is_registered(&self.tenant.redirect_uri, &redirect) {
            return INVALID_CLIENT.response();
        }
        let back = if state.len() < SHORTEST_STATE {
            "error=invalid_state".to_owned()
        } else if value("response_type") != "code" {
            "error=unsupported_response_type".to_owned()
        } else if self.character.consent == Consent::Denied {
            "error=access_denied".to_owned()
        } else {
            let code = format!("sandbox-code-{:032x}", self.random.u128(..));
            let withheld = |part: &&str| self.character.consent == Consent::WithoutOffline && *part == "offline";
            let asked = value("scope");
            let granted: Vec<&str> = asked.split(' ').filter(|part| !withheld(part)).collect();
            self.register_code(&code, &redirect, &granted.join(" "));
            format!("code={code}")
        };
        // As it came, still encoded.
        let state = query_pairs(request.query()).find(|(name, _)| *name == "state").map_or("", |(_, value)| value);
        let separator = if redirect.contains('?') { '&' } else { '?' };
        Response::empty(302).with_header("location", format!("{redirect}{separator}{back}&state={state}"))
    }
}

/// Exactly as registered; a loopback address may have another port (RFC 8252, section 7.3). Tribe: inferred (fosite).
fn is_registered(registered: &str, asked: &str) -> bool {
    fn without_port(uri: &str) -> Option<(&str, &str)> {
        let rest = uri.strip_prefix("http://127.0.0.1")?;
        let (port, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        (port.is_empty() || port.starts_with(':')).then_some(("http://127.0.0.1", path))
    }
    registered == asked || without_port(registered).is_some_and(|known| without_port(asked) == Some(known))
}

/// The answer to a call without a living token.
pub(super) fn unauthorised(shape: Unauthorised) -> Response {
    let odata = |status| Refusal::new(status, "Access is denied.").response();
    match shape {
        Unauthorised::Oauth => {
            let body = json!({ "error": "invalid_token", "error_description": "The access token expired." });
            Response::json_body(401, &body).with_header("www-authenticate", "Bearer error=\"invalid_token\"")
        }
        Unauthorised::Json => odata(401),
        Unauthorised::Html => Response::text(401, "text/html", "<html><body><h1>Unauthorized</h1></body></html>"),
        Unauthorised::Empty => Response::empty(401),
        Unauthorised::Forbidden => odata(403),
    }
}
