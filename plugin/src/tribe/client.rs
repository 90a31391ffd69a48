//! Requests to Tribe's OData API: how each is sent, by whose login, and what their answers have in common.

use std::ops::ControlFlow;

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use crate::answer::{self, Failure};
use crate::ports::{Method, Ports, Request, Response};
use crate::relation::Instant;
use crate::secret::Secret;
use crate::tribe::entity::named_property;
use crate::tribe::login::{Login, LoginState};
use crate::tribe::settings::Settings;

/// The most rows that one answer holds. Tribe: documented.
pub const PAGE_SIZE: usize = 100;
/// Requests under way at once. Tribe: seen (ten in a client that runs daily).
const IN_FLIGHT: usize = 10;
/// So many requests in a row without a usable answer, and it is the system, not the records.
const FAILURES_IN_A_ROW: usize = 5;

/// A request before it has a token.
pub(super) struct Call {
    method: Method,
    /// Below the API's root, with a slash in front.
    path: String,
    body: Vec<u8>,
}

impl Call {
    pub(super) fn get(target: String) -> Self {
        Self::odata(Method::Get, &target, Vec::new())
    }

    pub(super) fn odata(method: Method, target: &str, body: Vec<u8>) -> Self {
        Self { method, path: format!("/v1/odata/{target}"), body }
    }

    /// All webhooks, or the one with that id. Tribe: documented.
    pub(super) fn webhooks(method: Method, id: &str, body: Vec<u8>) -> Self {
        let path = if id.is_empty() { "/v1/webhooks".to_owned() } else { format!("/v1/webhooks/{id}") };
        Self { method, path, body }
    }
}

/// The answer of a list.
#[derive(Deserialize)]
pub(super) struct List {
    #[serde(rename = "value")]
    pub(super) rows: Vec<Value>,
    /// How many there are in all; none where that was not asked for.
    #[serde(rename = "@odata.count")]
    pub(super) count: Option<usize>,
    #[serde(rename = "@odata.nextLink")]
    next_link: Option<IgnoredAny>,
}

impl List {
    pub(super) fn has_next_link(&self) -> bool {
        self.next_link.is_some()
    }
}

/// Requests to one tenant.
pub struct Client<'a> {
    login: Login<'a>,
}

impl<'a> Client<'a> {
    /// A client that keeps its tokens under that key of the store.
    pub fn new(ports: Ports<'a>, settings: &'a Settings, token_key: String) -> Self {
        Self { login: Login { ports, settings, key: token_key } }
    }

    /// The settings in use.
    pub fn settings(&self) -> &'a Settings {
        self.login.settings
    }

    /// What the store keeps of the login, without its secrets.
    pub fn login_state(&self) -> Result<LoginState, Failure> {
        self.login.login_state()
    }

    /// Whether Tribe takes the login of the settings now, and not only a token that an earlier one brought.
    pub fn prove_login(&self) -> Result<(), Failure> {
        self.login.prove()
    }

    /// Exchanges the code of a person's consent and keeps the login.
    pub fn consent(&self, code: &Secret, redirect_uri: &str) -> Result<(), Failure> {
        self.login.consent(code, redirect_uri)
    }

    /// Asks for a list; gives it with the server's clock.
    pub(super) fn list(&self, query: String) -> Result<(List, Option<Instant>), Failure> {
        let response = self.get(query)?;
        Ok((answer::json(&response)?, answer::server_time(&response)))
    }

    /// Asks for what stands at that place of the API.
    pub(super) fn get(&self, target: String) -> Result<Response, Failure> {
        let mut answer = Err(Failure::NOT_ASKED);
        self.send_each(vec![((), Call::get(target))], &mut |(), result| answer = result)?;
        answer.map_err(Failure::of_reading)
    }

    /// Sends with the token of the moment, renews it once when it is refused, and hands over each answer with the tag
    /// of its call.
    ///
    /// What concerns the connection as a whole (credentials, quota, an address that the host forbids, several
    /// failures in a row) ends it and is returned.
    pub(super) fn send_each<Tag>(
        &self,
        calls: Vec<(Tag, Call)>,
        on_each: &mut dyn FnMut(Tag, Result<Response, Failure>),
    ) -> Result<(), Failure> {
        if calls.is_empty() {
            return Ok(());
        }
        let now = self.login.ports.clock.now();
        let mut token = self.login.token()?;
        // A call without a tag has its answer.
        let mut calls: Vec<(Option<Tag>, Call)> = calls.into_iter().map(|(tag, call)| (Some(tag), call)).collect();
        let mut renewed = false;
        loop {
            let requests = calls.iter().map(|(_, call)| self.request(call, &token));
            let mut token_refused = false;
            let mut whole = None;
            let mut in_a_row = 0;
            self.login.ports.http.send_each(requests.collect(), IN_FLIGHT, &mut |index, answer| {
                if matches!(&answer, Ok(response) if refuses_the_token(response)) && !renewed {
                    token_refused = true;
                    return ControlFlow::Break(());
                }
                let Some((Some(tag), call)) = calls.get_mut(index).map(|(tag, call)| (tag.take(), call)) else {
                    return ControlFlow::Continue(());
                };
                let named = answer.as_ref().ok().and_then(|response| self.named_property(response, call));
                match answer::sort(answer, now).map_err(|failure| failure.naming(named)) {
                    Err(failure @ (Failure::Credentials | Failure::Quota(_) | Failure::Forbidden)) => {
                        // Others that were on their way may have been answered with a wait.
                        whole = Some(failure.beside(whole.take()));
                        ControlFlow::Break(())
                    }
                    Err(failure @ (Failure::Unavailable(_) | Failure::Unknown(_))) => {
                        on_each(tag, Err(failure.clone()));
                        in_a_row += 1;
                        if in_a_row < FAILURES_IN_A_ROW {
                            return ControlFlow::Continue(());
                        }
                        whole = Some(failure.of_reading().beside(whole.take()));
                        ControlFlow::Break(())
                    }
                    answer => {
                        in_a_row = 0;
                        on_each(tag, answer);
                        ControlFlow::Continue(())
                    }
                }
            });
            if let Some(failure) = whole {
                return Err(failure);
            }
            if !token_refused {
                return Ok(());
            }
            token = self.login.renew()?;
            renewed = true;
            calls.retain(|(tag, _)| tag.is_some());
        }
    }

    /// The property of ours that a refusal names, if it was sent.
    fn named_property(&self, response: &Response, call: &Call) -> Option<String> {
        let is_refusal = matches!(response.status, 400 | 422);
        let property = || named_property(&response.body, &call.body, &self.settings().function_property);
        is_refusal.then(property).flatten()
    }

    /// The header is built anew for each attempt: the token may have ended meanwhile.
    fn request(&self, call: &Call, token: &Secret) -> Request {
        let mut headers = vec![
            ("accept".to_owned(), "application/json".to_owned()),
            ("authorization".to_owned(), format!("Bearer {}", token.expose())),
        ];
        if !call.body.is_empty() {
            headers.push(("content-type".to_owned(), "application/json".to_owned()));
        }
        Request {
            method: call.method,
            url: format!("{}{}", self.settings().url, call.path),
            headers,
            body: call.body.clone(),
        }
    }
}

/// Whether the token may be what is refused. Tribe: unknown with which of the two an ended token is answered, and what
/// the body says; a 403 that means something else comes back after one renewal.
fn refuses_the_token(response: &Response) -> bool {
    matches!(response.status, 401 | 403)
}

#[cfg(test)]
#[path = "client_tests.rs"]
mod tests;
