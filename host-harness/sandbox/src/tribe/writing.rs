//! Creating, updating and deleting, and everything that follows from it: stamps, back links, deliveries.

use serde_json::{Map, Value};

use super::cell::Cell;
use super::character::{AddressEdit, FirstMutationDate, NestedCreate, Null, ParentRelation, StoredText, UpgradedId};
use super::draft::{Draft, Target, check_required};
use super::edm::Access;
use super::guid::Guid;
use super::model::{Kind, Navigation};
use super::refusal::Refusal;
use super::state::Tribe;
use super::store::Origin;
use super::webhooks::Event;
use crate::Instant;
use crate::altered::{Alteration, alteration};

/// Who writes. Users are not counted, and leave a trace on the fields that they wrote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writer {
    Api,
    User,
}

/// The slots of an organisation that hold an address.
const SLOTS: [&str; 3] = ["VisitingAddress", "PostalAddress", "InvoiceAddress"];

impl Tribe {
    /// Creates an entity and what is nested in it.
    pub(super) fn create(
        &mut self,
        now: Instant,
        kind: Kind,
        body: &Map<String, Value>,
        writer: Writer,
    ) -> Result<Guid, Refusal> {
        if self.store.model.entity_type(kind).access == Access::Abstract {
            return Err(Refusal::bad("An abstract type can not be created."));
        }
        let mut draft = Draft::read(&self.store, &self.character, kind, body)?;
        check_required(&self.store, &draft, None)?;
        self.complete(&mut draft)?;
        Ok(self.insert(now, draft, writer))
    }

    /// Fills in the parent of a relationship, and refuses one that lacks an end.
    fn complete(&self, draft: &mut Draft) -> Result<(), Refusal> {
        let model = &self.store.model;
        if !model.is_named(draft.kind, "Relationship") {
            return Ok(());
        }
        let entity_type = model.entity_type(draft.kind);
        let linked = |draft: &Draft, name: &str| {
            draft.links.iter().any(|(link, target)| link == name && !matches!(target, Target::Nothing))
        };
        let can_hold =
            |name: &str| entity_type.navigations.get(name).is_some_and(|link| matches!(link, Navigation::ToOne { .. }));
        let holders: Vec<&str> = ["Person", "Organization"].into_iter().filter(|name| can_hold(name)).collect();
        let held_by = holders.iter().filter(|name| linked(draft, name)).count();
        if held_by != 1 && !(held_by == 0 && self.character.nested_create == NestedCreate::LeftBehind) {
            return Err(Refusal::bad(format!("The property '{}' is required.", holders.join("' or '"))));
        }
        if linked(draft, "Relation") {
            return Ok(());
        }
        let contact = model.is_named(draft.kind, "Relationship.Person.Contact");
        match self.character.parent {
            ParentRelation::Defaulted if !contact => {
                draft.links.push(("Relation".to_owned(), Target::Existing(self.own_organisation)));
                Ok(())
            }
            _ => Err(Refusal::bad("The property 'Relation' is required.")),
        }
    }

    fn insert(&mut self, now: Instant, draft: Draft, writer: Writer) -> Guid {
        let id = self.new_guid();
        self.store.insert(
            now,
            id,
            draft.kind,
            match writer {
                Writer::Api => Origin::Api,
                Writer::User => Origin::User,
            },
        );
        if self.character.first_mutation_date == FirstMutationDate::AtCreation {
            self.store.set_mutated(id, now);
        }
        self.apply(now, id, draft, writer);
        self.announce(now, id, Event::Creation);
        id
    }

    /// Changes the members that the body names, and no others. Tells the record's id, which an upgrade may change.
    pub(super) fn update(
        &mut self,
        now: Instant,
        kind: Kind,
        id: Guid,
        body: &Map<String, Value>,
        writer: Writer,
    ) -> Result<Guid, Refusal> {
        if self.store.entity_of(id, kind).is_none() {
            return Err(Refusal::not_found());
        }
        let draft = Draft::read(&self.store, &self.character, kind, body)?;
        if draft.id.is_some_and(|named| named != id) {
            return Err(Refusal::bad("Invalid value for property 'ID'."));
        }
        check_required(&self.store, &draft, Some(id))?;
        self.store.keep_for_lagging_reads(now, self.character.read_lag, id);
        let id = match (draft.upgrade, self.character.upgrade) {
            (None, _) => id,
            (Some(kind), UpgradedId::Kept) => {
                self.store.set_kind(id, kind);
                id
            }
            (Some(kind), UpgradedId::Changed) => self.replace(now, id, kind, writer),
        };
        let before = self.store.entity(id).map(|entity| (entity.state.cells.clone(), entity.state.links.clone()));
        self.apply(now, id, draft, writer);
        let after = self.store.entity(id).map(|entity| (entity.state.cells.clone(), entity.state.links.clone()));
        if !self.character.altered.is_empty() && before == after {
            return Ok(id);
        }
        self.store.set_mutated(id, now);
        self.announce(now, id, Event::Update);
        if self.is_named(id, "Relation.Person") {
            self.bump_relationships(now, id);
        }
        if self.is_named(id, "Address") && self.character.address_edit == AddressEdit::MovesOwner {
            self.bump_owner(now, id);
        }
        Ok(id)
    }

    /// Puts a new relationship of another type in the place of one.
    fn replace(&mut self, now: Instant, old: Guid, kind: Kind, writer: Writer) -> Guid {
        let id = self.new_guid();
        let state = self.store.entity(old).map(|entity| entity.state.clone()).unwrap_or_default();
        self.announce(now, old, Event::Deletion);
        self.store.remove(old);
        self.store.insert(now, id, kind, if writer == Writer::User { Origin::User } else { Origin::Api });
        for (name, cell) in state.cells {
            self.store.set_cell(id, &name, Some(cell));
        }
        for (name, end) in state.links {
            self.store.set_link(id, &name, Some(end));
        }
        id
    }

    fn bump_owner(&mut self, now: Instant, address: Guid) {
        let owner = self.store.entity(address).and_then(|entity| entity.state.links.get("Relation").copied());
        if let Some(owner) = owner {
            self.store.keep_for_lagging_reads(now, self.character.read_lag, owner);
            self.store.set_mutated(owner, now);
            self.announce(now, owner, Event::Update);
        }
    }

    /// A person's name is copied to its relationships, whose stamps move with it. Tribe: seen (identical stamps).
    fn bump_relationships(&mut self, now: Instant, person: Guid) {
        let relationship = self.store.model.named("Relationship");
        let relationships: Vec<Guid> = self
            .store
            .referrers(person, "Person")
            .filter(|id| self.store.entity_of(*id, relationship).is_some())
            .collect();
        for id in relationships {
            self.store.keep_for_lagging_reads(now, self.character.read_lag, id);
            self.store.set_mutated(id, now);
            self.announce(now, id, Event::Update);
        }
    }

    fn apply(&mut self, now: Instant, id: Guid, draft: Draft, writer: Writer) {
        for (name, cell) in draft.cells {
            let alteration = alteration(self.character.altered, &name).filter(|_| writer == Writer::Api);
            let Some(cell) = self.altered(id, &name, cell, alteration) else { continue };
            if cell.is_none() && writer == Writer::Api && self.character.null == Null::IsPassedOver {
                continue;
            }
            let cell = match self.character.stored_text {
                StoredText::AsSent => cell,
                StoredText::MadeNeat => cell.map(|cell| made_neat(&name, cell)),
            };
            self.store.set_cell(id, &name, cell);
            self.note_user(id, &name, writer);
        }
        for (name, target) in draft.links {
            let alteration = alteration(self.character.altered, &name);
            if writer == Writer::Api && alteration == Some(Alteration::PassedOver) {
                continue;
            }
            let end = self.end(now, target, writer);
            if end.is_none() && writer == Writer::User {
                self.note_emptied(now, id, &name);
            }
            self.store.set_link(id, &name, end);
            self.note_user(id, &name, writer);
            self.link_back(id, &name, end);
        }
        for (back, target) in draft.ends {
            if let Some(end) = self.end(now, target, writer) {
                self.store.set_link(end, &back, Some(id));
                self.link_back(end, &back, Some(id));
            }
        }
        if self.is_named(id, "Address")
            && let Some(delay) = self.character.address_follow_up
        {
            self.follow_ups.push_back((now.plus(delay), id));
        }
    }

    /// The value that is stored; none where it is passed over. A new record has the name that it must have.
    fn altered(
        &self,
        id: Guid,
        name: &str,
        cell: Option<Cell<'static>>,
        alteration: Option<Alteration>,
    ) -> Option<Option<Cell<'static>>> {
        let Some(alteration) = alteration else { return Some(cell) };
        let entity = self.store.entity(id)?;
        let is_demanded = self.store.model.entity_type(entity.kind).required.iter().any(|of| of == name);
        match (alteration, &cell) {
            (Alteration::PassedOver, _) => (is_demanded && !entity.state.cells.contains_key(name)).then_some(cell),
            (alteration, Some(Cell::Text(text))) => alteration.of(text).map(|text| Some(Cell::Text(text.into()))),
            _ => Some(cell),
        }
    }

    fn end(&mut self, now: Instant, target: Target, writer: Writer) -> Option<Guid> {
        match target {
            Target::Nothing => None,
            Target::Existing(id) => Some(id),
            Target::New(draft) => Some(self.insert(now, draft, writer)),
        }
    }

    fn note_user(&mut self, id: Guid, name: &str, writer: Writer) {
        if writer == Writer::User {
            self.store.touch_by_user(id, name);
        }
    }

    /// An address and what it belongs to know each other. Tribe: seen for `Person` of an address; inferred for the
    /// slots of an organisation. `Organization` of an address names no slot and fills none.
    fn link_back(&mut self, id: Guid, link: &str, end: Option<Guid>) {
        let Some(end) = end else { return };
        if self.is_named(id, "Address") {
            if link == "Person" {
                self.store.set_link(end, "Address", Some(id));
            }
            if matches!(link, "Person" | "Organization") {
                self.store.set_link(id, "Relation", Some(end));
            }
        } else if link == "Address" && self.is_named(id, "Relation.Person") {
            self.store.set_link(end, "Person", Some(id));
            self.store.set_link(end, "Relation", Some(id));
        } else if SLOTS.contains(&link) && self.is_named(id, "Relation.Organization") {
            self.store.set_link(end, "Organization", Some(id));
            self.store.set_link(end, "Relation", Some(id));
        }
    }

    /// Deletes an entity with the relationships and addresses that cannot be without it. Tribe: the cascade is assumed.
    pub(super) fn delete(&mut self, now: Instant, id: Guid, writer: Writer) {
        let model = &self.store.model;
        let (relationship, address) = (model.named("Relationship"), model.named("Address"));
        let mut below: Vec<Guid> = Vec::new();
        if self.is_named(id, "Relation") {
            for (link, kind) in [
                ("Person", relationship),
                ("Organization", relationship),
                ("Relation", relationship),
                ("Relation", address),
            ] {
                below.extend(
                    self.store.referrers(id, link).filter(|below| self.store.entity_of(*below, kind).is_some()),
                );
            }
            below.sort_unstable();
            below.dedup();
        }
        for id in below.into_iter().chain([id]) {
            self.announce(now, id, Event::Deletion);
            if let (Writer::User, Some(entity)) = (writer, self.store.entity(id))
                && let Some(import_id) = entity.state.cells.get("ImportId").and_then(Cell::text)
            {
                self.deleted_by_users.insert(import_id.to_owned());
            }
            if writer == Writer::User && self.is_named(id, "Address") {
                self.note_deleted_address(now, id);
            }
            self.store.remove(id);
        }
    }

    /// A user takes what stands in a slot for an address out of it.
    fn note_emptied(&mut self, now: Instant, owner: Guid, slot: &str) {
        if SLOTS.contains(&slot) || slot == "Address" {
            self.emptied_slots.insert((owner, slot.to_owned()), now);
        }
    }

    /// A user deletes an address: the slots that it stands in are empty from now on.
    fn note_deleted_address(&mut self, now: Instant, address: Guid) {
        for slot in SLOTS.into_iter().chain(["Address"]) {
            let owners: Vec<Guid> = self.store.referrers(address, slot).collect();
            owners.into_iter().for_each(|owner| self.note_emptied(now, owner, slot));
        }
    }

    pub(super) fn is_named(&self, id: Guid, base: &str) -> bool {
        self.store.entity(id).is_some_and(|entity| self.store.model.is_named(entity.kind, base))
    }

    /// Carries out what the server does by itself some seconds after a write.
    pub(super) fn follow_up(&mut self, now: Instant) {
        while let Some((due, id)) = self.follow_ups.pop_front_if(|(due, _)| *due <= now) {
            if self.store.entity(id).is_some() {
                self.store.set_mutated(id, due);
                self.announce(due, id, Event::Update);
            }
        }
    }
}

/// A value as a Tribe that makes text neat would keep it.
fn made_neat(property: &str, cell: Cell<'static>) -> Cell<'static> {
    let Some(text) = cell.text() else { return cell };
    let text = text.trim();
    let neat = match property {
        "Postalcode" => text.to_uppercase(),
        "PhoneNumber" | "MobilePhoneNumber" => match text.strip_prefix('0') {
            Some(rest) if !rest.starts_with('0') => format!("+31 {rest}"),
            _ => text.to_owned(),
        },
        "Name" => text.replace("B.V.", "BV"),
        _ => text.to_owned(),
    };
    Cell::Text(neat.into())
}
