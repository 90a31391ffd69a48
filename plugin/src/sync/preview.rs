//! What would an initial sync do? Reads both sides and writes nothing, neither there nor in the state.

use std::collections::{BTreeMap, BTreeSet};

use crate::advocaatcentraal::{Contactpersoon, Page, Record as _, Status};
use crate::link::Subject;
use crate::mapping::{AcField, AcRecord, CellView, TribeField, TribeSide, cells};
use crate::ports::Ports;
use crate::relation::{AddressPart, AddressType, Presence, RelatieId, RelatietypeId, TribeId};
use crate::settings::Settings;
use crate::sync::budget::Budget;
use crate::sync::outcome::{Note, Stop, Stopped, System};
use crate::sync::read_advocaatcentraal::{complete_contact_persons, complete_relations, page_of_any_size};
use crate::sync::scope::{self, kind};
use crate::sync::session::{Session, look};
use crate::tribe::{Edit, Property, Record, RelationKind};
use crate::wording::Code;

/// The most pages of a list that are read: a list that is longer than ten million rows is broken.
const MOST_PAGES: u32 = 100_000;

/// How many relations and contact persons there are, of a type or of all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TypeCount {
    /// Companies and private persons.
    pub relations: u32,
    /// Contact persons at such companies.
    pub contact_persons: u32,
}

/// By what a relation seems to stand in Tribe already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Likeness {
    /// The same KvK number.
    Kvk,
    /// The same name, postcode and house number.
    NameAndAddress,
}

/// A relation that seems to stand in Tribe already. The initial sync does not match, so it would stand there twice.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PossibleDuplicate {
    /// The relation.
    pub subject: Subject,
    /// The record in Tribe.
    pub tribe: TribeId,
    /// Why.
    pub by: Likeness,
}

/// What an initial sync would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Preview {
    /// What would be synced, each record once.
    pub synced: TypeCount,
    /// Active relations of each mapped type.
    pub mapped: BTreeMap<RelatietypeId, TypeCount>,
    /// Active relations of each type that is not mapped.
    pub unmapped: BTreeMap<RelatietypeId, TypeCount>,
    /// What would not fit, by record and field.
    pub notes: Vec<Note>,
    /// What seems to be there already.
    pub possible_duplicates: Vec<PossibleDuplicate>,
}

/// Looks through both of AC's lists, and in Tribe for what seems to be there already.
pub fn preview(ports: Ports<'_>, settings: &Settings, budget: Budget) -> Result<Preview, Stopped> {
    let mut preview = Preview::default();
    preview.notes = look(ports, settings, budget, |session| {
        let mut companies = BTreeMap::new();
        let mut candidates = Vec::new();
        preview_relations(session, &mut preview, &mut companies, &mut candidates)?;
        preview_contact_persons(session, &mut preview, &companies)?;
        preview.possible_duplicates = possible_duplicates(session, &candidates)?;
        session.books.tell_unreadable();
        Ok(std::mem::take(&mut session.books.outcome.notes))
    })?;
    Ok(preview)
}

/// What is compared with Tribe to find a relation that is there already.
struct Candidate {
    subject: Subject,
    name: String,
    kvk: Option<String>,
    /// Postcode and house number of each of its addresses, in canonical form.
    places: BTreeSet<(String, String)>,
}

fn preview_relations(
    session: &mut Session<'_>,
    preview: &mut Preview,
    companies: &mut BTreeMap<RelatieId, Vec<RelatietypeId>>,
    candidates: &mut Vec<Candidate>,
) -> Result<(), Stop> {
    let mut after = None;
    for _ in 0..MOST_PAGES {
        let page = page_of_any_size(|size| session.ac.relaties(None, after.as_deref(), size));
        let Page { records, next, .. } = page.map_err(|failure| session.stop(failure, System::AdvocaatCentraal))?;
        for (relatie, _) in complete_relations(session, records.into_iter().flatten().collect())?.rows {
            let types = relatie.relatietypen().unwrap_or_default();
            let record = AcRecord::Relatie(relatie.clone());
            let Some(subject) = record.subject().filter(|_| relatie.status() == Status::Actief) else { continue };
            for of_type in &types {
                tally(session, preview, of_type).relations += 1;
            }
            if !scope::is_mapped(session.settings, &types) {
                continue;
            }
            preview.synced.relations += 1;
            if let Subject::Organisation(id) = &subject {
                companies.insert(id.clone(), types);
            }
            note_what_does_not_fit(session, &subject, &record, &[]);
            if session.state.link(&subject)?.is_new() {
                candidates.extend(candidate(session, subject, &record));
            }
        }
        match next {
            Some(next) if may_go_on(session) && after.as_ref() != Some(&next) => after = Some(next),
            _ => return Ok(()),
        }
    }
    Ok(())
}

fn preview_contact_persons(
    session: &mut Session<'_>,
    preview: &mut Preview,
    companies: &BTreeMap<RelatieId, Vec<RelatietypeId>>,
) -> Result<(), Stop> {
    let mut after = None;
    for _ in 0..MOST_PAGES {
        let page = page_of_any_size(|size| session.ac.contactpersonen(None, after.as_deref(), size));
        let Page { records, next, .. } = page.map_err(|failure| session.stop(failure, System::AdvocaatCentraal))?;
        let is_synced = |person: &Contactpersoon| {
            let koppelingen = person.koppelingen().unwrap_or_default();
            koppelingen.iter().any(|koppeling| companies.contains_key(&koppeling.relatie_id))
        };
        let records = records.into_iter().flatten().collect();
        for (person, _) in complete_contact_persons(session, records, is_synced)?.rows {
            if person.status() != Status::Actief {
                continue;
            }
            let koppelingen = person.koppelingen().unwrap_or_default();
            let organisations: Vec<RelatieId> = koppelingen
                .into_iter()
                .map(|koppeling| koppeling.relatie_id)
                .filter(|id| companies.contains_key(id))
                .collect();
            let types: BTreeSet<&RelatietypeId> =
                organisations.iter().filter_map(|id| companies.get(id)).flatten().collect();
            for of_type in types {
                tally(session, preview, of_type).contact_persons += 1;
            }
            if !organisations.is_empty() {
                preview.synced.contact_persons += 1;
                let subject = Subject::ContactPerson(person.id().clone());
                note_what_does_not_fit(session, &subject, &AcRecord::Contactpersoon(person), &organisations);
            }
        }
        match next {
            Some(next) if may_go_on(session) && after.as_ref() != Some(&next) => after = Some(next),
            _ => return Ok(()),
        }
    }
    Ok(())
}

fn tally<'p>(session: &Session<'_>, preview: &'p mut Preview, of_type: &RelatietypeId) -> &'p mut TypeCount {
    let list = if session.settings.types.contains_key(of_type) { &mut preview.mapped } else { &mut preview.unmapped };
    list.entry(of_type.clone()).or_default()
}

/// Whether the budget goes on; if not, the preview tells that it is not whole.
fn may_go_on(session: &mut Session<'_>) -> bool {
    let left = session.may_go_on();
    if !left {
        session.books.note(Code::PreviewNotWhole, None, None);
    }
    left
}

fn note_what_does_not_fit(
    session: &mut Session<'_>,
    subject: &Subject,
    record: &AcRecord,
    organisations: &[RelatieId],
) {
    scope::note_addresses_without_slot(session, subject, record);
    for cell in cells(subject, organisations) {
        if session.settings.direction(cell.row.name).is_none() {
            continue;
        }
        let said = session.mapper().ac_value(&cell, record);
        for slot in &cell.slots {
            let code = match said {
                Presence::Unreadable => Some(Code::FieldNotUnderstood),
                Presence::Absent | Presence::Empty => cell.row.is_demanded().then_some(Code::RequiredFieldEmpty),
                Presence::Present(_) => {
                    let fits = session.mapper().to_tribe(&cell, record, slot.field, &mut Edit::new());
                    fits.err().map(|_| Code::ValueDoesNotFit)
                }
            };
            if let Some(code) = code {
                session.books.note(code, Some(subject), Some(cell.row.name));
            }
        }
    }
}

fn candidate(session: &Session<'_>, subject: Subject, record: &AcRecord) -> Option<Candidate> {
    let cells = cells(&subject, &[]);
    let says = |cell: &CellView| session.mapper().ac_value(cell, record).text().map(str::to_owned);
    let of = |field: AcField| cells.iter().find(|cell| cell.row.ac == field).and_then(says);
    let own = |property| cells.iter().find(|cell| cell.row.tribe == [TribeField::Relation(property)]);
    let name = [Property::Name, Property::LastName].into_iter().find_map(own)?;
    let places = AddressType::ALL.into_iter().filter_map(|address_type| {
        let postcode = of(AcField::Address(address_type, AddressPart::Postcode))?;
        Some((postcode, of(AcField::Address(address_type, AddressPart::Huisnummer))?))
    });
    Some(Candidate {
        name: session.mapper().spelled_in_ac(name, record)?,
        kvk: own(Property::ChamberOfCommerceNumber).and_then(says),
        places: places.collect(),
        subject,
    })
}

fn possible_duplicates(session: &mut Session<'_>, candidates: &[Candidate]) -> Result<Vec<PossibleDuplicate>, Stop> {
    let mut found = Vec::new();
    let kinds = [RelationKind::Organization, RelationKind::Person];
    for of_kind in kinds {
        let of_kind_only: Vec<&Candidate> =
            candidates.iter().filter(|candidate| kind(&candidate.subject) == of_kind).collect();
        let kvk_numbers: Vec<String> = of_kind_only.iter().filter_map(|candidate| candidate.kvk.clone()).collect();
        let by_kvk = look_up(session, of_kind, Property::ChamberOfCommerceNumber, kvk_numbers)?;
        let names: Vec<String> = of_kind_only
            .iter()
            .filter(|candidate| !candidate.places.is_empty())
            .map(|candidate| candidate.name.clone())
            .collect();
        let name = match of_kind {
            RelationKind::Organization => Property::Name,
            RelationKind::Person => Property::LastName,
        };
        let by_name = look_up(session, of_kind, name, names)?;
        for candidate in of_kind_only {
            let alike = alike(session, candidate, &by_kvk, &by_name);
            found.extend(alike.map(|(tribe, by)| PossibleDuplicate { subject: candidate.subject.clone(), tribe, by }));
        }
    }
    Ok(found)
}

/// The records of that kind with one of these texts, those of this connector left out.
fn look_up(
    session: &mut Session<'_>,
    of_kind: RelationKind,
    property: Property,
    texts: Vec<String>,
) -> Result<Vec<Record>, Stop> {
    if texts.is_empty() || !may_go_on(session) {
        return Ok(Vec::new());
    }
    let found = session.tribe.by_texts(of_kind.entity(), property, texts);
    let found = found.map_err(|failure| session.stop(failure, System::Tribe))?;
    let ours = session.markers().prefix();
    let marker = &session.settings.tribe.marker_property;
    let is_ours = |record: &Record| record.marker(marker).is_some_and(|marker| marker.starts_with(&ours));
    Ok(found.into_iter().filter(|record| !is_ours(record)).collect())
}

fn alike(
    session: &Session<'_>,
    candidate: &Candidate,
    by_kvk: &[Record],
    by_name: &[Record],
) -> Option<(TribeId, Likeness)> {
    let cells = cells(&candidate.subject, &[]);
    let link = crate::link::Link::default();
    let says = |cell: &CellView, record: &Record| {
        let side = TribeSide { relation: Some(record.clone()), ..TribeSide::default() };
        let slot = cell.slots.first()?;
        session.mapper().tribe_value(cell.row, slot, &side, &link).text().map(str::to_owned)
    };
    let own = |property| cells.iter().find(|cell| cell.row.tribe == [TribeField::Relation(property)]);
    let same_kvk = |record: &&Record| {
        let of_record = own(Property::ChamberOfCommerceNumber).and_then(|cell| says(cell, record));
        of_record.is_some() && of_record == candidate.kvk
    };
    if let Some(record) = by_kvk.iter().find(same_kvk) {
        return Some((record.id().clone(), Likeness::Kvk));
    }
    let same_place = |record: &&Record| {
        AddressType::ALL.into_iter().any(|address_type| {
            let part = |part| {
                let cell = cells.iter().find(|cell| cell.row.ac == AcField::Address(address_type, part))?;
                says(cell, record)
            };
            let place = part(AddressPart::Postcode).zip(part(AddressPart::Huisnummer));
            place.is_some_and(|place| candidate.places.contains(&place))
        })
    };
    let same_name = |record: &&Record| {
        let name = [Property::Name, Property::LastName].into_iter().find_map(own);
        let form = name.map(|cell| cell.row.form);
        // The last name, whatever stands beside it.
        let side = TribeSide { relation: Some((*record).clone()), ..TribeSide::default() };
        let of_record = name.and_then(|cell| session.mapper().spelled_in_tribe(cell.row, cell.slots.first()?, &side));
        let canonical = |text: &str| form.map(|form| form.canonical(text));
        of_record.is_some_and(|name| canonical(&name) == canonical(&candidate.name))
    };
    let record = by_name.iter().filter(same_name).find(same_place)?;
    Some((record.id().clone(), Likeness::NameAndAddress))
}
