//! Who verifies a delivery.

use crate::component::{Change, Refusal};
use crate::run::Host;
use crate::settings::OfficeNumber;

/// Why a delivery is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There is no such office, it expects no webhooks, or the signature does not fit: 401.
    Forged,
    /// Signed, but not understood: 400.
    Malformed,
    /// It could not be verified now: 503, so that Tribe delivers again.
    Unavailable,
}

/// Verifies deliveries: the [`Host`], or a test.
pub trait Deliveries: Send + Sync + 'static {
    /// What a delivery speaks of, if it is Tribe's.
    fn read(
        &self,
        office: &OfficeNumber,
        headers: Vec<(String, String)>,
        body: &[u8],
    ) -> impl Future<Output = Result<Vec<Change>, Refused>> + Send;
}

impl Deliveries for Host {
    /// Asks the component. Needs no lease: verifying reads and writes no state.
    async fn read(
        &self,
        office: &OfficeNumber,
        headers: Vec<(String, String)>,
        body: &[u8],
    ) -> Result<Vec<Change>, Refused> {
        let settings = match self.store().office(office).await {
            Ok(Some(settings)) => settings,
            Ok(None) => return Err(Refused::Forged),
            Err(_) => return Err(Refused::Unavailable),
        };
        let connector = match self.connector_of(&settings).await {
            Ok(connector) => connector,
            Err(error) => {
                tracing::error!(office = %office, %error, "a delivery could not be verified");
                return Err(Refused::Unavailable);
            }
        };
        match connector.read_webhook(self.keyless(&settings), &headers, body).await {
            Ok(Ok(changes)) => Ok(changes),
            Ok(Err(Refusal::Forged)) => {
                tracing::warn!(office = %office, "a delivery was refused: its signature is missing or does not fit");
                Err(Refused::Forged)
            }
            Ok(Err(Refusal::Malformed)) => {
                tracing::warn!(office = %office, "a delivery was refused: it is signed, but not understood");
                Err(Refused::Malformed)
            }
            Ok(Err(Refusal::Error(error))) => {
                tracing::warn!(office = %office, ?error, "a delivery could not be verified");
                Err(Refused::Unavailable)
            }
            Err(error) => {
                tracing::error!(office = %office, %error, "a delivery could not be verified");
                Err(Refused::Unavailable)
            }
        }
    }
}
