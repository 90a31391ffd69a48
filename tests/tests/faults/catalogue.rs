//! No fault of the catalogue is forgotten.

use std::collections::BTreeSet;

const LAST: u32 = 121;
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

#[test]
fn every_fault_has_a_test_or_a_reason() {
    let tested = tested();
    let elsewhere = elsewhere();
    for (number, reason) in &elsewhere {
        assert!(!tested.contains(number), "F{number:02} has a test, and a reason for none");
        assert!(reason.len() > 20, "F{number:02} needs a reason");
    }
    let known: BTreeSet<u32> = tested.into_iter().chain(elsewhere.into_iter().map(|(number, _)| number)).collect();
    let missing: Vec<u32> = (1..=LAST).filter(|number| !known.contains(number)).collect();
    assert_eq!(missing, Vec::<u32>::new(), "faults without a test or a reason");
}
