//! Prints what the sync costs in calls: `cargo run --release -p tests --bin calls [-- RELATIONS]`, 5,000 unless said.

#![allow(clippy::print_stdout, reason = "this is what it is for")]

use std::process::ExitCode;
use std::time::Duration;

use sandbox::tribe::NestedCreate;
use tests::cost::{Cost, QuotaUse};

const LATENCY: Duration = Duration::from_millis(150);

fn main() -> ExitCode {
    let relations = match std::env::args().nth(1).map(|text| text.parse()) {
        None => 5_000,
        Some(Ok(relations)) => relations,
        Some(Err(_)) => {
            println!("give a number of relations");
            return ExitCode::from(2);
        }
    };
    println!("initial sync of {relations} relations and their contact persons");
    println!(
        "{:<16} {:>13} {:>8} {:>8} {:>6} {:>9} {:>7} {:>6} {:>11} {:>15}",
        "nested create",
        "organisations",
        "private",
        "contacts",
        "roles+",
        "addresses",
        "writes",
        "reads",
        "per record",
        "per record+role"
    );
    for nested_create in
        [NestedCreate::Honoured, NestedCreate::RelationsOnly, NestedCreate::Ignored, NestedCreate::Refused]
    {
        let cost = Cost::of_initial_sync(relations, nested_create);
        println!(
            "{:<16} {:>13} {:>8} {:>8} {:>6} {:>9} {:>7} {:>6} {:>11.3} {:>15.3}",
            format!("{nested_create:?}"),
            cost.organisations,
            cost.private_persons,
            cost.contacts,
            cost.more_roles,
            cost.addresses,
            cost.writes,
            cost.reads,
            cost.calls_per_record(),
            cost.calls_per_record_and_role(),
        );
    }
    println!("the quota of 1000 calls a minute, with answers that take {} ms", LATENCY.as_millis());
    for nested_create in [NestedCreate::Honoured, NestedCreate::Ignored] {
        let used = QuotaUse::of_initial_sync(relations, LATENCY, Duration::ZERO, nested_create);
        println!(
            "{:<16} {} calls in {} s, {:.1} % of the quota in full minutes, {} answers 429",
            format!("{nested_create:?}"),
            used.calls,
            used.took.as_secs(),
            used.share * 100.0,
            used.refused
        );
    }
    ExitCode::SUCCESS
}
