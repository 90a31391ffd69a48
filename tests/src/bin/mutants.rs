//! Shows that the tests can fail: switches on one wrong version of the connector or the host after the other, and tells
//! which test notices it.
//!
//! `cargo run -p tests --bin mutants -- [--only NAME] [--learn] [--seeds N] [--minutes M] [--check]`
//!
//! The wrong versions stand in `tests/mutants`. They are switched into a copy of the sources below `target/mutants`, which
//! is built by itself; the first time takes some minutes. First is asked the test or seed that stands there as `by`; where
//! it passes, or none is named, everything is. Without any of them on all that is asked must pass, and every seed must
//! notice a canary, or nothing is shown; that is tried first.
//!
//! `--only` tries one of them, by its name. `--learn` writes what is found as `by` into the catalogue, after each, so that
//! a run that is broken off is gone on with; it also tries those that stand there as unnoticed. `--seeds` is how many seeds
//! of the simulation a search takes, `--minutes` how long all may take without building. `--check` only lays the copy, and
//! tells whether each fits today's sources.
//!
//! Ends with 1 if fewer than 95 % are noticed within the time. Those that are not stand by name, with the reason.

#![allow(clippy::print_stdout, reason = "this is what it is for")]

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use tests::mutants::catalogue::{self, Mutant};
use tests::mutants::judge::{CANARY, Found, HOST, Judge};
use tests::mutants::notice::Notice;
use tests::mutants::{copy, in_parallel, learn, program, snippet, workspace};

/// So many in a hundred must be noticed.
const WANTED: usize = 95;
/// What the head of this file says.
const HEAD: &str = include_str!("mutants.rs");

struct Wanted {
    only: Option<String>,
    seeds: u64,
    time: Duration,
    check: bool,
    learn: bool,
    help: bool,
}

fn read_arguments() -> Result<Wanted, String> {
    let time = Duration::from_secs(60 * 60);
    let mut wanted = Wanted { only: None, seeds: 40, time, check: false, learn: false, help: false };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let switch = match name.as_str() {
            "--check" => Some(&mut wanted.check),
            "--learn" => Some(&mut wanted.learn),
            "--help" | "-h" => Some(&mut wanted.help),
            _ => None,
        };
        if let Some(switch) = switch {
            *switch = true;
            continue;
        }
        if !["--only", "--seeds", "--minutes"].contains(&name.as_str()) {
            return Err(format!("{name} is not known; --help tells what is"));
        }
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        let number = || value.parse::<u64>().map_err(|_| format!("{name} needs a number, not {value}"));
        match name.as_str() {
            "--seeds" => wanted.seeds = number()?,
            "--minutes" => wanted.time = Duration::from_secs(60 * number()?),
            _ => wanted.only = Some(value),
        }
    }
    Ok(wanted)
}

fn main() -> ExitCode {
    let came_to = read_arguments().and_then(|wanted| if wanted.help { Ok(tell_usage()) } else { try_all(&wanted) });
    match came_to {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(problem) => {
            println!("{problem}");
            ExitCode::from(2)
        }
    }
}

fn tell_usage() -> bool {
    let head = HEAD.lines().map_while(|line| line.strip_prefix("//!"));
    head.for_each(|line| println!("{}", line.strip_prefix(' ').unwrap_or(line)));
    true
}

fn folder() -> PathBuf {
    workspace().join("tests/mutants")
}

fn try_all(wanted: &Wanted) -> Result<bool, String> {
    let line = |error: &dyn std::fmt::Display| error.to_string();
    let all = catalogue::read(&folder()).map_err(|error| line(&error))?;
    let sources = copy::sources(&all).map_err(|error| line(&error))?;
    let is_meant = |mutant: &Mutant| wanted.only.as_ref().is_none_or(|only| mutant.name == *only);
    if !all.iter().any(is_meant) {
        return Err(format!("no mutant is {}", wanted.only.as_deref().unwrap_or("there")));
    }
    let groups = snippet::groups(&all.iter().collect::<Vec<_>>(), &sources).map_err(|error| line(&error))?;
    let packages: BTreeSet<&str> = all.iter().map(Mutant::package).chain([HOST]).collect();
    let mut survivors = Vec::new();
    let mut tried = 0;
    let mut took = Duration::ZERO;
    for group in &groups {
        let meant: Vec<&Mutant> = group.iter().copied().filter(|mutant| is_meant(mutant)).collect();
        if meant.is_empty() {
            continue;
        }
        copy::lay(group, &sources).map_err(|error| line(&error))?;
        tried += meant.len();
        if wanted.check {
            continue;
        }
        let built = program::build(&packages).map_err(|error| line(&error))?;
        let judge = Judge::new(wanted.seeds, built).ok_or("cargo built no simulation")?;
        let began = Instant::now();
        let run = Run { judge: &judge, wanted, ends: began + wanted.time.saturating_sub(took) };
        run.try_nothing(&meant)?;
        survivors.extend(run.try_each(&meant)?);
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

fn fails_anyway(failed: &Found) -> String {
    format!("without any mutant this fails: {}", failed.told)
}

/// The wrong versions of one copy, on trial.
struct Run<'w> {
    judge: &'w Judge,
    wanted: &'w Wanted,
    /// Whatever is not begun by then is not tried.
    ends: Instant,
}

impl Run<'_> {
    /// What must hold of a copy, or no figure of it means anything.
    fn try_nothing(&self, mutants: &[&Mutant]) -> Result<(), String> {
        let began = Instant::now();
        let named: BTreeSet<&Notice> = mutants.iter().filter_map(|mutant| mutant.by.as_ref()).collect();
        if let Some(failed) = self.judge.named_fails_anyway(&named) {
            return Err(fails_anyway(&failed));
        }
        println!("without any mutant what is named passes, {} s", began.elapsed().as_secs());
        if mutants.iter().any(|mutant| mutant.by.is_none() && !self.is_left_out(mutant)) {
            self.all_passes()?;
            println!("without any mutant all passes, {} s", began.elapsed().as_secs());
        }
        if mutants.iter().any(|mutant| mutant.name == CANARY)
            && let Some(seed) = self.judge.seed_without_canary()
        {
            return Err(format!("seed {seed} does not notice {CANARY}, which is in every record"));
        }
        Ok(())
    }

    fn all_passes(&self) -> Result<(), String> {
        self.judge.fails_anyway().map_or(Ok(()), |failed| Err(fails_anyway(failed)))
    }

    /// What is known to survive takes the longest, and is tried when it is asked for.
    fn is_left_out(&self, mutant: &Mutant) -> bool {
        mutant.unnoticed.is_some() && !self.wanted.learn && self.wanted.only.is_none()
    }

    /// Tries each of them; gives those that nothing noticed.
    fn try_each<'m>(&self, mutants: &[&'m Mutant]) -> Result<Vec<&'m Mutant>, String> {
        let survivors = Mutex::new(Vec::new());
        let problem = Mutex::new(None);
        in_parallel(mutants.iter().copied(), |mutant| {
            if problem.lock().is_ok_and(|problem| problem.is_some()) {
                return;
            }
            match self.try_one(mutant) {
                Ok(true) => {}
                Ok(false) => drop(survivors.lock().map(|mut survivors| survivors.push(mutant))),
                Err(told) => drop(problem.lock().map(|mut problem| *problem = Some(told))),
            }
        });
        match problem.into_inner() {
            Ok(None) => survivors.into_inner().map_err(|_| "a worker broke off".to_owned()),
            Ok(Some(told)) => Err(told),
            Err(_) => Err("a worker broke off".to_owned()),
        }
    }

    /// Whether something notices it.
    fn try_one(&self, mutant: &Mutant) -> Result<bool, String> {
        let began = Instant::now();
        let tell = |what: &str| println!("{:<36} {:>6.1} s  {what}", mutant.name, began.elapsed().as_secs_f32());
        if began > self.ends {
            tell("NOT TRIED: the time is over");
            return Ok(false);
        }
        if self.is_left_out(mutant) {
            tell("not tried: it stands there as unnoticed");
            return Ok(false);
        }
        if let Some(by) = &mutant.by {
            if self.judge.notices(by, Some(&mutant.name)) {
                tell(&by.to_string());
                return Ok(true);
            }
            tell(&format!("its `by` is stale: {by} does not notice it"));
        }
        self.all_passes()?;
        let Some(Found { told, by }) = self.judge.search(mutant) else {
            tell("SURVIVES");
            return Ok(false);
        };
        tell(&told);
        if mutant.unnoticed.is_some() {
            tell("is noticed after all: take its reason away");
        }
        match by {
            Some(by) if self.wanted.learn => {
                let _writing = WRITING.lock();
                learn::write(&folder(), &mutant.name, &by).map_err(|error| error.to_string())?;
            }
            Some(by) => tell(&format!("--learn writes it: by = \"{by}\"")),
            None => tell("no test is told by name: write `by` by hand"),
        }
        Ok(true)
    }
}

/// Held while a file of the catalogue is written.
static WRITING: Mutex<()> = Mutex::new(());
