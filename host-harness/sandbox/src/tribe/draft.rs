//! What a body wants to change, checked before anything is changed.

use serde_json::{Map, Value};

use super::cell::Cell;
use super::character::{Character, NestedCreate};
use super::edm::Access;
use super::guid::Guid;
use super::model::{Kind, Navigation};
use super::refusal::Refusal;
use super::store::Store;

/// Objects within objects. The examples need three.
const DEEPEST: usize = 5;

/// Where a link to one shall lead.
#[derive(Debug)]
pub(super) enum Target {
    Nothing,
    Existing(Guid),
    New(Draft),
}

/// A checked body.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) kind: Kind,
    /// The body's `ID`.
    pub(super) id: Option<Guid>,
    pub(super) cells: Vec<(String, Option<Cell<'static>>)>,
    pub(super) links: Vec<(String, Target)>,
    /// For links to many: the link of the other end that leads back, and that end.
    pub(super) ends: Vec<(String, Target)>,
    /// `_UpgradeType`: the type to become. Tribe: seen.
    pub(super) upgrade: Option<Kind>,
}

impl Draft {
    /// Checks a body against a type.
    pub(super) fn read(
        store: &Store,
        character: &Character,
        kind: Kind,
        body: &Map<String, Value>,
    ) -> Result<Self, Refusal> {
        Reader { store, character }.draft(kind, body, 0)
    }
}

struct Reader<'a> {
    store: &'a Store,
    character: &'a Character,
}

impl Reader<'_> {
    fn draft(&self, kind: Kind, body: &Map<String, Value>, depth: usize) -> Result<Draft, Refusal> {
        if depth > DEEPEST {
            return Err(Refusal::bad("The structure of the JSON document is too deep."));
        }
        let entity_type = self.store.model.entity_type(kind);
        let mut draft = Draft { kind, id: None, cells: Vec::new(), links: Vec::new(), ends: Vec::new(), upgrade: None };
        for (name, value) in body {
            if let Some(edm) = entity_type.properties.get(name) {
                let cell = Cell::read(*edm, value)
                    .map_err(|_| Refusal::bad(format!("Invalid value for property '{name}'.")))?;
                self.check_text(name, cell.as_ref())?;
                match (name.as_str(), cell) {
                    ("ID", Some(Cell::Guid(id))) => draft.id = Some(id),
                    // Values that Tribe works out itself are passed over. Tribe: seen (`Name` of a relationship).
                    ("ID", _) => {}
                    (name, _) if entity_type.computed.contains(name) => {}
                    (name, cell) => draft.cells.push((name.to_owned(), cell)),
                }
            } else if let Some(navigation) = entity_type.navigations.get(name) {
                self.link(&mut draft, name, navigation, value, depth)?;
            } else if name == "_UpgradeType" {
                draft.upgrade = Some(self.upgrade(kind, value)?);
            } else if !name.contains('@') {
                return Err(Refusal::bad(format!("'{name}' can not be mapped as a property or an annotation.")));
            }
        }
        Ok(draft)
    }

    fn check_text(&self, name: &str, cell: Option<&Cell<'_>>) -> Result<(), Refusal> {
        let Some(refused) = &self.character.refused_text else { return Ok(()) };
        if !cell.and_then(Cell::text).is_some_and(|text| text.contains(&refused.word)) {
            return Ok(());
        }
        Err(Refusal::bad(match refused.names_it {
            true => format!("Invalid value for property '{name}'."),
            false => "The entity can not be saved.".to_owned(),
        }))
    }

    fn link(
        &self,
        draft: &mut Draft,
        name: &str,
        navigation: &Navigation,
        value: &Value,
        depth: usize,
    ) -> Result<(), Refusal> {
        let misfit = || Refusal::bad(format!("Invalid JSON type for property '{name}'."));
        match (navigation, value) {
            (Navigation::ToOne { .. }, Value::Null) => draft.links.push((name.to_owned(), Target::Nothing)),
            (Navigation::ToOne { target }, Value::Object(end)) => {
                if let Some(end) = self.target(*target, name, end, depth)? {
                    draft.links.push((name.to_owned(), end));
                }
            }
            (Navigation::ToMany { target, back }, Value::Array(ends)) => {
                let back = back.first().ok_or_else(misfit)?;
                for end in ends {
                    if let Some(end) = self.target(*target, name, end.as_object().ok_or_else(misfit)?, depth)? {
                        draft.ends.push((back.clone(), end));
                    }
                }
            }
            _ => return Err(misfit()),
        }
        Ok(())
    }

    /// The end of a link; none where nested objects are passed over.
    fn target(
        &self,
        kind: Kind,
        name: &str,
        end: &Map<String, Value>,
        depth: usize,
    ) -> Result<Option<Target>, Refusal> {
        if let Some(id) = end.get("ID") {
            // A nested object with `ID` and more is unknown territory: refused, so that nobody leans on it.
            if end.keys().any(|member| member != "ID" && !member.contains('@')) {
                return Err(Refusal::bad(format!("The nested entity of '{name}' can not be updated here.")));
            }
            let id = id.as_str().and_then(|id| id.parse().ok());
            let found = id.filter(|id| self.store.entity_of(*id, kind).is_some());
            return found
                .map(|id| Some(Target::Existing(id)))
                .ok_or_else(|| Refusal::bad(format!("The entity that '{name}' refers to does not exist.")));
        }
        match self.character.nested_create {
            NestedCreate::Ignored | NestedCreate::LeftBehind => Ok(None),
            NestedCreate::RelationsOnly if self.store.model.is_named(kind, "Address") => Ok(None),
            NestedCreate::Refused => Err(Refusal::bad(format!("Invalid value for property '{name}'."))),
            NestedCreate::Honoured | NestedCreate::RelationsOnly => {
                if self.store.model.entity_type(kind).access != Access::Full {
                    return Err(Refusal::bad(format!("The nested entity of '{name}' can not be created.")));
                }
                let nested = self.draft(kind, end, depth + 1)?;
                self.check_required(&nested, None)?;
                Ok(Some(Target::New(nested)))
            }
        }
    }

    fn upgrade(&self, kind: Kind, value: &Value) -> Result<Kind, Refusal> {
        let model = &self.store.model;
        let refused = || Refusal::bad("The type can not be changed to that type.");
        let target = value.as_str().and_then(|set| model.set(set)).ok_or_else(refused)?;
        // Only between types on the same level. Tribe: documented.
        let same_level = model.entity_type(target).base == model.entity_type(kind).base;
        if same_level && model.entity_type(target).access == Access::Full { Ok(target) } else { Err(refused()) }
    }

    fn check_required(&self, draft: &Draft, existing: Option<Guid>) -> Result<(), Refusal> {
        check_required(self.store, draft, existing)
    }
}

/// Refuses a write after which a required text would be blank. Tribe: documented which; status and text unknown.
pub(super) fn check_required(store: &Store, draft: &Draft, existing: Option<Guid>) -> Result<(), Refusal> {
    let stored = existing.and_then(|id| store.entity(id));
    let kind = stored.map_or(draft.kind, |entity| entity.kind);
    for name in &store.model.entity_type(kind).required {
        let written = draft.cells.iter().rev().find(|(cell, _)| cell == name).map(|(_, cell)| cell.as_ref());
        let value = written.unwrap_or_else(|| stored.and_then(|entity| entity.state.cells.get(name)));
        if value.and_then(Cell::text).is_none_or(|text| text.trim().is_empty()) {
            return Err(Refusal::bad(format!("The property '{name}' is required.")));
        }
    }
    Ok(())
}
