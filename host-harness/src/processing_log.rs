//! A log of what was processed of whom, for an office that must account for it: a line of JSON for each relation that was
//! written in either system, with the fields of the Dutch standard "Logboek dataverwerkingen" (Logius).
//!
//! It has ids, names of fields and what came of it; never a name, a value or a body. It is a file, and not a collector of
//! telemetry: the standard wants each line confirmed and none left out. A line that could not be written is written before
//! anything else is processed.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use serde::Serialize;

use crate::component::{RecordKind, System, Write, WriteResult};
use crate::settings::OfficeNumber;
use crate::timestamp::Timestamp;

/// What kind of id names a subject: AdvocaatCentraal's, in the form that stands on its record in Tribe too.
const ID_TYPE: &str = "advocaatcentraal";

/// The longest id and name of a field. What is longer is none.
const LONGEST: usize = 200;

/// Where a register tells of the activity that this processing is part of: an absolute URI.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity(String);

/// What is wrong with the address of an activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("give the whole address of the activity in the register, such as https://register.voorbeeld.example/koppeling")]
pub struct NotAnActivity;

impl FromStr for Activity {
    type Err = NotAnActivity;

    fn from_str(text: &str) -> Result<Self, NotAnActivity> {
        let (scheme, rest) = text.split_once(':').ok_or(NotAnActivity)?;
        let is_scheme = scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme.chars().all(|sign| sign.is_ascii_alphanumeric() || "+-.".contains(sign));
        let is_rest = rest.len() > 2 && rest.chars().all(|sign| sign.is_ascii_graphic());
        if is_scheme && is_rest { Ok(Self(text.to_owned())) } else { Err(NotAnActivity) }
    }
}

/// The log cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the processing log cannot be written, and nothing is processed without it; see that its folder is there and has room"
)]
pub struct NotWritable;

/// A log in a file, which others may move away at any time. Cheap to clone.
#[derive(Clone)]
pub struct ProcessingLog {
    shared: Arc<Shared>,
}

struct Shared {
    file: PathBuf,
    activity: Activity,
    /// Lines that could not be written yet.
    pending: Mutex<Vec<u8>>,
}

impl fmt::Debug for ProcessingLog {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ProcessingLog")
    }
}

/// A call of the connector that may write: a trace of its own.
pub struct Processing {
    log: ProcessingLog,
    office: OfficeNumber,
    work: &'static str,
    trace: String,
    span: String,
    asked: Timestamp,
    begun: OnceLock<Timestamp>,
}

/// A line, in the standard's words.
#[derive(Serialize)]
struct Line<'a> {
    trace_id: &'a str,
    span_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_span_id: Option<&'a str>,
    status: &'static str,
    name: &'a str,
    start_time: Timestamp,
    end_time: Timestamp,
    resource: Resource,
    attributes: Attributes<'a>,
}

#[derive(Serialize)]
struct Resource {
    attributes: Service,
}

#[derive(Serialize)]
struct Service {
    #[serde(rename = "service.name")]
    name: &'static str,
    #[serde(rename = "service.version")]
    version: &'static str,
}

/// Of the namespace `dpl` only what the standard has; ours has its own.
#[derive(Serialize)]
struct Attributes<'a> {
    #[serde(rename = "dpl.core.processing_activity_id")]
    activity: &'a str,
    #[serde(rename = "dpl.core.data_subject_id", skip_serializing_if = "Option::is_none")]
    subject: Option<&'a str>,
    #[serde(rename = "dpl.core.data_subject_id_type", skip_serializing_if = "Option::is_none")]
    subject_type: Option<&'static str>,
    #[serde(rename = "exception.type", skip_serializing_if = "Option::is_none")]
    exception: Option<&'a str>,
    #[serde(rename = "koppeling.office")]
    office: &'a OfficeNumber,
    #[serde(rename = "koppeling.system", skip_serializing_if = "Option::is_none")]
    system: Option<&'static str>,
    #[serde(rename = "koppeling.fields", skip_serializing_if = "Vec::is_empty")]
    fields: Vec<&'a str>,
    #[serde(rename = "koppeling.fields_refused", skip_serializing_if = "Vec::is_empty")]
    refused: Vec<&'a str>,
    #[serde(rename = "koppeling.result", skip_serializing_if = "Option::is_none")]
    result: Option<&'static str>,
}

/// What was written of one relation in one system.
#[derive(Default)]
struct Written<'a> {
    made: bool,
    fields: Vec<&'a str>,
    refused: Vec<&'a str>,
    results: Vec<WriteResult>,
}

impl ProcessingLog {
    /// In that file, which is made at its first line, for its owner to read.
    pub fn at(file: PathBuf, activity: Activity) -> Self {
        Self { shared: Arc::new(Shared { file, activity, pending: Mutex::default() }) }
    }

    /// That it can be written, and that all is written that was to be.
    pub async fn ready(&self) -> Result<(), NotWritable> {
        self.write(Vec::new()).await
    }

    /// A call is to be made.
    pub fn processing(&self, office: &OfficeNumber, work: &'static str) -> Processing {
        let (trace, span, asked) = (random::<16>(), random::<8>(), Timestamp::now());
        Processing { log: self.clone(), office: office.clone(), work, trace, span, asked, begun: OnceLock::new() }
    }

    async fn write(&self, lines: Vec<u8>) -> Result<(), NotWritable> {
        let shared = Arc::clone(&self.shared);
        let done = tokio::task::spawn_blocking(move || shared.write(&lines)).await;
        done.unwrap_or(Err(NotWritable))
    }
}

impl Shared {
    fn write(&self, lines: &[u8]) -> Result<(), NotWritable> {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.extend(lines);
        match append(&self.file, &pending) {
            Ok(()) => pending.clear(),
            Err(error) => {
                // A part of it may be there: what comes next has a line of its own.
                if pending.first().is_some_and(|first| *first != b'\n') {
                    pending.insert(0, b'\n');
                }
                tracing::error!(kind = ?error.kind(), "{NotWritable}");
                return Err(NotWritable);
            }
        }
        Ok(())
    }
}

/// Opened each time: whoever keeps logs moves them away.
fn append(file: &Path, lines: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(file)?;
    if !lines.is_empty() {
        file.write_all(lines)?;
        file.sync_data()?;
    }
    Ok(())
}

impl Processing {
    /// It has its turn.
    pub fn begins(&self) {
        let _ = self.begun.set(Timestamp::now());
    }

    /// It ended, with these writes, and by that code where it failed. One that wrote nothing and did not fail leaves no line.
    pub async fn end(self, writes: &[Write], failed: Option<&str>) {
        let lines = self.lines(writes, failed, Timestamp::now());
        if !lines.is_empty() {
            // Told by the log, and kept: nothing more is processed before it is written.
            let _ = self.log.write(lines).await;
        }
    }

    fn lines(&self, writes: &[Write], failed: Option<&str>, ended: Timestamp) -> Vec<u8> {
        let mut written: BTreeMap<(String, &'static str), Written<'_>> = BTreeMap::new();
        for write in writes.iter().filter(|write| is_short(write)) {
            let of = written.entry((self.subject(write), system(write.to))).or_default();
            let field = write.field.as_deref();
            match (write.result, field) {
                (WriteResult::Refused, field) => of.refused.extend(field),
                (_, field) => of.fields.extend(field),
            }
            of.made |= write.result == WriteResult::Made;
            of.results.push(write.result);
        }
        let mut lines = Vec::new();
        if written.is_empty() && failed.is_none() {
            return lines;
        }
        let attributes = || Attributes {
            activity: &self.log.shared.activity.0,
            subject: None,
            subject_type: None,
            exception: None,
            office: &self.office,
            system: None,
            fields: Vec::new(),
            refused: Vec::new(),
            result: None,
        };
        let whole = Attributes { exception: failed, ..attributes() };
        let status = if failed.is_some() { "Error" } else { "Ok" };
        self.line(&mut lines, (&self.span, None), (status, self.work, ended), whole);
        for ((subject, system), of) in written {
            let (status, result) = outcome(&of.results);
            let name = if of.made { "make" } else { "write" };
            let of_subject = Attributes {
                subject: Some(&subject),
                subject_type: Some(ID_TYPE),
                exception: (status == "Error").then_some(result),
                system: Some(system),
                fields: of.fields,
                refused: of.refused,
                result: Some(result),
                ..attributes()
            };
            self.line(&mut lines, (&random::<8>(), Some(&self.span)), (status, name, ended), of_subject);
        }
        lines
    }

    fn line(
        &self,
        lines: &mut Vec<u8>,
        (span_id, parent_span_id): (&str, Option<&str>),
        (status, name, end_time): (&'static str, &str, Timestamp),
        attributes: Attributes<'_>,
    ) {
        let service = Service { name: "koppeling", version: env!("CARGO_PKG_VERSION") };
        let (trace_id, start_time, resource) =
            (&*self.trace, *self.begun.get().unwrap_or(&self.asked), Resource { attributes: service });
        let line = Line { trace_id, span_id, parent_span_id, status, name, start_time, end_time, resource, attributes };
        // Made of texts and numbers: it cannot fail.
        if let Ok(line) = serde_json::to_vec(&line) {
            lines.extend(line);
            lines.push(b'\n');
        }
    }

    /// As its marker in Tribe has it.
    fn subject(&self, write: &Write) -> String {
        let kind = match write.subject.kind {
            RecordKind::Relatie => "relatie",
            RecordKind::Contactpersoon => "contactpersoon",
        };
        format!("ac:{}:{kind}:{}", self.office, write.subject.id)
    }
}

/// The status by the standard, and what came of the writes: of several the gravest. A refusal is no fault of the processing.
fn outcome(results: &[WriteResult]) -> (&'static str, &'static str) {
    let any = |result| results.contains(&result);
    if any(WriteResult::Unanswered) {
        ("Error", "unanswered")
    } else if any(WriteResult::Refused) {
        ("Unset", "refused")
    } else if any(WriteResult::Made) {
        ("Ok", "made")
    } else {
        ("Ok", "taken")
    }
}

fn system(system: System) -> &'static str {
    match system {
        System::Advocaatcentraal => "advocaatcentraal",
        System::Tribe => "tribe",
    }
}

/// Whether an id and the name of a field are ones that there can be: a connector is not trusted.
fn is_short(write: &Write) -> bool {
    let is_one = |text: &str| text.len() <= LONGEST && !text.chars().any(char::is_control);
    is_one(&write.subject.id) && write.field.as_deref().is_none_or(is_one)
}

/// An id of so many bytes, as the trace context of the W3C has it.
fn random<const BYTES: usize>() -> String {
    let mut bytes = [0; BYTES];
    // Without random bytes, which a machine always has, lines are told apart by their times.
    let _ = getrandom::fill(&mut bytes);
    hex::encode(bytes)
}

#[cfg(test)]
#[path = "processing_log_tests.rs"]
mod tests;
