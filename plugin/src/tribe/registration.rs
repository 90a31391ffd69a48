//! The connector's own webhooks in Tribe: which there are, making those that lack, removing them.
//!
//! Tribe: documented are `GET`, `POST` and `DELETE` below `/v1/webhooks`, one entity type to a webhook, and that an
//! administrator can do the same on a page; unknown are the names of the members. What is likely is tried, only what a
//! list shows afterwards counts as done, and the rest is to be entered by hand.
//!
//! A webhook is removed only if it leads to the connector's own address: whatever else an office has is nobody's
//! business here, and no other thing can be removed at all.

use serde::Serialize;
use serde_json::Value;

use crate::answer::{self, Failure};
use crate::ports::Method;
use crate::secret::Secret;
use crate::tribe::client::{Call, Client};
use crate::tribe::entity::Entity;

/// The entities of which deliveries are wanted; a webhook for each.
const WATCHED: [Entity; 4] = [Entity::Organization, Entity::Person, Entity::Contact, Entity::Address];

/// A webhook that leads to the connector's own address. Only a list gives one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnWebhook {
    id: WebhookId,
    entity_type: String,
}

impl OwnWebhook {
    /// Tribe's id.
    pub fn id(&self) -> &str {
        &self.id.0
    }

    /// The entity type that it tells of, for instance `Relation.Organization`.
    pub fn entity_type(&self) -> &str {
        &self.entity_type
    }
}

/// An id that can stand in a path as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct WebhookId(String);

impl WebhookId {
    fn of(value: &Value) -> Option<Self> {
        let text = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            _ => return None,
        };
        let safe = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        (!text.is_empty() && text.bytes().all(safe)).then_some(Self(text))
    }
}

/// What stands in Tribe after registering or removing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registrations {
    /// The connector's own webhooks, as a list showed them.
    pub own: Vec<OwnWebhook>,
    /// The entity types for which there is none, to be entered on Tribe's page.
    pub missing: Vec<String>,
}

impl Registrations {
    fn of(own: Vec<OwnWebhook>) -> Self {
        let has = |of: &String| own.iter().any(|webhook| webhook.entity_type == *of);
        let missing = watched().filter(|of| !has(of)).collect();
        Self { own, missing }
    }
}

/// The entity types that are wanted, as a webhook names them. Tribe: documented (dotted).
fn watched() -> impl Iterator<Item = String> {
    WATCHED.into_iter().map(Entity::type_name)
}

impl Client<'_> {
    /// The connector's own webhooks: those that lead to that address.
    pub fn webhooks(&self, url: &str) -> Result<Registrations, Failure> {
        Ok(Registrations::of(self.listed(url)?.unwrap_or_default()))
    }

    /// Makes the webhooks that lack, with the office's own secret, and tells what a list shows afterwards. A refusal is
    /// no error: what it was about is missing then. Where no list can be read nothing is tried, since what is made
    /// unseen would be made again each time.
    pub fn register_webhooks(&self, url: &str, secret: &Secret) -> Result<Registrations, Failure> {
        let Some(own) = self.listed(url)? else { return Ok(Registrations::of(Vec::new())) };
        let before = Registrations::of(own);
        let calls = before.missing.iter().map(|entity_type| {
            let body = serde_json::to_vec(&NewWebhook { url, entity_type, secret: secret.expose() });
            // It fails for no text.
            body.map(|body| ((), Call::webhooks(Method::Post, "", body))).map_err(|_| Failure::NotUnderstood)
        });
        self.carried_out(calls.collect::<Result<_, _>>()?, url, before.own.clone())
    }

    /// Removes the connector's own webhooks, and tells what a list shows afterwards.
    pub fn remove_webhooks(&self, url: &str) -> Result<Registrations, Failure> {
        let own = self.listed(url)?.unwrap_or_default();
        let calls = own.iter().map(|webhook| ((), Call::webhooks(Method::DeleteWebhook, webhook.id(), Vec::new())));
        self.carried_out(calls.collect(), url, own.clone())
    }

    /// Whether each call was carried out shows in the list that follows.
    fn carried_out(&self, calls: Vec<((), Call)>, url: &str, own: Vec<OwnWebhook>) -> Result<Registrations, Failure> {
        if calls.is_empty() {
            return Ok(Registrations::of(own));
        }
        self.send_each(calls, &mut |(), _| {})?;
        self.webhooks(url)
    }

    /// The connector's own webhooks; none where Tribe does not list webhooks, or not in words that are understood.
    fn listed(&self, url: &str) -> Result<Option<Vec<OwnWebhook>>, Failure> {
        let mut answer = Err(Failure::NOT_ASKED);
        self.send_each(vec![((), Call::webhooks(Method::Get, "", Vec::new()))], &mut |(), result| answer = result)?;
        match answer.and_then(|response| answer::json(&response)) {
            Ok(body) => Ok(own_of(&body, url)),
            Err(
                Failure::Refused { .. }
                | Failure::Gone
                | Failure::NotUnderstood
                | Failure::Unusable(_)
                | Failure::Redirected,
            ) => Ok(None),
            Err(failure) => Err(failure.of_reading()),
        }
    }
}

/// Those of a list that lead to that address; none if it is not understood.
fn own_of(body: &Value, url: &str) -> Option<Vec<OwnWebhook>> {
    let rows: Option<Vec<Row>> = rows(body)?.iter().map(Row::of).collect();
    rows.map(|rows| rows.into_iter().filter_map(|row| row.own(url)).collect())
}

/// A webhook to make. Tribe: inferred (the members' names).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewWebhook<'a> {
    url: &'a str,
    entity_type: &'a str,
    secret: &'a str,
}

/// One webhook, whoever made it.
struct Row<'v> {
    id: WebhookId,
    url: &'v str,
    entity_type: &'v str,
}

impl<'v> Row<'v> {
    /// Tribe: the members' names are unknown, those of OData's set `Webhook` are among the likely ones.
    fn of(value: &'v Value) -> Option<Self> {
        let row = value.as_object()?;
        let member = |names: &[&str]| {
            let is_one = |name: &str| names.iter().any(|wanted| name.eq_ignore_ascii_case(wanted));
            row.iter().find(|(name, _)| is_one(name)).map(|(_, value)| value)
        };
        Some(Self {
            id: WebhookId::of(member(&["id"])?)?,
            url: member(&["url", "endpoint", "targetUrl", "callbackUrl"])?.as_str()?,
            entity_type: member(&["entityType", "entity_type", "entity"])?.as_str()?,
        })
    }

    fn own(self, url: &str) -> Option<OwnWebhook> {
        let entity_type = watched().find(|of| of == self.entity_type)?;
        (self.url == url).then_some(OwnWebhook { id: self.id, entity_type })
    }
}

/// The rows of a list, under whatever name it has. Tribe: unknown.
fn rows(body: &Value) -> Option<&Vec<Value>> {
    let within = |name: &&str| body.get(name).and_then(Value::as_array);
    body.as_array().or_else(|| ["value", "data", "webhooks", "items"].iter().find_map(within))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    const HERE: &str = "https://koppeling.example/tribe/12345";

    fn found(body: &Value) -> Option<Vec<(String, String)>> {
        let own = own_of(body, HERE)?;
        Some(own.iter().map(|webhook| (webhook.id().to_owned(), webhook.entity_type().to_owned())).collect())
    }

    #[test]
    fn a_list_is_understood_under_every_likely_name() {
        let row = json!({"id": "7", "url": HERE, "entityType": "Address", "headers": null, "active": true});
        let odata = json!({"ID": 7, "Url": HERE, "EntityType": "Address", "_Type": "Webhook"});
        for body in [json!([row]), json!({"data": [row]}), json!({"@odata.context": "x", "value": [odata]})] {
            assert_eq!(found(&body).unwrap(), [("7".to_owned(), "Address".to_owned())], "{body}");
        }
        assert_eq!(found(&json!([])).unwrap(), []);
    }

    #[test]
    fn what_leads_elsewhere_or_tells_of_something_else_is_not_ours() {
        for (url, entity_type) in [
            ("https://koppeling.example/tribe/1234", "Address"),
            ("https://koppeling.example/tribe/12345/", "Address"),
            ("https://elsewhere.example/tribe/12345", "Address"),
            (HERE, "Activity.Task"),
            (HERE, "address"),
        ] {
            assert_eq!(found(&json!([{"id": "7", "url": url, "entityType": entity_type}])).unwrap(), [], "{url}");
        }
    }

    #[test]
    fn a_list_in_other_words_is_not_understood_and_neither_is_an_id_that_leads_elsewhere() {
        for id in [json!("../odata/Relation(1)"), json!("7/8"), json!("7?x"), json!(""), json!(null), json!(["7"])] {
            assert_eq!(found(&json!([{"id": id, "url": HERE, "entityType": "Address"}])), None, "{id}");
        }
        for body in [json!({"error": "x"}), json!([{"id": 7, "ziel": HERE, "entityType": "Address"}]), json!(null)] {
            assert_eq!(found(&body), None, "{body}");
        }
    }
}
