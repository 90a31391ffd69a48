//! What lies in a registry.

/// A component that is what its digest says, to the last byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artefact {
    /// The `.wasm` file.
    pub component: Vec<u8>,
    /// The text of its `.minisig` file, where it was signed before it was pushed.
    pub signature: Option<String>,
    /// What the digest is of.
    pub(super) manifest: Vec<u8>,
}
