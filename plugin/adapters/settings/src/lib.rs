//! `wasi:config/store` from a file that the host gives, for hosts that take settings on their command line only, where
//! every user of the machine can read the secrets among them, and where a comma cannot stand in a value (the command
//! line of wasmtime). What the file does not name is asked of the host, as if this were not between them.

pub mod file;

#[cfg(target_arch = "wasm32")]
mod guest;
