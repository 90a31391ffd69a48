//! What every command has: the options that hold for all of them, the office it is for, and how it is stopped.

use std::num::NonZeroU32;
use std::path::PathBuf;

use clap::Args;
use koppeling_egress::{Authorities, Network, Pace, Proxy, passed_over};
use tokio_util::sync::CancellationToken;

use super::exit::Exit;
use super::failure::CommandError;
use super::log::LogForm;
use crate::processing_log::{Activity, ProcessingLog};
use crate::settings::OfficeNumber;
use crate::store::Quota;
#[cfg(feature = "otlp")]
use crate::telemetry::Collector;

/// What holds for every command.
#[derive(Args)]
#[command(next_help_heading = "Options for every command")]
pub(super) struct Global {
    /// The folder with the state and its key [default: the data folder of your system]
    #[arg(long, global = true, value_name = "DIR", env = "KOPPELING_DATA")]
    pub(super) data: Option<PathBuf>,
    /// The file with the key that seals the state [default: koppeling.key in the data folder]
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) key_file: Option<PathBuf>,
    /// The connector, for every office: a .wasm file, oci://registry/name@sha256:…, or `built-in`; `office add` and
    /// `office edit` keep it with the office [default: each office's own, or else the built-in one]
    #[arg(long, global = true, value_name = "PLUGIN")]
    pub(super) plugin: Option<String>,
    /// Takes only connectors signed with this key, besides the built-in one: a public key of minisign, or a file with
    /// one; several with commas between them
    #[arg(long, global = true, value_name = "KEY", env = "KOPPELING_PLUGIN_KEY", value_delimiter = ',')]
    pub(super) plugin_key: Vec<String>,
    /// Trusts the authorities in this file, besides those of this machine: certificates in PEM
    #[arg(long, global = true, value_name = "FILE", env = "KOPPELING_CA_BUNDLE")]
    pub(super) ca_bundle: Option<PathBuf>,
    /// Calls per minute to Tribe's API for one office, or `unlimited` for a stand-in
    #[arg(long, global = true, value_name = "NUMBER", default_value = "1000", value_parser = pace)]
    pub(super) calls_per_minute: Pace,
    /// Keys that the state of one office may hold
    #[arg(long, global = true, value_name = "NUMBER", default_value_t = Quota::default().keys, env = "KOPPELING_OFFICE_KEYS")]
    pub(super) office_keys: u64,
    /// Bytes that the state of one office may hold, such as 500MiB or 2GiB
    #[arg(long, global = true, value_name = "SIZE", default_value = "2GiB", value_parser = bytes, env = "KOPPELING_OFFICE_BYTES")]
    pub(super) office_bytes: u64,
    /// Writes a line for each relation that is written in either system into this file, in the form of the standard
    /// "Logboek dataverwerkingen"; with --processing-activity
    #[arg(long, global = true, value_name = "FILE", env = "KOPPELING_PROCESSING_LOG")]
    pub(super) processing_log: Option<PathBuf>,
    /// The address of the processing activity in the office's register, which each of those lines names
    #[arg(long, global = true, value_name = "URI", env = "KOPPELING_PROCESSING_ACTIVITY")]
    pub(super) processing_activity: Option<Activity>,
    /// Results as JSON
    #[arg(long, global = true)]
    pub(super) json: bool,
    /// How the log on standard error is written
    #[arg(long, global = true, value_name = "FORM", value_enum, default_value_t = LogForm::Text, env = "KOPPELING_LOG")]
    pub(super) log: LogForm,
    /// Sends traces and the log to a collector of OpenTelemetry at this address, by OTLP over plain HTTP, such as
    /// http://127.0.0.1:4318
    #[cfg(feature = "otlp")]
    #[arg(long, global = true, value_name = "URL", env = "OTEL_EXPORTER_OTLP_ENDPOINT")]
    pub(super) otlp: Option<Collector>,
    /// More of what happens; twice for even more
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub(super) verbose: u8,
}

impl Global {
    /// What the state of one office may hold.
    pub(super) fn quota(&self) -> Quota {
        Quota { keys: self.office_keys, bytes: self.office_bytes }
    }

    /// The log of what is processed, where one is asked for.
    pub(super) fn processing_log(&self) -> Result<Option<ProcessingLog>, CommandError> {
        let Some(file) = &self.processing_log else { return Ok(None) };
        let activity = self.processing_activity.clone().ok_or(CommandError::NoActivity)?;
        Ok(Some(ProcessingLog::at(file.clone(), activity)))
    }

    /// How the internet is reached: by `HTTPS_PROXY`, `NO_PROXY` and the authorities that the command line names.
    pub(super) fn network(&self) -> Result<Network, CommandError> {
        // Both spellings are usual; an empty one says nothing.
        let variable = |names: [&str; 2]| {
            let values = names.into_iter().filter_map(|name| std::env::var(name).ok());
            values.into_iter().find(|value| !value.is_empty()).unwrap_or_default()
        };
        let without = variable(["NO_PROXY", "no_proxy"]);
        let proxy = Proxy::parse(&variable(["HTTPS_PROXY", "https_proxy"]), &without)?;
        let passed_over = passed_over(&without);
        if proxy.is_some() && !passed_over.is_empty() {
            let entries: Vec<String> = passed_over.iter().map(ToString::to_string).collect();
            tracing::warn!(
                entries = entries.join(","),
                "NO_PROXY: these of its entries, counted from 1, are passed over: none is a host, a domain such as .example, a \
                 network such as 10.0.0.0/8, or *"
            );
        }
        let authorities = match &self.ca_bundle {
            Some(file) => {
                Authorities::read(file).map_err(|problem| CommandError::Authorities { path: file.clone(), problem })?
            }
            None => Authorities::default(),
        };
        Ok(Network { proxy, authorities })
    }
}

pub(super) fn pace(text: &str) -> Result<Pace, String> {
    if text == "unlimited" {
        return Ok(Pace::Unlimited);
    }
    text.parse::<NonZeroU32>().map(Pace::PerMinute).map_err(|_| "give a number above 0, or `unlimited`".to_owned())
}

/// A number of bytes with its unit, or without one.
fn bytes(text: &str) -> Result<u64, String> {
    let units = [("KiB", 10), ("MiB", 20), ("GiB", 30)];
    let (number, unit) =
        units.iter().find_map(|(name, unit)| Some((text.strip_suffix(name)?, *unit))).unwrap_or((text, 0));
    let number = number.trim_end().parse::<u64>().ok().and_then(|number| number.checked_mul(1 << unit));
    number.ok_or_else(|| "give a number of bytes, or one with its unit, such as 500MiB or 2GiB".to_owned())
}

#[derive(Args)]
pub(super) struct OneOffice {
    /// The office's number; not needed where there is only one
    pub(super) office: Option<OfficeNumber>,
}

/// Stops at ctrl-c, and at the signal with which a service is ended. A second one ends the process there and then.
pub(super) fn stop_at_signal(stop: &CancellationToken) {
    let stop = stop.clone();
    tokio::spawn(async move {
        signal().await;
        stop.cancel();
        signal().await;
        std::process::exit(i32::from(Exit::Cancelled.code()));
    });
}

async fn signal() {
    #[cfg(unix)]
    if let Ok(mut ended) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = ended.recv() => {}
        }
        return;
    }
    // Where a signal cannot be listened for, it ends the process by itself.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_a_number_of_bytes_with_or_without_its_unit() {
        for (text, bytes_of_it) in
            [("0", 0), ("1500", 1500), ("2GiB", 2 << 30), ("500 MiB", 500 << 20), ("7KiB", 7 << 10)]
        {
            assert_eq!(bytes(text), Ok(bytes_of_it));
        }
        for wrong in ["", "GiB", "2GB", "-1", "1.5GiB", "99999999999GiB"] {
            assert!(bytes(wrong).is_err(), "{wrong}");
        }
        assert_eq!(bytes("2GiB"), Ok(Quota::default().bytes), "the default of the command line");
    }
}
