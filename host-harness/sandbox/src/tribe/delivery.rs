//! A webhook that is registered, and what is delivered to it.

use serde_json::{Value, json};

use super::guid::Guid;
use crate::Instant;

/// One registration.
#[derive(Clone)]
pub(super) struct Webhook {
    pub(super) id: Guid,
    pub(super) url: String,
    pub(super) entity_type: String,
    pub(super) secret: String,
    pub(super) headers: Vec<(String, String)>,
}

impl Webhook {
    pub(super) fn json(&self) -> Value {
        json!({ "id": self.id.to_string(), "url": self.url, "entityType": self.entity_type })
    }
}

/// A call that Tribe makes.
#[derive(Clone)]
pub struct Delivery {
    /// When the write was.
    pub at: Instant,
    /// Where to.
    pub url: String,
    /// Content type, signature, and the registration's own headers.
    pub headers: Vec<(String, String)>,
    /// The signed bytes.
    pub body: Vec<u8>,
}
