//! What came of a call, as JSON.

use serde_json::{Value, json};

use crate::bindings::advocaatcentraal::tribe_sync::types::{
    Counts, Error, Next, Note, Outcome, Pause, RecordId, RecordKind, SettingProblem, Standing, Stopped, System, Write,
    WriteResult,
};
use crate::setup::{Finding, Verdict};

/// An `outcome`.
pub fn outcome(outcome: &Outcome) -> Value {
    json!({
        "counts": counts(&outcome.counts),
        "progress": { "done": outcome.progress.done, "expected": outcome.progress.expected },
        "notes": outcome.notes.iter().map(note).collect::<Vec<_>>(),
        "notes-left-out": outcome.notes_left_out,
        "writes": outcome.writes.iter().map(write).collect::<Vec<_>>(),
        "standing": outcome.standing.as_ref().map(standing),
        "next": match outcome.next {
            Next::Done => json!("done"),
            Next::Again => json!("again"),
            Next::NotBefore(instant) => json!({ "not-before": instant }),
            Next::InitialSync => json!("initial-sync"),
        },
    })
}

/// A `stopped`.
pub fn stopped(stopped: &Stopped) -> Value {
    json!({ "error": error(&stopped.error), "partial": outcome(&stopped.partial) })
}

/// An `error`.
pub fn error(error: &Error) -> Value {
    match error {
        Error::Settings(problems) => json!({ "settings": problems.iter().map(problem).collect::<Vec<_>>() }),
        Error::Credentials(of) => json!({ "credentials": system(*of) }),
        Error::Unavailable(outage) => json!({ "unavailable": {
            "system": system(outage.system), "until": outage.until, "code": outage.code, "status": outage.status,
        } }),
        Error::Quota(until) => json!({ "quota": pause(until) }),
        Error::StateNewer(version) => json!({ "state-newer": version }),
        Error::Unsupported => json!("unsupported"),
        Error::Defect(code) => json!({ "defect": code }),
    }
}

/// What `check` found.
pub fn findings(findings: &[Finding]) -> Value {
    findings.iter().map(finding).collect()
}

fn counts(counts: &Counts) -> Value {
    json!({
        "read": counts.read,
        "unchanged": counts.unchanged,
        "created": counts.created,
        "updated": counts.updated,
        "dead-lettered": counts.dead_lettered,
        "skipped": counts.skipped,
    })
}

fn note(note: &Note) -> Value {
    json!({ "code": note.code, "subject": note.subject.as_ref().map(record), "field": note.field })
}

fn write(write: &Write) -> Value {
    let result = match write.result {
        WriteResult::Made => "made",
        WriteResult::Taken => "taken",
        WriteResult::Refused => "refused",
        WriteResult::Unanswered => "unanswered",
    };
    json!({ "subject": record(&write.subject), "to": system(write.to), "field": write.field, "result": result })
}

fn standing(standing: &Standing) -> Value {
    json!({ "dead-letters": standing.dead_letters, "gone": standing.gone, "brakes": standing.brakes })
}

fn record(id: &RecordId) -> Value {
    let kind = match id.kind {
        RecordKind::Relatie => "relatie",
        RecordKind::Contactpersoon => "contactpersoon",
    };
    json!({ "kind": kind, "id": id.id })
}

fn problem(problem: &SettingProblem) -> Value {
    json!({ "setting": problem.setting, "code": problem.code })
}

fn pause(pause: &Pause) -> Value {
    json!({ "system": system(pause.system), "until": pause.until })
}

fn finding(finding: &Finding) -> Value {
    json!({
        "code": finding.code,
        "system": finding.system.map(system),
        "verdict": match finding.verdict {
            Verdict::Holds => "holds",
            Verdict::Differs => "differs",
            Verdict::Unknown => "unknown",
            Verdict::Fails => "fails",
        },
        "message": { "dutch": finding.message.dutch, "english": finding.message.english },
    })
}

fn system(system: System) -> &'static str {
    match system {
        System::Advocaatcentraal => "advocaatcentraal",
        System::Tribe => "tribe",
    }
}
