//! What was pulled before, by digest, so that an office goes on when its registry is away.
//!
//! The folder has the form of an OCI image layout (`blobs/sha256/<digits>`). A file is believed only as far as its
//! bytes give its name, and one that was damaged is pulled again.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::{fs, io};

use super::artefact::Artefact;
use super::layout::Manifest;
use super::reference::{Digest, Pinned};

/// A folder of artefacts.
#[derive(Clone, Debug)]
pub struct PluginCache {
    blobs: PathBuf,
}

impl PluginCache {
    /// Artefacts in that folder; it is made when there is something to keep.
    pub fn in_folder(folder: &Path) -> Self {
        Self { blobs: folder.join("blobs").join("sha256") }
    }

    /// The artefact, if it lies there whole.
    pub fn find(&self, pinned: &Pinned) -> Option<Artefact> {
        let manifest = self.blob(pinned.digest)?;
        let parsed = Manifest::parse(&manifest)?;
        let component = self.blob(parsed.component()?.digest)?;
        let signature = parsed.signature();
        Some(Artefact { component, signature, manifest })
    }

    /// Keeps an artefact: its component first, so that a manifest that lies there always leads to one.
    pub fn keep(&self, artefact: &Artefact) -> io::Result<()> {
        fs::create_dir_all(&self.blobs)?;
        self.put(&artefact.component)?;
        self.put(&artefact.manifest)
    }

    fn blob(&self, digest: Digest) -> Option<Vec<u8>> {
        let bytes = fs::read(self.blobs.join(digest.hex())).ok()?;
        (Digest::of(&bytes) == digest).then_some(bytes)
    }

    fn put(&self, bytes: &[u8]) -> io::Result<()> {
        let mut file = tempfile::NamedTempFile::new_in(&self.blobs)?;
        file.write_all(bytes)?;
        // In one step, so that another process never reads half a file.
        file.persist(self.blobs.join(Digest::of(bytes).hex())).map_err(|error| error.error)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::component::examine;
    use crate::registry::layout::pack;

    fn artefact(signature: &str) -> (Artefact, Pinned) {
        let packed = pack(crate::CONNECTOR.to_vec(), &examine(crate::CONNECTOR).unwrap(), Some(signature)).unwrap();
        let digest = Digest::of(&packed.manifest);
        let pinned = format!("oci://registry.example/connector@{digest}").parse().unwrap();
        let signature = Some(signature.to_owned());
        (Artefact { component: packed.component, signature, manifest: packed.manifest }, pinned)
    }

    #[test]
    fn what_was_kept_is_found_by_its_digest() {
        let folder = tempfile::tempdir().unwrap();
        let cache = PluginCache::in_folder(folder.path());
        let ((first, first_name), (second, second_name)) = (artefact("one"), artefact("two"));
        assert_eq!(cache.find(&first_name), None);
        cache.keep(&first).unwrap();
        cache.keep(&first).unwrap();
        assert_eq!(cache.find(&first_name), Some(first));
        assert_eq!(cache.find(&second_name), None);
        cache.keep(&second).unwrap();
        assert_eq!(cache.find(&second_name), Some(second));
        assert_eq!(fs::read_dir(&cache.blobs).unwrap().count(), 3, "two manifests of one component");
    }

    #[test]
    fn what_was_changed_on_the_disk_is_not_found() {
        let (artefact, pinned) = artefact("one");
        for damage in [0, 1] {
            let folder = tempfile::tempdir().unwrap();
            let cache = PluginCache::in_folder(folder.path());
            cache.keep(&artefact).unwrap();
            let file = [pinned.digest, Digest::of(&artefact.component)][damage];
            let file = cache.blobs.join(file.hex());
            let mut bytes = fs::read(&file).unwrap();
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
            fs::write(&file, bytes).unwrap();
            assert_eq!(cache.find(&pinned), None);
            cache.keep(&artefact).unwrap();
            assert!(cache.find(&pinned).is_some(), "pulling it again mends it");
        }
    }
}
