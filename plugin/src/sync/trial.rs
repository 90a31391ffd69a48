//! The first write by a dialect, with both eyes open: until one record went through AC unchanged, no edit of Tribe's is
//! taken there.

use crate::advocaatcentraal;
use crate::answer::Failure;
use crate::link::OfficeState;
use crate::ports::Ports;
use crate::settings::Settings;
use crate::sync::health::stop_of_failure;
use crate::sync::outcome::{Stop, System};
use crate::sync::records::RecordId;
use crate::sync::tried::{is_tried, print};

/// What came of trying a dialect with one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trial {
    /// AC gave it back as it was: from now on edits of Tribe's go to AC.
    AsBefore,
    /// AC took it, and these members are not as they were: pointers into its record, never a value.
    Changed(Vec<String>),
    /// AC refused it, and named that field.
    Refused(Option<String>),
    /// Somebody changed it meanwhile.
    Moved,
    /// AC does not have it.
    Gone,
}

/// Writes a record of AC's back as it is, and reads it again. Where every member is as it was, or a person says that what
/// changed may change, the dialect counts as tried, and everything is compared by the next polls. A crash in between does
/// no harm: nothing was changed, and the trial is made again.
pub fn try_dialect(ports: Ports<'_>, settings: &Settings, id: &RecordId, even_if_changed: bool) -> Result<Trial, Stop> {
    let state = OfficeState::new(ports.store, &settings.advocaatcentraal.office);
    let mut header = state.header(ports.random)?;
    let client =
        advocaatcentraal::Client::new(ports.http, ports.clock, &settings.advocaatcentraal).knowing_tags(header.tags);
    let tried = match id {
        RecordId::Relatie(id) => client.try_relatie(id),
        RecordId::Contactpersoon(id) => client.try_contactpersoon(id),
    };
    let trial = match tried {
        Ok(advocaatcentraal::Trial::AsBefore) => Trial::AsBefore,
        Ok(advocaatcentraal::Trial::Changed(members)) => Trial::Changed(members),
        Err(failure @ Failure::Refused { .. }) => Trial::Refused(failure.named_field().map(str::to_owned)),
        Err(Failure::Changed) => Trial::Moved,
        Err(Failure::Gone) => Trial::Gone,
        Err(failure) => return Err(stop_of_failure(failure, System::AdvocaatCentraal, ports.clock.now())),
    };
    if header.tags != client.tags() {
        header.tags = client.tags();
        state.save_header(&header)?;
    }
    let holds = trial == Trial::AsBefore || even_if_changed && matches!(trial, Trial::Changed(_));
    if holds && !is_tried(&header, settings) {
        // What was edited in Tribe meanwhile is found by the walk.
        let mut rules = state.rules()?;
        rules.is_walk_due = true;
        state.save_rules(&rules)?;
        header.dialect_tried = print(&header, settings);
        state.save_header(&header)?;
    }
    Ok(trial)
}
