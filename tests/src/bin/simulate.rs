//! Runs seeds of the simulation and reports what was broken, which faults struck and which excuses were given.
//!
//! `cargo run --release -p tests --bin simulate -- --seeds N --minutes M [--engine native|component|both]
//! [--component FILE] [--seed S] [--speaks assumed|practice|bookkeeping|register|ledger] [--scenario JSON] [--aloud]`
//!
//! `--engine` says which build of the connector runs; `both` runs each seed with both and compares every call.
//! `--component` runs the component of a file, as it is released, in place of the one that is built in.
//! `--speaks` says how AC speaks in all of them, whatever the seed says.
//! `--seed S` alone runs that one seed; with `--seeds` it is the first of so many. `--scenario` runs a scenario as it
//! was printed. `--aloud` tells every step on standard error. Ends with 1 if anything was broken.

#![allow(clippy::print_stdout, reason = "this is what it is for")]

use std::collections::BTreeMap;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use tests::Engine;
use tests::faults::Kind;
use tests::invariants::Excuse;
use tests::simulation::{Run, Scenario, Speaks, Voice, first_difference, minimise, run_on};

/// The most runs that one failing scenario takes to become smaller.
const MOST_RUNS: u32 = 400;
/// One seed of so many runs twice (I16).
const TWICE_EVERY: u64 = 100;
/// After so many failing seeds it stops.
const MOST_FAILURES: u32 = 10;

struct Wanted {
    first: u64,
    seeds: u64,
    time: Duration,
    scenario: Option<Scenario>,
    engines: &'static [Engine],
    voice: Voice,
    /// How AC speaks in all of them, whatever the seed says.
    speaks: Option<Speaks>,
}

fn read_arguments() -> Result<Wanted, String> {
    let mut wanted = Wanted {
        first: 1,
        seeds: 1_000,
        time: Duration::from_secs(10 * 60),
        scenario: None,
        engines: &[Engine::Native],
        voice: Voice::Silent,
        speaks: None,
    };
    let (mut first, mut seeds) = (None, None);
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        if name == "--aloud" {
            wanted.voice = Voice::Aloud;
            continue;
        }
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        let number = || value.parse::<u64>().map_err(|_| format!("{name} needs a number, not {value}"));
        match name.as_str() {
            "--seed" => first = Some(number()?),
            "--seeds" => seeds = Some(number()?),
            "--minutes" => wanted.time = Duration::from_secs(60 * number()?),
            "--engine" => {
                wanted.engines = match value.as_str() {
                    "native" => &[Engine::Native],
                    "component" => &[Engine::Component],
                    "both" => &Engine::ALL,
                    other => return Err(format!("{other} is no engine; there are native, component and both")),
                }
            }
            "--speaks" => {
                let speaks = serde_json::from_value(serde_json::Value::String(value.clone()));
                wanted.speaks = Some(speaks.map_err(|_| {
                    format!("nothing speaks as {value}; there are assumed, practice, bookkeeping, register and ledger")
                })?);
            }
            "--component" => {
                let component = std::fs::read(&value).map_err(|error| format!("{value}: {error}"))?;
                tests::run_in_place(component);
            }
            "--scenario" => {
                let scenario = serde_json::from_str(&value);
                wanted.scenario = Some(scenario.map_err(|error| format!("that is no scenario: {error}"))?);
            }
            other => return Err(format!("{other} is not known; see the head of tests/src/bin/simulate.rs")),
        }
    }
    wanted.first = first.unwrap_or(1);
    wanted.seeds = seeds.unwrap_or(if first.is_some() { 1 } else { 1_000 });
    Ok(wanted)
}

#[derive(Default)]
struct Total {
    seeds: u64,
    slices: u64,
    requests: u64,
    time: Duration,
    /// Seeds in which the systems had each quirk.
    quirks: BTreeMap<String, u64>,
    /// Seeds in which each fault struck, and how often.
    fired: BTreeMap<Kind, (u64, u64)>,
    /// Seeds in which each excuse was given, and how often.
    excused: BTreeMap<Excuse, (u64, u64)>,
    failed: u32,
    slowest: Duration,
    /// By the name of the engine.
    took: BTreeMap<&'static str, Duration>,
}

impl Total {
    fn add(&mut self, scenario: &Scenario, run: &Run) {
        self.seeds += 1;
        for quirk in &scenario.quirks {
            let name = serde_json::to_value(quirk).unwrap_or_default();
            *self.quirks.entry(name.as_str().unwrap_or_default().to_owned()).or_default() += 1;
        }
        self.slices += run.slices;
        self.requests += run.requests;
        self.time += run.time;
        count(&mut self.fired, &run.fired);
        count(&mut self.excused, &run.excused);
    }

    #[expect(clippy::cast_precision_loss, reason = "for a person to read")]
    fn print(&self) {
        println!("{:<24} {:>12}", "quirk", "seeds");
        for (quirk, seeds) in &self.quirks {
            println!("{quirk:<24} {seeds:>12}");
        }
        println!("\n{:<24} {:>12} {:>12}", "fault", "seeds", "times");
        for kind in Kind::ALL {
            let (seeds, times) = self.fired.get(kind).copied().unwrap_or_default();
            println!("{kind:<24} {seeds:>12} {times:>12}");
        }
        println!("\n{:<24} {:>12} {:>12}  of", "excuse", "seeds", "times");
        for excuse in Excuse::ALL {
            let (seeds, times) = self.excused.get(excuse).copied().unwrap_or_default();
            println!("{excuse:<24} {seeds:>12} {times:>12}  {:?}", excuse.invariant());
        }
        println!();
        let days = self.time.as_secs() / 86_400;
        println!(
            "{} seeds, {} slices, {} requests, {days} days of virtual time",
            self.seeds, self.slices, self.requests
        );
        for (engine, took) in &self.took {
            println!("{engine}: {:.1} scenarios/s", self.seeds as f64 / took.as_secs_f64());
        }
        println!("slowest {} ms, {} failed", self.slowest.as_millis(), self.failed);
    }
}

/// Adds what one run counted.
fn count<K: Copy + Ord>(total: &mut BTreeMap<K, (u64, u64)>, of_run: &BTreeMap<K, u64>) {
    for (key, times) in of_run {
        let (seeds, all) = total.entry(*key).or_default();
        *seeds += 1;
        *all += times;
    }
}

fn report(scenario: &Scenario, run: &Run) {
    let Some(first) = run.broken.first() else { return };
    println!("seed {} breaks {first}", scenario.seed);
    println!("  again:   cargo run --release -p tests --bin simulate -- --seed {}", scenario.seed);
    let smallest = minimise(scenario, first.invariant, MOST_RUNS);
    println!("  smaller: cargo run --release -p tests --bin simulate -- --scenario '{smallest}'");
}

fn main() -> ExitCode {
    let wanted = match read_arguments() {
        Ok(wanted) => wanted,
        Err(problem) => {
            println!("{problem}");
            return ExitCode::from(2);
        }
    };
    if let Some(scenario) = &wanted.scenario {
        return if one(scenario, &wanted) { ExitCode::SUCCESS } else { ExitCode::from(1) };
    }
    let began = Instant::now();
    let mut total = Total::default();
    for seed in wanted.first..wanted.first.saturating_add(wanted.seeds) {
        if began.elapsed() > wanted.time || total.failed >= MOST_FAILURES {
            break;
        }
        let mut scenario = Scenario::of_seed(seed);
        if let Some(speaks) = wanted.speaks {
            scenario = scenario.speaking(speaks);
        }
        announce(seed);
        let runs: Vec<Run> = wanted
            .engines
            .iter()
            .map(|engine| {
                let at = Instant::now();
                let came_to = run_on(*engine, &scenario, wanted.voice);
                let took = at.elapsed();
                *total.took.entry(engine.name()).or_default() += took;
                total.slowest = total.slowest.max(took);
                came_to
            })
            .collect();
        let Some(came_to) = runs.first() else { break };
        total.add(&scenario, came_to);
        if runs.iter().any(|run| run != came_to) {
            println!("seed {seed}: the two builds differ {}", first_difference(&scenario));
            total.failed += 1;
        }
        let twice = seed.is_multiple_of(TWICE_EVERY) && runs.len() == 1;
        let again = wanted.engines.iter().filter(|_| twice).map(|engine| run_on(*engine, &scenario, Voice::Silent));
        if again.into_iter().any(|run| run != *came_to) {
            println!("seed {seed} breaks I16: two runs of it differ");
            total.failed += 1;
        }
        if !came_to.broken.is_empty() {
            total.failed += 1;
            report(&scenario, came_to);
        }
    }
    total.print();
    if total.failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

/// Runs one scenario with each engine that is wanted. Returns whether everything held.
fn one(scenario: &Scenario, wanted: &Wanted) -> bool {
    let runs: Vec<Run> = wanted.engines.iter().map(|engine| run_on(*engine, scenario, wanted.voice)).collect();
    for (engine, run) in wanted.engines.iter().zip(&runs) {
        run.broken.iter().for_each(|broken| println!("{broken}"));
        println!("{}: {} slices, {} requests, {} broken", engine.name(), run.slices, run.requests, run.broken.len());
    }
    let same = runs.windows(2).all(|pair| pair.first() == pair.last());
    if !same {
        println!("the two builds differ {}", first_difference(scenario));
    }
    same && runs.iter().all(|run| run.broken.is_empty())
}

/// A panic prints the seed in which it happened.
fn announce(seed: u64) {
    std::panic::set_hook(Box::new(move |panic| {
        println!("{panic}");
        println!("  again:   cargo run --release -p tests --bin simulate -- --seed {seed}");
    }));
}
