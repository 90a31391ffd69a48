//! The wrong versions, as they stand in `tests/mutants`.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Deserialize;

use super::notice::Notice;

/// What stands in the wrong lines where it matters whether the wrong version is on: an expression that is a `bool`.
pub const PLACEHOLDER: &str = "MUTANT";

/// A wrong version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mutant {
    /// Its name, its own in the whole catalogue.
    pub name: String,
    /// What is wrong, in one sentence.
    pub what: String,
    /// Where it differs from what ships.
    pub places: Vec<Place>,
    /// What notices it, as far as that is known: it is asked first.
    pub by: Option<Notice>,
    /// Why no test notices it, if none does.
    pub unnoticed: Option<String>,
}

impl Mutant {
    /// The folder of the crate that it is a wrong version of, below the workspace.
    pub fn package(&self) -> &str {
        self.places.first().map_or("", |place| package(&place.file))
    }
}

/// The folder of the crate that a file below the workspace belongs to.
pub fn package(file: &str) -> &str {
    file.split_once("/src/").map_or("", |(folder, _)| folder)
}

/// Lines of a file, and what stands there in the wrong version.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// The file, below the workspace.
    pub file: String,
    /// The lines as they ship.
    pub right: String,
    /// What stands there in their place, with [`PLACEHOLDER`] in it.
    pub wrong: String,
}

/// One entry of a file of the catalogue.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    what: String,
    by: Option<Notice>,
    unnoticed: Option<String>,
    file: String,
    right: String,
    wrong: String,
    /// More places, of a wrong version that has several.
    #[serde(default)]
    also: Vec<Place>,
}

/// What is wrong with the catalogue.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// A file or the folder cannot be read.
    #[error("{0} cannot be read: {1}")]
    Unreadable(String, std::io::Error),
    /// A file holds something else.
    #[error("{0} is not understood: {1}")]
    NotUnderstood(String, toml::de::Error),
    /// Two entries have one name.
    #[error("there are two mutants {0}")]
    TwoOfOneName(String),
    /// An entry that nothing switches on.
    #[error("the mutant {0} has no {PLACEHOLDER} in its wrong lines")]
    NothingSwitched(String),
}

/// All wrong versions of a folder, by file and by name.
pub fn read(folder: &Path) -> Result<Vec<Mutant>, CatalogueError> {
    let unreadable = |path: &Path, error| CatalogueError::Unreadable(path.display().to_string(), error);
    let entries = fs::read_dir(folder).map_err(|error| unreadable(folder, error))?;
    let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "toml"));
    files.sort();
    let mut mutants = Vec::new();
    for file in files {
        let text = fs::read_to_string(&file).map_err(|error| unreadable(&file, error))?;
        mutants.extend(parse(&file.display().to_string(), &text)?);
    }
    only_ones(mutants)
}

/// The wrong versions of one file of the catalogue.
pub fn parse(file: &str, text: &str) -> Result<Vec<Mutant>, CatalogueError> {
    let entries: BTreeMap<String, Entry> =
        toml::from_str(text).map_err(|error| CatalogueError::NotUnderstood(file.to_owned(), error))?;
    let mutants = entries.into_iter().map(|(name, entry)| {
        let Entry { what, by, unnoticed, file, right, wrong, also } = entry;
        let mut places = vec![Place { file, right, wrong }];
        places.extend(also);
        let is_switched = places.iter().any(|place| place.wrong.contains(PLACEHOLDER));
        let mutant = Mutant { name, what, places, by, unnoticed };
        if is_switched { Ok(mutant) } else { Err(CatalogueError::NothingSwitched(mutant.name)) }
    });
    mutants.collect()
}

/// The same, if each name is there once.
pub fn only_ones(mutants: Vec<Mutant>) -> Result<Vec<Mutant>, CatalogueError> {
    let mut names: Vec<&str> = mutants.iter().map(|mutant| mutant.name.as_str()).collect();
    names.sort_unstable();
    let twice = names.windows(2).find_map(|pair| (pair.first() == pair.last()).then(|| pair.first())?);
    match twice {
        Some(name) => Err(CatalogueError::TwoOfOneName((*name).to_owned())),
        None => Ok(mutants),
    }
}
