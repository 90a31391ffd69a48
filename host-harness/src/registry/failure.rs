//! How it goes wrong with a registry. A registry's own words are never repeated: they may hold anything.

use std::time::Duration;

#[cfg(feature = "registry")]
use koppeling_egress::tls_failure;
#[cfg(feature = "registry")]
use oci_client::errors::{OciDistributionError, OciErrorCode};

#[cfg(feature = "registry")]
use super::reference::Repository;
use super::reference::Tagged;

/// Why a registry gave or took no component. Each is one line that says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistryError {
    /// Nothing answers at that address, or the connection broke.
    #[error("the registry {registry} cannot be reached; check its address, and try again later")]
    Unreachable {
        /// Host and port.
        registry: String,
    },
    /// It answers too slowly, or not to the end.
    #[error("the registry {registry} keeps silent or needs longer than {} s; try again later", after.as_secs())]
    Slow {
        /// Host and port.
        registry: String,
        /// How long it had for everything.
        after: Duration,
    },
    /// Its certificate.
    #[error(
        "the registry {registry} shows a certificate that this machine does not trust; add the authority behind it to the certificates of this system"
    )]
    NotTrusted {
        /// Host and port.
        registry: String,
    },
    /// It wants to know who asks, or it does not like who does.
    #[error(
        "the registry {registry} refuses access to {name}; give credentials for it in KOPPELING_REGISTRY, KOPPELING_REGISTRY_USER and KOPPELING_REGISTRY_PASSWORD"
    )]
    Refused {
        /// Host and port.
        registry: String,
        /// The repository.
        name: String,
    },
    /// It does not have that.
    #[error(
        "the registry {registry} does not have that of {name}; check the name and the digest, or whether it was removed"
    )]
    NotFound {
        /// Host and port.
        registry: String,
        /// The repository.
        name: String,
    },
    /// It has trouble of its own.
    #[error("the registry {registry} cannot answer now (HTTP status {status}); try again later")]
    Unavailable {
        /// Host and port.
        registry: String,
        /// What it answers.
        status: u16,
    },
    /// Something else answers.
    #[error(
        "{registry} does not answer as a registry does, which speaks TLS unless it is on this machine; check the address"
    )]
    NotARegistry {
        /// Host and port.
        registry: String,
    },
    /// Other bytes than those that were named.
    #[error(
        "what {registry} sends of {name} does not have the digest that was asked for; do not use it, and check the address and the digest with whoever gave them to you"
    )]
    WrongDigest {
        /// Host and port.
        registry: String,
        /// The repository.
        name: String,
    },
    /// The component ends too early.
    #[error("the component of {name} came cut off, {found} of {expected} bytes; try again")]
    CutOff {
        /// The repository.
        name: String,
        /// Bytes that came.
        found: u64,
        /// Bytes that the manifest names.
        expected: u64,
    },
    /// The artefact is something else.
    #[error("{name} holds no WebAssembly component: its manifest must name one layer of type application/wasm")]
    NoComponent {
        /// The repository.
        name: String,
    },
    /// More than any connector.
    #[error("the component of {name} is larger than {} MB, and no connector is", limit / 1_000_000)]
    TooLarge {
        /// The repository.
        name: String,
        /// Bytes that are taken at most.
        limit: u64,
    },
    /// A version does not change once it is there.
    #[error("{tagged} is there already and holds something else; a version never changes, so push under a new one")]
    Taken {
        /// The version.
        tagged: Tagged,
    },
    /// This program cannot speak TLS here.
    #[error("this machine trusts no certificates: install the package ca-certificates")]
    NoTls,
    /// This program has no client for registries.
    #[error("this koppeling was built without registries: give a file, or use one that was built with them")]
    LeftOut,
}

impl RegistryError {
    /// Whether time alone may mend it.
    pub fn passes(&self) -> bool {
        matches!(self, Self::Unreachable { .. } | Self::Slow { .. } | Self::Unavailable { .. } | Self::CutOff { .. })
    }

    /// What a failure of the client means.
    #[cfg(feature = "registry")]
    pub(super) fn of(error: &OciDistributionError, repository: &Repository, wait: Duration) -> Self {
        let registry = repository.registry().to_owned();
        let name = repository.name().to_owned();
        match error {
            OciDistributionError::RequestError(error) if error.is_timeout() => Self::Slow { registry, after: wait },
            OciDistributionError::RequestError(error) if error.is_decode() => Self::NotARegistry { registry },
            OciDistributionError::RequestError(error) => match tls_failure(error) {
                Some(rustls::Error::InvalidCertificate(_)) => Self::NotTrusted { registry },
                // Something that does not speak TLS, or not this one.
                Some(_) => Self::NotARegistry { registry },
                None => Self::Unreachable { registry },
            },
            OciDistributionError::IoError(_) => Self::Unreachable { registry },
            OciDistributionError::UnauthorizedError { .. } | OciDistributionError::AuthenticationFailure(_) => {
                Self::Refused { registry, name }
            }
            OciDistributionError::DigestError(_) => Self::WrongDigest { registry, name },
            OciDistributionError::ServerError { code, .. } => match *code {
                401 | 403 => Self::Refused { registry, name },
                404 => Self::NotFound { registry, name },
                status @ (429 | 500..) => Self::Unavailable { registry, status },
                _ => Self::NotARegistry { registry },
            },
            OciDistributionError::RegistryError { envelope, .. } => match envelope.errors.first().map(|e| &e.code) {
                Some(OciErrorCode::Denied | OciErrorCode::Unauthorized) => Self::Refused { registry, name },
                Some(OciErrorCode::Toomanyrequests) => Self::Unavailable { registry, status: 429 },
                Some(
                    OciErrorCode::BlobUnknown
                    | OciErrorCode::ManifestUnknown
                    | OciErrorCode::NameUnknown
                    | OciErrorCode::NotFound,
                ) => Self::NotFound { registry, name },
                _ => Self::NotARegistry { registry },
            },
            _ => Self::NotARegistry { registry },
        }
    }
}
