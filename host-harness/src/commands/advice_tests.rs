#![allow(clippy::unwrap_used, clippy::panic)]

use advocaatcentraal_tribe::wording::Code;
use clap::Parser;

use super::*;
use crate::commands::Cli;

/// The words with which a clause asks a person for something.
const ASKS: [&str; 17] = [
    "allow", "ask", "change", "check", "choose", "do", "empty", "enter", "fill", "log", "make", "map", "move",
    "report", "see", "set", "switch",
];
/// The words with which a clause begins that asks for nothing.
const TELLS: [&str; 15] = [
    "AdvocaatCentraal",
    "Tribe",
    "addresses",
    "as",
    "country",
    "each",
    "gender",
    "it",
    "nothing",
    "the",
    "they",
    "there",
    "this",
    "what",
    "whether",
];
/// These ask for something that is done in one of the two systems.
const DONE_THERE: [Code; 10] = [
    Code::RequiredFieldEmpty,
    Code::NotCleared,
    Code::RefusedByAdvocaatCentraal,
    Code::FieldNotUnderstoodInTribe,
    Code::FieldNeverUnderstoodInTribe,
    Code::ContactMoved,
    Code::DiffersStoredOtherwise,
    Code::DiffersUnreadable,
    Code::DiffersDemanded,
    Code::DiffersRefused,
];

/// Whether a sentence asks a person for something. A clause that begins with a word of neither list fails.
fn asks(sentence: &str) -> bool {
    let mut asks = sentence.contains("until a person");
    for clause in sentence.split("; ").skip(1) {
        let word = clause.split_whitespace().next().unwrap();
        assert!(ASKS.contains(&word) || TELLS.contains(&word), "does `{word}` ask for something? {sentence}");
        asks |= ASKS.contains(&word);
    }
    asks
}

#[test]
fn every_code_that_asks_for_a_command_has_one() {
    let office = "12345".parse().unwrap();
    for code in Code::ALL {
        let sentence = code.text().english;
        let wants = asks(sentence) && !DONE_THERE.contains(code);
        assert!(!wants || command(code.as_str(), &office).is_some(), "{}: {sentence}", code.as_str());
    }
}

#[test]
fn every_command_is_one_of_this_program_and_of_a_code() {
    let office = "12345".parse().unwrap();
    for (code, _) in COMMANDS {
        assert!(Code::parse(code).is_some(), "{code}");
        let command = command(code, &office).unwrap().replace("<record>", "relatie/1001");
        Cli::try_parse_from(command.split(' ')).map(drop).unwrap_or_else(|error| panic!("{command}: {error}"));
    }
}

#[test]
fn the_command_stands_behind_both_sentences() {
    let text = || Text { dutch: "Een zin.".to_owned(), english: "A sentence.".to_owned() };
    let office = "12345".parse().unwrap();
    let told = with_command(text(), "brake-on", &office);
    assert_eq!(told.dutch, "Een zin. Typ: `koppeling brake list 12345`.");
    assert_eq!(told.english, "A sentence. Type: `koppeling brake list 12345`.");
    assert_eq!(with_command(text(), "tribe-reached", &office), text());
}
