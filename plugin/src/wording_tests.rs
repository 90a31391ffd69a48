use std::collections::BTreeSet;

use super::*;

#[test]
fn no_sentence_names_a_command_or_a_button_of_a_host() {
    for code in Code::ALL {
        let Text { dutch, english } = code.text();
        let name = code.as_str();
        for sentence in [dutch, english] {
            assert!(!sentence.contains('`') && !sentence.contains("--"), "{name}: {sentence}");
            for word in ["typ ", "type in", "klik", "click", "knop", "button", "opdracht", "command"] {
                assert!(!sentence.to_lowercase().contains(word), "{name}: {sentence}");
            }
        }
        assert!(!english.to_lowercase().contains("koppeling"), "{name}: {english}");
        // In Dutch the connector is called so, always with an article; without one it is the program of a host.
        let mut before = "";
        for word in dutch.split_whitespace() {
            let is_name = word.trim_matches(|sign: char| !sign.is_alphabetic()) == "koppeling";
            assert!(!is_name || ["De", "de", "Deze", "deze"].contains(&before), "{name}: {dutch}");
            let names_a_button = before == "kies" && word.starts_with(char::is_uppercase);
            assert!(!names_a_button, "{name}: {dutch}");
            before = word;
        }
    }
}

#[test]
fn every_code_is_found_by_its_name_and_has_a_sentence_of_its_own() {
    let names: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    let sentences: BTreeSet<&str> = Code::ALL.iter().map(|code| code.text().dutch).collect();
    assert_eq!(names.len(), Code::ALL.len());
    assert_eq!(sentences.len(), Code::ALL.len());
    for code in Code::ALL {
        assert_eq!(Code::parse(code.as_str()), Some(*code));
    }
    assert_eq!(Code::parse("no-such-code"), None);
}
