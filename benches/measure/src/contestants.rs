//! Who takes part, and how each is prepared and run.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Failure;

/// A program that brings AdvocaatCentraal's relations to Tribe and goes on with it when it is run again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Contestant {
    /// This repository's host, with the component that is built in.
    Koppeling,
    /// A program in `benches/peers`, in Python.
    Peer(&'static str),
}

/// All of them, in the order of the first round.
pub(crate) const ALL: [Contestant; 5] = [
    Contestant::Koppeling,
    Contestant::Peer("script"),
    Contestant::Peer("bare"),
    Contestant::Peer("dlt"),
    Contestant::Peer("singer"),
];

impl fmt::Display for Contestant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Koppeling => "koppeling",
            Self::Peer(name) => name,
        })
    }
}

impl Contestant {
    /// Builds or installs what it needs, below `target/`.
    pub(crate) fn install(self) -> Result<Installed, Failure> {
        let program = match self {
            Self::Koppeling => build_koppeling()?,
            Self::Peer(name) => install_peer(name)?,
        };
        Ok(Installed { contestant: self, program })
    }
}

/// One that can be run.
pub(crate) struct Installed {
    pub(crate) contestant: Contestant,
    /// `koppeling`, or the Python of the peer's environment.
    program: PathBuf,
}

impl Installed {
    /// Gives it the settings, in an empty folder of its own. What is compiled once for all runs is compiled here.
    pub(crate) fn prepare(&self, folder: &Path, settings: &str) -> Result<(), Failure> {
        fs::write(folder.join("settings.toml"), settings)?;
        fs::create_dir(folder.join("state"))?;
        if self.contestant == Contestant::Koppeling {
            done(self.koppeling(folder).args(["office", "add", "--from"]).arg(folder.join("settings.toml")))?;
            done(self.koppeling(folder).arg("check"))?;
        }
        Ok(())
    }

    /// The first run, which makes everything.
    pub(crate) fn first(&self, folder: &Path) -> Command {
        self.command(folder, "sync")
    }

    /// A later run, which finds what changed.
    pub(crate) fn again(&self, folder: &Path) -> Command {
        self.command(folder, "poll")
    }

    fn command(&self, folder: &Path, of_koppeling: &str) -> Command {
        let mut command = match self.contestant {
            Contestant::Koppeling => {
                let mut command = self.koppeling(folder);
                command.arg(of_koppeling);
                command
            }
            Contestant::Peer(name) => {
                let mut command = Command::new(&self.program);
                command.arg(peers().join(name).join("sync.py"));
                command.args([folder.join("settings.toml"), folder.join("state")]);
                command
            }
        };
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn koppeling(&self, folder: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--data").arg(folder.join("state")).args(["--calls-per-minute", "unlimited"]);
        command.stdout(Stdio::null());
        command
    }
}

fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

fn peers() -> PathBuf {
    repository().join("benches/peers")
}

pub(crate) fn build_koppeling() -> Result<PathBuf, Failure> {
    let mut build = Command::new(env!("CARGO"));
    build.args(["build", "--release", "--locked", "--package", "host-harness", "--bin", "koppeling"]);
    done(build.current_dir(repository()))?;
    // Both are built into one folder.
    Ok(std::env::current_exe()?.with_file_name("koppeling"))
}

/// An environment of the peer's own with the packages that its `requirements.txt` names.
fn install_peer(name: &str) -> Result<PathBuf, Failure> {
    let wanted = peers().join(name).join("requirements.txt");
    let environment = repository().join("target/peers").join(name);
    let installed = environment.join("installed.txt");
    let python = environment.join("bin/python");
    let wanted_text = fs::read_to_string(&wanted)?;
    if fs::read_to_string(&installed).is_ok_and(|text| text == wanted_text) {
        return Ok(python);
    }
    println!("installing the packages of {name}");
    done(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&environment))?;
    if !wanted_text.trim().is_empty() {
        done(
            Command::new(&python).args(["-m", "pip", "install", "--quiet", "--no-deps", "--requirement"]).arg(&wanted),
        )?;
    }
    fs::write(installed, wanted_text)?;
    Ok(python)
}

fn done(command: &mut Command) -> Result<(), Failure> {
    let status = command.status().map_err(|error| format!("{}: {error}", command.get_program().display()))?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} ended with {status}").into()) }
}
