//! In what do both sides of the linked records differ, and why? Reads both, whatever the bases say, and writes nothing:
//! not to AC, not to Tribe, and nothing of what it finds to the store.
//!
//! What both sides say is observed and planned as on the way of a record; [`why`](super::why) tells why they differ.

use crate::advocaatcentraal::Contactpersoon;
use crate::answer::Failure;
use crate::link::{BrakeState, Column, Fingerprint, Kept, Link, Part, Reason as KeptReason, RefusedBy, Side, Subject};
use crate::mapping::{AcRecord, CellView, GENDER_FIELD, Row, SlotView, TribeSide, rows};
use crate::ports::Ports;
use crate::relation::RelatieId;
use crate::settings::Settings;
use crate::sync::brake::Treatment;
use crate::sync::budget::Budget;
use crate::sync::edits::fits_in;
use crate::sync::observation::{Observation, Reading};
use crate::sync::outcome::Stop;
use crate::sync::planned;
use crate::sync::read_advocaatcentraal::{SingleRead, contact_persons, relations, sort_single};
use crate::sync::read_tribe::{TribeRecords, lags_until, read_and_judge};
use crate::sync::scope::{self, addresses_without_slot, glance};
use crate::sync::session::{Session, look};
use crate::sync::undo::all_kept;
use crate::sync::why::{Case, Fit, Reason, why};
use crate::wording::{Code, Why};

/// Records that are compared together.
const AT_ONCE: usize = 50;

/// A place in which both sides of a linked record differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// The record.
    pub subject: Subject,
    /// The place: a field of the tables, for some with the organisation behind it; none where it is all of the record, or of
    /// a contact relationship.
    pub field: Option<String>,
    /// The side that keeps another value, or cannot have it or say it; none where it is neither's.
    pub side: Option<Side>,
    /// Why.
    pub why: Why,
}

/// What some of the linked records differ in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// Place by place.
    pub found: Vec<Difference>,
    /// Records that were compared.
    pub compared: u32,
    /// Where to go on; none at the end.
    pub next: Option<String>,
}

/// Compares both sides of the linked records after that place, as far as the budget goes.
pub fn differences(
    ports: Ports<'_>,
    settings: &Settings,
    budget: Budget,
    after: Option<&str>,
) -> Result<Differences, Stop> {
    look(ports, settings, budget, |session| {
        let mut told = Differences::default();
        let mut subjects: Vec<(String, Subject)> = session.state.linked_subjects()?;
        subjects.retain(|(name, _)| after.is_none_or(|after| name.as_str() > after));
        subjects.sort();
        let conflicts = conflicts(session)?;
        for some in subjects.chunks(AT_ONCE) {
            if told.next.is_some() && !session.may_go_on() {
                return Ok(told);
            }
            match compare(session, some, &conflicts) {
                Ok((compared, found)) => {
                    told.compared += compared;
                    told.found.extend(found);
                }
                // What was compared before is told; the next call stops here, if it still must.
                Err(_) if told.next.is_some() => return Ok(told),
                Err(stop) => return Err(stop),
            }
            told.next = some.last().map(|(name, _)| name.clone());
        }
        told.next = None;
        Ok(told)
    })
}

/// The values that gave way in Tribe in a conflict: of which record, in which place.
fn conflicts(session: &Session<'_>) -> Result<Vec<(Subject, String, Fingerprint)>, Stop> {
    let kept = all_kept(&session.state, session.settings.keep_for, session.now())?.into_iter();
    let in_tribe = kept.filter(|(_, kept)| kept.reason == KeptReason::Conflict && kept.side == Side::Tribe);
    let value = |(_, kept): (_, Kept)| {
        let row = rows(&kept.subject).find(|row| row.has_slot(&kept.slot))?;
        let value = session.mapper().text_value(row, &kept.lost);
        Some((kept.subject, kept.slot, session.key.fingerprint(row.name, &value)?))
    };
    Ok(in_tribe.filter_map(value).collect())
}

/// What AC said of a record.
enum InAc {
    Record(Box<AcRecord>),
    Gone,
    NoAnswer,
}

/// Compares those of some records that are linked: how many these are, and in what they differ. One whose link is damaged is
/// told, and not compared.
fn compare(
    session: &mut Session<'_>,
    some: &[(String, Subject)],
    conflicts: &[(Subject, String, Fingerprint)],
) -> Result<(u32, Vec<Difference>), Stop> {
    let (mut links, mut differences) = (Vec::new(), Vec::new());
    for (_, subject) in some {
        let link = session.state.link(subject)?;
        if link.is_damaged {
            // To what it is linked is not known: there is nothing to compare.
            differences.push(Difference { subject: subject.clone(), field: None, side: None, why: Why::Damaged });
        } else if link.linked(&Part::Relation).is_some() || link.is_gone(&Part::Relation) {
            links.push((subject, link));
        }
    }
    let tribe = read_and_judge(session, links.iter().map(|(subject, link)| (*subject, link)))?;
    let standing = links.iter().filter(|(_, link)| !link.is_gone(&Part::Relation)).map(|(subject, _)| *subject);
    let in_ac = read(session, standing)?;
    let mut compared = 0;
    for (subject, link) in links {
        let ac = in_ac.iter().find(|(id, _)| *id == in_list(subject)).map(|(_, said)| said);
        let found = One { subject, link: &link, conflicts }.compare(session, ac, &tribe)?;
        compared += 1;
        differences.extend(found.into_iter().map(|(field, (why, side))| Difference {
            subject: subject.clone(),
            field,
            side,
            why,
        }));
    }
    Ok((compared, differences))
}

/// A record as AC names it: whether it is a contact person, and its id.
type InList = (bool, String);

fn in_list(subject: &Subject) -> InList {
    (matches!(subject, Subject::ContactPerson(_)), subject.id().to_owned())
}

/// Reads these records in AC, each by itself.
fn read<'s>(
    session: &mut Session<'_>,
    subjects: impl IntoIterator<Item = &'s Subject>,
) -> Result<Vec<(InList, InAc)>, Stop> {
    let (mut relation_ids, mut person_ids) = (Vec::new(), Vec::new());
    for subject in subjects {
        match subject {
            // One that was of the other kind before may be linked as both.
            Subject::Organisation(id) | Subject::PrivatePerson(id) if relation_ids.contains(id) => {}
            Subject::Organisation(id) | Subject::PrivatePerson(id) => relation_ids.push(id.clone()),
            Subject::ContactPerson(id) => person_ids.push(id.clone()),
        }
    }
    let mut answers: Vec<(InList, Result<AcRecord, Failure>)> = Vec::new();
    for (id, read) in relations(session, &relation_ids)? {
        answers.push(((false, id.to_string()), read.map(AcRecord::Relatie)));
    }
    for (id, read) in contact_persons(session, &person_ids)? {
        answers.push(((true, id.to_string()), read.map(AcRecord::Contactpersoon)));
    }
    let mut sorted = Vec::new();
    for (id, read) in answers {
        let said = match sort_single(session, read)? {
            SingleRead::Read(record) => InAc::Record(Box::new(record)),
            SingleRead::Gone => InAc::Gone,
            SingleRead::NoAnswer => InAc::NoAnswer,
        };
        sorted.push((id, said));
    }
    Ok(sorted)
}

/// One linked record.
struct One<'o> {
    subject: &'o Subject,
    link: &'o Link,
    conflicts: &'o [(Subject, String, Fingerprint)],
}

/// A place, and why both sides differ there.
type Found = (Option<String>, Reason);

impl One<'_> {
    fn compare(&self, session: &Session<'_>, ac: Option<&InAc>, records: &TribeRecords) -> Result<Vec<Found>, Stop> {
        let whole = |why, side| Ok(vec![(None, (why, side))]);
        if self.link.is_gone(&Part::Relation) {
            return whole(Why::Gone, Some(Side::Tribe));
        }
        let ac = match ac {
            Some(InAc::Record(record)) => &**record,
            Some(InAc::Gone) => return whole(Why::Archived, Some(Side::AdvocaatCentraal)),
            Some(InAc::NoAnswer) | None => return whole(Why::NoAnswer, Some(Side::AdvocaatCentraal)),
        };
        if records.lack(self.link) {
            return whole(Why::NoAnswer, Some(Side::Tribe));
        }
        match ac.subject() {
            Some(subject) if subject == *self.subject => {}
            Some(_) => return whole(Why::Paused, Some(Side::AdvocaatCentraal)),
            None => return whole(Why::Unreadable, Some(Side::AdvocaatCentraal)),
        }
        let tribe = records.of(self.link);
        if tribe.relation.is_none() {
            return whole(Why::NotVisibleYet, Some(Side::Tribe));
        }
        let (outside, synced_at) = glance(session, ac)?;
        let outside = outside.map(reason_of);
        let mut found = self.missing_contacts(&tribe);
        let stands = |organisation: &RelatieId| tribe.contacts.contains_key(organisation);
        let organisations: Vec<RelatieId> = self.link.organisations().into_iter().filter(stands).collect();
        let (here, elsewhere): (Vec<RelatieId>, Vec<RelatieId>) =
            organisations.into_iter().partition(|at| outside.is_some() || synced_at.contains(at));
        found.extend(self.fields(session, ac, &tribe, &here, Look::All(outside)));
        if !elsewhere.is_empty() {
            found.extend(self.fields(session, ac, &tribe, &elsewhere, Look::AtOrganisations));
        }
        let without_slot = addresses_without_slot(self.subject, ac).into_iter();
        let no_place = outside.unwrap_or((Why::NoPlace, Some(Side::Tribe)));
        found.extend(without_slot.map(|name| (Some(name.to_owned()), no_place)));
        Ok(found)
    }

    /// The contact relationships that are gone in Tribe, or do not show.
    fn missing_contacts(&self, tribe: &TribeSide) -> Vec<Found> {
        let is_contact = |part: &&Part| matches!(part, Part::Contact(_));
        let gone = self.link.all_gone().map(|(part, _)| part).filter(is_contact).map(|_| Why::Gone);
        let unseen = self.link.organisations().into_iter().filter(|at| !tribe.contacts.contains_key(at));
        let missing = gone.chain(unseen.map(|_| Why::NotVisibleYet));
        missing.map(|why| (None, (why, Some(Side::Tribe)))).collect()
    }

    /// The places in which both sides differ, of the fields at these organisations.
    fn fields(
        &self,
        session: &Session<'_>,
        ac: &AcRecord,
        tribe: &TribeSide,
        organisations: &[RelatieId],
        look: Look,
    ) -> Vec<Found> {
        let (observer, mapper) = (session.observer(), session.mapper());
        let mut observation: Observation = observer.blank(self.subject, organisations);
        observer.see_ac(&mut observation, ac, Reading::Single);
        observer.see_tribe(&mut observation, tribe, self.link);
        let brake = session.books.brake();
        let treat = |side, row: &Row, loss| {
            let column = Column { side, kind: self.subject.of_kind(), field: row.name.to_owned() };
            match brake.standing(&column, loss) {
                Some((_, BrakeState::On)) => Treatment::Hold,
                _ => Treatment::GoThrough,
            }
        };
        let lags = lags_until(self.subject, self.link, tribe, session.now()).is_some();
        let mut found = Vec::new();
        for planned in planned::plan_each(&observation, self.link, &treat) {
            let refused = self.refused(session, planned.name());
            for (slot, in_tribe, step) in planned.slots() {
                let outside = match (&look, &slot.organisation) {
                    (Look::All(reason), _) => *reason,
                    (Look::AtOrganisations, None) => continue,
                    (Look::AtOrganisations, Some(at)) => Some(nothing_travels_at(ac, at)),
                };
                let row = planned.field.cell.row;
                let stands = if in_tribe.is_split {
                    let spelled = mapper.spelled_in_tribe(row, slot, tribe).unwrap_or_default();
                    session.key.fingerprint(row.name, &mapper.text_value(row, &spelled))
                } else {
                    in_tribe.says
                };
                let is_this = |(subject, key, value): &&(Subject, String, Fingerprint)| {
                    subject == self.subject && *key == slot.key && Some(*value) == stands
                };
                let case = Case {
                    planned: &planned,
                    slot,
                    tribe: in_tribe,
                    step,
                    link: self.link,
                    stands,
                    fit: fit(session, ac, &planned.field.cell, slot),
                    outside,
                    lags,
                    refused,
                    is_conflict: self.conflicts.iter().any(|kept| is_this(&kept)),
                };
                found.extend(why(&case).map(|reason| (Some(slot.key.clone()), reason)));
            }
        }
        found
    }

    /// The system that refused a field of the record, or the record, by its dead letter.
    fn refused(&self, session: &Session<'_>, field: &str) -> Option<RefusedBy> {
        let letter = session.books.letter(self.subject)?;
        let is_about = letter.fields.is_empty() || letter.fields.contains(field);
        match Code::parse(&letter.code).filter(|_| is_about)? {
            Code::RefusedByTribe => Some(RefusedBy::Tribe),
            Code::RefusedByAdvocaatCentraal => Some(RefusedBy::AdvocaatCentraal),
            _ => None,
        }
    }
}

/// At which places a record is looked at.
enum Look {
    /// At all of them; why nothing of the record travels, if nothing does.
    All(Option<Reason>),
    /// At contact relationships to which nothing travels.
    AtOrganisations,
}

fn reason_of(outside: scope::Why) -> Reason {
    let why = match outside {
        scope::Why::Inactive => Why::Archived,
        scope::Why::Unmapped => Why::Unmapped,
        scope::Why::OtherKind => Why::Paused,
        scope::Why::Unsaid | scope::Why::Forgotten => Why::Unreadable,
    };
    (why, Some(Side::AdvocaatCentraal))
}

/// Why nothing travels to the contact relationship at an organisation.
fn nothing_travels_at(ac: &AcRecord, at: &RelatieId) -> Reason {
    let koppelingen = ac.contactpersoon().and_then(Contactpersoon::koppelingen).unwrap_or_default();
    let stands = koppelingen.iter().any(|koppeling| koppeling.relatie_id == *at);
    (if stands { Why::Unmapped } else { Why::NoPlace }, Some(Side::AdvocaatCentraal))
}

fn fit(session: &Session<'_>, ac: &AcRecord, cell: &CellView, slot: &SlotView) -> Fit {
    let mapper = session.mapper();
    match fits_in(mapper, ac, cell, slot) {
        Err(Code::RequiredFieldEmpty) => Fit::Demanded,
        Err(_) if mapper.ac_value(cell, ac).text().is_some() => Fit::NoRow,
        Err(_) => Fit::Fits,
        Ok(()) if cell.row.name == GENDER_FIELD && mapper.gender_without_row(ac).is_some() => Fit::NoRow,
        Ok(()) => Fit::Fits,
    }
}
