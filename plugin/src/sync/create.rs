//! Creating what is missing in Tribe: intent → create → owner → link.

use crate::answer::Failure;
use crate::link::{Base, DeepInsert, Link, Part, PartState};
use crate::mapping::{AcField, CellView, Markers, SlotView, TribeField, TribeSide, cells};
use crate::relation::{RelatieId, TribeId};
use crate::sync::engine::{Engine, Retry, of_state};
use crate::sync::item::{Item, Missing};
use crate::sync::outcome::{Stop, System, Verdict};
use crate::sync::scope::{Scope, kind};
use crate::tribe::{AddressSlot, Create, Edit, Entity, Record};
use crate::wording::Code;

impl Engine<'_> {
    /// Creates the organisations and persons that are missing, then the roles and contact relationships.
    pub(super) fn create(&mut self, items: &mut [Item]) -> Result<(), Stop> {
        self.try_nesting(items)?;
        self.create_addresses(items)?;
        self.create_nested(items)?;
        self.create_where(items, |_, missing| missing.part == Part::Relation)?;
        self.join(items)?;
        self.create_where(items, |item, missing| {
            missing.part != Part::Relation && item.link.linked(&Part::Relation).is_some()
        })
    }

    fn create_where(&mut self, items: &mut [Item], wanted: impl Fn(&Item, &Missing) -> bool) -> Result<(), Stop> {
        let mut creates = Vec::new();
        for (position, item) in items.iter_mut().enumerate().filter(|(_, item)| !item.halted) {
            let missing = item.missing().into_iter().filter(|missing| wanted(item, missing)).collect::<Vec<_>>();
            for missing in missing {
                let Some(edit) = self.new_record(item, &missing, None) else { break };
                self.intend(item, &missing.part);
                creates.push(((position, missing.part), Create { set: missing.set, edit }));
            }
            self.save(item)?;
        }
        self.send_creates(items, creates)
    }

    /// Sends creates, and links each part as it is made.
    fn send_creates(&mut self, items: &mut [Item], creates: Vec<((usize, Part), Create)>) -> Result<(), Stop> {
        if creates.is_empty() {
            return Ok(());
        }
        let mut failed: Vec<(usize, Part, Failure)> = Vec::new();
        let mut made: Vec<(usize, Part)> = Vec::new();
        let mut broken = Ok(());
        let (state, clock) = (&self.state, self.clock);
        let result = self.tribe.create_each(creates, &mut |(position, part), result| {
            let Some(item) = items.get_mut(position) else { return };
            match result {
                // The id is durable before anything else happens: a crash after this finds the record.
                Ok(record) => {
                    let stored = state.save_owner(record.id(), &item.subject).and_then(|()| {
                        let linked = PartState::Linked { id: record.id().clone(), since: clock.now() };
                        item.link.parts.insert(part.clone(), linked);
                        state.save_link(&item.subject, &item.link)
                    });
                    if let Err(error) = stored {
                        broken = Err(of_state(error));
                    }
                    item.reached(Verdict::Created);
                    item.side.take(&part, record);
                    made.push((position, part));
                }
                Err(failure) => failed.push((position, part, failure)),
            }
        });
        broken?;
        for (position, part) in made {
            if let Some(item) = items.get_mut(position) {
                self.base_on_what_was_made(item, &part)?;
            }
        }
        for (position, part, failure) in failed {
            if let Some(item) = items.get_mut(position) {
                self.create_failed(item, &part, &failure)?;
            }
        }
        self.flush()?;
        result.map_err(|failure| self.stop(failure, System::Tribe))
    }

    /// Notes that a part is about to be made, and with which values: were its answer lost, or the run to end here, an
    /// edit that comes after could not be told from a value that was never agreed on.
    pub(super) fn intend(&self, item: &mut Item, part: &Part) {
        let mapper = self.mapper();
        let mut sent = Vec::new();
        for cell in cells(&item.subject, &organisation_of(part)) {
            let ac = self.key.fingerprint(cell.row.name, &mapper.ac_value(&cell, &item.ac));
            let ac = ac.filter(|_| self.settings.direction(cell.row.name).is_some());
            for slot in cell.slots.iter().filter(|slot| belongs_to(part, slot.field)) {
                let fits = mapper.to_tribe(&cell, &item.ac, slot.field, &mut Edit::new()).is_ok();
                let goes_along = fits && self.goes_along(&item.link, slot.field);
                sent.push((slot.key.clone(), ac.filter(|_| goes_along).map(|ac| Base { ac, tribe: ac })));
            }
        }
        // What an earlier try sent says nothing of this one.
        for (slot, base) in sent {
            item.link.bases.remove(&slot);
            match base {
                Some(base) => drop(item.link.sent.insert(slot, base)),
                None => drop(item.link.sent.remove(&slot)),
            }
        }
        item.link.parts.insert(part.clone(), PartState::Intended { since: self.clock.now() });
    }

    /// What was sent with a part that was made is agreed on, as Tribe tells what it stored. What was changed since tells
    /// of a user's edit instead.
    pub(super) fn base_on_what_was_made(&self, item: &mut Item, part: &Part) -> Result<(), Stop> {
        let mapper = self.mapper();
        for cell in cells(&item.subject, &organisation_of(part)) {
            for slot in cell.slots.iter().filter(|slot| belongs_to(part, slot.field)) {
                if !is_as_made(&item.side, slot) {
                    continue;
                }
                let says = mapper.tribe_value(cell.row, slot, &item.side, &item.link);
                let tribe = self.key.fingerprint(cell.row.name, &says);
                if let Some(tribe) = tribe
                    && let Some(Base { ac, .. }) = item.link.sent.remove(&slot.key)
                {
                    item.link.bases.insert(slot.key.clone(), Base { ac, tribe });
                }
            }
        }
        self.save(item)
    }

    /// Whether a field is made along with its part. One of an address is, once it is known that Tribe takes nested ones;
    /// an address that was made before holds what AC said then.
    fn goes_along(&self, link: &Link, field: TribeField) -> bool {
        match field {
            TribeField::Relation(_) | TribeField::Contact(_) => true,
            TribeField::Address(of, _) => {
                self.deep_insert() == Some(DeepInsert::Honoured) && link.linked(&Part::Address(of)).is_none()
            }
        }
    }

    pub(super) fn create_failed(&mut self, item: &mut Item, part: &Part, failure: &Failure) -> Result<(), Stop> {
        match failure {
            // The intent stays: the marker is looked up before the create is sent again.
            Failure::Unknown => {
                // It may have been carried out as late as now.
                let now = self.clock.now();
                item.link.parts.insert(part.clone(), PartState::Intended { since: now });
                let visible_by = now.plus(super::engine::READ_LAG);
                self.halt(item, Code::OutcomeUnknown, None, Retry::At(visible_by));
            }
            Failure::Unavailable => {
                item.link.parts.remove(part);
                self.halt(item, Code::NoAnswer, None, Retry::Soon);
            }
            _ => {
                item.link.parts.remove(part);
                let refused = self.fingerprint_of_record(item);
                self.halt(item, Code::RefusedByTribe, None, Retry::WhenChanged(refused));
            }
        }
        self.save(item)
    }

    /// The body of a new record; none if AC lacks what Tribe demands, in which case the item is put aside.
    ///
    /// A role or a contact relationship links to the relation, or holds it as a nested new one.
    pub(super) fn new_record(&mut self, item: &mut Item, missing: &Missing, nested: Option<Edit>) -> Option<Edit> {
        let mut edit = Edit::new();
        match (&missing.part, &item.scope) {
            (Part::Relation, Scope::Relation(_)) => self.fill_relation(item, &cells(&item.subject, &[]), &mut edit)?,
            (Part::Relation, Scope::Contacts(organisations)) => {
                let organisations: Vec<_> = organisations.keys().cloned().collect();
                self.fill_relation(item, &cells(&item.subject, &organisations), &mut edit)?;
            }
            (Part::Role(_), _) => {
                edit.link("Relation", &self.profile.own_organisation);
                attach(kind(&item.subject).navigation(), item.link.linked(&Part::Relation), nested, &mut edit)?;
            }
            (Part::Contact(at), Scope::Contacts(organisations)) => {
                edit.link("Relation", organisations.get(at)?);
                attach("Person", item.link.linked(&Part::Relation), nested, &mut edit)?;
                let at = at.clone();
                for cell in cells(&item.subject, std::slice::from_ref(&at)) {
                    self.fill(item, &cell, |field| matches!(field, TribeField::Contact(_)), &mut edit);
                }
            }
            (Part::Relation | Part::Contact(_) | Part::Address(_), _) => return None,
        }
        let markers = Markers::of(&self.settings.advocaatcentraal.office);
        let marker = markers.part(&item.subject, &missing.part, missing.of_type.as_ref());
        edit.marker(&self.settings.tribe.marker_property, &marker);
        Some(edit)
    }

    /// The fields of an organisation or person with its addresses. None if a demanded field is empty.
    fn fill_relation(&mut self, item: &mut Item, cells: &[CellView], edit: &mut Edit) -> Option<()> {
        for cell in cells {
            let demanded = cell
                .slots
                .iter()
                .any(|slot| matches!(slot.field, TribeField::Relation(property) if property.is_required()));
            if demanded && self.mapper().ac_value(cell, &item.ac).text().is_none() {
                let refused = self.fingerprint_of_record(item);
                self.halt(item, Code::RequiredFieldEmpty, Some(cell.row.name), Retry::WhenChanged(refused));
                return None;
            }
            self.fill(item, cell, |field| matches!(field, TribeField::Relation(_)), edit);
        }
        for (slot, address) in self.addresses(item, cells) {
            match (self.deep_insert(), item.link.linked(&Part::Address(slot))) {
                (_, Some(made_before)) => edit.link(slot.navigation(), made_before),
                (Some(DeepInsert::NotHonoured | DeepInsert::RelationsOnly), None) => {}
                (Some(DeepInsert::Honoured) | None, None) => edit.address(slot, address),
            }
        }
        Some(())
    }

    /// The addresses that AC has for a slot, as new records.
    fn addresses(&mut self, item: &Item, cells: &[CellView]) -> Vec<(AddressSlot, Edit)> {
        let mut addresses = Vec::new();
        for slot in AddressSlot::of(kind(&item.subject)) {
            let mut address = Edit::new();
            for cell in cells.iter().filter(|cell| matches!(cell.row.ac, AcField::Address(..))) {
                self.fill(item, cell, |field| matches!(field, TribeField::Address(of, _) if of == slot), &mut address);
            }
            if !address.is_empty() {
                addresses.push((*slot, address));
            }
        }
        addresses
    }

    /// Unless Tribe is known to take nested addresses, those of new relations are made first, so that the relation can
    /// be made with links to them.
    fn create_addresses(&mut self, items: &mut [Item]) -> Result<(), Stop> {
        if self.deep_insert() == Some(DeepInsert::Honoured) {
            return Ok(());
        }
        let mut creates = Vec::new();
        for (position, item) in items.iter().enumerate().filter(|(_, item)| !item.halted) {
            if !item.missing().iter().any(|missing| missing.part == Part::Relation) {
                continue;
            }
            for (slot, edit) in self.addresses(item, &cells(&item.subject, &[])) {
                if item.link.linked(&Part::Address(slot)).is_none() {
                    let create = Create { set: Entity::Address.set().to_owned(), edit };
                    creates.push(((position, Part::Address(slot)), create));
                }
            }
        }
        self.send_creates(items, creates)
    }

    /// Puts AC's value into the slots of a cell that are wanted. An empty value is left out of a new record.
    fn fill(&mut self, item: &Item, cell: &CellView, wanted: impl Fn(&TribeField) -> bool, edit: &mut Edit) {
        if self.settings.direction(cell.row.name).is_none() {
            return;
        }
        for slot in cell.slots.iter().filter(|slot| wanted(&slot.field)) {
            if self.mapper().ac_value(cell, &item.ac).text().is_none() {
                continue;
            }
            if self.mapper().to_tribe(cell, &item.ac, slot.field, edit).is_err() {
                self.outcome.note(Code::ValueDoesNotFit, Some(&item.subject), Some(cell.row.name));
            }
        }
    }
}

/// Whether a field stands on a part, or on what is made with it.
fn belongs_to(part: &Part, field: TribeField) -> bool {
    match field {
        TribeField::Relation(_) | TribeField::Address(..) => *part == Part::Relation,
        TribeField::Contact(_) => matches!(part, Part::Contact(_)),
    }
}

/// Whether the record that holds a field is as it was made, as far as it is seen.
pub(super) fn is_as_made(side: &TribeSide, slot: &SlotView) -> bool {
    let record = match (slot.field, &slot.organisation) {
        (TribeField::Relation(_), _) => side.relation.as_ref(),
        (TribeField::Address(of, _), _) => side.relation.as_ref().and_then(|relation| relation.address(of)?),
        (TribeField::Contact(_), at) => at.as_ref().and_then(|at| side.contacts.get(at)),
    };
    record.is_none_or(Record::is_as_made)
}

/// The organisation of a contact relationship.
fn organisation_of(part: &Part) -> Vec<RelatieId> {
    match part {
        Part::Contact(at) => vec![at.clone()],
        Part::Relation | Part::Role(_) | Part::Address(_) => Vec::new(),
    }
}

/// Links to a relation that exists, or holds a new one.
fn attach(navigation: &str, existing: Option<&TribeId>, nested: Option<Edit>, edit: &mut Edit) -> Option<()> {
    match nested {
        Some(nested) => edit.nested(navigation, nested),
        None => edit.link(navigation, existing?),
    }
    Some(())
}

/// A record that Tribe returned belongs to one part of an item's side.
impl TribeSide {
    /// Takes over what Tribe said about a part.
    pub(super) fn take(&mut self, part: &Part, record: Record) {
        match part {
            Part::Relation => match &mut self.relation {
                Some(known) => known.refresh(record),
                None => self.relation = Some(record),
            },
            Part::Contact(organisation) => match self.contacts.get_mut(organisation) {
                Some(known) => known.refresh(record),
                None => drop(self.contacts.insert(organisation.clone(), record)),
            },
            Part::Role(_) | Part::Address(_) => {}
        }
    }
}
