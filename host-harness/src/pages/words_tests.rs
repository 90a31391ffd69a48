#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser::parse;

use super::*;

const TEXTS: [(&str, &str); 2] = [("nl", include_str!("texts/nl.ftl")), ("en", include_str!("texts/en.ftl"))];

/// The messages of a file, each with the values that it takes.
fn messages(text: &str) -> BTreeMap<String, BTreeSet<String>> {
    let resource = parse(text).unwrap_or_else(|(_, errors)| panic!("{errors:?}"));
    let mut found = BTreeMap::new();
    for entry in resource.body {
        let Entry::Message(message) = entry else { continue };
        let mut values = BTreeSet::new();
        of_pattern(&message.value.unwrap(), &mut values);
        assert!(found.insert(message.id.name.to_owned(), values).is_none(), "{} stands there twice", message.id.name);
    }
    found
}

fn of_pattern(pattern: &Pattern<&str>, values: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else { continue };
        match expression {
            Expression::Inline(inline) => of_inline(inline, values),
            Expression::Select { selector, variants } => {
                of_inline(selector, values);
                variants.iter().for_each(|variant| of_pattern(&variant.value, values));
            }
        }
    }
}

fn of_inline(inline: &InlineExpression<&str>, values: &mut BTreeSet<String>) {
    match inline {
        InlineExpression::VariableReference { id } => drop(values.insert(id.name.to_owned())),
        other => panic!("{other:?} is not used here"),
    }
}

/// Every text between quotes in the sources of the pages that is made as the name of a message is.
fn named_in_sources() -> BTreeSet<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pages");
    let files = fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let sources = files.filter(|file| {
        let name = file.file_name().unwrap().to_string_lossy();
        name.ends_with(".rs") && !name.ends_with("_tests.rs")
    });
    let is_name = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let texts = sources.flat_map(|file| {
        let text = fs::read_to_string(file).unwrap();
        let used = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default().to_owned();
        used.split('"').filter(is_name).map(str::to_owned).collect::<Vec<_>>()
    });
    texts.collect()
}

#[test]
fn both_languages_have_the_same_messages_with_the_same_values() {
    let [dutch, english] = TEXTS.map(|(_, text)| messages(text));
    assert_eq!(dutch, english);
    assert!(dutch.len() > 100);
}

#[test]
fn every_message_is_used_and_every_one_that_is_used_is_there() {
    let (there, named) = (messages(TEXTS[0].1), named_in_sources());
    let unused: Vec<_> = there.keys().filter(|message| !named.contains(*message)).collect();
    assert_eq!(unused, Vec::<&String>::new());
    // What `say` is called with plainly; the others are said by the tests of their pages, where a missing one panics.
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/pages");
    let mut asked = BTreeSet::new();
    for file in fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).filter(|file| file.is_file()) {
        let text = fs::read_to_string(file).unwrap();
        for call in ["say(\"", "say_with(\"", "say_with(\n                    \""] {
            asked.extend(text.split(call).skip(1).filter_map(|rest| Some(rest.split('"').next()?.to_owned())));
        }
    }
    let missing: Vec<_> = asked.iter().filter(|message| !there.contains_key(*message)).collect();
    assert!(asked.len() > 60, "{asked:?}");
    assert_eq!(missing, Vec::<&String>::new());
}

#[test]
fn no_message_was_copied_without_being_translated() {
    let [dutch, english] = Language::ALL.map(Words::of);
    let plain = messages(TEXTS[0].1).into_iter().filter(|(_, values)| values.is_empty());
    let same: Vec<_> = plain.filter(|(id, _)| dutch.say(id) == english.say(id)).map(|(id, _)| id).collect();
    assert_eq!(same, Vec::<String>::new());
}

#[test]
fn a_language_is_known_by_its_code() {
    for language in Language::ALL {
        assert_eq!(Language::named(language.code()), Some(language));
        assert_ne!(language.other(), language);
    }
    assert_eq!((Language::named("fr"), Language::default()), (None, Language::Dutch));
}
