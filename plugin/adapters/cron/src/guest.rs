//! The export: slices until the plan is carried out.

use std::io::{self, Write};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use std::{env, panic, thread};

use adapter_caller::{Error, Next, Outage, Outcome, Pause, SLICE, Stopped, error, outcome, setting, stopped, sync};
use serde_json::Value;
use wasi::exports::cli::run::Guest;

use crate::plan::{Plan, Rhythm, Work};

/// The longest wait for a system that cannot be used for a while. Beyond it the run ends badly, and the next one, a
/// timer's say, goes on where this one stopped.
const PATIENCE: Duration = Duration::from_secs(15 * 60);
/// Slices of one work. Each moves forward, so that an end is reached long before: a thousand requests at a time.
const MOST_SLICES: u32 = 100_000;

struct Adapter;

wasi::cli::command::export!(Adapter with_types_in wasi);

/// Why the run ends badly: something was printed that says so.
struct Halted;

impl Guest for Adapter {
    fn run() -> Result<(), ()> {
        // A panic is a trap without words, which might hold a client's data.
        panic::set_hook(Box::new(|_| {}));
        let arguments: Vec<String> = env::args().skip(1).collect();
        let words = if arguments.is_empty() { setting("cron").unwrap_or_default() } else { arguments.join(" ") };
        match Plan::parse(words.split_whitespace()) {
            Ok(plan) => carry_out(&plan).map_err(|Halted| ()),
            Err(unknown) => {
                // Nobody may be listening; the exit tells as much.
                let _ = writeln!(io::stderr(), "{unknown}");
                Err(())
            }
        }
    }
}

fn carry_out(plan: &Plan) -> Result<(), Halted> {
    for work in plan.before.iter().chain([&plan.work]) {
        match plan.rhythm {
            Rhythm::OneSlice => drop(slice(*work)?),
            // What a timer repeats may fail today and work tomorrow.
            Rhythm::Every(_) => drop(until_done(*work)),
            Rhythm::UntilDone => until_done(*work)?,
        }
    }
    let Rhythm::Every(pause) = plan.rhythm else { return Ok(()) };
    loop {
        thread::sleep(pause);
        let _ = until_done(plan.work);
    }
}

fn until_done(work: Work) -> Result<(), Halted> {
    for _ in 0..MOST_SLICES {
        match slice(work)? {
            Next::Done => return Ok(()),
            Next::Again => {}
            Next::InitialSync => {
                // Nobody may be listening; the exit tells as much.
                let _ = writeln!(io::stderr(), "no initial sync has been completed; do that first");
                return Err(Halted);
            }
            Next::NotBefore(instant) => wait_until(instant)?,
        }
    }
    Err(Halted)
}

/// One slice, printed. A pause that a system asks for comes back as the time to go on.
fn slice(work: Work) -> Result<Next, Halted> {
    let result = match work {
        Work::InitialSync => sync::initial_sync(SLICE),
        Work::Poll => sync::poll(SLICE),
        Work::Sweep => sync::sweep(SLICE),
    };
    match result {
        Ok(done) => {
            print(&outcome(&done));
            Ok(next(&done))
        }
        Err(early) => {
            print(&stopped(&early));
            after(&early)
        }
    }
}

fn next(outcome: &Outcome) -> Next {
    outcome.next
}

fn after(stopped: &Stopped) -> Result<Next, Halted> {
    match &stopped.error {
        Error::Unavailable(Outage { until, .. }) | Error::Quota(Pause { until, .. }) => Ok(Next::NotBefore(*until)),
        cause => {
            // Nobody may be listening; the exit tells as much.
            let _ = writeln!(io::stderr(), "stopped; a person must look at it: {}", error(cause));
            Err(Halted)
        }
    }
}

fn wait_until(instant: u64) -> Result<(), Halted> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let wait = Duration::from_millis(instant).saturating_sub(now);
    if wait > PATIENCE {
        return Err(Halted);
    }
    thread::sleep(wait);
    Ok(())
}

fn print(line: &Value) {
    // Whoever does not listen misses nothing that is not in the store.
    let _ = writeln!(io::stdout(), "{line}");
}
