//! Answers that someone saved: JSON files in a folder, or the recording of a browser (HAR). Nothing of them is kept.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use dialect::samples::{Answer, NoRecording, Recording, json};

/// The most bytes of a file. The recording of an hour in a browser is a few ten million.
const MOST_BYTES: u64 = 256 * 1024 * 1024;

/// Why saved answers cannot be read. It names files and lines, never what stands there.
#[derive(Debug, thiserror::Error)]
pub enum RecordingProblem {
    /// The file or the folder.
    #[error("{} cannot be read: {source}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// It is no recording.
    #[error("{}: {problem}; save it again, with its contents", path.display())]
    NoRecording {
        /// The file.
        path: PathBuf,
        /// Where it is none.
        problem: NoRecording,
    },
    /// A folder without anything that may be an answer.
    #[error("{} holds no saved answers: no .json and no .har", .0.display())]
    NoAnswers(PathBuf),
    /// More than a few lists of relations.
    #[error("{} is larger than {} MB; save less in one file", .0.display(), MOST_BYTES / 1024 / 1024)]
    TooLarge(PathBuf),
    /// Neither a folder nor a recording.
    #[error("{} is neither a folder nor a recording of a browser (.har)", .0.display())]
    NoSamples(PathBuf),
}

/// Saved answers.
#[derive(Debug, Default)]
pub struct Samples {
    /// The answers that are JSON.
    pub answers: Vec<Answer>,
    /// How many files and answers are no JSON.
    pub no_json: usize,
    /// How many answers of a recording came without their body.
    pub without_body: usize,
}

impl Samples {
    /// Reads a folder of `*.json` and `*.har`, or one recording.
    ///
    /// # Errors
    /// It cannot be read, or a recording is none. A `*.json` that is none is counted.
    pub fn read(path: &Path) -> Result<Self, RecordingProblem> {
        let files = files(path)?;
        if files.is_empty() {
            return Err(RecordingProblem::NoAnswers(path.to_owned()));
        }
        let mut samples = Self::default();
        for path in files {
            let bytes = bytes(&path)?;
            if extension(&path) == "har" {
                let read = Recording::read(&bytes)
                    .map_err(|problem| RecordingProblem::NoRecording { path: path.clone(), problem })?;
                samples.answers.extend(read.answers);
                samples.no_json += read.no_json;
                samples.without_body += read.without_body;
            } else {
                match json(&bytes) {
                    Some(answer) => samples.answers.push(Answer::alone(answer)),
                    None => samples.no_json += 1,
                }
            }
        }
        Ok(samples)
    }

    /// What was passed over: how many, and of what.
    pub fn passed_over(&self) -> [(usize, &'static str); 2] {
        [
            (self.no_json, "files or answers are no JSON"),
            (self.without_body, "answers came without their body: save the recording with its contents"),
        ]
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, RecordingProblem> {
    let at = |source| RecordingProblem::Unreadable { path: path.to_owned(), source };
    let mut bytes = Vec::new();
    fs::File::open(path).map_err(at)?.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(at)?;
    match u64::try_from(bytes.len()) {
        Ok(0..=MOST_BYTES) => Ok(bytes),
        _ => Err(RecordingProblem::TooLarge(path.to_owned())),
    }
}

/// The files that may hold answers, in the order of their names.
fn files(path: &Path) -> Result<Vec<PathBuf>, RecordingProblem> {
    let at = |source| RecordingProblem::Unreadable { path: path.to_owned(), source };
    if fs::metadata(path).map_err(at)?.is_file() {
        let is_recording = extension(path) == "har";
        return if is_recording {
            Ok(vec![path.to_owned()])
        } else {
            Err(RecordingProblem::NoSamples(path.to_owned()))
        };
    }
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in fs::read_dir(path).map_err(at)? {
        let file = entry.map_err(at)?.path();
        if matches!(extension(&file).as_str(), "json" | "har") {
            files.push(file);
        }
    }
    files.sort();
    Ok(files)
}

fn extension(path: &Path) -> String {
    path.extension().and_then(|extension| extension.to_str()).unwrap_or_default().to_ascii_lowercase()
}
