//! Lines of a source: where they stand, and what stands there instead.
//!
//! Whole lines are compared, and indentation does not count: code that only moves to another depth is still found.

use std::collections::BTreeMap;
use std::ops::Range;

use super::catalogue::{Mutant, PLACEHOLDER, Place};

/// Why the wrong versions do not fit the sources.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Misfit {
    /// The lines of a wrong version are not there, or more than once.
    #[error("the lines of the mutant {name} stand {times} times in {file}, not once:\n{right}")]
    NotOnce {
        /// Its name.
        name: String,
        /// The file.
        file: String,
        /// How often they stand there.
        times: usize,
        /// The lines.
        right: String,
    },
    /// The file of a wrong version is not there.
    #[error("the mutant {name} is of {file}, which is not there")]
    NoFile {
        /// Its name.
        name: String,
        /// The file.
        file: String,
    },
    /// Two wrong versions of one copy touch the same lines.
    #[error("two mutants of one copy touch the same lines of {0}")]
    SameLines(String),
}

/// The sources that wrong versions are made of: the text of each file, by its path below the workspace.
pub type Sources = BTreeMap<String, String>;

/// Lines of a file.
type Lines<'a> = (&'a str, Range<usize>);

/// The wrong versions in as few groups as can be, so that no two of one group touch the same lines.
pub fn groups<'m>(mutants: &[&'m Mutant], sources: &Sources) -> Result<Vec<Vec<&'m Mutant>>, Misfit> {
    let mut groups: Vec<(Vec<&Mutant>, Vec<Lines<'_>>)> = Vec::new();
    for mutant in mutants {
        let mut touched = Vec::new();
        for place in &mutant.places {
            touched.push((place.file.as_str(), find(mutant, place, sources)?));
        }
        let meets = |others: &[Lines<'_>]| {
            touched.iter().any(|(file, lines)| others.iter().any(|other| other.0 == *file && overlap(&other.1, lines)))
        };
        match groups.iter_mut().find(|(_, others)| !meets(others)) {
            Some((group, others)) => {
                group.push(mutant);
                others.extend(touched);
            }
            None => groups.push((vec![mutant], touched)),
        }
    }
    Ok(groups.into_iter().map(|(group, _)| group).collect())
}

/// The files that differ from the sources where these wrong versions are switched in.
pub fn switched_in(mutants: &[&Mutant], sources: &Sources) -> Result<Sources, Misfit> {
    let mut changes: BTreeMap<&str, Vec<(Range<usize>, String)>> = BTreeMap::new();
    for mutant in mutants {
        for place in &mutant.places {
            let switch = format!("crate::mutant::is({:?})", mutant.name);
            let lines = find(mutant, place, sources)?;
            changes.entry(&place.file).or_default().push((lines, place.wrong.replace(PLACEHOLDER, &switch)));
        }
    }
    let mut changed = Sources::new();
    for (file, mut changes) in changes {
        changes.sort_by_key(|(lines, _)| lines.start);
        if changes.windows(2).any(|pair| matches!(pair, [(one, _), (other, _)] if overlap(one, other))) {
            return Err(Misfit::SameLines(file.to_owned()));
        }
        let text = sources.get(file).map_or("", String::as_str);
        let mut lines: Vec<&str> = text.lines().collect();
        // From the end on, so that the places before stay where they are.
        for (place, wrong) in changes.iter().rev() {
            lines.splice(place.clone(), [wrong.as_str()]);
        }
        changed.insert(file.to_owned(), lines.join("\n") + "\n");
    }
    Ok(changed)
}

/// The lines where a place of a wrong version stands.
fn find(mutant: &Mutant, place: &Place, sources: &Sources) -> Result<Range<usize>, Misfit> {
    let (name, file) = (mutant.name.clone(), place.file.clone());
    let Some(text) = sources.get(&place.file) else { return Err(Misfit::NoFile { name, file }) };
    let right: Vec<&str> = place.right.trim().lines().map(str::trim).collect();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let mut found = lines.windows(right.len().max(1)).enumerate().filter(|(_, window)| *window == right);
    match (found.next(), found.count()) {
        (Some((start, _)), 0) => Ok(start..start + right.len()),
        (first, more) => {
            let times = usize::from(first.is_some()) + more;
            Err(Misfit::NotOnce { name, file, times, right: place.right.clone() })
        }
    }
}

fn overlap(one: &Range<usize>, other: &Range<usize>) -> bool {
    one.start < other.end && other.start < one.end
}

#[cfg(test)]
#[path = "snippet_tests.rs"]
mod tests;
