#![allow(clippy::unwrap_used)]

use koppeling_egress::{Egress, Pace, Timeouts};

use crate::component::misbehaving::{self, Behaviour, Hostile};
use crate::component::{Connector, Limits, Runtime, Source};
use crate::run::{End, Halt, Host, HostLimits, Work};
use crate::settings::OfficeSettings;
use crate::store::{MasterKey, Store};

#[tokio::test]
async fn a_connector_that_makes_up_its_progress_for_ever_is_stopped_and_told_by_a_code() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &MasterKey::random()).unwrap();
    let settings = OfficeSettings::from_toml(
        "office = \"1\"\nadvocaatcentraal-url = \"https://ac.voorbeeld.example\"\nadvocaatcentraal-key = \"k\"\n\
         tribe-client-id = \"i\"\ntribe-client-secret = \"s\"\n",
    )
    .unwrap();
    store.put_office(&settings).await.unwrap();
    let bytes = misbehaving::connector(Behaviour::Asks(Hostile::SaysAgain)).into();
    let source = Source::Bytes { bytes, name: "a test's".to_owned() };
    let connector = Connector::load(&Runtime::new(Limits::default()).unwrap(), &source, None).unwrap();
    let egress = Egress::new(Timeouts::default(), Pace::default());
    let host = Host::new(connector, store, egress, HostLimits::default());

    let report = host.run(&settings.office, Work::InitialSync, &mut |_| {}).await;
    assert_eq!(report.end, End::Halted(Halt::Defect("no-progress".to_owned())));
    assert!(report.tally.read > 0, "by its own account it does something");
    let known = host.store().summary(&settings.office).await.unwrap().unwrap().summary;
    assert_eq!(known.failing.unwrap().reason.code, "no-progress");
}
