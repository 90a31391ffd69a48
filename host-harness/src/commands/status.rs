//! `koppeling status`: how the offices stand.

use std::time::Duration;

use serde::Serialize;

use super::screen::{Screen, Tone};
use super::{CommandError, Exit, Global};
use crate::intake::{LATE_AFTER, is_late};
use crate::run::FOUND_ONLY_BY_SWEEP;
use crate::schedule::INTERVAL;
use crate::settings::OfficeNumber;
use crate::store::{LastFinished, Run};
use crate::timestamp::Timestamp;

/// One office.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Line {
    office: OfficeNumber,
    last_finished_cycle: Option<Timestamp>,
    late: bool,
    edits_waiting: u64,
    last_run: Option<Run>,
    last_sweep: Option<Run>,
    /// The last run for edits that a webhook of Tribe's told of, as far as the history goes.
    last_push: Option<Run>,
    /// Too many records would lose a value: a person is asked.
    braked: bool,
}

/// The runs in which a brake that is on is told.
const TELLING: [&str; 5] = ["poll", "sweep", "initial-sync", "release-brake", "take-back"];

/// Whether the last run that would tell of it says that the brake is on.
fn is_braked(runs: &[Run]) -> bool {
    runs.iter().find(|run| TELLING.contains(&run.work.as_str())).is_some_and(|run| run.notes.contains_key("brake-on"))
}

pub(super) async fn run(global: &Global, screen: &Screen) -> Result<Exit, CommandError> {
    let store = global.store(screen)?;
    let (now, waiting) = (Timestamp::now(), store.waiting().await?);
    let interval = store.interval().await?.unwrap_or(INTERVAL);
    let mut lines = Vec::new();
    for office in store.offices().await? {
        let last = store.last_finished(&office).await?;
        let runs = store.runs(&office, u32::MAX).await?;
        let queued = waiting.iter().find(|(waits, _)| *waits == office).map_or(0, |(_, count)| *count);
        lines.push(Line {
            last_finished_cycle: match last {
                LastFinished::Cycle(at) => Some(at),
                LastFinished::Added(_) => None,
            },
            late: is_late(last.at(), now, interval),
            edits_waiting: queued,
            braked: is_braked(&runs),
            last_push: runs.iter().find(|run| run.work == "push").cloned(),
            last_sweep: store.last_sweep(&office).await?,
            last_run: runs.into_iter().next(),
            office,
        });
    }
    if global.json {
        screen.json(&lines);
        return Ok(Exit::Ok);
    }
    if lines.is_empty() {
        return Err(CommandError::NoOffice);
    }
    for line in &lines {
        show(line, now, interval, screen);
    }
    Ok(Exit::Ok)
}

fn show(line: &Line, now: Timestamp, interval: Duration, screen: &Screen) {
    let cycle = match line.last_finished_cycle {
        Some(at) => format!("last cycle finished {} ago ({at})", ago(at, now)),
        None => "no cycle finished yet".to_owned(),
    };
    let late = if line.late {
        format!(", that is more than {LATE_AFTER} intervals of {}", humantime::format_duration(interval))
    } else {
        String::new()
    };
    let state = if line.late { screen.toned(Tone::Bad, "LATE") } else { screen.toned(Tone::Good, "ok  ") };
    screen.line(format!("{state} office {}: {cycle}{late}; {} edits waiting", line.office, line.edits_waiting));
    if let Some(run) = &line.last_run {
        let counts = run.counts.iter().filter(|(_, count)| **count > 0);
        let counts = counts.map(|(name, count)| format!("{count} {name}")).collect::<Vec<_>>().join(", ");
        let counts = if counts.is_empty() { "nothing to do".to_owned() } else { counts };
        let (result, since) = (serde_json::to_value(run.result).unwrap_or_default(), ago(run.finished, now));
        let result = result.as_str().unwrap_or_default().to_owned();
        screen.line(format!("     last run: {}, {result}, {since} ago: {counts}", run.work));
    }
    if let Some(sweep) = &line.last_sweep {
        let found = sweep.counts.get(FOUND_ONLY_BY_SWEEP).copied().unwrap_or_default();
        screen.line(format!("     last sweep: {} ago; only the sweep found: {found}", ago(sweep.finished, now)));
    }
    screen.line(match &line.last_push {
        Some(run) => format!("     last edits told by Tribe's webhooks: {} ago", ago(run.finished, now)),
        None => "     last edits told by Tribe's webhooks: none yet".to_owned(),
    });
    if line.braked {
        let brake = screen.toned(Tone::Bad, "BRAKE");
        screen.line(format!(
            "     {brake}: too many records would have a field emptied or given one same value, and it is held back; see \
             `koppeling brake list {0}`",
            line.office
        ));
    }
}

/// The age in whole seconds, in words.
fn ago(at: Timestamp, now: Timestamp) -> humantime::FormattedDuration {
    humantime::format_duration(Duration::from_secs(now.since(at).as_secs()))
}
