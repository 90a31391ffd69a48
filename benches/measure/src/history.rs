//! A data folder with the history of many offices: how soon `koppeling run` and `koppeling status` are there, and what they
//! use.
//!
//! The first office's runs, the settings of all offices and each office's last run go through the store. What lies between
//! is copied from the first office inside the database, in the order in which schedules write it: through the store it
//! would be a sync of the disk for each of five million runs.

use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clap::Args;
use host_harness::settings::{OfficeNumber, OfficeSettings};
use host_harness::store::{DATABASE_FILE, MasterKey, Run, RunResult, Standing, State, Store};
use host_harness::timestamp::Timestamp;
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rusqlite::{Connection, params};
use wait4::Wait4;

use crate::Failure;
use crate::usage::{self, median};

/// How far the cycles of an office are apart.
const INTERVAL: Duration = Duration::from_secs(5 * 60);
/// How often it is asked whether a process answers.
const ASK_EVERY: Duration = Duration::from_millis(5);
/// How long a process may take before it is given up.
const PATIENCE: Duration = Duration::from_secs(60);
/// How long it runs before its memory is told.
const RUNS_FOR: Duration = Duration::from_secs(20);
const SECRET: &str = "a secret of webhooks";
/// The number of the first office.
const FIRST: usize = 100_000;

#[derive(Args)]
pub(crate) struct History {
    /// Offices
    #[arg(long, default_value_t = 5_000)]
    offices: usize,
    /// Runs of each
    #[arg(long, default_value_t = 1_000)]
    runs: u32,
    /// How often each is measured
    #[arg(long, default_value_t = 3)]
    rounds: usize,
    /// A folder to fill, and to keep; one that is filled already is measured as it is
    #[arg(long)]
    folder: Option<PathBuf>,
    /// Fills the folder, and measures nothing
    #[arg(long, hide = true)]
    fill: bool,
}

type Sender = Client<HttpConnector, Full<Bytes>>;

/// What a `koppeling run` took from its start.
struct Started {
    delivery: Duration,
    health: Duration,
    peak: u64,
}

impl History {
    pub(crate) fn run(&self) -> Result<(), Failure> {
        let kept = tempfile::tempdir()?;
        let folder = self.folder.as_deref().unwrap_or(kept.path());
        fs::create_dir_all(folder)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        if self.fill {
            let (key, _) = MasterKey::find(&folder.join("koppeling.key"), State::Absent)?;
            return runtime.block_on(self.fill(folder, &key));
        }
        if !folder.join(DATABASE_FILE).exists() {
            // By a process of its own: what it used at most would be told as that of every process that this one starts.
            let mut fill = Command::new(std::env::current_exe()?);
            fill.args(["history", "--fill", "--offices", &self.offices.to_string(), "--runs", &self.runs.to_string()]);
            if !fill.arg("--folder").arg(folder).status()?.success() {
                return Err("the folder could not be filled".into());
            }
        }
        let size = fs::metadata(folder.join(DATABASE_FILE))?.len();
        println!("{} offices with {} runs each: a file of {:.2} GB", self.offices, self.runs, size as f64 / 1e9);

        let koppeling = koppeling()?;
        let settings = settings(FIRST)?;
        let first = runtime.block_on(start(&koppeling, folder, &settings))?;
        println!(
            "first start, which compiles the connector: {:.2} s to the first delivery",
            first.delivery.as_secs_f64()
        );
        let mut started = Vec::new();
        for _ in 0..self.rounds {
            started.push(runtime.block_on(start(&koppeling, folder, &settings))?);
        }
        println!(
            "`run`: {:.0} ms to the first delivery, {:.0} ms to the health page; {:.0} MB at most in {} s",
            median(&started, &|of| of.delivery.as_secs_f64() * 1e3),
            median(&started, &|of| of.health.as_secs_f64() * 1e3),
            median(&started, &|of| of.peak as f64 / 1e6),
            RUNS_FOR.as_secs(),
        );
        let number = FIRST.to_string();
        for (name, arguments) in [
            ("status", &["status"][..]),
            ("status --json", &["status", "--json"]),
            ("status OFFICE", &["status", &number]),
            ("status OFFICE --json", &["status", &number, "--json"]),
        ] {
            let mut used = Vec::new();
            for _ in 0..self.rounds {
                let mut command = Command::new(&koppeling);
                command.arg("--data").arg(folder).args(arguments).stdout(Stdio::null()).stderr(Stdio::null());
                used.push(usage::of(&mut command)?);
            }
            println!(
                "`{name}`: {:.0} ms, {:.0} MB",
                median(&used, &|of| of.wall.as_secs_f64() * 1e3),
                median(&used, &|of| of.peak as f64 / 1e6)
            );
        }
        Ok(())
    }

    async fn fill(&self, folder: &Path, key: &MasterKey) -> Result<(), Failure> {
        let began = Instant::now();
        let store = Store::open(folder, key)?;
        for number in FIRST..FIRST + self.offices {
            store.put_office(&settings(number)?).await?;
        }
        let (first, now) = (office(FIRST)?, Timestamp::now());
        let before = self.runs.saturating_sub(1);
        for number in 0..before {
            store.record_run(&first, cycle(now.minus(INTERVAL * (before - number)), number)).await?;
        }
        drop(store);
        let mut database = Connection::open(folder.join(DATABASE_FILE))?;
        database.pragma_update(None, "cache_size", -500_000)?;
        let ids: Vec<i64> = {
            let mut ids = database.prepare("SELECT id FROM run ORDER BY id")?;
            ids.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?
        };
        for ids in ids.chunks(50) {
            let transaction = database.transaction()?;
            for id in ids {
                transaction
                    .prepare_cached(
                        "INSERT INTO run (office, finished, text)
                         SELECT number, finished, text FROM run, office WHERE id = ?1 AND number <> ?2 ORDER BY number",
                    )?
                    .execute(params![id, first.as_str()])?;
            }
            transaction.commit()?;
        }
        database.execute(
            "INSERT INTO summary (office, text) SELECT number, text FROM office, summary WHERE number <> ?1",
            [first.as_str()],
        )?;
        drop(database);
        let store = Store::open(folder, key)?;
        let through_the_store = Instant::now();
        for number in FIRST..FIRST + self.offices {
            store.record_run(&office(number)?, cycle(Timestamp::now(), before)).await?;
        }
        println!(
            "filled in {:.0} s; the last run of each office took {:.2} ms to be written down",
            began.elapsed().as_secs_f64(),
            through_the_store.elapsed().as_secs_f64() * 1e3 / self.offices.max(1) as f64
        );
        Ok(())
    }
}

fn office(number: usize) -> Result<OfficeNumber, Failure> {
    Ok(number.to_string().parse()?)
}

/// An office whose systems nobody is at: its cycles end at once.
fn settings(number: usize) -> Result<OfficeSettings, Failure> {
    Ok(OfficeSettings::from_toml(&format!(
        "office = \"{number}\"\nloopback = true\nadvocaatcentraal-url = \"http://127.0.0.1:9\"\n\
         advocaatcentraal-key = \"key\"\ntribe-url = \"http://127.0.0.1:9\"\ntribe-auth-url = \"http://127.0.0.1:9\"\n\
         tribe-client-id = \"id\"\ntribe-client-secret = \"secret\"\ntribe-webhook-secret = \"{SECRET}\"\n\
         [relation-types]\nclient = \"customer\"\n"
    ))?)
}

/// A cycle of an office that is at work, as the history has it.
fn cycle(finished: Timestamp, number: u32) -> Run {
    let changed = u64::from(number % 5);
    let counts = [
        ("read", 3 + changed),
        ("unchanged", 3),
        ("created", 0),
        ("updated", changed),
        ("dead-lettered", 0),
        ("skipped", 0),
    ];
    Run {
        work: if number == 0 { "initial-sync" } else { "poll" }.to_owned(),
        started: finished.minus(Duration::from_secs(2)),
        finished,
        result: RunResult::Done,
        counts: counts.map(|(name, count)| (name.to_owned(), count)).into(),
        notes: [("address-incomplete".to_owned(), changed)].into(),
        standing: Some(Standing::default()),
        reason: None,
    }
}

/// The `koppeling` that was built with this program, or one that is built now.
fn koppeling() -> Result<PathBuf, Failure> {
    let beside = std::env::current_exe()?.with_file_name("koppeling");
    if beside.exists() { Ok(beside) } else { crate::contestants::build_koppeling() }
}

/// Starts `koppeling run`, and ends it after a while.
async fn start(koppeling: &Path, folder: &Path, settings: &OfficeSettings) -> Result<Started, Failure> {
    let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
    let mut command = Command::new(koppeling);
    command.arg("--data").arg(folder).args(["run", "--status-listen", "off", "--listen", &address]);
    command.env("KOPPELING_PAGES", "off");
    let began = Instant::now();
    let mut process = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
    // Its log is read to its end, or it would wait for whoever reads it.
    let mut log = process.stderr.take().ok_or("there is no log")?;
    let reading = std::thread::spawn(move || log.read_to_end(&mut Vec::new()));
    let answered = tokio::try_join!(
        until(began, || delivery(&address, settings), |status| status == http::StatusCode::ACCEPTED),
        until(began, || Ok(http::Request::get(format!("http://{address}/health")).body(Full::default())?), |_| true),
    );
    if answered.is_ok() {
        tokio::time::sleep(RUNS_FOR).await;
    }
    process.kill()?;
    let used = process.wait4()?;
    reading.join().map_err(|_| "the log could not be read")??;
    let (delivery, health) = answered?;
    Ok(Started { delivery, health, peak: used.rusage.maxrss })
}

fn delivery(address: &str, settings: &OfficeSettings) -> Result<http::Request<Full<Bytes>>, Failure> {
    let id = "8f0f2a5e-6e8f-4b57-9a0b-0c3b5b1d7a10";
    let body = serde_json::json!({"webhookId": id, "payload": {"entityId": id}}).to_string();
    let config = settings.config();
    let header = config.get("tribe-webhook-header").ok_or("there is no header for signatures")?;
    Ok(http::Request::post(format!("http://{address}/tribe/{}", settings.office))
        .header("content-type", "application/json")
        .header(header, sandbox::tribe::signature(SECRET, body.as_bytes()))
        .body(Full::from(body))?)
}

/// Sends it again and again until it is answered so.
async fn until(
    began: Instant,
    request: impl Fn() -> Result<http::Request<Full<Bytes>>, Failure>,
    is_answered: impl Fn(http::StatusCode) -> bool,
) -> Result<Duration, Failure> {
    let client: Sender = Client::builder(TokioExecutor::new()).build_http();
    while began.elapsed() < PATIENCE {
        if let Ok(answer) = client.request(request()?).await {
            let status = answer.status();
            answer.into_body().collect().await?;
            if is_answered(status) {
                return Ok(began.elapsed());
            }
        }
        tokio::time::sleep(ASK_EVERY).await;
    }
    Err("`koppeling run` gave no answer".into())
}
