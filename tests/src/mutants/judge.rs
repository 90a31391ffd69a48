//! What notices a wrong version.
//!
//! First is asked what the catalogue names. Where that passes, or nothing is named, one of the connector meets the quick
//! unit tests and scenarios, then some seeds of the simulation, then the long ones, until something fails; one of another
//! crate meets the unit tests of its crate and of the host. The comparison of the two builds is left out: it would notice
//! all of them, and show nothing of the others. A run that does not end counts as noticed: it would not pass either.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, OnceLock};

use super::catalogue::Mutant;
use super::in_parallel;
use super::notice::Notice;
use super::program::{Built, Failure, Program};

/// The folders of the connector and the host.
pub const CONNECTOR: &str = "plugin";
/// See [`CONNECTOR`].
pub const HOST: &str = "host-harness";
/// What is asked first, since it is quick and notices most.
const FIRST: [&str; 5] = ["advocaatcentraal_tribe", "sync", "login", "differences", "records"];
/// What takes longest, and is asked last, after the simulation.
const LAST: [&str; 7] = ["faults", "oddities", "dialects", "calls", "variants", "switches", "crashes"];
/// Seeds of which every one must notice the canary.
const CANARY_SEEDS: u64 = 5;
/// The wrong version that is in every record, so that no single seed can miss it.
pub const CANARY: &str = "infix-in-surname";

/// When a test program is asked: the lowest first.
fn rank(name: &str) -> usize {
    let among = |names: &[&str]| names.iter().position(|one| *one == name);
    match (among(&FIRST), among(&LAST)) {
        (Some(rank), _) => rank,
        (None, None) => FIRST.len(),
        (None, Some(rank)) => FIRST.len() + 1 + rank,
    }
}

fn is_quick(test: &Program) -> bool {
    rank(&test.name) <= FIRST.len()
}

/// What noticed a wrong version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What it is, for a person to read.
    pub told: String,
    /// The test or the seed, where the program names it.
    pub by: Option<Notice>,
}

impl Found {
    fn new(program: &str, failure: Failure) -> Self {
        match failure {
            Failure::Named(by) => Self { told: by.to_string(), by: Some(by) },
            Failure::Otherwise(what) => Self { told: format!("{program}: {what}"), by: None },
        }
    }
}

/// The judge of one copy.
pub struct Judge {
    seeds: u64,
    simulate: Program,
    tests: Vec<Program>,
    /// What fails although nothing is wrong, once that was asked.
    anyway: OnceLock<Option<Found>>,
}

impl Judge {
    /// Judges with so many seeds and all that was built.
    pub fn new(seeds: u64, built: Built) -> Option<Self> {
        let Built { mut tests, simulate } = built;
        tests.sort_by(|one, other| (rank(&one.name), &one.name).cmp(&(rank(&other.name), &other.name)));
        Some(Self { seeds, simulate: simulate?, tests, anyway: OnceLock::new() })
    }

    /// Whether what the catalogue names notices that wrong version. What is not there notices nothing.
    pub fn notices(&self, by: &Notice, mutant: Option<&str>) -> bool {
        match by {
            Notice::Seed(seed) => self.by_simulation(*seed, 1, mutant).is_some(),
            Notice::Test { program, test } => {
                let program = self.tests.iter().find(|of_copy| of_copy.name == *program);
                program.is_some_and(|program| program.failure_among(&[test], mutant).is_some())
            }
        }
    }

    /// Whatever notices that wrong version; none if nothing does.
    pub fn search(&self, mutant: &Mutant) -> Option<Found> {
        let name = Some(mutant.name.as_str());
        match mutant.package() {
            CONNECTOR => {
                let by_tests =
                    |is_meant: &dyn Fn(&Program) -> bool| self.by_tests(&[CONNECTOR, "tests"], is_meant, name);
                by_tests(&is_quick)
                    .or_else(|| self.by_simulation(1, self.seeds, name))
                    .or_else(|| by_tests(&|test| !is_quick(test)))
            }
            other => self.by_tests(&[other, HOST], &|_| true, name),
        }
    }

    /// What fails of these although nothing is wrong.
    pub fn named_fails_anyway(&self, named: &BTreeSet<&Notice>) -> Option<Found> {
        let mut of_programs: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for by in named {
            match by {
                Notice::Seed(seed) => {
                    if let Some(found) = self.by_simulation(*seed, 1, None) {
                        return Some(found);
                    }
                }
                Notice::Test { program, test } => of_programs.entry(program).or_default().push(test),
            }
        }
        of_programs.into_iter().find_map(|(name, tests)| {
            let program = self.tests.iter().find(|program| program.name == name)?;
            Some(Found::new(name, program.failure_among(&tests, None)?))
        })
    }

    /// What fails of everything although nothing is wrong. It is run once.
    pub fn fails_anyway(&self) -> Option<&Found> {
        let run = || {
            let found = Mutex::new(None);
            let works = self.tests.iter().map(Some).chain([None]);
            in_parallel(works, |program| {
                let failed = match program {
                    Some(program) => program.first_failure(None).map(|failed| Found::new(&program.name, failed)),
                    None => self.by_simulation(1, self.seeds, None),
                };
                if let (Some(failed), Ok(mut found)) = (failed, found.lock()) {
                    *found = Some(failed);
                }
            });
            found.into_inner().ok().flatten()
        };
        self.anyway.get_or_init(run).as_ref()
    }

    /// The seed that misses what none can miss. If there is one, no other figure means anything.
    pub fn seed_without_canary(&self) -> Option<u64> {
        (1..=CANARY_SEEDS).find(|seed| self.by_simulation(*seed, 1, Some(CANARY)).is_none())
    }

    fn by_simulation(&self, first: u64, seeds: u64, mutant: Option<&str>) -> Option<Found> {
        Some(Found::new("simulation", self.simulate.failing_seed(first, seeds, mutant)?))
    }

    fn by_tests(&self, packages: &[&str], is_meant: &dyn Fn(&Program) -> bool, mutant: Option<&str>) -> Option<Found> {
        let mut tests = self.tests.iter().filter(|test| packages.contains(&test.package.as_str()) && is_meant(test));
        tests.find_map(|test| Some(Found::new(&test.name, test.first_failure(mutant)?)))
    }
}
