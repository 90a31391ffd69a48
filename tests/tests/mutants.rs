//! The catalogue of wrong versions fits today's sources, names tests that there are, and nothing of it is in what ships.
//! Whether the tests notice each of them is what the binary `mutants` shows.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use host_harness::CONNECTOR;
use tests::mutants::catalogue::{self, Mutant, PLACEHOLDER};
use tests::mutants::judge::CANARY;
use tests::mutants::notice::Notice;
use tests::mutants::{copy, snippet, workspace};

fn all() -> Vec<Mutant> {
    catalogue::read(&workspace().join("tests/mutants")).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn every_wrong_version_fits_the_sources() {
    let all = all();
    let sources = copy::sources(&all).unwrap();
    let mut misfits = Vec::new();
    for mutant in &all {
        misfits.extend(snippet::switched_in(&[mutant], &sources).err().map(|misfit| misfit.to_string()));
    }
    assert!(misfits.is_empty(), "{}", misfits.join("\n"));
    let every_one: Vec<&Mutant> = all.iter().collect();
    for group in snippet::groups(&every_one, &sources).unwrap() {
        snippet::switched_in(&group, &sources).unwrap();
    }
    assert!(all.iter().any(|mutant| mutant.name == CANARY));
}

#[test]
fn every_wrong_version_names_what_notices_it_or_why_nothing_does() {
    let known = |mutant: &Mutant| usize::from(mutant.by.is_some()) + usize::from(mutant.unnoticed.is_some());
    let wrong = all().into_iter().filter(|mutant| known(mutant) != 1);
    let names: Vec<String> = wrong.map(|mutant| mutant.name).collect();
    assert!(
        names.is_empty(),
        "each needs `by` or `unnoticed`, not both; `cargo run -p tests --bin mutants -- --learn --only NAME` finds `by`: {}",
        names.join(", ")
    );
}

#[test]
fn what_notices_a_wrong_version_stands_in_the_tests() {
    let all = all();
    let mut programs = Programs::new();
    for package in all.iter().map(Mutant::package).chain(["tests"]) {
        let manifest = fs::read_to_string(workspace().join(package).join("Cargo.toml")).unwrap();
        let name = manifest.lines().find_map(|line| line.strip_prefix("name = ")).unwrap();
        let name = name.trim_matches('"').replace('-', "_");
        programs.entry(name).or_insert_with(|| text_below(&workspace().join(package).join("src")));
    }
    for entry in fs::read_dir(workspace().join("tests/tests")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        programs.entry(name).or_default().push_str(&text_below(&path));
    }
    let is_there = |by: &Notice| match by {
        Notice::Seed(_) => true,
        Notice::Test { program, test } => {
            let name = test.rsplit("::").next().unwrap_or(test);
            // A macro makes tests of lines that hold their names.
            let is_made_of = |line: &str| line.trim() == format!("{name},");
            let stands_in = |text: &String| text.contains(&format!("fn {name}(")) || text.lines().any(is_made_of);
            programs.get(program).is_some_and(stands_in)
        }
    };
    let named = all.iter().filter_map(|mutant| Some((&mutant.name, mutant.by.as_ref()?)));
    let gone: Vec<String> =
        named.filter(|(_, by)| !is_there(by)).map(|(name, by)| format!("{name} names {by}")).collect();
    assert!(
        gone.is_empty(),
        "no such test; `cargo run -p tests --bin mutants -- --learn --only NAME` finds another: {}",
        gone.join(", ")
    );
}

#[test]
fn no_source_that_ships_speaks_of_wrong_versions() {
    let mut read = 0;
    for folder in ["plugin", "host-harness", "wit"] {
        each_file(&workspace().join(folder), &mut |file| {
            let Ok(text) = fs::read_to_string(file) else { return };
            read += 1;
            assert!(!text.to_lowercase().contains("mutant"), "{} speaks of a mutant", file.display());
        });
    }
    assert!(read > 100, "only {read} files were read");
}

#[test]
fn the_component_that_is_shipped_holds_no_wrong_version() {
    let holds = |text: &str| CONNECTOR.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("ImportId"), "what is in it is found");
    assert!(!holds(PLACEHOLDER));
}

/// The text of each test program, by its name.
type Programs = BTreeMap<String, String>;

/// All Rust of a file or a folder.
fn text_below(path: &Path) -> String {
    let mut text = String::new();
    let mut add = |file: &Path| {
        if file.extension().is_some_and(|extension| extension == "rs") {
            text += &fs::read_to_string(file).unwrap();
        }
    };
    match path.is_dir() {
        true => each_file(path, &mut add),
        false => add(path),
    }
    text
}

fn each_file(folder: &Path, look: &mut impl FnMut(&Path)) {
    let entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    for path in entries {
        match path.is_dir() {
            true => each_file(&path, look),
            false => look(&path),
        }
    }
}
