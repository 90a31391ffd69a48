//! From arrows to circles: the largest sets of files in which each reaches each.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// The names that one file takes of another, by the two files: first who uses, then who defines.
pub type Arrows = BTreeMap<(String, String), BTreeSet<String>>;

/// Files that need each other, with what each takes of which.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Circle {
    /// The files.
    pub files: BTreeSet<String>,
    /// The arrows among them.
    pub arrows: Arrows,
}

impl fmt::Display for Circle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files: Vec<&str> = self.files.iter().map(String::as_str).collect();
        writeln!(f, "a circle of {}: {}", files.len(), files.join(", "))?;
        for ((user, definer), names) in &self.arrows {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            writeln!(f, "  {user} takes of {definer}: {}", names.join(", "))?;
        }
        Ok(())
    }
}

/// Every circle, those with the first file first.
pub(super) fn of(arrows: &Arrows) -> Vec<Circle> {
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        arrows.keys().map(|(user, _)| (user.as_str(), reached_from(user, arrows))).collect();
    let reaches = |from: &str, to: &str| reached.get(from).is_some_and(|all| all.contains(to));
    let mut circles: Vec<Circle> = Vec::new();
    for file in reached.keys().filter(|file| reaches(file, file)) {
        if circles.iter().any(|circle| circle.files.contains(*file)) {
            continue;
        }
        let files: BTreeSet<String> = reached
            .keys()
            .filter(|other| reaches(file, other) && reaches(other, file))
            .map(|other| (*other).to_owned())
            .collect();
        let inside = |(user, definer): &(String, String)| files.contains(user) && files.contains(definer);
        let arrows = arrows.iter().filter(|(ends, _)| inside(ends)).map(|(ends, names)| (ends.clone(), names.clone()));
        circles.push(Circle { arrows: arrows.collect(), files });
    }
    circles
}

fn reached_from<'a>(start: &str, arrows: &'a Arrows) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut next = vec![start];
    while let Some(file) = next.pop() {
        for (user, definer) in arrows.keys() {
            if user == file && reached.insert(definer.as_str()) {
                next.push(definer);
            }
        }
    }
    reached
}
