//! The command line of `koppeling`.
//!
//! Results go to standard output, everything else (progress, logs, one line per failure) to standard error. A failure
//! says what to do next and ends with an exit code of [`Exit`]. Logs hold ids, counts and codes only.

mod activity;
mod advice;
mod asking;
mod backup;
mod brake;
mod changed_key;
mod changed_secret;
mod check;
mod damaged_values;
#[cfg(feature = "sandbox")]
mod demo;
mod dialect;
mod dialect_check;
mod dialect_draft;
mod dialect_file;
mod differences;
mod edit;
mod exit;
mod export;
mod failure;
mod global;
mod inspect;
mod key;
mod log;
mod login;
mod mapped;
mod notes;
mod office;
mod pages;
mod patience;
mod plugin;
mod preview;
mod probe;
mod record_name;
mod records;
mod redirect;
mod redirect_problem;
mod remove;
mod run;
#[cfg(feature = "sandbox")]
mod sandbox;
mod screen;
#[cfg(feature = "sandbox")]
mod speaks;
#[cfg(feature = "sandbox")]
pub mod stand_ins;
mod status;
mod sync;
mod trial;
mod undo;
mod waiting;
mod webhooks;
#[cfg(not(feature = "sandbox"))]
mod without_stand_ins;
mod worked;
mod workplace;

use std::process::ExitCode;

use clap::builder::Resettable;
use clap::{Arg, CommandFactory, FromArgMatches, Parser, Subcommand};
use tracing_subscriber::filter::LevelFilter;

pub use exit::Exit;
pub use failure::CommandError;
use global::{Global, OneOffice};
use screen::Screen;

#[cfg(feature = "otlp")]
use crate::telemetry::Telemetry;

/// Keeps relations and addresses the same in AdvocaatCentraal and Tribe CRM, for one office or for many
#[derive(Parser)]
#[command(name = "koppeling", version, after_help = exit::TABLE, disable_help_subcommand = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Shows everything with two stand-ins on this machine, in under a minute
    #[cfg(feature = "sandbox")]
    Demo(demo::Demo),
    /// Runs the two stand-ins by themselves, to play with: prints the settings of their office, and how to ask them by curl
    #[cfg(feature = "sandbox")]
    Sandbox(sandbox::Sandbox),
    /// Tells how to get the stand-ins
    #[cfg(not(feature = "sandbox"))]
    #[command(alias = "sandbox", hide = true)]
    Demo(without_stand_ins::WithoutStandIns),
    /// Adds, changes, stops and lists offices, and logs them in to Tribe
    #[command(subcommand)]
    Office(office::Office),
    /// Tells whether the settings, the credentials and the two systems are as they must be
    Check(OneOffice),
    /// Does the initial sync; goes on where it stopped, and again it changes nothing where nothing changed
    #[command(after_help = sync::WORDS)]
    Sync(OneOffice),
    /// Does one cycle of the periodic sync now
    #[command(after_help = sync::WORDS)]
    Poll(OneOffice),
    /// Compares every linked record with both systems now, whatever the stamps say
    #[command(after_help = sync::WORDS)]
    Sweep(OneOffice),
    /// Tells what the initial sync would do, without writing anything
    Preview(OneOffice),
    /// Lists in what both sides of the linked records differ, and why, without writing anything
    Differences(differences::Differences),
    /// Explains, resyncs, makes anew or forgets one record, and lists those that Tribe does not show
    #[command(subcommand)]
    Records(records::Records),
    /// Lists and retries records that were put aside
    #[command(subcommand)]
    Letters(records::Letters),
    /// Lists and restores values that gave way because both sides changed the same field
    #[command(subcommand)]
    Conflicts(undo::Conflicts),
    /// Lists what is held back because too many records would lose a value, lets it through or takes the values back
    #[command(subcommand)]
    Brake(brake::Brake),
    /// Lists values that were cleared or overwritten, and gives them back
    #[command(subcommand)]
    Undo(undo::Undo),
    /// Lists, registers and removes the office's webhooks in Tribe
    #[command(subcommand)]
    Webhooks(webhooks::Webhooks),
    /// Keeps everything running: the schedule, the webhooks, the health page, the pages for people
    Run(run::Run),
    /// Lets people look at the pages of `run`: makes login links, lists and ends sessions
    #[command(subcommand)]
    Pages(pages::Pages),
    /// Tells how the offices stand, or one of them
    #[command(after_help = sync::WORDS)]
    Status(status::Status),
    /// Copies the whole state into a file, while others work on it
    Backup(backup::Backup),
    /// Puts a backup in the place of the state
    Restore(backup::Restore),
    /// Changes the key that seals the state
    #[command(subcommand)]
    Key(key::Key),
    /// Shows, drafts, checks and tries how AdvocaatCentraal's wire speaks, as a document that an office can have of its own
    #[command(subcommand)]
    Dialect(dialect::DialectCommand),
    /// Pushes, pulls, signs and verifies connectors
    #[command(subcommand, after_help = plugin::LOGIN_HELP)]
    Plugin(plugin::PluginCommand),
    /// Tells what a connector's .wasm file is, without running it
    Inspect(inspect::Inspect),
}

/// Runs the command line that this process was started with.
pub fn main() -> ExitCode {
    let matches = without_empty_variables(Cli::command()).get_matches();
    let mut cli = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    // Scripts pass on a variable that may be empty.
    cli.global.plugin = cli.global.plugin.filter(|plugin| !plugin.trim().is_empty());
    #[cfg(feature = "otlp")]
    let telemetry = cli.global.otlp.as_ref().map(Telemetry::to);
    log::begin(
        cli.global.log,
        cli.global.verbose,
        cli.command.usual_level(),
        #[cfg(feature = "otlp")]
        telemetry.as_ref(),
    );
    let mut screen = Screen;
    let result = match cli.command.threads().enable_all().build() {
        Ok(runtime) => runtime.block_on(cli.command.run(&cli.global, &mut screen)),
        Err(_) => Err(CommandError::NoThreads),
    };
    let code = match result {
        Ok(exit) => exit.into(),
        Err(error) => {
            screen.failure(&error);
            error.exit().into()
        }
    };
    #[cfg(feature = "otlp")]
    telemetry.into_iter().for_each(Telemetry::end);
    code
}

/// An empty variable of the environment is an absent one.
fn without_empty_variables(command: clap::Command) -> clap::Command {
    let is_empty = |arg: &Arg| arg.get_env().and_then(std::env::var_os).is_some_and(|value| value.is_empty());
    let command = command.mut_args(|arg| if is_empty(&arg) { arg.env(Resettable::Reset) } else { arg });
    command.mut_subcommands(without_empty_variables)
}

/// Threads that wait for the disk: SQLite does one write at a time, and reading is short.
const MOST_WAITING_THREADS: usize = 32;

impl Command {
    /// One thread is enough for one office, and saves waking another for each answer.
    fn threads(&self) -> tokio::runtime::Builder {
        match self {
            Self::Demo(_) | Self::Run(_) => {
                let mut threads = tokio::runtime::Builder::new_multi_thread();
                threads.max_blocking_threads(MOST_WAITING_THREADS);
                threads
            }
            #[cfg(feature = "sandbox")]
            Self::Sandbox(_) => tokio::runtime::Builder::new_multi_thread(),
            _ => tokio::runtime::Builder::new_current_thread(),
        }
    }

    /// What is logged where nobody asks for more or less.
    fn usual_level(&self) -> LevelFilter {
        if matches!(self, Self::Run(_)) { LevelFilter::INFO } else { LevelFilter::WARN }
    }

    async fn run(&self, global: &Global, screen: &mut Screen) -> Result<Exit, CommandError> {
        match self {
            #[cfg(feature = "sandbox")]
            Self::Demo(demo) => demo.run(global, screen).await,
            #[cfg(feature = "sandbox")]
            Self::Sandbox(sandbox) => sandbox.run(global, screen).await,
            #[cfg(not(feature = "sandbox"))]
            Self::Demo(_) => Err(CommandError::NoStandIns),
            Self::Office(office) => office.run(global, screen).await,
            Self::Check(of) => check::run(global, of, screen).await,
            Self::Sync(of) => sync::initial(global, of, screen).await,
            Self::Poll(of) => sync::poll(global, of, screen).await,
            Self::Sweep(of) => sync::sweep(global, of, screen).await,
            Self::Preview(of) => preview::run(global, of, screen).await,
            Self::Differences(differences) => differences.run(global, screen).await,
            Self::Records(records) => records.run(global, screen).await,
            Self::Letters(letters) => letters.run(global, screen).await,
            Self::Conflicts(conflicts) => conflicts.run(global, screen).await,
            Self::Brake(brake) => brake.run(global, screen).await,
            Self::Undo(undo) => undo.run(global, screen).await,
            Self::Webhooks(webhooks) => webhooks.run(global, screen).await,
            Self::Run(run) => run.run(global, screen).await,
            Self::Pages(pages) => pages.run(global, screen).await,
            Self::Status(status) => status.run(global, screen).await,
            Self::Backup(backup) => backup.run(global, screen).await,
            Self::Restore(restore) => restore.run(global, screen).await,
            Self::Key(key) => key.run(global, screen).await,
            Self::Dialect(dialect) => dialect.run(global, screen).await,
            Self::Plugin(plugin) => plugin.run(global, screen).await,
            Self::Inspect(inspect) => inspect.run(global, screen).await,
        }
    }
}

#[cfg(test)]
#[path = "commands_tests.rs"]
mod tests;
