#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use serde_json::{Value, json};

use super::*;
use crate::component::RecordId;

const ACTIVITY: &str = "https://register.voorbeeld.example/koppeling";

fn log(file: &Path) -> ProcessingLog {
    ProcessingLog::at(file.to_owned(), ACTIVITY.parse().unwrap())
}

fn write(id: &str, to: System, field: Option<&str>, result: WriteResult) -> Write {
    let subject = RecordId { kind: RecordKind::Relatie, id: id.to_owned() };
    Write { subject, to, field: field.map(str::to_owned), result }
}

fn lines(file: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(file).unwrap();
    text.lines().filter(|line| !line.is_empty()).map(|line| serde_json::from_str(line).unwrap()).collect()
}

async fn end(log: &ProcessingLog, writes: &[Write], failed: Option<&str>) {
    log.processing(&"12345".parse().unwrap(), "poll").end(writes, failed).await;
}

#[tokio::test]
async fn each_relation_has_a_line_for_each_system_below_the_one_of_the_call() {
    let folder = tempfile::tempdir().unwrap();
    let (file, writes) = (
        folder.path().join("log"),
        [
            write("1001", System::Tribe, None, WriteResult::Made),
            write("1001", System::Tribe, Some("organisatie.website"), WriteResult::Taken),
            write("1001", System::Advocaatcentraal, Some("organisatie.email"), WriteResult::Unanswered),
            write("1002", System::Tribe, Some("organisatie.kvk"), WriteResult::Refused),
            write("1002", System::Tribe, Some("organisatie.email"), WriteResult::Taken),
        ],
    );
    end(&log(&file), &writes, None).await;
    let lines = lines(&file);
    let of = |line: &Value| {
        let has = |name: &str| line["attributes"][name].clone();
        let name = (line["name"].clone(), line["status"].clone());
        (
            name,
            has("dpl.core.data_subject_id"),
            has("koppeling.system"),
            has("koppeling.fields"),
            has("koppeling.result"),
        )
    };
    let expected = [
        ("poll", "Ok", Value::Null, Value::Null, Value::Null, Value::Null),
        ("write", "Error", "1001".into(), "advocaatcentraal".into(), json!(["organisatie.email"]), "unanswered".into()),
        ("make", "Ok", "1001".into(), "tribe".into(), json!(["organisatie.website"]), "made".into()),
        ("write", "Unset", "1002".into(), "tribe".into(), json!(["organisatie.email"]), "refused".into()),
    ];
    let expected = expected.map(|(name, status, id, system, fields, result)| {
        let id = id.as_str().map_or(Value::Null, |id| format!("ac:12345:relatie:{id}").into());
        ((name.into(), status.into()), id, system, fields, result)
    });
    assert_eq!(lines.iter().map(of).collect::<Vec<_>>(), expected);
    assert_eq!(lines[3]["attributes"]["koppeling.fields_refused"], json!(["organisatie.kvk"]));
    assert_eq!(lines[1]["attributes"]["exception.type"], "unanswered");
    for (place, line) in lines.iter().enumerate() {
        assert_eq!(line["trace_id"], lines[0]["trace_id"]);
        assert_eq!((line["trace_id"].as_str().unwrap().len(), line["span_id"].as_str().unwrap().len()), (32, 16));
        assert_eq!(line["parent_span_id"], if place == 0 { Value::Null } else { lines[0]["span_id"].clone() });
        assert_eq!(line["attributes"]["dpl.core.processing_activity_id"], ACTIVITY);
        assert!(line["start_time"].as_str().unwrap().parse::<Timestamp>().is_ok(), "{line}");
    }
}

#[tokio::test]
async fn a_call_that_wrote_nothing_has_no_line_and_one_that_failed_has_one() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    end(&log(&file), &[], None).await;
    assert!(!file.exists());
    end(&log(&file), &[], Some("took-too-long")).await;
    let [line] = &lines(&file)[..] else { unreachable!("one line") };
    assert_eq!((&line["status"], &line["attributes"]["exception.type"]), (&"Error".into(), &"took-too-long".into()));
}

#[tokio::test]
async fn a_line_that_could_not_be_written_is_written_before_anything_else_is_processed() {
    let folder = tempfile::tempdir().unwrap();
    let (file, log) = (folder.path().join("away/log"), log(&folder.path().join("away/log")));
    assert_eq!(log.ready().await, Err(NotWritable));
    end(&log, &[write("1001", System::Tribe, None, WriteResult::Made)], None).await;
    assert_eq!(log.ready().await, Err(NotWritable));
    std::fs::create_dir(folder.path().join("away")).unwrap();
    assert_eq!(log.ready().await, Ok(()));
    assert_eq!(lines(&file).len(), 2);
    // Whoever keeps logs moves them away.
    std::fs::rename(&file, folder.path().join("log.1")).unwrap();
    assert_eq!(log.ready().await, Ok(()));
    end(&log, &[write("1002", System::Tribe, None, WriteResult::Made)], None).await;
    assert_eq!(lines(&file).len(), 2, "each line once");
}

#[tokio::test]
async fn what_can_be_no_id_and_no_name_of_a_field_is_left_out() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("log");
    let long = "x".repeat(201);
    let writes = [
        write(&long, System::Tribe, None, WriteResult::Made),
        write("1001", System::Tribe, Some(&long), WriteResult::Made),
        write("two\nlines", System::Tribe, None, WriteResult::Made),
    ];
    end(&log(&file), &writes, None).await;
    assert!(!file.exists());
}

#[test]
fn an_activity_is_a_whole_address() {
    for whole in [ACTIVITY, "urn:nl:voorbeeld:verwerkingsactiviteit:koppeling"] {
        assert!(whole.parse::<Activity>().is_ok(), "{whole}");
    }
    for wrong in ["", "koppeling", "https://", "register.voorbeeld.example/koppeling", "https://a b.example", ":x:yz"] {
        assert_eq!(wrong.parse::<Activity>(), Err(NotAnActivity), "{wrong}");
    }
}
