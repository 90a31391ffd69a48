#![allow(clippy::unwrap_used, clippy::panic)]

use advocaatcentraal_tribe::wording::{Code, Text as Sentences, Why, describe};
use clap::Parser;

use super::*;
use crate::commands::Cli;
use crate::component::RecordKind;

/// The words with which a clause asks a person for something.
const ASKS: [&str; 19] = [
    "allow", "ask", "change", "check", "choose", "do", "empty", "enter", "fill", "log", "make", "map", "move",
    "remove", "report", "see", "set", "switch", "try",
];
/// The words with which a clause begins that asks for nothing.
const TELLS: [&str; 18] = [
    "AdvocaatCentraal",
    "Tribe",
    "addresses",
    "as",
    "country",
    "each",
    "gender",
    "both",
    "its",
    "it",
    "nothing",
    "only",
    "the",
    "they",
    "there",
    "this",
    "what",
    "whether",
];
/// These ask for something that is done in one of the two systems.
const DONE_THERE: [&str; 12] = [
    Code::AddressKeptTwice.as_str(),
    Code::AddressNotKept.as_str(),
    Code::RequiredFieldEmpty.as_str(),
    Code::NotCleared.as_str(),
    Code::RefusedByAdvocaatCentraal.as_str(),
    Code::FieldNotUnderstoodInTribe.as_str(),
    Code::FieldNeverUnderstoodInTribe.as_str(),
    Code::ContactMoved.as_str(),
    Why::StoredOtherwise.as_str(),
    Why::Unreadable.as_str(),
    Why::Demanded.as_str(),
    Why::Refused.as_str(),
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
    let codes = Code::ALL.iter().map(|code| (code.as_str(), code.text()));
    let whys = Why::ALL.iter().map(|why| (why.as_str(), why.text()));
    for (code, Sentences { english, .. }) in codes.chain(whys) {
        let wants = asks(english) && !DONE_THERE.contains(&code);
        let has_one = commands(code, &office, &About::default()).is_some();
        assert!(!wants || has_one, "{code}: {english}");
    }
}

#[test]
fn every_command_is_one_of_this_program_and_of_a_code() {
    let office = "12345".parse().unwrap();
    for (code, _) in COMMANDS {
        assert!(describe(code).is_some(), "{code}");
        let record = RecordId { kind: RecordKind::Relatie, id: "1001".to_owned() };
        for system in [System::Advocaatcentraal, System::Tribe] {
            let field = Some("organisatie.email");
            let about = About { record: Some(&record), field, system: Some(system), ..About::default() };
            commands(code, &office, &about).unwrap().iter().for_each(|command| assert_understood(command));
        }
        assert!(!commands(code, &office, &About::default()).unwrap().concat().contains('{'), "{code}");
    }
}

fn assert_understood(command: &str) {
    Cli::try_parse_from(command.split(' ')).map(drop).unwrap_or_else(|error| panic!("{command}: {error}"));
}

#[test]
fn every_setting_can_be_changed_by_a_command() {
    let office = "12345".parse().unwrap();
    for setting in [
        "advocaatcentraal-office",
        "advocaatcentraal-key",
        "paused-direction",
        "relation-types",
        "fields",
        "marker-field",
    ] {
        assert_understood(&change_of(setting, &office));
    }
    assert_eq!(change_of("tribe-client-secret", &office), new_credentials(System::Tribe, &office));
}

#[test]
fn a_command_names_the_record_and_the_secret_that_it_is_about() {
    let office = "12345".parse().unwrap();
    let record = RecordId { kind: RecordKind::Contactpersoon, id: "5001".to_owned() };
    let about = About { record: Some(&record), system: Some(System::Tribe), ..About::default() };
    let told = |code: &str, about: &About<'_>| commands(code, &office, about).unwrap().join(" | ");
    assert_eq!(told("refused-by-tribe", &about), "koppeling letters retry contactpersoon/5001 12345");
    assert_eq!(told("refused-by-tribe", &About::default()), "koppeling letters retry <record> 12345");
    assert_eq!(told("credentials-refused", &about), "koppeling office edit 12345 --ask tribe-client-secret");
}

#[test]
fn an_address_is_told_by_the_setting_that_has_it() {
    let office = "12345".parse().unwrap();
    let of = |system, of_login| About { system: Some(system), of_login, ..About::default() };
    for (about, setting) in [
        (of(System::Advocaatcentraal, true), "advocaatcentraal-url"),
        (of(System::Tribe, false), "tribe-url"),
        (of(System::Tribe, true), "tribe-auth-url"),
    ] {
        for code in ["name-unknown", "no-json", "not-there", "certificate-of-another", "elsewhere-told"] {
            assert_eq!(address_of(code, &about), Some(setting), "{code}");
            let command = commands(code, &office, &about).unwrap().concat();
            assert!(command.contains(&format!("--set {setting}=")), "{command}");
        }
        assert_eq!(address_of("server-error", &about), None);
    }
}

#[test]
fn what_may_be_the_address_or_the_number_names_both_commands() {
    let text = Text { dutch: "Een zin.".to_owned(), english: "A sentence.".to_owned() };
    let about = About { system: Some(System::Advocaatcentraal), ..About::default() };
    let told = with_command(text, "office-differs", &"12345".parse().unwrap(), &about).english;
    let both = "`koppeling office edit 12345 --set advocaatcentraal-url=<address>`, or `koppeling office add`.";
    assert_eq!(told, format!("A sentence. Type: {both}"));
}

#[test]
fn the_command_stands_behind_both_sentences() {
    let text = || Text { dutch: "Een zin.".to_owned(), english: "A sentence.".to_owned() };
    let office = "12345".parse().unwrap();
    let told = with_command(text(), "brake-on", &office, &About::default());
    assert_eq!(told.dutch, "Een zin. Typ: `koppeling brake list 12345`.");
    assert_eq!(told.english, "A sentence. Type: `koppeling brake list 12345`.");
    assert_eq!(with_command(text(), "tribe-reached", &office, &About::default()), text());
}
