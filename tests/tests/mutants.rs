//! The catalogue of wrong versions fits today's sources, and nothing of it is in what ships. Whether the tests notice
//! each of them is what the binary `mutants` shows.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::fs;
use std::path::{Path, PathBuf};

use host_harness::CONNECTOR;
use tests::mutants::catalogue::{self, Mutant, PLACEHOLDER};
use tests::mutants::judge::CANARY;
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

fn each_file(folder: &Path, look: &mut impl FnMut(&Path)) {
    let entries: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    for path in entries {
        match path.is_dir() {
            true => each_file(&path, look),
            false => look(&path),
        }
    }
}
