//! The host of `docs/embedding.md`: it is the text of that guide, and it works.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]
#![allow(dead_code, unreachable_pub, reason = "the example's own items")]

// The example's own files: a copy of them would not be what is shown.
#[path = "../examples/your_host/host.rs"]
mod host;
#[path = "../examples/your_host/imports.rs"]
mod imports;

use std::sync::Arc;

use host_harness::commands::stand_ins::{Making, StandIns};
use host_harness::settings::OfficeSettings;
use koppeling_egress::Reach;

const GUIDE: &str = include_str!("../../docs/embedding.md");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_host_of_the_guide_does_an_initial_sync_and_remembers_it() {
    let making = Making { relations: 40, seed: 5, ..Making::default() };
    let stand_ins = StandIns::start(making).await.unwrap();
    let office = OfficeSettings::from_toml(&stand_ins.settings()).unwrap().config();
    let values = office.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let settings = imports::Settings { values: Arc::new(values), reach: Reach::Loopback };
    let keys = imports::Keys::default();
    host::sync(host_harness::CONNECTOR, &settings, &keys).await.unwrap();
    assert!(stand_ins.compare().is_equal(), "{}", stand_ins.compare());

    stand_ins.tribe().reset_counters();
    host::sync(host_harness::CONNECTOR, &settings, &keys).await.unwrap();
    assert_eq!(stand_ins.tribe().counters().writes(), 0);
}

#[test]
fn the_guide_shows_the_host_that_is_tested() {
    for text in [include_str!("../examples/your_host/host.rs"), include_str!("../examples/your_host/imports.rs")] {
        assert!(GUIDE.contains(text.trim()), "docs/embedding.md shows another text than this:\n{text}");
    }
}

#[test]
fn the_guides_manifest_is_shown_and_names_the_versions_that_are_tested() {
    let manifest = include_str!("../examples/your_host/your-host.toml");
    assert!(GUIDE.contains(manifest.trim()), "docs/embedding.md shows another manifest than this:\n{manifest}");
    let versions = |text: &str| -> std::collections::BTreeSet<(String, String)> {
        let lines = text.lines().filter(|line| line.starts_with("wasmtime"));
        let named = lines.filter_map(|line| {
            let (name, rest) = line.split_once(" = ")?;
            Some((name.to_owned(), rest.split('"').nth(1)?.to_owned()))
        });
        named.collect()
    };
    let ours = format!("{}{}", include_str!("../Cargo.toml"), include_str!("../../Cargo.toml"));
    assert_eq!(versions(manifest).len(), 3);
    assert!(versions(manifest).is_subset(&versions(&ours)), "{:?}", versions(manifest));
}

#[test]
fn where_tribe_is_needs_not_be_set() {
    let values = [("advocaatcentraal-url", "https://ac.voorbeeld.example")];
    let values = values.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let settings = imports::Settings { values: Arc::new(values), reach: Reach::Internet };
    let allowed = settings.allowed().unwrap();
    let expected = OfficeSettings::from_toml(
        "office = \"1\"\nadvocaatcentraal-url = \"https://ac.voorbeeld.example\"\nadvocaatcentraal-key = \"k\"\n\
         tribe-client-id = \"i\"\ntribe-client-secret = \"s\"\n",
    );
    let expected = expected.unwrap().allowed();
    assert_eq!(allowed.tribe.to_string(), expected.tribe.to_string());
    assert_eq!(allowed.tribe_login.to_string(), expected.tribe_login.to_string());
}
