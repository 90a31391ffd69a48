//! `koppeling sync`, `poll` and `sweep`: one run now, with what it did at the end.

use serde_json::{Value, json};

use super::screen::{Progress, Screen, Tone};
use super::workplace::{describe, judged, name, system};
use super::{CommandError, Exit, Global, OneOffice};
use crate::component::{Write, WriteResult};
use crate::run::{End, Halt, Host, HostLimits, Report, Tally, Wait, Work, system_name};
use crate::settings::OfficeNumber;
use crate::timestamp::Timestamp;

/// The initial sync. Waits where a system asks to; ctrl-c stops it, and the next one goes on from there.
pub(super) async fn initial(global: &Global, of: &OneOffice, screen: &Screen) -> Result<Exit, CommandError> {
    watched(Work::InitialSync, global, of, screen).await
}

/// One cycle of the periodic sync.
pub(super) async fn poll(global: &Global, of: &OneOffice, screen: &Screen) -> Result<Exit, CommandError> {
    let host = global.host(HostLimits::watched(), screen).await?;
    let office = of.find(host.store()).await?;
    let report = host.run(&office, Work::Poll, &mut |_| {}).await;
    finish(global, &host, &office, report, screen).await
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
    let mut progress = screen.progress();
    let report = patient(&host, &office, work, &mut progress).await;
    progress.end();
    finish(global, &host, &office, report, screen).await
}

/// Runs until done, waiting as long as the systems ask. Nothing is held while waiting.
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
            End::Later(Wait { system, until }) => {
                let system = system.map_or("a system", system_name);
                progress.waiting(format!("{system} asks to wait until {until}"));
                tracing::info!(office = %office, %until, "waiting, as a system asked");
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
) -> Result<Exit, CommandError> {
    if global.json {
        let history = report.to_history();
        let tally = &report.tally;
        screen.json(&json!({
            "office": office, "run": history, "notes-left-out": tally.notes_left_out,
            "writes": tally.writes.iter().map(write_json).collect::<Vec<_>>(), "writes-left-out": tally.writes_left_out,
        }));
    } else {
        screen.line(format!("Office {office}: {}", report.tally));
        if let Some(found) = report.found_only_by_sweep() {
            screen.line(format!("  {found} found only by the sweep (0 in a normal week)"));
        }
        show_notes(host, office, &report.tally, screen).await;
    }
    judged(host, office, report).await.map(|_| Exit::Ok)
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

/// Every note once, in words, with how often it was given.
pub(super) async fn show_notes(host: &Host, office: &OfficeNumber, tally: &Tally, screen: &Screen) {
    for (code, count) in &tally.notes {
        match describe(host, office, code).await {
            Some(text) => {
                screen.line(format!("  {count} × {}", text.english));
                screen.line(format!("      {}", screen.toned(Tone::Quiet, &text.dutch)));
            }
            None => screen.line(format!("  {count} × {code}")),
        }
    }
    if tally.notes_left_out > 0 {
        screen.line(format!("  and {} more notes", tally.notes_left_out));
    }
}
