//! Relation types that are mapped wrongly: each is named, and the rest is told all the same.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_relation_type_that_does_not_exist_is_named_and_the_rest_is_checked() {
    let (folder, stand_ins) = (tempfile::tempdir().unwrap(), stand_ins().await);
    let data = folder.path();
    let settings = stand_ins.settings();
    let (rest, _) = settings.split_once("[relation-types]").unwrap();
    for (types, named, verdict) in [
        ("", "No relation type is mapped yet", "no-relation-type-mapped"),
        ("client = \"klant\"\n", "(client = \"klant\")", "relation-type-unknown"),
        ("client = \"customer\"\nclientt = \"customer\"\n", "(clientt)", "mapped-type-missing"),
    ] {
        assert_eq!(code(&add(data, &format!("{rest}[relation-types]\n{types}"))), 0);
        let check = koppeling(data, &["check"]);
        assert_eq!(code(&check), 3, "{}", both(&check));
        let told = both(&check);
        let line = told.lines().find(|line| line.contains("FAILS") && line.contains(named));
        assert!(line.is_some_and(|line| line.contains("`koppeling office types 12345`")), "{told}");
        assert!(told.contains("Tribe answers and accepts the credentials"), "the rest: {told}");
        let found = json(&koppeling(data, &["check", "--json"]));
        assert!(found.as_array().unwrap().iter().any(|line| line["code"] == verdict), "{found}");
    }
    let sync = succeed(data, &["sync"]);
    assert!(both(&sync).contains("AdvocaatCentraal has no relation type clientt, which is mapped"), "{}", both(&sync));

    assert_eq!(code(&add(data, &format!("{rest}[relation-types]\nclient = \"klant\"\n"))), 0);
    let sync = koppeling(data, &["sync"]);
    assert_eq!(code(&sync), 3, "{}", both(&sync));
    assert!(both(&sync).contains("(client = \"klant\")"), "{}", both(&sync));
}
