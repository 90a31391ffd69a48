//! Binaryen's optimiser, over the modules of a component.
//!
//! The compiler leaves what only the whole module shows: functions called once, alike or not at all, locals that could
//! be one. `wasm-opt` takes a sixth off the code. It comes from npm, where Binaryen's authors publish it for every
//! machine, pinned by its sum; the one from Debian is years older and takes half as much.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::{ReleaseError, names, run_command};

/// Fast, and smaller than it came, with functions' names. Two passes are left out: what they save makes functions less
/// alike, so that more is left with gzip. Locals share their places by a longer search, which leaves 0.4 % less with gzip.
/// Last, functions that are alike come to stand together.
const OPTIONS: [&str; 8] = [
    "-O2",
    "--debuginfo",
    "--skip-pass=local-cse",
    "--skip-pass=ssa-nomerge",
    "--skip-pass=coalesce-locals",
    "--coalesce-locals-learning",
    "--vacuum",
    "--reorder-functions-by-name",
];

/// An installed `wasm-opt`.
pub struct Optimiser {
    program: PathBuf,
    folder: tempfile::TempDir,
}

impl Optimiser {
    /// Installs it below the target folder, anew each time, so that it is what the lock file says. Needs Node 20 with
    /// npm.
    pub fn install(workspace: &Path, target: &Path) -> Result<Self, ReleaseError> {
        let at = |path: &Path| {
            let path = path.to_owned();
            move |source| ReleaseError::File { path, source }
        };
        let home = target.join("binaryen");
        fs::create_dir_all(&home).map_err(at(&home))?;
        for file in ["package.json", "package-lock.json"] {
            let source = workspace.join("release/binaryen").join(file);
            fs::copy(&source, home.join(file)).map_err(at(&source))?;
        }
        let mut npm = Command::new("npm");
        npm.args(["ci", "--no-audit", "--no-fund", "--ignore-scripts"]).current_dir(&home);
        run_command(&mut npm)?;
        let folder = tempfile::tempdir().map_err(at(&std::env::temp_dir()))?;
        Ok(Self { program: home.join("node_modules/binaryen/bin/wasm-opt"), folder })
    }

    /// The component with each module optimised. Functions keep their names.
    pub fn optimise(&self, component: &[u8]) -> Result<Vec<u8>, ReleaseError> {
        names::map_modules(component, |module| {
            let (before, after) = (self.folder.path().join("before.wasm"), self.folder.path().join("after.wasm"));
            let at = |source| ReleaseError::File { path: before.clone(), source };
            fs::write(&before, module).map_err(at)?;
            let mut node = Command::new("node");
            node.arg(&self.program).args(OPTIONS).arg(&before).arg("--output").arg(&after);
            run_command(&mut node)?;
            fs::read(&after).map_err(at)
        })
    }
}
