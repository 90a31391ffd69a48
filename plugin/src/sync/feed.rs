//! Feeds batches: the rows of a list, or records that are asked for one by one; and after organisations the contact
//! persons that waited for them.

use litemap::LiteMap;

use crate::advocaatcentraal::{Contactpersoon, Record, Relatie};
use crate::link::{Fingerprint, Handled, Pause, Subject};
use crate::mapping::AcRecord;
use crate::relation::{ContactpersoonId, Instant, Presence, RelatieId, Stamp};
use crate::set::Set;
use crate::sync::batch::{self, Compare};
use crate::sync::observation::Reading;
use crate::sync::outcome::{Stop, Verdict};
use crate::sync::read_advocaatcentraal::{
    SingleRead, complete_contact_persons, complete_relations, contact_persons, dead_letter_unread, relations,
    sort_single,
};
use crate::sync::scope::{self, Scope};
use crate::sync::session::Session;
use crate::wording::Code;

/// Contact persons that waited for an organisation and are brought together at once.
const WAITING_AT_ONCE: usize = 50;

/// A list of AC's as its rows are brought together; tells whether all of that is done, or the budget ended before.
pub(super) type Feed<R> = fn(&mut Session<'_>, Vec<R>, Compare) -> Result<bool, Stop>;

/// Brings the rows of a page together, some at a time, as far as the budget goes. `handled` are those that an earlier
/// slice handled. None if all of it is done; otherwise those that are handled.
pub(super) fn sync_page<R: Record>(
    session: &mut Session<'_>,
    rows: Vec<R>,
    handled: &Handled,
    compare: Compare,
    feed: Feed<R>,
) -> Result<Option<Handled>, Stop> {
    let mut handled = handled.clone();
    let mut left = newest_of_each(rows);
    left.retain(|row| mark(session, row).is_none_or(|mark| !handled.contains(row.id_text(), mark)));
    let mut is_first = true;
    while !left.is_empty() {
        // Some of it is done in each slice, however small: else none of it ever were.
        if !is_first && !session.may_go_on() {
            return Ok(Some(handled));
        }
        is_first = false;
        let rest = left.split_off(session.records_at_once().min(left.len()));
        let some = std::mem::replace(&mut left, rest);
        let marks: Vec<(String, Option<Fingerprint>)> =
            some.iter().map(|row| (row.id_text().to_owned(), mark(session, row))).collect();
        if !feed(session, some, compare)? {
            return Ok(Some(handled));
        }
        for (id, mark) in marks {
            if let Some(mark) = mark {
                handled.add(id, Instant::from_millis(0), mark);
            }
        }
    }
    Ok(None)
}

/// One fingerprint of a whole row and its stamp. The stamp of a contact person inside its relation is that one's: a row that
/// says what it said before may say it again, after a write of ours.
pub(super) fn mark<R: Record>(session: &Session<'_>, row: &R) -> Option<Fingerprint> {
    let stamp = row.gewijzigd().map(Stamp::instant).unwrap_or_default();
    session.key.fingerprint("row", &Presence::of(format!("{} {}", stamp.as_millis(), row.everything())))
}

/// Brings relations together as they were listed, and after them the contact persons that waited for one of them. Were
/// the run to end in between, the page is read again, and they still wait.
pub(super) fn sync_relations(session: &mut Session<'_>, rows: Vec<Relatie>, compare: Compare) -> Result<bool, Stop> {
    let completed = complete_relations(session, rows)?;
    dead_letter_unread(session, &completed.unread);
    let organisations: Vec<RelatieId> = completed.rows.iter().map(|(relatie, _)| relatie.id().clone()).collect();
    let records = completed.rows.into_iter().map(|(relatie, reading)| (AcRecord::Relatie(relatie), reading));
    let result = batch::sync(session, records.collect(), compare);
    sync_who_waits(session, &organisations, result)
}

/// Brings contact persons together as they were listed.
pub(super) fn sync_contact_persons(
    session: &mut Session<'_>,
    rows: Vec<Contactpersoon>,
    compare: Compare,
) -> Result<bool, Stop> {
    let mut synced = Set::new();
    for person in &rows {
        if scope::stands_at_synced_organisation(session, person)? {
            synced.insert(person.id().clone());
        }
    }
    let completed = complete_contact_persons(session, rows, |person| synced.contains(person.id()))?;
    dead_letter_unread(session, &completed.unread);
    let records = completed.rows.into_iter().map(|(person, reading)| (AcRecord::Contactpersoon(person), reading));
    batch::sync(session, records.collect(), compare)?;
    Ok(true)
}

/// Reads the AC records of these subjects by themselves and brings both their sides together; after organisations the
/// contact persons that waited for one of them.
pub(super) fn sync_subjects(session: &mut Session<'_>, subjects: &[Subject]) -> Result<(), Stop> {
    // Whoever is asked for as both kinds is read once.
    let (mut relation_ids, mut person_ids) = (Set::new(), Set::new());
    for subject in subjects {
        match subject {
            Subject::Organisation(id) | Subject::PrivatePerson(id) => drop(relation_ids.insert(id.clone())),
            Subject::ContactPerson(id) => drop(person_ids.insert(id.clone())),
        }
    }
    let relation_ids: Vec<RelatieId> = relation_ids.into_iter().collect();
    let person_ids: Vec<_> = person_ids.into_iter().collect();
    let asked = |among: &[Subject]| -> Vec<Subject> {
        among.iter().filter(|subject| subjects.contains(subject)).cloned().collect()
    };
    let mut records = Vec::new();
    for (id, read) in relations(session, &relation_ids)? {
        let either = [Subject::Organisation(id.clone()), Subject::PrivatePerson(id)];
        match sort_single(session, read)? {
            SingleRead::Read(relatie) => {
                let record = AcRecord::Relatie(relatie);
                // Asked for as the other kind: what waits under that name waits no longer.
                let is_other = |subject: &&Subject| record.subject().as_ref() != Some(*subject);
                either.iter().filter(is_other).for_each(|subject| session.books.remove_dead_letter(subject));
                records.push((record, Reading::Single));
            }
            SingleRead::Gone => gone_in_ac(session, &asked(&either))?,
            SingleRead::NoAnswer => dead_letter_unread(session, &asked(&either)),
        }
    }
    for (id, read) in contact_persons(session, &person_ids)? {
        let subject = [Subject::ContactPerson(id)];
        match sort_single(session, read)? {
            SingleRead::Read(person) => records.push((AcRecord::Contactpersoon(person), Reading::Single)),
            SingleRead::Gone => gone_in_ac(session, &subject)?,
            SingleRead::NoAnswer => dead_letter_unread(session, &subject),
        }
    }
    make_due_who_waits(session, &records)?;
    let result = batch::sync(session, records, Compare::BothSides);
    // Whom the budget leaves is due.
    sync_who_waits(session, &relation_ids, result).map(drop)
}

/// What is linked stays as it is in Tribe, and is compared when AC shows it again: a user may have edited it there
/// meanwhile.
fn gone_in_ac(session: &mut Session<'_>, subjects: &[Subject]) -> Result<(), Stop> {
    for subject in subjects {
        session.books.count(Verdict::Skipped);
        session.books.remove_dead_letter(subject);
        let mut link = session.state.link(subject)?;
        if !link.is_new() && link.paused.is_none() {
            link.paused = Some(Pause::Inactive);
            session.state.save_link(subject, &link)?;
            session.books.note(Code::Paused, Some(subject), None);
        }
    }
    Ok(())
}

/// The contact persons that wait for an organisation which may be linked now are due from this moment on: were the
/// run to end between the organisation and them, nothing else would bring them back.
fn make_due_who_waits(session: &mut Session<'_>, records: &[(AcRecord, Reading)]) -> Result<(), Stop> {
    for (record, _) in records {
        let (AcRecord::Relatie(relatie), Some(subject @ Subject::Organisation(_))) = (record, record.subject()) else {
            continue;
        };
        let waiting = session.state.waiting(relatie.id())?;
        if !waiting.is_empty() && matches!(scope::of_relation(session, &subject, relatie), Scope::Relation(_)) {
            let now = session.now();
            waiting.into_iter().for_each(|person| session.books.make_due(now, Subject::ContactPerson(person)));
        }
    }
    session.flush()
}

/// Brings the contact persons together that were left out for want of these organisations, where those are synced now,
/// some at a time; tells whether that is done, or the budget ended before. `result` is what came of the organisations.
///
/// First all of them are due: one that was looked at beside its organisation went through without it, and after a stop,
/// that of the organisations too, nothing else would bring them back.
fn sync_who_waits(
    session: &mut Session<'_>,
    organisations: &[RelatieId],
    result: Result<(), Stop>,
) -> Result<bool, Stop> {
    let mut all = Vec::new();
    for organisation in organisations {
        let waiting = session.state.waiting(organisation)?;
        if waiting.is_empty() {
            continue;
        }
        let link = session.state.link(&Subject::Organisation(organisation.clone()))?;
        if scope::is_synced_organisation(session.settings, &link) {
            let now = session.now();
            waiting.iter().for_each(|person| session.books.make_due(now, Subject::ContactPerson(person.clone())));
            all.push((organisation, waiting));
        }
    }
    result?;
    if all.is_empty() {
        return Ok(true);
    }
    session.flush()?;
    let mut is_first = true;
    for (organisation, waiting) in all {
        for some in waiting.chunks(WAITING_AT_ONCE) {
            if !is_first && !session.may_go_on() {
                return Ok(false);
            }
            is_first = false;
            let subjects: Vec<Subject> = some.iter().cloned().map(Subject::ContactPerson).collect();
            sync_subjects(session, &subjects)?;
            session.flush()?;
            wait_no_longer(session, organisation, some)?;
        }
    }
    Ok(true)
}

/// These contact persons wait for that organisation no longer.
fn wait_no_longer(session: &Session<'_>, organisation: &RelatieId, persons: &[ContactpersoonId]) -> Result<(), Stop> {
    let mut waiting = session.state.waiting(organisation)?;
    waiting.retain(|person| !persons.contains(person));
    Ok(session.state.save_waiting(organisation, &waiting)?)
}

/// A record that stands twice in a page is handled once, as the newest row has it; of equally new rows the last.
fn newest_of_each<T: Record>(rows: Vec<T>) -> Vec<T> {
    let changed_at = |row: &T| row.gewijzigd().map(|stamp| stamp.instant());
    let mut newest: Vec<T> = Vec::with_capacity(rows.len());
    let mut place: LiteMap<String, usize> = LiteMap::new();
    for row in rows {
        match place.get(row.id_text()).and_then(|place| newest.get_mut(*place)) {
            Some(known) if changed_at(known) > changed_at(&row) => {}
            Some(known) => *known = row,
            None => {
                place.insert(row.id_text().to_owned(), newest.len());
                newest.push(row);
            }
        }
    }
    newest
}
