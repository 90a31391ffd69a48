//! The processing log, as an office reads it that must account for what it processes.

use std::collections::BTreeSet;

use super::*;

const ACTIVITY: &str = "https://register.voorbeeld.example/koppeling";

/// The lines of a log.
fn lines(file: &Path) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// The subjects and systems of those that have one.
fn subjects(lines: &[Value]) -> BTreeSet<(String, String)> {
    let of = |line: &Value, name: &str| Some(line["attributes"][name].as_str()?.to_owned());
    lines
        .iter()
        .filter_map(|line| Some((of(line, "dpl.core.data_subject_id")?, of(line, "koppeling.system")?)))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_relation_that_is_written_has_its_line_in_the_processing_log_and_no_name_or_value_is_in_it() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let (data, log) = (folder.path(), folder.path().join("processing.jsonl"));
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);
    let logged = ["--processing-log", log.to_str().unwrap(), "--processing-activity", ACTIVITY];
    let run = |arguments: &[&str]| json(&succeed(data, &[arguments, &logged, &["--json"]].concat()));

    let synced = run(&["sync"]);
    let told = lines(&log);
    let written = synced["writes"].as_array().unwrap().iter().map(|write| {
        let (kind, id) = write["record"].as_str().unwrap().split_once('/').unwrap();
        (format!("ac:12345:{kind}:{id}"), write["to"].as_str().unwrap().to_owned())
    });
    assert_eq!(subjects(&told), written.collect());
    assert!(subjects(&told).len() > 20, "{told:?}");
    let marked = subjects(&told).into_iter().find(|(subject, _)| subject == "ac:12345:relatie:1001").unwrap();
    assert_eq!(stand_ins.tribe().find_by_import_id(&marked.0).len(), 1, "the id is the one that Tribe has too");
    for line in &told {
        assert_eq!(line["attributes"]["dpl.core.processing_activity_id"], ACTIVITY);
        assert_eq!(line["resource"]["attributes"]["service.name"], "koppeling");
        let of_call = |one: &&Value| one["trace_id"] == line["trace_id"] && one["parent_span_id"].is_null();
        let call = told.iter().find(of_call).unwrap();
        assert_eq!(call["name"], "initial-sync");
        assert!(line == call || line["parent_span_id"] == call["span_id"], "{line}");
    }
    let text = fs::read_to_string(&log).unwrap();
    // Nobody else asks it meanwhile.
    {
        let ac = stand_ins.advocaatcentraal();
        for (id, relatie) in ac.relaties() {
            for value in ["bedrijfsnaam", "naam", "email"].map(|field| relatie.current().text(field)) {
                assert!(value.len() < 6 || !text.contains(value), "{id}");
            }
        }
    }

    // Whoever keeps logs has moved it away. A cycle that writes nothing has no line, one that writes has a new file.
    fs::rename(&log, data.join("processing.1")).unwrap();
    run(&["poll"]);
    assert_eq!(fs::read_to_string(&log).unwrap_or_default(), "");
    let edit = |fields: &mut serde_json::Map<String, Value>| {
        fields.insert("telefoonnummer".to_owned(), "020 555 07 02".into());
    };
    stand_ins.advocaatcentraal().edit_relatie(host_harness::commands::stand_ins::now(), "1001", edit).unwrap();
    run(&["records", "resync", "relatie/1001"]);
    let told = lines(&log);
    assert_eq!(subjects(&told), [("ac:12345:relatie:1001".to_owned(), "tribe".to_owned())].into());
    let [call, line] = &told[..] else { panic!("{told:?}") };
    assert_eq!((&call["name"], &line["name"], &line["status"]), (&"resync".into(), &"write".into(), &"Ok".into()));
    assert_eq!(line["attributes"]["koppeling.fields"], serde_json::json!(["organisatie.telefoonnummer"]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_is_processed_without_the_log_that_was_asked_for() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);
    let away = data.join("away/processing.jsonl");
    let logged = ["--processing-log", away.to_str().unwrap(), "--processing-activity", ACTIVITY];
    let refused = koppeling(data, &[&["sync"][..], &logged].concat());
    assert_eq!(code(&refused), 3, "{}", both(&refused));
    assert!(both(&refused).contains("koppeling: the processing log cannot be written"), "{}", both(&refused));
    assert_eq!(stand_ins.tribe().counters().writes(), 0);
    let status = koppeling(data, &["status"]);
    assert_eq!(code(&status), 3, "{}", both(&status));
    let alone = koppeling(data, &["sync", "--processing-log", away.to_str().unwrap()]);
    assert_eq!(code(&alone), 2, "{}", both(&alone));
    assert!(both(&alone).contains("--processing-activity"), "{}", both(&alone));
}
