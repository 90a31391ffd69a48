//! What is told of values of the state that do not open any more.

use super::*;

/// Damages the value of that key, of which there is one.
fn damage(data: &Path, key: &str) {
    let file = rusqlite::Connection::open(data.join("koppeling.sqlite")).unwrap();
    let of_one = "UPDATE value SET sealed = zeroblob(40) WHERE key = (SELECT min(key) FROM value WHERE key LIKE ?1)";
    assert_eq!(file.execute(of_one, [key]).unwrap(), 1, "{key}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_kept_value_that_is_damaged_is_listed_as_such_and_is_not_given_back() {
    let (folder, stand_ins) = synced().await;
    let data = folder.path();
    for number in ["020 555 01 31", "020 555 01 32", "020 555 01 33"] {
        edit(&stand_ins, number);
        succeed(data, &["poll"]);
    }
    let list = || json(&succeed(data, &["undo", "list", "--json"])).as_array().unwrap().clone();
    let sound = list().len();
    assert!(sound > 1);
    damage(data, "%/kept/%");
    let (damaged, rest): (Vec<Value>, Vec<Value>) = list().into_iter().partition(|kept| kept["reason"] == "damaged");
    assert_eq!((damaged.len(), rest.len()), (1, sound - 1), "{damaged:?}");
    assert!(damaged[0]["record"].is_null() && damaged[0]["lost-value"].is_null(), "{damaged:?}");
    for listing in ["undo", "conflicts"] {
        let told = both(&succeed(data, &[listing, "list"]));
        assert!(told.contains("(unknown)") && told.contains("koppeling restore"), "{told}");
    }
    let undone = koppeling(data, &["undo", "value", damaged[0]["id"].as_str().unwrap()]);
    assert!(code(&undone) == 9 && both(&undone).contains("is damaged, and cannot be given back"), "{}", both(&undone));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_whose_link_is_damaged_is_explained_and_compared_as_such_with_what_ends_it() {
    let (folder, _stand_ins) = synced().await;
    let data = folder.path();
    damage(data, "%/link/organisatie/1001");
    // Nothing has looked at it since.
    let explained = both(&succeed(data, &["records", "explain", "relatie/1001"]));
    assert!(explained.contains("relatie/1001: damaged"), "{explained}");
    assert!(explained.contains("`koppeling records forget relatie/1001 12345`"), "{explained}");
    assert_eq!(json(&succeed(data, &["records", "explain", "relatie/1001", "--json"]))["state"], "damaged");
    let differences = json(&succeed(data, &["differences", "--json"]));
    let of_it = serde_json::json!([{ "record": "relatie/1001", "field": null, "side": null, "why": "damaged" }]);
    assert_eq!(json(&succeed(data, &["differences", "--why", "damaged", "--json"]))[0]["differences"], of_it);
    assert_eq!(differences[0]["counts"]["damaged"], 1, "{differences}");
    assert!(both(&succeed(data, &["differences"])).contains("koppeling records forget"));
    succeed(data, &["records", "forget", "relatie/1001"]);
    succeed(data, &["records", "resync", "relatie/1001"]);
    assert_eq!(json(&succeed(data, &["records", "explain", "relatie/1001", "--json"]))["state"], "linked");
    assert_eq!(json(&succeed(data, &["differences", "--json"]))[0]["counts"]["damaged"], Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_that_are_damaged_stop_their_office_alone_and_are_given_anew() {
    let (folder, stand_ins) = synced().await;
    let data = folder.path();
    let other = stand_ins.settings().replace("\"12345\"", "\"54321\"");
    assert_eq!(code(&add(data, &other)), 0);
    let file = rusqlite::Connection::open(data.join("koppeling.sqlite")).unwrap();
    file.execute("UPDATE office SET sealed = zeroblob(40) WHERE number = '54321'", []).unwrap();
    let listed = koppeling(data, &["office", "list", "--json"]);
    let offices = json(&listed);
    assert_eq!((code(&listed), &offices[0]["damaged"], &offices[1]["damaged"]), (5, &false.into(), &true.into()));
    assert!(offices[0]["tribe-url"].is_string() && offices[1]["tribe-url"].is_null(), "{offices}");
    let listed = both(&koppeling(data, &["office", "list"]));
    assert!(listed.contains("The settings of office 54321 are damaged"), "{listed}");
    // Its runs are told, and the other office goes on.
    assert_eq!(code(&koppeling(data, &["poll", "54321"])), 5);
    let status = json(&koppeling(data, &["status", "54321", "--json"]));
    assert_eq!(
        (&status[0]["last-run"]["result"], &status[0]["failing"]["code"]),
        (&"no-store".into(), &"damaged".into())
    );
    succeed(data, &["poll", "12345"]);
    let added = both(&add(data, &other));
    assert!(added.contains("has these settings in place of damaged ones"), "{added}");
    succeed(data, &["office", "list"]);
}
