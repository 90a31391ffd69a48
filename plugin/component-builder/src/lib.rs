//! Builds a crate of this workspace as a component: with a cargo of its own, for another target, with its own profile
//! and its own folder (two cargos that share one would wait for each other), and without the settings of the outer
//! build.
//!
//! What it builds is the same byte for byte on every machine with this toolchain: nothing of the builder's folders
//! stands in it.
//!
//! The connector is compiled for `wasm32-unknown-unknown` and encoded as a component here: that target knows no system,
//! so what the component imports is its world and nothing else, and no panic's words, which might hold a client's data,
//! can reach a log. A trap still names the functions that it came through. What reads files or a command line is
//! compiled for `wasm32-wasip2`, whose linker encodes by itself.

mod inner;
mod wit;

use std::path::{Path, PathBuf};
use std::{env, fs};

use wit_component::ComponentEncoder;

/// A crate of this workspace that becomes a component.
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

/// What the compiler's time is spent on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// The compiler is done soon: what a developer runs.
    Quick,
    /// The component is fast and small: what is released.
    Released,
}

/// How rustc's linker leaves what it compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    /// A module that is yet to be encoded.
    Bare,
    /// A component that can use files, a command line and the standard streams.
    Wasi,
}

impl Component {
    /// The name of the package.
    pub fn package(self) -> &'static str {
        match self {
            Self::Connector => "advocaatcentraal-tribe",
            Self::Webhook => "adapter-webhook",
            Self::Cron => "adapter-cron",
            Self::Store => "adapter-store",
            Self::Settings => "adapter-settings",
        }
    }

    /// The compiler's name of the target that it is compiled for.
    pub fn target(self) -> &'static str {
        self.linked().triple()
    }

    fn linked(self) -> Target {
        match self {
            Self::Connector | Self::Webhook => Target::Bare,
            Self::Cron | Self::Store | Self::Settings => Target::Wasi,
        }
    }
}

impl Effort {
    fn profile(self) -> &'static str {
        match self {
            Self::Quick => "component-quick",
            Self::Released => "component",
        }
    }
}

impl Target {
    fn triple(self) -> &'static str {
        match self {
            Self::Bare => "wasm32-unknown-unknown",
            Self::Wasi => "wasm32-wasip2",
        }
    }
}

/// Builds `component` of the workspace in `workspace` into `folder`, a target folder, and gives its path. `say` takes
/// lines for the person who builds: the compiler's words where it fails, and that a target was added.
///
/// One package at a time: what one asks of a dependency must not change another.
///
/// # Errors
/// One line that says what failed.
pub fn build(
    workspace: &Path,
    folder: &Path,
    component: Component,
    effort: Effort,
    say: &dyn Fn(&str),
) -> Result<PathBuf, String> {
    let (package, target, profile) = (component.package(), component.target(), effort.profile());
    let cargo = tool("CARGO", "cargo");
    inner::add_target(workspace, target, say)?;
    wit::lay_dependencies(workspace, &cargo)?;
    let arguments =
        ["build", "--package", package, "--lib", "--target", target, "--profile", profile, "--locked", "--quiet"];
    let mut command = inner::command(&cargo);
    command.args(arguments).arg("--target-dir").arg(folder).current_dir(workspace);
    command.env("CARGO_ENCODED_RUSTFLAGS", inner::flags(workspace)?.join("\x1f"));
    let output = command.output().map_err(|error| format!("cargo could not be started for {package}: {error}"))?;
    if !output.status.success() {
        String::from_utf8_lossy(&output.stderr).lines().for_each(say);
        return Err(format!("{package} could not be built; see above, or run: cargo {}", arguments.join(" ")));
    }
    let linked = folder.join(target).join(profile).join(package.replace('-', "_") + ".wasm");
    let path = match component.linked() {
        Target::Bare => encode(&linked)?,
        Target::Wasi => linked,
    };
    path.canonicalize().map_err(|error| format!("{}: {error}", path.display()))
}

/// Encodes a module as the component that the sections of its bindings describe; gives its path, beside the module.
fn encode(module: &Path) -> Result<PathBuf, String> {
    let path = module.with_extension("component.wasm");
    let fail = |error: &dyn std::fmt::Display| format!("{} could not be encoded: {error}", module.display());
    let bytes = fs::read(module).map_err(|error| fail(&error))?;
    let encoder = ComponentEncoder::default().module(&bytes).map_err(|error| fail(&format!("{error:#}")))?;
    let component = encoder.validate(true).encode().map_err(|error| fail(&format!("{error:#}")))?;
    // Left alone where it is the same, so that nothing is built anew because of it.
    if fs::read(&path).is_ok_and(|before| before == component) {
        return Ok(path);
    }
    fs::write(&path, component).map_err(|error| fail(&error))?;
    Ok(path)
}

/// The program that cargo names in its environment, or the one on the path.
fn tool(variable: &str, default: &str) -> PathBuf {
    env::var_os(variable).map_or_else(|| default.into(), Into::into)
}
