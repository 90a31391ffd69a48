//! The component's answers, as the crate's types. What the contract leaves out gets the plainest value: a relation is
//! an organisation, neither a dead letter nor a kept value has a fingerprint.

use std::collections::BTreeMap;

use advocaatcentraal_tribe::advocaatcentraal::Changed;
use advocaatcentraal_tribe::answer::Cause;
use advocaatcentraal_tribe::link::{Absence, DeadLetter, Fingerprint, Kept, KeptId, Reason, Side, Subject, Sureness};
use advocaatcentraal_tribe::relation::{ContactpersoonId, Instant, RelatieId, RelatietypeId, TribeId};
use advocaatcentraal_tribe::settings::Problem;
use advocaatcentraal_tribe::setup::{self, AcType, Finding, Found, TribeType};
use advocaatcentraal_tribe::stored::Later;
use advocaatcentraal_tribe::sync::differences::{Difference, Differences};
use advocaatcentraal_tribe::sync::preview::{Likeness, PossibleDuplicate, Preview, TypeCount};
use advocaatcentraal_tribe::sync::records::{Explanation, RecordId, RecordState, Which};
use advocaatcentraal_tribe::sync::{
    Budget, Counts, Next, Note, Outcome, Standing, Stop, Stopped, System, Trial, Write, WriteResult,
};
use advocaatcentraal_tribe::tribe::RelationType;
use advocaatcentraal_tribe::wording::{self, Code, Outage, Why};

use super::bindings::advocaatcentraal::tribe_sync::types as wit;
use super::bindings::exports::advocaatcentraal::tribe_sync as export;

impl From<Budget> for wit::Budget {
    fn from(budget: Budget) -> Self {
        Self { milliseconds: u32::try_from(budget.time.as_millis()).unwrap_or(u32::MAX), requests: budget.requests }
    }
}

/// A change as a webhook tells of it.
pub(super) fn change(id: &TribeId) -> wit::Change {
    wit::Change { id: id.as_str().to_owned(), deleted: false }
}

impl From<export::setup::Trial> for Trial {
    fn from(trial: export::setup::Trial) -> Self {
        use export::setup::Trial as Told;
        match trial {
            Told::AsBefore => Self::AsBefore,
            Told::Changed(changed) => Self::Changed(Changed {
                put_back: changed.put_back,
                not_put_back: changed.not_put_back,
                may_be_accepted: changed.may_be_accepted,
            }),
            Told::Refused(told) => Self::Refused { status: told.status, field: told.field },
            Told::Moved => Self::Moved,
            Told::Gone => Self::Gone,
            Told::Untold(code) => {
                Self::Untold(wording::Tried::parse(&code).unwrap_or_else(|| panic!("{code} is no code of a trial")))
            }
        }
    }
}

pub(super) fn record_id(id: &RecordId) -> wit::RecordId {
    match id {
        RecordId::Relatie(id) => wit::RecordId { kind: wit::RecordKind::Relatie, id: id.as_str().to_owned() },
        RecordId::Contactpersoon(id) => {
            wit::RecordId { kind: wit::RecordKind::Contactpersoon, id: id.as_str().to_owned() }
        }
    }
}

pub(super) fn pushed(told: wit::PushOutcome) -> (Outcome, Vec<TribeId>) {
    (told.outcome.into(), told.left.into_iter().map(|change| tribe_id(&change.id)).collect())
}

/// The contract lists a letter once for each field that it names.
pub(super) fn dead_letters(told: Vec<export::records::DeadLetter>) -> Vec<(Subject, DeadLetter)> {
    let mut letters: BTreeMap<Subject, DeadLetter> = BTreeMap::new();
    for (subject, letter) in told.into_iter().map(dead_letter) {
        let fields = letter.fields.clone();
        letters.entry(subject).or_insert(letter).fields.extend(fields);
    }
    letters.into_iter().collect()
}

pub(super) fn dead_letter(told: export::records::DeadLetter) -> (Subject, DeadLetter) {
    let letter = DeadLetter {
        code: told.code,
        fields: told.field.into_iter().collect(),
        attempts: told.attempts,
        since: Instant::from_millis(told.since),
        tried: Instant::from_millis(told.since),
        next_try: told.next_try.map(Instant::from_millis),
        refused: None,
        later: Later::default(),
    };
    (told.subject.into(), letter)
}

pub(super) fn absence(told: export::records::Absence) -> (Subject, Absence) {
    let sureness = if told.gone { Sureness::Gone } else { Sureness::Unseen };
    (told.subject.into(), Absence { since: Instant::from_millis(told.since), sureness })
}

pub(super) fn which(which: &Which) -> export::records::Which {
    use export::records::Which as Asked;
    match which {
        Which::One(id) => Asked::One(id.clone()),
        Which::Field(record, field) => Asked::OfField((record_id(record), field.clone())),
        Which::Record(record) => Asked::OfRecord(record_id(record)),
        Which::Between(from, to) => Asked::Between((from.as_millis(), to.as_millis())),
        Which::Brake(number) => Asked::OfBrake(number.to_string()),
    }
}

pub(super) fn kept(told: export::records::KeptValue) -> (KeptId, Kept) {
    let id = KeptId::parse(&told.id).unwrap_or_else(|| panic!("{} names no value", told.id));
    let kept = Kept {
        subject: told.subject.into(),
        slot: told.field,
        side: match told.lost_in {
            wit::System::Advocaatcentraal => Side::AdvocaatCentraal,
            wit::System::Tribe => Side::Tribe,
        },
        lost: told.lost_value,
        instead: Fingerprint::EMPTY,
        reason: match told.reason {
            export::records::Reason::Conflict => Reason::Conflict,
            export::records::Reason::Cleared => Reason::Cleared,
            export::records::Reason::Overwritten => Reason::Overwritten,
            export::records::Reason::GivenBack => Reason::GivenBack,
        },
        at: Instant::from_millis(told.at),
        later: Later::default(),
    };
    (id, kept)
}

pub(super) fn differences(told: export::differences::Comparison) -> Differences {
    let found = told.found.into_iter().map(|one| Difference {
        subject: one.subject.into(),
        field: one.field,
        side: one.side.map(|side| match side {
            wit::System::Advocaatcentraal => Side::AdvocaatCentraal,
            wit::System::Tribe => Side::Tribe,
        }),
        why: Why::parse(&one.why).unwrap_or(Why::Unexplained),
    });
    Differences { found: found.collect(), compared: told.compared, next: told.next }
}

pub(super) fn relation_types(told: export::setup::RelationTypeLists) -> (Vec<AcType>, Vec<TribeType>) {
    let of_ac = told.advocaatcentraal.into_iter().map(|one| AcType {
        id: RelatietypeId::new(one.id),
        name: one.name,
        mapped_to: one.mapped_to.as_deref().map(relation_type),
    });
    let of_tribe = told.tribe.into_iter().map(|one| TribeType {
        relation_type: relation_type(&one.key),
        name: Some(one.name),
        for_organisations: one.for_organisations,
        for_persons: one.for_persons,
    });
    (of_ac.collect(), of_tribe.collect())
}

fn relation_type(key: &str) -> RelationType {
    RelationType::parse(key).unwrap_or_else(|| panic!("{key} is no relation type"))
}

fn tribe_id(id: &str) -> TribeId {
    TribeId::parse(id).unwrap_or_else(|| panic!("{id} is no id of Tribe's"))
}

fn code(code: &str) -> Code {
    Code::parse(code).unwrap_or_else(|| panic!("{code} is no code"))
}

impl From<wit::RecordId> for Subject {
    fn from(told: wit::RecordId) -> Self {
        match told.kind {
            wit::RecordKind::Relatie => Self::Organisation(RelatieId::new(told.id)),
            wit::RecordKind::Contactpersoon => Self::ContactPerson(ContactpersoonId::new(told.id)),
        }
    }
}

impl From<wit::Outcome> for Outcome {
    fn from(told: wit::Outcome) -> Self {
        let counts = told.counts;
        Self {
            counts: Counts {
                read: counts.read,
                unchanged: counts.unchanged,
                created: counts.created,
                updated: counts.updated,
                dead_lettered: counts.dead_lettered,
                skipped: counts.skipped,
            },
            done: told.progress.done,
            expected: told.progress.expected,
            notes: told.notes.into_iter().map(Into::into).collect(),
            notes_left_out: told.notes_left_out,
            writes: told.writes.into_iter().map(Into::into).collect(),
            standing: told.standing.map(|standing| Standing {
                dead_letters: standing.dead_letters,
                gone: standing.gone,
                brakes: standing.brakes,
            }),
            next: match told.next {
                wit::Next::Done => Next::Done,
                wit::Next::Again => Next::Again,
                wit::Next::InitialSync => Next::InitialSync,
                wit::Next::NotBefore(_) => panic!("this version never waits with its answer"),
            },
        }
    }
}

impl From<wit::Write> for Write {
    fn from(told: wit::Write) -> Self {
        Self {
            subject: told.subject.into(),
            to: told.to.into(),
            field: told.field,
            result: match told.result {
                wit::WriteResult::Made => WriteResult::Made,
                wit::WriteResult::Taken => WriteResult::Taken,
                wit::WriteResult::Refused => WriteResult::Refused,
                wit::WriteResult::Unanswered => WriteResult::Unanswered,
            },
        }
    }
}

impl From<wit::Note> for Note {
    fn from(told: wit::Note) -> Self {
        Self { code: code(&told.code), subject: told.subject.map(Into::into), field: told.field }
    }
}

impl From<wit::Stopped> for Stopped {
    fn from(told: wit::Stopped) -> Self {
        Self { error: told.error.into(), partial: Box::new(told.partial.into()) }
    }
}

impl From<wit::Error> for Stop {
    fn from(told: wit::Error) -> Self {
        let until = |pause: wit::Pause| (pause.system.into(), Instant::from_millis(pause.until));
        match told {
            wit::Error::Settings(problems) => Self::Settings(problems.into_iter().map(Into::into).collect()),
            wit::Error::Credentials(system) => Self::Credentials(system.into()),
            wit::Error::Unavailable(outage) => {
                let known = Outage::parse(&outage.code).unwrap_or_else(|| panic!("{} is no code", outage.code));
                let cause = Cause { outage: known, status: outage.status };
                Self::Unavailable(outage.system.into(), Instant::from_millis(outage.until), cause)
            }
            wit::Error::Quota(pause) => {
                let (system, until) = until(pause);
                Self::Quota(system, until)
            }
            wit::Error::StateNewer(version) => Self::StateNewer(version),
            wit::Error::Unsupported => Self::Defect("unsupported"),
            wit::Error::Defect(code) => Self::Defect(code.leak()),
        }
    }
}

impl From<wit::SettingProblem> for Problem {
    fn from(told: wit::SettingProblem) -> Self {
        Self { setting: told.setting.leak(), code: code(&told.code) }
    }
}

impl From<wit::System> for System {
    fn from(told: wit::System) -> Self {
        match told {
            wit::System::Advocaatcentraal => Self::AdvocaatCentraal,
            wit::System::Tribe => Self::Tribe,
        }
    }
}

impl From<export::records::Explanation> for Explanation {
    fn from(told: export::records::Explanation) -> Self {
        let all = [
            RecordState::NotLinked,
            RecordState::Forgotten,
            RecordState::Creating,
            RecordState::Linked,
            RecordState::Paused,
            RecordState::GoneInTribe,
            RecordState::Damaged,
        ];
        let state = all.into_iter().find(|state| state.as_str() == told.state);
        Self {
            state: state.unwrap_or_else(|| panic!("{} is no state", told.state)),
            paused: None,
            linked: told.linked.into_iter().map(|one| (one.entity, tribe_id(&one.id))).collect(),
            differing: told.differing.into_iter().map(|field| &*field.leak()).collect(),
            dead_letter: told.dead_letter.map(|letter| dead_letter(letter).1),
        }
    }
}

impl From<export::setup::Finding> for Finding {
    fn from(told: export::setup::Finding) -> Self {
        let code = Outage::parse(&told.code).map_or_else(|| code(&told.code).into(), Found::Outage);
        Self {
            code,
            system: told.system.map(Into::into),
            names: names_in(&told.message.english, code),
            verdict: verdict(told.verdict),
        }
    }
}

fn verdict(told: export::setup::Verdict) -> setup::Verdict {
    match told {
        export::setup::Verdict::Holds => setup::Verdict::Holds,
        export::setup::Verdict::Differs => setup::Verdict::Differs,
        export::setup::Verdict::Unknown => setup::Verdict::Unknown,
        export::setup::Verdict::Fails => setup::Verdict::Fails,
    }
}

/// The assumptions about AC, as they are numbered.
const ASSUMPTIONS: [&str; 14] =
    ["A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "A9", "A10", "A11", "A12", "A13", "A14"];

impl From<export::setup::Probed> for setup::Probed {
    fn from(told: export::setup::Probed) -> Self {
        let assumption = ASSUMPTIONS.into_iter().find(|assumption| *assumption == told.assumption);
        let of_probe = wording::Probed::parse(&told.code).map(wording::Probed::as_str);
        Self {
            assumption: assumption.unwrap_or_else(|| panic!("{} is no assumption", told.assumption)),
            code: of_probe.unwrap_or_else(|| code(&told.code).as_str()),
            verdict: verdict(told.verdict),
            at: told.at,
            status: told.status,
            refusal: told.refusal,
        }
    }
}

/// The names in Tribe's schema that a message ends with, after the sentence of its code.
fn names_in(message: &str, code: Found) -> Vec<String> {
    let named =
        message.strip_prefix(code.text().english).unwrap_or_else(|| panic!("{message} is not {}'s", code.as_str()));
    let inner = named.strip_prefix(" (").and_then(|named| named.strip_suffix(')'));
    inner.into_iter().flat_map(|inner| inner.split(", ")).map(str::to_owned).collect()
}

impl From<export::setup::PreviewReport> for Preview {
    fn from(told: export::setup::PreviewReport) -> Self {
        let counts = |types: Vec<export::setup::TypeCount>| {
            let count = |one: export::setup::TypeCount| {
                let count = TypeCount { relations: one.relations, contact_persons: one.contact_persons };
                (RelatietypeId::new(one.id), count)
            };
            types.into_iter().map(count).collect()
        };
        let duplicate = |one: export::setup::PossibleDuplicate| PossibleDuplicate {
            subject: one.subject.into(),
            tribe: tribe_id(&one.tribe_id),
            by: match one.by.as_str() {
                "kvk" => Likeness::Kvk,
                "name-and-address" => Likeness::NameAndAddress,
                other => panic!("{other} is no likeness"),
            },
        };
        Self {
            synced: TypeCount { relations: told.relations, contact_persons: told.contact_persons },
            mapped: counts(told.mapped),
            unmapped: counts(told.unmapped),
            notes: told.notes.into_iter().map(Into::into).collect(),
            possible_duplicates: told.possible_duplicates.into_iter().map(duplicate).collect(),
        }
    }
}
