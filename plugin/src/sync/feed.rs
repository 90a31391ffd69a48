//! Feeds batches: the rows of a list, or records that are asked for one by one; and after organisations the contact
//! persons that waited for them.

use std::collections::{BTreeMap, BTreeSet};

use crate::advocaatcentraal::{Contactpersoon, Record, Relatie};
use crate::link::Subject;
use crate::mapping::AcRecord;
use crate::relation::RelatieId;
use crate::sync::batch::{self, Compare};
use crate::sync::observation::Reading;
use crate::sync::outcome::{Stop, Verdict};
use crate::sync::read_advocaatcentraal::{
    SingleRead, complete_contact_persons, complete_relations, contact_persons, dead_letter_unread, relations,
    sort_single,
};
use crate::sync::scope::{self, Scope};
use crate::sync::session::Session;

/// Brings relations together as they were listed, and after them the contact persons that waited for one of them.
pub(super) fn sync_relations(session: &mut Session<'_>, rows: Vec<Relatie>, compare: Compare) -> Result<(), Stop> {
    let completed = complete_relations(session, newest_of_each(rows))?;
    dead_letter_unread(session, &completed.unread);
    let organisations: Vec<RelatieId> = completed.rows.iter().map(|(relatie, _)| relatie.id().clone()).collect();
    let records = completed.rows.into_iter().map(|(relatie, reading)| (AcRecord::Relatie(relatie), reading));
    let records: Vec<_> = records.collect();
    make_due_who_waits(session, &records)?;
    batch::sync(session, records, compare)?;
    sync_who_waits(session, &organisations)
}

/// Brings contact persons together as they were listed.
pub(super) fn sync_contact_persons(
    session: &mut Session<'_>,
    rows: Vec<Contactpersoon>,
    compare: Compare,
) -> Result<(), Stop> {
    let rows = newest_of_each(rows);
    let mut synced = BTreeSet::new();
    for person in &rows {
        if scope::stands_at_synced_organisation(session, person)? {
            synced.insert(person.id().clone());
        }
    }
    let completed = complete_contact_persons(session, rows, |person| synced.contains(person.id()))?;
    dead_letter_unread(session, &completed.unread);
    let records = completed.rows.into_iter().map(|(person, reading)| (AcRecord::Contactpersoon(person), reading));
    batch::sync(session, records.collect(), compare)
}

/// Reads the AC records of these subjects by themselves and brings both their sides together; after organisations the
/// contact persons that waited for one of them.
pub(super) fn sync_subjects(session: &mut Session<'_>, subjects: &[Subject]) -> Result<(), Stop> {
    // Whoever is asked for as both kinds is read once.
    let (mut relation_ids, mut person_ids) = (BTreeSet::new(), BTreeSet::new());
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
            SingleRead::Gone => gone_in_ac(session, &asked(&either)),
            SingleRead::NoAnswer => dead_letter_unread(session, &asked(&either)),
        }
    }
    for (id, read) in contact_persons(session, &person_ids)? {
        let subject = [Subject::ContactPerson(id)];
        match sort_single(session, read)? {
            SingleRead::Read(person) => records.push((AcRecord::Contactpersoon(person), Reading::Single)),
            SingleRead::Gone => gone_in_ac(session, &subject),
            SingleRead::NoAnswer => dead_letter_unread(session, &subject),
        }
    }
    make_due_who_waits(session, &records)?;
    batch::sync(session, records, Compare::BothSides)?;
    sync_who_waits(session, &relation_ids)
}

fn gone_in_ac(session: &mut Session<'_>, subjects: &[Subject]) {
    for subject in subjects {
        session.books.count(Verdict::Skipped);
        session.books.remove_dead_letter(subject);
    }
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

/// Brings the contact persons together that were left out for want of these organisations, where those are synced now.
fn sync_who_waits(session: &mut Session<'_>, organisations: &[RelatieId]) -> Result<(), Stop> {
    for organisation in organisations {
        let waiting = session.state.waiting(organisation)?;
        if waiting.is_empty() {
            continue;
        }
        let link = session.state.link(&Subject::Organisation(organisation.clone()))?;
        if !scope::is_synced_organisation(&link) {
            continue;
        }
        let subjects: Vec<Subject> = waiting.into_iter().map(Subject::ContactPerson).collect();
        // One that was looked at beside the organisation went through without it, and is due no more.
        let now = session.now();
        subjects.iter().for_each(|person| session.books.make_due(now, person.clone()));
        session.flush()?;
        sync_subjects(session, &subjects)?;
        session.flush()?;
        session.state.save_waiting(organisation, &[])?;
    }
    Ok(())
}

/// A record that stands twice in a page is handled once, as the newest row has it; of equally new rows the last.
fn newest_of_each<T: Record>(rows: Vec<T>) -> Vec<T> {
    let changed_at = |row: &T| row.gewijzigd().map(|stamp| stamp.instant());
    let mut newest: Vec<T> = Vec::with_capacity(rows.len());
    let mut place: BTreeMap<String, usize> = BTreeMap::new();
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
