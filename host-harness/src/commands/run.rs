//! `koppeling run`: the schedule, the webhooks, the health page and the pages for people, until it is stopped.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::pages::{Browsed, ServedPages};
use super::screen::Screen;
use super::{CommandError, Exit, Global};
use crate::intake::{HealthCheck, Intake, Scheduled, keep_pushing, serve};
use crate::metrics::Shown;
use crate::monitoring::{self, Monitoring};
use crate::pages::{self, Pages};
use crate::run::{Host, HostLimits};
use crate::schedule;

#[derive(Args)]
pub(super) struct Run {
    /// Where webhooks and the health page are served; put a proxy with TLS in front of it
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8085")]
    listen: SocketAddr,
    /// Where metrics are served for Prometheus, and `/live` and `/ready`, for this machine or a network of your own; or
    /// `off`
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:9185", env = "KOPPELING_STATUS_LISTEN", value_parser = status_listen)]
    status_listen: StatusListen,
    #[command(flatten)]
    pages: ServedPages,
    /// Only take in webhooks and push edits; leave the periodic sync to another process
    #[arg(long)]
    no_schedule: bool,
    /// Time between two cycles of one office, such as 5m, 90s or 1h30m
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = interval)]
    interval: Duration,
}

/// Where an operator's monitoring asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum StatusListen {
    At(SocketAddr),
    Off,
}

fn status_listen(text: &str) -> Result<StatusListen, String> {
    match text.parse() {
        Ok(address) => Ok(StatusListen::At(address)),
        Err(_) if text == "off" => Ok(StatusListen::Off),
        Err(_) => Err("give an address with its port, such as 127.0.0.1:9185, or `off`".to_owned()),
    }
}

async fn listen(address: SocketAddr) -> Result<TcpListener, CommandError> {
    TcpListener::bind(address).await.map_err(|source| CommandError::Listen { address: address.to_string(), source })
}

fn interval(text: &str) -> Result<Duration, String> {
    match humantime::parse_duration(text) {
        Ok(interval) if !interval.is_zero() => Ok(interval),
        _ => Err("give a time above nothing with its unit, such as 5m, 90s or 1h30m".to_owned()),
    }
}

impl Run {
    pub(super) async fn run(&self, global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
        let host = global.host(HostLimits::default(), screen).await?;
        let listener = listen(self.listen).await?;
        let asked = match self.status_listen {
            StatusListen::At(address) => Some(Asked { listener: listen(address).await?, folder: global.folder()? }),
            StatusListen::Off => None,
        };
        let browsed = self.pages.listen().await?;
        let pages = browsed.as_ref().map_or_else(|| "off".to_owned(), |browsed| browsed.place.to_string());
        let status = match asked.as_ref().map(|asked| asked.listener.local_addr()) {
            Some(Ok(address)) => address.to_string(),
            Some(Err(_)) | None => "off".to_owned(),
        };
        host.store().enter().await?;
        let offices = host.store().offices().await?.len();
        let contract = host.connector().about().contract;
        tracing::info!(listen = %self.listen, %status, %pages, offices, %contract, "running; stop with ctrl-c");
        let scheduled = if self.no_schedule { Scheduled::Elsewhere } else { Scheduled::Every(self.interval) };
        if let Scheduled::Every(interval) = scheduled {
            host.store().put_interval(interval).await?;
        }
        keep_running(&host, listener, scheduled, Beside { asked, browsed }).await;
        tracing::info!("stopped");
        Ok(Exit::Ok)
    }
}

/// The ports beside the one for webhooks.
#[derive(Default)]
pub(super) struct Beside {
    asked: Option<Asked>,
    browsed: Option<Browsed>,
}

/// Where an operator's monitoring asks, and the data folder.
struct Asked {
    listener: TcpListener,
    folder: PathBuf,
}

/// Does everything until the host is stopped; returns when nothing is under way any more.
pub(super) async fn keep_running(host: &Host, listener: TcpListener, scheduled: Scheduled, beside: Beside) {
    let (store, arrived, stop) = (host.store(), Arc::new(Notify::new()), host.stop());
    let health = HealthCheck::new(store.clone(), scheduled);
    let intake = Arc::new(Intake::new(host.clone(), store.clone(), health.clone(), Arc::clone(&arrived)));
    let shown = Shown {
        store: store.metrics().clone(),
        calls: host.call_metrics().clone(),
        guest: host.connector().runtime().metrics().clone(),
        runs: host.run_metrics().clone(),
        deliveries: intake.metrics().clone(),
    };
    let telling = async {
        if let Some(Asked { listener, folder }) = beside.asked {
            let monitoring = Monitoring::new(shown, store.clone(), health, folder);
            monitoring::serve(listener, Arc::new(monitoring), stop.clone()).await;
        }
    };
    let showing = async {
        if let Some(Browsed { listener, address, proxies, .. }) = beside.browsed {
            let shown = Pages::new(host.clone(), store.clone(), address, proxies);
            pages::serve(listener, Arc::new(shown), stop.clone()).await;
        }
    };
    let serving = serve(listener, intake, stop.clone());
    let pushing = keep_pushing(store.clone(), Arc::new(host.clone()), arrived, stop.clone());
    let cycling = async {
        if let Scheduled::Every(interval) = scheduled {
            schedule::keep(Arc::new(host.clone()), interval, stop.clone()).await;
        }
    };
    tokio::join!(serving, telling, showing, pushing, cycling);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn monitoring_asks_at_an_address_or_nowhere() {
        assert_eq!(status_listen("off"), Ok(StatusListen::Off));
        assert!(matches!(status_listen("[::1]:9185"), Ok(StatusListen::At(_))));
        for wrong in ["9185", "127.0.0.1", "", "on"] {
            assert!(status_listen(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_interval_has_its_unit_and_is_above_nothing() {
        assert_eq!(interval("1h30m"), Ok(Duration::from_secs(5400)));
        for wrong in ["5", "0s", "", "often"] {
            assert!(interval(wrong).is_err(), "{wrong}");
        }
    }
}
