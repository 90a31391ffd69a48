//! What the connector tells, in the contract's types.

use std::time::Duration;

use super::advocaatcentraal::tribe_sync::types as wit;
use super::exports::advocaatcentraal::tribe_sync as export;
use crate::link::Subject;
use crate::sync::{Budget, Next, Outcome, Stop, Stopped, System};
use crate::tribe::RelationType;
use crate::{settings, setup, sync, wording};

impl From<wit::Budget> for Budget {
    fn from(budget: wit::Budget) -> Self {
        Self { time: Duration::from_millis(u64::from(budget.milliseconds)), requests: budget.requests }
    }
}

impl From<Outcome> for wit::Outcome {
    fn from(outcome: Outcome) -> Self {
        let counts = outcome.counts;
        Self {
            counts: wit::Counts {
                read: counts.read,
                unchanged: counts.unchanged,
                created: counts.created,
                updated: counts.updated,
                dead_lettered: counts.dead_lettered,
                skipped: counts.skipped,
            },
            progress: wit::Progress { done: outcome.done, expected: outcome.expected },
            notes: outcome.notes.into_iter().map(Into::into).collect(),
            notes_left_out: outcome.notes_left_out,
            writes: outcome.writes.into_iter().map(Into::into).collect(),
            standing: outcome.standing.map(|standing| wit::Standing {
                dead_letters: standing.dead_letters,
                gone: standing.gone,
                brakes: standing.brakes,
            }),
            next: match outcome.next {
                Next::Done => wit::Next::Done,
                Next::Again => wit::Next::Again,
                Next::InitialSync => wit::Next::InitialSync,
            },
        }
    }
}

impl From<sync::Write> for wit::Write {
    fn from(write: sync::Write) -> Self {
        Self {
            subject: write.subject.into(),
            to: write.to.into(),
            field: write.field,
            result: match write.result {
                sync::WriteResult::Made => wit::WriteResult::Made,
                sync::WriteResult::Taken => wit::WriteResult::Taken,
                sync::WriteResult::Refused => wit::WriteResult::Refused,
                sync::WriteResult::Unanswered => wit::WriteResult::Unanswered,
            },
        }
    }
}

impl From<sync::Note> for wit::Note {
    fn from(note: sync::Note) -> Self {
        Self { code: note.code.as_str().to_owned(), subject: note.subject.map(Into::into), field: note.field }
    }
}

impl From<Subject> for wit::RecordId {
    fn from(subject: Subject) -> Self {
        let kind = match &subject {
            Subject::Organisation(_) | Subject::PrivatePerson(_) => wit::RecordKind::Relatie,
            Subject::ContactPerson(_) => wit::RecordKind::Contactpersoon,
        };
        Self { kind, id: subject.id().to_owned() }
    }
}

impl From<Stopped> for wit::Stopped {
    fn from(stopped: Stopped) -> Self {
        Self { error: stopped.error.into(), partial: (*stopped.partial).into() }
    }
}

impl From<Stop> for wit::Stopped {
    fn from(stop: Stop) -> Self {
        Stopped::from(stop).into()
    }
}

impl From<Stopped> for wit::Error {
    fn from(stopped: Stopped) -> Self {
        stopped.error.into()
    }
}

impl From<Stop> for wit::Error {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Settings(problems) => Self::Settings(problems.into_iter().map(Into::into).collect()),
            Stop::Credentials(system) => Self::Credentials(system.into()),
            Stop::Unavailable(system, until, cause) => Self::Unavailable(wit::Outage {
                system: system.into(),
                until: until.as_millis(),
                code: cause.outage.as_str().to_owned(),
                status: cause.status,
            }),
            Stop::Quota(system, until) => Self::Quota(wit::Pause { system: system.into(), until: until.as_millis() }),
            Stop::StateNewer(version) => Self::StateNewer(version),
            Stop::Defect(code) => Self::Defect(code.to_owned()),
        }
    }
}

impl From<settings::Problem> for wit::SettingProblem {
    fn from(problem: settings::Problem) -> Self {
        Self { setting: problem.setting.to_owned(), code: problem.code.as_str().to_owned() }
    }
}

impl From<System> for wit::System {
    fn from(system: System) -> Self {
        match system {
            System::AdvocaatCentraal => Self::Advocaatcentraal,
            System::Tribe => Self::Tribe,
        }
    }
}

impl From<wording::Text> for wit::Text {
    fn from(text: wording::Text) -> Self {
        Self { dutch: text.dutch.to_owned(), english: text.english.to_owned() }
    }
}

/// The sentence, and after it the names in Tribe's schema that it is about.
fn with_names(text: wording::Text, names: &[String]) -> wit::Text {
    let named = |sentence: &str| match names {
        [] => sentence.to_owned(),
        names => format!("{sentence} ({})", names.join(", ")),
    };
    wit::Text { dutch: named(text.dutch), english: named(text.english) }
}

impl From<setup::Finding> for export::setup::Finding {
    fn from(finding: setup::Finding) -> Self {
        Self {
            code: finding.code.as_str().to_owned(),
            system: finding.system.map(Into::into),
            verdict: finding.verdict.into(),
            message: with_names(finding.code.text(), &finding.names),
        }
    }
}

impl From<setup::Verdict> for export::setup::Verdict {
    fn from(verdict: setup::Verdict) -> Self {
        match verdict {
            setup::Verdict::Holds => Self::Holds,
            setup::Verdict::Differs => Self::Differs,
            setup::Verdict::Unknown => Self::Unknown,
            setup::Verdict::Fails => Self::Fails,
        }
    }
}

impl From<setup::AcType> for export::setup::Relatietype {
    fn from(of_ac: setup::AcType) -> Self {
        Self { id: of_ac.id.to_string(), name: of_ac.name, mapped_to: of_ac.mapped_to.as_ref().map(RelationType::key) }
    }
}

impl From<setup::TribeType> for export::setup::TribeType {
    fn from(of_tribe: setup::TribeType) -> Self {
        let key = of_tribe.relation_type.key();
        Self {
            name: of_tribe.name.unwrap_or_else(|| key.clone()),
            key,
            for_organisations: of_tribe.for_organisations,
            for_persons: of_tribe.for_persons,
        }
    }
}
