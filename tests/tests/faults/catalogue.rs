//! No fault of the catalogue is forgotten.

use std::collections::BTreeSet;

/// The list, one row for each fault.
const LIST: &str = include_str!("../../../docs/faults.md");
const SOURCES: [&str; 9] = [
    include_str!("clearing.rs"),
    include_str!("cursors.rs"),
    include_str!("duplicates.rs"),
    include_str!("echoes.rs"),
    include_str!("fields.rs"),
    include_str!("limits.rs"),
    include_str!("operations.rs"),
    include_str!("reading.rs"),
    include_str!("structure.rs"),
];

fn tested() -> BTreeSet<u32> {
    let lines = SOURCES.iter().flat_map(|source| source.lines());
    let names = lines.filter_map(|line| line.trim().strip_prefix("fn f"));
    names.filter_map(|name| name.split('_').next()?.parse().ok()).collect()
}

/// Number and reason.
fn elsewhere() -> Vec<(u32, &'static str)> {
    let lines = include_str!("elsewhere.txt").lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    lines
        .map(|line| {
            let (number, reason) = line.split_once(' ').unwrap();
            (number.strip_prefix('F').unwrap().parse().unwrap(), reason.trim())
        })
        .collect()
}

fn listed() -> BTreeSet<u32> {
    let rows = LIST.lines().filter_map(|line| line.strip_prefix("| F")?.split(' ').next()?.parse().ok());
    rows.collect()
}

#[test]
fn every_fault_has_a_test_or_a_reason() {
    let tested = tested();
    let elsewhere = elsewhere();
    for (number, reason) in &elsewhere {
        assert!(!tested.contains(number), "F{number:02} has a test, and a reason for none");
        assert!(reason.len() > 20, "F{number:02} needs a reason");
    }
    let known: BTreeSet<u32> = tested.into_iter().chain(elsewhere.into_iter().map(|(number, _)| number)).collect();
    assert_eq!(known, listed(), "faults with a test or a reason, and the list of docs/faults.md");
}
