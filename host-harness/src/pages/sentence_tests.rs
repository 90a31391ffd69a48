#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeMap;
use std::time::Duration;

use super::*;
use crate::pages::words::Language;
use crate::store::{
    Activity, DIFFERENCES, LastDeliveries, Reached, Reason, RefusedDelivery, Run, Summary, Used, WRONG_SIGNATURE,
    Wanted,
};

const INTERVAL: Duration = Duration::from_secs(300);

/// A time of the 28th of November 2026 in Amsterdam.
fn at(time: &str) -> Timestamp {
    format!("2026-11-28T{time}:00Z").parse::<Timestamp>().unwrap().minus(Duration::from_secs(3_600))
}

fn run(work: &str, started: &str, result: RunResult) -> Run {
    let (counts, notes) = (BTreeMap::new(), BTreeMap::new());
    let (started, finished) = (at(started), at(started).plus(Duration::from_secs(1)));
    Run { work: work.to_owned(), started, finished, result, counts, notes, standing: None, reason: None }
}

fn failed(result: RunResult, system: &str, status: Option<u16>) -> Run {
    let (code, system) = ("some-code".to_owned(), system.to_owned());
    Run { reason: Some(Reason { system, code, status, setting: None }), ..run("poll", "09:40", result) }
}

/// An office after these runs; the first cycle ended at half past nine.
fn after(runs: &[Run]) -> OfficeSummary {
    let synced = [run("initial-sync", "09:00", RunResult::Done), run("poll", "09:30", RunResult::Done)];
    let summary = synced.iter().chain(runs).fold(Summary::default(), Summary::after);
    let (office, activity, used) = ("12345".parse().unwrap(), Activity::default(), Used::default());
    OfficeSummary { office, added: at("08:00"), activity, summary, used }
}

fn standing(dead_letters: u32, gone: u32, brakes: u32) -> OfficeSummary {
    let standing = Some(Standing { dead_letters, gone, brakes });
    after(&[Run { standing, ..run("poll", "09:39", RunResult::Done) }])
}

fn resting(wanted: Wanted) -> OfficeSummary {
    OfficeSummary { activity: Activity::of(wanted, at("09:15")), ..after(&[]) }
}

fn never(reached: Option<Reached>) -> OfficeSummary {
    let summary = reached.map_or_else(Summary::default, |reached| Summary::default().reached(reached));
    OfficeSummary { summary, ..after(&[]) }
}

fn refused() -> OfficeSummary {
    let refused = Some(RefusedDelivery { at: at("09:41"), why: WRONG_SIGNATURE.to_owned() });
    // Something that Tribe had to tell of, and long ago.
    let told_nobody = Run { counts: [("updated".to_owned(), 1)].into(), ..run("poll", "09:20", RunResult::Done) };
    let mut office = after(&[told_nobody, run("poll", "09:30", RunResult::Done)]);
    office.summary = office.summary.heard(LastDeliveries { accepted: None, refused });
    office
}

fn unexplained() -> OfficeSummary {
    let mut compared = run(DIFFERENCES, "09:35", RunResult::Done);
    compared.counts.insert("differs-unexplained".to_owned(), 1);
    after(&[compared])
}

/// The state, and the sentence in both languages, at that time.
fn told(office: &OfficeSummary, waiting: u64, now: &str) -> (State, [String; 2]) {
    let now = at(now);
    let state = OfficeState::of(office, now, INTERVAL);
    let stands = Stands { office, state: &state, waiting };
    let plain = |language| sentence(Words::of(language), stands).plain(Words::of(language), now);
    (state.state, Language::ALL.map(plain))
}

#[test]
fn every_state_has_its_sentence_in_both_languages() {
    use State::{
        Braked, Deactivated, DirectionPaused, FirstSync, InOrder, Late, NeverSynced, Paused, RecordsWait, Stopped,
        SystemAway, Unexplained, WebhookRefused,
    };
    let reached = |expected| Some(Reached { records: 12, expected, at: at("09:40") });
    let of_tribe = |result, status| after(&[failed(result, "Tribe", status)]);
    let of_advocaatcentraal = |result, status| after(&[failed(result, "AdvocaatCentraal", status)]);
    let of_neither = |result| after(&[failed(result, "store", None)]);
    let cases: &[(State, OfficeSummary, u64, &str, &str)] = &[
        (InOrder, after(&[]), 0, "Alles loopt.", "All is running."),
        (
            InOrder,
            after(&[]),
            1,
            "Alles loopt; 1 wijziging uit Tribe CRM wacht.",
            "All is running; 1 change from Tribe CRM waits.",
        ),
        (
            InOrder,
            after(&[]),
            3,
            "Alles loopt; 3 wijzigingen uit Tribe CRM wachten.",
            "All is running; 3 changes from Tribe CRM wait.",
        ),
        (
            InOrder,
            of_tribe(RunResult::Later, Some(429)),
            3,
            "De koppeling loopt langzamer: Tribe CRM vraagt sinds 09:40 om te wachten.",
            "The connector runs more slowly: Tribe CRM has asked it to wait since 09:40.",
        ),
        (
            DirectionPaused,
            resting(Wanted::DirectionPaused(Direction::ToTribe)),
            3,
            "Sinds 09:15 gaat er niets naar Tribe CRM: die richting is gepauzeerd; de andere loopt.",
            "Nothing has gone to Tribe CRM since 09:15: that direction is paused; the other one runs.",
        ),
        (
            DirectionPaused,
            resting(Wanted::DirectionPaused(Direction::ToAdvocaatcentraal)),
            0,
            "Sinds 09:15 gaat er niets naar AdvocaatCentraal: die richting is gepauzeerd; de andere loopt.",
            "Nothing has gone to AdvocaatCentraal since 09:15: that direction is paused; the other one runs.",
        ),
        (
            Deactivated,
            resting(Wanted::Deactivated),
            3,
            "De koppeling is gedeactiveerd sinds 09:15.",
            "The connector has been deactivated since 09:15.",
        ),
        (
            Paused,
            resting(Wanted::Paused),
            3,
            "De koppeling staat op pauze sinds 09:15.",
            "The connector has been paused since 09:15.",
        ),
        (
            SystemAway,
            of_advocaatcentraal(RunResult::Later, Some(503)),
            0,
            "Sinds 09:40 geeft AdvocaatCentraal geen bruikbaar antwoord; de koppeling probeert het vanzelf opnieuw.",
            "Since 09:40 AdvocaatCentraal has given no usable answer; the connector tries again by itself.",
        ),
        (
            SystemAway,
            of_neither(RunResult::Later),
            0,
            "Sinds 09:40 kan de koppeling niet verder; ze probeert het vanzelf opnieuw.",
            "Since 09:40 the connector cannot go on; it tries again by itself.",
        ),
        (
            WebhookRefused,
            refused(),
            0,
            "De periodieke synchronisatie loopt, maar de laatste melding van Tribe CRM is geweigerd (09:41): de handtekening klopt niet.",
            "The periodic sync is running, but the last notification from Tribe CRM was refused (09:41): its signature does not fit.",
        ),
        (
            RecordsWait,
            standing(3, 0, 0),
            0,
            "Alles loopt; 3 records wachten op een besluit.",
            "All is running; 3 records wait for a decision.",
        ),
        (
            RecordsWait,
            standing(0, 1, 0),
            0,
            "Alles loopt; 1 gekoppeld record is in Tribe CRM verdwenen.",
            "All is running; 1 linked record is gone in Tribe CRM.",
        ),
        (
            RecordsWait,
            standing(3, 1, 0),
            0,
            "Alles loopt; wachtend op een besluit: 3, verdwenen in Tribe CRM: 1.",
            "All is running; waiting for a decision: 3, gone in Tribe CRM: 1.",
        ),
        (
            FirstSync,
            never(reached(None)),
            0,
            "De initiële synchronisatie is begonnen en nog niet klaar: 12 records verwerkt.",
            "The initial sync was begun and is not done: 12 records handled.",
        ),
        (
            FirstSync,
            never(reached(Some(48))),
            0,
            "De initiële synchronisatie is begonnen en nog niet klaar: 12 van 48 records verwerkt (25 %).",
            "The initial sync was begun and is not done: 12 of 48 records handled (25 %).",
        ),
        (
            NeverSynced,
            never(None),
            0,
            "De initiële synchronisatie is nog niet gestart.",
            "The initial sync was not started yet.",
        ),
        (
            Braked,
            standing(3, 1, 1),
            0,
            "De koppeling loopt, maar houdt 1 soort wijziging tegen: te veel records zouden een waarde verliezen of zijn niet te zien.",
            "The connector is running, but holds 1 kind of change back: too many records would lose a value or do not show.",
        ),
        (
            Stopped,
            of_advocaatcentraal(RunResult::Credentials, Some(401)),
            0,
            "Sinds 09:40 staat de koppeling stil: de API-sleutel wordt geweigerd.",
            "The connector has stood still since 09:40: the API key is refused.",
        ),
        (
            Stopped,
            of_tribe(RunResult::Credentials, Some(401)),
            0,
            "Sinds 09:40 staat de koppeling stil: Tribe CRM weigert de aanmelding.",
            "The connector has stood still since 09:40: Tribe CRM refuses the login.",
        ),
        (
            Stopped,
            of_neither(RunResult::Settings),
            0,
            "Sinds 09:40 staat de koppeling stil: een instelling ontbreekt of klopt niet.",
            "The connector has stood still since 09:40: a setting is missing or wrong.",
        ),
        (
            Stopped,
            of_neither(RunResult::StateNewer),
            0,
            "Sinds 09:40 staat de koppeling stil: de gegevens zijn van een nieuwere versie.",
            "The connector has stood still since 09:40: its data are of a newer version.",
        ),
        (
            Stopped,
            of_neither(RunResult::Unsupported),
            0,
            "Sinds 09:40 staat de koppeling stil: deze versie van de koppeling kan dit niet.",
            "The connector has stood still since 09:40: this version of it cannot do this.",
        ),
        (
            Stopped,
            of_neither(RunResult::NoStore),
            0,
            "Sinds 09:40 staat de koppeling stil: de opslag op de server werkt niet.",
            "The connector has stood still since 09:40: the storage of the server does not work.",
        ),
        (
            Stopped,
            of_neither(RunResult::OfficeFull),
            0,
            "Sinds 09:40 staat de koppeling stil: de opslag voor dit kantoor is vol.",
            "The connector has stood still since 09:40: the storage for this office is full.",
        ),
        (
            Stopped,
            of_neither(RunResult::Failed),
            0,
            "Sinds 09:40 staat de koppeling stil door een fout in de koppeling.",
            "The connector has stood still since 09:40 by a defect of its own.",
        ),
        (
            Unexplained,
            unexplained(),
            0,
            "Bij de vergelijking van 09:35 is een verschil gevonden dat de koppeling niet kan verklaren.",
            "The comparison of 09:35 found a difference that the connector cannot explain.",
        ),
    ];
    for (state, office, waiting, dutch, english) in cases {
        let sentences = [(*dutch).to_owned(), (*english).to_owned()];
        assert_eq!(told(office, *waiting, "09:42"), (*state, sentences));
    }
    let late = [
        (after(&[]), "Sinds 09:30 is geen synchronisatie meer voltooid.", "No sync was completed since 09:30."),
        (
            of_tribe(RunResult::Later, Some(502)),
            "Sinds 09:30 is geen synchronisatie meer voltooid: Tribe CRM geeft geen bruikbaar antwoord.",
            "No sync was completed since 09:30: Tribe CRM gives no usable answer.",
        ),
    ];
    for (office, dutch, english) in &late {
        assert_eq!(told(office, 0, "11:00"), (Late, [(*dutch).to_owned(), (*english).to_owned()]));
    }
    let seen: std::collections::BTreeSet<_> = cases.iter().map(|(state, ..)| *state).chain([Late]).collect();
    assert_eq!(seen.len(), State::ALL.len(), "a state without a case");
}

#[test]
fn a_sentence_has_its_time_as_an_element_and_no_mark_is_left() {
    let office = after(&[failed(RunResult::Credentials, "AdvocaatCentraal", None)]);
    let now = at("09:42");
    let state = OfficeState::of(&office, now, INTERVAL);
    let words = Words::of(Language::Dutch);
    let told = sentence(words, Stands { office: &office, state: &state, waiting: 0 }).markup(words, now).into_string();
    assert_eq!(
        told,
        "Sinds <time datetime=\"2026-11-28T08:40:00Z\">09:40</time> staat de koppeling stil: de API-sleutel wordt geweigerd."
    );
}

#[test]
fn every_need_is_told_with_what_to_do_the_gravest_first() {
    let office = standing(2, 1, 1);
    for language in Language::ALL {
        let words = Words::of(language);
        let mut state = OfficeState::of(&office, at("09:42"), INTERVAL);
        state.needs = Need::ALL.to_vec();
        let told = advice(words, Stands { office: &office, state: &state, waiting: 0 });
        assert_eq!(told.len(), Need::ALL.len());
        assert!(told.iter().all(|one| one.text.ends_with('.') && one.command.starts_with("koppeling ")));
        assert_eq!(told.first().unwrap().text, words.say("do-unexplained"));
        let one_way = Wanted::DirectionPaused(Direction::ToTribe);
        for (wanted, resumed) in [(Wanted::Paused, true), (one_way, true), (Wanted::Active, false)] {
            let office = resting(wanted);
            let state = OfficeState::of(&office, at("09:42"), INTERVAL);
            let told = advice(words, Stands { office: &office, state: &state, waiting: 0 });
            assert_eq!(told.iter().any(|one| one.command == "koppeling office resume 12345"), resumed);
        }
    }
    let whose = |system| {
        let office = after(&[failed(RunResult::Credentials, system, None)]);
        let state = OfficeState::of(&office, at("09:42"), INTERVAL);
        advice(Words::of(Language::Dutch), Stands { office: &office, state: &state, waiting: 0 }).pop().unwrap().text
    };
    assert!(whose("AdvocaatCentraal").contains("tabblad Kantoor") && whose("Tribe").contains("Tribe CRM"));
}

#[test]
fn every_state_has_a_word_of_its_own() {
    for language in Language::ALL {
        let words: std::collections::BTreeSet<_> =
            State::ALL.into_iter().map(|state| word(Words::of(language), state)).collect();
        assert_eq!(words.len(), State::ALL.len());
    }
}
