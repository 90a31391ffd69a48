#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};

use super::*;

fn text<'a>(record: &'a Map<String, Value>, field: &str) -> &'a str {
    record.get(field).and_then(Value::as_str).unwrap_or("")
}

#[test]
fn the_same_seed_gives_the_same_population() {
    assert_eq!(seeded(7, 120), seeded(7, 120));
    assert_ne!(seeded(7, 120), seeded(8, 120));
}

#[test]
fn a_small_population_has_every_kind() {
    let population = seeded(1, 60);
    assert_eq!(population.relaties.len(), 60);
    let all = serde_json::to_string(&population.relaties).unwrap()
        + &serde_json::to_string(&population.contactpersonen).unwrap();
    for part in [
        "12-14",
        "Postbus",
        "t.o. 5",
        "Dresden",
        "🦊",
        "e\u{301}",
        "1980-02-29",
        "1937-06-30",
        "verwijderd",
        "gearchiveerd",
        "factuuradres",
        "\"X\"",
        "\"O\"",
        "advocaat",
        "leverancier",
    ] {
        assert!(all.contains(part), "{part}");
    }
    let companies: BTreeSet<&str> = population
        .relaties
        .iter()
        .filter(|record| text(record, "soort") == "bedrijf")
        .map(|record| text(record, "id"))
        .collect();
    let mut shapes: BTreeMap<(usize, usize), usize> = BTreeMap::new();
    for person in &population.contactpersonen {
        let links = person["koppelingen"].as_array().unwrap();
        let at_companies = links.iter().filter(|link| companies.contains(link["relatie_id"].as_str().unwrap())).count();
        *shapes.entry((at_companies, links.len() - at_companies)).or_default() += 1;
    }
    for shape in [(1, 0), (2, 0), (0, 1), (1, 1)] {
        assert!(shapes.contains_key(&shape), "{shape:?} in {shapes:?}");
    }
}

#[test]
fn stamps_are_equal_across_the_edge_of_a_page() {
    let population = seeded(1, 120);
    for edge in [25, 40, 50, 100] {
        let stamp = |number: usize| text(&population.relaties[number], "gewijzigd");
        assert_eq!(stamp(edge - 1), stamp(edge), "{edge}");
    }
}

#[test]
fn nobody_real_can_be_reached() {
    let population = seeded(3, 500);
    for record in population.relaties.iter().chain(&population.contactpersonen) {
        for field in ["email", "emailadres"] {
            let email = text(record, field);
            assert!(email.is_empty() || email.ends_with(".example"), "{field}");
        }
        for field in ["telefoonnummer", "telefoon", "mobiel", "prive_telefoon"] {
            let digits: String = text(record, field).chars().filter(char::is_ascii_digit).collect();
            assert!(
                digits.is_empty() || digits.contains("20555") || digits.contains("65550") || digits.contains("020555"),
                "{digits}"
            );
        }
    }
}
