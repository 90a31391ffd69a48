//! The first write by a dialect, with both eyes open: until one record went through AC unchanged, no edit of Tribe's is
//! taken there.

use crate::advocaatcentraal::{self, Changed, Untold};
use crate::answer::Failure;
use crate::link::{CutOff, FailedTrial, Fingerprint, Header, OfficeState};
use crate::ports::Ports;
use crate::relation::Presence;
use crate::settings::{Settings, name};
use crate::sync::books::Books;
use crate::sync::health::stop_of_failure;
use crate::sync::outcome::{Stop, System};
use crate::sync::records::RecordId;
use crate::sync::tried::{header, is_tried, print};
use crate::wording::{Code, Tried};

/// So many dialects that failed are remembered.
const MOST_FAILED: usize = 20;

/// What came of trying a dialect with one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trial {
    /// AC gave it back as it was: from now on edits of Tribe's go to AC.
    AsBefore,
    /// AC took it, and members of it are not as they were.
    Changed(Changed),
    /// AC refused it.
    Refused {
        /// The HTTP status, or the one that says what the dialect's rules say of the answer.
        status: u16,
        /// The field that AC named, where it is one of ours.
        field: Option<String>,
    },
    /// Somebody changed it meanwhile.
    Moved,
    /// AC does not have it.
    Gone,
    /// Nothing counts as tried, and the sentence of the code says why.
    Untold(Tried),
}

impl Trial {
    /// Whether the dialect counts as tried, where a person says or not that what changed may change.
    pub fn holds(&self, even_if_changed: bool) -> bool {
        match self {
            Self::AsBefore => true,
            Self::Changed(changed) => even_if_changed && changed.may_be_accepted,
            Self::Refused { .. } | Self::Moved | Self::Gone | Self::Untold(_) => false,
        }
    }
}

/// Writes a record of AC's as edits of it would be, with what stands in it, and reads it again. Where every member is as it
/// was, or a person says that what AC changes may change, the dialect counts as tried, and everything is compared by the
/// next polls. A dialect that loses members is not tried again; neither is, by the same dialect, a record that is another
/// since a trial of it was cut off.
pub fn try_dialect(ports: Ports<'_>, settings: &Settings, id: &RecordId, even_if_changed: bool) -> Result<Trial, Stop> {
    let state = OfficeState::new(ports.store, &settings.advocaatcentraal.office);
    let mut header = header(&state, ports.random, settings)?;
    let dialect = print(&header, settings);
    if let Some(untold) = failed_before(&header, dialect, even_if_changed) {
        return Ok(Trial::Untold(untold));
    }
    let client =
        advocaatcentraal::Client::new(ports.http, ports.clock, &settings.advocaatcentraal).knowing_tags(header.tags);
    let cut_off_before = header.trial_cut_off.clone();
    let mut stored = Ok(());
    let mut may_begin = |content: String| {
        let Some(begun) = begun(&header, dialect, id, content) else { return true };
        let is_another =
            |known: &CutOff| (known.dialect, known.record) == (begun.dialect, begun.record) && *known != begun;
        if header.trial_cut_off.as_ref().is_some_and(is_another) {
            return false;
        }
        header.trial_cut_off = Some(begun);
        stored = state.save_header(&header);
        stored.is_ok()
    };
    let tried = match id {
        RecordId::Relatie(id) => client.try_relatie(id, &mut may_begin),
        RecordId::Contactpersoon(id) => client.try_contactpersoon(id, &mut may_begin),
    };
    stored?;
    header.tags = client.tags();
    if !matches!(tried, Ok(advocaatcentraal::Trial::Untold(Untold::CutOff))) {
        header.trial_cut_off = cut_off_before;
    }
    let trial = sorted(tried);
    if let (Ok(Trial::Changed(changed)), Some(dialect)) = (&trial, dialect) {
        remember(&mut header, FailedTrial { dialect, may_be_accepted: changed.may_be_accepted });
    }
    let holds = trial.as_ref().is_ok_and(|trial| trial.holds(even_if_changed));
    if holds && !is_tried(&header, settings) {
        // What was edited in Tribe meanwhile is found by the walk, and another dialect may be taken with what AC refused.
        let mut rules = state.rules()?;
        rules.is_walk_due = true;
        state.save_rules(&rules)?;
        let mut books = Books::open(&state, ports.clock.now(), settings.keep_for)?;
        books.make_refusals_due(ports.clock.now(), Code::RefusedByAdvocaatCentraal);
        books.flush(&state)?;
        header.dialect_tried = dialect;
    }
    state.save_header(&header)?;
    trial.map_err(|failure| stop_of_failure(failure, System::AdvocaatCentraal, ports.clock.now()))
}

/// What came of the trial; a failure that says nothing of the dialect or the record stays one.
fn sorted(tried: Result<advocaatcentraal::Trial, Failure>) -> Result<Trial, Failure> {
    Ok(match tried {
        Ok(advocaatcentraal::Trial::AsBefore) => Trial::AsBefore,
        Ok(advocaatcentraal::Trial::Changed(changed)) => Trial::Changed(changed),
        Ok(advocaatcentraal::Trial::Untold(untold)) => Trial::Untold(match untold {
            Untold::TooLittle => Tried::TooLittle,
            Untold::NeedsRows => Tried::NeedsRows,
            Untold::NeedsRowsOfPerson => Tried::NeedsRowsOfPerson,
            Untold::AnsweredOtherwise => Tried::AnsweredOtherwise,
            Untold::Redirected => Tried::Redirected,
            Untold::CutOff => Tried::CutOff,
        }),
        // The record could not be read, before anything was written.
        Err(Failure::NotUnderstood | Failure::Unusable(_)) => Trial::Untold(Tried::AnsweredOtherwise),
        Err(Failure::Redirected) => Trial::Untold(Tried::Redirected),
        Err(Failure::Refused { status, field }) => Trial::Refused { status, field },
        Err(Failure::Changed) => Trial::Moved,
        Err(Failure::Gone) => Trial::Gone,
        Err(failure) => return Err(failure),
    })
}

/// Why a dialect is not tried again.
fn failed_before(header: &Header, dialect: Option<Fingerprint>, even_if_changed: bool) -> Option<Tried> {
    let failed = header.dialects_failed.iter().find(|failed| Some(failed.dialect) == dialect)?;
    match failed.may_be_accepted {
        false => Some(Tried::LostBefore),
        true if !even_if_changed => Some(Tried::ChangedBefore),
        true => None,
    }
}

/// Remembers a trial that failed. What loses members does so in every record: it counts as tried no more.
fn remember(header: &mut Header, failed: FailedTrial) {
    if !failed.may_be_accepted && header.dialect_tried == Some(failed.dialect) {
        header.dialect_tried = None;
    }
    header.dialects_failed.retain(|known| known.dialect != failed.dialect);
    header.dialects_failed.push(failed);
    let too_many = header.dialects_failed.len().saturating_sub(MOST_FAILED);
    header.dialects_failed.drain(..too_many);
}

/// A trial that begins; none of the built-in dialect.
fn begun(header: &Header, dialect: Option<Fingerprint>, id: &RecordId, content: String) -> Option<CutOff> {
    let record = match id {
        RecordId::Relatie(id) => format!("relatie/{}", id.as_str()),
        RecordId::Contactpersoon(id) => format!("contactpersoon/{}", id.as_str()),
    };
    let of = |text: String| header.key.fingerprint(name::DIALECT, &Presence::of(text));
    Some(CutOff { dialect: dialect?, record: of(record)?, content: of(content)? })
}
