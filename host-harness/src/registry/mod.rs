//! Connectors from a registry: pushed and pulled as OCI artefacts, deployed by digest, signed.
//!
//! Guarded against a registry, or somebody between, that would have this host run other code than was meant. An
//! office names a digest, never a version that can move; every byte that is loaded is checked against it, also what
//! comes from the folder of things pulled before. Where public keys are given, a component must be signed with one of
//! them, wherever it comes from. A registry gets a bounded time and a bounded size, and none of its words are shown.
//!
//! | room | what it is |
//! |---|---|
//! | [`mod@reference`] | `oci://registry/name:version` and `oci://registry/name@sha256:…` |
//! | [`layout`] | how a component lies in a registry |
//! | `client`, `pull`, `push` | speaking with one, within [`limits`], and [`failure`]: how that goes wrong |
//! | `without` | in place of these where the feature `registry` is off |
//! | [`credentials`] | the user and password for one |
//! | [`cache`] | what was pulled before |
//! | [`signature`] | who signed a component |
//! | [`resolver`] | from the name of a connector to one that can be loaded |

#![cfg_attr(not(feature = "registry"), allow(dead_code, reason = "what is packed and what fails stays as one piece"))]

mod artefact;
mod cache;
#[cfg(feature = "registry")]
mod client;
mod credentials;
#[cfg(feature = "registry")]
mod docker;
mod failure;
mod layout;
mod limits;
#[cfg(feature = "registry")]
mod pull;
#[cfg(feature = "registry")]
mod push;
mod reference;
mod resolver;
mod signature;
#[cfg(not(feature = "registry"))]
mod without;

pub use artefact::Artefact;
pub use cache::PluginCache;
#[cfg(feature = "registry")]
pub use client::RegistryClient;
pub use credentials::{Credentials, CredentialsProblem};
pub use failure::RegistryError;
pub use limits::Limits;
pub use reference::{Digest, Pinned, ReferenceProblem, Repository, Tagged};
pub use resolver::{Plugin, PluginResolver, ResolveError};
pub use signature::{KeyPair, SignatureError, Trust, sign, signature_file};
#[cfg(not(feature = "registry"))]
pub use without::RegistryClient;
