//! Speaks with registries, within limits.

use oci_client::Client;
use oci_client::client::{ClientConfig, ClientProtocol};
use oci_client::errors::OciDistributionError;
use oci_client::secrets::RegistryAuth;

use super::credentials::Credentials;
use super::docker;
use super::failure::RegistryError;
use super::layout::{MANIFEST, Manifest};
use super::limits::Limits;
use super::reference::{Digest, Pinned, Repository, Tagged};

/// Speaks with registries: TLS, except on this machine.
#[derive(Clone, Debug)]
pub struct RegistryClient {
    pub(super) limits: Limits,
    credentials: Option<Credentials>,
    logins: Logins,
}

/// Whether the logins of other programs are used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Logins {
    OfDocker,
    None,
}

/// A connection to one registry.
pub(super) struct Session {
    pub(super) client: Client,
    pub(super) auth: RegistryAuth,
    repository: Repository,
    limits: Limits,
}

impl RegistryClient {
    /// A client that shows those credentials to the registry that they are for.
    pub fn new(limits: Limits, credentials: Option<Credentials>) -> Self {
        Self { limits, credentials, logins: Logins::None }
    }

    /// The same, which shows other registries what `docker login` left for them on this machine.
    #[must_use]
    pub fn with_docker_logins(self) -> Self {
        Self { logins: Logins::OfDocker, ..self }
    }

    /// The digest that a version has now.
    pub async fn digest(&self, tagged: &Tagged) -> Result<Pinned, RegistryError> {
        let session = self.session(&tagged.repository).await?;
        let looking = async {
            let manifest = session.manifest_of(&tagged.tag).await?;
            // A page of HTML has a digest as well, and so has the image of a container.
            if serde_json::from_slice::<serde::de::IgnoredAny>(&manifest).is_err() {
                return Err(RegistryError::NotARegistry { registry: tagged.repository.registry().to_owned() });
            }
            if Manifest::parse(&manifest).is_none_or(|manifest| manifest.component().is_none()) {
                return Err(RegistryError::NoComponent { name: tagged.repository.name().to_owned() });
            }
            Ok(Pinned { repository: tagged.repository.clone(), digest: Digest::of(&manifest) })
        };
        self.in_time(&tagged.repository, looking).await
    }

    pub(super) async fn session(&self, repository: &Repository) -> Result<Session, RegistryError> {
        // The client takes the process's provider of cryptography; this is the one of every other connection. It fails
        // only where it was done before.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let protocol = if repository.is_loopback() { ClientProtocol::Http } else { ClientProtocol::Https };
        let config = ClientConfig {
            protocol,
            // One request for each part, which every registry takes; chunks gain nothing at this size.
            use_monolithic_push: true,
            // An index of several platforms names no component.
            platform_resolver: None,
            connect_timeout: Some(self.limits.connect),
            user_agent: concat!("koppeling/", env!("CARGO_PKG_VERSION")),
            ..ClientConfig::default()
        };
        let client = Client::try_from(config).map_err(|_| RegistryError::NoTls)?;
        let auth = match (Credentials::for_registry(self.credentials.as_ref(), repository), self.logins) {
            (Some(own), _) => own,
            (None, Logins::OfDocker) => docker::login(repository.registry()).await,
            (None, Logins::None) => RegistryAuth::Anonymous,
        };
        Ok(Session { client, auth, repository: repository.clone(), limits: self.limits })
    }

    pub(super) async fn in_time<T>(
        &self,
        repository: &Repository,
        work: impl Future<Output = Result<T, RegistryError>>,
    ) -> Result<T, RegistryError> {
        let after = self.limits.total;
        let registry = || repository.registry().to_owned();
        tokio::time::timeout(after, work)
            .await
            .unwrap_or_else(|_| Err(RegistryError::Slow { registry: registry(), after }))
    }
}

impl Session {
    /// The manifest of a version, byte for byte.
    pub(super) async fn manifest_of(&self, tag: &str) -> Result<Vec<u8>, RegistryError> {
        self.manifest(oci_client::Reference::with_tag(
            self.repository.registry().to_owned(),
            self.repository.name().to_owned(),
            tag.to_owned(),
        ))
        .await
    }

    /// The manifest with that digest.
    pub(super) async fn manifest_with(&self, digest: Digest) -> Result<Vec<u8>, RegistryError> {
        let manifest = self.manifest(self.with_digest(digest)).await?;
        if Digest::of(&manifest) == digest {
            return Ok(manifest);
        }
        let (registry, name) = (self.repository.registry().to_owned(), self.repository.name().to_owned());
        Err(RegistryError::WrongDigest { registry, name })
    }

    pub(super) fn with_digest(&self, digest: Digest) -> oci_client::Reference {
        oci_client::Reference::with_digest(
            self.repository.registry().to_owned(),
            self.repository.name().to_owned(),
            digest.to_string(),
        )
    }

    async fn manifest(&self, reference: oci_client::Reference) -> Result<Vec<u8>, RegistryError> {
        let asking = self.client.pull_manifest_raw(&reference, &self.auth, &[MANIFEST]);
        let (bytes, _) = self.heard(asking).await?.map_err(|error| self.failure(&error))?;
        Ok(bytes.to_vec())
    }

    /// What the registry says, if it says something in time.
    pub(super) async fn heard<T>(&self, answer: impl Future<Output = T>) -> Result<T, RegistryError> {
        let after = self.limits.silence;
        let silent = |_| RegistryError::Slow { registry: self.repository.registry().to_owned(), after };
        tokio::time::timeout(after, answer).await.map_err(silent)
    }

    pub(super) fn failure(&self, error: &OciDistributionError) -> RegistryError {
        RegistryError::of(error, &self.repository, self.limits.total)
    }
}
