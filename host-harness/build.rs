//! Builds the connector as part of building the host, so that one command gives a working program.

use std::env;
use std::path::{Path, PathBuf};

use component_builder::{Component, Effort, build};

/// Everything that goes into the component.
const SOURCES: [&str; 7] = [
    "../plugin/src",
    "../plugin/Cargo.toml",
    "../Cargo.toml",
    "../wit/connector.wit",
    "../wit/drafts.wit",
    "../wit/deps",
    "../Cargo.lock",
];

fn main() {
    for source in SOURCES {
        println!("cargo::rerun-if-changed={source}");
    }
    println!("cargo::rerun-if-changed=build.rs");
    // Each line by itself, or cargo would show the first only.
    let say = |line: &str| println!("cargo::warning={line}");
    match component(&say) {
        Ok(component) => println!("cargo::rustc-env=CONNECTOR_WASM={}", component.display()),
        Err(problem) => println!("cargo::error={problem}"),
    }
}

/// Builds it with as much effort as the host is built with.
fn component(say: &dyn Fn(&str)) -> Result<PathBuf, String> {
    let is_release = env::var_os("PROFILE").is_some_and(|profile| profile == "release");
    let effort = if is_release { Effort::Released } else { Effort::Quick };
    let folder = target_folder()?.join("component");
    let component = build(Path::new(".."), &folder, Component::Connector, effort, say)?;
    if effort == Effort::Quick {
        println!("cargo::rustc-env=CONNECTOR_COMPILED={}", folder.join("compiled").display());
    }
    Ok(component)
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
