//! The program itself, `koppeling run`, as a process of its own: what it logs, and what it uses. Linux only.

use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use host_harness::schedule;
use host_harness::settings::OfficeNumber;
use host_harness::timestamp::Timestamp;
use serde::Deserialize;

use crate::Failure;

/// How long it may take until it answers.
const STARTING: Duration = Duration::from_secs(60);
/// Ticks of `/proc` in a second, on every Linux of today.
const TICKS: f64 = 100.0;

/// One line of its log.
#[derive(Deserialize)]
struct Line {
    timestamp: Timestamp,
    level: String,
    message: String,
    office: Option<String>,
    work: Option<String>,
    end: Option<String>,
    milliseconds: Option<u64>,
}

/// A run that ended.
#[derive(Clone)]
pub(crate) struct Ran {
    pub(crate) office: String,
    pub(crate) work: String,
    pub(crate) end: String,
    pub(crate) finished: Timestamp,
    pub(crate) took: Duration,
}

/// What its log told.
#[derive(Default)]
pub(crate) struct Told {
    pub(crate) ran: Vec<Ran>,
    /// When its schedule began.
    pub(crate) began: Option<Timestamp>,
    /// Warnings and errors, by their first words, with how often.
    pub(crate) complaints: std::collections::BTreeMap<String, u64>,
}

/// What a process used so far.
#[derive(Clone, Copy)]
pub(crate) struct Used {
    pub(crate) processor: Duration,
    pub(crate) at: Instant,
}

impl Used {
    /// The share of one processor since then.
    pub(crate) fn share(self, since: Self) -> f64 {
        let processor = self.processor.saturating_sub(since.processor).as_secs_f64();
        processor / (self.at - since.at).as_secs_f64().max(f64::MIN_POSITIVE)
    }
}

/// The program, until it is killed or this is dropped.
pub(crate) struct Running {
    process: Child,
    reading: Option<JoinHandle<()>>,
    told: Arc<Mutex<Told>>,
    interval: Duration,
    pub(crate) url: String,
}

/// How it is started.
#[derive(Clone)]
pub(crate) struct Start {
    program: PathBuf,
    folder: PathBuf,
    interval: Duration,
    ports: (u16, u16),
}

impl Start {
    /// On a data folder, with that interval, at ports that are free now. The program lies beside this one.
    pub(crate) fn of(folder: &Path, interval: Duration) -> Result<Self, Failure> {
        let program = std::env::current_exe()?.with_file_name("koppeling");
        if !program.is_file() {
            return Err(format!("{} is not there; build it with `-p host-harness` first", program.display()).into());
        }
        // Both at once, or the second might be the first again.
        let free = (TcpListener::bind("127.0.0.1:0")?, TcpListener::bind("127.0.0.1:0")?);
        let ports = (free.0.local_addr()?.port(), free.1.local_addr()?.port());
        Ok(Self { program, folder: folder.to_owned(), interval, ports })
    }

    /// Where it takes webhooks.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports.0)
    }

    /// Starts it, without waiting for anything.
    pub(crate) fn start(&self) -> Result<Running, Failure> {
        let at = |port: u16| format!("127.0.0.1:{port}");
        let mut command = Command::new(&self.program);
        command.arg("--data").arg(&self.folder).args(["--log", "json", "run"]);
        command.args(["--interval", &format!("{}ms", self.interval.as_millis())]);
        command.args(["--listen", &at(self.ports.0), "--status-listen", &at(self.ports.1)]);
        command.env_remove("KOPPELING_KEY").env_remove("RUST_LOG").env("KOPPELING_PAGES", "off");
        let mut process = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let log = process.stderr.take().ok_or("no pipe from koppeling")?;
        let told = Arc::<Mutex<Told>>::default();
        let reading = std::thread::spawn({
            let told = Arc::clone(&told);
            move || BufReader::new(log).lines().map_while(Result::ok).for_each(|line| hear(&told, &line))
        });
        Ok(Running { process, reading: Some(reading), told, interval: self.interval, url: self.url() })
    }
}

fn hear(told: &Mutex<Told>, line: &str) {
    let mut told = told.lock().unwrap_or_else(PoisonError::into_inner);
    let Ok(line) = serde_json::from_str::<Line>(line) else {
        *told.complaints.entry(line.chars().take(120).collect()).or_default() += 1;
        return;
    };
    match (line.message.as_str(), line.level.as_str()) {
        ("run", _) => {
            let (Some(office), Some(work), Some(end), Some(took)) =
                (line.office, line.work, line.end, line.milliseconds)
            else {
                return;
            };
            told.ran.push(Ran { office, work, end, finished: line.timestamp, took: Duration::from_millis(took) });
        }
        (message, "INFO") if message.starts_with("running") => told.began = Some(line.timestamp),
        (message, "WARN" | "ERROR") => {
            *told.complaints.entry(message.chars().take(60).collect()).or_default() += 1;
        }
        _ => {}
    }
}

impl Running {
    /// What its log told so far.
    pub(crate) fn told<T>(&self, look: impl FnOnce(&Told) -> T) -> T {
        look(&self.told.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Waits until its schedule begins.
    pub(crate) async fn begun(&self) -> Result<Timestamp, Failure> {
        let began = Instant::now();
        loop {
            if let Some(began) = self.told(|told| told.began) {
                return Ok(began);
            }
            if began.elapsed() > STARTING {
                return Err("koppeling run does not begin".into());
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// How long after its slot each cycle that ended since then had begun to run, and had ended: the first counts no waiting
    /// for a turn, the second all of it.
    pub(crate) fn lags(&self, since: Timestamp, without: &[String]) -> Result<(Vec<Duration>, Vec<Duration>), Failure> {
        let began = self.told(|told| told.began).ok_or("koppeling run has not begun")?;
        let ran = self.told(|told| told.ran.clone());
        let (mut woken, mut ended) = (Vec::new(), Vec::new());
        let polls = ran.iter().filter(|run| run.work == "poll" && run.finished >= since);
        for run in polls.filter(|run| !without.contains(&run.office)) {
            let office: OfficeNumber = run.office.parse()?;
            let first = began.plus(schedule::offset(&office, self.interval));
            let interval = u64::try_from(self.interval.as_millis())?.max(1);
            // The clock that is logged may be a little behind the one that is scheduled by.
            let after = run.finished.since(first);
            let took = run.took;
            let start = after.saturating_sub(took);
            let past = Duration::from_millis(u64::try_from(start.as_millis())? % interval);
            woken.push(past);
            ended.push(past + took);
        }
        Ok((woken, ended))
    }

    /// Processor time of it so far.
    pub(crate) fn used(&self) -> Result<Used, Failure> {
        used(&self.process.id().to_string())
    }

    /// The most memory that it had, and what it has now, in bytes.
    pub(crate) fn memory(&self) -> Result<(u64, u64), Failure> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let of = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name))?;
            line.trim_start_matches(':').trim().strip_suffix("kB")?.trim().parse::<u64>().ok()
        };
        Ok((of("VmHWM").ok_or("no VmHWM")? << 10, of("VmRSS").ok_or("no VmRSS")? << 10))
    }

    /// Kills it at once; what it logged stays.
    pub(crate) fn kill(&mut self) -> io::Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        if let Some(reading) = self.reading.take() {
            let _ = reading.join();
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// Processor time of a process so far, or of `self`.
pub(crate) fn used(process: &str) -> Result<Used, Failure> {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat"))?;
    // Behind the name, which may hold anything, come the state and ten numbers before these two.
    let numbers = stat.rsplit_once(')').ok_or("no name in /proc")?.1;
    let ticks: u64 = numbers.split_whitespace().skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
    Ok(Used { processor: Duration::from_secs_f64(ticks as f64 / TICKS), at: Instant::now() })
}

/// The size of all files in a folder, in bytes.
pub(crate) fn size(folder: &Path) -> Result<u64, Failure> {
    let mut bytes = 0;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_file() {
            bytes += File::open(entry.path())?.metadata()?.len();
        }
    }
    Ok(bytes)
}
