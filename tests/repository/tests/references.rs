//! What the code and the documents refer to by number is defined, once, in docs/.

#![allow(clippy::unwrap_used, clippy::panic, missing_docs)]

use std::collections::BTreeMap;
use std::fs;

use repository_checks::references::{definitions, in_document, in_rust};
use repository_checks::sources::{below, repository};

/// Documents besides those whose names say it.
const LISTS: [&str; 1] = ["tests/tests/faults/elsewhere.txt"];

fn defined() -> BTreeMap<String, usize> {
    let mut all = BTreeMap::new();
    for document in ["docs/decisions.md", "docs/faults.md"] {
        for (number, times) in definitions(&fs::read_to_string(repository().join(document)).unwrap()) {
            *all.entry(number).or_default() += times;
        }
    }
    all
}

#[test]
fn every_reference_has_a_definition() {
    let defined = defined();
    let mut references = Vec::new();
    for (path, text) in below(&repository(), ".rs").unwrap() {
        references.extend(in_rust(&text).into_iter().map(|(line, number)| (path.clone(), line, number)));
    }
    for (path, text) in below(&repository(), ".md").unwrap() {
        references.extend(in_document(&text).into_iter().map(|(line, number)| (path.clone(), line, number)));
    }
    for path in LISTS {
        let text = fs::read_to_string(repository().join(path)).unwrap();
        references.extend(in_document(&text).into_iter().map(|(line, number)| (path.to_owned(), line, number)));
    }
    assert!(references.len() > 200, "only {} references were found", references.len());
    let undefined: Vec<String> = references
        .into_iter()
        .filter(|(_, _, number)| !defined.contains_key(number))
        .map(|(path, line, number)| format!("{path}:{line}: {number}"))
        .collect();
    assert!(undefined.is_empty(), "references without a definition in docs/:\n{}", undefined.join("\n"));
}

#[test]
fn what_is_assumed_of_tribe_stands_in_the_table_with_what_puts_it_right() {
    let document = fs::read_to_string(repository().join("docs/decisions.md")).unwrap();
    let sources = below(&repository().join("plugin/src"), ".rs").unwrap();
    let assuming: Vec<&str> =
        sources.iter().filter(|(_, text)| text.contains("Tribe: assumed")).map(|(path, _)| path.as_str()).collect();
    assert!(!assuming.is_empty());
    for path in assuming {
        assert!(document.contains(&format!("| `{path}` |")), "{path} assumes something of Tribe that the table lacks");
    }
}

#[test]
fn every_number_is_defined_once_and_none_is_left_out() {
    let defined = defined();
    for (kind, width) in [("D", 1), ("A", 1), ("I", 1), ("F", 2)] {
        let count = defined.keys().filter(|number| number.starts_with(kind)).count();
        assert!(count > 10, "{kind}: {count}");
        for number in (1..=count).map(|number| format!("{kind}{number:0width$}")) {
            assert_eq!(defined.get(&number), Some(&1), "{number}");
        }
    }
}

#[test]
fn a_reference_is_a_word_of_its_own_in_a_comment() {
    let found = |text: &str| in_rust(text).into_iter().map(|(_, number)| number).collect::<Vec<_>>();
    assert_eq!(found("/// The first goes first (D3), by A1–A13.\nfn f() {}"), ["D3", "A1", "A13"]);
    assert_eq!(found("let a = 1; // as D2/D3, F27."), ["D2", "D3", "F27"]);
    assert_eq!(found("/* I5\n/* I7 */ I8 */ let i9 = \"I9\";"), ["I5", "I7", "I8"]);
    assert!(
        found("let a = \"// D1\"; let b = r#\"/// \" D2\"#; let c = '\"'; const D3: &'static str = \"\\\" // D4\";")
            .is_empty()
    );
    assert_eq!(found("let quote = '\\''; let a: &'a str = b\"\"; // D5"), ["D5"]);
}

#[test]
fn what_only_looks_like_one_is_none() {
    for text in ["// paper of `A4`", "// =C3=A9", "// #F106", "// 0xF12", "// UTF-8, I2C, F1, D03, A100, D3b, x-D3"] {
        assert_eq!(in_rust(text), [], "{text}");
    }
}

#[test]
fn a_line_is_told() {
    assert_eq!(in_rust("fn f() {}\n\n/* one\ntwo D1 */\n// D2"), [(4, "D1".to_owned()), (5, "D2".to_owned())]);
    assert_eq!(in_document("D1\n```\nD2\n```\n`D3` D4"), [(1, "D1".to_owned()), (5, "D4".to_owned())]);
}

#[test]
fn a_definition_is_a_row_that_begins_with_the_number() {
    let found =
        definitions("| id | x |\n|---|---|\n| D1 | by D2 |\n| F27 | a |\nD3\n| D4 and D5 | x |\n| D1 | again |");
    assert_eq!(found.into_iter().collect::<Vec<_>>(), [("D1".to_owned(), 2), ("F27".to_owned(), 1)]);
}
