//! One record, when a person asks for it: how does it stand, bring it together, forget it, give a lost value back.

use crate::advocaatcentraal;
use crate::answer::Failure;
use crate::link::{Conflict, DeadLetter, Link, OfficeState, Orphans, Part, PartState, Pause, Subject};
use crate::mapping::{AcRecord, cells};
use crate::ports::Ports;
use crate::relation::{ContactpersoonId, RelatieId, TribeId};
use crate::settings::Settings;
use crate::sync::budget::Budget;
use crate::sync::feed::sync_subjects;
use crate::sync::observation::Reading;
use crate::sync::outcome::{Outcome, Stop, Stopped, System};
use crate::sync::read_tribe;
use crate::sync::scope::kind;
use crate::sync::session::{Session, run};
use crate::tribe::{Entity, RelationType};
use crate::wording::Code;

/// One AC record, as a caller names it: without knowing what kind of relation it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RecordId {
    /// A company or a private person.
    Relatie(RelatieId),
    /// A contact person.
    Contactpersoon(ContactpersoonId),
}

impl RecordId {
    /// What it may be.
    fn subjects(&self) -> Vec<Subject> {
        match self {
            Self::Relatie(id) => vec![Subject::Organisation(id.clone()), Subject::PrivatePerson(id.clone())],
            Self::Contactpersoon(id) => vec![Subject::ContactPerson(id.clone())],
        }
    }

    fn of(subject: &Subject) -> Self {
        match subject {
            Subject::Organisation(id) | Subject::PrivatePerson(id) => Self::Relatie(id.clone()),
            Subject::ContactPerson(id) => Self::Contactpersoon(id.clone()),
        }
    }
}

/// Where a record is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordState {
    /// Nothing is known of it.
    NotLinked,
    /// A create is on its way.
    Creating,
    /// Linked.
    Linked,
    /// Linked, and nothing travels: archived, deleted, or of no mapped type.
    Paused,
    /// A user removed it in Tribe.
    GoneInTribe,
}

impl RecordState {
    /// The word for it in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotLinked => "not-linked",
            Self::Creating => "creating",
            Self::Linked => "linked",
            Self::Paused => "paused",
            Self::GoneInTribe => "gone-in-tribe",
        }
    }

    fn of(link: &Link) -> Self {
        match link.parts.get(&Part::Relation) {
            None => Self::NotLinked,
            Some(PartState::Intended { .. }) => Self::Creating,
            Some(PartState::Gone { .. }) => Self::GoneInTribe,
            Some(PartState::Linked { .. }) if link.paused.is_some() => Self::Paused,
            Some(PartState::Linked { .. }) => Self::Linked,
        }
    }
}

/// What the connector knows of one record, in ids, field names and codes.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// Where it is on its way.
    pub state: RecordState,
    /// Why nothing travels.
    pub paused: Option<Pause>,
    /// Tribe's type name and id of each record that belongs to it.
    pub linked: Vec<(String, TribeId)>,
    /// Fields that differ from what both sides last agreed on.
    pub differing: Vec<&'static str>,
    /// If it is a dead letter.
    pub dead_letter: Option<DeadLetter>,
}

/// What is linked to what, and how does it stand? Reads both sides, writes nothing on either.
pub fn explain(ports: Ports<'_>, settings: &Settings, budget: Budget, id: &RecordId) -> Result<Explanation, Stopped> {
    let mut explanation = None;
    run(ports, settings, budget, |session| {
        let (subject, link) = link_of(session, id)?;
        let linked = link.all_linked().map(|(part, id)| (entity_name(&subject, part), id.clone())).collect();
        let dead_letter = id.subjects().iter().find_map(|subject| session.books.letter(subject)).cloned();
        explanation = Some(Explanation {
            state: RecordState::of(&link),
            paused: link.paused,
            linked,
            differing: differing(session, id, &subject, &link)?,
            dead_letter,
        });
        Ok(())
    })?;
    explanation.ok_or_else(|| Stopped::from(Stop::Defect("explain")))
}

/// Reads both sides of one record and brings them together. What a user removed in Tribe is made again: that is how
/// one asks for it (D1).
pub fn resync(ports: Ports<'_>, settings: &Settings, budget: Budget, id: &RecordId) -> Result<Outcome, Stopped> {
    run(ports, settings, budget, |session| {
        for subject in id.subjects() {
            make_again_what_is_gone(session, &subject)?;
        }
        let first = id.subjects().into_iter().take(1).collect::<Vec<_>>();
        sync_subjects(session, &first)
    })
}

/// Removes the link, the fingerprints, the dead letter and the conflicts of one record. Neither system is touched. If
/// the record changes later it is found again by its marker.
pub fn forget(ports: Ports<'_>, settings: &Settings, budget: Budget, id: &RecordId) -> Result<(), Stopped> {
    let forgotten = run(ports, settings, budget, |session| {
        session.expect_orphans(Orphans::Perhaps)?;
        for subject in id.subjects() {
            let link = session.state.link(&subject)?;
            for (_, id) in link.all_linked() {
                session.state.forget_owner(id)?;
            }
            session.state.forget_link(&subject)?;
            session.books.remove_dead_letter(&subject);
            session.books.end_conflicts(|_, conflict| conflict.subject == subject);
        }
        Ok(())
    });
    forgotten.map(drop)
}

/// Writes a value that gave way back: to AC, and from there to Tribe. The conflict ends with it.
pub fn restore(ports: Ports<'_>, settings: &Settings, budget: Budget, conflict: u64) -> Result<Outcome, Stopped> {
    run(ports, settings, budget, |session| write_back(session, conflict))
}

/// Every dead letter.
pub fn dead_letters(ports: Ports<'_>, settings: &Settings) -> Result<Vec<(Subject, DeadLetter)>, Stop> {
    let state = OfficeState::new(ports.store, &settings.advocaatcentraal.office);
    state.header(ports.random)?;
    Ok(state.dead_letters()?.0.into_iter().collect())
}

/// Every conflict that has not ended, with its number.
pub fn conflicts(ports: Ports<'_>, settings: &Settings) -> Result<Vec<(u64, Conflict)>, Stop> {
    let state = OfficeState::new(ports.store, &settings.advocaatcentraal.office);
    state.header(ports.random)?;
    let mut conflicts = state.conflicts()?;
    conflicts.end_old(ports.clock.now());
    Ok(conflicts.entries.into_iter().collect())
}

/// The link of a record: of a relation the one that is not empty, if either.
fn link_of(session: &Session<'_>, id: &RecordId) -> Result<(Subject, Link), Stop> {
    let mut found = None;
    for subject in id.subjects() {
        let link = session.state.link(&subject)?;
        if found.is_none() || !link.is_new() {
            found = Some((subject, link));
        }
    }
    found.ok_or(Stop::Defect("record-without-subject"))
}

/// The fields of a linked record of which either side now says something else than when both last agreed.
fn differing(session: &Session<'_>, id: &RecordId, subject: &Subject, link: &Link) -> Result<Vec<&'static str>, Stop> {
    if link.linked(&Part::Relation).is_none() {
        return Ok(Vec::new());
    }
    let Some(ac) = read_record(session, id)? else {
        return Ok(Vec::new());
    };
    let records = read_tribe::read(session, [(subject, link)])?;
    if records.lack(link) {
        return Err(session.stop(Failure::Unavailable, System::Tribe));
    }
    let observer = session.observer();
    let mut observation = observer.blank(subject, &link.organisations());
    observer.see_ac(&mut observation, &ac, Reading::Single);
    observer.see_tribe(&mut observation, &records.of(link), link);
    Ok(observation.differing(link))
}

fn read_record(session: &Session<'_>, id: &RecordId) -> Result<Option<AcRecord>, Stop> {
    let read = match id {
        RecordId::Relatie(id) => session.ac.relatie(id).map(AcRecord::Relatie),
        RecordId::Contactpersoon(id) => session.ac.contactpersoon(id).map(AcRecord::Contactpersoon),
    };
    match read {
        Ok(record) => Ok(Some(record)),
        Err(Failure::Gone) => Ok(None),
        Err(failure) => Err(session.stop(failure, System::AdvocaatCentraal)),
    }
}

/// Takes back that parts of a link are gone in Tribe: they are missing from now on.
fn make_again_what_is_gone(session: &Session<'_>, subject: &Subject) -> Result<(), Stop> {
    let mut link = session.state.link(subject)?;
    let known = link.parts.len();
    link.parts.retain(|_, state| !matches!(state, PartState::Gone { .. }));
    if link.parts.len() == known {
        return Ok(());
    }
    // What is made anew has agreed on nothing yet.
    if link.linked(&Part::Relation).is_none() {
        link.bases.clear();
        link.sent.clear();
    }
    Ok(session.state.save_link(subject, &link)?)
}

fn write_back(session: &mut Session<'_>, number: u64) -> Result<(), Stop> {
    let Some(conflict) = session.books.conflict(number).cloned() else {
        session.books.note(Code::ConflictEnded, None, None);
        return Ok(());
    };
    let subject = &conflict.subject;
    let Some(ac) = read_record(session, &RecordId::of(subject))? else {
        session.books.note(Code::ConflictEnded, Some(subject), None);
        return Ok(());
    };
    let link = session.state.link(subject)?;
    let cells = cells(subject, &link.organisations());
    let Some(cell) = cells.iter().find(|cell| cell.slots.iter().any(|slot| slot.key == conflict.slot)) else {
        session.books.note(Code::ConflictEnded, Some(subject), None);
        return Ok(());
    };
    let mut edit = advocaatcentraal::Edit::new();
    session.mapper().text_to_ac(cell, Some(conflict.lost.as_str()).filter(|text| !text.is_empty()), &ac, &mut edit);
    let written = match &ac {
        AcRecord::Relatie(relatie) => session.ac.write_relatie(relatie, &edit).map(drop),
        AcRecord::Contactpersoon(person) => session.ac.write_contactpersoon(person, &edit).map(drop),
    };
    match written {
        Ok(()) => {
            session.books.end_conflicts(|ended, _| ended == number);
            sync_subjects(session, std::slice::from_ref(subject))
        }
        Err(Failure::Refused { .. } | Failure::Changed | Failure::Gone | Failure::NotUnderstood) => {
            session.books.note(Code::RefusedByAdvocaatCentraal, Some(subject), Some(cell.row.name));
            Ok(())
        }
        Err(failure) => Err(session.stop(failure, System::AdvocaatCentraal)),
    }
}

/// Tribe's type name of a part.
fn entity_name(subject: &Subject, part: &Part) -> String {
    match part {
        Part::Relation => kind(subject).entity().type_name(),
        Part::Contact(_) => Entity::Contact.type_name(),
        Part::Address(_) => Entity::Address.type_name(),
        Part::Role(key) => {
            let set = RelationType::parse(key).and_then(|relation_type| relation_type.set(kind(subject)));
            set.map_or_else(|| key.clone(), |set| set.replace('_', "."))
        }
    }
}
