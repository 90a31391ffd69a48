//! Tribe's records, their links in both directions, and how they stood a moment ago.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::cell::Cell;
use super::character::Visibility;
use super::guid::Guid;
use super::model::{Kind, Model};
use crate::Instant;

/// What changes about an entity.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    pub(crate) cells: BTreeMap<String, Cell<'static>>,
    pub(crate) links: BTreeMap<String, Guid>,
    pub(crate) mutated: Option<Instant>,
}

/// Who made an entity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// It was there from the start.
    Tenant,
    /// A caller of the API.
    Api,
    /// A user, on the screen.
    User,
}

/// One entity.
#[derive(Clone, Debug)]
pub(crate) struct Entity {
    pub(crate) kind: Kind,
    /// Counts up over all entities: the order in which they were made.
    sequence: u64,
    born: Instant,
    pub(crate) state: State,
    /// Older states and until when they stood, oldest first; kept only as long as reads lag.
    earlier: Vec<(Instant, State)>,
    pub(crate) origin: Origin,
    /// Properties that a user wrote.
    pub(crate) touched: BTreeSet<String>,
}

impl Entity {
    /// `CreationDate`.
    pub(crate) fn created(&self) -> Instant {
        self.born.whole_second()
    }
}

/// Everything that the tenant holds.
#[derive(Clone)]
pub(crate) struct Store {
    pub(crate) model: Arc<Model>,
    /// Shared with the tenants that were made after this one, until either changes them.
    entities: BTreeMap<Guid, Arc<Entity>>,
    sets: BTreeMap<Kind, BTreeMap<u64, Guid>>,
    /// Who links to an entity, by which link.
    referrers: BTreeMap<Guid, BTreeSet<(String, u64, Guid)>>,
    by_import_id: BTreeMap<String, BTreeSet<Guid>>,
    sequence: u64,
}

impl Store {
    pub(crate) fn new(model: Model) -> Self {
        Self {
            model: Arc::new(model),
            entities: BTreeMap::new(),
            sets: BTreeMap::new(),
            referrers: BTreeMap::new(),
            by_import_id: BTreeMap::new(),
            sequence: 0,
        }
    }

    pub(crate) fn entity(&self, id: Guid) -> Option<&Entity> {
        self.entities.get(&id).map(Arc::as_ref)
    }

    fn entity_mut(&mut self, id: Guid) -> Option<&mut Entity> {
        self.entities.get_mut(&id).map(Arc::make_mut)
    }

    /// The entity, if it is of that kind or of one below.
    pub(crate) fn entity_of(&self, id: Guid, kind: Kind) -> Option<&Entity> {
        self.entity(id).filter(|entity| self.model.is_a(entity.kind, kind))
    }

    /// The ids of a set and of those below it, in the order in which they were made.
    pub(crate) fn ids(&self, kind: Kind) -> Vec<Guid> {
        let mut sets = self.sets.iter().filter(|(of, _)| self.model.is_a(**of, kind)).map(|(_, ids)| ids);
        let Some(first) = sets.next() else {
            return Vec::new();
        };
        match sets.next() {
            None => first.values().copied().collect(),
            Some(second) => {
                let all: BTreeMap<u64, Guid> =
                    [first, second].into_iter().chain(sets).flatten().map(|(sequence, id)| (*sequence, *id)).collect();
                all.into_values().collect()
            }
        }
    }

    /// Who links to the entity by that link, in the order in which they were made.
    pub(crate) fn referrers(&self, target: Guid, link: &str) -> impl Iterator<Item = Guid> {
        let from = (link.to_owned(), 0, Guid::from_bits(0));
        let to = (link.to_owned(), u64::MAX, Guid::from_bits(u128::MAX));
        self.referrers
            .get(&target)
            .into_iter()
            .flat_map(move |all| all.range(from.clone()..=to.clone()))
            .map(|(.., id)| *id)
    }

    /// Who has exactly that `ImportId`.
    pub(crate) fn with_import_id(&self, import_id: &str) -> impl Iterator<Item = Guid> {
        self.by_import_id.get(import_id).into_iter().flatten().copied()
    }

    pub(crate) fn insert(&mut self, now: Instant, id: Guid, kind: Kind, origin: Origin) {
        self.sequence += 1;
        let entity = Entity {
            kind,
            sequence: self.sequence,
            born: now,
            state: State::default(),
            earlier: Vec::new(),
            origin,
            touched: BTreeSet::new(),
        };
        self.sets.entry(kind).or_default().insert(self.sequence, id);
        self.entities.insert(id, Arc::new(entity));
    }

    /// Remembers how the entity stands, for reads that lag; forgets what no read can see any more.
    pub(crate) fn keep_for_lagging_reads(&mut self, now: Instant, lag: std::time::Duration, id: Guid) {
        if lag.is_zero() {
            return;
        }
        if let Some(entity) = self.entity_mut(id) {
            let oldest = now.minus(lag);
            entity.earlier.retain(|(until, _)| *until > oldest);
            entity.earlier.push((now, entity.state.clone()));
        }
    }

    pub(crate) fn set_cell(&mut self, id: Guid, property: &str, cell: Option<Cell<'static>>) {
        let Some(entity) = self.entity_mut(id) else {
            return;
        };
        let new_import_id = (property == "ImportId").then(|| cell.as_ref().and_then(Cell::text).map(str::to_owned));
        let old = match cell {
            Some(cell) => entity.state.cells.insert(property.to_owned(), cell),
            None => entity.state.cells.remove(property),
        };
        if let Some(new) = new_import_id {
            if let Some(set) = old.as_ref().and_then(Cell::text).and_then(|old| self.by_import_id.get_mut(old)) {
                set.remove(&id);
            }
            if let Some(new) = new {
                self.by_import_id.entry(new).or_default().insert(id);
            }
        }
    }

    pub(crate) fn set_link(&mut self, id: Guid, link: &str, target: Option<Guid>) {
        let Some(entity) = self.entity_mut(id) else {
            return;
        };
        // Whatever stood there that is no link.
        entity.state.cells.remove(link);
        let sequence = entity.sequence;
        let old = match target {
            Some(target) => entity.state.links.insert(link.to_owned(), target),
            None => entity.state.links.remove(link),
        };
        let place = (link.to_owned(), sequence, id);
        if let Some(referrers) = old.and_then(|old| self.referrers.get_mut(&old)) {
            referrers.remove(&place);
        }
        if let Some(target) = target {
            self.referrers.entry(target).or_default().insert(place);
        }
    }

    pub(crate) fn set_mutated(&mut self, id: Guid, at: Instant) {
        if let Some(entity) = self.entity_mut(id) {
            entity.state.mutated = Some(at.whole_second());
        }
    }

    pub(crate) fn touch_by_user(&mut self, id: Guid, property: &str) {
        if let Some(entity) = self.entity_mut(id) {
            entity.touched.insert(property.to_owned());
        }
    }

    pub(crate) fn set_kind(&mut self, id: Guid, kind: Kind) {
        let Some(entity) = self.entity_mut(id) else {
            return;
        };
        let old = std::mem::replace(&mut entity.kind, kind);
        let sequence = entity.sequence;
        if let Some(set) = self.sets.get_mut(&old) {
            set.remove(&sequence);
        }
        self.sets.entry(kind).or_default().insert(sequence, id);
    }

    /// Removes the entity; links to it are cleared.
    pub(crate) fn remove(&mut self, id: Guid) {
        let Some(entity) = self.entity(id) else {
            return;
        };
        let (kind, sequence) = (entity.kind, entity.sequence);
        let links: Vec<String> = entity.state.links.keys().cloned().collect();
        for link in links {
            self.set_link(id, &link, None);
        }
        self.set_cell(id, "ImportId", None);
        for (link, _, source) in self.referrers.remove(&id).unwrap_or_default() {
            self.set_link(source, &link, None);
        }
        if let Some(set) = self.sets.get_mut(&kind) {
            set.remove(&sequence);
        }
        self.entities.remove(&id);
    }

    /// The store as a reader sees it that lags so far behind; at the instant 0 everything seeded is visible.
    pub(crate) fn seen(&self, now: Instant, lag: std::time::Duration) -> Seen<'_> {
        Seen { store: self, at: (!lag.is_zero()).then(|| now.minus(lag)), visibility: Visibility::Everything }
    }
}

/// The store as one read sees it.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'a> {
    pub(crate) store: &'a Store,
    at: Option<Instant>,
    visibility: Visibility,
}

impl<'a> Seen<'a> {
    /// The same for a reader who may see no more than that.
    pub(crate) fn limited_to(self, visibility: Visibility) -> Self {
        Self { visibility, ..self }
    }

    /// The entity and its state; none where it is not there, or not yet.
    pub(crate) fn get(self, id: Guid) -> Option<(&'a Entity, &'a State)> {
        let entity = self.store.entity(id)?;
        if self.visibility == Visibility::OnlyTheTenant && entity.origin != Origin::Tenant {
            return None;
        }
        let Some(at) = self.at else {
            return Some((entity, &entity.state));
        };
        if entity.born > at {
            return None;
        }
        let state = entity.earlier.iter().find(|(until, _)| *until > at).map_or(&entity.state, |(_, state)| state);
        Some((entity, state))
    }

    /// Whether the indexes of the store say what this read sees.
    pub(crate) fn is_current(self) -> bool {
        self.at.is_none()
    }
}
