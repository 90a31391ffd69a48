//! Puts a component into a registry.

use oci_client::errors::OciDistributionError;

use super::client::{RegistryClient, Session};
use super::failure::RegistryError;
use super::layout::{MANIFEST, pack};
use super::reference::{Digest, Pinned, Tagged};
use crate::component::About;

impl RegistryClient {
    /// Pushes a component and, where it has one, its signature; gives the name to deploy it by.
    ///
    /// Pushing the same again changes nothing. A version that holds something else is left as it is.
    pub async fn push(
        &self,
        to: &Tagged,
        component: Vec<u8>,
        about: &About,
        signature: Option<&str>,
    ) -> Result<Pinned, RegistryError> {
        let repository = &to.repository;
        let session = self.session(repository).await?;
        let registry = || repository.registry().to_owned();
        let packed =
            pack(component, about, signature).map_err(|_| RegistryError::NotARegistry { registry: registry() })?;
        let digest = Digest::of(&packed.manifest);
        let pushing = async {
            match session.manifest_of(&to.tag).await {
                Ok(there) if Digest::of(&there) == digest => {}
                Ok(_) => return Err(RegistryError::Taken { tagged: to.clone() }),
                Err(RegistryError::NotFound { .. }) => {
                    session.put_blob(packed.config).await?;
                    session.put_blob(packed.component).await?;
                    session.put_manifest(to, packed.manifest).await?;
                }
                Err(error) => return Err(error),
            }
            Ok(Pinned { repository: repository.clone(), digest })
        };
        self.in_time(repository, pushing).await
    }
}

impl Session {
    async fn put_blob(&self, bytes: Vec<u8>) -> Result<(), RegistryError> {
        let digest = Digest::of(&bytes);
        let pushed = self.client.push_blob(&self.with_digest(digest), bytes, &digest.to_string()).await;
        pushed.map(drop).map_err(|error| self.failure(&error))
    }

    async fn put_manifest(&self, to: &Tagged, manifest: Vec<u8>) -> Result<(), RegistryError> {
        let (registry, name) = (to.repository.registry().to_owned(), to.repository.name().to_owned());
        let reference = oci_client::Reference::with_tag(registry, name, to.tag.clone());
        let kind = http::HeaderValue::from_static(MANIFEST);
        match self.client.push_manifest_raw(&reference, manifest, kind).await {
            // Some registries take it and do not say where.
            Ok(_) | Err(OciDistributionError::RegistryNoLocationError) => Ok(()),
            Err(error) => Err(self.failure(&error)),
        }
    }
}
