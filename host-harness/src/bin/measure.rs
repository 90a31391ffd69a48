//! Measures the connector and this host against both stand-ins, in calls, time and memory:
//! `cargo run --release -p host-harness --bin measure`, for the connector that is built in, or with `--plugin FILE` for
//! one in a file.
//!
//! The stand-ins run in a process of their own, so that their memory and time are not counted as the host's.

use std::io::{self, BufRead, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use clap::Parser;
use host_harness::commands::stand_ins::{Making, StandIns};
use host_harness::component::{Connector, Limits, Runtime, Source};
use host_harness::run::{End, Host, HostLimits, Report, Work};
use host_harness::settings::{OfficeNumber, OfficeSettings};
use host_harness::store::{Claim, MasterKey, Store};
use host_harness::timestamp::Timestamp;
use koppeling_egress::{Egress, Pace, Timeouts};
use serde::{Deserialize, Serialize};

/// Measures the connector and this host against the stand-ins.
#[derive(Parser)]
struct Measure {
    /// Relations in AdvocaatCentraal
    #[arg(long, default_value_t = 5_000)]
    relations: usize,
    /// Milliseconds that every answer of the stand-ins waits
    #[arg(long, default_value_t = 0)]
    delay: u64,
    /// The connector in this file, in place of the one that is built in
    #[arg(long, value_name = "FILE")]
    plugin: Option<PathBuf>,
    /// Be the stand-ins
    #[arg(long, hide = true)]
    stand_ins: bool,
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// What the stand-ins counted since they were asked last.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Counted {
    advocaatcentraal_calls: u64,
    tribe_calls: u64,
    writes: u64,
    equal: bool,
}

fn main() -> ExitCode {
    let measure = Measure::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let result = runtime.map_err(Failure::from).and_then(|runtime| {
        runtime
            .block_on(async { if measure.stand_ins { be_the_stand_ins(&measure).await } else { measure.run().await } })
    });
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "measure: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Prints the settings as one line of JSON, and after every line that comes in the counts.
async fn be_the_stand_ins(measure: &Measure) -> Result<(), Failure> {
    let stand_ins = StandIns::start(Making {
        relations: measure.relations,
        seed: 1,
        ports: (0, 0),
        calls_per_minute: None,
        delay: Duration::from_millis(measure.delay),
    })
    .await?;
    say(&serde_json::to_string(&stand_ins.settings())?)?;
    // On a thread of its own: reading blocks, and the servers go on.
    let counting = tokio::task::spawn_blocking(move || -> Result<(), Failure> {
        for line in io::stdin().lock().lines() {
            line?;
            let (ac, tribe) = (stand_ins.advocaatcentraal(), stand_ins.tribe());
            let mut counted = Counted {
                advocaatcentraal_calls: ac.counters().total(),
                tribe_calls: tribe.counters().total(),
                writes: ac.counters().writes() + tribe.counters().writes(),
                equal: false,
            };
            drop((ac, tribe));
            counted.equal = stand_ins.compare().is_equal();
            stand_ins.advocaatcentraal().reset_counters();
            stand_ins.tribe().reset_counters();
            say(&serde_json::to_string(&counted)?)?;
        }
        Ok(())
    });
    counting.await?
}

fn say(line: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    out.flush()
}

/// The process with the stand-ins.
struct Elsewhere {
    process: Child,
    ask: ChildStdin,
    answers: io::Lines<io::BufReader<ChildStdout>>,
}

impl Elsewhere {
    fn start(measure: &Measure) -> Result<(Self, String), Failure> {
        let mut process = Command::new(std::env::current_exe()?)
            .args(["--stand-ins", "--relations", &measure.relations.to_string(), "--delay", &measure.delay.to_string()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let ask = process.stdin.take().ok_or("no pipe to the stand-ins")?;
        let answers = io::BufReader::new(process.stdout.take().ok_or("no pipe from the stand-ins")?).lines();
        let mut elsewhere = Self { process, ask, answers };
        let settings = serde_json::from_str(&elsewhere.answer()?)?;
        Ok((elsewhere, settings))
    }

    fn answer(&mut self) -> Result<String, Failure> {
        Ok(self.answers.next().ok_or("the stand-ins ended")??)
    }

    fn counted(&mut self) -> Result<Counted, Failure> {
        writeln!(self.ask)?;
        Ok(serde_json::from_str(&self.answer()?)?)
    }
}

impl Drop for Elsewhere {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Measure {
    async fn run(&self) -> Result<(), Failure> {
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
        let (mut elsewhere, settings) = Elsewhere::start(self)?;
        let settings = OfficeSettings::from_toml(&settings)?;
        store.put_office(&settings).await?;
        let egress = Egress::new(Timeouts::default(), Pace::Unlimited);
        let host = Host::new(connector, store.clone(), egress, HostLimits::default());

        self.instances(&host, &settings).await?;
        self.store_operations(&store, &settings.office).await?;
        elsewhere.counted()?;

        let start = Instant::now();
        let run = finished(host.run(&settings.office, Work::InitialSync, &mut |_| {}).await)?;
        let (took, counted) = (start.elapsed(), elsewhere.counted()?);
        let created = run.tally.created.max(1);
        report("initial sync", &format!("{} relations, {:.1} s", self.relations, took.as_secs_f64()))?;
        report("  records", &run.tally.to_string())?;
        report("  pace", &format!("{:.0} relations/s", self.relations as f64 / took.as_secs_f64()))?;
        let per = |calls: u64| format!("{calls}, {:.2} per created record", calls as f64 / created as f64);
        report("  calls to AdvocaatCentraal", &per(counted.advocaatcentraal_calls))?;
        report("  calls to Tribe", &per(counted.tribe_calls))?;
        report("  the two systems agree", if counted.equal { "yes" } else { "NO" })?;
        report("  slices", &run.tally.slices.to_string())?;
        report("  peak memory of the connector", &format!("{} KB", runtime.peak_memory() >> 10))?;
        report("  peak memory of the host", &peak_resident().unwrap_or_else(|| "unknown here".to_owned()))?;

        // The first cycle reads what the initial sync itself changed in Tribe.
        for name in ["first cycle", "idle cycle"] {
            let start = Instant::now();
            let run = finished(host.run(&settings.office, Work::Poll, &mut |_| {}).await)?;
            let (took, counted) = (start.elapsed(), elsewhere.counted()?);
            let calls = counted.advocaatcentraal_calls + counted.tribe_calls;
            let (ms, writes, read) = (took.as_millis(), counted.writes, run.tally.read);
            report(name, &format!("{calls} calls, {writes} writes, {read} records read, {ms} ms"))?;
        }
        if counted.equal { Ok(()) } else { Err("the two systems do not agree after the initial sync".into()) }
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
        let now = Timestamp::now();
        let Claim::Granted(lease) = store.claim(office, now, now.plus(Duration::from_secs(60))).await? else {
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
    Ok(say(&format!("{what:<34}{value}"))?)
}

/// The median and the slowest of twenty.
fn spread(mut times: Vec<Duration>) -> String {
    times.sort_unstable();
    let at = |part: usize| times.get(times.len() * part / 100).map_or(0.0, |time| time.as_secs_f64() * 1e6);
    format!("{:.0} µs (p50), {:.0} µs (p95)", at(50), at(95))
}

/// Linux only.
fn peak_resident() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().to_owned())
}
