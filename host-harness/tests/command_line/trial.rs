//! The first write by a dialect, from the command line.

use host_harness::commands::stand_ins::{Wire, now};
use serde_json::json;

use super::*;

async fn office_speaking(wire: Wire, data: &Path) -> StandIns {
    let making = Making { relations: 40, seed: 7, ..Making::default() };
    let stand_ins = StandIns::start_speaking(making, wire).await.unwrap();
    let dialect = data.join("dialect.json");
    fs::write(&dialect, stand_ins.dialect().unwrap()).unwrap();
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);
    succeed(data, &["sync"]);
    stand_ins
}

/// A user of Tribe gives a company another website; tells the company's id in AC.
pub(super) fn edit_in_tribe(stand_ins: &StandIns) -> String {
    let mut tribe = stand_ins.tribe();
    let marked =
        |of: &sandbox::tribe::Entity<'_>| of.text("ImportId").starts_with("ac:") && !of.text("Name").is_empty();
    let (guid, marker) =
        tribe.set("Relation_Organization").find(marked).map(|of| (of.id(), of.text("ImportId"))).unwrap();
    tribe.edit(now(), guid, &json!({"Website": "www.kwikstaart.example"})).unwrap();
    marker.rsplit(':').next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_is_shown_before_a_dialect_is_tried_and_goes_to_ac_after_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let stand_ins = office_speaking(Wire::Practice, data).await;
    let id = edit_in_tribe(&stand_ins);
    let (record, written) = (format!("relatie/{id}"), || stand_ins.advocaatcentraal().counters().writes());
    succeed(data, &["poll"]);
    assert_eq!(written(), 0, "nothing goes to AC before the dialect is tried");

    let waits = koppeling(data, &["dialect", "try", &record]);
    assert_eq!(code(&waits), 10);
    assert!(both(&waits).contains("nothing was written. 1 edits made in Tribe wait"), "{}", both(&waits));
    assert!(both(&waits).contains(&format!("koppeling dialect try {record} --yes 12345")), "{}", both(&waits));
    let waits = json(&koppeling(data, &["dialect", "try", &record, "--json"]));
    assert_eq!(
        (&waits["result"], &waits["waiting"], &waits["tried"]),
        (&json!("edits-wait"), &json!(1), &json!(false))
    );
    assert_eq!(written(), 0);

    let tried = both(&succeed(data, &["dialect", "try", &record, "--yes"]));
    assert!(tried.contains(&format!("{record} was written back, and is as it was.")), "{tried}");
    assert!(tried.contains("from the next poll on: koppeling poll 12345"), "{tried}");
    succeed(data, &["poll"]);
    assert_eq!(stand_ins.advocaatcentraal().relatie(&id).unwrap().current().text("website"), "www.kwikstaart.example");
    let again = json(&succeed(data, &["dialect", "try", &record, "--json"]));
    assert_eq!(
        (&again["result"], &again["tried"], &again["record"]),
        (&json!("as-before"), &json!(true), &json!(record))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_dialect_loses_in_a_trial_is_named_and_it_is_not_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let stand_ins = stand_ins().await;
    // It sends what changed, to an AC that takes what it is sent for the whole.
    let mut dialect: Value = serde_json::from_str(dialect::BUILT_IN).unwrap();
    dialect["writing"]["method"] = "put-changed".into();
    let settings = format!("dialect = '''{dialect}'''\n{}", stand_ins.settings());
    assert_eq!(code(&add(data, &settings)), 0);
    succeed(data, &["sync"]);
    let id = edit_in_tribe(&stand_ins);
    let add_dossier = |fields: &mut serde_json::Map<String, Value>| {
        fields.insert("dossier".to_owned(), "x".into());
    };
    stand_ins.advocaatcentraal().edit_relatie(now(), &id, add_dossier).unwrap();
    let before = stand_ins.advocaatcentraal().relatie(&id).unwrap().current().fields().clone();
    let record = format!("relatie/{id}");
    let attempt = |more: &[&str]| koppeling(data, &[&["dialect", "try", &record, "--yes"], more].concat());

    let lost = attempt(&[]);
    assert_eq!(code(&lost), 10, "{}", both(&lost));
    for said in
        ["they were put back, and are as they were again", "  /dossier", "how the dialect writes that loses members"]
    {
        assert!(both(&lost).contains(said), "{said}: {}", both(&lost));
    }
    let after = stand_ins.advocaatcentraal().relatie(&id).unwrap().current().fields().clone();
    assert_eq!(after["dossier"], before["dossier"]);

    let writes = stand_ins.advocaatcentraal().counters().writes();
    let again = attempt(&["--accept-changes", "--json"]);
    assert_eq!(code(&again), 10, "{}", both(&again));
    assert_eq!(json(&again)["tried"], false, "{}", both(&again));
    assert_eq!(stand_ins.advocaatcentraal().counters().writes(), writes, "it is not tried again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_is_refused_or_not_there_is_told_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let stand_ins = office_speaking(Wire::Practice, data).await;
    let gone = koppeling(data, &["dialect", "try", "relatie/99999", "--yes"]);
    assert_eq!(code(&gone), 9, "{}", both(&gone));
    assert!(both(&gone).contains("does not have relatie/99999. Take another record."), "{}", both(&gone));
    assert_eq!(json(&koppeling(data, &["dialect", "try", "relatie/99999", "--yes", "--json"]))["result"], "gone");
    assert_eq!(stand_ins.advocaatcentraal().counters().writes(), 0);
    for wrong in ["99999", "relatie/", "dossier/7"] {
        assert_eq!(code(&koppeling(data, &["dialect", "try", wrong])), 2, "{wrong}");
    }
}
