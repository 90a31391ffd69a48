//! The way of a batch of AC records: what must stand in Tribe, what is missing, what differs.

use std::collections::{BTreeMap, BTreeSet};

use crate::advocaatcentraal::{Contactpersoon, Each, OddityKind, Record, Relatie, Soort, Status, Veld};
use crate::answer::Failure;
use crate::link::{Part, Pause, Subject};
use crate::mapping::{AcField, AcRecord, address_slot, rows};
use crate::relation::{AddressType, ContactpersoonId, RelatieId};
use crate::sync::engine::{Engine, Retry, of_state};
use crate::sync::item::{Alone, Item, Reading};
use crate::sync::outcome::{Stop, System, Verdict};
use crate::sync::scope::Scope;
use crate::wording::Code;

/// Requests to AC under way at once. AC: assumed.
const AC_IN_FLIGHT: usize = 4;

/// How far to look at records whose AC side did not change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Looking {
    /// Not at all: they cost no Tribe call.
    AtAdvocaatCentraal,
    /// At both sides.
    AtBoth,
}

impl Engine<'_> {
    /// Handles relations as they were listed, and after them the contact persons that waited for one of them.
    pub(super) fn handle_relations(&mut self, listed: Vec<Relatie>, looking: Looking) -> Result<(), Stop> {
        let (complete, unread) = self.complete_relations(newest_of_each(listed))?;
        self.put_aside_unread(&unread);
        let organisations: Vec<RelatieId> = complete.iter().map(|(relatie, _)| relatie.id().clone()).collect();
        let records = complete.into_iter().map(|(relatie, reading)| (AcRecord::Relatie(relatie), reading));
        let records: Vec<_> = records.collect();
        self.expect_who_waits(&records)?;
        self.handle(records, looking)?;
        self.handle_waiting(&organisations)
    }

    /// Handles contact persons as they were listed.
    pub(super) fn handle_contact_persons(&mut self, listed: Vec<Contactpersoon>, looking: Looking) -> Result<(), Stop> {
        let listed = newest_of_each(listed);
        let mut synced = BTreeSet::new();
        for person in &listed {
            if self.stands_at_synced_organisation(person)? {
                synced.insert(person.id().clone());
            }
        }
        let (complete, unread) = self.complete_contact_persons(listed, |person| synced.contains(person.id()))?;
        self.put_aside_unread(&unread);
        let records = complete.into_iter().map(|(person, reading)| (AcRecord::Contactpersoon(person), reading));
        self.handle(records.collect(), looking)
    }

    /// Reads these subjects' AC records by themselves and handles them, looking at both sides.
    pub(super) fn handle_subjects(&mut self, subjects: &[Subject]) -> Result<(), Stop> {
        let mut relations = Vec::new();
        let mut persons = Vec::new();
        for subject in subjects {
            match subject {
                Subject::Organisation(id) | Subject::PrivatePerson(id) => relations.push(id.clone()),
                Subject::ContactPerson(id) => persons.push(id.clone()),
            }
        }
        // Whoever is asked for as both kinds is read once.
        relations.sort();
        relations.dedup();
        persons.sort();
        persons.dedup();
        let mut records = Vec::new();
        for (id, read) in self.read_relations(&relations)? {
            let either = [Subject::Organisation(id.clone()), Subject::PrivatePerson(id)];
            match self.alone(read)? {
                Alone::Read(relatie) => {
                    let record = AcRecord::Relatie(relatie);
                    // Asked for as the other kind: what waits under that name waits no longer.
                    let other = either.iter().filter(|subject| record.subject().as_ref() != Some(*subject));
                    other.for_each(|subject| self.take_back(subject));
                    records.push((record, Reading::Alone));
                }
                Alone::Gone => self.gone_in_ac(&either, subjects),
                Alone::NoAnswer => {
                    let unread = either.into_iter().filter(|subject| subjects.contains(subject));
                    self.put_aside_unread(&unread.collect::<Vec<_>>());
                }
            }
        }
        for (id, read) in self.read_contact_persons(&persons)? {
            match self.alone(read)? {
                Alone::Read(person) => records.push((AcRecord::Contactpersoon(person), Reading::Alone)),
                Alone::Gone => self.gone_in_ac(&[Subject::ContactPerson(id)], subjects),
                Alone::NoAnswer => self.put_aside_unread(&[Subject::ContactPerson(id)]),
            }
        }
        self.expect_who_waits(&records)?;
        self.handle(records, Looking::AtBoth)?;
        self.handle_waiting(&relations)
    }

    /// The contact persons that wait for an organisation which may be linked now are due from this moment on: were the
    /// run to end between the organisation and them, nothing else would bring them back.
    fn expect_who_waits(&mut self, records: &[(AcRecord, Reading)]) -> Result<(), Stop> {
        for (record, _) in records {
            let (AcRecord::Relatie(relatie), Some(subject @ Subject::Organisation(_))) = (record, record.subject())
            else {
                continue;
            };
            let waiting = self.state.waiting(relatie.id()).map_err(of_state)?;
            if !waiting.is_empty() && matches!(self.scope_of_relation(&subject, relatie), Scope::Relation(_)) {
                waiting.into_iter().for_each(|person| self.expect(Subject::ContactPerson(person)));
            }
        }
        self.flush()
    }

    /// The way itself.
    fn handle(&mut self, records: Vec<(AcRecord, Reading)>, looking: Looking) -> Result<(), Stop> {
        let mut work = Vec::new();
        for (record, reading) in records {
            let Some(item) = self.begin_item(record, reading)? else { continue };
            if self.has_work(&item, looking) { work.push(item) } else { self.close(item)? }
        }
        if work.is_empty() {
            return Ok(());
        }
        let result = self
            .adopt(&mut work)
            .and_then(|()| self.create(&mut work))
            .and_then(|()| self.look_at_tribe(&mut work))
            .and_then(|()| self.reconcile(&mut work));
        for item in work {
            match (&result, item.verdict) {
                (Ok(()), _) => self.close(item)?,
                // What a stop left untouched is not counted: it will be read again.
                (Err(_), Verdict::Unchanged) => {}
                (Err(_), _) => self.leave(item)?,
            }
        }
        result
    }

    /// An item with its scope and its link; none for a relation of a kind that is not known.
    fn begin_item(&mut self, record: AcRecord, reading: Reading) -> Result<Option<Item>, Stop> {
        let Some(subject) = record.subject() else {
            self.outcome.counts.add(Verdict::Skipped);
            self.outcome.note(Code::FieldNotUnderstood, None, Some("soort"));
            return Ok(None);
        };
        for oddity in record.common().oddities() {
            let code = match oddity.kind {
                OddityKind::Several => Code::SeveralOfOne,
                OddityKind::LostZero => Code::LostZero,
                OddityKind::NotText | OddityKind::NotUnderstood | OddityKind::UnknownValue => Code::FieldNotUnderstood,
            };
            self.outcome.note(code, Some(&subject), Some(oddity.member));
        }
        let scope = match &record {
            AcRecord::Relatie(relatie) => self.scope_of_relation(&subject, relatie),
            AcRecord::Contactpersoon(person) => self.scope_of_contact_person(person)?,
        };
        if !matches!(scope, Scope::Outside(_)) {
            for address_type in record.address_types() {
                if address_slot(&subject, address_type).is_none() {
                    self.outcome.note(Code::AddressWithoutSlot, Some(&subject), Some(address_name(address_type)));
                }
            }
        }
        let link = self.state.link(&subject).map_err(of_state)?;
        Ok(Some(Item::new(subject, record, reading, scope, link)))
    }

    /// Whether anything may have to be done.
    fn has_work(&self, item: &Item, looking: Looking) -> bool {
        if matches!(item.scope, Scope::Outside(_)) || item.link.is_gone(&Part::Relation) {
            return false;
        }
        if looking == Looking::AtBoth {
            return true;
        }
        if let Some(refused) = self.letter(&item.subject).and_then(|letter| letter.refused)
            && self.fingerprint_of_record(item) == Some(refused)
        {
            return false;
        }
        item.link.paused.is_some() || !item.missing().is_empty() || !self.is_unchanged_in_ac(item)
    }

    /// Counts an item, takes back its letter if it went through, and makes its link durable.
    fn close(&mut self, mut item: Item) -> Result<(), Stop> {
        match item.scope {
            Scope::Outside(why) => {
                if !item.link.is_new() {
                    item.link.paused = why.pause().or(item.link.paused);
                }
                item.reached(Verdict::Skipped);
            }
            Scope::Relation(_) | Scope::Contacts(_) if item.link.is_gone(&Part::Relation) => {
                item.reached(Verdict::Skipped);
            }
            Scope::Relation(_) | Scope::Contacts(_) => {
                item.link.paused = None;
                if !item.halted {
                    item.link.settle_sent();
                }
            }
        }
        self.save(&mut item)?;
        // A letter ends when both sides were looked at and nothing is left to do, not when AC shows the record as it was.
        let still_aside =
            self.letter(&item.subject).is_some() && item.verdict == Verdict::Unchanged && item.side.relation.is_none();
        if still_aside {
            item.reached(Verdict::DeadLettered);
        }
        if item.verdict != Verdict::DeadLettered {
            self.take_back(&item.subject);
        }
        if self.sweeping && matches!(item.verdict, Verdict::Created | Verdict::Updated) {
            self.outcome.note(Code::FoundBySweep, Some(&item.subject), None);
        }
        if item.waits_for_decision && item.verdict == Verdict::Unchanged {
            self.uncounted += 1;
        } else {
            self.outcome.counts.add(item.verdict);
        }
        Ok(())
    }

    /// Counts an item that a stop left half done. Its letter stays: nothing else may bring it back.
    fn leave(&mut self, mut item: Item) -> Result<(), Stop> {
        self.save(&mut item)?;
        self.outcome.counts.add(item.verdict);
        Ok(())
    }

    /// Handles the contact persons that were left out for want of these organisations, where those are synced now.
    fn handle_waiting(&mut self, organisations: &[RelatieId]) -> Result<(), Stop> {
        for organisation in organisations {
            let waiting = self.state.waiting(organisation).map_err(of_state)?;
            if waiting.is_empty() {
                continue;
            }
            let link = self.state.link(&Subject::Organisation(organisation.clone())).map_err(of_state)?;
            if link.linked(&Part::Relation).is_none() || link.paused == Some(Pause::Unmapped) {
                continue;
            }
            let subjects: Vec<Subject> = waiting.into_iter().map(Subject::ContactPerson).collect();
            self.handle_subjects(&subjects)?;
            self.flush()?;
            self.state.save_waiting(organisation, &[]).map_err(of_state)?;
        }
        Ok(())
    }

    /// Rows of records to be synced that lack a field are read again by themselves. Also gives those that could not be
    /// read; they are not among the rows.
    pub(super) fn complete_relations(&mut self, listed: Vec<Relatie>) -> Result<Complete<Relatie>, Stop> {
        let organisation = self.needed(&Subject::Organisation(RelatieId::new("")));
        let private_person = self.needed(&Subject::PrivatePerson(RelatieId::new("")));
        let needed = |relatie: &Relatie| match relatie.soort() {
            Soort::Bedrijf => organisation.as_slice(),
            Soort::Particulier => private_person.as_slice(),
            Soort::Onbekend => &[],
        };
        let matters = |relatie: &Relatie| is_active(relatie.status()) && !self.is_known_as_unmapped(relatie);
        let lean = listed.iter().filter(|relatie| matters(relatie) && relatie.is_partial(needed(relatie)));
        let ids: Vec<RelatieId> = lean.map(|relatie| relatie.id().clone()).collect();
        let alone = self.read_relations(&ids)?;
        self.completed(listed, Relatie::id, alone, |relatie| AcRecord::Relatie(relatie).subject())
    }

    /// The same of contact persons; `is_synced` tells of one that says where it stands.
    pub(super) fn complete_contact_persons(
        &mut self,
        listed: Vec<Contactpersoon>,
        is_synced: impl Fn(&Contactpersoon) -> bool,
    ) -> Result<Complete<Contactpersoon>, Stop> {
        let needed = self.needed(&Subject::ContactPerson(ContactpersoonId::new("")));
        let matters = |person: &Contactpersoon| {
            let is_outside = person.status() == Status::Actief && person.koppelingen().is_some() && !is_synced(person);
            is_active(person.status()) && !is_outside
        };
        let lean = listed.iter().filter(|person| matters(person) && person.is_partial(&needed));
        let ids: Vec<ContactpersoonId> = lean.map(|person| person.id().clone()).collect();
        let alone = self.read_contact_persons(&ids)?;
        self.completed(listed, Contactpersoon::id, alone, |person| AcRecord::Contactpersoon(person).subject())
    }

    pub(super) fn read_relations(&self, ids: &[RelatieId]) -> Result<Each<RelatieId, Relatie>, Stop> {
        let read = self.ac.relaties_by_id(ids, AC_IN_FLIGHT);
        read.map_err(|failure| self.stop(failure, System::AdvocaatCentraal))
    }

    pub(super) fn read_contact_persons(
        &self,
        ids: &[ContactpersoonId],
    ) -> Result<Each<ContactpersoonId, Contactpersoon>, Stop> {
        let read = self.ac.contactpersonen_by_id(ids, AC_IN_FLIGHT);
        read.map_err(|failure| self.stop(failure, System::AdvocaatCentraal))
    }

    /// The rows, those that were read alone in place of their row; one that is gone by now is skipped.
    fn completed<T, Id: Ord + Clone>(
        &mut self,
        listed: Vec<T>,
        id: impl Fn(&T) -> &Id,
        alone: Each<Id, T>,
        subject: impl Fn(T) -> Option<Subject>,
    ) -> Result<Complete<T>, Stop> {
        let mut read = BTreeMap::new();
        for (id, result) in alone {
            read.insert(id, self.alone(result)?);
        }
        let mut complete = Vec::with_capacity(listed.len());
        let mut unread = Vec::new();
        for row in listed {
            match read.remove(id(&row)) {
                None => complete.push((row, Reading::InList)),
                Some(Alone::Read(alone)) => complete.push((alone, Reading::Alone)),
                Some(Alone::Gone) => self.outcome.counts.add(Verdict::Skipped),
                Some(Alone::NoAnswer) => unread.extend(subject(row)),
            }
        }
        Ok((complete, unread))
    }

    /// Puts records aside that could not be read; the others go on (F66).
    pub(super) fn put_aside_unread(&mut self, unread: &[Subject]) {
        for subject in unread {
            self.put_aside(subject, Code::NoAnswer, None, Retry::Soon);
            self.outcome.counts.add(Verdict::DeadLettered);
        }
    }

    /// AC's fields that are synced for that kind of record.
    fn needed(&self, kind: &Subject) -> Vec<Veld> {
        let synced = rows(kind).filter(|row| self.settings.direction(row.name).is_some());
        synced
            .filter_map(|row| match row.ac {
                AcField::Own(veld) => Some(veld),
                AcField::Functie | AcField::Doorkiesnummer | AcField::Address(..) => None,
            })
            .collect()
    }

    /// What came of reading a record of AC's by itself.
    pub(super) fn alone<T>(&mut self, read: Result<T, Failure>) -> Result<Alone<T>, Stop> {
        match read {
            Ok(record) => {
                self.was_read();
                Ok(Alone::Read(record))
            }
            Err(Failure::Gone) => {
                self.was_read();
                Ok(Alone::Gone)
            }
            Err(failure) => self.was_not_read(failure, System::AdvocaatCentraal).map(|()| Alone::NoAnswer),
        }
    }

    fn gone_in_ac(&mut self, either: &[Subject], asked: &[Subject]) {
        for subject in either.iter().filter(|subject| asked.contains(subject)) {
            self.outcome.counts.add(Verdict::Skipped);
            self.take_back(subject);
        }
    }
}

/// The rows of a page with what each of them lacks, and the records that could not be read.
pub(super) type Complete<T> = (Vec<(T, Reading)>, Vec<Subject>);

/// What a row leaves out matters only where something is to be done with it.
fn is_active(status: Status) -> bool {
    !matches!(status, Status::Gearchiveerd | Status::Verwijderd)
}

/// An address type as notes name it.
pub(super) fn address_name(address_type: AddressType) -> &'static str {
    match address_type {
        AddressType::Hoofdkantoor => "hoofdkantoor",
        AddressType::Postadres => "postadres",
        AddressType::Prive => "priveadres",
    }
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
