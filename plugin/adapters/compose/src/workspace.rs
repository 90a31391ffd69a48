//! Where the components of this workspace are built.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::{env, fs};

use component_builder::{Component, Effort};

use crate::ComposeError;

/// Where the sources are, and where the compiler's files go.
pub struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// The workspace that this program was built from.
    pub fn here() -> Self {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = package.ancestors().nth(3).unwrap_or(package).to_owned();
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
        // Beside what the host's build keeps of the connector, and the same folder: it need not be built twice.
        Self { target: target.join("component"), root }
    }

    /// A workspace elsewhere, such as a clean clone.
    pub fn at(root: PathBuf, target: PathBuf) -> Self {
        Self { root, target }
    }

    /// Builds a component and gives its bytes.
    ///
    /// # Errors
    /// The compiler says why on standard error.
    pub fn build(&self, component: Component, effort: Effort) -> Result<Vec<u8>, ComposeError> {
        let say = |line: &str| {
            // Nobody may be listening.
            let _ = writeln!(io::stderr(), "{line}");
        };
        let path = component_builder::build(&self.root, &self.target, component, effort, &say);
        let path = path.map_err(ComposeError::Build)?;
        fs::read(&path).map_err(ComposeError::file(&path))
    }
}
