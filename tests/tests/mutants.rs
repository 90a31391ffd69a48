//! A bounded share of the mutants, so that a test that can no longer fail is seen. The binary `mutants` does the rest.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

use advocaatcentraal_tribe::mutant::{Mutant, VARIABLE, switch};
use host_harness::{CONNECTOR, mutant as host};
use tests::simulation::{Scenario, Voice, run};

/// Seeds that a mutant meets before it passes for one that nobody notices.
const SEEDS: u64 = 12;

/// The first seed that notices the mutant; a panic is noticed too.
fn noticed(mutant: Mutant, seeds: impl IntoIterator<Item = u64>) -> Option<u64> {
    switch(Some(mutant));
    let first = seeds.into_iter().find(|seed| {
        let scenario = Scenario::of_seed(*seed);
        catch_unwind(AssertUnwindSafe(|| run(&scenario, Voice::Silent))).map_or(true, |run| !run.broken.is_empty())
    });
    switch(None);
    first
}

#[test]
fn the_simulation_notices_what_is_wrong() {
    for mutant in [
        Mutant::CursorBeforeWrites,
        Mutant::NoOverlap,
        Mutant::MarkersNotLookedUp,
        Mutant::LettersNotStored,
        Mutant::ConflictNotKept,
        Mutant::NullIsAbsent,
        Mutant::HeaderBuiltOnce,
    ] {
        assert!(noticed(mutant, 1..=SEEDS).is_some(), "nothing notices {}", mutant.name());
    }
}

/// The canary: what no single seed can miss. If this passes unnoticed, no other figure means anything.
#[test]
fn what_is_wrong_in_every_record_is_noticed_by_every_seed() {
    for seed in 1..=5 {
        assert!(noticed(Mutant::InfixInSurname, [seed]).is_some(), "seed {seed} notices nothing");
    }
}

#[test]
fn what_is_switched_off_is_off() {
    assert!(noticed(Mutant::InfixInSurname, 1..=SEEDS).is_some());
    assert!(run(&Scenario::of_seed(1), Voice::Silent).broken.is_empty());
}

#[test]
fn every_mutant_has_a_name_of_its_own() {
    let names =
        Mutant::ALL.iter().map(|mutant| mutant.name()).chain(host::Mutant::ALL.iter().map(|mutant| mutant.name()));
    let (count, names) = (names.clone().count(), names.collect::<BTreeSet<_>>());
    assert_eq!(names.len(), count);
    for mutant in Mutant::ALL {
        assert_eq!(Mutant::parse(mutant.name()), Some(*mutant));
    }
}

#[test]
fn the_component_that_is_shipped_holds_no_mutant() {
    let holds = |text: &str| CONNECTOR.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(holds("ImportId"), "what is in it is found");
    for text in Mutant::ALL.iter().map(|mutant| mutant.name()).chain([VARIABLE]) {
        assert!(!holds(text), "the component holds {text:?}");
    }
}
