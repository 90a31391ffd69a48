//! Measures the connector and this host against the stand-ins, in calls, processor time and memory:
//! `cargo run --release -p measure -- engine | sockets | webhooks | history | peers | load | hung | kills`.
//!
//! | file | what it does |
//! |---|---|
//! | `engine` | one initial sync and two cycles, in this process: instances, store, calls, pace, memory |
//! | `peers` | rounds of `koppeling` and of programs in Python that do the same work, one after the other |
//! | `sockets` | the component beside the crate and beside a client that repeats its calls, all over sockets |
//! | `native` | the crate over sockets, and that client |
//! | `keeping` | where the crate keeps its state: in memory, or as the host does |
//! | `webhooks` | deliveries at a steady rate: how soon each is accepted |
//! | `load` | `koppeling run` for many offices, deliveries beside it, and a burst of edits |
//! | `hung` | the same where the system of one office never answers |
//! | `kills` | the same, killed again and again while users edit |
//! | `crowd` | the stand-ins of many offices, in this process |
//! | `running` | `koppeling run` as a process: what it logs, and what it uses |
//! | `posting` | posts deliveries |
//! | `row` | a line of a table |
//! | `history` | thousands of offices with a thousand runs each: how soon `koppeling` is there |
//! | `contestants` | how each of them is prepared and run |
//! | `usage` | what a finished process used |
//! | `stand_ins` | the process with the stand-ins, so that their time and memory are nobody else's |
//!
//! Times are those of one machine on one day, so no test asserts any; [benches/RESULTS.md](../../RESULTS.md) keeps them.

#![allow(clippy::print_stdout, reason = "this is what it is for")]

mod contestants;
mod crowd;
mod engine;
mod history;
mod hung;
mod keeping;
mod kills;
mod load;
mod native;
mod peers;
mod posting;
mod row;
mod running;
mod sockets;
mod stand_ins;
mod usage;
mod webhooks;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Measures the connector and the host against the stand-ins.
#[derive(Parser)]
struct Measure {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// One initial sync and two cycles: calls, pace, memory
    Engine(engine::Engine),
    /// The component, the connector as a crate, and a client that only repeats the calls
    Sockets(sockets::Sockets),
    /// Webhooks at a steady rate
    Webhooks(webhooks::Webhooks),
    /// Thousands of offices with a long history: start, status, memory
    History(history::History),
    /// The same work by `koppeling` and by programs in Python, in turns
    Peers(peers::Peers),
    /// Many offices at five minutes, deliveries beside them, a burst of edits: lags, memory, processor
    Load(load::Load),
    /// One office of fifty whose system never answers: what the others notice
    Hung(hung::Hung),
    /// Killed again and again while users edit both systems: what is lost or doubled
    Kills(kills::Kills),
    /// The stand-ins: prints their settings, and after every line that comes in what they counted
    #[command(hide = true)]
    StandIns(stand_ins::Wanted),
}

/// Whatever ends a measurement; its text is for whoever started it.
type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let measured = match Measure::parse().what {
        What::Engine(engine) => engine.run(),
        What::Sockets(sockets) => sockets.run(),
        What::Webhooks(webhooks) => webhooks.run(),
        What::Peers(peers) => peers.run(),
        What::Load(load) => load.run(),
        What::Hung(hung) => hung.run(),
        What::Kills(kills) => kills.run(),
        What::History(history) => history.run(),
        What::StandIns(wanted) => stand_ins::serve(wanted),
    };
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("measure: {error}");
            ExitCode::FAILURE
        }
    }
}
