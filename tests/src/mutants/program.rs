//! The test programs of the copy, built and run.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::VARIABLE;
use super::copy::folder;
use super::notice::Notice;

/// A test program that takes longer hangs, also on a machine that does much else.
const LONGEST: Duration = Duration::from_secs(20 * 60);
/// The same for a test or a seed by itself.
const LONGEST_BY_ITSELF: Duration = Duration::from_secs(100);
/// The test programs that judge no wrong version: they have no connector, or the compiled one, in which none is on;
/// seeds of the simulation are asked apart.
const APART: [&str; 3] = ["component_simulation", "mutants", "simulation"];
/// The program that runs seeds of the simulation.
const SIMULATE: &str = "simulate";

/// A program of the copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// Its name.
    pub name: String,
    /// The folder of its package, below the copy.
    pub package: String,
    path: PathBuf,
}

/// What cargo built of the copy.
#[derive(Default)]
pub struct Built {
    /// The unit tests and scenarios.
    pub tests: Vec<Program>,
    /// What runs seeds of the simulation.
    pub simulate: Option<Program>,
}

/// Why the programs are not there.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Cargo is not there.
    #[error("cargo could not be started: {0}")]
    NoCargo(std::io::Error),
    /// A manifest or a folder of the copy.
    #[error("{0} cannot be read")]
    Unreadable(String),
    /// Cargo has told why.
    #[error("the copy below target/mutants could not be built")]
    NotBuilt,
}

/// Builds the unit tests of these packages, named by their folders, and what judges the connector.
pub fn build(packages: &BTreeSet<&str>) -> Result<Built, BuildError> {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["test", "--no-run", "--locked", "--message-format=json-render-diagnostics", "--lib"]);
    for package in packages.iter().copied().chain(["tests"]) {
        cargo.args(["--package", &name_of(package)?]);
    }
    for test in scenarios()? {
        cargo.args(["--test", &test]);
    }
    // What a cargo around this one has set is of another workspace.
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("CARGO_PKG_") || name == "CARGO_MANIFEST_DIR")
    {
        cargo.env_remove(name);
    }
    let target = folder().with_file_name("target");
    cargo.env("CARGO_TARGET_DIR", target).current_dir(folder()).stderr(Stdio::inherit());
    let output = cargo.output().map_err(BuildError::NoCargo)?;
    if !output.status.success() {
        return Err(BuildError::NotBuilt);
    }
    let mut built = Built::default();
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        match program(line) {
            Some((program, true)) => built.tests.push(program),
            Some((program, false)) if program.name == SIMULATE => built.simulate = Some(program),
            _ => {}
        }
    }
    Ok(built)
}

/// The name of a package in that folder of the copy.
fn name_of(package: &str) -> Result<String, BuildError> {
    let manifest = folder().join(package).join("Cargo.toml");
    let name = fs::read_to_string(&manifest).ok().and_then(|text| {
        let manifest: toml::Table = toml::from_str(&text).ok()?;
        Some(manifest.get("package")?.get("name")?.as_str()?.to_owned())
    });
    name.ok_or_else(|| BuildError::Unreadable(manifest.display().to_string()))
}

/// The names of the scenarios, which are the tests beside this crate.
fn scenarios() -> Result<Vec<String>, BuildError> {
    let beside = folder().join("tests/tests");
    let entries = fs::read_dir(&beside).map_err(|_| BuildError::Unreadable(beside.display().to_string()))?;
    let of_entry = |path: PathBuf| {
        let is_test = path.extension().is_some_and(|extension| extension == "rs") || path.join("main.rs").exists();
        let name = path.file_stem()?.to_str()?.to_owned();
        (is_test && !APART.contains(&name.as_str())).then_some(name)
    };
    let mut names: Vec<String> = entries.filter_map(|entry| of_entry(entry.ok()?.path())).collect();
    names.sort();
    Ok(names)
}

/// The program that a message of cargo's speaks of, and whether it is one of tests.
fn program(line: &str) -> Option<(Program, bool)> {
    let message: Value = serde_json::from_str(line).ok()?;
    let is_test = message.get("profile")?.get("test")?.as_bool()?;
    let path = PathBuf::from(message.get("executable")?.as_str()?);
    let name = message.get("target")?.get("name")?.as_str()?.to_owned();
    let package = Path::new(message.get("manifest_path")?.as_str()?).parent()?;
    let package = package.strip_prefix(folder()).ok()?.to_str()?.to_owned();
    Some((Program { name, package, path }, is_test))
}

/// The first thing that failed in a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// What the program says by itself.
    Named(Notice),
    /// The program ended, or did not end, without a word of which test it was.
    Otherwise(&'static str),
}

/// The program was ended from outside, twice.
const ENDED: Failure = Failure::Otherwise("somebody ended it");

/// Whether a signal of somebody else's ended it: KILL or TERM. A program that aborts by itself has another.
#[cfg(unix)]
fn was_ended(status: ExitStatus) -> bool {
    use std::os::unix::process::ExitStatusExt;
    matches!(status.signal(), Some(9 | 15))
}

#[cfg(not(unix))]
fn was_ended(_: ExitStatus) -> bool {
    false
}

impl Program {
    /// Runs all of it with that wrong version on, and tells the first thing that failed.
    pub fn first_failure(&self, mutant: Option<&str>) -> Option<Failure> {
        self.run(&[], mutant, LONGEST)
    }

    /// The same of some of its tests, by their names. One that is not there cannot fail.
    pub fn failure_among(&self, tests: &[&str], mutant: Option<&str>) -> Option<Failure> {
        self.run(&[&["--exact"], tests].concat(), mutant, longest(tests.len() == 1))
    }

    /// The same of some seeds, of the program that runs seeds.
    pub fn failing_seed(&self, first: u64, seeds: u64, mutant: Option<&str>) -> Option<Failure> {
        let (first, many) = (first.to_string(), seeds.to_string());
        self.run(&["--seed", &first, "--seeds", &many], mutant, longest(seeds == 1))
    }

    /// A run that somebody else ended says nothing, so it is made once more; ended again, it noticed no wrong version.
    fn run(&self, arguments: &[&str], mutant: Option<&str>, longest: Duration) -> Option<Failure> {
        let run = || self.run_once(arguments, mutant, longest);
        let failure = run().and_then(|failure| if failure == ENDED { run() } else { Some(failure) });
        failure.filter(|failure| *failure != ENDED || mutant.is_none())
    }

    fn run_once(&self, arguments: &[&str], mutant: Option<&str>, longest: Duration) -> Option<Failure> {
        let mut command = Command::new(&self.path);
        command.args(arguments).current_dir(folder().join(&self.package));
        command.env_remove(VARIABLE).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        if let Some(mutant) = mutant {
            command.env(VARIABLE, mutant);
        }
        let Ok(mut child) = command.spawn() else { return Some(Failure::Otherwise("it could not be started")) };
        let (tell, heard) = mpsc::channel();
        let out = child.stdout.take();
        let name = self.name.clone();
        // The first failure is enough; nothing waits for the rest.
        std::thread::spawn(move || {
            let lines = out.into_iter().flat_map(|out| BufReader::new(out).lines().map_while(Result::ok));
            lines.filter_map(|line| failed(&name, &line)).take(1).try_for_each(|failed| tell.send(failed))
        });
        let began = Instant::now();
        let failure = loop {
            match heard.recv_timeout(Duration::from_millis(100)) {
                Ok(failed) => break Some(Failure::Named(failed)),
                Err(RecvTimeoutError::Timeout) if began.elapsed() <= longest => {}
                Err(RecvTimeoutError::Timeout) => break Some(Failure::Otherwise("it does not end")),
                Err(RecvTimeoutError::Disconnected) => {
                    break match child.wait() {
                        Ok(status) if status.success() => None,
                        Ok(status) if was_ended(status) => Some(ENDED),
                        _ => Some(Failure::Otherwise("it broke off")),
                    };
                }
            }
        };
        let stopped = child.kill().and_then(|()| child.wait());
        drop(stopped);
        failure
    }
}

fn longest(is_by_itself: bool) -> Duration {
    if is_by_itself { LONGEST_BY_ITSELF } else { LONGEST }
}

/// What a line says has failed: a test, or a seed that breaks something or panics.
fn failed(program: &str, line: &str) -> Option<Notice> {
    if let Some(test) = line.strip_prefix("test ").and_then(|line| line.strip_suffix(" ... FAILED")) {
        let test = test.split(' ').next()?.to_owned();
        return Some(Notice::Test { program: program.to_owned(), test });
    }
    let seed = match line.strip_prefix("seed ") {
        Some(rest) => rest.split([' ', ':']).next()?,
        None if line.trim_start().starts_with("again:") => line.rsplit(' ').next()?,
        None => return None,
    };
    seed.parse().ok().map(Notice::Seed)
}

#[cfg(test)]
#[path = "program_tests.rs"]
mod tests;
