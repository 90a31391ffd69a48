use std::collections::BTreeSet;

use super::*;

/// Every code with its sentences.
fn all() -> impl Iterator<Item = (&'static str, Text)> {
    let codes = Code::ALL.iter().map(|code| (code.as_str(), code.text()));
    let probed = Probed::ALL.iter().map(|code| (code.as_str(), code.text()));
    let outages = Outage::ALL.iter().map(|code| (code.as_str(), code.text()));
    let whys = Why::ALL.iter().map(|code| (code.as_str(), code.text()));
    let tried = Tried::ALL.iter().map(|code| (code.as_str(), code.text()));
    codes.chain(whys).chain(outages).chain(probed).chain(tried)
}

#[test]
fn no_sentence_names_a_command_or_a_button_of_a_host() {
    for (name, Text { dutch, english }) in all() {
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
    let names: BTreeSet<&str> = all().map(|(name, _)| name).collect();
    let sentences: BTreeSet<&str> = all().map(|(_, text)| text.dutch).collect();
    let count = all().count();
    assert_eq!((names.len(), sentences.len()), (count, count));
    for (name, text) in all() {
        assert_eq!(describe(name), Some(text));
    }
    assert_eq!(describe("no-such-code"), None);
}
