//! The brake, from the command line.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mass_clearing_is_held_back_shown_and_let_through() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    let run = |arguments: &[&str]| succeed(data, arguments);
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);
    run(&["sync"]);
    assert!(both(&run(&["sweep"])).contains("only the sweep found: 0"));
    let with_email = || stand_ins.tribe().set("Relation").filter(|of| !of.text("EmailAddress").is_empty()).count();
    let before = with_email();
    let ids: Vec<String> = stand_ins.advocaatcentraal().relaties().map(|(id, _)| id.to_owned()).collect();
    let now = host_harness::commands::stand_ins::now;
    for id in &ids {
        let emptied = stand_ins.advocaatcentraal().edit_relatie(now(), id, |fields| {
            fields.insert("email".to_owned(), Value::Null);
        });
        emptied.unwrap();
    }

    let poll = koppeling(data, &["poll"]);
    assert_eq!(code(&poll), 12);
    assert!(both(&poll).contains("koppeling brake list"));
    assert_eq!(with_email(), before);
    let status = koppeling(data, &["status"]);
    assert_eq!(code(&status), 12);
    let status = both(&status);
    assert!(status.contains("BRAKE") && status.contains("only the sweep found: 0"), "{status}");
    let standing = json(&koppeling(data, &["status", "--json"]));
    assert!(standing[0]["standing"]["brakes"].as_u64() > Some(0), "{standing}");
    assert_eq!((&standing[0]["needs"], &standing[0]["state"]), (&serde_json::json!(["brake"]), &"braked".into()));
    let check = koppeling(data, &["check", "--json"]);
    assert_eq!(code(&check), 12);
    assert!(json(&check).as_array().unwrap().iter().any(|found| found["code"] == "brake-on"), "{}", both(&check));

    let brakes = json(&run(&["brake", "list", "--json"]));
    assert_eq!(brakes[0]["field"], "organisatie.email");
    assert_eq!((&brakes[0]["losing"], &brakes[0]["instead"]), (&"tribe".into(), &"emptied".into()), "{brakes}");
    assert!(both(&run(&["brake", "list"])).contains("koppeling brake take-back"));
    run(&["brake", "release"]);
    assert!(with_email() < before);
    assert_eq!(json(&koppeling(data, &["status", "--json"]))[0]["standing"]["brakes"], 0);
    assert_eq!(code(&koppeling(data, &["check"])), 0);
    assert!(stand_ins.compare().is_equal(), "{}", stand_ins.compare());

    // It was let through by mistake.
    let cleared = with_email();
    run(&["undo", "brake", brakes[0]["id"].as_str().unwrap()]);
    assert!(with_email() > cleared);
    let kept = json(&run(&["undo", "list", "--json"]));
    assert!(kept.as_array().unwrap().iter().all(|kept| kept["reason"] == "cleared"), "{kept}");
    assert!(stand_ins.compare().is_equal(), "{}", stand_ins.compare());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "waits for a minute: run it with --ignored"]
async fn records_that_tribe_does_not_show_are_listed_as_what_is_held_back_and_let_through() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    assert_eq!(code(&add(data, &stand_ins.settings())), 0);
    succeed(data, &["sync"]);
    // What was just linked may not show for a while.
    std::thread::sleep(Duration::from_secs(62));
    let linked: Vec<_> = {
        let tribe = stand_ins.tribe();
        let all = ["Relation_Organization", "Relation_Person"].into_iter().flat_map(|set| tribe.set(set));
        all.filter(|of| of.text("ImportId").starts_with("ac:")).map(|of| of.id()).take(12).collect()
    };
    assert_eq!(linked.len(), 12);
    for id in linked {
        stand_ins.tribe().delete_as_user(host_harness::commands::stand_ins::now(), id).unwrap();
    }
    assert_eq!(code(&koppeling(data, &["sweep"])), 12);
    let needs = json(&koppeling(data, &["status", "--json"]))[0]["needs"].clone();
    assert!(needs.as_array().unwrap().contains(&"brake".into()), "{needs}");

    let brakes = json(&succeed(data, &["brake", "list", "--json"]));
    assert_eq!((&brakes[0]["id"], &brakes[0]["instead"]), (&"gone".into(), &"not-shown".into()), "{brakes}");
    let held = brakes[0]["held"].as_u64().unwrap();
    assert!(held >= 12 && brakes.as_array().unwrap().len() == 1, "{brakes}");
    let listed = both(&succeed(data, &["brake", "list"]));
    assert!(listed.contains(&format!("{held} ")) && listed.contains("not shown"), "{listed}");
    assert!(listed.contains("koppeling brake release 12345 --brake gone"), "{listed}");
    assert!(!listed.contains("take-back"), "it holds no value back: {listed}");

    succeed(data, &["brake", "release", "12345", "--brake", "gone"]);
    assert_eq!(json(&succeed(data, &["brake", "list", "--json"])), serde_json::json!([]));
    assert!(both(&succeed(data, &["brake", "list"])).contains("nothing is held back"));
}
