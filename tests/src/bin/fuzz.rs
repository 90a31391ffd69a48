//! Feeds both clients answers in shapes that nobody chose, and reports what was written because of one.
//!
//! `cargo run --release -p tests --bin fuzz -- [--answers N] [--seed S] [--minutes M]`: so many answers (a million unless
//! said), in cases from that seed on. `--case S` runs the one case of that seed. Ends with 1 if anything was wrong.

#![allow(clippy::print_stdout, reason = "this is what it is for")]

use std::collections::{BTreeMap, BTreeSet};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use tests::shapes::{Coverage, Fuzz, Shape};

/// After so many findings it stops.
const MOST_FINDINGS: u32 = 20;

struct Wanted {
    answers: u64,
    first: u64,
    time: Duration,
    case: Option<u64>,
}

fn read_arguments() -> Result<Wanted, String> {
    let mut wanted = Wanted { answers: 1_000_000, first: 1, time: Duration::from_secs(60 * 60), case: None };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        let number = value.parse::<u64>().map_err(|_| format!("{name} needs a number, not {value}"))?;
        match name.as_str() {
            "--answers" => wanted.answers = number,
            "--seed" => wanted.first = number,
            "--minutes" => wanted.time = Duration::from_secs(60 * number),
            "--case" => wanted.case = Some(number),
            other => return Err(format!("{other} is not known; see the head of tests/src/bin/fuzz.rs")),
        }
    }
    Ok(wanted)
}

fn main() -> ExitCode {
    let wanted = match read_arguments() {
        Ok(wanted) => wanted,
        Err(why) => {
            println!("{why}");
            return ExitCode::from(2);
        }
    };
    let (began, mut fuzz, mut cases, mut findings) = (Instant::now(), Fuzz::default(), 0_u64, 0);
    let first = wanted.case.unwrap_or(wanted.first);
    while fuzz.answers() < wanted.answers && began.elapsed() < wanted.time && findings < MOST_FINDINGS {
        if let Err(finding) = fuzz.case(first + cases) {
            println!("{finding}\n");
            findings += 1;
        }
        cases += 1;
        if wanted.case.is_some() {
            break;
        }
    }
    print_coverage(&fuzz.coverage());
    println!("{cases} cases in {:?}, {findings} of them wrong", began.elapsed());
    if findings == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn print_coverage(coverage: &Coverage) {
    let mut members: BTreeMap<_, BTreeMap<Shape, u64>> = BTreeMap::new();
    for ((system, member, shape), times) in &coverage.members {
        members.entry((system, member)).or_default().insert(*shape, *times);
    }
    for ((system, member), shapes) in &members {
        println!("{system:?} {member:<28} {:>9} times in {:>2} shapes", shapes.values().sum::<u64>(), shapes.len());
    }
    let steps: BTreeSet<&String> = coverage.statuses.keys().map(|(step, _)| step).collect();
    for step in steps {
        let statuses: Vec<u64> =
            coverage.statuses.iter().filter(|((of, _), _)| of == step).map(|(_, times)| *times).collect();
        println!("{step:<72} {:>7} times with {:>3} statuses", statuses.iter().sum::<u64>(), statuses.len());
    }
    println!("{} answers, {} of them altered", coverage.answers, coverage.altered);
}
