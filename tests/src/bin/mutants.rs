//! Shows that the tests can fail: switches on one wrong version of the connector or the host after the other, and tells
//! which test notices it.
//!
//! `cargo run -p tests --bin mutants -- [--only NAME] [--seeds N] [--minutes M] [--check]`
//!
//! The wrong versions stand in `tests/mutants`. They are switched into a copy of the sources below `target/mutants`, which
//! is built by itself; the first time takes some minutes. Without any of them on all must pass there, and every seed
//! must notice a canary, or nothing is shown; that is tried first. `--check` only lays the copy, and tells whether each
//! fits today's sources.
//!
//! Ends with 1 if fewer than 95 % are noticed within the time. Those that are not stand by name, with the reason.

#![allow(clippy::print_stdout, reason = "this is what it is for")]

use std::collections::{BTreeSet, VecDeque};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use tests::mutants::catalogue::{self, Mutant};
use tests::mutants::judge::{CANARY, HOST, Judge};
use tests::mutants::{copy, program, snippet, workspace};

/// So many in a hundred must be noticed.
const WANTED: usize = 95;

struct Wanted {
    only: Option<String>,
    seeds: u64,
    time: Duration,
    check: bool,
}

fn read_arguments() -> Result<Wanted, String> {
    let mut wanted = Wanted { only: None, seeds: 40, time: Duration::from_secs(15 * 60), check: false };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        if name == "--check" {
            wanted.check = true;
            continue;
        }
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        let number = || value.parse::<u64>().map_err(|_| format!("{name} needs a number, not {value}"));
        match name.as_str() {
            "--only" => wanted.only = Some(value),
            "--seeds" => wanted.seeds = number()?,
            "--minutes" => wanted.time = Duration::from_secs(60 * number()?),
            other => return Err(format!("{other} is not known; see the head of tests/src/bin/mutants.rs")),
        }
    }
    Ok(wanted)
}

fn main() -> ExitCode {
    match read_arguments().and_then(|wanted| try_all(&wanted)) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(problem) => {
            println!("{problem}");
            ExitCode::from(2)
        }
    }
}

/// A wrong version that nothing noticed.
type Survivor<'m> = &'m Mutant;

fn try_all(wanted: &Wanted) -> Result<bool, String> {
    let line = |error: &dyn std::fmt::Display| error.to_string();
    let all = catalogue::read(&workspace().join("tests/mutants")).map_err(|error| line(&error))?;
    let sources = copy::sources(&all).map_err(|error| line(&error))?;
    let mut mutants: Vec<&Mutant> = all.iter().collect();
    if let Some(only) = &wanted.only {
        mutants.retain(|mutant| mutant.name == *only);
        if mutants.is_empty() {
            return Err(format!("no mutant is {only}"));
        }
    }
    let groups = snippet::groups(&all.iter().collect::<Vec<_>>(), &sources).map_err(|error| line(&error))?;
    let packages: BTreeSet<&str> = all.iter().map(Mutant::package).chain([HOST]).collect();
    let mut survivors = Vec::new();
    let mut tried = 0;
    let mut took = Duration::ZERO;
    for group in &groups {
        let wanted_ones: Vec<&Mutant> = group.iter().copied().filter(|mutant| mutants.contains(mutant)).collect();
        if wanted_ones.is_empty() {
            continue;
        }
        copy::lay(group, &sources).map_err(|error| line(&error))?;
        tried += wanted_ones.len();
        if wanted.check {
            continue;
        }
        let built = program::build(&packages).map_err(|error| line(&error))?;
        let judge = Judge::new(wanted.seeds, built).ok_or("cargo built no simulation")?;
        try_nothing(&judge, group)?;
        let began = Instant::now();
        survivors.extend(try_group(&judge, &wanted_ones, wanted.time.saturating_sub(took))?);
        took += began.elapsed();
    }
    if wanted.check {
        println!("{tried} mutants fit the sources, in {} copies", groups.len());
        return Ok(true);
    }
    let noticed = tried - survivors.len();
    println!("{noticed} of {tried} noticed, {} s", took.as_secs());
    for mutant in &survivors {
        let reason = mutant.unnoticed.as_deref().unwrap_or("no reason stands in the catalogue");
        println!("not noticed: {} ({}): {}", mutant.name, mutant.what.trim(), reason.trim());
    }
    Ok(noticed * 100 >= tried * WANTED)
}

/// What must hold of a copy, or no figure of it means anything.
fn try_nothing(judge: &Judge, group: &[&Mutant]) -> Result<(), String> {
    let began = Instant::now();
    if let Some(failed) = judge.fails_anyway() {
        return Err(format!("without any mutant this fails: {failed}"));
    }
    println!("without any mutant all passes, {} s", began.elapsed().as_secs());
    if group.iter().any(|mutant| mutant.name == CANARY)
        && let Some(seed) = judge.seed_without_canary()
    {
        return Err(format!("seed {seed} does not notice {CANARY}, which is in every record"));
    }
    Ok(())
}

/// Tries each of them within the time; gives those that nothing noticed.
fn try_group<'m>(judge: &Judge, mutants: &[&'m Mutant], time: Duration) -> Result<Vec<Survivor<'m>>, String> {
    let began = Instant::now();
    let left = Mutex::new(mutants.iter().copied().collect::<VecDeque<_>>());
    let survivors = Mutex::new(Vec::new());
    let workers = std::thread::available_parallelism().map_or(1, Into::into);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                loop {
                    let next = left.lock().ok().and_then(|mut left| left.pop_front());
                    let Some(mutant) = next else { break };
                    let at = Instant::now();
                    let is_over = began.elapsed() > time;
                    let noticed = if is_over { None } else { judge.noticed(mutant) };
                    let seconds = at.elapsed().as_secs_f32();
                    let unnoticed = if is_over { "NOT TRIED: the time is over" } else { "SURVIVES" };
                    println!("{:<32} {seconds:>6.1} s  {}", mutant.name, noticed.as_deref().unwrap_or(unnoticed));
                    if noticed.is_some() && mutant.unnoticed.is_some() {
                        println!("{:<32} is noticed after all: its reason is no longer true", mutant.name);
                    }
                    if noticed.is_none()
                        && let Ok(mut survivors) = survivors.lock()
                    {
                        survivors.push(mutant);
                    }
                }
            });
        }
    });
    survivors.into_inner().map_err(|_| "a worker broke off".to_owned())
}
