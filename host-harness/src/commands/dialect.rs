//! `koppeling dialect`: how AdvocaatCentraal's wire speaks, as a document: shows, checks and tries it on saved answers.

use std::fs;
use std::path::{Path, PathBuf};

use clap::{Subcommand, ValueEnum};
use dialect::Dialect;
use dialect::samples::{self, Found, Report};
use serde_json::{Value, json};

use super::screen::Screen;
use super::trial::Try;
use super::{CommandError, Exit, Global, OneOffice, probe};
use crate::dialects;
use crate::settings::FileProblem;

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
    /// Tells whether a dialect holds, and with saved answers what it finds in them: names and counts, never a value
    Check {
        /// The dialect, in JSON or TOML
        file: PathBuf,
        /// A folder of answers that someone saved (*.json), or a recording of a browser (*.har); nothing of it is kept
        #[arg(long, value_name = "FOLDER")]
        samples: Option<PathBuf>,
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
            Self::Check { file, samples } => check(file, samples.as_deref(), global, screen),
        }
    }
}

/// The dialect in a file, in JSON.
pub(super) fn read(path: &Path) -> Result<String, CommandError> {
    let text = fs::read_to_string(path).map_err(|source| CommandError::Unreadable { path: path.to_owned(), source })?;
    dialects::to_json(&text)
        .map_err(|problem| CommandError::SettingsFile { path: path.to_owned(), problem: FileProblem::Dialect(problem) })
}

fn check(file: &Path, folder: Option<&Path>, global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
    let json = read(file)?;
    let dialect = Dialect::parse(&json).map_err(|misfit| CommandError::SettingsFile {
        path: file.to_owned(),
        problem: FileProblem::Dialect(misfit.into()),
    })?;
    let Some(folder) = folder else {
        if global.json {
            screen.json(&json!({ "name": dialect.name, "holds": true }));
        } else {
            screen.line(format!(
                "The dialect {} holds. Try it on saved answers: koppeling dialect check {} --samples FOLDER",
                dialect.name,
                file.display()
            ));
        }
        return Ok(Exit::Ok);
    };
    let (answers, unread) = answers(folder)?;
    let report = samples::report(&dialect, &answers);
    tell(&dialect, &report, (answers.len(), unread), global, screen);
    let is_found = report.records.values().any(|count| *count > 0);
    Ok(if is_found { Exit::Ok } else { Exit::NothingKnown })
}

/// The saved answers, and how many files or entries hold none.
fn answers(folder: &Path) -> Result<(Vec<Value>, usize), CommandError> {
    let at = |source| CommandError::Unreadable { path: folder.to_owned(), source };
    let (mut answers, mut unread) = (Vec::new(), 0);
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(folder).map_err(at)? {
        paths.push(entry.map_err(at)?.path());
    }
    paths.sort();
    for path in paths {
        let extension = path.extension().and_then(|extension| extension.to_str());
        let Some(extension @ ("json" | "har")) = extension else { continue };
        let text = fs::read(&path).map_err(|source| CommandError::Unreadable { path: path.clone(), source })?;
        match (extension, serde_json::from_slice::<Value>(&text)) {
            (_, Err(_)) => unread += 1,
            ("har", Ok(recording)) => {
                let (found, without) = of_recording(&recording);
                answers.extend(found);
                unread += without;
            }
            (_, Ok(answer)) => answers.push(answer),
        }
    }
    Ok((answers, unread))
}

/// The JSON answers of a recording. It holds keys and cookies: only the bodies of answers are looked at.
fn of_recording(recording: &Value) -> (Vec<Value>, usize) {
    let entries = recording.pointer("/log/entries").and_then(Value::as_array);
    let bodies = entries.into_iter().flatten().map(|entry| {
        let body = entry.pointer("/response/content/text").and_then(Value::as_str)?;
        serde_json::from_str::<Value>(body).ok().filter(|answer| answer.is_object() || answer.is_array())
    });
    let (mut answers, mut without) = (Vec::new(), 0);
    for body in bodies {
        match body {
            Some(answer) => answers.push(answer),
            None => without += 1,
        }
    }
    (answers, without)
}

fn tell(dialect: &Dialect, report: &Report, (answers, unread): (usize, usize), global: &Global, screen: &Screen) {
    if global.json {
        let fields: Vec<Value> =
            report.fields.iter().map(|(of, name, at, found)| of_field(of, name, at, *found)).collect();
        screen.json(&json!({
            "name": dialect.name, "answers": answers, "unreadable": unread,
            "not-understood": report.not_understood, "records": report.records, "fields": fields,
            "unread-members": report.unread, "unknown-words": report.unknown_words,
        }));
        return;
    }
    let counts: Vec<String> = report.records.iter().map(|(of, count)| format!("{count} of {of}")).collect();
    let counts = if counts.is_empty() { "no record".to_owned() } else { counts.join(", ") };
    screen.line(format!("{answers} answers, in which {} finds {counts}", dialect.name));
    if report.not_understood + unread > 0 {
        screen.line(format!(
            "  {} answers hold no list and no record of this dialect, {unread} are no JSON",
            report.not_understood
        ));
    }
    let rows = report.fields.iter().filter(|(.., found)| total(*found) > 0).map(|(of, name, at, found)| {
        [
            (*of).to_owned(),
            name.clone(),
            at.clone(),
            format!("{} of {}", found.text + found.number + found.list, total(*found)),
            forms(*found),
        ]
    });
    screen.table(["OF", "FIELD", "AT", "FILLED", "FORMS"], rows);
    for (what, count) in &report.unknown_words {
        screen.line(format!("{count} records have a {what} that the dialect has no word for: add it under \"{what}\""));
    }
    if !report.unread.is_empty() {
        let names: Vec<&str> = report.unread.iter().map(String::as_str).collect();
        screen.line(format!("Members that nothing reads (they go back as they came): {}", names.join(", ")));
    }
}

fn total(found: Found) -> usize {
    found.text + found.number + found.list + found.empty + found.other + found.absent
}

fn forms(found: Found) -> String {
    let all = [
        ("text", found.text),
        ("number", found.number),
        ("list", found.list),
        ("empty", found.empty),
        ("another form", found.other),
        ("left out", found.absent),
    ];
    let said: Vec<String> =
        all.iter().filter(|(_, count)| *count > 0).map(|(form, count)| format!("{form} {count}")).collect();
    said.join(", ")
}

fn of_field(of: &str, name: &str, at: &str, found: Found) -> Value {
    json!({
        "of": of, "field": name, "at": at, "text": found.text, "number": found.number, "list": found.list, "empty": found.empty,
        "other": found.other, "absent": found.absent,
    })
}
