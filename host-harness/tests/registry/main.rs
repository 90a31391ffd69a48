//! Connectors pushed to and pulled from a registry: a stand-in of one in every test run, and Debian's real one with
//! `wkg` as the other client where `.ci/registry` runs them.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod command_line;
mod offices;
mod real;
mod refusals;
mod stand_in;

use std::path::Path;
use std::time::Duration;

use host_harness::CONNECTOR;
use host_harness::component::{Source, examine};
use host_harness::registry::{Limits, Pinned, Plugin, PluginCache, PluginResolver, RegistryClient, Tagged, Trust};

/// Long enough for a busy machine, and short enough to wait for.
const SILENCE: Duration = Duration::from_secs(2);

fn client() -> RegistryClient {
    RegistryClient::new(Limits { silence: SILENCE, ..Limits::default() }, None)
}

fn resolver(folder: &Path) -> PluginResolver {
    PluginResolver::new(client(), Trust::Anyone, Some(PluginCache::in_folder(folder)))
}

fn tagged(registry: &str) -> Tagged {
    format!("oci://{registry}/office/connector:0.1.0").parse().unwrap()
}

async fn push(registry: &str, signature: Option<&str>) -> Pinned {
    let about = examine(CONNECTOR).unwrap();
    client().push(&tagged(registry), CONNECTOR.to_vec(), &about, signature).await.unwrap()
}

fn bytes(source: &Source) -> Vec<u8> {
    source.read().unwrap().0
}

fn plugin(pinned: &Pinned) -> Plugin {
    Plugin::Registry(pinned.clone())
}

/// The built-in connector with something added that does nothing: the same to a host, and another file.
fn another_connector() -> Vec<u8> {
    let mut bytes = CONNECTOR.to_vec();
    // A custom section of five bytes: the length of its name, its name.
    bytes.extend_from_slice(b"\x00\x05\x04more");
    bytes
}
