//! Builds a component of this workspace with a cargo of its own: for another target and with its own profile.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::ComposeError;

const TARGET: &str = "wasm32-wasip2";
const PROFILE: &str = "component";
/// Settings of a cargo around this program that must not reach the one it starts: flags for another target.
const FOREIGN: [&str; 4] = ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"];

/// A component of this workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Component {
    /// The connector.
    Connector,
    /// The adapter for HTTP.
    Webhook,
    /// The adapter for a command line.
    Cron,
    /// The store in a folder.
    Store,
    /// The settings from a file.
    Settings,
}

impl Component {
    fn package(self) -> &'static str {
        match self {
            Self::Connector => "advocaatcentraal-tribe",
            Self::Webhook => "adapter-webhook",
            Self::Cron => "adapter-cron",
            Self::Store => "adapter-store",
            Self::Settings => "adapter-settings",
        }
    }
}

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

    /// Builds a component and gives its bytes. Each by a call of its own: what one package asks of a dependency must
    /// not change another.
    ///
    /// # Errors
    /// The compiler says why on standard error.
    pub fn build(&self, component: Component) -> Result<Vec<u8>, ComposeError> {
        let package = component.package();
        let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        for name in FOREIGN {
            cargo.env_remove(name);
        }
        let arguments = ["build", "--package", package, "--lib", "--target", TARGET, "--profile", PROFILE, "--locked"];
        cargo.args(arguments).arg("--quiet").arg("--target-dir").arg(&self.target).current_dir(&self.root);
        if !cargo.status().is_ok_and(|status| status.success()) {
            let command = format!("cargo {}", arguments.join(" "));
            return Err(ComposeError::Build { component: package, command });
        }
        let file = format!("{}.wasm", package.replace('-', "_"));
        let path = self.target.join(TARGET).join(PROFILE).join(file);
        fs::read(&path).map_err(ComposeError::file(&path))
    }
}
