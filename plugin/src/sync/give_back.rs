//! Gives kept values back to the places that lost them, and to no other; then the records go their ordinary way.
//!
//! A place that says something else by now than what took the value's place has moved since: it is left alone unless a
//! person said otherwise. What is overwritten here is kept in its turn. A crash in between does no harm: the next try
//! finds the value in its place already.

use std::cmp::Reverse;

use litemap::LiteMap;

use crate::advocaatcentraal;
use crate::answer::Failure;
use crate::link::{Base, Fingerprint, Kept, KeptId, Link, Part, Reason, Side, Subject};
use crate::mapping::{AcRecord, CellView, Place, SlotView, TribeField, TribeSide, cells};
use crate::relation::{ContactpersoonId, RelatieId, TribeId};
use crate::set::Set;
use crate::stored::Later;
use crate::sync::choice::choose;
use crate::sync::feed::sync_subjects;
use crate::sync::outcome::{Stop, System, WriteResult};
use crate::sync::read_advocaatcentraal::{SingleRead, contact_persons, relations, sort_single};
use crate::sync::read_tribe::read_and_judge;
use crate::sync::scope::{kind, pause};
use crate::sync::session::Session;
use crate::tribe::{Edit, Entity, Record, Update};
use crate::wording::Code;

/// One record with the values that it is to have back.
struct Returning {
    subject: Subject,
    link: Link,
    ac: AcRecord,
    tribe: TribeSide,
    kept: Vec<(KeptId, Kept)>,
}

/// One place that gets a value back.
struct Given {
    ids: Vec<KeptId>,
    cell: CellView,
    slot: SlotView,
    value: Fingerprint,
}

impl Given {
    /// Tells in the outcome what became of the value.
    fn tell(&self, session: &mut Session<'_>, subject: &Subject, to: System, result: WriteResult) {
        session.books.wrote(subject, to, Some(self.cell.row.name), result);
    }
}

/// What is written for one record, and which values are given back with it.
#[derive(Default)]
struct Writing {
    to_ac: advocaatcentraal::Edit,
    by_ac: Vec<Given>,
    to_tribe: LiteMap<TribeId, (Entity, Edit, Vec<Given>)>,
    /// They stand in their place already.
    there: Vec<KeptId>,
    /// The bases of the slots that stay as they are when AC gets a value.
    settled: Vec<(String, Base)>,
}

impl Writing {
    fn is_nothing(&self) -> bool {
        self.to_ac.is_empty() && self.to_tribe.is_empty() && self.there.is_empty()
    }
}

/// Gives these records their values back, and brings both sides together.
pub(super) fn give_back_to(
    session: &mut Session<'_>,
    wanted: Vec<(Subject, Vec<(KeptId, Kept)>)>,
    even_if_moved: bool,
) -> Result<(), Stop> {
    let mut records: Vec<Returning> = Vec::new();
    let mut updates = Vec::new();
    let mut given = Vec::new();
    for mut returning in read(session, wanted)? {
        let writing = plan(session, &mut returning, even_if_moved);
        if writing.is_nothing() {
            continue;
        }
        // What is overwritten is durable first.
        session.flush()?;
        given.extend(writing.there);
        if !writing.to_ac.is_empty()
            && let Some(stored) = write_to_ac(session, &mut returning, &writing.to_ac, writing.settled, &writing.by_ac)?
        {
            for back in writing.by_ac {
                let says = session.observer().stored_in_ac(&back.cell, &stored).unwrap_or(back.value);
                given.extend(taken(session, &mut returning, Side::AdvocaatCentraal, back, says)?);
            }
        }
        for (id, (entity, edit, back)) in writing.to_tribe {
            if edit.is_empty() {
                continue;
            }
            let update = Update { set: entity.set().to_owned(), id, edit };
            updates.push(((records.len(), back), update));
        }
        records.push(returning);
    }
    let (mut stored, mut failed) = (Vec::new(), Vec::new());
    let result = session.tribe.update_each(updates, &mut |(place, back), answer| match answer {
        Ok(answer) => stored.push((place, back, answer.record)),
        Err(failure) => failed.push((place, back, failure)),
    });
    for (place, back, answer) in stored {
        let Some(record) = records.get_mut(place) else { continue };
        for back in back {
            back.tell(session, &record.subject, System::Tribe, WriteResult::Taken);
            // What an answer does not tell shows when both sides are brought together.
            let says = answer.as_ref().and_then(|answer| said_by(session, record, &back, answer));
            let says = says.unwrap_or(back.value);
            given.extend(taken(session, record, Side::Tribe, back, says)?);
        }
    }
    let subjects: Vec<Subject> = records.into_iter().map(|record| record.subject).collect();
    for (place, back, failure) in failed {
        let Some(subject) = subjects.get(place) else { continue };
        for back in back {
            back.tell(session, subject, System::Tribe, WriteResult::of(&failure));
        }
        let code = if matches!(failure, Failure::Refused { .. }) { Code::RefusedByTribe } else { Code::NoAnswer };
        session.books.note(code, Some(subject), None);
    }
    for id in given {
        session.state.forget_kept(&id)?;
    }
    result.map_err(|failure| session.stop(failure, System::Tribe))?;
    let gives_back = std::mem::replace(&mut session.gives_back, true);
    let synced = sync_subjects(session, &subjects);
    session.gives_back = gives_back;
    synced
}

/// A place was given its value back; gives the ids that are done with. Where that side stores something else, the value
/// stays kept, and what stands there is nobody's edit.
fn taken(
    session: &mut Session<'_>,
    record: &mut Returning,
    side: Side,
    back: Given,
    says: Fingerprint,
) -> Result<Vec<KeptId>, Stop> {
    if says == back.value {
        return Ok(back.ids);
    }
    session.books.note(Code::StoredOtherwise, Some(&record.subject), Some(back.cell.row.name));
    for slot in &back.cell.slots {
        let is_it = slot.key == back.slot.key;
        match (side, record.link.bases.get_mut(&slot.key)) {
            (Side::Tribe, Some(base)) if is_it => base.tribe = says,
            // The siblings were settled beside the value that AC was sent.
            (Side::AdvocaatCentraal, Some(base)) if is_it || base.ac == back.value => base.ac = says,
            _ => {}
        }
    }
    session.state.save_link(&record.subject, &record.link)?;
    Ok(Vec::new())
}

/// What Tribe's answer to a write says of a place.
fn said_by(session: &Session<'_>, record: &Returning, back: &Given, answer: &Record) -> Option<Fingerprint> {
    let mut side = TribeSide::default();
    match (back.slot.field, &back.slot.organisation) {
        (TribeField::Relation(_), _) => side.relation = Some(answer.clone()),
        (TribeField::Address(of, _), _) => {
            side.relation = record.tribe.relation.as_ref().map(|owner| owner.with_address(of, answer.clone()));
        }
        (TribeField::Contact(_), at) => drop(side.contacts.insert(at.clone()?, answer.clone())),
    }
    session.observer().tribe(back.cell.row, &back.slot, &side, &record.link)
}

/// Reads both sides of these records. What is not synced has no place to give a value back to.
fn read(session: &mut Session<'_>, wanted: Vec<(Subject, Vec<(KeptId, Kept)>)>) -> Result<Vec<Returning>, Stop> {
    let (mut relation_ids, mut person_ids) = (Set::new(), Set::new());
    for (subject, _) in &wanted {
        match subject {
            Subject::Organisation(id) | Subject::PrivatePerson(id) => drop(relation_ids.insert(id.clone())),
            Subject::ContactPerson(id) => drop(person_ids.insert(id.clone())),
        }
    }
    let relation_ids: Vec<RelatieId> = relation_ids.into_iter().collect();
    let person_ids: Vec<ContactpersoonId> = person_ids.into_iter().collect();
    let mut answers: Vec<(Vec<Subject>, Result<AcRecord, Failure>)> = Vec::new();
    for (id, read) in relations(session, &relation_ids)? {
        let either = vec![Subject::Organisation(id.clone()), Subject::PrivatePerson(id)];
        answers.push((either, read.map(AcRecord::Relatie)));
    }
    for (id, read) in contact_persons(session, &person_ids)? {
        answers.push((vec![Subject::ContactPerson(id)], read.map(AcRecord::Contactpersoon)));
    }
    let (mut records, mut unread): (LiteMap<Subject, AcRecord>, _) = (LiteMap::new(), Set::new());
    for (subjects, read) in answers {
        match sort_single(session, read)? {
            SingleRead::Read(record) => {
                if let Some(subject) = record.subject() {
                    records.insert(subject, record);
                }
            }
            SingleRead::Gone => {}
            SingleRead::NoAnswer => unread.extend(subjects),
        }
    }
    let mut returning = Vec::new();
    for (subject, kept) in wanted {
        let link = session.state.link(&subject)?;
        let is_synced = link.linked(&Part::Relation).is_some() && pause(session, &subject, &link)?.is_none();
        match records.remove(&subject).filter(|_| is_synced) {
            Some(ac) => returning.push(Returning { subject, link, ac, tribe: TribeSide::default(), kept }),
            None if unread.contains(&subject) => session.books.note(Code::NoAnswer, Some(&subject), None),
            None => session.books.note(Code::NoPlaceForIt, Some(&subject), None),
        }
    }
    let tribe = read_and_judge(session, returning.iter().map(|record| (&record.subject, &record.link)))?;
    for record in &mut returning {
        record.tribe = tribe.of(&record.link);
        choose(session.observer(), &record.subject, &mut record.ac, &record.link, &record.tribe);
    }
    returning.retain(|record| {
        let is_read = !tribe.lack(&record.link);
        if !is_read {
            session.books.note(Code::NoAnswer, Some(&record.subject), None);
        }
        is_read
    });
    Ok(returning)
}

/// Works out what is written for one record, and keeps what that overwrites.
fn plan(session: &mut Session<'_>, record: &mut Returning, even_if_moved: bool) -> Writing {
    let mut writing = Writing::default();
    let mut by_place: LiteMap<(String, Side), Vec<(KeptId, Kept)>> = LiteMap::new();
    for (id, kept) in std::mem::take(&mut record.kept) {
        by_place.entry((kept.slot.clone(), kept.side)).or_default().push((id, kept));
    }
    for ((slot, side), mut values) in by_place {
        // The newest first: the one before it is what the newest replaced.
        values.sort_by_key(|(_, kept)| Reverse(kept.at));
        let Some((cell, slot)) = place(record, &slot) else {
            session.books.note(Code::NoPlaceForIt, Some(&record.subject), None);
            continue;
        };
        if let Err(code) = give_one_place(session, record, &mut writing, (&cell, &slot, side), values, even_if_moved) {
            session.books.note(code, Some(&record.subject), Some(cell.row.name));
        }
    }
    writing
}

fn place(record: &Returning, slot: &str) -> Option<(CellView, SlotView)> {
    cells(&record.subject, &record.link.organisations()).into_iter().find_map(|cell| {
        let slot = cell.slots.iter().find(|known| known.key == slot)?.clone();
        Some((cell, slot))
    })
}

/// The values of one place, the newest first.
fn give_one_place(
    session: &mut Session<'_>,
    record: &Returning,
    writing: &mut Writing,
    (cell, slot, side): (&CellView, &SlotView, Side),
    values: Vec<(KeptId, Kept)>,
    even_if_moved: bool,
) -> Result<(), Code> {
    if let Some(code) = session.closed().code(side) {
        return Err(code);
    }
    let (observer, mapper) = (session.observer(), session.mapper());
    let base = record.link.base(&slot.key);
    let says = match side {
        Side::Tribe => observer.tribe(cell.row, slot, &record.tribe, &record.link),
        // AC may leave out what is empty.
        Side::AdvocaatCentraal => observer.ac(cell, &record.ac).or_else(|| {
            let is_empty = base.is_some_and(|base| base.ac == Fingerprint::EMPTY);
            (is_empty && record.ac.place(cell) == Place::Stands).then_some(Fingerprint::EMPTY)
        }),
    };
    let now = says.ok_or(Code::NoPlaceForIt)?;
    let canonical = |kept: &Kept| {
        let value = mapper.text_value(cell.row, &kept.lost);
        session.key.fingerprint(cell.row.name, &value).unwrap_or(Fingerprint::EMPTY)
    };
    // What one side stored may be spelled otherwise than what the other sent: both sides agreed on the two.
    let same = |said: Fingerprint, instead: Fingerprint| {
        let agreed = base.map(|Base { ac, tribe }| match side {
            Side::Tribe => (ac, tribe),
            Side::AdvocaatCentraal => (tribe, ac),
        });
        said == instead || agreed == Some((instead, said))
    };
    let (mut reached, mut text, mut ids) = (now, None, Vec::new());
    let mut moved = false;
    for (id, kept) in values {
        let value = canonical(&kept);
        if value != reached {
            if !same(reached, kept.instead) && !even_if_moved {
                moved = true;
                break;
            }
            reached = value;
            text = Some(kept.lost);
        }
        ids.push(id);
    }
    if reached == now {
        if !ids.is_empty() {
            session.books.note(Code::StandsThere, Some(&record.subject), Some(cell.row.name));
        }
        writing.there.append(&mut ids);
    } else {
        write(session, record, writing, (cell, slot, side), (text.unwrap_or_default(), reached), ids)?;
    }
    if moved { Err(Code::MovedSince) } else { Ok(()) }
}

/// Adds one value to what is written, and keeps what it overwrites.
fn write(
    session: &mut Session<'_>,
    record: &Returning,
    writing: &mut Writing,
    (cell, slot, side): (&CellView, &SlotView, Side),
    (text, value): (String, Fingerprint),
    ids: Vec<KeptId>,
) -> Result<(), Code> {
    let (observer, mapper) = (session.observer(), session.mapper());
    let back = Given { ids, cell: cell.clone(), slot: slot.clone(), value };
    let text = Some(text.as_str()).filter(|text| !text.trim().is_empty());
    if text.is_none() && cell.row.is_demanded() {
        return Err(Code::RequiredFieldEmpty);
    }
    let overwritten = match side {
        Side::Tribe => {
            let (entity, id) = in_tribe(record, slot).ok_or(Code::NoPlaceForIt)?;
            let known = writing.to_tribe.remove(&id);
            let (entity, mut edit, mut given) = known.unwrap_or_else(|| (entity, Edit::new(), Vec::new()));
            let fits = mapper.text_to_tribe(cell.row, text, slot.field, &mut edit);
            given.extend(fits.is_ok().then_some(back));
            writing.to_tribe.insert(id, (entity, edit, given));
            fits.map_err(|_| Code::ValueDoesNotFit)?;
            mapper.spelled_in_tribe(cell.row, slot, &record.tribe)
        }
        Side::AdvocaatCentraal => {
            mapper.text_to_ac(cell, text, &record.ac, &mut writing.to_ac);
            writing.by_ac.push(back);
            for other in cell.slots.iter().filter(|other| other.key != slot.key) {
                let says = observer.tribe(cell.row, other, &record.tribe, &record.link);
                if let Some(tribe) = says.filter(|says| *says != value) {
                    writing.settled.push((other.key.clone(), Base { ac: value, tribe }));
                }
            }
            mapper.spelled_in_ac(cell, &record.ac)
        }
    };
    if let Some(lost) = overwritten {
        let kept = Kept {
            subject: record.subject.clone(),
            slot: slot.key.clone(),
            side,
            lost,
            instead: value,
            reason: Reason::GivenBack,
            at: session.now(),
            later: Later::default(),
        };
        session.books.keep(&session.key, kept, cell.row.name);
    }
    Ok(())
}

/// The Tribe record that has a slot, if there is one.
fn in_tribe(record: &Returning, slot: &SlotView) -> Option<(Entity, TribeId)> {
    let of_part = |entity, part: &Part| Some((entity, record.link.linked(part)?.clone()));
    match (slot.field, &slot.organisation) {
        (TribeField::Contact(_), Some(at)) => of_part(Entity::Contact, &Part::Contact(at.clone())),
        (TribeField::Contact(_), None) => None,
        (TribeField::Address(address, _), _) => Some((Entity::Address, record.tribe.address(address)??.id().clone())),
        (TribeField::Relation(_), _) => of_part(kind(&record.subject).entity(), &Part::Relation),
    }
}

/// Writes to AC; gives what AC stored, if it took it. The slots that stay take AC's coming value in their base first: they would
/// get it otherwise, as a change of AC's own (D3).
fn write_to_ac(
    session: &mut Session<'_>,
    record: &mut Returning,
    edit: &advocaatcentraal::Edit,
    settled: Vec<(String, Base)>,
    given: &[Given],
) -> Result<Option<AcRecord>, Stop> {
    let before = record.link.clone();
    settled.into_iter().for_each(|(slot, base)| record.link.settle(&slot, base));
    if record.link != before {
        session.state.save_link(&record.subject, &record.link)?;
    }
    let written = match &record.ac {
        AcRecord::Relatie(relatie) => session.ac.write_relatie(relatie, edit).map(AcRecord::Relatie),
        AcRecord::Contactpersoon(person) => session.ac.write_contactpersoon(person, edit).map(AcRecord::Contactpersoon),
    };
    let told = written.as_ref().map_or_else(WriteResult::of, |_| WriteResult::Taken);
    for back in given {
        back.tell(session, &record.subject, System::AdvocaatCentraal, told);
    }
    let code = match written {
        Ok(stored) => return Ok(Some(stored)),
        Err(Failure::Changed) => Code::ChangedInBetween,
        Err(Failure::Refused { .. } | Failure::Gone) => Code::RefusedByAdvocaatCentraal,
        Err(Failure::NotUnderstood | Failure::Unusable(_)) => Code::AnsweredOtherwise,
        Err(Failure::Redirected) => Code::Redirected,
        Err(failure) => return Err(session.stop(failure, System::AdvocaatCentraal)),
    };
    if record.link != before {
        session.state.save_link(&record.subject, &before)?;
    }
    session.books.note(code, Some(&record.subject), None);
    Ok(None)
}
