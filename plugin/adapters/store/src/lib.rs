//! `wasi:keyvalue/store` over one folder that the host gives, for hosts whose own store forgets (the command line of
//! wasmtime) or that have none.
//!
//! A value is a file, written beside and moved into place, so that a key holds the old value or the new one, whatever
//! happens in between. A store is open to one call at a time ([`lease`]): a host that runs two at once, as a web
//! server does, would otherwise break the connector's first demand.
//!
//! What is kept is kept as it is: encryption at rest is the folder's, for instance an encrypted volume.

pub mod file_name;
pub mod folder;
pub mod lease;

#[cfg(target_arch = "wasm32")]
mod guest;
