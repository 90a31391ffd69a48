//! Reading AC's records by themselves: rows that leave something out, and records that are about to be written.

use litemap::LiteMap;

use crate::advocaatcentraal::{Contactpersoon, Each, Record, Relatie, Soort, Status, Veld};
use crate::answer::Failure;
use crate::link::{Gaps, GapsByList, Subject};
use crate::mapping::{AcField, AcRecord, rows, stands_in_ac};
use crate::relation::{ContactpersoonId, RelatieId};
use crate::set::Set;
use crate::sync::books::Retry;
use crate::sync::item::{Batch, Item, Place};
use crate::sync::list_gaps;
use crate::sync::observation::Reading;
use crate::sync::outcome::{Stop, System, Verdict};
use crate::sync::planned::would_matter;
use crate::sync::scope::{is_active, is_known_as_unmapped};
use crate::sync::session::Session;
use crate::wording::Code;

/// Requests to AC under way at once. AC: assumed.
const IN_FLIGHT: usize = 8;
/// Rows that one page asks AC for, and what is asked for where that is refused. AC: assumed (a server may give fewer).
const PAGE_SIZES: [u32; 2] = [100, 25];

/// What came of a single read.
pub(super) enum SingleRead<T> {
    /// The record.
    Read(T),
    /// It is gone: what is linked stays as it is in Tribe.
    Gone,
    /// There was no usable answer for this one.
    NoAnswer,
}

/// The rows of a page with what each of them left out.
pub(super) struct Completed<T> {
    pub(super) rows: Vec<(T, Reading)>,
    /// Records that could not be read; they are not among the rows.
    pub(super) unread: Vec<Subject>,
}

/// Asks for a large page, and for a smaller one where that is refused.
pub(super) fn page_of_any_size<T>(ask: impl Fn(u32) -> Result<T, Failure>) -> Result<T, Failure> {
    let mut answer = Err(Failure::NOT_ASKED);
    for size in PAGE_SIZES {
        answer = ask(size);
        if !matches!(answer, Err(Failure::Refused { .. })) {
            break;
        }
    }
    answer
}

/// Sorts what came of a single read; several without an answer in a row are a stop.
pub(super) fn sort_single<T>(session: &mut Session<'_>, read: Result<T, Failure>) -> Result<SingleRead<T>, Stop> {
    match read {
        Ok(record) => {
            session.health.was_read();
            Ok(SingleRead::Read(record))
        }
        Err(Failure::Gone) => {
            session.health.was_read();
            Ok(SingleRead::Gone)
        }
        Err(failure) => session.was_not_read(failure, System::AdvocaatCentraal).map(|()| SingleRead::NoAnswer),
    }
}

/// Reads relations by themselves.
pub(super) fn relations(session: &Session<'_>, ids: &[RelatieId]) -> Result<Each<RelatieId, Relatie>, Stop> {
    let read = session.ac.relaties_by_id(ids, IN_FLIGHT);
    read.map_err(|failure| session.stop(failure, System::AdvocaatCentraal))
}

/// Reads contact persons by themselves.
pub(super) fn contact_persons(
    session: &Session<'_>,
    ids: &[ContactpersoonId],
) -> Result<Each<ContactpersoonId, Contactpersoon>, Stop> {
    let read = session.ac.contactpersonen_by_id(ids, IN_FLIGHT);
    read.map_err(|failure| session.stop(failure, System::AdvocaatCentraal))
}

/// Reads the relations to be synced whose rows leave a field out by themselves.
pub(super) fn complete_relations(session: &mut Session<'_>, listed: Vec<Relatie>) -> Result<Completed<Relatie>, Stop> {
    let organisation = synced_fields(session, &Subject::Organisation(RelatieId::new("")));
    let private_person = synced_fields(session, &Subject::PrivatePerson(RelatieId::new("")));
    let needed = |relatie: &Relatie| match relatie.soort() {
        Soort::Bedrijf => organisation.as_slice(),
        Soort::Particulier => private_person.as_slice(),
        Soort::Onbekend => &[],
    };
    let matters = |relatie: &Relatie| is_active(relatie.status()) && !is_known_as_unmapped(session.settings, relatie);
    let matter: Vec<&Relatie> = listed.iter().filter(|relatie| matters(relatie)).collect();
    let single = read_partial(session, &matter, needed, |gaps| &mut gaps.relaties, Relatie::id, relations)?;
    Ok(complete(session, listed, Relatie::id, single, |relatie| {
        // Of a kind that its row leaves out it may be either: it is asked for by its id.
        let as_organisation = Subject::Organisation(relatie.id().clone());
        AcRecord::Relatie(relatie).subject().unwrap_or(as_organisation)
    }))
}

/// The same of contact persons; `is_synced` tells of one that says where it stands.
pub(super) fn complete_contact_persons(
    session: &mut Session<'_>,
    listed: Vec<Contactpersoon>,
    is_synced: impl Fn(&Contactpersoon) -> bool,
) -> Result<Completed<Contactpersoon>, Stop> {
    let fields = synced_fields(session, &Subject::ContactPerson(ContactpersoonId::new("")));
    let needed = |_: &Contactpersoon| fields.as_slice();
    let matters = |person: &Contactpersoon| {
        let is_outside = person.status() == Status::Actief && person.koppelingen().is_some() && !is_synced(person);
        is_active(person.status()) && !is_outside
    };
    let matter: Vec<&Contactpersoon> = listed.iter().filter(|person| matters(person)).collect();
    let single =
        read_partial(session, &matter, needed, |gaps| &mut gaps.contactpersonen, Contactpersoon::id, contact_persons)?;
    Ok(complete(session, listed, Contactpersoon::id, single, |person| Subject::ContactPerson(person.id().clone())))
}

/// What came of each single read.
type Singles<Id, T> = LiteMap<Id, SingleRead<T>>;

/// Reads those of the rows by themselves that only their single records complete. Of a list of which little is known they
/// are read some at a time: what these show may spare the others.
fn read_partial<'n, T: Record, Id: Ord + Clone>(
    session: &mut Session<'_>,
    rows: &[&T],
    needed: impl Fn(&T) -> &'n [Veld],
    of_list: impl for<'g> Fn(&'g mut GapsByList) -> &'g mut Gaps,
    id: impl Fn(&T) -> &Id,
    read: impl Fn(&Session<'_>, &[Id]) -> Result<Each<Id, T>, Stop>,
) -> Result<Singles<Id, T>, Stop> {
    let mut gaps = session.gaps.clone();
    list_gaps::see_rows(of_list(&mut gaps), rows, &needed);
    let mut partial = list_gaps::first(of_list(&mut gaps), rows, &needed);
    let mut singles = Singles::new();
    while !partial.is_empty() {
        let ids: Vec<Id> = partial.iter().map(|row| id(row).clone()).collect();
        let known = singles.len();
        for (id, result) in read(session, &ids)? {
            singles.insert(id, sort_single(session, result)?);
        }
        for row in partial {
            if let Some(SingleRead::Read(single)) = singles.get(id(row)) {
                list_gaps::compare(of_list(&mut gaps), row, single, &needed);
            }
        }
        let left: Vec<&T> = rows.iter().filter(|row| !singles.contains_key(id(row))).copied().collect();
        let goes_on = singles.len() > known;
        partial = if goes_on { list_gaps::next(of_list(&mut gaps), &left, &needed) } else { Vec::new() };
    }
    session.gaps = gaps;
    Ok(singles)
}

/// The rows, those that were read by themselves in place of their row; one that is gone by now is skipped.
fn complete<T, Id: Ord>(
    session: &mut Session<'_>,
    listed: Vec<T>,
    id: impl Fn(&T) -> &Id,
    mut single: Singles<Id, T>,
    subject: impl Fn(T) -> Subject,
) -> Completed<T> {
    let mut completed = Completed { rows: Vec::with_capacity(listed.len()), unread: Vec::new() };
    for row in listed {
        match single.remove(id(&row)) {
            None => completed.rows.push((row, Reading::InList)),
            Some(SingleRead::Read(single)) => completed.rows.push((single, Reading::Single)),
            Some(SingleRead::Gone) => session.books.count(Verdict::Skipped),
            Some(SingleRead::NoAnswer) => completed.unread.push(subject(row)),
        }
    }
    completed
}

/// AC's fields that are synced for that kind of record.
fn synced_fields(session: &Session<'_>, kind: &Subject) -> Vec<Veld> {
    let dialect = &session.settings.advocaatcentraal.dialect;
    let known = rows(kind).filter(|row| stands_in_ac(dialect, kind, row));
    let synced = known.filter(|row| session.settings.direction(row.name).is_some());
    synced
        .filter_map(|row| match row.ac {
            AcField::Own(veld) => Some(veld),
            AcField::Functie | AcField::Doorkiesnummer | AcField::Address(..) => None,
        })
        .collect()
}

/// Makes records that could not be read dead letters; the others go on (F66).
pub(super) fn dead_letter_unread(session: &mut Session<'_>, unread: &[Subject]) {
    for subject in unread {
        session.dead_letter(subject, Code::NoAnswer, None, Retry::Soon);
        session.books.count(Verdict::DeadLettered);
    }
}

/// Reads by themselves the records that are about to be written.
///
/// A record that AC gets back must have been read so: with every field, its `ETag`, and a moment ago. So must one that
/// Tribe gets values of: a list may show a record as it was before AC got a value of Tribe's, and that old value is
/// nobody's edit. What a row leaves out may be empty, and would take what Tribe got meanwhile.
pub(super) fn read_what_is_written(session: &mut Session<'_>, batch: &mut Batch) -> Result<(), Stop> {
    let is_wanted = |item: &Item| {
        let from_list = item.observation.reading == Reading::InList;
        from_list && would_matter(&item.observation, &item.link, &session.treating(item.subject.of_kind()))
    };
    let wanted: Vec<Place> = batch.active().filter(|(_, item)| is_wanted(item)).map(|(place, _)| place).collect();
    let records = || wanted.iter().map(|place| &batch[*place].ac);
    let relation_ids: Vec<RelatieId> = records().filter_map(|ac| Some(ac.relatie()?.id().clone())).collect();
    let person_ids: Vec<ContactpersoonId> =
        records().filter_map(|ac| Some(ac.contactpersoon()?.id().clone())).collect();
    let mut read = Reads::default();
    for (id, answer) in relations(session, &relation_ids)? {
        read.add(session, id, answer.map(AcRecord::Relatie), |reads| &mut reads.unread_relations)?;
    }
    for (id, answer) in contact_persons(session, &person_ids)? {
        read.add(session, id, answer.map(AcRecord::Contactpersoon), |reads| &mut reads.unread_persons)?;
    }
    for place in wanted {
        if let Some(record) = read.records.get(&batch[place].subject) {
            session.learn_of_empties(record)?;
        }
        let item = &mut batch[place];
        match read.records.remove(&item.subject) {
            Some(record) => item.take_ac(session.observer(), record, Reading::Single),
            None if read.is_unread(&item.ac) => item.halt(session, Code::NoAnswer, None, Retry::Soon),
            None => item.is_gone_in_ac(),
        }
        item.make_plan(session);
    }
    Ok(())
}

/// What came of reading several records by themselves.
#[derive(Default)]
struct Reads {
    records: LiteMap<Subject, AcRecord>,
    unread_relations: Set<RelatieId>,
    unread_persons: Set<ContactpersoonId>,
}

impl Reads {
    fn add<Id: Ord>(
        &mut self,
        session: &mut Session<'_>,
        id: Id,
        answer: Result<AcRecord, Failure>,
        unread: fn(&mut Self) -> &mut Set<Id>,
    ) -> Result<(), Stop> {
        match sort_single(session, answer)? {
            SingleRead::Read(record) => {
                if let Some(subject) = record.subject() {
                    self.records.insert(subject, record);
                }
            }
            SingleRead::Gone => {}
            SingleRead::NoAnswer => drop(unread(self).insert(id)),
        }
        Ok(())
    }

    fn is_unread(&self, ac: &AcRecord) -> bool {
        match ac {
            AcRecord::Relatie(relatie) => self.unread_relations.contains(relatie.id()),
            AcRecord::Contactpersoon(person) => self.unread_persons.contains(person.id()),
        }
    }
}

/// Reads an item's record by itself once more: somebody changed it in between.
pub(super) fn read_again(session: &mut Session<'_>, item: &mut Item) -> Result<(), Stop> {
    let read = match &item.ac {
        AcRecord::Relatie(relatie) => session.ac.relatie(relatie.id()).map(AcRecord::Relatie),
        AcRecord::Contactpersoon(person) => session.ac.contactpersoon(person.id()).map(AcRecord::Contactpersoon),
    };
    match sort_single(session, read)? {
        SingleRead::Read(record) => item.take_ac(session.observer(), record, Reading::Single),
        SingleRead::Gone => item.is_gone_in_ac(),
        SingleRead::NoAnswer => item.halt(session, Code::NoAnswer, None, Retry::Soon),
    }
    Ok(())
}
