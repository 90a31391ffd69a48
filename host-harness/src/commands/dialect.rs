//! `koppeling dialect`: how AdvocaatCentraal's wire speaks, as a document: shows one, drafts one, checks and tries it.

use std::path::PathBuf;

use clap::{Subcommand, ValueEnum};

use super::screen::Screen;
use super::trial::Try;
use super::{CommandError, Exit, Global, OneOffice, dialect_check, dialect_draft, probe};

/// A dialect that comes with the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Known {
    /// What the connector assumes of AdvocaatCentraal: holds where an office has no dialect
    Assumed,
    /// An example, of a practice system: page numbers, lists with a word, an envelope
    Practice,
    /// An example, of an accounting system: contact persons inside relations, patches, a version member
    Bookkeeping,
    /// An example, of a register: lists by kind, a login first, next links, everything a text, refusals inside a success
    Register,
    /// An example, of a ledger: offsets, no filter and no version, contact persons below relations, only what changed back
    Ledger,
}

#[derive(Subcommand)]
pub(super) enum DialectCommand {
    /// Prints a dialect to start from
    Show {
        /// Which one
        #[arg(default_value = "assumed")]
        which: Known,
    },
    /// Tells whether a dialect holds, and with saved answers what it finds in them
    ///
    /// With --samples each field of the manual is told: where the dialect has it, in how many records it was found and in
    /// which form, and what could not be read; then the members that nothing reads. Names and counts, never a value.
    Check {
        /// The dialect, in JSON or TOML
        file: PathBuf,
        /// A folder of answers that someone saved (*.json, *.har), or a recording of a browser (.har)
        ///
        /// A recording tells by which address an answer was asked for; of an answer alone it is guessed by its members. A
        /// recording holds keys, cookies and data of clients: only its JSON is read, and nothing of it is kept or printed.
        #[arg(long, value_name = "FOLDER|HAR")]
        samples: Option<PathBuf>,
        /// Shows beside each field a value that was found: on a terminal only, since these are data of clients
        #[arg(long, requires = "samples")]
        show_values: bool,
    },
    /// Drafts a dialect from saved answers, by the names that it knows in them
    ///
    /// The document goes to standard output: `koppeling dialect draft --samples FOLDER > mine.json`. It has a remark for each
    /// guess and for all that the answers do not tell. Of what stands in records only words get into it that are needed to
    /// read one, such as those for kinds and types; nothing of keys and cookies does.
    Draft {
        /// A folder of answers that someone saved (*.json, *.har), or a recording of a browser (.har)
        ///
        /// A recording tells more: addresses, parameters, how the key travels, how a record is written.
        #[arg(long, value_name = "FOLDER|HAR")]
        samples: PathBuf,
    },
    /// Asks an office's AdvocaatCentraal, reading only, whether it is as the dialect says, and tells what to write into it
    Probe(OneOffice),
    /// Tries an office's dialect: writes one record back unchanged, reads it again, and compares every member. Until then
    /// edits made in Tribe do not go to AdvocaatCentraal
    Try(Try),
    /// Prints the JSON Schema of a dialect, for an editor
    Schema,
}

impl DialectCommand {
    pub(super) async fn run(&self, global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
        match self {
            Self::Show { which } => {
                let text = match which {
                    Known::Assumed => dialect::BUILT_IN,
                    Known::Practice => dialect::PRACTICE,
                    Known::Bookkeeping => dialect::BOOKKEEPING,
                    Known::Register => dialect::REGISTER,
                    Known::Ledger => dialect::LEDGER,
                };
                screen.line(text.trim_end());
                Ok(Exit::Ok)
            }
            Self::Probe(of) => probe::run(global, of, screen).await,
            Self::Try(trial) => trial.run(global, screen).await,
            Self::Schema => {
                screen.json(&dialect::schema());
                Ok(Exit::Ok)
            }
            Self::Draft { samples } => dialect_draft::run(samples, screen),
            Self::Check { file, samples, show_values } => {
                let asked = dialect_check::Asked { file, samples: samples.as_deref(), show_values: *show_values };
                dialect_check::run(asked, global, screen)
            }
        }
    }
}
