//! Webhooks: registrations at `/v1/webhooks`, and deliveries about every write, whoever wrote.
//!
//! The body of a registration is `{"url", "entityType", "secret"?, "headers"?}`. Tribe: documented that there is one
//! entity type per webhook and that static headers are possible; the member names are assumed.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::Sha512;

use super::character::{Envelope, WebhookRegistration};
use super::delivery::{Delivery, Webhook};
use super::guid::Guid;
use super::refusal::Refusal;
use super::state::Tribe;
use super::store::Origin;
use crate::{Instant, Request, Response};

/// What happened to an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Event {
    Creation,
    Update,
    Deletion,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    webhook_id: String,
    payload: Payload<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entity_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entity_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    relationship_id: Option<String>,
}

/// `base64(HMAC-SHA512(secret, body))`. Tribe: documented but for the word HMAC, which is inferred.
pub fn signature(secret: &str, body: &[u8]) -> String {
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mac = Hmac::<Sha512>::new_from_slice(secret.as_bytes()).expect("any length");
    STANDARD.encode(mac.chain_update(body).finalize().into_bytes())
}

impl Tribe {
    /// What Tribe would deliver by now, oldest first; it is handed over once.
    pub fn take_deliveries(&mut self) -> Vec<Delivery> {
        std::mem::take(&mut self.deliveries)
    }

    /// Registers a webhook as an administrator does on the screen, and tells its id.
    pub fn register_webhook(&mut self, now: Instant, url: &str, entity_type: &str, secret: &str) -> Guid {
        let id = self.new_guid();
        let kind = self.store.model.named("Webhook");
        self.store.insert(now, id, kind, Origin::Tenant);
        for (name, text) in [("Url", url), ("EntityType", entity_type)] {
            self.store.set_cell(id, name, Some(super::cell::Cell::Text(text.to_owned().into())));
        }
        self.webhooks.push(Webhook {
            id,
            url: url.to_owned(),
            entity_type: entity_type.to_owned(),
            secret: secret.to_owned(),
            headers: Vec::new(),
        });
        id
    }

    /// Queues a delivery for every webhook on that type or on one above it.
    pub(super) fn announce(&mut self, now: Instant, id: Guid, event: Event) {
        if self.webhooks.is_empty() {
            return;
        }
        let model = &self.store.model;
        let Some(kind) = self.store.entity(id).map(|entity| entity.kind) else {
            return;
        };
        let name = &model.entity_type(kind).name;
        let relationship = model.is_named(kind, "Relationship");
        let told = self.character.envelope == Envelope::WithEntityType;
        let (entity_id, relationship_id) =
            if relationship { (None, Some(id.to_string())) } else { (Some(id.to_string()), None) };
        for webhook in self.webhooks.iter().filter(|webhook| model.is_named(kind, &webhook.entity_type)) {
            let body = Body {
                webhook_id: webhook.id.to_string(),
                payload: Payload {
                    r#type: told.then_some(match (event, relationship) {
                        (Event::Creation, false) => "EntityCreationMutation",
                        (Event::Update, false) => "EntityUpdateMutation",
                        (Event::Deletion, false) => "EntityDeletionMutation",
                        (Event::Creation, true) => "RelationshipCreationMutation",
                        (Event::Update, true) => "RelationshipUpdateMutation",
                        (Event::Deletion, true) => "RelationshipDeletionMutation",
                    }),
                    entity_type: told.then_some(name),
                    entity_id: entity_id.clone(),
                    relationship_id: relationship_id.clone(),
                },
            };
            // Text alone always serialises.
            let body = serde_json::to_vec(&body).unwrap_or_default();
            let mut headers = vec![
                ("content-type".to_owned(), "application/json".to_owned()),
                (self.character.signature_header.clone(), signature(&webhook.secret, &body)),
            ];
            headers.extend(webhook.headers.iter().cloned());
            self.deliveries.push(Delivery { at: now, url: webhook.url.clone(), headers, body });
        }
    }

    /// Answers below `/v1/webhooks`; `rest` is what follows.
    pub(super) fn answer_webhooks(&mut self, now: Instant, request: &Request, rest: &str) -> Result<Response, Refusal> {
        let id = rest.trim_start_matches('/');
        match (request.method.as_str(), id) {
            ("GET", "") => {
                let all: Vec<Value> = self.webhooks.iter().map(Webhook::json).collect();
                Ok(Response::json_body(200, &all.into()))
            }
            ("POST", "") => self.post_webhook(now, request),
            ("GET" | "DELETE", id) => {
                let id: Option<Guid> = id.parse().ok();
                let place = self.webhooks.iter().position(|webhook| Some(webhook.id) == id);
                let place = place.ok_or_else(Refusal::not_found)?;
                if request.method == "GET" {
                    let webhook = self.webhooks.get(place).ok_or_else(Refusal::not_found)?;
                    return Ok(Response::json_body(200, &webhook.json()));
                }
                let webhook = self.webhooks.remove(place);
                self.store.remove(webhook.id);
                Ok(Response::empty(204))
            }
            _ => Err(Refusal::method()),
        }
    }

    fn post_webhook(&mut self, now: Instant, request: &Request) -> Result<Response, Refusal> {
        match self.character.webhook_registration {
            WebhookRegistration::Likely => {}
            WebhookRegistration::Otherwise => return Err(Refusal::bad("'endpoint' is required.")),
            WebhookRegistration::Silent => return Ok(Response::empty(204)),
        }
        let syntax = || Refusal::bad("The syntax of the JSON document is not valid.");
        let body: Map<String, Value> = serde_json::from_slice(&request.body).map_err(|_| syntax())?;
        let text = |name: &str| body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        let required = |name: &str| text(name).ok_or_else(|| Refusal::bad(format!("'{name}' is required.")));
        let (url, entity_type) = (required("url")?.to_owned(), required("entityType")?.to_owned());
        if self.store.model.types().all(|(_, known)| known.name != entity_type) {
            return Err(Refusal::bad("'entityType' is not an entity type."));
        }
        let secret = text("secret").map(str::to_owned);
        let secret = secret.unwrap_or_else(|| Guid::from_random(self.random.u128(..)).to_string());
        let headers = body.get("headers").and_then(Value::as_object).into_iter().flatten();
        let headers = headers.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect();
        let id = self.register_webhook(now, &url, &entity_type, &secret);
        let webhook = self.webhooks.last_mut().ok_or_else(Refusal::not_found)?;
        webhook.headers = headers;
        let mut answer = webhook.json();
        if let Some(answer) = answer.as_object_mut() {
            // The secret is told once, to whoever registers.
            answer.insert("secret".to_owned(), secret.into());
        }
        Ok(Response::json_body(201, &answer).with_header("location", format!("/v1/webhooks/{id}")))
    }
}
