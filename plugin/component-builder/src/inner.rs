//! Cargo and rustc without the settings of the outer build.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tool;

/// Where rustup puts the standard library's sources, for those who have them.
const SOURCES_IN_SYSROOT: &str = "lib/rustlib/src/rust";

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

/// A command without the settings of the outer build.
pub(crate) fn command(program: &Path) -> Command {
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

/// What is larger than this is not copied to where it is called: the compiler's own 225 makes a component that is a
/// fortieth larger.
const COPIED_TO_ITS_CALLERS: u32 = 150;

/// Flags for the compiler. Panics name the file that they stand in, by its package and not by where it lies here.
pub(crate) fn flags(workspace: &Path) -> Result<Vec<String>, String> {
    let version = ask_rustc(workspace, &["--version", "--verbose"])?;
    let commit = version.lines().find_map(|line| line.strip_prefix("commit-hash: ")).unwrap_or("unknown");
    let sysroot = ask_rustc(workspace, &["--print", "sysroot"])?;
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
    let home = home.ok_or("there is no home folder; set CARGO_HOME")?;
    let remap = |from: &Path, to: &str| format!("--remap-path-prefix={}={to}", from.display());
    Ok(vec![
        format!("-Cllvm-args=-inline-threshold={COPIED_TO_ITS_CALLERS}"),
        remap(&home.join("registry/src"), "/registry"),
        // Where the standard library's sources are installed, the compiler names those in place of its own.
        remap(&Path::new(sysroot.trim()).join(SOURCES_IN_SYSROOT), &format!("/rustc/{commit}")),
    ])
}

/// Adds the target to the toolchain where it is missing, and says so.
pub(crate) fn add_target(workspace: &Path, target: &str, say: &dyn Fn(&str)) -> Result<(), String> {
    let library = ["--print", "target-libdir", "--target", target];
    let is_there = || ask_rustc(workspace, &library).is_ok_and(|folder| Path::new(folder.trim()).is_dir());
    if is_there() {
        return Ok(());
    }
    say(&format!("the target {target} is missing; adding it with: rustup target add {target}"));
    let added = command(Path::new("rustup")).args(["target", "add", target]).current_dir(workspace).output();
    match added {
        Ok(output) if output.status.success() && is_there() => Ok(()),
        _ => Err(format!("the target {target} is missing and could not be added; run: rustup target add {target}")),
    }
}

fn ask_rustc(workspace: &Path, arguments: &[&str]) -> Result<String, String> {
    let output = command(&tool("RUSTC", "rustc")).args(arguments).current_dir(workspace).output();
    let output = output.map_err(|error| format!("rustc could not be started: {error}"))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
