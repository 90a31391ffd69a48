//! Builds a component of this workspace with a cargo of its own: for another target, with its own profile and its own folder (two
//! cargos that share one would wait for each other), and without the settings of the outer build.
//!
//! What it builds is the same byte for byte on every machine with this toolchain: nothing of the builder's folders
//! stands in it. The host's build script includes this file, so that both build the same thing once.
//!
//! The standard library is built along: in its small form, and with a panic that is a trap and nothing else. That takes
//! an eighth off a component, and no panic's words, which might hold a client's data, can reach a log; the trap still
//! names the functions that it came through. The stable compiler takes these two options under `RUSTC_BOOTSTRAP` only,
//! which is set for this one cargo; the toolchain is pinned, so what they do does not change under us.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

const TARGET: &str = "wasm32-wasip2";

/// Where rustup puts the standard library's sources.
const SOURCES_IN_SYSROOT: &str = "lib/rustlib/src/rust";

/// Builds the standard library along, in its small form.
const STANDARD_LIBRARY: [&str; 2] = ["-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"];

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

/// Builds the component `package` of the workspace in `workspace` into `folder`, a target folder, and gives its path.
/// `say` takes lines for the person who builds: the compiler's words where it fails, and that a target was added.
///
/// One package at a time: what one asks of a dependency must not change another.
///
/// # Errors
/// One line that says what failed.
pub fn build(workspace: &Path, folder: &Path, package: &str, say: &dyn Fn(&str)) -> Result<PathBuf, String> {
    add_missing(workspace, say)?;
    let component = folder.join(TARGET).join("component").join(package.replace('-', "_") + ".wasm");
    let size_before = fs::metadata(&component).map(|file| file.len()).ok();
    let arguments =
        ["build", "--package", package, "--lib", "--target", TARGET, "--profile", "component", "--locked", "--quiet"];
    let mut cargo = inner(&tool("CARGO", "cargo"));
    cargo.args(arguments).args(STANDARD_LIBRARY).arg("--target-dir").arg(folder).current_dir(workspace);
    cargo.env("RUSTC_BOOTSTRAP", "1");
    cargo.env("CARGO_ENCODED_RUSTFLAGS", flags(workspace)?.join("\x1f"));
    let output = cargo.output().map_err(|error| format!("cargo could not be started for {package}: {error}"))?;
    if !output.status.success() {
        String::from_utf8_lossy(&output.stderr).lines().for_each(say);
        let command = [&arguments[..], &STANDARD_LIBRARY].concat().join(" ");
        return Err(format!("{package} could not be built; see above, or run: RUSTC_BOOTSTRAP=1 cargo {command}"));
    }
    let size = fs::metadata(&component).map_err(|_| format!("{} was not built", component.display()))?.len();
    if size_before.is_some_and(|before| before != size) {
        say(&format!("{package} was built anew: {} KB", size.div_ceil(1000)));
    }
    component.canonicalize().map_err(|error| error.to_string())
}

/// Flags for the compiler.
fn flags(workspace: &Path) -> Result<Vec<String>, String> {
    let told = |argument: &str| {
        let output = inner(&tool("RUSTC", "rustc")).args(argument.split(' ')).current_dir(workspace).output();
        let output = output.map_err(|error| format!("rustc could not be started: {error}"))?;
        Ok::<_, String>(String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let version = told("--version --verbose")?;
    let commit = version.lines().find_map(|line| line.strip_prefix("commit-hash: ")).unwrap_or("unknown");
    let sysroot = told("--print sysroot")?;
    let sources = Path::new(sysroot.trim()).join(SOURCES_IN_SYSROOT);
    let home = env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")));
    let home = home.ok_or("there is no home folder; set CARGO_HOME")?;
    let remap = |from: &Path, to: &str| format!("--remap-path-prefix={}={to}", from.display());
    Ok(vec![
        // A panic is a trap, without words.
        "-Zunstable-options".to_owned(),
        "-Cpanic=immediate-abort".to_owned(),
        // Panics name the file that they stand in: by the name of its package, not by where it lies here.
        remap(&home.join("registry/src"), "/registry"),
        // Where rustup installed the standard library's sources, the compiler names those instead.
        remap(&sources, &format!("/rustc/{commit}")),
        // Rounds in a loop in place of eighty times their code: 8 KB, and no request waits for it.
        "--cfg=sha2_backend_soft=\"compact\"".to_owned(),
    ])
}

/// Adds what the toolchain lacks, and says so: the target, with its C library, and the standard library's sources.
fn add_missing(workspace: &Path, say: &dyn Fn(&str)) -> Result<(), String> {
    let target = ["--print", "target-libdir", "--target", TARGET];
    add(workspace, say, "target", TARGET, &|| told_path(workspace, &target).is_some_and(|folder| folder.is_dir()))?;
    let sources = || told_path(workspace, &["--print", "sysroot"]).map(|sysroot| sysroot.join(SOURCES_IN_SYSROOT));
    add(workspace, say, "component", "rust-src", &|| sources().is_some_and(|folder| folder.join("library").is_dir()))
}

fn add(
    workspace: &Path,
    say: &dyn Fn(&str),
    kind: &str,
    name: &str,
    is_there: &dyn Fn() -> bool,
) -> Result<(), String> {
    if is_there() {
        return Ok(());
    }
    say(&format!("the {kind} {name} is missing; adding it with: rustup {kind} add {name}"));
    let added = inner(Path::new("rustup")).args([kind, "add", name]).current_dir(workspace).output();
    match added {
        Ok(output) if output.status.success() && is_there() => Ok(()),
        _ => Err(format!("the {kind} {name} is missing and could not be added; run: rustup {kind} add {name}")),
    }
}

/// A path that the compiler tells.
fn told_path(workspace: &Path, arguments: &[&str]) -> Option<PathBuf> {
    let output = inner(&tool("RUSTC", "rustc")).args(arguments).current_dir(workspace).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().into())
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
