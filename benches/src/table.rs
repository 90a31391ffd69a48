//! Every benchmark.

use crate::counting::Work;
use crate::{advocaatcentraal, canonical, memory, tribe};

/// A piece of work by name.
#[derive(Clone, Copy)]
pub struct Benchmark {
    /// As in the kept counts.
    pub name: &'static str,
    /// Prepares it.
    pub prepare: fn() -> Work,
    /// How many values it must come across, so that it never counts a failure.
    pub values: usize,
}

/// Every benchmark, in the order in which they are told.
pub const ALL: [Benchmark; 14] = [
    Benchmark { name: "ac-read-relations", prepare: advocaatcentraal::read_relations, values: 1261 },
    Benchmark { name: "ac-read-contact-persons", prepare: advocaatcentraal::read_contact_persons, values: 1338 },
    Benchmark { name: "ac-put-relation", prepare: advocaatcentraal::put_relation, values: 1 },
    Benchmark { name: "ac-put-contact-person", prepare: advocaatcentraal::put_contact_person, values: 1 },
    Benchmark { name: "tribe-read-organisations", prepare: tribe::read_organisations, values: 1008 },
    Benchmark { name: "canonical-names", prepare: canonical::names, values: 90 },
    Benchmark { name: "canonical-phones", prepare: canonical::phones, values: 90 },
    Benchmark { name: "canonical-postcodes", prepare: canonical::postcodes, values: 90 },
    Benchmark { name: "canonical-websites", prepare: canonical::websites, values: 80 },
    Benchmark { name: "canonical-house-numbers", prepare: canonical::house_numbers, values: 90 },
    Benchmark { name: "fingerprints", prepare: memory::fingerprints, values: 100 },
    Benchmark { name: "plan", prepare: memory::plan, values: 384 },
    Benchmark { name: "link-write", prepare: memory::write_links, values: 20 },
    Benchmark { name: "link-read", prepare: memory::read_links, values: 370 },
];

/// The benchmark of that name.
pub fn find(name: &str) -> Option<Benchmark> {
    ALL.into_iter().find(|benchmark| benchmark.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_comes_across_all_that_it_is_made_of() {
        let told: Vec<_> = ALL.into_iter().map(|benchmark| (benchmark.name, (benchmark.prepare)()())).collect();
        let expected: Vec<_> = ALL.into_iter().map(|benchmark| (benchmark.name, benchmark.values)).collect();
        assert_eq!(told, expected);
    }

    #[test]
    fn no_two_have_one_name() {
        let is_first = |(place, benchmark): (usize, &Benchmark)| {
            ALL.iter().position(|other| other.name == benchmark.name) == Some(place)
        };
        assert!(ALL.iter().enumerate().all(is_first));
    }
}
