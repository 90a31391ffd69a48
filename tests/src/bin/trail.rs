//! Compares the calls of this version of the connector with those of an earlier one.
//!
//! `cargo run --profile simulation -p tests --bin trail -- against REVISION`
//!
//! builds that revision below `target/trail`, lets both do the same runs (500 seeds of the simulation, the reference
//! scenarios, and a crash at every point of each), and compares the HTTP calls (method, address, body) in their order
//! and the keys that were written to the store. What may differ stands in `tests/data/allowed-differences.txt`, with
//! the reason. Ends with 1 if anything else differs.
//!
//! - `record --allow FILE` prints a line for each run: its name, the length of its trail, and its digest
//! - `show NAME` prints the trail of one run

#![allow(clippy::print_stdout, reason = "this is what it is for")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use tests::trail::{Allowed, Run, all, digest, named};

/// The list of what may differ, from the workspace's folder.
const ALLOWED: &str = "tests/data/allowed-differences.txt";
/// The most runs that differ and are shown.
const MOST_SHOWN: usize = 5;
/// How many lines are shown before the first that differs.
const CONTEXT: usize = 4;
/// The earlier version is built as this program was: the profile, and its folder in the target folder.
const PROFILE: (&str, &str) = if cfg!(debug_assertions) { ("dev", "debug") } else { ("simulation", "simulation") };

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match arguments.as_slice() {
        ["against", revision] => against(revision),
        ["record", "--allow", list] => record(Path::new(list)),
        ["show", name] => show(name),
        _ => Err("see the head of tests/src/bin/trail.rs".to_owned()),
    };
    match done {
        Ok(code) => code,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::from(2)
        }
    }
}

fn read_allowed(list: &Path) -> Result<Allowed, String> {
    let text = fs::read_to_string(list).map_err(|error| format!("{}: {error}", list.display()))?;
    Allowed::parse(&text)
}

/// The digests of all runs, in the order of the runs.
fn digests(allowed: &mut Allowed) -> Vec<(String, usize, u64)> {
    let runs = all();
    let next = AtomicUsize::new(0);
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let mut lines = Vec::new();
    thread::scope(|scope| {
        let work = || {
            let (mut own, mut lines) = (allowed.clone(), Vec::new());
            while let Some((place, run)) =
                Some(next.fetch_add(1, Ordering::Relaxed)).and_then(|place| runs.get(place).map(|run| (place, run)))
            {
                let trail = own.strip(run.trail());
                lines.push((place, (run.name(), trail.len(), digest(&trail))));
            }
            (own, lines)
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let mut met = Vec::new();
        for worker in workers {
            #[expect(clippy::expect_used, reason = "a run that panics has told why")]
            let (own, of_worker) = worker.join().expect("every run ends");
            met.push(own);
            lines.extend(of_worker);
        }
        met
    })
    .into_iter()
    .for_each(|own| allowed.add(own));
    lines.sort();
    lines.into_iter().map(|(_, line)| line).collect()
}

fn record(list: &Path) -> Result<ExitCode, String> {
    let mut allowed = read_allowed(list)?;
    for (name, length, digest) in digests(&mut allowed) {
        println!("{name}\t{length}\t{digest:016x}");
    }
    Ok(ExitCode::SUCCESS)
}

fn show(name: &str) -> Result<ExitCode, String> {
    let run: Run = named(name).ok_or_else(|| format!("there is no run {name}"))?;
    for line in run.trail() {
        println!("{}", line.replace('\n', " "));
    }
    Ok(ExitCode::SUCCESS)
}

fn against(revision: &str) -> Result<ExitCode, String> {
    let earlier = Earlier::build(revision)?;
    let list = fs::canonicalize(ALLOWED).map_err(|error| format!("{ALLOWED}: {error}"))?;
    let mut allowed = read_allowed(&list)?;
    let before: BTreeMap<String, String> = earlier
        .run(&["record", "--allow", &list.to_string_lossy()])?
        .lines()
        .filter_map(|line| line.split_once('\t').map(|(name, rest)| (name.to_owned(), rest.to_owned())))
        .collect();
    let now = digests(&mut allowed);
    let (mut lines, mut differing) = (0, Vec::new());
    for (name, length, digest) in &now {
        lines += length;
        if before.get(name) != Some(&format!("{length}\t{digest:016x}")) {
            differing.push(name.as_str());
        }
    }
    let gone = before.keys().filter(|name| !now.iter().any(|(known, ..)| known == *name)).count();
    for name in differing.iter().take(MOST_SHOWN) {
        show_difference(name, &earlier, &mut allowed.clone())?;
    }
    println!("{} runs, {lines} steps; {} runs differ, {gone} are gone", now.len(), differing.len());
    for (kind, times) in allowed.counted() {
        println!("allowed: {} ({times} times): {}", kind.name, kind.reason);
    }
    Ok(if differing.is_empty() && gone == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn show_difference(name: &str, earlier: &Earlier, allowed: &mut Allowed) -> Result<(), String> {
    let before: Vec<String> = match earlier.run(&["show", name]) {
        Ok(text) => text.lines().map(str::to_owned).collect(),
        Err(_) => Vec::new(),
    };
    let now = named(name).map(|run| run.trail()).unwrap_or_default();
    let now: Vec<String> = now.into_iter().map(|line| line.replace('\n', " ")).collect();
    let (before, now) = (allowed.strip(before), allowed.strip(now));
    let same = before.iter().zip(&now).take_while(|(before, now)| before == now).count();
    println!("{name} differs after {same} steps:");
    for line in now.iter().take(same).skip(same.saturating_sub(CONTEXT)) {
        println!("    {line}");
    }
    let at = |trail: &[String]| trail.get(same).map_or("(its end)", String::as_str).to_owned();
    println!("  - {}\n  + {}", at(&before), at(&now));
    Ok(())
}

/// The program of an earlier version.
struct Earlier {
    program: PathBuf,
}

impl Earlier {
    fn build(revision: &str) -> Result<Self, String> {
        let commit = output(Command::new("git").args(["rev-parse", "--verify", &format!("{revision}^{{commit}}")]))?;
        let folder = PathBuf::from("target/trail");
        let sources = folder.join(commit.trim());
        if !sources.is_dir() {
            fs::create_dir_all(&folder).map_err(|error| error.to_string())?;
            let fresh = folder.join("fresh");
            let _ = fs::remove_dir_all(&fresh);
            output(Command::new("git").args(["clone", "--quiet", "--no-checkout", "."]).arg(&fresh))?;
            output(Command::new("git").args(["checkout", "--quiet", commit.trim()]).current_dir(&fresh))?;
            fs::rename(&fresh, &sources).map_err(|error| error.to_string())?;
        }
        let target = fs::canonicalize(&folder).map_err(|error| error.to_string())?.join("target");
        let build = ["build", "--profile", PROFILE.0, "--locked", "-p", "tests", "--bin", "trail"];
        let status = Command::new("cargo").args(build).arg("--target-dir").arg(&target).current_dir(&sources).status();
        if !status.is_ok_and(|status| status.success()) {
            return Err(format!("{revision} could not be built"));
        }
        Ok(Self { program: target.join(PROFILE.1).join("trail") })
    }

    fn run(&self, arguments: &[&str]) -> Result<String, String> {
        output(Command::new(&self.program).args(arguments))
    }
}

fn output(command: &mut Command) -> Result<String, String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("{command:?} failed"))
    }
}
