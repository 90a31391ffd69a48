//! `koppeling run`: the schedule, the webhooks and the health page, until it is stopped.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::screen::Screen;
use super::{CommandError, Exit, Global};
use crate::intake::{HealthCheck, Intake, Scheduled, keep_pushing, serve};
use crate::run::{Host, HostLimits};
use crate::schedule;

#[derive(Args)]
pub(super) struct Run {
    /// Where webhooks and the health page are served; put a proxy with TLS in front of it
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8085")]
    listen: SocketAddr,
    /// Only take in webhooks and push edits; leave the periodic sync to another process
    #[arg(long)]
    no_schedule: bool,
    /// Time between two cycles of one office, such as 5m, 90s or 1h30m
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = interval)]
    interval: Duration,
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
        let listener = TcpListener::bind(self.listen)
            .await
            .map_err(|source| CommandError::Listen { address: self.listen.to_string(), source })?;
        let offices = host.store().offices().await?.len();
        let contract = host.connector().about().contract;
        tracing::info!(listen = %self.listen, offices, %contract, "running; stop with ctrl-c");
        let scheduled = if self.no_schedule { Scheduled::Elsewhere } else { Scheduled::Every(self.interval) };
        if let Scheduled::Every(interval) = scheduled {
            host.store().put_interval(interval).await?;
        }
        keep_running(&host, listener, scheduled).await;
        tracing::info!("stopped");
        Ok(Exit::Ok)
    }
}

/// Does everything until the host is stopped; returns when nothing is under way any more.
pub(super) async fn keep_running(host: &Host, listener: TcpListener, scheduled: Scheduled) {
    let (store, arrived, stop) = (host.store(), Arc::new(Notify::new()), host.stop());
    let health = HealthCheck::new(store.clone(), scheduled);
    let intake = Arc::new(Intake::new(host.clone(), store.clone(), health, Arc::clone(&arrived)));
    let serving = serve(listener, intake, stop.clone());
    let pushing = keep_pushing(store.clone(), Arc::new(host.clone()), arrived, stop.clone());
    let cycling = async {
        if let Scheduled::Every(interval) = scheduled {
            schedule::keep(Arc::new(host.clone()), interval, stop.clone()).await;
        }
    };
    tokio::join!(serving, pushing, cycling);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_has_its_unit_and_is_above_nothing() {
        assert_eq!(interval("1h30m"), Ok(Duration::from_secs(5400)));
        for wrong in ["5", "0s", "", "often"] {
            assert!(interval(wrong).is_err(), "{wrong}");
        }
    }
}
