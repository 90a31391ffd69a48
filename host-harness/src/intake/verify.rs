//! Who verifies a delivery, and that nobody learns from it which offices there are.

use secrecy::{ExposeSecret, SecretString};

use crate::component::{Change, Refusal};
use crate::run::Host;
use crate::settings::{OfficeNumber, OfficeSettings};

/// Why a delivery is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// There is no such office: answered as a forged one is, with 401.
    Unknown,
    /// The office has no secret of webhooks: 401.
    NoSecret,
    /// It bears no signature, so it is a stranger's: 401.
    Unsigned,
    /// The signature does not fit: 401.
    Forged,
    /// Signed, but not understood: 400.
    Malformed,
    /// It could not be verified now: 503, so that Tribe delivers again.
    Unavailable,
}

/// Knows the offices and checks signatures: the [`Host`], or a test.
pub trait Deliveries: Send + Sync + 'static {
    /// The settings of an office; none where there is no such office.
    fn settings(&self, office: &OfficeNumber) -> impl Future<Output = Result<Option<OfficeSettings>, Refused>> + Send;

    /// What a delivery speaks of, if it is signed as those settings ask. `office` is the one it was sent to.
    fn check(
        &self,
        office: &OfficeNumber,
        settings: &OfficeSettings,
        headers: &[(String, String)],
        body: &[u8],
    ) -> impl Future<Output = Result<Vec<Change>, Refused>> + Send;
}

/// Stands in for offices that are not there, with a secret that nobody knows: they cost what others cost.
#[derive(Debug)]
pub(super) struct Decoy(Option<OfficeSettings>);

impl Decoy {
    pub(super) fn new() -> Self {
        let made_up = "office = \"made-up\"\nadvocaatcentraal-url = \"https://made-up.example\"\n\
                       advocaatcentraal-key = \"none\"\ntribe-client-id = \"none\"\ntribe-client-secret = \"none\"\n";
        let mut secret = [0; 32];
        let settings = getrandom::fill(&mut secret).ok().and_then(|()| OfficeSettings::from_toml(made_up).ok());
        Self(settings.map(|settings| OfficeSettings { tribe_webhook_secret: hex::encode(secret).into(), ..settings }))
    }

    fn secret(&self) -> Option<&SecretString> {
        self.0.as_ref().map(|settings| &settings.tribe_webhook_secret)
    }
}

/// What a delivery speaks of, if it is Tribe's. One reading of settings and one check of a signature, whether there is such
/// an office, whether it expects webhooks, or not.
pub(super) async fn read(
    deliveries: &impl Deliveries,
    decoy: &Decoy,
    office: &OfficeNumber,
    headers: &[(String, String)],
    body: &[u8],
) -> Result<Vec<Change>, Refused> {
    let known = deliveries.settings(office).await?;
    let is_known = known.is_some();
    let mut settings = known.or_else(|| decoy.0.clone()).ok_or(Refused::Unavailable)?;
    let has_secret = !settings.tribe_webhook_secret.expose_secret().is_empty();
    if !has_secret {
        settings.tribe_webhook_secret = decoy.secret().ok_or(Refused::Unavailable)?.clone();
    }
    let is_signed = headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(&settings.tribe_webhook_header));
    match deliveries.check(office, &settings, headers, body).await {
        Err(Refused::Unavailable) => Err(Refused::Unavailable),
        _ if !is_known => Err(Refused::Unknown),
        _ if !has_secret => Err(Refused::NoSecret),
        Err(Refused::Forged) if !is_signed => Err(Refused::Unsigned),
        checked => checked,
    }
}

impl Deliveries for Host {
    async fn settings(&self, office: &OfficeNumber) -> Result<Option<OfficeSettings>, Refused> {
        self.store().office(office).await.map_err(|_| Refused::Unavailable)
    }

    /// Asks the component. Needs no lease: verifying reads and writes no state.
    async fn check(
        &self,
        office: &OfficeNumber,
        settings: &OfficeSettings,
        headers: &[(String, String)],
        body: &[u8],
    ) -> Result<Vec<Change>, Refused> {
        let connector = match self.connector_of(settings).await {
            Ok(connector) => connector,
            Err(error) => {
                tracing::error!(office = %office, %error, "a delivery could not be verified");
                return Err(Refused::Unavailable);
            }
        };
        match connector.read_webhook(self.keyless(settings), headers, body).await {
            Ok(Ok(changes)) => Ok(changes),
            Ok(Err(Refusal::Forged)) => Err(Refused::Forged),
            Ok(Err(Refusal::Malformed)) => Err(Refused::Malformed),
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
