//! Shows that the tests can fail: switches on one wrong version of the connector after the other, and tells which test
//! notices it.
//!
//! `cargo run -p tests --bin mutants -- [--only NAME] [--seeds N] [--minutes M]`
//!
//! Each mutant of the connector meets first some seeds of the simulation, then the unit tests and the scenarios, until
//! something fails; each of the host meets the host's unit tests. The comparison of the two builds is left out: it would
//! notice all of them, and show nothing of the others.
//! Whatever judges it knows nothing of mutants. A run that does not end counts as noticed: it would not pass either.
//! Without any mutant all of this must pass, or nothing is shown; that is tried first. Ends with 1 if fewer than 95 %
//! are noticed within the time.

#![allow(clippy::print_stdout, reason = "this is what it is for")]

use std::collections::VecDeque;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use advocaatcentraal_tribe::mutant::{self, VARIABLE};
use host_harness::mutant as host;
use serde_json::Value;
use tests::simulation::{Scenario, Voice, run};

/// A test program that takes longer hangs.
const LONGEST: Duration = Duration::from_secs(120);
/// What is asked first, since it is quick; the rest follows as it comes, the long ones last.
const QUICK: [&str; 4] = ["advocaatcentraal_tribe", "sync", "faults", "login"];
const LAST: [&str; 2] = ["switches", "crashes"];
/// What needs no connector, or the compiled one, in which there are no mutants.
const APART: [&str; 3] = ["component_simulation", "simulation", "mutants"];

/// A wrong version of the one or the other.
#[derive(Clone, Copy)]
enum Mutant {
    Connector(mutant::Mutant),
    Host(host::Mutant),
}

impl Mutant {
    fn all() -> Vec<Self> {
        let connector = mutant::Mutant::ALL.iter().copied().map(Self::Connector);
        connector.chain(host::Mutant::ALL.iter().copied().map(Self::Host)).collect()
    }

    fn parse(name: &str) -> Option<Self> {
        Self::all().into_iter().find(|mutant| mutant.name() == name)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Connector(mutant) => mutant.name(),
            Self::Host(mutant) => mutant.name(),
        }
    }
}

struct Wanted {
    mutants: Vec<Mutant>,
    seeds: u64,
    time: Duration,
}

fn read_arguments() -> Result<Wanted, String> {
    let mut wanted = Wanted { mutants: Mutant::all(), seeds: 40, time: Duration::from_secs(10 * 60) };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        let number = || value.parse::<u64>().map_err(|_| format!("{name} needs a number, not {value}"));
        match name.as_str() {
            "--only" => wanted.mutants = vec![Mutant::parse(&value).ok_or_else(|| format!("no mutant is {value}"))?],
            "--seeds" => wanted.seeds = number()?,
            "--minutes" => wanted.time = Duration::from_secs(60 * number()?),
            other => return Err(format!("{other} is not known; see the head of tests/src/bin/mutants.rs")),
        }
    }
    Ok(wanted)
}

/// What noticed a mutant; none if nothing did.
type Noticed = Option<String>;

/// What the mutants have to pass.
struct Trial {
    own: PathBuf,
    seeds: u64,
    connector: Vec<Program>,
    host: Vec<Program>,
}

/// A test program, with its name.
type Program = (String, PathBuf);

impl Trial {
    /// What notices that mutant.
    fn of(&self, mutant: Mutant) -> Noticed {
        match mutant {
            Mutant::Connector(_) => self.of_connector(Some(mutant)),
            Mutant::Host(_) => first(&self.host, Some(mutant)),
        }
    }

    /// What fails although nothing is wrong.
    fn of_none(&self) -> Noticed {
        self.of_connector(None).or_else(|| first(&self.host, None))
    }

    fn of_connector(&self, mutant: Option<Mutant>) -> Noticed {
        let mut seeds = Command::new(&self.own);
        seeds.args(["--run", &self.seeds.to_string()]);
        judge("the simulation", seeds, mutant).or_else(|| first(&self.connector, mutant))
    }
}

/// What the first of these programs that fails tells.
fn first(programs: &[Program], mutant: Option<Mutant>) -> Noticed {
    programs.iter().find_map(|(name, program)| judge(name, Command::new(program), mutant))
}

/// Runs a program with that mutant on; tells what failed.
fn judge(name: &str, mut program: Command, mutant: Option<Mutant>) -> Noticed {
    program.env_remove(VARIABLE).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    if let Some(mutant) = mutant {
        program.env(VARIABLE, mutant.name());
    }
    let Ok(mut child) = program.spawn() else { return Some(format!("{name} could not be started")) };
    let (tell, heard) = mpsc::channel();
    let out = child.stdout.take();
    // The first failure is enough, and nobody waits for the rest.
    std::thread::spawn(move || {
        let lines = out.into_iter().flat_map(|out| BufReader::new(out).lines().map_while(Result::ok));
        let failure = |line: &String| line.ends_with("FAILED") || line.starts_with("seed ");
        lines.filter(failure).take(1).try_for_each(|line| tell.send(line))
    });
    let began = Instant::now();
    let failed = loop {
        match heard.recv_timeout(Duration::from_millis(100)) {
            Ok(line) => break Some(line),
            Err(RecvTimeoutError::Timeout) if began.elapsed() <= LONGEST => {}
            Err(RecvTimeoutError::Timeout) => break Some("it does not end".to_owned()),
            Err(RecvTimeoutError::Disconnected) => {
                let passed = child.wait().is_ok_and(|status| status.success());
                break (!passed).then(|| "it broke off".to_owned());
            }
        }
    };
    let stopped = child.kill().and_then(|()| child.wait());
    drop(stopped);
    failed.map(|failed| format!("{name}: {}", failed.trim()))
}

/// Runs the first seeds of the simulation in this process, with whatever mutant the environment names.
fn run_seeds(count: u64) -> ExitCode {
    for seed in 1..=count {
        if let Some(broken) = run(&Scenario::of_seed(seed), Voice::Silent).broken.first() {
            println!("seed {seed} breaks {broken}");
            return ExitCode::from(1);
        }
    }
    ExitCode::SUCCESS
}

/// Builds what `cargo test` builds, so that nothing is built twice, and tells where the tests of these packages are.
fn build() -> Result<Programs, String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let output = Command::new(cargo)
        .args(["test", "--no-run", "--locked", "--message-format=json"])
        .current_dir(workspace)
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| format!("cargo could not be started: {error}"))?;
    if !output.status.success() {
        return Err("the tests could not be built".to_owned());
    }
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let built: Vec<Built> = text.lines().filter_map(built).collect();
    let of = |wanted: &dyn Fn(&Built) -> bool| -> Vec<Program> {
        built.iter().filter(|built| wanted(built)).map(|built| built.program.clone()).collect()
    };
    let mut connector =
        of(&|built| ["plugin", "tests"].contains(&&*built.folder) && !APART.contains(&built.program.0.as_str()));
    let rank = |name: &str| match QUICK.iter().position(|quick| *quick == name) {
        Some(rank) => rank,
        None => QUICK.len() + LAST.iter().position(|last| *last == name).map_or(0, |rank| rank + 1),
    };
    connector.sort_by(|(one, _), (other, _)| (rank(one), one).cmp(&(rank(other), other)));
    Ok(Programs { connector, host: of(&|built| built.program.0 == "host_harness") })
}

/// The test programs that judge the one and the other.
struct Programs {
    connector: Vec<Program>,
    host: Vec<Program>,
}

/// A test program, with the folder of its package.
struct Built {
    folder: String,
    program: Program,
}

/// The test program that a message of cargo's speaks of.
fn built(line: &str) -> Option<Built> {
    let message: Value = serde_json::from_str(line).ok()?;
    let is_test = message.get("profile")?.get("test")?.as_bool()?;
    let program = PathBuf::from(message.get("executable")?.as_str()?);
    let name = message.get("target")?.get("name")?.as_str()?.to_owned();
    let manifest = Path::new(message.get("manifest_path")?.as_str()?);
    let folder = manifest.parent()?.file_name()?.to_str()?.to_owned();
    is_test.then_some(Built { folder, program: (name, program) })
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [name, count] = arguments.as_slice()
        && name == "--run"
    {
        return run_seeds(count.parse().unwrap_or(0));
    }
    match read_arguments().and_then(|wanted| try_all(&wanted)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(problem) => {
            println!("{problem}");
            ExitCode::from(2)
        }
    }
}

fn try_all(wanted: &Wanted) -> Result<bool, String> {
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let Programs { connector, host } = build()?;
    let trial = Trial { own, seeds: wanted.seeds, connector, host };
    let began = Instant::now();
    if let Some(failed) = trial.of_none() {
        return Err(format!("without any mutant this fails: {failed}"));
    }
    println!("without any mutant all passes, {} s", began.elapsed().as_secs());
    let began = Instant::now();
    let left = Mutex::new(wanted.mutants.iter().copied().collect::<VecDeque<_>>());
    let survivors = Mutex::new(Vec::new());
    let workers = std::thread::available_parallelism().map_or(1, Into::into);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let next = left.lock().ok().and_then(|mut left| left.pop_front());
                    let Some(mutant) = next else { break };
                    let at = Instant::now();
                    let noticed = if began.elapsed() > wanted.time { None } else { trial.of(mutant) };
                    let seconds = at.elapsed().as_secs_f32();
                    println!("{:<26} {seconds:>6.1} s  {}", mutant.name(), noticed.as_deref().unwrap_or("SURVIVES"));
                    if noticed.is_none()
                        && let Ok(mut survivors) = survivors.lock()
                    {
                        survivors.push(mutant.name());
                    }
                }
            });
        }
    });
    let survivors = survivors.into_inner().map_err(|_| "a worker broke off".to_owned())?;
    let (all, noticed) = (wanted.mutants.len(), wanted.mutants.len() - survivors.len());
    println!("{noticed} of {all} noticed, {} s", began.elapsed().as_secs());
    if !survivors.is_empty() {
        println!("not noticed: {}", survivors.join(", "));
    }
    Ok(noticed * 100 >= all * 95)
}
