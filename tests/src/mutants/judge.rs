//! What notices a wrong version.
//!
//! One of the connector meets first the quick unit tests and scenarios, then some seeds of the simulation, then the rest,
//! until something fails; one of another crate meets the unit tests of its crate and of the host. The comparison of the two
//! builds is left out: it would notice all of them, and show nothing of the others. A run that does not end counts as
//! noticed: it would not pass either.

use super::catalogue::Mutant;
use super::program::{Built, Program};

/// The folders of the connector and the host.
pub const CONNECTOR: &str = "plugin";
/// See [`CONNECTOR`].
pub const HOST: &str = "host-harness";
/// What is asked first, since it is quick; the rest follows as it comes, the long ones last.
const QUICK: [&str; 8] =
    ["advocaatcentraal_tribe", "sync", "faults", "oddities", "dialects", "differences", "odd_values", "login"];
const LAST: [&str; 2] = ["switches", "crashes"];
/// Seeds of which every one must notice the canary.
const CANARY_SEEDS: u64 = 5;
/// The wrong version that is in every record, so that no single seed can miss it.
pub const CANARY: &str = "infix-in-surname";

fn is_quick(test: &Program) -> bool {
    QUICK.contains(&test.name.as_str())
}

/// The judge of one copy.
pub struct Judge {
    seeds: u64,
    simulate: Program,
    tests: Vec<Program>,
}

impl Judge {
    /// Judges with so many seeds and all that was built.
    pub fn new(seeds: u64, built: Built) -> Option<Self> {
        let Built { mut tests, simulate } = built;
        let rank = |name: &str| match QUICK.iter().position(|quick| *quick == name) {
            Some(rank) => rank,
            None => QUICK.len() + LAST.iter().position(|last| *last == name).map_or(0, |rank| rank + 1),
        };
        tests.sort_by(|one, other| (rank(&one.name), &one.name).cmp(&(rank(&other.name), &other.name)));
        Some(Self { seeds, simulate: simulate?, tests })
    }

    /// What notices that wrong version; none if nothing does.
    pub fn noticed(&self, mutant: &Mutant) -> Option<String> {
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

    /// What fails although nothing is wrong.
    pub fn fails_anyway(&self) -> Option<String> {
        let packages: Vec<&str> = self.tests.iter().map(|test| test.package.as_str()).collect();
        self.by_simulation(1, self.seeds, None).or_else(|| self.by_tests(&packages, &|_| true, None))
    }

    /// The seed that misses what none can miss. If there is one, no other figure means anything.
    pub fn seed_without_canary(&self) -> Option<u64> {
        (1..=CANARY_SEEDS).find(|seed| self.by_simulation(*seed, 1, Some(CANARY)).is_none())
    }

    fn by_simulation(&self, first: u64, seeds: u64, mutant: Option<&str>) -> Option<String> {
        let (first, seeds) = (first.to_string(), seeds.to_string());
        let failure = self.simulate.first_failure(&["--seed", &first, "--seeds", &seeds], mutant)?;
        Some(format!("the simulation: {failure}"))
    }

    fn by_tests(&self, packages: &[&str], is_meant: &dyn Fn(&Program) -> bool, mutant: Option<&str>) -> Option<String> {
        let mut tests = self.tests.iter().filter(|test| packages.contains(&test.package.as_str()) && is_meant(test));
        tests.find_map(|test| Some(format!("{}: {}", test.name, test.first_failure(&[], mutant)?)))
    }
}
