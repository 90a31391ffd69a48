//! What to do about a system that gives no usable answer, where waiting may be all.

use super::advice::{About, address_of, setting_of_address, with_command};
use crate::component::Text;
use crate::run::system_name;
use crate::settings::OfficeNumber;
use crate::timestamp::Timestamp;

/// Codes of what may pass by itself.
const LATER: [&str; 11] = [
    "asks-to-wait",
    "broken-off",
    "connection-refused",
    "not-connected",
    "not-stored-yet",
    "probe-server-error",
    "probe-too-many-calls",
    "proxy-failed",
    "server-error",
    "store-failed",
    "timed-out",
];

/// Whether a code tells of what may pass by itself.
pub(super) fn passes_by_itself(code: &str) -> bool {
    LATER.contains(&code)
}

/// What is to be done where nothing is typed, in Dutch and in English, by the codes that ask for it.
const NEXT: &[(&[&str], &str, &str)] = &[
    (
        &["timed-out", "broken-off", "not-connected", "asks-to-wait", "not-stored-yet"],
        "Wacht: het wordt vanzelf opnieuw geprobeerd; blijft het zo, vraag het dan de beheerder van {system}.",
        "Wait: it is tried again by itself; if it lasts, ask who keeps {system}.",
    ),
    (
        &["server-error"],
        "Wacht: het wordt vanzelf opnieuw geprobeerd; blijft het zo, kijk dan of {setting} klopt en vraag het de beheerder van \
         {system}.",
        "Wait: it is tried again by itself; if it lasts, see whether {setting} is right, and ask who keeps {system}.",
    ),
    (
        &["certificate-expired", "certificate-untrusted", "certificate-refused"],
        "Vraag de beheerder van {system} om een geldig certificaat; staat er een proxy tussen, laat deze computer dan de \
         uitgever ervan vertrouwen, of geef die met --ca-bundle.",
        "Ask who keeps {system} for a valid certificate; if a proxy stands in between, let this machine trust its authority, or \
         give it with --ca-bundle.",
    ),
    (
        &["proxy-failed"],
        "Kijk of HTTPS_PROXY, met naam en wachtwoord, en NO_PROXY kloppen, en of de proxy het adres van {setting} doorlaat.",
        "See whether HTTPS_PROXY, with its name and password, and NO_PROXY are right, and whether the proxy lets the address of \
         {setting} through.",
    ),
    (
        &["too-large", "compressed", "list-repeats", "refused"],
        "Kijk of {setting} klopt; zo ja, vraag het dan de beheerder van {system}.",
        "See whether {setting} is right; if it is, ask who keeps {system}.",
    ),
    (
        &["store-failed"],
        "Kijk of de schijf met de gegevensmap vol of weg is, en probeer het opnieuw.",
        "See whether the disk with the data folder is full or away, and try again.",
    ),
];

/// What is to be done about a code of a system, where nothing is typed.
fn next(code: &str, about: &About<'_>) -> Option<Text> {
    let (_, dutch, english) = NEXT.iter().find(|(codes, _, _)| codes.contains(&code))?;
    let system = about.system.map_or("the system", system_name);
    let setting = setting_of_address(about).unwrap_or("the address");
    let filled_in = |text: &str| text.replace("{system}", system).replace("{setting}", setting);
    Some(Text { dutch: filled_in(dutch), english: filled_in(english) })
}

/// The sentences of a code, each with what to do behind it. `worked`: when the office last worked, if it ever did.
pub(super) fn with_next(
    text: Text,
    code: &str,
    office: &OfficeNumber,
    about: &About<'_>,
    worked: Option<Timestamp>,
) -> Text {
    if let Some(next) = next(code, about) {
        return Text {
            dutch: format!("{} {}", text.dutch, next.dutch),
            english: format!("{} {}", text.english, next.english),
        };
    }
    let (Some(worked), Some(setting)) = (worked, address_of(code, about)) else {
        return with_command(text, code, office, about);
    };
    Text {
        dutch: format!(
            "{} Op {worked} werkte het nog: wacht, het wordt vanzelf opnieuw geprobeerd. Alleen als {setting} sindsdien moet \
             wijzigen, typ: `koppeling office edit {office} --set {setting}=<address>`.",
            text.dutch
        ),
        english: format!(
            "{} It worked at {worked}: wait, it is tried again by itself. Only if {setting} must change since then, type: \
             `koppeling office edit {office} --set {setting}=<address>`.",
            text.english
        ),
    }
}

#[cfg(test)]
mod tests {
    use advocaatcentraal_tribe::wording::Outage;

    use super::*;
    use crate::component::System;

    #[test]
    fn every_outage_says_what_to_do() {
        let office = "12345".parse().unwrap_or_else(|_| unreachable!());
        for system in [System::Advocaatcentraal, System::Tribe] {
            let about = About { system: Some(system), ..About::default() };
            for code in Outage::ALL {
                let text = Text { dutch: String::new(), english: String::new() };
                let told = with_next(text, code.as_str(), &office, &about, None);
                assert!(told.english.len() > 20 && told.dutch.len() > 20, "{}", code.as_str());
                assert!(!told.english.contains('{') && !told.dutch.contains('{'), "{}", told.english);
            }
        }
        for code in NEXT.iter().flat_map(|(codes, _, _)| *codes) {
            assert!(Outage::parse(code).is_some(), "{code}");
        }
    }

    #[test]
    fn what_worked_before_is_waited_for() {
        let office = "12345".parse().unwrap_or_else(|_| unreachable!());
        let text = || Text { dutch: "Een zin.".to_owned(), english: "A sentence.".to_owned() };
        let about = About { system: Some(System::Advocaatcentraal), ..About::default() };
        let told = |code, worked| with_next(text(), code, &office, &about, worked).english;
        let worked = Some(Timestamp::from_millis(0));
        let waits = told("connection-refused", worked);
        assert!(waits.starts_with("A sentence. It worked at 1970-01-01T00:00:00Z: wait, "), "{waits}");
        assert!(
            told("connection-refused", None).contains("Type: `koppeling office edit 12345 --set advocaatcentraal-url=")
        );
        assert_eq!(told("brake-on", worked), "A sentence. Type: `koppeling brake list 12345`.");
    }
}
