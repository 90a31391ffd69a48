//! Offices with a connector of their own, in one process.

use std::fs;

use koppeling_egress::{Egress, Pace, Timeouts};

use host_harness::commands::stand_ins::{Making, StandIns};
use host_harness::component::{Connector, Limits as CallLimits, Runtime};
use host_harness::run::{Connectors, End, Halt, Host, HostLimits, Lasting, Work};
use host_harness::settings::OfficeSettings;
use host_harness::store::{MasterKey, Store};

use super::stand_in::{Manner, StandIn};
use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_office_is_served_by_its_own_connector_and_stands_alone_with_its_trouble() {
    let registry = StandIn::start().await;
    let (about, to) = (examine(&another_connector()).unwrap(), tagged(&registry.address));
    let pinned = client().push(&to, another_connector(), &about, None).await.unwrap();
    registry.behave(Manner::WithStatus(503));

    let making = Making { relations: 10, seed: 3, ..Making::default() };
    let stand_ins = StandIns::start(making).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path(), &MasterKey::random()).unwrap();
    let common = OfficeSettings::from_toml(&stand_ins.settings()).unwrap();
    let own = OfficeSettings { office: "pinned".parse().unwrap(), plugin: plugin(&pinned), ..common.clone() };
    for settings in [&common, &own] {
        store.put_office(settings).await.unwrap();
    }
    let connector = Connector::load(&Runtime::new(CallLimits::default()).unwrap(), &Source::BuiltIn, None).unwrap();
    let compiled = folder.path().join("compiled");
    let connectors = Connectors::of_offices(connector, resolver(folder.path()), compiled.clone());
    let host = Host::new(connectors, store, Egress::new(Timeouts::default(), Pace::Unlimited), HostLimits::default());

    let report = host.run(&own.office, Work::Poll, &mut |_| {}).await;
    let End::Halted(Halt::NoConnector(trouble)) = report.end else { panic!("{:?}", report.end) };
    assert_eq!(trouble.lasting, Lasting::ForNow);
    assert!(trouble.to_string().contains("503"), "{trouble}");
    assert_eq!(host.run(&common.office, Work::Poll, &mut |_| {}).await.end, End::InitialSyncFirst);

    // It is tried again with the next call, and then loaded once.
    registry.behave(Manner::Well);
    assert_eq!(host.connector_of(&own).await.unwrap().about().size, another_connector().len());
    assert_eq!(host.connector_of(&common).await.unwrap().about().size, CONNECTOR.len());
    drop(registry);
    assert_eq!(host.connector_of(&own).await.unwrap().about().size, another_connector().len());
    assert_eq!(fs::read_dir(compiled).unwrap().count(), 1, "its machine code is kept");

    // And so is it itself, for the next process.
    let again = resolver(folder.path()).resolve(&plugin(&pinned)).await.unwrap();
    assert!(bytes(&again) == another_connector());
}
