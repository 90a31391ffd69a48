//! Deliveries of Tribe's webhooks: whether they are Tribe's, and what they speak of.
//!
//! Whoever can reach the intake can post to it, so nothing is read before the signature over the raw bytes holds.

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha512;

use crate::answer::without_byte_order_mark;
use crate::relation::TribeId;
use crate::secret::Secret;

/// One change that a delivery speaks of. A hint, not a fact: the record is read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The entity or the relationship.
    pub id: TribeId,
    /// Whether it says that the record was deleted.
    pub deleted: bool,
}

/// Why a delivery is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// The signature is missing or does not fit the body.
    #[error("the signature does not fit the body")]
    Forged,
    /// It is signed, but not what a delivery looks like.
    #[error("the delivery is not understood")]
    Malformed,
}

/// Verifies a delivery and reads it.
///
/// The signature is the Base64 of the HMAC-SHA-512 of the raw body with the webhook's secret. Tribe: documented
/// (SHA-512, hex to Base64), inferred (HMAC), unknown (the header's name, which is a setting).
pub fn read_delivery(signature: Option<&str>, body: &[u8], secret: &Secret) -> Result<Vec<Delivery>, Refusal> {
    let signature = signature.and_then(|text| BASE64.decode(text.trim()).ok()).ok_or(Refusal::Forged)?;
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    let mut mac = Hmac::<Sha512>::new_from_slice(secret.expose().as_bytes()).expect("a key of any length");
    mac.update(body);
    // Compares in constant time.
    mac.verify_slice(&signature).map_err(|_| Refusal::Forged)?;

    let envelope = serde_json::from_slice(without_byte_order_mark(body));
    let envelope: Value = envelope.map_err(|_| Refusal::Malformed)?;
    let payload = envelope.get("payload").ok_or(Refusal::Malformed)?;
    // Tribe: documented (one of the two ids), inferred (the mutation's name stands in the payload or around it).
    let id = ["entityId", "relationshipId"]
        .iter()
        .find_map(|name| payload.get(name)?.as_str())
        .and_then(TribeId::parse)
        .ok_or(Refusal::Malformed)?;
    let deleted = [payload, &envelope]
        .iter()
        .filter_map(|object| object.get("type")?.as_str())
        .any(|name| name.ends_with("DeletionMutation"));
    Ok(vec![Delivery { id, deleted }])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const ID: &str = "b724d383-bb70-480a-b03d-512b9aaec15a";

    fn secret() -> Secret {
        Secret::new("a webhook's secret")
    }

    fn sign(body: &[u8]) -> String {
        let mut mac = Hmac::<Sha512>::new_from_slice(secret().expose().as_bytes()).unwrap();
        mac.update(body);
        BASE64.encode(mac.finalize().into_bytes())
    }

    fn body(payload: &str) -> Vec<u8> {
        format!(r#"{{"webhookId":"1","payload":{payload}}}"#).into_bytes()
    }

    #[test]
    fn a_signed_delivery_names_the_record() {
        let body = body(&format!(r#"{{"type":"EntityUpdateMutation","entityId":"{ID}","naïve":"é 🦊"}}"#));
        let read = read_delivery(Some(&sign(&body)), &body, &secret()).unwrap();
        assert_eq!(read, [Delivery { id: TribeId::parse(ID).unwrap(), deleted: false }]);
    }

    #[test]
    fn a_byte_order_mark_is_signed_and_says_nothing() {
        let text = body(&format!(r#"{{"type":"EntityUpdateMutation","entityId":"{ID}"}}"#));
        let body = ["\u{feff}".as_bytes(), &text].concat();
        assert_eq!(read_delivery(Some(&sign(&body)), &body, &secret()).unwrap().len(), 1);
        assert_eq!(read_delivery(Some(&sign(&text)), &body, &secret()), Err(Refusal::Forged));
    }

    #[test]
    fn what_is_told_as_deleted_is_handed_on_to_be_looked_at() {
        for (kind, member) in [("Entity", "entityId"), ("Relationship", "relationshipId")] {
            let body = body(&format!(r#"{{"type":"{kind}DeletionMutation","{member}":"{ID}"}}"#));
            let read = read_delivery(Some(&sign(&body)), &body, &secret()).unwrap();
            assert_eq!(read, [Delivery { id: TribeId::parse(ID).unwrap(), deleted: true }]);
        }
    }

    #[test]
    fn without_a_fitting_signature_nothing_is_read() {
        let body = body(&format!(r#"{{"entityId":"{ID}"}}"#));
        let good = sign(&body);
        let other_bytes = [&body[..], b" "].concat();
        for (signature, body) in [
            (None, &body),
            (Some(""), &body),
            (Some("AAAA"), &body),
            (Some("%"), &body),
            (Some(good.as_str()), &other_bytes),
        ] {
            assert_eq!(read_delivery(signature, body, &secret()), Err(Refusal::Forged));
        }
        assert_eq!(read_delivery(Some(&good), &body, &Secret::new("another")), Err(Refusal::Forged));
    }

    #[test]
    fn a_signed_riddle_is_malformed() {
        for text in ["", "[]", "{}", r#"{"payload":{}}"#, r#"{"payload":{"entityId":"1"}}"#] {
            assert_eq!(
                read_delivery(Some(&sign(text.as_bytes())), text.as_bytes(), &secret()),
                Err(Refusal::Malformed)
            );
        }
    }
}
