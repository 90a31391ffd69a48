//! What changes when the secret of an office's webhooks does.

use crate::settings::OfficeNumber;
use crate::store::{LastDeliveries, RefusedDelivery, SECRET_CHANGED, Store, StoreError};
use crate::timestamp::Timestamp;

/// The settings by which a delivery is known to be Tribe's.
const OF_SIGNATURES: [&str; 2] = ["tribe-webhook-secret", "tribe-webhook-header"];

/// Where one of those settings differs, what was refused until now no longer tells of a wrong secret.
pub(super) async fn begin_anew(store: &Store, office: &OfficeNumber, differing: &[&str]) -> Result<(), StoreError> {
    if !differing.iter().any(|name| OF_SIGNATURES.contains(name)) {
        return Ok(());
    }
    let refused = Some(RefusedDelivery { at: Timestamp::now(), why: SECRET_CHANGED.to_owned() });
    store.record_deliveries(office, LastDeliveries { accepted: None, refused }).await
}
