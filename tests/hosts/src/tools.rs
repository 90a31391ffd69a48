//! The programs of foreign hosts: installed once into a folder of this command's own, at versions that are known to work.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::process::{install, of, run};
use crate::{Failed, say};

/// The command line of wasmtime: the long-term version that `koppeling` itself is built on.
const WASMTIME: &str = "48.0.8";
/// Enough to run and serve components; the rest would double the time it takes to build.
const WASMTIME_FEATURES: &str = "run,serve,compile,cranelift,component-model,component-model-async,wasi-http,\
                                 wasi-config,wasi-keyvalue,backtrace,demangle,parallel-compilation,\
                                 pooling-allocator,cache";

/// Where the programs are.
pub(crate) struct Tools {
    folder: PathBuf,
}

impl Tools {
    pub(crate) fn in_folder(folder: PathBuf) -> Self {
        // Commands are started in other folders.
        Self { folder: std::path::absolute(&folder).unwrap_or(folder) }
    }

    /// The command line of wasmtime.
    pub(crate) async fn wasmtime(&self) -> Result<PathBuf, Failed> {
        let program = self.folder.join("bin/wasmtime");
        let wanted = format!("wasmtime {WASMTIME}");
        if program.is_file() && run("wasmtime", of(Command::new(&program), "--version")).await?.starts_with(&wanted) {
            return Ok(program);
        }
        say(format!("  installing the command line of wasmtime {WASMTIME}; this takes some minutes, once"));
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo.args(["install", "wasmtime-cli", "--version", WASMTIME, "--locked", "--quiet", "--no-default-features"]);
        cargo.arg("--features").arg(WASMTIME_FEATURES).arg("--root").arg(&self.folder);
        cargo.env_remove("CARGO_TARGET_DIR");
        install("wasmtime-cli", cargo).await?;
        Ok(program)
    }

    /// A copy of `deploy/node` with its packages.
    pub(crate) async fn node(&self) -> Result<PathBuf, Failed> {
        let folder = self.copy_of("node")?;
        let mut npm = Command::new("npm");
        npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&folder);
        install("what deploy/node needs (npm ci)", npm).await?;
        Ok(folder)
    }

    /// A copy of `deploy/python`, and a Python that has its packages.
    pub(crate) async fn python(&self) -> Result<(PathBuf, PathBuf), Failed> {
        let folder = self.copy_of("python")?;
        let environment = self.folder.join("python-environment");
        let program = environment.join("bin/python");
        if !program.is_file() {
            let mut python = Command::new("python3");
            python.args(["-m", "venv"]).arg(&environment);
            install("a Python environment", python).await?;
        }
        let mut pip = Command::new(&program);
        pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
        pip.arg(folder.join("requirements.txt"));
        install("what deploy/python needs (pip)", pip).await?;
        Ok((program, folder))
    }

    /// A fresh copy of a folder of `deploy`, so that nothing is installed among the sources.
    fn copy_of(&self, name: &str) -> Result<PathBuf, Failed> {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../deploy").join(name);
        let target = self.folder.join(name);
        fs::create_dir_all(&target).map_err(Failed::at("a folder for the host"))?;
        for entry in fs::read_dir(&source).map_err(Failed::at("the host's sources"))? {
            let entry = entry.map_err(Failed::at("the host's sources"))?;
            if entry.path().is_file() {
                fs::copy(entry.path(), target.join(entry.file_name())).map_err(Failed::at("the host's sources"))?;
            }
        }
        Ok(target)
    }
}
