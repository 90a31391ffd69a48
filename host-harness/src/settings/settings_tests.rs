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
        ("tribe-function-field", "Function"),
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

fn filled_in(template: &str) -> String {
    let template =
        template.replace("advocaatcentraal-url = \"…\"", "advocaatcentraal-url = \"https://ac.voorbeeld.example\"");
    template.replace("office = \"…\"", "office = \"12345\"").replace("= \"…\"", "= \"x\"")
}

#[test]
fn the_template_is_refused_as_it_is_and_understood_when_it_is_filled_in() {
    let settings =
        vec!["office", "advocaatcentraal-url", "advocaatcentraal-key", "tribe-client-id", "tribe-client-secret"];
    assert_eq!(OfficeSettings::from_toml(TEMPLATE).unwrap_err(), FileProblem::Untouched { settings });
    OfficeSettings::from_toml(&filled_in(TEMPLATE)).unwrap();
}

#[test]
fn the_template_has_every_setting_and_its_default() {
    for (name, _) in names::SETTINGS {
        let stands = TEMPLATE.lines().any(|line| {
            let line = line.trim_start_matches("# ").trim_start_matches('[');
            line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', ']']))
        });
        assert!(stands, "{name}");
    }
    // What stands behind a # is what holds without it, besides the setting's other values, and what has no default.
    let plain = OfficeSettings::from_toml(&filled_in(TEMPLATE)).unwrap();
    let others = ["authorization-code", "…", "contactpersoon.voornamen", "organisatie.website"];
    let is_set = |line: &str| line.split_once(" = ").is_some_and(|(name, _)| names::setting(name).is_some());
    let shown: String = TEMPLATE
        .lines()
        .map(|line| match line.strip_prefix("# ") {
            Some(set) if is_set(set) && !others.iter().any(|other| set.contains(other)) => format!("{set}\n"),
            Some(_) => "\n".to_owned(),
            None => format!("{line}\n"),
        })
        .collect();
    let shown = OfficeSettings::from_toml(&filled_in(&shown)).unwrap();
    // Thirty days are the connector's own default.
    assert_eq!(plain.differing(&shown), ["kept-days"]);
    assert_eq!(shown.kept_days, Some(30));
}

#[test]
fn every_setting_has_a_name_here() {
    let mut settings = OfficeSettings::from_toml(&text("kept-days = 7\n")).unwrap();
    settings.advocaatcentraal_user = "user".to_owned();
    settings.advocaatcentraal_password = SecretString::from(SECRET);
    settings.dialect = dialect::PRACTICE.to_owned();
    settings.plugin =
        "oci://registry.example/connector@sha256:0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d0d"
            .parse()
            .unwrap();
    let stored: serde_json::Value = serde_json::from_slice(&settings.to_stored().unwrap()).unwrap();
    let mut known: Vec<&str> = names::SETTINGS.iter().map(|(name, _)| *name).collect();
    let mut kept: Vec<&str> = stored.as_object().unwrap().keys().map(String::as_str).collect();
    known.sort_unstable();
    kept.sort_unstable();
    assert_eq!(known, kept);
}

fn change(name: &str, value: Option<&str>) -> Change {
    Change { name: name.to_owned(), value: value.map(SecretString::from) }
}

#[test]
fn one_setting_is_changed_and_all_others_stay() {
    let before =
        OfficeSettings::from_toml(&text("marker-field = \"ExtraId\"\n[relation-types]\nclient = \"customer\"\n"));
    let before = before.unwrap();
    let changes = [
        change("kept-days", Some("7")),
        change("relation-types.leverancier", Some("supplier")),
        change("fields.organisatie.website", Some("off")),
        change("tribe-client-secret", Some("another")),
    ];
    let after = before.changed(&changes).unwrap();
    assert_eq!(before.differing(&after), ["tribe-client-secret", "kept-days", "relation-types", "fields"]);
    assert_eq!(after.config().get("fields"), Some(r#"{"organisatie.website":"off"}"#));
    assert_eq!(after.config().get("relation-types"), Some(r#"{"client":"customer","leverancier":"supplier"}"#));
    let back = [change("marker-field", None), change("relation-types.client", None), change("kept-days", None)];
    let after = after.changed(&back).unwrap();
    assert_eq!((after.marker_field.as_str(), after.kept_days), ("ImportId", None));
    assert_eq!(after.config().get("relation-types"), Some(r#"{"leverancier":"supplier"}"#));
}

#[test]
fn a_change_that_cannot_be_made_says_which_setting_it_is_and_never_a_value() {
    let settings = OfficeSettings::from_toml(&text("")).unwrap();
    for (name, value, expected) in [
        ("kvk", Some(SECRET), FileProblem::Value { setting: "kvk" }),
        ("kept-days", Some(SECRET), FileProblem::Value { setting: "kept-days" }),
        ("loopback", Some("yes"), FileProblem::Value { setting: "loopback" }),
        ("fields.organisatie.website", Some(SECRET), FileProblem::Value { setting: "fields" }),
        ("fields", Some("off"), FileProblem::NoEntry { setting: "fields" }),
        ("kvk.on", Some("on"), FileProblem::NoSuchSetting { name: "kvk.on".to_owned() }),
        (SECRET, Some("on"), FileProblem::NoSuchSetting { name: SECRET.to_owned() }),
        ("fields.foo", None, FileProblem::NoSuchEntry { setting: "fields", entry: "foo".to_owned() }),
        ("fields.foo", Some("off"), FileProblem::NoSuchEntry { setting: "fields", entry: "foo".to_owned() }),
        ("relation-types.foo", None, FileProblem::NoSuchEntry { setting: "relation-types", entry: "foo".to_owned() }),
        ("office", Some("2"), FileProblem::FixedOffice),
        ("tribe-client-id", None, FileProblem::Missing { setting: "tribe-client-id".to_owned() }),
    ] {
        let problem = settings.changed(&[change(name, value)]).unwrap_err();
        assert!(!problem.to_string().contains("canary"), "{problem}");
        assert_eq!(problem, expected, "{name}");
    }
    let told = settings.changed(&[change("kvkk", Some("on"))]).unwrap_err().to_string();
    assert!(told.starts_with("there is no setting `kvkk`; "), "{told}");
    // What stands there under a wrong name is taken out.
    let wrong = OfficeSettings::from_toml(&text("[fields]\n\"foo\" = \"off\"\n")).unwrap();
    assert!(wrong.changed(&[change("fields.foo", None)]).unwrap().fields.is_empty());
    // A field that is at its default is one all the same.
    assert!(settings.changed(&[change("fields.organisatie.website", None)]).is_ok());
}

#[test]
fn a_mistake_is_told_by_its_line_and_never_by_its_text() {
    let cases = [
        (text("kvk = \"canary-7f3a\"\n"), FileProblem::Line { line: 6, setting: Some("kvk") }),
        (text("[fields]\n\"a\" = \"canary-7f3a\"\n"), FileProblem::Line { line: 7, setting: Some("fields") }),
        (text("typo = \"canary-7f3a\"\n"), FileProblem::Unknown { line: 6 }),
        (text("tribe-url = canary-7f3a\n"), FileProblem::Line { line: 6, setting: Some("tribe-url") }),
        (text("canary-7f3a\n"), FileProblem::Line { line: 6, setting: None }),
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
fn a_mistake_says_what_the_setting_must_be() {
    let problem = OfficeSettings::from_toml(&text("kvk = true\n")).unwrap_err();
    assert_eq!(problem.to_string(), "line 6: kvk is not understood; it is \"on\" or \"off\"");
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
fn what_may_be_seen_of_the_settings_holds_no_secret_and_all_else() {
    let settings = OfficeSettings::from_toml(&text("marker-field = \"ExtraId\"\n")).unwrap();
    let shown = settings.without_secrets();
    assert!(!serde_json::to_string(&shown).unwrap().contains(SECRET));
    assert_eq!((shown["office"].as_str(), shown["marker-field"].as_str()), (Some("12345"), Some("ExtraId")));
}

/// The names of the settings that the connector reads.
fn names_of_the_connector() -> Vec<&'static str> {
    let source = include_str!("../../../plugin/src/settings.rs");
    let (_, names) = source.split_once("pub mod name {").unwrap();
    let (names, _) = names.split_once("\n}\n").unwrap();
    let names = names.lines().filter_map(|line| line.trim().strip_prefix("pub const ")?.split('"').nth(1));
    names.collect()
}

#[test]
fn every_setting_of_the_connector_can_be_set() {
    let settings = OfficeSettings::from_toml(&text("")).unwrap();
    let names = names_of_the_connector();
    assert!(names.len() > 15, "{names:?}");
    // The office's number is fixed when it is added; a direction is paused beside the settings.
    let elsewhere = ["advocaatcentraal-office", "paused-direction"];
    assert_eq!(settings.config_while_paused("to-tribe").get("paused-direction"), Some("to-tribe"));
    for name in names.into_iter().filter(|name| !elsewhere.contains(name)) {
        let (setting, value) = match name {
            "advocaatcentraal-url" | "tribe-url" | "tribe-auth-url" => (name, "https://other.voorbeeld.example"),
            "dialect" => (name, dialect::PRACTICE),
            "tribe-login" => (name, "authorization-code"),
            "kvk" => (name, "on"),
            "kept-days" => (name, "7"),
            "relation-types" => ("relation-types.client", "customer"),
            "fields" => ("fields.organisatie.website", "off"),
            name => (name, "another"),
        };
        let changed = settings.changed(&[change(setting, Some(value))]);
        let changed = changed.unwrap_or_else(|problem| panic!("{name}: {problem}"));
        assert_ne!(changed.config().get(name), settings.config().get(name), "{name}");
    }
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
        ("https://localhost.", Internet, Err(UrlProblem::NotPublic)),
        ("https://api.localhost", Internet, Err(UrlProblem::NotPublic)),
        ("https://127.1", Internet, Err(UrlProblem::NotPublic)),
        ("https://127.1", Loopback, Err(UrlProblem::NotPublic)),
        ("http://127.1:8080", Loopback, Err(UrlProblem::NotPublic)),
        ("https://0x7f000001", Internet, Err(UrlProblem::NotPublic)),
        ("https://0x7F.1", Internet, Err(UrlProblem::NotPublic)),
        ("https://2130706433", Internet, Err(UrlProblem::NotPublic)),
        ("https://0177.0.0.1", Internet, Err(UrlProblem::NotPublic)),
        ("https://8.8.8.8.", Internet, Err(UrlProblem::NotPublic)),
        ("https://8.8.8.8:8443", Internet, Ok(())),
        ("https://[2a00:1450::1]:8443", Internet, Ok(())),
        ("https://[2a00:1450::1]", Internet, Ok(())),
        ("https://2.voorbeeld.example", Internet, Ok(())),
        ("https://api.voorbeeld.example:0", Internet, Err(UrlProblem::NoSuchPort)),
        ("https://api.voorbeeld.example:65536", Internet, Err(UrlProblem::NoSuchPort)),
        ("https://[2a00:1450::1]:0", Internet, Err(UrlProblem::NoSuchPort)),
        ("http://127.0.0.1:0", Loopback, Err(UrlProblem::NoSuchPort)),
        ("https://me:pass@api.voorbeeld.example", Internet, Err(UrlProblem::NotPlain)),
        ("https://api.voorbeeld.example?x=1", Internet, Err(UrlProblem::NotPlain)),
        ("ftp://api.voorbeeld.example", Internet, Err(UrlProblem::NotAUrl)),
        ("api.voorbeeld.example", Internet, Err(UrlProblem::NotAUrl)),
    ];
    for (text, reach, expected) in cases {
        assert_eq!(Destination::parse(text, reach).map(drop), expected, "{text} {reach:?}");
    }
}
