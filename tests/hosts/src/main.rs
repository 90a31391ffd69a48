//! `foreign-hosts`: the connector in hosts that others wrote, for real, against both stand-ins.
//!
//! | host | what runs |
//! |---|---|
//! | `wasmtime` | `wasmtime run` with the composed timer, `wasmtime serve` with the composed web server |
//! | `node` | `deploy/node`, with the component made into JavaScript by jco |
//! | `python` | `deploy/python`, with wasmtime from PyPI |
//!
//! Each does the main job ([`job`]) in processes that share nothing but their folder. What a host needs is installed
//! ([`tools`]); where that fails, so does the command: a host is never passed over.

mod http;
mod job;
mod node;
mod process;
mod python;
mod stage;
mod tools;
mod wasmtime;

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use clap::{Parser, ValueEnum};

use crate::tools::Tools;

/// Runs the connector in hosts that others wrote, against both stand-ins
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Which hosts [default: all]
    hosts: Vec<Host>,
    /// Where the hosts' own programs are installed; kept for the next time
    #[arg(long, value_name = "FOLDER", default_value = "target/foreign-hosts")]
    tools: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Host {
    /// The command line of wasmtime
    Wasmtime,
    /// Node, by jco
    Node,
    /// Python, by wasmtime from PyPI
    Python,
}

/// Why a host failed. One line, which says what was done.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Failed(String);

impl Failed {
    pub(crate) fn because(reason: impl Into<String>) -> Self {
        Self(reason.into())
    }

    pub(crate) fn at(step: &str) -> impl Fn(io::Error) -> Self {
        move |error| Self(format!("{step}: {error}"))
    }
}

pub(crate) fn say(line: impl AsRef<str>) {
    // Nobody may be listening; the exit code tells as much.
    let _ = writeln!(io::stdout(), "{}", line.as_ref());
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let hosts = if arguments.hosts.is_empty() { Host::value_variants() } else { arguments.hosts.as_slice() };
    let tools = Tools::in_folder(arguments.tools);
    let built = match stage::Built::make().await {
        Ok(built) => built,
        Err(problem) => {
            say(format!("FAILED: {problem}"));
            return ExitCode::FAILURE;
        }
    };
    let mut failed = false;
    for host in hosts {
        let start = Instant::now();
        let (name, result) = match host {
            Host::Wasmtime => ("wasmtime", wasmtime::run(&tools, &built).await),
            Host::Node => ("node", node::run(&tools, &built).await),
            Host::Python => ("python", python::run(&tools, &built).await),
        };
        let seconds = start.elapsed().as_secs_f32();
        match result {
            Ok(()) => say(format!("{name}: ok ({seconds:.1} s)")),
            Err(problem) => {
                failed = true;
                say(format!("{name}: FAILED: {problem} ({seconds:.1} s)"));
            }
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
