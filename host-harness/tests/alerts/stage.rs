//! A host with one office and stand-ins of both systems, all that `koppeling run` does, and the page that it shows.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use host_harness::commands::stand_ins::{Making, StandIns, now};
use host_harness::component::{Connector, Limits, Runtime, Source};
use host_harness::intake::{HealthCheck, Intake, Scheduled, keep_pushing, serve};
use host_harness::metrics::Shown;
use host_harness::moment::Moment;
use host_harness::monitoring::{self, Monitoring};
use host_harness::run::{End, Host, HostLimits, Work};
use host_harness::schedule;
use host_harness::settings::{OfficeNumber, OfficeSettings};
use host_harness::store::{Claim, Lease, MasterKey, Store};
use koppeling_egress::{Egress, Pace, Timeouts};
use sandbox::tribe::Guid;
use serde_json::{Map, Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::promtool::Page;

/// Between two cycles of the office.
pub(super) const INTERVAL: Duration = Duration::from_secs(1);

const EVERY: Scheduled = Scheduled::Every(INTERVAL);

pub(super) struct Stage {
    pub(super) stand_ins: StandIns,
    pub(super) host: Host,
    pub(super) office: OfficeNumber,
    /// Told when an edit was kept.
    pub(super) arrived: Arc<Notify>,
    folder: tempfile::TempDir,
    shown: Shown,
    /// Where the page is, and where deliveries go.
    page: String,
    intake: String,
    served: Vec<JoinHandle<()>>,
}

impl Stage {
    /// With an office that was added.
    pub(super) async fn added() -> Self {
        let making = Making { relations: 40, seed: 7, ..Making::default() };
        let stand_ins = StandIns::start(making).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path(), &MasterKey::random()).unwrap();
        let settings = OfficeSettings::from_toml(&stand_ins.settings()).unwrap();
        store.put_office(&settings).await.unwrap();
        let connector = Connector::load(&Runtime::new(Limits::default()).unwrap(), &Source::BuiltIn, None).unwrap();
        let egress = Egress::new(Timeouts::default(), Pace::Unlimited);
        let limits = HostLimits { calls_at_once: 1, ..HostLimits::default() };
        let host = Host::new(connector, store.clone(), egress, limits);

        let (stop, arrived) = (host.stop(), Arc::new(Notify::new()));
        let health = HealthCheck::new(store.clone(), EVERY);
        let intake = Arc::new(Intake::new(host.clone(), store.clone(), health.clone(), Arc::clone(&arrived)));
        let shown = Shown {
            store: store.metrics().clone(),
            calls: host.call_metrics().clone(),
            guest: host.connector().runtime().metrics().clone(),
            runs: host.run_metrics().clone(),
            deliveries: intake.metrics().clone(),
        };
        let (asked, posted) = (listen().await, listen().await);
        let (page, address) = (asked.1, posted.1);
        let monitoring = Monitoring::new(shown.clone(), store.clone(), health.clone(), folder.path().to_owned());
        let served = vec![
            tokio::spawn(monitoring::serve(asked.0, Arc::new(monitoring), stop.clone())),
            tokio::spawn(serve(posted.0, intake, stop.clone())),
            tokio::spawn(keep_pushing(store, Arc::new(host.clone()), Arc::clone(&arrived), stop.clone())),
            tokio::spawn(schedule::keep(Arc::new(host.clone()), INTERVAL, stop.clone())),
        ];
        let office = settings.office;
        Self { stand_ins, host, office, arrived, folder, shown, page, intake: address, served }
    }

    /// With an office whose initial sync is done, and a cycle after it.
    pub(super) async fn synced() -> Self {
        let stage = Self::added().await;
        let report = stage.host.run(&stage.office, Work::InitialSync, &mut |_| {}).await;
        assert_eq!(report.end, End::Done);
        stage.cycles(1).await;
        stage.until("koppeling_offices{state=\"in-order\"}", |count| count > 0.0).await;
        stage
    }

    /// Ends all that it does.
    pub(super) async fn end(&self) {
        self.host.stop().cancel();
        while !self.served.iter().all(JoinHandle::is_finished) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub(super) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What the page tells now; none where nobody answers.
    pub(super) async fn page(&self) -> Page {
        read(&self.page).await
    }

    /// The page of the same host, ended or not, where its data folder is that one.
    pub(super) async fn page_of_folder(&self, folder: &Path) -> Page {
        let (listener, address) = listen().await;
        let (store, health) = (self.host.store().clone(), HealthCheck::new(self.host.store().clone(), EVERY));
        let monitoring = Monitoring::new(self.shown.clone(), store, health, PathBuf::from(folder));
        let serving = tokio::spawn(monitoring::serve(listener, Arc::new(monitoring), CancellationToken::new()));
        let page = read(&address).await;
        serving.abort();
        page
    }

    /// Waits until the page tells that of a series.
    pub(super) async fn until(&self, series: &str, holds: impl Fn(f64) -> bool) {
        for _ in 0..1_200 {
            let page = self.page().await.unwrap();
            let told = page.lines().find_map(|line| line.strip_prefix(series)?.trim().parse().ok());
            if told.is_some_and(&holds) {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("{series} does not come to it: {}", self.page().await.unwrap());
    }

    async fn polls(&self) -> f64 {
        let page = self.page().await.unwrap();
        let series = "koppeling_runs_total{work=\"poll\",result=\"done\"}";
        page.lines().find_map(|line| line.strip_prefix(series)?.trim().parse().ok()).unwrap()
    }

    /// Waits until so many more cycles came to their end.
    pub(super) async fn cycles(&self, more: u32) {
        let before = self.polls().await;
        let series = "koppeling_runs_total{work=\"poll\",result=\"done\"}";
        self.until(series, |count| count >= before + f64::from(more)).await;
    }

    /// What was seen, with what is to be seen now that the fault is mended.
    pub(super) async fn mended(&self, before: Page, fault: Page) -> super::Seen {
        let mended = self.page().await;
        self.cycles(1).await;
        super::Seen { before, fault, mended, later: self.page().await }
    }

    /// The same where the office rests for a while after the fault, and nothing happens.
    pub(super) async fn at_rest(&self, before: Page, fault: Page) -> super::Seen {
        let mended = self.page().await;
        super::Seen { before, fault, later: mended.clone(), mended }
    }

    /// The office's settings with another text in place of one; as they were where both are empty.
    pub(super) async fn set(&self, text: &str, with: &str) {
        let settings = self.stand_ins.settings();
        assert!(settings.contains(text), "{text}");
        let settings = if text.is_empty() { settings } else { settings.replace(text, with) };
        self.host.store().put_office(&OfficeSettings::from_toml(&settings).unwrap()).await.unwrap();
    }

    /// A relation of AdvocaatCentraal is edited there.
    pub(super) fn change(&self, id: &str, change: impl FnMut(&mut Map<String, Value>)) {
        self.stand_ins.advocaatcentraal().edit_relatie(now(), id, change).unwrap();
    }

    /// A company that is linked.
    pub(super) fn first_company(&self) -> String {
        let (ac, tribe) = (self.stand_ins.advocaatcentraal(), self.stand_ins.tribe());
        let mut found = ac.relaties().filter(|(id, record)| {
            let is_linked = !tribe.find_by_import_id(&format!("ac:12345:relatie:{id}")).is_empty();
            is_linked && record.current().text("soort") == "bedrijf"
        });
        found.next().unwrap().0.to_owned()
    }

    /// That company in Tribe.
    pub(super) fn in_tribe(&self) -> Guid {
        let id = self.first_company();
        self.stand_ins.tribe().find_by_import_id(&format!("ac:12345:relatie:{id}"))[0]
    }

    /// From now on Tribe's webhooks tell of edits.
    pub(super) fn deliver(&self) {
        self.stand_ins.deliver_to(&format!("http://{}/tribe/{}", self.intake, self.office));
    }

    /// That company is edited in Tribe.
    pub(super) fn edit(&self, property: &str, text: &str) {
        let id = self.in_tribe();
        self.stand_ins.tribe().edit(now(), id, &json!({ property: text })).unwrap();
    }

    /// The right to work for the office, as another process has it.
    pub(super) async fn hold(&self) -> Lease {
        loop {
            if let Claim::Granted(lease) = self.host.store().claim(&self.office, Moment::now()).await.unwrap() {
                return lease;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// Posts to the webhooks' port.
    pub(super) async fn post(&self, office: &str, signature: &str, body: &str) {
        let mut stream = TcpStream::connect(&self.intake).await.unwrap();
        let request = format!(
            "POST /tribe/{office} HTTP/1.1\r\nhost: x\r\nx-tribe-signature: {signature}\r\ncontent-length: {}\r\n\
             connection: close\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        stream.read_to_end(&mut Vec::new()).await.unwrap();
    }
}

async fn listen() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    (listener, address)
}

/// The metrics at that address.
async fn read(address: &str) -> Page {
    let mut stream = TcpStream::connect(address).await.ok()?;
    stream.write_all(b"GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await.ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    assert!(head.starts_with("HTTP/1.1 200"), "{head}");
    Some(body.to_owned())
}
