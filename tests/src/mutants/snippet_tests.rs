#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::super::catalogue::{CatalogueError, only_ones, parse};
use super::*;

const FILE: &str = "plugin/src/lib.rs";
const TEXT: &str = "fn one() {\n    first();\n    second();\n}\n\nfn other() {\n    first();\n}\n";

fn sources() -> Sources {
    [(FILE.to_owned(), TEXT.to_owned())].into()
}

fn mutant(name: &str, right: &str, wrong: &str) -> Mutant {
    let (file, right, wrong) = (FILE.to_owned(), right.to_owned(), wrong.to_owned());
    let places = vec![Place { file, right, wrong }];
    Mutant { name: name.to_owned(), what: "Something is wrong.".to_owned(), places, by: None, unnoticed: None }
}

fn names(groups: &[Vec<&Mutant>]) -> Vec<Vec<String>> {
    groups.iter().map(|group| group.iter().map(|mutant| mutant.name.clone()).collect()).collect()
}

#[test]
fn a_wrong_version_stands_where_the_right_lines_stood() {
    let wrong = mutant("no-second", "second();\n", "if !MUTANT { second(); }\n");
    let changed = switched_in(&[&wrong], &sources()).unwrap();
    let expected = TEXT.replace("    second();\n", "if !crate::mutant::is(\"no-second\") { second(); }\n\n");
    assert_eq!(changed[FILE], expected);
}

#[test]
fn indentation_does_not_count_and_the_rest_of_a_line_does() {
    let found = |right: &str| groups(&[&mutant("it", right, "MUTANT")], &sources()).is_ok();
    assert!(found("fn one() {\nfirst();\n") && found("\n            second();\n"));
    assert!(!found("second()") && !found("econd();"));
}

#[test]
fn lines_that_stand_nowhere_or_twice_name_their_mutant() {
    for (right, count) in [("third();", 0), ("first();", 2), ("second();\nfirst();", 0)] {
        let wrong = mutant("astray", right, "MUTANT");
        let misfit = groups(&[&wrong], &sources()).unwrap_err();
        assert!(matches!(&misfit, Misfit::NotOnce { name, times, .. } if name == "astray" && *times == count));
        assert_eq!(switched_in(&[&wrong], &sources()), Err(misfit));
    }
    let elsewhere = groups(&[&mutant("astray", "second();", "MUTANT")], &Sources::new()).unwrap_err();
    assert!(matches!(elsewhere, Misfit::NoFile { name, .. } if name == "astray"));
}

#[test]
fn what_touches_the_same_lines_is_kept_apart() {
    let all = [
        mutant("whole", "first();\nsecond();", "if MUTANT {}"),
        mutant("second", "second();\n}", "if MUTANT {}"),
        mutant("last", "fn other() {", "if MUTANT {}"),
        mutant("second-again", "second();", "if MUTANT {}"),
    ];
    let all: Vec<&Mutant> = all.iter().collect();
    let kept_apart = groups(&all, &sources()).unwrap();
    assert_eq!(names(&kept_apart), [vec!["whole", "last"], vec!["second"], vec!["second-again"]]);
    for group in &kept_apart {
        assert!(switched_in(group, &sources()).is_ok());
    }
    assert_eq!(switched_in(&all, &sources()), Err(Misfit::SameLines(FILE.to_owned())));
}

#[test]
fn neighbours_share_a_copy() {
    let all = [mutant("one", "fn one() {", "if MUTANT"), mutant("next", "first();\nsecond();", "if MUTANT")];
    let all: Vec<&Mutant> = all.iter().collect();
    assert_eq!(groups(&all, &sources()).unwrap().len(), 1);
    let text = &switched_in(&all, &sources()).unwrap()[FILE];
    assert!(text.starts_with("if crate::mutant::is(\"one\")\nif crate::mutant::is(\"next\")\n}\n"), "{text}");
}

#[test]
fn the_catalogue_names_each_mutant_once_and_switches_it() {
    let entry = |name: &str, wrong: &str| {
        format!("[{name}]\nwhat = 'Wrong.'\nfile = '{FILE}'\nright = 'second();'\nwrong = '{wrong}'\n")
    };
    let read = |text: &str| parse("sample.toml", text);
    assert_eq!(
        read(&entry("it", "if MUTANT {}")).unwrap(),
        [Mutant { what: "Wrong.".to_owned(), ..mutant("it", "second();", "if MUTANT {}") }]
    );
    assert!(matches!(read(&entry("it", "{}")), Err(CatalogueError::NothingSwitched(name)) if name == "it"));
    let twice = entry("it", "MUTANT") + &entry("it", "MUTANT");
    assert!(matches!(read(&twice), Err(CatalogueError::NotUnderstood(..))), "in one file");
    let in_two_files = [read(&entry("it", "MUTANT")).unwrap(), read(&entry("it", "MUTANT")).unwrap()].concat();
    assert!(matches!(only_ones(in_two_files), Err(CatalogueError::TwoOfOneName(name)) if name == "it"));
}
