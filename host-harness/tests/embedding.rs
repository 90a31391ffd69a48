//! The host of `docs/embedding.md`: it is the text of that guide, and it works.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]
#![allow(dead_code, unreachable_pub, reason = "the example's own items")]

// The example's own files: a copy of them would not be what is shown.
#[path = "../examples/your_host/host.rs"]
mod host;
#[path = "../examples/your_host/imports.rs"]
mod imports;

use std::sync::Arc;
use std::time::Duration;

use host_harness::commands::stand_ins::{Making, StandIns};
use host_harness::settings::OfficeSettings;
use koppeling_egress::Reach;

const GUIDE: &str = include_str!("../../docs/embedding.md");

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_host_of_the_guide_does_an_initial_sync_and_remembers_it() {
    let making = Making { relations: 40, seed: 5, ports: (0, 0), calls_per_minute: None, delay: Duration::ZERO };
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
