//! `cargo bench -p benches [-- [--keep] [PART OF A NAME]]`: counts the instructions of every benchmark and compares them
//! with `COUNTS.toml`.
//!
//! Each is counted by this same program under callgrind, which it starts with the benchmark's name.

#![allow(clippy::print_stdout, reason = "this is what it is for")]

use std::collections::BTreeSet;
use std::error::Error;
use std::path::Path;
use std::process::ExitCode;
use std::{env, fs};

use benches::counting::{count, count_this_work};
use benches::kept::{Compared, Counts, parse, to_text};
use benches::table::{ALL, Benchmark, find};

const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/COUNTS.toml");
/// Where callgrind's files stay.
const FOLDER: &str = env!("CARGO_TARGET_TMPDIR");

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    // Cargo tells by `--bench` that it is `cargo bench`.
    let done = match arguments.as_slice() {
        [name] if name != "--bench" => one(name),
        all if all.iter().any(|argument| argument == "--bench") => compare(all),
        _ => Err("run it by `cargo bench -p benches`".into()),
    };
    done.unwrap_or_else(|error| {
        println!("{error}");
        ExitCode::from(2)
    })
}

/// Does the work of one benchmark.
fn one(name: &str) -> Result<ExitCode, Box<dyn Error>> {
    let benchmark = find(name).ok_or("there is no such benchmark")?;
    let work = (benchmark.prepare)();
    let values = count_this_work(work);
    if values == benchmark.values {
        Ok(ExitCode::SUCCESS)
    } else {
        Err(format!("it came across {values} values").into())
    }
}

fn compare(arguments: &[String]) -> Result<ExitCode, Box<dyn Error>> {
    let keeps = arguments.iter().any(|argument| argument == "--keep");
    let part = arguments.iter().find(|argument| !argument.starts_with("--")).map_or("", String::as_str);
    let chosen: Vec<Benchmark> = ALL.into_iter().filter(|benchmark| benchmark.name.contains(part)).collect();
    if chosen.is_empty() {
        return Err(format!("no benchmark has `{part}` in its name").into());
    }
    let mut kept = parse(&fs::read_to_string(KEPT)?)?;
    let program = env::current_exe()?;
    println!("{:<26} {:>12} {:>12} {:>11}", "instructions", "kept", "now", "difference");
    let (mut counts, mut failed) = (Counts::new(), Vec::new());
    for Benchmark { name, .. } in chosen {
        let now = count(&program, name, Path::new(FOLDER)).map_err(|error| format!("{name}: {error}"))?;
        let compared = Compared { name, now, kept: kept.get(name).copied() };
        println!("{compared}");
        if compared.verdict().is_failure() {
            failed.push(compared.to_string());
        }
        counts.insert(name.to_owned(), now);
    }
    if keeps {
        kept.extend(counts);
        kept.retain(|name, _| find(name).is_some());
        fs::write(KEPT, to_text(&kept))?;
        println!("kept; say in the body of the commit why the counts changed");
        return Ok(ExitCode::SUCCESS);
    }
    if cfg!(not(all(target_arch = "x86_64", target_os = "linux"))) {
        println!("the kept counts are those of x86-64 Linux: nothing is compared here");
        return Ok(ExitCode::SUCCESS);
    }
    let names: BTreeSet<&str> = ALL.iter().map(|benchmark| benchmark.name).collect();
    for gone in kept.keys().filter(|name| !names.contains(name.as_str())) {
        failed.push(format!("{gone}: a count is kept of a benchmark that there is not"));
    }
    if failed.is_empty() {
        println!("no benchmark is more than a tenth worse than its kept count");
        return Ok(ExitCode::SUCCESS);
    }
    println!("\nworse than the kept counts by more than a tenth, or not kept:\n{}", failed.join("\n"));
    println!("where the instructions go: callgrind_annotate {FOLDER}/NAME.callgrind");
    println!("if that is meant: `cargo bench -p benches -- --keep`, and say why in the body of the commit");
    Ok(ExitCode::FAILURE)
}
