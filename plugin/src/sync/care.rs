//! One record at the wish of a person: how does it stand, bring it together, forget it, give a lost value back.

use crate::advocaatcentraal;
use crate::answer::Failure;
use crate::link::{Conflict, DeadLetter, Fingerprint, Link, Orphans, Part, PartState, Pause, Subject};
use crate::mapping::{AcRecord, cells};
use crate::ports::Ports;
use crate::relation::{ContactpersoonId, RelatieId, TribeId};
use crate::settings::Settings;
use crate::sync::engine::{Engine, of_state};
use crate::sync::outcome::{Outcome, Stop, System};
use crate::sync::scope::kind;
use crate::sync::{Budget, Stopped, run};
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
}

/// How a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
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

impl Standing {
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

/// How one record stands, in ids, field names and codes.
#[derive(Clone, Debug, PartialEq)]
pub struct Explanation {
    /// How it stands.
    pub standing: Standing,
    /// Why nothing travels.
    pub paused: Option<Pause>,
    /// Tribe's type name and id of each record that belongs to it.
    pub linked: Vec<(String, TribeId)>,
    /// Fields that differ from what both sides last agreed on.
    pub differing: Vec<&'static str>,
    /// If it was put aside.
    pub dead_letter: Option<DeadLetter>,
}

/// What is linked to what, and how does it stand? Reads both sides, writes nothing on either.
pub fn explain(ports: Ports<'_>, settings: &Settings, budget: Budget, id: &RecordId) -> Result<Explanation, Stopped> {
    let mut explanation = None;
    run(ports, settings, budget, |engine| {
        explanation = Some(engine.explain(id)?);
        Ok(())
    })?;
    explanation.ok_or_else(|| Stopped::from(Stop::Defect("explain")))
}

/// Reads both sides of one record and brings them together. What a user removed in Tribe is made again: that is how
/// one asks for it (D1).
pub fn resync(ports: Ports<'_>, settings: &Settings, budget: Budget, id: &RecordId) -> Result<Outcome, Stopped> {
    run(ports, settings, budget, |engine| engine.resync(id))
}

/// Removes the link, the fingerprints, the dead letter and the conflicts of one record. Neither system is touched. If
/// the record changes later it is found again by its marker.
pub fn forget(ports: Ports<'_>, settings: &Settings, budget: Budget, id: &RecordId) -> Result<(), Stopped> {
    run(ports, settings, budget, |engine| engine.forget(id)).map(drop)
}

/// Writes a value that gave way back: to AC, and from there to Tribe. The conflict ends with it.
pub fn restore(ports: Ports<'_>, settings: &Settings, budget: Budget, conflict: u64) -> Result<Outcome, Stopped> {
    run(ports, settings, budget, |engine| engine.restore(conflict))
}

/// Agrees to the clearings that the brake holds back, and carries them out: every linked record is compared. Called
/// until [`crate::sync::Next::Done`]; where that is broken off, the poll goes on with it.
pub fn release_brake(ports: Ports<'_>, settings: &Settings, budget: Budget) -> Result<Outcome, Stopped> {
    run(ports, settings, budget, |engine| engine.release_brake())
}

/// Every dead letter.
pub fn dead_letters(ports: Ports<'_>, settings: &Settings) -> Result<Vec<(Subject, DeadLetter)>, Stop> {
    let state = crate::link::OfficeState::new(ports.store, &settings.advocaatcentraal.office);
    state.header(ports.random).map_err(of_state)?;
    Ok(state.dead_letters().map_err(of_state)?.0.into_iter().collect())
}

/// Every conflict that has not ended, with its number.
pub fn conflicts(ports: Ports<'_>, settings: &Settings) -> Result<Vec<(u64, Conflict)>, Stop> {
    let state = crate::link::OfficeState::new(ports.store, &settings.advocaatcentraal.office);
    state.header(ports.random).map_err(of_state)?;
    let mut conflicts = state.conflicts().map_err(of_state)?;
    conflicts.end_old(ports.clock.now());
    Ok(conflicts.entries.into_iter().collect())
}

impl Engine<'_> {
    /// The link of a record: of a relation the one that is not empty, if either.
    fn link_of(&self, id: &RecordId) -> Result<(Subject, Link), Stop> {
        let mut found = None;
        for subject in id.subjects() {
            let link = self.state.link(&subject).map_err(of_state)?;
            if found.is_none() || !link.is_new() {
                found = Some((subject, link));
            }
        }
        found.ok_or(Stop::Defect("record-without-subject"))
    }

    fn explain(&mut self, id: &RecordId) -> Result<Explanation, Stop> {
        let (subject, link) = self.link_of(id)?;
        let linked = link.all_linked().map(|(part, id)| (entity_name(&subject, part), id.clone())).collect();
        let dead_letter = id.subjects().iter().find_map(|subject| self.letter(subject)).cloned();
        Ok(Explanation {
            standing: Standing::of(&link),
            paused: link.paused,
            linked,
            differing: self.differing(id, &subject, &link)?,
            dead_letter,
        })
    }

    /// The fields of a linked record of which either side now says something else than when both last agreed.
    fn differing(&self, id: &RecordId, subject: &Subject, link: &Link) -> Result<Vec<&'static str>, Stop> {
        if link.linked(&Part::Relation).is_none() {
            return Ok(Vec::new());
        }
        let Some(ac) = self.read_record(id)? else {
            return Ok(Vec::new());
        };
        let sides = self.read_sides([(subject, link)])?;
        if sides.lack(link) {
            return Err(self.stop(Failure::Unavailable, System::Tribe));
        }
        let side = sides.of(link);
        let organisations = link.organisations();
        let mapper = self.mapper();
        let mut differing = Vec::new();
        for cell in cells(subject, &organisations) {
            let name = cell.row.name;
            let ac = self.key.fingerprint(name, &mapper.ac_value(&cell, &ac));
            let differs = cell.slots.iter().any(|slot| {
                let tribe = self.key.fingerprint(name, &mapper.tribe_value(cell.row, slot, &side, link));
                let base = link.base(&slot.key);
                // What never agreed on anything and is empty has nothing to differ in.
                let moved = |now: Option<Fingerprint>, then: Option<Fingerprint>| {
                    now.is_some_and(|now| now != then.unwrap_or(Fingerprint::EMPTY))
                };
                moved(ac, base.map(|base| base.ac)) || moved(tribe, base.map(|base| base.tribe))
            });
            if differs && self.settings.direction(name).is_some() && !differing.contains(&name) {
                differing.push(name);
            }
        }
        Ok(differing)
    }

    fn read_record(&self, id: &RecordId) -> Result<Option<AcRecord>, Stop> {
        let read = match id {
            RecordId::Relatie(id) => self.ac.relatie(id).map(AcRecord::Relatie),
            RecordId::Contactpersoon(id) => self.ac.contactpersoon(id).map(AcRecord::Contactpersoon),
        };
        match read {
            Ok(record) => Ok(Some(record)),
            Err(Failure::Gone) => Ok(None),
            Err(failure) => Err(self.stop(failure, System::AdvocaatCentraal)),
        }
    }

    fn resync(&mut self, id: &RecordId) -> Result<(), Stop> {
        for subject in id.subjects() {
            let mut link = self.state.link(&subject).map_err(of_state)?;
            let known = link.parts.len();
            link.parts.retain(|_, state| !matches!(state, PartState::Gone { .. }));
            if link.parts.len() < known {
                // What is made anew has agreed on nothing yet.
                if link.linked(&Part::Relation).is_none() {
                    link.bases.clear();
                    link.sent.clear();
                }
                self.state.save_link(&subject, &link).map_err(of_state)?;
            }
        }
        let first = id.subjects().into_iter().take(1).collect::<Vec<_>>();
        self.handle_subjects(&first)
    }

    fn forget(&mut self, id: &RecordId) -> Result<(), Stop> {
        self.expect_strays(Orphans::Perhaps)?;
        for subject in id.subjects() {
            let link = self.state.link(&subject).map_err(of_state)?;
            for (_, id) in link.all_linked() {
                self.state.forget_owner(id).map_err(of_state)?;
            }
            self.state.forget_link(&subject).map_err(of_state)?;
            self.take_back(&subject);
            self.end_conflicts(|_, conflict| conflict.subject == subject);
        }
        Ok(())
    }

    fn restore(&mut self, number: u64) -> Result<(), Stop> {
        let Some(conflict) = self.conflict(number).cloned() else {
            self.outcome.note(Code::ConflictEnded, None, None);
            return Ok(());
        };
        let id = match &conflict.subject {
            Subject::Organisation(id) | Subject::PrivatePerson(id) => RecordId::Relatie(id.clone()),
            Subject::ContactPerson(id) => RecordId::Contactpersoon(id.clone()),
        };
        let Some(ac) = self.read_record(&id)? else {
            self.outcome.note(Code::ConflictEnded, Some(&conflict.subject), None);
            return Ok(());
        };
        let link = self.state.link(&conflict.subject).map_err(of_state)?;
        let cells = cells(&conflict.subject, &link.organisations());
        let cell = cells.iter().find(|cell| cell.slots.iter().any(|slot| slot.key == conflict.slot));
        let Some(cell) = cell else {
            self.outcome.note(Code::ConflictEnded, Some(&conflict.subject), None);
            return Ok(());
        };
        let mut edit = advocaatcentraal::Edit::new();
        self.mapper().text_to_ac(cell, Some(conflict.lost.as_str()).filter(|text| !text.is_empty()), &mut edit);
        let written = match &ac {
            AcRecord::Relatie(relatie) => self.ac.write_relatie(relatie, &edit).map(drop),
            AcRecord::Contactpersoon(person) => self.ac.write_contactpersoon(person, &edit).map(drop),
        };
        match written {
            Ok(()) => {
                self.end_conflicts(|ended, _| ended == number);
                self.handle_subjects(std::slice::from_ref(&conflict.subject))
            }
            Err(Failure::Refused { .. } | Failure::Changed | Failure::Gone | Failure::NotUnderstood) => {
                self.outcome.note(Code::RefusedByAdvocaatCentraal, Some(&conflict.subject), Some(cell.row.name));
                Ok(())
            }
            Err(failure) => Err(self.stop(failure, System::AdvocaatCentraal)),
        }
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
