//! One initial sync and two cycles in this process: what an instance, the store, a call and a record cost.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use clap::Args;
use host_harness::component::{Connector, Limits, Runtime, Source};
use host_harness::moment::Moment;
use host_harness::run::{End, Host, HostLimits, Report, Work};
use host_harness::settings::{OfficeNumber, OfficeSettings};
use host_harness::store::{Claim, DATABASE_FILE, MasterKey, Store};
use koppeling_egress::{Egress, Pace, Timeouts};

use crate::Failure;
use crate::stand_ins::{Elsewhere, Wanted};
use crate::usage::processor_time;

#[derive(Args)]
pub(crate) struct Engine {
    #[command(flatten)]
    stand_ins: Wanted,
    /// The connector in this file, in place of the one that is built in
    #[arg(long, value_name = "FILE")]
    plugin: Option<PathBuf>,
}

impl Engine {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(self.measure())
    }

    async fn measure(&self) -> Result<(), Failure> {
        let folder = tempfile::tempdir()?;
        let source = self.plugin.clone().map_or(Source::BuiltIn, Source::File);
        let runtime = Runtime::new(Limits::default())?;
        let compiling = Instant::now();
        let connector = Connector::load(&runtime, &source, None)?;
        report("component", &format!("{} KB", connector.about().size.div_ceil(1000)))?;
        report("compiling it", &format!("{} ms", compiling.elapsed().as_millis()))?;
        let machine_code = folder.path().join("machine-code");
        Connector::load(&runtime, &source, Some(&machine_code))?;
        let mut times = Vec::new();
        for _ in 0..50 {
            let start = Instant::now();
            Connector::load(&runtime, &source, Some(&machine_code))?;
            times.push(start.elapsed());
        }
        report("loading it compiled", &spread(times))?;

        let store = Store::open(folder.path(), &MasterKey::random())?;
        let mut elsewhere = Elsewhere::start(self.stand_ins)?;
        let settings = OfficeSettings::from_toml(elsewhere.settings())?;
        store.put_office(&settings).await?;
        let egress = Egress::new(Timeouts::default(), Pace::Unlimited);
        let host = Host::new(connector, store.clone(), egress, HostLimits::default());

        self.instances(&host, &settings).await?;
        self.store_operations(&store, &settings.office).await?;
        elsewhere.counted()?;

        let (start, before) = (Instant::now(), processor_time()?);
        let run = finished(host.run(&settings.office, Work::InitialSync, &mut |_| {}).await)?;
        let (took, processor) = (start.elapsed(), processor_time()?.saturating_sub(before));
        let counted = elsewhere.counted()?;
        let created = run.tally.created.max(1);
        report("initial sync", &format!("{} relations, {:.1} s", self.stand_ins.relations, took.as_secs_f64()))?;
        report("  processor, without stand-ins", &format!("{:.2} s", processor.as_secs_f64()))?;
        report("  records", &run.tally.to_string())?;
        report("  pace", &format!("{:.0} relations/s", self.stand_ins.relations as f64 / took.as_secs_f64()))?;
        let per = |calls: u64| format!("{calls}, {:.2} per created record", calls as f64 / created as f64);
        report("  calls to AdvocaatCentraal", &per(counted.advocaatcentraal_calls))?;
        report("  calls to Tribe", &per(counted.tribe_calls))?;
        report("  the two systems agree", if counted.is_equal() { "yes" } else { "NO" })?;
        report("  slices", &run.tally.slices.to_string())?;
        let bytes = size(folder.path())?;
        report("  the state on disk", &format!("{} KB, {} bytes per created record", bytes / 1000, bytes / created))?;
        report("  peak memory of the connector", &format!("{} KB", runtime.peak_memory() >> 10))?;
        report("  peak memory of the host", &peak_resident().unwrap_or_else(|| "unknown here".to_owned()))?;

        // The first cycle reads what the initial sync itself changed in Tribe.
        for name in ["first cycle", "idle cycle"] {
            let start = Instant::now();
            let run = finished(host.run(&settings.office, Work::Poll, &mut |_| {}).await)?;
            let (took, counted) = (start.elapsed(), elsewhere.counted()?);
            let (ms, writes, read) = (took.as_millis(), counted.writes, run.tally.read);
            report(name, &format!("{} calls, {writes} writes, {read} records read, {ms} ms", counted.calls()))?;
        }
        if counted.is_equal() { Ok(()) } else { Err("the two systems do not agree after the initial sync".into()) }
    }

    async fn instances(&self, host: &Host, settings: &OfficeSettings) -> Result<(), Failure> {
        let mut times = Vec::new();
        for _ in 0..2_000 {
            let start = Instant::now();
            host.connector().instantiate(host.keyless(settings)).await?;
            times.push(start.elapsed());
        }
        report("an instance, started and dropped", &spread(times))
    }

    async fn store_operations(&self, store: &Store, office: &OfficeNumber) -> Result<(), Failure> {
        let Claim::Granted(lease) = store.claim(office, Moment::now()).await? else {
            return Err("the office is busy".into());
        };
        let (mut writes, mut reads) = (Vec::new(), Vec::new());
        for number in 0..1_000 {
            let start = Instant::now();
            store.set(&lease, format!("measure/{number}"), vec![7; 600]).await?;
            writes.push(start.elapsed());
            let start = Instant::now();
            store.get(&lease, format!("measure/{number}")).await?;
            reads.push(start.elapsed());
        }
        for number in 0..1_000 {
            store.delete(&lease, format!("measure/{number}")).await?;
        }
        store.release(&lease).await?;
        report("a write to the store, durable", &spread(writes))?;
        report("a read from the store", &spread(reads))
    }
}

fn finished(run: Report) -> Result<Report, Failure> {
    match &run.end {
        End::Done => Ok(run),
        End::Later(wait) => Err(format!("a stand-in asked to wait until {}", wait.until).into()),
        End::InitialSyncFirst => Err("no initial sync was completed".into()),
        End::Halted(halt) => Err(halt.to_string().into()),
    }
}

fn report(what: &str, value: &str) -> Result<(), Failure> {
    println!("{what:<34}{value}");
    Ok(())
}

/// The median and the slowest of twenty.
fn spread(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |part: usize| times.get(times.len() * part / 100).map_or(0.0, |time| time.as_secs_f64() * 1e6);
    format!("{:.0} µs (p50), {:.0} µs (p95)", at(50), at(95))
}

/// Bytes of the database and its log.
fn size(folder: &Path) -> Result<u64, Failure> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(DATABASE_FILE) {
            bytes += entry.metadata()?.len();
        }
    }
    Ok(bytes)
}

/// Linux only.
fn peak_resident() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().to_owned())
}
