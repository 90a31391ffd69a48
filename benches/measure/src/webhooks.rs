//! Webhooks at a steady rate: how soon each is accepted while what they tell is pushed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use clap::Args;
use host_harness::component::{Connector, Limits, Runtime, Source};
use host_harness::intake::{HealthCheck, Intake, Scheduled, keep_pushing, serve};
use host_harness::moment::Moment;
use host_harness::run::{End, Host, HostLimits, Work};
use host_harness::settings::OfficeSettings;
use host_harness::store::{Claim, MasterKey, Store};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use koppeling_egress::{Egress, Pace, Timeouts};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use crate::Failure;
use crate::keeping::all_keys;
use crate::stand_ins::{Elsewhere, Wanted};
use crate::usage::processor_time;

#[derive(Args)]
pub(crate) struct Webhooks {
    #[command(flatten)]
    stand_ins: Wanted,
    /// Deliveries in a second
    #[arg(long, default_value_t = 200)]
    rate: u32,
    /// For so many seconds
    #[arg(long, default_value_t = 30)]
    seconds: u32,
}

type Sender = Client<HttpConnector, Full<Bytes>>;

impl Webhooks {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(self.measure())
    }

    async fn measure(&self) -> Result<(), Failure> {
        let folder = tempfile::tempdir()?;
        let runtime = Runtime::new(Limits::default())?;
        let connector = Connector::load(&runtime, &Source::BuiltIn, Some(&folder.path().join("machine-code")))?;
        let elsewhere = Elsewhere::start(self.stand_ins)?;
        let settings = OfficeSettings::from_toml(elsewhere.settings())?;
        let store = Store::open(folder.path(), &MasterKey::random())?;
        store.put_office(&settings).await?;
        let egress = Egress::new(Timeouts::default(), Pace::Unlimited);
        let host = Host::new(connector, store.clone(), egress, HostLimits::default());
        let run = host.run(&settings.office, Work::InitialSync, &mut |_| {}).await;
        if !matches!(run.end, End::Done) {
            return Err("the initial sync did not come to its end".into());
        }
        let linked = linked(&store, &settings).await?;

        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}/tribe/{}", listener.local_addr()?, settings.office.as_str());
        let (arrived, stop) = (Arc::new(Notify::new()), host.stop().clone());
        let health = HealthCheck::new(store.clone(), Scheduled::Elsewhere);
        let intake = Arc::new(Intake::new(host.clone(), store.clone(), health, Arc::clone(&arrived)));
        let serving = tokio::spawn(serve(listener, intake, stop.clone()));
        let pushing = tokio::spawn(keep_pushing(store.clone(), Arc::new(host.clone()), arrived, stop.clone()));
        let before = processor_time()?;
        let mut took = self.deliver(&url, &settings, &linked).await?;
        let processor = processor_time()?.saturating_sub(before);
        stop.cancel();
        serving.await?;
        pushing.await?;

        took.sort_unstable();
        let at = |part: f64| took.get((took.len() as f64 * part) as usize).or(took.last()).copied().unwrap_or_default();
        println!(
            "{} deliveries, {} a second: accepted within {:.1} ms (half of them), {:.1} ms (99 of 100), {:.1} ms (all)",
            took.len(),
            self.rate,
            at(0.5).as_secs_f64() * 1e3,
            at(0.99).as_secs_f64() * 1e3,
            at(1.0).as_secs_f64() * 1e3,
        );
        println!(
            "{:.0} % of one processor, the pushes among it",
            processor.as_secs_f64() * 1e2 / f64::from(self.seconds)
        );
        Ok(())
    }

    /// Sends each delivery at its moment, whatever became of the one before; gives how long each took to be accepted.
    async fn deliver(&self, url: &str, settings: &OfficeSettings, linked: &[String]) -> Result<Vec<Duration>, Failure> {
        let client: Sender = Client::builder(TokioExecutor::new()).build_http();
        let config = settings.config();
        let setting = |name: &str| config.get(name).ok_or("the stand-ins sign no webhooks");
        let (secret, header) = (setting("tribe-webhook-secret")?, setting("tribe-webhook-header")?);
        let began = Instant::now();
        let mut under_way = Vec::new();
        for number in 0..self.rate * self.seconds {
            tokio::time::sleep_until((began + Duration::from_secs(1) * number / self.rate).into()).await;
            let id = linked.get(number as usize % linked.len()).ok_or("nothing is linked")?;
            let body = serde_json::json!({"webhookId": id, "payload": {"entityId": id}}).to_string();
            let request = http::Request::post(url)
                .header("content-type", "application/json")
                .header(header, sandbox::tribe::signature(secret, body.as_bytes()))
                .body(Full::from(body))?;
            let client = client.clone();
            under_way.push(tokio::spawn(async move {
                let began = Instant::now();
                let answer = client.request(request).await?;
                let status = answer.status();
                answer.into_body().collect().await?;
                if status == http::StatusCode::ACCEPTED {
                    Ok(began.elapsed())
                } else {
                    Err(Failure::from(status.as_str()))
                }
            }));
        }
        let mut took = Vec::new();
        for one in under_way {
            took.push(one.await??);
        }
        Ok(took)
    }
}

/// The ids of Tribe's records that are linked.
async fn linked(store: &Store, settings: &OfficeSettings) -> Result<Vec<String>, Failure> {
    let Claim::Granted(lease) = store.claim(&settings.office, Moment::now()).await? else {
        return Err("the office is in use".into());
    };
    let keys = all_keys(store, &lease).await?;
    store.release(&lease).await?;
    Ok(keys.iter().filter_map(|key| Some(key.split_once("/owner/")?.1.to_owned())).collect())
}
