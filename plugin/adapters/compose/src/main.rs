//! `compose`: writes the composed components into a folder.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use compose::{Adapters, Component, ComposeError, Workspace, write};

/// Composes the connector with its adapters into components that a plain WASI host runs
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The connector [default: built from this workspace]
    #[arg(long, value_name = "FILE")]
    connector: Option<PathBuf>,
    /// Where the components go
    #[arg(long, value_name = "FOLDER", default_value = "dist")]
    dist: PathBuf,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nobody may be listening; the exit code tells as much.
            let _ = writeln!(io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), ComposeError> {
    let workspace = Workspace::here();
    let connector = match &arguments.connector {
        Some(path) => fs::read(path).map_err(|source| ComposeError::File { path: path.clone(), source })?,
        None => workspace.build(Component::Connector)?,
    };
    let adapters = Adapters::build(&workspace)?;
    for file in write(&arguments.dist, env!("CARGO_PKG_VERSION"), &connector, &adapters)? {
        let size = fs::metadata(&file).map_or(0, |about| about.len());
        let _ = writeln!(io::stdout(), "{}  {} KB", file.display(), size.div_ceil(1000));
    }
    Ok(())
}
