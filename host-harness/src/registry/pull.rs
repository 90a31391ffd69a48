//! Takes a component from a registry.

use futures_util::TryStreamExt;

use super::artefact::Artefact;
use super::client::{RegistryClient, Session};
use super::failure::RegistryError;
use super::layout::{Descriptor, Manifest};
use super::reference::{Digest, Pinned};

impl RegistryClient {
    /// Pulls what the digest names, or nothing.
    pub async fn pull(&self, pinned: &Pinned) -> Result<Artefact, RegistryError> {
        let session = self.session(&pinned.repository).await?;
        let pulling = async {
            let manifest = session.manifest_with(pinned.digest).await?;
            let name = || pinned.repository.name().to_owned();
            let no_component = || RegistryError::NoComponent { name: name() };
            let parsed = Manifest::parse(&manifest).ok_or_else(no_component)?;
            let layer = parsed.component().ok_or_else(no_component)?;
            if layer.size > self.limits.component {
                return Err(RegistryError::TooLarge { name: name(), limit: self.limits.component });
            }
            let component = session.layer(pinned, layer).await?;
            let signature = parsed.signature();
            Ok(Artefact { component, signature, manifest })
        };
        self.in_time(&pinned.repository, pulling).await
    }
}

impl Session {
    /// A layer of an artefact, and never a byte more than its size.
    async fn layer(&self, of: &Pinned, layer: &Descriptor) -> Result<Vec<u8>, RegistryError> {
        let (registry, name) = (of.repository.registry().to_owned(), of.repository.name().to_owned());
        let digest = layer.digest.to_string();
        let from = self.with_digest(of.digest);
        // By its digest alone: the addresses that a manifest may give beside it must not choose who else is asked.
        let asking = self.client.pull_blob_stream(&from, digest.as_str());
        let mut stream = self.heard(asking).await?.map_err(|error| self.failure(&error))?;

        let mut bytes = Vec::new();
        // An error and an end mean the same: what came until then is whole, or it is not.
        while let Ok(Some(part)) = self.heard(stream.try_next()).await? {
            bytes.extend_from_slice(&part);
            if bytes.len() as u64 > layer.size {
                break;
            }
        }
        let found = bytes.len() as u64;
        if found < layer.size {
            return Err(RegistryError::CutOff { name, found, expected: layer.size });
        }
        if Digest::of(&bytes) != layer.digest {
            return Err(RegistryError::WrongDigest { registry, name });
        }
        Ok(bytes)
    }
}
