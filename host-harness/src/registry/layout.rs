//! How a component lies in a registry: the CNCF's layout for WebAssembly, the one that `wkg` writes and reads.
//!
//! A manifest with one layer, which is the file, and a config that names its imports and exports, so that a registry
//! can be searched by interface. A signature is an annotation of the manifest: a second layer would make `wkg` refuse
//! the artefact, and an annotation is under the digest as everything else is.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde::{Deserialize, Serialize};

use super::reference::Digest;
use crate::component::About;

pub(super) const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIG: &str = "application/vnd.wasm.config.v0+json";
const LAYER: &str = "application/wasm";
const VERSION: &str = "org.opencontainers.image.version";
/// The text of a `.minisig` file, in Base64: `wkg` writes the line ends of an annotation as they are, and a registry
/// refuses such a manifest.
const SIGNATURE: &str = "io.github.jedisct1.minisign";

/// The same file gives the same digest, whenever and wherever it is pushed; readers insist on a time.
const CREATED: &str = "1970-01-01T00:00:00Z";

/// What an artefact is made of.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Manifest {
    schema_version: u32,
    media_type: Option<String>,
    config: Descriptor,
    layers: Vec<Descriptor>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    annotations: BTreeMap<String, String>,
}

/// One part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Descriptor {
    media_type: String,
    pub(super) digest: Digest,
    /// In bytes.
    pub(super) size: u64,
}

impl Descriptor {
    fn of(media_type: &str, bytes: &[u8]) -> Self {
        Self { media_type: media_type.to_owned(), digest: Digest::of(bytes), size: bytes.len() as u64 }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Config<'a> {
    created: &'static str,
    architecture: &'static str,
    os: &'static str,
    layer_digests: [Digest; 1],
    component: Component<'a>,
}

#[derive(Serialize)]
struct Component<'a> {
    exports: &'a [String],
    imports: &'a [String],
}

/// An artefact, ready to be pushed.
pub(super) struct Packed {
    pub(super) manifest: Vec<u8>,
    pub(super) config: Vec<u8>,
    pub(super) component: Vec<u8>,
}

/// Packs a component and, where it has one, its signature.
pub(super) fn pack(component: Vec<u8>, about: &About, signature: Option<&str>) -> serde_json::Result<Packed> {
    let layer = Descriptor::of(LAYER, &component);
    let config = serde_json::to_vec(&Config {
        created: CREATED,
        architecture: "wasm",
        os: "wasip2",
        layer_digests: [layer.digest],
        component: Component { exports: &about.exports, imports: &about.imports },
    })?;
    let version = about.label.version.as_ref().map(|version| (VERSION.to_owned(), version.clone()));
    let signature = signature.map(|signature| (SIGNATURE.to_owned(), BASE64.encode(signature)));
    let manifest = serde_json::to_vec(&Manifest {
        schema_version: 2,
        media_type: Some(MANIFEST.to_owned()),
        config: Descriptor::of(CONFIG, &config),
        layers: vec![layer],
        annotations: version.into_iter().chain(signature).collect(),
    })?;
    Ok(Packed { manifest, config, component })
}

impl Manifest {
    /// Reads one; none where the bytes are something else.
    pub(super) fn parse(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }

    /// The layer with the component; none where the artefact holds something else, or more than that.
    pub(super) fn component(&self) -> Option<&Descriptor> {
        match self.layers.as_slice() {
            [layer] if layer.media_type == LAYER => Some(layer),
            _ => None,
        }
    }

    /// The signature; none where there is none, or something else under its name.
    pub(super) fn signature(&self) -> Option<String> {
        let text = BASE64.decode(self.annotations.get(SIGNATURE)?).ok()?;
        String::from_utf8(text).ok()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::component::examine;

    #[test]
    fn the_same_file_gives_the_same_digest_and_its_parts_fit() {
        let about = examine(crate::CONNECTOR).unwrap();
        let packed = pack(crate::CONNECTOR.to_vec(), &about, Some("line one\nline two\n")).unwrap();
        let again = pack(crate::CONNECTOR.to_vec(), &about, Some("line one\nline two\n")).unwrap();
        assert_eq!(packed.manifest, again.manifest);

        let manifest = Manifest::parse(&packed.manifest).unwrap();
        let layer = manifest.component().unwrap();
        assert_eq!((layer.digest, layer.size), (Digest::of(crate::CONNECTOR), crate::CONNECTOR.len() as u64));
        assert_eq!(manifest.config.digest, Digest::of(&packed.config));
        assert_eq!(manifest.signature().as_deref(), Some("line one\nline two\n"));
        assert!(!packed.manifest.contains(&b'\\'), "wkg would write what is escaped as it is");
        let config: serde_json::Value = serde_json::from_slice(&packed.config).unwrap();
        assert_eq!(config["layerDigests"][0], layer.digest.to_string());
        let exports = config["component"]["exports"].as_array().unwrap();
        assert!(exports.iter().any(|name| name == "advocaatcentraal:tribe-sync/sync@0.1.0"), "{exports:?}");
    }

    #[test]
    fn only_a_manifest_with_the_component_alone_holds_one() {
        let layer = |kind: &str| format!(r#"{{"mediaType":"{kind}","digest":"{}","size":1}}"#, Digest::of(b"x"));
        let manifest = |layers: &str| {
            let config = layer("application/vnd.oci.image.config.v1+json");
            let text = format!(r#"{{"schemaVersion":2,"config":{config},"layers":[{layers}]}}"#);
            Manifest::parse(text.as_bytes()).unwrap()
        };
        assert!(manifest(&layer("application/wasm")).component().is_some());
        assert!(manifest("").component().is_none());
        assert!(manifest(&layer("application/vnd.oci.image.layer.v1.tar+gzip")).component().is_none());
        assert!(manifest(&format!("{0},{0}", layer("application/wasm"))).component().is_none());
        assert!(Manifest::parse(b"<html>").is_none());
        assert!(Manifest::parse(br#"{"schemaVersion":2,"manifests":[]}"#).is_none());
    }
}
