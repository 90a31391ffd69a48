//! `koppeling sync`, `poll` and `sweep`: one run now, with what it did at the end.

use serde_json::{Value, json};

use super::activity::{active, makes_in_tribe};
use super::mapped::warn_of_missing;
use super::notes::{examples_json, show_notes};
use super::record_name::{name, system};
use super::records::answered;
use super::screen::{Progress, Screen};
use super::status::after_run;
use super::worked::must_mend;
use super::workplace::{judged, unavailable};
use super::{CommandError, Exit, Global, OneOffice, damaged_values};
use crate::component::{Which, Write, WriteResult};
use crate::run::{End, Halt, Host, HostLimits, Report, Tally, Work};
use crate::settings::OfficeNumber;
use crate::store::{Run, RunResult};
use crate::timestamp::Timestamp;

/// What the counts of a run mean, as `--help` shows it.
pub(super) const WORDS: &str = "\
What is counted:
  read       records that were looked at, each time that they were
  created    made in Tribe
  updated    changed on either side
  unchanged  the same on both sides
  skipped    not to be synced: archived, gone or forgotten, of a type that is not mapped, or a contact person of private persons only
  put aside  could not be synced, and are tried again: `koppeling letters list` says why (in JSON: dead-lettered)
  found only by the sweep: changes that no poll and no webhook had shown (in JSON: found-only-by-sweep)";

/// The initial sync. Waits where a system asks to; ctrl-c stops it, and the next one goes on from there.
pub(super) async fn initial(global: &Global, of: &OneOffice, screen: &Screen) -> Result<Exit, CommandError> {
    watched(Work::InitialSync, global, of, screen).await
}

/// One cycle of the periodic sync.
pub(super) async fn poll(global: &Global, of: &OneOffice, screen: &Screen) -> Result<Exit, CommandError> {
    let host = global.host(HostLimits::watched(), screen).await?;
    let office = of.find(host.store()).await?;
    active(host.store(), &office).await?;
    let report = host.run(&office, Work::Poll, &mut |_| {}).await;
    let history = report.to_history();
    match finish(global, &host, &office, report, screen).await {
        Ok(_) => after_run(host.store(), &office, global, screen).await,
        // It asked AdvocaatCentraal nothing yet: whether the initial sync could is told now.
        Err(error @ CommandError::InitialSyncFirst(_)) => {
            let away = out_of_reach(&host, &office).await;
            if let Some(CommandError::Later(away)) = &away {
                let away = Run { result: RunResult::Later, reason: away.wait.reason.clone(), ..history };
                host.store().record_run(&office, away).await?;
            }
            Err(away.unwrap_or(error))
        }
        Err(error) => Err(error),
    }
}

/// Why an initial sync could not begin; nothing where both systems answer.
async fn out_of_reach(host: &Host, office: &OfficeNumber) -> Option<CommandError> {
    let answer = host.turn(office, |connector, context| async move { connector.relation_types(context).await }).await;
    let failure = answered(host, office, answer.ok()?).await.err()?;
    matches!(failure.exit(), Exit::Unavailable | Exit::Credentials).then_some(failure)
}

/// Compares every linked record.
pub(super) async fn sweep(global: &Global, of: &OneOffice, screen: &Screen) -> Result<Exit, CommandError> {
    watched(Work::Sweep, global, of, screen).await
}

/// Does a long work to its end. Waits where a system asks to; ctrl-c stops it.
pub(super) async fn watched(
    work: Work,
    global: &Global,
    of: &OneOffice,
    screen: &Screen,
) -> Result<Exit, CommandError> {
    let host = global.host(HostLimits::watched(), screen).await?;
    let office = of.find(host.store()).await?;
    match work {
        Work::InitialSync | Work::Sweep => makes_in_tribe(host.store(), &office).await?,
        _ if work.goes_by_itself() => active(host.store(), &office).await?,
        _ => {}
    }
    let mut progress = screen.progress();
    let (unknown, is_initial) = (says_unknown(&work), matches!(work, Work::InitialSync));
    let is_undo = matches!(work, Work::Undo { .. });
    let wanted = if let Work::Undo { which: Which::One(id), .. } = &work { Some(id.clone()) } else { None };
    let syncs = matches!(work, Work::InitialSync | Work::Sweep);
    let report = patient(&host, &office, work, &mut progress).await;
    progress.end();
    let report = finish(global, &host, &office, report, screen).await.map_err(|error| match error {
        // What passes by itself was waited for.
        CommandError::Paused(unavailable) => CommandError::AddressToMend(unavailable, office.clone()),
        error => error,
    })?;
    if is_initial {
        warn_of_missing(&host, &office, screen).await;
    }
    let is_unknown = unknown.iter().any(|code| report.tally.notes.contains_key(*code));
    if let Some(id) = wanted.filter(|_| is_unknown)
        && damaged_values::kept(&host, &office).await?.contains(&id)
    {
        screen
            .aside(format!("The value {id} is damaged, and cannot be given back: see `koppeling undo list {office}`."));
    }
    Ok(match is_unknown || (is_undo && !has_written(&report.tally)) {
        true => Exit::NothingKnown,
        false if syncs => after_run(host.store(), &office, global, screen).await?,
        false => Exit::Ok,
    })
}

/// The codes with which the connector says that there is nothing by the name that it was given.
fn says_unknown(work: &Work) -> &'static [&'static str] {
    match work {
        Work::Undo { .. } => &["not-kept", "brake-not-on"],
        Work::ReleaseBrake(Some(_)) => &["brake-not-on"],
        Work::ReleaseBrake(None) | Work::InitialSync | Work::Poll | Work::Sweep | Work::Push(_) => &[],
    }
}

/// Whether anything was written, as far as is known.
fn has_written(tally: &Tally) -> bool {
    tally.writes_left_out > 0 || tally.writes.iter().any(|write| write.result != WriteResult::Refused)
}

/// Runs until done, waiting as long as the systems ask. Nothing is held while waiting. What a person must mend is not
/// waited for.
pub(super) async fn patient(host: &Host, office: &OfficeNumber, work: Work, progress: &mut Progress) -> Report {
    let mut whole: Option<Report> = None;
    loop {
        let before = whole.as_ref().map(|report| report.tally.clone()).unwrap_or_default();
        let watch = &mut |tally: &Tally| {
            let mut sum = before.clone();
            sum.append(tally.clone());
            progress.show(&sum);
        };
        let report = host.run(office, work.clone(), watch).await;
        let end = report.end.clone();
        let sum = match whole.take() {
            None => report,
            Some(mut sum) => {
                sum.tally.append(report.tally);
                Report { tally: sum.tally, started: sum.started, ..report }
            }
        };
        match end {
            End::Later(wait) => {
                let known = host.store().summary(office).await.ok().flatten();
                if must_mend(&wait, &sum.tally, &known.map(|of| of.summary).unwrap_or_default()) {
                    return sum;
                }
                let until = wait.until;
                let waiting = unavailable(host, office, wait).await;
                progress.waiting(format!("{waiting}; going on at {until}"));
                tracing::info!(office = %office, %until, "waiting until a system can be used");
                tokio::select! {
                    () = tokio::time::sleep(until.since(Timestamp::now())) => whole = Some(sum),
                    () = host.stop().cancelled() => return Report { end: End::Halted(Halt::Cancelled), ..sum },
                }
            }
            End::Done | End::InitialSyncFirst | End::Halted(_) => return sum,
        }
    }
}

/// Shows what a run did, whatever its end.
async fn finish(
    global: &Global,
    host: &Host,
    office: &OfficeNumber,
    report: Report,
    screen: &Screen,
) -> Result<Report, CommandError> {
    if global.json {
        let history = report.to_history();
        let tally = &report.tally;
        screen.json(&json!({
            "office": office, "run": history, "examples": examples_json(tally), "notes-left-out": tally.notes_left_out,
            "writes": tally.writes.iter().map(write_json).collect::<Vec<_>>(), "writes-left-out": tally.writes_left_out,
        }));
    } else {
        // What failed before anything was read did nothing to tell of.
        if report.end == End::Done || report.tally.read > 0 {
            screen.line(format!("Office {office}: {}", report.tally));
        }
        if let Some(found) = report.found_only_by_sweep().filter(|_| report.end == End::Done) {
            screen.line(format!("  only the sweep found: {found} (in a normal week nothing)"));
        }
        let mut tally = report.tally.clone();
        if report.end == End::InitialSyncFirst {
            // The failure says so.
            tally.notes.remove("initial-sync-first");
        }
        show_notes(host, office, &tally, screen).await;
    }
    judged(host, office, report).await
}

/// A write, for a machine.
fn write_json(write: &Write) -> Value {
    let result = match write.result {
        WriteResult::Made => "made",
        WriteResult::Taken => "taken",
        WriteResult::Refused => "refused",
        WriteResult::Unanswered => "unanswered",
    };
    json!({ "record": name(&write.subject), "to": system(write.to), "field": write.field, "result": result })
}
