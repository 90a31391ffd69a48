//! One record, when a person asks for it: how does it stand, bring it together, forget it; and values that gave way, to
//! be listed and given back.

use std::cmp::Reverse;

use crate::answer::Failure;
use crate::link::{
    Absence, BrakeState, Braked, Cycle, DeadLetter, Kept, KeptId, Link, OfficeState, Part, PartState, Pause, Subject,
    Sureness,
};
use crate::mapping::AcRecord;
use crate::ports::Ports;
use crate::relation::{ContactpersoonId, Instant, RelatieId, TribeId};
use crate::settings::Settings;
use crate::sync::brake::Wish;
use crate::sync::budget::Budget;
use crate::sync::choice::choose;
use crate::sync::cycles::take_back;
use crate::sync::feed::sync_subjects;
use crate::sync::letters::forget_refusals;
use crate::sync::observation::Reading;
use crate::sync::outcome::{Next, Outcome, Stop, Stopped, System};
use crate::sync::read_tribe;
use crate::sync::scope::{kind, pause};
use crate::sync::session::{Session, run};
use crate::sync::undo::{GaveBack, Scope, all_kept, give_back};
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

    /// Enough to ask for it: reading it tells its kind.
    fn first(&self) -> Vec<Subject> {
        self.subjects().into_iter().take(1).collect()
    }
}

/// Where a record is on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordState {
    /// Nothing is known of it.
    NotLinked,
    /// A person had it forgotten: it stays without a link until that is taken back.
    Forgotten,
    /// A create is on its way.
    Creating,
    /// Linked.
    Linked,
    /// Linked, and nothing travels: archived, deleted, or of no mapped type.
    Paused,
    /// Tribe does not show it at the moment: it is looked for again before it is believed to be gone.
    NotShown,
    /// Tribe shows it no more.
    GoneInTribe,
    /// What is stored of it cannot be read: nothing travels until a person has it forgotten, and synced again.
    Damaged,
}

impl RecordState {
    /// The word for it in the contract.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotLinked => "not-linked",
            Self::Forgotten => "forgotten",
            Self::Creating => "creating",
            Self::Linked => "linked",
            Self::Paused => "paused",
            Self::NotShown => "not-shown",
            Self::GoneInTribe => "gone-in-tribe",
            Self::Damaged => "damaged",
        }
    }

    fn of(link: &Link, paused: Option<Pause>, absence: Option<&Absence>) -> Self {
        match link.parts.get(&Part::Relation) {
            None if link.is_damaged => Self::Damaged,
            None => Self::NotLinked,
            Some(PartState::Intended { .. }) => Self::Creating,
            Some(PartState::Gone { .. }) => Self::GoneInTribe,
            Some(PartState::Linked { .. }) if absence.is_some_and(|absence| absence.sureness == Sureness::Unseen) => {
                Self::NotShown
            }
            Some(PartState::Linked { .. }) if paused.is_some() => Self::Paused,
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
        let paused = pause(session, &subject, &link)?;
        let dead_letter = id.subjects().iter().find_map(|subject| session.books.letter(subject)).cloned();
        explanation = Some(Explanation {
            state: match session.is_forgotten(&subject) {
                true => RecordState::Forgotten,
                false => RecordState::of(&link, paused, session.books.absences().records.get(&subject)),
            },
            paused,
            linked,
            differing: differing(session, id, &subject, &link)?,
            dead_letter,
        });
        Ok(())
    })?;
    explanation.ok_or_else(|| Stopped::from(Stop::Defect("explain")))
}

/// A record that has a link, as the state knows it.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkedRecord {
    /// AC's record.
    pub subject: Subject,
    /// Where it is on its way.
    pub state: RecordState,
    /// Tribe's type name and id of each record that belongs to it.
    pub linked: Vec<(String, TribeId)>,
}

/// So many links are handed over at once.
const LINKS_AT_ONCE: usize = 500;

/// The records that have a link, some at a time, and where to go on; none at the end. Asks neither system.
pub fn links(
    ports: Ports<'_>,
    settings: &Settings,
    after: Option<&str>,
) -> Result<(Vec<LinkedRecord>, Option<String>), Stop> {
    let state = OfficeState::new(ports.store, &settings.advocaatcentraal.office);
    state.header(ports.random)?;
    let (forgotten, absences) = (state.forgotten()?, state.absences()?);
    let mut subjects = state.linked_subjects()?;
    subjects.sort_unstable_by(|(one, _), (other, _)| one.cmp(other));
    let mut left = subjects.into_iter().filter(|(name, _)| after.is_none_or(|after| name.as_str() > after)).peekable();
    let (mut links, mut next) = (Vec::new(), None);
    for (name, subject) in left.by_ref().take(LINKS_AT_ONCE) {
        let link = state.link(&subject)?;
        let state = match forgotten.contains(&subject) {
            true => RecordState::Forgotten,
            false => RecordState::of(&link, link.paused, absences.records.get(&subject)),
        };
        let linked = link.all_linked().map(|(part, id)| (entity_name(&subject, part), id.clone())).collect();
        links.push(LinkedRecord { subject, state, linked });
        next = Some(name);
    }
    let is_end = left.peek().is_none();
    Ok((links, next.filter(|_| !is_end)))
}

/// Reads both sides of one record and brings them together. What is gone in Tribe is looked for and linked if it is
/// there; nothing is made a second time. And so one takes back that it was forgotten (D18): it is found by its marker.
pub fn resync(ports: Ports<'_>, settings: &Settings, budget: Budget, id: &RecordId) -> Result<Outcome, Stopped> {
    run(ports, settings, budget, |session| {
        session.tell_closed();
        session.remember_forgotten(&id.subjects(), false)?;
        forget_refusals(session, &id.subjects())?;
        sync_subjects(session, &id.first())
    })
}

/// Makes what is gone in Tribe anew: the relation with its roles and addresses, and of an organisation the contact
/// relationships that went with it. What shows again meanwhile is linked instead. So is made what is linked as the other
/// kind of relation (D31).
pub fn make_anew(ports: Ports<'_>, settings: &Settings, budget: Budget, id: &RecordId) -> Result<Outcome, Stopped> {
    run(ports, settings, budget, |session| {
        if session.leaves_tribe_alone() {
            return Ok(());
        }
        session.makes_anew = true;
        sync_subjects(session, &id.first())?;
        let mut is_any_gone = false;
        for subject in id.subjects() {
            is_any_gone |= missing_from_now_on(session, &subject, |_| true)?;
        }
        let mut anew = id.first();
        if let RecordId::Relatie(organisation) = id {
            let at = Part::Contact(organisation.clone());
            let absent: Vec<Subject> = session.books.absences().records.keys().cloned().collect();
            for person in absent.into_iter().filter(|subject| matches!(subject, Subject::ContactPerson(_))) {
                if missing_from_now_on(session, &person, |part| *part == at || *part == Part::Relation)? {
                    anew.push(person);
                }
            }
        }
        session.flush()?;
        if is_any_gone || anew.len() > 1 { sync_subjects(session, &anew) } else { Ok(()) }
    })
}

/// Records that Tribe does not show: since when, and whether that is sure.
pub fn not_shown(ports: Ports<'_>, settings: &Settings) -> Result<Vec<(Subject, Absence)>, Stop> {
    let state = OfficeState::new(ports.store, &settings.advocaatcentraal.office);
    state.header(ports.random)?;
    Ok(state.absences()?.records.into_iter().collect())
}

/// Removes the link, the fingerprints, the dead letter and the kept values of one record. Neither system is touched, now
/// or when the record changes, until a person takes that back by [`resync`] (D18).
pub fn forget(ports: Ports<'_>, settings: &Settings, budget: Budget, id: &RecordId) -> Result<(), Stopped> {
    let forgotten = run(ports, settings, budget, |session| {
        let subjects = id.subjects();
        session.remember_forgotten(&subjects, true)?;
        for subject in subjects.clone() {
            let link = session.state.link(&subject)?;
            for (_, id) in link.all_linked() {
                session.state.forget_owner(id)?;
            }
            session.state.forget_link(&subject)?;
            session.books.remove_dead_letter(&subject);
            if session.books.absences().records.contains_key(&subject) {
                session.books.absences_mut().records.remove(&subject);
            }
            session.books.brake_mut().forget(&subject);
        }
        for (id, kept) in all_kept(&session.state, session.settings.keep_for, session.now())? {
            if subjects.contains(&kept.subject) {
                session.state.forget_kept(&id)?;
            }
        }
        Ok(())
    });
    forgotten.map(drop)
}

/// Which kept values a person wants back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// The one of that id.
    One(String),
    /// Those of one field of a record.
    Field(RecordId, String),
    /// Those of a record.
    Record(RecordId),
    /// Those that were kept from the one instant to the other.
    Between(Instant, Instant),
    /// Those that a brake is about, or was.
    Brake(u64),
}

/// Gives values back to the places that lost them, and to no other. Called until [`Next::Done`](super::Next).
pub fn undo(
    ports: Ports<'_>,
    settings: &Settings,
    budget: Budget,
    which: &Which,
    even_if_moved: bool,
) -> Result<Outcome, Stopped> {
    let scope = match which {
        Which::One(id) => Scope::One(id.clone()),
        Which::Field(record, field) => Scope::Record { subjects: record.subjects(), field: Some(field.clone()) },
        Which::Record(record) => Scope::Record { subjects: record.subjects(), field: None },
        Which::Between(from, to) => Scope::Between(*from, *to),
        Which::Brake(number) => {
            let brake = OfficeState::new(ports.store, &settings.advocaatcentraal.office).brake()?;
            match brake.brakes.get(number) {
                Some(braked) if matches!(braked.state, BrakeState::Ended { .. }) => Scope::of_brake(braked),
                _ => return take_back(ports, settings, budget, *number),
            }
        }
    };
    run(ports, settings, budget, |session| {
        session.wish = Wish::Cycle(Cycle::Poll);
        match give_back(session, &scope, even_if_moved)? {
            GaveBack::NothingKept => session.books.note(Code::NotKept, None, None),
            GaveBack::Some => session.books.outcome.next = Next::Again,
            GaveBack::All => {}
        }
        Ok(())
    })
}

/// Every brake that stands, with its number and how many records it holds back.
pub fn brakes(ports: Ports<'_>, settings: &Settings) -> Result<Vec<(u64, Braked, usize)>, Stop> {
    let brake = OfficeState::new(ports.store, &settings.advocaatcentraal.office).brake()?;
    let held = |braked: &Braked| brake.losing(&braked.column, braked.loss).map_or(0, |losing| losing.held.len());
    Ok(brake.all_standing().map(|(number, braked)| (number, braked.clone(), held(braked))).collect())
}

/// Every dead letter.
pub fn dead_letters(ports: Ports<'_>, settings: &Settings) -> Result<Vec<(Subject, DeadLetter)>, Stop> {
    let state = OfficeState::new(ports.store, &settings.advocaatcentraal.office);
    state.header(ports.random)?;
    Ok(state.dead_letters()?.0.into_iter().collect())
}

/// Every value that is kept, with its id; the last that gave way first.
pub fn kept(ports: Ports<'_>, settings: &Settings) -> Result<Vec<(KeptId, Kept)>, Stop> {
    let state = OfficeState::new(ports.store, &settings.advocaatcentraal.office);
    state.header(ports.random)?;
    let mut kept = all_kept(&state, settings.keep_for, ports.clock.now())?;
    kept.sort_by_key(|(_, kept)| Reverse(kept.at));
    Ok(kept)
}

/// The link of a record: of a relation the one that is not empty, if either. A damaged one is empty, and not passed over.
fn link_of(session: &Session<'_>, id: &RecordId) -> Result<(Subject, Link), Stop> {
    let mut found = None;
    for subject in id.subjects() {
        let link = session.state.link(&subject)?;
        if found.is_none() || !link.is_new() || link.is_damaged {
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
    let Some(mut ac) = read_record(session, id)? else {
        return Ok(Vec::new());
    };
    let records = read_tribe::read(session, [(subject, link)])?;
    if let Some(failure) = records.failure_of(link) {
        return Err(session.stop(failure.clone(), System::Tribe));
    }
    let observer = session.observer();
    let tribe = records.of(link);
    choose(observer, subject, &mut ac, link, &tribe);
    let mut observation = observer.blank(subject, &link.organisations());
    observer.see_ac(&mut observation, &ac, Reading::Single);
    observer.see_tribe(&mut observation, &tribe, link);
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

/// Takes back that parts of a link are gone in Tribe: they are missing from now on. Tells whether any was.
fn missing_from_now_on(
    session: &mut Session<'_>,
    subject: &Subject,
    is_meant: impl Fn(&Part) -> bool,
) -> Result<bool, Stop> {
    let mut link = session.state.link(subject)?;
    let known = link.parts.len();
    link.parts.retain(|part, state| !(matches!(state, PartState::Gone { .. }) && is_meant(part)));
    if link.parts.len() == known {
        return Ok(false);
    }
    // What is made anew has agreed on nothing yet. Its roles went with it.
    if link.linked(&Part::Relation).is_none() {
        link.parts.retain(|part, _| !matches!(part, Part::Role(_) | Part::Address(_)));
        link.bases.clear();
        link.sent.clear();
        link.under_way.clear();
    }
    session.state.save_link(subject, &link)?;
    if !link.is_any_gone() {
        session.books.absences_mut().records.remove(subject);
    }
    Ok(true)
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
