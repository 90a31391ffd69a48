//! Makes the files of a release, and checks that the contract keeps its promise.
//!
//! | room | does |
//! |---|---|
//! | [`optimiser`] | makes its code small |
//! | [`names`] | keeps its functions' names, short |
//! | [`dependencies`], [`bill`] | what it is made of, inside it and beside it |
//! | [`files`] | the folder of a release |
//! | [`contract`] | what a version of `wit/` may change of the one before |

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

pub mod bill;
pub mod contract;
pub mod dependencies;
pub mod files;
pub mod names;
pub mod optimiser;

/// Why a release cannot be made. One line that says what is wrong.
#[derive(Debug, thiserror::Error)]
pub enum ReleaseError {
    /// A component could not be compiled or composed.
    #[error(transparent)]
    Compose(#[from] compose::ComposeError),
    /// A file or folder cannot be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// What was compiled is not read as WebAssembly.
    #[error("the component cannot be read: {0}")]
    Wasm(#[from] wasmparser::BinaryReaderError),
    /// What was compiled is not as it should be.
    #[error("the component is not as it should be: {0}")]
    Component(&'static str),
    /// It has grown.
    #[error(
        "the component has {bytes} bytes, more than the {most} that it may have; make it smaller or raise the bound"
    )]
    TooLarge {
        /// How many it has.
        bytes: usize,
        /// How many it may have.
        most: usize,
    },
    /// Its metadata could not be written.
    #[error("the component's metadata could not be written: {0}")]
    Metadata(String),
    /// A program that is needed failed.
    #[error("{program} failed: {said}")]
    Program {
        /// Its name and first argument.
        program: String,
        /// The last line that it said.
        said: String,
    },
    /// Cargo's answer is not understood.
    #[error("cargo's answer is not understood: {0}")]
    Cargo(cargo_metadata::Error),
    /// The workspace or its Cargo.lock does not name the connector.
    #[error("this workspace has no connector in its Cargo.lock")]
    NoConnector,
    /// The contract breaks a promise, or is not read.
    #[error(transparent)]
    Contract(#[from] contract::ContractError),
    /// Two builds of one revision differ.
    #[error("two builds of this revision differ: {0}")]
    Differs(String),
}

/// The workspace that this crate stands in.
pub fn workspace() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

/// What a program prints.
pub(crate) fn run_command(command: &mut Command) -> Result<String, ReleaseError> {
    let program = |command: &Command| {
        let first = command.get_args().next().unwrap_or_default().to_string_lossy().into_owned();
        format!("{} {first}", command.get_program().to_string_lossy())
    };
    let output = command.output().map_err(|source| ReleaseError::File { path: program(command).into(), source })?;
    if output.status.success() {
        return Ok(String::from_utf8_lossy(&output.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&output.stderr).lines().last().unwrap_or_default().to_owned();
    Err(ReleaseError::Program { program: program(command), said })
}
