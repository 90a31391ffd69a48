//! In place of the client where this program was built without the feature `registry`: a connector is built in or in a
//! file, and each name of a registry gives the sentence that says so.

use super::artefact::Artefact;
use super::credentials::Credentials;
use super::failure::RegistryError;
use super::limits::Limits;
use super::reference::{Pinned, Tagged};
use crate::component::About;

/// Speaks with no registry.
#[derive(Clone, Debug)]
pub struct RegistryClient {
    pub(super) limits: Limits,
}

impl RegistryClient {
    /// The credentials are for registries, and there are none.
    pub fn new(limits: Limits, _credentials: Option<Credentials>) -> Self {
        Self { limits }
    }

    /// There is no registry to log in to.
    pub fn with_docker_logins(self) -> Self {
        self
    }

    /// Fails.
    pub async fn digest(&self, _tagged: &Tagged) -> Result<Pinned, RegistryError> {
        Err(RegistryError::LeftOut)
    }

    /// Fails.
    pub async fn pull(&self, _pinned: &Pinned) -> Result<Artefact, RegistryError> {
        Err(RegistryError::LeftOut)
    }

    /// Fails.
    pub async fn push(
        &self,
        _to: &Tagged,
        _component: Vec<u8>,
        _about: &About,
        _signature: Option<&str>,
    ) -> Result<Pinned, RegistryError> {
        Err(RegistryError::LeftOut)
    }
}
