//! Builds the connector as part of building the host, so that one command gives a working program.
//!
//! The component is built by a cargo of its own: for another target, with its own profile and its own folder (two
//! cargos that share one would wait for each other), and without the settings of the outer build.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const TARGET: &str = "wasm32-wasip2";
const PACKAGE: &str = "advocaatcentraal-tribe";
const FILE: &str = "advocaatcentraal_tribe.wasm";

/// Everything that goes into the component.
const SOURCES: [&str; 7] = [
    "../plugin/src",
    "../plugin/Cargo.toml",
    "../plugin/build.rs",
    "../wit/connector.wit",
    "../wit/drafts.wit",
    "../wit/deps",
    "../Cargo.lock",
];

/// Settings of the outer build that must not reach the inner one: flags for another target, `clippy-driver` in place
/// of the compiler, coverage, the outer target folder.
const FOREIGN: [&str; 12] = [
    "RUSTFLAGS",
    "RUSTDOCFLAGS",
    "CARGO_ENCODED_RUSTFLAGS",
    "CARGO_ENCODED_RUSTDOCFLAGS",
    "RUSTC_WRAPPER",
    "RUSTC_WORKSPACE_WRAPPER",
    "CLIPPY_ARGS",
    "CARGO_TARGET_DIR",
    "CARGO_INCREMENTAL",
    "CARGO_MAKEFLAGS",
    "MAKEFLAGS",
    "LLVM_PROFILE_FILE",
];
const FOREIGN_BEGINNINGS: [&str; 4] = ["CARGO_BUILD_", "CARGO_PROFILE_", "CARGO_FEATURE_", "CARGO_CFG_"];

fn main() {
    for source in SOURCES {
        println!("cargo::rerun-if-changed={source}");
    }
    println!("cargo::rerun-if-changed=build.rs");
    match build() {
        Ok(component) => println!("cargo::rustc-env=CONNECTOR_WASM={}", component.display()),
        Err(problem) => println!("cargo::error={problem}"),
    }
}

fn build() -> Result<PathBuf, String> {
    add_target()?;
    let folder = target_folder()?.join("component");
    let component = folder.join(TARGET).join("component").join(FILE);
    let size_before = fs::metadata(&component).map(|file| file.len()).ok();
    let arguments =
        ["build", "--package", PACKAGE, "--lib", "--target", TARGET, "--profile", "component", "--locked", "--quiet"];
    let mut cargo = inner(&tool("CARGO", "cargo"));
    cargo.args(arguments).arg("--target-dir").arg(&folder).current_dir("..");
    let output = cargo.output().map_err(|error| format!("cargo could not be started for the connector: {error}"))?;
    if !output.status.success() {
        // Each line by itself, or cargo would show the first only.
        for line in String::from_utf8_lossy(&output.stderr).lines() {
            println!("cargo::warning={line}");
        }
        return Err(format!("the connector could not be built; see above, or run: cargo {}", arguments.join(" ")));
    }
    let size = fs::metadata(&component).map_err(|_| format!("{} was not built", component.display()))?.len();
    if size_before.is_some_and(|before| before != size) {
        println!("cargo::warning=the connector was built anew: {} KB", size.div_ceil(1000));
    }
    component.canonicalize().map_err(|error| error.to_string())
}

/// Adds the target where it is missing, and says so.
fn add_target() -> Result<(), String> {
    if has_target() {
        return Ok(());
    }
    println!("cargo::warning=the target {TARGET} is missing; adding it with: rustup target add {TARGET}");
    let added = inner(Path::new("rustup")).args(["target", "add", TARGET]).current_dir("..").output();
    match added {
        Ok(output) if output.status.success() && has_target() => Ok(()),
        _ => Err(format!("the target {TARGET} is missing and could not be added; run: rustup target add {TARGET}")),
    }
}

/// Whether the compiler has the target's standard library.
fn has_target() -> bool {
    let output = inner(&tool("RUSTC", "rustc")).args(["--print", "target-libdir", "--target", TARGET]).output();
    output.is_ok_and(|output| {
        let folder = String::from_utf8_lossy(&output.stdout).trim().to_owned();
        output.status.success() && Path::new(&folder).is_dir()
    })
}

/// A command without the settings of the outer build.
fn inner(program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in env::vars_os() {
        let foreign = name.to_str().is_some_and(|name| {
            FOREIGN.contains(&name) || FOREIGN_BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
        });
        if foreign {
            command.env_remove(name);
        }
    }
    command
}

fn tool(variable: &str, default: &str) -> PathBuf {
    env::var_os(variable).map_or_else(|| default.into(), Into::into)
}

/// The outer target folder: the one that holds `<profile>/build/<package>-<hash>/out`.
fn target_folder() -> Result<PathBuf, String> {
    let out = env::var_os("OUT_DIR").map(PathBuf::from).ok_or("cargo gives no OUT_DIR")?;
    let build = out.ancestors().find(|folder| folder.file_name().is_some_and(|name| name == "build"));
    let profile = build.and_then(Path::parent).ok_or("OUT_DIR has an unknown form")?;
    let mut folder = profile.parent().ok_or("OUT_DIR has an unknown form")?;
    // With --target there is one more level, named after the target.
    if env::var_os("TARGET").is_some_and(|target| folder.file_name() == Some(&target)) {
        folder = folder.parent().unwrap_or(folder);
    }
    Ok(folder.to_owned())
}
