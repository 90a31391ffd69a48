#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use super::*;

const SECRET: &str = "canary-7f3a";

fn text(extra: &str) -> String {
    format!(
        "office = \"12345\"\nadvocaatcentraal-url = \"https://ac.voorbeeld.example/api/\"\n\
         advocaatcentraal-key = \"{SECRET}\"\ntribe-client-id = \"{SECRET}\"\ntribe-client-secret = \"{SECRET}\"\n{extra}"
    )
}

#[test]
fn a_short_file_gets_the_defaults() {
    let settings = OfficeSettings::from_toml(&text("[relation-types]\nclient = \"customer\"\n")).unwrap();
    let config = settings.config();
    let expected = [
        ("advocaatcentraal-url", "https://ac.voorbeeld.example/api"),
        ("advocaatcentraal-office", "12345"),
        ("advocaatcentraal-key-header", "X-Api-Key"),
        ("tribe-url", "https://api.tribecrm.nl"),
        ("tribe-auth-url", "https://auth.tribecrm.nl"),
        ("tribe-login", "client-credentials"),
        ("tribe-webhook-header", "X-Tribe-Signature"),
        ("relation-types", r#"{"client":"customer"}"#),
        ("fields", "{}"),
        ("kvk", "off"),
        ("marker-field", "ImportId"),
    ];
    for (key, value) in expected {
        assert_eq!(config.get(key), Some(value), "{key}");
    }
    assert_eq!(config.get("tribe-webhook-secret"), None, "an empty setting is as good as none");
    assert_eq!(config.bucket(), "");
}

#[test]
fn rules_of_fields_travel_as_the_contract_names_them() {
    let settings = OfficeSettings::from_toml(&text(
        "kvk = \"on\"\nkept-days = 7\n[fields]\n\"organisatie.website\" = \"off\"\n\"particulier.naam\" = \"from-advocaatcentraal\"\n",
    ))
    .unwrap();
    assert_eq!(
        settings.config().get("fields"),
        Some(r#"{"organisatie.website":"off","particulier.naam":"from-advocaatcentraal"}"#)
    );
    assert_eq!(settings.config().get("kvk"), Some("on"));
    assert_eq!(settings.config().get("kept-days"), Some("7"));
}

#[test]
fn what_is_stored_reads_back_the_same() {
    let pinned = format!("oci://registry.example/connector@sha256:{}", "0d".repeat(32));
    let settings = OfficeSettings::from_toml(&text(&format!(
        "loopback = true\ntribe-url = \"http://127.0.0.1:80\"\ntribe-login = \"authorization-code\"\n\
         plugin = \"{pinned}\"\n"
    )))
    .unwrap();
    let again = OfficeSettings::from_stored(&settings.to_stored().unwrap()).unwrap();
    assert_eq!((again.reach, again.tribe_login), (Reach::Loopback, Login::AuthorizationCode));
    assert_eq!(again.config().get("tribe-login"), Some("authorization-code"));
    assert_eq!(again.plugin.to_string(), pinned);
    assert_eq!(settings.config().iter().collect::<Vec<_>>(), again.config().iter().collect::<Vec<_>>());
}

#[test]
fn the_template_is_a_file_that_is_understood() {
    OfficeSettings::from_toml(TEMPLATE).unwrap();
}

#[test]
fn a_mistake_is_told_by_its_line_and_never_by_its_text() {
    let cases = [
        (text("kvk = \"canary-7f3a\"\n"), FileProblem::Line { line: 6 }),
        (text("typo = \"canary-7f3a\"\n"), FileProblem::Unknown { line: 6 }),
        (text("tribe-url = canary-7f3a\n"), FileProblem::Line { line: 6 }),
        ("office = \"1\"\n".to_owned(), FileProblem::Missing { setting: "advocaatcentraal-url".to_owned() }),
        (text("").replace("12345", "canary 7f3a"), FileProblem::Office(NotAnOfficeNumber)),
    ];
    for (text, expected) in cases {
        let problem = OfficeSettings::from_toml(&text).unwrap_err();
        assert!(!problem.to_string().contains("canary"), "{problem}");
        assert_eq!(problem, expected);
    }
}

#[test]
fn a_connector_is_named_by_its_digest_and_not_by_a_version() {
    let problem =
        OfficeSettings::from_toml(&text("plugin = \"oci://registry.example/connector:1.2.3\"\n")).unwrap_err();
    assert!(
        problem.to_string().contains("koppeling plugin digest oci://registry.example/connector:1.2.3"),
        "{problem}"
    );
    let settings = OfficeSettings::from_toml(&text("")).unwrap();
    assert!(!String::from_utf8(settings.to_stored().unwrap().to_vec()).unwrap().contains("plugin"), "as before");
}

#[test]
fn one_office_is_one_however_its_number_is_spelled() {
    let number = |text: &str| text.parse::<OfficeNumber>().unwrap();
    for other in ["012345", "12-345", "0012345"] {
        assert!(number("12345").is_same_as(&number(other)), "{other}");
    }
    for other in ["1234", "123450", "a12345"] {
        assert!(!number("12345").is_same_as(&number(other)), "{other}");
    }
}

#[test]
fn nothing_printable_holds_a_secret() {
    let settings = OfficeSettings::from_toml(&text("")).unwrap();
    assert!(!format!("{settings:?} {:?}", settings.config()).contains(SECRET));
}

#[test]
fn only_real_systems_over_tls_are_taken_unless_they_are_stand_ins() {
    use Reach::{Internet, Loopback};
    let cases = [
        ("https://api.voorbeeld.example/x", Internet, Ok(())),
        ("http://api.voorbeeld.example", Internet, Err(UrlProblem::NotEncrypted)),
        ("http://api.voorbeeld.example", Loopback, Err(UrlProblem::NotEncrypted)),
        ("http://127.0.0.1:8080", Internet, Err(UrlProblem::NotEncrypted)),
        ("http://127.0.0.1:8080", Loopback, Ok(())),
        ("http://[::1]:8080", Loopback, Ok(())),
        ("https://127.0.0.1", Internet, Err(UrlProblem::NotPublic)),
        ("https://localhost", Internet, Err(UrlProblem::NotPublic)),
        ("https://10.0.0.8", Loopback, Err(UrlProblem::NotPublic)),
        ("https://169.254.169.254", Internet, Err(UrlProblem::NotPublic)),
        ("https://[::ffff:10.0.0.8]", Internet, Err(UrlProblem::NotPublic)),
        ("https://me:pass@api.voorbeeld.example", Internet, Err(UrlProblem::NotPlain)),
        ("https://api.voorbeeld.example?x=1", Internet, Err(UrlProblem::NotPlain)),
        ("ftp://api.voorbeeld.example", Internet, Err(UrlProblem::NotAUrl)),
        ("api.voorbeeld.example", Internet, Err(UrlProblem::NotAUrl)),
    ];
    for (text, reach, expected) in cases {
        assert_eq!(Destination::parse(text, reach).map(drop), expected, "{text} {reach:?}");
    }
}
