//! One line of a table for each part of a measurement.

use std::time::Duration;

use crate::Failure;
use crate::running::{Running, Used, used};

/// The median, the 99th of a hundred, and the longest of some times.
pub(crate) struct Spread {
    count: usize,
    p50: Duration,
    p99: Duration,
    most: Duration,
}

impl Spread {
    pub(crate) fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        let at = |percent: usize| {
            let place = (times.len() * percent).div_ceil(100).saturating_sub(1);
            times.get(place).copied().unwrap_or_default()
        };
        Self { count: times.len(), p50: at(50), p99: at(99), most: at(100) }
    }
}

/// What both sides used since it was made.
pub(crate) struct Usage {
    host: Used,
    here: Used,
}

impl Usage {
    pub(crate) fn begin(running: &Running) -> Result<Self, Failure> {
        Ok(Self { host: running.used()?, here: used("self")? })
    }
}

/// What stands above the lines.
pub(crate) fn head() {
    println!("| | number | p50, s | p99, s | max, s | host, MB (most) | host, % of a processor | stand-ins, % |");
    println!("|---|---:|---:|---:|---:|---:|---:|---:|");
}

/// A line.
pub(crate) fn row(what: &str, times: Vec<Duration>, running: &Running, since: &Usage) -> Result<(), Failure> {
    let Spread { count, p50, p99, most } = Spread::of(times);
    let seconds = |time: Duration| match time.as_secs_f64() {
        small if small < 0.1 => format!("{small:.4}"),
        time => format!("{time:.2}"),
    };
    let (host, here) = (running.used()?.share(since.host) * 1e2, used("self")?.share(since.here) * 1e2);
    let (peak, now) = running.memory()?;
    println!(
        "| {what} | {count} | {} | {} | {} | {} ({}) | {host:.0} | {here:.0} |",
        seconds(p50),
        seconds(p99),
        seconds(most),
        now / 1_000_000,
        peak / 1_000_000,
    );
    Ok(())
}

/// What its log complained of.
pub(crate) fn complaints(running: &Running) {
    running.told(|told| {
        for (what, count) in told.complaints.iter().take(20) {
            println!("log, {count} times: {what}");
        }
    });
}
