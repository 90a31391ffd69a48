//! `cargo release-files`: makes the files of a release in `dist/`.

use std::env;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use release::contract::freeze;
use release::files::{Files, compare_two_clones};
use release::{ReleaseError, workspace};

/// Makes the files of a release: the component, its bill of materials, the contract, and the sums of all.
#[derive(Parser)]
#[command(name = "cargo release-files")]
struct Release {
    /// The folder to make them in; what stands there goes
    #[arg(long, default_value = "dist")]
    to: PathBuf,
    #[command(subcommand)]
    other: Option<Other>,
}

#[derive(Subcommand)]
enum Other {
    /// Build the last commit from two clones in two folders, and see that the files are the same
    Twice,
    /// Keep a copy of the contract as this version promises it, in wit/released
    Freeze,
}

fn main() -> ExitCode {
    match run(&Release::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "release-files: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(release: &Release) -> Result<(), ReleaseError> {
    let say = |line: &str| {
        let _ = writeln!(io::stdout(), "{line}");
    };
    match release.other {
        Some(Other::Twice) => {
            let sums = compare_two_clones(workspace(), &say)?;
            say("the same, byte for byte:");
            say(sums.trim_end());
        }
        Some(Other::Freeze) => {
            let frozen = freeze(workspace())?;
            say(&format!("the contract is kept in {}; commit it", frozen.display()));
        }
        None => {
            let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), PathBuf::from);
            let files = Files::make(workspace(), &target.join("component"))?;
            files.write(&release.to)?;
            for (name, bytes) in files.iter() {
                say(&format!("{:>7} bytes  {}", bytes.len(), release.to.join(name).display()));
            }
        }
    }
    Ok(())
}
